"""One convention for the names and types of every column of every view, as the analysts' README states it."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.warehouse_facts import make_facts
from warehouse.build import build_warehouse
from warehouse.connect import Connection, fetch_rows, open_reader, open_writer

WHOLE = r"(BIG)?INT(EGER)?"
DAY = r".+_on|(.+_)?published(_printed)?|deadline|due|as_of|(first|last)_seen|.+_first_seen|last_good|status_dated"
NUMBER = r".+_(count|days|years)|(.+_)?page(_end)?|year|.+_needed|days_.+|start|end"


@dataclass(frozen=True, slots=True)
class Rule:
    """A name like `name` has a type like `kind`; with `is_both_ways` only such a name has it."""

    name: str
    kind: str
    is_both_ways: bool = False

    def is_broken(self, name: str, kind: str) -> bool:
        named, typed = re.fullmatch(self.name, name), re.fullmatch(self.kind, kind)
        return bool((named and not typed) or (self.is_both_ways and typed and not named))


RULES = (
    Rule(r"(is|has)_.+", "BOOLEAN", is_both_ways=True),
    Rule(DAY, "DATE", is_both_ways=True),
    Rule(r".+_at", "TIMESTAMP", is_both_ways=True),
    Rule(rf"{NUMBER}|gaps_days|.*years|also_on_pages", rf"{WHOLE}(\[\])?", is_both_ways=True),
    Rule(r"(.+_)?(score|share|similarity|confidence)", "DOUBLE"),
    Rule(r"(.+_)?(id|text|title|url|rule|reason|body|source|sha256)", "VARCHAR"),
    Rule(r".+_ids|themes(_.+)?|bodies|sources|keywords|addressees|levers|.*recipients.*", r"VARCHAR\[\]"),
    Rule(r"(?!([a-z]+_)*([a-z]+s|people|history|sensitivity)(_[a-z]+)*$).*", r"(?!.*\[\]).*"),
    Rule(r".*(date|day|time|timestamp)", "none: days end in _on, moments in _at"),
    Rule(r"(?![a-z][a-z0-9_]*$).*", "none: lower case, with underscores"),
)
MEANINGS = {"kind", "stage", "state", "answers", "status"}  # of a theme too; of an issue; of a run and a proposal


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    path = tmp_path_factory.mktemp("conventions") / "one.duckdb"
    build_warehouse(make_facts(), path)
    with open_reader(path) as connection:
        yield connection


def list_columns(connection: Connection) -> list[tuple[str, str, str]]:
    """View, column and type of every column an analyst sees."""
    rows = fetch_rows(
        connection,
        "SELECT table_name, column_name, data_type FROM duckdb_columns() JOIN duckdb_views() AS view "
        "ON view.view_name = table_name AND view.schema_name = duckdb_columns.schema_name "
        "WHERE duckdb_columns.schema_name = 'main' AND NOT view.internal ORDER BY ALL",
    )
    return [(row["table_name"], row["column_name"], row["data_type"]) for row in rows]


def find_breaches(columns: list[tuple[str, str, str]]) -> list[str]:
    """One line for each rule that a column breaks."""
    return [
        f"{view}.{name} {kind}: {rule.name} goes with {rule.kind}"
        for view, name, kind in columns
        for rule in RULES
        if rule.is_broken(name, kind)
    ]


def test_every_column_keeps_to_the_convention(night: Connection) -> None:
    columns = list_columns(night)
    assert len(columns) > 300
    assert find_breaches(columns) == []


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("answered_on", "VARCHAR"), ("fetched_at", "VARCHAR"), ("published", "VARCHAR"), ("deadline", "VARCHAR"),
        ("due_date", "DATE"), ("is_new", "VARCHAR"), ("new", "BOOLEAN"), ("ask_count", "VARCHAR"),
        ("themes", "VARCHAR"), ("theme", "VARCHAR[]"), ("askCount", "BIGINT"), ("asks", "BIGINT"), ("said_at", "DATE"),
        ("judged_share", "VARCHAR"), ("spoken", "DATE"), ("met", "TIMESTAMP"), ("page", "VARCHAR"),
    ],
)  # fmt: skip
def test_a_breach_is_found(name: str, kind: str) -> None:
    assert find_breaches([("view", name, kind)])


def test_one_name_has_one_type(night: Connection) -> None:
    kinds: dict[str, set[str]] = defaultdict(set)
    for _, name, kind in list_columns(night):
        kinds[name].add(kind.replace("INTEGER", "BIGINT"))
    assert {name: found for name, found in kinds.items() if len(found) > 1 and name not in MEANINGS} == {}


def test_coded_columns_are_enums(night: Connection) -> None:
    coded = {(view, name) for view, name, kind in list_columns(night) if kind.startswith("ENUM")}
    for wanted in (
        ("recommendations", "kind"), ("register", "status"), ("register", "stage"), ("register", "framing"),
        ("register", "due_for"), ("recurrences", "link_type"), ("issues", "level"), ("runs", "state"),
        ("themes", "kind"), ("reviews", "question"), ("common_recommendation_history", "event"),
        ("emerging_themes", "state"),
    ):  # fmt: skip
        assert wanted in coded


def test_an_enum_orders_by_meaning(night: Connection) -> None:
    rows = fetch_rows(night, "SELECT unnest(enum_range(NULL::stage)) AS stage")
    assert [row["stage"] for row in rows] == ["captured", "analysed", "shared", "evaluated"]
    reached = fetch_rows(night, "SELECT count(*) AS n FROM register WHERE stage >= 'analysed'")
    assert reached == fetch_rows(night, "SELECT count(*) AS n FROM register WHERE stage <> 'captured'")


def test_the_past_has_the_types_of_the_present(night: Connection) -> None:
    for table in ("documents", "recommendations", "common_recommendations", "register"):
        now = {row["column_name"]: row["column_type"] for row in fetch_rows(night, f"DESCRIBE FROM {table}")}
        past = fetch_rows(night, f"DESCRIBE FROM {table}_as_of(DATE '2026-11-23')")
        for row in past:
            if row["column_name"] in now:
                assert row["column_type"] == now[row["column_name"]], f"{table}.{row['column_name']}"


def test_a_value_outside_its_type_is_found_by_a_check_and_breaks_no_view(tmp_path: Path) -> None:
    path = tmp_path / "one.duckdb"
    build_warehouse(make_facts(), path)
    with open_writer(path) as connection:
        connection.execute("UPDATE base.issue SET level = 'dreadful'")
        assert {row["level"] for row in fetch_rows(connection, "FROM issues")} == {None}
