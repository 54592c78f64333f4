"""Fits the theme figures on labelled rows and cross-validates them; not a test.

    python tests/fit_themes.py            the table of approaches, honest figures only
    python tests/fit_themes.py --shipped  only what ships
    python tests/fit_themes.py --write    the same, then fits on all labels and writes the figures that ship

Every figure is of gold rows, out of fold. Folds keep the rows of one document, and rows of one text, together. What a
later model is fed of an earlier one is out of fold too, and the threshold is chosen inside the training folds. An
invented row that is near a row under test is left out of that fold's training. More figures guard against what no
fold can undo, that whoever wrote the cues and the invented rows had read gold rows: the gold rows of a fifth of the
documents, whose texts and errors were not read since (`is_unread`); the rows of `tests/gold/themes_read.jsonl`,
labelled without sight of a model, scored by a model fitted without them; and those of `themes_blind.jsonl` and
`themes_styled.jsonl`, on which nothing is ever fitted.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from pipeline import evidence as reading
from pipeline import linear, weighing
from pipeline.embed import BUNDLED_SHA256, Encoder, load_encoder
from pipeline.evidence import Evidence, EvidenceReader
from pipeline.learning import Judged, draw_towards, learn_theme
from pipeline.linear import LinearFigures, join_vectors, weigh_words
from pipeline.registry import Theme, load_registry
from pipeline.weighing import ContextWeights, FittedFigures, FittedTheme
from tests.theme_rows import GOLD, INVENTED, Labelled, load_rows, read_lines

SEEDS = (0, 1, 2)
FOLDS = 5
RARE = 5  # themes with fewer labelled rows are left out of the averages, as the scorer does
NEAR_TWIN = 0.6  # cosine from which an invented row is too like a row under test
POOL_TRUST = 3.0  # the pooled logit enters the theme's own model this much enlarged, so shrinkage spares it
AS_GOOD = 0.003  # of F1; a smaller difference between cuts means nothing
TEXT_TRUST = 0.5  # a cue in the story around the ask counts half
NO_CONTEXT = ContextWeights(own=1.0, mean=0.0, highest=0.0, intercept=0.0)
LINEAR_STRENGTH, POOL_STRENGTH, THEME_STRENGTH = 30.0, 0.1, 1.0  # inverse penalties

Array = npt.NDArray[Any]
Plain = Callable[[Array, Array], Array]  # (train mask, test mask) -> probabilities of the test rows
Scorer = Callable[[Array, Array], tuple[float, Array]]  # the same, with the cut that the training rows chose


@dataclass(frozen=True)
class Desk:
    """All that fitting needs of the rows."""

    rows: Labelled
    vectors: Array
    title_vectors: Array
    evidence: Evidence
    vocabulary: dict[str, int]
    words: csr_matrix  # (rows, words), of the texts, unit rows without the idf
    title_words: csr_matrix  # the same of the titles
    cues: tuple[Array, ...]  # by theme, (rows, 2 x cues), those in the ask and those in the text

    @property
    def trained(self) -> Array:
        """(rows,), whether a row may be fitted on at all."""
        return self.rows.weights > 0

    def weigh(self, idf: Array) -> csr_matrix:
        """What the words model sees of all rows; a scale of its columns is all that an idf changes."""
        own, title = (normalize(counted.multiply(idf).tocsr()) for counted in (self.words, self.title_words))
        return hstack([own, linear.TITLE_WORDS_SCALE * title]).tocsr()


@dataclass(frozen=True)
class Fit:
    """A fitted model, and the evidence in which the leaning is out of fold for training rows."""

    figures: FittedFigures
    linear: LinearFigures
    evidence: Evidence


def main() -> None:
    """Print the table of approaches and, when asked, write the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="fit on all labels and write the figures")
    parser.add_argument("--shipped", action="store_true", help="leave the other approaches out of the table")
    arguments = parser.parse_args()
    if not GOLD.is_dir():
        sys.exit("There are no labelled rows beside this checkout, so nothing can be fitted.")
    desk = load_desk(load_encoder())
    print_table(desk, only_shipped=arguments.shipped)
    if arguments.write:
        fit = fit_model(desk, desk.trained)
        weighing.FITTED.write_text(dump_figures(fit.figures), encoding="utf-8")
        linear.FITTED.write_text(dump_linear(fit.linear), encoding="utf-8")
        print(f"wrote {weighing.FITTED.name} and {linear.FITTED.name}")


