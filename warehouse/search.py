"""Search over a published warehouse: keywords (BM25 over stems) blended with meaning (cosine of sentence vectors).

Making a vector of the query is the caller's; without one, search is by keyword alone.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

from warehouse.connect import open_reader
from warehouse.search_index import IRREGULAR, STOP_WORDS, stem_words

# How much meaning counts against words in the blend. Both are brought to 0..1 by their own upper bound and not by the
# best hit of the night, so that a score means the same for every query.
SEMANTIC_SHARE = 0.5


class Scope(StrEnum):
    """What is searched: every passage of every document, or recommendations only."""

    DOCUMENTS = "documents"
    RECOMMENDATIONS = "recommendations"


@dataclass(frozen=True, slots=True)
class Hit:
    """One stretch of text that answers a query; `score` runs from 0 to 1 and falls down the list."""

    file: str
    url: str
    sha256: str
    title: str | None
    page: int
    text: str
    score: float
    recommendation_id: str | None


@dataclass(frozen=True, slots=True)
class Query:
    """A query taken apart: the stems to look for, and a pattern each text must match for every quoted phrase."""

    stems: tuple[str, ...]
    phrases: tuple[str, ...]


def search(
    path: Path,
    query: str,
    query_vector: NDArray[np.float32] | None = None,
    *,
    scope: Scope | str = Scope.DOCUMENTS,
    theme: str | None = None,
    source: str | None = None,
    limit: int = 10,
) -> list[Hit]:
    """The `limit` texts of the warehouse at `path` that answer `query` best, best first.

    Words in double quotes must stand together; any other sign is only a space between words. `query_vector` is the
    query's unit vector by the model the warehouse was built with, shape (d,). `theme` keeps recommendations of that
    theme and, among documents, passages of documents that hold one. Raises `ValueError` on an unknown scope or a
    vector of the wrong length, `NoWarehouse` when there is none.
    """
    scope = Scope(scope)
    parsed = parse_query(query)
    with open_reader(path) as connection:
        _fill_candidates(connection, scope, theme, source, parsed.phrases)
        vector = _fit_vector(connection, query_vector) if query.strip() else None
        if not parsed.stems and vector is None:
            return []
        return _rank(connection, scope, parsed, vector, limit)


def parse_query(query: str) -> Query:
    """Take `query` apart. An unclosed quote is an ordinary sign."""
    phrases = [words for quoted in re.findall(r'["“]([^"“”]+)["”]', query) if (words := _list_words(quoted))]
    kept = [word for word in _list_words(query) if word not in STOP_WORDS]
    return Query(tuple(dict.fromkeys(stem_words(kept))), tuple(_make_pattern(words) for words in phrases))


def _list_words(text: str) -> list[str]:
    """The words of `text` as the index splits them (schema/005_list_words.sql)."""
    plain = "".join(sign for sign in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(sign))
    return [word for word in re.findall(r"[^\W_]+", plain) if len(word) > 1 or word.isdecimal()]


def _make_pattern(words: Sequence[str]) -> str:
    """A pattern for these words side by side, each in singular or plural."""
    return r"\b" + r"[\W_]+".join(_make_plural(word) for word in words) + r"\b"


def _make_plural(word: str) -> str:
    single = IRREGULAR.get(word, word)
    if many := [plural for plural, one in IRREGULAR.items() if one == single]:
        return f"(?:{'|'.join([single + 's?', *many])})"
    if len(word) < 4:
        return re.escape(word)
    if word.endswith(("y", "ies")):
        return re.escape(re.sub("(y|ies)$", "", word)) + "(?:y|ies)"
    if word.endswith(("ses", "xes", "ches", "shes")):
        return re.escape(word[:-2]) + "(?:es)?"
    return re.escape(word.removesuffix("s")) + "(?:e?s)?"


def _fill_candidates(
    connection: duckdb.DuckDBPyConnection, scope: Scope, theme: str | None, source: str | None, phrases: Sequence[str]
) -> None:
    """A temporary table of the entries the filters leave."""
    conditions = ["scope = $scope"]
    values: dict[str, object] = {"scope": scope.value}
    if source is not None:
        conditions.append("sha256 IN (SELECT sha256 FROM base.document WHERE source = $source)")
        values["source"] = source
    if theme is not None:
        key = "recommendation_id" if scope is Scope.RECOMMENDATIONS else "sha256"
        conditions.append(f"{key} IN (SELECT {key} FROM recommendations WHERE list_contains(themes, $theme))")
        values["theme"] = theme
    for number, phrase in enumerate(phrases):
        conditions.append(f"regexp_matches(strip_accents(lower(text)), $phrase{number})")
        values[f"phrase{number}"] = phrase
    connection.execute(
        f"CREATE TEMP TABLE candidate AS SELECT entry_no FROM base.entry WHERE {' AND '.join(conditions)}", values
    )


def _fit_vector(connection: duckdb.DuckDBPyConnection, vector: NDArray[np.float32] | None) -> list[float] | None:
    """The query's vector as SQL takes it; None when there is none here or none in the file."""
    found = connection.execute("SELECT len(vector) FROM base.embedding LIMIT 1").fetchall()
    if vector is None or not found:
        return None
    if np.shape(vector) != (found[0][0],):
        raise ValueError(
            f"The query's vector has shape {np.shape(vector)}, and the warehouse's have {found[0][0]} numbers."
        )
    return [float(value) for value in vector]


def _rank(
    connection: duckdb.DuckDBPyConnection, scope: Scope, query: Query, vector: list[float] | None, limit: int
) -> list[Hit]:
    size = len(vector) if vector else 1
    meaning = (
        f"SELECT entry_no, greatest(array_cosine_similarity(vector, $vector::FLOAT[{size}]), 0) AS cosine "
        "FROM base.embedding SEMI JOIN candidate USING (entry_no)"
        if vector
        else "SELECT entry_no, 0.0 AS cosine FROM candidate WHERE FALSE"
    )
    values = {
        "stems": list(query.stems),
        "scope": scope.value,
        "limit": limit,
        "share": SEMANTIC_SHARE if vector else 0.0,
        **({"vector": vector} if vector else {}),
    }
    rows = connection.execute(
        f"""
        WITH word AS (SELECT entry_no, score FROM base.rank_words($stems, $scope) SEMI JOIN candidate USING (entry_no)),
        meaning AS ({meaning}),
        -- BM25 has no fixed top; the most a text could score is every word of the query, very often: idf * 2.2.
        top AS (SELECT greatest(max_score, 1e-9) AS best FROM base.best_score($stems, $scope)),
        blend AS (
            SELECT
                entry_no,
                round($share * coalesce(cosine, 0) + (1 - $share) * coalesce(score, 0) / best, 6) AS score
            FROM word FULL JOIN meaning USING (entry_no) CROSS JOIN top
        )
        -- Only the few best are looked up.
        SELECT document.file, document.url, document.sha256, document.title, entry.page, entry.text, best.score,
            entry.recommendation_id
        FROM (FROM blend WHERE score > 0 ORDER BY score DESC, entry_no LIMIT $limit) AS best
        JOIN base.entry USING (entry_no)
        JOIN base.document USING (sha256)
        ORDER BY best.score DESC, entry_no
        """,
        values,
    ).fetchall()
    return [Hit(*row) for row in rows]
