"""Reads what a document says of itself: title, date, reference."""

import re
from datetime import date

from pipeline.layout import Document, Page
from pipeline.records import DocumentFacts
from pipeline.text import repair

_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_DATE = re.compile(rf"\b(?:(\d{{1,2}})(?:st|nd|rd|th)?\s+)?({'|'.join(_MONTHS)})\s+((?:19|20)\d\d)\b", re.IGNORECASE)
_NUMERIC = re.compile(r"\b(\d{1,2})[/.](\d{1,2})[/.]((?:19|20)\d\d)\b")
_REFERENCE = re.compile(
    r"\b(?:ref(?:erence)?(?:\s+(?:no|number))?\s*[:.]?\s*|reference\s+)([A-Z]{0,5}[-/ ]?\d{2,4}[-/–]\d{2,6}[A-Z]?)\b|"
    r"\b((?:HC|HL|CP|Cm|GAO)[- ]\d[\d-]*[A-Z]?)\b|\b((?:19|20)\d\d-\d{4})\b",
    re.IGNORECASE,
)
_FIRST_PAGES, _FORM_PAGES = 3, 40
_SHORT = 14  # words of a line that may date the document; a longer one is narrative
_FORM = re.compile(r"regulation 28\b.{0,40}prevent (?:future )?deaths", re.IGNORECASE)
_SIGNED = re.compile(r"COPIES\s+and\s+PUBLICATION", re.IGNORECASE)
_DATED = re.compile(r"\b(?:published|publication|dated?|date of|issued|updated|presented|ordered)\b", re.IGNORECASE)
_MACHINE_TITLE = re.compile(r"^microsoft word|\.docx?$|\.pdf$|\.indd$|^untitled|^\W*$", re.IGNORECASE)


def read_facts(document: Document) -> DocumentFacts:
    """Title, publication date and reference, None where the first pages and the metadata do not say."""
    first = "\n".join(repair([page.text]) for page in document.pages[:_FIRST_PAGES])
    return DocumentFacts(_title(document), _published(document), _reference(f"{document.title or ''}\n{first}"))


def _title(document: Document) -> str | None:
    """The largest print on the first page, else the metadata title if a person wrote it."""
    printed = _largest_print(document.pages[0]) if document.pages else None
    claimed = document.title if document.title and not _MACHINE_TITLE.search(document.title) else None
    return claimed or printed


def _largest_print(page: Page) -> str | None:
    lines = [line for line in page.lines if line.end - line.start >= 4]
    if not lines:
        return None
    size = max(line.size for line in lines)
    title = repair([page.text[line.start : line.end] for line in lines if line.size >= 0.95 * size])
    return title if 4 <= len(title) <= 200 else None


def _published(document: Document) -> date | None:
    """A coroner's form is dated at its end; others by a label, or by a short line of their first page."""
    whole = "\n".join(repair([page.text]) for page in document.pages[:_FORM_PAGES])
    if _FORM.search(whole):
        signed = _SIGNED.split(whole)[-1] if _SIGNED.search(whole) else ""
        return _first_date(signed, with_day=True)
    lines = [line for page in document.pages[:_FIRST_PAGES] for line in _short_lines(page)]
    labelled = [line for line in lines if _DATED.search(line)]
    first_page = _short_lines(document.pages[0]) if document.pages else []
    for candidates, with_day in ((labelled, True), (first_page, True), (labelled, False), (first_page, False)):
        for line in candidates:
            if found := _first_date(line, with_day=with_day):
                return found
    return None


def _short_lines(page: Page) -> list[str]:
    texts = [repair([page.text[line.start : line.end]]) for line in page.lines]
    return [text for text in texts if len(text.split()) <= _SHORT]


def _first_date(text: str, *, with_day: bool) -> date | None:
    """The first date in `text`; the first of the month where no day is given and `with_day` does not ask for one."""
    for printed in _DATE.finditer(text):
        day, month, year = printed.groups()
        if with_day and not day:
            continue
        try:
            return date(int(year), _MONTHS.index(month.lower()) + 1, int(day or 1))
        except ValueError:
            continue
    for figures in _NUMERIC.finditer(text):
        day, month, year = figures.groups()
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            continue
    return None


def _reference(text: str) -> str | None:
    match = _REFERENCE.search(text)
    return next((group for group in match.groups() if group), None) if match else None
