"""Excel workbooks: what a lead opens, and what comes back. Written by xlsxwriter, read by openpyxl, nowhere else."""

import io
import re
import zipfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
import xlsxwriter
from openpyxl.utils.exceptions import InvalidFileException
from xlsxwriter.worksheet import Worksheet

from pipeline.isolate import Limits, run_isolated
from warehouse.csv_cells import LONGEST_CELL, Cell, name_column, parse_cell

MOST_LINKS = 60_000  # Excel drops links beyond 65,530 on a sheet
LISTS = "Lists"
MANY_ROWS = 4000  # take longer to write than a process takes to start
WORKER_SECONDS, WORKER_BYTES = 3600, 4 * 10**9  # that one workbook may cost a process
ANSWERS: Mapping[str, tuple[str, ...]] = {
    "theme_right": ("yes", "no", "withdrawn"),
    "same_ask": ("yes", "no", "withdrawn"),
    "new_status": (
        "accepted", "accepted in part", "accepted in principle", "under consideration", "rejected", "noted", "done",
        "not ours", "withdrawn",
    ),
    "is_an_ask": ("yes", "no", "withdrawn"),
}  # fmt: skip
WIDTHS: Mapping[str, int] = {
    "text": 70, "reason": 50, "says": 110, "subject": 28, "document_title": 32, "note": 30, "problem": 50, "link": 12,
    "section": 16, "theme": 20, "recommendation_id": 12, "common_id": 12, "addressee": 22, "addressee_is": 22,
    "body": 18, "other_theme": 22,
}  # fmt: skip
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
WRAPPED = frozenset({"text", "reason", "says", "document_title", "note", "problem", "addressee"})


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its columns, and rows by column. Columns that `write_workbook` is told are judged are coloured."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Mapping[str, Cell]]


