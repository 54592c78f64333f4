"""The evidence for each theme in a row: cues, nearness to examples, leaning. A leaf of assignment and its fitting."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.cues import CueIndex, fold_text, read_ask
from pipeline.linear import LinearFigures, measure_leaning

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from pipeline.cues import CueHits
    from pipeline.embed import Encoder
    from pipeline.registry import Registry, Theme

    FloatArray = npt.NDArray[np.floating[Any]]

FEATURE_COUNT = 15
LEANING_COUNT = 2
TITLE_FORM = "prevention of future deaths report to"  # such a title names the addressee, not the matter
_COMPLAINED = re.compile(
    r"(?i)\b(?:complaints?|allegations?) (?:regarding|concerning|about|of|that|after)\b|\braises complaints?\b"
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found of each theme in each row."""

    features: FloatArray  # (rows, themes, FEATURE_COUNT)
    leaning: FloatArray  # (rows, themes, LEANING_COUNT); not a number for a theme the linear model does not know
    in_ask: tuple[tuple[CueHits, ...], ...]  # by row, then theme
    in_text: tuple[tuple[CueHits, ...], ...]
    nearest: npt.NDArray[np.intp]  # (rows, themes), index of the nearest example within the theme
    similarity: FloatArray  # (rows, themes), cosine to it


class EvidenceReader:
    """Reads the evidence for every theme of a registry out of rows."""

    def __init__(self, registry: Registry, encoder: Encoder, linear: LinearFigures) -> None:
        self.themes = registry.themes
        self.examples = tuple(_list_examples(theme) for theme in registry.themes)
        self._cues = CueIndex(registry.themes)
        self._strong = tuple(frozenset(theme.cues) for theme in registry.themes)
        self._linear = linear
        self._revision = encoder.revision
        # One call: the encoder works in batches, and thirteen small calls would each fill one up.
        encoded = encoder.encode([example for examples in self.examples for example in examples])
        ends = np.cumsum([len(examples) for examples in self.examples])
        self._vectors = tuple(np.split(encoded, ends[:-1]))

    def read(
        self, texts: Sequence[str], titles: Sequence[str | None], vectors: FloatArray, title_vectors: FloatArray
    ) -> Evidence:
        """The evidence in rows whose unit vectors, and those of their titles, have shape (rows, dimension)."""
        folded = [fold_text(text) for text in texts]
        asks = [fold_text(read_ask(text)) for text in texts]
        heads = [fold_text(read_topic(title)) for title in titles]
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
        counted = _count_features(in_ask, in_text, in_title)
        strong = [*_count_strong(in_ask, self._strong), *_count_strong(in_text, self._strong)]
        features = np.dstack([*counted, *strong, *_near_features(best, mean)])
        lean = measure_leaning(texts, titles, vectors, title_vectors, self._linear, self._revision).both
        leaning = spread_leaning(lean, self._linear.themes, self.themes)
        return Evidence(features, leaning, in_ask, in_text, nearest, best)


def embed_titles(titles: Sequence[str | None], encoder: Encoder) -> FloatArray:
    """Unit vectors of the titles, shape (rows, dimension); zeros where there is none. Equal titles are encoded once."""
    distinct = sorted({title for title in titles if title})
    vectors = np.zeros((len(titles), encoder.dimension), dtype=np.float32)
    if distinct:
        encoded = dict(zip(distinct, encoder.encode(distinct), strict=True))
        for row, title in enumerate(titles):
            if title:
                vectors[row] = encoded[title]
    return vectors


def read_topic(title: str | None) -> str:
    """What a title says of the matter: nothing where it names the addressee, and not that somebody complained."""
    if title is None or title.casefold().startswith(TITLE_FORM):
        return ""
    return _COMPLAINED.sub("", title)


def spread_leaning(lean: FloatArray, fitted: Sequence[str], themes: Sequence[Theme]) -> FloatArray:
    """Leaning features, (rows, themes, 2): the logit and its distance to the highest of its row; NaN where unfitted."""
    place = {slug: n for n, slug in enumerate(fitted)}
    spread = np.full((len(lean), len(themes), LEANING_COUNT), np.nan)
    highest = lean.max(axis=1, initial=-np.inf)
    for n, theme in enumerate(themes):
        if theme.slug in place:
            spread[:, n, 0] = lean[:, place[theme.slug]]
            spread[:, n, 1] = spread[:, n, 0] - highest
    return spread


def _list_examples(theme: Theme) -> tuple[str, ...]:
    return (theme.definition, *theme.exemplars, *theme.inclusions)


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


def _count_strong(found: Sequence[Sequence[CueHits]], strong: Sequence[frozenset[str]]) -> list[FloatArray]:
    """How many cues that are no hints, and how far the theme is behind the one with most of them."""
    own = np.log1p(
        [[sum(h.cue in cues for h in hits) for hits, cues in zip(row, strong, strict=True)] for row in found]
    )
    return [own, own - own.max(axis=1, keepdims=True)]


def _near_features(best: FloatArray, mean: FloatArray) -> list[FloatArray]:
    return [5.0 * best, 5.0 * mean, 5.0 * (best - best.max(axis=1, keepdims=True))]


def _stack(columns: Sequence[FloatArray], rows: int) -> FloatArray:
    return np.stack(columns, axis=1) if columns else np.zeros((rows, 0))
