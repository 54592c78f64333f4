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

from pipeline.levers import LeverReader, load_levers
from pipeline.wording import (
    MEANS,
    Lexicon,
    WordReader,
    ask_core,
    find_facets,
    find_forbidden,
    is_only_form,
    load_concepts,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt
    from scipy.sparse import csr_matrix

    FloatArray = npt.NDArray[np.floating[Any]]
    IntArray = npt.NDArray[np.intp]

FITTED = Path(__file__).with_name("group_model.json")
PLAIN_WORD = 1.2  # weight below which a word is too ordinary to count
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


@dataclass(frozen=True, slots=True)
class WordVectors:
    """The encoder's unit vectors of single words."""

    row: Mapping[str, int]
    vectors: FloatArray  # (words, dimension)


@dataclass(frozen=True, slots=True)
class Described:
    """Texts as pair scoring sees them, in one order."""

    vectors: FloatArray  # centred, unit length
    raw: FloatArray
    weights: csr_matrix  # (texts, stems), the weight of each distinct content word
    matter: csr_matrix  # the same, without the words that say how an ask would be met
    word_rows: tuple[IntArray, ...]  # per text, the rows of its content words in `words`
    word_weights: tuple[FloatArray, ...]
    words: FloatArray  # centred unit vectors of words
    said: tuple[frozenset[str], ...]  # stems of all words
    forbidden: tuple[frozenset[str], ...]  # stems of what should not be done
    facets: tuple[tuple[frozenset[str], ...], ...]
    levers: tuple[frozenset[str], ...]
    lengths: FloatArray  # logarithm of the number of words
    is_form: npt.NDArray[np.bool_]  # asks nothing, so is like nothing


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


def list_words(texts: Sequence[str], lexicon: Lexicon) -> list[str]:
    """Every content word of the cores of `texts`, in the form it has there: what `describe_texts` needs vectors of."""
    reader = WordReader(lexicon)
    return sorted({word for text in texts for word in _content_words(reader, ask_core(text)).values()})


def describe_texts(texts: Sequence[str], vectors: FloatArray, words: WordVectors, figures: PairFigures) -> Described:
    """The signs' material. `vectors` (texts, dimension) are the encoder's, of `ask_core` of each text.

    Raises `KeyError` for a word that has no vector.
    """
    reader = WordReader(figures.lexicon)
    cores = [ask_core(text) for text in texts]
    contents = [_content_words(reader, core) for core in cores]
    weights = [np.array([figures.lexicon.weigh(stem) - PLAIN_WORD for stem in sorted(c)]) for c in contents]
    raw = np.asarray(vectors, dtype=np.float32)
    means = frozenset(reader.name(MEANS))
    return Described(
        vectors=centre(raw, figures.mean, figures.axes),
        raw=raw,
        weights=_tabulate(contents, figures.lexicon, frozenset()),
        matter=_tabulate(contents, figures.lexicon, means),
        word_rows=tuple(np.array([words.row[c[stem]] for stem in sorted(c)], dtype=np.intp) for c in contents),
        word_weights=tuple(weights),
        words=centre(np.asarray(words.vectors, dtype=np.float32), figures.word_mean, None),
        said=tuple(frozenset(reader.name(core)) for core in cores),
        forbidden=tuple(frozenset(reader.name(" ".join(find_forbidden(text)))) for text in texts),
        facets=tuple(find_facets(text) for text in texts),
        levers=tuple(frozenset(hit.lever for hit in figures.levers.find(text)) for text in texts),
        lengths=np.log(np.array([max(1, len(core.split())) for core in cores], dtype=float)),
        is_form=np.array([is_only_form(text) for text in texts], dtype=bool),
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
    for n, (one, other) in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
        mine, yours = told.word_weights[one], told.word_weights[other]
        if not len(mine) or not len(yours):
            continue
        alike = told.words[told.word_rows[one]] @ told.words[told.word_rows[other]].T
        alike = np.clip((alike - UNLIKE_WORDS) / (1 - UNLIKE_WORDS), 0.0, 1.0)
        found[n] = min(alike.max(axis=1) @ mine / mine.sum(), alike.max(axis=0) @ yours / yours.sum())
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
    pairs = zip(left.tolist(), right.tolist(), strict=True)
    return np.array(
        [
            float(
                not told.said[j].isdisjoint(told.forbidden[i] - told.forbidden[j])
                or not told.said[i].isdisjoint(told.forbidden[j] - told.forbidden[i])
            )
            for i, j in pairs
        ]
    )


def _count_apart(told: Described, left: IntArray, right: IntArray) -> FloatArray:
    pairs = zip(left.tolist(), right.tolist(), strict=True)
    return np.array(
        [
            sum(bool(a and b and not a & b) for a, b in zip(told.facets[i], told.facets[j], strict=True))
            for i, j in pairs
        ],
        dtype=float,
    )


def _pull_apart(told: Described, left: IntArray, right: IntArray) -> FloatArray:
    """1 where the rows would pull different levers: training is not the same ask as equipment."""
    pairs = zip(left.tolist(), right.tolist(), strict=True)
    pulled = ((told.levers[one], told.levers[other]) for one, other in pairs)
    return np.array([float(bool(mine and yours and not mine & yours)) for mine, yours in pulled])


def _content_words(reader: WordReader, core: str) -> dict[str, str]:
    named = reader.name(core)
    return {stem: word.casefold() for stem, word in named.items() if reader.lexicon.weigh(stem) > PLAIN_WORD}


def _tabulate(contents: Sequence[Mapping[str, str]], lexicon: Lexicon, without: frozenset[str]) -> csr_matrix:
    from scipy.sparse import csr_matrix

    rows = [sorted(content.keys() - without) for content in contents]
    column = {stem: n for n, stem in enumerate(sorted({stem for row in rows for stem in row}))}
    starts = np.cumsum([0, *map(len, rows)])
    columns = [column[stem] for row in rows for stem in row]
    values = np.array([lexicon.weigh(stem) - PLAIN_WORD for row in rows for stem in row])
    return csr_matrix((values, columns, starts), shape=(len(rows), max(1, len(column))))


def centre(vectors: FloatArray, mean: FloatArray, axes: FloatArray | None) -> FloatArray:
    """Unit vectors without the mean and the directions that all share; as they are where another encoder made them."""
    if vectors.shape[1] != mean.shape[0]:
        return vectors
    centred = vectors - mean
    if axes is not None:
        centred = centred - (centred @ axes.T) @ axes
    return np.asarray(centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-9))
