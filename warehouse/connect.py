"""How this project opens a DuckDB file: nothing is installed or loaded from a network."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

OFFLINE = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}


class NoWarehouse(FileNotFoundError):
    """There is no published file yet; one sentence."""


@contextmanager
def open_reader(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection, any number at a time. A file swapped in meanwhile leaves it on the old one.

    Raises `NoWarehouse` when there is no file.
    """
    if not path.is_file():
        raise NoWarehouse(f"There is no warehouse at {path} yet; run `perennial run` first.")
    connection = duckdb.connect(path, read_only=True, config=dict(OFFLINE))
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def open_writer(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The one writing connection of a file being built; everything is in the file itself when it closes."""
    connection = duckdb.connect(path, config=dict(OFFLINE))
    try:
        yield connection
        connection.execute("CHECKPOINT")
    finally:
        connection.close()
