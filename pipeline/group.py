"""Common recommendations: rows that ask for the same thing, found by neighbours, scored pairs and linkage.

1. Rows whose asks read the same are one node. 2. Each node's nearest neighbours by embedding are candidate pairs.
3. `pipeline.pairs` scores them, on the two rows alone. 4. Pairs at the cut make a graph; in each of its components
average linkage at the cut keeps rows that are near to all the others, not to one only, and a group stands on one sure
pair at least: company makes a likely pair believable, alone it is not. Rows of one document are other asks unless they
read the same. Of the ways compared (`python -m tests.bench groups`) this was the best.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.candidates import (
    GUESSED,
    NOTHING,
    Edges,
    Lookup,
    Nodes,
    Past,
    Rows,
    find_edges,
    find_near_nodes,
    find_places,
    gather_nodes,
    list_rows,
    read_ask,
)
from pipeline.described import PLAIN_WORD, Described, WordVectors
from pipeline.pairs import PairFigures, load_figures, score_pairs
from pipeline.records import Kind, LinkType
from pipeline.wording import WordReader, ask_core

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import numpy.typing as npt

    from pipeline.records import Ask, Link

    FloatArray = npt.NDArray[np.floating[Any]]
    IntArray = npt.NDArray[np.intp]
    TextArray = npt.NDArray[np.str_]
    BoolArray = npt.NDArray[np.bool_]

COMPONENT_LIMIT = 300  # nodes; a larger component is cut more tightly before its scores are written out
TIGHTER = 0.25
READ_AT_ONCE = 4096  # nodes of components, or one component
UNLIKELY = -6.0  # scores below count as this, so that one odd row does not break a group
SURE = 8.0
# Log-odds: a row that was there and stood in another group, or in none, was not joined before, and a newcomer alone
# should not do it.
KNOWN_APART = 1.0
NEAREST = 1.0  # distance of two rows whose score is `SURE` or more
IN_ONE_DOCUMENT = 10.0  # log-odds: a document lists asks because they differ
ON_ONE_DAY = 3.0  # a body may print one ask in a report and in its summary, and several reports on one day
KEYWORDS = 5


@dataclass(frozen=True, slots=True)
class Description:
    """What a group is shown by."""

    representative: int  # index of the most central text
    keywords: tuple[str, ...]


def group_asks(
    asks: Sequence[Ask], vectors: FloatArray, words: WordVectors, *, figures: PairFigures | None = None
) -> tuple[tuple[str, ...], ...]:
    """The groups of two or more ids that ask for the same thing, each sorted, in the order of their first id.

    `vectors`, shape (asks, dimension), are the encoder's for `ask_core` of each text; `words` holds a vector of every
    word of `pipeline.described.list_words`. The order of `asks` does not count. Raises `ValueError` when lengths differ
    or an id occurs twice.
    """
    if len(asks) != len(vectors):
        raise ValueError("asks and vectors must have one entry for each row")
    texts, place = {ask.id: ask.text for ask in asks}, {ask.text: n for n, ask in enumerate(asks)}
    lookup = Lookup(
        lambda ids: [texts[row_id] for row_id in ids],
        lambda wanted: vectors[[place[text] for text in wanted]],
        lambda _: words,
    )
    rows = list_rows(asks, [read_ask(ask.text) for ask in asks])
    return group_newcomers(rows, lookup, NOTHING, figures=figures)[0]


def group_newcomers(
    rows: Rows,
    lookup: Lookup,
    past: Past,
    *,
    living: Iterable[Sequence[str]] = (),
    figures: PairFigures | None = None,
) -> tuple[tuple[tuple[str, ...], ...], Past]:
    """As `group_asks`, from what `list_rows` told of each row; and the past of next time.

    What is found is what would be found without a `past`; with one, only new rows, the pairs they bring and the groups
    they touch are worked out, and only their texts and vectors asked of `lookup`. The rows of each of the `living`
    groups stay together: newcomers join them and may join two of them, but make no one leave.
    """
    if len(np.unique(rows.ids)) != len(rows.ids):
        raise ValueError("an id occurs more than once")
    if not len(rows.ids):
        return (), NOTHING
    nodes = gather_nodes(rows, lookup, load_figures() if figures is None else figures)
    rounded, near = find_near_nodes(nodes, past)
    edges = find_edges(nodes, near, past)
    home = nodes.find_homes(living)
    component = _label_components(edges, home, nodes.figures)
    documents = nodes.hash_documents()
    part = _label_parts(nodes, component, documents, home, past)
    alone = np.flatnonzero((part < 0) & (np.diff(nodes.starts) > 1)).tolist()
    found = [*_gather(part), *([n] for n in alone)]
    groups = [tuple(sorted(row_id for n in numbers for row_id in nodes.members(n))) for numbers in found]
    return tuple(sorted(groups)), Past(nodes.keys, documents, rounded, near, edges, component, part)


def describe_group(texts: Sequence[str], vectors: FloatArray, reader: WordReader) -> Description:
    """The most central text of a group and the words its texts share; one `reader` may serve many groups.

    `vectors` has shape (texts, dimension). Ties go to the shorter, then alphabetically first text.
    """
    if not texts or len(texts) != len(vectors):
        raise ValueError("a group needs at least one text and one vector for each")
    lexicon = reader.lexicon
    central = np.round(vectors @ vectors.mean(axis=0), 4)
    representative = min(range(len(texts)), key=lambda n: (-central[n], len(texts[n]), texts[n]))
    share: Counter[str] = Counter()
    shown: dict[str, str] = {}
    for text in sorted(texts):
        named = reader.name(ask_core(text))
        share.update(named.keys())
        shown = {**named, **shown}
    least = 1 if len(texts) == 1 else 2
    ranked = sorted(
        (stem for stem in share if share[stem] >= least and lexicon.weigh(stem) > PLAIN_WORD),
        key=lambda stem: (-share[stem] * lexicon.weigh(stem), stem),
    )
    return Description(representative, tuple(shown[stem] for stem in ranked[:KEYWORDS]))


def select_acts(asks: Sequence[Ask], links: Iterable[Link]) -> BoolArray:
    """Marks which of `asks` count: not what `links` call printed again in another document, nor what a response
    restates.
    """
    home = {ask.id: ask.document for ask in asks}
    printed = (link for link in links if link.link_type is LinkType.REPUBLISHED)
    again = {link.later_id for link in printed if home[link.earlier_id] != home[link.later_id]}
    return np.array([ask.id not in again and ask.kind != Kind.QUOTED_RECOMMENDATION for ask in asks], dtype=bool)


def find_weakest_links(groups: Sequence[IntArray], told: Described, figures: PairFigures) -> list[float | None]:
    """For each group of places in `told` the least score of two of them, above a cut of 0; None for fewer than two."""
    scored = _score_all(groups, told, figures)
    return [float(scores.min()) if len(scores) else None for scores in scored]


def _label_components(edges: Edges, home: IntArray, figures: PairFigures) -> IntArray:
    """For each node the first of those that a chain of pairs at the cut joins it to; -1 where no pair is sure.

    The pairs of a component over the limit are cut more tightly until none is. Nodes of one `home` are joined.
    """
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    cut, count = figures.cut, len(home)
    held = edges.scores >= cut
    settled = np.argsort(home, kind="stable")[np.count_nonzero(home < 0) :]
    chained = home[settled[:-1]] == home[settled[1:]]
    chain = settled[:-1][chained], settled[1:][chained]
    while True:
        ends = np.append(edges.left[held], chain[0]), np.append(edges.right[held], chain[1])
        found = connected_components(csr_matrix((np.ones(len(ends[0])), ends), shape=(count, count)), directed=False)[1]
        size = np.bincount(found, minlength=1)
        too_large = held & (size[found[edges.left]] > COMPONENT_LIMIT)
        if not too_large.any():
            sure = np.unique(found[np.append(edges.left[held & (edges.scores >= figures.seed)], chain[0])])
            return np.where(np.isin(found, sure), _first_of(found), -1)
        cut += TIGHTER
        held &= ~too_large | (edges.scores >= cut)


def _label_parts(nodes: Nodes, component: IntArray, documents: TextArray, home: IntArray, past: Past) -> IntArray:
    """For each node the first of its group; -1 for none. A component that has not changed is parted as it was."""
    number = find_places(nodes.keys, past.keys)
    is_old = number >= 0
    is_old[is_old] = past.documents[number[is_old]] == documents[is_old]
    before, old_part = np.full((2, len(number)), -1)
    before[is_old], old_part[is_old] = past.component[number[is_old]], past.part[number[is_old]]
    old_size = np.bincount(past.component[past.component >= 0], minlength=1)
    part = np.full(len(component), -1, dtype=np.intp)
    changed = []
    for members in _gather(component):
        first = before[members[0]]
        is_same = first >= 0 and old_size[first] == len(members) and (before[members] == first).all()
        if is_same and _is_parted_alike(home[members], old_part[members]):
            part[members] = _relabel(members, old_part[members])
        else:
            changed.append(members)
    for members, labels in _part_components(changed, nodes, home):
        part[members] = _relabel(members, labels)
    return part


def _part_components(
    components: Sequence[list[int]], nodes: Nodes, home: IntArray
) -> Iterator[tuple[list[int], IntArray]]:
    """Each component with labels of its parts, -1 for a node that is in none; many are read at once."""
    # What came before the last row of a living group was there when the groups were found.
    is_known = nodes.came < nodes.came[home >= 0].max(initial=0)
    batch: list[list[int]] = []
    for place, members in enumerate(components):
        batch.append(members)
        if sum(map(len, batch)) < READ_AT_ONCE and place + 1 < len(components):
            continue
        needed = np.unique(np.concatenate([np.array(one) for one in batch]))
        told = nodes.describe(needed)
        scored = _score_all([np.searchsorted(needed, one) for one in batch], told, nodes.figures)
        for one, scores in zip(batch, scored, strict=True):
            against = _count_against(nodes, one)
            yield one, _link_average(scores - against, home[one], is_known[one], nodes.figures)
        batch = []


def _score_all(groups: Sequence[IntArray], told: Described, figures: PairFigures) -> list[FloatArray]:
    """For each group the scores of its pairs, in the order of `triu_indices`; one by one, many cost three times it."""
    sides = [np.triu_indices(len(places), 1) for places in groups]
    left, right = ([places[pair[n]] for places, pair in zip(groups, sides, strict=True)] for n in (0, 1))
    if not groups:
        return []
    scores = score_pairs(told, np.concatenate(left), np.concatenate(right), figures)
    return np.split(scores, np.cumsum([len(places) for places in left])[:-1])


def _link_average(scores: FloatArray, home: IntArray, is_known: BoolArray, figures: PairFigures) -> IntArray:
    """Labels of the parts whose mean score is at least the cut, by average linkage; -1 for a node left alone.

    Linkage starts from nodes of one `home` joined; `is_known` marks nodes that were there before. A part needs one sure
    pair too: two rows that are near by chance are alone, two that ask the same have company.
    """
    from scipy.cluster.hierarchy import fcluster, linkage

    left, right = np.triu_indices(len(home), 1)
    is_settled, was_there = home >= 0, is_known | (home >= 0)
    is_joined = is_settled[left] & (home[left] == home[right])
    is_apart = ~is_joined & (is_settled[left] | is_settled[right]) & was_there[left] & was_there[right]
    likely = np.where(is_apart, scores - KNOWN_APART, scores)
    # Nearer than any pair can be by its score, so that they are joined before all others.
    distances = np.where(is_joined, 0.0, NEAREST + SURE - np.clip(likely, UNLIKELY, SURE))
    labels = fcluster(linkage(distances, "average"), NEAREST + SURE - figures.cut, "distance")
    seeds = labels[left][(labels[left] == labels[right]) & (scores >= figures.seed)]
    return np.where(np.isin(labels, seeds), labels, -1)


def _count_against(nodes: Nodes, members: Sequence[int]) -> FloatArray:
    """For each pair of `members`, in the order of `triu_indices`: what standing in one document takes off its score."""
    documents = [nodes.stands_in(n) for n in members]
    shared = (one & other for one, other in combinations(documents, 2))
    return np.array(
        [max((ON_ONE_DAY if d.startswith(GUESSED) else IN_ONE_DOCUMENT for d in s), default=0.0) for s in shared]
    )


def _is_parted_alike(one: IntArray, other: IntArray) -> bool:
    """Whether two labellings join the same places; -1 joins none."""
    joined, also = ((labels[:, None] == labels) & (labels >= 0) for labels in (one, other))
    apart = ~np.eye(len(one), dtype=bool)
    return bool(np.array_equal(joined & apart, also & apart))


def _gather(labels: IntArray) -> list[list[int]]:
    """The numbers under each label, in order; -1 is none."""
    found: dict[int, list[int]] = defaultdict(list)
    for number in np.flatnonzero(labels >= 0).tolist():
        found[int(labels[number])].append(number)
    return list(found.values())


def _relabel(members: Sequence[int], labels: IntArray) -> IntArray:
    """The labels as the first of `members` that has each; -1 stays."""
    numbers = np.array(members)
    return np.array([numbers[labels == label][0] if label >= 0 else -1 for label in labels], dtype=np.intp)


def _first_of(labels: IntArray) -> IntArray:
    first = np.unique(labels, return_index=True)[1]
    return first[labels].astype(np.intp)
