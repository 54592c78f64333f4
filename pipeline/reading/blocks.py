"""Walks the content of a web page and sets it on a sheet: headings, paragraphs, lists, boxes and footnotes."""

import re
from dataclasses import dataclass, replace

from pipeline.html import Node, text_of
from pipeline.layout import Rectangle
from pipeline.reading.content import Content
from pipeline.reading.grid import Cell, Grid, read_grid, share_width
from pipeline.reading.sheet import LEFT, RIGHT, Sheet, Style, Word

_INLINE = frozenset(
    {"a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins",
     "kbd", "label", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u",
     "var", "img", "wbr", "ruby", "rb", "rt", "rp"}
)  # fmt: skip
_BOLD, _ITALIC = frozenset({"b", "strong", "th", "summary", "legend"}), frozenset({"i", "em", "cite", "dfn", "var"})
_TEXT = Style()
_HEADINGS = {
    "h1": Style(20.0, bold=True),
    "h2": Style(16.0, bold=True),
    "h3": Style(13.0, bold=True),
    "h4": Style(11.5, bold=True),
    "h5": Style(10.0, bold=True),
    "h6": Style(10.0, bold=True, italic=True),
}
_AROUND = {**dict.fromkeys(_HEADINGS, 9.0), "li": 4.0, "tr": 0.0, "figure": 8.0}
_PARAGRAPH = 8.0  # points between paragraphs
_INDENT, _PADDING, _AROUND_BOX = 18.0, 8.0, 12.0  # points
_CELL_PADDING = 3.0  # points
_NARROWEST = 60.0  # points: a list or box no longer indents below this
_DEEPEST = 120  # elements: what is nested deeper is read as plain text
_BOX_HINT = re.compile(
    r"(?:^|[\s_-])(?:box(?:ed)?|panel|callout|inset(?:-text)?|notice|highlight(?:ed)?|alert|card|well|afi|"
    r"recommendations?|concern|information|example|quote|call-to-action|advisory)(?:$|[\s_-])",
    re.IGNORECASE,
)
_BORDERED = re.compile(
    r"(?:border(?!-(?:radius|spacing|collapse))|background)[\w-]*\s*:\s*(?!0|none|transparent)", re.I
)
_PLAIN_LIST = re.compile(r"list-style(?:-type)?\s*:\s*none", re.IGNORECASE)
_LARGEST_BOX = 6_000  # characters; what is longer is a chapter
_OWN_LABEL = re.compile(r"\(?(?:\d{1,3}(?:\.\d{1,3})*|[a-z]|[ivx]{1,5})[.)]\s|[•·▪●–-]\s|\(\w{1,4}\)", re.IGNORECASE)
_NOTE_MARK = re.compile(r"\[?(?:(?:foot)?note\s*)?(?:\d{1,3}|[*†‡§]{1,3})\]?", re.IGNORECASE)
_NOTE_PLACE = re.compile(r"(?:^|[\s_:-])(?:fn|foot-?notes?|end-?notes?|_?ftn|note)(?:$|[\s_:\d-])", re.IGNORECASE)
_NOTE_SIZE, _RAISED = 8.0, 0.6
_ROMAN = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where and how the walk stands: the column, the style, and how deep."""

    left: float = LEFT
    right: float = RIGHT
    style: Style = _TEXT
    depth: int = 0

    def indented(self, points: float) -> "_Place":
        left = min(self.left + points, max(self.left, self.right - _NARROWEST))
        return replace(self, left=left)


class Setter:
    """Sets one page's content. The sheet holds the result."""

    def __init__(self, content: Content) -> None:
        self.sheet = Sheet()
        self._content = content
        self._words: list[Word] = []
        self._spaced = self._breaks = False
        self._label: tuple[Word, float] | None = None
        for root in content.roots:
            place = _inside(root, _Place())
            self._walk(root, place)
            self._flush(place)
            self.sheet.leave(_PARAGRAPH)

    def _set_block(self, node: Node, place: _Place) -> None:
        self._flush(place)
        tag, around = node.tag or "", _AROUND.get(node.tag or "", _PARAGRAPH)
        self.sheet.leave(around)
        if place.depth > _DEEPEST:
            self._add_text(text_of(node), place.style)
        elif tag == "table":
            self._set_table(node, place)
        elif tag in ("ul", "ol"):
            self._set_list(node, place)
        elif self._is_box(node):
            self._set_box(node, place)
        else:
            self._walk(node, _inside(node, place))
        self._flush(place)
        self.sheet.leave(around)

    def _walk(self, node: Node, place: _Place) -> None:
        """The children of `node`: words are gathered, blocks set as they come."""
        for child in node.iter(include_text=True):
            if child.is_text_node:
                self._add_text(child.text_content or "", place.style, is_kept=node.tag == "pre")
            elif not child.is_element_node or child.mem_id in self._content.left_out:
                continue
            elif child.tag == "br":
                self._breaks = True
            elif child.tag in _INLINE and place.depth <= _DEEPEST:
                self._walk_inline(child, place)
            else:
                self._set_block(child, replace(place, depth=place.depth + 1))

    def _walk_inline(self, node: Node, place: _Place) -> None:
        style = place.style
        if node.tag == "sup" or node.attributes.get("role") == "doc-noteref":
            words = node.text().strip()
            if _NOTE_MARK.fullmatch(words):
                if node.css_first("a[href*='#']") is not None or node.tag == "a":
                    return  # leads to a note: no part of the sentence
                style = replace(style, size=_RAISED * style.size)
        elif node.tag in _BOLD:
            style = replace(style, bold=True)
        elif node.tag in _ITALIC:
            style = replace(style, italic=True)
        self._walk(node, replace(place, style=style, depth=place.depth + 1))

    def _add_text(self, text: str, style: Style, *, is_kept: bool = False) -> None:
        """Words of `text`; zero-width marks and soft hyphens, which no reader sees, are left out."""
        shown = re.sub("[\u00ad\u200b-\u200f\u2060\ufeff\x00]", "", text)
        for number, line in enumerate(shown.split("\n") if is_kept else [shown]):
            self._breaks = self._breaks or number > 0
            parts = line.split()
            for place, part in enumerate(parts):
                spaced = self._spaced or place > 0 or line[0].isspace()
                self._words.append(Word(part, style, spaced, self._breaks))
                self._spaced = self._breaks = False
            if line and (line[-1].isspace() or not parts):
                self._spaced = True

    def _flush(self, place: _Place) -> None:
        """Set the words gathered so far as a paragraph."""
        words, self._words = self._words, []
        self._spaced = self._breaks = False
        if not words:
            return
        label, left = self._label or (None, place.left)
        self._label = None
        self.sheet.set_words(words, left, place.right, label)

    def _set_list(self, node: Node, place: _Place) -> None:
        """Items with the numbers or bullets that a browser shows; those stand in no text node of the page."""
        number = _integer(node.attributes.get("start"), 1)
        notes = _holds_notes(node)
        for child in node.iter():
            if child.mem_id in self._content.left_out:
                continue
            if child.tag != "li":
                self._set_block(child, replace(place.indented(_INDENT), depth=place.depth + 1))
                continue
            number = _integer(child.attributes.get("value"), number)
            inner = replace(place.indented(_INDENT), depth=place.depth + 1)
            if notes:
                inner = replace(inner, style=Style(_NOTE_SIZE))
            label = self._label_of(node, child, number, inner.style, is_note=notes)
            self._label = (label, place.left) if label else None
            self._set_block(child, inner)
            self._label = None
            number += 1

    def _label_of(self, node: Node, item: Node, number: int, style: Style, *, is_note: bool) -> Word | None:
        if _OWN_LABEL.match(text_of(item)[:20]) or _PLAIN_LIST.search(node.attributes.get("style") or ""):
            return None
        if is_note:
            return Word(str(number), replace(style, size=_RAISED * style.size))
        return Word(_number(number, node.attributes.get("type") or "1") if node.tag == "ol" else "•", style)

    def _is_box(self, node: Node) -> bool:
        """Whether the element sets its text apart: a quote, a border, a speaking class, or a block among paragraphs."""
        if not 0 < self._content.lengths.get(node.mem_id, 0) <= _LARGEST_BOX:
            return False
        if node.tag in ("blockquote", "fieldset", "aside"):
            return True
        if node.tag not in ("div", "section", "article") or _holds_only_a_table(node):
            return False
        attributes = node.attributes
        if _BORDERED.search(attributes.get("style") or "") or _BOX_HINT.search(attributes.get("class") or ""):
            return True
        return node.tag == "div" and _stands_among_paragraphs(node)

    def _set_box(self, node: Node, place: _Place) -> None:
        self.sheet.leave(_AROUND_BOX)
        top = self.sheet.settle()
        self.sheet.leave(_PADDING)
        before = self.sheet.line_count
        inner = replace(place.indented(_PADDING), right=max(place.right - _PADDING, place.left + _NARROWEST))
        self._walk(node, inner)
        self._flush(inner)
        if self.sheet.line_count > before:
            self.sheet.bottom += _PADDING
            self.sheet.draw(Rectangle(place.left, top, place.right, self.sheet.bottom), filled=True)
        self.sheet.leave(_AROUND_BOX)

    def _set_table(self, node: Node, place: _Place) -> None:
        grid = read_grid(node, self._content.left_out)
        for caption in grid.captions:
            self._set_block(caption, replace(place, depth=place.depth + 1))
        self.sheet.leave(_AROUND_BOX)
        edges = share_width(grid, place.left, place.right)
        for row in grid.rows:
            self._set_row(row, edges, place, grid)
        self.sheet.leave(_AROUND_BOX)

    def _set_row(self, row: tuple[Cell, ...], edges: list[float], place: _Place, grid: Grid) -> None:
        """The cells side by side, each from the top; a cell of one line shares its line with the next, as in print."""
        top = self.sheet.settle()
        bottom, count = top, 0
        for number, cell in enumerate(row):
            left, right = edges[cell.column], edges[min(cell.column + cell.span, len(edges) - 1)]
            self.sheet.open(top + _CELL_PADDING, glue=bool(number) and count <= 1)
            before = self.sheet.line_count
            style = replace(place.style, bold=place.style.bold or cell.node.tag == "th")
            inner = _Place(left + 4.0, max(right - 4.0, left + 20.0), style, place.depth + 1)
            self._walk(cell.node, inner)
            self._flush(inner)
            count += self.sheet.line_count - before
            bottom = max(bottom, self.sheet.bottom)
        self.sheet.close(bottom + _CELL_PADDING)
        if grid.is_ruled and bottom > top:
            self._rule(row, edges, top, bottom + _CELL_PADDING)

    def _rule(self, row: tuple[Cell, ...], edges: list[float], top: float, bottom: float) -> None:
        left, right = edges[0], edges[-1]
        for level in (top, bottom):
            self.sheet.draw(Rectangle(left, level, right, level), filled=False)
        for x in sorted({left, right, *(edges[cell.column] for cell in row)}):
            self.sheet.draw(Rectangle(x, top, x, bottom), filled=False)


