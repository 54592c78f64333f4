"""The review round trip: the queue out, what people and Excel make of it, and judgements back in the tables."""

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ledger import Ledger
from tests.warehouse_facts import AS_OF, make_facts
from warehouse.build import build_warehouse
from warehouse.connect import fetch_rows, open_reader
from warehouse.csv_cells import read_csv, write_csv
from warehouse.digest_rows import JUDGEMENT_COLUMNS
from warehouse.digests import write_digests
from warehouse.judgements import CellError, parse_date
from warehouse.reviews import (
    QUEUE_COLUMNS,
    RejectedRow,
    export_queue,
    read_reviews,
    write_rejected,
)

JUDGEMENT = {
    "theme_right": "no", "other_theme": "contact-response", "new_status": "Done", "note": "Not about searches",
    "reviewer": "Ann", "reviewed_on": "24/11/2026",
}  # fmt: skip
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("reviews") / "one.duckdb"
    build_warehouse(make_facts(), path)
    return path


def write_lines(tmp_path: Path, *lines: str) -> Path:
    """A file with the least columns an import needs."""
    path = tmp_path / "back.csv"
    header = "recommendation_id,theme,theme_right,other_theme,new_status,note,reviewer,reviewed_on"
    path.write_text("\n".join([header, *lines]), encoding="utf-8")
    return path


def read_problems(path: Path, **more: object) -> list[str]:
    reviews, rejected = read_reviews(path, recorded_at=NOW, **more)  # type: ignore[arg-type]
    assert reviews == []
    return [row.problem for row in rejected]


def test_the_queue_starts_with_the_least_certain(warehouse: Path, tmp_path: Path) -> None:
    assert export_queue(warehouse, tmp_path / "queue.csv") == 5
    rows = read_csv((tmp_path / "queue.csv").read_bytes())
    assert tuple(rows[0]) == QUEUE_COLUMNS
    assert rows[0]["text"].startswith("Control room staff")
    assert rows[0]["theme"] == "missing-persons", "0.72 is less certain than 0.91; 0.55 was judged already"
    assert {rows[0][name] for name in JUDGEMENT_COLUMNS} == {""}
    assert "quoted_recommendation" not in {row["kind"] for row in rows}
    assert export_queue(warehouse, tmp_path / "short.csv", limit=2) == 2


def test_a_queue_nobody_touched_holds_no_judgement(warehouse: Path, tmp_path: Path) -> None:
    export_queue(warehouse, tmp_path / "queue.csv")
    assert read_reviews(tmp_path / "queue.csv", recorded_at=NOW) == ([], [])


