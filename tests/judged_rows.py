"""Rows of the corpus beside the checkout that the gold files of grouping name by their place; no text is kept here."""

import csv
import io
import json
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from flows.document import Job, read_document
from pipeline.ids import text_hash
from pipeline.media import PDF

GOLD = Path(__file__).parent / "gold"


class JudgedPair(NamedTuple):
    """Two real rows of two documents, and what a reader said of them by the rules of the labelled real rows."""

    one: str
    other: str
    ask: str  # same, close or other
    half: str  # fitting, or held out
    drawn: str  # around the cut, when first drawn; then below it (two of their sentences alike), near it, or above
    kind: str  # the folder of the corpus the first is in


def read_judged_pairs(shared: Path) -> list[JudgedPair]:
    """`same_ask_pairs.jsonl`: candidate pairs drawn at random around the cut among rows that are not labelled."""
    lines = (GOLD / "same_ask_pairs.jsonl").read_text(encoding="utf-8").splitlines()
    read = partial(read_row, _read_corpus(shared))
    return [
        JudgedPair(
            read(row["one"]), read(row["other"]), row["ask"], row["half"], row["drawn"],
            row["one"]["file"].partition("/")[0],
        )
        for row in map(json.loads, lines)
    ]  # fmt: skip


def read_strongest(shared: Path) -> list[tuple[bool, list[str]]]:
    """`common_top20.json`: whether each common recommendation is right, and the texts of its rows.

    A row of a list is told by its place, one of a PDF by its label.
    """
    groups = json.loads((GOLD / "common_top20.json").read_text(encoding="utf-8"))["groups"]
    corpus = _read_corpus(shared)
    reports = {row["file"] for group in groups for row in group["rows"] if "label" in row}
    labelled = {name: _read_report(shared / "corpus" / name) for name in sorted(reports)}
    return [
        (
            group["right"],
            [labelled[r["file"]][r["label"]] if "label" in r else read_row(corpus, r) for r in group["rows"]],
        )
        for group in groups
    ]


def read_row(corpus: dict[str, list[str]], row: dict[str, Any]) -> str:
    """The text at the place; raises `AssertionError` where the corpus is not the one that was read."""
    text: str = corpus[row["file"]][row["line"]][row["start"] :][: row["length"]]
    assert text_hash(text).startswith(row["hash"]), f"{row['file']} {row['line']} is not what was judged"
    return text


def _read_corpus(shared: Path) -> dict[str, list[str]]:
    """For each file, what its lines say."""
    with (shared / "corpus/iopc/recommendation_pages.csv").open(encoding="utf-8", newline="") as stream:
        pages = [row["recommendation"].strip() or row["content"] for row in csv.DictReader(stream)]
    lines = (shared / "corpus/pfd/reports.jsonl").read_text(encoding="utf-8").splitlines()
    return {
        "iopc/recommendation_pages.csv": pages,
        "pfd/reports.jsonl": [json.loads(line)["concerns"] or "" for line in lines],
        **{f"upr-info/{path.name}": _read_peers(path) for path in (shared / "corpus/upr-info").glob("*.csv")},
    }


def _read_peers(path: Path) -> list[str]:
    return [
        row["Text"].strip() for row in csv.DictReader(io.StringIO(path.read_text(encoding="mac_roman"), newline=""))
    ]


def _read_report(path: Path) -> dict[str, str]:
    """What the recommendations of a PDF say, by label."""
    found = read_document(Job(path, PDF, path.parent.name, ocr=False)).recommendations
    return {row.label: row.text for row in found if row.label}
