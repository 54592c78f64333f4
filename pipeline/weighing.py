"""From evidence to scores: the fitted figures, the pooled and the themes' own weights, the effect of neighbours.

Leaf shared by assignment and the script that fits the figures.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.evidence import FEATURE_COUNT, LEANING_COUNT
from pipeline.ids import text_hash

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from pipeline.cues import CueHits
    from pipeline.evidence import Evidence
    from pipeline.registry import Theme

    FloatArray = npt.NDArray[np.floating[Any]]

MOST_OF_A_CASE = 20  # rows
FITTED = Path(__file__).with_name("assign_model.json")


@dataclass(frozen=True, slots=True)
class FittedFigures:
    """What fitting found; a theme absent from `themes` or from the linear model uses a pooled model alone."""

    version: str
    bare: tuple[float, ...]  # weights where no leaning is known
    bare_intercept: float
    pooled: tuple[float, ...]  # the same features, then those of the leaning
    intercept: float
    context: ContextWeights
    threshold: float
    themes: Mapping[str, FittedTheme]


@dataclass(frozen=True, slots=True)
class ContextWeights:
    """How far the other rows of a row's document bear on it; a row without any keeps its own logit."""

    own: float
    mean: float  # of the logit of the others' mean probability
    highest: float  # of the logit of their highest
    intercept: float


@dataclass(frozen=True, slots=True)
class FittedTheme:
    """One theme's figures: the pooled logit is scaled and shifted, and each cue found adds its weight."""

    scale: float
    shift: float
    ask_weights: Mapping[str, float]
    text_weights: Mapping[str, float]
    threshold: float


def load_figures(path: Path = FITTED) -> FittedFigures:
    """The fitted figures in `path`."""
    text = path.read_text(encoding="utf-8")
    written = json.loads(text)
    themes = {slug: FittedTheme(**values) for slug, values in written["themes"].items()}
    context = ContextWeights(**written["context"])
    pooled, bare = (tuple(float(weight) for weight in written[name]) for name in ("pooled", "bare"))
    if (len(pooled), len(bare)) != (FEATURE_COUNT + LEANING_COUNT, FEATURE_COUNT):
        raise ValueError(f"{path.name} does not hold the {FEATURE_COUNT} weights that are needed; fit it again")
    return FittedFigures(
        text_hash(text), bare, written["bare_intercept"], pooled, written["intercept"], context, written["threshold"],
        themes,
    )  # fmt: skip


def weigh_evidence(evidence: Evidence, themes: Sequence[Theme], figures: FittedFigures) -> FloatArray:
    """The logit of each theme for each row, shape (rows, themes)."""
    logits = pool_evidence(evidence, figures)
    for n, theme in enumerate(themes):
        fitted = figures.themes.get(theme.slug)
        if fitted is not None:
            added = [
                _weigh(ask[n], fitted.ask_weights) + _weigh(text[n], fitted.text_weights)
                for ask, text in zip(evidence.in_ask, evidence.in_text, strict=True)
            ]
            logits[:, n] = fitted.scale * logits[:, n] + fitted.shift + np.array(added)
    return logits


def weigh_one(row: int, n: int, evidence: Evidence, theme: Theme, figures: FittedFigures) -> float:
    """The logit of the theme in column `n` for one row."""
    whole = np.concatenate([evidence.features[row, n], evidence.leaning[row, n]])
    weights, start = (figures.pooled, figures.intercept)
    if np.isnan(whole).any():
        whole, weights, start = evidence.features[row, n], figures.bare, figures.bare_intercept
    pooled = float(whole @ np.array(weights)) + start
    fitted = figures.themes.get(theme.slug)
    if fitted is None:
        return pooled
    cues = _weigh(evidence.in_ask[row][n], fitted.ask_weights) + _weigh(evidence.in_text[row][n], fitted.text_weights)
    return fitted.scale * pooled + fitted.shift + cues


def pool_evidence(evidence: Evidence, figures: FittedFigures) -> FloatArray:
    """The pooled logit of each theme for each row, shape (rows, themes), before the theme's own figures."""
    bare = evidence.features @ np.array(figures.bare) + figures.bare_intercept
    whole = np.concatenate([evidence.features, evidence.leaning], axis=2) @ np.array(figures.pooled) + figures.intercept
    return np.asarray(np.where(np.isnan(whole), bare, whole))


def add_context(
    logits: FloatArray, texts: Sequence[str], keys: Sequence[str | None], weights: ContextWeights
) -> FloatArray:
    """`logits`, shape (rows, themes), with the effect of the other rows that share a row's key."""
    together = logits.copy()
    for row, others in list_neighbours(texts, keys).items():
        chances = squash(logits[others])
        together[row] = (
            weights.own * logits[row]
            + weights.mean * log_odds(chances.mean(axis=0))
            + weights.highest * log_odds(chances.max(axis=0))
            + weights.intercept
        )
    return together


def list_neighbours(texts: Sequence[str], keys: Sequence[str | None]) -> dict[int, list[int]]:
    """For each row that has any: the rows with its key and another text. More rows than a case has do not count."""
    sharing: dict[str, list[int]] = defaultdict(list)
    for row, key in enumerate(keys):
        if key:
            sharing[key].append(row)
    found = {}
    for rows in sharing.values():
        if len(rows) > MOST_OF_A_CASE:
            continue  # an inspection or inquiry, which goes from topic to topic
        ordered = sorted(rows, key=lambda n: texts[n])  # sums of floats must not depend on the order given
        for row in rows:
            others = [n for n in ordered if texts[n] != texts[row]]
            if others:
                found[row] = others
    return found


def squash(logits: FloatArray) -> FloatArray:
    """Logits as probabilities."""
    return np.asarray(1.0 / (1.0 + np.exp(-logits)))


def log_odds(chances: FloatArray) -> FloatArray:
    """Probabilities as logits, held within 0.0001 and 0.9999."""
    safe = np.clip(chances, 1e-4, 1.0 - 1e-4)
    return np.asarray(np.log(safe / (1.0 - safe)))


def threshold_of(slug: str, figures: FittedFigures) -> float:
    """The probability from which a row gets the theme."""
    fitted = figures.themes.get(slug)
    return figures.threshold if fitted is None else fitted.threshold


def _weigh(hits: CueHits, weights: Mapping[str, float]) -> float:
    return sum(weights.get(hit.cue, 0.0) for hit in hits)
