"""Cells of ruled tables: which stretches of which rows stand in which column and row of a grid."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.extract.body import Body, Row
from pipeline.layout import Page, Rectangle, Run
from pipeline.records import Span

_THIN = 3.5  # points: a shape this thin is a ruling line
_SAME = 3.0  # points between rules that are one
_FEWEST_COLUMNS = 2
_SLACK = 4.0  # points a cell's text may stand left of its heading
_TABLE_END, _RECORD = 4.5, 1.4  # font sizes from the row above: after the table, at a new record
_CROSSES = 0.6  # of the table's width


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of one cell."""

    spans: tuple[Span, ...]
    rows: tuple[Row, ...]
    text: str


EMPTY = Cell((), (), "")


@dataclass(frozen=True, slots=True)
class Table:
    """A grid on one page: its columns' left edges and its records, each with one cell a column."""

    page: int
    columns: tuple[float, ...]
    records: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    row: Row
    run: Run


def find_tables(body: Body) -> Iterator[Table]:
    """The ruled tables of the document, page by page, from top to bottom."""
    by_page: dict[int, list[Row]] = {}
    for row in body.rows:
        by_page.setdefault(row.page, []).append(row)
    for number, rows in by_page.items():
        for area, uprights in _areas(body.document.pages[number - 1]):
            table = _read_table(body, body.document.pages[number - 1], area, uprights, rows)
            if len(table.records) >= 1:
                yield table


def read_unruled(body: Body, header: Row) -> Table:
    """The table without rules under `header`, whose runs head the columns; a record starts with its first column."""
    columns = tuple(run.box.x0 for run in header.line.runs)
    edges = [column - _SLACK for column in columns] + [10_000.0]
    groups: list[list[_Piece]] = []
    for row in body.rows[header.index + 1 :]:
        crosses = row.x0 < edges[1] and row.line.runs[0].box.x1 > columns[1] + _SLACK  # a line of the text below
        if row.page != header.page or row.gap > _TABLE_END or row.size >= 1.12 * header.size or crosses:
            break
        starts = row.x0 < edges[1] and (not groups or row.gap >= _RECORD or row.gap < 0)
        if starts or not groups:
            groups.append([])
        groups[-1].extend(_Piece(row, run) for run in row.line.runs)
    records = tuple(tuple(_cell(body, group, left, right) for left, right in pairwise(edges)) for group in groups)
    return Table(header.page, columns, records)


def _areas(page: Page) -> Iterator[tuple[Rectangle, list[float]]]:
    """Rectangles that upright rules of one height cover, with the rules' places from left to right."""
    uprights = [shape.box for shape in page.shapes if shape.box.width <= _THIN and shape.box.height > 2 * _THIN]
    groups: list[list[Rectangle]] = []
    for rule in sorted(uprights, key=lambda box: (box.top, box.x0)):
        for group in groups:
            if (
                rule.top <= max(box.bottom for box in group) + _SAME
                and rule.bottom >= min(box.top for box in group) - _SAME
            ):
                group.append(rule)
                break
        else:
            groups.append([rule])
    for group in groups:
        places = _distinct([box.x0 for box in group])
        if len(places) > _FEWEST_COLUMNS:
            top, bottom = min(box.top for box in group), max(box.bottom for box in group)
            yield Rectangle(places[0], top, places[-1], bottom), places


def _distinct(values: Sequence[float]) -> list[float]:
    kept: list[float] = []
    for value in sorted(values):
        if not kept or value - kept[-1] > _SAME:
            kept.append(value)
    return kept


def _read_table(body: Body, page: Page, area: Rectangle, uprights: list[float], rows: Sequence[Row]) -> Table:
    inside = [row for row in rows if area.holds((row.x0 + row.x1) / 2, (row.top + row.bottom) / 2, slack=_SAME)]
    levels = _levels(page, area)
    pieces = [_Piece(row, run) for row in inside for run in row.line.runs]
    records = []
    for top, bottom in pairwise(levels):
        band = [piece for piece in pieces if top <= (piece.run.box.top + piece.run.box.bottom) / 2 < bottom]
        if band:
            records.append(tuple(_cell(body, band, left, right) for left, right in pairwise(uprights)))
    return Table(page.number, tuple(uprights[:-1]), tuple(records))


def _levels(page: Page, area: Rectangle) -> list[float]:
    """Heights of the level rules, or of shaded bars' edges, that cross most of the table."""
    found = [area.top, area.bottom]
    covered: dict[int, float] = {}
    for shape in page.shapes:
        box = shape.box
        if box.width < 2 * _THIN or not area.top - _SAME <= box.top <= area.bottom + _SAME:
            continue
        if box.height > _THIN:
            if shape.fill is not None and box.width >= _CROSSES * area.width:
                found.extend((box.top, box.bottom))
            continue
        key = next((key for key in covered if abs(key - box.top) <= _SAME), round(box.top))
        covered[key] = covered.get(key, 0.0) + min(box.x1, area.x1) - max(box.x0, area.x0)
    found.extend(float(key) for key, width in covered.items() if width >= _CROSSES * area.width)
    return [level for level in _distinct(found) if level <= area.bottom + _SAME]


def _cell(body: Body, band: Sequence[_Piece], left: float, right: float) -> Cell:
    inside = [
        piece
        for piece in band
        if left <= (piece.run.box.x0 + min(piece.run.box.x1, right)) / 2 < right and piece.run.box.x0 >= left - _SAME
    ]
    if not inside:
        return EMPTY
    inside.sort(key=lambda piece: (round(piece.run.box.top), piece.run.box.x0))
    spans = tuple(Span(piece.row.page, piece.run.start, piece.run.end) for piece in inside)
    rows = {piece.row.index: piece.row for piece in inside}
    return Cell(spans, tuple(rows[index] for index in sorted(rows)), body.text_of(spans))
