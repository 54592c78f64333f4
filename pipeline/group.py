"""Common recommendations: rows that ask for the same thing, found by neighbours, scored pairs and linkage.

1. Rows whose asks read the same are one node. 2. Each node's nearest neighbours by embedding are candidate pairs.
3. `pipeline.pairs` scores them, on the two rows alone. 4. Pairs at the cut make a graph; in each of its components
average linkage at the cut keeps rows that are near to all the others, not to one only, and a group stands on one sure
pair at least: company makes a likely pair believable, alone it is not. Rows of one document are other asks unless they
read the same. Of the ways compared (`python -m tests.bench groups`) this was the best.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.candidates import (
    NOTHING,
    Edges,
    Lookup,
    Nodes,
    Past,
    RowReader,
    Rows,
    find_edges,
    find_near_nodes,
    find_places,
    gather_nodes,
    list_rows,
    read_ask,
)
from pipeline.described import PLAIN_WORD, WordVectors, read_contents
from pipeline.linkage import part_components
from pipeline.pairs import PairFigures, load_figures
from pipeline.records import Kind, LinkType

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy.typing as npt

    from pipeline.records import Ask, Link
    from pipeline.wording import Lexicon

    FloatArray = npt.NDArray[np.floating[Any]]
    IntArray = npt.NDArray[np.intp]
    TextArray = npt.NDArray[np.str_]
    BoolArray = npt.NDArray[np.bool_]

COMPONENT_LIMIT = 300  # nodes; a larger component is cut more tightly before its scores are written out
TIGHTER = 0.25
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
    figures = load_figures() if figures is None else figures
    place = {ask.id: n for n, ask in enumerate(asks)}
    lookup = Lookup(
        lambda ids: read_contents((asks[place[row_id]].text for row_id in ids), figures),
        lambda ids: vectors[[place[row_id] for row_id in ids]],
        lambda _: words,
    )
    rows = list_rows(asks, [read_ask(ask.text) for ask in asks])
    return group_newcomers(rows, RowReader(lookup, figures), NOTHING)[0]


def group_newcomers(
    rows: Rows, reader: RowReader, past: Past, *, living: Iterable[Sequence[str]] = ()
) -> tuple[tuple[tuple[str, ...], ...], Past]:
    """As `group_asks`, from what `list_rows` told of each row; and the past of next time.

    What is found is what would be found without a `past`; with one, only new rows, the pairs they bring and the groups
    they touch are worked out, and only they are read by `reader`. The rows of each of the `living`
    groups stay together: newcomers join them, but make no one leave and join no two of them.
    """
    if len(np.unique(rows.ids)) != len(rows.ids):
        raise ValueError("an id occurs more than once")
    if not len(rows.ids):
        return (), NOTHING
    nodes = gather_nodes(rows, reader)
    rounded, near = find_near_nodes(nodes, past)
    edges = find_edges(nodes, near, past)
    home = nodes.find_homes(living)
    component = _label_components(edges, home, reader.figures)
    documents = nodes.hash_documents()
    part = _label_parts(nodes, component, documents, home, past)
    alone = np.flatnonzero((part < 0) & (np.diff(nodes.starts) > 1)).tolist()
    found = [*(numbers.tolist() for numbers in _gather(part)), *([n] for n in alone)]
    groups = [tuple(sorted(row_id for n in numbers for row_id in nodes.members(n))) for numbers in found]
    return tuple(sorted(groups)), Past(nodes.keys, documents, rounded, near, edges, component, part)


def describe_group(
    texts: Sequence[str], vectors: FloatArray, words: Sequence[Mapping[str, str]], lexicon: Lexicon
) -> Description:
    """The most central text of a group and the words its texts share.

    `vectors` has shape (texts, dimension), `words` are those that `read_contents` finds in each. Ties go to the
    shorter, then alphabetically first text.
    """
    if not texts or not len(texts) == len(vectors) == len(words):
        raise ValueError("a group needs at least one text, and a vector and words for each")
    central = np.round(vectors @ vectors.mean(axis=0), 4)
    representative = min(range(len(texts)), key=lambda n: (-central[n], len(texts[n]), texts[n]))
    share: Counter[str] = Counter()
    shown: dict[str, str] = {}
    for n in sorted(range(len(texts)), key=lambda n: texts[n], reverse=True):
        share.update(words[n].keys())
        shown |= words[n]  # in the end as the first text has it
    least = 1 if len(texts) == 1 else 2
    weighed = {stem: lexicon.weigh(stem) for stem, count in share.items() if count >= least}
    ranked = sorted(
        (stem for stem, weight in weighed.items() if weight > PLAIN_WORD),
        key=lambda stem: (-share[stem] * weighed[stem], stem),
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
    is_same = (before >= 0) & (before == before[component]) & (old_size[before] == _count(component))
    is_same &= _name_joined(home) == _name_joined(old_part)
    is_changed = np.isin(component, component[~is_same]) & (component >= 0)
    part = np.where((component >= 0) & ~is_changed & (old_part >= 0), _first_of(old_part), -1)
    for members, labels in part_components(_gather(np.where(is_changed, component, -1)), nodes, home):
        part[members] = np.where(labels >= 0, members[_first_of(labels)], -1)
    return part


def _count(labels: IntArray) -> IntArray:
    """How many there are of each label, beside it."""
    _, place, count = np.unique(labels, return_inverse=True, return_counts=True)
    return np.asarray(count[place])


def _name_joined(labels: IntArray) -> IntArray:
    """The first place with the same label as each, so that what joins the same reads the same; -1 where none other has
    it, and for the label -1, which joins none.
    """
    return np.where((labels >= 0) & (_count(labels) > 1), _first_of(labels), -1)


def _gather(labels: IntArray) -> list[IntArray]:
    """The numbers under each label, in order; -1 is none."""
    order = np.argsort(labels, kind="stable")[np.count_nonzero(labels < 0) :]
    return np.split(order, np.flatnonzero(np.diff(labels[order])) + 1) if len(order) else []


def _first_of(labels: IntArray) -> IntArray:
    """The first place with the same label, beside each."""
    _, first, place = np.unique(labels, return_index=True, return_inverse=True)
    return first[place].astype(np.intp)
