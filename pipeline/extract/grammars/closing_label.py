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
    r"|(?P<bare>[A-Z]\d{2}-\d{2})"
)
_INLINE = re.compile(r"\s*[(\[]\s*(?:Safety )?Recommendation (?P<id>[A-Z]{1,5}-?\d{2,4}-\d{1,4})\s*[)\]]\.?$")
_STEM = re.compile(
    r"\b(?:(?i:board|bureau|agency|branch|commission|authority|we)|[A-Z]{2,6})\b.{0,40}\brecommends?(?: that)?:?$"
)
_APART = 1.35  # font sizes from the row above
_FARTHEST = 25  # rows


def read_closing_labels(body: Body) -> list[Candidate]:
    """One candidate for each such line, or line that ends so, with a stem not far above it, which is not part of it."""
    return [
        candidate
        for row in body.rows
        if (match := _LABEL.fullmatch(row.text) or _INLINE.search(_with_line_above(body, row)))
        and (candidate := _read(body, row, match))
    ]


def _is_stem(body: Body, row: Row) -> bool:
    """Whether the paragraph up to the row's end announces the ask, also where the announcement wraps."""
    return bool(_STEM.search(_with_line_above(body, row) if row.gap < _APART else row.text))


def _with_line_above(body: Body, row: Row) -> str:
    """The row's text after that of the row above, as the label may be broken over both."""
    return " ".join(part.text for part in body.rows[max(0, row.index - 1) : row.index + 1])


def _read(body: Body, closing: Row, match: re.Match[str]) -> Candidate | None:
    inline = match.re is _INLINE
    end = closing.index + inline
    rows: Sequence[Row] = body.rows[max(0, closing.index - _FARTHEST) : end]
    stem = next((row.index for row in reversed(rows) if _is_stem(body, row)), None)
    if stem is None:
        return None
    rows = body.rows[stem + 1 : end]
    is_bare = match.lastgroup == "bare"  # a mere number belongs to the one paragraph above it
    if not rows or any(
        row.gap >= _APART and (is_bare or (stands_out(body, row) and not rows[0].bold)) for row in rows[1:]
    ):
        return None
    spans = cut(body, rows, suffix=_INLINE if inline else None)
    return Candidate(
        Kind.RECOMMENDATION, match[match.lastgroup or 0], spans, tuple(rows), NAME, 0.95, first_row=rows[0].index
    )
