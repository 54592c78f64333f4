"""Themes of a night: assignments kept while what they rest on is unchanged, moves with a reason, levers, proposals."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from flows.read import Work, archived_documents, load_extractions, recommendations_of
from flows.vectors import load_vectors, title_of
from pipeline import assign, embed, emerging, identity
from pipeline.ids import text_hash
from pipeline.ledger import Ledger
from pipeline.levers import load_levers
from pipeline.records import Assignment, Extraction, Kind, Recommendation, Review, StoredFile, ThemeEvent
from pipeline.refusal import Refusal
from pipeline.registry import Registry, load_registry
from pipeline.settings import Settings
from pipeline.smart import read_smart
from pipeline.store import read_lines, write_whole
from pipeline.theme_records import Proposal, ProposalDecision, ThemeQuality, Traits
from pipeline.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Basis:
    """What assignments rest on, each part as a hash: when one changes, rows are assigned again, and it is named."""

    model: str
    themes: dict[str, str]  # the registry's, by slug
    judgements: str
    levers: str
    documents: dict[str, str]  # titles, texts, addressees and deadlines, by document


ASSIGNMENT = TypeAdapter(Assignment)
TRAITS = TypeAdapter(Traits)
QUALITY = TypeAdapter(ThemeQuality)
PROPOSAL = TypeAdapter(Proposal)
BASIS = TypeAdapter(Basis)


class NoSuchProposal(Refusal):
    """A decision that cannot be recorded, in one sentence."""


NO_BASIS = Basis("", {}, "", "", {})


def assign_themes(settings: Settings, run_id: str, now: datetime) -> Work:
    """Give themes and levers to every row that is new or whose basis changed, and log each move of an old row."""
    files = archived_documents(settings)
    extractions = load_extractions(settings, with_passages=False)
    rows = recommendations_of(extractions)
    if not rows:
        return Work(0, 0)
    encoder = embed.load_encoder(settings.encoder)
    registry = load_registry(settings.themes)
    ledger = Ledger(Workspace(settings.data).ledger)
    judgements = list_judgements(ledger.reviews().records, rows, files, extractions, registry)
    old, basis = _load_basis(settings), _describe_basis(registry, encoder, judgements, rows, files, extractions)
    before = {one.recommendation_id: one for one in load_assignments(settings)}
    changed = list_changes(old, basis)
    stale = [row for row in rows if changed or _is_stale(row, before, old, basis)]
    fresh: dict[str, Assignment] = {}
    if stale:
        classifier = assign.load_classifier(registry, encoder, reviewed=judgements)
        fresh = _classify(settings, classifier, encoder, stale, files, extractions)
        _write(settings, "theme_quality", QUALITY, _tell_quality(classifier))
    assigned = [fresh.get(row.recommendation_id) or before[row.recommendation_id] for row in rows]
    reason = "assigned again: " + (", ".join(changed) if changed else "its document was read or titled anew")
    ledger.add_theme_events(list_moves(before, assigned, run_id, now, reason))
    _write(settings, "traits", TRAITS, _tell_traits(settings, rows, {row.recommendation_id for row in stale}))
    _write(settings, "assignments", ASSIGNMENT, assigned)
    write_whole(_path(settings, "assignment_basis"), BASIS.dump_json(basis))
    return Work(len(assigned), sum(one.recommendation_id not in before for one in assigned))


def load_assignments(settings: Settings) -> tuple[Assignment, ...]:
    """Last night's themes; none before the first night."""
    return read_lines(_path(settings, "assignments"), ASSIGNMENT).records


def load_traits(settings: Settings) -> tuple[Traits, ...]:
    """Last night's levers and flags."""
    return read_lines(_path(settings, "traits"), TRAITS).records


def load_quality(settings: Settings) -> tuple[ThemeQuality, ...]:
    """How the themes fare on judged rows, as of the last night on which rows were assigned."""
    return read_lines(_path(settings, "theme_quality"), QUALITY).records


def load_proposals(settings: Settings) -> tuple[Proposal, ...]:
    """Last night's proposals of new themes, in the state that people's decisions gave them since."""
    found = read_lines(_path(settings, "proposals"), PROPOSAL).records
    return emerging.settle_proposals(found, Ledger(Workspace(settings.data).ledger).proposal_decisions().records)


def propose_themes(settings: Settings, run_id: str, now: datetime, as_of: date) -> Work:
    """Cluster what no theme covers, under ids that outlive the night."""
    files = archived_documents(settings)
    extractions = load_extractions(settings, with_passages=False)
    ledger = Ledger(Workspace(settings.data).ledger)
    covered = {one.recommendation_id for one in load_assignments(settings) if one.themes}
    covered |= {review.recommendation_id for review in ledger.reviews().records if review.answer in ("right", "add")}
    rows = [
        row
        for row in recommendations_of(extractions)
        if row.recommendation_id not in covered and row.kind != Kind.QUOTED_RECOMMENDATION
    ]
    uncovered = [_uncover(row, files[row.sha256], extractions[row.sha256]) for row in rows]
    vectors = load_vectors(settings, [row.text for row in rows], embed.load_encoder(settings.encoder))
    found = emerging.propose_themes(uncovered, vectors, as_of)
    past = ledger.proposal_events().records
    named, events = identity.match_groups(
        [one.member_ids for one in found], identity.living_groups(past), run_id=run_id, recorded_at=now,
        used=identity.used_ids(past), prefix="e",
    )  # fmt: skip
    ledger.add_proposal_events(events)
    ids = {members[0]: proposal_id for proposal_id, members in named.items()}
    _write(settings, "proposals", PROPOSAL, emerging.name_proposals(found, ids))
    return Work(len(found), sum(event.event == "new" for event in events))


