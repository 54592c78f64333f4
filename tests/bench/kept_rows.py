"""Rows put in a data folder as fetching, reading and embedding leave them: drawn ones, and those of real bodies."""

import csv
import io
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any

import numpy as np
from pydantic import TypeAdapter

from flows import read
from flows.document import reading_version
from flows.vectors import load_readings, load_words, vector_cache
from pipeline.described import list_words
from pipeline.embed import Encoder, vector_key
from pipeline.ids import content_hash, recommendation_id
from pipeline.pairs import load_figures
from pipeline.records import DocumentFacts, DocumentRef, Extraction, Kind, Recommendation, Span, StoredFile
from pipeline.settings import Settings
from pipeline.stages import StageCache
from pipeline.store import append_lines
from pipeline.workspace import Workspace
from tests.bench.group_rows import SHARED, Array, read_sample

NOW = datetime(2026, 11, 23, tzinfo=UTC)
STRETCH, STRETCHES = 4, 8  # words of a stretch, stretches of a row
CENTRES, DIMENSION, SPREAD = 2000, 384, 0.9
AGAIN = 0.1  # share of rows that are an earlier one in nearly the same words
ROWS_OF_ONE = 10  # drawn rows a document
FIRST_DAY, DAYS = date(2021, 1, 1), 1800
FIRST_SESSION, SESSION_DAYS = date(2008, 4, 7), 120  # of the countries' review by their peers
LINE = TypeAdapter(StoredFile)


@dataclass(frozen=True, slots=True)
class Row:
    """One recommendation."""

    text: str
    document: str
    source: str
    body: str
    published: date | None


def keep_rows(settings: Settings, encoder: Encoder, rows: Sequence[Row], vectors: Array | None = None) -> None:
    """Put `rows` in the archive and the caches; those of one document stand together.

    `vectors`, float32 (rows, dimension), are of their cores; without them they are worked out.
    """
    made = [_make_document(name, list(some)) for name, some in groupby(rows, lambda row: row.document)]
    append_lines(Workspace(settings.data).archive / "fetches.jsonl", (LINE.dump_json(file) for file, _ in made))
    version = reading_version(settings.ocr)
    payloads = {read._reading_key(file, version): read.EXTRACTION.dump_json(found) for file, found in made}
    StageCache(Workspace(settings.data).stages / "extractions").add(payloads)
    cores = [reading.core for reading in load_readings(settings, [row.text for row in rows])]
    found = encoder.encode(cores) if vectors is None else vectors
    vector_cache(settings).add(
        {vector_key(core, encoder.revision): row.tobytes() for core, row in zip(cores, found, strict=True)}
    )
    load_words(settings, encoder)(list_words((row.text for row in rows), load_figures().lexicon))


def list_stretches() -> list[str]:
    """Four words in a row of the sample's asks."""
    words = [ask.text.split() for ask in read_sample().asks]
    return [" ".join(text[n : n + STRETCH]) for text in words for n in range(0, len(text) - STRETCH, STRETCH)]


