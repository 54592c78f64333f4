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
    """A query taken apart: the stems to look for, and for every quoted phrase a pattern that each text must match.

    `phrase_stems` are those of the phrases: a text without one of them need not be looked at.
    """

    stems: tuple[str, ...]
    phrases: tuple[str, ...]
    phrase_stems: tuple[str, ...]


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
        vector = _fit_vector(connection, query_vector) if query.strip() else None
        if not parsed.stems and vector is None:
            return []
        allowed = _list_allowed(connection, scope, theme, source, parsed)
        return _rank(connection, scope, parsed, vector, allowed, limit)


def parse_query(query: str) -> Query:
    """Take `query` apart. An unclosed quote is an ordinary sign."""
    phrases = [words for quoted in re.findall(r'["“]([^"“”]+)["”]', query) if (words := _list_words(quoted))]
    return Query(
        _list_stems(_list_words(query)),
        tuple(_make_pattern(words) for words in phrases),
        _list_stems([word for words in phrases for word in words]),
    )


def _list_stems(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(stem_words([word for word in words if word not in STOP_WORDS])))


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


def _list_allowed(
    connection: duckdb.DuckDBPyConnection, scope: Scope, theme: str | None, source: str | None, query: Query
) -> list[int] | None:
    """The entries that the filters leave; None without any filter."""
    conditions = []
    values: dict[str, object] = {"scope": scope.value}
    if source is not None:
        conditions.append("sha256 IN (SELECT sha256 FROM base.document WHERE source = $source)")
        values["source"] = source
    if theme is not None:
        key = "recommendation_id" if scope is Scope.RECOMMENDATIONS else "sha256"
        conditions.append(f"{key} IN (SELECT {key} FROM recommendations WHERE list_contains(themes, $theme))")
        values["theme"] = theme
    if query.phrase_stems:
        conditions.append(
            "entry_no IN (SELECT entry_no FROM base.posting JOIN base.term USING (term_no) "
            "WHERE scope = $scope AND list_contains($stems, stem) GROUP BY entry_no HAVING count(*) = len($stems))"
        )
        values["stems"] = list(query.phrase_stems)
    if not (conditions or query.phrases):
        return None
    patterns = {f"phrase{number}": pattern for number, pattern in enumerate(query.phrases)}
    matches = [f"regexp_matches(strip_accents(lower(text)), ${name})" for name in patterns]
    rows = connection.execute(
        # Texts are read last, and only those that the rest has left.
        "WITH kept AS MATERIALIZED (SELECT entry_no, text FROM base.entry "
        f"WHERE {' AND '.join(['scope = $scope', *conditions])}) "
        f"SELECT entry_no FROM kept WHERE {' AND '.join(['TRUE', *matches])} ORDER BY entry_no",
        values | patterns,
    ).fetchall()
    return [entry_no for (entry_no,) in rows]


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
    connection: duckdb.DuckDBPyConnection,
    scope: Scope,
    query: Query,
    vector: list[float] | None,
    allowed: list[int] | None,
    limit: int,
) -> list[Hit]:
    rows = connection.execute(
        """
        -- Only the few best are looked up.
        SELECT document.file, document.url, document.sha256, document.title, entry.page, entry.text, best.score,
            entry.recommendation_id
        FROM (
            FROM base.rank_texts($stems::VARCHAR[], $vector::FLOAT[], $scope, $allowed::INTEGER[])
            WHERE score > 0 ORDER BY score DESC, entry_no LIMIT $limit
        ) AS best
        JOIN base.entry USING (entry_no)
        JOIN base.document USING (sha256)
        ORDER BY best.score DESC, entry_no
        """,
        {"stems": list(query.stems), "vector": vector, "scope": scope.value, "allowed": allowed, "limit": limit},
    ).fetchall()
    return [Hit(*row) for row in rows]
