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
_FIRST_PAGES = 3
_MACHINE_TITLE = re.compile(r"^microsoft word|\.docx?$|\.pdf$|\.indd$|^untitled|^\W*$", re.IGNORECASE)


def read_facts(document: Document) -> DocumentFacts:
    """Title, publication date and reference, None where the first pages and the metadata do not say."""
    first = "\n".join(repair([page.text]) for page in document.pages[:_FIRST_PAGES])
    return DocumentFacts(_title(document), _date(first), _reference(f"{document.title or ''}\n{first}"))


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


def _date(text: str) -> date | None:
    """The first date printed; the first of the month where no day is given."""
    for printed in _DATE.finditer(text):
        day, month, year = printed.groups()
        try:
            return date(int(year), _MONTHS.index(month.lower()) + 1, int(day or 1))
        except ValueError:
            continue
    if match := _NUMERIC.search(text):
        day, month, year = match.groups()
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            return None
    return None


def _reference(text: str) -> str | None:
    match = _REFERENCE.search(text)
    return next((group for group in match.groups() if group), None) if match else None
