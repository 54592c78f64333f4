"""Coroners, complaints and custody crawled over real HTTP, night after night: the real parsers and the real fetcher."""

from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from flows.pulled import SourceFailed
from tests.generated import night_of
from tests.nights import Nights
from tests.replicas import iopc, judiciary, met, ppo

FEW = [report for report in judiciary.invent(30) if report.number < 14]


@pytest.fixture
def nights(data: Path) -> Nights:
    return Nights(data)


def test_a_late_response_is_found_and_no_other_page_is_asked(nights: Nights) -> None:
    nights.crawl("pfd", judiciary.make_site(FEW), 0)
    before = nights.refs
    assert len(nights.asked) == 1 + len(FEW) + len(before) - 1  # the page that is its own report is asked once
    assert max(Counter(nights.asked).values()) == 1
    late = "2026/11/2026-0100-Response-from-Home-Office.pdf"
    changed = replace(FEW[0], files=(*FEW[0].files, late), changed=night_of(1).date())
    pulled = nights.crawl("pfd", judiciary.make_site([changed, *FEW[1:]]), 2)
    (url,) = nights.refs.keys() - before.keys()
    assert (pulled.new, url.endswith(late)) == (1, True)
    assert nights.refs[url].responds_to == next(old for old in before if "2026-0100_Published" in old)
    files = [f"{judiciary.UPLOADS}{file}" for file in changed.files]  # a changed page's own file may have changed too
    assert nights.asked[1:] == [f"{judiciary.ROOT}{changed.slug}/", *files]


def test_a_host_that_refuses_after_fast_hits_loses_nothing_and_the_next_night_goes_on(nights: Nights) -> None:
    site = judiciary.make_site(FEW, block_after=6, clock=lambda: 1.0)
    with pytest.raises(SourceFailed, match="refus") as caught:
        nights.crawl("pfd", site, 0)
    had = nights.refs
    assert caught.value.pulled is not None and 0 < len(had) == caught.value.pulled.new
    nights.crawl("pfd", judiciary.make_site(FEW), 1)
    assert nights.refs.items() >= had.items()
    fresh = Nights(nights.data.with_name("fresh"))
    fresh.crawl("pfd", judiciary.make_site(FEW), 0)
    assert nights.refs == fresh.refs


def test_without_rest_the_archive_pages_give_the_same(nights: Nights) -> None:
    nights.crawl("pfd", judiciary.make_site(FEW), 0)
    other = Nights(nights.data.with_name("other"))
    other.crawl("pfd", judiciary.make_site(FEW, rest=False), 0)
    assert other.refs.keys() == nights.refs.keys()


def test_a_file_only_browsers_get_is_told_and_the_pages_are_kept(nights: Nights) -> None:
    pulled = nights.crawl("iopc", iopc.make_site(), 0)
    assert [hit.path for hit in nights.hits if hit.status == 403] == [iopc.CASES[0].file]
    assert {issue.code for issue in pulled.issues} >= {"document_blocked"}
    pages = [case for case in iopc.CASES if case.day > date(2021, 11, 30)]
    assert {ref.title for ref in nights.refs.values()} >= {case.title for case in pages}
    assert max(Counter(nights.asked).values()) == 1
    nights.crawl("iopc", iopc.make_site(), 1)
    assert nights.asked == ["/sitemap.xml"]


def test_robots_that_are_a_page_and_replies_that_are_pages(nights: Nights) -> None:
    nights.crawl("met-iopc", met.make_site(), 0)
    assert {ref.reference for ref in nights.refs.values()} == {"2022/170001", "PC/2209/22", "2020/150009"}
    nights.crawl("met-iopc", met.make_site(), 1)
    assert len(nights.asked) == 1


def test_a_host_that_asks_to_wait_is_waited_for(nights: Nights) -> None:
    waits = iter([1, None, 1])
    nights.crawl("ppo", ppo.make_site(ppo.invent(8), limit=lambda: next(waits, None)), 0)
    assert Counter(hit.status for hit in nights.hits)[429] == 2
    assert len([ref for ref in nights.refs.values() if ref.responds_to is None]) == 8
    newest = replace(ppo.invent(1)[0], number=99, published=date(2026, 10, 30))
    assert nights.crawl("ppo", ppo.make_site([newest, *ppo.invent(8)]), 1).new == 1
    assert nights.asked[-1] == newest.file