def load_desk(encoder: Encoder, extra: Iterable[dict[str, Any]] = ()) -> Desk:
    """The labelled rows, and `extra` ones, with their vectors and the evidence of the bundled registry."""
    registry = load_registry()
    rows = load_rows(registry.themes, extra)
    vectors, title_vectors = encoder.encode(rows.texts), reading.embed_titles(rows.titles, encoder)
    vocabulary = {word: n for n, word in enumerate(list_vocabulary(registry.themes))}
    blank = fit_linear_blank(vocabulary, [theme.slug for theme in registry.themes], encoder.dimension)
    evidence = EvidenceReader(registry, encoder, blank).read(rows.texts, rows.titles, vectors, title_vectors)
    flat = np.ones(len(vocabulary))
    words = csr_matrix(weigh_words(rows.texts, vocabulary, flat))
    title_words = csr_matrix(weigh_words([title or "" for title in rows.titles], vocabulary, flat))
    cues = tuple(_indicate(evidence, n, (*theme.cues, *theme.hints)) for n, theme in enumerate(rows.themes))
    return Desk(rows, vectors, title_vectors, evidence, vocabulary, words, title_words, cues)


def list_vocabulary(themes: tuple[Theme, ...]) -> list[str]:
    """The words of the registry and of the invented rows: none can be a name out of a document."""
    written = [line["text"] for line in read_lines(INVENTED)]
    for t in themes:
        written += [t.definition, *t.inclusions, *t.exclusions, *t.exemplars, *t.cues, *t.hints]
    return sorted(set(re.findall(r"\b[a-z]{2,}\b", " ".join(written).casefold())) - ENGLISH_STOP_WORDS)


def fit_linear_blank(vocabulary: dict[str, int], slugs: list[str], dimension: int) -> LinearFigures:
    """A linear model that leans nowhere."""
    words, themes = len(vocabulary), len(slugs)
    return LinearFigures(
        "", "", tuple(slugs), vocabulary, np.ones(words), np.zeros((2 * words, themes)), np.zeros(themes),
        np.zeros((2 * dimension, themes)), np.zeros(themes),
    )  # fmt: skip


def fit_linear(desk: Desk, train: Array) -> LinearFigures:
    """The words and the meaning model fitted on the rows in `train`."""
    rows = desk.rows
    counted = np.asarray((desk.words[train] > 0).sum(axis=0)).ravel()
    idf = np.log((1 + train.sum()) / (1 + counted)) + 1
    words, words_bias = _fit_columns(rows, desk.weigh(idf), train)
    meaning, meaning_bias = _fit_columns(rows, join_vectors(desk.vectors, desk.title_vectors), train)
    slugs = tuple(theme.slug for theme in rows.themes)
    return LinearFigures("", BUNDLED_SHA256[:12], slugs, desk.vocabulary, idf, words, words_bias, meaning, meaning_bias)


def fit_model(desk: Desk, train: Array) -> Fit:
    """The shipped model fitted on the rows in `train`: linear models, pooled weights, themes, threshold."""
    whole = fit_linear(desk, train)
    leaning = _lean(desk, whole)
    for fold in split_folds(desk.rows.document, train, seed=100):
        leaning[fold] = _lean(desk, fit_linear(desk, train & ~fold))[fold]
    evidence = replace(desk.evidence, leaning=leaning)
    figures = fit_figures(desk, evidence, train)

    alone = weighing.weigh_evidence(evidence, desk.rows.themes, figures)
    for fold in split_folds(desk.rows.document, train, seed=200):
        inner = fit_figures(desk, evidence, train & ~fold)
        alone[fold] = weighing.weigh_evidence(_take(evidence, fold), desk.rows.themes, inner)
    figures = replace(figures, context=_fit_context(desk.rows, alone, train))
    logits = weighing.add_context(alone, desk.rows.texts, keys_of(desk.rows), figures.context)
    cut = choose_cut(weighing.squash(logits), desk.rows, train)
    themes = {slug: replace(fitted, threshold=cut) for slug, fitted in figures.themes.items()}
    return Fit(replace(figures, threshold=cut, themes=themes), whole, evidence)


