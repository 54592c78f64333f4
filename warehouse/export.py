"""A view or a query as one file for a spreadsheet: a workbook in which dates are dates, or a CSV."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from pipeline.refusal import Refusal
from pipeline.store import write_whole
from warehouse.connect import Connection, fetch_rows, open_reader
from warehouse.cover import list_missing, make_about_sheet, say_missing
from warehouse.csv_cells import Cell, write_csv
from warehouse.workbook import Sheet, write_workbook

MOST_ROWS = 1_048_575  # of a sheet of Excel, its header apart


def export_table(warehouse: Path, query: str, file: Path) -> int:
    """Write the rows of `query`, a view's name or one SELECT, to `file`; how many there were.

    A name in .xlsx makes a workbook, whose second sheet says what the columns mean; .csv a CSV. Lists are joined with
    "; ", and structs are JSON. Raises `Refusal` for another name, for what is no query or fails, and for more rows than
    a sheet holds; `NoWarehouse` when there is no file.
    """
    kind = file.suffix.lower()
    if kind not in (".xlsx", ".csv"):
        raise Refusal(f"{file.name} must end in .xlsx or .csv.")
    with open_reader(warehouse) as connection:
        columns, rows = _fetch(connection, query)
        about = _describe(connection, query.strip(), columns)
        as_of: date = fetch_rows(connection, "SELECT as_of FROM parameters")[0]["as_of"]
    if kind == ".csv":
        write_whole(file, write_csv(columns, rows))
        return len(rows)
    if len(rows) > MOST_ROWS:
        raise Refusal(f"There are {len(rows)} rows, and a sheet holds {MOST_ROWS}; ask for fewer, or write a .csv.")
    sheets = (Sheet("Table", columns, rows), make_about_sheet([("as of", as_of.isoformat()), *about]))
    write_whole(file, write_workbook(sheets, as_of))
    return len(rows)


def _fetch(connection: Connection, query: str) -> tuple[list[str], list[dict[str, Cell]]]:
    try:
        statements = connection.extract_statements(f"FROM {query}" if query.strip().isidentifier() else query)
        if [one.type for one in statements] != [duckdb.StatementType.SELECT]:
            raise Refusal("That is not one query: name a view, or write one SELECT.")
        cursor = connection.execute(statements[0])
        columns = [column[0] for column in cursor.description or []]
        rows = cursor.fetchall()
    except duckdb.Error as error:
        raise Refusal(f"DuckDB cannot answer that: {str(error).splitlines()[0]}") from error
    return columns, [dict(zip(columns, map(_make_cell, row), strict=True)) for row in rows]


def _describe(connection: Connection, query: str, columns: Sequence[str]) -> list[tuple[str, str]]:
    """What the file rests on, and what each column of a whole view means."""
    known = fetch_rows(
        connection,
        "SELECT column_name, comment FROM duckdb_columns() WHERE table_name = $view AND schema_name = 'main'",
        {"view": query},
    )
    comments: Mapping[str, str] = {row["column_name"]: row["comment"] for row in known}
    missing = say_missing(list_missing(connection)).strip() or "Nothing: every source asked was read."
    return [("query", query), ("missing tonight", missing), *((c, comments[c]) for c in columns if c in comments)]


def _make_cell(value: Any) -> Cell:  # noqa: ANN401  (DuckDB gives what the column holds)
    if isinstance(value, list) and not any(isinstance(one, dict) for one in value):
        return "; ".join(map(str, value))
    if isinstance(value, list | dict):
        return json.dumps(value, default=str, ensure_ascii=False)
    if isinstance(value, Decimal):
        return float(value)
    return value if value is None or isinstance(value, str | int | float | date) else str(value)
