"""Themes and levers of a night, kept by document under all they rest on: only what is new or changed is read again."""

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from flows.iteration import in_batches
from flows.judged import load_judgements
from flows.read import Work, archive_lines, document_states, first_lines, load_extractions, refused_rows
from flows.vectors import keep_encoded, load_encoder, load_vectors, title_of
from pipeline import assign, embed
from pipeline.ids import text_hash
from pipeline.ledger import Ledger
from pipeline.levers import LeverReader, load_levers
from pipeline.records import Assignment, Extraction, Kind, Recommendation, StoredFile, ThemeEvent
from pipeline.registry import Registry, load_registry
from pipeline.settings import Settings
from pipeline.smart import read_smart
from pipeline.stages import StageCache, read_sealed, write_sealed
from pipeline.theme_records import ThemeQuality, Traits
from pipeline.workspace import Workspace

DOCUMENTS = 4096  # read and assigned at a time, so that memory does not grow with the warehouse


@dataclass(frozen=True, slots=True)
class Basis:
    """What all assignments rest on, each part as a hash: when one changes, every row is assigned again, and why."""

    model: str
    themes: dict[str, str]  # the registry's, by slug
    judgements: str
    levers: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of one document."""

    state: str  # of the document when it was assigned
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Index:
    """What is kept, by SHA-256, and the basis it was made on."""

    basis: Basis
    documents: dict[str, Kept]


@dataclass(frozen=True, slots=True)
class Themed:
    """The themes and levers of one document's rows."""

    assignments: tuple[Assignment, ...]
    traits: tuple[Traits, ...]


THEMED = TypeAdapter(Themed)
INDEX = TypeAdapter(Index)
QUALITY = TypeAdapter(tuple[ThemeQuality, ...])
NO_BASIS = Basis("", {}, "", "")


def assign_themes(settings: Settings, run_id: str, now: datetime) -> Work:
    """Give themes and levers to every row that is new or whose basis changed, and log each move of an old row."""
    lines = archive_lines(settings)
    states = document_states(settings, lines)
    if not states:
        return Work(0, 0)
    index, reviews = _load_index(settings), Ledger(Workspace(settings.data).ledger).reviews().records
    encoder, registry = load_encoder(settings), load_registry(settings.themes)
    places = {row: sha256 for sha256, kept in index.documents.items() for row in kept.rows}
    judgements = load_judgements(settings, reviews, places, states, registry)
    levers = load_levers()
    basis = _describe_basis(registry, encoder, judgements, levers)
    known = _cache(settings, basis).keys()
    as_it_was = {
        sha: kept for sha, kept in index.documents.items() if kept.state == states.get(sha) and _key(sha, kept) in known
    }
    fresh = [sha256 for sha256 in states if sha256 not in as_it_was]
    documents = dict(as_it_was)
    if fresh or read_sealed(_quality_path(settings)) is None:
        classifier = assign.load_classifier(registry, keep_encoded(settings, encoder), reviewed=judgements)
        workshop = _Workshop(settings, classifier, encoder, levers, lines, first_lines(lines))
        for batch in in_batches(fresh, DOCUMENTS):
            themed = workshop.theme(batch)
            _log_moves(settings, index, basis, themed, run_id, now)
            kept = {sha256: Kept(states[sha256], _ids(one)) for sha256, one in themed.items()}
            _cache(settings, basis).add({_key(sha, kept[sha]): THEMED.dump_json(one) for sha, one in themed.items()})
            documents |= kept
        write_sealed(_quality_path(settings), QUALITY.dump_json(_tell_quality(classifier)))
    write_sealed(_index_path(settings), INDEX.dump_json(Index(basis, documents)))
    _forget_others(settings, basis)
    rows = {row for kept in documents.values() for row in kept.rows} - refused_rows(reviews)
    return Work(len(rows), len(rows - places.keys()))


