"""Responses laid out as a table: a column of recommendations, one of answers, often one of statuses."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.extract.answers import StatusRead, is_response, read_status
from pipeline.extract.body import Body
from pipeline.extract.candidates import Candidate
from pipeline.extract.tables import Cell, Table, find_tables
from pipeline.records import Kind, Span

NAME = "answer_table"
_QUOTE = re.compile(
    r"(?:[\w’']+ ){0,3}(?:recommendations?|areas? for improvement|afi|concerns?)(?: \(?text\)?)?", re.IGNORECASE
)
_ANSWER = re.compile(
    r".*\b(?:response|reply|position|comments?)\b.*|"
    r"(?:actions?|progress) (?:taken|to be taken|planned|proposed|update|to date)",
    re.IGNORECASE,
)
_STATUS = re.compile(r"(?:status|accepted\b.{0,20}|decision|outcome|agreed\b.{0,20}|accept.{0,20})", re.IGNORECASE)
_LABEL_HEAD = re.compile(r"(?:ref\w*|no\.?|number|#|rec\w*\.? ?(?:no\.?|number|ref\w*)?)", re.IGNORECASE)
_LABEL = re.compile(r"[A-Z]{0,4}[-. ]?\d{1,4}(?:[./-]\d{1,3})*\)?\.?")
_OWN_LABEL = re.compile(r"\(?(?P<label>\d{1,3}(?:\.\d{1,3})*)(?:[.)]+\s+(?=\S)|\s+(?=[A-Z“]))")  # in the quote's cell
_NAMED = re.compile(r"recommendation\s+(?:no\.?\s*)?(?P<label>[A-Z]?\d{1,3}[a-z]?)\s*[:.–-]?\s+", re.IGNORECASE)
_FEWEST, _FEWEST_WORDS = 2, 5


@dataclass(frozen=True, slots=True)
class _Header:
    columns: tuple[float, ...]
    quote: int
    answer: int
    label: int | None
    status: int | None


def read_answer_tables(body: Body) -> list[Candidate]:
    """One candidate for each row, with its answer; a row that goes on over a page break is one."""
    if not is_response(body):
        return []
    header: _Header | None = None
    found: list[Candidate] = []
    for table in find_tables(body):
        records = list(table.records)
        own = next((head for cells in records[:2] if (head := _read_header(table, cells))), None)
        if own is None and (header is None or not _same(header.columns, table.columns)):
            header = None
            continue
        header = own or header
        for cells in records:
            if header and not _read_header(table, cells):
                _add(body, found, header, cells)
    return found if len(found) >= _FEWEST else []


def _read_header(table: Table, cells: Sequence[Cell]) -> _Header | None:
    texts = [re.sub(r"\s+", " ", cell.text).strip() for cell in cells]
    label = next((place for place, text in enumerate(texts) if _LABEL_HEAD.fullmatch(text) and len(text) <= 6), None)
    quote = next((place for place, text in enumerate(texts) if place != label and _QUOTE.fullmatch(text)), None)
    answer = next((place for place, text in enumerate(texts) if place != quote and _ANSWER.fullmatch(text)), None)
    status = next((place for place, text in enumerate(texts) if place != answer and _STATUS.fullmatch(text)), None)
    if quote is None or answer is None:
        return None
    if label is None and quote > 0 and not texts[quote - 1]:
        label = quote - 1  # numbers in a column without a heading
    return _Header(table.columns, quote, answer, label, status)


def _same(a: Sequence[float], b: Sequence[float]) -> bool:
    return len(a) == len(b) and all(abs(x - y) <= 6 for x, y in zip(a, b, strict=True))


def _add(body: Body, found: list[Candidate], header: _Header, cells: Sequence[Cell]) -> None:
    quote, answer = cells[header.quote], cells[header.answer]
    label = cells[header.label].text.strip() if header.label is not None else ""
    last = found[-1] if found else None
    if last and not label and (not quote.text or quote.text[:1].islower()) and quote.rows + answer.rows:
        goes_on = (quote.rows + answer.rows)[0].page == last.rows[-1].page + 1
        if goes_on or not quote.text:
            spans = (*last.spans, *quote.spans)
            rows = (*last.rows, *quote.rows)
            found[-1] = replace(
                last,
                spans=spans,
                rows=rows,
                response=(*last.response, *answer.rows),
                response_text=f"{last.response_text} {answer.text}".strip(),
            )
        return
    if len(quote.text.split()) < _FEWEST_WORDS:
        return
    read = _status(cells[header.status].text if header.status is not None else "", answer.text)
    name = label.rstrip(".)") if _LABEL.fullmatch(label) else None
    spans = quote.spans
    raw = body.document.pages[spans[0].page - 1].text
    if name is None and (own := _NAMED.match(raw, spans[0].start) or _OWN_LABEL.match(raw, spans[0].start)):
        name = own["label"]
        rest = Span(spans[0].page, own.end(), max(own.end(), spans[0].end))
        spans = (rest, *spans[1:]) if rest.end > rest.start else spans[1:]
    found.append(
        Candidate(
            Kind.QUOTED_RECOMMENDATION,
            name,
            spans,
            quote.rows,
            NAME,
            0.965,
            first_row=quote.rows[0].index,
            status=read.status,
            status_text=read.words,
            response=answer.rows,
            response_text=answer.text,
        )
    )


def _status(stated: str, answer: str) -> StatusRead:
    read = read_status(stated)
    return read if read.status else read_status(answer)
