"""Turns one PDFium text page into raw text and printed lines with their runs of one style."""

import ctypes
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from pipeline.layout import Colour, Line, Rectangle, Run
from pipeline.reading.native import WordCalls, address_of

# PDFium writes U+FFFE (older builds U+0002) for a hyphen at a line end, instead of the hyphen and the line break.
LINE_END = re.compile(r"[\r\n]+|[\ufffe\x02]")
_WORD = re.compile(r"[^\s\ufffe\x02]+[\ufffe\x02]?")
_BOLD_NAME = re.compile(r"bold|black|heavy|semibold|demi|[-,]bd\b|medium(?!ital)", re.IGNORECASE)
_ITALIC_NAME = re.compile(r"ital|obli|[-,]it\b", re.IGNORECASE)
_FORCE_BOLD, _ITALIC_FLAG = 1 << 18, 1 << 6  # PDF 1.7, table 123
_MARK = re.compile(r"(?<=[^\W\d]|[.,;:)’”\"'?!])[\d*†‡§,]{1,4}$")
_MARK_SIZE = 0.8  # of the word's font size: digits this small at a word's end are a footnote mark
_GAP = 0.9  # of the font size: a wider gap within a line starts a new run (a column, a cell, a label)


@dataclass(frozen=True, slots=True)
class Style:
    """How a text object is set."""

    size: float
    bold: bool
    italic: bool
    colour: Colour


class _Word(NamedTuple):
    """One word; a plain tuple, since there are hundreds of thousands."""

    start: int
    end: int
    x0: float
    top: float
    x1: float
    bottom: float
    style: Style


def read_lines(textpage: pdfium.PdfTextPage, text: str, height: float) -> tuple[Line, ...]:
    """The lines of a text page in the order of the content stream; `height` is the page's, in points."""
    reader = _WordReader(textpage, _char_index(textpage, text), height)
    lines: list[Line] = []
    for start, end in _line_ranges(text):
        words = [word for match in _WORD.finditer(text, start, end) for word in reader.read(match)]
        lines.extend(_line(part) for part in _same_baseline(words))
    return tuple(lines)


