"""The scene of every fault: a small data folder with a past, the world around it, and a process that runs nights."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from flows.inbox import add_documents
from pipeline.ledger import Ledger
from pipeline.records import Review
from pipeline.settings import library_environment, read_settings
from pipeline.theme_records import ProposalDecision
from pipeline.workspace import Workspace
from sources import HERE
from tests.endpoints import find_port
from tests.faults.sinks import Sinks, Taken, open_sinks
from tests.replicas.server import load_sites, serve
from warehouse.connect import fetch_rows, open_reader

DOCUMENTS = HERE / "sample" / "documents"
BEFORE = ("hmicfrs_2021_custody.pdf", "dara_2024_custody.pdf", "pfd_2022_0212.pdf", "dara_2022_missing.pdf")
TONIGHT = ("hmicfrs_2024_wexmoor.pdf", "pfd_2021_0389.pdf", "pfd_2023_0440.pdf", "iopc_2023_08.pdf")
LEADS = ("missing-persons", "death-police-contact", "mental-health")
SOURCES = ("inbox", "met-iopc")  # asked every night: one that rests shows the day on which a fault had it asked again
START_SECONDS = 180


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its exit status (negative: the signal), what it printed, and its seconds."""

    status: int
    said: str
    seconds: float


class Runner:
    """Runs commands in forks of a process that has loaded everything, so that a night costs what it does.

    For them the day on which this was made has just reached noon: nights are compared with others of the same day.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        now = datetime.now().astimezone()
        self._shift = now.replace(hour=12, minute=0) - now
        self._log = folder / "said.txt"
        command = [sys.executable, "-m", "tests.faults.dying", str(folder / "done" / "stages")]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=dict(environment))
        assert self._answer() == "ready"

    def run(
        self, *argv: str | Path, signal_after: float | None = None, number: int = signal.SIGKILL, **job: Any
    ) -> Ended:
        """Run `perennial *argv`; its whole process group gets the signal `number` after so many seconds."""
        assert self._process.stdin
        began = time.monotonic()
        order = {"argv": [str(one) for one in argv], "log": str(self._log), "clock": self._shift.total_seconds(), **job}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        pid = json.loads(self._answer())["pid"]
        if signal_after is not None:
            time.sleep(max(0.0, signal_after - (time.monotonic() - began)))
            with suppress(ProcessLookupError):  # it ended by itself before
                os.killpg(pid, number)
        status = json.loads(self._answer())["status"]
        return Ended(status, self._log.read_text(errors="replace"), time.monotonic() - began)

    def now(self) -> datetime:
        """What the clock says for the commands that are run, with its offset from UTC."""
        return datetime.now().astimezone() + self._shift

    def close(self) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def _answer(self) -> str:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("The process that runs nights has died.")
        return line.strip()


@dataclass(frozen=True, slots=True)
class Scene:
    """A data folder as a night finds it (`base`), and everything around it."""

    folder: Path
    base: Path
    runner: Runner
    sinks: Sinks

    @property
    def taken(self) -> Taken:
        return self.sinks.taken

    def copy(self, *, done: bool = False) -> Path:
        """A fresh data folder with a night's work before it, or with all of it `done`."""
        data = self.folder / "data"
        shutil.rmtree(data, ignore_errors=True)
        shutil.copytree(self.done if done else self.base, data, symlinks=True)
        self.taken.clear()
        return data

    @property
    def done(self) -> Path:
        """The base after one undisturbed night."""
        return self.folder / "done"

    def night(self, data: Path, **job: Any) -> Ended:
        """One night, as `perennial run` does it."""
        return self.runner.run("run", "--data", data, **job)


