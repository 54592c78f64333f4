"""Audit-office and rail reports: a running paragraph "18 The department should:" and under it "a …" or "1 …"."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipeline.extract.asks import asks, commands, instructs, is_procedural
from pipeline.extract.body import Body, Row
from pipeline.extract.candidates import Candidate, cut
from pipeline.extract.headings import is_title_like, stands_out
from pipeline.extract.labels import read_label
from pipeline.extract.sections import find_sections
from pipeline.records import Kind

NAME = "under_paragraph"
_TITLE = re.compile(
    r"(?:our |key |summary of |safety )?recommendations?(?: for .{3,60}| to .{3,60}| made)?(?: and learning points)?",
    re.IGNORECASE,
)
_PARAGRAPH = re.compile(r"(?P<number>\d{1,3}(?:\.\d{1,3})*)[.)]?\s+(?=[A-Z“])")
_BARE_A = re.compile(r"a\s+(?=[A-Z“])")  # the list may start right under the heading
_STEM = re.compile(r"\b(?:recommend\w*|should|must|steps?|actions?)\b", re.IGNORECASE)
_ITEM = re.compile(r"\s*\(?(?P<label>[a-z]|\d{1,2})[.)]?\s+(?=\S)")
_BACK = re.compile(r"\s*\((?:see )?(?:paragraphs?|paras?)\.?\s*[\d.,\sa-z–-]+\)\s*\.?\s*$", re.IGNORECASE)
_APART = 1.35  # font sizes from the row above
_FEWEST, _FEWEST_WORDS, _BACKWARDS = 2, 4, 60  # the last: rows above the heading in which the numbering must stand


def read_under_paragraphs(body: Body) -> list[Candidate]:
    """The lettered or numbered items under the running paragraphs of each section called "Recommendations"."""
    return [item for section in find_sections(body, _TITLE) for item in _read(body, section.heading[0], section.rows)]


def _read(body: Body, heading: Row, rows: Sequence[Row]) -> Iterator[Candidate]:
    first = _PARAGRAPH.match(rows[0].text)
    if first is None and not _BARE_A.match(rows[0].text):
        return
    if first and not _is_running_number(body, heading, first["number"]):
        return
    stems = _stems(rows) if first else [-1]
    items: list[list[Row]] = []
    labels: list[str] = []
    for start, end in pairwise([*stems, len(rows)]):
        for label, item in _items(body, rows[start + 1 : end], labels[-1] if labels else ""):
            items.append(item)
            labels.append(label)
    if len(items) < _FEWEST:
        return
    for label, item in zip(labels, items, strict=True):
        spans = cut(body, item, _ITEM, _BACK)
        text = body.text_of(spans)
        if len(text.split()) >= _FEWEST_WORDS and not is_procedural(text):
            certain = asks(text) or commands(text) or instructs(text)
            confidence = 0.93 if certain else 0.9
            yield Candidate(Kind.RECOMMENDATION, label, spans, tuple(item), NAME, confidence, first_row=item[0].index)


def _is_running_number(body: Body, heading: Row, number: str) -> bool:
    """Whether the paragraph goes on with the numbering of the text above the heading, so that its number is no ask's.

    A decimal number always is a paragraph's.
    """
    if "." in number:
        return True
    before = f"{int(number) - 1}"
    above = body.rows[max(0, heading.index - _BACKWARDS) : heading.index]
    return number != "1" and any((match := _PARAGRAPH.match(row.text)) and match["number"] == before for row in above)


def _stems(rows: Sequence[Row]) -> list[int]:
    """Places of the running paragraphs that end with a colon and speak of recommending."""
    opening = [place for place, row in enumerate(rows) if _PARAGRAPH.match(row.text) and row.x0 <= rows[0].x0 + 2]
    return [place for place in opening if _is_stem(rows, place)]


def _is_stem(rows: Sequence[Row], place: int) -> bool:
    paragraph = [rows[place]]
    for row in rows[place + 1 : place + 8]:
        if row.gap >= _APART:
            break
        paragraph.append(row)
    return paragraph[-1].text.endswith(":") and bool(_STEM.search(" ".join(row.text for row in paragraph)))


def _items(body: Body, rows: Sequence[Row], previous: str) -> Iterator[tuple[str, list[Row]]]:
    """The items under one stem; letters may go on from the stem before."""
    current: list[Row] = []
    label = ""
    for row in rows:
        match = _ITEM.match(row.text)
        if match and row.gap >= 1.0 and _follows(label or previous, match["label"], is_first=not label):
            if label:
                yield label, current
            label, current = match["label"], [row]
        elif label and _ends(body, current, row):
            break
        elif label:
            current.append(row)
    if label:
        yield label, current


def _follows(last: str, label: str, *, is_first: bool) -> bool:
    if is_first and label in ("a", "1"):
        return True
    if not last or last.isdigit() != label.isdigit():
        return False
    return int(label) == int(last) + 1 if label.isdigit() else ord(label) == ord(last) + 1


def _ends(body: Body, current: Sequence[Row], row: Row) -> bool:
    if row.gap < _APART:
        return False
    if stands_out(body, row) and is_title_like(row) and not current[0].bold:
        return True
    label = read_label(row.text)
    return row.x0 < current[0].x0 - 4 or (label is not None and row.x0 <= current[0].x0 + 1 and label.style == "dotted")
