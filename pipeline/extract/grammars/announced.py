"""Lists announced in running text whose numbers go on from one to the next: "I recommend that: (1) …" … "(3) …"."""

import re
from collections.abc import Sequence

from pipeline.extract.asks import is_procedural
from pipeline.extract.body import Body, Row
from pipeline.extract.candidates import Candidate, cut
from pipeline.extract.items import trim_tail
from pipeline.extract.labels import Label, ordinals, split_items
from pipeline.records import Kind

NAME = "announced"
_STEM = re.compile(
    r"\b(?:I|we|the (?:\w+ ){0,2}(?:review|inquiry|panel|commission|report|committee))\b[^.]{0,40}\brecommend(?:s|ed)?"
    r"\b[^.]{0,80}:$",
    re.IGNORECASE,
)
_LABEL = re.compile(r"\s*(?:\(\s*\d{1,3}\s*\)|\d{1,3}[.):])\s*")
_APART = 1.4  # font sizes from the row above
_FARTHEST, _FEWEST_STEMS = 120, 2

_Items = list[tuple[Label, list[Row]]]


def read_announced(body: Body) -> list[Candidate]:
    """The items of all such lists, where at least two lists share one sequence."""
    lists = [items for row in body.rows if _STEM.search(row.text) and (items := _items(body, row))]
    chains = [lists[0]] if lists else []
    for items in lists[1:]:
        if chains and min(ordinals(items[0][0])) == max(ordinals(chains[-1][-1][0])) + 1:
            chains.append(items)
    if len(chains) < _FEWEST_STEMS or min(ordinals(chains[0][0][0])) != 1:
        return []
    return [_candidate(body, label, rows) for items in chains for label, rows in items]


def _items(body: Body, stem: Row) -> _Items:
    rows: list[Row] = []
    for row in body.rows[stem.index + 1 : stem.index + _FARTHEST]:
        if row.gap >= _APART and row.size >= 1.12 * body.size:
            break
        rows.append(row)
    items = [(label, item) for label, item in split_items(rows) if label and label.text.isdigit()]
    if not items or items[0][1][0] is not rows[0]:
        return []
    items[-1] = (items[-1][0], _last([item for _, item in items]))
    return items


def _last(items: Sequence[list[Row]]) -> list[Row]:
    """The last item without the paragraphs after the list."""
    rows = trim_tail(items)
    end = next((place for place, row in enumerate(rows) if place and row.gap >= _APART and row.x0 <= rows[0].x0), None)
    return rows[:end]


def _candidate(body: Body, label: Label, rows: Sequence[Row]) -> Candidate:
    spans = cut(body, rows, _LABEL)
    confidence = 0.4 if is_procedural(body.text_of(spans)) else 0.85
    return Candidate(Kind.RECOMMENDATION, label.text, spans, tuple(rows), NAME, confidence, first_row=rows[0].index)
