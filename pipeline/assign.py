"""Themes of a recommendation: cues, examples, a linear model's leaning, with a reason and the right to abstain.

A row's score for a theme is built in two steps. A pooled logistic model, the same for all themes, weighs how many
of the theme's cues occur in the ask, the text and the title, how near the row is to the theme's examples, and how two
linear models lean (`pipeline/linear.py`); without the leaning it works for a theme nobody has labelled yet. A second
one, per theme, learns which cues to trust, shrunk towards the first. The figures are in `assign_model.json`;
`tests/fit_themes.py` fits and cross-validates them. People's judgements then correct a theme (`pipeline/learning.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.evidence import Evidence, EvidenceReader, embed_titles
from pipeline.ids import text_hash
from pipeline.learning import Judged, Learnt, draw_towards, find_nearest, learn_theme
from pipeline.linear import LinearFigures, load_linear
from pipeline.records import Assignment, ThemeScore
from pipeline.weighing import FittedFigures, add_context, load_figures, squash, threshold_of, weigh_evidence, weigh_one

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy.typing as npt

    from pipeline.embed import Encoder
    from pipeline.registry import Registry

    FloatArray = npt.NDArray[np.floating[Any]]

MOVED = 0.5  # of a logit; a smaller effect of the neighbours is not told
NEAR = 0.4  # cosine; an example or judged row that is further away explains nothing
BATCH = 2048  # rows weighed at a time, so that memory does not grow with their number


@dataclass(frozen=True, slots=True)
class Sight:
    """What a reason is told from: one row of what was read together."""

    row: int  # in `evidence`
    moved: FloatArray  # (themes,), by how much the rest of its document moved the logits
    vector: FloatArray  # (dimension,)
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Judgement:
    """A person's decision that a text belongs to a theme or does not."""

    text: str
    theme: str
    belongs: bool
    title: str | None = None
    document: str | None = None  # judgements on one document are held together where learning is measured
    row_id: str | None = None  # by which a reason names the row


