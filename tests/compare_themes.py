"""Ways to give themes that do not ship, beside the one that does, on the same folds; not a test.

    python tests/compare_themes.py fine-tuned        the bundled encoder trained on pairs first (Tunstall et al. 2022)
    python tests/compare_themes.py tags              rows that publishers tagged as weak labels, beside the others
    python tests/compare_themes.py encoder FOLDER    the table of `fit_themes.py` with the sentence encoder in a folder

One seed each, because of their cost; the figures are kept in `tests/bench/README.md`.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from pipeline import embed
from pipeline.embed import load_encoder
from pipeline.registry import load_registry
from tests import fit_themes
from tests.fit_themes import Desk, Scorer, choose_cut, cross_validate, split_folds
from tests.theme_rows import BLIND, PAGES, READ, REPORTS, WEIGHTS, hash_of, read_lines, split_concerns

SEED = 0
PAIRS = 640  # of texts, an epoch over a fifth of them in each fold
BATCH = 16
RATE = 2e-5
MOST_TOKENS = 128
TAGGED = 600  # rows drawn
TAG_WEIGHT = 0.2  # of a tagged row, beside 1 of a labelled one
TAGS = {  # what a publisher's tag says of a row, as far as it is a theme
    "Custody and detention": "death-police-contact",
    "Road traffic incidents": "roads-policing",
    "Use of force and armed policing": "use-of-force",
    "Domestic abuse": "domestic-abuse",
    "Discrimination": "stop-search",
    "Corruption and abuse of power": "professional-standards",
    "Mental Health related deaths": "mental-health",
    "Suicide (from 2015)": "mental-health",
    "Police related deaths": "death-police-contact",
}

Array = npt.NDArray[Any]


def main() -> None:
    """Print the figures of one way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("way", choices=["fine-tuned", "tags", "encoder"])
    parser.add_argument("folder", nargs="?")
    arguments = parser.parse_args()
    if arguments.way == "encoder":
        desk = fit_themes.load_desk(load_encoder(arguments.folder))
        ways = fit_themes.list_approaches(desk)
    elif arguments.way == "tags":
        WEIGHTS["tagged"] = TAG_WEIGHT
        desk = fit_themes.load_desk(load_encoder(), list_tagged())
        ways = {"tags": list(fit_themes.list_approaches(desk).values())[-1]}
    else:
        desk = fit_themes.load_desk(load_encoder())
        ways = {"fine-tuned encoder": score_fine_tuned(desk)}
    for name, scorer in ways.items():
        found = cross_validate(desk, scorer, SEED)
        print(f"{name:42s} " + " ".join(f"{key} {found[key]:.3f}" for key in ("micro", "macro", "ece", "bare")))


def list_tagged() -> list[dict[str, Any]]:
    """Rows that nobody labelled, with the themes of their document's tags; what no tag tells of is left open."""
    labelled = {line["hash"] for path in (READ, BLIND) for line in read_lines(path)}
    untold = [theme.slug for theme in load_registry().themes if theme.slug not in TAGS.values()]
    rows = []
    for text, title, tags in _list_documents():
        themes = sorted({TAGS[tag] for tag in tags if tag in TAGS})
        if themes and hash_of(text) not in labelled:
            rows.append({"text": text, "title": title, "themes": themes, "disputed": untold, "document": title})
    chosen = np.random.default_rng(SEED).permutation(len(rows))[:TAGGED]
    return [{**rows[n], "origin": "tagged"} for n in chosen]


def score_fine_tuned(desk: Desk) -> Scorer:
    """SetFit: the encoder learns from pairs that share a theme or none, then a linear model on its vectors."""
    rows, gold = desk.rows, desk.rows.origin == "gold"

    def scored(train: Array, test: Array) -> tuple[float, Array]:
        used = train & (rows.origin != "invented")
        vectors = _tune(rows.texts, rows.gold, np.flatnonzero(used & gold))
        scores = np.zeros(rows.gold.shape)
        for fold in split_folds(rows.document, used, SEED):
            scores[fold] = _fit_linear(vectors, rows.gold, used & ~fold, fold)
        return choose_cut(scores, rows, used & gold), _fit_linear(vectors, rows.gold, used, test)

    return scored


def _list_documents() -> Iterator[tuple[str, str, list[str]]]:
    with PAGES.open(encoding="utf-8", newline="") as file:
        for page in csv.DictReader(file):
            pieces = (piece.strip() for piece in page["content"].split("\n"))
            yield from (
                (piece, page["heading"].strip(), _read_list(page["tags"])) for piece in pieces if "ecommend" in piece
            )
    for report in read_lines(REPORTS):
        title = f"Prevention of Future Deaths report to {(report['sent_to'] or '').strip()}"
        for text in split_concerns(report["concerns"] or ""):
            yield text, title, _read_list(report["categories"])


def _read_list(written: Any) -> list[str]:
    return list(written) if isinstance(written, list) else json.loads(str(written).replace("'", '"') or "[]")


def _tune(texts: list[str], gold: Array, among: Array) -> Array:
    """Vectors of all texts by a copy of the bundled model trained on pairs of the rows `among`."""
    import torch

    model: Any = embed._load_model(embed._bundled_folder())  # in float32: small steps are lost in bfloat16
    model.max_seq_length = MOST_TOKENS
    optimiser = torch.optim.AdamW(model.parameters(), lr=RATE)
    torch.manual_seed(SEED)
    pairs = list(_draw_pairs(gold, among))
    for start in range(0, len(pairs), BATCH):
        batch = pairs[start : start + BATCH]
        first, second = (model(dict(model.preprocess([texts[pair[side]] for pair in batch]))) for side in (0, 1))
        alike = torch.cosine_similarity(first["sentence_embedding"], second["sentence_embedding"])
        loss = torch.nn.functional.mse_loss(alike, torch.tensor([float(pair[2]) for pair in batch]))
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    return np.asarray(model.eval().encode(texts, normalize_embeddings=True))


def _draw_pairs(gold: Array, among: Array) -> Iterator[tuple[int, int, bool]]:
    """As many pairs that share a theme as pairs that share none."""
    rng = np.random.default_rng(SEED)
    for n in range(PAIRS):
        alike = n % 2 == 0
        while True:
            one, other = rng.choice(among, 2, replace=False)
            if bool((gold[one] & gold[other]).any()) == alike:
                break
        yield int(one), int(other), alike


def _fit_linear(vectors: Array, gold: Array, train: Array, test: Array) -> Array:
    scores = np.zeros((int(test.sum()), gold.shape[1]))
    for n in range(gold.shape[1]):
        if gold[train, n].sum() > 1:
            model = LogisticRegression(C=fit_themes.LINEAR_STRENGTH, max_iter=500).fit(vectors[train], gold[train, n])
            scores[:, n] = model.predict_proba(vectors[test])[:, 1]
    return scores


if __name__ == "__main__":
    main()