class NotAWorkbook(ValueError):
    """Bytes that are not an Excel workbook with a table in it; one sentence."""


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook to write: what `write_workbook` takes."""

    sheets: tuple[Sheet, ...]
    created: date
    themes: tuple[str, ...] = ()
    judged: tuple[str, ...] = ()

    def write(self) -> bytes:
        """The .xlsx."""
        return write_workbook(self.sheets, self.created, themes=self.themes, judged=self.judged)


def write_workbooks(books: Iterable[tuple[str, Book]], row_count: int, workers: int = 1) -> dict[str, bytes]:
    """Each of `books` by name; where they hold many rows, `row_count` in all, by so many processes side by side.

    A book is taken from `books` when a process is free for it.
    """
    if workers == 1 or row_count < MANY_ROWS:
        return {name: book.write() for name, book in books}
    limits = Limits(WORKER_SECONDS, WORKER_BYTES)
    written: dict[str, bytes] = {}
    for outcome in run_isolated(write_book, books, workers=workers, limits=limits):
        if outcome.result is None:
            raise RuntimeError(f"The workbook {outcome.item[0]} could not be written: {outcome.failure}")
        written[outcome.item[0]] = outcome.result
    return written


def write_book(item: tuple[str, Book]) -> bytes:
    """The book of a name: what a worker does."""
    return item[1].write()


def write_workbook(
    sheets: Sequence[Sheet], created: date, *, themes: Sequence[str] = (), judged: Collection[str] = ()
) -> bytes:
    """An .xlsx of `sheets`: frozen header, filters, widths, links, and lists to choose from in `judged` columns.

    No text is ever a formula. `created` is the only date inside, so the same rows give the same bytes.
    """
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False})
    book.set_properties({"created": datetime.combine(created, time()), "title": "Perennial", "author": "perennial"})
    lists = {**ANSWERS, "other_theme": tuple(themes)}
    for sheet in sheets:
        _write_sheet(book, sheet, lists, judged)
    if judged and themes:
        hidden = book.add_worksheet(LISTS)
        hidden.write_column(0, 0, list(themes))
        hidden.hide()
    book.close()
    return buffer.getvalue()


def _write_sheet(
    book: xlsxwriter.Workbook, sheet: Sheet, lists: Mapping[str, Sequence[str]], judged: Collection[str]
) -> None:
    page = book.add_worksheet(sheet.name)
    heading = {"bold": True, "text_wrap": True, "valign": "top", "border": 1}
    plain = book.add_format({**heading, "bg_color": "#1F3A5F", "font_color": "#FFFFFF"})
    asked = book.add_format({**heading, "bg_color": "#FFE699"})
    formats = {
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        "plain": book.add_format({"valign": "top"}),
        "date": book.add_format({"valign": "top", "num_format": "dd/mm/yyyy"}),
        "moment": book.add_format({"valign": "top", "num_format": "dd/mm/yyyy hh:mm"}),
        "judged": book.add_format({"text_wrap": True, "valign": "top", "bg_color": "#FFF8E1", "border": 4}),
        "judged_date": book.add_format(
            {"valign": "top", "bg_color": "#FFF8E1", "border": 4, "num_format": "dd/mm/yyyy"}
        ),
        "link": book.add_format({"valign": "top", "font_color": "#0B5394", "underline": 1}),
    }  # fmt: skip
    blanks = {name: formats["judged_date" if name == "reviewed_on" else "judged"] for name in judged}
    for place, name in enumerate(sheet.columns):
        page.write_string(0, place, name, asked if name in judged else plain)
        page.set_column(place, place, WIDTHS.get(name, 13))
    for line, row in enumerate(sheet.rows, start=1):
        for place, name in enumerate(sheet.columns):
            value = row.get(name)
            if name in blanks and value in (None, ""):
                page.write_blank(line, place, None, blanks[name])
            elif value is not None:
                _write_cell(page, line, place, name, value, formats)
    last = max(len(sheet.rows), 1)
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, last, len(sheet.columns) - 1)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    for place, name in enumerate(sheet.columns):
        if name in judged:
            _add_choice(page, name, place, last, lists)


def _write_cell(
    page: Worksheet, line: int, place: int, name: str, value: str | int | float | date, formats: Mapping[str, Any]
) -> None:
    if isinstance(value, bool):
        page.write_string(line, place, "yes" if value else "no", formats["plain"])
    elif isinstance(value, datetime):
        page.write_datetime(line, place, value, formats["moment"])
    elif isinstance(value, date):
        page.write_datetime(line, place, datetime.combine(value, time()), formats["date"])
    elif isinstance(value, int | float):
        page.write_number(line, place, value, formats["plain"])
    elif name == "link" and value.startswith(("https://", "http://")) and line < MOST_LINKS and len(value) < 2000:
        page.write_url(line, place, value, formats["link"], string=_name_link(value), tip="Open the page")
    else:
        text = _printable(value)
        page.write_string(line, place, text, formats["wrap" if name in WRAPPED else "plain"])


def _add_choice(page: Worksheet, name: str, place: int, last: int, lists: Mapping[str, Sequence[str]]) -> None:
    """A list to choose from, or a date; typed words are told apart when the file comes back, so lists only advise."""
    if name == "reviewed_on":
        page.data_validation(1, place, last, place, {
            "validate": "date", "criteria": "between", "minimum": date(2020, 1, 1), "maximum": date(2099, 12, 31),
            "error_title": "A day", "error_message": "Write the day as 31/03/2026.",
        })  # fmt: skip
    elif name == "other_theme" and lists["other_theme"]:
        source = f"={LISTS}!$A$1:$A${len(lists['other_theme'])}"
        page.data_validation(1, place, last, place, {
            "validate": "list", "source": source, "error_type": "information",
            "input_title": "Another theme", "input_message": "Choose one, or type several with commas between.",
        })  # fmt: skip
    elif name in ANSWERS:
        page.data_validation(1, place, last, place, {
            "validate": "list", "source": list(lists[name]),
            "error_title": name, "error_message": f"It can be {', '.join(lists[name])}.",
        })  # fmt: skip


def _name_link(address: str) -> str:
    page = re.search(r"#page=(\d+)$", address)
    return f"page {page[1]}" if page else "open"


def _printable(text: str) -> str:
    """XML has no place for control characters, and Excel none for a very long cell."""
    clean = _UNPRINTABLE.sub("", text)
    return clean if len(clean) <= LONGEST_CELL else clean[:LONGEST_CELL] + " …"


def read_workbook(content: bytes, wanted: str) -> list[dict[str, str]]:
    """Rows by header of the first sheet that has the column `wanted`, as text: dates as 2026-03-31, whole numbers bare.

    Takes what Excel saves: moved and added columns, other sheets, a title above the header, blank lines (kept, so
    that row numbers are those people see). Header names come in lower case with underscores. Raises `NotAWorkbook`.
    """
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, ParseError, OSError, IndexError) as error:
        raise NotAWorkbook("It is not an Excel workbook that can be read.") from error
    try:
        for page in book.worksheets:
            page.reset_dimensions()  # some programs write a wrong size, and rows beyond it would be lost
            if (rows := _read_table(page.iter_rows(values_only=True), wanted)) is not None:
                return rows
    except (KeyError, ValueError, TypeError, ParseError, zipfile.BadZipFile, OSError, IndexError) as error:
        raise NotAWorkbook("It is an Excel workbook that is damaged.") from error
    finally:
        book.close()
    raise NotAWorkbook(f"No sheet of it has a column {wanted}.")


def _read_table(lines: Iterable[Sequence[Any]], wanted: str) -> list[dict[str, str]] | None:
    names: list[str] = []
    rows: list[dict[str, str]] = []
    above = 0
    for line in lines:
        cells = [_read_cell(value) for value in line]
        if names:
            full = [*cells, *[""] * len(names)]
            rows.append({name: cell for name, cell in zip(names, full, strict=False) if name})
        else:
            header = [name_column(cell) for cell in cells]
            if wanted in header:
                names = header
            else:
                above += 1
    return [{} for _ in range(above)] + rows if names else None


def _read_cell(value: Any) -> str:  # noqa: ANN401  (openpyxl gives what the cell holds)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return parse_cell(str(value)).strip()
