"""Internal-audit tables of findings and agreed actions, as rows of a table or as a card for each finding."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.extract.answers import INLINE_ANSWER
from pipeline.extract.body import Body, Row
from pipeline.extract.candidates import Candidate
from pipeline.extract.items import without_answer
from pipeline.extract.tables import Cell, Table, find_tables, read_unruled
from pipeline.records import Kind, Span

NAME = "action_table"
_ACTION = re.compile(
    r"(?:(?:agreed|proposed|management|recommended|required|further|improvement) )*(?:management )?(?:actions?|"
    r"response)(?: (?:agreed|required|plan|to be taken|and response))?"
    r"|(?:agreed )?(?:management )?actions? (?:agreed|to be taken|required)",
    re.IGNORECASE,
)
_RECOMMENDATION = re.compile(
    r"(?:(?:learning|lessons?(?: learned)?|actions?) ?(?:/|and|&|or) ?)?(?:(?:audit|agreed|our) )?recommendations?"
    r"(?: ?(?:/|and|&|or) ?(?:learning|lessons|actions?))?(?: (?:no\.? ?)?\(?\w+\)?)?"
    r"|areas? for (?:improvement|development)",
    re.IGNORECASE,
)
_OWNER = re.compile(r".*\b(?:owner|responsib\w+|lead|officer|who|accountab\w+)\b.*", re.IGNORECASE)
_DUE = re.compile(
    r".*\b(?:due|target|deadline|timescale|completion|implementation|by when|when|date)\b.*", re.IGNORECASE
)
_PRIORITY = re.compile(r".*\b(?:priority|rating|grade|rag|risk level|significance)\b.*", re.IGNORECASE)
_OLD = re.compile(
    r".*\b(?:progress|implemented|addressed|raised|original|previous|follow.up|current (?:status|position)|"
    r"status)\b.*",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    r"(?:management|officer|council|trust|client)(?:[’']s)? (?:comments?|response)|why.{0,3}impact|auditor judge?ment|"
    r"rationale|background|reasons?|(?:force|police|agency|body|authority) response|response|evidence|"
    r"summary findings?|criteria impacted|management|responsible officer.{0,20}",
    re.IGNORECASE,
)
_ANSWER_BELOW = re.compile(r"(?:management|officer|auditee)(?:[’']s)? (?:response|comments?)\W*", re.IGNORECASE)
_LABEL_HEAD = re.compile(
    r"(?:ref\w*|no\.?|number|#|item|action|finding|risk|issue|rec\w*)\W*(?:no\.?|number|ref\w*)?", re.IGNORECASE
)
_LABEL = re.compile(r"[A-Z]{0,4}[-.]?\d{1,3}(?:[./]\d{1,3})*[a-z]?")
_FEWEST_COLUMNS = 3
_OLD_COLUMNS, _FEWEST_KNOWN = 2, 2
_FEWEST_WORDS, _PAIR, _LONGEST_NAME = 4, 2, 6
_ROW_NAME = re.compile(r"recommendation\s+(?:no\.?\s*)?(?P<label>[A-Z]?\d{1,3}[a-z]?)\b", re.IGNORECASE)
_COUNTED = re.compile(r"recommendation (?:no\.? ?)?(?P<n>\d{1,3})", re.IGNORECASE)
_NEAR, _TALLEST = 8, 40  # rows: between fields of one card; of a card's last field
_NUMBERED = re.compile(
    r"(?:(?:safety )?recommendation|ref\w*)\s+(?:number|no\.?|ref\w*|id)\W*(?P<label>[A-Z\d][\w/.-]*\d[\w/.-]*)$",
    re.IGNORECASE,
)
_FINDING = re.compile(
    r"(?:key )?(?:finding|observation|issue|weakness|risk|implication|root cause)s?\b.{0,20}", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Header:
    columns: tuple[float, ...]
    item: int
    label: int | None
    owner: int | None
    due: int | None
    kind: Kind
    own_label: str | None  # the heading's own number


def read_action_tables(body: Body) -> list[Candidate]:
    """One candidate for each row, or card, with an agreed action."""
    return [*_read_tables(body), *_read_cards(body)] or _read_unruled(body)


def _read_tables(body: Body) -> list[Candidate]:
    header: _Header | None = None
    found: list[Candidate] = []
    for table in find_tables(body):
        records = list(table.records)
        named = [candidate for cells in records if (candidate := _named_row(body, cells))]
        if named:
            found.extend(named)
            continue
        own = next(
            ((place, head) for place, cells in enumerate(records[:3]) if (head := _read_header(table, cells))), None
        )
        if own:
            header, records = own[1], records[own[0] + 1 :]
        elif header is None or not _same_columns(header.columns, table.columns):
            header = None
            continue
        for cells in records:
            _add_record(body, found, header, cells)
    return found


def _named_row(body: Body, cells: Sequence[Cell]) -> Candidate | None:
    """A row of two cells: "Recommendation no. 1, Paragraph 2.30" and the recommendation."""
    if len(cells) != _PAIR or (match := _ROW_NAME.match(cells[0].text)) is None or not cells[1].rows:
        return None
    if len(cells[0].text.split()) > _LONGEST_NAME:
        return None  # the recommendation itself, with the answer beside it
    cell = _without_answer(body, cells[1])
    if len(cell.text.split()) < _FEWEST_WORDS:
        return None
    return _candidate(Kind.RECOMMENDATION, match["label"], cell.spans, cell.rows, None, None)


def _read_unruled(body: Body) -> list[Candidate]:
    """Tables whose columns only their headings show."""
    found: list[Candidate] = []
    for row in body.rows:
        if len(row.line.runs) < _FEWEST_COLUMNS or not (row.bold or row.panel):
            continue
        texts = [body.text_of([Span(row.page, run.start, run.end)]) for run in row.line.runs]
        heading = tuple(Cell((), (row,), text) for text in texts)
        header = _read_header(Table(row.page, tuple(run.box.x0 for run in row.line.runs), ()), heading)
        known = [place for place in (header.owner, header.due, header.label) if place is not None] if header else []
        if header and len(known) >= _FEWEST_KNOWN:
            for cells in read_unruled(body, row).records:
                _add_record(body, found, header, cells)
    return found


def _read_header(table: Table, cells: Sequence[Cell]) -> _Header | None:
    texts = [re.sub(r"\s+", " ", cell.text).strip() for cell in cells]
    recommendation = _find(_RECOMMENDATION, texts)
    action = _find(_ACTION, texts)
    item = recommendation if recommendation is not None else action
    owner, due = (_find(pattern, texts, item) for pattern in (_OWNER, _DUE))
    finding = _find(_FINDING, texts, item) if recommendation is not None else None
    label = _find(_LABEL_HEAD, texts, item)
    known = (owner, due, finding) if recommendation is None else (owner, due, finding, label)
    if item is None or all(place is None for place in known):
        return None
    if owner is None and due is None and any(_OLD.fullmatch(text) for text in texts):
        return None
    if sum(bool(_OLD.fullmatch(text)) for text in texts) >= _OLD_COLUMNS:
        return None  # how earlier ones fared
    kind = Kind.RECOMMENDATION if recommendation is not None else Kind.AGREED_ACTION
    if texts[item].lower().startswith("area"):
        kind = Kind.AREA_FOR_IMPROVEMENT
    own = re.search(r"\b\d{1,3}$", texts[item])  # "Recommendation 4 | Response | Officer", a table for each
    return _Header(table.columns, item, label, owner, due, kind, own.group() if own else None)


def _find(pattern: re.Pattern[str], texts: Sequence[str], besides: int | None = None) -> int | None:
    return next((place for place, text in enumerate(texts) if place != besides and pattern.fullmatch(text)), None)


def _same_columns(a: Sequence[float], b: Sequence[float]) -> bool:
    return len(a) == len(b) and all(abs(x - y) <= 6 for x, y in zip(a, b, strict=True))


def _add_record(body: Body, found: list[Candidate], header: _Header, cells: Sequence[Cell]) -> None:
    """A row of the table; at the top of a page one without label, owner and date is the end of the row above."""
    cell = _without_answer(body, cells[header.item])
    label = cells[header.label].text.strip() if header.label is not None else ""
    others = [cells[place].text for place in (header.label, header.owner, header.due) if place is not None]
    if not cell.text or _ACTION.fullmatch(cell.text.strip()) or _RECOMMENDATION.fullmatch(cell.text.strip()):
        return
    if found and not any(others) and found[-1].rows[-1].page == cell.rows[0].page - 1:
        last = found.pop()
        spans, rows = (*last.spans, *cell.spans), (*last.rows, *cell.rows)
        found.append(_candidate(header.kind, last.label, spans, rows, last.addressee, last.deadline_text))
        return
    if len(cell.text.split()) < 3:
        return
    owner = cells[header.owner].text if header.owner is not None else None
    due = cells[header.due].text if header.due is not None else None
    name = label if _LABEL.fullmatch(label) else header.own_label
    found.append(_candidate(header.kind, name, cell.spans, cell.rows, owner, due))


def _without_answer(body: Body, cell: Cell) -> Cell:
    """The cell up to "Management response", which some tables print below the recommendation."""
    for place, span in enumerate(cell.spans):
        text = body.text_of([span])
        if place and (_ANSWER_BELOW.fullmatch(text) or INLINE_ANSWER.match(text)):
            kept = cell.spans[:place]
            rows = tuple(
                row for row in cell.rows if any(row.spans[0].start <= part.start < row.spans[-1].end for part in kept)
            )
            return Cell(kept, rows, body.text_of(kept))
    return cell


def _candidate(
    kind: Kind, label: str | None, spans: tuple[Span, ...], rows: tuple[Row, ...], owner: str | None, due: str | None
) -> Candidate:
    return Candidate(
        kind,
        label,
        spans,
        rows,
        NAME,
        0.95,
        first_row=rows[0].index,
        addressee=owner or None,
        deadline_text=due or None,
    )


def _read_cards(body: Body) -> Iterator[Candidate]:
    """Cards of two columns, name and content: "Finding | …", "Agreed action | …", "Owner / due | …"."""
    keyed = [(row, key) for row in body.rows if (key := _key(body, row))]
    for place, (row, key) in enumerate(keyed):
        if not (_ACTION.fullmatch(key) or _RECOMMENDATION.fullmatch(key)):
            continue
        later = [item for item in keyed[place + 1 : place + 5] if not _FINDING.fullmatch(item[1])]
        known = (_OWNER, _DUE, _PRIORITY, _BESIDE)
        near = [*later[:3], *(item for item in keyed[max(0, place - 3) : place] if row.index - item[0].index <= _NEAR)]
        if not _is_one_of_many(keyed, place) and not any(
            pattern.fullmatch(other) for _, other in near for pattern in known
        ):
            continue
        end = keyed[place + 1][0].index if place + 1 < len(keyed) else row.index + _TALLEST
        rows = without_answer(_content_rows(body, row, end))
        spans = tuple(span for part in rows for span in _content_spans(part, row))
        if len(body.text_of(spans).split()) < _FEWEST_WORDS:
            continue  # the headings of a table
        kind = Kind.AGREED_ACTION if _ACTION.fullmatch(key) else Kind.RECOMMENDATION
        owner = next((_content(body, other) for other, name in near if _OWNER.fullmatch(name)), None)
        due = next((_content(body, other) for other, name in near if _DUE.fullmatch(name)), None)
        yield _candidate(kind, _card_label(body, row), spans, tuple(rows), owner, due)


def _is_one_of_many(keyed: Sequence[tuple[Row, str]], place: int) -> bool:
    """Whether the row and the one above or below are "Recommendation 1 | …", "Recommendation 2 | …"."""
    own = _COUNTED.fullmatch(keyed[place][1])
    near = [match for _, key in keyed[max(0, place - 1) : place + 2] if (match := _COUNTED.fullmatch(key))]
    return own is not None and any(abs(int(match["n"]) - int(own["n"])) == 1 for match in near)


def _key(body: Body, row: Row) -> str | None:
    """The name in the left column of a card's row."""
    if len(row.line.runs) < 2:
        return None
    first, second = row.line.runs[0], row.line.runs[1]
    text = body.text_of([Span(row.page, first.start, first.end)])
    if second.box.x0 - first.box.x1 < row.size * 0.9 or len(text) > 40:
        return None
    known = (_ACTION, _RECOMMENDATION, _OWNER, _DUE, _PRIORITY, _FINDING, _BESIDE)
    return text if any(pattern.fullmatch(text) for pattern in known) else None


