"""Labelled rows for fitting and measuring themes: the gold beside the checkout, rows read by hand, invented ones.

`tests/gold/themes_read.jsonl` holds ids and labels of coroners' concerns, of what the complaints body says it
recommended, and of recommendations of a committee, an inquiry and a peer review, read by the rules of the registry
without sight of any model's output; their texts are found again in `../shared` by hash. Those with `blind_until` were
kept apart to that day. `themes_blind.jsonl` holds more of the same, drawn by lot and labelled before any model saw
them: never fitted on, and their errors never read. Invented rows,
`themes_invented.jsonl`, quote no document; they widen the words a theme is known by. `themes_styled.jsonl` are
invented too, in the manner of inspectors, committees and auditors, labelled before any model saw them; never fitted on.
"""

import csv
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
PAGES = SHARED / "corpus" / "iopc" / "recommendation_pages.csv"
EXTRACTED = SHARED / "gold" / "extraction"
BLIND = HERE / "gold" / "themes_blind.jsonl"
STYLED = HERE / "gold" / "themes_styled.jsonl"
WEIGHTS = {"gold": 1.0, "read": 1.0, "invented": 0.8, "blind": 0.0, "styled": 0.0}  # of a row in fitting; 0: never
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


def load_rows(themes: tuple[Theme, ...], extra: Iterable[dict[str, Any]] = ()) -> Labelled:
    """All labelled rows, then `extra` ones. Raises `FileNotFoundError` without the gold beside the checkout."""
    invented = (*_load_invented(INVENTED, "invented"), *_load_invented(STYLED, "styled"))
    rows = [*_load_gold(), *_load_read(), *invented, *extra]
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
    """The rows of both files, each once, in the order of the documents that hold them."""
    labels = {
        line["hash"]: (line, origin) for path, origin in ((READ, "read"), (BLIND, "blind")) for line in read_lines(path)
    }
    for key, text, title in _list_passages({line["reference"] for line, _ in labels.values()}):
        if key in labels:
            line, origin = labels.pop(key)
            document = f"{line.get('from', 'pfd')}-{line['reference'] or key}"
            yield {
                "text": text, "title": title, "themes": line["themes"], "disputed": line.get("disputed", []),
                "document": document, "origin": origin,
            }  # fmt: skip


def _list_passages(references: set[str | None]) -> Iterator[tuple[str, str, str | None]]:
    """What the labels may mean: hash, text and title of concerns, paragraphs and recommendations."""
    for report in read_lines(REPORTS):
        title = f"Prevention of Future Deaths report to {(report['sent_to'] or '').strip()}"
        yield from ((hash_of(text), text, title) for text in split_concerns(report["concerns"] or ""))
    with PAGES.open(encoding="utf-8", newline="") as file:
        for page in csv.DictReader(file):
            pieces = (piece.strip() for piece in page["content"].split("\n"))
            yield from ((hash_of(piece), piece, page["heading"].strip()) for piece in pieces)
    for path in sorted(EXTRACTED.rglob("*.json")):
        if path.relative_to(EXTRACTED).with_suffix("").as_posix() in references:
            items = json.loads(path.read_text(encoding="utf-8"))["items"]
            yield from ((hash_of(item["text"]), item["text"], None) for item in items)


def _load_invented(path: Path, origin: str) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(read_lines(path)):
        yield {**line, "title": None, "disputed": [], "document": f"{origin}-{number}", "origin": origin}


def write_lines(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    """Write JSON lines."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
