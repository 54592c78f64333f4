"""Results of stages: derived, disposable, each with a checksum, so that what was damaged is made again."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.ids import content_hash, text_hash
from pipeline.store import write_whole

READ_ROWS = 16_384  # of a part at a time
COMPACT_ABOVE = 48  # parts of a stage; more make opening slow
SEAL = len(content_hash(b""))
DAMAGED = ".damaged"


def write_sealed(path: Path, content: bytes) -> None:
    """Write `content` whole, with its hash at the end, so that a change on the disk is found."""
    write_whole(path, content + content_hash(content).encode())


def read_sealed(path: Path) -> bytes | None:
    """What was written; None where there is nothing. What has changed since is set aside, to be made again."""
    if not path.exists():
        return None
    whole = path.read_bytes()
    content, seal = whole[:-SEAL], whole[-SEAL:]
    if content_hash(content).encode() == seal:
        return content
    set_aside(path)
    return None


def set_aside(path: Path) -> None:
    """Take a damaged file that can be made again out of the way; the night tells of it."""
    path.replace(path.with_name(path.name + DAMAGED))


class StageIncomplete(RuntimeError):
    """A later stage was asked for before an earlier one was done: publishing then would look like a loss."""


class StageCache:
    """Results of one stage in Parquet parts: bytes, each under the key of what it was made from.

    Disposable: a part that cannot be read is set aside and its rows are made again.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.damaged_parts: list[str] = []

    def read(self, keys: Iterable[str]) -> dict[str, bytes]:
        """The payloads kept under `keys`; a key that is not there is left out."""
        wanted = pa.array(sorted(set(keys)), pa.string())
        found: dict[str, bytes] = {}
        for part in self._parts():
            names = self._read_part(part, columns=["key"])
            if names is None or not pc.any(pc.is_in(names["key"], value_set=wanted)).as_py():
                continue  # most parts hold none of a night's few keys; their payloads stay unread
            for batch in self._read_batches(part):
                rows = batch.filter(pc.is_in(batch["key"], value_set=wanted))
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
        pq.write_table(table, sink, compression="zstd", write_page_checksum=True)
        path = self.folder / f"{text_hash(*keys)}.parquet"
        write_whole(path, sink.getvalue().to_pybytes())
        return path

    def _read_batches(self, part: Path) -> Iterator[pa.RecordBatch]:
        """A part bit by bit: whole, the vectors of many rows are held three times over."""
        try:
            with pq.ParquetFile(part, page_checksum_verification=True) as file:
                yield from file.iter_batches(READ_ROWS)
        except (pa.ArrowException, OSError):
            self._discard(part)

    def _read_part(self, part: Path, columns: list[str] | None = None) -> pa.Table | None:
        try:
            return pq.read_table(part, columns=columns, page_checksum_verification=True)
        except (pa.ArrowException, OSError):
            self._discard(part)
            return None

    def _discard(self, part: Path) -> None:
        self.damaged_parts.append(part.name)
        set_aside(part)

    def _parts(self) -> list[Path]:
        return sorted(self.folder.glob("*.parquet"))
