"""Learning from judgements: it helps where people see a pattern, and is not put in where it does not."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.learning import Judged, draw_towards, fit_correction, learn_theme

RNG = np.random.default_rng(0)


def make_rows(count: int, *, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Unit vectors of two kinds, and which kind each is."""
    rng = np.random.default_rng(seed)
    kinds = np.arange(count) % 2
    centres = np.zeros((2, 16))
    centres[0, 0] = centres[1, 1] = 1.0
    vectors = centres[kinds] + rng.normal(0, 0.15, (count, 16))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True), kinds.astype(float)


def test_a_pattern_that_people_see_is_learnt() -> None:
    vectors, belongs = make_rows(60, seed=1)
    learnt = learn_theme(Judged(vectors, np.zeros(60), belongs, tuple(f"d{n}" for n in range(60))), 0.5)
    assert learnt.correction is not None and learnt.after is not None
    assert learnt.after.f1 > 0.9 and learnt.after.brier < learnt.before.brier
    fresh, kinds = make_rows(40, seed=2)
    logits = fresh @ learnt.correction.weights + learnt.correction.bias
    assert ((logits > 0) == (kinds > 0.5)).mean() > 0.9


def test_judgements_without_a_pattern_change_nothing() -> None:
    _, belongs = make_rows(60, seed=3)
    sure = np.where(belongs > 0.5, 4.0, -4.0)  # the shipped model is right already
    noise = RNG.normal(0, 1, (60, 16))
    judged = Judged(noise / np.linalg.norm(noise, axis=1, keepdims=True), sure, belongs, tuple("abcdefghij" * 6))
    learnt = learn_theme(judged, 0.5)
    assert learnt.after is not None and learnt.correction is None
    assert learnt.before.f1 == 1.0


def test_a_few_judgements_are_measured_and_not_fitted() -> None:
    vectors, belongs = make_rows(6, seed=4)
    learnt = learn_theme(Judged(vectors, np.zeros(6), belongs, tuple("abcdef")), 0.5)
    assert (learnt.judged, learnt.belonging, learnt.after, learnt.correction) == (6, 3, None, None)


def test_a_row_is_drawn_to_its_own_judgement_and_a_far_one_is_not() -> None:
    near = np.eye(4)[:1]
    scores = draw_towards(np.array([0.2, 0.2]), np.eye(4)[:2], near, np.array([1.0]))
    assert scores[0] > 0.85
    assert abs(scores[1] - 0.2) < 1e-4


@given(st.permutations(range(24)))
@settings(max_examples=20, deadline=None)
def test_the_order_of_judgements_does_not_count(order: list[int]) -> None:
    vectors, belongs = make_rows(24, seed=5)
    logits = np.linspace(-1, 1, 24)
    one, other = fit_correction(vectors, logits, belongs), fit_correction(vectors[order], logits[order], belongs[order])
    assert np.allclose(one.weights, other.weights, atol=1e-6)
    assert abs(one.bias - other.bias) < 1e-6