def fill_queue(warehouse: Path, tmp_path: Path) -> str:
    """The queue with one judgement in each column, as text."""
    export_queue(warehouse, tmp_path / "queue.csv")
    text = (tmp_path / "queue.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    number = next(n for n, row in enumerate(rows) if row["theme"] == "missing-persons")
    rows[number].update(JUDGEMENT)
    return write_csv(QUEUE_COLUMNS, rows).decode("utf-8-sig")


def test_judgements_go_round(warehouse: Path, tmp_path: Path) -> None:
    path = tmp_path / "back.csv"
    path.write_text(fill_queue(warehouse, tmp_path), encoding="utf-8")
    reviews, rejected = read_reviews(path, recorded_at=NOW, themes=["missing-persons", "contact-response"])
    assert rejected == []
    assert [(one.question, one.theme, one.answer, one.before) for one in reviews] == [
        ("theme", "missing-persons", "wrong", "given"),
        ("theme", "contact-response", "add", None),
        ("status", None, "done", "none"),
    ]
    assert {(one.reviewer, one.reviewed_on, one.note) for one in reviews} == {
        ("Ann", date(2026, 11, 24), "Not about searches")
    }
    facts = make_facts()
    build_warehouse(replace(facts, reviews=[*facts.reviews, *reviews]), tmp_path / "two.duckdb")
    with open_reader(tmp_path / "two.duckdb") as connection:
        (row,) = fetch_rows(connection, "FROM register WHERE text LIKE 'Control room%'")
        assert row["themes"] == ["contact-response", "investigations"], "the later judgement on contact-response counts"
        assert (row["status"], row["status_dated"]) == ("done", date(2026, 11, 24))
        assert not fetch_rows(
            connection, "FROM review_queue WHERE text LIKE 'Control room%' AND theme = 'missing-persons'"
        )


def test_importing_twice_changes_nothing(warehouse: Path, tmp_path: Path) -> None:
    path = tmp_path / "back.csv"
    path.write_text(fill_queue(warehouse, tmp_path), encoding="utf-8")
    ledger = Ledger(tmp_path / "ledger")
    assert ledger.add_reviews(read_reviews(path, recorded_at=NOW)[0]) == 3
    later = NOW.replace(hour=20)
    assert ledger.add_reviews(read_reviews(path, recorded_at=later)[0]) == 0


def test_what_excel_makes_of_it_is_the_same(warehouse: Path, tmp_path: Path) -> None:
    text = fill_queue(warehouse, tmp_path)
    path = tmp_path / "back.csv"
    path.write_text(text, encoding="utf-8")
    expected = read_reviews(path, recorded_at=NOW)
    header, *lines = text.splitlines()
    versions = {
        "mark": text.encode("utf-8-sig"),
        "sorted": "\n".join([header, *reversed(lines), ""]).encode(),
        "upper case": "\n".join([header.upper().replace("_", " "), *lines]).encode(),
        "blank lines": ("\n".join([header, "," * 27, *lines]) + "\n" + "," * 27 + "\n\n").encode(),
        "a title above": ("Review queue\n\n" + text).encode(),
        "sep line": ("sep=,\n" + text).encode(),
        "utf-16": text.encode("utf-16"),
        "cp1252": text.replace("Not about", "Not – about").encode("cp1252"),
        "date as number": text.replace("24/11/2026", "46350").encode(),
    }
    for name, content in versions.items():
        path.write_bytes(content)
        reviews, rejected = read_reviews(path, recorded_at=NOW)
        assert rejected == [], name
        same = [replace(one, review_id="", note=(one.note or "").replace(" –", "")) for one in reviews]
        assert same == [replace(one, review_id="") for one in expected[0]], name


@pytest.mark.parametrize("separator", [";", "\t"])
def test_other_separators_and_columns(tmp_path: Path, separator: str) -> None:
    path = tmp_path / "back.csv"
    lines = [
        ["my notes", "recommendation_id", "theme", "theme_right", "reviewer", "reviewed_on", ""],
        ["a, b", "r1", "mental-health", "YES", "Ann", "24/11/2026"],
        ["", "r2", "mental-health", "", "", "", ""],
    ]
    path.write_text("\n".join(separator.join(line) for line in lines), encoding="utf-8")
    (review,), rejected = read_reviews(path, recorded_at=NOW)
    assert rejected == []
    assert (review.recommendation_id, review.answer) == ("r1", "right")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("r1,mental-health,maybe,,,,Ann,2026-11-24", "Row 2: theme_right says 'maybe'; it can be yes or no."),
        (",mental-health,yes,,,,Ann,2026-11-24", "Row 2: there is a judgement and no recommendation_id."),
        ("r1,mental-health,yes,,,,,2026-11-24", "Row 2: reviewer is empty; say who judged it."),
        ("r1,mental-health,yes,,,,Ann,", "Row 2: reviewed_on is empty; say on which day it was judged."),
        ("r1,mental-health,yes,,,,Ann,soon", "Row 2: reviewed_on says 'soon', which is not a date such as"),
        ("r1,mental-health,yes,,,,Ann,2027-01-01", "Row 2: reviewed_on is 2027-01-01, which is still to come."),
        ("r1,,yes,,,,Ann,2026-11-24", "Row 2: theme_right is filled in and theme is empty."),
        ("r1,mental-health,,,finished,,Ann,2026-11-24", "Row 2: new_status says 'finished'; it can be accepted,"),
        (
            "r1,mental-health,,fishing,,,Ann,2026-11-24",
            "Row 2: there is no theme 'fishing'; the themes are mental-health.",
        ),
        ("r9,mental-health,yes,,,,Ann,2026-11-24", "Row 2: there is no recommendation 'r9' here."),
    ],
)
def test_a_bad_row_is_told_in_plain_words(tmp_path: Path, line: str, problem: str) -> None:
    path = write_lines(tmp_path, line)
    (found,) = read_problems(path, themes=["mental-health"], recommendation_ids=["r1"])
    assert found.startswith(problem)


