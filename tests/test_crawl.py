"""The crawl over real HTTP, night after night, against a generated publisher."""

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from flows.crawling import crawl_publisher
from flows.pulled import Pulled, SourceFailed
from pipeline.fetch import Fetcher, Policy
from pipeline.records import DocumentRef
from pipeline.store import Archive
from pipeline.versions import find_superseded
from pipeline.visits import CrawlState, EventKind, Memory
from pipeline.web import Page, Reading, Request, Window
from pipeline.workspace import Workspace
from sources import Source
from tests import generated
from tests.generated import FILES, HOST, Replica, make_source, night_of
from tests.replicas.server import Log, serve
from tests.replicas.site import NOT_FOUND, Answer, html

USUAL = make_source()


@dataclass(slots=True)
class World:
    """A publisher, its data folder, and what the server was asked."""

    replica: Replica
    data: Path
    address: str
    log: Log

    def night(self, day: int, source: Source = USUAL, *, since: date | None = None, **policy: Any) -> Pulled:
        """One night's crawl; the log then holds that night's requests alone."""
        self.log.hits.clear()
        usual = {"user_agent": "perennial/0 (+me@example.org)", "speed": 1e5, "replica": self.address}
        moment = night_of(day)
        fetcher = Fetcher(Policy(**{**usual, **policy}), Workspace(self.data).robots, now=lambda: moment)
        with closing(fetcher):
            return crawl_publisher(Workspace(self.data), source, fetcher, years=5, since=since, now=moment)

    @property
    def asked(self) -> list[str]:
        """Tonight's requests in order, robots.txt left out."""
        return [hit.path for hit in self.log.hits if hit.path != "/robots.txt"]

    @property
    def archive(self) -> Archive:
        return Archive(Workspace(self.data).archive)

    @property
    def memory(self) -> Memory:
        return Memory(Workspace(self.data).crawls / "generated")

    @property
    def files(self) -> list[str]:
        """The addresses of what is let in."""
        return sorted(line.ref.url for line in self.archive.lines)


@pytest.fixture
def world(data: Path) -> Iterator[World]:
    replica = Replica(list(range(1, 26)))
    with serve((replica.site(),)) as server:
        yield World(replica, data, server.address, server.log)


def test_the_first_crawl_takes_the_window_and_asks_nothing_twice(world: World) -> None:
    pulled = world.night(0)
    assert (pulled.listed, pulled.new) == (25, 25)
    assert max(Counter(world.asked).values()) == 1
    assert len(world.asked) == 3 + 25 + 25
    assert dict(world.log.most_at_once) == {HOST: 1, FILES: 1}
    [line, *_] = world.archive.lines
    assert (line.media_type, line.ref.licence, line.ref.body) == ("application/pdf", "OGL v3", "Invented Body")
    visit = world.memory.document(line.ref.url)
    assert visit and visit.etag and visit.licence == "OGL v3" and visit.fetched_at == night_of(0)


def test_since_narrows_the_window(world: World) -> None:
    pulled = world.night(0, since=date(2026, 10, 30))
    young = sum(generated.published(number) >= date(2026, 10, 30) for number in world.replica.numbers)
    assert 0 < pulled.new == young < 25
    assert world.night(1).new == 25 - young  # the usual window reaches back further, so it is listed whole
    assert world.memory.crawls()[-1].is_full


def test_later_nights_ask_for_news_only(world: World) -> None:
    world.night(0)
    world.replica.numbers.insert(0, 0)
    pulled = world.night(1)
    assert (pulled.new, world.asked) == (1, ["/reports/page/1/", "/reports/0/", "/reports/page/2/", "/0.pdf"])
    world.night(2)
    assert world.asked == ["/reports/page/1/"]


def test_young_pages_are_asked_again_and_nothing_changed_costs_no_content(world: World) -> None:
    world.night(0)
    assert world.night(8).new == 0
    assert Counter(hit.status for hit in world.log.of(FILES) if hit.path.endswith(".pdf")) == {304: 25}
    assert len(world.asked) == 1 + 25 + 25
    world.night(9)
    assert world.asked == ["/reports/page/1/"]


def test_a_clock_that_ran_ahead_keeps_nobody_from_being_asked(world: World) -> None:
    world.night(0)
    world.night(60)
    world.replica.numbers.insert(0, 26)
    assert world.night(1).new == 1


def test_old_pages_are_let_be(world: World) -> None:
    world.night(0)
    world.night(400, make_source(revisit_months=12, relist_days=1000))
    assert world.asked == ["/reports/page/1/"]


