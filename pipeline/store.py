"""The file edge: whole files, files of lines, and raw bytes kept by their hash."""

import fcntl
import hashlib
import os
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Generic, TypeVar
from zlib import crc32

from pydantic import TypeAdapter

from pipeline.ids import content_hash
from pipeline.records import StoredFile

T = TypeVar("T")

_LINES = TypeAdapter(StoredFile)
_SEAL = re.compile(rb',"crc":"([0-9a-f]{8})"\}$')
UNFINISHED = re.compile(r"\..+\.\d+\.\d+")  # as `write_whole` names what it writes beside


def write_whole(path: Path, content: bytes) -> None:
    """Write `content` so that a reader sees the old file or the new one, never half of it."""
    if not is_local(path):
        path.write_bytes(content)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def clear_unfinished(folder: Path) -> None:
    """Remove what a writer that was killed left beside its files below `folder`; nobody may be writing there."""
    for path in folder.rglob(".*"):
        if UNFINISHED.fullmatch(path.name):
            path.unlink(missing_ok=True)


def is_local(path: Path) -> bool:
    """False for a path into an object store: what is put there is whole or not there, and has no mode."""
    return isinstance(path, PurePath)


def append_lines(path: Path, lines: Iterable[bytes]) -> int:
    """Append lines durably, in one write; the place of the first in the file.

    A half-written last line, left by a crash, is closed off first.
    """
    content = b"".join(line + b"\n" for line in lines)
    if not content:
        return path.stat().st_size if path.exists() else 0
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        place = file.seek(0, os.SEEK_END)
        if place > 0:
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                content, place = b"\n" + content, place + 1
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return place


def append_twice(path: Path, lines: Iterable[bytes]) -> None:
    """Append lines that cannot be made again: to `path`, and each with its checksum to a copy beside it.

    `pipeline.mending` puts a damaged line back from the copy.
    """
    kept = list(lines)
    if not kept:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    copy = copy_of(path)
    with copy.open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # until it is closed: nobody mends between the two
        append_lines(path, kept)
        append_lines(copy, map(seal_line, kept))


def copy_of(path: Path) -> Path:
    """Where the copy of a file of lines lies."""
    return path.with_name(f".{path.name}.copy")


def seal_line(line: bytes) -> bytes:
    """The line as a copy holds it: after its checksum."""
    return b"%08x " % crc32(line) + line


def seal_object(line: bytes) -> bytes:
    """The JSON object with its checksum as its last key, for lines that have no copy."""
    return line[:-1] + b',"crc":"%08x"}' % crc32(line)


def keeps_seal(line: bytes) -> bool:
    """False where `line` is no longer as `seal_object` left it; lines of before there were seals say nothing."""
    seal = _SEAL.search(line)
    return seal is None or crc32(line[: seal.start()] + b"}") == int(seal[1], 16)


@dataclass(frozen=True, slots=True)
class Lines(Generic[T]):
    """What a JSON-lines file holds, and how many of its lines could not be read."""

    records: tuple[T, ...]
    damaged: int


def read_lines(path: Path, codec: TypeAdapter[T]) -> Lines[T]:
    """Every line of `path` that `codec` can read, in order. A missing file holds none."""
    return parse_lines(path.read_bytes(), codec) if path.exists() else Lines((), 0)


def parse_lines(content: bytes, codec: TypeAdapter[T]) -> Lines[T]:
    """Every line of `content` that `codec` can read, in order."""
    records, damaged = [], 0
    for raw in content.splitlines():
        try:
            records.append(codec.validate_json(raw))
        except ValueError:
            damaged += bool(raw.strip())
    return Lines(tuple(records), damaged)


def hash_key(key: str) -> int:
    """A number that stands for `key` where there are many keys: 64 bits, so that two of a million never meet."""
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big")


