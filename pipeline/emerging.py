"""Emerging themes: what the registry does not cover, clustered, named from its own words, offered to people.

Rows without a theme are clustered by meaning (HDBSCAN), each text once, however often it was printed; what hangs
together too loosely is not offered. A cluster is named by the words that mark it against the other rows (class-based
TF-IDF, Grootendorst 2022, counted by rows: how many of the cluster say a word, times how much rarer it is elsewhere)
and shown by its most central text. Words that are mostly written with a capital, or stand in one document only, name
nobody's cluster: so names of people stay out. People accept or decline; a declined proposal comes back only when it
has grown.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.cluster import find_clusters
from pipeline.theme_records import Proposal, ProposalDecision

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy.typing as npt

    FloatArray = npt.NDArray[np.floating[Any]]

LEAST_ROWS = 6
LEAST_DOCUMENTS = 3
LEAST_TIGHT = 0.65  # mean cosine of the rows to their centre; below it a reader saw no common matter
LEAST_SHARE = 0.2  # of a cluster's rows that say a word which names it
NAME_WORDS = 3
KEYWORDS = 8
GROWN = 1.5  # times the rows at the time it was declined
SAME_SHARE = 0.5  # of the rows of a decided proposal; with so many in common a new one is that one again
YEAR = timedelta(days=365)
_WORD = re.compile(r"[A-Za-z][a-z]{3,}(?:-[a-z]+)?")
_PLAIN = frozenset(
    """
    about above after again also although among another any because been before being between both cannot
    concern concerned concerns consider consideration could court death deaths does during each ensure
    evidence from further future given giving have having heard here inquest into itself made make matter
    matters more most must need needs other over recommend recommendation recommendations recommends report
    review risk same shall should some such than that their them then there these they this those through
    time under until upon were what when where whether which while with within without would your will only
    very
    """.split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A row that no theme covers."""

    id: str
    text: str
    document: str
    body: str | None = None
    published: date | None = None


def propose_themes(rows: Sequence[Uncovered], vectors: FloatArray, as_of: date) -> tuple[Proposal, ...]:
    """Proposals without lasting ids (that of the first row stands in), largest first; the order of rows does not count.

    `vectors` are the rows' unit vectors, shape (rows, dimension). Raises `ValueError` when lengths differ.
    """
    if len(rows) != len(vectors):
        raise ValueError("rows and vectors must have one entry for each row")
    order = sorted(range(len(rows)), key=lambda n: (rows[n].text, rows[n].id))
    ordered = [rows[n] for n in order]
    sorted_vectors = np.asarray(vectors)[order]
    printed: dict[str, list[int]] = {}
    for n, row in enumerate(ordered):
        printed.setdefault(row.text, []).append(n)
    first = [places[0] for places in printed.values()]
    loose = [[first[n] for n in cluster] for cluster in find_clusters(sorted_vectors[first], LEAST_ROWS)]
    kept = [cluster for cluster in loose if _hangs_together([ordered[n] for n in cluster], sorted_vectors[cluster])]
    clusters = [sorted(place for n in cluster for place in printed[ordered[n].text]) for cluster in kept]
    words = name_clusters([[ordered[n] for n in cluster] for cluster in clusters], ordered)
    found = [
        _describe([ordered[n] for n in cluster], sorted_vectors[cluster], marking, as_of)
        for cluster, marking in zip(clusters, words, strict=True)
    ]
    return tuple(sorted(found, key=lambda one: (-len(one.member_ids), one.proposal_id)))


def name_clusters(clusters: Sequence[Sequence[Uncovered]], rows: Iterable[Uncovered]) -> list[tuple[str, ...]]:
    """For each cluster the words that mark it against all rows, most telling first; of a word and its plural one."""
    saying: Counter[str] = Counter()
    count = 0
    for row in rows:
        saying.update(set(_read_words(row.text)))
        count += 1
    return [_name_cluster(cluster, saying, count) for cluster in clusters]


