"""The process that nights are run in: it has loaded everything, and forks a process group of its own for each night.

`python -m tests.faults.dying STAGES` reads one job a line and answers two: the process id, and how the night ended.
Where a job says so, the night kills itself at a given moment: before or after the n-th durable step it takes.
"""

import gc
import json
import os
import shutil
import signal
import smtplib
import sys
import traceback
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from numpy.typing import NDArray

OURS = ("flows.", "pipeline.", "sources.", "warehouse.")
VECTORS = ("vectors", "passage_vectors", "words")
TORN = 7  # bytes that are missing from the end of a line that was half written


def main() -> None:
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # a library that prints must not spoil the answers
    load_everything()
    answers.write("ready\n")
    for line in sys.stdin:
        job = json.loads(line)
        pid = os.fork()
        if pid == 0:
            answers.close()
            live(job)
        answers.write(json.dumps({"pid": pid}) + "\n")
        _, ended = os.waitpid(pid, 0)
        answers.write(json.dumps({"status": os.waitstatus_to_exitcode(ended)}) + "\n")


def load_everything() -> None:
    """What a night imports, once for all nights; no thread may be running when this returns."""
    import flows.nightly
    import warehouse.summary
    from pipeline import assign, embed
    from pipeline.registry import load_registry

    # Nothing is computed before the fork, because the engine's threads do not come along: what the themes need of the
    # registry's examples was kept by the first night.
    stages = Path(sys.argv[1])
    encoder = Remembering(embed.load_encoder(None, threads=1, kept=stages / "models"), stages)
    assign.load_classifier(load_registry(None), encoder)
    embed.load_encoder = lambda name=None, **_: encoder  # type: ignore[assignment]
    assert flows.nightly and warehouse.summary
    gc.freeze()


class Remembering:
    """The bundled model, which remembers what it has computed, and what the caches in `stages` hold."""

    def __init__(self, encoder: Any, stages: Path) -> None:
        self._encoder = encoder
        self._kept = {
            key: np.frombuffer(v, np.float32) for name in VECTORS for key, v in read_all(stages / name).items()
        }
        self.revision: str = encoder.revision
        self.dimension: int = encoder.dimension

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        from pipeline.embed import vector_key

        keys = [vector_key(text, self.revision) for text in texts]
        lacking = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._kept}
        if lacking:
            self._kept.update(zip(lacking, self._encoder.encode(list(lacking.values())), strict=True))
        return np.array([self._kept[key] for key in keys], np.float32).reshape(len(keys), self.dimension)


def read_all(folder: Path) -> dict[str, bytes]:
    from pipeline.stages import StageCache

    cache = StageCache(folder)
    return cache.read(cache.keys())


def live(job: dict[str, Any]) -> None:
    """One command of the night's, in this process, which it ends."""
    os.setsid()
    output = os.open(job["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(output, 1)
    os.dup2(output, 2)
    if job.get("uid"):
        os.setgroups([])
        os.setgid(job["uid"])
        os.setuid(job["uid"])
    from flows.cli import main as run

    shift_clock(timedelta(seconds=job["clock"]) + timedelta(**job.get("shift", {})))
    moments = Moments(job.get("kill_at", 0), torn=job.get("torn", False), trace=job.get("trace"))
    moments.watch()
    sys.argv = ["perennial", *job["argv"]]
    try:
        run()
    except SystemExit as error:
        status = error.code if isinstance(error.code, int) else 1
    except BaseException:  # noqa: BLE001 - as the interpreter does
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def shift_clock(shift: timedelta) -> None:
    """Every module of ours sees a clock that is wrong by `shift`."""

    class Shifted(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + shift

    for name, module in list(sys.modules.items()):
        if name.startswith(OURS) and getattr(module, "datetime", None) is datetime:
            module.datetime = Shifted  # type: ignore[attr-defined]


class Moments:
    """Counts the moments before and after each durable step, and dies at one of them."""

    def __init__(self, kill_at: int, *, torn: bool, trace: str | None) -> None:
        self._kill_at = kill_at
        self._torn = torn
        self._count = 0
        self._trace = os.open(trace, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) if trace else None

    def watch(self) -> None:
        for owner, name in (
            (os, "fsync"),
            (os, "replace"),
            (os, "unlink"),
            (os, "mkdir"),
            (shutil, "copyfile"),
            (smtplib.SMTP, "data"),
            (httpx.Client, "stream"),
        ):
            setattr(owner, name, self._wrap(f"{name}", getattr(owner, name)))

    def _wrap(self, name: str, step: Callable[..., Any]) -> Callable[..., Any]:
        def taken(*arguments: Any, **more: Any) -> Any:
            what = describe(arguments)
            self._reach(f"before {name} {what}", arguments if name == "fsync" else ())
            outcome = step(*arguments, **more)
            self._reach(f"after {name} {what}", ())
            return outcome

        return taken

    def _reach(self, moment: str, file: tuple[Any, ...]) -> None:
        if "/logs/prefect" in moment:
            return
        self._count += 1
        if self._trace is not None:
            os.write(self._trace, f"{self._count} {moment}\n".encode())
        if self._count == self._kill_at:
            if self._torn and file and moment.rstrip().endswith(".jsonl"):
                size = os.fstat(file[0]).st_size
                os.ftruncate(file[0], max(0, size - TORN))
            os.killpg(os.getpgrp(), signal.SIGKILL)


def describe(arguments: tuple[Any, ...]) -> str:
    first = arguments[0] if arguments else ""
    if isinstance(first, int):
        return str(Path(f"/proc/self/fd/{first}").readlink())
    return " -> ".join(str(one) for one in arguments if isinstance(one, (str, Path)))


if __name__ == "__main__":
    main()
