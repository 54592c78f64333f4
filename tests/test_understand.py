"""Passages are embedded beside the rest of a night, which may be stopped: what was computed is kept, once."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from numpy.typing import NDArray

from flows import understand, vectors
from flows.iteration import Stop
from flows.vectors import load_passage_vectors, passage_cache, vector_cache
from pipeline.records import Passage
from pipeline.settings import Settings

TEXTS = [f"Passage {n} of a report." for n in range(5)]


class Counting:
    """An encoder that remembers what it was asked."""

    revision, dimension = "counting", 3

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += texts
        return np.array([[TEXTS.index(text), 0, 1] for text in texts], np.float32)


@pytest.fixture
def encoder(monkeypatch: pytest.MonkeyPatch) -> Counting:
    passages = tuple(Passage(f"p{n}", "d", 1, n, n + 1, text) for n, text in enumerate(TEXTS))
    counting = Counting()
    monkeypatch.setattr(understand, "load_passages", lambda _settings: {"d": passages})
    monkeypatch.setattr(understand, "load_encoder", lambda _settings, **_: counting)
    monkeypatch.setattr(vectors, "load_encoder", lambda _settings, **_: counting)
    monkeypatch.setattr(understand, "EMBED_BATCH", 4)
    monkeypatch.setattr(understand, "STOP_BATCH", 2)
    return counting


def test_a_stop_waits_for_the_batch_at_hand_and_the_next_night_goes_on_from_there(
    tmp_path: Path, encoder: Counting
) -> None:
    settings = Settings(data=tmp_path)
    stop = Stop()
    stop.tell()
    understand.embed_passages(settings, stop)
    assert len(passage_cache(settings).keys()) == len(encoder.asked) == 2
    understand.embed_passages(settings, Stop())
    assert sorted(encoder.asked) == TEXTS
    assert load_passage_vectors(settings, TEXTS)[:, 0].tolist() == [0, 1, 2, 3, 4]


def test_what_was_computed_is_written_some_batches_at_a_time(tmp_path: Path, encoder: Counting) -> None:
    settings = Settings(data=tmp_path)
    understand.embed_passages(settings, Stop())
    assert sorted(map(len, map(pq.read_table, passage_cache(settings).folder.glob("*.parquet")))) == [1, 4]
    assert load_passage_vectors(settings, TEXTS)[:, 0].tolist() == [0, 1, 2, 3, 4]


def test_vectors_of_passages_are_kept_apart_from_those_that_grouping_reads_meanwhile(
    tmp_path: Path, encoder: Counting
) -> None:
    settings = Settings(data=tmp_path)
    understand.embed_passages(settings, Stop())
    assert not vector_cache(settings).keys()
