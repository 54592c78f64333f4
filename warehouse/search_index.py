"""The keyword index and the vectors of one warehouse file, made while it is built. Search itself is in `search`."""

import re

import duckdb
import numpy as np
import pyarrow as pa
import snowballstemmer

from warehouse.facts import Facts, Vectors

# Words that stand in nearly every sentence: they would fill a third of the index and tell nothing apart.
STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
        a an and any are as at be been being but by can could did do does for from had has have he her his if in into
        is it its may might must of on or our shall she should so such than that the their them then there these they
        this those to was we were what when which while who will with would you your
        """,
    )
)

AT_ONCE = 100_000  # texts or vectors

# Missing people are missing persons here.
IRREGULAR = {
    "children": "child",
    "women": "woman",
    "men": "man",
    "people": "person",
    "policemen": "policeman",
    "policewomen": "policewoman",
    "lives": "life",
    "wives": "wife",
    "knives": "knife",
}


def index_words(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill `base.word`, `base.scope`, `base.term` and `base.posting` from `base.entry`.

    Texts are split and counted in SQL, some at a time, so that the words of all of them are never held at once; only
    distinct words come to Python for their stems, and stems are counted and joined by number.
    """
    connection.execute(
        "CREATE TEMP TABLE numbered (stem VARCHAR, stem_no INTEGER);"
        "CREATE TEMP TABLE counted (entry_no INTEGER, scope VARCHAR, stem_no INTEGER, frequency INTEGER)"
    )
    _insert_words(connection, sorted(STOP_WORDS), [""] * len(STOP_WORDS))
    [(entries,)] = connection.execute("SELECT coalesce(max(entry_no) + 1, 0) FROM base.entry").fetchall()
    for start in range(0, entries, AT_ONCE):
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE heard AS SELECT entry_no, scope, list_words(text) AS tokens "
            "FROM base.entry WHERE entry_no >= $start AND entry_no < $start + $count",
            {"start": start, "count": AT_ONCE},
        )
        _add_words(connection)
        connection.execute(
            "INSERT INTO counted SELECT entry_no, scope, stem_no, count(*) "
            "FROM (SELECT entry_no, scope, unnest(tokens) AS token FROM heard) "
            "JOIN (SELECT token, stem_no FROM base.word JOIN numbered USING (stem)) USING (token) GROUP BY ALL"
        )
    _weigh_words(connection)
    connection.execute("DROP TABLE counted; DROP TABLE numbered; DROP TABLE IF EXISTS heard")


def _add_words(connection: duckdb.DuckDBPyConnection) -> None:
    """Words of `heard` that are met for the first time, and their stems."""
    found = connection.execute(
        "SELECT token FROM (SELECT DISTINCT unnest(tokens) AS token FROM heard) ANTI JOIN base.word USING (token) "
        "ORDER BY token"
    ).fetchall()
    tokens = [token for (token,) in found]
    _insert_words(connection, tokens, stem_words(tokens))
    connection.execute(
        "INSERT INTO numbered SELECT stem, row_number() OVER (ORDER BY stem) + (SELECT count(*) FROM numbered) "
        "FROM (SELECT DISTINCT stem FROM base.word WHERE stem <> '') ANTI JOIN numbered USING (stem)"
    )


def _insert_words(connection: duckdb.DuckDBPyConnection, tokens: list[str], stems: list[str]) -> None:
    columns = {"token": pa.array(tokens, pa.string()), "stem": pa.array(stems, pa.string())}
    connection.register("incoming", pa.table(columns))
    connection.execute("INSERT INTO base.word SELECT token, base.bare_word(token), stem FROM incoming")
    connection.unregister("incoming")


