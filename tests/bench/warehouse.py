"""The warehouse at sizes: seconds to build, check and swap in, and to search. Rows are drawn by lot."""

import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np

from pipeline.ids import content_hash, passage_id, recommendation_id
from pipeline.records import (
    Assignment,
    CommonRecommendation,
    DocumentFacts,
    DocumentRef,
    Extraction,
    Kind,
    Link,
    LinkType,
    Passage,
    Recommendation,
    RunRecord,
    Span,
    StoredFile,
    ThemeScore,
)
from tests.bench.reading import WORDS
from tests.bench.report import Report
from tests.warehouse_facts import AS_OF, NIGHT
from warehouse.facts import Facts, SourceRow, ThemeRow, Vectors, list_passages, list_recommendations
from warehouse.publish import publish
from warehouse.search import search

SIZES = (1_000, 10_000)  # recommendations; ten a document, with forty passages
ROWS, PASSAGES, DIMENSION = 10, 40, 384
BODIES, THEMES, MEMBERS = 8, 12, 4
QUERIES = ("custody record", "victim evidence", '"training of"', "inspection of the board", "officer")


def measure_warehouse() -> Iterator[Report]:
    rows = [_measure(size) for size in SIZES]
    columns = ("recommendations", "passages", "build, check, swap in: seconds", "search: ms (median)", "MB on disk")
    yield Report("A warehouse of drawn rows", columns, rows)


def _measure(size: int) -> tuple[str | float, ...]:
    facts = draw_facts(size)
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        published = publish(facts, Path(folder))
        seconds = time.perf_counter() - started
        searching = statistics.median(_time_search(published.warehouse, query) for query in QUERIES)
        disk = published.warehouse.stat().st_size / 1e6
    return f"{size:,}", len(list_passages(facts.extractions)), seconds, 1000 * searching, disk


def _time_search(warehouse: Path, query: str) -> float:
    vector = _draw_vectors(1, seed=len(query))[0]
    started = time.perf_counter()
    search(warehouse, query, vector)
    return time.perf_counter() - started


def draw_facts(size: int) -> Facts:
    """A night of `size` recommendations, in groups of `MEMBERS` and under one theme each."""
    files = [_draw_file(number) for number in range(size // ROWS)]
    extractions = {file.sha256: _draw_extraction(file, number) for number, file in enumerate(files)}
    rows = list_recommendations(extractions)
    ids = [row.recommendation_id for row in rows]
    groups = [tuple(sorted(ids[start :: size // MEMBERS])) for start in range(size // MEMBERS)]
    return Facts(
        as_of=AS_OF,
        files=files,
        extractions=extractions,
        runs=[RunRecord("run1", NIGHT, NIGHT, AS_OF, "completed", ("bench",), (), len(files), size)],
        sources=[SourceRow(f"source{n}", f"Source {n}", f"Body {n}") for n in range(BODIES)],
        assignments=[Assignment(one, (ThemeScore(f"theme{n % THEMES}", 0.9, "cue"),)) for n, one in enumerate(ids)],
        themes=[ThemeRow(f"theme{n}", f"Theme {n}", "operational", "Lead", "Drawn by lot") for n in range(THEMES)],
        commons=[CommonRecommendation(f"c{n}", group, group[0], ("drawn",)) for n, group in enumerate(groups)],
        links=[Link(f"c{n}", *group[:2], LinkType.INDEPENDENT, 0.8, "drawn") for n, group in enumerate(groups)],
        model_revision="drawn",
        recommendation_vectors=_draw_vectors(len(rows), seed=1),
        passage_vectors=_draw_vectors(len(list_passages(extractions)), seed=2),
    )


def _draw_file(number: int) -> StoredFile:
    body = number % BODIES
    published = date(2021 + number % 5, 1 + number % 12, 1 + number % 28)
    ref = DocumentRef(
        connector="bench",
        source=f"source{body}",
        body=f"Body {body}",
        url=f"https://example.org/{number}.pdf",
        title=f"Report {number}",
        published=published,
    )
    return StoredFile(content_hash(b"%d" % number), 1000, NIGHT, "application/pdf", ref)


def _draw_extraction(file: StoredFile, number: int) -> Extraction:
    dice = np.random.default_rng(number)
    rows = tuple(_draw_row(file.sha256, page, _draw_words(dice, 30)) for page in range(1, ROWS + 1))
    passages = tuple(_draw_passage(file.sha256, page, _draw_words(dice, 90)) for page in range(1, PASSAGES + 1))
    return Extraction(file.sha256, PASSAGES, DocumentFacts(), rows, (), passages, ())


def _draw_row(sha256: str, page: int, words: str) -> Recommendation:
    text = f"The force should {words}."
    spans = (Span(page, 0, len(text)),)
    return Recommendation(
        recommendation_id(sha256, text), sha256, Kind.RECOMMENDATION, str(page), text, page, page, spans
    )


def _draw_passage(sha256: str, page: int, words: str) -> Passage:
    return Passage(passage_id(sha256, page, 0), sha256, page, 0, len(words), words)


def _draw_words(dice: np.random.Generator, count: int) -> str:
    return " ".join(dice.choice(WORDS, count))


def _draw_vectors(count: int, seed: int) -> Vectors:
    vectors = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
