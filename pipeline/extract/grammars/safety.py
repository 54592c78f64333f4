"""Transport-safety reports: numbered paragraphs that end with the recommendation's own number, "(012/22)"."""

import re
from collections.abc import Sequence

from pipeline.extract.body import Body, Row
from pipeline.extract.candidates import Candidate, cut
from pipeline.extract.items import split_paragraphs
from pipeline.extract.labels import row_label
from pipeline.extract.sections import find_sections
from pipeline.records import Kind

NAME = "safety"
_TITLE = re.compile(r"(?:new |safety |urgent |early )*recommendations?\b.{0,60}", re.IGNORECASE)
_OLD = re.compile(
    r"\b(?:previous(?:ly)?|earlier|past|existing|prior|other|reiterated|superseded|closed)\b", re.IGNORECASE
)
_APART = 1.45  # font sizes from the row above
_NUMBER = re.compile(r"\s*[(\[]\s*(?P<id>(?:\d{2,4}[-/]\d{2,4}|[A-Z]{1,3}[- ]?\d{2,4}[-/]\d{1,4}))\s*[)\]]\s*\.?\s*$")
_LABEL = re.compile(r"\s*(?:\d{1,3}(?:\.\d{1,3})+[.):]?|\d{1,3}[.):]|\(\w{1,4}\))\s*")


def read_safety(body: Body) -> list[Candidate]:
    """The recommendations of sections that make new ones."""
    found = []
    for section in find_sections(body, _TITLE):
        reprint = section.appendix and not re.search("recommend", section.appendix, re.IGNORECASE)
        if not reprint and not _OLD.search(section.title):
            found.extend(_read(body, section.rows))
    return found


def _read(body: Body, rows: Sequence[Row]) -> list[Candidate]:
    return [
        Candidate(
            Kind.RECOMMENDATION,
            match.group("id"),
            cut(body, item, _LABEL, _NUMBER),
            tuple(item),
            NAME,
            0.94,
            first_row=item[0].index,
        )
        for item in _numbered_paragraphs(rows)
        if (match := _NUMBER.search(" ".join(row.text for row in item)))
    ]


def _numbered_paragraphs(rows: Sequence[Row]) -> list[list[Row]]:
    """Paragraphs that start with a dotted number, with the lettered lists in them."""
    items: list[list[Row]] = []
    for paragraph in split_paragraphs(rows):
        for row in paragraph:
            if not items or _is_numbered(row) or _NUMBER.search(items[-1][-1].text):
                items.append([row])
            else:
                items[-1].append(row)
    return [_without_lead(item) for item in items]


def _without_lead(rows: list[Row]) -> list[Row]:
    """Without what leads up to an unnumbered ask: "To the operator:"."""
    if _is_numbered(rows[0]):
        return rows
    leads = [place for place, row in enumerate(rows[1:], start=1) if rows[place - 1].text.endswith(":") and _opens(row)]
    return rows[leads[-1] :] if leads else rows


def _opens(row: Row) -> bool:
    return row.gap >= _APART and row.text[:1].isupper()


def _is_numbered(row: Row) -> bool:
    label = row_label(row)
    return label is not None and label.style == "dotted"
