"""What the review page shows: the queue, a search, one ask with all that a reviewer needs. Reads views only.

A reviewer sees the document itself, so names stay in; whoever may not see restricted rows is given none.
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.records import Box
from warehouse.connect import Connection, fetch_rows, open_reader

SHOWN = 60  # rows of a list


@dataclass(frozen=True, slots=True)
class Ask:
    """One ask as a reviewer meets it: the row of the register, its questions, its boxes, its group, what was said."""

    row: dict[str, Any]
    questions: tuple[dict[str, Any], ...]
    boxes: tuple[Box, ...]
    others: tuple[dict[str, Any], ...]
    judged: tuple[dict[str, Any], ...]


def list_queue(
    path: Path, *, theme: str | None, may_see_restricted: bool, done: Collection[tuple[str, str]] = ()
) -> list[dict[str, Any]]:
    """The rows most worth judging, without those in `done`: (recommendation, theme) judged since the last night.

    A row whose question is `extraction`, whether it is an ask at all, has no theme: an empty one here and in `done`.
    """
    with open_reader(path) as connection:
        return fetch_rows(
            connection,
            """
            SELECT recommendation_id, question, coalesce(theme, '') AS theme, text, body, published, source, page,
                score, is_given, why, worth, document_title, is_restricted
            FROM review_queue
            WHERE ($theme IS NULL OR theme = $theme) AND ($restricted OR NOT is_restricted)
              AND (recommendation_id || ' ' || coalesce(theme, '')) NOT IN (SELECT unnest($done))
              -- A reprint has no page of its own here; the file has it.
              AND (question = 'theme' OR recommendation_id IN (SELECT recommendation_id FROM register))
            ORDER BY worth DESC, published DESC NULLS LAST, recommendation_id, theme
            LIMIT $limit
            """,
            {
                "theme": theme, "restricted": may_see_restricted, "limit": SHOWN,
                "done": sorted(f"{row} {slug}" for row, slug in done) or [""],
            },
        )  # fmt: skip


def search_asks(path: Path, words: str, *, may_see_restricted: bool) -> list[dict[str, Any]]:
    """Asks that hold the words, best first."""
    with open_reader(path) as connection:
        return fetch_rows(
            connection,
            """
            SELECT found.ask_id AS recommendation_id, found.text, found.body, found.published, found.source, found.page,
                found.document_title, found.themes, found.is_restricted, max(found.score) AS score
            FROM search_recommendations($words, how_many := $limit) AS found
            WHERE $restricted OR NOT found.is_restricted
            GROUP BY ALL
            ORDER BY score DESC, recommendation_id
            """,
            {"words": words, "limit": SHOWN, "restricted": may_see_restricted},
        )


def list_themes(path: Path) -> list[dict[str, Any]]:
    """Slug, name and review coverage of each theme."""
    with open_reader(path) as connection:
        return fetch_rows(
            connection,
            "SELECT theme, name, definition, ask_count, judged_ask_count, open_conflict_count "
            "FROM themes JOIN (SELECT * EXCLUDE (ask_count), ask_count AS asks FROM review_coverage) USING (theme) "
            "ORDER BY theme",
        )


def load_ask(path: Path, recommendation_id: str, *, may_see_restricted: bool) -> Ask | None:
    """One ask; None when it is not there or not for this reader."""
    with open_reader(path) as connection:
        rows = fetch_rows(
            connection,
            "FROM register WHERE recommendation_id = $id AND ($restricted OR NOT is_restricted)",
            {"id": recommendation_id, "restricted": may_see_restricted},
        )
        return _fill_ask(connection, rows[0], may_see_restricted=may_see_restricted) if rows else None


def find_document(path: Path, sha256: str, *, may_see_restricted: bool) -> dict[str, Any] | None:
    """A document's row; None when it is not there or not for this reader."""
    with open_reader(path) as connection:
        rows = fetch_rows(
            connection,
            "SELECT sha256, title, page_count, is_restricted, media_type FROM documents "
            "WHERE sha256 = $sha256 AND ($restricted OR NOT is_restricted)",
            {"sha256": sha256, "restricted": may_see_restricted},
        )
        return rows[0] if rows else None


def _fill_ask(connection: Connection, row: dict[str, Any], *, may_see_restricted: bool) -> Ask:
    values = {"id": row["recommendation_id"]}
    detail = fetch_rows(connection, "FROM recommendations WHERE recommendation_id = $id", values)[0]
    questions = [{**one, "is_given": True} for one in detail["theme_details"]]
    if detail["nearest_theme"] and detail["nearest_theme"] not in detail["themes"]:
        questions.append(
            {
                "theme": detail["nearest_theme"], "score": detail["nearest_score"], "is_reviewed": False,
                "reason": detail["nearest_reason"] or "nearest miss", "is_given": False,
            }
        )  # fmt: skip
    others = fetch_rows(
        connection,
        "SELECT recommendation_id, text, body, published, page FROM register "
        "WHERE common_id = $common AND recommendation_id <> $id AND ($restricted OR NOT is_restricted) "
        "ORDER BY published NULLS LAST, recommendation_id LIMIT 12",
        {**values, "common": row["common_id"], "restricted": may_see_restricted},
    )
    judged = fetch_rows(
        connection,
        "SELECT question, theme, answer, note, reviewer, reviewed_on FROM reviews WHERE recommendation_id = $id "
        "ORDER BY recorded_at DESC",
        values,
    )
    return Ask(
        row=row,
        questions=tuple(questions),
        boxes=tuple(Box(box["page"], box["x0"], box["top"], box["x1"], box["bottom"]) for box in detail["boxes"]),
        others=tuple(others),
        judged=tuple(judged),
    )