def load_themed(settings: Settings) -> Themed:
    """Last night's themes and levers of all rows, by id; none before the first night. Refused rows are left out."""
    index = _load_index(settings)
    keys = [_key(sha256, kept) for sha256, kept in index.documents.items()]
    found = _cache(settings, index.basis).read(keys)
    refused = refused_rows(Ledger(Workspace(settings.data).ledger).reviews().records)
    each = [THEMED.validate_json(found[key]) for key in keys if key in found]
    assignments = (one for themed in each for one in themed.assignments if one.recommendation_id not in refused)
    traits = (one for themed in each for one in themed.traits if one.recommendation_id not in refused)
    return Themed(tuple(sorted(assignments, key=_id_of)), tuple(sorted(traits, key=_id_of)))


def load_quality(settings: Settings) -> tuple[ThemeQuality, ...]:
    """How the themes fare on judged rows, as of the last night on which rows were assigned."""
    content = read_sealed(_quality_path(settings))
    return QUALITY.validate_json(content) if content else ()


def list_changes(old: Basis, new: Basis) -> list[str]:
    """What changed for every row since the assignments were made, in words; nothing before the first night."""
    if old == NO_BASIS:
        return []
    slugs = sorted(slug for slug in {*old.themes, *new.themes} if old.themes.get(slug) != new.themes.get(slug))
    told = [f"the registry changed ({', '.join(slugs)})"] if slugs else []
    told += ["the model changed"] if old.model != new.model else []
    return told + (["people judged rows"] if old.judgements != new.judgements else [])


def list_moves(
    before: Mapping[str, Assignment], after: Iterable[Assignment], run_id: str, now: datetime, reason: str
) -> list[ThemeEvent]:
    """An event for each row that had other themes before. A row seen for the first time has not moved."""
    events = []
    for one in after:
        old = before.get(one.recommendation_id)
        had, has = _slugs(old), _slugs(one)
        if old is not None and had != has:
            events.append(ThemeEvent(now, run_id, one.recommendation_id, had, has, reason))
    return events


def leave_out_logged(moves: Iterable[ThemeEvent], logged: Iterable[ThemeEvent]) -> list[ThemeEvent]:
    """The moves that a night that was stopped has not logged already: a row's last event says where it is."""
    last = {event.recommendation_id: event for event in logged}
    return [move for move in moves if not _is_same_move(last.get(move.recommendation_id), move)]


@dataclass(frozen=True, slots=True)
class _Workshop:
    """All that is needed to theme documents."""

    settings: Settings
    classifier: assign.Classifier
    encoder: embed.Encoder
    levers: LeverReader
    lines: Sequence[StoredFile]  # of the archive
    files: Mapping[str, StoredFile]  # the same, by document

    def theme(self, documents: Sequence[str]) -> dict[str, Themed]:
        """The themes and levers of the rows of these documents, by SHA-256."""
        wanted = set(documents)
        extractions = load_extractions(
            self.settings, with_passages=False, with_refused=True, only=wanted, lines=self.lines
        )
        rows = [row for sha256 in documents for row in extractions[sha256].recommendations]
        given = {one.recommendation_id: one for one in self._classify(rows, extractions)}
        return {
            sha256: Themed(
                tuple(given[row.recommendation_id] for row in extractions[sha256].recommendations),
                tuple(tell_traits(row, self.levers) for row in extractions[sha256].recommendations),
            )
            for sha256 in documents
        }

    def _classify(
        self, rows: Sequence[Recommendation], extractions: Mapping[str, Extraction]
    ) -> tuple[Assignment, ...]:
        titles = [title_of(self.files[row.sha256], extractions[row.sha256]) for row in rows]
        texts = [row.text for row in rows]
        return self.classifier.classify(
            [row.recommendation_id for row in rows],
            texts,
            titles,
            load_vectors(self.settings, texts, self.encoder),
            documents=[row.sha256 if row.kind == Kind.CONCERN else None for row in rows],
            title_vectors=self._load_title_vectors(titles),
        )

    def _load_title_vectors(self, titles: Sequence[str | None]) -> NDArray[np.float32]:
        distinct = sorted({title for title in titles if title})
        known = dict(zip(distinct, load_vectors(self.settings, distinct, self.encoder), strict=True))
        blank = np.zeros(self.encoder.dimension, np.float32)
        vectors = [known[title] if title else blank for title in titles]
        return np.array(vectors, np.float32).reshape(len(titles), self.encoder.dimension)


