"""Which views are worked out once, while a file is built, and kept as tables; how their rows lie there.

An analyst's question then reads rows instead of working the whole night out again. A kept view keeps its name, its
columns and its comments.
"""

import duckdb

# View, and an order of its rows that is the same whatever order the facts came in. Rows that are asked for together
# lie together: DuckDB passes over stretches whose smallest and largest value cannot match.
KEPT = {
    "base.current_theme": "recommendation_id, theme",
    "base.ask": "ask_id",
    "base.answer": "ask_id, answered_on, recommendation_id, sha256",
    "base.current_status": "ask_id",
    "base.closure": "ask_id, status",
    "sources": "source",
    "documents": "published DESC NULLS LAST, sha256",
    "recommendations": "sha256, page, recommendation_id",
    "common_recommendations": "strength DESC NULLS LAST, common_id",
    "perennial_recommendations": "recurring_year_count DESC, recurring_body_count DESC, ask_count DESC, common_id",
    "recurrences": "common_id, earlier_id, later_id",
    "recurred_after_closure": "common_id, closed_id, closed_status, later_id",
    "base.framing": "ask_id",
    "register": "published DESC NULLS LAST, sha256, page, recommendation_id",
    "register_by_addressee": "published DESC NULLS LAST, recommendation_id, addressee",
    "themes": "theme",
    "theme_by_source": "theme, source",
    "theme_by_source_year": "theme, source, year",
    "coverage": "source, year NULLS LAST",
}


def make_view(connection: duckdb.DuckDBPyConnection, view: str, script: str) -> None:
    """Run the `script` of a kept view: a table of what the view gives now, and the view that reads it.

    The comments on the view come last in the script, and are put on both.
    """
    making, comments = _split_comments(view, script)
    table = f"kept.{view.rpartition('.')[2]}"
    connection.execute(making)
    connection.execute(f"CREATE TABLE {table} AS FROM {view} ORDER BY {KEPT[view]}")
    connection.execute(f"CREATE OR REPLACE VIEW {view} AS FROM {table}")
    connection.execute(comments)
    of_table = comments.replace(f"COMMENT ON VIEW {view} ", f"COMMENT ON TABLE {table} ")
    connection.execute(of_table.replace(f"COMMENT ON COLUMN {view}.", f"COMMENT ON COLUMN {table}."))


def _split_comments(view: str, script: str) -> tuple[str, str]:
    making, heading, rest = script.partition(f"COMMENT ON VIEW {view} ")
    return making, heading + rest
