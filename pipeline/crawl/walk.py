"""One crawl of one publisher: from where its lists begin to every document the window holds.

What was learned is on the disk before anything is made of it, so a kill at any point costs the request under way.
"""

import re
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Protocol
from urllib.parse import urlsplit

from pipeline.crawl.due import HAD, Plan, is_due, plan_document, plan_page, read_moment
from pipeline.crawl.frontier import DOCUMENT, LIST, PAGE, Errand, Frontier
from pipeline.crawl.log import DOCUMENT_STEP, CrawlLog
from pipeline.crawl.tally import Tally
from pipeline.records import DocumentRef
from pipeline.spec import SourceSpec
from pipeline.store import hash_key
from pipeline.visits import Counts, Visit
from pipeline.web import Answer, LayoutChanged, Outcome, Page, Reading, Request, Window

MOST_HOSTS = 8  # of one publisher that are asked at the same time
PAST_END = frozenset({400, 404})  # what WordPress and archives say of one page too many
PARSER_FAULTS = (  # on a page nobody foresaw
    LayoutChanged,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    AssertionError,
    re.error,
)


class Fetch(Protocol):
    """Asks for one address; the validators of `known`, the last visit, make the request conditional."""

    def __call__(self, url: str, known: Visit | None, *, is_file: bool) -> Answer:
        """What came back. Never raises for anything a server does."""