class Classifier:
    """Gives themes to rows; made by `load_classifier`."""

    def __init__(
        self,
        registry: Registry,
        encoder: Encoder,
        figures: FittedFigures,
        linear: LinearFigures,
        judgements: Sequence[Judgement],
    ) -> None:
        self._encoder = encoder
        self._reader = EvidenceReader(registry, encoder, linear)
        self._figures = figures
        self._judged = self._embed_judgements(judgements)
        self.learnt: Mapping[str, Learnt] = {
            slug: learn_theme(judged, threshold_of(slug, figures)) for slug, judged in self._judged.items()
        }
        listed = sorted(f"{j.text}\x1e{j.theme}\x1e{j.belongs}\x1e{j.row_id or ''}" for j in judgements)
        self.version: str = text_hash(registry.version, encoder.revision, figures.version, linear.version, *listed)

    def classify(
        self,
        ids: Sequence[str],
        texts: Sequence[str],
        titles: Sequence[str | None],
        vectors: FloatArray,
        *,
        documents: Sequence[str | None] | None = None,
        title_vectors: FloatArray | None = None,
    ) -> tuple[Assignment, ...]:
        """One assignment a row, in the order of `ids`; order does not count.

        Rows of one case bear on each other a little: a coroner's concern is often clear only from its neighbours.
        `documents` says which rows do, None for one that stands alone; without it rows of one title do.
        `vectors` are the encoder's, shape (rows, dimension); so are `title_vectors`, zeros for a row without a title,
        which are computed where they are not given. Raises `ValueError` when the lengths differ.
        """
        keys = titles if documents is None else documents
        if not len(ids) == len(texts) == len(titles) == len(vectors) == len(keys):
            raise ValueError("ids, texts, titles and vectors must have one entry for each row")
        named = embed_titles(titles, self._encoder) if title_vectors is None else title_vectors
        found: dict[int, Assignment] = {}
        for rows in list_batches(ids, keys):
            chosen = [texts[n] for n in rows]
            evidence = self._reader.read(chosen, [titles[n] for n in rows], vectors[rows], named[rows])
            alone = weigh_evidence(evidence, self._reader.themes, self._figures)
            logits = add_context(alone, chosen, [keys[n] for n in rows], self._figures.context)
            scores = self._score(logits, vectors[rows])
            moved = logits - alone
            found.update(
                (n, self._assign(ids[n], scores[i], Sight(i, moved[i], vectors[n], evidence)))
                for i, n in enumerate(rows)
            )
        return tuple(found[n] for n in range(len(ids)))

    def _score(self, logits: FloatArray, vectors: FloatArray) -> FloatArray:
        scores = squash(logits)
        for n, theme in enumerate(self._reader.themes):
            judged = self._judged.get(theme.slug)
            if judged is not None:
                correction = self.learnt[theme.slug].correction
                if correction is not None:
                    scores[:, n] = squash(logits[:, n] + vectors @ correction.weights + correction.bias)
                scores[:, n] = draw_towards(scores[:, n], vectors, judged.vectors, judged.belongs)
        return scores

    def _assign(self, row_id: str, scores: FloatArray, sight: Sight) -> Assignment:
        kept: list[tuple[float, str, int, float]] = []
        missed: list[tuple[float, str, int, float]] = []
        for n, theme in enumerate(self._reader.themes):
            score = round(float(scores[n]), 4)
            margin = score - threshold_of(theme.slug, self._figures)
            (kept if margin >= 0 else missed).append((-score if margin >= 0 else -margin, theme.slug, n, score))
        themes = tuple(ThemeScore(slug, score, self._explain(n, sight)) for _, slug, n, score in sorted(kept))
        near = min(missed, default=None)
        below = ThemeScore(near[1], near[3], self._explain(near[2], sight)) if near else None
        return Assignment(row_id, themes, below)

    def _explain(self, n: int, sight: Sight) -> str:
        evidence, row = sight.evidence, sight.row
        ask, text = evidence.in_ask[row][n], evidence.in_text[row][n]
        strongest = sorted(ask or text, key=lambda hit: (-hit.times, -len(hit.words), hit.words))
        named = ", ".join(f'"{hit.words}"' for hit in strongest[:3])
        weight = f"weight {weigh_one(row, n, evidence, self._reader.themes[n], self._figures):+.1f}"
        moved = float(sight.moved[n])
        if abs(moved) >= MOVED:
            weight += f", {moved:+.1f} by the rest of its document"
        said = f"the {'ask' if ask else 'text'} says {named}" if named else "no cue"
        return "; ".join([f"{said}, {weight}", *self._name_nearest(n, sight)])

    def _name_nearest(self, n: int, sight: Sight) -> Iterator[str]:
        """The example or the row that people gave the theme, whichever is nearer; then one they refused, if nearer."""
        cosine = float(sight.evidence.similarity[sight.row, n])
        told = f"nearest example: {self._reader.examples[n][int(sight.evidence.nearest[sight.row, n])]}"
        judged = self._judged.get(self._reader.themes[n].slug)
        given = find_nearest(judged, sight.vector, belongs=True) if judged else None
        if given and given.cosine >= cosine:
            told, cosine = f"nearest reviewed row: {given.row_id}", given.cosine
        yield f"{told} (cosine {cosine:.2f})" if cosine >= NEAR else "no example or reviewed row is near"
        refused = find_nearest(judged, sight.vector, belongs=False) if judged else None
        if refused and refused.cosine >= max(NEAR, cosine):
            yield f"people refused it for row {refused.row_id} (cosine {refused.cosine:.2f})"

    def _embed_judgements(self, judgements: Sequence[Judgement]) -> dict[str, Judged]:
        """The judged rows by theme, with the shipped model's logits."""
        if not judgements:
            return {}
        place = {theme.slug: n for n, theme in enumerate(self._reader.themes)}
        known = sorted(
            (j for j in judgements if j.theme in place),
            key=lambda j: (j.theme, j.text, j.belongs, j.title or "", j.row_id or ""),
        )
        vectors = self._encoder.encode([j.text for j in known])
        titles = [j.title for j in known]
        evidence = self._reader.read([j.text for j in known], titles, vectors, embed_titles(titles, self._encoder))
        logits = weigh_evidence(evidence, self._reader.themes, self._figures)
        rows: dict[str, list[int]] = {}
        for n, judgement in enumerate(known):
            rows.setdefault(judgement.theme, []).append(n)
        return {
            slug: Judged(
                vectors[listed],
                logits[listed, place[slug]],
                np.array([float(known[n].belongs) for n in listed]),
                tuple(known[n].document or known[n].text for n in listed),
                tuple(known[n].row_id or "without an id" for n in listed),
            )
            for slug, listed in rows.items()
        }


def model_version(encoder: Encoder) -> str:
    """Changes with the encoder and the shipped figures, whatever the registry and the judgements."""
    return text_hash(encoder.revision, load_figures().version, load_linear().version)


def load_classifier(registry: Registry, encoder: Encoder, *, reviewed: Sequence[Judgement] = ()) -> Classifier:
    """The classifier for `registry`, with the shipped figures and what people decided in `reviewed`.

    Its `version` changes with the registry, the encoder, the figures or the decisions. Raises `EncoderError`
    through the encoder.
    """
    return Classifier(registry, encoder, load_figures(), load_linear(), reviewed)


def list_batches(ids: Sequence[str], keys: Sequence[str | None]) -> Iterator[list[int]]:
    """Row numbers in batches of about `BATCH` that part no two rows of one key, whatever order they came in."""
    ordered = sorted(range(len(ids)), key=lambda n: (keys[n] or "", ids[n]))
    batch: list[int] = []
    for n in ordered:
        if len(batch) >= BATCH and (not keys[n] or keys[n] != keys[batch[-1]]):
            yield batch
            batch = []
        batch.append(n)
    if batch:
        yield batch
