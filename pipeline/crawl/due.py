"""Which addresses known from before are asked again, and which are left as they are. Pure."""

from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import TypeAlias

from pipeline.spec import SourceSpec
from pipeline.visits import Visit
from pipeline.web import Outcome

DAYS_A_MONTH = 30.44
Rest: TypeAlias = dict[Outcome, float]  # days an address is left alone after such an outcome

HAD = frozenset({Outcome.OK, Outcome.UNCHANGED})
PAGE_REST: Rest = {
    Outcome.BLOCKED: 0.8,
    Outcome.CHALLENGE: 0.8,
    Outcome.GONE: 30,
    Outcome.REFUSED: 30,
    Outcome.PAST_END: 30,
}
DOCUMENT_REST: Rest = {Outcome.BLOCKED: 7, Outcome.CHALLENGE: 7, Outcome.GONE: 30, Outcome.REFUSED: 30}


class Plan(Enum):
    """What to do about an address."""

    ASK = "ask"
    REPLAY = "replay"  # read the archived bytes again
    LEAVE = "leave"


def plan_page(visit: Visit | None, crawl: str, now: datetime, *, is_listing: bool, is_full: bool, is_due: bool) -> Plan:
    """A page: listing is asked for in every crawl, others when new or due; what this crawl has is never asked twice.

    A crawl of the whole window reads what it leaves alone from the archive, so that its counts are whole.
    """
    if visit is None:
        return Plan.ASK
    if visit.crawl == crawl:
        if visit.outcome in HAD:
            return Plan.REPLAY
        return Plan.ASK if _has_rested(visit, now, PAGE_REST) else Plan.LEAVE
    if is_listing or is_due or (visit.sha256 is None and _has_rested(visit, now, PAGE_REST)):
        return Plan.ASK
    return Plan.REPLAY if is_full and visit.sha256 else Plan.LEAVE


def plan_document(visit: Visit | None, crawl: str, now: datetime, *, is_due: bool) -> Plan:
    """A document: asked for when it is new, when it failed, and when it is due; never twice in one crawl."""
    if visit is None:
        return Plan.ASK
    if visit.outcome in HAD:
        return Plan.ASK if is_due and visit.crawl != crawl else Plan.LEAVE
    return Plan.ASK if _has_rested(visit, now, DOCUMENT_REST) else Plan.LEAVE


def is_due(visit: Visit, spec: SourceSpec, now: datetime, *, published: date | None, modified: str | None) -> bool:
    """Whether something may have changed: the listing says so, or it is young and was not looked at for a while.

    `published` of a page is that of its newest document; without one the first fetch counts.
    """
    if modified is not None and (moment := read_moment(modified)) and moment > visit.fetched_at:
        return True
    if timedelta(0) <= now - visit.fetched_at < timedelta(days=spec.revisit_days):
        return False
    born = published or (visit.content_at or visit.fetched_at).date()
    return (now.date() - born).days <= spec.revisit_months * DAYS_A_MONTH and spec.revisit_months > 0


def read_moment(text: str) -> datetime | None:
    """A moment as publishers write it in ISO form, taken as UTC where it has no zone; None for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _has_rested(visit: Visit, now: datetime, rest: Rest) -> bool:
    return not timedelta(0) <= now - visit.fetched_at < timedelta(days=rest.get(visit.outcome, 0))