def decide_proposal(
    settings: Settings, proposal_id: str, decision: str, by: str, note: str | None, now: datetime
) -> ProposalDecision:
    """Record what a person decided on a proposal. Raises `NoSuchProposal`."""
    living = {one.proposal_id: one for one in load_proposals(settings)}
    if proposal_id not in living:
        raise NoSuchProposal(f"There is no emerging theme {proposal_id!r}; see the view emerging_themes.")
    if not by.strip():
        raise NoSuchProposal("--by is empty; say who decides.")
    one = living[proposal_id]
    decided = ProposalDecision(now, proposal_id, decision, by.strip(), one.name, one.member_ids, note)
    Ledger(Workspace(settings.data).ledger).add_proposal_decision(decided)
    return decided


def list_judgements(
    reviews: Iterable[Review],
    rows: Iterable[Recommendation],
    files: Mapping[str, StoredFile],
    extractions: Mapping[str, Extraction],
    registry: Registry,
) -> list[assign.Judgement]:
    """People's last word on each row and theme, for the classifier to learn; a retired theme's goes to its heir."""
    texts = {row.recommendation_id: row for row in rows}
    last = {(one.recommendation_id, one.theme): one for one in reviews if one.question == "theme" and one.theme}
    judgements = []
    for (row_id, judged), review in sorted(last.items(), key=lambda item: (item[0][0], item[0][1] or "")):
        row, theme = texts.get(row_id), registry.resolve(judged or "")
        if row is not None and theme and review.answer in ("right", "add", "wrong"):
            title = title_of(files[row.sha256], extractions[row.sha256])
            judgements.append(assign.Judgement(row.text, theme, review.answer != "wrong", title, row.sha256))
    return judgements


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


def _classify(
    settings: Settings,
    classifier: assign.Classifier,
    encoder: embed.Encoder,
    rows: Sequence[Recommendation],
    files: Mapping[str, StoredFile],
    extractions: Mapping[str, Extraction],
) -> dict[str, Assignment]:
    titles = [title_of(files[row.sha256], extractions[row.sha256]) for row in rows]
    found = classifier.classify(
        [row.recommendation_id for row in rows],
        [row.text for row in rows],
        titles,
        load_vectors(settings, [row.text for row in rows], encoder),
        documents=[row.sha256 if row.kind == Kind.CONCERN else None for row in rows],
        title_vectors=_load_title_vectors(settings, titles, encoder),
    )
    return {one.recommendation_id: one for one in found}


def _load_title_vectors(
    settings: Settings, titles: Sequence[str | None], encoder: embed.Encoder
) -> NDArray[np.float32]:
    distinct = sorted({title for title in titles if title})
    known = dict(zip(distinct, load_vectors(settings, distinct, encoder), strict=True))
    blank = np.zeros(encoder.dimension, np.float32)
    return np.array([known[title] if title else blank for title in titles], np.float32)


def _describe_basis(
    registry: Registry,
    encoder: embed.Encoder,
    judgements: Sequence[assign.Judgement],
    rows: Sequence[Recommendation],
    files: Mapping[str, StoredFile],
    extractions: Mapping[str, Extraction],
) -> Basis:
    texts: dict[str, list[str]] = {}
    for row in rows:
        texts.setdefault(row.sha256, []).append(repr((row.text, bool(row.addressees), bool(row.deadline))))
    return Basis(
        model=assign.model_version(encoder),
        themes={theme.slug: text_hash(repr(theme)) for theme in registry.themes},
        judgements=text_hash(*sorted(repr(one) for one in judgements)),
        levers=load_levers().version,
        documents={
            sha256: text_hash(title_of(files[sha256], extractions[sha256]) or "", *sorted(told))
            for sha256, told in texts.items()
        },
    )


def _is_stale(row: Recommendation, before: Mapping[str, Assignment], old: Basis, new: Basis) -> bool:
    return row.recommendation_id not in before or old.documents.get(row.sha256) != new.documents[row.sha256]


def _tell_traits(settings: Settings, rows: Sequence[Recommendation], stale: set[str]) -> list[Traits]:
    reader = load_levers()
    kept = (
        {}
        if _load_basis(settings).levers != reader.version
        else {t.recommendation_id: t for t in load_traits(settings)}
    )
    told = []
    for row in rows:
        known = kept.get(row.recommendation_id)
        if known is None or row.recommendation_id in stale:
            hits = reader.find(row.text)
            smart = read_smart(row.text, addressed=bool(row.addressees), dated=bool(row.deadline))
            levers, words = tuple(hit.lever for hit in hits), tuple(hit.words for hit in hits)
            known = Traits(row.recommendation_id, levers, words, smart.who, smart.what, smart.when)
        told.append(known)
    return told


def _tell_quality(classifier: assign.Classifier) -> list[ThemeQuality]:
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
    return told


def _uncover(row: Recommendation, file: StoredFile, extraction: Extraction) -> emerging.Uncovered:
    published = file.ref.published or extraction.facts.published
    body = file.ref.body or file.ref.source
    return emerging.Uncovered(row.recommendation_id, row.text, row.sha256, body, published)


def _load_basis(settings: Settings) -> Basis:
    path = _path(settings, "assignment_basis")
    return BASIS.validate_json(path.read_bytes()) if path.exists() else NO_BASIS


def _write(settings: Settings, name: str, adapter: TypeAdapter, records: Iterable[object]) -> None:  # type: ignore[type-arg]
    write_whole(_path(settings, name), b"".join(adapter.dump_json(one) + b"\n" for one in records))


def _path(settings: Settings, name: str) -> Path:
    return Workspace(settings.data).stages / f"{name}.jsonl"


def _slugs(assignment: Assignment | None) -> tuple[str, ...]:
    return tuple(sorted(score.theme for score in assignment.themes)) if assignment else ()
