"""Workbooks as Excel opens them: frozen header, filters, links, lists to choose from, no formula, stable bytes."""

import io
from datetime import date

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.warehouse_facts import AS_OF
from warehouse import workbook
from warehouse.workbook import Book, NotAWorkbook, Sheet, read_workbook, write_workbook, write_workbooks

COLUMNS = ("text", "published", "page", "link", "recommendation_id", "theme_right", "other_theme", "reviewed_on")
ROW = {
    "text": "=SUM(A1)", "published": date(2026, 1, 2), "page": 3, "link": "https://example.org/a.pdf#page=3",
    "recommendation_id": "r1",
}  # fmt: skip
JUDGED = ("theme_right", "other_theme", "reviewed_on")


def write(rows: list[dict[str, object]]) -> bytes:
    sheets = [Sheet("About", ("subject", "says"), [{"subject": "as of", "says": "x"}]), Sheet("Digest", COLUMNS, rows)]  # type: ignore[arg-type]
    return write_workbook(sheets, AS_OF, themes=["custody", "mental-health"], judged=JUDGED)


def test_a_lead_can_work_with_it() -> None:
    book = openpyxl.load_workbook(io.BytesIO(write([ROW])))
    assert book.sheetnames == ["About", "Digest", "Lists"]
    page = book["Digest"]
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == "A1:H2"
    assert page["D2"].value == "page 3"
    assert page["D2"].hyperlink.target.split("#")[0] == "https://example.org/a.pdf"
    assert page["D2"].hyperlink.location == "page=3" or page["D2"].hyperlink.target.endswith("#page=3")
    assert page["B2"].value.date() == date(2026, 1, 2)
    assert page["B2"].number_format == "dd/mm/yyyy"
    assert page.column_dimensions["A"].width > 50
    kinds = {str(one.sqref): (one.type, one.formula1) for one in page.data_validations.dataValidation}
    assert kinds["F2"] == ("list", '"yes,no,withdrawn"')
    assert kinds["G2"] == ("list", "Lists!$A$1:$A$2")
    assert kinds["H2"][0] == "date"
    assert book["Lists"].sheet_state == "hidden"


def test_no_cell_is_a_formula_or_a_link_that_was_not_meant() -> None:
    texts = ["=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(1)", "http://example.org in a text", "{=A1}"]
    content = write([{**ROW, "text": text} for text in texts])
    page = openpyxl.load_workbook(io.BytesIO(content))["Digest"]
    for line, text in enumerate(texts, start=2):
        assert page.cell(line, 1).data_type == "s"
        assert page.cell(line, 1).value == text
        assert page.cell(line, 1).hyperlink is None


def test_the_same_rows_give_the_same_bytes() -> None:
    assert write([ROW]) == write([dict(reversed(ROW.items()))])


def test_what_was_written_is_read_again() -> None:
    (row,) = read_workbook(
        write([{**ROW, "theme_right": "yes", "reviewed_on": date(2026, 11, 24)}]), "recommendation_id"
    )
    assert row["text"] == "=SUM(A1)"
    assert (row["published"], row["reviewed_on"], row["page"], row["theme_right"]) == (
        "2026-01-02",
        "2026-11-24",
        "3",
        "yes",
    )


@settings(max_examples=15, deadline=None)
@given(st.lists(st.text(max_size=60), min_size=1, max_size=4))
def test_every_text_survives(texts: list[str]) -> None:
    rows = read_workbook(write([{**ROW, "text": f"a{text}"} for text in texts]), "recommendation_id")
    for row, text in zip(rows, texts, strict=True):
        readable = "".join(c for c in f"a{text}" if c.isprintable())
        assert "".join(c for c in row["text"] if c.isprintable()).replace(" ", "") == readable.replace(" ", "").strip()


def test_what_people_do_to_a_workbook_is_understood() -> None:
    book = openpyxl.load_workbook(io.BytesIO(write([ROW, {**ROW, "recommendation_id": "r2"}])))
    page = book["Digest"]
    page.insert_cols(1)
    page["A1"] = "My notes"
    page["A2"] = 12.0
    page.insert_rows(1)
    page["A1"] = "Queue of the mental health lead"
    page["G3"] = True
    book.move_sheet("Digest", -1)
    buffer = io.BytesIO()
    book.save(buffer)
    rows = read_workbook(buffer.getvalue(), "recommendation_id")
    assert rows[0] == {}, "a title above keeps the row numbers that people see"
    assert (rows[1]["recommendation_id"], rows[1]["my_notes"], rows[1]["theme_right"]) == ("r1", "12", "yes")
    assert rows[2]["recommendation_id"] == "r2"


@pytest.mark.parametrize("content", [b"PK\x03\x04rubbish", b"", b"hello", b"PK\x05\x06" + b"\0" * 18])
def test_other_bytes_are_refused_in_one_sentence(content: bytes) -> None:
    with pytest.raises(NotAWorkbook, match=r"\.$"):
        read_workbook(content, "recommendation_id")


def test_a_workbook_without_the_column_is_refused() -> None:
    with pytest.raises(NotAWorkbook, match="No sheet of it has a column other"):
        read_workbook(write([ROW]), "other")


def test_a_very_long_text_does_not_break_excel() -> None:
    (row,) = read_workbook(write([{**ROW, "text": "x" * 40_000}]), "recommendation_id")
    assert len(row["text"]) < 32_767


def test_many_rows_are_written_side_by_side_to_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    books = {
        f"theme-{number}": Book(
            (
                Sheet(
                    "Digest", ("text", "reviewed_on"), [{"text": f"ask {row} of {number}"} for row in range(number + 1)]
                ),
            ),
            date(2026, 3, 31),
            themes=("custody",),
            judged=("reviewed_on",),
        )
        for number in range(3)
    }
    alone = {name: book.write() for name, book in books.items()}
    assert write_workbooks(books.items(), 6, workers=2) == alone  # few rows: by this process
    monkeypatch.setattr(workbook, "MANY_ROWS", 1)
    assert write_workbooks(books.items(), 6, workers=2) == alone


def test_a_workbook_that_cannot_be_written_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MANY_ROWS", 1)
    sheet = Sheet("Digest", ("text",), [{"text": "one"}, {"text": "two"}])
    twice = Book((sheet, sheet), date(2026, 3, 31))  # Excel takes no two sheets of one name
    with pytest.raises(RuntimeError, match=r"The workbook custody could not be written: .*Digest"):
        write_workbooks([("custody", twice)], 4, workers=2)
