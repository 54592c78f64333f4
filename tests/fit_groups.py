"""Fits the figures of grouping: background on the corpus beside the checkout, weights on planted asks; not a test.

    python tests/fit_groups.py            measures the shipped figures
    python tests/fit_groups.py --write    first fits anew and writes pipeline/group_model.json

The background (mean vectors, shared axes, document frequency of stems) comes from the unlabelled corpus: police and
coroners, states reviewed by their peers, transport accidents, each kind counting alike. A logistic regression weighs
the signs on `tests/planted`, once as written and once with sentences of real background around each ask, and on half of
the real pairs of `tests/gold/same_ask_pairs.jsonl`. No sign may count against its nature (likeness never lowers a
score, a contradiction or length never raises it). Its weights are printed, not shipped: on labelled real rows it does
worse than weights that make more of words in common, because half of the pairs were invented by people who avoided the
words of the first ask, as bodies do not, and the real ones were drawn around the cut.

What is shipped: of some thousands of random settings around the weights before, the mean of the dozen that did best on
the bundled sample, on the labelled real recurrences and on the fitting half together, rounded. When the background came
to be of three kinds, the weight of the cosine and the bias were set anew, on the same, and those of contradictions so
that they outweigh any likeness. So figures on the sample
and on the labelled rows are not blind. The other half of the pairs did not choose the weights, but is not wholly blind
either: which signs there are was thought out with the first 293 read, `SEED` was raised from 1.0 to 1.2 after a look at
what it does to both halves, and that a broader background helps was seen on all 623. The thesaurus was written after
part of the sample had been read.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import snowballstemmer

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from pipeline.described import Described, WordVectors, describe_texts, list_words
from pipeline.embed import Encoder, load_encoder
from pipeline.levers import load_levers
from pipeline.neighbours import find_neighbours
from pipeline.pairs import FITTED, SIGNS, PairFigures, load_figures, read_signs
from pipeline.wording import Lexicon, WordReader, ask_core, load_concepts
from tests.bench.kept_rows import read_peers, read_transport
from tests.judged_rows import read_judged_pairs

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
PLANTED = ROOT / "tests" / "planted"
SEEN_IN = 5  # documents; a rarer stem is not written
WEIGHTS = dict.fromkeys(SIGNS, 0.0) | {
    "cosine": 9.0, "cosine_raw": 0.5, "words_least": 1.5, "exact_least": 2.8, "exact_most": 2.4, "shared": 0.5,
    "matter": 0.4, "no_matter": -2.4, "opposed": -13.0, "apart": -13.0, "levers": -1.3, "long": -0.65,
}  # fmt: skip
BIAS, CUT, SEED = -6.2, 0.1, 1.2
OF_EACH_KIND = 500  # texts of which the mean vector and the shared axes are
AXES = 4
NEAREST = 25  # candidate pairs of a row while fitting
LONGER_WEIGHT = 0.5  # of a pair whose asks stand in background, beside one as written
SLACK = 0.3  # how little the weights are pulled to nought
CLOSE = 0.5  # what a close ask counts, beside the same one
JUDGED_WEIGHT = 10.0  # of a real pair, of which there are few
AGAINST = {"no_matter", "opposed", "apart", "levers", "long"}
Array = npt.NDArray[Any]


class Planted(NamedTuple):
    """Texts of one file, and for each the name of its group, or its own number."""

    texts: list[str]
    group: list[str]


def main() -> None:
    """Print the figures on the planted asks; with --write fit them first."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="fit anew and write the figures")
    arguments = parser.parse_args()
    if not SHARED.is_dir():
        sys.exit("There is no corpus beside this checkout, so nothing can be fitted.")
    encoder = load_encoder()
    if arguments.write:
        FITTED.write_text(json.dumps(fit(encoder)) + "\n", encoding="utf-8")
        print(f"wrote {FITTED.name}: {FITTED.stat().st_size / 1024:.0f} KiB")
    figures = load_figures()
    for name in sorted(path.stem for path in PLANTED.glob("*.txt")):
        planted = read_planted(PLANTED / f"{name}.txt")
        signs, same = read_pairs(planted, encoder, figures)
        scores = signs @ figures.weights + figures.bias
        found = scores >= figures.cut
        right = int((found & same).sum())
        print(f"planted {name}: pairs {int(same.sum())}, precision {right / max(1, found.sum()):.2f}, "
              f"recall {right / max(1, same.sum()):.2f} (before linkage)")  # fmt: skip
    for part in sorted({(pair.half, pair.kind, pair.drawn) for pair in read_judged_pairs(SHARED)}):
        signs, worth = read_judged(part, encoder, figures)
        found = signs @ figures.weights + figures.bias >= figures.seed
        print(f"real pairs, {', '.join(part)}: {len(worth)}, found {int(found.sum())}, of these the same or close "
              f"{int((worth[found] > 0).sum())}; of {int((worth == 1).sum())} the same found "
              f"{int(found[worth == 1].sum())}")  # fmt: skip


