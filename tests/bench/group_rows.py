"""The rows that grouping is measured on: the sample's planted repeats and, beside the checkout, labelled real rows."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.described import WordVectors, list_words
from pipeline.embed import Encoder
from pipeline.pairs import load_figures
from pipeline.records import Ask
from pipeline.wording import ask_core

SHARED = Path(__file__).resolve().parents[3] / "shared"
SAMPLE = Path(__file__).resolve().parents[2] / "sources" / "sample"
Array = npt.NDArray[Any]
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Labelled:
    """Asks, the pairs of them that labels hold at all, and of those the ones they call the same."""

    title: str
    asks: tuple[Ask, ...]
    every: frozenset[Pair]
    same: frozenset[Pair]

    def count(self, groups: Iterable[Iterable[str]]) -> set[Pair]:
        """The pairs inside `groups` that are measured, as `../shared/eval/score_groups.py` has them: of two documents
        and of two texts.
        """
        known = {ask.id: ask for ask in self.asks}
        return {
            (one, other)
            for one, other in pair_up(groups)
            if known[one].document != known[other].document and known[one].text != known[other].text
        }


@dataclass(frozen=True, slots=True)
class Embedded:
    """The vectors that grouping takes."""

    cores: Array
    words: WordVectors


def read_sample() -> Labelled:
    """Every row of the sample's answer key, and the planted pairs."""
    asks, ids = [], {}
    for path in sorted((SAMPLE / "answers").glob("*.json")):
        answer = json.loads(path.read_text(encoding="utf-8"))
        name = Path(answer["file"]).name
        for number, item in enumerate(answer["items"]):
            asks.append(Ask(id=f"{name}#{number}", text=item["text"], document=name))
            ids[name, item["text"]] = asks[-1].id
    repeats = json.loads((SAMPLE / "repeats.json").read_text(encoding="utf-8"))
    planted = [[ids[Path(m["file"]).name, m["text"]] for m in group["members"]] for group in repeats["groups"]]
    return _label("bundled sample, planted repeats", asks, planted, planted)


def read_real() -> Labelled:
    """The labelled real rows; only where they lie beside the checkout."""
    lines = (SHARED / "gold/themes/items.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [(row["id"], row["text"]) for row in map(json.loads, lines)]
    gold = json.loads((SHARED / "gold/recurrence/groups.json").read_text(encoding="utf-8"))
    # A coroner's report gives several rows, numbered after its reference.
    asks = [Ask(id=i, text=text, document=i.rpartition("-")[0] if i.startswith("pfd-") else i) for i, text in rows]
    same = [group["ids"] for group in gold if group["strength"] == "same"]
    return _label("labelled real rows", asks, [group["ids"] for group in gold], same)


def embed_rows(asks: Sequence[Ask], encoder: Encoder) -> Embedded:
    """Vectors of the cores of `asks` and of their content words."""
    words = list_words([ask.text for ask in asks], load_figures().lexicon)
    table = WordVectors({word: row for row, word in enumerate(words)}, encoder.encode(words))
    return Embedded(encoder.encode([ask_core(ask.text) for ask in asks]), table)


def pair_up(groups: Iterable[Iterable[str]]) -> set[Pair]:
    """Every pair inside a group, the lower id first."""
    return {pair for group in groups for pair in combinations(sorted(group), 2)}


def gather(ids: Sequence[str], labels: Array) -> list[list[str]]:
    """The ids under each label; -1 is none."""
    return [[ids[int(n)] for n in np.flatnonzero(labels == label)] for label in sorted(set(labels.tolist()) - {-1})]


def _label(title: str, asks: Sequence[Ask], every: Sequence[Sequence[str]], same: Sequence[Sequence[str]]) -> Labelled:
    bare = Labelled(title, tuple(asks), frozenset(), frozenset())
    return Labelled(title, bare.asks, frozenset(bare.count(every)), frozenset(bare.count(same)))
