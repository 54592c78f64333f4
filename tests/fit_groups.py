"""Fits the background figures of grouping on the corpus beside the checkout and measures; not a test.

    python tests/fit_groups.py            the table of ways to group, on the labelled recurrences
    python tests/fit_groups.py --write    first fits the background anew and writes pipeline/group_model.json

The background (mean vector, shared axes, document frequency of stems) comes from the unlabelled corpus. The cut and
the weight of the words were chosen on the labelled groups, which are few: ten pairs called "same".
"""

from __future__ import annotations

import argparse
import csv
import itertools
import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import snowballstemmer

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from pipeline.embed import Encoder, load_encoder
from pipeline.group import FITTED, GroupFigures, group_asks, load_figures
from pipeline.records import Ask
from pipeline.wording import ask_core

SHARED = Path(__file__).resolve().parents[1] / ".." / "shared"
WORD_WEIGHT, SHARED_WEIGHT, PENALTY, CUT = 0.5, 0.06, 1.0, 0.83
SEEN_IN = 5  # documents; a rarer stem is not written
Array = npt.NDArray[Any]


def main() -> None:
    """Print the table; with --write fit the background first."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="fit the background and write the figures")
    arguments = parser.parse_args()
    if not SHARED.is_dir():
        sys.exit("There is no corpus beside this checkout, so nothing can be fitted.")
    encoder = load_encoder()
    if arguments.write:
        FITTED.write_text(json.dumps(fit_background(encoder)) + "\n", encoding="utf-8")
        print(f"wrote {FITTED.name}: {FITTED.stat().st_size / 1024:.0f} KiB")
    print_table(encoder, load_figures())


def fit_background(encoder: Encoder) -> dict[str, Any]:
    """The figures that do not need labels, with the chosen weights."""
    texts = list_texts()
    vectors = encoder.encode([ask_core(text) for text in texts])
    mean = vectors.mean(axis=0)
    axes = np.linalg.svd(vectors - mean, full_matrices=False)[2][:2]
    return {
        "encoder": encoder.revision.partition("@")[2][:12],
        "word_weight": WORD_WEIGHT,
        "shared_weight": SHARED_WEIGHT,
        "penalty": PENALTY,
        "cut": CUT,
        "mean": [round(float(x), 5) for x in mean],
        "axes": [[round(float(x), 5) for x in axis] for axis in axes],
        "document_count": len(texts),
        "document_frequency": count_documents(texts),
    }


def list_texts() -> list[str]:
    """Recommendations, investigation pages and coroners' concerns of the corpus."""
    with (SHARED / "corpus/iopc/recommendation_pages.csv").open(encoding="utf-8", newline="") as stream:
        pages = [row["recommendation"] or row["content"] for row in csv.DictReader(stream)]
    lines = (SHARED / "corpus/pfd/reports.jsonl").read_text(encoding="utf-8").splitlines()
    return [text for text in [*pages, *(json.loads(line)["concerns"] or "" for line in lines)] if text.strip()]


def count_documents(texts: list[str]) -> dict[str, int]:
    """Documents that hold each stem, without what is mostly written with a capital: names of people and places."""
    stemmer = snowballstemmer.stemmer("english")
    small: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    documents: Counter[str] = Counter()
    for text in texts:
        seen = set()
        for match in re.finditer(r"[A-Za-z][a-z'\u2019-]*[a-z]", text):
            word = match.group()
            stem = stemmer.stemWord(word.casefold().replace("\u2019", "'").removesuffix("'s"))
            starts = re.search(r"(?:^|[.;:?!(\n\u200b])\s*$", text[max(0, match.start() - 4) : match.start()])
            seen.add(stem)
            small[stem] += word[0].islower()
            capital[stem] += word[0].isupper() and not starts
        documents.update(seen)
    kept = (s for s in documents if documents[s] >= SEEN_IN <= small[s] and small[s] >= 3 * capital[s])
    return {stem: documents[stem] for stem in sorted(kept)}


def print_table(encoder: Encoder, figures: GroupFigures) -> None:
    """Pair precision and recall of several ways to group, as the scorer beside the checkout counts them."""
    from hdbscan import HDBSCAN

    path = SHARED / "gold/themes/items.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    asks = [Ask(id=row["id"], text=row["text"]) for row in rows]
    plain = encoder.encode([ask.text for ask in asks])
    cores = encoder.encode([ask_core(ask.text) for ask in asks])
    ways = {"components of cosine >= 0.65": _link(plain @ plain.T >= 0.65, asks)}
    for name, vectors in (("text", plain), ("ask", cores)):
        for method in ("eom", "leaf"):
            found = HDBSCAN(min_cluster_size=2, min_samples=1, cluster_selection_method=method).fit_predict(vectors)
            ways[f"HDBSCAN on {name} vectors, {method}"] = [
                [asks[n].id for n in np.flatnonzero(found == label)] for label in sorted(set(found.tolist()) - {-1})
            ]
    for cut in (0.74, 0.78, 0.80, 0.82, 0.84, 0.88):
        trial = GroupFigures(**{**{k: getattr(figures, k) for k in figures.__slots__}, "cut": cut})
        ways[f"re-scored pairs and linkage, cut {cut:.2f}"] = [list(g) for g in group_asks(asks, cores, figures=trial)]
    print(f"{'way':44s} {'pairs':>6s} {'precision':>9s} {'same':>6s} {'all':>6s}  largest")
    for name, groups in ways.items():
        right, pairs, same, every = measure(groups, rows)
        largest = max((len(group) for group in groups), default=0)
        print(f"{name:44s} {pairs:6d} {right / max(1, pairs):9.2f} {same:6.2f} {every:6.2f}  {largest}")


def measure(groups: list[list[str]], rows: list[dict[str, str]]) -> tuple[int, int, float, float]:
    """Right pairs, pairs, recall of "same" pairs, recall of all pairs."""
    text = {row["id"]: row["text"] for row in rows}
    gold = json.loads((SHARED / "gold/recurrence/groups.json").read_text(encoding="utf-8"))

    def pairs(sets: list[list[str]]) -> set[tuple[str, str]]:
        found = (pair for group in sets for pair in itertools.combinations(sorted(group), 2))
        return {(a, b) for a, b in found if _document(a) != _document(b) and text[a] != text[b]}

    every, same = pairs([g["ids"] for g in gold]), pairs([g["ids"] for g in gold if g["strength"] == "same"])
    got = pairs(groups)
    return len(got & every), len(got), len(got & same) / len(same), len(got & every) / len(every)


def _link(near: Array, asks: list[Ask]) -> list[list[str]]:
    from scipy.sparse.csgraph import connected_components

    labels = connected_components(near, directed=False)[1]
    return [[asks[n].id for n in np.flatnonzero(labels == label)] for label in sorted(set(labels.tolist()))]


def _document(row_id: str) -> str:
    return row_id.rsplit("-", 1)[0] if row_id.startswith("pfd-") else row_id


if __name__ == "__main__":
    main()
