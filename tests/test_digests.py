"""Digests as a theme lead opens them: what is in which section, that no cell is a formula, that bytes are stable."""

import csv
import io
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.warehouse_facts import AS_OF, NIGHT, make_facts
from warehouse.build import build_warehouse
from warehouse.connect import NoWarehouse
from warehouse.csv_cells import format_cell, parse_cell, read_csv, write_csv
from warehouse.digest_rows import COLUMNS, JUDGEMENT_COLUMNS, SECTIONS
from warehouse.digests import write_digests
from warehouse.load import Facts

ROOT = Path(__file__).parents[1]


def build(tmp_path: Path, facts: Facts, name: str = "one.duckdb") -> Path:
    path = tmp_path / name
    build_warehouse(facts, path)
    return path


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("digests"), make_facts())


def read(path: Path) -> list[dict[str, str]]:
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf"), "without a byte order mark Excel garbles accents"
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_lead_reads_what_matters_first(warehouse: Path, tmp_path: Path) -> None:
    files = write_digests(warehouse, tmp_path)
    assert {file.parent.name for file in files} == {"2026-11-23"}
    rows = read(tmp_path / "2026-11-23" / "death-police-contact.csv")
    assert [row["section"] for row in rows] == [*["recurred_after_closure"] * 3, "overdue", "standing"]
    first, *_, overdue, standing = rows
    assert first["reason"].startswith("Asked again after the ask of HMICFRS of 2022-03-01 was accepted on 2022-09-01")
    assert first["link"] == "https://example.org/custody-inspection-2026.pdf#page=2"
    assert overdue["deadline"] == "2023-03-01"
    assert overdue["overdue_days"] == str((AS_OF - date(2023, 3, 1)).days)
    assert standing["asked_count"] == "4"
    assert "6 documents read" in standing["reason"]
    assert {row["restricted"] for row in rows if "zanzibar" in row["text"]} == {"yes"}


def test_columns_are_stable_and_judgement_columns_blank(warehouse: Path, tmp_path: Path) -> None:
    write_digests(warehouse, tmp_path)
    rows = read(tmp_path / "2026-11-23" / "missing-persons.csv")
    assert tuple(rows[0]) == COLUMNS
    assert {rows[0][name] for name in JUDGEMENT_COLUMNS} == {""}
    assert set(SECTIONS) >= {row["section"] for row in rows}


def test_nothing_new_is_one_line(warehouse: Path, tmp_path: Path) -> None:
    write_digests(warehouse, tmp_path, since=AS_OF)
    rows = read(tmp_path / "2026-11-23" / "missing-persons.csv")
    assert [(row["section"], row["text"]) for row in rows] == [("nothing_new", "Nothing new since 2026-11-23.")]
    rows = read(tmp_path / "2026-11-23" / "death-police-contact.csv")
    assert [row["section"] for row in rows] == ["nothing_new", "standing"], "what keeps coming back always stands"


def test_only_what_came_in_since_is_new(tmp_path: Path) -> None:
    facts = make_facts()
    old = [
        replace(file, fetched_at=NIGHT - timedelta(days=10 if "2026" not in file.ref.url else 1))
        for file in facts.files
    ]
    path = build(tmp_path, replace(facts, files=old))
    write_digests(path, tmp_path, since=AS_OF - timedelta(days=5))
    rows = read(tmp_path / "2026-11-23" / "death-police-contact.csv")
    assert [(row["section"], row["source"]) for row in rows] == [
        ("recurred_after_closure", "hmicfrs"),
        ("standing", "hmicfrs"),
    ]


def test_an_answer_that_came_in_is_told(tmp_path: Path) -> None:
    facts = make_facts()
    old = [
        replace(file, fetched_at=NIGHT - timedelta(days=0 if "response" in file.ref.url else 10))
        for file in facts.files
    ]
    path = build(tmp_path, replace(facts, files=old))
    write_digests(path, tmp_path, since=AS_OF - timedelta(days=5))
    (row, _) = read(tmp_path / "2026-11-23" / "death-police-contact.csv")
    assert row["section"] == "answered"
    assert "on 2022-09-01, page 3: We accept this and will train staff." in row["reason"]


def test_newly_overdue_is_told_once(tmp_path: Path) -> None:
    facts = make_facts()
    due = date(2024, 6, 26)
    old = [replace(file, fetched_at=NIGHT.replace(year=2024, month=6, day=1)) for file in facts.files]
    for days, sections in ((0, ["nothing_new"]), (1, ["overdue"]), (2, ["nothing_new"])):
        day = due + timedelta(days=days)
        path = build(tmp_path, replace(facts, as_of=day, files=old, links=[], commons=[]), f"{days}.duckdb")
        write_digests(path, tmp_path, since=day - timedelta(days=1))
        rows = read(tmp_path / day.isoformat() / "death-police-contact.csv")
        assert [row["section"] for row in rows] == sections


def test_an_earlier_day_leaves_out_what_was_not_known(tmp_path: Path) -> None:
    facts = make_facts()
    mixed = [
        replace(file, fetched_at=NIGHT - timedelta(days=30 if "2022" in file.ref.url else 0)) for file in facts.files
    ]
    path = build(tmp_path, replace(facts, files=mixed))
    write_digests(path, tmp_path, as_of=AS_OF - timedelta(days=20))
    rows = read(tmp_path / "2026-11-03" / "death-police-contact.csv")
    changes = [row for row in rows if row["section"] != "standing"]
    assert [row["text"][:11] for row in changes] == ["Cell checks"]
    assert changes[0]["overdue_days"] == str((date(2026, 11, 3) - date(2023, 3, 1)).days)


