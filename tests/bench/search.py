"""How well search answers questions over real documents, and how fast once the file is open.

The questions of tests/gold/search_questions.jsonl were written from pages drawn at random, two a document, in other
words than the page's; each names the pages that answer it.
"""

import json
import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.embed import load_encoder
from tests.bench.report import Report
from tests.commands import perennial
from tests.conftest import SHARED
from warehouse.search import Hit, search

QUESTIONS = Path(__file__).parents[1] / "gold" / "search_questions.jsonl"
LOOK_AT = 10  # hits


@dataclass(frozen=True, slots=True)
class Question:
    """One question, and the pages of the document that answer it."""

    question: str
    file: str
    pages: tuple[int, ...]


def measure_search() -> Iterator[Report]:
    """Recall at 1 and 5 and the mean reciprocal rank over ../shared/corpus; nothing where it is absent."""
    if not SHARED.exists():
        return
    with tempfile.TemporaryDirectory() as folder:
        warehouse = _publish(Path(folder))
        encoder = load_encoder(os.environ.get("PERENNIAL_ENCODER"))
        questions = read_questions()
        ranks, seconds = [], []
        for question in questions:
            started = time.perf_counter()
            [vector] = encoder.encode([question.question])
            hits = search(warehouse, question.question, vector, limit=LOOK_AT)
            seconds.append(time.perf_counter() - started)
            ranks.append(rank_of(question, hits))
    columns = ("questions", "recall@1", "recall@5", "MRR", "median ms, warm", "slowest ms")
    quality = (f"{value:.3f}" for value in (_recall(ranks, 1), _recall(ranks, 5), reciprocal(ranks)))
    row = (str(len(ranks)), *quality, statistics.median(seconds) * 1e3, max(seconds) * 1e3)
    yield Report("Search over the passages of the corpus", columns, [row])


def read_questions() -> tuple[Question, ...]:
    """The questions, in the order of the file."""
    rows = (json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines())
    return tuple(Question(row["question"], row["file"], tuple(row["pages"])) for row in rows)


def rank_of(question: Question, hits: Sequence[Hit]) -> int | None:
    """Place of the first hit on a page that answers, counted from 1."""
    places = (place for place, hit in enumerate(hits, 1) if hit.file == question.file and hit.page in question.pages)
    return next(places, None)


def reciprocal(ranks: Sequence[int | None]) -> float:
    """Mean reciprocal rank; what was not found counts nothing."""
    return sum(1 / rank for rank in ranks if rank) / len(ranks)


def _recall(ranks: Sequence[int | None], within: int) -> float:
    return sum(rank is not None and rank <= within for rank in ranks) / len(ranks)


def _publish(folder: Path) -> Path:
    """The warehouse of a night over the corpus, scans left out."""
    data = folder / "data"
    for family in sorted((SHARED / "corpus" / "pdf").iterdir()):
        _run("add", *sorted(family.glob("*.pdf")), "--source", family.name, "--data", data)
    _run("run", "--source", "inbox", "--data", data)
    return data / "published" / "warehouse.duckdb"


def _run(*words: str | Path) -> None:
    done = perennial(*words, PERENNIAL_OCR="false")
    if done.status:
        raise RuntimeError(f"`perennial {words[0]}` exited {done.status}: {done.err.strip()[-500:]}")
