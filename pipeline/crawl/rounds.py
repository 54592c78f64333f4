"""Which crawl tonight's is: one to go on with, one that asks for news, or one that lists the whole window. Pure."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from pipeline.spec import SourceSpec
from pipeline.visits import CrawlRecord, CrawlState

RESUMED_FOR = timedelta(days=14)  # an unfinished crawl is gone on with; after that its listing is too old
OVERLAP = timedelta(days=1)  # news is asked for from a day earlier: clocks and time zones differ


def is_resting(crawls: Sequence[CrawlRecord], spec: SourceSpec, now: datetime) -> bool:
    """Whether the source is not asked tonight: what changes once a week, or never, was asked to the end before."""
    last = crawls[-1] if crawls else None
    if last is None or last.state != CrawlState.COMPLETE:
        return False
    rest = {"nightly": timedelta(0), "weekly": timedelta(days=6.5), "never": timedelta(days=spec.relist_days)}
    return timedelta(0) <= now - last.began_at < rest[spec.cadence]  # one of the future: a clock was wrong


def plan_crawl(
    crawls: Sequence[CrawlRecord], spec: SourceSpec, now: datetime, *, default_since: date, since: date | None
) -> CrawlRecord:
    """Tonight's crawl, as begun. `since` is what a person asked for, `default_since` the start of the usual window."""
    first_day = since or default_since
    last = crawls[-1] if crawls else None
    if last is not None and _can_go_on(last, now, since):
        return last
    return CrawlRecord(
        crawl=now.astimezone(UTC).strftime("%Y%m%dT%H%M%S"),
        connector=spec.name,
        began_at=now,
        since=first_day,
        state=CrawlState.BEGUN,
        changed_since=_find_changed_since(crawls, spec, now, first_day),
    )


def _can_go_on(last: CrawlRecord, now: datetime, since: date | None) -> bool:
    under_way = last.state in (CrawlState.BEGUN, CrawlState.UNFINISHED)
    return under_way and now - last.began_at < RESUMED_FOR and since in (None, last.since)


def _find_changed_since(
    crawls: Sequence[CrawlRecord], spec: SourceSpec, now: datetime, first_day: date
) -> datetime | None:
    """From when on changes are asked for; None when the whole window is to be listed.

    Only complete crawls that reached back as far as this one count, and none of the future: a clock was wrong.
    """
    past = [one for one in crawls if one.began_at <= now]
    complete = [one for one in past if one.state == CrawlState.COMPLETE and one.since <= first_day]
    full = [one for one in complete if one.is_full]
    if not full or now - full[-1].began_at >= timedelta(days=spec.relist_days):
        return None
    return complete[-1].began_at - OVERLAP