@contextmanager
def open_scene(folder: Path) -> Iterator[Scene]:
    """Everything set up: a night of yesterday, judgements, new documents. Its servers live until the block ends.

    In a `folder` where that was done before on the same day, it is taken up again.
    """
    with ExitStack() as stack:
        sinks = stack.enter_context(open_sinks(folder))
        replica = stack.enter_context(serve(load_sites()))
        api = stack.enter_context(serve_prefect(folder))
        settings = read_settings(folder / "nowhere")
        environment = {
            **os.environ,
            **library_environment(settings, console_level="CRITICAL"),
            "PREFECT_API_URL": api,
            "OMP_NUM_THREADS": "1",
        }
        runner = Runner(folder, environment)
        stack.callback(runner.close)
        scene = Scene(folder, folder / "base", runner, sinks)
        is_new = not scene.done.exists()
        if is_new:
            shutil.rmtree(scene.base, ignore_errors=True)
            scene.base.mkdir()
        for data in (scene.base, *([] if is_new else [scene.done])):
            (data / "settings.yml").write_text(yaml.safe_dump(describe_settings(sinks, replica.address)))
        if is_new:
            make_past(scene)
        yield scene


def describe_settings(sinks: Sinks, replica: str) -> dict[str, Any]:
    mail = {"host": "localhost", "port": sinks.mail_port, "sender": "perennial@example.org", "seconds": 5}
    return {
        "sources": list(SOURCES),
        "replica": replica,
        "replica_speed": 1e6,
        "workers": 2,
        "ocr": False,
        "delivery": {
            "mail": {**mail, "ca_file": str(sinks.certificate)},
            "recipients": {theme: ["lead@example.org"] for theme in LEADS},
        },
        "notify": {
            "mail": ["ops@example.org"],
            "webhook": f"http://127.0.0.1:{sinks.hook_port}/hook",
            "summary_day": "monday",
        },
    }


def make_past(scene: Scene) -> None:
    """Yesterday's night over some documents, and what came in since: documents, judgements, a decision on a theme."""
    put_in(scene.base, BEFORE)
    ended = scene.night(scene.base, shift={"days": -1})
    assert ended.status == 0, ended.said
    put_in(scene.base, TONIGHT)
    judge_rows(scene.base, scene.runner.now())


def judge_rows(data: Path, now: datetime) -> None:
    """What people decided since: on rows of the last night, and on an emerging theme."""
    with open_reader(Workspace(data).warehouse) as connection:
        rows = [
            row["id"]
            for row in fetch_rows(
                connection, "SELECT min(recommendation_id) AS id FROM recommendations GROUP BY sha256 ORDER BY 1"
            )
        ]
    ledger = Ledger(Workspace(data).ledger)
    ledger.add_reviews(
        Review(f"v{place}", row, "theme", "wrong", None, "A Lead", now.date(), now, theme=LEADS[0])
        for place, row in enumerate(rows)
    )
    ledger.add_proposal_decision(ProposalDecision(now, "e1", "declined", "The board", "parking", tuple(rows[:2])))


def put_in(data: Path, names: tuple[str, ...]) -> None:
    for name in names:
        stream = name.partition("_")[0]
        secret = stream == "dara"
        added = add_documents(
            Workspace(data), [DOCUMENTS / name], source=stream, published=None, title=None, restricted=secret
        )
        list(added)


@contextmanager
def serve_prefect(folder: Path) -> Iterator[str]:
    """A Prefect server that all nights share, as `perennial run` sets it up; the address of its API."""
    port = find_port()
    own = {
        **library_environment(read_settings(folder / "nowhere")),
        "PREFECT_HOME": str(folder / "prefect"),
        "PREFECT_SERVER_DATABASE_TIMEOUT": "5",  # a night that was killed may leave its database locked for a minute
    }
    command = [Path(sys.executable).with_name("prefect"), "server", "start", "--port", str(port), "--no-ui"]
    quiet = (folder / "prefect.log").open("w")
    with quiet, subprocess.Popen(command, stdout=quiet, stderr=quiet, env={**os.environ, **own}) as process:
        try:
            wait_for(f"http://127.0.0.1:{port}/api/health")
            yield f"http://127.0.0.1:{port}/api"
        finally:
            process.terminate()


def wait_for(url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(f"{url} does not answer.")
