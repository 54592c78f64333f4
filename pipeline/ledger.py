"""The ledger: people's decisions and identity events, append-only, apart from anything derived. Back this up."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from pydantic import TypeAdapter

from pipeline.ids import text_hash
from pipeline.records import IdentityEvent, Review, ThemeEvent
from pipeline.store import Lines, append_twice, read_lines
from pipeline.theme_records import ProposalDecision


@dataclass(frozen=True, slots=True)
class ToldRow:
    """What a lead was told of one row: enough to say later what was corrected or withdrawn."""

    recommendation_id: str
    section: str
    text: str  # as sent, so without names; its first 300 characters
    place: str  # address, label and page, by which a corrected row is known again
    deadline: date | None = None
    published: date | None = None
    answer_count: int = 0
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class Sending:
    """One line of the ledger of what went out: `intended`, `sending` before each attempt, `sent` or `failed` after.

    A `told` line is written once a theme and day, when its digest is first handed on; the others once an attempt.
    `unsure`: the attempt was cut off, and nobody knows whether the message went; it is not sent again by itself.
    """

    recorded_at: datetime
    event: str  # told, intended, sending, sent, failed, unsure, gone
    theme: str
    as_of: date
    channel: str  # folder, mail
    recipient: str  # a folder's name, an address
    message_id: str  # made from the content, so that a resend is recognised
    since: date | None = None
    detail: str | None = None
    rows: tuple[ToldRow, ...] = ()


class Unsettled(StrEnum):
    """What to do with messages of which nobody knows whether they went out."""

    KEEP = "keep"
    AGAIN = "again"
    FORGET = "forget"


REVIEWS = TypeAdapter(Review)
IDENTITY_EVENTS = TypeAdapter(IdentityEvent)
THEME_EVENTS = TypeAdapter(ThemeEvent)
SENDINGS = TypeAdapter(Sending)
PROPOSAL_DECISIONS = TypeAdapter(ProposalDecision)


class Ledger:
    """The append-only files of one data folder."""

    def __init__(self, folder: Path) -> None:
        self.reviews_path = folder / "reviews.jsonl"
        self.identity_path = folder / "identity.jsonl"
        self.themes_path = folder / "themes.jsonl"
        self.sendings_path = folder / "sendings.jsonl"
        self.proposals_path = folder / "proposals.jsonl"
        self.proposal_decisions_path = folder / "proposal_decisions.jsonl"

    def reviews(self) -> Lines[Review]:
        """Every judgement, oldest first."""
        return read_lines(self.reviews_path, REVIEWS)

    def add_reviews(self, reviews: Iterable[Review]) -> int:
        """Append the judgements not yet there; their number. The same file imported twice changes nothing.

        A judgement that is there already counts again only where its reviewer has since said otherwise on the same
        day: the later line wins. Files imported in the wrong order do not turn an older judgement into a newer one.
        """
        latest, known = {}, set()
        for review in self.reviews().records:
            latest[_subject_of(review)] = review
            known.add(review.review_id)
        fresh = []
        for review in reviews:
            if review.review_id in known:
                last = latest.get(_subject_of(review))
                if last is None or last.answer == review.answer or review.reviewed_on < last.reviewed_on:
                    continue
                review = replace(review, review_id="v" + text_hash(review.review_id, last.review_id))
            fresh.append(review)
            latest[_subject_of(review)] = review
            known.add(review.review_id)
        append_twice(self.reviews_path, (REVIEWS.dump_json(review) for review in fresh))
        return len(fresh)

    def identity_events(self) -> Lines[IdentityEvent]:
        """What became of each common recommendation, oldest first."""
        return read_lines(self.identity_path, IDENTITY_EVENTS)

    def add_identity_events(self, events: Iterable[IdentityEvent]) -> None:
        """Append `events` in order."""
        append_twice(self.identity_path, (IDENTITY_EVENTS.dump_json(event) for event in events))

    def theme_events(self) -> Lines[ThemeEvent]:
        """Each logged move of a row between themes, oldest first."""
        return read_lines(self.themes_path, THEME_EVENTS)

    def add_theme_events(self, events: Iterable[ThemeEvent]) -> None:
        """Append `events` in order."""
        append_twice(self.themes_path, (THEME_EVENTS.dump_json(event) for event in events))

    def sendings(self) -> Lines[Sending]:
        """What went out to whom, oldest first."""
        return read_lines(self.sendings_path, SENDINGS)

    def add_sendings(self, sendings: Iterable[Sending]) -> None:
        """Append `sendings` in order."""
        append_twice(self.sendings_path, (SENDINGS.dump_json(one) for one in sendings))

    def proposal_events(self) -> Lines[IdentityEvent]:
        """What became of each proposal of a theme, oldest first."""
        return read_lines(self.proposals_path, IDENTITY_EVENTS)

    def add_proposal_events(self, events: Iterable[IdentityEvent]) -> None:
        """Append `events` in order."""
        append_twice(self.proposals_path, (IDENTITY_EVENTS.dump_json(event) for event in events))

    def proposal_decisions(self) -> Lines[ProposalDecision]:
        """What people decided on proposals, oldest first."""
        return read_lines(self.proposal_decisions_path, PROPOSAL_DECISIONS)

    def add_proposal_decision(self, decision: ProposalDecision) -> None:
        """Append one decision."""
        append_twice(self.proposal_decisions_path, [PROPOSAL_DECISIONS.dump_json(decision)])


def _subject_of(review: Review) -> tuple[str | None, ...]:
    """Who judges what: each reviewer's last word on it counts."""
    note = review.answer if review.question == "note" else None  # every note stands
    row = None if review.question == "plain_name" else review.recommendation_id  # it names the group, not the row
    return (
        row, review.question, review.theme, review.common_id, review.reviewer.casefold(), note,
    )  # fmt: skip
