"""Matters of concern in section 5 of a coroner's Regulation 28 report (Chief Coroner's form, 2013 to date)."""

import re
from collections.abc import Iterator, Sequence

from pipeline.extract.body import Body, Row
from pipeline.extract.candidates import Candidate, cut
from pipeline.extract.items import split_rows
from pipeline.extract.labels import Label, split_items
from pipeline.records import Kind

NAME = "coroner"
_FORM = re.compile(r"regulations?\s+28\b|prevent\s+(?:future\s+)?deaths|rule\s+43\b", re.IGNORECASE)
_NUMBER = r"^(?:\(?\d{1,2}[.)]?\s*)?"
_SECTION = re.compile(_NUMBER + r"coroner\W?s?\W?\s+(?:matters?\s+of\s+)?concerns?\b.{0,12}$", re.IGNORECASE)
_MATTERS = re.compile(
    r"matters?\s*of\s*concerns?\b.{0,40}(?:follow|below|:)|^"
    + r"(?:\d{1,2}[.)]?\s*)?(?:CONCERNS(?:\s+AND\s+RECOMMENDATIONS)?|(?:THE\s+)?MATTERS?\s+OF\s+CONCERNS?)\W{0,3}$"
)
_MATTERS_ANY = re.compile(r"the\s*matters?\s*of\s*concerns?\s*(?:is|are)?\b", re.IGNORECASE)
_SINGLE = re.compile(r"\bmatter\s+of\s+concern\s+is\b", re.IGNORECASE)
_END = re.compile(
    _NUMBER
    + r"(?:ACTION\s+SHOULD\s+BE\s+TAKEN|YOUR\s+RESPONSE\b|COPIES\s+and\s+PUBLICATION)"
    + r"|^In my opinion (?:urgent )?action should be taken",
)
_END_LOOSE = re.compile(
    r"^\W*\d?\W*ACT[I1l]ON\s+SHOULD\s+BE\s+TAKEN|^In my opinion,? (?:urgent )?action should", re.IGNORECASE
)
_BOILERPLATE = re.compile(
    r"^(?:during the course of (?:the|my|this) (?:inquest|investigation|inquiry)|in my opinion there is a risk|"
    r"(?:in )?the circumstances it is my statutory duty|rise to concern|unless action is taken|"
    r"statutory duty to report|"
    r"circumstances it is my|report to you)",
    re.IGNORECASE,
)
_DUTY = re.compile(r"duty\s+to\s+(?:make\s+this\s+)?report|report\s+to\s+you", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\[[^\]]*\]|\(brief summary[^)]*\)|\(?\b\w{1,2}[.)]", re.IGNORECASE)
_SHORTEST = 15
_FICTION = re.compile(r"\bspecimen\b|\bfictional\b", re.IGNORECASE)
_ITEM_LABEL = re.compile(r"\s*(?:[•·●▪\uf0b7-]\s+|\(\s*\w{1,4}\s*\)|\d{1,2}[.):]|\d{1,2}(?=\s)|[a-zA-Z][.)])\s*")


def read_coroner(body: Body) -> list[Candidate]:
    """The concerns of each form in the document; blank and specimen forms give none."""
    if not any(_FORM.search(row.text) for row in body.rows):
        return []
    found: list[Candidate] = []
    fiction_from: int | None = None
    for start, end in _sections(body.rows):
        fiction_from = _fiction(body.rows, start) if fiction_from is None else fiction_from
        if fiction_from is None or start < fiction_from:
            single = any(_SINGLE.search(row.text) for row in body.rows[max(0, start - 1) : start])
            found.extend(_concerns(body, _without_preamble(body.rows[start:end]), single=single))
    return found


def _sections(rows: Sequence[Row]) -> Iterator[tuple[int, int]]:
    """First and last row of each section of concerns, headings and stock phrases of the form apart."""
    position = 0
    while position < len(rows):
        if not _opens(rows[position]):
            position += 1
            continue
        end = next((row.index for row in rows[position + 1 :] if _closes(row)), len(rows))
        matters = next((row.index for row in rows[position:end] if _MATTERS_ANY.search(row.text)), position)
        yield matters + 1, end
        position = end


def _opens(row: Row) -> bool:
    return bool(_SECTION.match(row.text) or _MATTERS.search(row.text))


def _closes(row: Row) -> bool:
    return bool(_END.match(row.text) or _END_LOOSE.match(row.text))


def _fiction(rows: Sequence[Row], start: int) -> int | None:
    """Where a specimen form begins, if one does before `start`."""
    return next((row.index for row in rows[:start] if _FICTION.search(row.text) and row.index < start), None)


def _without_preamble(rows: Sequence[Row]) -> Sequence[Row]:
    """The rows after the form's stock sentences, which end with the duty to report."""
    for position, row in enumerate(rows[:8]):
        if _DUTY.search(row.text) and any(_BOILERPLATE.search(earlier.text) for earlier in rows[: position + 1]):
            return rows[position + 1 :]
    return rows


def _split(rows: Sequence[Row], single: bool) -> list[tuple[Label | None, list[Row]]]:
    """Labelled concerns, without what leads up to them; else paragraphs; all as one where the form says "MATTER "
    "… is"."""
    labelled: list[tuple[Label | None, list[Row]]] = [item for item in split_items(rows) if item[0]]
    if len(labelled) >= 2 or (labelled and labelled[0][1][0] is rows[0]):
        return labelled
    return [(None, list(rows))] if single and rows else split_rows(rows)


def _concerns(body: Body, rows: Sequence[Row], *, single: bool) -> Iterator[Candidate]:
    rows = [row for row in rows if not _MATTERS.search(row.text)]
    for label, item in _split(rows, single):
        spans = cut(body, item, _ITEM_LABEL if label else None)
        text = body.text_of(spans)
        if len(_PLACEHOLDER.sub("", text).strip()) < _SHORTEST:
            continue
        name = _digit(label.text) if label and label.style != "bullet" else None
        yield Candidate(Kind.CONCERN, name, spans, tuple(item), NAME, 0.97, first_row=item[0].index)


def _digit(label: str) -> str:
    """A scan reads the figure 1 as I or l."""
    return "1" if label in ("I", "l") else label
