"""Ways to find common recommendations, compared on planted repeats and on labelled real rows.

UMAP is compared where `umap-learn` is installed (`.venv/bin/python -m pip install umap-learn`); nothing else needs it.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec

import numpy as np

from pipeline.group import group_asks
from tests.bench.group_rows import Array, Embedded, Labelled, gather
from tests.bench.report import Report

CUTS = (0.55, 0.65, 0.75)  # least mean cosine inside a group
Ways = Iterator[tuple[str, Callable[[], Sequence[Sequence[str]]]]]
COLUMNS = ("way", "pairs", "precision", "recall of the same", "rows in no group", "largest group", "seconds")


def compare_methods(labelled: Labelled, rows: Embedded) -> Report:
    """One row a way: how many of its pairs are right, and how many of the right ones it finds."""
    table: list[tuple[str | float, ...]] = []
    for name, find in _list_ways(labelled, rows):
        started = time.perf_counter()
        groups = find()
        spent = time.perf_counter() - started
        found = labelled.count(groups)
        sizes = [len(group) for group in groups if len(group) > 1]
        table.append((
            name, len(found), _share(found & labelled.every, found), _share(found & labelled.same, labelled.same),
            1 - sum(sizes) / len(labelled.asks), max(sizes, default=0), spent,
        ))  # fmt: skip
    without = "" if find_spec("umap") else "UMAP was left out: `umap-learn` is not installed."
    return Report(f"Ways to group: {labelled.title}", COLUMNS, table, without)


def _list_ways(labelled: Labelled, rows: Embedded) -> Ways:
    ids = [ask.id for ask in labelled.asks]
    for space, fold in _list_spaces():
        for method in ("eom", "leaf"):
            yield f"HDBSCAN, {space}, {method}", lambda f=fold, m=method: gather(ids, _cluster(f(rows.cores), m))
    for cut in CUTS:
        yield f"agglomerative, mean cosine {cut:.2f}", lambda c=cut: gather(ids, _agglomerate(rows.cores, c))
    yield "candidate pairs, pair model, linkage (shipped)", lambda: group_asks(labelled.asks, rows.cores, rows.words)


def _list_spaces() -> Iterator[tuple[str, Callable[[Array], Array]]]:
    yield "embeddings as they are", lambda vectors: vectors
    yield "PCA to 50", _project
    if find_spec("umap"):
        yield "UMAP to 10", _fold


def _project(vectors: Array) -> Array:
    from sklearn.decomposition import PCA

    return np.asarray(PCA(50, random_state=0).fit_transform(vectors))


def _fold(vectors: Array) -> Array:
    from umap import UMAP  # type: ignore[import-untyped]

    folder = UMAP(n_components=10, n_neighbors=10, min_dist=0.0, metric="cosine", random_state=0, n_jobs=1)
    return np.asarray(folder.fit_transform(vectors))


def _cluster(vectors: Array, method: str) -> Array:
    from hdbscan import HDBSCAN

    model = HDBSCAN(min_cluster_size=2, min_samples=1, cluster_selection_method=method, core_dist_n_jobs=1)
    return np.asarray(model.fit_predict(vectors.astype(np.float64)))


def _agglomerate(vectors: Array, cut: float) -> Array:
    from sklearn.cluster import AgglomerativeClustering

    model = AgglomerativeClustering(None, metric="cosine", linkage="average", distance_threshold=1 - cut)
    return np.asarray(model.fit_predict(vectors))


def _share(
    part: set[tuple[str, str]] | frozenset[tuple[str, str]], whole: set[tuple[str, str]] | frozenset[tuple[str, str]]
) -> float:
    return len(part) / len(whole) if whole else 0.0
