"""Splits a document into paragraph-sized stretches for search. Running heads and folios are left out by repetition."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from pipeline.ids import passage_id
from pipeline.layout import Document, Line, Page
from pipeline.records import Passage
from pipeline.text import repair, words_of

_FEW, _MANY = 40, 200  # words
_EDGE = 0.1  # of the page's height
_FOLIO = re.compile(r"\W*(?:page\s*)?\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?\W*", re.IGNORECASE)
_GAP = 1.6  # of the line's font size, between tops: more starts a paragraph


def split_passages(document: Document) -> tuple[Passage, ...]:
    """Stretches of 40 to 200 words in reading order, none over a page break; a short page gives one short passage."""
    repeated = _repeated(document)
    known: frozenset[str] = frozenset().union(*(words_of(page.text) for page in document.pages))
    return tuple(
        _passage(document, page, lines, known)
        for page in document.pages
        for lines in _stretches(page, [line for line in page.lines if not _is_furniture(page, line, repeated)])
    )


def _passage(document: Document, page: Page, lines: Sequence[Line], known: frozenset[str]) -> Passage:
    start, end = min(line.start for line in lines), max(line.end for line in lines)
    text = repair([page.text[line.start : line.end] for line in lines], known)
    return Passage(passage_id(document.sha256, page.number, start), document.sha256, page.number, start, end, text)


def _stretches(page: Page, lines: Sequence[Line]) -> Iterator[list[Line]]:
    stretch: list[Line] = []
    count = 0
    for paragraph in _paragraphs(page, lines):
        words = sum(len(page.text[line.start : line.end].split()) for line in paragraph)
        if stretch and ((count >= _FEW and count + words > _MANY // 2) or count + words > _MANY):
            yield stretch
            stretch, count = [], 0
        stretch, count = [*stretch, *paragraph], count + words
    if stretch:
        yield stretch


def _paragraphs(page: Page, lines: Sequence[Line]) -> Iterator[list[Line]]:
    paragraph: list[Line] = []
    count = 0
    for line in lines:
        apart = bool(paragraph) and abs(line.box.top - paragraph[-1].box.top) > _GAP * max(line.size, 1.0)
        words = len(page.text[line.start : line.end].split())
        if paragraph and (apart or count + words > _MANY):
            yield paragraph
            paragraph, count = [], 0
        paragraph, count = [*paragraph, line], count + words
    if paragraph:
        yield paragraph


def _repeated(document: Document) -> frozenset[str]:
    pages: dict[str, set[int]] = defaultdict(set)
    for page in document.pages:
        for line in page.lines:
            if _at_edge(page, line):
                pages[_masked(page, line)].add(page.number)
    enough = 3 if len(document.pages) > 3 else 2
    return frozenset(text for text, numbers in pages.items() if len(numbers) >= enough)


def _is_furniture(page: Page, line: Line, repeated: frozenset[str]) -> bool:
    text = page.text[line.start : line.end].strip()
    if not re.search(r"\w", text):
        return True
    return _at_edge(page, line) and (_masked(page, line) in repeated or bool(_FOLIO.fullmatch(text)))


def _at_edge(page: Page, line: Line) -> bool:
    return line.box.bottom <= _EDGE * page.height or line.box.top >= (1 - _EDGE) * page.height


def _masked(page: Page, line: Line) -> str:
    return re.sub(r"\d+", "#", page.text[line.start : line.end].strip().lower())
