"""Sections that list recommendations by who must act: "The probation service should:" and its list, then the next."""

import re
from collections.abc import Sequence
from itertools import pairwise

from pipeline.extract.asks import commands, is_procedural
from pipeline.extract.body import Body, Row
from pipeline.extract.candidates import Candidate, cut
from pipeline.extract.labels import Label, row_label, split_items
from pipeline.extract.sections import find_sections
from pipeline.records import Kind, Span

NAME = "by_addressee"
_TITLE = re.compile(
    r"(?:our |the |key |summary of |list of )?recommendations?(?: for .{3,60}| to .{3,60})?", re.IGNORECASE
)
_STEM = re.compile(r"^(?P<who>[A-Z].{2,100}?) (?:should|must|needs? to|(?:is|are) recommended to)\s*:$")
_LABEL = re.compile(r"\s*(?:[^\w\s(“\"‘'\[]+|\(?\w{1,3}[.)]|\d{1,3}(?=\s))\s*")
_APART = 1.35  # font sizes from the row above
_FEWEST_STEMS, _FEWEST_WORDS, _LONGEST = 2, 3, 120  # the last: words of an item


def read_by_addressee(body: Body) -> list[Candidate]:
    """The items under each of at least two such lines; the line names the addressee and is not part of the ask."""
    return [candidate for section in find_sections(body, _TITLE) for candidate in _read(body, section.rows)]


def _read(body: Body, rows: Sequence[Row]) -> list[Candidate]:
    stems = [place for place, row in enumerate(rows) if _STEM.match(row.text) and not row_label(row)]
    if len(stems) < _FEWEST_STEMS:
        return []
    found = []
    for start, end in pairwise([*stems, len(rows)]):
        stem = _STEM.match(rows[start].text)
        for label, item in _items(rows[start + 1 : end], rows[start].x0):
            spans = cut(body, item, _LABEL if label else None)
            text = body.text_of(spans)
            if stem and _FEWEST_WORDS <= len(text.split()) <= _LONGEST and not is_procedural(text):
                name = label.text if label and label.style != "bullet" else None
                found.append(_candidate(name, spans, item, stem["who"]))
    return found


def _candidate(label: str | None, spans: tuple[Span, ...], item: Sequence[Row], addressee: str) -> Candidate:
    return Candidate(
        Kind.RECOMMENDATION,
        label,
        spans,
        tuple(item),
        NAME,
        0.89,  # above a list taken whole, below asks with numbers of their own
        first_row=item[0].index,
        addressee=addressee,
    )


def _items(rows: Sequence[Row], left: float) -> list[tuple[Label | None, list[Row]]]:
    """Labelled items; else one for each row that stands apart and as far right as the first."""
    labelled = [(label, item) for label, item in split_items(rows) if label]
    if labelled and labelled[0][1][0] is rows[0]:
        return [(label, _own_rows(item)) for label, item in labelled]
    items: list[list[Row]] = []
    for row in rows:
        if items and row.gap >= _APART and row.x0 < rows[0].x0 - 1:
            break
        if not items or row.gap >= _APART:
            items.append([])
        items[-1].append(row)
    return [(None, item) for item in items if item[0].x0 > left + 1 or _goes_on(item[0].text)]


def _goes_on(text: str) -> bool:
    """Whether the words can follow "should:"."""
    return text[:1].islower() or commands(text)


def _own_rows(item: list[Row]) -> list[Row]:
    """An item without the paragraphs further left that follow the list."""
    left = item[0].x0
    end = next((place for place, row in enumerate(item) if place and row.gap >= _APART and row.x0 <= left), None)
    return item[:end]
