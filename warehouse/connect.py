"""How this project opens a DuckDB file: nothing is installed or loaded from a network."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import duckdb

from pipeline.refusal import Refusal

Connection: TypeAlias = duckdb.DuckDBPyConnection

OFFLINE = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
# A question of more than two seconds would draw a bar on standard output, which belongs to the command's JSON.
QUIET = "SET enable_progress_bar = false"
# Analysts open the file with what they have: every DuckDB since 1.4, its shell, and what is built on it.
OLDEST_READER = "v1.4.0"


class NoWarehouse(FileNotFoundError):
    """There is no published file yet; one sentence."""


class InUse(Refusal):
    """Another program has the file open for writing, and DuckDB lets nobody else in; one sentence."""


@contextmanager
def open_reader(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection, any number at a time. A file swapped in meanwhile leaves it on the old one.

    Raises `NoWarehouse` when there is no file, and `InUse`.
    """
    if not path.is_file():
        raise NoWarehouse(f"There is no warehouse at {path} yet; run `perennial run` first.")
    try:
        connection = duckdb.connect(path, read_only=True, config=dict(OFFLINE))
    except duckdb.IOException as error:
        if "lock" not in str(error):
            raise
        raise InUse(f"Another program has {path} open for writing; close it there, or open it read-only.") from error
    connection.execute(QUIET)
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def open_writer(path: Path, *, memory_mb: int | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """The one writing connection of a file being built; everything is in the file itself when it closes.

    Above `memory_mb` DuckDB writes to the file, or to a folder beside it, what it would otherwise keep at hand.
    """
    config = {**OFFLINE, "storage_compatibility_version": OLDEST_READER}
    limit = {} if memory_mb is None else {"memory_limit": f"{memory_mb}MB"}
    connection = duckdb.connect(path, config={**config, **limit})
    connection.execute(QUIET)
    try:
        yield connection
        connection.execute("CHECKPOINT")
    finally:
        connection.close()


def fetch_rows(
    connection: duckdb.DuckDBPyConnection, sql: str, values: Sequence[object] | Mapping[str, object] | None = None
) -> list[dict[str, Any]]:
    """The rows of a query as dictionaries by column name."""
    cursor = connection.execute(sql, values)
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
