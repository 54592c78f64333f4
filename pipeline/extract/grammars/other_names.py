"""Asks by another name, where nothing else is found: "Action 1: …", or a list under "What needs to improve?"."""

import re
from collections.abc import Iterator
from dataclasses import replace

from pipeline.extract.asks import asks, assigns, commands, instructs, is_procedural
from pipeline.extract.body import Body, Row
from pipeline.extract.candidates import Candidate, cut
from pipeline.extract.items import opens_paragraph, split_rows
from pipeline.extract.lists import split_blocks
from pipeline.extract.sections import find_sections
from pipeline.records import Kind

NAME = "other_names"
_UNIT = re.compile(
    r"\s*(?:action|requirement|proposal|improvement|change)\s+(?P<label>[A-Z]?\d{1,2}[a-z]?)\s*[:.–-]\s*", re.IGNORECASE
)
_TITLE = re.compile(
    r"(?:what (?:needs?|should|must) (?:to )?(?:improve|change|happen|be done).{0,40}|"
    r"what does .{3,40} need to (?:do|improve).{0,40}|what .{2,40} (?:must|should|needs to) (?:do|improve|change)|"
    r"(?:key |priority |proposed |required |further |our |immediate )*"
    r"(?:proposals|requirements|improvements|changes|actions)"
    r"(?: (?:for action|for change|needed|required|to be taken|we want to see|we have required).{0,40})?|"
    r"(?:areas|points) for action|required actions)\??",
    re.IGNORECASE,
)
_SAYS_SO = re.compile(r"\b(?:needs?|required?|requirements|proposals|must|should)\b", re.IGNORECASE)
_LABEL = re.compile(r"\s*(?:[^\w\s(“\"‘'\[]+|\(?\w{1,3}[.)]|\d{1,3}(?=\s))\s*")
_APART = 1.4  # font sizes from the row above
_FEWEST, _FEWEST_WORDS, _LONGEST = 2, 5, 120  # the last: words
_UNSURE = 0.45


def read_other_names(body: Body) -> list[Candidate]:
    """Numbered units that ask, else the items of sections so called; all of them for a person to look at."""
    units = [candidate for row in body.rows if (candidate := _unit(body, row))]
    if len({candidate.label for candidate in units}) >= _FEWEST:
        return units
    found = [
        candidate for section in find_sections(body, _TITLE) for candidate in _items(body, section.title, section.rows)
    ]
    return found if len(found) >= _FEWEST else []


def _unit(body: Body, first: Row) -> Candidate | None:
    match = _UNIT.match(first.text)
    if match is None or not opens_paragraph(body, first):
        return None
    rows = [first]
    for row in body.rows[first.index + 1 :]:
        if row.gap >= _APART:
            break
        rows.append(row)
    spans = cut(body, rows, _UNIT)
    if not _is_ask(body.text_of(spans)):
        return None
    return Candidate(Kind.RECOMMENDATION, match["label"], spans, tuple(rows), NAME, _UNSURE, first_row=first.index)


def _items(body: Body, title: str, rows: tuple[Row, ...]) -> Iterator[Candidate]:
    for block in split_blocks(body, rows):
        for label, item in split_rows(block.rows):
            spans = cut(body, item, _LABEL if label else None)
            text = body.text_of(spans)
            wanted = _is_ask(text) or (label is not None and bool(_SAYS_SO.search(title)))
            if wanted and _FEWEST_WORDS <= len(text.split()) <= _LONGEST and not is_procedural(text):
                name = label.text if label and label.style != "bullet" else None
                candidate = Candidate(Kind.RECOMMENDATION, name, spans, tuple(item), NAME, _UNSURE)
                yield replace(candidate, first_row=item[0].index)


def _is_ask(text: str) -> bool:
    return asks(text) or instructs(text) or commands(text) or assigns(text)
