"""Turns one PDFium text page into raw text and printed lines with their runs of one style."""

import ctypes
import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

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
_RECTANGLE = struct.Struct("4f")
_unpack = _RECTANGLE.unpack_from
_GAP = 0.9  # of the font size: a wider gap within a line starts a new run (a column, a cell, a label)


@dataclass(frozen=True, slots=True)
class Style:
    """How a text object is set."""

    size: float
    bold: bool
    italic: bool
    colour: Colour


# One word, as a plain tuple since there are hundreds of thousands: start, end, x0, top, x1, bottom, style.
_Word = tuple[int, int, float, float, float, float, Style]


def read_lines(textpage: pdfium.PdfTextPage, text: str, height: float, calls: WordCalls) -> tuple[Line, ...]:
    """The lines of a text page in the order of the content stream; `height` is the page's, in points."""
    reader = _WordReader(textpage, _char_index(textpage, text), height, calls)
    lines: list[Line] = []
    for start, end in _line_ranges(text):
        lines.extend(_split_lines(reader.read(text, start, end)))
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


def _split_lines(words: list[_Word]) -> Iterator[Line]:
    """The words as one line; as several where PDFium glued a cell or a heading that stands clearly higher or lower."""
    runs: list[Run] = []
    first, lowest, right = 0, 0.0, 0.0
    style: Style | None = None
    for place, (_, _, x0, top, x1, bottom, own) in enumerate(words):
        if style is None or top > lowest + 0.5 * own.size:
            if place:
                runs.append(_run(words[first:place]))
                yield _line(runs)
            runs, first, lowest = [], place, bottom
        else:
            gap = x0 - right
            if own is not style or gap > _GAP * own.size or gap < -2 * own.size:
                runs.append(_run(words[first:place]))
                first = place
            if bottom > lowest:
                lowest = bottom
        style, right = own, x1
    if words:
        runs.append(_run(words[first:]))
        yield _line(runs)


def _line(runs: list[Run]) -> Line:
    return Line(runs[0].start, runs[-1].end, _union([run.box for run in runs]), tuple(runs))


def _run(words: list[_Word]) -> Run:
    start, _, x0, top, x1, bottom, style = words[0]
    for _, _, left, upper, right, lower, _ in words[1:]:
        x0, x1 = left if left < x0 else x0, right if right > x1 else x1
        top, bottom = upper if upper < top else top, lower if lower > bottom else bottom
    end = words[-1][1]
    return Run(start, end, Rectangle(x0, top, x1, bottom), style.size, style.bold, style.italic, style.colour)


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

    def __init__(
        self,
        textpage: pdfium.PdfTextPage,
        char_index: Callable[[int], int] | None,
        height: float,
        calls: WordCalls,
    ) -> None:
        self._page = address_of(textpage.raw)
        self._calls = calls
        self._char_index = char_index
        self._height = height
        self._styles: dict[int, Style] = {}
        self._alike: dict[Style, Style] = {}  # equal styles are one object, so that comparing them is cheap
        self._faces: dict[int, tuple[bool, bool]] = {}
        self._box = ctypes.create_string_buffer(_RECTANGLE.size)  # an FS_RECTF: left, top, right, bottom
        self._box_at = ctypes.addressof(self._box)
        self._matrix = pdfium_c.FS_MATRIX()
        self._matrix_at = ctypes.addressof(self._matrix)
        self._colour_parts = (ctypes.c_uint * 4)()
        first = ctypes.addressof(self._colour_parts)
        self._colour_at = tuple(first + place * ctypes.sizeof(ctypes.c_uint) for place in range(4))

    def read(self, text: str, start: int, end: int) -> list[_Word]:
        """The words of `text` from `start` to `end`; where a smaller footnote mark is glued to one, word and mark."""
        words: list[_Word] = []
        page, box, box_at, height = self._page, self._box, self._box_at, self._height
        box_of, object_of, styles = self._calls.loose_char_box, self._calls.text_object, self._styles
        for match in _WORD.finditer(text, start, end):
            first, after = match.span()
            last = after - 1
            if self._char_index or not text[last].isalpha():
                words += self._odd_words(match)
                continue
            # What `_word` does, without a call for each of most words.
            if not box_of(page, first, box_at):
                continue
            x0, top, x1, bottom = _unpack(box)
            if last != first:
                if not box_of(page, last, box_at):
                    continue
                left, upper, right, lower = _unpack(box)
                x0, x1 = left if left < x0 else x0, right if right > x1 else x1
                top, bottom = upper if upper > top else top, lower if lower < bottom else bottom
            text_object = object_of(page, first)
            style = styles.get(text_object) or self._style(first, text_object)
            words.append((first, after, x0, height - top, x1, height - bottom, style))
        return words

    def _odd_words(self, match: re.Match[str]) -> list[_Word]:
        """A word that may end in a footnote mark."""
        start, end = match.span()
        mark = None if match.group()[-1].isalpha() else _MARK.search(match.group())
        if mark is not None:
            middle = start + mark.start()
            word, note = self._word(start, middle), self._word(middle, end)
            if word and note and note[6].size <= _MARK_SIZE * word[6].size:
                return [word, note]
        whole = self._word(start, end)
        return [whole] if whole else []

    def _word(self, start: int, end: int) -> _Word | None:
        """None where PDFium knows no place for it."""
        first, last = start, end - 1
        if self._char_index:
            first, last = self._char_index(first), self._char_index(last)
        box_of, page, box_at = self._calls.loose_char_box, self._page, self._box_at
        if not box_of(page, first, box_at):
            return None
        x0, top, x1, bottom = _unpack(self._box)
        if last != first:
            if not box_of(page, last, box_at):
                return None
            left, upper, right, lower = _unpack(self._box)
            x0, x1 = left if left < x0 else x0, right if right > x1 else x1
            top, bottom = upper if upper > top else top, lower if lower < bottom else bottom
        text_object = self._calls.text_object(page, first)
        style = self._styles.get(text_object or -first - 1) or self._style(first, text_object)
        return start, end, x0, self._height - top, x1, self._height - bottom, style

    def _style(self, index: int, text_object: int | None) -> Style:
        bold, italic = self._face(index, text_object)
        stroked = text_object and self._calls.render_mode(text_object) == pdfium_c.FPDF_TEXTRENDERMODE_FILL_STROKE
        style = Style(round(self._size(index), 1), bold or bool(stroked), italic, self._colour(index))
        style = self._styles[text_object or -index - 1] = self._alike.setdefault(style, style)
        return style

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
