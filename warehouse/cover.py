"""What every digest and bulletin says of itself: what it rests on, what was missing, and how to read it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from warehouse.connect import Connection, fetch_rows
from warehouse.csv_cells import Cell
from warehouse.names import WITHHELD
from warehouse.workbook import Sheet

COVERAGE_COLUMNS = (
    "source", "year", "document_count", "document_read_count", "document_without_text_count", "document_unread_count",
    "recommendation_count", "held_out_count", "is_missing_tonight", "last_good", "licence", "as_of",
)  # fmt: skip
ABOUT_COLUMNS = ("subject", "says")
HOW_TO_READ = (
    ("section new", "First read here since your last digest."),
    ("section recurred", "Another body, or the same one later, had asked for the same thing before."),
    ("section recurred_after_closure", "Asked again after an earlier ask for the same thing was accepted or closed."),
    ("section overdue", "The printed day for the work, or the legal day for an answer, has passed."),
    ("section answered", "A response came in since your last digest."),
    ("section corrected", "You were told of this before, and it has changed; the reason says what it was."),
    ("section withdrawn", "You were told of this before, and it no longer stands, or no longer under this theme."),
    ("section standing", "The common recommendations that weigh most on this theme, changed or not."),
    ("score", "Calibrated probability, 0 to 1, that the theme is right; empty where a person gave the theme."),
    ("names", f"Names of people who died and of their families are replaced by {WITHHELD}. All else is word for word."),
    (
        "to send back",
        "Fill in any of the coloured columns, your name under reviewer and the day under reviewed_on; leave the rest "
        "as it is; send the file back. theme_right: yes or no. other_theme: themes it should have as well. "
        "same_ask: no where it does not ask for the same as the others with its common_id. plain_name: what to call "
        "all that has its common_id. addressee_is: who it is "
        "for. new_status: accepted, accepted in part, accepted in principle, under consideration, rejected, noted, "
        "done or not ours. To undo a judgement write withdrawn.",
    ),
)  # fmt: skip


def describe_cover(connection: Connection, as_of: date) -> list[tuple[str, str]]:
    """Subject and sentence: what tonight's output covers, the thresholds it uses, and how to read it."""
    rule = fetch_rows(connection, "FROM parameters")[0]
    sources = fetch_rows(
        connection, "SELECT * FROM sources WHERE document_count > 0 OR is_missing_tonight ORDER BY source"
    )
    missing = [_describe_missing(row) for row in sources if row["is_missing_tonight"]]
    licences = sorted({f"{row['title']}: {row['licence']}" for row in sources if row["licence"]})
    return [
        ("as of", as_of.isoformat()),
        *((f"source {row['source']}", _describe_source(row)) for row in sources),
        ("missing tonight", "; ".join(missing) or "Nothing: every source asked tonight was read."),
        (
            "perennial",
            f"Asked in at least {rule['years_needed']} of the last {rule['window_years']} years by at least "
            f"{rule['bodies_needed']} bodies, or asked again after it was accepted or closed. Reprints do not count.",
        ),
        (
            "answers",
            f"Coroners' reports and paragraph 28A recommendations must be answered in {rule['response_days']} days.",
        ),
        ("licence", "; ".join(licences) or "None known; ask the publisher before passing this on."),
        *HOW_TO_READ,
    ]  # fmt: skip


def make_about_sheet(lines: Sequence[tuple[str, str]]) -> Sheet:
    """The header sheet of a workbook, and the sidecar of the CSVs."""
    return Sheet("About", ABOUT_COLUMNS, [{"subject": subject, "says": says} for subject, says in lines])


def list_coverage(connection: Connection) -> list[dict[str, Any]]:
    """The view coverage with each source's licence."""
    return fetch_rows(
        connection,
        "SELECT coverage.*, sources.licence FROM coverage JOIN sources USING (source) ORDER BY source, year NULLS LAST",
    )


def list_missing(connection: Connection) -> list[str]:
    """Sources that could not be read tonight."""
    return [row["source"] for row in fetch_rows(connection, "FROM sources WHERE is_missing_tonight ORDER BY source")]


def say_missing(missing: Sequence[str]) -> str:
    """A sentence that no reader can take for a quiet night; empty when nothing is missing."""
    return f" Not read tonight: {', '.join(missing)}." if missing else ""


def _describe_source(row: dict[str, Cell]) -> str:
    first, last = row["first_published"], row["last_published"]
    years = f", published {str(first)[:4]} to {str(last)[:4]}" if first and last else ""
    return (
        f"{row['title']}: {row['document_read_count']} of {row['document_count']} documents read, "
        f"{row['recommendation_count']} recommendations{years}."
    )


def _describe_missing(row: dict[str, Cell]) -> str:
    last = f"; its rows are those of {row['last_good']}" if row["last_good"] else ""
    return f"{row['title']} ({row['source']}) could not be read{last}"
