"""Puts the lines of a page in reading order where the content stream does not have them so."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from pipeline.layout import Line

_STEP_BACK = 0.6  # of the line's height: how far up the next line may start and still follow
_SIDE_BY_SIDE = 0.15  # share of lines beside another block's: more than this is a page in columns
_SAME_BAND = 0.5  # of a line's height


def order_lines(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines from top to bottom where the content stream jumps about on a page of one column.

    A block is a stretch of the stream that runs down the page. Where blocks stand side by side (columns, side
    headings) the stream's order is the better guide and is kept, but for lines that jump to a head or foot.
    """
    blocks = list(_blocks(lines))
    if len(blocks) < 2:
        return tuple(lines)
    if _beside_another(blocks) <= _SIDE_BY_SIDE * len(lines):
        return tuple(sorted(lines, key=lambda line: (round(line.box.top), line.box.x0)))
    return tuple(lines)


def _blocks(lines: Sequence[Line]) -> Iterator[list[Line]]:
    block: list[Line] = []
    for line in lines:
        if block and line.box.top < block[-1].box.top - _STEP_BACK * line.box.height:
            yield block
            block = []
        block.append(line)
    if block:
        yield block


def _beside_another(blocks: list[list[Line]]) -> int:
    """How many lines share a band of the page with a line of another block."""
    tops = sorted((line.box.top, number) for number, block in enumerate(blocks) for line in block)
    beside = 0
    for number, block in enumerate(blocks):
        for line in block:
            reach = _SAME_BAND * line.box.height
            first = bisect_left(tops, (line.box.top - reach, -1))
            near = tops[first : bisect_left(tops, (line.box.top + reach, -1))]
            beside += any(other != number for _, other in near)
    return beside
