"""Labelled rows for fitting and measuring themes: the gold beside the checkout, rows read by hand, invented ones.

`tests/gold/themes_read.jsonl` holds ids and labels of coroners' concerns in `../shared/corpus/pfd`, read by one person
by the rules of the registry without sight of any model's output; their texts are found again by hash. Invented rows,
`tests/gold/themes_invented.jsonl`, quote no document; they widen the words a theme is known by.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.registry import Theme

HERE = Path(__file__).resolve().parent
SHARED = HERE.parents[1] / "shared"
GOLD = SHARED / "gold" / "themes"
REPORTS = SHARED / "corpus" / "pfd" / "reports.jsonl"
READ = HERE / "gold" / "themes_read.jsonl"
INVENTED = HERE / "gold" / "themes_invented.jsonl"
WEIGHTS = {"gold": 1.0, "read": 1.0, "invented": 0.8}  # of a row in fitting
HASH_LENGTH = 12

Array = npt.NDArray[Any]

_INTRODUCTION = re.compile(
    r"(?is)^.*?(?:it is my\s+statutory duty to report to you|MATTERS OF CONCERN are as follows)[\s.:–-]*"
    r"(?:the matters of concern are as follows[\s.:–-]*)?"
)
_MARK = r"\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]\s"
_BREAK = re.compile(rf"\n\s*(?={_MARK})|\n\s*\n")
_SHORTEST = 45  # characters of a concern; a shorter one is a heading
_JOINED = 90  # characters; what follows so short a piece belongs to it


@dataclass(frozen=True)
class Labelled:
    """Labelled rows; the two-dimensional arrays are (rows, themes)."""

    texts: list[str]
    titles: list[str | None]
    gold: Array
    disputed: Array
    document: Array  # (rows,), rows of one document or of one text are held together
    origin: Array  # (rows,), a key of `WEIGHTS`
    themes: tuple[Theme, ...]

    @property
    def weights(self) -> Array:
        """(rows,), how much each counts in fitting."""
        return np.array([WEIGHTS[name] for name in self.origin])


def load_rows(themes: tuple[Theme, ...]) -> Labelled:
    """All labelled rows. Raises `FileNotFoundError` without the gold beside the checkout."""
    rows = [*_load_gold(), *_load_read(), *_load_invented()]
    first: dict[str, str] = {}
    return Labelled(
        texts=[row["text"] for row in rows],
        titles=[row["title"] for row in rows],
        gold=np.array([[theme.slug in row["themes"] for theme in themes] for row in rows]),
        disputed=np.array([[theme.slug in row["disputed"] for theme in themes] for row in rows]),
        document=np.array([first.setdefault(row["text"], row["document"]) for row in rows]),
        origin=np.array([row["origin"] for row in rows]),
        themes=themes,
    )


def split_concerns(text: str) -> list[str]:
    """The single concerns of a coroner's report, roughly, in order."""
    plain = _INTRODUCTION.sub("", text.replace("\xa0", " ").replace("\u200b", ""), count=1)
    concerns: list[str] = []
    for piece in _BREAK.split(plain):
        concern = " ".join(re.sub(rf"^\s*{_MARK}*", "", piece).split())
        if len(concern) < _SHORTEST:
            continue
        if concerns and len(concerns[-1]) < _JOINED:
            concerns[-1] += " " + concern
        else:
            concerns.append(concern)
    return concerns


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The JSON lines of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def hash_of(text: str) -> str:
    """What a text is known by in the label files."""
    return hashlib.sha256(text.encode()).hexdigest()[:HASH_LENGTH]


def _load_gold() -> Iterator[dict[str, Any]]:
    labels = {line["id"]: line for line in read_lines(GOLD / "labels.jsonl")}
    for item in read_lines(GOLD / "items.jsonl"):
        row_id = item["id"]
        document = row_id.rsplit("-", 1)[0] if row_id.startswith("pfd-") else row_id
        yield {**labels[row_id], **item, "title": item.get("title"), "document": document, "origin": "gold"}


def _load_read() -> Iterator[dict[str, Any]]:
    labels = {line["hash"]: line for line in read_lines(READ)}
    seen: set[str] = set()
    for report in read_lines(REPORTS):
        addressee = (report["sent_to"] or "").strip()
        for text in split_concerns(report["concerns"] or ""):
            key = hash_of(text)
            if key in labels and key not in seen:
                seen.add(key)
                reference = report["ref"] or key
                yield {
                    "text": text, "title": f"Prevention of Future Deaths report to {addressee}",
                    "themes": labels[key]["themes"], "disputed": [], "document": f"pfd-{reference}", "origin": "read",
                }  # fmt: skip


def _load_invented() -> Iterator[dict[str, Any]]:
    for number, line in enumerate(read_lines(INVENTED)):
        yield {**line, "title": None, "disputed": [], "document": f"invented-{number}", "origin": "invented"}


def write_lines(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    """Write JSON lines."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
