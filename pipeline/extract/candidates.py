"""What a grammar returns, and the cutting of rows into spans that all grammars share."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

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


def cut(
    body: Body, rows: Sequence[Row], prefix: re.Pattern[str] | None = None, suffix: re.Pattern[str] | None = None
) -> tuple[Span, ...]:
    """The spans of `rows` without what `prefix` matches at the start and `suffix` at the end of their raw text.

    Both patterns see the raw text, line breaks and all; `suffix` is searched and must reach the end.
    """
    raw, pieces = _raw(body, rows)
    start, end = 0, len(raw)
    if prefix and (match := prefix.match(raw)):
        start = match.end()
    if suffix and (found := _last(suffix, raw)):
        end = found.start()
    kept = raw[start:end]
    start += len(kept) - len(kept.lstrip())
    end -= len(kept) - len(kept.rstrip())
    return merge_spans(body.document, _spans(pieces, start, end))


def without_reference(body: Body, candidate: Candidate) -> Candidate:
    """The candidate without the reference that closes its text."""
    backwards = ((span.page, at) for span in candidate.spans[::-1] for at in range(span.start, span.end)[::-1])
    places = list(islice(backwards, _FARTHEST))[::-1]
    raw = "".join(body.document.pages[page - 1].text[at] for page, at in places)
    found = REFERENCE.search(raw)
    if found is None or found.start() == 0:
        return candidate
    page, end = places[found.start()]
    kept = [span for span in candidate.spans if (span.page, span.start) < (page, end)]
    kept[-1] = Span(page, kept[-1].start, end) if kept[-1].page == page else kept[-1]
    return replace(candidate, spans=tuple(kept))


def _last(suffix: re.Pattern[str], raw: str) -> re.Match[str] | None:
    found = [match for match in suffix.finditer(raw) if not raw[match.end() :].strip()]
    return found[0] if found else None


def _raw(body: Body, rows: Sequence[Row]) -> tuple[str, list[tuple[int, Span]]]:
    """The raw text of the rows, each closed by a line end, and where in it each of their spans begins."""
    parts: list[str] = []
    pieces: list[tuple[int, Span]] = []
    length = 0
    for row in rows:
        for span in row.spans:
            parts.append(body.document.pages[span.page - 1].text[span.start : span.end])
            pieces.append((length, span))
            length += span.end - span.start
        parts.append("\n")
        length += 1
    return "".join(parts), pieces


def _spans(pieces: Sequence[tuple[int, Span]], start: int, end: int) -> list[Span]:
    """What lies from `start` to `end` of the raw text; what follows without a gap is one span."""
    spans: list[Span] = []
    for place, span in pieces:
        first = span.start + max(0, start - place)
        after = min(span.end, span.start + end - place)
        if first >= after:
            continue
        last = spans[-1] if spans else None
        if last and last.page == span.page and last.end == first:
            spans[-1] = Span(last.page, last.start, after)
        else:
            spans.append(Span(span.page, first, after))
    return spans
