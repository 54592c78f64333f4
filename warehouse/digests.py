"""What a theme lead receives: one CSV a theme, only what changed since the last, and what keeps coming back.

Reads views only. Which theme, date and folder are the caller's; so is remembering when a lead was last written to.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from warehouse.connect import open_reader
from warehouse.csv_cells import Cell, write_csv
from warehouse.rows import fetch_rows

COLUMNS = (
    "section", "theme", "text", "kind", "body", "source", "published", "document_title", "page", "link", "common_id",
    "asked_count", "status", "deadline", "overdue_days", "score", "reason", "restricted", "recommendation_id", "as_of",
    "theme_right", "other_theme", "new_status", "note", "reviewer", "reviewed_on",
)
SECTIONS = ("recurred_after_closure", "recurred", "overdue", "answered", "new", "standing")
NOTHING_NEW = "nothing_new"
STANDING_COUNT = 10

INDEX_COLUMNS = ("theme", "name", "lead", "file", *SECTIONS, "since", "as_of", "says")
COVERAGE_COLUMNS = (
    "source", "year", "document_count", "document_read_count", "document_without_text_count", "document_unread_count",
    "recommendation_count", "held_out_count", "is_missing_tonight", "last_good", "licence", "as_of",
)


@dataclass(frozen=True, slots=True)
class _Night:
    """What every query of one digest needs to know. `known_by` cuts off what was not known on an earlier day."""

    theme: str
    as_of: date
    since: date | None
    known_by: date | None


def write_digests(
    path: Path, folder: Path, *, themes: Sequence[str] | None = None, as_of: date | None = None, since: date | None = None
) -> list[Path]:
    """Write `<folder>/<as_of>/<theme>.csv` for each theme from the warehouse at `path`; the files written.

    `since` is the day of the lead's last digest: only what became known after it is new (None: everything is). `as_of`
    is the warehouse's own day by default; an earlier day leaves out what was not known then, but shows reviews and
    groups as they are tonight. Beside them `index.csv` says what each holds, and `coverage.csv` what it rests on and
    what was missing. The same warehouse and arguments give the same bytes. Raises `ValueError` for an unknown theme
    or a day after the warehouse's, `NoWarehouse` when there is none.
    """
    with open_reader(path) as connection:
        registry = {row["theme"]: row for row in fetch_rows(connection, "SELECT * FROM themes ORDER BY theme")}
        day = _choose_day(connection, as_of)
        chosen = _choose_themes(registry, themes)
        target = folder / day.isoformat()
        target.mkdir(parents=True, exist_ok=True)
        written, index = [], []
        for theme in chosen:
            night = _Night(theme, day, since, as_of if as_of and as_of < _read_day(connection) else None)
            rows = collect_digest(connection, night)
            written.append(_write(target / f"{theme}.csv", write_csv(COLUMNS, rows)))
            index.append(_describe(registry[theme], rows, night))
        index_rows = _keep_other_lines(target / "index.csv", index) if themes is not None else index
        written.append(_write(target / "index.csv", write_csv(INDEX_COLUMNS, index_rows)))
        written.append(_write(target / "coverage.csv", write_csv(COVERAGE_COLUMNS, _list_coverage(connection, day))))
    return written