def _inside(node: Node, place: _Place) -> _Place:
    """How the children of a block are set."""
    tag = node.tag or ""
    if tag in _HEADINGS:
        return replace(place, style=_HEADINGS[tag])
    if tag in _BOLD:
        return replace(place, style=replace(place.style, bold=True))
    if node.attributes.get("role") in ("doc-endnotes", "doc-footnote"):
        return replace(place, style=Style(_NOTE_SIZE))
    return place.indented(_INDENT) if tag == "dd" else place


def _holds_only_a_table(node: Node) -> bool:
    children = list(node.iter())
    return len(children) == 1 and children[0].tag == "table"


def _stands_among_paragraphs(node: Node) -> bool:
    """Whether the parent has paragraphs of its own beside the element, and the element a heading or paragraphs."""
    if node.parent is None or not any(child.tag in ("p", "ul", "ol", *_HEADINGS) for child in node.iter()):
        return False
    return any(child.tag == "p" and child.text().strip() for child in node.parent.iter())


def _holds_notes(node: Node) -> bool:
    """Whether a list is footnotes: by its role or name, or that of its items or of what holds it."""
    first = next((child for child in node.iter() if child.tag == "li"), None)
    near = [one for one in (node, first, node.parent) if one is not None]
    named = (f"{one.attributes.get('id') or ''} {one.attributes.get('class') or ''}" for one in near)
    roles = {one.attributes.get("role") for one in near}
    return bool(roles & {"doc-endnotes", "doc-endnote", "doc-footnote"}) or any(map(_NOTE_PLACE.search, named))


def _integer(value: str | None, otherwise: int) -> int:
    return int(value) if value and re.fullmatch(r"-?\d{1,6}", value.strip()) else otherwise


def _number(number: int, kind: str) -> str:
    """The label of an item in a list of this `type`, as a browser prints it."""
    if kind in ("a", "A") and 1 <= number <= 26:
        letter = chr(ord("a") + number - 1)
        return f"{letter if kind == 'a' else letter.upper()}."
    if kind in ("i", "I") and 1 <= number < 400:
        roman = _roman(number)
        return f"{roman if kind == 'i' else roman.upper()}."
    return f"{number}."


def _roman(number: int) -> str:
    parts = []
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        parts.append(letters * count)
    return "".join(parts)