def test_one_theme_can_be_written_alone(warehouse: Path, tmp_path: Path) -> None:
    files = write_digests(warehouse, tmp_path, themes=["missing-persons"])
    names = ["about.txt", "coverage.csv", "index.csv", "missing-persons.csv", "missing-persons.xlsx"]
    assert sorted(file.name for file in files) == names


def test_the_index_and_the_coverage_say_what_is_missing(warehouse: Path, tmp_path: Path) -> None:
    write_digests(warehouse, tmp_path)
    index = {row["theme"]: row for row in read(tmp_path / "2026-11-23" / "index.csv")}
    assert index["death-police-contact"]["lead"] == "Custody lead"
    assert index["death-police-contact"]["recurred_after_closure"] == "3"
    assert index["contact-response"]["says"].startswith("Nothing on this theme yet.")
    assert "not read tonight: pfd" in index["contact-response"]["says"].lower()
    coverage = {(row["source"], row["year"]): row for row in read(tmp_path / "2026-11-23" / "coverage.csv")}
    assert coverage["pfd", "2026"]["is_missing_tonight"] == "yes"
    assert coverage["pfd", "2026"]["document_without_text_count"] == "1"


def test_a_coroners_title_is_not_shown(tmp_path: Path) -> None:
    """It is the name of the person who died."""
    facts = make_facts()
    named = [replace(f, ref=replace(f.ref, title="Jo Bloggs")) if f.ref.source == "pfd" else f for f in facts.files]
    for file in write_digests(build(tmp_path, replace(facts, files=named)), tmp_path):
        assert b"Bloggs" not in file.read_bytes()


def test_the_same_night_gives_the_same_bytes(warehouse: Path, tmp_path: Path) -> None:
    facts = make_facts()
    shuffled = replace(
        facts, files=facts.files[::-1], links=facts.links[::-1], assignments=facts.assignments[::-1],
        extractions=dict(reversed(facts.extractions.items())),
    )  # fmt: skip
    first = write_digests(warehouse, tmp_path / "first")
    second = write_digests(build(tmp_path, shuffled), tmp_path / "second")
    assert [file.read_bytes() for file in first] == [file.read_bytes() for file in second]
    assert not list(tmp_path.rglob("*.writing"))


def test_an_unknown_theme_and_a_day_to_come_are_refused(warehouse: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no theme 'fishing'"):
        write_digests(warehouse, tmp_path, themes=["fishing"])
    with pytest.raises(ValueError, match="speaks of 2026-11-23"):
        write_digests(warehouse, tmp_path, as_of=AS_OF + timedelta(days=1))
    with pytest.raises(NoWarehouse):
        write_digests(tmp_path / "none.duckdb", tmp_path)


def test_digests_read_views_only() -> None:
    names = ("digests.py", "digest_rows.py", "withholding.py", "cover.py", "reviews.py", "summary.py")
    views = ("310_digest", "312_review_conflicts", "320_review_queue", "330_review_agreement", "340_review_coverage")
    for name in (*names, *(f"views/{view}.sql" for view in views)):
        assert "base." not in (ROOT / "warehouse" / name).read_text(encoding="utf-8"), name


def is_formula(cell: str) -> bool:
    plain = cell.lstrip()
    starts = cell[:1] in ("\t", "\r") or plain[:1] in ("=", "+", "-", "@", "＝", "＋", "－", "＠")
    return starts and not plain.lstrip("+-").replace(".", "", 1).isdecimal()


@given(st.text() | st.text(alphabet="=+-@\t\r\n' 1.5aＡ＝", max_size=8))
def test_no_text_is_a_formula_and_every_text_comes_back(text: str) -> None:
    text = text.replace("\x00", "")
    cell = format_cell(text)
    assert not is_formula(cell)
    assert parse_cell(cell) == text


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (-5, "-5"), (-0.5, "-0.5"), ("-5", "-5"), ("+44", "+44"), ("=1+1", "'=1+1"), ("-1-1", "'-1-1"),
        ("@SUM(A1)", "'@SUM(A1)"), ("- a point", "'- a point"),
        ("\tx", "'\tx"), ("\r=x", "'\r=x"), (" =x", "' =x"), ("-1+cmd|' /C calc'!A0", "'-1+cmd|' /C calc'!A0"),
        ("'tis", "'tis"), ("'=x", "''=x"), (None, ""), (True, "yes"), (date(2026, 1, 2), "2026-01-02"),
    ],
)  # fmt: skip
def test_cells(value: object, cell: str) -> None:
    assert format_cell(value) == cell  # type: ignore[arg-type]


@given(st.lists(st.tuples(st.text(), st.text()), max_size=4))
def test_a_table_comes_back(rows: list[tuple[str, str]]) -> None:
    clean = [tuple(cell.replace("\x00", "").encode(errors="replace").decode() for cell in row) for row in rows]
    content = write_csv(("one", "two"), [{"one": one, "two": two} for one, two in clean])
    back = [(row["one"], row["two"]) for row in read_csv(content)]
    assert back == [(one.strip(), two.strip()) for one, two in clean]


def test_a_very_long_cell_is_cut_so_that_excel_opens_it() -> None:
    assert len(format_cell("x" * 40_000)) < 32_767