def test_a_replaced_document_is_an_event_and_both_versions_are_kept(world: World) -> None:
    world.night(0)
    world.replica.editions[3] = 2
    pulled = world.night(8)
    assert pulled.new == 1
    [event] = world.memory.events()
    assert (event.kind, event.url) == (EventKind.REPLACED, f"https://{FILES}/3.pdf")
    old, new = (line.sha256 for line in world.archive.lines if line.ref.url == event.url)
    assert (event.sha256, event.replaced_by) == (old, new)
    assert world.archive.read(old) == generated.draw(3, 1) and world.archive.read(new) == generated.draw(3, 2)
    assert {sha: one.by for sha, one in find_superseded(world.archive.lines).items()} == {old: new}
    assert [issue.code for issue in pulled.issues] == ["document_replaced"]
    world.replica.editions[3] = 1  # and back again
    world.night(16)
    assert {sha: one.by for sha, one in find_superseded(world.archive.lines).items()} == {new: old}
    assert len(world.memory.events()) == 2


def test_a_document_that_is_gone_or_not_listed_any_more_is_withdrawn_and_kept(world: World) -> None:
    world.night(0)
    world.replica.numbers.remove(5)
    world.replica.answers["/6.pdf"] = NOT_FOUND
    world.night(8)
    assert [(event.kind, event.url) for event in world.memory.events()] == [
        (EventKind.WITHDRAWN, f"https://{FILES}/6.pdf")
    ]
    pulled = world.night(31)
    withdrawn = {event.url: event.reason for event in world.memory.events()}
    assert withdrawn.keys() == {f"https://{FILES}/5.pdf", f"https://{FILES}/6.pdf"}
    assert withdrawn[f"https://{FILES}/5.pdf"] == "it is not listed any more"
    assert {issue.code for issue in pulled.issues} >= {"document_withdrawn"}
    assert len(world.files) == 25
    world.replica.numbers.insert(4, 5)
    world.night(62)
    assert world.memory.events()[-1].kind == EventKind.RETURNED


def test_the_monthly_listing_reads_known_pages_from_the_archive(world: World) -> None:
    world.night(0, make_source(revisit_months=0))
    pulled = world.night(31, make_source(revisit_months=0))
    assert (pulled.listed, pulled.new) == (25, 0)
    assert world.asked == [f"/reports/page/{page}/" for page in (1, 2, 3)]


def test_a_host_that_refuses_half_way_is_left_alone_and_nothing_good_is_lost(world: World) -> None:
    world.replica.refuse_after = 15
    with pytest.raises(SourceFailed, match="refusal") as caught:
        world.night(0)
    assert caught.value.pulled and caught.value.pulled.new == 13
    assert len([hit for hit in world.log.hits if hit.status == 403]) == 5
    before = world.files
    world.replica.refuse_after = None
    first = Counter(world.asked)
    assert world.night(1).new == 12
    again = {path for path in world.asked if path in first}
    assert again == {path for path in first if path.startswith("/reports/") and path in again}
    assert len(again) == 5  # those that were refused, and no other
    assert set(before) < set(world.files) and len(world.files) == 25


def test_a_budget_spreads_a_crawl_over_nights_and_nothing_is_asked_twice(world: World) -> None:
    asked: Counter[str] = Counter()
    states = []
    for day in range(5):
        world.night(day, requests_a_night=12)
        asked.update(world.asked)
        states.append(world.memory.crawls()[-1].state)
    assert states[0] == CrawlState.UNFINISHED and states[-1] == CrawlState.COMPLETE
    assert len(world.files) == 25
    assert {path for path, count in asked.items() if count > 1} <= {"/reports/page/1/"}  # the night after the last


def test_a_changed_layout_stops_the_source_and_its_documents_wait(world: World) -> None:
    world.night(0)
    before = world.archive.lines_path.read_bytes()
    world.replica.numbers[:0] = list(range(901, 909))
    for number in range(901, 906):
        world.replica.answers[f"/reports/{number}/"] = html("<html><main><h1>All new!</h1></main></html>")
    with pytest.raises(SourceFailed, match=r"generated: the layout has changed: 5 pages were not understood"):
        world.night(1)
    assert world.memory.crawls()[-1].state == CrawlState.STOPPED
    assert world.archive.lines_path.read_bytes() == before
    repaired = {"read": lambda page, window: Reading() if b"All new" in page.content else generated.read(page, window)}
    assert world.night(2, make_source(repaired)).new == 3
    assert not [path for path in world.asked if path.endswith(".pdf")]  # they were fetched the night before


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (html("<html><h1>Reports</h1></html>"), "names no report"),
        (html("<html><title>Just a moment...</title></html>"), "challenge"),
        (html("<html><title>Page not found</title></html>"), "not found"),
        (Answer(b"", 500), "status 500"),
        (html("no", 403), "403"),
        (Answer(b"", 200), "nothing"),
    ],
)
def test_an_empty_listing_is_never_a_quiet_night(world: World, answer: Answer, told: str) -> None:
    world.night(0)
    before = world.files
    world.replica.answers["/reports/page/1/"] = answer
    with pytest.raises(SourceFailed, match=told) as caught:
        world.night(1)
    assert str(caught.value).count("\n") == 0
    assert world.files == before


