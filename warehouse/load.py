"""Facts into the base tables of an open warehouse, in bulk. What a fact is: `facts`; a table's rows: `tables`."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import duckdb

from pipeline.records import Issue
from warehouse.answers import Answers
from warehouse.document_tables import entry
from warehouse.facts import (
    Facts,
    ListedRow,
    Parameters,
    SourceRow,
    ThemeRow,
    list_passages,
    list_recommendations,
)
from warehouse.search_index import index_words, insert_table, load_vectors
from warehouse.tables import issue, make_tables

__all__ = [
    "Facts",
    "ListedRow",
    "Parameters",
    "SourceRow",
    "ThemeRow",
    "list_passages",
    "list_recommendations",
    "load_facts",
]


def load_facts(
    connection: duckdb.DuckDBPyConnection,
    facts: Facts,
    answers: Callable[[], Answers],
    *,
    is_public: bool,
    more_issues: Callable[[], Sequence[Issue]] = tuple,
) -> None:
    """Fill every base table, that of issues last. Raises `ValueError` when vectors and rows do not match.

    Search first, which is the database's work: `answers` are asked for after it, and may be found beside meanwhile.
    """
    insert_table(connection, "entry", entry(facts))
    index_words(connection)
    load_vectors(connection, facts)
    tables = make_tables(facts, answers(), is_public=is_public)
    for name in list(tables):
        insert_table(connection, name, tables.pop(name))  # not held beside what the database makes of it
    insert_table(connection, "issue", issue(replace(facts, issues=[*facts.issues, *more_issues()])))
