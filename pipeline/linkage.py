"""Parts of a component: its pairs are scored, average linkage keeps what is near to all others. Leaf of grouping."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations_with_replacement, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.candidates import GUESSED
from pipeline.pairs import score_crossed, score_pairs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from pipeline.candidates import Nodes
    from pipeline.described import Described
    from pipeline.pairs import PairFigures

    FloatArray = npt.NDArray[np.floating[Any]]
    IntArray = npt.NDArray[np.intp]
    BoolArray = npt.NDArray[np.bool_]

READ_AT_ONCE = 16_384  # rows of groups that are read together, or one group
SMALL = 11  # rows; the pairs of many groups up to that are scored side by side, those of a larger one crossed
CROSSED = 512  # rows of a large group with as many others
LOOKED_AT = 64  # the same, where one sure pair is looked for
UNLIKELY = -6.0  # scores below count as this, so that one odd row does not break a group
SURE = 8.0
# Log-odds: a row that was there and stood beside a group, in none, was not joined before, and a newcomer alone should
# not do it.
KNOWN_APART = 1.0
NEVER = 1e9  # distance of two groups that were there: far above any mean of others
NEAREST = 1.0  # distance of two rows whose score is `SURE` or more
IN_ONE_DOCUMENT = 10.0  # log-odds: a document lists asks because they differ
ON_ONE_DAY = 3.0  # a body may print one ask in a report and in its summary, and several reports on one day


def part_components(
    components: Sequence[IntArray], nodes: Nodes, home: IntArray
) -> Iterator[tuple[IntArray, IntArray]]:
    """Each component of `nodes` with labels of its parts, -1 for a node that is in none; many are read at once.

    The mean score of a part is at least the cut, by average linkage that starts from the nodes of one `home` joined. A
    part needs one sure pair too: two rows that are near by chance are alone, two that ask the same have company.
    """
    # What came before the last row of a living group was there when the groups were found.
    is_known = nodes.came < nodes.came[home >= 0].max(initial=0)
    for batch in (components[some] for some in cut_batches([len(one) for one in components])):
        needed = np.unique(np.concatenate(batch))
        told = nodes.reader.describe(nodes.list_first(needed))
        places = [np.searchsorted(needed, one) for one in batch]
        scored = _score_components(places, [home[one] for one in batch], told, nodes.reader.figures)
        for one, some, scores in zip(batch, places, scored, strict=True):
            against = _count_against(nodes, one)
            labels = _link_average(scores - against, home[one], is_known[one], nodes.reader.figures)
            yield one, _keep_sure(labels, scores - against, against, some, told, nodes.reader.figures)


def find_weakest_links(groups: Sequence[IntArray], told: Described, figures: PairFigures) -> list[float | None]:
    """For each group of places in `told` the least score of two of them, above a cut of 0; None for fewer than two."""
    small = iter(_score_small([places for places in groups if len(places) <= SMALL], told, figures))
    found: list[float | None] = []
    for places in groups:
        large = _score_large(places, told, figures, CROSSED) if len(places) > SMALL else ()
        scored = [next(small)] if len(places) <= SMALL else (scores for *_, scores in large)
        found.append(min((float(scores.min()) for scores in scored if len(scores)), default=None))
    return found


def cut_batches(sizes: Sequence[int]) -> list[slice]:
    """Which groups of these sizes are read together, one after another: some `READ_AT_ONCE` rows, or one group."""
    filled = np.cumsum(sizes, dtype=np.intp) // READ_AT_ONCE
    cuts = [0, *(np.flatnonzero(np.diff(filled)) + 1).tolist(), len(sizes)]
    return [slice(start, end) for start, end in pairwise(cuts) if start < end]


def _score_components(
    groups: Sequence[IntArray], homes: Sequence[IntArray], told: Described, figures: PairFigures
) -> Iterator[FloatArray]:
    """For each group the scores of its pairs, square; NaN where a row meets itself, and where a score tells nothing."""
    small = iter(_score_small([places for places in groups if len(places) <= SMALL], told, figures))
    for places, home in zip(groups, homes, strict=True):
        if len(places) > SMALL:
            yield _score_newcomers(places, home, told, figures)
        else:
            scores = np.full((len(places), len(places)), np.nan)
            left, right = np.triu_indices(len(places), 1)
            scores[left, right] = scores[right, left] = next(small)
            yield scores


def _score_small(groups: Sequence[IntArray], told: Described, figures: PairFigures) -> list[FloatArray]:
    """For each group the scores of its pairs, in the order of `triu_indices`; one by one, many cost three times it."""
    if not groups:
        return []
    sides = [np.triu_indices(len(places), 1) for places in groups]
    left, right = ([places[pair[n]] for places, pair in zip(groups, sides, strict=True)] for n in (0, 1))
    scores = score_pairs(told, np.concatenate(left), np.concatenate(right), figures)
    return np.split(scores, np.cumsum([len(places) for places in left])[:-1])


def _score_newcomers(places: IntArray, home: IntArray, told: Described, figures: PairFigures) -> FloatArray:
    """The scores of a large group, but not inside its largest home: its rows are joined, however they score."""
    sizes = np.bincount(home[home >= 0], minlength=1)
    fresh = np.flatnonzero((home != sizes.argmax()) if sizes.any() else np.ones(len(home), dtype=bool))
    scores = np.full((len(places), len(places)), np.nan)
    if len(fresh):
        scores[fresh] = score_crossed(told, places[fresh], places, figures)
        scores[:, fresh] = scores[fresh].T
    np.fill_diagonal(scores, np.nan)
    return scores


def _score_large(
    places: IntArray, told: Described, figures: PairFigures, at_once: int
) -> Iterator[tuple[IntArray, IntArray, FloatArray]]:
    """Some pairs of a group at a time, the lower number in it and the higher, and their scores."""
    parts = np.split(np.arange(len(places)), range(at_once, len(places), at_once))
    for rows, columns in combinations_with_replacement(parts, 2):
        scores = score_crossed(told, places[rows], places[columns], figures)
        one, other = np.nonzero(rows[:, None] < columns)
        yield rows[one], columns[other], scores[one, other]


def _link_average(scores: FloatArray, home: IntArray, is_known: BoolArray, figures: PairFigures) -> IntArray:
    """Labels of the parts; `scores` is square, and `is_known` marks nodes that were there before.

    Two groups that were there stay two: that newcomers are near to both tells nothing of the groups. People may join
    them.
    """
    from scipy.cluster.hierarchy import fcluster, linkage

    is_settled, was_there = home >= 0, is_known | (home >= 0)
    is_joined = is_settled & (home[:, None] == home)
    is_apart = ~is_joined & (is_settled[:, None] | is_settled) & (was_there[:, None] & was_there)
    likely = np.where(is_apart, scores - KNOWN_APART, scores)
    distances = NEAREST + SURE - np.clip(likely, UNLIKELY, SURE)
    distances[is_apart & (is_settled[:, None] & is_settled)] = NEVER
    distances[is_joined] = 0.0  # nearer than any pair can be by its score, so that they are joined before all others
    tree = linkage(distances[np.triu_indices(len(home), 1)], "average")
    return np.asarray(fcluster(tree, NEAREST + SURE - figures.cut, "distance"), dtype=np.intp)


def _keep_sure(
    labels: IntArray, scores: FloatArray, against: FloatArray, places: IntArray, told: Described, figures: PairFigures
) -> IntArray:
    """`labels`, with -1 in place of those of parts in which no pair is sure."""
    is_sure = ((labels[:, None] == labels) & (scores >= figures.seed)).any(axis=1)
    sure = set(labels[is_sure].tolist())
    unscored = np.flatnonzero(np.isnan(scores).sum(axis=1) > 1)  # the rows of one home
    if len(unscored) and int(labels[unscored[0]]) not in sure:
        inside = _score_large(places[unscored], told, figures, LOOKED_AT)
        if any((found - against[unscored[one], unscored[other]] >= figures.seed).any() for one, other, found in inside):
            sure.add(int(labels[unscored[0]]))
    return np.where(np.isin(labels, list(sure)), labels, -1)


def _count_against(nodes: Nodes, members: IntArray) -> FloatArray:
    """For each pair of `members`, square, what standing in one document takes off its score."""
    standing: dict[str, list[int]] = defaultdict(list)
    for place, n in enumerate(members.tolist()):
        for document in nodes.stands_in(n):
            standing[document].append(place)
    against = np.zeros((len(members), len(members)))
    for document, places in standing.items():
        if len(places) > 1:
            both = np.ix_(places, places)
            against[both] = np.maximum(against[both], ON_ONE_DAY if document.startswith(GUESSED) else IN_ONE_DOCUMENT)
    return against
