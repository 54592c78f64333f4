"""Reads the lettered, numbered or bulleted parts inside one ask."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.extract.body import Body, Row
from pipeline.extract.candidates import Candidate, cut
from pipeline.extract.labels import Label, row_label
from pipeline.records import Part

_LABEL = re.compile(r"\s*(?:[^\w\s(“\"‘']+\s*|\(\s*\w{1,5}\s*\)|\w{1,5}[.)])\s*")
_DEDENT, _INDENT = 3.0, 6.0  # points
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class _Opening:
    label: Label
    rows: tuple[Row, ...]

    @property
    def left(self) -> float:
        return self.rows[0].x0


def read_parts(body: Body, candidate: Candidate) -> tuple[Part, ...]:
    """The leaves of the list in the candidate, a nested one labelled with its parents: "a(i)". None for a "
    "single part."""
    found = list(_openings(candidate.rows))
    if len(found) < _FEWEST:
        return ()
    names: list[str] = []
    parts = []
    for place, opening in enumerate(found):
        parent = next((other for other in range(place - 1, -1, -1) if found[other].left < opening.left - _INDENT), None)
        name = opening.label.text
        names.append(f"{names[parent]}({name})" if parent is not None and name != "•" else name)
        has_children = place + 1 < len(found) and found[place + 1].left > opening.left + _INDENT
        if not has_children:
            parts.append(Part(names[-1], body.text_of(cut(body, opening.rows, _LABEL))))
    return tuple(parts)


def _openings(rows: Sequence[Row]) -> Iterator[_Opening]:
    current: _Opening | None = None
    for place, row in enumerate(rows):
        label = row_label(row) if place else None
        if label and label.style in ("paren", "letter", "bullet", "number"):
            if current:
                yield current
            current = _Opening(label, (row,))
        elif current and row.x0 < current.left - _DEDENT and row.page == current.rows[-1].page:
            yield current
            current = None
        elif current:
            current = _Opening(current.label, (*current.rows, row))
    if current:
        yield current
