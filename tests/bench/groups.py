"""Common recommendations: ways to group compared, added nights, cost at scale, and the pairs the labels lack.

`python -m tests.bench groups` prints tables; `python -m tests.bench.groups --missing` prints, for a reader to judge,
every pair found among the labelled real rows that the labels do not hold, with both texts.
"""

import argparse
import json
import resource
import time
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.embed import Encoder, load_encoder
from pipeline.group import NOTHING, group_asks, group_newcomers
from pipeline.pairs import WordVectors, list_words, load_figures
from pipeline.records import Ask
from pipeline.wording import ask_core
from tests.bench.report import Report

SHARED = Path(__file__).resolve().parents[3] / "shared"
SAMPLE = Path(__file__).resolve().parents[2] / "sources" / "sample"
SIZES = (10_000, 40_000)
NIGHTS, NIGHTLY = 5, 10
NEW_ROWS = 500
Array = npt.NDArray[Any]
Pairs = set[tuple[str, str]]


class Rows:
    """Asks with their vectors, and the pairs that ask the same."""

    def __init__(self, asks: Sequence[Ask], encoder: Encoder) -> None:
        self.asks = list(asks)
        self.plain = encoder.encode([ask.text for ask in asks])
        self.cores = encoder.encode([ask_core(ask.text) for ask in asks])
        self.words = read_words(self.asks, encoder)


def read_words(asks: Sequence[Ask], encoder: Encoder) -> WordVectors:
    """The vectors of the content words of `asks`."""
    words = list_words([ask.text for ask in asks], load_figures().lexicon)
    return WordVectors({word: row for row, word in enumerate(words)}, encoder.encode(words))


def measure_groups() -> Iterator[Report]:
    """The table of ways, nights and costs. Without the corpus beside the checkout only the bundled sample is used."""
    encoder = load_encoder()
    sample, planted = read_sample()
    yield _compare("bundled sample, planted repeats", Rows(sample, encoder), planted, planted, _different_file)
    if SHARED.is_dir():
        rows, every, same = read_labelled()
        texts = {ask.id: ask.text for ask in rows}
        counts = lambda one, other: _document(one) != _document(other) and texts[one] != texts[other]  # noqa: E731
        labelled = Rows(rows, encoder)
        yield _compare("labelled real rows", labelled, every, same, counts)
        yield _add_nights(labelled)
    yield _grow(Rows(sample, encoder), encoder)


def print_missing() -> None:
    """Pairs found among the labelled rows that the labels lack, with both texts."""
    rows, every, _ = read_labelled()
    texts = {ask.id: ask.text for ask in rows}
    found = Rows(rows, load_encoder())
    for one, other in sorted(_pairs(group_asks(found.asks, found.cores, found.words)) - every):
        if _document(one) != _document(other) and texts[one] != texts[other]:
            print(f"{one}  {' '.join(texts[one].split())}\n{other}  {' '.join(texts[other].split())}\n")


def read_labelled() -> tuple[list[Ask], Pairs, Pairs]:
    """The labelled real rows, all pairs the labels hold, and those called the same."""
    lines = (SHARED / "gold/themes/items.jsonl").read_text(encoding="utf-8").splitlines()
    gold = json.loads((SHARED / "gold/recurrence/groups.json").read_text(encoding="utf-8"))
    asks = [Ask(id=row["id"], text=row["text"]) for row in map(json.loads, lines)]
    same = _pairs(group["ids"] for group in gold if group["strength"] == "same")
    return asks, _pairs(group["ids"] for group in gold), same


def read_sample() -> tuple[list[Ask], Pairs]:
    """Every row of the sample's answer key, and the planted pairs."""
    asks, ids = [], {}
    for path in sorted((SAMPLE / "answers").glob("*.json")):
        answer = json.loads(path.read_text(encoding="utf-8"))
        name = Path(answer["file"]).name
        for number, item in enumerate(answer["items"]):
            asks.append(Ask(id=f"{name}#{number}", text=item["text"]))
            ids[name, item["text"]] = asks[-1].id
    repeats = json.loads((SAMPLE / "repeats.json").read_text(encoding="utf-8"))
    return asks, _pairs([ids[Path(m["file"]).name, m["text"]] for m in g["members"]] for g in repeats["groups"])


def _compare(title: str, rows: Rows, every: Pairs, same: Pairs, counts: Any) -> Report:
    table: list[tuple[str | float, ...]] = []
    wanted = {pair for pair in every if counts(*pair)}
    called = {pair for pair in same if counts(*pair)}
    for name, groups in _ways(rows):
        found = {pair for pair in _pairs(groups) if counts(*pair)}
        right = len(found & wanted)
        table.append((name, len(found), right / max(1, len(found)), len(found & called) / len(called),
                      float(max(map(len, groups), default=0))))  # fmt: skip
    columns = ("way", "pairs", "precision", "recall of the same", "largest group")
    return Report(f"Ways to group: {title}", columns, table)


