"""Reads the rows and cells of a table on a web page, and gives its columns their width."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from pipeline.html import Node

_MOST_COLUMNS = 60
_FEWEST_LETTERS, _MOST_LETTERS = 4, 80  # what a column's longest cell counts as
_CELLS = ("td", "th")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: the column it starts in, and how many it spans."""

    node: Node
    column: int
    span: int


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. `is_ruled` is False for one that only lays out the page."""

    captions: tuple[Node, ...]
    rows: tuple[tuple[Cell, ...], ...]
    columns: int
    is_ruled: bool


def read_grid(table: Node, left_out: Collection[int]) -> Grid:
    """The cells of `table` in document order, placed around those that reach down from rows above."""
    captions = tuple(child for child in table.iter() if child.tag == "caption" and child.mem_id not in left_out)
    taken: dict[int, int] = {}  # rows still to come that a cell above reaches into, by column
    rows = []
    for row in _rows_of(table, left_out):
        cells = tuple(_place_cells(row, taken, left_out))
        if cells:
            rows.append(cells)
    columns = max((cell.column + cell.span for row in rows for cell in row), default=1)
    is_layout = table.attributes.get("role") in ("presentation", "none") or (len(rows) == 1 and len(rows[0]) <= 1)
    return Grid(captions, tuple(rows), columns, not is_layout)


def share_width(grid: Grid, left: float, right: float) -> list[float]:
    """The edges of the columns, by the length of their longest cell."""
    longest = [_FEWEST_LETTERS] * grid.columns
    for row in grid.rows:
        for cell in row:
            if cell.span == 1:
                length = min(_MOST_LETTERS, len(cell.node.text().strip()))
                longest[cell.column] = max(longest[cell.column], length)
    edges = [left]
    for letters in longest:
        edges.append(edges[-1] + (right - left) * letters / sum(longest))
    return edges


def _rows_of(table: Node, left_out: Collection[int]) -> Iterator[Node]:
    for child in table.iter():
        if child.mem_id in left_out:
            continue
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from (row for row in child.iter() if row.tag == "tr" and row.mem_id not in left_out)


def _place_cells(row: Node, taken: dict[int, int], left_out: Collection[int]) -> Iterator[Cell]:
    column = 0
    reached: dict[int, int] = {}
    for node in row.iter():
        if node.tag not in _CELLS or node.mem_id in left_out:
            continue
        while taken.get(column, 0) > 0:
            column += 1
        if column >= _MOST_COLUMNS:
            column = _MOST_COLUMNS - 1  # the rest of an absurd row shares its last column
        span = min(_count(node, "colspan"), _MOST_COLUMNS - column)
        down = _count(node, "rowspan") - 1
        for place in range(column, column + span):
            reached[place] = down
        yield Cell(node, column, span)
        column += span
    for place in taken:
        taken[place] = max(0, taken[place] - 1)
    taken.update({place: down for place, down in reached.items() if down})


def _count(node: Node, name: str) -> int:
    value = node.attributes.get(name) or ""
    return max(1, min(1000, int(value))) if re.fullmatch(r"\d{1,4}", value) else 1
