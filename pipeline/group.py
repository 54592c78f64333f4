"""Common recommendations: rows that ask for the same thing, found by neighbours, re-scored pairs and linkage.

1. Rows whose asks read the same are one node. 2. Each node's nearest neighbours by embedding are candidate pairs.
3. A pair's score is its cosine, after removal of what all police texts have in common, plus the overlap of their
content words, less a penalty where one forbids what the other demands or they speak of other people or places. It
depends on the two rows alone, so a new night cannot change it. 4. Pairs above the cut make a graph. In each of its
components average linkage at the cut keeps rows that are near to all the others, not to one only; in a large
component, a chain of topics, HDBSCAN first finds the dense parts (on small ones, HDBSCAN was measured worse).
The figures are in `group_model.json`, fitted by `tests/fit_groups.py`.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.wording import Lexicon, WordReader, ask_core, find_facets, is_prohibition

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt
    from scipy.sparse import csr_matrix

    from pipeline.records import Ask

    FloatArray = npt.NDArray[np.floating[Any]]

FITTED = Path(__file__).with_name("group_model.json")
NEIGHBOURS = 12
COMPONENT_LIMIT = 400  # nodes; a larger component is cut more tightly before its distances are written out
TIGHTER = 0.05
PLAIN_WORD = 1.2  # weight below which a word is too ordinary to count
KEYWORDS = 5
CHAIN = 25  # nodes; a larger component is a chain of topics, in which HDBSCAN first finds the dense parts
FULL_SCORE = 2.0  # above what two different asks reach; distances are counted down from it


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """The fitted figures of pair scoring."""

    encoder: str  # start of the hash of the weights whose vectors `mean` and `axes` belong to
    mean: FloatArray  # (dimension,), of the background texts
    axes: FloatArray  # (axes, dimension), directions that all the texts share
    lexicon: Lexicon
    word_weight: float  # of the cosine of words, 0 to 1
    shared_weight: float  # of the logarithm of the weight of the words in common
    penalty: float
    cut: float


@dataclass(frozen=True, slots=True)
class Description:
    """What a group is shown by."""

    representative: int  # index of the most central text
    keywords: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Nodes:
    """One node for each distinct ask; everything that pair scoring needs, in one order."""

    members: tuple[tuple[str, ...], ...]
    vectors: FloatArray
    words: csr_matrix  # unit rows, for the cosine of words
    marks: csr_matrix  # root of each word's weight, for the weight of the words two rows share
    forbids: npt.NDArray[np.bool_]
    facets: tuple[tuple[frozenset[str], ...], ...]


def group_asks(
    asks: Sequence[Ask], vectors: FloatArray, *, figures: GroupFigures | None = None
) -> tuple[tuple[str, ...], ...]:
    """The groups of two or more ids that ask for the same thing, each sorted, in the order of their first id.

    `vectors`, shape (asks, dimension), are the encoder's for `ask_core` of each text. The order of `asks` does not
    count. Raises `ValueError` when lengths differ or an id occurs twice.
    """
    if len(asks) != len(vectors):
        raise ValueError("asks and vectors must have one entry for each row")
    if len({ask.id for ask in asks}) != len(asks):
        raise ValueError("an id occurs more than once")
    if not asks:
        return ()
    fitted = load_figures() if figures is None else figures
    nodes = _build_nodes(asks, vectors, fitted)
    groups = [nodes.members[n] for n in range(len(nodes.members)) if len(nodes.members[n]) > 1]
    if len(nodes.members) > 1:
        joined = _join_nodes(nodes, fitted)
        taken = {n for component in joined for n in component}
        groups = [nodes.members[n] for n in range(len(nodes.members)) if n not in taken and len(nodes.members[n]) > 1]
        groups += [tuple(sorted(i for n in component for i in nodes.members[n])) for component in joined]
    return tuple(sorted(groups))


def describe_group(texts: Sequence[str], vectors: FloatArray, *, figures: GroupFigures | None = None) -> Description:
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


def load_figures(path: Path = FITTED) -> GroupFigures:
    """The fitted figures in `path`."""
    written = json.loads(path.read_text(encoding="utf-8"))
    return GroupFigures(
        encoder=written["encoder"],
        mean=np.array(written["mean"], dtype=np.float32),
        axes=np.array(written["axes"], dtype=np.float32),
        lexicon=Lexicon(written["document_count"], written["document_frequency"]),
        word_weight=written["word_weight"],
        shared_weight=written["shared_weight"],
        penalty=written["penalty"],
        cut=written["cut"],
    )


def _build_nodes(asks: Sequence[Ask], vectors: FloatArray, figures: GroupFigures) -> _Nodes:
    rows: dict[str, list[int]] = defaultdict(list)
    cores = [ask_core(ask.text) for ask in asks]
    for n, core in enumerate(cores):
        rows[" ".join(core.casefold().split())].append(n)
    # Sorted by text: numbers of nodes, and so every tie below, follow from content and not from the order given.
    ordered = [sorted(rows[key], key=lambda n: asks[n].id) for key in sorted(rows)]
    members = [tuple(asks[n].id for n in numbers) for numbers in ordered]
    first = [numbers[0] for numbers in ordered]
    return _describe_nodes(members, [asks[n].text for n in first], np.asarray(vectors)[first], figures)


def _describe_nodes(
    members: Sequence[tuple[str, ...]], texts: Sequence[str], vectors: FloatArray, figures: GroupFigures
) -> _Nodes:
    words, marks = _weigh_words([ask_core(text) for text in texts], figures.lexicon)
    return _Nodes(
        members=tuple(members),
        vectors=_centre(vectors, figures),
        words=words,
        marks=marks,
        forbids=np.array([is_prohibition(text) for text in texts]),
        facets=tuple(find_facets(text) for text in texts),
    )


def _centre(vectors: FloatArray, figures: GroupFigures) -> FloatArray:
    """Unit vectors without the mean and the directions that all texts share (Mu and Viswanath 2018)."""
    if vectors.shape[1] != figures.mean.shape[0]:
        return vectors
    centred = vectors - figures.mean
    centred = centred - (centred @ figures.axes.T) @ figures.axes
    return np.asarray(centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-9))


def _weigh_words(cores: Sequence[str], lexicon: Lexicon) -> tuple[csr_matrix, csr_matrix]:
    from scipy.sparse import csr_matrix

    reader = WordReader(lexicon)
    counts = [reader.count(core) for core in cores]
    column = {stem: n for n, stem in enumerate(sorted({stem for count in counts for stem in count}))}
    units: list[float] = []
    roots: list[float] = []
    columns: list[int] = []
    starts = [0]
    for count in counts:
        kept = [(stem, lexicon.weigh(stem)) for stem in sorted(count) if lexicon.weigh(stem) > PLAIN_WORD]
        weights = np.array([(1.0 + np.log(count[stem])) * weight for stem, weight in kept])
        units.extend((weights / max(float(np.linalg.norm(weights)), 1e-9)).tolist())
        roots.extend(float(np.sqrt(weight - PLAIN_WORD)) for _, weight in kept)
        columns.extend(column[stem] for stem, _ in kept)
        starts.append(len(columns))
    shape = (len(cores), max(1, len(column)))
    return csr_matrix((units, columns, starts), shape=shape), csr_matrix((roots, columns, starts), shape=shape)


def _score(nodes: _Nodes, left: npt.NDArray[np.intp], right: npt.NDArray[np.intp], figures: GroupFigures) -> FloatArray:
    cosine = np.einsum("ij,ij->i", nodes.vectors[left], nodes.vectors[right])
    overlap = np.asarray(nodes.words[left].multiply(nodes.words[right]).sum(axis=1)).ravel()
    opposed = nodes.forbids[left] != nodes.forbids[right]
    apart = np.array(
        [_count_apart(nodes.facets[i], nodes.facets[j]) for i, j in zip(left.tolist(), right.tolist(), strict=True)],
        dtype=float,
    )
    shared = np.log1p(np.asarray(nodes.marks[left].multiply(nodes.marks[right]).sum(axis=1)).ravel())
    score = cosine + figures.word_weight * overlap + figures.shared_weight * shared
    score -= figures.penalty * (opposed.astype(float) + apart)
    return np.asarray(np.round(score, 4))


def _count_apart(left: tuple[frozenset[str], ...], right: tuple[frozenset[str], ...]) -> int:
    return sum(bool(one and other and not one & other) for one, other in zip(left, right, strict=True))


def _join_nodes(nodes: _Nodes, figures: GroupFigures) -> list[list[int]]:
    left, right = _find_candidates(nodes.vectors)
    scores = _score(nodes, left, right, figures)
    kept = scores >= figures.cut
    edges = list(zip(left[kept].tolist(), right[kept].tolist(), scores[kept].tolist(), strict=True))
    found: list[list[int]] = []
    pending = _find_components(edges, figures.cut)
    while pending:
        component, cut = pending.pop()
        if len(component) > COMPONENT_LIMIT:
            inside = set(component)
            pending += _find_components([e for e in edges if e[0] in inside and e[1] in inside], cut + TIGHTER)
        else:
            found += _split_component(sorted(component), nodes, figures)
    return sorted(found)


def _find_candidates(vectors: FloatArray) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    from sklearn.neighbors import NearestNeighbors

    count = min(NEIGHBOURS + 1, len(vectors))
    # Unit vectors: Euclidean order is cosine order. Brute force works in blocks, so memory does not grow with pairs.
    near = NearestNeighbors(n_neighbors=count, algorithm="brute").fit(vectors).kneighbors(vectors)[1]
    pairs = {(min(n, other), max(n, other)) for n, others in enumerate(near.tolist()) for other in others if other != n}
    ordered = np.array(sorted(pairs), dtype=np.intp).reshape(-1, 2)
    return ordered[:, 0], ordered[:, 1]


def _find_components(edges: Iterable[tuple[int, int, float]], cut: float) -> list[tuple[list[int], float]]:
    parent: dict[int, int] = {}

    def find(node: int) -> int:
        while parent.setdefault(node, node) != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for left, right, score in edges:
        if score >= cut:
            parent[find(left)] = find(right)
    components: dict[int, list[int]] = defaultdict(list)
    for node in sorted(parent):
        components[find(node)].append(node)
    return [(component, cut) for component in components.values()]


def _split_component(component: list[int], nodes: _Nodes, figures: GroupFigures) -> list[list[int]]:
    if len(component) == 2:
        return [component]
    size = len(component)
    left, right = (np.array(component)[side] for side in np.triu_indices(size, 1))
    scores = _score(nodes, left, right, figures)
    distances = np.zeros((size, size))
    distances[np.triu_indices(size, 1)] = np.maximum(0.0, FULL_SCORE - scores)
    distances += distances.T
    parts = _find_dense(distances) if size > CHAIN else [list(range(size))]
    groups = [piece for part in parts for piece in _cut_linkage(part, distances, FULL_SCORE - figures.cut)]
    return [[component[n] for n in group] for group in groups]


def _find_dense(distances: FloatArray) -> list[list[int]]:
    from hdbscan import HDBSCAN

    labels = HDBSCAN(min_cluster_size=2, min_samples=1, metric="precomputed", allow_single_cluster=True).fit_predict(
        distances
    )
    parts: dict[int, list[int]] = defaultdict(list)
    for n, label in enumerate(labels.tolist()):
        if label >= 0:
            parts[label].append(n)
    return [parts[label] for label in sorted(parts) if len(parts[label]) > 1]


def _cut_linkage(part: list[int], distances: FloatArray, widest: float) -> list[list[int]]:
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    inside = distances[np.ix_(part, part)]
    labels = fcluster(linkage(squareform(inside, checks=False), "average"), widest, "distance")
    pieces: dict[int, list[int]] = defaultdict(list)
    for n, label in enumerate(labels.tolist()):
        pieces[label].append(part[n])
    return [piece for piece in pieces.values() if len(piece) > 1]
