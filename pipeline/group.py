"""Common recommendations: rows that ask for the same thing, found by neighbours, scored pairs and linkage.

1. Rows whose asks read the same are one node. 2. Each node's nearest neighbours by embedding are candidate pairs.
3. `pipeline.pairs` scores them, on the two rows alone. 4. Pairs near the cut make a graph; in each of its components
average linkage at the cut keeps rows that are near to all the others, not to one only. Of the ways compared
(`python -m tests.bench groups`) this was the best.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.ids import text_hash
from pipeline.neighbours import find_neighbours, find_newcomers_neighbours
from pipeline.pairs import PLAIN_WORD, PairFigures, WordVectors, centre, describe_texts, load_figures, score_pairs
from pipeline.wording import WordReader, ask_core, is_only_form

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from pipeline.records import Ask

    FloatArray = npt.NDArray[np.floating[Any]]
    IntArray = npt.NDArray[np.intp]

NEIGHBOURS = 14
BELOW_CUT = 1.5  # a pair may stand so far below the cut and still be inside a group whose mean is above it
COMPONENT_LIMIT = 300  # nodes; a larger component is cut more tightly before its scores are written out
TIGHTER = 0.25
UNLIKELY = -6.0  # scores below count as this, so that one odd row does not break a group
SURE = 8.0
KEYWORDS = 5


@dataclass(frozen=True, slots=True)
class Description:
    """What a group is shown by."""

    representative: int  # index of the most central text
    keywords: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Past:
    """What grouping knew before, so that a later night works on what is new alone."""

    searched: frozenset[str]  # ids whose neighbours were looked for
    pairs: tuple[tuple[str, str, float], ...]  # scored, near the cut or above it
    splits: Mapping[str, tuple[tuple[str, ...], ...]]  # the parts of each component, by the hash of its ids


NOTHING = Past(frozenset(), (), {})


@dataclass(frozen=True, slots=True)
class _Nodes:
    """One node for each distinct ask, in the order of their texts; `members[n][0]` names it."""

    members: tuple[tuple[str, ...], ...]
    texts: tuple[str, ...]
    vectors: FloatArray
    words: WordVectors
    figures: PairFigures

    def score(self, left: IntArray, right: IntArray) -> FloatArray:
        """Scores of pairs of nodes; only the nodes asked for are read."""
        needed = np.unique(np.concatenate([left, right]))
        texts = [self.texts[n] for n in needed.tolist()]
        told = describe_texts(texts, self.vectors[needed], self.words, self.figures)
        return score_pairs(told, np.searchsorted(needed, left), np.searchsorted(needed, right), self.figures)


def group_asks(
    asks: Sequence[Ask], vectors: FloatArray, words: WordVectors, *, figures: PairFigures | None = None
) -> tuple[tuple[str, ...], ...]:
    """The groups of two or more ids that ask for the same thing, each sorted, in the order of their first id.

    `vectors`, shape (asks, dimension), are the encoder's for `ask_core` of each text; `words` holds a vector of every
    word of `pipeline.pairs.list_words`. The order of `asks` does not count. Raises `ValueError` when lengths differ or
    an id occurs twice.
    """
    return group_newcomers(asks, vectors, words, NOTHING, figures=figures)[0]


def group_newcomers(
    asks: Sequence[Ask], vectors: FloatArray, words: WordVectors, past: Past, *, figures: PairFigures | None = None
) -> tuple[tuple[tuple[str, ...], ...], Past]:
    """As `group_asks`, but looks only for neighbours of rows that `past` has not seen; and the past of next time.

    Rows of old keep the neighbours they had: a pair is missed when the old row would rank the new one among its
    nearest but the new one not the old. `words` needs the words of new rows and of rows near them only.
    """
    if len(asks) != len(vectors):
        raise ValueError("asks and vectors must have one entry for each row")
    if len({ask.id for ask in asks}) != len(asks):
        raise ValueError("an id occurs more than once")
    if not asks:
        return (), NOTHING
    nodes = _build_nodes(asks, vectors, words, load_figures() if figures is None else figures)
    edges = _find_edges(nodes, past)
    joined, splits = _join_nodes(nodes, edges, past)
    place = {members[0]: n for n, members in enumerate(nodes.members)}
    taken = {name for part in joined for name in part}
    groups = [members for members in nodes.members if members[0] not in taken and len(members) > 1]
    groups += [tuple(sorted(i for name in part for i in nodes.members[place[name]])) for part in joined]
    named = tuple((nodes.members[i][0], nodes.members[j][0], score) for i, j, score in edges)
    return tuple(sorted(groups)), Past(frozenset(place), named, splits)


def describe_group(texts: Sequence[str], vectors: FloatArray, *, figures: PairFigures | None = None) -> Description:
    """The most central text of a group and the words its texts share.

    `vectors` has shape (texts, dimension). Ties go to the shorter, then alphabetically first text.
    """
    if not texts or len(texts) != len(vectors):
        raise ValueError("a group needs at least one text and one vector for each")
    lexicon = (load_figures() if figures is None else figures).lexicon
    central = np.round(vectors @ vectors.mean(axis=0), 4)
    reader = WordReader(lexicon)
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


def _build_nodes(asks: Sequence[Ask], vectors: FloatArray, words: WordVectors, figures: PairFigures) -> _Nodes:
    rows: dict[str, list[int]] = defaultdict(list)
    for n, ask in enumerate(asks):
        # A row that holds a form's wording alone asks nothing, so two of them are not the same ask.
        own = ask.id if is_only_form(ask.text) else ""
        rows[" ".join(ask_core(ask.text).casefold().split()) + own].append(n)
    # Sorted by text: numbers of nodes, and so every tie below, follow from content and not from the order given.
    ordered = [sorted(rows[key], key=lambda n: asks[n].id) for key in sorted(rows)]
    first = [numbers[0] for numbers in ordered]
    return _Nodes(
        members=tuple(tuple(asks[n].id for n in numbers) for numbers in ordered),
        texts=tuple(asks[n].text for n in first),
        vectors=np.asarray(vectors, dtype=np.float32)[first],
        words=words,
        figures=figures,
    )


def _find_edges(nodes: _Nodes, past: Past) -> list[tuple[int, int, float]]:
    """The scored candidate pairs of nodes that may share a group, sorted."""
    place = {members[0]: n for n, members in enumerate(nodes.members)}
    kept: dict[tuple[int, int], float] = {}
    for one, other, score in past.pairs:
        if one in place and other in place:
            first, second = sorted((place[one], place[other]))
            kept[first, second] = score
    fresh = [n for n, members in enumerate(nodes.members) if members[0] not in past.searched]
    if fresh and len(nodes.members) > 1:
        left, right = _find_candidates(nodes, fresh)
        scores = nodes.score(left, right)
        near = scores >= nodes.figures.cut - BELOW_CUT
        found = zip(left[near].tolist(), right[near].tolist(), scores[near].tolist(), strict=True)
        kept |= {(one, other): score for one, other, score in found}
    return [(one, other, score) for (one, other), score in sorted(kept.items())]


def _find_candidates(nodes: _Nodes, fresh: Sequence[int]) -> tuple[IntArray, IntArray]:
    vectors = centre(nodes.vectors, nodes.figures.mean, nodes.figures.axes)
    if len(fresh) == len(vectors):
        return find_neighbours(vectors, NEIGHBOURS)
    is_fresh = np.zeros(len(vectors), dtype=bool)
    is_fresh[list(fresh)] = True
    order = np.concatenate([np.flatnonzero(~is_fresh), np.flatnonzero(is_fresh)])
    left, right = find_newcomers_neighbours(vectors[order], len(order) - len(fresh), NEIGHBOURS)
    pairs = np.unique(np.sort(np.stack([order[left], order[right]], axis=1), axis=1), axis=0)
    return pairs[:, 0], pairs[:, 1]


def _join_nodes(
    nodes: _Nodes, edges: Sequence[tuple[int, int, float]], past: Past
) -> tuple[list[tuple[str, ...]], dict[str, tuple[tuple[str, ...], ...]]]:
    """The parts of all components, by the names of their nodes, and the same by component for the next night."""
    splits: dict[str, tuple[tuple[str, ...], ...]] = {}
    for component in _find_components(edges, nodes.figures.cut):
        names = [nodes.members[n][0] for n in component]
        key = text_hash(*names)
        splits[key] = past.splits.get(key) or tuple(
            tuple(nodes.members[n][0] for n in part) for part in _split_component(component, nodes)
        )
    return sorted(part for parts in splits.values() for part in parts), splits


def _find_components(edges: Sequence[tuple[int, int, float]], cut: float) -> list[list[int]]:
    """Nodes that a chain of pairs at the cut joins; a component over the limit is cut more tightly."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    held = [edge for edge in edges if edge[2] >= cut]
    if not held:
        return []
    numbers, ends = np.unique(np.array([edge[:2] for edge in held]), return_inverse=True)
    ends = ends.reshape(-1, 2)
    graph = csr_matrix((np.ones(len(held)), (ends[:, 0], ends[:, 1])), shape=(len(numbers), len(numbers)))
    labels = connected_components(graph, directed=False)[1]
    found: dict[int, list[int]] = defaultdict(list)
    for node, label in zip(numbers.tolist(), labels.tolist(), strict=True):
        found[label].append(node)
    inside: dict[int, list[tuple[int, int, float]]] = defaultdict(list)
    for edge, end in zip(held, ends[:, 0].tolist(), strict=True):
        inside[labels[end]].append(edge)
    components = []
    for label in sorted(found):
        small = len(found[label]) <= COMPONENT_LIMIT
        components += [found[label]] if small else _find_components(inside[label], cut + TIGHTER)
    return components


def _split_component(component: list[int], nodes: _Nodes) -> list[list[int]]:
    """The parts of a component whose mean score is at least the cut, by average linkage."""
    from scipy.cluster.hierarchy import fcluster, linkage

    if len(component) == 2:
        return [component]
    left, right = (np.array(component)[side] for side in np.triu_indices(len(component), 1))
    scores = np.clip(nodes.score(left, right), UNLIKELY, SURE)
    labels = fcluster(linkage(SURE - scores, "average"), SURE - nodes.figures.cut, "distance")
    parts: dict[int, list[int]] = defaultdict(list)
    for node, label in zip(component, labels.tolist(), strict=True):
        parts[label].append(node)
    return [part for part in parts.values() if len(part) > 1]
