"""Splits the rows of a list, a box or a section into asks: by labels, by bullets, by paragraphs."""

import re
from collections.abc import Iterator, Sequence

from pipeline.extract.answers import INLINE_ANSWER
from pipeline.extract.body import COLUMN_TOP, Body, Row
from pipeline.extract.candidates import Candidate, cut
from pipeline.extract.headings import is_title_like
from pipeline.extract.labels import Label, split_items
from pipeline.records import Kind
from pipeline.text import BULLETS

_ANY_LABEL = re.compile(
    r"\s*(?:\d{1,3}(?:\.\d{1,3})+[.):]?|\(\s*\w{1,5}\s*\)|\d{1,3}[.):]|\d{1,3}(?=\s)|[a-zA-Z][.)]|[ivxIVX]{1,5}[.)])\s*"
)
_BULLET = re.compile(rf"\s*(?:[{re.escape(BULLETS)}]+|[-–—*o](?=\s))\s*")
_FEWEST_WORDS = 4
_HANG = 4.0  # points
_PARAGRAPH = 1.45  # font sizes from the row above
_ANSWERS = re.compile(
    rf"{INLINE_ANSWER.pattern}|"
    r"(?i:(?:implementation |target |completion )?(?:timeframe|timescale|date|owner|status|lead)\s*:)"
)
_STEM_END = re.compile(r":\s*[-–—]?$")


def item_candidates(
    body: Body, rows: Sequence[Row], kind: Kind, grammar: str, confidence: float
) -> Iterator[Candidate]:
    """The asks in `rows`, which hold nothing else: labelled items, else bullets, else paragraphs."""
    for label, item in split_rows(rows):
        spans = cut(body, item, _ANY_LABEL if label and label.style != "bullet" else _BULLET)
        if len(body.text_of(spans).split()) >= _FEWEST_WORDS:
            name = label.text if label and label.style != "bullet" else None
            yield Candidate(kind, name, spans, tuple(item), grammar, confidence, first_row=item[0].index)


def split_rows(rows: Sequence[Row]) -> list[tuple[Label | None, list[Row]]]:
    """Labelled items where the list has two or more, else whole paragraphs; a stem keeps what it introduces."""
    if not rows:
        return []
    items = list(split_items(rows))
    labelled = [item for item in items if item[0]]
    if labelled and items[0][0] is None and _STEM_END.search(items[0][1][-1].text):
        return [(None, list(rows))]
    if labelled:
        return labelled
    return [(None, paragraph) for paragraph in _bold_ones(split_paragraphs(rows))]


def _bold_ones(paragraphs: list[list[Row]]) -> list[list[Row]]:
    """The bold paragraphs alone, where bold asks stand above their reasons in plain type."""
    bold = [rows for rows in paragraphs if all(row.bold for row in rows)]
    asks_and_reasons = bool(bold) and paragraphs[0] is bold[0] and len(bold) < len(paragraphs)
    return bold if asks_and_reasons and all(rows[-1].text.endswith(".") for rows in bold) else paragraphs


def split_paragraphs(rows: Sequence[Row]) -> list[list[Row]]:
    """Paragraphs by the space above them; what follows a colon, a semicolon or starts in lower case belongs above."""
    paragraphs: list[list[Row]] = []
    for row in rows:
        if paragraphs and not _opens(paragraphs[-1], row):
            paragraphs[-1].append(row)
        else:
            paragraphs.append([row])
    return paragraphs


def trim_tail(items: Sequence[list[Row]]) -> list[Row]:
    """The last item's rows without paragraphs after the list: further left, or the only one with a second paragraph."""
    last = items[-1]
    hangs = any(row.x0 > rows[0].x0 + _HANG for rows in items for row in rows[1:2])
    single = not any(row.gap >= _PARAGRAPH for rows in items[:-1] for row in rows[1:])
    for place, row in enumerate(last[1:], start=1):
        if row.gap < _PARAGRAPH or row.gap >= COLUMN_TOP or not re.search(r"[.)”\"]$", last[place - 1].text):
            continue
        if (hangs and row.x0 <= last[0].x0 + 1) or (single and not hangs):
            return last[:place]
    return last


def without_answer(rows: list[Row]) -> list[Row]:
    """An item's rows up to the answer or the fields printed below it: "Force response: Agreed"."""
    end = next((place for place, row in enumerate(rows) if place and _ANSWERS.match(row.text)), len(rows))
    return rows[:end]


def without_next_heading(rows: list[Row]) -> list[Row]:
    """An item's rows up to a short line set apart at its left edge: the heading of the items that follow."""
    for place, row in enumerate(rows[1:], start=1):
        apart = row.gap >= _PARAGRAPH and row.x0 <= rows[0].x0 + 1 and rows[place - 1].text.endswith((".", ";", ")"))
        if apart and is_title_like(row) and place == len(rows) - 1:
            return rows[:place]
    return rows


def opens_paragraph(body: Body, row: Row) -> bool:
    """Whether the row starts a paragraph: by the space above it, a new page or box, or a short last line before it."""
    if row.index == 0 or row.gap >= _PARAGRAPH:
        return True
    above = body.rows[row.index - 1]
    return above.panel != row.panel or above.x1 < row.x1 - 0.25 * (row.x1 - row.x0)


def _opens(paragraph: Sequence[Row], row: Row) -> bool:
    last = paragraph[-1]
    if row.page != last.page:
        return bool(re.search(r"[.!?”\"]$", last.text)) and bool(re.match(r"[A-Z“\"(\[]", row.text))
    if row.gap < _PARAGRAPH:
        return False
    return not (last.text.endswith((":", ";", ",", "; and", " and", " or", "-")) or row.text[:1].islower())
