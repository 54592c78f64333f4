"""One warehouse file from nothing: schema, facts, views, checks, each `.sql` in name order. `publish` swaps it in."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from pathlib import Path

import duckdb

from pipeline.records import Issue
from warehouse.answers import Answers, find_answers
from warehouse.connect import open_writer
from warehouse.keep import KEPT, make_view
from warehouse.load import Facts, load_facts

SHOWN_ROWS = 5
LEAST_MB, BYTES_AN_ENTRY = 256, 2000  # of memory that the database may take, for recommendations and passages


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found: how many offending rows, and the first few as JSON."""

    check: str
    row_count: int
    examples: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.check}: {self.row_count} rows, such as {'; '.join(self.examples)}"


class ChecksFailed(RuntimeError):
    """The build has rows that must not be published; `findings` names them. Last night's files are as they were."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("The warehouse was not published, because checks failed. " + " | ".join(map(str, findings)))


def build_warehouse(
    facts: Facts,
    path: Path,
    *,
    is_public: bool = False,
    answers: Callable[[], Answers] | None = None,
    more_issues: Callable[[], Sequence[Issue]] = tuple,
) -> None:
    """Write a whole warehouse at `path`, which must not exist yet.

    `answers` and `more_issues` are asked late, for what somebody beside finds out meanwhile; without the first, answers
    are looked for here. Raises `ChecksFailed` when a check returns rows (the file is then left for a look),
    `ValueError` when vectors do not match their rows, and `FileExistsError`.
    """
    if path.exists():
        raise FileExistsError(f"{path} is there already; a warehouse is built beside and swapped in.")
    answers = answers or partial(find_answers, facts)
    try:
        _build(facts, answers, path, is_public, more_issues, _allow_memory(facts))
    except duckdb.OutOfMemoryException:  # these rows need more than rows usually do, and the night is to be published
        for left in (path, path.with_name(f"{path.name}.wal")):
            left.unlink(missing_ok=True)
        _build(facts, answers, path, is_public, more_issues, None)


def find_bad_rows(connection: duckdb.DuckDBPyConnection) -> list[Finding]:
    """Run every check; one finding for each that returns rows."""
    return [finding for name, sql in _read_scripts("checks") if (finding := _run_check(connection, name, sql))]


def _build(
    facts: Facts,
    answers: Callable[[], Answers],
    path: Path,
    is_public: bool,
    more_issues: Callable[[], Sequence[Issue]],
    memory_mb: int | None,
) -> None:
    with open_writer(path, memory_mb=memory_mb) as connection:
        # Two for all: every commit waits for the disk, and there are hundreds of statements; what a transaction has
        # made and dropped again it holds to its end, and the index needs much.
        connection.begin()
        run_scripts(connection, "schema")
        load_facts(connection, facts, answers, is_public=is_public, more_issues=more_issues)
        connection.commit()
        connection.begin()
        _make_views(connection)
        connection.commit()
        if findings := find_bad_rows(connection):
            raise ChecksFailed(findings)


def _allow_memory(facts: Facts) -> int:
    """MB that building needs to be as fast as with all of the machine's, which DuckDB would take otherwise."""
    entries = sum(len(one.recommendations) + len(one.passages) for one in facts.extractions.values())
    return LEAST_MB + entries * BYTES_AN_ENTRY // 10**6


def run_scripts(connection: duckdb.DuckDBPyConnection, folder: str) -> None:
    """Run every `.sql` file of a folder of this package in name order."""
    for _, sql in _read_scripts(folder):
        connection.execute(sql)


def _make_views(connection: duckdb.DuckDBPyConnection) -> None:
    """The views in name order, so that each finds those it reads kept already."""
    connection.execute("CREATE SCHEMA kept")
    made = set()
    for _, sql in _read_scripts("views"):
        view = next((view for view in KEPT if f"CREATE VIEW {view} AS" in sql), None)
        if view is None:
            connection.execute(sql)
        else:
            make_view(connection, view, sql)
            made.add(view)
    if lost := KEPT.keys() - made:
        raise LookupError(f"No script makes the view {min(lost)}, which is to be kept.")


def _read_scripts(folder: str) -> Iterator[tuple[str, str]]:
    scripts = (file for file in files("warehouse").joinpath(folder).iterdir() if file.name.endswith(".sql"))
    for file in sorted(scripts, key=lambda one: one.name):
        yield file.name.removesuffix(".sql"), file.read_text(encoding="utf-8")


def _run_check(connection: duckdb.DuckDBPyConnection, name: str, sql: str) -> Finding | None:
    cursor = connection.execute(sql)
    columns = [column[0] for column in cursor.description or []]
    rows = cursor.fetchall()
    if not rows:
        return None
    examples = (json.dumps(dict(zip(columns, row, strict=True)), default=str) for row in rows[:SHOWN_ROWS])
    return Finding(name, len(rows), tuple(examples))
