"""Frozen records of laid-out pages: what a reader makes and the extraction grammars read. No PDF library here.

All lengths are points, the origin is the top left corner of the page, offsets count characters of `Page.text`.
"""

from dataclasses import dataclass
from datetime import date

Colour = tuple[int, int, int]  # red, green, blue, 0 to 255


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A rectangle on a page."""

    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def width(self) -> float:
        """Width in points."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Height in points."""
        return self.bottom - self.top

    def holds(self, x: float, y: float, slack: float = 0.0) -> bool:
        """Whether the point lies inside, or less than `slack` outside."""
        return self.x0 - slack <= x <= self.x1 + slack and self.top - slack <= y <= self.bottom + slack


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of one line set in one style, with no wide gap in it."""

    start: int
    end: int
    box: Rectangle
    size: float  # of the font, points
    bold: bool
    italic: bool
    colour: Colour


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line; its runs follow each other from left to right as a rule."""

    start: int
    end: int
    box: Rectangle
    runs: tuple[Run, ...]

    @property
    def main(self) -> Run:
        """The run with the most characters."""
        return self.runs[0] if len(self.runs) == 1 else max(self.runs, key=lambda run: run.end - run.start)

    @property
    def size(self) -> float:
        """Font size of most of the line."""
        return self.main.size

    @property
    def bold(self) -> bool:
        """Whether more than half of the characters are bold."""
        return 2 * sum(run.end - run.start for run in self.runs if run.bold) > self.end - self.start

    @property
    def italic(self) -> bool:
        """Whether more than half of the characters are italic."""
        return 2 * sum(run.end - run.start for run in self.runs if run.italic) > self.end - self.start


@dataclass(frozen=True, slots=True)
class Shape:
    """A drawn path by its bounding rectangle. A ruling line is a shape with next to no width or height."""

    box: Rectangle
    fill: Colour | None
    stroke: Colour | None


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `text` is raw, as the reader's library gives it; spans of extracted rows refer to it."""

    number: int  # physical, counted from 1
    width: float
    height: float
    text: str
    lines: tuple[Line, ...]  # in reading order
    shapes: tuple[Shape, ...] = ()
    has_usable_text: bool = True
    image_share: float = 0.0  # of the page's area that images cover, at most 1
    ocr_confidence: float | None = None  # None where the text is the file's own


@dataclass(frozen=True, slots=True)
class Document:
    """One document as read. The metadata is what the file claims, often nonsense."""

    sha256: str
    pages: tuple[Page, ...]
    title: str | None = None
    created: date | None = None

    @property
    def pages_without_text(self) -> tuple[int, ...]:
        """Numbers of the pages that show something but have no usable text layer."""
        return tuple(page.number for page in self.pages if not page.has_usable_text)
