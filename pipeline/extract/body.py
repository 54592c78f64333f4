"""The body of a document as grammars see it: its rows in reading order without running heads, folios, footnotes."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.extract.furniture import find_furniture
from pipeline.extract.panels import Panel, find_panels
from pipeline.layout import Document, Line, Page
from pipeline.records import Box, Span
from pipeline.text import BULLETS, repair, words_of

_MARK_SIZE = 0.8  # of the line's font size
_TITLE_WORD = re.compile(
    r"recommend|concern|improve|develop|action|consider|change|require|propos|happen|appendi|annex", re.IGNORECASE
)
_LETTERED = re.compile(r"(?:[a-z]|[ivx]{1,5})[.) ]")
_MARK = re.compile(r"[\d*†‡§,\s]{1,6}")


@dataclass(frozen=True, slots=True)
class Row:
    """One printed line without its footnote marks. `gap` is the distance from the row above in font sizes."""

    index: int  # in the body
    page: int
    spans: tuple[Span, ...]
    text: str  # repaired
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    bold: bool
    italic: bool
    gap: float  # a large figure at the top of a page
    panel: Panel | None  # the innermost box the row stands in
    bulleted: bool  # a bullet, which `text` lacks, opens the row
    line: Line


@dataclass(frozen=True, slots=True)
class Body:
    """A document's rows with what grammars need to know of the whole."""

    document: Document
    rows: tuple[Row, ...]
    size: float  # of most of the text
    headings: tuple[Row, ...]  # that may open a section of asks, or an appendix: by their looks and a word in them
    words: frozenset[str]

    def text_of(self, spans: Sequence[Span]) -> str:
        """The repaired text of `spans`."""
        return repair([self.document.pages[span.page - 1].text[span.start : span.end] for span in spans], self.words)


PAGE_TOP, COLUMN_TOP = 99.0, 50.0  # what `Row.gap` says at the top of a page, and where the text jumps up again
_JUMP_BACK = -3.0  # font sizes
_LONGEST_HEADING, _LARGER, _SET_APART = 120, 1.12, 1.5  # characters; of the text's size; font sizes
LEADING = 1.2  # font sizes from one line of a paragraph to the next
_NEAR, _WIDEST, _FEWEST_GAPS = 0.12, 4.0, 8


def read_body(document: Document) -> Body:
    """The body of `document`."""
    words = frozenset().union(*(words_of(page.text) for page in document.pages))
    furniture = find_furniture(document)
    rows: list[Row] = []
    for page, skipped in zip(document.pages, furniture, strict=True):
        rows.extend(_page_rows(page, skipped, words, len(rows)))
    spaced, size = _with_usual_leading(rows), _body_size(document)
    headings = tuple(row for row in spaced if _may_be_heading(row, size) and _names_asks(spaced, row))
    return Body(document, spaced, size, headings, words)


def _may_be_heading(row: Row, size: float) -> bool:
    if len(row.text) > _LONGEST_HEADING:
        return False
    return row.bold or row.size >= _LARGER * size or row.gap >= _SET_APART or row.text.isupper()


def _names_asks(rows: Sequence[Row], row: Row) -> bool:
    """Whether the heading, which may wrap over two more rows, has a word that titles of such sections have."""
    return any(_TITLE_WORD.search(part.text) for part in rows[row.index : row.index + 3])


def _with_usual_leading(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows with their gaps stretched so that lines within a paragraph lie `LEADING` apart, however spaced."""
    within = sorted(row.gap for row in rows if _continues(row) and 0.8 < row.gap < _WIDEST)
    usual = within[len(within) // 2] if len(within) >= _FEWEST_GAPS else LEADING
    if abs(usual - LEADING) <= _NEAR:
        return tuple(rows)
    return tuple(replace(row, gap=row.gap * LEADING / usual) if row.gap < _WIDEST else row for row in rows)


def _continues(row: Row) -> bool:
    """Whether the row goes on with a sentence: it starts in lower case, and not with a bullet or a letter's label."""
    return row.text[:1].islower() and not row.bulleted and not _LETTERED.match(row.text)


def merge_spans(document: Document, spans: Sequence[Span]) -> tuple[Span, ...]:
    """`spans` with those joined that only white space parts."""
    merged: list[Span] = []
    for span in spans:
        last = merged[-1] if merged else None
        if last and last.page == span.page and last.end <= span.start:
            between = document.pages[span.page - 1].text[last.end : span.start]
            if not between.strip():
                merged[-1] = Span(last.page, last.start, span.end)
                continue
        merged.append(span)
    return tuple(merged)


def boxes_of(rows: Sequence[Row]) -> tuple[Box, ...]:
    """One box a page around the rows."""
    boxes: dict[int, Box] = {}
    for row in rows:
        box = boxes.get(row.page)
        boxes[row.page] = (
            Box(row.page, row.x0, row.top, row.x1, row.bottom)
            if box is None
            else Box(
                row.page, min(box.x0, row.x0), min(box.top, row.top), max(box.x1, row.x1), max(box.bottom, row.bottom)
            )
        )
    return tuple(boxes[page] for page in sorted(boxes))


def _body_size(document: Document) -> float:
    sizes: Counter[float] = Counter()
    for page in document.pages:
        for line in page.lines:
            sizes[round(line.size)] += line.end - line.start
    return sizes.most_common(1)[0][0] if sizes else 10.0


def _page_rows(page: Page, skipped: frozenset[int], words: frozenset[str], first: int) -> Iterator[Row]:
    panels = find_panels(page)
    above: Line | None = None
    index = first
    for number, line in enumerate(page.lines):
        if number in skipped:
            continue
        spans = tuple(_spans(page, line))
        text = repair([page.text[span.start : span.end] for span in spans], words)
        if not text:
            continue
        gap = (line.box.top - above.box.top) / max(line.size, 1.0) if above else PAGE_TOP
        if gap < _JUMP_BACK:
            gap = COLUMN_TOP
        above = line
        middle = ((line.box.x0 + line.box.x1) / 2, (line.box.top + line.box.bottom) / 2)
        panel = next((panel for panel in panels if panel.box.holds(*middle, slack=1.0)), None)
        box = line.box
        yield Row(
            index,
            page.number,
            spans,
            text,
            box.x0,
            box.x1,
            box.top,
            box.bottom,
            line.size,
            line.bold,
            line.italic,
            gap,
            panel,
            page.text[line.start] in BULLETS,
            line,
        )
        index += 1


def _spans(page: Page, line: Line) -> Iterator[Span]:
    """The stretches of a line between its footnote marks."""
    start = line.start
    for run in line.runs[1:]:
        if run.size <= _MARK_SIZE * line.size and _MARK.fullmatch(page.text[run.start : run.end]):
            if run.start > start:
                yield Span(page.number, start, run.start)
            start = run.end
    if line.end > start:
        yield Span(page.number, start, line.end)