def fit(encoder: Encoder) -> dict[str, Any]:
    """All the figures, as they are written."""
    background = fit_background(encoder)
    figures = PairFigures(
        encoder=background["encoder"],
        mean=np.array(background["mean"], np.float32),
        axes=np.array(background["axes"], np.float32),
        word_mean=np.array(background["word_mean"], np.float32),
        lexicon=Lexicon(background["document_count"], background["document_frequency"], load_concepts()),
        levers=load_levers(),
        weights=np.zeros(len(SIGNS)),
        bias=0.0,
        cut=CUT,
        seed=SEED,
    )
    weights, bias = fit_weights(encoder, figures)
    fitted = {sign: round(float(weight), 2) for sign, weight in zip(SIGNS, weights, strict=True)}
    print(f"regression on the planted asks: {fitted}, bias {bias:.2f}")
    return {**background, "weights": WEIGHTS, "bias": BIAS, "cut": CUT, "seed": SEED}


def fit_background(encoder: Encoder) -> dict[str, Any]:
    """The figures that need no labels.

    Each kind of document counts alike: what one kind says in every row ("human rights") tells none of its rows apart.
    """
    kinds = [list_texts(), [row.text for row in read_peers()], [row.text for row in read_transport()]]
    frequency = count_most([(count_documents(texts), len(texts)) for texts in kinds])
    drawn = [text for texts in kinds for text in random.Random(5).sample(texts, OF_EACH_KIND)]
    vectors = encoder.encode([ask_core(text) for text in drawn])
    axes = np.linalg.svd(vectors - vectors.mean(axis=0), full_matrices=False)[2][:AXES]
    words = encoder.encode(list_words(kinds[0], Lexicon(len(kinds[0]), frequency, load_concepts())))
    return {
        "encoder": encoder.revision.partition("@")[2][:12],
        "mean": [round(float(x), 5) for x in vectors.mean(axis=0)],
        "axes": [[round(float(x), 5) for x in axis] for axis in axes],
        "word_mean": [round(float(x), 5) for x in words.mean(axis=0)],
        "document_count": len(kinds[0]),
        "document_frequency": frequency,
    }


def count_most(kinds: list[tuple[dict[str, int], int]]) -> dict[str, int]:
    """Of each stem its share of the kind of document that holds it most often, as a count among those of the first."""
    whole = kinds[0][1]
    stems = sorted({stem for counted, _ in kinds for stem in counted})
    most = {stem: max(round(whole * counted.get(stem, 0) / count) for counted, count in kinds) for stem in stems}
    return {stem: count for stem, count in most.items() if count}


def fit_weights(encoder: Encoder, figures: PairFigures) -> tuple[Array, float]:
    """Weights of the signs and the bias."""
    backdrop = list_background()
    near = encoder.encode(backdrop)
    signs, same, weight = [], [], []
    for path in sorted(PLANTED.glob("*.txt")):
        planted = read_planted(path)
        for texts, each in ((planted.texts, 1.0), (lengthen(planted.texts, backdrop, near, encoder), LONGER_WEIGHT)):
            found, truth = read_pairs(Planted(texts, planted.group), encoder, figures)
            signs.append(found)
            same.append(truth)
            weight.append(np.full(len(truth), each))
    found, worth = read_judged(("fitting",), encoder, figures)
    signs.append(found)
    same.append(worth > 0)
    weight.append(JUDGED_WEIGHT * np.where(worth == CLOSE, CLOSE, 1.0))
    return fit_signed(np.vstack(signs), np.concatenate(same), np.concatenate(weight))


def fit_signed(signs: Array, same: Array, weight: Array) -> tuple[Array, float]:
    """Logistic regression with the sign of each weight held, by bounded quasi-Newton steps."""
    from scipy.optimize import minimize

    mean, spread = signs.mean(axis=0), signs.std(axis=0) + 1e-9
    scaled, truth = (signs - mean) / spread, same.astype(float)

    def loss(point: Array) -> tuple[float, Array]:
        odds = scaled @ point[:-1] + point[-1]
        wrong = weight * (1 / (1 + np.exp(-odds)) - truth)
        value = float((weight * (np.logaddexp(0, odds) - truth * odds)).sum() + (point[:-1] ** 2).sum() / (2 * SLACK))
        return value, np.append(scaled.T @ wrong + point[:-1] / SLACK, wrong.sum())

    bounds = [(None, 0) if sign in AGAINST else (0, None) for sign in SIGNS]
    found = minimize(loss, np.zeros(len(SIGNS) + 1), jac=True, bounds=[*bounds, (None, None)], method="L-BFGS-B").x
    weights = found[:-1] / spread
    return weights, float(found[-1] - mean @ weights)


def read_judged(part: tuple[str, ...], encoder: Encoder, figures: PairFigures) -> tuple[Array, Array]:
    """The signs of a part of the judged real pairs, and what each is worth: 1 the same ask, 0.5 a close one, or 0.

    `part` is the half, then the kind of document and how it was drawn, as far as it goes.
    """
    pairs = [p for p in read_judged_pairs(SHARED) if (p.half, p.kind, p.drawn)[: len(part)] == part]
    texts = sorted({text for pair in pairs for text in (pair.one, pair.other)})
    left = np.array([texts.index(pair.one) for pair in pairs], dtype=np.intp)
    right = np.array([texts.index(pair.other) for pair in pairs], dtype=np.intp)
    worth = np.array([{"same": 1.0, "close": CLOSE, "other": 0.0}[pair.ask] for pair in pairs])
    return read_signs(describe(texts, encoder, figures), left, right), worth


