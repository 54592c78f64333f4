"""All that one night knows, as the warehouse takes it; records only, no DuckDB."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from pipeline.records import (
    Assignment,
    CommonRecommendation,
    Extraction,
    IdentityEvent,
    Issue,
    Link,
    Passage,
    Recommendation,
    Review,
    RunRecord,
    StoredFile,
    ThemeEvent,
)
from pipeline.theme_records import Proposal, ThemeQuality, Traits
from pipeline.versions import Succession, find_superseded
from pipeline.visits import DocumentEvent, EventKind

Vectors: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One publisher's stream, and whether tonight could read it."""

    name: str
    title: str
    publisher: str | None = None
    licence: str | None = None
    homepage: str | None = None
    is_missing_tonight: bool = False
    last_good: date | None = None


@dataclass(frozen=True, slots=True)
class ListedRow:
    """A document as its publisher lists it, and what came of it: `outcome` is fetched, passed_over (of no interest),
    waiting (not asked yet), blocked, challenge, gone, refused (by this side) or failed.
    """

    source: str
    connector: str
    url: str
    published: date | None = None
    outcome: str = "fetched"
    message: str | None = None
    is_restricted: bool = False


@dataclass(frozen=True, slots=True)
class ThemeRow:
    """One entry of the theme registry."""

    slug: str
    name: str
    kind: str
    lead: str
    definition: str
    inclusions: tuple[str, ...] = ()
    exclusions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExpectedCount:
    """The least that people expect of a source and year; year None: undated documents."""

    source: str
    year: int | None
    documents: int
    recommendations: int  # restatements not counted


@dataclass(frozen=True, slots=True)
class Parameters:
    """The stated rules: perennial, and how long a duty-bound addressee has to answer.

    A coroner's report (Coroners (Investigations) Regulations 2013, regulation 29) and a paragraph 28A
    recommendation (Police Reform Act 2002, schedule 3) must be answered within 56 days.
    """

    years_needed: int = 3
    window_years: int = 5
    bodies_needed: int = 2
    response_days: int = 56
    response_sources: tuple[str, ...] = ("pfd", "iopc")
    sure_enough: float = 0.7  # an extracted row of less confidence is asked about: is it an ask?


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a warehouse is built from; the order of any sequence does not matter, save that of the vectors.

    `recommendation_vectors` is (n, d) in the order of `list_recommendations`, `passage_vectors` (m, d) in that of
    `list_passages`; None: no semantic search. Lines of `files` with one sha256 are one document: the first fetched
    describes it, all addresses are kept, and one restricted line makes it restricted. `shared` says when a
    recommendation first went out in a digest. `replaced` is what was read of versions that were replaced since: history
    needs it, and no other table shows it.
    """

    as_of: date
    files: Sequence[StoredFile]
    extractions: Mapping[str, Extraction]
    runs: Sequence[RunRecord] = ()
    sources: Sequence[SourceRow] = ()
    assignments: Sequence[Assignment] = ()
    themes: Sequence[ThemeRow] = ()
    commons: Sequence[CommonRecommendation] = ()
    names: Mapping[str, str] = field(default_factory=dict)  # of common recommendations: the review that says it, by id
    links: Sequence[Link] = ()
    identity_events: Sequence[IdentityEvent] = ()
    theme_events: Sequence[ThemeEvent] = ()
    reviews: Sequence[Review] = ()
    issues: Sequence[Issue] = ()
    passage_vectors: Vectors | None = None
    recommendation_vectors: Vectors | None = None
    model_revision: str | None = None
    parameters: Parameters = field(default_factory=Parameters)
    shared: Mapping[str, date] = field(default_factory=dict)
    listings: Sequence[ListedRow] = ()
    document_events: Sequence[DocumentEvent] = ()
    traits: Sequence[Traits] = ()
    proposals: Sequence[Proposal] = ()
    theme_quality: Sequence[ThemeQuality] = ()
    replaced: Mapping[str, Extraction] = field(default_factory=dict)
    expected: Sequence[ExpectedCount] = ()


def list_recommendations(extractions: Mapping[str, Extraction]) -> list[Recommendation]:
    """Every recommendation by document hash, then as extracted: the order of the vectors."""
    return [item for extraction in _in_order(extractions) for item in extraction.recommendations]


def list_passages(extractions: Mapping[str, Extraction]) -> list[Passage]:
    """Every passage by document hash, then as extracted: the order of the vectors."""
    return [item for extraction in _in_order(extractions) for item in extraction.passages]


def describe_documents(facts: Facts) -> dict[str, list[StoredFile]]:
    """The lines of each document by hash, first fetched first."""
    documents: dict[str, list[StoredFile]] = {}
    for file in sorted(facts.files, key=lambda f: (f.sha256, f.fetched_at, f.ref.connector, f.ref.url)):
        documents.setdefault(file.sha256, []).append(file)
    return documents


def find_published(facts: Facts) -> dict[str, date | None]:
    """The publication day of each document: as listed, else as the document says."""
    return {
        sha256: next((f.ref.published for f in files if f.ref.published), None) or _stated(facts, sha256)
        for sha256, files in describe_documents(facts).items()
    }


def find_successions(facts: Facts) -> dict[str, Succession]:
    """The documents that were replaced at their addresses, by hash."""
    return find_superseded(facts.files)


def find_withdrawn(facts: Facts) -> dict[str, date]:
    """The day each document was withdrawn, by hash: as its publisher says, else as a crawl noticed."""
    days: dict[str, date] = {}
    for event in sorted(facts.document_events, key=lambda one: one.noticed_at):
        if event.kind == EventKind.WITHDRAWN:
            days[event.sha256] = event.happened_on or event.noticed_at.date()
        elif event.kind == EventKind.RETURNED:
            days.pop(event.sha256, None)
    for file in facts.files:
        if file.ref.withdrawn_on:
            days[file.sha256] = file.ref.withdrawn_on
    return days


def _stated(facts: Facts, sha256: str) -> date | None:
    extraction = facts.extractions.get(sha256)
    return extraction.facts.published if extraction else None


def _in_order(extractions: Mapping[str, Extraction]) -> Iterator[Extraction]:
    return (extractions[sha256] for sha256 in sorted(extractions))
