"""Nearest rows of unit vectors: exact while few, by a graph (HNSW, Malkov and Yashunin 2018) when many.

Leaf of grouping; home of faiss. One thread and rows in a stated order, so the same rows give the same neighbours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.floating[Any]]
    IntArray = npt.NDArray[np.intp]

EXACT_UP_TO = 8000  # rows; comparing all of more costs more than the graph
LINKS = 16  # of a row in the graph
BUILD_WIDTH = 80
SEARCH_WIDTH = 64


def find_neighbours(vectors: FloatArray, count: int) -> tuple[IntArray, IntArray]:
    """Every pair (lower row, higher row), sorted, in which one is among the `count` nearest of the other."""
    rows = np.ascontiguousarray(vectors, dtype=np.float32)
    wanted = min(count + 1, len(rows))
    if wanted < 2:
        return _pair_up(np.zeros((0, 1), dtype=np.intp), 0)
    near = _search_exactly(rows, rows, wanted) if len(rows) <= EXACT_UP_TO else _search_graph(rows, wanted)
    return _pair_up(near, 0)


def find_newcomers_neighbours(vectors: FloatArray, first_new: int, count: int) -> tuple[IntArray, IntArray]:
    """The pairs of each row from `first_new` on with its `count` nearest among all rows, compared exactly."""
    rows = np.ascontiguousarray(vectors, dtype=np.float32)
    wanted = min(count + 1, len(rows))
    return _pair_up(_search_exactly(rows[first_new:], rows, wanted), first_new)


def _search_exactly(queries: FloatArray, rows: FloatArray, count: int) -> IntArray:
    import faiss

    faiss.omp_set_num_threads(1)
    found: IntArray = faiss.knn(queries, rows, count, metric=faiss.METRIC_INNER_PRODUCT)[1]
    return found


def _search_graph(rows: FloatArray, count: int) -> IntArray:
    import faiss

    faiss.omp_set_num_threads(1)
    index = faiss.index_factory(rows.shape[1], f"HNSW{LINKS}_SQfp16", faiss.METRIC_INNER_PRODUCT)
    tuned = faiss.ParameterSpace()
    tuned.set_index_parameter(index, "efConstruction", BUILD_WIDTH)
    tuned.set_index_parameter(index, "efSearch", SEARCH_WIDTH)
    index.train(rows)
    index.add(rows)
    found: IntArray = index.search(rows, count)[1]
    return found


def _pair_up(near: IntArray, first: int) -> tuple[IntArray, IntArray]:
    own = np.repeat(np.arange(first, first + len(near)), near.shape[1])
    other = near.ravel()
    told = (other >= 0) & (other != own)
    pairs = np.stack([np.minimum(own, other)[told], np.maximum(own, other)[told]], axis=1)
    ordered = np.unique(pairs, axis=0).astype(np.intp)
    return ordered[:, 0], ordered[:, 1]
