"""Tonight's crawl of one live publisher: gone on with or begun, walked, judged, and let into the archive."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from importlib.metadata import version

from flows.pulled import Pulled, SourceFailed
from pipeline.crawl import Admitted, Crawl, CrawlLog, Fetch, Publisher, Seen, admit_documents, is_resting, plan_crawl
from pipeline.fetch import Allowed, Fetcher, Policy, Validators
from pipeline.health import Sight, judge_crawl
from pipeline.records import Issue, Level
from pipeline.settings import Settings
from pipeline.spec import Bounds, SourceSpec
from pipeline.store import Archive, ArchiveDamaged
from pipeline.taxonomy import canonical
from pipeline.visits import CrawlRecord, CrawlState, DocumentEvent, EventKind, Memory, Visit
from pipeline.web import Answer, LayoutChanged, Page, Reading, Window
from pipeline.workspace import Workspace
from sources import Source

NOBODY = "nobody@replica.invalid"  # a replica is told a contact too: some publishers refuse programs without one
EVENT_WORDS = {
    EventKind.REPLACED: "was replaced; the version before is kept, and superseded",
    EventKind.WITHDRAWN: "was withdrawn; what was read of it stays",
    EventKind.RETURNED: "is there again",
}


def open_fetcher(settings: Settings) -> Fetcher:
    """The fetcher that all of tonight's crawls share. Against a replica no contact is needed and waits are shorter."""
    policy = Policy(
        user_agent=f"perennial/{version('perennial')} (+{settings.contact or NOBODY})",
        seconds_between=settings.seconds_between_requests,
        requests_a_night=settings.requests_a_night,
        largest_bytes=int(settings.largest_megabytes * 1e6),
        request_seconds=settings.request_seconds,
        speed=settings.replica_speed if settings.replica else 1.0,
        replica=settings.replica,
    )
    return Fetcher(policy, Workspace(settings.data).robots)


def is_live(source: Source) -> bool:
    """Whether a source is asked over the network; the others list what lies on this machine."""
    return hasattr(source.parser, "start")


def relax_expectations(source: Source) -> Source:
    """The source without the counts and dates of the real publisher: a replica shows a site's manner, not its size."""
    some = Bounds(min=1, max=source.spec.expected.documents.max)
    expected = source.spec.expected.model_copy(update={"documents": some, "pages": {}})
    return replace(source, spec=source.spec.model_copy(update={"expected": expected, "fresh_days": None}))


def crawl_publisher(
    workspace: Workspace, source: Source, fetcher: Fetcher, *, years: int, since: date | None, now: datetime
) -> Pulled:
    """Ask `source` for what the archive lacks, and let in what a healthy crawl gave.

    Raises `SourceFailed` when it gave nothing usable, or wanted to be left alone half-way.
    """
    spec = source.spec
    memory, archive = Memory(workspace.crawls / spec.name), Archive(workspace.archive, workspace.blobs)
    if since is None and is_resting(memory.crawls(), spec, now):
        return Pulled(spec.name, 0, 0)
    crawl = plan_crawl(memory.crawls(), spec, now, default_since=years_before(now.date(), years), since=since)
    memory.add_crawl(replace(crawl, state=CrawlState.BEGUN))
    window = Window(crawl.since, now.date(), crawl.changed_since, spec.addresses, spec.options)
    walk = Crawl(as_publisher(source), window, CrawlLog(crawl.crawl, memory, archive), make_fetch(fetcher, spec), now)
    try:
        seen = walk.run()
    except (LayoutChanged, ArchiveDamaged) as error:
        raise SourceFailed(str(error)) from error
    return _settle(memory, archive, spec, crawl, seen, now)


def make_fetch(fetcher: Fetcher, spec: SourceSpec) -> Fetch:
    """The fetcher as a crawl of one source uses it: only its hosts, and with the validators of the last visit."""
    allowed = Allowed(frozenset(spec.hosts), frozenset(spec.plain_http_hosts))

    def ask(url: str, known: Visit | None, *, is_file: bool) -> Answer:
        held = known if known and known.sha256 else None
        validators = Validators(held.etag, held.last_modified) if held else None
        return fetcher.fetch(url, allowed, known=validators, is_file=is_file)

    return ask


def as_publisher(source: Source) -> Publisher:
    """A source as a crawl takes it: what its parser reads, in canonical names."""

    def read(page: Page, window: Window) -> Reading:
        return canonical(source.parser.read(page, window), source.taxonomies)

    return Publisher(source.spec, source.parser.start, read, getattr(source.parser, "unwrap", None))


def years_before(day: date, years: int) -> date:
    """The same day so many years earlier; the last of February for its 29th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _settle(
    memory: Memory, archive: Archive, spec: SourceSpec, crawl: CrawlRecord, seen: Seen, now: datetime
) -> Pulled:
    """Judge what was seen, let it in or not, and write down how the crawl ended."""
    counts = seen.counts
    finished = not counts.waiting and not counts.listing_lost
    verdict = judge_crawl(spec, _look(memory, crawl, seen, now, finished=finished))
    warnings = tuple(_warning(spec, sentence) for sentence in verdict.warnings)
    ended = replace(crawl, ended_at=datetime.now(now.tzinfo), counts=counts)
    if verdict.stop:
        memory.add_crawl(replace(ended, state=CrawlState.STOPPED, reason=verdict.stop))
        raise SourceFailed(verdict.stop, Pulled(spec.name, counts.documents, 0, warnings))
    admitted = admit_documents(memory, archive, crawl, seen, now, is_whole=finished and crawl.is_full)
    state = CrawlState.COMPLETE if finished else CrawlState.UNFINISHED
    memory.add_crawl(
        replace(ended, state=state, reason=verdict.lost or (None if finished else "goes on another night"))
    )
    issues = (*warnings, *_describe_admitted(admitted))
    pulled = Pulled(spec.name, counts.documents, admitted.new, issues)
    if verdict.lost:
        raise SourceFailed(verdict.lost, pulled)
    return pulled


def _look(memory: Memory, crawl: CrawlRecord, seen: Seen, now: datetime, *, finished: bool) -> Sight:
    today = now.date()
    listed = (one.ref.published for one in memory.listings.latest())
    good = [one for one in memory.crawls() if one.state == CrawlState.COMPLETE and one.is_full]
    comparable = [one for one in good if one.since <= crawl.since and one.crawl != crawl.crawl]
    return Sight(
        counts=seen.counts,
        listing_pages=seen.listing_pages,
        finished=finished,
        full=crawl.is_full,
        days=(today - crawl.since).days,
        newest=max((day for day in listed if day and day <= today), default=None),
        today=today,
        last_full=comparable[-1].counts if comparable else None,
    )


def _describe_admitted(admitted: Admitted) -> Iterator[Issue]:
    yield from (_describe_event(event) for event in admitted.events)
    for visit in admitted.lost:
        source = visit.ref.source if visit.ref else ""
        message = visit.message or f"{visit.url} could not be had."
        yield Issue(source, "fetch", Level.WARNING, f"document_{visit.outcome}", message, visit.url)


def _describe_event(event: DocumentEvent) -> Issue:
    reason = f" ({event.reason.rstrip('.')})" if event.reason else ""
    message = f"{event.url} {EVENT_WORDS[event.kind]}{reason}."
    return Issue(event.source, "fetch", Level.INFO, f"document_{event.kind}", message, event.sha256)


def _warning(spec: SourceSpec, sentence: str) -> Issue:
    return Issue(spec.name, "fetch", Level.WARNING, "crawl_warning", sentence)
