"""What assigning themes costs a night that brings 1,000 rows to a warehouse of many: as the night calls it.

The rows are drawn; those of earlier nights are kept as a night would have left them, with one theme each.
"""

import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter

from flows import assigning, read
from flows.document import reading_version
from flows.vectors import keep_encoded, vector_cache
from pipeline import embed
from pipeline.assign import load_classifier
from pipeline.ids import content_hash
from pipeline.levers import load_levers
from pipeline.records import (
    Assignment,
    DocumentFacts,
    DocumentRef,
    Extraction,
    Kind,
    Recommendation,
    StoredFile,
    ThemeScore,
)
from pipeline.registry import load_registry
from pipeline.settings import Settings
from pipeline.stages import StageCache, write_sealed
from pipeline.store import append_lines
from pipeline.workspace import Workspace
from tests.bench.report import Report

ROWS_OF_ONE = 10  # recommendations a document
PART = 20_000  # rows written at a time
NOW = datetime(2026, 11, 23, tzinfo=UTC)
WHO = ("The force", "The constabulary", "Chief constables", "The college", "The trust and the police")
WHAT = (
    "review the risk grading of missing people", "train custody staff in rousing detainees", "publish figures of force",
    "agree who attends people in crisis", "mend the warning markers on addresses", "answer emergency calls sooner",
    "supervise open investigations", "examine seized phones in time", "record the grounds of each search",
)  # fmt: skip

LINE = TypeAdapter(StoredFile)


def measure_theme_night(old: int = 300_000, new: int = 1_000) -> Iterator[Report]:
    """The seconds of a night's assigning, embedding apart."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder))
        encoder = embed.load_encoder(settings.encoder)
        for start in range(0, old, PART):
            _keep(settings, encoder, range(start, min(old, start + PART)), is_old=True)
        _pretend_assigned(settings, encoder)
        lines = [_time(f"a night without news, {old:,} rows", settings)]
        _keep(settings, encoder, range(old, old + new), is_old=False)
        lines.append(_time(f"a night of {new:,} new rows beside {old:,}", settings))
        started, cpu = time.perf_counter(), time.process_time()
        embed.load_encoder(settings.encoder)
        lines.append(("of each: loading the encoder", time.process_time() - cpu, time.perf_counter() - started))
        yield Report("Assigning themes in a night", ("", "CPU seconds", "seconds"), lines)


def _time(name: str, settings: Settings) -> tuple[str | float, ...]:
    started, cpu = time.perf_counter(), time.process_time()
    work = assigning.assign_themes(settings, name, NOW)
    return (f"{name} ({work.new:,} assigned)", time.process_time() - cpu, time.perf_counter() - started)


def _keep(settings: Settings, encoder: embed.Encoder, numbers: range, *, is_old: bool) -> None:
    """Put documents with these rows in the archive and the caches, as fetching, reading and embedding would."""
    version, workspace = reading_version(settings.ocr), Workspace(settings.data)
    documents = [_draw(numbers[n : n + ROWS_OF_ONE]) for n in range(0, len(numbers), ROWS_OF_ONE)]
    append_lines(workspace.archive / "fetches.jsonl", (LINE.dump_json(file) for file, _ in documents))
    payloads = {read._reading_key(file, version): read.EXTRACTION.dump_json(found) for file, found in documents}
    StageCache(workspace.stages / "extractions").add(payloads)
    texts = [row.text for _, found in documents for row in found.recommendations]
    texts += [file.ref.title or "" for file, _ in documents]
    rng = np.random.default_rng(numbers.start)
    vectors = rng.normal(0, 0.05, (len(texts), encoder.dimension)) if is_old else encoder.encode(texts)
    keys = [embed.vector_key(text, encoder.revision) for text in texts]
    rows = {key: vector.astype(np.float32).tobytes() for key, vector in zip(keys, vectors, strict=True)}
    vector_cache(settings).add(rows)


def _draw(numbers: Sequence[int]) -> tuple[StoredFile, Extraction]:
    sha256 = content_hash(f"document {numbers[0]}".encode())
    ref = DocumentRef("inbox", "debriefs", f"inbox:{sha256}", title=f"Report {numbers[0]}", body="A body")
    rows = tuple(
        Recommendation(f"r{number:016x}", sha256, Kind.RECOMMENDATION, None, _ask(number), 1, 1, ())
        for number in numbers
    )
    file = StoredFile(sha256, 1, NOW, "text/csv", ref)
    return file, Extraction(sha256, 1, DocumentFacts(published=date(2026, 5, 1)), rows, (), (), ())


def _ask(number: int) -> str:
    what = f"{WHAT[number % len(WHAT)]} and {WHAT[number // len(WHAT) % len(WHAT)]}"
    return f"{WHO[number % len(WHO)]} should {what}, as case {number} shows."


def _pretend_assigned(settings: Settings, encoder: embed.Encoder) -> None:
    load_classifier(load_registry(settings.themes), keep_encoded(settings, encoder))  # keeps the examples' vectors
    files = read.archived_documents(settings)
    states = read.document_states(settings, read.archive_lines(settings))
    levers, kept = load_levers(), {}
    basis = assigning._describe_basis(load_registry(settings.themes), encoder, [], levers)
    given = (ThemeScore("investigations", 0.7, "as a night before found"),)
    for start in range(0, len(files), PART // ROWS_OF_ONE):
        chosen = set(list(files)[start : start + PART // ROWS_OF_ONE])
        payloads = {}
        for sha256, found in read.load_extractions(settings, with_passages=False, only=chosen).items():
            ids = tuple(row.recommendation_id for row in found.recommendations)
            kept[sha256] = assigning.Kept(states[sha256], ids)
            traits = tuple(assigning.tell_traits(row, levers) for row in found.recommendations[:1])
            themed = assigning.Themed(tuple(Assignment(row_id, given) for row_id in ids), traits)
            payloads[assigning._key(sha256, kept[sha256])] = assigning.THEMED.dump_json(themed)
        assigning._cache(settings, basis).add(payloads)
    write_sealed(assigning._index_path(settings), assigning.INDEX.dump_json(assigning.Index(basis, kept)))
    write_sealed(assigning._quality_path(settings), assigning.QUALITY.dump_json(()))
