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
    """Fill `base.term`, `base.posting` and `base.entry_length` from `base.entry`.

    Words are split and counted in SQL; only distinct words come to Python for their stems.
    """
    connection.execute("CREATE TEMP TABLE word AS SELECT entry_no, unnest(list_words(text)) AS token FROM base.entry")
    tokens = [row[0] for row in connection.execute("SELECT DISTINCT token FROM word ORDER BY token").fetchall()]
    indexed = [token for token in tokens if token not in STOP_WORDS]
    stems = stem_words(indexed)
    numbers = {stem: number for number, stem in enumerate(sorted(set(stems)))}
    terms = pa.table(
        {
            "token": pa.array(indexed, pa.string()),
            "stem": pa.array(stems, pa.string()),
            "term_no": pa.array([numbers[stem] for stem in stems], pa.int32()),
        }
    )
    insert_table(connection, "term", terms)
    connection.execute(
        "INSERT INTO base.posting SELECT term_no, entry_no, least(count(*), 65535) "
        "FROM word JOIN base.term USING (token) GROUP BY term_no, entry_no ORDER BY term_no, entry_no"
    )
    connection.execute(
        "INSERT INTO base.entry_length SELECT entry_no, any_value(scope), coalesce(sum(frequency), 0) "
        "FROM base.entry LEFT JOIN base.posting USING (entry_no) GROUP BY entry_no ORDER BY entry_no"
    )
    connection.execute("DROP TABLE word")


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
    for vectors, first in ((facts.passage_vectors, 0), (facts.recommendation_vectors, passages)):
        if vectors is not None and len(vectors):
            _insert_vectors(connection, np.ascontiguousarray(vectors, dtype=np.float32), first)


def insert_table(connection: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
    """Append `table` to `base.<name>`, column by name."""
    connection.register("incoming", table)
    connection.execute(f"INSERT INTO base.{name} BY NAME SELECT * FROM incoming")
    connection.unregister("incoming")


def _check_shape(name: str, vectors: Vectors | None, rows: int) -> None:
    if vectors is not None and (vectors.ndim != 2 or len(vectors) != rows):
        raise ValueError(f"{name} has shape {vectors.shape}, and there are {rows} rows.")


def _insert_vectors(connection: duckdb.DuckDBPyConnection, vectors: Vectors, first: int) -> None:
    """Vectors of entries `first`, `first` + 1 …; the column takes on their length while the table is empty."""
    size = vectors.shape[1]
    if not connection.execute("SELECT 1 FROM base.embedding LIMIT 1").fetchall():
        connection.execute(f"ALTER TABLE base.embedding ALTER vector TYPE FLOAT[{size}]")
    table = pa.table(
        {
            "entry_no": pa.array(range(first, first + len(vectors)), pa.int32()),
            "vector": pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), size),
        }
    )
    insert_table(connection, "embedding", table)
