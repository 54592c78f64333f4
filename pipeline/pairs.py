"""What makes two asks the same: the signs read off a pair and the weights fitted to them. Leaf of grouping.

A pair's score depends on its two rows alone, so a new night cannot change it. Signs: the cosine of the two texts,
before and after removal of what all police texts have in common (Mu and Viswanath 2018); how much of each row's
content words, weighted by rarity, the other has, word for word and by each word's nearest in meaning (a greedy
alignment, after Mihalcea, Corley and Strapparava 2006); the weight of the words in common, once of all and once of
those that say what the ask is about, not how it would be met: two that want refresher training share nothing yet;
whether one forbids what the other demands; whether they speak of other people or places, or would pull other levers;
whether one is long. Words that policing uses for one thing count as one (`thesaurus.txt`). The weights, in log-odds,
and what was fitted on texts are in `group_model.json`, written by `tests/fit_groups.py`, which says how they were
chosen.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pipeline.described import WORD_STEPS
from pipeline.levers import LeverReader, load_levers
from pipeline.wording import Lexicon, load_concepts

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from scipy.sparse import csr_matrix

    from pipeline.described import Described

    FloatArray = npt.NDArray[np.floating[Any]]
    IntArray = npt.NDArray[np.intp]
    BoolArray = npt.NDArray[np.bool_]

FITTED = Path(__file__).with_name("group_model.json")
UNLIKE_WORDS = 0.25  # cosine of two words up to which they have nothing in common
BLOCK = 4096  # pairs scored at a time
SIGNS = (
    "cosine", "cosine_raw", "words_least", "exact_least", "exact_most", "shared", "matter", "no_matter",
    "opposed", "apart", "levers", "long",
)  # fmt: skip
LITTLE_MATTER = 2.0  # weight of words on the matter in common; less is a sign by itself
LONG_ROW = 40  # words; a longer row tells a story too, and shares words with many by chance


@dataclass(frozen=True, slots=True)
class PairFigures:
    """The fitted figures of pair scoring."""

    encoder: str  # start of the hash of the weights whose vectors `mean` and `axes` belong to
    mean: FloatArray  # (dimension,), of the background texts
    axes: FloatArray  # (axes, dimension), directions that all the texts share
    word_mean: FloatArray  # (dimension,), of the vectors of single words
    lexicon: Lexicon
    levers: LeverReader
    weights: FloatArray  # (len(SIGNS),), of each sign as it stands
    bias: float
    cut: float  # of the mean score inside a group
    seed: float  # of the best score in a group: one pair at least must be sure


def load_figures(path: Path = FITTED) -> PairFigures:
    """The fitted figures in `path`."""
    written = json.loads(path.read_text(encoding="utf-8"))
    return PairFigures(
        encoder=written["encoder"],
        mean=np.array(written["mean"], dtype=np.float32),
        axes=np.array(written["axes"], dtype=np.float32),
        word_mean=np.array(written["word_mean"], dtype=np.float32),
        lexicon=Lexicon(written["document_count"], written["document_frequency"], load_concepts()),
        levers=load_levers(),
        weights=np.array([written["weights"][sign] for sign in SIGNS]),
        bias=written["bias"],
        cut=written["cut"],
        seed=written["seed"],
    )


def score_pairs(told: Described, left: IntArray, right: IntArray, figures: PairFigures) -> FloatArray:
    """How far each pair is above the cut of 0, rounded to four places; a pair with a row of form sentences gets -99."""
    starts = range(0, len(left), BLOCK)
    blocks = [_Listed(told, left[start : start + BLOCK], right[start : start + BLOCK]) for start in starts]
    return np.concatenate([_score(block, figures) for block in blocks]) if blocks else np.zeros(0)


def score_crossed(told: Described, rows: IntArray, columns: IntArray, figures: PairFigures) -> FloatArray:
    """The scores of each of `rows` with each of `columns`, as `score_pairs` gives them.

    Words are compared once for all, so a pair costs a hundredth of what it costs alone. Memory grows with
    rows times columns.
    """
    return _score(_Crossed(told, rows[:, None], columns[None, :]), figures)


def read_signs(told: Described, left: IntArray, right: IntArray) -> FloatArray:
    """One row a pair, one column a sign, in the order of `SIGNS`; the same whichever row of a pair stands first."""
    return _read(_Listed(told, left, right))


class _Listed(NamedTuple):
    """Pairs side by side."""

    told: Described
    left: IntArray  # (pairs,)
    right: IntArray

    def multiply(self, vectors: FloatArray) -> FloatArray:
        return np.asarray(np.einsum("ij,ij->i", vectors[self.left], vectors[self.right]))

    def weigh_common(self, weights: csr_matrix) -> FloatArray:
        return np.asarray(weights[self.left].minimum(weights[self.right]).sum(axis=1)).ravel()

    def align(self) -> FloatArray:
        """The mean, over the words of one row by weight, of the likeness to the nearest in the other: the less."""
        left, right = self.left, self.right
        found = np.zeros(len(left))
        # Pairs that stand together share their left row most often: its words are compared with those of all at once.
        starts = np.flatnonzero(np.append(True, left[1:] != left[:-1])[: len(left)])
        for start, end in zip(starts.tolist(), [*starts[1:].tolist(), len(left)], strict=True):
            found[start:end] = _align_with(self.told, int(left[start]), right[start:end])
        return found

    def oppose(self) -> BoolArray:
        """Where one row forbids what the other speaks of and does not forbid."""
        found = np.zeros(len(self.left), dtype=bool)
        forbids = np.diff(self.told.forbidden.indptr) > 0
        may = np.flatnonzero(forbids[self.left] | forbids[self.right])
        one, other = self.left[may], self.right[may]
        found[may] = self._forbids(one, other) | self._forbids(other, one)
        return found

    def _forbids(self, one: IntArray, other: IntArray) -> BoolArray:
        common = self.told.forbidden[one].multiply(_find_open(self.told, other))
        return np.asarray(np.asarray(common.sum(axis=1)).ravel() > 0)


class _Crossed(NamedTuple):
    """Each row with each column."""

    told: Described
    left: IntArray  # (rows, 1)
    right: IntArray  # (1, columns)

    def multiply(self, vectors: FloatArray) -> FloatArray:
        # Not a matrix product: its last digits depend on which rows stand beside a row.
        return np.asarray(np.einsum("ij,kj->ik", vectors[self.left[:, 0]], vectors[self.right[0]]))

    def weigh_common(self, weights: csr_matrix) -> FloatArray:
        others = weights[self.right[0]]
        others.data = np.ones(len(others.data))
        return np.asarray((weights[self.left[:, 0]] @ others.T).toarray())

    def align(self) -> FloatArray:
        """As for pairs side by side."""
        is_square = np.array_equal(self.left.ravel(), self.right.ravel())
        mine = _spread_words(self.told, self.left.ravel())
        yours = mine if is_square else _spread_words(self.told, self.right.ravel())
        alike = _compare_words(self.told.words[mine.words] @ self.told.words[yours.words].T)
        nearest = _find_nearest(mine, yours, alike)
        return np.minimum(nearest, (nearest if is_square else _find_nearest(yours, mine, alike.T)).T)

    def oppose(self) -> BoolArray:
        """As for pairs side by side."""
        mine, yours = self.left[:, 0], self.right[0]
        return np.logical_or(self._forbids(mine, yours), self._forbids(yours, mine).T)

    def _forbids(self, one: IntArray, other: IntArray) -> BoolArray:
        return np.asarray((self.told.forbidden[one] @ _find_open(self.told, other).T).toarray() > 0)


class _Words(NamedTuple):
    """The words of some texts."""

    words: IntArray  # distinct, by their rows in `Described.words`
    each: Sequence[IntArray]  # of each text the places of its words in `words`
    weights: csr_matrix  # (texts, words)


def _score(pairs: _Listed | _Crossed, figures: PairFigures) -> FloatArray:
    is_form = pairs.told.is_form[pairs.left] | pairs.told.is_form[pairs.right]
    return np.round(np.where(is_form, -99.0, _read(pairs) @ figures.weights + figures.bias), 4)


def _read(pairs: _Listed | _Crossed) -> FloatArray:
    """The signs of each pair, in the order of `SIGNS`, along the last axis."""
    told, left, right = pairs
    matter = pairs.weigh_common(told.matter)
    columns = [
        pairs.multiply(told.vectors),
        pairs.multiply(told.raw),
        pairs.align(),
        *_overlap(pairs),
        np.log1p(matter),
        np.maximum(0.0, 1.0 - matter / LITTLE_MATTER),
        pairs.oppose(),
        _differ(told.facets[left], told.facets[right]).sum(axis=-1),
        # Training is not the same ask as equipment.
        _differ(told.levers[left], told.levers[right]),
        np.maximum(0.0, np.maximum(told.lengths[left], told.lengths[right]) - np.log(LONG_ROW)),
    ]
    return np.stack(columns, axis=-1).astype(float)


def _overlap(pairs: _Listed | _Crossed) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Least and most share of the weight of one row's words that the other has, and the weight shared."""
    weights = pairs.told.weights
    shared = pairs.weigh_common(weights)
    totals = np.maximum(np.asarray(weights.sum(axis=1)).ravel(), 1e-9)
    shares = shared / totals[pairs.left], shared / totals[pairs.right]
    return np.minimum(*shares), np.maximum(*shares), np.log1p(shared)


