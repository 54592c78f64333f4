"""Asks that only their boxes mark: a row of like panels under "The recommendations include:"."""

import re
from collections.abc import Iterator, Sequence

from pipeline.extract.body import Body, Row
from pipeline.extract.candidates import Candidate, cut
from pipeline.extract.headings import read_ask_heading
from pipeline.extract.panels import Panel
from pipeline.records import Kind

NAME = "boxes"
_LEAD = re.compile(r"\b(?:recommendations|areas for improvement)\b[^.]{0,60}:$", re.IGNORECASE)
_FEWEST = 2
_ALIGNED = 8.0  # points


def read_boxes(body: Body) -> list[Candidate]:
    """One candidate for each panel after a lead-in that ends with a colon."""
    return [candidate for row in body.rows if _LEAD.search(row.text) for candidate in _after(body, row)]


def _after(body: Body, lead: Row) -> Iterator[Candidate]:
    boxes = _boxes(body.rows[lead.index + 1 :], lead)
    if len(boxes) < _FEWEST or any(read_ask_heading(rows[0]) for rows in boxes):
        return
    for rows in boxes:
        yield Candidate(Kind.RECOMMENDATION, None, cut(body, rows), tuple(rows), NAME, 0.85, first_row=rows[0].index)


def _boxes(rows: Sequence[Row], lead: Row) -> list[list[Row]]:
    boxes: list[list[Row]] = []
    first: Panel | None = None
    for row in rows:
        if row.panel is None or row.panel == lead.panel or (first and not _alike(first, row.panel)):
            break
        if boxes and boxes[-1][-1].panel == row.panel:
            boxes[-1].append(row)
        else:
            boxes.append([row])
        first = first or row.panel
    return boxes


def _alike(a: Panel, b: Panel) -> bool:
    return a.fill == b.fill and abs(a.box.x0 - b.box.x0) <= _ALIGNED and abs(a.box.width - b.box.width) <= 2 * _ALIGNED
