"""Lists that their author announces in running text: "We recommend that the service: 1. …", "… as follows: • …"."""

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.extract.addressees import read_lead
from pipeline.extract.asks import asks, assigns, commands, instructs, is_procedural
from pipeline.extract.body import PAGE_TOP, Body, Row
from pipeline.extract.candidates import Candidate, cut
from pipeline.extract.headings import read_ask_heading
from pipeline.extract.items import trim_tail, without_answer
from pipeline.extract.labels import Label, ordinals, read_label, row_label, split_items
from pipeline.extract.lists import split_blocks
from pipeline.records import Kind

NAME = "announced"
_AUTHOR = r"(?:I|we|(?:the|this|our|my) (?:[\w’-]+ ){0,3}[\w’-]+)(?:,? the jury,)?"
_ONE = re.compile(
    rf"\b{_AUTHOR}\b[^.:]{{0,50}}?\b(?:recommends?|urges?|proposes?|calls? (?:up)?on)\b[^.:]{{0,160}}:$"
    r"|^\W*(?:\S+\s+)?recommends? that\b[^.:]{0,80}:$"
    r"|\b(?:is|are) (?:therefore )?recommended (?:that|to)\b[^.:]{0,80}:$",
    re.IGNORECASE,
)
_MANY = re.compile(
    rf"\b{_AUTHOR}\b[^.:]{{0,60}}?\b(?:makes?|made|offers?|propose|set out)\b[^.:]{{0,40}}\brecommendations\b"
    r"[^.:]{0,80}:$"
    r"|\bfollowing (?:[\w-]+ ){0,3}recommendations\b[^.:]{0,60}\b(?:are|is) (?:made|proposed|put forward|issued)\b"
    r"[^.:]{0,60}:$"
    r"|\brecommend(?:s|ed)? (?:the following|as follows)\b[^.:]{0,60}:$"
    r"|^(?:the |my |our |these )?(?:following )?recommendations (?:are|include|are as follows)\s*:$",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    rf"\b{_AUTHOR}\b[^.:]{{0,60}}?\b(?:makes?|has|have|made)\b[^.:]{{0,20}}\b(?:following|\d+|two|three|four|five|six|seven|"
    r"eight|nine|ten|several|a number of)\b[^.:]{0,20}\brecommendations\b[^.:]{0,40}\.$",
    re.IGNORECASE,
)
_TOLD = re.compile(
    r"(?<!\bAct )(?<!\bRules )(?<!\bRegulations )\b(?:19|20)\d\d\b"  # "Act 2010" is no date
    r"|\b(?:previous(?:ly)?|earlier|last|its|their|had|were) (?:\w+ )?(?:report|review|inspection|"
    r"made|recommended)\b",
    re.IGNORECASE,
)
_LABEL = re.compile(r"\s*(?:\(\s*\w{1,3}\s*\)|\d{1,3}(?:\.\d{1,3})*[.):]?(?=\s|$)|[a-zA-Z][.)]|[^\w\s(“\"‘'\[]+)\s*")
_PARAGRAPH_LABEL = re.compile(r"\s*(?:\d{1,3}(?:\.\d{1,3})*|\(\w{1,3}\)|[a-zA-Z])[.)]?\s+")
_APART = 1.4  # font sizes from the row above
_FARTHEST, _LEAD_ROWS, _FEWEST, _FEWEST_WORDS = 160, 14, 2, 4
_MOSTLY = 0.6  # of the items

_Items = list[tuple[Label, list[Row]]]


def read_announced(body: Body) -> list[Candidate]:
    """The items of each such list, across the sub-headings that part it; numbers may go on from list to list."""
    found: list[Candidate] = []
    last = 0
    for row in body.rows:
        many = _announces(body, row)
        if many is None:
            continue
        items = _items(body, row, many=many, last=last)
        alone = row_label(_paragraph(body, row)[0]) is None  # not part of a numbered paragraph
        if _are_asks(items, many=many or (alone and _are_sentences(items)), last=last):
            last = max(ordinals(items[-1][0])) if items[-1][0].text.isdigit() else last
            addressee = read_lead(_sentence(body, row))
            found.extend(replace(_candidate(body, label, rows), addressee=addressee) for label, rows in items)
    return found


def read_announced_parts(body: Body) -> list[Candidate]:
    """Asks in lettered parts, "We recommend that the service: (a) …", where nothing else marks the document's asks."""
    stems = [row for row in body.rows if _announces(body, row) is False]
    return [
        _whole(body, row, items)
        for row in stems
        if (items := _items(body, row, many=False, last=0)) and not _moves_meeting_on(row, items)
    ]


def _moves_meeting_on(stem: Row, items: _Items) -> bool:
    """Whether the list is of decisions asked of a meeting: "is recommended to: 1. Approve …"."""
    texts = [_LABEL.sub("", " ".join(row.text for row in rows), count=1) for _, rows in items]
    return any(is_procedural(text) or is_procedural(f"{stem.text.rstrip(':')}: {text}") for text in texts)


