"""Responses in pairs: a quoted paragraph, then one that opens "MPS response:" or "Government response:"."""

import re
from collections.abc import Sequence

from pipeline.extract.answers import INLINE_ANSWER, is_response
from pipeline.extract.body import Body, Row
from pipeline.extract.candidates import Candidate, cut
from pipeline.extract.headings import read_ask_heading, stands_out
from pipeline.extract.items import opens_paragraph
from pipeline.extract.labels import read_label
from pipeline.records import Kind

NAME = "answered"
_LABEL = re.compile(r"\s*(?:\d{1,3}(?:\.\d{1,3})*[.):]?|\(\w{1,3}\))\s+(?=\S)")
_FARTHEST = 30  # rows a quote may be long
_FEWEST, _FEWEST_WORDS = 2, 6


def read_answered(body: Body) -> list[Candidate]:
    """The paragraph above each answer."""
    if not is_response(body):
        return []
    answers = [row for row in body.rows if INLINE_ANSWER.match(row.text) and opens_paragraph(body, row)]
    found = [candidate for row in answers if (candidate := _quote(body, row))]
    return found if len(found) >= _FEWEST else []


def _quote(body: Body, answer: Row) -> Candidate | None:
    rows: list[Row] = []
    for row in reversed(body.rows[max(0, answer.index - _FARTHEST) : answer.index]):
        if INLINE_ANSWER.match(row.text):
            rows = _last_paragraph(body, rows)  # the rest is still the answer above
            break
        if read_ask_heading(row) or row.size >= 1.12 * body.size:
            break
        rows.insert(0, row)
        if opens_paragraph(body, row) and (_is_numbered(row) or _is_first(body, row)):
            break
    if not rows:
        return None
    spans = cut(body, rows, _LABEL if _is_numbered(rows[0]) else None)
    if len(body.text_of(spans).split()) < _FEWEST_WORDS:
        return None
    label = read_label(rows[0].text)
    name = label.text if label and label.style != "bullet" else None
    return Candidate(Kind.QUOTED_RECOMMENDATION, name, spans, tuple(rows), NAME, 0.8, first_row=rows[0].index)


def _last_paragraph(body: Body, rows: list[Row]) -> list[Row]:
    opening = [place for place, row in enumerate(rows) if opens_paragraph(body, row)]
    return rows[opening[-1] :] if opening else []


def _is_numbered(row: Row) -> bool:
    label = read_label(row.text)
    return label is not None and label.style in ("number", "dotted", "paren")


def _is_first(body: Body, row: Row) -> bool:
    """Whether a heading stands above, so that the quote has no paragraph before this one."""
    above: Sequence[Row] = body.rows[max(0, row.index - 1) : row.index]
    return bool(above) and stands_out(body, above[0])
