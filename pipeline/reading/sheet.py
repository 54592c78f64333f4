"""Sets words in lines on one endless sheet, as print would have them: places, sizes and rules for a page of the web.

The measures are made up (a letter is half its size wide), but alike for all pages, so that what marks a heading, a
paragraph, a list or a box in print marks it here too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from pipeline.layout import Line, Page, Rectangle, Run, Shape

WIDTH, LEFT, RIGHT = 595.0, 72.0, 523.0  # points: A4 with its usual margins
_LETTER = 0.5  # of the font size: the width of every letter
_LEADING, _HEIGHT = 1.2, 1.1  # of the font size, from line to line, and of a line's box
_MARGIN = 0.14  # of the page's height above and below, where print has running heads: nothing stands there
_MOST_SHAPES = 4_000
_BLACK, _GREY = (0, 0, 0), (235, 235, 235)
_HYPHENS = ("-", "\u2010", "\u2011")


@dataclass(frozen=True, slots=True)
class Style:
    """How words are set."""

    size: float = 10.0
    bold: bool = False
    italic: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    """A stretch without white space. `spaced`: white space stands before it; `breaks`: a line ends before it."""

    text: str
    style: Style
    spaced: bool = True
    breaks: bool = False

    @property
    def width(self) -> float:
        """Points."""
        return len(self.text) * _LETTER * self.style.size


@dataclass(slots=True)
class _Set:
    """A line as set: `runs` are start, end, left, right, style."""

    start: int
    top: float
    runs: list[tuple[int, int, float, float, Style]] = field(default_factory=list)


class Sheet:
    """The sheet while it is being filled, from top to bottom."""

    def __init__(self) -> None:
        self.bottom = 0.0
        self._space = 0.0
        self._text: list[str] = []
        self._length = 0
        self._lines: list[_Set] = []
        self._boxes: list[tuple[Rectangle, bool]] = []
        self._glues = self._opens = False

    @property
    def line_count(self) -> int:
        """Lines set so far."""
        return len(self._lines)

    def leave(self, points: float) -> None:
        """At least so much space before what comes next; the larger of two counts, as between paragraphs."""
        if not self._opens:
            self._space = max(self._space, points)

    def settle(self) -> float:
        """Take the space that is due; where the next line will stand."""
        self.bottom += self._space
        self._space, self._opens = 0.0, False
        return self.bottom

    def open(self, top: float, *, glue: bool = False) -> None:
        """Go to `top`, for a cell: no space before its first line, which `glue` puts on the line standing there."""
        self.bottom, self._space, self._glues, self._opens = top, 0.0, glue, True

    def close(self, bottom: float) -> None:
        """Go to `bottom`, where a row of cells ends."""
        self.bottom, self._space, self._glues, self._opens = bottom, 0.0, False, False

    def set_words(self, words: Sequence[Word], left: float, right: float, label: Word | None = None) -> None:
        """A paragraph between `left` and `right`; with a label it hangs to the right of it."""
        start = left if label is None else left + max(18.0, label.width + 5.0)
        for number, line in enumerate(_fill(words, right - start)):
            self._set_line(line, start, (label, left) if label and not number else None)

    def draw(self, box: Rectangle, *, filled: bool) -> None:
        """A shaded box, or a thin rule."""
        if len(self._boxes) < _MOST_SHAPES:
            self._boxes.append((box, filled))

    def page(self) -> Page:
        """All that was set, as page 1."""
        height = self.bottom / (1 - 2 * _MARGIN)
        down = _MARGIN * height
        return Page(
            number=1,
            width=WIDTH,
            height=height,
            text="".join(self._text),
            lines=tuple(_line(one, down) for one in self._lines),
            shapes=tuple(_shape(box, filled, down) for box, filled in self._boxes),
            has_usable_text=bool(self._lines),
        )

    def _set_line(self, words: Sequence[Word], left: float, label: tuple[Word, float] | None) -> None:
        top = self.settle()
        line = self._open_line(top)
        if label is not None:
            self._set_run([label[0]], label[1], line)
        if line.runs:
            self._write(" ")  # a label, or the cell before
        x = left
        for number, (_, group) in enumerate(groupby(words, key=lambda word: word.style)):
            run = list(group)
            if number and run[0].spaced:
                self._write(" ")
                x += _LETTER * run[0].style.size
            x = self._set_run(run, x, line)
        size = max(word.style.size for word in words)
        self.bottom = top + _LEADING * size

    def _open_line(self, top: float) -> _Set:
        glued, self._glues = self._glues, False
        if glued and self._lines and self._lines[-1].top == top:
            return self._lines[-1]
        if self._lines:
            self._write("\n")
        self._lines.append(_Set(self._length, top))
        return self._lines[-1]

    def _set_run(self, words: Sequence[Word], x: float, line: _Set) -> float:
        """Write `words` of one style from `x` on; where the next run starts."""
        start = self._length
        text = "".join(f" {word.text}" if number and word.spaced else word.text for number, word in enumerate(words))
        self._write(text)
        right = x + len(text) * _LETTER * words[0].style.size
        line.runs.append((start, self._length, x, right, words[0].style))
        return right

    def _write(self, text: str) -> None:
        self._text.append(text)
        self._length += len(text)


def _fill(words: Sequence[Word], width: float) -> Iterator[list[Word]]:
    """Lines of at most `width` points. A line ends only at white space, and never after a hyphen that the text has."""
    line: list[Word] = []
    used = 0.0
    for unit in _units(words):
        wide = sum(word.width for word in unit)
        space = _LETTER * unit[0].style.size
        full = used + space + wide > width and not line[-1].text.endswith(_HYPHENS) if line else False
        if line and (unit[0].breaks or full):
            yield line
            line, used = [], 0.0
        line.extend(unit)
        used += wide + (space if used else 0.0)
    if line:
        yield line


def _units(words: Sequence[Word]) -> Iterator[list[Word]]:
    """Words that no white space parts, together."""
    unit: list[Word] = []
    for word in words:
        if unit and (word.spaced or word.breaks):
            yield unit
            unit = []
        unit.append(word)
    if unit:
        yield unit


def _line(one: _Set, down: float) -> Line:
    runs = tuple(
        Run(start, end, _box(left, right, one.top + down, style), style.size, style.bold, style.italic, _BLACK)
        for start, end, left, right, style in one.runs
    )
    bottom = max(run.box.bottom for run in runs)
    box = Rectangle(min(run.box.x0 for run in runs), one.top + down, max(run.box.x1 for run in runs), bottom)
    return Line(one.start, one.runs[-1][1], box, runs)


def _box(left: float, right: float, top: float, style: Style) -> Rectangle:
    return Rectangle(left, top, right, top + _HEIGHT * style.size)


def _shape(box: Rectangle, filled: bool, down: float) -> Shape:
    moved = Rectangle(box.x0, box.top + down, box.x1, box.bottom + down)
    return Shape(moved, _GREY if filled else None, None if filled else _BLACK)
