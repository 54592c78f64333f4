"""Responses that quote labelled statements in boxes, "4a) ii. …", with a status sentence after each or each few."""

import re
from collections.abc import Iterator, Sequence

from pipeline.extract.answers import is_response, read_status
from pipeline.extract.body import Body, Row
from pipeline.extract.candidates import Candidate, cut
from pipeline.extract.headings import read_ask_heading
from pipeline.records import Kind

NAME = "statements"
_LABEL = re.compile(
    r"\s*(?P<label>\d{1,3}(?:\.\d{1,3}\b|\s?[a-z]\b)?\)?(?:\s?\(?[ivx]{1,5}\b\)?)?)(?:[.):]|"
    r"(?=\s+[A-Z]))\s*(?=[A-Z“\"‘(])"
)
_BACK = re.compile(r"\s*\((?:see )?(?:paragraphs?|paras?)\.?\s*[\d.,\s–and-]+\)\s*\.?\s*$", re.IGNORECASE)
_SPREAD = re.compile(r"\d\)?\s?([a-z])\s?[-–]\s?([a-z])\b")
_STATUS_ROW = re.compile(
    r"\b(?:recommendations?|this|these|government|executive|force|service)\b.{0,80}\b(?:accept|reject|agree|"
    r"support|not)",
    re.IGNORECASE,
)


def read_statements(body: Body) -> list[Candidate]:
    """The labelled statements in the boxes of a response."""
    if not is_response(body):
        return []
    return [candidate for rows in _boxed(body.rows) for candidate in _read_box(body, rows)]


def _boxed(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """The rows of each box, a box that goes on over a page break taken as one."""
    box: list[Row] = []
    for row in rows:
        if row.panel is None or (read_ask_heading(row) and not _STATUS_ROW.search(row.text)):
            if box:
                yield box
            box = []
            continue
        if box and not _same_box(box[-1], row):
            yield box
            box = []
        box.append(row)
    if box:
        yield box


def _same_box(last: Row, row: Row) -> bool:
    if last.panel == row.panel:
        return True
    if last.panel is None or row.panel is None or row.page != last.page + 1:
        return False
    return abs(last.panel.box.x0 - row.panel.box.x0) <= 8 and last.panel.fill == row.panel.fill


def _read_box(body: Body, rows: Sequence[Row]) -> list[Candidate]:
    lead, items, answers = _split(rows)
    candidates: list[Candidate] = []
    for label, item in items:
        status_rows = next((answer for after, answer in answers if after >= item[-1].index), [])
        read = read_status(_about(label, " ".join(row.text for row in status_rows)))
        taken = [*lead, *item] if lead and not candidates else item
        spans = cut(body, taken, None if lead and not candidates else _LABEL, _BACK)
        candidates.append(
            Candidate(
                Kind.QUOTED_RECOMMENDATION,
                label,
                spans,
                tuple(taken),
                NAME,
                0.96,
                first_row=taken[0].index,
                status=read.status,
                status_text=read.words,
                response=tuple(status_rows),
            )
        )
    return candidates


def _about(label: str, text: str) -> str:
    """The sentences of a joint answer without those that name other letters: "12) a-c) are accepted in full"."""
    letter = re.search(r"\d\)?\s?([a-z])\b", label)
    kept = []
    for sentence in re.split(r"(?<=[.])\s+(?=[A-Z])", text):
        spread = _SPREAD.search(sentence)
        if spread is None or letter is None or spread.group(1) <= letter.group(1) <= spread.group(2):
            kept.append(sentence)
    return " ".join(kept)


def _split(
    rows: Sequence[Row],
) -> tuple[list[Row], list[tuple[str, list[Row]]], list[tuple[int, list[Row]]]]:
    """Rows before the first label, labelled items, and status sentences with the row they follow."""
    lead: list[Row] = []
    items: list[tuple[str, list[Row]]] = []
    answers: list[tuple[int, list[Row]]] = []
    answering = False
    for row in rows:
        match = _LABEL.match(row.text)
        if match and not row.bold and (row.gap >= 1.15 or not items):
            items.append((match.group("label").strip(), [row]))
            answering = False
        elif items and (row.bold or answering) and (answering or _STATUS_ROW.search(row.text)):
            if not answering:
                answers.append((items[-1][1][-1].index, []))
            answers[-1][1].append(row)
            answering = True
        elif items:
            items[-1][1].append(row)
        else:
            lead.append(row)
    return lead if lead and lead[-1].text.endswith(":") else [], items, answers
