"""Inquiry reports whose chapter "Recommendations" reasons in numbered paragraphs, some of which recommend."""

import re
from collections.abc import Iterator

from pipeline.extract.body import Body
from pipeline.extract.candidates import Candidate, cut
from pipeline.extract.headings import is_title_like, read_ask_heading, stands_out
from pipeline.extract.labels import row_label, split_items
from pipeline.extract.sections import Section, find_sections
from pipeline.records import Kind

NAME = "paragraphs"
_TITLE = re.compile(r"(?:our |the |my |key |summary of )?recommendations?", re.IGNORECASE)
_ASK = re.compile(
    r"\b(?:I|we|the (?:\w+ ){0,2}(?:inquiry|panel|review|chair|commission|board))\b"
    r"[^.]{0,30}\brecommends?\b(?! that we)",
    re.IGNORECASE,
)
_LABEL = re.compile(r"\s*\d{1,3}(?:\.\d{1,3})+[.):]?\s*")
_FEWEST = 3
_MOST = 0.75  # of the paragraphs: more, and the list is one of asks alone
_APART = 1.4  # font sizes from the row above


def read_paragraphs(body: Body) -> list[Candidate]:
    """The decimal paragraphs in which the author recommends in the first person or by the body's name."""
    return [candidate for section in find_sections(body, _TITLE) for candidate in _read(body, section)]


def _read(body: Body, section: Section) -> Iterator[Candidate]:
    rows = [row for row in section.rows if not (stands_out(body, row) and row.size > body.size and is_title_like(row))]
    first = next(
        (place for place, row in enumerate(rows) if (label := row_label(row)) and label.style == "dotted"), None
    )
    if first is None or any(read_ask_heading(row) for row in section.rows if stands_out(body, row)):
        return
    items = [(label, item) for label, item in split_items(rows[first:]) if label]
    wanted = [(label, item) for label, item in items if _ASK.search(" ".join(row.text for row in item))]
    if len(items) < _FEWEST or not wanted or len(wanted) > _MOST * len(items):
        return
    for label, item in wanted:
        spans = cut(body, item, _LABEL)
        yield Candidate(Kind.RECOMMENDATION, label.text, spans, tuple(item), NAME, 0.9, first_row=item[0].index)
