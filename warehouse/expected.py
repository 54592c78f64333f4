"""The counts per source and year that people reviewed: a small CSV they keep, and the least that a night must hold."""

from pathlib import Path
from typing import Annotated

import pyarrow as pa
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from pipeline.refusal import Refusal
from warehouse.arrow import INTEGER, STRING, make_table
from warehouse.csv_cells import read_lines
from warehouse.facts import ExpectedCount, Facts

FILE = "expected_counts.csv"
COLUMNS = ("source", "year", "documents", "recommendations")


class _Line(BaseModel):
    """One line as written; an empty year means undated documents."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    source: str = Field(min_length=1)
    year: Annotated[int | None, BeforeValidator(lambda value: value or None)] = Field(ge=1900, le=2200)
    documents: int = Field(ge=0)
    recommendations: int = Field(ge=0)


def read_expected(path: Path) -> tuple[ExpectedCount, ...]:
    """The reviewed counts; none where there is no file.

    Raises `Refusal` for a file that is no such table, a line that cannot be used, and a source and year given twice.
    """
    if not path.exists():
        return ()
    found: dict[tuple[str, int | None], ExpectedCount] = {}
    for number, told in read_lines(path, COLUMNS, _Line):
        if (told.source, told.year) in found:
            raise Refusal(f"Line {number} of {path.name} gives {told.source} {told.year or 'undated'} a second time.")
        found[told.source, told.year] = ExpectedCount(**told.model_dump())
    return tuple(found.values())


def expected_count(facts: Facts) -> pa.Table:
    """One row a source and year."""
    rows = sorted(
        ((one.source, one.year, one.documents, one.recommendations) for one in facts.expected),
        key=lambda row: (row[0], row[1] or 0),
    )
    return make_table(rows, {"source": STRING, "year": INTEGER, "documents": INTEGER, "recommendations": INTEGER})
