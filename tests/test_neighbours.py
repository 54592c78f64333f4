"""Nearest rows: as comparing all would find them while few, and the same however the rows came."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import neighbours
from pipeline.neighbours import Known, Near, find_near, find_neighbours, pair_up, round_vectors

DIMENSION, COUNT = 24, 5


def draw_vectors(count: int, seed: int) -> np.ndarray:
    """Unit vectors around a few centres; some of them twice, so that there are ties."""
    dice = np.random.default_rng(seed)
    drawn = dice.normal(size=(8, DIMENSION))[dice.integers(0, 8, count)] + 0.7 * dice.normal(size=(count, DIMENSION))
    drawn[count // 2 :: 7] = drawn[0]
    return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True), np.float32)


def search(vectors: np.ndarray, chosen: np.ndarray, known: Known | None = None, every: int = 6) -> Near:
    """What is a centre follows from what a row is, not from where it stands."""
    return find_near(round_vectors(vectors[chosen]), chosen % every == 0, COUNT, known)


def test_few_rows_are_compared_with_all() -> None:
    vectors = draw_vectors(60, 1)
    likeness = round_vectors(vectors).astype(int) @ round_vectors(vectors).astype(int).T
    np.fill_diagonal(likeness, -(10**9))
    found = search(vectors, np.arange(60))
    for row in range(60):
        expected = sorted(range(60), key=lambda other: (-likeness[row, other], other))[:COUNT]
        assert found.rows[row].tolist() == expected
        assert found.likeness[row].tolist() == likeness[row, expected].tolist()
    left, right = find_neighbours(vectors, COUNT)
    assert np.stack([left, right], axis=1).tolist() == pair_up(found).tolist()
    assert (left < right).all()


def test_cells_find_most_of_what_comparing_all_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, chosen = draw_vectors(900, 2), np.arange(900)
    exact = find_near(round_vectors(vectors), np.zeros(900, dtype=bool), COUNT)
    found = search(vectors, chosen)
    assert (found.cells[:, 0] >= 0).all(), "150 centres are more than a row is searched for in"
    shared = [len({*one} & {*other}) for one, other in zip(found.rows.tolist(), exact.rows.tolist(), strict=True)]
    assert np.mean(shared) / COUNT > 0.8
    monkeypatch.setattr(neighbours, "AT_ONCE", 11)
    assert_same(search(vectors, chosen), found)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**20),
    every=st.sampled_from([2, 6]),
    nights=st.lists(st.tuples(st.integers(0, 120), st.integers(0, 15)), min_size=1, max_size=4),
)
def test_a_night_finds_what_a_first_night_over_all_would(
    seed: int, every: int, nights: Sequence[tuple[int, int]]
) -> None:
    """Rows come and go, centres among them, and the cells with them; cells of two rows leave some with few to find."""
    dice = np.random.default_rng(seed)
    vectors, names = draw_vectors(700, seed), dice.permutation(700)
    chosen = np.sort(names[:90])
    near, come = search(vectors, chosen, every=every), 90
    for more, fewer in nights:
        left = np.setdiff1d(chosen, dice.choice(chosen, min(fewer, len(chosen) - 1), replace=False))
        now = np.union1d(left, names[come : come + more])
        come += more
        place = np.where(np.isin(chosen, now), np.searchsorted(now, chosen), neighbours.GONE)
        near, chosen = search(vectors, now, Known(near, place), every), now
        assert_same(near, search(vectors, now, every=every))


@pytest.mark.parametrize("count", [0, 1, 2])
def test_hardly_any_rows(count: int) -> None:
    vectors = draw_vectors(2, 3)[:count]
    assert pair_up(search(vectors, np.arange(count))).tolist() == ([[0, 1]] if count == 2 else [])


def test_a_row_with_few_to_find_has_them_first() -> None:
    found = find_near(round_vectors(draw_vectors(40, 5)), np.arange(40) % 2 == 0, 30)
    lacking = found.rows < 0
    assert lacking.any()
    assert (np.diff(lacking.astype(int), axis=1) >= 0).all()


def assert_same(one: Near, other: Near) -> None:
    for mine, yours in zip(one, other, strict=True):
        assert np.array_equal(mine, yours)