def keys_of(rows: Labelled) -> list[str | None]:
    """By what rows know their neighbours, as in `perennial classify`."""
    return rows.titles


def fit_figures(desk: Desk, evidence: Evidence, train: Array) -> FittedFigures:
    """Pooled weights and those of each theme, without a threshold."""
    return _fit_themes(desk, evidence, train, _fit_pool(desk.rows, evidence, train))


def choose_threshold(rows: Labelled, scorer: Plain, train: Array, seed: int) -> float:
    """The probability cut with the best micro F1 on out-of-fold scores of the real training rows."""
    scores = np.zeros(rows.gold.shape)
    for test in split_folds(rows.document, train, seed):
        scores[test] = scorer(train & ~test, test)
    return choose_cut(scores, rows, train)


def choose_cut(scores: Array, rows: Labelled, train: Array) -> float:
    """The lowest probability cut with nearly the best micro F1 on the real rows of `train`, scored out of fold.

    The mean over five neighbouring cuts is compared: F1 hardly changes with the cut, and its peak is mostly chance.
    Of cuts that are as good the lowest leaves the fewest rows without a theme.
    """
    among = train & np.isin(rows.origin, ("gold", "read"))
    cuts = np.arange(0.2, 0.65, 0.02)
    found = [figures_of(scores >= cut, rows, among)["micro"] for cut in cuts]
    smooth = np.convolve(found, np.full(5, 0.2), mode="valid")
    return round(float(cuts[2 + int(np.argmax(smooth >= smooth.max() - AS_GOOD))]), 2)


def split_folds(groups: Array, among: Array, seed: int) -> Iterator[Array]:
    """Test masks of a `FOLDS`-fold split of the rows `among`, groups kept whole."""
    names = np.array(sorted(set(groups[among])))
    np.random.default_rng(seed).shuffle(names)
    fold_of = {name: n % FOLDS for n, name in enumerate(names)}
    number = np.array([fold_of.get(group, -1) for group in groups])
    for fold in range(FOLDS):
        yield among & (number == fold)


def list_approaches(desk: Desk) -> dict[str, Scorer]:
    """The approaches compared, simplest first; the last is shipped."""
    rows, gold = desk.rows, desk.rows.origin == "gold"
    similarity = desk.evidence.similarity
    joined = join_vectors(desk.vectors, np.zeros_like(desk.title_vectors))

    def by_definition(_train: Array, test: Array) -> Array:
        return np.asarray(1 / (1 + np.exp(-12 * (similarity[test] - 0.45))))

    def by_meaning(train: Array, test: Array) -> Array:
        weights, bias = _fit_columns(rows, joined, train)
        return weighing.squash(joined[test] @ weights + bias)

    def by_leaning(train: Array, test: Array) -> Array:
        return weighing.squash(_lean(desk, fit_linear(desk, train))[test][:, :, 0])

    def by_cues(train: Array, test: Array) -> Array:
        figures = fit_figures(desk, desk.evidence, train)
        return _score(
            rows, desk.evidence, test, replace(figures, pooled=(*figures.bare, 0, 0), intercept=figures.bare_intercept)
        )

    def by_all(train: Array, test: Array) -> tuple[float, Array]:
        fit = fit_model(desk, train)
        return fit.figures.threshold, _score(rows, fit.evidence, test, fit.figures)

    def cut_for(scorer: Plain, *, only_gold: bool = False) -> Scorer:
        def scored(train: Array, test: Array) -> tuple[float, Array]:
            used = train & gold if only_gold else train
            return choose_threshold(rows, scorer, used, seed=0), scorer(used, test)

        return scored

    return {
        "similarity to definition and examples": cut_for(by_definition),
        "embeddings, gold labels": cut_for(by_meaning, only_gold=True),
        "embeddings, + read and invented rows": cut_for(by_meaning),
        "embeddings + title + words": cut_for(by_leaning),
        "cues and examples, gold labels": cut_for(by_cues, only_gold=True),
        "cues, examples, leaning, gold labels": lambda train, test: by_all(train & gold, test),
        "the same, + read and invented (shipped)": by_all,
    }


