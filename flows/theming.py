"""Emerging themes of a night: proposals under ids that outlive it, and what people decide on them."""

from datetime import date, datetime
from pathlib import Path

from pydantic import TypeAdapter

from flows.assigning import load_themed
from flows.read import Work, archived_documents, load_extractions, recommendations_of
from flows.vectors import load_encoder, load_vectors
from pipeline import emerging, identity
from pipeline.ledger import Ledger
from pipeline.records import Extraction, Kind, Recommendation, StoredFile
from pipeline.refusal import Refusal
from pipeline.settings import Settings
from pipeline.stages import read_sealed, write_sealed
from pipeline.theme_records import Proposal, ProposalDecision
from pipeline.workspace import Workspace

PROPOSAL = TypeAdapter(tuple[Proposal, ...])


class NoSuchProposal(Refusal):
    """A decision that cannot be recorded, in one sentence."""


def load_proposals(settings: Settings) -> tuple[Proposal, ...]:
    """Last night's proposals of new themes, in the state that people's decisions gave them since."""
    content = read_sealed(_path(settings))
    found = PROPOSAL.validate_json(content) if content else ()
    return emerging.settle_proposals(found, Ledger(Workspace(settings.data).ledger).proposal_decisions().records)


def propose_themes(settings: Settings, run_id: str, now: datetime, as_of: date) -> Work:
    """Cluster what no theme covers, under ids that outlive the night."""
    files = archived_documents(settings)
    extractions = load_extractions(settings, with_passages=False)
    ledger = Ledger(Workspace(settings.data).ledger)
    covered = {one.recommendation_id for one in load_themed(settings).assignments if one.themes}
    said = (review for review in ledger.reviews().records if review.question == "theme")
    covered |= {review.recommendation_id for review in said if review.answer in ("right", "add")}
    rows = [
        row
        for row in recommendations_of(extractions)
        if row.recommendation_id not in covered and row.kind != Kind.QUOTED_RECOMMENDATION
    ]
    uncovered = [_uncover(row, files[row.sha256], extractions[row.sha256]) for row in rows]
    vectors = load_vectors(settings, [row.text for row in rows], load_encoder(settings))
    found = emerging.propose_themes(uncovered, vectors, as_of)
    past = ledger.proposal_events().records
    named, events = identity.match_groups(
        [one.member_ids for one in found], identity.living_groups(past), run_id=run_id, recorded_at=now,
        used=identity.used_ids(past), prefix="e",
    )  # fmt: skip
    ledger.add_proposal_events(events)
    ids = {members[0]: proposal_id for proposal_id, members in named.items()}
    write_sealed(_path(settings), PROPOSAL.dump_json(emerging.name_proposals(found, ids)))
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


def _uncover(row: Recommendation, file: StoredFile, extraction: Extraction) -> emerging.Uncovered:
    published = file.ref.published or extraction.facts.published
    body = file.ref.body or file.ref.source
    return emerging.Uncovered(row.recommendation_id, row.text, row.sha256, body, published)


def _path(settings: Settings) -> Path:
    return Workspace(settings.data).stages / "proposals.json"