def tell_traits(row: Recommendation, levers: LeverReader) -> Traits:
    """The levers and the flags of one row."""
    hits = levers.find(row.text)
    smart = read_smart(row.text, addressed=bool(row.addressees), dated=bool(row.deadline))
    named, words = tuple(hit.lever for hit in hits), tuple(hit.words for hit in hits)
    return Traits(row.recommendation_id, named, words, smart.who, smart.what, smart.when)


def _log_moves(
    settings: Settings, index: Index, basis: Basis, themed: Mapping[str, Themed], run_id: str, now: datetime
) -> None:
    keys = [_key(sha256, index.documents[sha256]) for sha256 in themed if sha256 in index.documents]
    if not keys:
        return
    kept = [THEMED.validate_json(payload) for payload in _cache(settings, index.basis).read(keys).values()]
    before = {one.recommendation_id: one for each in kept for one in each.assignments}
    after = (one for each in themed.values() for one in each.assignments)
    reason = "assigned again: " + (
        ", ".join(list_changes(index.basis, basis)) or "its document was read or titled anew"
    )
    ledger = Ledger(Workspace(settings.data).ledger)
    moves = list_moves(before, after, run_id, now, reason)
    ledger.add_theme_events(leave_out_logged(moves, ledger.theme_events().records))


def _describe_basis(
    registry: Registry, encoder: embed.Encoder, judgements: Sequence[assign.Judgement], levers: LeverReader
) -> Basis:
    return Basis(
        model=assign.model_version(encoder),
        themes={theme.slug: text_hash(repr(theme)) for theme in registry.themes},
        judgements=text_hash(*sorted(repr(one) for one in judgements)),
        levers=levers.version,
    )


def _tell_quality(classifier: assign.Classifier) -> tuple[ThemeQuality, ...]:
    told = []
    for slug, learnt in sorted(classifier.learnt.items()):
        after = learnt.after
        told.append(
            ThemeQuality(
                slug, learnt.judged, learnt.belonging,
                learnt.before.precision, learnt.before.recall, learnt.before.f1, learnt.before.brier,
                after.precision if after else None, after.recall if after else None,
                after.f1 if after else None, after.brier if after else None,
                learnt.correction is not None,
            )
        )  # fmt: skip
    return tuple(told)


def _load_index(settings: Settings) -> Index:
    content = read_sealed(_index_path(settings))
    return INDEX.validate_json(content) if content else Index(NO_BASIS, {})


def _index_path(settings: Settings) -> Path:
    return Workspace(settings.data).stages / "themed_index.json"


def _quality_path(settings: Settings) -> Path:
    return Workspace(settings.data).stages / "theme_quality.json"


def _cache(settings: Settings, basis: Basis) -> StageCache:
    """A folder for each basis, so that what rests on an old one goes in one piece."""
    return StageCache(
        Workspace(settings.data).stages / "themed" / text_hash(INDEX.dump_json(Index(basis, {})).decode())
    )


def _forget_others(settings: Settings, basis: Basis) -> None:
    kept = _cache(settings, basis).folder
    for folder in sorted(kept.parent.glob("*")):
        if folder != kept:
            shutil.rmtree(folder)


def _key(sha256: str, kept: Kept) -> str:
    return text_hash(sha256, kept.state)


def _ids(themed: Themed) -> tuple[str, ...]:
    return tuple(one.recommendation_id for one in themed.assignments)


def _id_of(one: Assignment | Traits) -> str:
    return one.recommendation_id


def _slugs(assignment: Assignment | None) -> tuple[str, ...]:
    return tuple(sorted(score.theme for score in assignment.themes)) if assignment else ()


def _is_same_move(old: ThemeEvent | None, new: ThemeEvent) -> bool:
    return old is not None and replace(old, recorded_at=new.recorded_at, run_id=new.run_id) == new
