"""Asks whose number stands on a line of its own below them: "the Board recommends that" … "Recommendation R22-01"."""

import re
from collections.abc import Sequence

from pipeline.extract.body import Body, Row
from pipeline.extract.candidates import Candidate, cut
from pipeline.extract.headings import stands_out
from pipeline.records import Kind

NAME = "closing_label"
_LABEL = re.compile(
    r"(?:[A-Z]{2,5} |Transportation |Aviation |Marine |Rail )*(?:Safety )?Recommendation (?:No\.? ?)?"
    r"(?P<id>[A-Z]{1,3}-?\d{2}-\d{1,3}|\d{2,4}[-/]\d{1,4})\.?"
)
_STEM = re.compile(
    r"\b(?:board|bureau|agency|branch|commission|authority|we)\b.{0,40}\brecommends?(?: that)?:?$", re.IGNORECASE
)
_APART = 1.35  # font sizes from the row above
_FARTHEST = 25  # rows


def read_closing_labels(body: Body) -> list[Candidate]:
    """One candidate for each such line with a stem not far above it; the stem is not part of the ask."""
    return [
        candidate
        for row in body.rows
        if (match := _LABEL.fullmatch(row.text)) and (candidate := _read(body, row, match["id"]))
    ]


def _read(body: Body, closing: Row, label: str) -> Candidate | None:
    rows: Sequence[Row] = body.rows[max(0, closing.index - _FARTHEST) : closing.index]
    stem = next((row.index for row in reversed(rows) if _STEM.search(row.text)), None)
    if stem is None:
        return None
    rows = body.rows[stem + 1 : closing.index]
    if not rows or any(row.gap >= _APART and stands_out(body, row) and not rows[0].bold for row in rows[1:]):
        return None
    return Candidate(Kind.RECOMMENDATION, label, cut(body, rows), tuple(rows), NAME, 0.95, first_row=rows[0].index)
