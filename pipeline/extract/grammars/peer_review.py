"""UN-style lists: paragraphs "106.1. Ask (State);" under a numbered paragraph that announces recommendations."""

import re
from collections.abc import Iterator, Sequence

from pipeline.extract.body import Body, Row
from pipeline.extract.candidates import Candidate, cut
from pipeline.extract.labels import split_items
from pipeline.records import Kind

NAME = "peer_review"
_LEAD = re.compile(r"^(\d{1,3})\.\s")
_ITEM = re.compile(r"^(\d{1,3})\.\s?(\d{1,3})\b[.)]?\s*(?=\S)")
_LABEL = re.compile(r"\s*\d{1,3}\.\s?\d{1,3}[.)]?\s*")
# One level of nested brackets: "(Iran (Islamic Republic of));". A footnote star may stand in between.
_STATES = re.compile(r"\s*\((?:[^()]|\([^()]*\))*\)\s*[;.,]?\s*\**\s*$|\s*[;.]\s*$")
_CLOSED = re.compile(r"\([^()\d]*(?:\([^()]*\)[^()]*)?\)\s*[;.]?\s*\**$|;$")
_PLAIN_LEAD = re.compile(r"^\d{1,3}\.\s+(?=[A-Z])")
_PLAIN_LABEL = re.compile(r"\s*(?:\(\s*\w{1,4}\s*\)|\w{1,3}[.)])\s*")
_STATES_AT_END = re.compile(r"\((?:[A-Z][^()\d]*(?:\([^()]*\)[^()]*)?)\)\s*[;.,]?\s*(?:and)?\s*\**$")
_FEWEST = 3  # of a document's lists together: the one of what was refused may hold a single item
_MOSTLY = 0.8  # of the items
_SENTENCE = 8  # words a lead-in has at least; a heading has fewer
_SKIPPED = 3  # how far a misprinted number may jump


def read_peer_review(body: Body) -> list[Candidate]:
    """The items of each list whose lead-in speaks of recommendations."""
    found = [candidate for lead in _leads(body.rows) for candidate in _items(body, lead)]
    if len(found) >= _FEWEST:
        return found
    return [candidate for row in body.rows if _PLAIN_LEAD.match(row.text) for candidate in _plain(body, row)]


def _plain(body: Body, lead: Row) -> list[Candidate]:
    """Items numbered from 1 or lettered from a under the paragraph, as in the first cycle (2008 to 2010)."""
    rows = body.rows[lead.index + 1 :]
    stem = next((place for place, row in enumerate(rows[:12]) if row.text.endswith(":")), -1)
    lead_in = " ".join(row.text for row in (lead, *rows[: stem + 1]))
    if not lead_in.endswith(":") or not re.search(r"\brecommendations?\b", lead_in, re.IGNORECASE):
        return []
    number = int(lead.text.split(".")[0])
    end = next(
        (place for place, row in enumerate(rows) if row.x0 <= lead.x0 + 2 and row.text.startswith(f"{number + 1}.")),
        len(rows),
    )
    items = [(label, item) for label, item in split_items(rows[stem + 1 : end]) if label and label.style != "bullet"]
    closed = sum(bool(_STATES_AT_END.search(" ".join(row.text for row in item))) for _, item in items)
    if len(items) < _FEWEST or closed < _MOSTLY * len(items):
        return []
    return [
        Candidate(
            Kind.RECOMMENDATION,
            label.text,
            cut(body, item, _PLAIN_LABEL, _STATES),
            tuple(item),
            NAME,
            0.95,
            first_row=item[0].index,
        )
        for label, item in items
    ]


def _leads(rows: Sequence[Row]) -> Iterator[Row]:
    for row in rows:
        match = _LEAD.match(row.text)
        if match is None:
            continue
        lead_in = " ".join(following.text for following in rows[row.index : row.index + 14])
        first = re.search(rf"(?<!\d){match.group(1)}\.\s?1\b", lead_in)
        before = lead_in[: first.start()] if first else ""
        if len(before.split()) >= _SENTENCE and re.search(r"\brecommendations?\b", before, re.IGNORECASE):
            yield row


def _items(body: Body, lead: Row) -> list[Candidate]:
    number = lead.text.split(".")[0]
    items: list[list[Row]] = []
    places: list[int] = []
    for row in body.rows[lead.index + 1 :]:
        match = _ITEM.match(row.text)
        last = places[-1] if places else 0
        if match and match.group(1) == number and last < int(match.group(2)) <= last + _SKIPPED:
            items.append([row])
            places.append(int(match.group(2)))
        elif items and _ends(row, items[-1], number):
            break
        elif items:
            items[-1].append(row)
    closed = sum(bool(_CLOSED.search(item[-1].text)) for item in items)
    if closed < len(items) / 2:
        return []
    return [_candidate(body, item, f"{number}.{place}") for place, item in zip(places, items, strict=True)]


def _ends(row: Row, item: Sequence[Row], number: str) -> bool:
    other = _LEAD.match(row.text)
    closed = item[-1].text.rstrip().endswith((";", "."))
    return bool(other and closed and other.group(1) != number) or (closed and row.size > item[0].size * 1.1)


def _candidate(body: Body, rows: list[Row], label: str) -> Candidate:
    spans = cut(body, rows, _LABEL, _STATES)
    return Candidate(Kind.RECOMMENDATION, label, spans, tuple(rows), NAME, 0.97, first_row=rows[0].index)