@dataclass(frozen=True, slots=True)
class Publisher:
    """The facts of a live source and its pure functions."""

    spec: SourceSpec
    start: Callable[[Window], tuple[Request, ...]]
    read: Callable[[Page, Window], Reading]
    unwrap: Callable[[Page], bytes] | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What a crawl saw. `named` are the addresses of the documents it met, as numbers."""

    counts: Counts
    named: frozenset[int]
    listing_pages: int


class Crawl:
    """The walk. One thread reads and writes; for each host one more waits for answers."""

    def __init__(self, publisher: Publisher, window: Window, log: CrawlLog, fetch: Fetch, now: datetime) -> None:
        self._publisher = publisher
        self._spec = publisher.spec
        self._window = window
        self._log = log
        self._fetch = fetch
        self._now = now
        self._frontier = Frontier()
        self._replays = Frontier()  # to be read from the archive
        self._tally = Tally()
        self._starts: set[int] = set()
        self._named_pages: set[int] = set()
        self._named: set[int] = set()
        self._listing = set(publisher.spec.listing)
        self._newest: dict[int, date] = {}
        self._file = re.compile(publisher.spec.file_urls)

    @property
    def _is_full(self) -> bool:
        return self._window.changed_since is None

    def run(self) -> Seen:
        """Walk to the end, or to where the hosts want no more tonight."""
        self._newest = {} if self._is_full else self._log.newest_by_page()
        start = self._find_start()
        self._listing |= {request.step for request in start}
        self._starts = {hash_key(request.url) for request in start}
        for request in start:
            self._name_page(request)
        with ThreadPoolExecutor(MOST_HOSTS) as pool:
            self._work_off(pool)
            if not self._is_full:  # a crawl of the whole window names everything by itself
                self._take_up_what_waits()
                self._work_off(pool)
        listing_pages = sum(self._tally.pages[step] for step in self._listing)
        return Seen(self._tally.counts(), frozenset(self._named), listing_pages)

    def _find_start(self) -> tuple[Request, ...]:
        """Raises `LayoutChanged` when the source's own facts do not suffice to begin."""
        try:
            return self._publisher.start(self._window)
        except PARSER_FAULTS as error:
            raise LayoutChanged(f"{self._spec.name} cannot begin: {type(error).__name__}: {error}") from error

    def _work_off(self, pool: ThreadPoolExecutor) -> None:
        """Ask and read until nothing is left: one request at a time a host, hosts side by side."""
        under_way: dict[Future[Answer], Errand] = {}
        while True:
            self._read_archived()
            busy = {errand.host for errand in under_way.values()}
            for host in self._frontier.hosts():
                if host not in busy:
                    errand = self._frontier.take(host)
                    if (answer := self._find_answer(errand)) is not None:
                        self._receive(errand, answer)
                    else:
                        under_way[pool.submit(self._ask, errand)] = errand
            if under_way:
                done, _ = wait(under_way, return_when=FIRST_COMPLETED)
                for future in done:
                    self._receive(under_way.pop(future), future.result())
            elif not self._replays.hosts() and not self._frontier.hosts():
                return

    def _find_answer(self, errand: Errand) -> Answer | None:
        """What this crawl was told already, where a page is itself a document: one address is not asked twice."""
        url = errand.request.url
        if errand.ref is None and self._publisher.unwrap is not None:
            return None  # what is kept of the document is not the page it came in
        other = self._log.document(url) if errand.ref is None else self._log.page(url)
        if other is None or other.crawl != self._log.crawl or other.outcome not in HAD or other.sha256 is None:
            return None
        validators = {"etag": other.etag, "last-modified": other.last_modified}
        headers = {**other.headers, **{name: value for name, value in validators.items() if value}}
        content = self._log.archive.read(other.sha256)
        return Answer(Outcome.OK, other.final_url or url, other.fetched_at, other.status, content, headers)

    def _ask(self, errand: Errand) -> Answer:
        """In a thread of its own."""
        is_file = errand.ref is not None and self._file.search(urlsplit(errand.request.url).path) is not None
        return self._fetch(errand.request.url, errand.visit, is_file=is_file)

    def _receive(self, errand: Errand, answer: Answer) -> None:
        if errand.ref is not None:
            self._receive_document(errand.request, errand.ref, answer)
        elif answer.outcome == Outcome.WAITING:
            self._lose_page(errand, answer.outcome, answer.message)
        else:
            if errand.rank == LIST and answer.status in PAST_END and hash_key(errand.request.url) not in self._starts:
                answer = replace(answer, outcome=Outcome.PAST_END)
            self._log.write_page(errand.request, answer)
            self._read_page(errand, answer.outcome, answer.message)

    def _read_archived(self) -> None:
        while hosts := self._replays.hosts():
            self._read_page(self._replays.take(hosts[0]), Outcome.UNCHANGED, None)

    def _read_page(self, errand: Errand, outcome: Outcome, message: str | None) -> None:
        """Parse what the archive holds of a page, and name what it names."""
        if outcome == Outcome.PAST_END:
            return
        if outcome not in HAD:
            self._lose_page(errand, outcome, message)
            return
        page = self._log.read_page(errand.request)
        try:
            reading = self._publisher.read(page, self._window)
        except PARSER_FAULTS as error:
            told = str(error) if isinstance(error, LayoutChanged) else f"{type(error).__name__}: {error}"
            self._tally.note_unread(f"{page.url}: {told}"[:300])
            self._substitute(errand)
            return
        self._tally.note_page(errand.request.step, reading)
        self._name_all(errand, reading)

    def _name_all(self, errand: Errand, reading: Reading) -> None:
        """Everything a page names. Of a listing whose page brings nothing new, older pages are not asked for."""
        request, modified = errand.request, errand.request.fact("modified")
        news = [self._name_document(ref, request.url, modified) for ref in reading.documents]
        news += [self._pass_over(ref, request.url) for ref in reading.passed_over]
        news += [self._name_page(follow) for follow in reading.follow if follow.step != request.step]
        if errand.rank == LIST and not self._is_full and not any(news):
            return
        for follow in reading.follow:
            if follow.step == request.step:
                self._name_page(follow)

    def _name_page(self, request: Request) -> bool:
        """Put a page where it belongs; whether it is news."""
        key = hash_key(request.url)
        if key in self._named_pages:
            return False
        self._named_pages.add(key)
        is_listing = request.step in self._listing
        visit, modified = self._log.page(request.url), request.fact("modified")
        due = visit is not None and is_due(
            visit, self._spec, self._now, published=self._newest.get(key), modified=modified
        )
        plan = plan_page(visit, self._log.crawl, self._now, is_listing=is_listing, is_full=self._is_full, is_due=due)
        errand = Errand(request, LIST if is_listing else PAGE, visit=visit)
        if plan == Plan.ASK:
            self._frontier.add(errand)
        elif plan == Plan.REPLAY:
            self._replays.add(replace(errand, visit=None))
        elif visit is not None and visit.outcome not in (*HAD, Outcome.PAST_END):
            self._lose_page(errand, visit.outcome, visit.message)
        return not is_listing and (visit is None or self._is_news(visit, modified))

    def _is_news(self, visit: Visit, modified: str | None) -> bool:
        if visit.first_crawl == self._log.crawl:
            return True
        moment = read_moment(modified) if modified else None
        return moment is not None and (moment > visit.fetched_at or visit.crawl == self._log.crawl)

    def _pass_over(self, named: DocumentRef, named_on: str) -> bool:
        """Note a document that is of no interest; whether it is news."""
        ref = self._complete(named)
        key = hash_key(ref.url)
        if key in self._named:
            return False
        self._named.add(key)
        self._tally.note_listed(ref)
        return self._log.write_listing(ref, named_on, self._now, is_passed_over=True)

    def _complete(self, named: DocumentRef) -> DocumentRef:
        """The reference with what the source's facts say of all its documents."""
        spec = self._spec
        body, licence = named.body or spec.publisher, named.licence or spec.licence
        url = named.url.partition("#")[0]
        return replace(named, url=url, body=body, licence=licence, people=self._log.find_people(url, named.people))

    def _name_document(self, named: DocumentRef, named_on: str, modified: str | None) -> bool:
        """Put a document where it belongs; whether it is news."""
        ref = self._complete(named)
        key = hash_key(ref.url)
        if key in self._named:
            self._log.add_people(ref, self._now)
            return False
        self._named.add(key)
        self._tally.note_listed(ref)
        is_news = self._log.write_listing(ref, named_on, self._now, is_passed_over=False)
        self._plan_document(ref, modified)
        return is_news

    def _plan_document(self, ref: DocumentRef, modified: str | None) -> None:
        visit, request = self._log.document(ref.url), Request(ref.url, DOCUMENT_STEP)
        due = visit is not None and is_due(visit, self._spec, self._now, published=ref.published, modified=modified)
        if plan_document(visit, self._log.crawl, self._now, is_due=due) == Plan.ASK:
            self._frontier.add(Errand(request, DOCUMENT, ref, visit))
        elif visit is not None:
            self._leave_document(visit, ref)

    def _leave_document(self, visit: Visit, ref: DocumentRef) -> None:
        """A document that is not asked for tonight; what is newly said of it is written down."""
        if visit.outcome in HAD:
            self._tally.note_document(Outcome.UNCHANGED)
        else:
            self._tally.note_lost_document(visit.outcome, visit.message)
        if visit.ref != ref:
            self._log.relabel(visit, ref)

    def _receive_document(self, request: Request, ref: DocumentRef, answer: Answer) -> None:
        answer = self._unwrap(request, answer) if answer.outcome == Outcome.OK else answer
        if answer.outcome != Outcome.WAITING:
            self._log.write_document(replace(ref, people=self._log.find_people(ref.url, ref.people)), request, answer)
        if answer.outcome in HAD:
            self._tally.note_document(answer.outcome)
        else:
            self._tally.note_lost_document(answer.outcome, answer.message)

    def _unwrap(self, request: Request, answer: Answer) -> Answer:
        """The answer with the document taken out of what it came in; a failure where there is none in it."""
        if self._publisher.unwrap is None:
            return answer
        try:
            content = self._publisher.unwrap(Page(request, answer.url, answer.status, answer.content, answer.headers))
        except PARSER_FAULTS as error:
            message = f"{request.url} holds no document: {error}."
            return replace(answer, outcome=Outcome.FAILED, content=b"", message=message)
        return replace(answer, content=content)

    def _lose_page(self, errand: Errand, outcome: Outcome, message: str | None) -> None:
        self._tally.note_lost_page(outcome, message)
        if outcome != Outcome.WAITING:
            self._substitute(errand)

    def _substitute(self, errand: Errand) -> None:
        """Ask for what serves in place of a page that cannot be had or read."""
        otherwise = errand.request.otherwise
        if errand.rank == LIST:
            self._tally.note_lost_listing(has_substitute=bool(otherwise))
            self._listing |= {request.step for request in otherwise}
        for request in otherwise:
            self._name_page(request)

    def _take_up_what_waits(self) -> None:
        """Pages that are due or were never had, and documents an earlier night could not get."""
        for visit in self._log.memory.pages():
            published = self._newest.get(hash_key(visit.url))
            due = visit.sha256 is None or is_due(visit, self._spec, self._now, published=published, modified=None)
            if due and visit.step not in self._listing:
                self._name_page(visit.request)
        for listing in self._log.memory.listings.latest():
            before = self._log.document(listing.ref.url)
            if not listing.is_passed_over and (before is None or before.outcome not in HAD):
                self._name_document(listing.ref, listing.named_on, None)
