"""Readers never wait: publications under open, new and long-running readers, and a writer killed at random instants.

Nights are built beforehand, and `publish` copies them where it would build, since a build takes seconds; all that
readers can see of a publication is the real thing. test_warehouse.py kills a writer that builds.
"""

import json
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.ids import content_hash
from tests.warehouse_facts import AS_OF, make_facts
from warehouse import publish as publishing
from warehouse.build import ChecksFailed
from warehouse.connect import InUse, fetch_rows, open_reader
from warehouse.facts import Facts, Parameters

NIGHTS = 3
PUBLICATIONS = 50
KILLS = 30
SEED = 20261123
PAUSE = 0.01  # seconds between two looks: the publisher must have a turn on a small machine
# Takes a good part of a second, so that several nights are published under it.
LONG = "SELECT sum(hash(text, number)) AS sum FROM register, range(300_000) AS counted(number)"


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `NIGHTS` published folders, `0` and so on."""
    folder = tmp_path_factory.mktemp("nights")
    for number in range(NIGHTS):
        publishing.publish(make_night(number), folder / str(number))
    return folder


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Processes that start fast and know nothing of this one's open files."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.test_readers"])
    return context


def make_night(number: int) -> Facts:
    """Nights that differ in two places, so that a file made of two would be noticed."""
    facts = make_facts()
    open_files = [replace(file, ref=replace(file.ref, restricted=False)) for file in facts.files]
    rule = Parameters(years_needed=3 + number % NIGHTS)
    return replace(facts, files=open_files, as_of=AS_OF + timedelta(days=number % NIGHTS), parameters=rule)


def publish_nights(nights: Path, folder: Path, count: int) -> None:
    """Publish `count` nights, one after the other; only in a process of its own."""

    def copy_warehouse(facts: Facts, path: Path, **_: object) -> None:
        shutil.copyfile(nights / str((facts.as_of - AS_OF).days) / path.name, path)

    def copy_parquet(warehouse: Path, parquet: Path) -> list[str]:
        with open_reader(warehouse) as connection:
            night = look(connection)
        shutil.copytree(nights / str((night - AS_OF).days) / "parquet", parquet, dirs_exist_ok=True)
        return sorted(path.name for path in parquet.iterdir())

    publishing.build_warehouse = copy_warehouse
    publishing._write_parquet = copy_parquet
    for number in range(count):
        publishing.publish(make_night(number), folder)


def look(connection: duckdb.DuckDBPyConnection) -> date:
    """Which night this is; fails on one that is not whole."""
    ((night, years),) = connection.execute("SELECT as_of, years_needed FROM parameters").fetchall()
    assert years == 3 + (night - AS_OF).days
    assert connection.execute("SELECT DISTINCT as_of FROM register").fetchall() == [(night,)]
    assert len(connection.execute("FROM recommendations").fetchall()) == 8
    return night


def hold_open(folder: Path) -> Iterator[date]:
    """One connection, used all the while."""
    with open_reader(folder / "warehouse.duckdb") as connection:
        while True:
            yield look(connection)


def open_again(folder: Path) -> Iterator[date]:
    """A new connection each time, to both files."""
    while True:
        for name in ("public.duckdb", "warehouse.duckdb"):
            with open_reader(folder / name) as connection:
                night = look(connection)
        yield night


def ask_long(folder: Path) -> Iterator[date]:
    """A question that outlasts a publication, in a night that stays the same meanwhile."""
    while True:
        with open_reader(folder / "warehouse.duckdb") as connection:
            before = look(connection)
            assert fetch_rows(connection, LONG)
            assert look(connection) == before
        yield before


def read_parquet(folder: Path) -> Iterator[date]:
    """The files of tools that do not read DuckDB."""
    with duckdb.connect() as connection:
        while True:
            ((night, years),) = connection.execute(
                f"SELECT as_of, years_needed FROM '{folder}/parquet/parameters.parquet'"
            ).fetchall()
            assert years == 3 + (night - AS_OF).days
            assert len(connection.execute(f"FROM '{folder}/parquet/recommendations.parquet'").fetchall()) == 8
            yield night


READERS: tuple[Callable[[Path], Iterator[date]], ...] = (hold_open, open_again, ask_long, read_parquet)


def hammer(number: int, folder: Path, report: Path) -> None:
    """Read until the file `stop` is there; then say how often, which nights, and the longest wait."""
    seen: list[str] = []
    longest = 0.0
    reading = READERS[number](folder)
    while not (folder / "stop").exists():
        started = time.perf_counter()
        seen.append(next(reading).isoformat())
        longest = max(longest, time.perf_counter() - started)
        report.with_suffix(".began").touch()
        time.sleep(PAUSE)
    report.write_text(json.dumps({"times": len(seen), "nights": sorted(set(seen)), "longest": longest}))


def wait_for(paths: list[Path], running: list[Any]) -> None:
    while not all(path.exists() for path in paths):
        assert all(one.is_alive() for one in running), "a reader has stopped"
        time.sleep(0.02)


def test_readers_see_whole_nights_while_fifty_are_published(
    nights: Path, processes: ForkServerContext, tmp_path: Path
) -> None:
    run(processes, publish_nights, nights, tmp_path, 1)
    reports = [tmp_path / f"reader{number}" for number in range(len(READERS))]
    readers = [
        processes.Process(target=hammer, args=(number, tmp_path, report)) for number, report in enumerate(reports)
    ]
    for reader in readers:
        reader.start()
    wait_for([report.with_suffix(".began") for report in reports], readers)
    run(processes, publish_nights, nights, tmp_path, PUBLICATIONS)
    (tmp_path / "stop").touch()
    for reader in readers:
        reader.join()
    assert [reader.exitcode for reader in readers] == [0] * len(readers)
    told = [json.loads(report.read_text()) for report in reports]
    print(*told, sep="\n")
    assert told[0]["nights"] == [AS_OF.isoformat()], "an open connection keeps its night"
    assert all(len(one["nights"]) > 1 for one in told[1:]), "new connections have new nights"


def test_a_new_connection_beside_an_old_one_is_to_the_old_night(nights: Path, tmp_path: Path) -> None:
    """DuckDB shares one file among the connections of a process: README says to close the old one first."""
    for number in (0, 1):
        shutil.copyfile(nights / str(number) / "warehouse.duckdb", tmp_path / f"next{number}")
    (tmp_path / "next0").replace(tmp_path / "warehouse.duckdb")
    with open_reader(tmp_path / "warehouse.duckdb") as old:
        (tmp_path / "next1").replace(tmp_path / "warehouse.duckdb")
        with open_reader(tmp_path / "warehouse.duckdb") as beside:
            assert look(beside) == look(old)
    with open_reader(tmp_path / "warehouse.duckdb") as new:
        assert look(new) == AS_OF + timedelta(days=1)


def publish_until_killed(nights: Path, folder: Path) -> None:
    """Says when it begins."""
    publish_nights(nights, folder, 1)
    (folder / "began").touch()
    publish_nights(nights, folder, 1_000_000)


def test_a_writer_killed_at_random_instants_leaves_whole_files(
    nights: Path, processes: ForkServerContext, tmp_path: Path
) -> None:
    known = {path.relative_to(one).as_posix(): set() for one in nights.iterdir() for path in one.rglob("*.*")}
    for one in nights.iterdir():
        for name in known:
            known[name].add(content_hash((one / name).read_bytes()))
    dice = random.Random(SEED)
    interrupted = 0
    for _ in range(KILLS):
        delay = kill_writer(nights, processes, tmp_path, dice)
        interrupted += (tmp_path / publishing.BESIDE).exists()
        for name, hashes in known.items():
            assert content_hash((tmp_path / name).read_bytes()) in hashes, f"seed {SEED}, killed after {delay:.3f} s"
    print(f"seed {SEED}: {interrupted} of {KILLS} kills were in the middle of a publication")
    assert interrupted > KILLS // 2
    run(processes, publish_nights, nights, tmp_path, 2)
    assert not (tmp_path / publishing.BESIDE).exists()


def kill_writer(nights: Path, processes: ForkServerContext, folder: Path, dice: random.Random) -> float:
    """Start a writer and kill it within its next publications; the seconds it had."""
    (folder / "began").unlink(missing_ok=True)
    writer = processes.Process(target=publish_until_killed, args=(nights, folder))
    started = time.perf_counter()
    writer.start()
    wait_for([folder / "began"], [writer])
    delay = dice.uniform(0, time.perf_counter() - started)  # a publication, and the start of a process
    time.sleep(delay)
    os.kill(writer.pid or 0, signal.SIGKILL)
    writer.join()
    return delay


def run(processes: ForkServerContext, work: Callable[..., None], *arguments: object) -> None:
    process = processes.Process(target=work, args=arguments)
    process.start()
    process.join()
    assert process.exitcode == 0


@contextmanager
def held_by_writer(path: Path) -> Iterator[None]:
    """Another program has the file open for writing."""
    hold = "import duckdb, sys, time; kept = duckdb.connect(sys.argv[1]); print('held', flush=True); time.sleep(600)"
    with subprocess.Popen([sys.executable, "-c", hold, str(path)], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout and process.stdout.readline() == "held\n"
            yield
        finally:
            process.kill()


def test_a_file_that_another_program_writes_to_is_refused_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    with held_by_writer(path), pytest.raises(InUse, match="close it there"), open_reader(path):
        pass
    with open_reader(path):
        pass


def test_a_night_is_published_under_a_writer_and_still_knows_what_it_lost(tmp_path: Path) -> None:
    folder = tmp_path / "published"
    path = publishing.publish(make_facts(), folder).warehouse
    with held_by_writer(path):
        with pytest.raises(ChecksFailed, match="0 documents, and 7 last time"):
            publishing.publish(Facts(as_of=AS_OF, files=[], extractions={}), folder)
        before = path.stat().st_ino
        publishing.publish(make_facts(), folder)
    assert path.stat().st_ino != before, "readers meet the new file, the writer keeps the old one"
