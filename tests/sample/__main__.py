"""Draws the whole sample and its key again: `python -m tests.sample`."""

from __future__ import annotations

import json
from pathlib import Path

from tests.sample.draw import draw_document
from tests.sample.key import answer_key, listing_rows, repeats_key
from tests.sample.model import load_documents, load_repeats

HOME = Path(__file__).parents[2] / "sources" / "sample"


def draw_sample(home: Path = HOME) -> None:
    """Write documents/, answers/, listing.json and repeats.json under `home`; files of old names are removed."""
    documents = load_documents()
    for folder in (home / "documents", home / "answers"):
        folder.mkdir(parents=True, exist_ok=True)
        for stale in folder.iterdir():
            stale.unlink()
    for document in documents:
        drawn = draw_document(document)
        (home / "documents" / document.file).write_bytes(drawn.content)
        answers = answer_key(document, drawn.marks, drawn.sha256, drawn.pages)
        _write(home / "answers" / f"{document.name}.json", answers)
    _write(home / "listing.json", {"documents": listing_rows(documents)})
    _write(home / "repeats.json", repeats_key(documents, load_repeats()))


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    draw_sample()
