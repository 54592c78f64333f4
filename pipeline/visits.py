"""What a crawl remembers: append-only lines under `archive/crawls/<source>/`, from which it goes on after a kill.

`visits.jsonl` has a line for each address asked, `listings.jsonl` one for each document as a publisher lists it,
`crawls.jsonl` when crawls began and ended, `events.jsonl` documents that were replaced or withdrawn. Events have a
copy; a line of the others ends with its checksum, and one that was spoilt is taken out and asked for again.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from pydantic import TypeAdapter

from pipeline.records import DocumentRef
from pipeline.store import IndexedLines, append_lines, append_twice, read_lines, seal_object
from pipeline.web import Outcome, Request


class CrawlState(StrEnum):
    """How far a crawl has come. Only a complete one lets the next ask for news alone."""

    BEGUN = "begun"  # under way, or killed
    UNFINISHED = "unfinished"  # a host was left alone before all was asked: it goes on another night
    COMPLETE = "complete"
    STOPPED = "stopped"  # what it gave does not look like the publisher: nothing of it is published


class EventKind(StrEnum):
    """What became of a document after it was first fetched."""

    REPLACED = "replaced"  # other bytes at the same address: the old version is kept, and superseded
    WITHDRAWN = "withdrawn"
    RETURNED = "returned"  # there again after it was withdrawn


@dataclass(frozen=True, slots=True)
class Visit:
    """What came of asking for one address. A later line on the same address carries on what is still held of it."""

    crawl: str
    url: str
    step: str
    outcome: Outcome
    fetched_at: datetime
    first_crawl: str  # the crawl that asked for it first
    status: int = 0
    final_url: str | None = None
    sha256: str | None = None  # of the last good answer, kept in the archive
    size: int = 0  # bytes
    media_type: str | None = None  # by content
    content_at: datetime | None = None  # when those bytes came
    replaces: str | None = None  # sha256 of what was at this address before
    etag: str | None = None
    last_modified: str | None = None
    licence: str | None = None
    headers: dict[str, str] = field(default_factory=dict)  # those a parser may need
    facts: tuple[tuple[str, str], ...] = ()
    message: str | None = None
    ref: DocumentRef | None = None  # of a document; None for a page

    @property
    def request(self) -> Request:
        """The request that led here."""
        return Request(self.url, self.step, self.facts)


@dataclass(frozen=True, slots=True)
class Listing:
    """A document as a publisher lists it; another line when what is said of it changes."""

    crawl: str
    first_crawl: str
    listed_at: datetime
    ref: DocumentRef
    named_on: str  # the address that was asked for the page that names it
    is_passed_over: bool = False  # of no interest: counted, not fetched


@dataclass(frozen=True, slots=True)
class Counts:
    """What a crawl saw. Documents that answer others are listed and fetched, but not in `reports` and its shares."""

    pages: dict[str, int] = field(default_factory=dict)  # read, by step
    pages_unread: int = 0  # their layout was not understood
    pages_gone: int = 0
    pages_refused: int = 0  # blocked or challenged
    pages_failed: int = 0
    listing_lost: int = 0  # of these, pages that list and had no substitute
    substituted: int = 0  # pages that could not be had or read, and others were asked for in their place
    oddities: dict[str, int] = field(default_factory=dict)  # by code
    documents: int = 0
    reports: int = 0
    dated: int = 0
    referenced: int = 0
    repeated: int = 0  # reports whose reference another page's report has too
    documents_refused: int = 0  # blocked or challenged
    documents_failed: int = 0  # gone, failed, or not what was due
    fetched: int = 0
    unchanged: int = 0
    waiting: int = 0  # not asked tonight
    examples: dict[str, str] = field(default_factory=dict)  # one sentence a kind of trouble


@dataclass(frozen=True, slots=True)
class CrawlRecord:
    """One crawl of one source; a line when it begins and a line whenever it ends for the night."""

    crawl: str
    connector: str
    began_at: datetime
    since: date
    state: CrawlState
    changed_since: datetime | None = None  # None: the whole window was listed
    ended_at: datetime | None = None
    counts: Counts = field(default_factory=Counts)
    reason: str | None = None  # why it was stopped or is unfinished

    @property
    def is_full(self) -> bool:
        """Whether it listed the whole window, and not only what changed."""
        return self.changed_since is None


@dataclass(frozen=True, slots=True)
class DocumentEvent:
    """A document that was replaced, withdrawn, or came back."""

    connector: str
    source: str
    url: str
    kind: EventKind
    noticed_at: datetime
    sha256: str  # of the version it happened to
    replaced_by: str | None = None  # sha256
    happened_on: date | None = None  # where the publisher says so
    reason: str | None = None


VISIT = TypeAdapter(Visit)
LISTING = TypeAdapter(Listing)
CRAWL = TypeAdapter(CrawlRecord)
EVENT = TypeAdapter(DocumentEvent)


class Memory:
    """All that is remembered of one source's crawls."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.visits = IndexedLines(folder / "visits.jsonl", VISIT, lambda v: _key(v.url, is_document=v.ref is not None))
        self.listings = IndexedLines(folder / "listings.jsonl", LISTING, lambda listing: listing.ref.url)

    def page(self, url: str) -> Visit | None:
        """The last visit to a page."""
        return self.visits.get(_key(url, is_document=False))

    def document(self, url: str) -> Visit | None:
        """The last visit to a document."""
        return self.visits.get(_key(url, is_document=True))

    def documents(self) -> Iterator[Visit]:
        """The last visit of each document."""
        return (visit for visit in self.visits.latest() if visit.ref is not None)

    def pages(self) -> Iterator[Visit]:
        """The last visit of each page."""
        return (visit for visit in self.visits.latest() if visit.ref is None)

    def crawls(self) -> tuple[CrawlRecord, ...]:
        """Each crawl as it stands now, oldest first."""
        return read_crawls(self.folder)

    def add_crawl(self, record: CrawlRecord) -> None:
        """Append a line on a crawl."""
        append_lines(self.folder / "crawls.jsonl", [seal_object(CRAWL.dump_json(record))])

    def events(self) -> tuple[DocumentEvent, ...]:
        """Every event, oldest first."""
        return read_events(self.folder)

    def add_events(self, events: list[DocumentEvent]) -> None:
        """Append events in order."""
        append_twice(self.folder / "events.jsonl", (EVENT.dump_json(event) for event in events))


def read_crawls(folder: Path) -> tuple[CrawlRecord, ...]:
    """Each crawl in a source's folder as it stands now, oldest first."""
    last = {record.crawl: record for record in read_lines(folder / "crawls.jsonl", CRAWL).records}
    return tuple(last.values())


def read_events(folder: Path) -> tuple[DocumentEvent, ...]:
    """Every document event in a source's folder, oldest first."""
    return read_lines(folder / "events.jsonl", EVENT).records


def crawl_folders(archive: Path) -> tuple[Path, ...]:
    """The folder of each source that was ever crawled, by name."""
    return tuple(sorted(path for path in (archive / "crawls").glob("*") if path.is_dir()))


def _key(url: str, *, is_document: bool) -> str:
    return f"{'document' if is_document else 'page'} {url}"
