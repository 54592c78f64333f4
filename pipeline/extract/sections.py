"""Finds the sections of a document by their headings, and where they end."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.extract.body import Body, Row
from pipeline.extract.headings import is_contents_entry, is_title_like, stands_out

_NUMBERING = re.compile(
    r"^(?:(?:chapter|section|part|appendix|annex)\s+(?:\w{1,4}\b|[\w-]{5,14}(?=\s*[:.–-]))\s*[:.–-]?\s*|"
    r"\d{1,2}(?:\.\d{1,2})*[.):]?\s+|"
    r"[A-Z][.):]\s+|[IVX]{1,5}[.)]\s+)",
    re.IGNORECASE,
)
_BREAKS = re.compile(r"(?:\b(?:and|or|of|for|to|on|the|with)|[,&/])$", re.IGNORECASE)
_APPENDIX = re.compile(r"^(?:appendix|annex)(?:es)?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Section:
    """The rows under a heading, to the next one of its rank."""

    title: str
    heading: tuple[Row, ...]
    rows: tuple[Row, ...]
    appendix: str | None  # title of the appendix it stands in


def find_sections(body: Body, title: re.Pattern[str]) -> Iterator[Section]:
    """Sections whose heading, numbering apart, fully matches `title`."""
    last = -1
    appendix: str | None = None
    for row in body.headings:
        if _is_appendix(body, row):
            appendix = row.text
        if row.index <= last or not _may_be_heading(body, row):
            continue
        heading = _heading_rows(body, row, title)
        if not heading:
            continue
        rows = _section_rows(body, heading, title)
        if rows:
            last = heading[-1].index
            yield Section(
                strip_numbering(" ".join(part.text for part in heading)), tuple(heading), tuple(rows), appendix
            )


def strip_numbering(text: str) -> str:
    """A heading without "Chapter 8:", "6." and the like."""
    return _NUMBERING.sub("", text).strip()


def _may_be_heading(body: Body, row: Row) -> bool:
    if is_contents_entry(row) or len(row.text) > 120:
        return False
    return stands_out(body, row) or row.text.isupper() or (row.gap >= 1.5 and is_title_like(row))


def _heading_rows(body: Body, row: Row, title: re.Pattern[str]) -> list[Row]:
    """The heading on this row, or on this and the next two where it wraps."""
    rows: list[Row] = []
    if row.index and _runs_on(body.rows[row.index - 1], row):
        return []
    for following in body.rows[row.index : row.index + 3]:
        if rows and (round(following.size) != round(row.size) or following.gap > 1.8 or following.bold != row.bold):
            break
        rows.append(following)
        if title.fullmatch(strip_numbering(" ".join(part.text for part in rows))):
            return rows
    return []


def _runs_on(above: Row, row: Row) -> bool:
    """Whether the row is the second line of a heading that breaks after "and", "of" or the like."""
    alike = round(above.size) == round(row.size) and above.bold == row.bold and row.gap <= 1.8
    return alike and bool(_BREAKS.search(above.text))


def _section_rows(body: Body, heading: Sequence[Row], title: re.Pattern[str]) -> list[Row]:
    """To the next heading of its rank, or to a lower one that matches too: the list within a chapter so called."""
    head = heading[0]
    rows: list[Row] = []
    for row in body.rows[heading[-1].index + 1 :]:
        nested = stands_out(body, row) and title.fullmatch(strip_numbering(row.text))
        if ends_section(body, head, row) or nested:
            break
        rows.append(row)
    return rows


def _is_appendix(body: Body, row: Row) -> bool:
    return bool(_APPENDIX.match(row.text)) and (row.size >= 1.12 * body.size or (row.bold and row.gap >= 1.8))


def ends_section(body: Body, head: Row, row: Row) -> bool:
    """Whether `row` is a heading at least as high as `head`: larger or as large, in capitals, or an appendix."""
    if is_contents_entry(row) or not is_title_like(row):
        return False
    if _is_appendix(body, row):
        return True
    if head.size >= 1.12 * body.size:
        return row.size >= head.size - 0.6 and row.bold >= head.bold and row.gap >= 1.2
    if head.text.isupper():
        return row.text.isupper() and row.bold >= head.bold and _numbered_alike(head, row)
    if not _numbered_alike(head, row):
        return False
    return row.bold >= head.bold and stands_out(body, row) and row.gap >= 1.4 and row.x0 <= head.x0 + 4


def _numbered_alike(head: Row, row: Row) -> bool:
    return bool(_NUMBERING.match(row.text)) >= bool(_NUMBERING.match(head.text))
