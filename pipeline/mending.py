"""Mends files of lines: a line that was damaged on the disk is put back from its copy, or taken out and told of."""

import fcntl
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from pathlib import Path

from pydantic_core import from_json

from pipeline.store import append_lines, copy_of, keeps_seal, seal_line, write_whole


@dataclass(frozen=True, slots=True)
class Mended:
    """What became of the damaged lines of a file: put back from its copy, or lost.

    `is_torn`: what was lost is the end of a line that was being written, as a kill leaves it.
    """

    put_back: int = 0
    lost: int = 0
    is_torn: bool = False


def mend_twice(path: Path, aside: Path) -> Mended:
    """Make `path` and its copy whole again from each other; what neither can say is appended to the file `aside`."""
    copy = copy_of(path)
    if not path.exists() and not copy.exists():
        return Mended()
    with copy.open("a+b") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        held.seek(0)
        if path.exists() and _agree(path, held):
            return Mended()
        held.seek(0)
        sealed = held.read()
        raw = path.read_bytes() if path.exists() else b""
        ours, theirs = raw.splitlines(), _open_seals(sealed)
        whole, lost = _merge(ours, theirs)
        put_back = len(whole) - sum(_is_readable(line) for line in ours if line in set(whole))
        mended = Mended(put_back, len(lost), is_torn=not raw.endswith(b"\n") and lost[-1:] == ours[-1:])
        if lost:
            append_lines(aside, lost)
        content = b"".join(line + b"\n" for line in whole)
        if content != raw:
            write_whole(path, content)
        if (content := b"".join(seal_line(line) + b"\n" for line in whole)) != sealed:
            held.truncate(0)  # in place, because the lock is on this file; `path` is whole already
            held.write(content)
    return mended


def mend_once(path: Path) -> Mended:
    """Take lines that cannot be read, or were changed, out of `path`: what they told can be learned again."""
    if not path.exists() or _is_whole(path):
        return Mended()
    raw = path.read_bytes()
    lines = raw.splitlines()
    kept = [line for line in lines if _is_intact(line)]
    lost = len(lines) - len(kept)
    if lost:
        write_whole(path, b"".join(line + b"\n" for line in kept))
    return Mended(0, lost, is_torn=lost == 1 and not raw.endswith(b"\n"))


def _agree(path: Path, copy: Iterable[bytes]) -> bool:
    """Whether both say the same, line by line: files may be larger than what holds them."""
    with path.open("rb") as ours:
        pairs = zip_longest(ours, copy, fillvalue=b"")
        return all(mine.endswith(b"\n") and seal_line(mine[:-1]) + b"\n" == theirs for mine, theirs in pairs)


def _is_whole(path: Path) -> bool:
    with path.open("rb") as file:
        return all(line.endswith(b"\n") and _is_intact(line[:-1]) for line in file)


def _merge(ours: list[bytes], theirs: list[bytes]) -> tuple[list[bytes], list[bytes]]:
    """The lines of both in their order, and those that nobody can read. `theirs` are known to be as they were."""
    if ours == theirs:
        return ours, []
    whole, lost = [], []
    for word, start, end, first, last in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        whole += theirs[first:last]
        if word == "delete":  # not in the copy: stopped between the two writes, or made before there were copies
            whole += [line for line in ours[start:end] if _is_readable(line)]
            lost += [line for line in ours[start:end] if not _is_readable(line)]
    return whole, lost


def _open_seals(content: bytes) -> list[bytes]:
    lines = (raw.partition(b" ")[2] for raw in content.splitlines())
    return [line for line, raw in zip(lines, content.splitlines(), strict=True) if seal_line(line) == raw]


def _is_intact(line: bytes) -> bool:
    return _is_readable(line) and keeps_seal(line)


def _is_readable(line: bytes) -> bool:
    try:
        return isinstance(from_json(line), dict)
    except ValueError:
        return False
