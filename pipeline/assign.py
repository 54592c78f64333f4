"""Themes of a recommendation: cues, nearness to exemplars and fitted figures, with a reason and the right to abstain.

A row's score for a theme is built in two steps. A pooled logistic model, the same for all themes, weighs how many
of the theme's cues occur in the ask, the text and the title, and how near the row is to the theme's exemplars; it
works for a theme nobody has labelled yet. A second one, per theme, learns which cues to trust, shrunk towards the
first. The figures are in `assign_model.json`; `tests/fit_themes.py` fits and cross-validates them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.cues import CueIndex, fold_text, read_ask
from pipeline.ids import text_hash
from pipeline.records import Assignment, ThemeScore

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from pipeline.cues import CueHits
    from pipeline.embed import Encoder
    from pipeline.registry import Registry, Theme

    FloatArray = npt.NDArray[np.floating[Any]]

FITTED = Path(__file__).with_name("assign_model.json")
FEATURE_COUNT = 11
TITLE_FORM = "prevention of future deaths report to"  # such a title names the addressee, not the matter
JUDGEMENT_WIDTH = 0.06  # cosine distance at which a judged row's pull has fallen to 1/e
JUDGEMENT_WEIGHT = 8.0  # a judgement on the very row counts as much as so many pseudo-observations


@dataclass(frozen=True, slots=True)
class Judgement:
    """A person's decision that a text belongs to a theme or does not."""

    text: str
    theme: str
    belongs: bool


@dataclass(frozen=True, slots=True)
class FittedFigures:
    """What fitting found; a theme absent from `themes` uses the pooled model alone."""

    version: str
    pooled: tuple[float, ...]
    intercept: float
    threshold: float
    themes: Mapping[str, FittedTheme]


