"""Matters of concern in section 5 of a coroner's Regulation 28 report (Chief Coroner's form, 2013 to date)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.extract.body import Body, Row
from pipeline.extract.candidates import Candidate, cut
from pipeline.extract.headings import is_title_like
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
_RULE_43 = re.compile(
    r"\breport (?:to you )?(?:on )?the following (?:matters?|concerns?)\b|"
    r"\b(?:matters|concerns) (?:which|that) (?:I|cause|give|concern)\b.{0,60}(?:follow\w*|below|these)\W*$",
    re.IGNORECASE,
)
_CONCERNS = re.compile(
    r"\b(?:my|the|these) (?:matters of )?concerns? (?:are|is) (?:as follows|set out below|these|the following)\W*$",
    re.IGNORECASE,
)
_MATTERS_ANY = re.compile(r"the\s*matters?\s*of\s*concerns?\s*(?:is|are)?\b", re.IGNORECASE)
_SINGLE = re.compile(r"\bmatter\s+of\s+concern\s+is\b", re.IGNORECASE)
_END = re.compile(
    _NUMBER
    + r"(?:ACTION\s+SHOULD\s+BE\s+TAKEN|YOUR\s+RESPONSE\b|COPIES\s+and\s+PUBLICATION)"
    + r"|^In my opinion (?:urgent )?action should be taken|^You are (?:required|under a duty) to respond|"
    r"^Yours (?:faithfully|sincerely)|^I (?:would add|am grateful|(?:should|would) be grateful|"
    r"wish to (?:acknowledge|record|thank)|was impressed|"
    r"commend|pay tribute)\b",
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
_SENT_TO = re.compile(r"report\s+is\s+being\s+sent\b(?:\s+to\b|\W*$)", re.IGNORECASE)
_TO = re.compile(r"to\W*", re.IGNORECASE)  # the heading may break before its last word
_NEXT_SECTION = re.compile(r"^\W*\d{0,2}\W*[A-Z]{4,}\W?(?:[A-Z]+\b|$)|^\W*I am\b")
_RECIPIENT = re.compile(r"^\(?\d{1,2}[.):]\s*(?P<name>[A-Z]\D{3,110})$")
_NUMBERED = re.compile(r"^\(?\d{1,2}[.):]")
_FARTHEST = 40  # rows
_FULL = 0.9  # of the text's right edge
_SHORTEST = 15
_FICTION = re.compile(r"\bspecimen\b|\bfictional\b", re.IGNORECASE)
_HEADED = re.compile(r"\s*(?:matter of )?concern (?:no\.? ?)?(?P<label>\d{1,2})\s*[.:–-]?\s*", re.IGNORECASE)
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
            sent_to = _recipients(body.rows[:start])
            concerns = _concerns(body, _without_preamble(body.rows[start:end]), single=single)
            found.extend(replace(concern, addressee=sent_to) for concern in concerns)
    return found


def _recipients(rows: Sequence[Row]) -> str | None:
    """Who the nearest form above is sent to, one after another; the first line alone where they are not numbered."""
    start = next((row.index for row in reversed(rows) if _SENT_TO.search(row.text)), None)
    if start is None:
        return None
    right = max(row.x1 for row in rows if row.page == rows[start].page)
    sent_to: list[str] = []
    is_full = False  # the line above ran to the edge, so this one may be the rest of it
    for row in rows[start + 1 : start + _FARTHEST]:
        if _NEXT_SECTION.match(row.text):
            break
        if _TO.fullmatch(row.text):
            continue
        if is_full and not _NUMBERED.match(row.text):
            sent_to[-1] += f" {row.text}"
        else:
            sent_to.append(row.text)
        is_full = row.x1 >= _FULL * right
    numbered = [match.group("name") for line in sent_to if (match := _RECIPIENT.match(line))]
    return "; ".join(name.strip(" ,;.") for name in numbered or sent_to[:1]) or None


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
    return bool(
        _SECTION.match(row.text) or _MATTERS.search(row.text) or _RULE_43.search(row.text) or _CONCERNS.search(row.text)
    )


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
    return [(None, list(rows))] if single and rows else _with_headings(split_rows(rows))


def _with_headings(items: Sequence[tuple[Label | None, list[Row]]]) -> list[tuple[Label | None, list[Row]]]:
    """A bold line alone is the heading of the paragraph below it."""
    joined: list[tuple[Label | None, list[Row]]] = []
    for label, rows in items:
        last = joined[-1][1] if joined else []
        if last and all(row.bold and is_title_like(row) for row in last) and not rows[0].bold:
            joined[-1] = (label, [*last, *rows])
        else:
            joined.append((label, rows))
    return joined


def _concerns(body: Body, rows: Sequence[Row], *, single: bool) -> Iterator[Candidate]:
    rows = [row for row in rows if not _MATTERS.search(row.text)]
    for label, item in _split(rows, single):
        spans = cut(body, item, _ITEM_LABEL if label else None)
        text = body.text_of(spans)
        if len(_PLACEHOLDER.sub("", text).strip()) < _SHORTEST:
            continue
        name = _digit(label.text) if label and label.style != "bullet" else None
        if name is None and (headed := _HEADED.match(item[0].text)):
            name, spans = headed["label"], cut(body, item, _HEADED)
        yield Candidate(Kind.CONCERN, name, spans, tuple(item), NAME, 0.97, first_row=item[0].index)


def _digit(label: str) -> str:
    """A scan reads the figure 1 as I or l."""
    return "1" if label in ("I", "l") else label
