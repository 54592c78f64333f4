"""The analysts' README: each query runs, each view and function it names is there, and none is left out."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.warehouse_facts import make_facts
from warehouse.build import build_warehouse
from warehouse.connect import Connection, fetch_rows, open_reader

README = (Path(__file__).parents[1] / "warehouse" / "README.md").read_text(encoding="utf-8")
QUERIES = re.findall(r"^```sql\n(.+?)^```", README, re.MULTILINE | re.DOTALL)
MAY_BE_EMPTY = ("emerging_themes", "year(as_of) - 1")  # the small night has nothing there


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    path = tmp_path_factory.mktemp("readme") / "one.duckdb"
    build_warehouse(make_facts(), path)
    with open_reader(path) as connection:
        yield connection


def test_there_are_twenty_questions() -> None:
    assert re.findall(r"^(\d+)\. ", README, re.MULTILINE) == [str(n) for n in range(1, 21)]
    assert len(QUERIES) == 24  # those, how to list columns, and three on the past


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_runs(night: Connection, query: str) -> None:
    rows = fetch_rows(night, query)
    assert rows or any(part in query for part in MAY_BE_EMPTY)


def test_every_view_and_function_is_named(night: Connection) -> None:
    views = {row["name"] for row in fetch_rows(night, "SHOW TABLES")}
    functions = fetch_rows(
        night,
        "SELECT DISTINCT function_name FROM duckdb_functions() "
        "WHERE NOT internal AND schema_name = 'main' AND function_type = 'table_macro'",
    )
    for name in views | {row["function_name"] for row in functions}:
        assert re.search(rf"`{name}[`(]", README), name


def test_columns_that_need_care_are_columns(night: Connection) -> None:
    care = README.split("## Columns that need care")[1].split("## Twenty")[0]
    columns = {row["column_name"] for row in fetch_rows(night, "SELECT column_name FROM duckdb_columns()")}
    named = re.findall(r"^- \*\*`(\w+)(?:`| )", care, re.MULTILINE)
    assert named
    assert set(named) <= columns
