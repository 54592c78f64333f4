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
    BoolArray = npt.NDArray[np.bool_]

EXACT_UP_TO = 8000  # rows; comparing all of more costs more than the graph
LINKS = 16  # of a row in the graph
BUILD_WIDTH = 80
SEARCH_WIDTH = 64


def find_neighbours(vectors: FloatArray, count: int) -> tuple[IntArray, IntArray]:
    """Every pair (lower row, higher row), sorted, in which one is among the `count` nearest of the other."""
    rows = np.ascontiguousarray(vectors, dtype=np.float32)
    wanted = min(count + 1, len(rows))
    if wanted < 2:
        return _pair_up(np.zeros(0, dtype=np.intp), np.zeros((0, 1), dtype=np.intp))
    near = _search_exactly(rows, rows, wanted) if len(rows) <= EXACT_UP_TO else _search_graph(rows, wanted)
    return _pair_up(np.arange(len(rows)), near)


def find_newcomers_neighbours(vectors: FloatArray, is_new: BoolArray, count: int) -> tuple[IntArray, IntArray]:
    """The pairs of each row that is new with its `count` nearest among all rows, compared exactly."""
    rows = np.ascontiguousarray(vectors, dtype=np.float32)
    return _pair_up(np.flatnonzero(is_new), _search_exactly(rows[is_new], rows, min(count + 1, len(rows))))


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


def _pair_up(searched: IntArray, near: IntArray) -> tuple[IntArray, IntArray]:
    """`near`, shape (searched, count), holds the rows found for each row of `searched`; -1 where there is none."""
    own = np.repeat(searched, near.shape[1])
    other = near.ravel()
    told = (other >= 0) & (other != own)
    pairs = np.stack([np.minimum(own, other)[told], np.maximum(own, other)[told]], axis=1)
    ordered = np.unique(pairs, axis=0).astype(np.intp)
    return ordered[:, 0], ordered[:, 1]