def _weigh_words(connection: duckdb.DuckDBPyConnection) -> None:
    """BM25 (Robertson and Zaragoza 2009) with k1 = 1.2 and b = 0.75, worked out once for every stem of every text."""
    connection.execute(
        """
        CREATE TEMP TABLE sized AS SELECT entry_no, sum(frequency) AS word_count FROM counted GROUP BY entry_no;
        INSERT INTO base.scope
            SELECT scope, count(*), greatest(coalesce(sum(word_count), 0) / count(*), 1)
            FROM base.entry LEFT JOIN sized USING (entry_no) GROUP BY scope ORDER BY scope;
        INSERT INTO base.term
            SELECT row_number() OVER (ORDER BY said.scope, stem), said.scope, stem, said.entry_count,
                round(1000 * ln(1 + (scope.entry_count - said.entry_count + 0.5) / (said.entry_count + 0.5)))
            FROM (SELECT scope, stem_no, count(*) AS entry_count FROM counted GROUP BY ALL) AS said
            JOIN numbered USING (stem_no) JOIN base.scope ON scope.scope = said.scope ORDER BY ALL;
        INSERT INTO base.posting
            SELECT term_no, entry_no,
                round(255 * frequency / (frequency + 1.2 * (0.25 + 0.75 * word_count / mean_words)))
            FROM counted JOIN (SELECT term_no, scope, stem_no FROM base.term JOIN numbered USING (stem))
                USING (scope, stem_no)
            JOIN sized USING (entry_no) JOIN base.scope USING (scope)
            ORDER BY term_no, entry_no;
        DROP TABLE sized;
        """
    )


def stem_words(words: list[str]) -> list[str]:
    """English (Porter 2) stems by Snowball; plurals it cannot know are taken as their singulars."""
    return list(snowballstemmer.stemmer("english").stemWords([IRREGULAR.get(word, word) for word in words]))


def load_vectors(connection: duckdb.DuckDBPyConnection, facts: Facts) -> None:
    """Fill `base.embedding` in the order of `base.entry`: passages, then recommendations.

    Raises `ValueError` when the vectors do not match the rows they belong to.
    """
    passages = sum(len(one.passages) for one in facts.extractions.values())
    rows = sum(len(one.recommendations) for one in facts.extractions.values())
    _check_shape("passage_vectors", facts.passage_vectors, passages)
    _check_shape("recommendation_vectors", facts.recommendation_vectors, rows)
    for vectors, scope, first in (
        (facts.passage_vectors, "documents", 0),
        (facts.recommendation_vectors, "recommendations", passages),
    ):
        if vectors is not None:
            _insert_vectors(connection, vectors, scope, first)


def insert_table(connection: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
    """Append `table` to `base.<name>`, column by name."""
    connection.register("incoming", table)
    connection.execute(f"INSERT INTO base.{name} BY NAME SELECT * FROM incoming")
    connection.unregister("incoming")


def _check_shape(name: str, vectors: Vectors | None, rows: int) -> None:
    if vectors is not None and (vectors.ndim != 2 or len(vectors) != rows):
        raise ValueError(f"{name} has shape {vectors.shape}, and there are {rows} rows.")


def _insert_vectors(connection: duckdb.DuckDBPyConnection, vectors: Vectors, scope: str, first: int) -> None:
    """Vectors of entries `first`, `first` + 1 …, some at a time."""
    for start in range(0, len(vectors), AT_ONCE):
        part = np.asarray(vectors[start : start + AT_ONCE], dtype=np.float32)
        largest = np.maximum(np.abs(part).max(axis=1, keepdims=True), np.float32(1e-9))
        small = np.round(part * (127 / largest)).astype(np.int8)
        codes = [row.tobytes() for row in np.packbits(part > 0, axis=1)]
        table = pa.table(
            {
                "entry_no": pa.array(range(first + start, first + start + len(part)), pa.int32()),
                "code": pa.array(codes, pa.binary()),
                "vector": pa.FixedSizeListArray.from_arrays(pa.array(small.ravel()), part.shape[1]),
            }
        )
        connection.register("incoming", table)
        connection.execute(
            "INSERT INTO base.embedding SELECT entry_no, $scope, CAST(code AS BIT), vector FROM incoming",
            {"scope": scope},
        )
        connection.unregister("incoming")