def _announces(body: Body, row: Row) -> bool | None:
    """Whether the paragraph that ends here announces many asks, or one or many (False); None: neither."""
    following = body.rows[row.index + 1 : row.index + 2]
    if not row.text.endswith(":") and not (row.text.endswith(".") and following and row_label(following[0])):
        return None
    sentence = _sentence(body, row)
    if sentence.endswith("."):
        return True if _COUNTED.search(sentence) and not _TOLD.search(sentence) else None
    if _TOLD.search(sentence):
        return None
    if _MANY.search(sentence):
        return True
    return False if _ONE.search(sentence) else None


def _paragraph(body: Body, row: Row) -> list[Row]:
    """The last rows of the paragraph that ends with the row."""
    rows = [row]
    while len(rows) < _LEAD_ROWS and rows[0].index and rows[0].gap < _APART:
        rows.insert(0, body.rows[rows[0].index - 1])
    return rows


def _sentence(body: Body, row: Row) -> str:
    """The last sentence of the paragraph that ends with the row."""
    return re.split(r"(?<=[.;])\s+(?=[A-Z])", " ".join(part.text for part in _paragraph(body, row)))[-1]


def _items(body: Body, stem: Row, *, many: bool, last: int) -> _Items:
    rows = _rows_after(body, stem)
    items: _Items = []
    for block in split_blocks(body, rows):
        found = [(label, item) for label, item in split_items(block.rows) if label]
        found = [(label, without_answer(item)) for label, item in found]
        if not found or (items and not _goes_on(items[-1][0], found[0][0], many=many)):
            break
        found[-1] = (found[-1][0], _own_rows([item for _, item in found]))
        items.extend(found)
        if found[-1][1][-1] is not block.rows[-1] and found[-1][0].style == "bullet":
            break
    return items


def _are_asks(items: _Items, *, many: bool, last: int) -> bool:
    """Whether the list is one of asks: numbered, or announced as many. Else it is one ask in parts."""
    first = items[0][0] if items else None
    numbered = first is not None and first.text.replace(".", "").isdigit() and min(ordinals(first)) in (1, last + 1)
    if len(items) < _FEWEST and not (numbered and last):
        return False
    if not numbered and (not many or _are_fragments(items)):
        return False
    asking = sum(_is_ask(_LABEL.sub("", " ".join(row.text for row in item), count=1)) for _, item in items)
    return asking >= _MOSTLY * len(items)


def _whole(body: Body, stem: Row, items: _Items) -> Candidate:
    """One ask in lettered parts, from the sentence that announces them; it bears the paragraph's number."""
    lead = [stem]
    while lead[0].index and lead[0].gap < _APART and not row_label(lead[0]):
        lead.insert(0, body.rows[lead[0].index - 1])
    label = read_label(lead[0].text)
    rows = (*lead, *(row for _, item in items for row in item))
    name = label.text if label and label.style != "bullet" else None
    spans = cut(body, rows, _PARAGRAPH_LABEL if name else None)
    return Candidate(Kind.RECOMMENDATION, name, spans, rows, NAME, 0.8, first_row=lead[0].index)


def _rows_after(body: Body, stem: Row) -> list[Row]:
    """The rows below the stem that may hold its list: up to a heading above a paragraph without a label."""
    rows: list[Row] = []
    for row in body.rows[stem.index + 1 : stem.index + _FARTHEST]:
        if read_ask_heading(row) and row.bold:
            break
        if not rows and row_label(row) is None and not _is_heading_like(body, row):
            break
        rows.append(row)
    return rows


def _is_heading_like(body: Body, row: Row) -> bool:
    return row.bold or row.size >= 1.12 * body.size or row.text.endswith(":")


def _goes_on(last: Label, label: Label, *, many: bool) -> bool:
    if label.style == "bullet" or not label.text.isdigit():
        return many and label.style == last.style
    return last.text.isdigit() and min(ordinals(label)) == max(ordinals(last)) + 1


def _are_fragments(items: _Items) -> bool:
    texts = [_LABEL.sub("", rows[0].text, count=1) for _, rows in items]
    return 2 * sum(text[:1].islower() and not commands(text) for text in texts) > len(texts)


def _are_sentences(items: _Items) -> bool:
    """Whether the items are bullets that are each a sentence of its own."""
    return all(label.style == "bullet" and rows[-1].text.endswith(".") for label, rows in items)


def _is_ask(text: str) -> bool:
    return not is_procedural(text) and (commands(text) or asks(text) or instructs(text) or assigns(text))


def _own_rows(items: Sequence[list[Row]]) -> list[Row]:
    """The last item without the paragraphs after the list."""
    rows = trim_tail(items)
    end = next(
        (
            place
            for place, row in enumerate(rows)
            if place and _APART <= row.gap < PAGE_TOP and row.x0 <= rows[0].x0 + 1
        ),
        None,
    )
    return rows[:end]


def _candidate(body: Body, label: Label, rows: Sequence[Row]) -> Candidate:
    spans = cut(body, rows, _LABEL)
    confidence = 0.4 if is_procedural(body.text_of(spans)) else 0.85
    name = None if label.style == "bullet" else label.text
    return Candidate(Kind.RECOMMENDATION, name, spans, tuple(rows), NAME, confidence, first_row=rows[0].index)
