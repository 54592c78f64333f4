"""What a night's file holds, in a few numbers, for the table a run ends with."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from warehouse.connect import fetch_rows, open_reader


@dataclass(frozen=True, slots=True)
class SourceSummary:
    """One source: documents held and read, recommendations, and restatements in responses."""

    source: str
    documents: int
    documents_read: int
    recommendations: int
    quoted: int
    is_missing_tonight: bool


@dataclass(frozen=True, slots=True)
class ThemeSummary:
    """One theme: recommendations that have it, and its perennial common recommendations."""

    theme: str
    name: str
    recommendations: int
    perennial: int


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of one warehouse file. `issues_by_level` is of the latest run that has any line, by level."""

    documents: int
    documents_read: int
    recommendations: int
    abstained: int
    sources: tuple[SourceSummary, ...]
    themes: tuple[ThemeSummary, ...]
    common_recommendations: int
    perennial_recommendations: int
    issues_by_level: dict[str, int]


def read_as_of(path: Path) -> date:
    """The day that the warehouse at `path` speaks of. Raises `NoWarehouse`."""
    with open_reader(path) as connection:
        day: date = fetch_rows(connection, "SELECT as_of FROM parameters")[0]["as_of"]
    return day


def summarise(path: Path) -> Summary:
    """Count the warehouse at `path`. Restatements in responses are not among `recommendations`.

    Raises `NoWarehouse` when there is none.
    """
    with open_reader(path) as connection:
        totals = fetch_rows(
            connection,
            """
            SELECT
                (SELECT count(*) FROM documents) AS documents,
                (SELECT count(*) FROM documents WHERE is_read) AS documents_read,
                (SELECT count(*) FROM recommendations WHERE kind <> 'quoted_recommendation') AS recommendations,
                (SELECT count(*) FROM recommendations WHERE kind <> 'quoted_recommendation' AND is_abstained)
                    AS abstained,
                (SELECT count(*) FROM common_recommendations) AS common_recommendations,
                (SELECT count(*) FROM perennial_recommendations) AS perennial_recommendations
            """,
        )[0]
        sources = fetch_rows(
            connection,
            "SELECT source, document_count AS documents, document_read_count AS documents_read, "
            "recommendation_count AS recommendations, quoted_count AS quoted, is_missing_tonight "
            "FROM sources ORDER BY source",
        )
        themes = fetch_rows(
            connection,
            "SELECT theme, name, recommendation_count AS recommendations, perennial_count AS perennial "
            "FROM themes ORDER BY theme",
        )
        issues = fetch_rows(
            connection,
            "SELECT level, count(*) AS issue_count FROM issues "
            "WHERE run_id IS NOT DISTINCT FROM (SELECT run_id FROM issues LIMIT 1) GROUP BY level ORDER BY level",
        )
    return Summary(
        **totals,
        sources=tuple(SourceSummary(**row) for row in sources),
        themes=tuple(ThemeSummary(**row) for row in themes),
        issues_by_level={row["level"]: row["issue_count"] for row in issues},
    )
