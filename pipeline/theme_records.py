"""Frozen records of the themes' side roads: levers, proposals of new themes, decisions on them, quality. Leaf."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Traits:
    """What one recommendation would pull, and how specific it is."""

    recommendation_id: str
    levers: tuple[str, ...]  # in the order of the lever list
    lever_words: tuple[str, ...]  # for each lever the words that point to it
    who: bool  # a body or role is named as the one to act
    what: bool  # an action is asked for that can be seen to be done
    when: bool  # a date or period is set for it


@dataclass(frozen=True, slots=True)
class Proposal:
    """A candidate for a new theme: rows that no theme covers and that belong together."""

    proposal_id: str
    name: str  # its own words, most telling first
    keywords: tuple[str, ...]
    central_id: str  # the most central row; its text is shown, verbatim
    member_ids: tuple[str, ...]
    bodies: tuple[str, ...]
    years: tuple[int, ...]
    recent: int  # rows published in the last twelve months
    earlier: int  # rows published in the twelve months before
    state: str  # proposed, proposed again, accepted, declined
    decided_by: str | None = None


@dataclass(frozen=True, slots=True)
class ProposalDecision:
    """One line of the ledger: what a person decided on a proposal, with its rows at that time."""

    recorded_at: datetime
    proposal_id: str
    decision: str  # accepted, declined, withdrawn
    decided_by: str
    name: str
    member_ids: tuple[str, ...]
    note: str | None = None


@dataclass(frozen=True, slots=True)
class ThemeQuality:
    """How a theme fares on the rows that people judged; the shares are 0 to 1, of out-of-fold scores for `after`."""

    theme: str
    judged: int
    belonging: int
    precision_before: float
    recall_before: float
    f1_before: float
    brier_before: float
    precision_after: float | None = None
    recall_after: float | None = None
    f1_after: float | None = None
    brier_after: float | None = None
    is_learnt: bool = False  # the correction did better and is in use
