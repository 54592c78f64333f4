"""Candidate pairs of asks: searched among near neighbours, scored once, and kept from night to night. Leaf of grouping.

Rows whose asks read the same are one node, named after what they read, so a node outlives its rows. Which pairs are
candidates, and how they score, follows from the rows there are and the order in which the archive got their documents:
what is kept saves work and changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pipeline.described import AskContent, Described, Describer, WordVectors, centre
from pipeline.ids import text_hash
from pipeline.neighbours import GONE, Known, Near, find_near, pair_up, round_vectors, sort_distinct
from pipeline.pairs import PairFigures, score_pairs
from pipeline.wording import ask_core, is_only_form

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import numpy.typing as npt

    from pipeline.records import Ask

    FloatArray = npt.NDArray[np.floating[Any]]
    IntArray = npt.NDArray[np.intp]
    TextArray = npt.NDArray[np.str_]
    Rounded = npt.NDArray[np.int8]
    BoolArray = npt.NDArray[np.bool_]

NEIGHBOURS = 14
CENTRES_BELOW = "004"  # of the hexadecimal names of nodes: one in 1,024 may be the centre of a cell
GUESSED = "?"  # before the hash of a document that the row does not name
BELOW_CUT = 1.5  # a pair may stand so far below the cut and still join two that belong together
READ_AT_ONCE = 16_384  # nodes whose vectors are asked for at a time


@dataclass(frozen=True, slots=True)
class AskReading:
    """What grouping reads off a text, the same every night: what it says of the matter, and whether it asks at all."""

    core: str
    is_form: bool


class Rows(NamedTuple):
    """What is known of every row, before its text is read again; the order does not count."""

    ids: TextArray
    reads: TextArray  # names what the ask reads: rows with one name ask in the same words
    texts: TextArray  # a hash of the text
    documents: TextArray  # `hash_document` of the row
    came: IntArray  # the place of its document among all in the order in which they came


class Lookup(NamedTuple):
    """Where vectors come from, and what is read off texts."""

    contents: Callable[[Sequence[str]], Sequence[AskContent]]  # of the rows with these ids, in their order
    cores: Callable[[Sequence[str]], FloatArray]  # the encoder's unit vectors of the cores of these rows
    words: Callable[[Sequence[str]], WordVectors]  # of these words


class RowReader:
    """Describes rows by their ids; each is read once, however often it is asked for."""

    def __init__(self, lookup: Lookup, figures: PairFigures) -> None:
        self.figures = figures
        self._lookup, self._describer = lookup, Describer(figures)
        self._place: dict[str, int] = {}

    def describe(self, ids: Sequence[str]) -> Described:
        """What pair scoring needs of these rows, in their order."""
        lacking = sorted(set(ids) - self._place.keys())
        for start in range(0, len(lacking), READ_AT_ONCE):
            some = lacking[start : start + READ_AT_ONCE]
            self._describer.add(self._lookup.contents(some), self.read_vectors(some))
            self._place |= {row_id: len(self._place) + n for n, row_id in enumerate(some)}
        return self._describer.describe(self._find(ids), self._lookup.words)

    def list_words(self, ids: Sequence[str]) -> list[dict[str, str]]:
        """The words of rows that were described: for each stem one word that has it."""
        return self._describer.list_words(self._find(ids))

    def read_vectors(self, ids: Sequence[str]) -> FloatArray:
        """The encoder's vectors of the cores of these rows."""
        return np.asarray(self._lookup.cores(ids), dtype=np.float32)

    def _find(self, ids: Sequence[str]) -> IntArray:
        return np.array([self._place[row_id] for row_id in ids], dtype=np.intp)


class Edges(NamedTuple):
    """Scored pairs of nodes, the lower number on the left, sorted."""

    left: IntArray
    right: IntArray
    scores: FloatArray


class Past(NamedTuple):
    """What grouping knew before, so that a later night works on what is new alone."""

    keys: TextArray  # of the nodes, sorted
    documents: TextArray  # a hash of the documents of each
    rounded: Rounded  # their vectors
    near: Near
    edges: Edges  # of the pairs that are near, those whose score may count
    component: IntArray  # for each node the first of those that edges join it to; -1: none
    part: IntArray  # and of the group it is in; -1: none


