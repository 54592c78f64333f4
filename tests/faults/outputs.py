"""What a night gives to others, as hashes by name: equal where two nights say the same."""

import csv
import hashlib
import io
from pathlib import Path

import pyarrow.parquet as pq

from pipeline.issues import read_issues
from pipeline.ledger import Ledger
from pipeline.records import Issue
from pipeline.workspace import Workspace
from warehouse.connect import fetch_rows, open_reader

# What a night that went on after a fault says otherwise than one that met none, and why that is right.
NOT_COMPARED = {
    "runs": "there was one more run, and each has its moment",
    "issues": "the fault has left one; compared by `list_issues`",
    "run": "as runs",
    "issue": "as issues",
}
MOMENTS = frozenset(
    {
        "run_id",
        "recorded_at",
        "run_started_at",
        "fetched_at",
        "last_fetched_at",
        "noticed_at",
        "started_at",
        "finished_at",
        "ended_at",
    }
)  # columns: a clock went on between the fault and the next run
FAULTS = frozenset(
    {"night_interrupted", "line_mended", "line_lost", "result_damaged", "published_altered", "night_failed",
     "not_delivered", "not_notified"}
)  # fmt: skip


def hash_outputs(data: Path) -> dict[str, str]:
    """By name: each exported Parquet table, each table of both DuckDB files, each digest, bulletin and lead's file."""
    workspace = Workspace(data)
    found = {}
    for path in sorted((workspace.published / "parquet").glob("*.parquet")):
        if path.stem not in NOT_COMPARED:
            found[f"parquet/{path.stem}"] = _hash_parquet(path)
    for path in (workspace.warehouse, workspace.public):
        found |= _hash_tables(path)
    for folder in (workspace.digests, workspace.lead_folders):
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                found[path.relative_to(data).as_posix()] = _hash(path.read_bytes())
    return found


def list_decisions(data: Path) -> dict[str, list[bytes]]:
    """The lines of every file that holds what people decided."""
    ledger = Ledger(Workspace(data).ledger)
    files = (ledger.reviews_path, ledger.proposal_decisions_path, Workspace(data).inbox / "manifest.jsonl")
    return {path.name: path.read_bytes().splitlines() for path in files if path.exists()}


def list_issues(data: Path) -> list[Issue]:
    """The issues that faults have left."""
    return [issue for issue in read_issues(Workspace(data).issues) if issue.code in FAULTS]


def _hash_parquet(path: Path) -> str:
    """The bytes of the file; without the columns that hold moments where it has such."""
    names = pq.read_schema(path).names
    if not MOMENTS & set(names):
        return _hash(path.read_bytes())
    table = pq.read_table(path, columns=[name for name in names if name not in MOMENTS])
    return _hash(_write_rows(sorted(map(repr, table.to_pylist()))))


def _hash_tables(path: Path) -> dict[str, str]:
    with open_reader(path) as connection:
        listed = fetch_rows(
            connection, "SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal ORDER BY ALL"
        )
        found = {}
        for row in listed:
            if row["table_name"] in NOT_COMPARED:
                continue
            name = f'"{row["schema_name"]}"."{row["table_name"]}"'
            columns = [one["column_name"] for one in fetch_rows(connection, f"DESCRIBE {name}")]
            kept = ", ".join(f'"{column}"' for column in columns if column not in MOMENTS)
            rows = connection.execute(
                f"SELECT hash(t)::VARCHAR FROM (SELECT {kept} FROM {name}) t ORDER BY 1"
            ).fetchall()
            found[f"{path.name}:{name}"] = _hash(_write_rows([one for (one,) in rows]))
    return found


def _write_rows(rows: list[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([row] for row in rows)
    return out.getvalue().encode()


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