def describe(texts: list[str], encoder: Encoder, figures: PairFigures) -> Described:
    """The texts as pair scoring sees them."""
    words = list_words(texts, figures.lexicon)
    table = WordVectors({word: n for n, word in enumerate(words)}, encoder.encode(words))
    return describe_texts(texts, encoder.encode([ask_core(text) for text in texts]), table, figures)


def read_pairs(planted: Planted, encoder: Encoder, figures: PairFigures) -> tuple[Array, Array]:
    """The signs of the candidate pairs of one set, and whether each is the same ask."""
    told = describe(planted.texts, encoder, figures)
    left, right = find_neighbours(told.vectors, NEAREST)
    group = np.array(planted.group)
    return read_signs(told, left.astype(np.intp), right.astype(np.intp)), group[left] == group[right]


def read_planted(path: Path) -> Planted:
    """The asks of one file; see tests/planted/README.md."""
    texts, group, current = [], [], ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            current = line[2:].strip()
        elif line[:1] in {"=", "-"}:
            moved = re.match(r"-@(\S+) (.*)", line)
            texts.append(moved[2] if moved else line[2:].strip())
            group.append(moved[1] if moved else current if line[0] == "=" else f"alone {len(texts)}")
    return Planted(texts, group)


def lengthen(texts: list[str], backdrop: list[str], near: Array, encoder: Encoder) -> list[str]:
    """Each text between up to four sentences of background that are near it in meaning."""
    rng = random.Random(11)
    nearest = np.argsort(-(encoder.encode([ask_core(text) for text in texts]) @ near.T), axis=1)[:, :25]
    longer = []
    for text, row in zip(texts, nearest.tolist(), strict=True):
        count = rng.choice((0, 0, 1, 2, 3, 4))
        around = [backdrop[n].rstrip(".") + "." for n in rng.sample(row, count)]
        place = rng.randrange(count + 1)
        longer.append(" ".join([*around[:place], text, *around[place:]]))
    return longer


def list_background() -> list[str]:
    """Sentences of real rows that tell what happened and ask for nothing."""
    with (SHARED / "corpus/iopc/recommendation_pages.csv").open(encoding="utf-8", newline="") as stream:
        texts = [row["content"] for row in csv.DictReader(stream) if not row["recommendation"]]
    lines = (SHARED / "corpus/pfd/reports.jsonl").read_text(encoding="utf-8").splitlines()
    texts += [json.loads(line)["circumstances"] or "" for line in lines]
    asking = re.compile(r"\b(?:recommend\w*|should|must|needs? to|ought|ensur\w+)\b", re.IGNORECASE)
    sentences = {" ".join(s.split()) for text in texts for s in re.split(r"(?<=[.;:?!])\s+|\n+", text or "")}
    fitting = sorted(s for s in sentences if 9 <= len(s.split()) <= 40 and not asking.search(s))
    random.Random(7).shuffle(fitting)
    return fitting[:2200]


def list_texts() -> list[str]:
    """Recommendations, investigation pages and coroners' concerns of the corpus."""
    with (SHARED / "corpus/iopc/recommendation_pages.csv").open(encoding="utf-8", newline="") as stream:
        pages = [row["recommendation"] or row["content"] for row in csv.DictReader(stream)]
    lines = (SHARED / "corpus/pfd/reports.jsonl").read_text(encoding="utf-8").splitlines()
    return [text for text in [*pages, *(json.loads(line)["concerns"] or "" for line in lines)] if text.strip()]


def count_documents(texts: list[str]) -> dict[str, int]:
    """Documents that hold each concept, and each stem but what is mostly written with a capital: names."""
    stemmer = snowballstemmer.stemmer("english")
    reader = WordReader(Lexicon(0, {}, load_concepts()))
    names = set(reader.lexicon.concepts.values())
    small: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    documents: Counter[str] = Counter()
    for text in texts:
        seen = names & reader.name(text).keys()
        for match in re.finditer(r"[A-Za-z][a-z'\u2019-]*[a-z]", text):
            word = match.group()
            stem = stemmer.stemWord(word.casefold().replace("\u2019", "'").removesuffix("'s"))
            starts = re.search(r"(?:^|[.;:?!(\n\u200b])\s*$", text[max(0, match.start() - 4) : match.start()])
            seen.add(stem)
            small[stem] += word[0].islower()
            capital[stem] += word[0].isupper() and not starts
        documents.update(seen)
    often = [stem for stem in documents if documents[stem] >= SEEN_IN]
    kept = (s for s in often if s in names or (small[s] >= SEEN_IN and small[s] >= 3 * capital[s]))
    return {stem: documents[stem] for stem in sorted(kept)}


if __name__ == "__main__":
    main()
