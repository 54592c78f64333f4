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
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.described import WORD_STEPS
from pipeline.levers import LeverReader, load_levers
from pipeline.wording import Lexicon, load_concepts

if TYPE_CHECKING:
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
    scores = [
        read_signs(told, left[start : start + BLOCK], right[start : start + BLOCK]) @ figures.weights
        for start in range(0, len(left), BLOCK)
    ]
    found = np.concatenate(scores) + figures.bias if scores else np.zeros(0)
    return np.round(np.where(told.is_form[left] | told.is_form[right], -99.0, found), 4)


def read_signs(told: Described, left: IntArray, right: IntArray) -> FloatArray:
    """One row a pair, one column a sign, in the order of `SIGNS`; the same whichever row of a pair stands first."""
    columns = [
        np.einsum("ij,ij->i", told.vectors[left], told.vectors[right]),
        np.einsum("ij,ij->i", told.raw[left], told.raw[right]),
        _align(told, left, right),
        *_overlap(told.weights, left, right),
        *_share_matter(told.matter, left, right),
        _oppose(told, left, right),
        _count_apart(told, left, right),
        _pull_apart(told, left, right),
        np.maximum(0.0, np.maximum(told.lengths[left], told.lengths[right]) - np.log(LONG_ROW)),
    ]
    return np.stack(columns, axis=1).astype(float)


def _align(told: Described, left: IntArray, right: IntArray) -> FloatArray:
    """The mean, over the words of one row by weight, of the likeness of its nearest in the other: of both the less."""
    found = np.zeros(len(left))
    # Pairs that stand together share their left row most often: its words are compared with those of all at once.
    starts = np.flatnonzero(np.append(True, left[1:] != left[:-1])[: len(left)])
    for start, end in zip(starts.tolist(), [*starts[1:].tolist(), len(left)], strict=True):
        found[start:end] = _align_with(told, int(left[start]), right[start:end])
    return found


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
    products = told.words[told.word_rows[mine]] @ told.words[told.word_rows[theirs]].T
    alike = np.clip((products / np.float32(WORD_STEPS**2) - UNLIKE_WORDS) / (1 - UNLIKE_WORDS), 0.0, 1.0)
    of_theirs = np.add.reduceat(alike.max(axis=0) * weights[theirs], starts) / np.add.reduceat(weights[theirs], starts)
    of_mine = weights[mine] @ np.maximum.reduceat(alike, starts, axis=1) / weights[mine].sum()
    found[filled] = np.minimum(of_mine, of_theirs)
    return found


def _overlap(weights: csr_matrix, left: IntArray, right: IntArray) -> FloatArray:
    """Least and most share of the weight of one row's words that the other has, and the weight shared."""
    shared = _weigh_common(weights, left, right)
    totals = np.maximum(np.asarray(weights.sum(axis=1)).ravel(), 1e-9)
    shares = np.stack([shared / totals[left], shared / totals[right]])
    return np.stack([shares.min(axis=0), shares.max(axis=0), np.log1p(shared)])


def _share_matter(matter: csr_matrix, left: IntArray, right: IntArray) -> FloatArray:
    """The weight of words on the matter in common, and by how much it is too little: 0 to 1."""
    shared = _weigh_common(matter, left, right)
    return np.stack([np.log1p(shared), np.maximum(0.0, 1.0 - shared / LITTLE_MATTER)])


def _weigh_common(weights: csr_matrix, left: IntArray, right: IntArray) -> FloatArray:
    return np.asarray(weights[left].minimum(weights[right]).sum(axis=1)).ravel()


def _oppose(told: Described, left: IntArray, right: IntArray) -> FloatArray:
    """1 where one row forbids what the other speaks of and does not forbid."""
    found = np.zeros(len(left))
    forbids = np.diff(told.forbidden.indptr) > 0
    may = np.flatnonzero(forbids[left] | forbids[right])
    one, other = left[may], right[may]
    found[may] = _forbids(told, one, other) | _forbids(told, other, one)
    return found


def _forbids(told: Described, one: IntArray, other: IntArray) -> BoolArray:
    spoken_of = told.forbidden[one].multiply(told.said[other])
    return np.asarray((spoken_of - spoken_of.multiply(told.forbidden[other])).sum(axis=1)).ravel() > 0


def _count_apart(told: Described, left: IntArray, right: IntArray) -> FloatArray:
    return np.asarray(_differ(told.facets[left], told.facets[right]).sum(axis=1), dtype=float)


def _pull_apart(told: Described, left: IntArray, right: IntArray) -> FloatArray:
    """1 where the rows would pull different levers: training is not the same ask as equipment."""
    return _differ(told.levers[left], told.levers[right]).astype(float)


def _differ(mine: IntArray, yours: IntArray) -> BoolArray:
    """Where both name something and nothing that both name."""
    return np.asarray((mine != 0) & (yours != 0) & (mine & yours == 0))
