"""Asks that open with a number of their own instead of a heading: "R12 The council should …", "2022/110 Review …"."""

import re
from collections.abc import Sequence

from pipeline.extract.asks import asks, commands, instructs
from pipeline.extract.body import Body, Row
from pipeline.extract.candidates import Candidate, cut
from pipeline.extract.headings import is_title_like, stands_out
from pipeline.records import Kind, Span

NAME = "own_number"
_ID = re.compile(
    r"(?P<id>(?P<stem>[A-Z]?R|REC|Rec|AFI|\d{4}[/-]|[A-Z]{1,3}-?\d{2}-)\s?(?P<number>\d{1,4}))(?:[.):]\s*|\s+)(?=[A-Z“‘(])"
)
_APART, _WIDE_GAP = 1.45, 1.5  # font sizes: from the row above; between the columns of a table
_FEWEST, _FEWEST_WORDS = 2, 5
_SKIPPED = 4  # numbers that may be missing from the sequence
_LEAD = re.compile(r"(?:recommended to|recommends?(?: that)?|should)\s*:$", re.IGNORECASE)


def read_own_numbers(body: Body) -> list[Candidate]:
    """The numbered asks of each sequence of at least two; a year such as "2018/19" opens no sequence."""
    opening = [(row, match) for row in body.rows if (match := _ID.match(row.text))]
    stems = {_family(match) for _, match in opening}
    return [found for stem in sorted(stems) for found in _sequence(body, [o for o in opening if _family(o[1]) == stem])]


def _family(match: re.Match[str]) -> str:
    """What the numbers of one sequence start with: those to be monitored, "MR4", are counted along with "R3"."""
    stem = match["stem"]
    return "R" if stem.endswith("R") and len(stem) == 2 else stem


def _sequence(body: Body, opening: Sequence[tuple[Row, re.Match[str]]]) -> list[Candidate]:
    kept: list[tuple[Row, re.Match[str]]] = []
    for row, match in opening:
        number, last = int(match["number"]), int(kept[-1][1]["number"]) if kept else None
        # a second sequence that starts again is the list printed once more
        if last is None or 0 < number - last <= _SKIPPED or number == int(kept[0][1]["number"]):
            kept.append((row, match))
    starts = {row.index for row, _ in kept}
    found = [candidate for row, match in kept if (candidate := _read(body, row, match, starts))]
    return found if len({candidate.label for candidate in found}) >= _FEWEST else []


def _read(body: Body, first: Row, match: re.Match[str], starts: set[int]) -> Candidate | None:
    left, right = _column(first)
    rows, spans = [first], list(_spans(first, left, right))
    for row in body.rows[first.index + 1 :]:
        inside = _spans(row, left, right)
        if row.index in starts or row.page > rows[-1].page + 1 or (inside and _ends(body, rows, row)):
            break
        if inside:
            rows.append(row)
            spans.extend(inside)
    text_spans = cut(body, rows, re.compile(r"\s*" + re.escape(match["id"]) + r"[.):]?\s*"))
    if right is not None:
        text_spans = tuple(spans)
    text = body.text_of(text_spans)
    if len(text.split()) < _FEWEST_WORDS or not (asks(text) or commands(text) or instructs(text)):
        return None
    label = re.sub(r"\s", "", match["id"])
    return Candidate(Kind.RECOMMENDATION, label, text_spans, tuple(rows), NAME, 0.9, first_row=first.index)


def _column(row: Row) -> tuple[float, float | None]:
    """Where the ask's column begins and, in a table with more columns, ends."""
    runs = row.line.runs
    columns = [
        run
        for place, run in enumerate(runs)
        if place == 0 or run.box.x0 - runs[place - 1].box.x1 > _WIDE_GAP * row.size
    ]
    if row.panel is not None and len(columns) >= 2 and columns[0].end - columns[0].start <= 9:
        end = columns[2].box.x0 if len(columns) > 2 else row.x1 + 3 * row.size
        return columns[1].box.x0 - 2, end
    return row.x0 - 2, None


def _spans(row: Row, left: float, right: float | None) -> tuple[Span, ...]:
    if right is None:
        return row.spans
    return tuple(Span(row.page, run.start, run.end) for run in row.line.runs if left <= run.box.x0 < right - row.size)


def _ends(body: Body, rows: Sequence[Row], row: Row) -> bool:
    """Whether another paragraph opens: a heading, a lead-in, another box, or text at the number's left edge."""
    if row.panel != rows[0].panel and (row.page == rows[-1].page or row.panel is None):
        return True
    if row.gap < _APART:
        return False
    if (stands_out(body, row) and not rows[0].bold and is_title_like(row)) or _LEAD.search(row.text):
        return True
    return row.x0 <= rows[0].x0 + 1 and rows[-1].text.endswith((".", ")", "”"))
