"""Audit-office reports (GAO): a side heading "Recommendation to the Congress" beside the paragraphs that make it."""

import re
from collections.abc import Iterator, Sequence

from pipeline.extract.asks import asks, commands
from pipeline.extract.body import Body, Row
from pipeline.extract.candidates import Candidate, cut
from pipeline.extract.items import split_paragraphs, split_rows
from pipeline.extract.sections import find_sections
from pipeline.records import Kind

NAME = "side_heading"
_TITLE = re.compile(
    r"(?:recommendations?(?: (?:to|for)\b.{0,60})?|matters? for (?:congressional )?consideration.{0,40})", re.IGNORECASE
)
_SECTION = re.compile(
    r"recommendations? for (?:executive|congressional|agency) action.{0,40}|"
    r"matters? for (?:congressional )?consideration.{0,40}",
    re.IGNORECASE,
)
_OWN_NUMBER = re.compile(r"\s*\(\s*recommendation\s+(?P<id>\d{1,3})\s*\)\s*\.?\s*$", re.IGNORECASE)
_ASK = re.compile(r"\b(?:should|consider|recommend\w*|must|direct|ensure|require)\b", re.IGNORECASE)
_LEAD = re.compile(r"\brecommendations?\b[^.]*:$", re.IGNORECASE)
_COUNTED = re.compile(
    r"\bfollowing (?:two|three|four|five|six|seven|eight|nine|ten|\d+) (?:actions?|recommendations?|steps?)\b[^.]*:$",
    re.IGNORECASE,
)
_ACTION_GAP = 1.45  # font sizes from the row above
_LEAD_BAR = 24.0  # points a side heading may stand higher than the paragraph it names


def read_side_headings(body: Body) -> list[Candidate]:
    """The asks beside each side heading that names recommendations."""
    margin = _side_rows(body)
    found = [
        candidate
        for heading, following in _headings(margin)
        if _TITLE.fullmatch(" ".join(row.text for row in heading))
        for candidate in _asks(body, _beside(body, heading[0], following))
    ]
    if found:
        return found
    return [candidate for section in find_sections(body, _SECTION) for candidate in _asks(body, section.rows)]


def _side_rows(body: Body) -> list[Row]:
    """Rows that end left of where their page's text begins, from top to bottom."""
    edges: dict[int, list[float]] = {}
    for row in body.rows:
        if row.x1 - row.x0 > 150:
            edges.setdefault(row.page, []).append(row.x0)
    lefts = {page: sorted(values)[len(values) // 2] for page, values in edges.items()}
    aside = [row for row in body.rows if row.x1 < lefts.get(row.page, 0.0) - 2]
    return sorted(aside, key=lambda row: (row.page, row.top))


def _headings(rows: Sequence[Row]) -> Iterator[tuple[list[Row], Row | None]]:
    """Each side heading with the first row of the next one."""
    groups: list[list[Row]] = []
    for row in rows:
        last = groups[-1][-1] if groups else None
        if last and last.page == row.page and row.top - last.top <= 1.5 * row.size and row.size == last.size:
            groups[-1].append(row)
        else:
            groups.append([row])
    for place, group in enumerate(groups):
        yield group, groups[place + 1][0] if place + 1 < len(groups) else None


def _beside(body: Body, heading: Row, following: Row | None) -> list[Row]:
    start = (heading.page, heading.top - _LEAD_BAR)
    end = (following.page, following.top - _LEAD_BAR) if following else (heading.page + 2, 0.0)
    rows = [row for row in body.rows if start <= (row.page, row.top) < end and row.x0 > heading.x0 + 60]
    return _from_paragraph_start(rows, heading)


def _from_paragraph_start(rows: list[Row], heading: Row) -> list[Row]:
    """Without the end of the paragraph above, which the slack may have caught."""
    for place, row in enumerate(rows):
        if row.page != heading.page or row.top >= heading.top - 6 or row.gap >= 1.6:
            return rows[place:]
    return rows


def _without_lead(rows: list[Row]) -> list[Row]:
    """Without "We are making the following four recommendations:" above an ask that carries its own number."""
    lead = next(
        (place for place, row in enumerate(rows[:4]) if _LEAD.search(" ".join(r.text for r in rows[: place + 1]))), -1
    )
    numbered = _OWN_NUMBER.search(" ".join(row.text for row in rows))
    return rows[lead + 1 :] if numbered else rows


def _counted_actions(body: Body, rows: list[Row]) -> list[list[Row]]:
    """The actions one by one where the sentence above counts them: "take the following three actions:"."""
    stem = next((place for place, row in enumerate(rows) if row.text.endswith(":")), None)
    if stem is None or not _COUNTED.search(" ".join(row.text for row in rows[: stem + 1])):
        return [rows]
    actions: list[list[Row]] = []
    for row in rows[stem + 1 :]:
        if not actions or (row.gap >= _ACTION_GAP or row.bulleted):
            actions.append([])
        actions[-1].append(row)
    return actions if len(actions) > 1 else [rows]


def _asks(body: Body, rows: Sequence[Row]) -> Iterator[Candidate]:
    paragraphs = [_without_lead(paragraph) for paragraph in split_paragraphs(rows)]
    for paragraph in (part for whole in paragraphs for part in _counted_actions(body, whole)):
        labelled = [item for label, item in split_rows(paragraph) if label and label.style != "bullet"]
        for item in labelled or [paragraph]:
            spans = cut(body, item, re.compile(r"\s*[•·\uf0b7–-]\s*|\s*\(?\d{1,2}[.)]\s*"), _OWN_NUMBER)
            text = body.text_of(spans)
            if asks(text) or commands(text) or _ASK.search(text) or len(labelled) > 1 or paragraph not in paragraphs:
                number = _OWN_NUMBER.search(" ".join(row.text for row in item))
                yield Candidate(
                    Kind.RECOMMENDATION,
                    number.group("id") if number else None,
                    spans,
                    tuple(item),
                    NAME,
                    0.85,
                    first_row=item[0].index,
                )
