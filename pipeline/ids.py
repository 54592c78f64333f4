"""All id-making: hashes of raw values, so the same input has the same id on every machine."""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

CODE_SUFFIXES = frozenset({".py", ".sql", ".yml", ".json", ".html", ".css", ".js"})


def content_hash(content: bytes) -> str:
    """The SHA-256 of `content`, 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def text_hash(*values: str) -> str:
    """A 16-digit hash of `values`; the separator cannot occur in a value, so ("ab","c") differs from ("a","bc")."""
    return hashlib.sha256("\x1f".join(values).encode()).hexdigest()[:16]


def recommendation_id(sha256: str, text: str, nth: int = 0) -> str:
    """Id of the `nth` recommendation with this text in document `sha256`.

    White space and case do not count, so a mended line break does not move an id.
    """
    folded = re.sub(r"\W+", " ", text).strip().casefold()
    return "r" + text_hash(sha256, folded, str(nth))


def passage_id(sha256: str, page: int, start: int) -> str:
    """Id of the passage that starts at offset `start` of `page`."""
    return "p" + text_hash(sha256, str(page), str(start))


def code_hash(paths: Iterable[Path]) -> str:
    """A hash of the files that make up a piece of the program: results are kept under what made them.

    Folders count with every file below them that ends as in `CODE_SUFFIXES`. Where the code lies does not matter.
    """
    digest = hashlib.sha256()
    for root in paths:
        files = [root] if root.is_file() else [p for p in root.rglob("*") if p.suffix in CODE_SUFFIXES]
        for file in sorted(files):
            digest.update(file.relative_to(root.parent).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
