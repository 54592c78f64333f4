"""History: the as-of macros of the last night's file give what a file built on each night before says, row by row."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.past_nights import NIGHTS, make_world, tell_nights
from tests.warehouse_facts import make_facts
from warehouse.build import build_warehouse
from warehouse.connect import Connection, fetch_rows, open_reader
from warehouse.facts import Facts

TABLES = ("documents", "recommendations", "common_recommendations", "register")


def fetch_set(connection: Connection, relation: str, columns: list[str]) -> set[tuple[str, ...]]:
    """Rows as texts, so that lists compare; the order of rows does not count."""
    chosen = ", ".join(f"CAST({name} AS VARCHAR) AS {name}" for name in columns)
    return {tuple(map(str, row.values())) for row in fetch_rows(connection, f"SELECT {chosen} FROM {relation}")}


def list_columns(connection: Connection, relation: str) -> list[str]:
    return [row["column_name"] for row in fetch_rows(connection, f"DESCRIBE FROM {relation}")]


def tell_differences(told: Sequence[Facts], folder: Path, tables: Sequence[str], left_out: set[str]) -> list[object]:
    """Rows that the last night's file tells otherwise than the file built on the night itself."""
    for number, facts in enumerate(told):
        build_warehouse(facts, folder / f"{number}.duckdb")
    found: list[object] = []
    with open_reader(folder / f"{len(told) - 1}.duckdb") as now:
        for number, night in enumerate(NIGHTS):
            with open_reader(folder / f"{number}.duckdb") as then:
                for table in tables:
                    macro = f"{table}_as_of(TIMESTAMP '{night:%Y-%m-%d %H:%M}')"
                    shown = list_columns(now, macro)
                    columns = [name for name in shown if name in list_columns(then, table)]
                    assert set(shown) - set(columns) <= {"first_text", "member_ids"}
                    columns = [name for name in columns if name not in left_out]
                    odd = fetch_set(now, macro, columns) ^ fetch_set(then, table, columns)
                    found += [(table, number, row) for row in sorted(odd)]
    return found


def test_every_past_night_is_told_as_it_was(tmp_path: Path) -> None:
    told = tell_nights(make_world(2, with_past_rows=False))
    assert all(one.reviews and one.theme_events and one.links for one in told[1:])
    assert tell_differences(told, tmp_path, TABLES, set()) == []


def test_rows_that_are_in_no_table_now_are_back(tmp_path: Path) -> None:
    """A replaced version and refused rows: shown as they were, without what nothing keeps of them: themes, reprints."""
    told = tell_nights(make_world(1, with_past_rows=True))
    then = {row.recommendation_id for one in told[0].extractions.values() for row in one.recommendations}
    now = {row.recommendation_id for one in told[-1].extractions.values() for row in one.recommendations}
    assert then - now
    left_out = {"themes", "ask_id", "is_reprint"}
    assert tell_differences(told, tmp_path, ("documents", "recommendations"), left_out) == []


@pytest.fixture(scope="module")
def now(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("history") / "one.duckdb"
    build_warehouse(make_facts(), path)
    with open_reader(path) as connection:
        yield connection


def test_before_the_first_night_nothing_was_known(now: Connection) -> None:
    for table in TABLES:
        assert fetch_rows(now, f"FROM {table}_as_of(TIMESTAMP '2026-11-23 02:00')") == []


def test_a_day_means_its_end(now: Connection) -> None:
    for day, moment in (("2026-11-22", "2026-11-22 23:59"), ("2026-11-23", "2026-11-23 23:59")):
        by_day = fetch_rows(now, f"SELECT count(*) AS n FROM documents_as_of(DATE '{day}')")
        assert by_day == fetch_rows(now, f"SELECT count(*) AS n FROM documents_as_of(TIMESTAMP '{moment}')")
        assert by_day == fetch_rows(now, f"SELECT count(*) AS n FROM documents_as_of('{day}')")
    assert by_day == [{"n": 7}]


def test_valid_time_is_not_recorded_time(now: Connection) -> None:
    """What we know tonight of how things stood the day before the response, and a year after the coroner wrote."""

    def stood(day: str) -> dict[str, dict[str, Any]]:
        rows = fetch_rows(now, f"FROM register_as_of(TIMESTAMP '2026-11-23 12:00', on_day := DATE '{day}')")
        return {row["text"][:10]: row for row in rows}

    before = stood("2022-08-31")
    assert (before["Cell check"]["status"], before["Cell check"]["is_answered"]) == ("none", False)
    assert "I am conce" not in before, "not yet written"
    after = stood("2025-05-01")
    assert after["Cell check"]["status"] == "accepted"
    assert after["I am conce"]["overdue_days"] == (date(2025, 5, 1) - date(2024, 6, 26)).days
    assert all(row["as_of"] == date(2025, 5, 1) for row in after.values())
