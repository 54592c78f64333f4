"""A full rebuild of many documents, a night without news and nights with thirty more, as people run them.

`python -m tests.bench rebuild --documents 6000 --cache FOLDER`; the documents are drawn into FOLDER once. A night is
the command line in a process of its own; its memory is that of the whole tree of processes, looked at many times a
second. How long each task took is read from what Prefect keeps.
"""

import math
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from pipeline.workspace import Workspace
from tests.bench.drawn_documents import fill_inbox
from tests.bench.report import Report

PERENNIAL = str(Path(sys.executable).with_name("perennial"))
SMALL = 12  # a smaller rebuild, of so many times fewer documents, tells how the time grows
NEWS = 30  # documents of a night with news
LOOK_SECONDS = 0.2
PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 2**20
# What the rebuild is for; the rest is overhead.
ITSELF = ("read_documents", "embed_asks", "embed_passages", "propose_themes", "group_recommendations")

Span = tuple[float, float]  # begin and end, in seconds


@dataclass(frozen=True, slots=True)
class Night:
    """What one night cost."""

    seconds: float
    cpu_seconds: float
    peak_mb: float  # resident memory of all its processes together, pages they share counted in each
    tasks: dict[str, list[Span]]  # by name of the task; some run side by side


def measure_rebuild(documents: int, cache: Path) -> Iterator[Report]:
    """The rebuild at `documents` and at a twelfth of it, where the time goes, and the nights after."""
    with tempfile.TemporaryDirectory() as folder:
        few = max(1, documents // SMALL)
        small = _rebuild(Path(folder) / "small", few, cache)
        data = Path(folder) / "data"
        large = _rebuild(data, documents, cache)
        yield _tell_growth({few: small, documents: large})
        yield _tell_tasks(large)
        quiet = _run_night(data)
        fill_inbox(NEWS, Workspace(data), cache, first=documents)
        same_day = _run_night(data)
        fill_inbox(NEWS, Workspace(data), cache, first=documents + NEWS)
        next_day = _run_night(data, days_later=1)
        rows = [
            ("nothing new", *_tell(quiet)),
            (f"{NEWS} new documents, the same day again", *_tell(same_day)),
            (f"{NEWS} new documents, the next day", *_tell(next_day)),
        ]
        yield Report(f"Nights after a rebuild of {documents:,} documents", ("night", *COLUMNS), rows)


COLUMNS = ("seconds", "CPU seconds", "peak MB of all processes")


def _rebuild(data: Path, documents: int, cache: Path) -> Night:
    fill_inbox(documents, Workspace(data), cache)
    return _run_night(data)


def _tell(night: Night) -> tuple[float, float, float]:
    return night.seconds, night.cpu_seconds, night.peak_mb


def _tell_growth(rebuilds: dict[int, Night]) -> Report:
    (few, small), (many, large) = rebuilds.items()
    exponent = math.log(large.seconds / small.seconds) / math.log(many / few)
    rows = [(f"{count:,}", *_tell(night), _share(night)) for count, night in rebuilds.items()]
    return Report(
        "A first night over drawn documents",
        ("documents", *COLUMNS, "reading, embedding, clustering: share"),
        rows,
        f"Time grows with documents to the power of {exponent:.2f}.",
    )


def _share(night: Night) -> float:
    return _cover(span for name in ITSELF for span in night.tasks.get(name, [])) / night.seconds


def _tell_tasks(night: Night) -> Report:
    rest = night.seconds - _cover(span for spans in night.tasks.values() for span in spans)
    told = sorted(((name, _cover(spans)) for name, spans in night.tasks.items()), key=lambda item: -item[1])
    rows = [(name, seconds, seconds / night.seconds) for name, seconds in (*told, ("outside of tasks", rest))]
    return Report("Where the time of the larger goes", ("task", "seconds", "share"), rows)


def _cover(spans: Iterable[Span]) -> float:
    """Seconds in which at least one of them was under way."""
    covered, until = 0.0, -math.inf
    for begin, end in sorted(spans):
        covered += max(0.0, end - max(begin, until))
        until = max(until, end)
    return covered


def _run_night(data: Path, *, days_later: int = 0) -> Night:
    """Raises when the night fails."""
    before, started = os.times(), time.perf_counter()
    known = set(_read_tasks(data))
    with tempfile.TemporaryFile() as told:
        perennial = [sys.executable, "-m", "tests.bench.later", str(days_later)] if days_later else [PERENNIAL]
        command = [*perennial, "run", "--source", "inbox", "--data", str(data)]
        with subprocess.Popen(command, stdout=told, stderr=subprocess.STDOUT) as process:
            peak = 0.0
            while process.poll() is None:
                peak = max(peak, _resident_mb(process.pid))
                time.sleep(LOOK_SECONDS)
        told.seek(0)
        if process.returncode:
            raise RuntimeError(f"the night exited {process.returncode}: {told.read()[-500:].decode()}")
    seconds, after = time.perf_counter() - started, os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    tasks: dict[str, list[Span]] = defaultdict(list)
    for run_id, (name, span) in _read_tasks(data).items():
        if run_id not in known:
            tasks[name].append(span)
    return Night(seconds, cpu, peak, tasks)


def _read_tasks(data: Path) -> dict[str, tuple[str, Span]]:
    """Name of every task run that Prefect remembers, and when it ran, by its id."""
    path = Workspace(data).prefect / "prefect.db"
    if not path.exists():
        return {}
    # A subflow stands among the tasks of the flow that calls it; its own tasks are there too, and are counted.
    sql = """
        SELECT id, name, julianday(start_time) * 86400, julianday(end_time) * 86400 FROM task_run
        WHERE end_time NOT NULL
          AND id NOT IN (SELECT parent_task_run_id FROM flow_run WHERE parent_task_run_id NOT NULL)
    """
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        rows = connection.execute(sql).fetchall()
    return {run_id: (name.rsplit("-", 1)[0], (begin, end)) for run_id, name, begin, end in rows}


def _resident_mb(root: int) -> float:
    """Of a process and all below it."""
    parents: dict[int, list[int]] = {}
    pages: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            pages[int(folder.name)] = int((folder / "statm").read_text().split()[1])
        except OSError:
            continue  # it has ended meanwhile
        parents.setdefault(parent, []).append(int(folder.name))
    below, total = [root], 0
    while below:
        one = below.pop()
        total += pages.get(one, 0)
        below += parents.get(one, [])
    return total * PAGE_MB