def print_table(desk: Desk, *, only_shipped: bool) -> None:
    """Out-of-fold figures of each approach on gold rows, mean over seeds; then the two guards and each theme."""
    rows, gold = desk.rows, desk.rows.origin == "gold"
    print(
        f"{'approach':42s} {'micro':>6s} {'macro':>6s} {'ECE':>6s} {'bare':>6s} {'unread':>6s}"
        "   (F1; bare: themed, left without)"
    )
    approaches = list(list_approaches(desk).items())
    for name, scorer in approaches[-1:] if only_shipped else approaches:
        results = [cross_validate(desk, scorer, seed) for seed in SEEDS]
        mean = {key: float(np.mean([result[key] for result in results])) for key in results[0]}
        print(
            f"{name:42s} " + " ".join(f"{mean[key]:6.3f}" for key in ("micro", "macro", "ece", "bare", "unread")),
            flush=True,
        )
    print_blind(desk)
    print("\nshipped, F1 of each theme (labelled rows):")
    for n, theme in enumerate(rows.themes):
        if rows.gold[gold][:, n].sum() >= RARE:
            print(f"  {theme.slug:24s} {mean[f'theme:{theme.slug}']:.2f} ({rows.gold[gold][:, n].sum()})")
    read = rows.origin == "read"
    fit = fit_model(desk, desk.trained & ~read & ~_twins(desk, read))
    scores = _score(rows, fit.evidence, np.ones(len(rows.texts), dtype=bool), fit.figures)
    figures = figures_of(scores >= fit.figures.threshold, rows, read)
    print(f"\nrows read by another, fitted without them: micro {figures['micro']:.3f} ({int(read.sum())} rows)")
    police = read & np.array([bool(re.search("police|constab", title or "", re.IGNORECASE)) for title in rows.titles])
    figures = figures_of(scores >= fit.figures.threshold, rows, police)
    print(f"  of these, in reports to the police: micro {figures['micro']:.3f} ({int(police.sum())} rows)")
    before, after = measure_learning(desk, fit)
    print(f"  half of their documents judged, the other half scored: micro {before:.3f}, {after:.3f} after learning")


def print_blind(desk: Desk) -> None:
    """Figures of the model that ships on rows on which nothing is ever fitted, by where they come from.

    It is fitted without the rows of their documents: a page of the complaints body may hold a gold row beside them.
    """
    rows = desk.rows
    blind = rows.origin == "blind"
    beside = np.isin(rows.titles, [title for title in np.array(rows.titles)[blind] if title])
    fit = fit_model(desk, desk.trained & ~beside & ~_twins(desk, blind))
    scores = _score(rows, fit.evidence, ~desk.trained, fit.figures)
    kept = np.zeros(rows.gold.shape, dtype=bool)
    kept[~desk.trained] = scores >= fit.figures.threshold
    print("\nshipped, on rows never fitted on:")
    kinds = {"all that are real": blind, "invented in the manner of inspectors": rows.origin == "styled"}
    for kind in ("pfd", "iopc", "extraction"):
        kinds[f"  {kind}"] = blind & np.array([name.startswith(f"{kind}-") for name in rows.document])
    for name, among in kinds.items():
        figures = figures_of(kept, rows, among)
        print(f"  {name:40s} micro {figures['micro']:.3f} macro {figures['macro']:.3f} ({int(among.sum())} rows)")