class IndexedLines(Generic[T]):
    """A JSON-lines file that grows by whole lines, and where the last line of each key lies in it.

    Only a number a key is held in memory, so a file may be much larger than what holds it. One writer at a time.
    """

    def __init__(self, path: Path, codec: TypeAdapter[T], key_of: Callable[[T], str]) -> None:
        self.path = path
        self.damaged = 0  # lines that cannot be read; what they told is learned again
        self._codec = codec
        self._key_of = key_of
        self._places = {hash_key(key_of(record)): place for place, record in self._scan()}

    def get(self, key: str) -> T | None:
        """The last record under `key`."""
        place = self._places.get(hash_key(key))
        if place is None:
            return None
        with self.path.open("rb") as file:
            file.seek(place)
            return self._codec.validate_json(file.readline())

    def add(self, record: T) -> None:
        """Append `record`; it is on the disk when this returns."""
        end = append_lines(self.path, [seal_object(self._codec.dump_json(record))])
        self._places[hash_key(self._key_of(record))] = end

    def latest(self) -> Iterator[T]:
        """The last record of each key, in the order of the file."""
        for place, record in self._scan():
            if self._places.get(hash_key(self._key_of(record))) == place:
                yield record

    def all(self) -> Iterator[T]:
        """Every record, in the order of the file."""
        return (record for _, record in self._scan())

    def _scan(self) -> Iterator[tuple[int, T]]:
        if not self.path.exists():
            return
        self.damaged = 0
        place = 0
        with self.path.open("rb") as file:
            for raw in file:
                try:
                    yield place, self._codec.validate_json(raw)
                except ValueError:
                    self.damaged += bool(raw.strip())
                place += len(raw)


class _LineIndex:
    """What the lines of an archive say, in two numbers a line."""

    def __init__(self) -> None:
        self._known: set[int] = set()
        self._latest: dict[int, int] = {}  # what the last line of an address holds

    def remember(self, line: StoredFile) -> None:
        self._known.add(hash_key(_identity(line)))
        self._latest[hash_key(line.ref.url)] = hash_key(line.sha256)

    def says(self, line: StoredFile) -> bool:
        """Whether a line like it is there, and the last of its address is of the same bytes."""
        held = self._latest.get(hash_key(line.ref.url))
        return held == hash_key(line.sha256) and hash_key(_identity(line)) in self._known


def _identity(line: StoredFile) -> str:
    """What makes a line the same as another: the bytes and all that is known of them, not the moment."""
    return f"{line.sha256} {line.ref!r}"


class ArchiveDamaged(OSError):
    """Archived bytes that no longer match their name."""


class Archive:
    """Raw bytes under their SHA-256, immutable, and one line for each document that came from a place.

    The bytes lie under `blobs`, which may be in an object store. The lines grow, so they are always in `folder` on
    this machine.
    """

    def __init__(self, folder: Path, blobs: Path | None = None) -> None:
        self.folder = folder
        self.blobs = blobs or folder
        self.lines_path = folder / "fetches.jsonl"
        self.damaged_lines = 0  # of the last reading; their fetches are simply repeated
        self._index: _LineIndex | None = None  # only who takes documents in needs it

    @property
    def lines(self) -> list[StoredFile]:
        """Every line, in the order they were taken in."""
        return list(self._read())

    def path_of(self, sha256: str) -> Path:
        """Where the bytes with this hash are kept."""
        return self.blobs / sha256[:2] / sha256

    def keep(self, content: bytes) -> str:
        """Keep `content`; its hash."""
        sha256 = content_hash(content)
        path = self.path_of(sha256)
        if not path.exists():
            write_whole(path, content)
            if is_local(path):
                path.chmod(0o444)
        return sha256

    def add(self, content: bytes, line: StoredFile) -> bool:
        """Keep `content` and its line; False when the same bytes came from the same place before.

        Raises `ValueError` when `line` does not describe `content`.
        """
        if line.sha256 != content_hash(content):
            raise ValueError(f"the line says {line.sha256}, the content is {content_hash(content)}")
        restored = not self.path_of(line.sha256).exists()
        self.keep(content)
        return self.admit(line) or restored

    def admit(self, line: StoredFile) -> bool:
        """Take in a document whose bytes are kept already; False when the last line of its address says the same."""
        if self._index is None:
            self._index = _LineIndex()
            for known in self._read():
                self._index.remember(known)
        if self._index.says(line):
            return False
        append_twice(self.lines_path, [_LINES.dump_json(line)])
        self._index.remember(line)
        return True

    def _read(self) -> Iterator[StoredFile]:
        """The lines one by one, so that a large archive costs no memory."""
        self.damaged_lines = 0
        if not self.lines_path.exists():
            return
        with self.lines_path.open("rb") as file:
            for raw in file:
                try:
                    yield _LINES.validate_json(raw)
                except ValueError:
                    self.damaged_lines += bool(raw.strip())

    def read(self, sha256: str) -> bytes:
        """The bytes with this hash. Raises `ArchiveDamaged` when they are gone or no longer have it."""
        try:
            content = self.path_of(sha256).read_bytes()
        except FileNotFoundError as error:
            raise ArchiveDamaged(f"The archived file {sha256[:12]}… is gone; fetch it again.") from error
        if content_hash(content) != sha256:
            raise ArchiveDamaged(f"The archived file {sha256[:12]}… has changed on disk; fetch it again.")
        return content
