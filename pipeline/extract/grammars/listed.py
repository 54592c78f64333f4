"""Asks listed under a heading "Recommendations": numbered headings with nested lists, numbered paragraphs, bullets."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from pipeline.extract.addressees import read_addressees, read_lead
from pipeline.extract.asks import asks, assigns, commands, instructs, is_procedural
from pipeline.extract.body import Body, Row
from pipeline.extract.candidates import Candidate, cut
from pipeline.extract.headings import read_ask_heading, stands_out
from pipeline.extract.items import split_paragraphs, trim_tail, without_answer, without_next_heading
from pipeline.extract.labels import Label, row_label, split_items
from pipeline.extract.lists import Block, leads, split_blocks
from pipeline.extract.sections import Section, find_sections
from pipeline.records import Kind, Span

NAME = "listed"
_NOT_ITS_OWN = (
    r"(?!.*\b(?:previous|earlier|past|prior|outstanding|progress|implement\w*|response|respons\w+|status|follow|against|"
    r"conclusions?|observations?|findings?|tracking|monitoring|closed|reject\w*|accept\w*)\b)"
)
_TITLE = re.compile(
    rf"{_NOT_ITS_OWN}(?:[\w ]{{0,12}}(?:summary|list|table|schedule) of )?"
    r"(?:(?!(?:to|of|in|on|by|with|from|effect)\b)[^\W\d][\w’'-]* ){0,4}"
    r"recommendations(?: and (?:good practice|learning points|next steps|actions|lessons.{0,20}))?"
    r"(?: made| for .{3,60}| to .{3,60}| from .{3,60}| of .{3,60}| arising.{0,40}| pursuant to .{3,60}| under .{3,60})?"
    r"(?: \((?:section|under|pursuant|regulation|rule|paragraph|article)\b.{1,60}\))?"
    r"|what (?:we|i) recommend|(?:we|i) recommend:?"
    r"|(?:summary of |list of |the )*(?P<unit>areas for (?:improvement|development)|causes of concern|agreed actions?)",
    re.IGNORECASE,
)
_KINDS = {
    "areas for improvement": Kind.AREA_FOR_IMPROVEMENT,
    "areas for development": Kind.AREA_FOR_IMPROVEMENT,
    "causes of concern": Kind.CAUSE_OF_CONCERN,
    "agreed actions": Kind.AGREED_ACTION,
    "agreed action": Kind.AGREED_ACTION,
}
_LABEL = re.compile(r"\s*(?:\d{1,3}(?:\.\d{1,3})+[.):]?|\d{1,3}[.):]?|\(\w{1,4}\)|[a-zA-Z][.)])\s*")
_BULLET = re.compile(r"\s*(?:[^\w\s(“\"‘'\[]+|o(?=\s))\s*")
_OWN_NUMBER = re.compile(r"[(\[]\s*\d{2,4}[-/]\d{2,4}\s*[)\]]\s*\.?$")
_NAMED = re.compile(r"(?:safety )?recommendation\s+(?P<label>[A-Z]{0,3}-?\d[\d/-]*[a-z]?)\s*[:.–]\s+", re.IGNORECASE)
_FEWEST = 2
_MOSTLY = 0.6  # of the items
_STEM = re.compile(
    r"\b(?:recommend\w*|should|urges?|calls? (?:up)?on|must|asked? to)\b[^.]*:$|^(?:to|for)\b[^.]*:$", re.IGNORECASE
)
_DATED = re.compile(
    r"(?:by|within|before|from|with immediate|immediately)\b", re.IGNORECASE
)  # one ask, its steps below
_RECOMMENDS = re.compile(r"\brecommends?\b(?! that,? (?:by|within)\b)", re.IGNORECASE)
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
    if section.heading[0].panel is not None:
        return
    rows = _before_headings(body, section.rows)
    first = next((place for place, row in enumerate(rows) if row_label(row)), len(rows))
    whole = [(label, item) for label, item in split_items(rows[first:]) if label]
    if whole and (_is_narrative(whole) or _has_own_numbers(whole)):
        return
    blocks = split_blocks(body, rows)
    lead = next(leads(blocks), "")
    lists = [_List(block, lead) for block in blocks if any(row_label(row) for row in block.rows)]
    if not lists:
        yield from _unlabelled(body, [part for block in blocks for part in split_paragraphs(block.rows)])
        return
    found = [list(_read_list(body, one, alone=len(lists) == 1)) for one in lists]
    if sum(len(candidates) for candidates in found) >= _FEWEST or any(_is_whole(item) for item in chain(*found)):
        yield from chain(*found)


def _before_headings(body: Body, rows: Sequence[Row]) -> list[Row]:
    """The rows above the first ask with a heading of its own: from there on another grammar reads."""
    end = next(
        (place for place, row in enumerate(rows) if (row.bold or row.size > body.size) and read_ask_heading(row)), None
    )
    return list(rows[:end])


def _is_whole(candidate: Candidate) -> bool:
    return candidate.label is None and len(candidate.rows) > _FEWEST and candidate.rows[0].text.endswith(":")


@dataclass(frozen=True, slots=True)
class _List:
    block: Block
    lead: str  # what announces the whole section

    @property
    def first(self) -> int:
        """The place of the first labelled row."""
        return next(place for place, row in enumerate(self.block.rows) if row_label(row))

    @property
    def stem(self) -> list[Row]:
        """The rows that lead up to the list, the sub-heading included."""
        return [*self.block.heading, *self.block.rows[: self.first]]

    @property
    def is_announced(self) -> bool:
        """Whether the words above, or those above the whole section, ask for what the list holds."""
        own = " ".join(row.text for row in self.stem[-4:])
        return bool(_STEM.search(own) or _STEM.search(self.lead))


def _read_list(body: Body, one: _List, *, alone: bool) -> Iterator[Candidate]:
    rows = list(one.block.rows)
    numbered = _style(rows[one.first]) in ("number", "bare", "dotted", "paren")
    announced = (numbered or not alone or bool(one.stem)) and one.is_announced
    items = [(label, item) for label, item in split_items(rows[one.first :]) if label]
    if (alone and len(items) < _FEWEST) or _is_narrative(items):
        return
    items = [(label, without_next_heading(without_answer(item))) for label, item in items]
    counted = numbered and one.is_announced and not _DATED.match(split_paragraphs(one.stem)[-1][0].text)
    bulleted = rows[one.first].bulleted and bool(_RECOMMENDS.search(one.stem[-1].text)) if one.stem else False
    if alone and one.stem and not (counted or bulleted) and _are_fragments(items) and one.stem[-1].text.endswith(":"):
        stem = split_paragraphs(one.stem)[-1]
        if not is_procedural(f"{stem[-1].text.rstrip(':')} {_LABEL.sub('', items[0][1][0].text, count=1)}"):
            yield _whole(body, stem, items)
        return
    leading = [candidate for label, item in items if (candidate := _bold_lead(body, label, item))]
    if len(leading) == len(items) > 1:
        yield from leading
        return
    bold = [_has_bold_heading(item) for _, item in items]
    if sum(bold) >= 0.8 * len(items):
        if _is_reasoned(items) or _are_asks(items):
            return
        yield from (_titled(body, label, item) for label, item in items if _has_bold_heading(item))
        return
    items[-1] = (items[-1][0], trim_tail([rows for _, rows in items]))
    plain = [candidate for label, item in items if (candidate := _plain(body, label, item, announced=announced))]
    addressee = read_lead(" ".join(row.text for row in one.stem))
    plain = [replace(candidate, addressee=addressee) if _lacks(candidate, body) else candidate for candidate in plain]
    if sum(candidate.confidence > _UNSURE for candidate in plain) >= _MOSTLY * len(items):
        yield from plain


def _lacks(candidate: Candidate, body: Body) -> bool:
    """Whether the ask's own words name nobody."""
    return not read_addressees(body.text_of(candidate.spans))


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