def measure_learning(desk: Desk, fit: Fit) -> tuple[float, float]:
    """Micro F1 on half of the documents of the rows read, before and after learning from the labels of the others."""
    rows, read = desk.rows, desk.rows.origin == "read"
    names = np.array(sorted(set(rows.document[read])))
    np.random.default_rng(0).shuffle(names)
    judged = read & np.isin(rows.document, names[: len(names) // 2])
    rest = read & ~judged
    logits = weighing.weigh_evidence(fit.evidence, rows.themes, fit.figures)
    scores = weighing.squash(logits)
    before = figures_of(scores >= fit.figures.threshold, rows, rest)["micro"]
    for n in range(len(rows.themes)):
        seen = Judged(
            desk.vectors[judged], logits[judged, n], rows.gold[judged, n].astype(float), tuple(rows.document[judged])
        )
        learnt = learn_theme(seen, fit.figures.threshold)
        if learnt.correction is not None:
            added = desk.vectors[rest] @ learnt.correction.weights + learnt.correction.bias
            scores[rest, n] = weighing.squash(logits[rest, n] + added)
        scores[rest, n] = draw_towards(scores[rest, n], desk.vectors[rest], seen.vectors, seen.belongs)
    return before, figures_of(scores >= fit.figures.threshold, rows, rest)["micro"]


def cross_validate(desk: Desk, scorer: Scorer, seed: int) -> dict[str, float]:
    """Figures of one cross-validation over gold rows; the cut of each fold comes from its training rows."""
    rows, among = desk.rows, desk.rows.origin == "gold"
    kept, scores = np.zeros(rows.gold.shape, dtype=bool), np.zeros(rows.gold.shape)
    for test in split_folds(rows.document, among, seed):
        train = desk.trained & ~test & ~_twins(desk, test)
        cut, scores[test] = scorer(train, test)
        kept[test] = scores[test] >= cut
    themed = (rows.gold & ~rows.disputed).any(axis=1) & among
    cells = among[:, None] & ~rows.disputed
    unread = among & np.array([is_unread(name) for name in rows.document])
    found = figures_of(kept, rows, among)
    return {
        **found,
        "unread": figures_of(kept, rows, unread)["micro"],
        "ece": calibration_error(scores[cells], rows.gold[cells]),
        "bare": float((~kept.any(axis=1))[themed].mean()),
    }


def is_unread(document: str) -> bool:
    """Whether a gold document is of the fifth whose rows were not read while cues and rows were written."""
    return int(hashlib.sha256(document.encode()).hexdigest(), 16) % 5 == 0


def figures_of(kept: Array, rows: Labelled, among: Array) -> dict[str, float]:
    """Micro and macro F1 over the rows `among` and F1 by theme, disputed cells left out, as the scorer counts."""
    gold, counted = rows.gold[among], ~rows.disputed[among]
    common = rows.gold[rows.origin == "gold"].sum(axis=0) >= RARE
    right = (kept[among] & gold & counted).sum(axis=0)[common]
    wrong = (kept[among] & ~gold & counted).sum(axis=0)[common]
    missed = (~kept[among] & gold & counted).sum(axis=0)[common]
    each = 2 * right / np.maximum(2 * right + wrong + missed, 1)
    micro = 2 * right.sum() / max(1, 2 * right.sum() + wrong.sum() + missed.sum())
    slugs = [theme.slug for theme, kept_theme in zip(rows.themes, common, strict=True) if kept_theme]
    named = {f"theme:{slug}": float(f1) for slug, f1 in zip(slugs, each, strict=True)}
    enough = (gold & counted).sum(axis=0)[common] >= RARE
    return {"micro": float(micro), "macro": float(each[enough].mean()) if enough.any() else 0.0, **named}


def calibration_error(scores: Array, truth: Array) -> float:
    """Expected calibration error over ten equal-width bins."""
    bins = np.minimum((scores * 10).astype(int), 9)
    gaps = [abs(scores[bins == b].mean() - truth[bins == b].mean()) * (bins == b).mean() for b in set(bins.tolist())]
    return float(sum(gaps))


def dump_figures(figures: FittedFigures) -> str:
    """The figures as JSON, rounded; a cue that earned no weight is left out."""
    themes = {
        slug: {
            "scale": round(t.scale, 3),
            "shift": round(t.shift, 3),
            "ask_weights": {c: round(w, 2) for c, w in sorted(t.ask_weights.items()) if abs(w) >= 0.01},
            "text_weights": {c: round(w, 2) for c, w in sorted(t.text_weights.items()) if abs(w) >= 0.01},
            "threshold": t.threshold,
        }
        for slug, t in sorted(figures.themes.items())
    }
    written = {
        "bare": [round(w, 4) for w in figures.bare],
        "bare_intercept": round(figures.bare_intercept, 4),
        "pooled": [round(w, 4) for w in figures.pooled],
        "intercept": round(figures.intercept, 4),
        "context": asdict(figures.context),
        "threshold": figures.threshold,
        "themes": themes,
    }
    return json.dumps(written, indent=1) + "\n"


def dump_linear(figures: LinearFigures) -> str:
    """The linear models as JSON, one line a matrix row, rounded."""
    parts = {
        "encoder": json.dumps(figures.encoder),
        "themes": json.dumps(figures.themes),
        "vocabulary": json.dumps(list(figures.vocabulary)),
        "idf": json.dumps([round(float(v), 3) for v in figures.idf]),
        "words_bias": json.dumps([round(float(v), 3) for v in figures.words_bias]),
        "meaning_bias": json.dumps([round(float(v), 3) for v in figures.meaning_bias]),
    }
    for name, matrix in (("words", figures.words), ("meaning", figures.meaning)):
        parts[name] = "[\n" + ",\n".join(json.dumps([round(float(v), 2) for v in row]) for row in matrix) + "]"
    return "{" + ",\n".join(f'"{name}": {text}' for name, text in parts.items()) + "}\n"


def _lean(desk: Desk, figures: LinearFigures) -> Array:
    words = np.asarray(desk.weigh(figures.idf) @ figures.words) + figures.words_bias
    meaning = join_vectors(desk.vectors, desk.title_vectors) @ figures.meaning + figures.meaning_bias
    return reading.spread_leaning((words + meaning) / 2, figures.themes, desk.rows.themes)


def _twins(desk: Desk, test: Array) -> Array:
    near = (desk.vectors @ desk.vectors[test].T).max(axis=1) >= NEAR_TWIN
    return np.asarray(near & (desk.rows.origin == "invented"))


def _score(rows: Labelled, evidence: Evidence, test: Array, figures: FittedFigures) -> Array:
    alone = weighing.weigh_evidence(_take(evidence, test), rows.themes, figures)
    chosen, keys = np.flatnonzero(test), keys_of(rows)
    texts = [rows.texts[n] for n in chosen]
    return weighing.squash(weighing.add_context(alone, texts, [keys[n] for n in chosen], figures.context))


def _fit_context(rows: Labelled, alone: Array, train: Array) -> ContextWeights:
    neighbours = weighing.list_neighbours(rows.texts, keys_of(rows))
    listed = [n for n in neighbours if train[n]]
    inputs, truth, weight = [], [], []
    for n in listed:
        chances = weighing.squash(alone[neighbours[n]])
        counted = ~rows.disputed[n]
        columns = np.stack(
            [alone[n], weighing.log_odds(chances.mean(axis=0)), weighing.log_odds(chances.max(axis=0))], axis=1
        )
        inputs.append(columns[counted])
        truth.append(rows.gold[n][counted])
        weight.append(np.full(int(counted.sum()), rows.weights[n]))
    model = LogisticRegression(C=1.0, max_iter=1000)
    model.fit(np.vstack(inputs), np.concatenate(truth), sample_weight=np.concatenate(weight))
    own, mean, highest = (round(float(w), 4) for w in model.coef_[0])
    return ContextWeights(own, mean, highest, round(float(model.intercept_[0]), 4))


def _fit_columns(rows: Labelled, inputs: Array | csr_matrix, train: Array) -> tuple[Array, Array]:
    weights, bias = np.zeros((inputs.shape[1], len(rows.themes))), np.full(len(rows.themes), -4.0)
    for n in range(len(rows.themes)):
        used = train & ~rows.disputed[:, n]
        if rows.gold[used, n].sum() > 1:
            model = LogisticRegression(C=LINEAR_STRENGTH, max_iter=500, tol=1e-3)
            model.fit(inputs[used], rows.gold[used, n], sample_weight=rows.weights[used])
            weights[:, n], bias[n] = model.coef_[0], model.intercept_[0]
    return weights, bias


def _fit_pool(rows: Labelled, evidence: Evidence, train: Array) -> FittedFigures:
    cells = train[:, None] & ~rows.disputed
    weight = np.repeat(rows.weights[:, None], len(rows.themes), axis=1)[cells]
    fitted = []
    for inputs in (evidence.features, np.concatenate([evidence.features, evidence.leaning], axis=2)):
        chosen = inputs[cells]
        centre, spread = chosen.mean(axis=0), chosen.std(axis=0) + 1e-6
        model = LogisticRegression(C=POOL_STRENGTH, max_iter=3000)
        model.fit((chosen - centre) / spread, rows.gold[cells], sample_weight=weight)
        weights = model.coef_[0] / spread
        fitted.append((tuple(float(w) for w in weights), float(model.intercept_[0] - weights @ centre)))
    (bare, bare_intercept), (pooled, intercept) = fitted
    return FittedFigures("", bare, bare_intercept, pooled, intercept, NO_CONTEXT, 0.4, {})


def _fit_themes(desk: Desk, evidence: Evidence, train: Array, pooled: FittedFigures) -> FittedFigures:
    rows, base = desk.rows, weighing.pool_evidence(evidence, pooled)
    themes = {}
    for n, theme in enumerate(rows.themes):
        used = train & ~rows.disputed[:, n]
        if rows.gold[used, n].sum() < 2:
            continue
        cues = (*theme.cues, *theme.hints)
        inputs = np.hstack([POOL_TRUST * base[:, [n]], desk.cues[n]])
        model = LogisticRegression(C=THEME_STRENGTH, max_iter=1000)
        model.fit(inputs[used], rows.gold[used, n], sample_weight=rows.weights[used])
        scale, by_ask, by_text = np.split(model.coef_[0], [1, 1 + len(cues)])
        themes[theme.slug] = FittedTheme(
            scale=float(POOL_TRUST * scale[0]),
            shift=float(model.intercept_[0]),
            ask_weights=dict(zip(cues, by_ask.tolist(), strict=True)),
            text_weights=dict(zip(cues, (TEXT_TRUST * by_text).tolist(), strict=True)),
            threshold=pooled.threshold,
        )
    return replace(pooled, themes=themes)


def _indicate(evidence: Evidence, theme: int, cues: tuple[str, ...]) -> Array:
    def tell(hits: tuple[tuple[Any, ...], ...]) -> Array:
        found = [{hit.cue for hit in row[theme]} for row in hits]
        return np.array([[cue in row for cue in cues] for row in found], dtype=float)

    return np.hstack([tell(evidence.in_ask), TEXT_TRUST * tell(evidence.in_text)])


def _take(evidence: Evidence, rows: Array) -> Evidence:
    chosen = np.flatnonzero(rows)
    return Evidence(
        evidence.features[chosen],
        evidence.leaning[chosen],
        tuple(evidence.in_ask[n] for n in chosen),
        tuple(evidence.in_text[n] for n in chosen),
        evidence.nearest[chosen],
        evidence.similarity[chosen],
    )


if __name__ == "__main__":
    main()