@dataclass(frozen=True, slots=True)
class Nodes:
    """One node for each distinct ask, in the order of `keys`."""

    keys: TextArray  # sorted
    starts: IntArray  # of each node's rows in `ids` and `documents`, and the end of the last
    ids: TextArray  # of rows, sorted inside a node
    documents: TextArray  # of the same rows
    came: IntArray  # when the first row of each node came
    reader: RowReader

    def members(self, n: int) -> tuple[str, ...]:
        """The ids of the rows of one node."""
        return tuple(self.ids[self.starts[n] : self.starts[n + 1]].tolist())

    def stands_in(self, n: int) -> frozenset[str]:
        """The documents of the rows of one node."""
        return frozenset(self.documents[self.starts[n] : self.starts[n + 1]].tolist()) - {""}

    def hash_documents(self) -> TextArray:
        """For each node one hash of all its documents."""
        found = self.documents[self.starts[:-1]]
        for n in np.flatnonzero(np.diff(self.starts) > 1).tolist():
            found[n] = text_hash(*sorted(self.stands_in(n)))
        return found

    def find_homes(self, living: Iterable[Sequence[str]]) -> IntArray:
        """For each node the number of the group in `living` that its rows are in, the last of several; -1: none."""
        number = {row_id: n for n, members in enumerate(living) for row_id in members}
        homes = np.array([number.get(row_id, -1) for row_id in self.ids.tolist()], dtype=np.intp)
        return np.maximum.reduceat(homes, self.starts[:-1])

    def list_first(self, chosen: IntArray) -> list[str]:
        """The id of the first row of each of these nodes, which stands for the node."""
        return list(self.ids[self.starts[chosen]].tolist())

    def score(self, left: IntArray, right: IntArray) -> FloatArray:
        """Scores of pairs of nodes; only the nodes asked for are read."""
        if not len(left):
            return np.zeros(0)
        needed = sort_distinct(np.concatenate([left, right])).astype(np.intp)
        told = self.reader.describe(self.list_first(needed))
        return score_pairs(told, np.searchsorted(needed, left), np.searchsorted(needed, right), self.reader.figures)


NO_NUMBERS = np.zeros(0, dtype=np.intp)
NO_NAMES = np.zeros(0, dtype="U16")
NO_EDGES = Edges(NO_NUMBERS, NO_NUMBERS, np.zeros(0))
NOWHERE = Near(*(np.zeros((0, 0), dtype=np.int32) for _ in Near._fields))
NOTHING = Past(NO_NAMES, NO_NAMES, np.zeros((0, 0), np.int8), NOWHERE, NO_EDGES, NO_NUMBERS, NO_NUMBERS)


def read_ask(text: str) -> AskReading:
    """What grouping reads off `text`."""
    return AskReading(ask_core(text), is_only_form(text))


def list_rows(asks: Sequence[Ask], readings: Sequence[AskReading]) -> Rows:
    """What grouping has to know of each ask, all as if they came at once; `readings` are `read_ask` of their texts."""
    told = [
        (
            ask.id,
            # A row that holds a form's wording alone asks nothing, so two of them are not the same ask.
            text_hash(" ".join(reading.core.casefold().split()), ask.id if reading.is_form else ""),
            text_hash(ask.text),
            hash_document(ask),
        )
        for ask, reading in zip(asks, readings, strict=True)
    ]
    ids, reads, texts, documents = zip(*told, strict=True) if told else ((),) * 4
    return Rows(
        np.array(ids, dtype=np.str_),
        np.array(reads, dtype="U16"),
        np.array(texts, dtype="U16"),
        np.array(documents, dtype="U16"),
        np.zeros(len(told), dtype=np.intp),
    )