def _line_ranges(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in LINE_END.finditer(text):
        end = match.end() if match.group() in "\ufffe\x02" else match.start()
        if end > start:
            yield start, end
        start = match.end()
    if start < len(text):
        yield start, len(text)


def _char_index(textpage: pdfium.PdfTextPage, text: str) -> Callable[[int], int] | None:
    """PDFium counts UTF-16 units of its own list; give its index for an offset into the Python string.

    None where the two are the same, as on nearly all pages.
    """
    if len(text) == textpage.count_chars():
        return None
    units = [0]
    for char in text:
        units.append(units[-1] + (2 if ord(char) > 0xFFFF else 1))
    return lambda offset: int(pdfium_c.FPDFText_GetCharIndexFromTextIndex(textpage, units[offset]))


def _same_baseline(words: list[_Word]) -> Iterator[list[_Word]]:
    """Split a line where PDFium glued a cell or a heading that stands clearly higher or lower."""
    group: list[_Word] = []
    lowest = 0.0
    for word in words:
        if group and word.top > lowest + 0.5 * word.style.size:
            yield group
            group = []
        lowest = max(lowest, word.bottom) if group else word.bottom
        group.append(word)
    if group:
        yield group


def _line(words: list[_Word]) -> Line:
    runs: list[Run] = []
    first = 0
    for index in range(1, len(words) + 1):
        if index == len(words) or _breaks(words[index - 1], words[index]):
            runs.append(_run(words[first:index]))
            first = index
    return Line(words[0].start, words[-1].end, _union([run.box for run in runs]), tuple(runs))


def _breaks(left: _Word, right: _Word) -> bool:
    gap = right.x0 - left.x1
    return left.style is not right.style or gap > _GAP * right.style.size or gap < -2 * right.style.size


def _run(words: list[_Word]) -> Run:
    style = words[0].style
    box = Rectangle(
        min(word.x0 for word in words),
        min(word.top for word in words),
        max(word.x1 for word in words),
        max(word.bottom for word in words),
    )
    return Run(words[0].start, words[-1].end, box, style.size, style.bold, style.italic, style.colour)


def _union(boxes: list[Rectangle]) -> Rectangle:
    if len(boxes) == 1:
        return boxes[0]
    return Rectangle(
        min(box.x0 for box in boxes),
        min(box.top for box in boxes),
        max(box.x1 for box in boxes),
        max(box.bottom for box in boxes),
    )


class _WordReader:
    """Reads boxes and styles of words; styles are kept by text object for the life of one page."""

    def __init__(self, textpage: pdfium.PdfTextPage, char_index: Callable[[int], int] | None, height: float) -> None:
        self._page = address_of(textpage.raw)
        self._calls = WordCalls()
        self._char_index = char_index
        self._height = height
        self._styles: dict[int, Style] = {}
        self._alike: dict[Style, Style] = {}  # equal styles are one object, so that comparing them is cheap
        self._faces: dict[int, tuple[bool, bool]] = {}
        self._box = (ctypes.c_float * 4)()  # an FS_RECTF: left, top, right, bottom
        self._box_at = ctypes.addressof(self._box)
        self._matrix = pdfium_c.FS_MATRIX()
        self._matrix_at = ctypes.addressof(self._matrix)
        self._colour_parts = (ctypes.c_uint * 4)()
        first = ctypes.addressof(self._colour_parts)
        self._colour_at = tuple(first + place * ctypes.sizeof(ctypes.c_uint) for place in range(4))

    def read(self, match: re.Match[str]) -> list[_Word]:
        """The word, or word and footnote mark where a smaller mark is glued to its end."""
        word_text = match.group()
        mark = None if word_text[-1].isalpha() else _MARK.search(word_text)
        if mark is None:
            return self._read(match.start(), match.end())
        middle = match.start() + mark.start()
        word, note = self._read(match.start(), middle), self._read(middle, match.end())
        if word and note and note[0].style.size <= _MARK_SIZE * word[0].style.size:
            return word + note
        return self._read(match.start(), match.end())

    def _read(self, start: int, end: int) -> list[_Word]:
        first, last = start, end - 1
        if self._char_index:
            first, last = self._char_index(first), self._char_index(last)
        box_of = self._calls.loose_char_box
        if not box_of(self._page, first, self._box_at):
            return []
        x0, top, x1, bottom = self._box[:]
        if last != first:
            if not box_of(self._page, last, self._box_at):
                return []
            left, upper, right, lower = self._box[:]
            x0, x1 = left if left < x0 else x0, right if right > x1 else x1
            top, bottom = upper if upper > top else top, lower if lower < bottom else bottom
        return [_Word(start, end, x0, self._height - top, x1, self._height - bottom, self._style(first))]

    def _style(self, index: int) -> Style:
        text_object = self._calls.text_object(self._page, index)
        key = text_object or -index - 1
        style = self._styles.get(key)
        if style is None:
            style = self._read_style(index, text_object)
            style = self._styles[key] = self._alike.setdefault(style, style)
        return style

    def _read_style(self, index: int, text_object: int | None) -> Style:
        bold, italic = self._face(index, text_object)
        stroked = text_object and self._calls.render_mode(text_object) == pdfium_c.FPDF_TEXTRENDERMODE_FILL_STROKE
        return Style(round(self._size(index), 1), bold or bool(stroked), italic, self._colour(index))

    def _face(self, index: int, text_object: int | None) -> tuple[bool, bool]:
        """Whether the font is bold, and italic; read once for each font of the page."""
        key = (text_object and self._calls.font(text_object)) or -index - 1
        if key not in self._faces:
            name, flags = self._font(index)
            bold = bool(_BOLD_NAME.search(name)) or bool(flags & _FORCE_BOLD)
            self._faces[key] = (bold, bool(_ITALIC_NAME.search(name)) or bool(flags & _ITALIC_FLAG))
        return self._faces[key]

    def _font(self, index: int) -> tuple[str, int]:
        buffer, flags = ctypes.create_string_buffer(256), ctypes.c_int()
        page = ctypes.cast(self._page, pdfium_c.FPDF_TEXTPAGE)
        used = pdfium_c.FPDFText_GetFontInfo(page, index, buffer, 256, flags)
        return (buffer.value.decode("latin-1") if 0 < used <= 256 else ""), max(flags.value, 0)

    def _size(self, index: int) -> float:
        scale = 1.0
        if self._calls.matrix(self._page, index, self._matrix_at):
            scale = (self._matrix.c**2 + self._matrix.d**2) ** 0.5
        return float(self._calls.font_size(self._page, index)) * scale

    def _colour(self, index: int) -> Colour:
        if not self._calls.fill_colour(self._page, index, *self._colour_at):
            return (0, 0, 0)
        red, green, blue, _ = self._colour_parts
        return (red, green, blue)