def test_what_cannot_be_read_has_a_substitute(world: World) -> None:
    def start(window: Window) -> tuple[Request, ...]:
        good = Request(f"https://{HOST}/reports/page/1/", "listing")
        return (Request(f"https://{HOST}/api/reports", "api", otherwise=(good,)),)

    for answer in (NOT_FOUND, html("{}")):
        world.replica.answers["/api/reports"] = answer
        shutil.rmtree(world.data, ignore_errors=True)
        pulled = world.night(0, make_source({"start": start}))
        assert pulled.new == 25
        assert any("another way" in issue.message for issue in pulled.issues)
        assert world.memory.crawls()[-1].state == CrawlState.COMPLETE


def read_page_as_document(page: Page, window: Window) -> Reading:
    if page.request.step == "listing":
        return generated.read(page, window)
    number = int(re.findall(r"<h1>Report (\d+)", page.content.decode())[0])
    return Reading((DocumentRef("generated", "generated", page.request.url, published=generated.published(number)),))


def test_a_page_that_is_the_document_is_asked_once(world: World) -> None:
    source = make_source({"read": read_page_as_document})
    assert world.night(0, source).new == 25
    assert max(Counter(world.asked).values()) == 1 and len(world.asked) == 3 + 25
    assert {line.media_type for line in world.archive.lines} == {"text/html"}


def test_new_markup_is_no_new_version_and_new_words_are(world: World) -> None:
    source = make_source({"read": read_page_as_document})
    world.night(0, source)
    day = generated.published(3)
    page = f"<html><body><script>nonce={{}}</script><main class='x{{}}'><h1>Report 3</h1><time>{day}</time>"
    page += "<p>Reference: G-00003</p><a href='y'>Download</a>{}</main></body></html>"
    world.replica.answers["/reports/3/"] = html(page.format(1, 1, ""))
    assert world.night(8, source).new == 0
    assert world.memory.events() == ()
    world.replica.answers["/reports/3/"] = html(page.format(2, 2, "<p>The force should do more.</p>"))
    assert world.night(16, source).new == 1
    assert [event.kind for event in world.memory.events()] == [EventKind.REPLACED]


def test_a_wrapped_document_is_unwrapped(world: World) -> None:
    def unwrap(page: Page) -> bytes:
        if b"edition 1" in page.content or page.content.startswith(b"%PDF"):
            return b"%PDF-1.4 unwrapped from " + page.url.encode()
        raise ValueError("there is no data in it")

    world.replica.answers["/4.pdf"] = Answer(b"{}", 200, {"Content-Type": "application/json"})
    pulled = world.night(0, make_source({"unwrap": unwrap}))
    assert pulled.new == 24
    assert world.archive.read(world.archive.lines[0].sha256).startswith(b"%PDF-1.4 unwrapped")
    assert [issue.code for issue in pulled.issues if issue.document] == ["document_failed"]
    del world.replica.answers["/4.pdf"]
    assert world.night(1, make_source({"unwrap": unwrap})).new == 1  # a failed one is asked for again


def test_what_is_of_no_interest_is_counted_and_not_fetched(world: World) -> None:
    def read(page: Page, window: Window) -> Reading:
        reading = generated.read(page, window)
        odd = tuple(ref for ref in reading.documents if ref.reference and int(ref.reference[-1]) % 2)
        return Reading(tuple(set(reading.documents) - set(odd)), reading.follow, passed_over=odd)

    pulled = world.night(0, make_source({"read": read}))
    assert (pulled.listed, pulled.new) == (25, 12)
    assert sum(listing.is_passed_over for listing in world.memory.listings.latest()) == 13
    assert world.night(1).new == 0  # the interest changed, and the pages were not asked again
    assert world.night(31).new == 13