@dataclass(frozen=True, slots=True)
class FittedTheme:
    """One theme's figures: the pooled logit is scaled and shifted, and each cue found adds its weight."""

    scale: float
    shift: float
    ask_weights: Mapping[str, float]
    text_weights: Mapping[str, float]
    threshold: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found of each theme in each row."""

    features: FloatArray  # (rows, themes, FEATURE_COUNT)
    in_ask: tuple[tuple[CueHits, ...], ...]  # by row, then theme
    in_text: tuple[tuple[CueHits, ...], ...]
    nearest: npt.NDArray[np.intp]  # (rows, themes), index of the nearest example within the theme
    similarity: FloatArray  # (rows, themes), cosine to it


class EvidenceReader:
    """Reads the evidence for every theme of a registry out of rows."""

    def __init__(self, registry: Registry, encoder: Encoder) -> None:
        self.themes = registry.themes
        self.examples = tuple(_list_examples(theme) for theme in registry.themes)
        self._cues = CueIndex(registry.themes)
        # One call: the encoder works in batches, and thirteen small calls would each fill one up.
        encoded = encoder.encode([example for examples in self.examples for example in examples])
        ends = np.cumsum([len(examples) for examples in self.examples])
        self._vectors = tuple(np.split(encoded, ends[:-1]))

    def read(self, texts: Sequence[str], titles: Sequence[str | None], vectors: FloatArray) -> Evidence:
        """The evidence in rows whose unit vectors are `vectors`, shape (rows, encoder dimension)."""
        folded = [fold_text(text) for text in texts]
        asks = [fold_text(read_ask(text)) for text in texts]
        heads = [fold_text(_topical_title(title)) for title in titles]
        in_ask = tuple(self._cues.find(ask) for ask in asks)
        in_text = tuple(
            hits if ask == whole else self._cues.find(whole)
            for hits, ask, whole in zip(in_ask, asks, folded, strict=True)
        )
        in_title = tuple(self._cues.find(head) for head in heads)
        cosines = [vectors @ examples.T for examples in self._vectors]
        best = _stack([c.max(axis=1) for c in cosines], len(texts))
        mean = _stack([c.mean(axis=1) for c in cosines], len(texts))
        nearest = _stack([c.argmax(axis=1) for c in cosines], len(texts)).astype(np.intp)
        features = np.dstack([*_count_features(in_ask, in_text, in_title), *_near_features(best, mean)])
        return Evidence(features, in_ask, in_text, nearest, best)


class Classifier:
    """Gives themes to rows; made by `load_classifier`."""

    def __init__(
        self, registry: Registry, encoder: Encoder, figures: FittedFigures, judgements: Sequence[Judgement]
    ) -> None:
        self._reader = EvidenceReader(registry, encoder)
        self._figures = figures
        self._judged = _embed_judgements(judgements, encoder)
        judged = sorted(f"{j.text}\x1e{j.theme}\x1e{j.belongs}" for j in judgements)
        self.version: str = text_hash(registry.version, encoder.revision, figures.version, *judged)

    def classify(
        self, ids: Sequence[str], texts: Sequence[str], titles: Sequence[str | None], vectors: FloatArray
    ) -> tuple[Assignment, ...]:
        """One assignment a row, in the order of `ids`; each row is judged by itself, so order and batch do not count.

        `vectors` are the encoder's, shape (rows, dimension). Raises `ValueError` when the lengths differ.
        """
        if not len(ids) == len(texts) == len(titles) == len(vectors):
            raise ValueError("ids, texts, titles and vectors must have one entry for each row")
        if not ids:
            return ()
        evidence = self._reader.read(texts, titles, vectors)
        scores = score_evidence(evidence, self._reader.themes, self._figures)
        return tuple(
            self._assign(row, ids[row], self._apply_judgements(scores[row], vectors[row]), evidence)
            for row in range(len(ids))
        )

    def _assign(self, row: int, row_id: str, scores: FloatArray, evidence: Evidence) -> Assignment:
        kept: list[tuple[float, str, int, float]] = []
        missed: list[tuple[float, str, int, float]] = []
        for n, theme in enumerate(self._reader.themes):
            score = round(float(scores[n]), 4)
            margin = score - threshold_of(theme.slug, self._figures)
            (kept if margin >= 0 else missed).append((-score if margin >= 0 else -margin, theme.slug, n, score))
        themes = tuple(ThemeScore(slug, score, self._explain(row, n, evidence)) for _, slug, n, score in sorted(kept))
        near = min(missed, default=None)
        below = ThemeScore(near[1], near[3], self._explain(row, near[2], evidence)) if near else None
        return Assignment(row_id, themes, below)

    def _explain(self, row: int, n: int, evidence: Evidence) -> str:
        ask, text = evidence.in_ask[row][n], evidence.in_text[row][n]
        strongest = sorted(ask or text, key=lambda hit: (-hit.times, -len(hit.words), hit.words))
        named = ", ".join(f'"{hit.words}"' for hit in strongest[:3])
        example = self._reader.examples[n][int(evidence.nearest[row, n])]
        near = f"nearest example: {example} (cosine {float(evidence.similarity[row, n]):.2f})"
        if not named:
            return f"no cue; {near}"
        return f"the {'ask' if ask else 'text'} says {named}; {near}"

    def _apply_judgements(self, scores: FloatArray, vector: FloatArray) -> FloatArray:
        """Scores drawn towards people's decisions on near rows, by a kernel over cosine distance."""
        adjusted = scores.copy()
        for n, theme in enumerate(self._reader.themes):
            judged = self._judged.get(theme.slug)
            if judged is not None:
                near, belongs = judged
                pull = JUDGEMENT_WEIGHT * np.exp((near @ vector - 1.0) / JUDGEMENT_WIDTH)
                adjusted[n] = (scores[n] + float(pull @ belongs)) / (1.0 + float(pull.sum()))
        return adjusted


def load_classifier(registry: Registry, encoder: Encoder, *, reviewed: Sequence[Judgement] = ()) -> Classifier:
    """The classifier for `registry`, with the shipped figures and what people decided in `reviewed`.

    Its `version` changes with the registry, the encoder, the figures or the decisions. Raises `EncoderError`
    through the encoder.
    """
    return Classifier(registry, encoder, load_figures(), reviewed)