def _ways(rows: Rows) -> Iterator[tuple[str, Sequence[Sequence[str]]]]:
    from hdbscan import HDBSCAN
    from sklearn.cluster import AgglomerativeClustering
    from sklearn.decomposition import PCA
    from umap import UMAP  # type: ignore[import-untyped]

    ids = [ask.id for ask in rows.asks]
    small = PCA(20, random_state=0).fit_transform(rows.cores)
    folded = UMAP(n_components=10, n_neighbors=10, min_dist=0.0, metric="cosine", random_state=0, n_jobs=1)
    spaces = {"raw": rows.cores, "PCA 20": small, "UMAP 10": folded.fit_transform(rows.cores)}
    for space, vectors in spaces.items():
        for method in ("eom", "leaf"):
            model = HDBSCAN(min_cluster_size=2, min_samples=1, cluster_selection_method=method)
            yield f"HDBSCAN, {space}, {method}", _gather(ids, model.fit_predict(vectors.astype(np.float64)))
    for cut in (0.35, 0.45):
        model = AgglomerativeClustering(None, metric="cosine", linkage="average", distance_threshold=cut)
        yield f"agglomerative on cosine, cut {1 - cut:.2f}", _gather(ids, model.fit_predict(rows.cores))
    yield "scored pairs and average linkage (shipped)", group_asks(rows.asks, rows.cores, rows.words)


def _add_nights(rows: Rows) -> Report:
    """The adjusted Rand index of the rows of old, before and after each night of new rows."""
    from sklearn.metrics import adjusted_rand_score

    order = np.random.default_rng(3).permutation(len(rows.asks))
    first = len(order) - NIGHTS * NIGHTLY
    table: list[tuple[str | float, ...]] = []
    before: dict[str, int] = {}
    for night in range(NIGHTS + 1):
        chosen = order[: first + night * NIGHTLY]
        groups = group_asks([rows.asks[n] for n in chosen], rows.cores[chosen], rows.words)
        home = {member: n for n, group in enumerate(groups) for member in group}
        now = {rows.asks[n].id: home.get(rows.asks[n].id, -1 - int(n)) for n in chosen}
        if before:
            table.append((str(night), float(adjusted_rand_score(list(before.values()), [now[i] for i in before]))))
        before = now
    return Report("Old rows while nights are added", ("night", "adjusted Rand index"), table)


def _grow(rows: Rows, encoder: Encoder) -> Report:
    """Seconds and memory of grouping resampled rows: each a row of the sample with words and vector shaken."""
    rng = np.random.default_rng(5)
    table: list[tuple[str | float, ...]] = []
    before: tuple[int, float] | None = None
    for size in SIZES:
        asks, vectors = resample(rows, size + NEW_ROWS, rng)
        words = read_words(asks, encoder)
        start = time.perf_counter()
        _, past = group_newcomers(asks[:size], vectors[:size], words, NOTHING)
        spent = time.perf_counter() - start
        start = time.perf_counter()
        group_newcomers(asks, vectors, words, past)
        nightly = time.perf_counter() - start
        exponent = float(np.log(spent / before[1]) / np.log(size / before[0])) if before else float("nan")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        table.append((f"{size:,}", spent, "" if before is None else exponent, nightly, peak))
        before = (size, spent)
    columns = ("rows", "seconds", "exponent", f"seconds for {NEW_ROWS} more", "peak MB")
    return Report("Grouping resampled rows", columns, table)


def resample(rows: Rows, count: int, rng: np.random.Generator) -> tuple[list[Ask], Array]:
    """`count` distinct rows: each the first half of one ask and the second of another, the vector between theirs."""
    texts = [ask.text.split() for ask in rows.asks]
    drawn = rng.integers(0, len(texts), size=(count, 2))
    asks = [
        Ask(id=f"r{n:06d}", text=" ".join([*texts[i][: len(texts[i]) // 2], *texts[j][len(texts[j]) // 2 :], str(n)]))
        for n, (i, j) in enumerate(drawn.tolist())
    ]
    dimension = rows.cores.shape[1]
    mixed = rows.cores[drawn[:, 0]] + rows.cores[drawn[:, 1]] + rng.normal(0, 0.7 / dimension**0.5, (count, dimension))
    return asks, np.asarray(mixed / np.linalg.norm(mixed, axis=1, keepdims=True), dtype=np.float32)


def _gather(ids: Sequence[str], labels: Array) -> list[list[str]]:
    return [[ids[int(n)] for n in np.flatnonzero(labels == label)] for label in sorted(set(labels.tolist()) - {-1})]


def _pairs(groups: Any) -> Pairs:
    return {pair for group in groups for pair in combinations(sorted(group), 2)}


def _different_file(one: str, other: str) -> bool:
    return one.split("#")[0] != other.split("#")[0]


def _document(row_id: str) -> str:
    return row_id.rsplit("-", 1)[0] if row_id.startswith("pfd-") else row_id


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--missing", action="store_true", required=True, help="pairs found that the labels lack")
    parser.parse_args()
    print_missing()