def _name_cluster(cluster: Sequence[Uncovered], saying: Mapping[str, int], count: int) -> tuple[str, ...]:
    by_row: Counter[str] = Counter()
    documents: dict[str, set[str]] = {}
    times: Counter[str] = Counter()
    lower: Counter[str] = Counter()
    for row in cluster:
        by_row.update(set(_read_words(row.text)))
        for written in _WORD.findall(row.text):
            word = written.casefold()
            times[word] += 1
            lower[word] += written[0].islower()
            documents.setdefault(word, set()).add(row.document)
    telling = {
        word: said / len(cluster) * float(np.log(said / len(cluster) / (saying[word] / count)))
        for word, said in by_row.items()
        if word not in _PLAIN and said >= LEAST_SHARE * len(cluster)
        if 2 * lower[word] > times[word] and len(documents[word]) > 1
    }
    named: list[str] = []
    for word in sorted(telling, key=lambda word: (-telling[word], word)):
        if telling[word] > 0 and not any(word in (f"{one}s", one.rstrip("s")) for one in named):
            named.append(word)
    return tuple(named[:KEYWORDS])


def settle_proposals(proposals: Iterable[Proposal], decisions: Sequence[ProposalDecision]) -> tuple[Proposal, ...]:
    """The proposals with their state after what people decided, oldest decision first.

    A decision holds for the proposal with its id, and for another that shares half of the rows it was made on, so
    that a proposal which dissolved and formed again is not offered afresh.
    """
    return tuple(_settle(proposal, decisions) for proposal in proposals)


def _settle(proposal: Proposal, decisions: Sequence[ProposalDecision]) -> Proposal:
    state = replace(proposal, state="proposed", decided_by=None)
    for decision in decisions:
        if not _concerns(decision, proposal):
            continue
        if decision.decision == "withdrawn":
            state = replace(state, state="proposed", decided_by=None)
        elif decision.decision == "declined" and len(proposal.member_ids) >= GROWN * len(decision.member_ids):
            state = replace(state, state="proposed again", decided_by=decision.decided_by)
        else:
            state = replace(state, state=decision.decision, decided_by=decision.decided_by)
    return state


def _concerns(decision: ProposalDecision, proposal: Proposal) -> bool:
    shared = len(set(decision.member_ids) & set(proposal.member_ids))
    return decision.proposal_id == proposal.proposal_id or shared >= SAME_SHARE * len(decision.member_ids)


def _hangs_together(rows: Sequence[Uncovered], vectors: FloatArray) -> bool:
    centre = vectors.mean(axis=0)
    tight = float((vectors @ (centre / np.linalg.norm(centre))).mean())
    return len({row.document for row in rows}) >= LEAST_DOCUMENTS and tight >= LEAST_TIGHT


def _describe(rows: Sequence[Uncovered], vectors: FloatArray, words: tuple[str, ...], as_of: date) -> Proposal:
    nearness = np.round(vectors @ vectors.mean(axis=0), 4)
    central = min(range(len(rows)), key=lambda n: (-nearness[n], len(rows[n].text), rows[n].id))
    days = [row.published for row in rows if row.published]
    return Proposal(
        proposal_id=min(row.id for row in rows),
        name=", ".join(words[:NAME_WORDS]) or "unnamed",
        keywords=words,
        central_id=rows[central].id,
        member_ids=tuple(sorted(row.id for row in rows)),
        bodies=tuple(sorted({row.body for row in rows if row.body})),
        years=tuple(sorted({day.year for day in days})),
        recent=sum(as_of - YEAR < day <= as_of for day in days),
        earlier=sum(as_of - 2 * YEAR < day <= as_of - YEAR for day in days),
        state="proposed",
    )


def _read_words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def name_proposals(proposals: Iterable[Proposal], ids: Mapping[str, str]) -> tuple[Proposal, ...]:
    """The proposals under their lasting ids, by first row."""
    return tuple(replace(proposal, proposal_id=ids[proposal.member_ids[0]]) for proposal in proposals)