def load_figures(path: Path = FITTED) -> FittedFigures:
    """The fitted figures in `path`."""
    text = path.read_text(encoding="utf-8")
    written = json.loads(text)
    themes = {slug: FittedTheme(**values) for slug, values in written["themes"].items()}
    pooled = tuple(float(weight) for weight in written["pooled"])
    if len(pooled) != FEATURE_COUNT:
        raise ValueError(f"{path.name} holds {len(pooled)} weights where {FEATURE_COUNT} are needed; fit it again")
    return FittedFigures(text_hash(text), pooled, written["intercept"], written["threshold"], themes)


def score_evidence(evidence: Evidence, themes: Sequence[Theme], figures: FittedFigures) -> FloatArray:
    """The probability of each theme for each row, shape (rows, themes)."""
    logits = evidence.features @ np.array(figures.pooled) + figures.intercept
    for n, theme in enumerate(themes):
        fitted = figures.themes.get(theme.slug)
        if fitted is not None:
            added = [
                _weigh(ask[n], fitted.ask_weights) + _weigh(text[n], fitted.text_weights)
                for ask, text in zip(evidence.in_ask, evidence.in_text, strict=True)
            ]
            logits[:, n] = fitted.scale * logits[:, n] + fitted.shift + np.array(added)
    return np.asarray(1.0 / (1.0 + np.exp(-logits)))


def threshold_of(slug: str, figures: FittedFigures) -> float:
    """The probability from which a row gets the theme."""
    fitted = figures.themes.get(slug)
    return figures.threshold if fitted is None else fitted.threshold


def _weigh(hits: CueHits, weights: Mapping[str, float]) -> float:
    return sum(weights.get(hit.cue, 0.0) for hit in hits)


def _list_examples(theme: Theme) -> tuple[str, ...]:
    return (theme.definition, *theme.exemplars, *theme.inclusions)


def _topical_title(title: str | None) -> str:
    return "" if title is None or title.casefold().startswith(TITLE_FORM) else title


def _count_features(
    in_ask: Sequence[Sequence[CueHits]], in_text: Sequence[Sequence[CueHits]], in_title: Sequence[Sequence[CueHits]]
) -> list[FloatArray]:
    ask = np.log1p([[len(hits) for hits in row] for row in in_ask])
    ask_total = np.log1p([[sum(hit.times for hit in hits) for hits in row] for row in in_ask])
    text = np.log1p([[len(hits) for hits in row] for row in in_text])
    text_total = np.log1p([[sum(hit.times for hit in hits) for hits in row] for row in in_text])
    title = np.log1p([[len(hits) for hits in row] for row in in_title])
    share = ask / (ask.sum(axis=1, keepdims=True) + 0.5)
    lead = ask - ask.max(axis=1, keepdims=True)
    return [ask, ask_total, text, text_total, title, share, lead, (ask > 0).astype(float)]


def _near_features(best: FloatArray, mean: FloatArray) -> list[FloatArray]:
    return [5.0 * best, 5.0 * mean, 5.0 * (best - best.max(axis=1, keepdims=True))]


def _stack(columns: Sequence[FloatArray], rows: int) -> FloatArray:
    return np.stack(columns, axis=1) if columns else np.zeros((rows, 0))


def _embed_judgements(judgements: Sequence[Judgement], encoder: Encoder) -> dict[str, tuple[FloatArray, FloatArray]]:
    vectors = encoder.encode([judgement.text for judgement in judgements])
    rows: dict[str, list[int]] = {}
    for n, judgement in enumerate(judgements):
        rows.setdefault(judgement.theme, []).append(n)
    return {
        slug: (vectors[listed], np.array([1.0 if judgements[n].belongs else 0.0 for n in listed]))
        for slug, listed in sorted(rows.items())
    }
