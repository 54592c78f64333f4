"""Embedding: texts a second, against sentence-transformers' own `encode` at its default settings."""

import importlib.util
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from flows.extracting import extract_files
from pipeline import embed
from pipeline.settings import Settings
from sources import HERE
from tests.bench.report import Report
from tests.conftest import SHARED


def measure_embedding() -> Iterator[Report]:
    """The same texts through both, one thread each, a warm-up first; what differs is padding, batching, bfloat16."""
    import torch
    from sentence_transformers import SentenceTransformer

    texts = _real_texts()
    model = SentenceTransformer(str(_model_folder()), device="cpu", local_files_only=True)
    encoder = embed.load_encoder(threads=1)
    ours, seconds = _time_encoding(encoder.encode, texts)
    theirs, their_seconds = _time_encoding(lambda batch: np.asarray(model.encode(list(batch))), texts)
    cosines = np.sum(ours * theirs, axis=1) / np.linalg.norm(theirs, axis=1) / np.linalg.norm(ours, axis=1)
    rows = [
        ("pipeline.embed", seconds, len(texts) / seconds, their_seconds / seconds),
        ("sentence-transformers encode()", their_seconds, len(texts) / their_seconds, 1.0),
    ]
    yield Report(
        f"Embedding {len(texts):,} recommendations and passages",
        ("", "seconds", "texts a second", "times as fast"),
        rows,
        f"Cosine between the two: least {cosines.min():.5f}, mean {cosines.mean():.5f}. "
        f"{encoder.revision}, {torch.get_num_threads()} thread.",
    )


def _time_encoding(encode: Callable[[list[str]], np.ndarray], texts: list[str]) -> tuple[np.ndarray, float]:
    encode(texts[:64])
    started = time.perf_counter()
    vectors = encode(texts)
    return vectors, time.perf_counter() - started


def _real_texts() -> list[str]:
    """What a night embeds of a few documents: the rows and the passages."""
    corpus = SHARED / "corpus" / "pdf" / "parliament"
    folder = corpus if corpus.exists() else HERE / "sample" / "documents"
    with tempfile.TemporaryDirectory() as data:
        settings = Settings(data=Path(data), ocr=False)
        read = [one for _, one in extract_files(sorted(folder.glob("*.pdf")), "bench", settings)]
    return sorted({row.text for one in read for row in (*one.recommendations, *one.passages)})


def _model_folder() -> Path:
    spec = importlib.util.find_spec(embed.BUNDLED_PACKAGE)
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent / "model"
