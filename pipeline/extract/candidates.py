"""What a grammar returns, and the cutting of rows into spans that all grammars share."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.extract.body import Body, Row, merge_spans
from pipeline.records import Kind, Span, Status

_NUMBERS = r"(?:\d[\d.]*[a-z]?\b|\band\b|\bto\b|[,;&–-]|\s)+"
REFERENCE = re.compile(  # "(see paragraphs 4.3 and 5)", "(2.14)", "........ Page 12", which point elsewhere
    rf"\s*(?:[(\[]\s*(?:(?:conclusion|recommendation)s?\s*,?\s*)?(?:(?:see|also|at)\s+)*"
    rf"(?:paragraphs?|paras?|sections?|chapters?|pages?|pp?|parts?|findings?|conclusions?)\.?\s*{_NUMBERS}[)\]]"
    rf"|[(\[]\s*\d{{1,2}}\.\d{{1,3}}{_NUMBERS}?[)\]]"
    r"|(?:\s+\.|(?<=\.)\.)(?:\s?\.){3,}\s*(?:page\s*)?\d{1,3}|\spage\s\d{1,3})\s*[.;]?\s*$",
    re.IGNORECASE,
)
_FARTHEST = 120  # characters: how long a reference may be


@dataclass(frozen=True, slots=True)
class Candidate:
    """One ask as a grammar reads it. `heading` spans (a title) come before `spans` and are joined by a colon."""

    kind: Kind
    label: str | None
    spans: tuple[Span, ...]
    rows: tuple[Row, ...]
    grammar: str
    confidence: float
    title: tuple[Span, ...] = ()
    first_row: int = 0  # where it starts in the body, its heading included
    status: Status | None = None
    status_text: str | None = None
    response: tuple[Row, ...] = ()
    response_text: str | None = None  # where the answer is part of its rows: a cell of a table
    addressee: str | None = None  # where a column or label names it
    deadline_text: str | None = None

    @property
    def last_row(self) -> int:
        """Where it ends in the body."""
        return self.rows[-1].index

    @property
    def page(self) -> int:
        """The page its text starts on."""
        return (self.title or self.spans)[0].page


@dataclass(frozen=True, slots=True)
class _Character:
    page: int
    offset: int


def cut(
    body: Body, rows: Sequence[Row], prefix: re.Pattern[str] | None = None, suffix: re.Pattern[str] | None = None
) -> tuple[Span, ...]:
    """The spans of `rows` without what `prefix` matches at the start and `suffix` at the end of their raw text.

    Both patterns see the raw text, line breaks and all; `suffix` is searched and must reach the end.
    """
    raw, places = _raw(body, rows)
    start, end = 0, len(raw)
    if prefix and (match := prefix.match(raw)):
        start = match.end()
    if suffix and (found := _last(suffix, raw)):
        end = found.start()
    kept = raw[start:end]
    start += len(kept) - len(kept.lstrip())
    end -= len(kept) - len(kept.rstrip())
    return merge_spans(body.document, _spans(places[start:end]))


def without_reference(body: Body, candidate: Candidate) -> Candidate:
    """The candidate without the reference that closes its text."""
    places = [_Character(span.page, offset) for span in candidate.spans for offset in range(span.start, span.end)][
        -_FARTHEST:
    ]
    raw = "".join(body.document.pages[place.page - 1].text[place.offset] for place in places)
    found = REFERENCE.search(raw)
    if found is None or found.start() == 0:
        return candidate
    last = places[found.start()]
    kept = [span for span in candidate.spans if (span.page, span.start) < (last.page, last.offset)]
    kept[-1] = Span(kept[-1].page, kept[-1].start, last.offset) if kept[-1].page == last.page else kept[-1]
    return replace(candidate, spans=tuple(kept))


def _last(suffix: re.Pattern[str], raw: str) -> re.Match[str] | None:
    found = [match for match in suffix.finditer(raw) if not raw[match.end() :].strip()]
    return found[0] if found else None


def _raw(body: Body, rows: Sequence[Row]) -> tuple[str, list[_Character | None]]:
    parts: list[str] = []
    places: list[_Character | None] = []
    for row in rows:
        for span in row.spans:
            piece = body.document.pages[span.page - 1].text[span.start : span.end]
            parts.append(piece)
            places.extend(_Character(span.page, offset) for offset in range(span.start, span.end))
        parts.append("\n")
        places.append(None)
    return "".join(parts), places


def _spans(places: Sequence[_Character | None]) -> list[Span]:
    spans: list[Span] = []
    for place in places:
        if place is None:
            continue
        last = spans[-1] if spans else None
        if last and last.page == place.page and last.end == place.offset:
            spans[-1] = Span(last.page, last.start, place.offset + 1)
        else:
            spans.append(Span(place.page, place.offset, place.offset + 1))
    return spans