def draw_rows(stretches: Sequence[str], dice: np.random.Generator, numbers: range) -> tuple[list[Row], Array]:
    """Rows of eight stretches, one in ten an earlier one with one more, and vectors around three of many centres."""
    count = len(numbers)
    drawn = dice.integers(0, len(stretches), (count, STRETCHES))
    centres = np.random.default_rng(0).normal(size=(CENTRES, DIMENSION))
    mixed = centres[dice.integers(0, CENTRES, (count, 3))].sum(axis=1) + SPREAD * dice.normal(size=(count, DIMENSION))
    texts = ["The force should " + " ".join(stretches[n] for n in row) for row in drawn.tolist()]
    for n in range(1, count):
        if dice.random() < AGAIN:
            other = int(dice.integers(0, n))
            texts[n] = f"{texts[other]} {stretches[drawn[n, 0]]}"
            mixed[n] = mixed[other] + 0.3 * dice.normal(size=DIMENSION)
    rows = [_draw_row(text, number // ROWS_OF_ONE) for text, number in zip(texts, numbers, strict=True)]
    return rows, np.asarray(mixed / np.linalg.norm(mixed, axis=1, keepdims=True), dtype=np.float32)


def read_policing() -> list[Row]:
    """Recommendations of the complaints body and coroners' concerns, in an order drawn by lot."""
    with (SHARED / "corpus/iopc/recommendation_pages.csv").open(encoding="utf-8", newline="") as stream:
        pages = [row["recommendation"] for row in csv.DictReader(stream)]
    lines = (SHARED / "corpus/pfd/reports.jsonl").read_text(encoding="utf-8").splitlines()
    concerns = [json.loads(line)["concerns"] or "" for line in lines]
    named = [("iopc", text) for text in pages] + [("pfd", text) for text in concerns]
    rows = [Row(text, f"{name} {n}", name, name, None) for n, (name, text) in enumerate(named) if text.strip()]
    random.Random(3).shuffle(rows)  # not all carry a date
    return rows


def read_transport() -> list[Row]:
    """Forty years of one accident investigator, the oldest first."""
    import openpyxl

    (path,) = (SHARED / "corpus/taic").glob("*.xlsx")
    table = openpyxl.load_workbook(path, read_only=True).active
    head, *lines = (table.iter_rows(values_only=True)) if table else [()]
    told: list[dict[str, Any]] = [dict(zip(map(str, head), line, strict=True)) for line in lines]
    rows = [
        Row(str(one["Recommendation"]), str(one["Inquiry"]), "taic", "TAIC", one["Made"].date())
        for one in told
        if one["Recommendation"] and one["Made"]
    ]
    return _order(rows)


def read_peers() -> list[Row]:
    """What countries asked of each other in two rounds of review, the oldest first."""
    rows = []
    for path in sorted((SHARED / "corpus/upr-info").glob("*.csv")):
        for line in csv.DictReader(io.StringIO(path.read_text(encoding="mac_roman"), newline="")):
            session = int(line["Session"])
            day = FIRST_SESSION + timedelta(days=SESSION_DAYS * session)
            if line["Text"].strip():
                rows.append(Row(line["Text"].strip(), f"{line['To']} {session}", "upr", line["From"], day))
    return _order(rows)


def _order(rows: Iterable[Row]) -> list[Row]:
    """By document, the oldest first."""
    kept = list(rows)
    first: dict[str, date] = {}
    for row in kept:
        first[row.document] = min(first.get(row.document, date.max), row.published or date.max)
    return sorted(kept, key=lambda row: (first[row.document], row.document))


def cut_nights(rows: Sequence[Row], nights: int, share: float) -> Iterator[list[Row]]:
    """All but the last `nights` times `share` of the documents, then a share a night."""
    documents = list(dict.fromkeys(row.document for row in rows))
    ends = [round(len(documents) * (1 - share * (nights - night))) for night in range(nights + 1)]
    place = {name: n for n, name in enumerate(documents)}
    for start, end in zip([0, *ends], ends, strict=False):
        yield [row for row in rows if start <= place[row.document] < end]


def _draw_row(text: str, nth: int) -> Row:
    return Row(
        text, f"document {nth}", f"stream{nth % 8}", f"Body {nth % 12}", FIRST_DAY + timedelta(days=nth * 7 % DAYS)
    )


def _make_document(name: str, rows: Sequence[Row]) -> tuple[StoredFile, Extraction]:
    sha256 = content_hash(name.encode())
    told = rows[0]
    ref = DocumentRef("inbox", told.source, f"inbox:{sha256}", f"Report {name}", told.body, told.published)
    texts = dict.fromkeys(row.text for row in rows)
    found = tuple(
        Recommendation(
            recommendation_id(sha256, text), sha256, Kind.RECOMMENDATION, str(n), text, 1, 1, (Span(1, 0, len(text)),)
        )
        for n, text in enumerate(texts, start=1)
    )
    unique = tuple({row.recommendation_id: row for row in found}.values())
    return StoredFile(sha256, 1, NOW, "application/pdf", ref), Extraction(
        sha256, 1, DocumentFacts(), unique, (), (), ()
    )
