"""Candidate pairs of asks: searched among near neighbours, scored once, and kept from night to night. Leaf of grouping.

Rows whose asks read the same are one node, named after what they read, so a node outlives its rows.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pipeline.ids import text_hash
from pipeline.neighbours import find_neighbours, find_newcomers_neighbours
from pipeline.pairs import Described, PairFigures, WordVectors, centre, describe_texts, score_pairs
from pipeline.wording import ask_core, is_only_form

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from pipeline.records import Ask

    FloatArray = npt.NDArray[np.floating[Any]]
    IntArray = npt.NDArray[np.intp]
    TextArray = npt.NDArray[np.str_]

NEIGHBOURS = 14
# An old row is not searched again, so a newcomer looks farther: it may be near to rows that are not among its nearest.
NEWCOMERS_NEIGHBOURS = 3 * NEIGHBOURS
BELOW_CUT = 1.5  # a pair may stand so far below the cut and still join two that belong together
CENTRE_BLOCK = 16_384  # rows


@dataclass(frozen=True, slots=True)
class AskReading:
    """What grouping reads off a text, the same every night: what it says of the matter, and whether it asks at all."""

    core: str
    is_form: bool


class Lookup(NamedTuple):
    """Where vectors come from."""

    cores: Callable[[Sequence[str]], FloatArray]  # the encoder's unit vectors of texts, in their order
    words: Callable[[Sequence[str]], WordVectors]  # of all content words of texts


class Edges(NamedTuple):
    """Scored pairs of nodes, the lower number on the left, sorted."""

    left: IntArray
    right: IntArray
    scores: FloatArray


@dataclass(frozen=True, slots=True)
class Past:
    """What grouping knew before, so that a later night works on what is new alone."""

    keys: TextArray  # of the nodes whose neighbours were looked for, sorted
    edges: Edges  # between them, by place in `keys`
    component: IntArray  # for each of them, the first node of those that edges join it to; -1: none
    part: IntArray  # and of the group it is in; -1: none


@dataclass(frozen=True, slots=True)
class Nodes:
    """One node for each distinct ask, in the order of `keys`."""

    keys: TextArray
    members: tuple[tuple[str, ...], ...]  # ids of rows, sorted
    documents: tuple[frozenset[str], ...]  # that the members stand in
    texts: tuple[str, ...]  # of the first member
    vectors: FloatArray  # of its core
    words: Callable[[Sequence[str]], WordVectors]
    figures: PairFigures

    def describe(self, chosen: IntArray) -> Described:
        """What pair scoring needs of these nodes."""
        texts = [self.texts[n] for n in chosen.tolist()]
        vectors = self.vectors if len(chosen) == len(self.vectors) else self.vectors[chosen]
        return describe_texts(texts, vectors, self.words(texts), self.figures)

    def score(self, left: IntArray, right: IntArray) -> FloatArray:
        """Scores of pairs of nodes; only the nodes asked for are read."""
        needed = np.unique(np.concatenate([left, right]))
        told = self.describe(needed)
        return score_pairs(told, np.searchsorted(needed, left), np.searchsorted(needed, right), self.figures)


NO_NUMBERS = np.zeros(0, dtype=np.intp)
NOTHING = Past(np.zeros(0, dtype="U16"), Edges(NO_NUMBERS, NO_NUMBERS, np.zeros(0)), NO_NUMBERS, NO_NUMBERS)


def read_ask(text: str) -> AskReading:
    """What grouping reads off `text`."""
    return AskReading(ask_core(text), is_only_form(text))


def gather_nodes(asks: Sequence[Ask], readings: Sequence[AskReading], lookup: Lookup, figures: PairFigures) -> Nodes:
    """The distinct asks. Their numbers, and so every tie, follow from content and not from the order of `asks`."""
    rows: dict[str, list[int]] = defaultdict(list)
    for n, (ask, reading) in enumerate(zip(asks, readings, strict=True)):
        # A row that holds a form's wording alone asks nothing, so two of them are not the same ask.
        own = ask.id if reading.is_form else ""
        rows[text_hash(" ".join(reading.core.casefold().split()), own)].append(n)
    keys = sorted(rows)
    ordered = [sorted(rows[key], key=lambda n: asks[n].id) for key in keys]
    first = [numbers[0] for numbers in ordered]
    return Nodes(
        keys=np.array(keys, dtype="U16"),
        members=tuple(tuple(asks[n].id for n in numbers) for numbers in ordered),
        documents=tuple(frozenset(filter(None, (name_document(asks[n]) for n in numbers))) for numbers in ordered),
        texts=tuple(asks[n].text for n in first),
        vectors=np.asarray(lookup.cores([readings[n].core for n in first]), dtype=np.float32),
        words=lookup.words,
        figures=figures,
    )


def name_document(ask: Ask) -> str | None:
    """What tells the document of `ask` from others: where it has no name of its own, who printed it when under what."""
    if ask.document is not None or ask.source is None or ask.published is None:
        return ask.document
    return f"{ask.source} {ask.published} {ask.title}"


def find_places(keys: TextArray, others: TextArray) -> IntArray:
    """For each of the sorted `keys` its place in the sorted `others`; -1: not there."""
    found = np.full(len(keys), -1, dtype=np.intp)
    shared, own, other = np.intersect1d(keys, others, assume_unique=True, return_indices=True)
    if len(shared):
        found[own] = other
    return found


def find_edges(nodes: Nodes, past: Past) -> Edges:
    """The pairs of nodes that may share a group: those of the past that still stand, and those of new nodes."""
    kept = _keep_edges(nodes, past)
    is_new = find_places(nodes.keys, past.keys) < 0
    if not is_new.any() or len(is_new) < 2:
        return kept
    vectors = _centre_all(nodes)
    if is_new.all():
        left, right = find_neighbours(vectors, NEIGHBOURS)
    else:
        left, right = find_newcomers_neighbours(vectors, is_new, NEWCOMERS_NEIGHBOURS)
    del vectors  # as large as all else together
    scores = nodes.score(left, right)
    near = scores >= nodes.figures.cut - BELOW_CUT
    fresh = Edges(left[near], right[near], scores[near])
    return _sort_edges(*(np.concatenate(both) for both in zip(kept, fresh, strict=True)))


def _keep_edges(nodes: Nodes, past: Past) -> Edges:
    number = find_places(past.keys, nodes.keys)
    left, right = number[past.edges.left], number[past.edges.right]
    stands = (left >= 0) & (right >= 0)
    return Edges(left[stands], right[stands], past.edges.scores[stands])


def _sort_edges(left: IntArray, right: IntArray, scores: FloatArray) -> Edges:
    order = np.lexsort((right, left))
    return Edges(left[order], right[order], scores[order])


def _centre_all(nodes: Nodes) -> FloatArray:
    """Block by block: at once, centring takes four times the memory of the vectors."""
    figures = nodes.figures
    centred = np.empty_like(nodes.vectors)
    for start in range(0, len(centred), CENTRE_BLOCK):
        block = slice(start, start + CENTRE_BLOCK)
        centred[block] = centre(nodes.vectors[block], figures.mean, figures.axes)
    return centred
