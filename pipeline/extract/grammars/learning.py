"""Complaints bodies' learning recommendations: the asking paragraph, told apart from background and rationale."""

import re
from collections.abc import Iterator

from pipeline.extract.body import Body, Row
from pipeline.extract.candidates import Candidate, cut
from pipeline.extract.headings import read_ask_heading, stands_out
from pipeline.extract.items import opens_paragraph
from pipeline.records import Kind

NAME = "learning"
_BODY = (
    r"(?:IOPC|IPCC|PIRC|Independent (?:Office for Police Conduct|Police Complaints Commission)|(?:Police )?Ombudsman)"
)
_ASK = re.compile(
    rf"^[\W_]*(?:the )?{_BODY}\b(?:\s+(?:has|therefore|also|further))*\s+(?:recommend(?:s|ed)?|proposes|invites|"
    rf"suggests)\b|"
    rf"^[\W_]*it is recommended (?:by the {_BODY} )?that\b",
    re.IGNORECASE,
)
_SOURCE = re.compile(rf"\b{_BODY}\b")
_AFTER = re.compile(
    rf"^(?:this (?:follows|recommendation follows|recommendation (?:is|was) made|learning|arises|came|relates)|"
    rf"(?:this|it) follow(?:s|ed)\b|"
    rf"do you accept|response\b|(?:not |partially )?accepted\b|rationale\b|background\b|reason\b|date of|"
    rf"the {_BODY} (?:investigat|found|has)|"
    r"(?:during|following) (?:the|this|an|our) (?:course of )?(?:\w+ ){0,3}investigation)",
    re.IGNORECASE,
)
_LONE_NUMBER = re.compile(r"^(?P<label>\d{1,2})[.)]?$")


def read_learning(body: Body) -> list[Candidate]:
    """One candidate for each paragraph in which the body recommends."""
    if not any(_SOURCE.search(row.text) for row in body.rows):
        return []
    return [
        candidate
        for row in body.rows
        if _ASK.match(row.text) and opens_paragraph(body, row)
        for candidate in _read(body, row)
    ]


def _read(body: Body, first: Row) -> Iterator[Candidate]:
    rows = [first]
    for row in body.rows[first.index + 1 :]:
        if _ends(body, rows, row):
            break
        rows.append(row)
    head = _heading_before(body, first)
    start = head.index if head else first.index
    yield Candidate(
        Kind.RECOMMENDATION,
        _label(head),
        cut(body, rows, re.compile(r"[\W_]*(?=\w)")),
        tuple(rows),
        NAME,
        0.97,
        first_row=start,
    )


def _ends(body: Body, rows: list[Row], row: Row) -> bool:
    if _AFTER.match(row.text) or read_ask_heading(row) or _LONE_NUMBER.match(row.text) or row.panel != rows[0].panel:
        return not (row.page != rows[-1].page and row.panel and rows[0].panel)
    last = rows[-1].text
    if not opens_paragraph(body, row) and row.bold == rows[0].bold:
        return False
    goes_on = last.endswith((":", ";", ",", " and", " or")) or row.text[:1].islower() or row.bulleted
    listed = any(earlier.text.endswith(":") for earlier in rows) and bool(
        re.match(r"(?:\(?[a-z0-9]{1,3}[.)]|[ivx]{1,4}[.)])\s", row.text)
    )
    return not (goes_on or listed) or (stands_out(body, row) and not rows[0].bold)


def _heading_before(body: Body, first: Row) -> Row | None:
    """The nearest heading above that numbers or opens a unit, not beyond another ask."""
    for row in reversed(body.rows[max(0, first.index - 40) : first.index]):
        if _ASK.match(row.text):
            return None
        if _LONE_NUMBER.match(row.text) and stands_out(body, row):
            return row
        if (head := read_ask_heading(row)) and (stands_out(body, row) or head.label):
            return row
    return None


def _label(head: Row | None) -> str | None:
    if head is None:
        return None
    if match := _LONE_NUMBER.match(head.text):
        return match.group("label")
    asked = read_ask_heading(head)
    return asked.label if asked else None