def test_a_bad_row_does_not_hold_up_a_good_one(tmp_path: Path) -> None:
    path = write_lines(
        tmp_path,
        "r1,mental-health,yes,,,,Ann,2026-11-24",
        "r2,mental-health,perhaps,,,=SUM(A1),Ann,2026-11-24",
        "r3,mental-health,no,,,,Ann,2026-11-24",
    )
    reviews, rejected = read_reviews(path, recorded_at=NOW)
    assert [one.recommendation_id for one in reviews] == ["r1", "r3"]
    assert [row.row_number for row in rejected] == [3]
    write_rejected(tmp_path / "rejected.csv", rejected)
    (back,) = read_csv((tmp_path / "rejected.csv").read_bytes())
    assert back["problem"].startswith("Row 3: theme_right says 'perhaps'")
    assert back["note"] == "=SUM(A1)"
    assert b"'=SUM(A1)" in (tmp_path / "rejected.csv").read_bytes()


def test_a_row_that_contradicts_another_is_sent_back(tmp_path: Path) -> None:
    path = write_lines(
        tmp_path,
        "r1,mental-health,yes,,,,Ann,2026-11-24",
        "r1,mental-health,yes,,,,Ann,2026-11-24",
        "r1,mental-health,no,,,,Ann,2026-11-24",
    )
    (review,), (rejected,) = read_reviews(path, recorded_at=NOW)
    assert review.answer == "right"
    assert rejected.problem == "Row 4: it says 'wrong' where row 3 says 'right' of the same thing."


def test_a_note_alone_is_a_judgement(tmp_path: Path) -> None:
    (review,), _ = read_reviews(write_lines(tmp_path, "r1,mental-health,,,,Look again,Ann,2026-11-24"), recorded_at=NOW)
    assert (review.question, review.answer, review.note) == ("note", "Look again", "Look again")


def test_a_digest_can_be_sent_back(warehouse: Path, tmp_path: Path) -> None:
    write_digests(warehouse, tmp_path)
    path = tmp_path / AS_OF.isoformat() / "missing-persons.csv"
    rows = read_csv(path.read_bytes())
    rows[0] |= {"theme_right": "yes", "reviewer": "Ann", "reviewed_on": "2026-11-24"}
    path.write_bytes(write_csv(tuple(rows[0]), rows))
    (review,), rejected = read_reviews(path, recorded_at=NOW)
    assert rejected == []
    assert (review.theme, review.answer) == ("missing-persons", "right")


def test_another_file_is_refused_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"other.csv has no column recommendation_id"):
        read_reviews(path, recorded_at=NOW)
    path.write_bytes(b"")
    with pytest.raises(ValueError, match="empty"):
        read_reviews(path, recorded_at=NOW)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(b"recommendation_id,theme_right\n" + content)
    _, rejected = read_reviews(path, recorded_at=NOW)
    assert all(isinstance(row, RejectedRow) for row in rejected)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01",
        "01/03/2026",
        "1/3/2026",
        "01/03/26",
        "1 March 2026",
        "01-Mar-26",
        "2026-03-01 00:00:00",
        "46082",
        "01.03.2026",
    ],
)
def test_dates_as_people_and_excel_write_them(text: str) -> None:
    assert parse_date(text) == date(2026, 3, 1)


@pytest.mark.parametrize("text", ["13/13/2026", "3", "March", "2026-02-30", "1/3"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(CellError):
        parse_date(text)
