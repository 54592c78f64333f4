"""The file edge: raw bytes kept by their hash, and stage results kept by what they were made from."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pydantic import TypeAdapter

from pipeline.ids import content_hash, text_hash
from pipeline.records import StoredFile

T = TypeVar("T")

_LINES = TypeAdapter(StoredFile)
COMPACT_ABOVE = 48  # parts of a stage; more make opening slow


def write_whole(path: Path, content: bytes) -> None:
    """Write `content` so that a reader sees the old file or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def append_lines(path: Path, lines: Iterable[bytes]) -> None:
    """Append lines durably, in one write. A half-written last line, left by a crash, is closed off first."""
    content = b"".join(line + b"\n" for line in lines)
    if not content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        if file.tell() > 0:
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                content = b"\n" + content
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


@dataclass(frozen=True, slots=True)
class Lines(Generic[T]):
    """What a JSON-lines file holds, and how many of its lines could not be read."""

    records: tuple[T, ...]
    damaged: int


def read_lines(path: Path, codec: TypeAdapter[T]) -> Lines[T]:
    """Every line of `path` that `codec` can read, in order. A missing file holds none."""
    if not path.exists():
        return Lines((), 0)
    records, damaged = [], 0
    for raw in path.read_bytes().splitlines():
        try:
            records.append(codec.validate_json(raw))
        except ValueError:
            damaged += bool(raw.strip())
    return Lines(tuple(records), damaged)


class ArchiveDamaged(OSError):
    """Archived bytes that no longer match their name."""


class Archive:
    """Raw bytes under their SHA-256, immutable, with one line for each time something new was fetched."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lines_path = folder / "fetches.jsonl"
        read = read_lines(self.lines_path, _LINES)
        self.lines = list(read.records)
        self.damaged_lines = read.damaged  # their fetches are simply repeated
        self._known = {(line.sha256, line.ref) for line in self.lines}

    def path_of(self, sha256: str) -> Path:
        """Where the bytes with this hash are kept."""
        return self.folder / sha256[:2] / sha256

    def add(self, content: bytes, line: StoredFile) -> bool:
        """Keep `content` and its fetch line; False when the same bytes came from the same place before.

        Raises `ValueError` when `line` does not describe `content`.
        """
        if line.sha256 != content_hash(content):
            raise ValueError(f"the line says {line.sha256}, the content is {content_hash(content)}")
        path = self.path_of(line.sha256)
        if (line.sha256, line.ref) in self._known and path.exists():
            return False
        if not path.exists():
            write_whole(path, content)
            path.chmod(0o444)
        if (line.sha256, line.ref) not in self._known:
            append_lines(self.lines_path, [_LINES.dump_json(line)])
            self.lines.append(line)
            self._known.add((line.sha256, line.ref))
        return True

    def read(self, sha256: str) -> bytes:
        """The bytes with this hash. Raises `ArchiveDamaged` when they are gone or no longer have it."""
        try:
            content = self.path_of(sha256).read_bytes()
        except FileNotFoundError as error:
            raise ArchiveDamaged(f"The archived file {sha256[:12]}… is gone; fetch it again.") from error
        if content_hash(content) != sha256:
            raise ArchiveDamaged(f"The archived file {sha256[:12]}… has changed on disk; fetch it again.")
        return content


class StageCache:
    """Results of one stage in Parquet parts: bytes, each under the key of what it was made from.

    Disposable: a part that cannot be read is deleted and its rows are made again.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.damaged_parts: list[str] = []

    def read(self, keys: Iterable[str]) -> dict[str, bytes]:
        """The payloads kept under `keys`; a key that is not there is left out."""
        wanted = pa.array(sorted(set(keys)), pa.string())
        found: dict[str, bytes] = {}
        for part in self._parts():
            table = self._read_part(part)
            if table is not None:
                rows = table.filter(pc.is_in(table["key"], value_set=wanted))
                found.update(zip(rows["key"].to_pylist(), rows["payload"].to_pylist(), strict=True))
        return found

    def keys(self) -> frozenset[str]:
        """Every key that has a payload."""
        tables = (self._read_part(part, columns=["key"]) for part in self._parts())
        return frozenset(key for table in tables if table is not None for key in table["key"].to_pylist())

    def add(self, rows: Mapping[str, bytes]) -> None:
        """Keep `rows` as one new part, whole or not at all; then merge the parts if there are many."""
        if not rows:
            return
        ordered = sorted(rows)
        self._write_part(ordered, [rows[key] for key in ordered])
        parts = self._parts()
        if len(parts) > COMPACT_ABOVE:
            self._merge(parts)

    def _merge(self, parts: list[Path]) -> None:
        rows: dict[str, bytes] = {}
        for part in parts:
            table = self._read_part(part)
            if table is not None:
                rows.update(zip(table["key"].to_pylist(), table["payload"].to_pylist(), strict=True))
        ordered = sorted(rows)
        kept = self._write_part(ordered, [rows[key] for key in ordered])
        for part in parts:
            if part != kept:
                part.unlink(missing_ok=True)

    def _write_part(self, keys: list[str], payloads: list[bytes]) -> Path:
        table = pa.table({"key": pa.array(keys, pa.string()), "payload": pa.array(payloads, pa.binary())})
        sink = pa.BufferOutputStream()
        pq.write_table(table, sink, compression="zstd")
        path = self.folder / f"{text_hash(*keys)}.parquet"
        write_whole(path, sink.getvalue().to_pybytes())
        return path

    def _read_part(self, part: Path, columns: list[str] | None = None) -> pa.Table | None:
        try:
            return pq.read_table(part, columns=columns)
        except (pa.ArrowException, OSError):
            self.damaged_parts.append(part.name)
            part.unlink(missing_ok=True)
            return None

    def _parts(self) -> list[Path]:
        return sorted(self.folder.glob("*.parquet"))
