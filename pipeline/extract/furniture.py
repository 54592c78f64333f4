"""Finds what is printed on a page but is no part of the text: running heads and feet, folios, footnotes."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.layout import Document, Line, Page

_HEAD, _FOOT = 0.13, 0.87  # of the page's height: furniture stands above or below
_FOLIO = re.compile(
    r"(?!\(\d{2,4}/\d{2,4}\))[-–—\[(\s]*(?:page\s*)?(?:\d{1,4}|[ivxlc]{1,6})(?:\s*(?:of|/)\s*\d{1,4})?[-–—\])\s.]*",
    re.IGNORECASE,
)
_NOTE_START = re.compile(r"(?:\d{1,3}(?![.\d)])|\*{1,3}|[†‡§])\s*\S")
_RULE = 3.5  # points
_NOTE_SIZE = 0.93  # of the page's main font size
_LEADER = re.compile(r"(?:\.\s?){5,}|…{2,}")
_SENTENCE_LEADER = re.compile(r"\w[.”)]\s+(?:\.\s?){5,}")
_CONTENTS = re.compile(r"(?:table of )?contents(?: page)?|index", re.IGNORECASE)
_ENTRY = re.compile(r"^\d{1,3}(?:[-–]\d{1,3})?(?:\s|$)|\s\d{1,3}(?:[-–]\d{1,3})?$")
_MANY_LEADERS = 4
_NOTES_BELOW = 0.3  # of the page's height
_MARK, _MARK_SIZE = re.compile(r"\d{1,3}|\*{1,3}|[†‡§]"), 0.8
_APART = 1.6  # of the main font size, between text and a lone head or foot
_REPEATS = 3  # pages a text must be printed on, or all of a shorter document
_BAND, _HEIGHT = 3.0, 8.0  # points within which two lines stand at one height
_LARGE = 1.08  # of the page's main font size


@dataclass(frozen=True, slots=True)
class _Key:
    text: str
    top: bool
    band: int


@dataclass(frozen=True, slots=True)
class _Place:
    top: bool
    band: int
    size: int


def find_furniture(document: Document) -> tuple[frozenset[int], ...]:
    """For each page, the numbers of the lines that are furniture."""
    sizes = [_main_size(page) for page in document.pages]
    repeated = _repeated_texts(document, sizes)
    bands = _furnished_bands(document, sizes, repeated)
    return tuple(_page_furniture(page, size, repeated, bands) for page, size in zip(document.pages, sizes, strict=True))


def _repeated_texts(document: Document, sizes: Sequence[float]) -> frozenset[_Key]:
    """Texts, digits masked, that stand in the head or foot of several pages."""
    seen: dict[_Key, set[int]] = defaultdict(set)
    for page, size in zip(document.pages, sizes, strict=True):
        for line in page.lines:
            zone = _zone(page, line)
            if zone is not None:
                seen[_key(page, line, zone, size)].add(page.number)
    enough = min(_REPEATS, max(2, len(document.pages) - 1))
    return frozenset(key for key, pages in seen.items() if len(pages) >= enough and len(key.text) > 1)


def _furnished_bands(document: Document, sizes: Sequence[float], repeated: frozenset[_Key]) -> frozenset[_Place]:
    """Places where repeated texts usually stand: other texts just there are chapter heads and the like."""
    counts: Counter[_Place] = Counter()
    for page, size in zip(document.pages, sizes, strict=True):
        places = {
            _place(line, zone)
            for line in page.lines
            if (zone := _zone(page, line)) is not None and _key(page, line, zone, size) in repeated
        }
        counts.update(places)
    return frozenset(place for place, count in counts.items() if count >= max(4, 0.2 * len(document.pages)))


def _page_furniture(page: Page, size: float, repeated: frozenset[_Key], bands: frozenset[_Place]) -> frozenset[int]:
    if _is_contents(page):
        return frozenset(range(len(page.lines)))
    skipped = set()
    for number, line in enumerate(page.lines):
        zone = _zone(page, line)
        if zone is None:
            continue
        text = page.text[line.start : line.end].strip()
        if _key(page, line, zone, size) in repeated or _FOLIO.fullmatch(text) or _place(line, zone) in bands:
            skipped.add(number)
    skipped.update(_lone_small_print(page, skipped, size))
    skipped.update(_footnotes(page, skipped, size))
    return frozenset(skipped)


def _is_contents(page: Page) -> bool:
    """Whether the page is a table of contents: by dot leaders, or by its heading and the page numbers in its lines."""
    texts = [page.text[line.start : line.end].strip() for line in page.lines]
    leaders = sum(bool(_LEADER.search(text)) for text in texts)
    if leaders >= _MANY_LEADERS:
        sentences = sum(bool(_SENTENCE_LEADER.search(text)) for text in texts)  # a list of recommendations with pages
        return leaders >= 0.25 * len(texts) and 2 * sentences < leaders
    headed = any(_CONTENTS.fullmatch(text) for text in texts[:8])
    numbered = sum(bool(_ENTRY.search(text)) for text in texts)
    return headed and numbered >= 0.4 * len(texts)


def _lone_small_print(page: Page, skipped: set[int], size: float) -> set[int]:
    """A head or foot of a short document, known only by its size and the space between it and the text."""
    small = [
        number
        for number, line in enumerate(page.lines)
        if number not in skipped
        and _zone(page, line) is not None
        and line.size <= _NOTE_SIZE * size
        and not _in_table(page, line)
    ]
    others = [line for number, line in enumerate(page.lines) if number not in skipped and number not in small]
    return {number for number in small if all(_distance(page.lines[number], other) > _APART * size for other in others)}


def _distance(a: Line, b: Line) -> float:
    return max(a.box.top - b.box.bottom, b.box.top - a.box.bottom)


def _main_size(page: Page) -> float:
    sizes: Counter[float] = Counter()
    for line in page.lines:
        sizes[line.size] += line.end - line.start
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _key(page: Page, line: Line, zone: bool, size: float) -> _Key:
    """What must recur: the text, at the same height. Figures may differ, but not in large print, where a numbered
    heading often opens a page."""
    text = re.sub(r"\W+", " ", page.text[line.start : line.end]).strip().lower()
    if line.size <= _LARGE * size:
        text = re.sub(r"\d+", "#", text)
    return _Key(text, zone, round(line.box.top / _HEIGHT))


def _zone(page: Page, line: Line) -> bool | None:
    """True in the head of the page, False in the foot, None between."""
    if line.box.bottom <= _HEAD * page.height:
        return True
    if line.box.top >= _FOOT * page.height:
        return False
    return None


def _place(line: Line, top: bool) -> _Place:
    return _Place(top, round(line.box.top / _BAND), round(line.size))


def _footnotes(page: Page, skipped: set[int], size: float) -> set[int]:
    """The notes at the foot of the page, from the first line that starts with a mark: small print, or a raised mark."""
    limit = _NOTE_SIZE * size
    notes: list[int] = []
    for number in range(len(page.lines) - 1, -1, -1):
        line = page.lines[number]
        if number in skipped:
            continue
        if line.box.top < _NOTES_BELOW * page.height:
            break
        if (line.size > limit and not _raised_mark(page, line)) or _in_table(page, line):
            break
        notes.append(number)
    notes.reverse()
    for position, number in enumerate(notes):
        line = page.lines[number]
        if _NOTE_START.match(page.text[line.start : line.end]):
            return set(notes[position:])
    return set()


def _in_table(page: Page, line: Line) -> bool:
    """Whether upright rules run past the line: small print in a table is no footnote."""
    middle = (line.box.top + line.box.bottom) / 2
    return any(
        shape.box.width <= _RULE
        and shape.box.height > 2 * line.box.height
        and shape.box.top <= middle <= shape.box.bottom
        for shape in page.shapes
    )


def _raised_mark(page: Page, line: Line) -> bool:
    first = line.runs[0]
    return first.size <= _MARK_SIZE * line.size and bool(_MARK.fullmatch(page.text[first.start : first.end].strip()))
