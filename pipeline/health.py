"""Does what a crawl saw look like the publisher? Pure: counts against what the source's facts expect.

Bounds follow what keepers of large scraper collections do: too few stops publication, too many only warns, and a crawl
is also held against the last good one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pipeline.spec import Bounds, SourceSpec
from pipeline.visits import Counts

WINDOW_DAYS = 1826  # the five years for which a source's facts state counts
ENOUGH = 10  # of anything, before a share of it says something
SHRUNKEN = 0.8  # of what the last good crawl of the whole window listed
MOST_GONE = 0.2  # of the pages asked for: more are no pages taken down but a site that moved
MANY_LOST = 3  # pages refused, or failed with more left to ask


@dataclass(frozen=True, slots=True)
class Sight:
    """All that is judged. `finished`: everything was asked; `full`: the whole window was listed, not only changes."""

    counts: Counts
    listing_pages: int
    finished: bool
    full: bool
    days: int  # how long the window is
    newest: date | None  # publication day of the newest document ever listed
    today: date
    last_full: Counts | None = None  # of the last good crawl of the whole window


@dataclass(frozen=True, slots=True)
class Verdict:
    """`stop` says in one sentence why nothing of this crawl may be published; `lost` why the source counts as lost
    tonight although what it gave is good; `warnings` are sentences for the issues.
    """

    stop: str | None = None
    lost: str | None = None
    warnings: tuple[str, ...] = ()


def judge_crawl(spec: SourceSpec, sight: Sight) -> Verdict:
    """The verdict on one crawl, most telling reason first."""
    faults = (
        *_judge_listing(sight),
        *_judge_layout(spec, sight.counts),
        *(_judge_yield(spec, sight) if sight.finished and sight.full else ()),
        *_judge_fields(spec, sight.counts),
        *_judge_freshness(spec, sight),
    )
    stop = f"{spec.name}: {faults[0]}." if faults else None
    lost = None
    if stop is None and _is_lost(sight):
        lost = f"{spec.name}: {_why_lost(sight.counts)}; what was had so far is kept, and the rest is asked for again."
    return Verdict(stop, lost, tuple(_warn(spec, sight)))


def _judge_listing(sight: Sight) -> Iterator[str]:
    """Nothing of the listing could be read: never a quiet night."""
    if sight.listing_pages == 0:
        yield f"none of its listing pages could be read ({_why_lost(sight.counts)})"
    elif sight.counts.listing_lost and sight.counts.pages_unread:
        yield f"a listing page was not understood ({sight.counts.examples.get('pages_unread', '')})"


def _judge_layout(spec: SourceSpec, counts: Counts) -> Iterator[str]:
    read = sum(counts.pages.values())
    if counts.pages_unread > max(1.0, spec.expected.unread_pages * (read + counts.pages_unread)):
        example = counts.examples.get("pages_unread", "")
        yield f"the layout has changed: {counts.pages_unread} pages were not understood ({example})"
    oddities = sum(counts.oddities.values())
    if oddities >= ENOUGH and oddities > spec.expected.oddities * read:
        code = max(counts.oddities, key=lambda name: counts.oddities[name])
        yield f"the layout has drifted: {oddities} oddities on {read} pages ({code}: {counts.examples.get(code, '')})"
    if counts.pages_gone >= ENOUGH / 2 and counts.pages_gone > MOST_GONE * (read + counts.pages_gone):
        yield f"{counts.pages_gone} of its pages are gone ({counts.examples.get('pages_gone', '')})"


def _judge_yield(spec: SourceSpec, sight: Sight) -> Iterator[str]:
    counts = sight.counts
    least = scale_bound(spec.expected.documents.min, sight.days)
    if counts.documents < least:
        yield f"it listed {counts.documents} documents, and a healthy crawl of this window lists at least {least}"
    for step, bounds in spec.expected.pages.items():
        read, least = counts.pages.get(step, 0), scale_bound(bounds.min, sight.days)
        if read < least:
            yield f"{read} pages of the kind {step!r} were read, and a healthy crawl reads at least {least}"
    if sight.last_full and counts.documents < SHRUNKEN * sight.last_full.documents:
        yield f"it listed {counts.documents} documents, and {sight.last_full.documents} in its last good crawl"


def _judge_fields(spec: SourceSpec, counts: Counts) -> Iterator[str]:
    if counts.reports < ENOUGH:
        return
    wanted = (("date", counts.dated, spec.expected.dated), ("reference", counts.referenced, spec.expected.referenced))
    for name, having, least in wanted:
        if having < least * counts.reports:
            yield f"only {having} of {counts.reports} documents have a {name}, and at least {least:.0%} should"
    if counts.repeated > spec.expected.repeated_references * counts.reports:
        yield f"{counts.repeated} of {counts.reports} documents repeat the reference of another"


def _judge_freshness(spec: SourceSpec, sight: Sight) -> Iterator[str]:
    if spec.fresh_days is None or not sight.finished:
        return
    if sight.newest is not None and (sight.today - sight.newest).days > spec.fresh_days:
        yield f"the listing is stale: its newest document is of {sight.newest}, more than {spec.fresh_days} days ago"


def _warn(spec: SourceSpec, sight: Sight) -> Iterator[str]:
    counts = sight.counts
    most = _scale_most(spec.expected.documents, sight.days)
    if sight.full and counts.documents > most:
        yield f"{spec.name} listed {counts.documents} documents, and more than {most} are not expected."
    told = {
        "documents_refused": f"{counts.documents_refused} documents are refused to programs, and left alone",
        "documents_failed": f"{counts.documents_failed} documents could not be had",
        "pages_refused": f"{counts.pages_refused} pages were refused",
        "pages_gone": f"{counts.pages_gone} pages are gone",
        "pages_failed": f"{counts.pages_failed} pages could not be had",
        "pages_unread": f"{counts.pages_unread} pages were not understood",
        "substituted": f"{counts.substituted} listing pages could not be had, and another way was taken",
        "waiting": f"{counts.waiting} addresses were not asked tonight; the next night goes on",
    }
    for name, sentence in told.items():
        if getattr(counts, name):
            yield f"{spec.name}: {sentence} ({counts.examples.get(name, 'see the crawl')})."
    for code, number in counts.oddities.items():
        yield f"{spec.name}: {code} {number} times ({counts.examples.get(code, '')})."


def _is_lost(sight: Sight) -> bool:
    counts = sight.counts
    cut_short = not sight.finished and (counts.pages_failed >= MANY_LOST or counts.listing_lost > 0)
    return counts.pages_refused >= MANY_LOST or cut_short


def _why_lost(counts: Counts) -> str:
    for name in ("pages_refused", "pages_failed", "pages_gone", "pages_unread", "waiting"):
        if name in counts.examples:
            return counts.examples[name].rstrip(".")
    return "it named none"


def scale_bound(least: int, days: int) -> int:
    """A bound stated for five years, for a window of `days`."""
    return least if days >= WINDOW_DAYS else least * days // WINDOW_DAYS


def _scale_most(bounds: Bounds, days: int) -> int:
    return max(bounds.max, bounds.max * days // WINDOW_DAYS)
