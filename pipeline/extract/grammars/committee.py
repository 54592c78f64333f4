"""Lists of numbered conclusions and recommendations; conclusions are told apart and left out."""

import re
from collections.abc import Sequence

from pipeline.extract.asks import asks
from pipeline.extract.body import Body, Row
from pipeline.extract.candidates import Candidate, cut
from pipeline.extract.headings import is_title_like, read_ask_heading
from pipeline.extract.labels import Label, row_label, split_items
from pipeline.extract.sections import Section, find_sections
from pipeline.records import Kind

NAME = "committee"
_NOUN = (
    r"(?:conclusions?|observations?|findings?|concerns?|"
    r"(?:principal |main |key )*(?:areas|subjects|matters|issues) of concern)"
)
_TITLE = re.compile(
    rf"(?:summary of |list of |our |formal |general |main |key )*(?:the )?(?:committee.s )?{_NOUN}\s*(?:,|and|&|"
    rf"/|and/or)+\s*(?:the )?recommendations?\b.{{0,40}}",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"(?:other|further|additional) recommendations|follow-up to (?:the )?recommendations", re.IGNORECASE
)
_LABEL = re.compile(r"\s*(?:\d{1,3}(?:\.\d{1,3})+[.):]?|\d{1,3}[.):]?|\(\d{1,3}\))\s*")
_REFERENCE = (
    r"\(\s*(?:(?P<tag>conclusion|recommendation)s?\s*,?\s*)?(?:(?:see )?paragraphs?|paras?)\.?\s*[\d.,\s–and-]+\)"
)
_BACK = re.compile(rf"\s*{_REFERENCE}\s*\.?\s*$", re.IGNORECASE)
_PARAGRAPH, _WIDE = 1.4, 1.6  # font sizes from the row above
_FEWEST = 3
_ITALIC = 0.6  # of an item's rows


def read_committee(body: Body) -> list[Candidate]:
    """The recommendations of each section called "Conclusions and recommendations" or the like."""
    found = [candidate for section in find_sections(body, _TITLE) for candidate in _read_section(body, section)]
    if not found:
        return []
    others = [item for section in find_sections(body, _OTHERS) for item in _read_section(body, section, fewest=1)]
    return [*found, *others]


def _read_section(body: Body, section: Section, fewest: int = _FEWEST) -> list[Candidate]:
    items = [(label, _without_headings(rows)) for label, rows in split_items(_text_rows(section.rows)) if label]
    if len(items) < fewest and not (items and all(_BACK.search(_text(rows)) for _, rows in items)):
        return []
    wanted = _recommendations([rows for _, rows in items])
    return [_candidate(body, label, rows) for (label, rows), is_wanted in zip(items, wanted, strict=True) if is_wanted]


def _text_rows(rows: Sequence[Row]) -> list[Row]:
    """The rows from the first numbered paragraph on."""
    first = next((place for place, row in enumerate(rows) if (label := row_label(row)) and label.style != "bullet"), 0)
    return list(rows[first:])


def _without_headings(rows: list[Row]) -> list[Row]:
    """An item's rows up to a sub-heading that belongs to the next one, or to a paragraph further left."""
    for place, row in enumerate(rows[1:], start=1):
        closed = bool(re.search(r"[.)’”\"]$", rows[place - 1].text))
        unlike = row.bold != rows[0].bold or row.italic != rows[0].italic or abs(row.size - rows[0].size) > 0.6
        apart = closed and row.gap >= _WIDE and not read_ask_heading(row)
        if apart and ((unlike and is_title_like(row)) or row.x0 < rows[min(1, place - 1)].x0 - 4):
            return rows[:place]
    return rows


def _recommendations(items: Sequence[list[Row]]) -> list[bool]:
    """Which items recommend: by the tag that closes them, by italics where only some have them, by their words."""
    texts = [_text(rows) for rows in items]
    tags = [match.group("tag") if (match := _BACK.search(text)) else None for text in texts]
    if sum(tag is not None for tag in tags) >= len(items) / 2:
        return [tag is not None and tag.lower() == "recommendation" for tag in tags]
    if sum(_own_heading(rows) is not None for rows in items) >= _FEWEST:
        return [_own_heading(rows) is not None for rows in items]
    italic = [_is_italic(rows) for rows in items]
    if 2 <= sum(italic) < len(items):
        return italic
    return [asks(_BACK.sub("", _LABEL.sub("", text, count=1))) for text in texts]


def _text(rows: Sequence[Row]) -> str:
    return " ".join(row.text for row in rows)


def _is_italic(rows: Sequence[Row]) -> bool:
    """Whether the item is set in italics; the label and the reference that closes it may be upright."""
    widths = [(row.x1 - row.x0, row.italic) for row in rows]
    slanted = sum(width for width, italic in widths if italic)
    return rows[-1].italic or slanted >= _ITALIC * sum(width for width, _ in widths)


def _candidate(body: Body, label: Label, rows: list[Row]) -> Candidate:
    """The paragraph, or where it has its recommendation under a heading of its own, that."""
    place = _own_heading(rows)
    head = read_ask_heading(rows[place]) if place is not None else None
    if place is not None and head is not None:
        spans = cut(body, rows[place:], re.compile(rf"[\s\S]{{{head.rest_start}}}"), _BACK)
        name, rows = head.label or label.text, rows[place:]
    else:
        spans, name = cut(body, rows, _LABEL, _BACK), label.text
    return Candidate(Kind.RECOMMENDATION, name, spans, tuple(rows), NAME, 0.93, first_row=rows[0].index)


def _own_heading(rows: Sequence[Row]) -> int | None:
    """Where in the item a paragraph "Recommendation: …" begins."""
    for place, row in enumerate(rows[1:], start=1):
        if row.gap >= _PARAGRAPH and (head := read_ask_heading(row)) and head.rest:
            return place
    return None
