"""The quality gate: figures on the bundled sample, and on the development corpus where it lies beside the checkout.

Floors of the sample stand in flows/floors.yml, as users see them in `perennial evaluate`; those of the corpus in
floors.json. Raise them when the figures rise.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from flows.extracting import extract_files
from flows.quality import measure_quality
from pipeline.records import Extraction
from pipeline.scoring import Tally, match_texts, overlap
from pipeline.settings import Settings
from tests.conftest import SHARED

FLOORS = json.loads(Path(__file__).with_name("floors.json").read_text(encoding="utf-8"))["corpus"]


@dataclass(frozen=True)
class Score:
    """One document of the corpus: its folder, and how its items were found."""

    family: str
    tally: Tally
    is_negative: bool


def test_the_sample_keeps_its_floors(data: Path) -> None:
    figures = measure_quality(Settings(data=data))
    assert len(figures) >= 10
    assert [f"{one.name}: {one.value:.3f}, floor {one.floor}" for one in figures if not one.passes] == []


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory) -> list[Score]:
    """Of every document of the corpus but scans: recognising their pages takes minutes."""
    if not SHARED.exists():
        pytest.skip("needs ../shared, which is not part of the project")
    answers = [json.loads(path.read_text("utf-8")) for path in sorted((SHARED / "gold" / "extraction").rglob("*.json"))]
    paths = {SHARED / "corpus" / "pdf" / answer["file"]: answer for answer in answers}
    settings = Settings(data=tmp_path_factory.mktemp("data"), ocr=False)
    read = {path: one for path, one in extract_files(sorted(paths), "corpus", settings) if not is_scan(one)}
    print(f"scored {len(read)} documents; {len(paths) - len(read)} scans left out")
    return [score_document(one, paths[path]) for path, one in read.items()]


def is_scan(extraction: Extraction) -> bool:
    return len({passage.page for passage in extraction.passages}) < extraction.page_count / 2


def score_document(extraction: Extraction, answer: Any) -> Score:
    """Items marked weak are a matter of judgement: they count neither way. An alternative reading is as good."""
    found = [row.text for row in extraction.recommendations]
    expected = [best_reading(item, found) for item in answer["items"]]
    pairs = match_texts(found, expected)
    weak = {number for number, item in enumerate(answer["items"]) if item.get("weak")}
    weak_hits = sum(number in weak for number in pairs.values())
    tally = Tally(len(found) - weak_hits, len(expected) - len(weak), len(pairs) - weak_hits)
    return Score(answer["file"].split("/")[0], tally, not expected)


def best_reading(item: Any, found: Sequence[str]) -> str:
    readings = [item["text"], *([item["alt_text"]] if item.get("alt_text") else [])]
    return max(readings, key=lambda reading: max((overlap(text, reading) for text in found), default=0.0))


def test_the_corpus_is_all_there(scores: list[Score]) -> None:
    """A reader that takes good text layers for scans would otherwise pass by leaving documents out."""
    assert len(scores) >= FLOORS["documents"]


def test_items_of_the_corpus(scores: list[Score]) -> None:
    tally = sum((one.tally for one in scores if not one.is_negative), Tally())
    assert tally.f1 >= FLOORS["item F1"], tally
    assert tally.precision >= FLOORS["item precision"], tally
    assert tally.recall >= FLOORS["item recall"], tally


def test_every_document_of_the_corpus_counts_alike(scores: list[Score]) -> None:
    kept = [one.tally.f1 for one in scores if not one.is_negative]
    assert sum(kept) / len(kept) >= FLOORS["mean document F1"]


def test_no_family_is_neglected(scores: list[Score]) -> None:
    families = {one.family for one in scores if not one.is_negative}
    by_family = {name: sum((one.tally for one in scores if one.family == name), Tally()).f1 for name in families}
    assert min(by_family.values()) >= FLOORS["worst family F1"], by_family


def test_documents_without_asks_give_none(scores: list[Score]) -> None:
    negatives = [one.tally.predicted for one in scores if one.is_negative]
    assert negatives
    assert sum(negatives) <= FLOORS["false items on documents without asks"]
