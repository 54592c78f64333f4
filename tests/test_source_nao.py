"""The National Audit Office: reports of interest by department or title, the whole report rather than its summary."""

from dataclasses import replace
from datetime import date

import pytest

from pipeline.web import LayoutChanged, Page, Request
from sources import nao
from tests.replicas.nao import ROUTINE, make_site
from tests.walking import Walk, ask, walk, window_of

HERE = window_of("nao")
FILES = "https://www.nao.org.uk/wp-content/uploads/2025/01"


@pytest.fixture(scope="module")
def crawl() -> Walk:
    return walk(make_site(), "nao")


@pytest.mark.parametrize("seed", range(1, 5))
def test_another_dress_changes_nothing(seed: int, crawl: Walk) -> None:
    assert walk(make_site(seed), "nao").documents == crawl.documents


def test_reports_of_interest_are_found_and_the_rest_is_counted(crawl: Walk) -> None:
    assert crawl.urls == [f"{FILES}/{name}.pdf" for name in ("police-recruitment", "court-backlogs-Summary", "victims")]
    assert len(crawl.passed_over) == len(ROUTINE)
    assert [oddity.code for oddity in crawl.oddities] == ["unread_link"]
    assert crawl.failed == ()


def test_a_report_as_it_is_listed(crawl: Walk) -> None:
    report = crawl.documents[0]
    assert (report.title, report.published) == ("Police recruitment – an invented study", date(2025, 3, 14))
    assert (report.source, report.body) == ("nao", "National Audit Office")
    assert report.page == "https://www.nao.org.uk/reports/police-recruitment/"
    assert ask(make_site(), report.url).content.startswith(b"%PDF-")


def test_what_is_no_list_is_told() -> None:
    (request,) = nao.start(HERE)
    page = ask(make_site(), request)
    with pytest.raises(LayoutChanged):
        nao.read(replace(page, content=b'{"code": "rest_no_route"}'), HERE)


def test_a_page_without_a_heading_is_told() -> None:
    url = "https://www.nao.org.uk/reports/x/"
    with pytest.raises(LayoutChanged, match="no heading"):
        nao.read(Page(Request(url, "report"), url, 200, b"<p>Sorry</p>"), HERE)
