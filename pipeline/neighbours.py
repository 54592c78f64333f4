"""Nearest rows of unit vectors, found in cells around some of the rows; the same whatever came first.

Leaf of grouping; home of faiss. An inverted file (Sivic and Zisserman 2003) whose centres are given, not
fitted: a row is searched for in the cells of the centres nearest to it, and what it finds depends on which rows and
centres there are, never on what was found before. So a night that adds rows finds what a night that meets all of them
at once would find, and searches only for rows whose surroundings changed. Vectors are rounded to whole numbers
small enough that their sums are exact: likeness is the same in every order of summing, on every machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    FloatArray = npt.NDArray[np.floating[Any]]
    IntArray = npt.NDArray[np.integer[Any]]
    BoolArray = npt.NDArray[np.bool_]
    Rounded = npt.NDArray[np.int8]
    Search = Callable[[IntArray, int], tuple[FloatArray, IntArray]]

STEPS = 400.0  # whole numbers to 1.0: an element of a unit vector of hundreds of them stays far below 127
PROBES = 16  # cells in which a row is searched for; with no more centres than that all rows are compared
NONE, GONE = -1, -2  # no row; a row that is no longer there
AT_ONCE = 16_384  # rows searched for at a time
UNFOUND = np.iinfo(np.int64).min
LOW = 2**32 - 1


class Near(NamedTuple):
    """The nearest of each row, shape (rows, count), nearest first, the lower row first among equals; -1: none."""

    rows: IntArray
    likeness: IntArray
    cells: IntArray  # (rows, `PROBES`): the centres in whose cells they were searched for, the row's own cell first


class Known(NamedTuple):
    """What was found before, in the order of then, and the place each of its rows has now; `GONE`: none."""

    near: Near
    place: IntArray


def round_vectors(vectors: FloatArray) -> Rounded:
    """Unit vectors as whole numbers."""
    rounded: Rounded = np.clip(np.rint(vectors * STEPS), -127, 127).astype(np.int8)
    return rounded


def find_near(rounded: Rounded, is_centre: BoolArray, count: int, known: Known | None = None) -> Near:
    """The `count` nearest of each row of `rounded`, shape (rows, dimension), among those whose cells it is searched in.

    `is_centre` marks the rows whose cells they are. With what is `known` of rows that are there still, in the same
    order, the answer is the same and costs less.
    """
    cells = _find_cells(rounded, np.flatnonzero(is_centre), known)
    best = np.full((len(rounded), count), UNFOUND)
    is_stale = np.ones(len(rounded), dtype=bool)
    if known is not None:
        kept, codes, is_fresh = _carry_over(known, cells)
        found = _search_cells(rounded, cells, kept, np.flatnonzero(is_fresh), count)
        best[kept], is_stale[kept] = _sort_top(np.concatenate([codes, found], axis=1), count), False
    stale = np.flatnonzero(is_stale)
    best[stale] = _search_cells(rounded, cells, stale, np.arange(len(rounded)), count)
    is_found = best != UNFOUND
    rows, likeness = np.where(is_found, LOW - (best & LOW), NONE), np.where(is_found, best >> 32, 0)
    return Near(rows.astype(np.int32), likeness.astype(np.int32), cells)


def pair_up(near: Near) -> IntArray:
    """Every pair (lower row, higher row), shape (pairs, 2), sorted, in which one is among the nearest of the other."""
    count = len(near.rows)
    own = np.repeat(np.arange(count), near.rows.shape[1])
    other = near.rows.ravel().astype(np.int64)
    own, other = own[other >= 0], other[other >= 0]
    codes = sort_distinct(np.minimum(own, other) * count + np.maximum(own, other))
    return np.stack(np.divmod(codes, max(1, count)), axis=1)


def sort_distinct(numbers: IntArray) -> IntArray:
    """As `np.unique`, which puts whole numbers in a hash table that takes many times as long for those of pairs."""
    ordered: IntArray = np.sort(numbers)
    distinct: IntArray = ordered[np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]]
    return distinct


def find_neighbours(vectors: FloatArray, count: int) -> tuple[IntArray, IntArray]:
    """Every pair (lower row, higher row), sorted, in which one is among the `count` nearest of the other, of all."""
    pairs = pair_up(find_near(round_vectors(vectors), np.zeros(len(vectors), dtype=bool), count))
    return pairs[:, 0], pairs[:, 1]


def _find_cells(rounded: Rounded, centres: IntArray, known: Known | None) -> IntArray:
    """For each row the nearest centres; -1 throughout where all rows are one cell.

    While the centres are those that were, only rows that are new are looked at.
    """
    import faiss

    cells = np.full((len(rounded), PROBES), NONE, dtype=np.int32)
    if len(centres) <= PROBES:
        return cells
    is_new = np.ones(len(rounded), dtype=bool)
    if known is not None:
        stays = known.place >= 0
        then = np.append(known.place, [GONE, NONE])[known.near.cells[stays]]
        if np.array_equal(sort_distinct(then.ravel()), centres):  # a centre is in a cell of its own
            cells[known.place[stays]], is_new[known.place[stays]] = then, False
    fresh = np.flatnonzero(is_new)
    faiss.omp_set_num_threads(1)
    around = rounded[centres].astype(np.float32)
    codes = _find_top(
        lambda rows, wanted: faiss.knn(
            rounded[rows].astype(np.float32), around, min(wanted, len(around)), metric=faiss.METRIC_INNER_PRODUCT
        ),
        fresh, centres, PROBES, may_find_self=True,
    )  # fmt: skip
    cells[fresh] = (LOW - (codes & LOW)).astype(np.int32)
    return cells


def _carry_over(known: Known, cells: IntArray) -> tuple[IntArray, IntArray, BoolArray]:
    """The rows that are found where they were and have lost no neighbour, their nearest, and which rows are fresh.

    A row is fresh for others when it is new or its cell is another: they found it elsewhere, or not at all.
    """
    stays = known.place >= 0
    now = known.place[stays]
    place = np.append(known.place, [GONE, NONE])  # so that -1, none, stays -1
    cells_then = place[known.near.cells[stays]]
    nearest = place[known.near.rows[stays]]
    is_fresh = np.ones(len(cells), dtype=bool)
    is_fresh[now] = cells_then[:, 0] != cells[now, 0]
    lost = (nearest == GONE) | ((nearest >= 0) & is_fresh[nearest])
    sound = (cells_then == cells[now]).all(axis=1) & ~lost.any(axis=1)
    likeness = known.near.likeness[stays][sound]
    return now[sound], np.where(nearest[sound] >= 0, _join(likeness, nearest[sound]), UNFOUND), is_fresh


def _search_cells(rounded: Rounded, cells: IntArray, asked: IntArray, among: IntArray, count: int) -> IntArray:
    """The nearest of the rows `asked` among others, as codes, best first; only in the cells of each."""
    import faiss
    from faiss.contrib.ivf_tools import add_preassigned, search_preassigned

    if not len(asked) or not len(among):
        return np.full((len(asked), count), UNFOUND)
    faiss.omp_set_num_threads(1)
    names, lists = np.unique(cells[:, 0], return_inverse=True)
    dimension = rounded.shape[1]
    # Whole numbers of eight bits are kept as they are, so that likeness is exact.
    index = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(dimension), dimension, max(PROBES, len(names)), faiss.ScalarQuantizer.QT_8bit_direct_signed,
        faiss.METRIC_INNER_PRODUCT, False,
    )  # fmt: skip
    index.is_trained, index.nprobe = True, PROBES
    for start in range(0, len(among), AT_ONCE):
        some = among[start : start + AT_ONCE]
        held = rounded[some].astype(np.float32), lists[some].astype(np.int64), np.arange(start, start + len(some))
        add_preassigned(index, *held)  # type: ignore[no-untyped-call]

    def search(rows: IntArray, wanted: int) -> tuple[FloatArray, IntArray]:
        place = np.minimum(np.searchsorted(names, cells[rows]), len(names) - 1)
        probes = np.where(names[place] == cells[rows], place, NONE).astype(np.int64)  # a cell may be empty
        probes[:, 1:][probes[:, 1:] == probes[:, :1]] = NONE  # where all rows are one cell, it is searched once
        asking = rounded[rows].astype(np.float32)
        likeness, found = search_preassigned(index, asking, wanted, probes)  # type: ignore[no-untyped-call]
        return likeness, found

    order = np.argsort(cells[asked, 0], kind="stable")  # rows of one cell search the same lists: they stay at hand
    codes = np.empty((len(asked), count), dtype=np.int64)
    codes[order] = _find_top(search, asked[order], among, count)
    return codes


def _find_top(search: Search, asked: IntArray, among: IntArray, count: int, *, may_find_self: bool = False) -> IntArray:
    """Codes of the best `count` that `search` finds for each row, the lower row first among equals.

    A search breaks ties as it likes, so a row is asked for again, with more wanted, until none is cut off among equals.
    """
    best = np.empty((len(asked), count), dtype=np.int64)
    for start in range(0, len(asked), AT_ONCE):
        left, wanted = np.arange(start, min(start + AT_ONCE, len(asked))), 2 * count
        while len(left):
            likeness, found = search(asked[left], wanted)
            rows = among[found]
            is_found = (found >= 0) & (may_find_self | (rows != asked[left, None]))
            codes = np.where(is_found, _join(np.where(is_found, likeness, 0).astype(np.int64), rows), UNFOUND)
            best[left] = _sort_top(codes, count)
            cut_off = (found[:, -1] >= 0) & (likeness[:, -1] >= best[left, -1] >> 32)
            left, wanted = left[cut_off & (wanted < len(among))], 4 * wanted
    return best


def _join(likeness: IntArray, rows: IntArray) -> IntArray:
    """Likeness and row in one number: the more alike the higher, the lower row among equals."""
    return (likeness.astype(np.int64) << 32) + (LOW - rows)


def _sort_top(codes: IntArray, count: int) -> IntArray:
    """The highest `count` of each row, the highest first; filled up with `UNFOUND`."""
    lacking = max(0, count - codes.shape[1])
    whole = np.pad(codes, ((0, 0), (0, lacking)), constant_values=UNFOUND)
    return np.sort(whole, axis=1)[:, ::-1][:, :count]