def _align_with(told: Described, one: int, others: IntArray) -> FloatArray:
    weights, ends = told.weights.data, told.weights.indptr
    mine = slice(ends[one], ends[one + 1])
    sizes = ends[others + 1] - ends[others]
    found, filled = np.zeros(len(others)), np.flatnonzero(sizes)
    if mine.start == mine.stop or not len(filled):
        return found
    sizes = sizes[filled]
    starts = np.cumsum(sizes) - sizes
    theirs = np.repeat(ends[others[filled]] - starts, sizes) + np.arange(sizes.sum())
    alike = _compare_words(told.words[told.word_rows[mine]] @ told.words[told.word_rows[theirs]].T)
    of_theirs = np.add.reduceat(alike.max(axis=0) * weights[theirs], starts) / np.add.reduceat(weights[theirs], starts)
    of_mine = weights[mine] @ np.maximum.reduceat(alike, starts, axis=1) / weights[mine].sum()
    found[filled] = np.minimum(of_mine, of_theirs)
    return found


def _spread_words(told: Described, texts: IntArray) -> _Words:
    from scipy.sparse import csr_matrix

    ends = told.weights.indptr
    entries = [np.arange(ends[n], ends[n + 1]) for n in texts.tolist()]
    whole = np.concatenate(entries)
    words, place = np.unique(told.word_rows[whole], return_inverse=True)
    starts = np.append(0, np.cumsum([len(one) for one in entries]))
    weights = csr_matrix((told.weights.data[whole], place, starts), shape=(len(texts), len(words)))
    return _Words(words, np.split(place, starts[1:-1]), weights)