def _content_rows(body: Body, row: Row, end: int) -> list[Row]:
    left = row.line.runs[1].box.x0
    rows = [row]
    for following in body.rows[row.index + 1 : max(end, row.index + 1)]:
        beside = any(run.box.x0 >= left - 4 for run in following.line.runs) and following.panel == row.panel
        if (following.x0 < left - 4 and not beside) or (row.panel is not None and following.panel is None):
            break
        rows.append(following)
    return rows


def _content_spans(part: Row, first: Row) -> list[Span]:
    left = first.line.runs[1].box.x0 - 4
    runs = part.line.runs[1:] if part is first else [run for run in part.line.runs if run.box.x0 >= left]
    return [Span(part.page, run.start, run.end) for run in runs]


def _content(body: Body, row: Row) -> str:
    return body.text_of(_content_spans(row, row))


def _card_label(body: Body, row: Row) -> str | None:
    """The number in the card's own row, or at its head."""
    own = re.search(r"\b(\d{1,3})\b", _key(body, row) or "")
    if own:
        return own.group(1)
    for above in reversed(body.rows[max(0, row.index - 16) : row.index]):
        if named := _NUMBERED.match(above.text):
            return named["label"]
        match = re.match(
            rf"(?:(?:finding|action|recommendation|ref|risk|issue|observation)\W+)?(?P<label>{_LABEL.pattern})\b",
            above.text,
            re.IGNORECASE,
        )
        if match and above.x0 <= row.x0 + 2 and not _key(body, above):
            return match.group("label")
    return None