def _bold_lead(body: Body, label: Label | None, rows: Sequence[Row]) -> Candidate | None:
    """An item that opens with its ask in bold type and goes on, on the same line, with its reasons in plain type."""
    runs = [(row, run) for row in rows for run in row.line.runs]
    first = next((place for place, (_, run) in enumerate(runs) if run.bold), len(runs))
    end = next((place for place in range(first, len(runs)) if not runs[place][1].bold), len(runs))
    if label is None or first > 1 or not first < end < len(runs) or runs[end - 1][0] is not runs[end][0]:
        return None
    spans = tuple(Span(row.page, run.start, run.end) for row, run in runs[first:end])
    text = body.text_of(spans)
    if not text.endswith(".") or not _gives_task(text):
        return None
    taken = tuple(row for row in rows if row.index <= runs[end - 1][0].index)
    return Candidate(Kind.RECOMMENDATION, label.text, spans, taken, NAME, 0.9, first_row=rows[0].index)


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


def _unlabelled(body: Body, whole: Sequence[list[Row]]) -> Iterator[Candidate]:
    """Paragraphs that all say what somebody should do."""
    paragraphs = [part for rows in whole if (part := _without_subheading(body, rows))]
    asking = [rows for rows in paragraphs if _gives_task(" ".join(row.text for row in rows))]
    if len(asking) < _FEWEST or len(asking) < _MOSTLY * len(paragraphs):
        return
    for paragraph in asking:
        spans = cut(body, paragraph)
        yield Candidate(Kind.RECOMMENDATION, None, spans, tuple(paragraph), NAME, 0.7, first_row=paragraph[0].index)


def _gives_task(text: str) -> bool:
    return instructs(text) or assigns(text)


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
    is_ask = announced or asks(text) or instructs(text) or commands(text) or assigns(text)
    confidence = 0.88 if is_ask else _UNSURE
    name = None if label.style == "bullet" else label.text
    if own := _NAMED.match(text):
        name, spans = own["label"], cut(body, rows, re.compile(_LABEL.pattern + _NAMED.pattern, re.IGNORECASE))
    return Candidate(Kind.RECOMMENDATION, name, spans, tuple(rows), NAME, confidence, first_row=rows[0].index)
