"""The rows whose levers and SMART flags were labelled by hand: `tests/gold/levers.jsonl` with their texts found again.

Labels and hashes only are kept of rows out of the corpus. `reading` numbers the sets in the order in which they were
labelled: each after the first was scored once before its errors were read, and the rules revised after that; of the
fifth no error has been read.
"""

import csv
import hashlib
import json
from pathlib import Path
from typing import Any

from tests.theme_rows import GOLD, HERE, PAGES, REPORTS, STYLED, read_lines, split_concerns

LABELS = HERE / "gold" / "levers.jsonl"
SAMPLE = HERE.parent / "sources" / "sample" / "answers"


def load_lever_rows() -> list[dict[str, Any]]:
    """Each labelled row with its text; a row whose text is not on this machine is left out."""
    texts = {hash_whole(text): text for text in _list_texts()}
    return [{**row, "text": texts[row["hash"]]} for row in read_lines(LABELS) if row["hash"] in texts]


def hash_whole(text: str) -> str:
    """What a text is known by in the label file."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _list_texts() -> list[str]:
    texts = [item["text"] for path in sorted(SAMPLE.glob("*.json")) for item in _items(path)]
    texts += [line["text"] for line in read_lines(STYLED)]
    if GOLD.is_dir():
        texts += [item["text"] for item in read_lines(GOLD / "items.jsonl")]
    if REPORTS.exists():
        texts += [text for report in read_lines(REPORTS) for text in split_concerns(report["concerns"] or "")]
    if PAGES.exists():
        with PAGES.open(encoding="utf-8", newline="") as file:
            texts += [piece.strip() for page in csv.DictReader(file) for piece in page["content"].split("\n")]
    return texts


def _items(path: Path) -> list[dict[str, Any]]:
    return list(json.loads(path.read_text(encoding="utf-8"))["items"])
