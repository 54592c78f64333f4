"""Emerging themes: what the registry does not cover, clustered, named from its own words, offered to people.

Rows without a theme are clustered by meaning (HDBSCAN); a cluster is named by the words that mark it against the
other rows (class-based TF-IDF, Grootendorst 2022) and shown by its most central text. Words that are mostly written
with a capital, or stand in one document only, name nobody's cluster: so names of people stay out. People accept or
decline; a declined proposal comes back only when it has grown.
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
    clusters = [
        cluster
        for cluster in find_clusters(sorted_vectors, LEAST_ROWS)
        if len({ordered[n].document for n in cluster}) >= LEAST_DOCUMENTS
    ]
    words = name_clusters([[ordered[n] for n in cluster] for cluster in clusters], ordered)
    found = [
        _describe([ordered[n] for n in cluster], sorted_vectors[cluster], marking, as_of)
        for cluster, marking in zip(clusters, words, strict=True)
    ]
    return tuple(sorted(found, key=lambda one: (-len(one.member_ids), one.proposal_id)))


def name_clusters(clusters: Sequence[Sequence[Uncovered]], rows: Iterable[Uncovered]) -> list[tuple[str, ...]]:
    """For each cluster the words that mark it against all rows, most telling first (class-based TF-IDF)."""
    whole: Counter[str] = Counter()
    for row in rows:
        whole.update(_read_words(row.text))
    average = sum(whole.values()) / max(1, len(clusters))
    named = []
    for cluster in clusters:
        counts: Counter[str] = Counter()
        documents: dict[str, set[str]] = {}
        lower: Counter[str] = Counter()
        for row in cluster:
            for written in _WORD.findall(row.text):
                word = written.casefold()
                counts[word] += 1
                lower[word] += written[0].islower()
                documents.setdefault(word, set()).add(row.document)
        telling = {
            word: times * float(np.log1p(average / whole[word]))
            for word, times in counts.items()
            if word not in _PLAIN and 2 * lower[word] > times and len(documents[word]) > 1
        }
        named.append(tuple(sorted(telling, key=lambda word: (-telling[word], word))[:KEYWORDS]))
    return named


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
