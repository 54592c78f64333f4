"""Splits a section into its lists: by the sub-headings between them, so that numbers may start again under each."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.extract.body import COLUMN_TOP, Body, Row
from pipeline.extract.headings import is_title_like, stands_out
from pipeline.extract.labels import row_label

_APART = 1.35  # font sizes from the row above
_LONGEST_HEADING, _LONGEST_LEAD = 16, 24  # words
_LEAD = re.compile(
    r"^(?:to |for |the )?[A-Z][^.;]*?(?:\b(?:should|must|needs? to|(?:is|are) recommended to))?\s*:$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Block:
    """The rows under one sub-heading, which is empty for those before the first."""

    heading: tuple[Row, ...]
    rows: tuple[Row, ...]


def split_blocks(body: Body, rows: Sequence[Row]) -> list[Block]:
    """`rows` parted at the sub-headings among them; a sub-heading stands alone, apart, and is set unlike the text."""
    blocks: list[Block] = []
    heading: list[Row] = []
    content: list[Row] = []
    for place, row in enumerate(rows):
        goes_on = heading and not content and row.gap < _APART and _alike(heading[-1], row) and is_title_like(row)
        if goes_on:
            heading.append(row)
        elif is_sub_heading(body, rows, place):
            if heading or content:
                blocks.append(Block(tuple(heading), tuple(content)))
            heading, content = [row], []
        else:
            content.append(row)
    if heading or content:
        blocks.append(Block(tuple(heading), tuple(content)))
    return blocks


def is_sub_heading(body: Body, rows: Sequence[Row], place: int) -> bool:
    """Whether the row parts two lists: a short bold or larger line, or one that ends with a colon above a list."""
    row = rows[place]
    label = row_label(row)
    if (label and not (label.style == "bare" and row.size >= 1.12 * body.size)) or row.panel is not None:
        return False
    following = rows[place + 1] if place + 1 < len(rows) else None
    if following is None or (place and row.gap < _APART):
        return False
    words = len(row.text.split())
    if row.text.endswith(":"):
        return words <= _LONGEST_LEAD and bool(row_label(following)) and bool(_LEAD.match(row.text))
    unlike = stands_out(body, row) and not (following.bold and following.gap < _APART and row.size <= following.size)
    wrapped = following.gap < _APART and not _alike(row, following)
    apart = following.gap >= _APART or wrapped or following.gap >= COLUMN_TOP
    return unlike and apart and is_title_like(row) and words <= _LONGEST_HEADING


def _alike(a: Row, b: Row) -> bool:
    return a.bold == b.bold and abs(a.size - b.size) < 0.6


def leads(blocks: Sequence[Block]) -> Iterator[str]:
    """The words above the first label of each block, its heading included."""
    for block in blocks:
        rows = list(block.heading)
        for row in block.rows:
            if row_label(row):
                break
            rows.append(row)
        yield " ".join(row.text for row in rows)