def _find_nearest(mine: _Words, yours: _Words, alike: FloatArray) -> FloatArray:
    """For each of my texts and each of yours, the mean by weight of the likeness of my words to their nearest in yours.

    `alike`, shape (my words, your words), is of single words; a text without words has nothing near it.
    """
    found = np.zeros((len(yours.each), len(mine.words)))
    for n, words in enumerate(yours.each):
        if len(words):
            found[n] = alike[:, words].max(axis=1)
    totals = np.maximum(np.asarray(mine.weights.sum(axis=1)), 1e-9)
    return np.asarray(mine.weights @ found.T / totals)


def _compare_words(products: FloatArray) -> FloatArray:
    """How alike two words are, 0 to 1, from the products of their vectors."""
    above = (products / np.float32(WORD_STEPS**2) - UNLIKE_WORDS) / (1 - UNLIKE_WORDS)
    return np.asarray(np.clip(above, 0.0, 1.0))


def _find_open(told: Described, texts: IntArray) -> csr_matrix:
    """1 for each word that these texts say and do not forbid."""
    said = told.said[texts]
    return said - said.multiply(told.forbidden[texts])


def _differ(mine: IntArray, yours: IntArray) -> BoolArray:
    """Where both name something and nothing that both name."""
    return np.asarray((mine != 0) & (yours != 0) & (mine & yours == 0))
