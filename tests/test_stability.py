"""The same input gives the same themes whatever the order or the number of workers; each move has a reason."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.assigning import NO_BASIS, Basis, list_changes, list_moves
from flows.judged import list_judgements
from pipeline.assign import Classifier, Judgement, load_classifier
from pipeline.linear import FITTED as LINEAR
from pipeline.linear import load_linear, measure_leaning, weigh_words
from pipeline.records import Assignment, Review, ThemeScore
from pipeline.registry import load_registry
from pipeline.weighing import list_neighbours

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ASKS = (
    "The force should review the risk grading of a missing person at each handover.",
    "Pursuit drivers must tell the control room their speed.",
    "The risk of suicide should be assessed before a detainee leaves custody.",
    "Call handlers should ask whether the caller is safe.",
    "Supervisors should review each rape investigation.",
    "The verge should be mown.",
    "No rationale was recorded on the log.",
    "Officers did not know of the warning marker.",
)


class Wheel:
    """Vectors drawn from a hash of the text: quick, and the same whatever the batch."""

    revision = "all-MiniLM-L6-v2@53aa51172d14"
    dimension = 384

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        rows = []
        for text in texts:
            seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
            row = np.random.default_rng(seed).normal(size=self.dimension)
            rows.append(row / np.linalg.norm(row))
        return np.array(rows, dtype=np.float32).reshape(len(texts), self.dimension)


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    reviewed = [Judgement(ask, "missing-persons", n % 2 == 0, None, f"d{n}") for n, ask in enumerate(ASKS * 2)]
    return load_classifier(load_registry(), Wheel(), reviewed=reviewed)


def assign(classifier: Classifier, rows: Sequence[tuple[str, str, str]]) -> dict[str, Assignment]:
    """The assignments of (id, text, document) rows by id."""
    ids, texts, documents = [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]
    found = classifier.classify(ids, texts, [None] * len(ids), Wheel().encode(texts), documents=documents)
    return {one.recommendation_id: one for one in found}


ROWS = [(f"r{n}", text, f"d{n % 3}") for n, text in enumerate(ASKS * 2)]


@given(st.permutations(ROWS))
@settings(max_examples=15, deadline=None)
def test_the_order_of_rows_does_not_count(classifier: Classifier, rows: list[tuple[str, str, str]]) -> None:
    assert assign(classifier, rows) == assign(classifier, ROWS)


@given(st.lists(st.integers(0, 2), min_size=3, max_size=3))
@settings(max_examples=15, deadline=None)
def test_the_number_of_workers_does_not_count(classifier: Classifier, worker_of: list[int]) -> None:
    apart: dict[str, Assignment] = {}
    for worker in range(3):
        shard = [row for row in ROWS if worker_of[int(row[2][1:])] == worker]
        if shard:
            apart.update(assign(classifier, shard))
    assert apart == assign(classifier, ROWS)


@given(st.lists(st.sampled_from(ASKS), min_size=1, max_size=6, unique=True))
@settings(max_examples=15, deadline=None)
def test_a_night_of_new_documents_moves_no_old_row(classifier: Classifier, new: list[str]) -> None:
    before = assign(classifier, ROWS)
    after = assign(classifier, [*ROWS, *((f"new{n}", text, f"new{n % 2}") for n, text in enumerate(new))])
    assert {row_id: after[row_id] for row_id in before} == before


def test_neighbours_share_a_key_and_not_a_text() -> None:
    assert list_neighbours(["a", "a", "b", "c"], ["d", "d", "d", None]) == {0: [2], 1: [2], 2: [0, 1]}
    assert list_neighbours(["a", "b"], [None, ""]) == {}


def test_every_change_is_named_and_the_first_night_has_none() -> None:
    old = Basis("m", {"a": "1", "b": "1"}, "j", "l")
    assert list_changes(NO_BASIS, old) == []
    assert list_changes(old, old) == []
    assert list_changes(old, Basis("m", {"a": "2", "c": "1"}, "j", "l")) == ["the registry changed (a, b, c)"]
    assert list_changes(old, Basis("n", old.themes, "k", "l")) == ["the model changed", "people judged rows"]


def test_a_move_is_told_with_its_reason_and_a_new_row_has_not_moved() -> None:
    def give(row_id: str, *themes: str) -> Assignment:
        return Assignment(row_id, tuple(ThemeScore(theme, 0.9, "because") for theme in themes))

    before = {"a": give("a", "x"), "b": give("b", "x")}
    after = [give("a", "y", "x"), give("b", "x"), give("c", "x")]
    (event,) = list_moves(before, after, "run", NOW, "the model changed")
    assert (event.recommendation_id, event.before, event.after) == ("a", ("x",), ("x", "y"))
    assert event.reason == "the model changed"


def test_the_last_judgement_counts_and_one_withdrawn_does_not() -> None:
    def judge(row_id: str, answer: str, minute: int) -> Review:
        when = NOW.replace(minute=minute)
        return Review(f"v{minute}", row_id, "theme", answer, None, "A", date(2026, 11, 23), when, theme="x")

    reviews = [judge("gone", "right", 0), judge("a", "right", 1), judge("a", "withdrawn", 2)]
    assert list_judgements(reviews, {}, load_registry()) == []


def test_words_outside_the_vocabulary_weigh_nothing() -> None:
    linear = load_linear(LINEAR)
    assert not weigh_words(["Zqxv wvut 123"], linear.vocabulary, linear.idf).any()
    [row] = weigh_words(["missing custody missing"], linear.vocabulary, linear.idf)
    assert np.isclose(np.linalg.norm(row), 1.0)


def test_vectors_of_another_model_are_left_out_of_the_leaning() -> None:
    linear = load_linear(LINEAR)
    own = measure_leaning(["pursuit"], [None], np.ones((1, 384)), np.zeros((1, 384)), linear, Wheel.revision)
    other = measure_leaning(["pursuit"], [None], np.ones((1, 8)), np.zeros((1, 8)), linear, "other@1234")
    assert own.meaning is not None and other.meaning is None
    assert np.array_equal(other.both, own.words)
