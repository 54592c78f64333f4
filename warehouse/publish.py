"""The published folder: built beside, checked, swapped in by rename, so that readers only ever meet whole files."""

import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipeline.stages import StageCache
from warehouse.answers import Answers, find_answers
from warehouse.build import ChecksFailed, Finding, build_warehouse
from warehouse.connect import OFFLINE, open_reader
from warehouse.keep import KEPT
from warehouse.load import Facts
from warehouse.public import withhold_answers, withhold_restricted
from warehouse.unnamed import Unnamed, find_names, leave_names_out

WAREHOUSE = "warehouse.duckdb"
PUBLIC = "public.duckdb"
PARQUET = "parquet"
BESIDE = ".building"  # in the same folder, because a rename is only whole within one file system

# The archive only grows, so fewer documents than last night mean that something was not read; recommendations may
# shrink a little when the extractor gets better.
LEAST_DOCUMENTS = 0.95
LEAST_RECOMMENDATIONS = 0.7
COUNTED = {
    "documents": "SELECT count(*) FROM read_parquet($folder || '/documents.parquet')",
    "documents read": "SELECT count(*) FROM read_parquet($folder || '/documents.parquet') WHERE is_read",
    "recommendations": "SELECT count(*) FROM read_parquet($folder || '/recommendations.parquet')",
}


@dataclass(frozen=True, slots=True)
class Published:
    """Where the published files lie."""

    warehouse: Path
    public: Path
    parquet: tuple[Path, ...]


def publish(facts: Facts, folder: Path, *, may_shrink: bool = False, people: StageCache | None = None) -> Published:
    """Build both warehouses and the Parquet files in `folder`, and swap them in once every check has passed.

    A connection opened before keeps the old files. Raises `ChecksFailed`, also when there is much less than was
    published last (unless `may_shrink`); nothing in `folder` has changed then. Killed at any moment, every file is
    either last night's or tonight's, and the next call clears what was left beside. One caller at a time. `people`
    keeps who was found in which document.
    """
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / BESIDE
    if beside.exists():
        shutil.rmtree(beside)
    (beside / PARQUET).mkdir(parents=True)
    try:
        # Side by side: most of a build is DuckDB's work, and of a night's few rows it gives no second core any. What
        # is Python's, names and answers, is done while DuckDB makes the search of the first file, and in turn: only one
        # thread at a time runs Python, and the second file waits for the names.
        with ThreadPoolExecutor(1) as thinking, ThreadPoolExecutor(1) as pool:
            unnamed = thinking.submit(lambda: leave_names_out(withhold_restricted(facts), people))
            answers = thinking.submit(find_answers, facts)
            public = pool.submit(lambda: _build_public(unnamed.result(), answers.result, beside / PUBLIC))
            build_warehouse(
                facts, beside / WAREHOUSE, answers=answers.result, more_issues=lambda: unnamed.result().issues
            )
            names = _write_parquet(beside / WAREHOUSE, beside / PARQUET)
            public.result()
        if not may_shrink and (findings := _find_shrinkage(beside / PARQUET, folder / PARQUET)):
            raise ChecksFailed(findings)
        _swap_in(beside, folder, names)
    finally:
        shutil.rmtree(beside)
    return Published(folder / WAREHOUSE, folder / PUBLIC, tuple(folder / PARQUET / name for name in names))


def _build_public(unnamed: Unnamed, answers: Callable[[], Answers], path: Path) -> None:
    build_warehouse(unnamed.facts, path, is_public=True, answers=lambda: withhold_answers(answers(), unnamed.facts))
    if findings := find_names(path, unnamed.stated):
        raise ChecksFailed(findings)


def _find_shrinkage(new: Path, old: Path) -> list[Finding]:
    """A night that lost what the last one had is an error, not a quiet night.

    Told by the Parquet files, which nobody can lock as whoever writes to the warehouse does.
    """
    try:
        before = _count_rows(old)
    except duckdb.Error:
        # No file, or one no reader can use either: nothing there is worth keeping over a checked build.
        return []
    after = _count_rows(new)
    least = {"documents": LEAST_DOCUMENTS, "documents read": LEAST_DOCUMENTS, "recommendations": LEAST_RECOMMENDATIONS}
    return [
        Finding("shrinkage", before[name] - after[name], (f"{after[name]} {name}, and {before[name]} last time",))
        for name, share in least.items()
        if after[name] < share * before[name]
    ]


def _count_rows(folder: Path) -> dict[str, int]:
    with duckdb.connect(config=dict(OFFLINE)) as connection:
        return {
            name: int(connection.execute(sql, {"folder": str(folder)}).fetchall()[0][0])
            for name, sql in COUNTED.items()
        }


def _write_parquet(warehouse: Path, folder: Path) -> list[str]:
    """Every view as `<view>.parquet`, rows as they are kept or ordered by all columns: equal facts give equal bytes."""
    with open_reader(warehouse) as connection:
        views = [
            row[0]
            for row in connection.execute(
                "SELECT view_name FROM duckdb_views() WHERE NOT internal AND schema_name = 'main' ORDER BY view_name"
            ).fetchall()
        ]
        for view in views:
            target = str(folder / f"{view}.parquet").replace("'", "''")
            order = "" if view in KEPT else "ORDER BY ALL"
            connection.execute(f"COPY (FROM {view} {order}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")
    return [f"{view}.parquet" for view in views]


def _swap_in(beside: Path, folder: Path, names: list[str]) -> None:
    """Rename each file over the old one; the warehouse last, so that seeing it means all is there."""
    (folder / PARQUET).mkdir(exist_ok=True)
    for name in [f"{PARQUET}/{name}" for name in names] + [PUBLIC, WAREHOUSE]:
        if name.endswith(".duckdb"):
            _flush(beside / name)
        # A log left by somebody who wrote to the published file would be replayed into the new one.
        (folder / f"{name}.wal").unlink(missing_ok=True)
        (beside / name).replace(folder / name)
    for stale in _list_stale(folder / PARQUET, names):
        stale.unlink()
    _flush(folder)


def _list_stale(folder: Path, names: list[str]) -> Iterator[Path]:
    return (path for path in sorted(folder.glob("*.parquet")) if path.name not in names)


def _flush(path: Path) -> None:
    """Bytes on the disk before the name points at them: a power cut must not leave an empty file."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
