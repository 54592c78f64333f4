"""What a theme lead receives: one CSV a theme, only what changed since the last, and what keeps coming back.

Reads views only. Which theme, date and folder are the caller's; so is remembering when a lead was last written to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from pipeline.refusal import Refusal
from pipeline.store import write_whole
from warehouse.connect import fetch_rows, open_reader
from warehouse.csv_cells import Cell, write_csv

COLUMNS = (
    "section", "theme", "text", "kind", "body", "source", "published", "document_title", "page", "link", "common_id",
    "asked_count", "status", "deadline", "overdue_days", "score", "reason", "restricted", "recommendation_id", "as_of",
    "theme_right", "other_theme", "new_status", "note", "reviewer", "reviewed_on",
)  # fmt: skip
SECTIONS = ("recurred_after_closure", "recurred", "overdue", "answered", "new", "standing")
NOTHING_NEW = "nothing_new"
STANDING_COUNT = 10
INDEX_COLUMNS = ("theme", "name", "lead", "file", *SECTIONS, "since", "as_of", "says")
COVERAGE_COLUMNS = (
    "source", "year", "document_count", "document_read_count", "document_without_text_count", "document_unread_count",
    "recommendation_count", "held_out_count", "is_missing_tonight", "last_good", "licence", "as_of",
)  # fmt: skip


class UnknownDigest(Refusal):
    """A theme or a day that this warehouse cannot write a digest of, in one sentence."""


@dataclass(frozen=True, slots=True)
class Period:
    """What a digest covers. `known_by`, when set, leaves out what came in after an earlier `as_of`."""

    as_of: date
    since: date | None
    known_by: date | None


def write_digests(
    path: Path,
    folder: Path,
    *,
    themes: Sequence[str] | None = None,
    as_of: date | None = None,
    since: date | None = None,
) -> list[Path]:
    """Write `<folder>/<as_of>/<theme>.csv` for each theme from the warehouse at `path`; the files written.

    `since` is the day of the lead's last digest: only what became known after it is new (None: everything is). `as_of`
    is the warehouse's own day by default; an earlier one leaves out what was not known then, but shows reviews and
    groups as they are tonight. Beside them `index.csv` says what each digest holds, and `coverage.csv` what all rest
    on and what was missing. The same warehouse and arguments give the same bytes. Raises `UnknownDigest` for an unknown
    theme or a day after the warehouse's, `NoWarehouse` when there is none.
    """
    with open_reader(path) as connection:
        registry = fetch_rows(connection, "SELECT theme, name, lead FROM themes ORDER BY theme")
        chosen = _choose_themes([row["theme"] for row in registry], themes)
        period = _choose_period(connection, as_of, since)
        digests = collect_digests(connection, [row["theme"] for row in registry], period)
        coverage = _list_coverage(connection, period)
        missing = [
            row["source"] for row in fetch_rows(connection, "FROM sources WHERE is_missing_tonight ORDER BY source")
        ]
    target = folder / period.as_of.isoformat()
    target.mkdir(parents=True, exist_ok=True)
    files = {target / f"{theme}.csv": write_csv(COLUMNS, digests[theme]) for theme in chosen}
    index = [_describe_digest(row, digests[row["theme"]], period, missing) for row in registry]
    files[target / "index.csv"] = write_csv(INDEX_COLUMNS, index)
    files[target / "coverage.csv"] = write_csv(COVERAGE_COLUMNS, coverage)
    for file, content in files.items():
        write_whole(file, content)
    return list(files)


def collect_digests(
    connection: duckdb.DuckDBPyConnection, themes: Sequence[str], period: Period
) -> dict[str, list[dict[str, Cell]]]:
    """The rows of each theme's digest, sections in the order of `SECTIONS`; one line says so when nothing changed."""
    changes = fetch_rows(
        connection,
        "FROM changes($since, until_day := $as_of, known_until := $known_by)",
        {"since": period.since, "as_of": period.as_of, "known_by": period.known_by},
    )
    standing = fetch_rows(connection, "FROM standing(how_many := $count)", {"count": STANDING_COUNT})
    nothing: dict[str, Cell] = {"section": NOTHING_NEW, "text": _say_nothing_new(period)}
    digests = {}
    for theme in themes:
        rows = [_describe_change(row) for row in changes if row["theme"] == theme] or [nothing]
        rows += [_describe_standing(row) for row in standing if row["theme"] == theme]
        digests[theme] = [{**row, "theme": theme, "as_of": period.as_of} for row in rows]
    return digests


def _describe_change(row: dict[str, Any]) -> dict[str, Cell]:
    return {
        **{name: row[name] for name in COLUMNS if name in row},
        "link": row["page_url"],
        "deadline": row["due"],
        "score": None if row["score"] is None else round(row["score"], 2),
        "restricted": row["is_restricted"],
    }


def _describe_standing(row: dict[str, Any]) -> dict[str, Cell]:
    shown = ("text", "kind", "body", "source", "published", "document_title", "page", "common_id", "reason")
    return {
        **{name: row[name] for name in shown},
        "section": "standing",
        "link": row["page_url"],
        "asked_count": row["ask_count"],
        "restricted": row["is_restricted"],
        "recommendation_id": row["representative_id"],
    }


def _say_nothing_new(period: Period) -> str:
    return "Nothing on this theme yet." if period.since is None else f"Nothing new since {period.since.isoformat()}."


def _choose_themes(known: Sequence[str], wanted: Sequence[str] | None) -> list[str]:
    if unknown := sorted(set(wanted or ()) - set(known)):
        raise UnknownDigest(f"There is no theme {unknown[0]!r}; the themes are {', '.join(known)}.")
    return [theme for theme in known if wanted is None or theme in wanted]


def _choose_period(connection: duckdb.DuckDBPyConnection, as_of: date | None, since: date | None) -> Period:
    tonight: date = fetch_rows(connection, "SELECT as_of FROM parameters")[0]["as_of"]
    day = as_of or tonight
    if day > tonight:
        raise UnknownDigest(f"The warehouse speaks of {tonight}; it cannot say what will be known on {day}.")
    return Period(day, since, day if day < tonight else None)


def _describe_digest(
    theme: dict[str, Cell], rows: Sequence[dict[str, Cell]], period: Period, missing: Sequence[str]
) -> dict[str, Cell]:
    counts = {section: sum(row["section"] == section for row in rows) for section in SECTIONS}
    changed = sum(count for section, count in counts.items() if section != "standing")
    says = f"Changed: {changed}." if changed else _say_nothing_new(period)
    return {
        **theme,
        **counts,
        "file": f"{theme['theme']}.csv",
        "since": period.since,
        "as_of": period.as_of,
        # Without this a lost source reads as a quiet night.
        "says": f"{says} Not read tonight: {', '.join(missing)}." if missing else says,
    }


def _list_coverage(connection: duckdb.DuckDBPyConnection, period: Period) -> list[dict[str, Cell]]:
    rows = fetch_rows(
        connection,
        "SELECT coverage.*, sources.licence FROM coverage JOIN sources USING (source) ORDER BY source, year NULLS LAST",
    )
    return [{**row, "as_of": period.as_of} for row in rows]
