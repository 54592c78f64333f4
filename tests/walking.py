"""Walks a source's parser over a replica in memory, without sockets: start, respond, read, follow."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from urllib.parse import parse_qsl, urljoin, urlsplit

from pipeline.records import DocumentRef
from pipeline.taxonomy import canonical
from pipeline.web import LayoutChanged, Oddity, Page, Request, Window
from sources import Source, load_sources
from tests.replicas.site import Answer, Asked, Site

CONTACT = {"user-agent": "perennial/0.1 (learning@police.example)"}
WINDOW = Window(since=date(2021, 11, 1), today=date(2026, 11, 1))
MOST = 400  # requests; a walk that needs more goes round in circles


@cache
def sources() -> dict[str, Source]:
    """Every source, read once for all tests."""
    return load_sources()


@dataclass(frozen=True, slots=True)
class Walk:
    """What one crawl found, asked and could not get."""

    documents: tuple[DocumentRef, ...]
    oddities: tuple[Oddity, ...]
    asked: tuple[str, ...]
    failed: tuple[tuple[str, int], ...]
    follow: tuple[Request, ...]
    passed_over: tuple[DocumentRef, ...] = ()

    @property
    def urls(self) -> list[str]:
        return [ref.url for ref in self.documents]

    def at(self, part: str) -> DocumentRef:
        """The one document whose address holds `part`."""
        (found,) = [ref for ref in self.documents if part in ref.url]
        return found


def walk(site: Site, name: str, window: Window = WINDOW) -> Walk:
    """A whole crawl of source `name` over `site`."""
    source = sources()[name]
    window = window_of(name, window)
    waiting, known = list(source.parser.start(window)), set[str]()
    documents: dict[str, DocumentRef] = {}
    oddities: list[Oddity] = []
    failed: list[tuple[str, int]] = []
    follow: list[Request] = []
    passed_over: list[DocumentRef] = []
    while waiting:
        request = waiting.pop(0)
        if request.url in known:
            continue
        known.add(request.url)
        assert len(known) < MOST
        page = ask(site, request)
        if page.status >= 400:
            failed.append((request.url, page.status))
            waiting += request.otherwise
            continue
        try:
            reading = canonical(source.parser.read(page, window), source.taxonomies)
        except LayoutChanged:
            failed.append((request.url, page.status))
            waiting += request.otherwise
            continue
        for ref in reading.documents:
            documents.setdefault(ref.url, ref)
        passed_over += reading.passed_over
        oddities += reading.oddities
        waiting += reading.follow
        follow += reading.follow
    found = tuple(documents.values())
    return Walk(found, tuple(oddities), tuple(sorted(known)), tuple(failed), tuple(follow), tuple(passed_over))


def ask(site: Site, request: Request | str, headers: dict[str, str] | None = None) -> Page:
    """One page, redirects followed as the fetcher follows them."""
    asked = Request(request, "document") if isinstance(request, str) else request
    url = asked.url
    for _ in range(5):
        answer = respond(site, url, headers)
        if answer.status not in (301, 302, 303, 307, 308):
            break
        url = urljoin(url, answer.headers["Location"])
    return Page(asked, url, answer.status, answer.content, {k.lower(): v for k, v in answer.headers.items()})


def respond(site: Site, url: str, headers: dict[str, str] | None = None) -> Answer:
    """One answer, redirects not followed."""
    parts = urlsplit(url)
    assert parts.hostname in site.hosts, f"{url} is not on {site.hosts}"
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    return site.respond(Asked(parts.hostname, parts.path, query, headers or CONTACT, parts.query))


def window_of(name: str, window: Window = WINDOW) -> Window:
    """`window` with the addresses and options of source `name`, as the crawl fills them in."""
    spec = sources()[name].spec
    return replace(window, addresses=spec.addresses, options=spec.options)


def later(day: date) -> Window:
    """The window of a night after a complete crawl on `day`."""
    return replace(WINDOW, changed_since=datetime(day.year, day.month, day.day, 2, tzinfo=UTC))
