"""The review round trip: the queue out, what people and Excel make of it, and judgements back in the tables."""

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import reviewing
from pipeline.ledger import Ledger
from pipeline.records import Review
from pipeline.settings import Settings
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
    with pytest.raises(ValueError, match=r"It has no column recommendation_id"):
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


def save_like_excel(content: bytes) -> bytes:
    """What openpyxl, and Excel much alike, writes after a person has sorted, added a column and filled one row in."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    page = book["Review"]
    header = [cell.value for cell in page[1]]
    rows = sorted(page.iter_rows(min_row=2, values_only=True), key=str)
    number = next(n for n, row in enumerate(rows) if row[header.index("theme")] == "missing-persons")
    filled = list(rows[number])
    answers: dict[str, object] = {**JUDGEMENT, "theme_right": "No ", "reviewed_on": datetime(2026, 11, 24)}
    for name, value in answers.items():
        filled[header.index(name)] = value
    rows[number] = tuple(filled)
    page.delete_rows(1, page.max_row)
    page.append(["Sorted by me", *header])
    for row in rows:
        page.append([7, *row])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_a_workbook_goes_round_and_says_the_same_as_the_csv(warehouse: Path, tmp_path: Path) -> None:
    (tmp_path / "back.csv").write_text(fill_queue(warehouse, tmp_path), encoding="utf-8")
    export_queue(warehouse, tmp_path / "queue.xlsx")
    (tmp_path / "back.xlsx").write_bytes(save_like_excel((tmp_path / "queue.xlsx").read_bytes()))
    csv_said, xlsx_said = (read_reviews(tmp_path / f"back.{kind}", recorded_at=NOW) for kind in ("csv", "xlsx"))
    assert xlsx_said[1] == []
    assert xlsx_said[0] == csv_said[0], "the same ids too: imported in both forms, it counts once"


def test_a_workbook_by_another_name_and_an_old_one(warehouse: Path, tmp_path: Path) -> None:
    export_queue(warehouse, tmp_path / "queue.xlsx")
    named = tmp_path / "queue.csv"
    named.write_bytes((tmp_path / "queue.xlsx").read_bytes())
    assert read_reviews(named, recorded_at=NOW) == ([], [])
    named.write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 600)
    with pytest.raises(ValueError, match="old format, or has a password; save it as"):
        read_reviews(named, recorded_at=NOW)


def test_all_questions_of_a_row(tmp_path: Path) -> None:
    path = tmp_path / "back.csv"
    header = (
        "recommendation_id,common_id,same_ask,addressee_is,addressee,new_status,status,is_an_ask,reviewer,reviewed_on"
    )
    line = "r1,c1,No,College of Policing,The force,under consideration,none,yes,Ann,1/11/2026"
    path.write_text(f"{header}\n{line}\nr2,,yes,,,,,,Ann,1/11/2026\n", encoding="utf-8")
    reviews, (rejected,) = read_reviews(path, recorded_at=NOW)
    assert [(one.question, one.answer, one.before, one.common_id) for one in reviews] == [
        ("same_ask", "no", None, "c1"),
        ("status", "under consideration", "none", None),
        ("extraction", "yes", None, None),
        ("addressee", "College of Policing", "The force", None),
    ]
    assert rejected.problem == (
        "Row 3: same_ask is filled in and common_id is empty, so there is nothing to be the same as."
    )


def test_a_group_is_named_in_any_of_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "back.csv"
    lines = (
        "recommendation_id,common_id,plain_name,reviewer,reviewed_on", "r1,c1,Waking  drunk people,Ann,1/11/2026",
        "r2,c1,Waking drunk people,Ann,1/11/2026", "r3,c1,Rousing,Ann,1/11/2026", "r4,,Rousing,Ann,1/11/2026",
        f"r5,c1,{'long ' * 30},Ann,1/11/2026", "r6,c2,Rousing,,1/11/2026",
    )  # fmt: skip
    path.write_text("\n".join(lines), encoding="utf-8")
    reviews, rejected = read_reviews(path, recorded_at=NOW)
    assert [(one.question, one.answer, one.common_id) for one in reviews] == [
        ("plain_name", "Waking drunk people", "c1"),
    ]
    assert [one.problem for one in rejected] == [
        "Row 4: it says 'Rousing' where row 3 says 'Waking drunk people' of the same thing.",
        "Row 5: plain_name is filled in and common_id is empty, so there is nothing to name.",
        "Row 6: plain_name is longer than 120 characters.",
        "Row 7: reviewer is empty; say who judged it.",
    ]


def judge(row_id: str, reviewer: str, answer: str, hour: int, theme: str = "missing-persons") -> Review:
    at = NOW.replace(hour=hour)
    return Review(f"v{row_id}{reviewer}{hour}{theme}", row_id, "theme", answer, None, reviewer, at.date(), at, theme)


def test_reviewers_who_disagree_and_how_far_they_agree(tmp_path: Path) -> None:
    facts = make_facts()
    rows = sorted(row.recommendation_id for one in facts.extractions.values() for row in one.recommendations)
    first, second, third, fourth, fifth, *_ = rows
    judged = [
        judge(first, "Ann", "right", 1), judge(first, "Bob", "wrong", 2),
        judge(second, "Ann", "right", 1), judge(second, "Bob", "wrong", 2), judge(second, "Ann", "right", 3),
        judge(third, "Ann", "right", 1), judge(third, "Bob", "right", 2), judge(third, "ann", "right", 4),
        judge(fourth, "Ann", "wrong", 1), judge(fourth, "Bob", "wrong", 2),
        judge(fifth, "Ann", "right", 1), judge(fifth, "Ann", "wrong", 2),
    ]  # fmt: skip
    build_warehouse(replace(facts, reviews=judged), tmp_path / "one.duckdb")
    with open_reader(tmp_path / "one.duckdb") as connection:
        conflicts = {row["recommendation_id"]: row for row in fetch_rows(connection, "FROM review_conflicts")}
        assert {row: one["is_open"] for row, one in conflicts.items()} == {first: True, second: False}
        assert conflicts[first]["answer_in_force"] == "wrong", "until it is settled the later answer counts"
        assert conflicts[second]["answer_in_force"] == "right"
        (agreement,) = fetch_rows(connection, "FROM review_agreement")
        # Both judged four: alike 2; Ann says right 3 times and Bob once: by chance 3/4·1/4 + 1/4·3/4 = 0.375.
        assert (agreement["judged_count"], agreement["agreed_count"]) == (4, 2)
        assert agreement["kappa"] == pytest.approx((0.5 - 0.375) / (1 - 0.375), abs=1e-4)
        queue = {(r["recommendation_id"], r["theme"]): r for r in fetch_rows(connection, "FROM review_queue")}
        assert (second, "missing-persons") not in queue
        shown = queue.get((first, "missing-persons"))
        asks = {row["recommendation_id"] for row in fetch_rows(connection, "SELECT recommendation_id FROM register")}
        assert (shown is not None) == (first in asks), "what is disputed is asked again"
        coverage = {row["theme"]: row for row in fetch_rows(connection, "FROM review_coverage")}
        assert coverage["missing-persons"]["open_conflict_count"] == 1
        assert coverage["missing-persons"]["reviewer_count"] == 2
        assert coverage["contact-response"]["judged_ask_count"] == 0


def test_changing_back_on_the_same_day_counts_and_an_old_file_does_not(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger")
    lines = [f"r1,mental-health,{answer},,,,Ann,2026-11-{day}" for answer, day in (("yes", 23), ("no", 23), ("no", 24))]
    files = [read_reviews(write_lines(tmp_path, line), recorded_at=NOW)[0] for line in lines]
    assert [ledger.add_reviews(files[n]) for n in (0, 0, 1, 1)] == [1, 0, 1, 0]
    assert ledger.add_reviews(files[0]) == 1, "yes, no and yes again on one day: the later line wins"
    assert [one.answer for one in ledger.reviews().records] == ["right", "wrong", "right"]
    assert ledger.add_reviews(files[0]) == 0
    assert ledger.add_reviews(files[2]) == 1
    assert ledger.add_reviews(files[0]) == 0, "yesterday's file, imported again after today's, changes nothing"
    assert len({one.review_id for one in ledger.reviews().records}) == 4


def test_bad_rows_come_back_in_a_file_to_mend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [row for one in make_facts().extractions.values() for row in one.recommendations]
    monkeypatch.setattr(reviewing, "load_extractions", lambda _settings, **_more: {})
    monkeypatch.setattr(reviewing, "recommendations_of", lambda _extractions: rows)
    settings = Settings(data=tmp_path / "data")
    good = f"{rows[0].recommendation_id},mental-health,yes,,,,Ann,2026-11-24"
    path = write_lines(tmp_path, good, "r9,mental-health,yes,,,,Ann,24/11/2026", f"{good[:17]},,,,finished,,Ann,")
    done = reviewing.import_reviews(settings, path, NOW)
    assert (done.added, done.known, len(done.rejected)) == (1, 0, 2)
    assert done.to_mend == tmp_path / "back-to-mend.csv"
    back = read_csv(done.to_mend.read_bytes())
    assert [row["problem"][:6] for row in back] == ["Row 3:", "Row 4:"]
    assert back[0]["recommendation_id"] == "r9"
    mended = [{**back[0], "recommendation_id": rows[1].recommendation_id}]
    done.to_mend.write_bytes(write_csv(tuple(back[0]), mended))
    again = reviewing.import_reviews(settings, done.to_mend, NOW)
    assert (again.added, again.rejected, again.to_mend) == (1, (), None)
    with pytest.raises(reviewing.NotAReviewFile, match="cannot be taken"):
        (tmp_path / "x.csv").write_text("nothing\n")
        reviewing.import_reviews(settings, tmp_path / "x.csv", NOW)