def gather_nodes(rows: Rows, reader: RowReader) -> Nodes:
    """The distinct asks. Their numbers, and so every tie, follow from content and not from the order of `rows`.

    A node is told by what it reads and by the text of its first row, by which it is compared.
    """
    order = np.lexsort((rows.ids, rows.reads))
    first = order[np.unique(rows.reads[order], return_index=True)[1]]
    names = [text_hash(*both) for both in zip(rows.reads[first].tolist(), rows.texts[first].tolist(), strict=True)]
    keys, place = np.unique(np.array(names, dtype="U16"), return_inverse=True)
    node = place[np.searchsorted(rows.reads[first], rows.reads)]  # of each row
    order = np.lexsort((rows.ids, node))
    starts = np.searchsorted(node[order], np.arange(len(keys) + 1))
    came = np.minimum.reduceat(rows.came[order], starts[:-1])
    return Nodes(keys, starts, rows.ids[order], rows.documents[order], came, reader)


def mark_centres(keys: TextArray, came: IntArray) -> BoolArray:
    """Which nodes are the centres of cells: of those that came first, as many as the last power of two, some by name.

    So the cells stay as they are night after night, and a night that meets all rows at once draws the same. They are
    drawn anew when the rows have doubled, and so stay of one size.
    """
    founders = np.lexsort((keys, came))[: 1 << max(0, len(keys).bit_length() - 1)]
    is_centre = np.zeros(len(keys), dtype=bool)
    is_centre[founders] = keys[founders] < CENTRES_BELOW
    return is_centre


def hash_document(ask: Ask) -> str:
    """A hash of the document of `ask`; where it names none, of who printed it when under what, marked as guessed.

    "" where that is not known either.
    """
    if ask.document is not None:
        return text_hash(ask.document)
    if ask.source is None or ask.published is None:
        return ""
    return GUESSED + text_hash(f"{ask.source} {ask.published} {ask.title}")[len(GUESSED) :]


def find_places(keys: TextArray, others: TextArray) -> IntArray:
    """For each of the sorted `keys` its place in the sorted `others`; -1: not there."""
    found = np.full(len(keys), -1, dtype=np.intp)
    shared, own, other = np.intersect1d(keys, others, assume_unique=True, return_indices=True)
    if len(shared):
        found[own] = other
    return found


def find_near_nodes(nodes: Nodes, past: Past) -> tuple[Rounded, Near]:
    """The rounded vectors of all nodes, and the nearest of each; only new nodes are read."""
    figures, place = nodes.reader.figures, find_places(nodes.keys, past.keys)
    old, fresh = np.flatnonzero(place >= 0), np.flatnonzero(place < 0)
    pieces = [past.rounded[place[old]]] if len(past.keys) else []
    for start in range(0, len(fresh), READ_AT_ONCE):
        vectors = nodes.reader.read_vectors(nodes.list_first(fresh[start : start + READ_AT_ONCE]))
        pieces.append(round_vectors(centre(vectors, figures.mean, figures.axes)))
    rounded = np.concatenate(pieces)[np.argsort(np.concatenate([old, fresh]))]
    then = find_places(past.keys, nodes.keys)
    known = Known(past.near, np.where(then < 0, GONE, then)) if len(past.keys) else None
    return rounded, find_near(rounded, mark_centres(nodes.keys, nodes.came), NEIGHBOURS, known)


def find_edges(nodes: Nodes, near: Near, past: Past) -> Edges:
    """The pairs of near nodes that may share a group; only pairs that were not near before are scored."""
    count, number = len(nodes.keys), find_places(past.keys, nodes.keys)
    now, before = _encode(pair_up(near), count), _encode(number[pair_up(past.near)], count)
    scored = number[np.stack(past.edges[:2], axis=1)]
    scores, held = past.edges.scores[(scored >= 0).all(axis=1)], _encode(scored, count)
    stands, fresh = np.isin(held, now, assume_unique=True), np.setdiff1d(now, before, assume_unique=True)
    found = nodes.score(*np.divmod(fresh, count))
    may_count = found >= nodes.reader.figures.cut - BELOW_CUT
    codes = np.concatenate([held[stands], fresh[may_count]])
    order = np.argsort(codes)
    left, right = np.divmod(codes[order], count)
    return Edges(left, right, np.concatenate([scores[stands], found[may_count]])[order])


def _encode(pairs: npt.NDArray[np.integer[Any]], count: int) -> IntArray:
    """One number for each of the pairs of `count` nodes of which both are there."""
    standing = pairs[(pairs >= 0).all(axis=1)].astype(np.intp)
    return standing[:, 0] * count + standing[:, 1]
