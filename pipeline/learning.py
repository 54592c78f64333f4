"""Learning a theme from people's judgements on rows: a correction per theme, put in only where it does better.

The shipped model's logit is taken as given, and a linear correction on the row's vector is fitted to the judgements
(logistic regression with the shipped logit as offset and a ridge penalty, by Newton's method). Whether it does better
is measured out of fold on the judged rows, whole documents held together; where it does not, the theme keeps the
shipped model. Rows near a judged one are drawn to it in either case.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    FloatArray = npt.NDArray[np.floating[Any]]

LEAST_JUDGED = 12  # rows; fewer cannot show whether a correction does better
FOLDS = 5
RIDGE = 1.0  # penalty on the squared weights
BIAS_RIDGE = 0.2
NEWTON_STEPS = 12
JUDGEMENT_WIDTH = 0.06  # cosine distance at which a judged row's pull has fallen to 1/e
JUDGEMENT_WEIGHT = 8.0  # a judgement on the very row counts as much as so many pseudo-observations


@dataclass(frozen=True, slots=True)
class Judged:
    """The judged rows of one theme."""

    vectors: FloatArray  # (rows, dimension), unit length
    logits: FloatArray  # (rows,), the shipped model's
    belongs: FloatArray  # (rows,), 1.0 or 0.0
    groups: tuple[str, ...]  # the document of each; rows of one are held together in a fold
    ids: tuple[str, ...] = ()  # by which a reason names them


@dataclass(frozen=True, slots=True)
class NearRow:
    """A judged row and how near it is."""

    row_id: str
    cosine: float


@dataclass(frozen=True, slots=True)
class Correction:
    """What is added to a row's logit: `vector @ weights + bias`."""

    weights: FloatArray  # (dimension,)
    bias: float


@dataclass(frozen=True, slots=True)
class Figures:
    """How scores fare on the judged rows of a theme."""

    precision: float
    recall: float
    f1: float
    brier: float  # mean squared error of the probability
    wrong: float  # share of rows given the theme or not, wrongly


@dataclass(frozen=True, slots=True)
class Learnt:
    """What came of a theme's judgements. `correction` is None where too few were given or it did not do better."""

    judged: int
    belonging: int
    before: Figures
    after: Figures | None  # out of fold; None: too few judgements
    correction: Correction | None


def learn_theme(judged: Judged, threshold: float) -> Learnt:
    """The correction that `judged` supports, with the figures before and after at `threshold`."""
    before = _measure(_squash(judged.logits), judged.belongs, threshold)
    count, belonging = len(judged.belongs), int(judged.belongs.sum())
    if count < LEAST_JUDGED or len(set(judged.groups)) < FOLDS:
        return Learnt(count, belonging, before, None, None)
    after = _measure(_score_out_of_fold(judged), judged.belongs, threshold)
    # Not by F1: a theme of which people mostly said "no" has too few rows that belong for it to mean anything.
    better = after.brier < before.brier and after.wrong <= before.wrong
    correction = fit_correction(judged.vectors, judged.logits, judged.belongs) if better else None
    return Learnt(count, belonging, before, after, correction)


def fit_correction(vectors: FloatArray, logits: FloatArray, belongs: FloatArray) -> Correction:
    """The penalised maximum-likelihood correction for rows of shape (rows, dimension)."""
    inputs = np.hstack([np.asarray(vectors, dtype=np.float64), np.ones((len(vectors), 1))])
    penalty = np.full(inputs.shape[1], RIDGE)
    penalty[-1] = BIAS_RIDGE
    found = np.zeros(inputs.shape[1])
    for _ in range(NEWTON_STEPS):
        chance = _squash(logits + inputs @ found)
        slope = inputs.T @ (belongs - chance) - penalty * found
        curve = (inputs * np.maximum(chance * (1.0 - chance), 1e-6)[:, None]).T @ inputs + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        found = found + step
        if float(np.abs(step).max()) < 1e-8:
            break
    return Correction(found[:-1], float(found[-1]))


def draw_towards(scores: FloatArray, vectors: FloatArray, near: FloatArray, belongs: FloatArray) -> FloatArray:
    """`scores`, shape (rows,), drawn towards the judgements on near rows by a kernel over cosine distance."""
    if not len(belongs):
        return scores
    pull = JUDGEMENT_WEIGHT * np.exp((vectors @ near.T - 1.0) / JUDGEMENT_WIDTH)
    return np.asarray((scores + pull @ belongs) / (1.0 + pull.sum(axis=1)))


def find_nearest(judged: Judged, vector: FloatArray, *, belongs: bool) -> NearRow | None:
    """The row nearest to the unit `vector` among those that people gave the theme, or that they refused it."""
    among = np.flatnonzero(judged.belongs == float(belongs))
    if not len(among):
        return None
    cosines = np.round(judged.vectors[among] @ vector, 4)
    best = int(cosines.argmax())
    return NearRow(judged.ids[among[best]], float(cosines[best]))


def _score_out_of_fold(judged: Judged) -> FloatArray:
    scores = np.zeros(len(judged.belongs))
    folds = np.array([int(hashlib.sha256(group.encode()).hexdigest(), 16) % FOLDS for group in judged.groups])
    for fold in set(folds.tolist()):
        test = folds == fold
        fitted = fit_correction(judged.vectors[~test], judged.logits[~test], judged.belongs[~test])
        corrected = _squash(judged.logits[test] + judged.vectors[test] @ fitted.weights + fitted.bias)
        scores[test] = draw_towards(
            corrected, judged.vectors[test], judged.vectors[~test], np.asarray(judged.belongs[~test])
        )
    return scores


def _measure(scores: FloatArray, belongs: FloatArray, threshold: float) -> Figures:
    given, true = scores >= threshold, belongs > 0.5
    right = float((given & true).sum())
    precision = right / max(1.0, float(given.sum()))
    recall = right / max(1.0, float(true.sum()))
    f1 = 2.0 * right / max(1.0, float(given.sum() + true.sum()))
    return Figures(precision, recall, f1, float(np.mean((scores - belongs) ** 2)), float((given != true).mean()))


def _squash(logits: Sequence[float] | FloatArray) -> FloatArray:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(logits, -50.0, 50.0))))
