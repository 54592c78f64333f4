"""Asks listed under a heading "Recommendations": numbered headings with nested lists, numbered paragraphs, bullets."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.extract.asks import asks, commands, instructs, is_procedural
from pipeline.extract.body import Body, Row
from pipeline.extract.candidates import Candidate, cut
from pipeline.extract.headings import read_ask_heading, stands_out
from pipeline.extract.items import split_paragraphs, trim_tail, without_next_heading
from pipeline.extract.labels import Label, row_label, split_items
from pipeline.extract.sections import Section, find_sections
from pipeline.records import Kind

NAME = "listed"
_TITLE = re.compile(
    r"(?:summary of |list of |our |the |key |main |new |full list of |specific |safety |inquiry |inquiry.s |"
    r"national |local |learning )*"
    r"recommendations(?: made| for .{3,60}| to .{3,60}| from .{3,60}| of .{3,60}| arising.{0,40})?"
    r"|(?:summary of |list of |the )*(?P<unit>areas for improvement|causes of concern|agreed actions)",
    re.IGNORECASE,
)
_KINDS = {
    "areas for improvement": Kind.AREA_FOR_IMPROVEMENT,
    "causes of concern": Kind.CAUSE_OF_CONCERN,
    "agreed actions": Kind.AGREED_ACTION,
}
_LABEL = re.compile(r"\s*(?:\d{1,3}(?:\.\d{1,3})+[.):]?|\d{1,3}[.):]?|\(\w{1,4}\)|[a-zA-Z][.)])\s*")
_BULLET = re.compile(r"\s*(?:[^\w\s(“\"‘'\[]+|o(?=\s))\s*")
_OWN_NUMBER = re.compile(r"[(\[]\s*\d{2,4}[-/]\d{2,4}\s*[)\]]\s*\.?$")
_FEWEST = 2
_MOSTLY = 0.6  # of the items
_STEM = re.compile(r"\b(?:recommend\w*|should|urges?|calls? (?:up)?on|must|asked? to)\b[^.]*:$", re.IGNORECASE)
_LONG = 500  # words
_LONG_TITLE = 14  # words
_UNSURE = 0.5


def read_listed(body: Body) -> list[Candidate]:
    """The items of each section that holds nothing but recommendations."""
    return [
        replace(candidate, kind=_kind(section))
        for section in find_sections(body, _TITLE)
        for candidate in _read_section(body, section)
    ]


def _kind(section: Section) -> Kind:
    match = _TITLE.fullmatch(section.title)
    unit = match.group("unit") if match else None
    return _KINDS[unit.lower()] if unit else Kind.RECOMMENDATION


def _read_section(body: Body, section: Section) -> Iterator[Candidate]:
    rows = list(section.rows)
    if section.heading[0].panel is not None or any(
        read_ask_heading(row) for row in rows if row.bold or row.size > body.size
    ):
        return
    first = next((place for place, row in enumerate(rows) if row_label(row)), None)
    if first is None:
        yield from _unlabelled(body, rows)
        return
    numbered = _style(rows[first]) in ("number", "bare", "dotted", "paren")
    announced = numbered and bool(_STEM.search(" ".join(row.text for row in rows[:first][-4:])))
    items = [(label, item) for label, item in split_items(rows[first:]) if label]
    if len(items) < _FEWEST or _is_narrative(items) or _has_own_numbers(items):
        return
    items = [(label, without_next_heading(item)) for label, item in items]
    if first and _are_fragments(items) and rows[first - 1].text.endswith(":"):
        stem = split_paragraphs(rows[:first])[-1]
        if not is_procedural(f"{stem[-1].text.rstrip(':')} {_LABEL.sub('', items[0][1][0].text, count=1)}"):
            yield _whole(body, stem, items)
        return
    bold = [_has_bold_heading(item) for _, item in items]
    if sum(bold) >= 0.8 * len(items):
        if _is_reasoned(items) or _are_asks(items):
            return
        yield from (_titled(body, label, item) for label, item in items if _has_bold_heading(item))
        return
    items[-1] = (items[-1][0], trim_tail([rows for _, rows in items]))
    plain = [candidate for label, item in items if (candidate := _plain(body, label, item, announced=announced))]
    if sum(candidate.confidence > _UNSURE for candidate in plain) >= _MOSTLY * len(items):
        yield from plain


def _are_fragments(items: Sequence[tuple[Label | None, list[Row]]]) -> bool:
    """Whether the items go on with the sentence above them: one ask in parts, not a list of asks."""
    return 2 * sum(_LABEL.sub("", rows[0].text, count=1)[:1].islower() for _, rows in items) > len(items)


def _whole(body: Body, stem: Sequence[Row], items: Sequence[tuple[Label | None, list[Row]]]) -> Candidate:
    rows = [*stem, *(row for _, item in items for row in item)]
    return Candidate(Kind.RECOMMENDATION, None, cut(body, rows), tuple(rows), NAME, 0.88, first_row=rows[0].index)


def _style(row: Row) -> str | None:
    label = row_label(row)
    return label.style if label else None


def _is_narrative(items: Sequence[tuple[Label | None, list[Row]]]) -> bool:
    """Whether the numbered texts are chapters of reasoning, not asks."""
    lengths = sorted(sum(len(row.text.split()) for row in rows) for _, rows in items)
    return lengths[len(lengths) // 2] > _LONG


def _has_own_numbers(items: Sequence[tuple[Label | None, list[Row]]]) -> bool:
    """Whether the recommendations are numbered apart from the paragraphs, as another grammar reads them."""
    return sum(bool(_OWN_NUMBER.search(row.text)) for _, rows in items for row in rows) >= _FEWEST


def _has_bold_heading(rows: Sequence[Row]) -> bool:
    return rows[0].bold and len(rows) > 1 and not rows[-1].bold


def _is_reasoned(items: Sequence[tuple[Label | None, list[Row]]]) -> bool:
    """Whether numbered paragraphs stand under the bold titles: sub-sections, not recommendations."""
    below = [row for _, rows in items for row in rows if not row.bold]
    return sum((label := row_label(row)) is not None and label.style == "dotted" for row in below) >= len(items)


def _are_asks(items: Sequence[tuple[Label | None, list[Row]]]) -> bool:
    """Whether the bold type is the quoted ask itself, and the plain type the answer: another grammar reads that."""
    bold = [" ".join(row.text for row in rows if row.bold) for _, rows in items]
    return 2 * sum(text.rstrip().endswith((".", ")")) and len(text.split()) >= _LONG_TITLE for text in bold) > len(bold)


def _titled(body: Body, label: Label, rows: Sequence[Row]) -> Candidate:
    """An item whose first rows are a bold title."""
    end = next(place for place, row in enumerate(rows) if not row.bold)
    title, text = cut(body, rows[:end], _LABEL), cut(body, rows[end:])
    return Candidate(Kind.RECOMMENDATION, label.text, text, tuple(rows), NAME, 0.94, title, rows[0].index)


def _unlabelled(body: Body, rows: Sequence[Row]) -> Iterator[Candidate]:
    """Paragraphs that all say what somebody should do."""
    paragraphs = [part for rows in split_paragraphs(rows) if (part := _without_subheading(body, rows))]
    asking = [rows for rows in paragraphs if instructs(" ".join(row.text for row in rows))]
    if len(asking) < _FEWEST or len(asking) < _MOSTLY * len(paragraphs):
        return
    for paragraph in asking:
        spans = cut(body, paragraph)
        yield Candidate(Kind.RECOMMENDATION, None, spans, tuple(paragraph), NAME, 0.7, first_row=paragraph[0].index)


def _without_subheading(body: Body, rows: list[Row]) -> list[Row]:
    """The paragraph without a heading above it: "Action the trust MUST take to improve:"."""
    head = next((place for place, row in enumerate(rows) if not stands_out(body, row)), 0)
    return rows[head:] if all(len(row.text.split()) <= _LONG_TITLE for row in rows[:head]) else rows


def _plain(body: Body, label: Label, rows: Sequence[Row], *, announced: bool) -> Candidate | None:
    """An item of a plain list, if it asks for something or the words above the list do."""
    spans = cut(body, rows, _BULLET if label.style == "bullet" else _LABEL)
    text = body.text_of(spans)
    if is_procedural(text) or len(text.split()) < 4 or text.endswith(":"):
        return None
    is_ask = announced or asks(text) or instructs(text) or commands(text)
    confidence = 0.88 if is_ask else _UNSURE
    name = None if label.style == "bullet" else label.text
    return Candidate(Kind.RECOMMENDATION, name, spans, tuple(rows), NAME, confidence, first_row=rows[0].index)
