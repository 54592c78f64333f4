"""Reads the CSV proforma: recommendations that people type in themselves, one a row.

Debriefs, tribunals, health-and-safety and telephone learning have no PDF; their rows take the same road.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import TypeVar

from dateutil import parser as date_parser

from pipeline.ids import content_hash, passage_id, recommendation_id
from pipeline.records import (
    DocumentFacts,
    Extraction,
    Issue,
    Kind,
    Level,
    Passage,
    Recommendation,
    Span,
    Status,
)

Choice = TypeVar("Choice", bound=StrEnum)
COLUMNS = ("text", "label", "kind", "addressee", "deadline", "status")


class UnreadableProforma(ValueError):
    """A CSV that is not a proforma, in one sentence."""


def read_proforma(content: bytes, source: str) -> Extraction:
    """The recommendations in a CSV with at least the column `text`; see `COLUMNS` for the others.

    The file counts as one page, and spans are offsets into its decoded text. A row without text, or with a
    kind, status or date that cannot be read, is left out with an issue that names its line.
    Raises `UnreadableProforma` when there is no `text` column or nothing can be decoded.
    """
    decoded = _decode(content)
    sha256 = content_hash(content)
    rows = list(_rows_with_place(decoded))
    recommendations: list[Recommendation] = []
    issues: list[Issue] = []
    for line, span, row in rows:
        try:
            recommendations.append(_read_row(sha256, row, span, line))
        except ValueError as error:
            message = f"Line {line} of the proforma was left out: {error}."
            issues.append(Issue(source, "extract", Level.WARNING, "proforma_row", message, sha256))
    passages = tuple(
        Passage(passage_id(sha256, 1, row.spans[0].start), sha256, 1, row.spans[0].start, row.spans[0].end, row.text)
        for row in recommendations
    )
    return Extraction(sha256, 1, DocumentFacts(), tuple(recommendations), (), passages, tuple(issues))


def _decode(content: bytes) -> str:
    """UTF-8 with or without a byte-order mark; failing that the code page Excel writes in Britain."""
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableProforma("The CSV is in an encoding that cannot be read; save it as 'CSV UTF-8'.")


def _rows_with_place(decoded: str) -> Iterator[tuple[int, Span, Mapping[str, str]]]:
    """Each data row with its first line number and its span in `decoded`."""
    starts = [0]
    for line in decoded.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    reader = csv.reader(io.StringIO(decoded, newline=""))
    header = [name.strip().casefold() for name in next(reader, [])]
    if "text" not in header:
        raise UnreadableProforma(f"The CSV needs a column called 'text' (it may have {', '.join(COLUMNS[1:])}).")
    ends = [reader.line_num]
    rows = []
    for row in reader:
        ends.append(reader.line_num)
        rows.append(row)
    for (before, after), row in zip(pairwise(ends), rows, strict=True):
        span = Span(1, starts[before], starts[min(after, len(starts) - 1)])
        yield before + 1, span, dict(zip(header, (cell.strip() for cell in row), strict=False))


def _read_row(sha256: str, row: Mapping[str, str], span: Span, line: int) -> Recommendation:
    text = " ".join(row.get("text", "").split())
    if not text:
        raise ValueError("it has no text")
    deadline = row.get("deadline", "")
    return Recommendation(
        recommendation_id=recommendation_id(sha256, text, line),
        sha256=sha256,
        kind=_choose(Kind, row.get("kind", ""), None) or Kind.RECOMMENDATION,
        label=row.get("label") or None,
        text=text,
        page=1,
        page_end=1,
        spans=(span,),
        addressees=tuple(name.strip() for name in row.get("addressee", "").split(";") if name.strip()),
        deadline=_read_date(deadline) if deadline else None,
        deadline_text=deadline or None,
        status=_choose(Status, row.get("status", ""), None),
        grammar="proforma",
    )


def _choose(enum: type[Choice], value: str, default: Choice | None) -> Choice | None:
    """The member of `enum` a person meant; `default` when the cell is empty."""
    if not value:
        return default
    for member in enum:
        if value.casefold().replace(" ", "_") == member.replace(" ", "_"):
            return member
    raise ValueError(f"{value!r} is not one of {', '.join(enum)}")


def _read_date(value: str) -> date:
    """ISO first; otherwise day before month, as written in Britain."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        pass
    try:
        return date_parser.parse(value, dayfirst=True).date()
    except (date_parser.ParserError, OverflowError) as error:
        raise ValueError(f"{value!r} is not a date") from error
