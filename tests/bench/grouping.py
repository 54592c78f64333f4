"""What grouping costs, as the night calls it: a first night over many rows, then one that brings a few more.

Rows are drawn: stretches of eight real asks in one, its vector drawn around three of many centres; one in ten is an
earlier one again with two words more. `python -m tests.bench grouping --rows 300000` takes a quarter of an hour.
"""

import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter

from flows import grouping, read
from flows.document import reading_version
from flows.vectors import load_readings, vector_cache
from pipeline.embed import Encoder, load_encoder, vector_key
from pipeline.ids import content_hash, recommendation_id
from pipeline.records import DocumentFacts, DocumentRef, Extraction, Kind, Recommendation, Span, StoredFile
from pipeline.settings import Settings
from pipeline.stages import StageCache
from pipeline.store import append_lines
from pipeline.workspace import Workspace
from tests.bench.group_rows import Array, read_sample
from tests.bench.report import Report

SIZES = (10_000, 40_000)
NEW_ROWS = 500
ROWS_OF_ONE = 10  # recommendations a document
PART = 20_000  # rows written at a time
STRETCH, STRETCHES = 4, 8  # words of a stretch, stretches of a row
CENTRES, DIMENSION, SPREAD = 2000, 384, 0.9
AGAIN = 0.1  # share of rows that are an earlier one in nearly the same words
FIRST_DAY, DAYS = date(2021, 1, 1), 1800
NOW = datetime(2026, 11, 23, tzinfo=UTC)
LINE = TypeAdapter(StoredFile)


def measure_grouping(rows: int | None = None) -> Iterator[Report]:
    """CPU seconds, memory and the exponent from size to size; `rows` measures one more size."""
    encoder = load_encoder()
    table: list[tuple[str | float, ...]] = []
    before: tuple[int, float] | None = None
    for size in sorted({*SIZES, *([rows] if rows else [])}):
        with tempfile.TemporaryDirectory() as folder:
            settings = Settings(data=Path(folder))
            stretches, dice = list_stretches(), np.random.default_rng(5)
            for start in range(0, size, PART):
                _keep(settings, encoder, stretches, dice, range(start, min(size, start + PART)))
            first = _time(settings, "first")
            _keep(settings, encoder, stretches, dice, range(size, size + NEW_ROWS))
            nightly, quiet = _time(settings, "second"), _time(settings, "third")
        exponent = float(np.log(first / before[1]) / np.log(size / before[0])) if before else float("nan")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        table.append((f"{size:,}", first, "" if before is None else exponent, nightly, quiet, peak))
        before = (size, first)
    columns = ("rows", "first night", "exponent", f"{NEW_ROWS} rows more", "none more", "peak MB")
    yield Report("Grouping, CPU seconds of the whole stage", columns, table)


def list_stretches() -> list[str]:
    """Four words in a row of the sample's asks."""
    words = [ask.text.split() for ask in read_sample().asks]
    return [" ".join(text[n : n + STRETCH]) for text in words for n in range(0, len(text) - STRETCH, STRETCH)]


def _time(settings: Settings, run_id: str) -> float:
    started = time.process_time()
    grouping.group_recommendations(settings, run_id, NOW)
    return time.process_time() - started


def _keep(
    settings: Settings, encoder: Encoder, stretches: Sequence[str], dice: np.random.Generator, numbers: range
) -> None:
    """Put documents with these rows in the archive and the caches, as fetching, reading and embedding would."""
    version, workspace = reading_version(settings.ocr), Workspace(settings.data)
    texts, vectors = _draw_asks(stretches, dice, len(numbers))
    documents = [_draw_document(numbers[n], texts[n : n + ROWS_OF_ONE]) for n in range(0, len(numbers), ROWS_OF_ONE)]
    append_lines(workspace.archive / "fetches.jsonl", (LINE.dump_json(file) for file, _ in documents))
    payloads = {read._reading_key(file, version): read.EXTRACTION.dump_json(found) for file, found in documents}
    StageCache(workspace.stages / "extractions").add(payloads)
    cores = [reading.core for reading in load_readings(settings, texts)]
    kept = {vector_key(core, encoder.revision): row.tobytes() for core, row in zip(cores, vectors, strict=True)}
    vector_cache(settings).add(kept)


def _draw_asks(stretches: Sequence[str], dice: np.random.Generator, count: int) -> tuple[list[str], Array]:
    """Texts, and the vectors of their cores, float32 (count, `DIMENSION`)."""
    drawn = dice.integers(0, len(stretches), (count, STRETCHES))
    centres = np.random.default_rng(0).normal(size=(CENTRES, DIMENSION))
    mixed = centres[dice.integers(0, CENTRES, (count, 3))].sum(axis=1) + SPREAD * dice.normal(size=(count, DIMENSION))
    texts = ["The force should " + " ".join(stretches[n] for n in row) for row in drawn.tolist()]
    for n in range(1, count):
        if dice.random() < AGAIN:
            other = int(dice.integers(0, n))
            texts[n] = f"{texts[other]} {stretches[drawn[n, 0]]}"
            mixed[n] = mixed[other] + 0.3 * dice.normal(size=DIMENSION)
    return texts, np.asarray(mixed / np.linalg.norm(mixed, axis=1, keepdims=True), dtype=np.float32)


def _draw_document(number: int, texts: Sequence[str]) -> tuple[StoredFile, Extraction]:
    sha256 = content_hash(f"document {number}".encode())
    nth = number // ROWS_OF_ONE
    ref = DocumentRef(
        "inbox", f"stream{nth % 8}", f"inbox:{sha256}", f"Report {nth}", f"Body {nth % 12}",
        FIRST_DAY + timedelta(days=nth * 7 % DAYS),
    )  # fmt: skip
    rows = tuple(
        Recommendation(
            recommendation_id(sha256, text), sha256, Kind.RECOMMENDATION, str(n), text, 1, 1, (Span(1, 0, len(text)),)
        )
        for n, text in enumerate(texts, start=1)
    )
    return StoredFile(sha256, 1, NOW, "application/pdf", ref), Extraction(sha256, 1, DocumentFacts(), rows, (), (), ())