def test_what_the_publisher_says_anew_is_kept_without_a_fetch(world: World) -> None:
    world.night(0)

    def read(page: Page, window: Window) -> Reading:
        reading = generated.read(page, window)
        documents = [DocumentRef(ref.connector, ref.source, ref.url, "A new title", published=ref.published)
                     for ref in reading.documents]  # fmt: skip
        return Reading(tuple(documents), reading.follow)

    source = make_source({"read": read}, revisit_months=0)
    assert world.night(31, source).new == 25
    assert not [path for path in world.asked if path.endswith(".pdf")]
    assert {line.ref.title for line in world.archive.lines[25:]} == {"A new title"}
    assert find_superseded(world.archive.lines) == {}


def test_bytes_that_somebody_took_away_are_fetched_again(world: World) -> None:
    world.night(0)
    line = world.archive.lines[0]
    world.archive.path_of(line.sha256).unlink()
    world.night(1)
    assert "/" + line.ref.url.rsplit("/", 1)[1] in world.asked
    assert world.archive.read(line.sha256)


def test_a_parser_that_breaks_costs_its_page_only(world: World) -> None:
    def read(page: Page, window: Window) -> Reading:
        if page.request.url.endswith("/reports/3/"):
            raise KeyError("title")
        return generated.read(page, window)

    pulled = world.night(0, make_source({"read": read}))
    assert pulled.new == 24
    assert any("KeyError" in issue.message for issue in pulled.issues)


def test_a_refused_document_is_recorded_and_left_alone_for_a_week(world: World) -> None:
    world.replica.answers["/4.pdf"] = html("Forbidden", 403)
    pulled = world.night(0)
    assert [issue.code for issue in pulled.issues if issue.document] == ["document_blocked"]
    world.night(1)
    assert "/4.pdf" not in world.asked
    del world.replica.answers["/4.pdf"]
    assert world.night(9).new == 1


def test_a_source_that_cannot_begin_says_so(world: World) -> None:
    with pytest.raises(SourceFailed, match="generated cannot begin: KeyError"):
        world.night(0, make_source(addresses={}))


def test_a_host_that_is_not_named_is_not_asked(world: World) -> None:
    pulled = world.night(0, make_source(hosts=[HOST]))
    assert pulled.new == 0
    assert world.log.of(FILES) == []
    assert {issue.code for issue in pulled.issues if issue.document} == {"document_refused"}


def test_a_page_with_the_time_in_its_markup_does_not_fill_the_archive(world: World) -> None:
    world.night(0)
    page = f"<html><head><script>now={{}}</script></head><body><main><h1>Report 3</h1><time>{generated.published(3)}"
    page += f"</time><p>Reference: G-00003</p><a href='https://{FILES}/3.pdf'>Download</a>{{}}</main></body></html>"
    world.replica.answers["/reports/3/"] = html(page.format(1, "").replace("'", '"'))
    blobs = len(list(world.data.glob("archive/??/*")))
    for day in (8, 16):
        world.replica.answers["/reports/3/"] = html(page.format(day, "").replace("'", '"'))
        world.night(day)
        assert "/reports/3/" in world.asked
    assert len(list(world.data.glob("archive/??/*"))) == blobs
    world.replica.answers["/reports/3/"] = html(page.format(1, '<a href="/4.pdf">Download</a>').replace("'", '"'))
    world.night(24)
    assert len(list(world.data.glob("archive/??/*"))) == blobs + 1  # the same words, and another link


def test_everybody_whom_pages_name_with_a_document_is_kept(world: World) -> None:
    def read(page: Page, window: Window) -> Reading:
        reading = generated.read(page, window)
        shared = [DocumentRef("generated", "generated", f"https://{FILES}/1.pdf", published=ref.published,
                              people=(f"Person {ref.title}",)) for ref in reading.documents]  # fmt: skip
        return Reading(tuple(shared), reading.follow)

    world.replica.numbers = [1, 2, 3]
    world.night(0, make_source({"read": read}))
    everybody = {f"Person Report {number}" for number in (1, 2, 3)}
    listing = world.memory.listings.get(f"https://{FILES}/1.pdf")
    assert listing and set(listing.ref.people) == everybody
    assert set(world.archive.lines[-1].ref.people) == everybody
    world.night(31, make_source({"read": read}))
    assert set(world.archive.lines[-1].ref.people) == everybody


def test_a_slow_publisher_is_asked_in_its_own_rhythm(world: World) -> None:
    weekly, never = make_source(cadence="weekly"), make_source(cadence="never", relist_days=365)
    assert world.night(0, weekly).new == 25
    for day in (1, 6):
        world.night(day, weekly)
        assert world.log.hits == []
    world.night(7, weekly)
    assert "/reports/page/1/" in world.asked
    world.night(300, never)
    assert world.asked == []
    world.night(400, never)
    assert "/reports/page/1/" in world.asked
