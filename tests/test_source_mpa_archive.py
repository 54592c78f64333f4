"""The former police authority: one address a page, dates by text or folder, reports and appendices as documents."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.web import LayoutChanged, Page, Request
from sources import mpa_archive
from tests.replicas.policeauthority import make_site
from tests.walking import Walk, ask, walk, window_of

HERE = window_of("mpa-archive")
ROOT = "http://policeauthority.org/metropolitan/committees"


@pytest.fixture(scope="module")
def crawl() -> Walk:
    return walk(make_site(), "mpa-archive")


@pytest.mark.parametrize("seed", range(1, 7))
def test_another_dress_changes_nothing(seed: int, crawl: Walk) -> None:
    assert walk(make_site(seed), "mpa-archive").documents == crawl.documents


def test_every_page_is_asked_for_once_under_one_name(crawl: Walk) -> None:
    assert crawl.failed == ()
    assert all(url.startswith(ROOT) for url in crawl.asked)
    assert not any("/zzz/" in url or "/1999/" in url for url in crawl.asked)
    assert len(crawl.documents) == 4 + 10 + 3 + 1
    assert [oddity.code for oddity in crawl.oddities] == ["unread_link"]


def test_every_document_can_be_had(crawl: Walk) -> None:
    assert {ask(make_site(), ref.url).status for ref in crawl.documents} == {200}


def test_a_report_is_a_document_itself(crawl: Walk) -> None:
    report = crawl.at("/101111/13/index.html")
    assert report.url == report.page == f"{ROOT}/sop/2010/101111/13/index.html"
    assert (report.source, report.body) == ("mpa", "Metropolitan Police Authority")
    assert (report.title, report.published) == ("Missing people: review of practice", date(2010, 11, 11))
    assert report.categories == ("Strategic and Operational Policing Committee",)


def test_appendices_are_documents_of_their_report(crawl: Walk) -> None:
    appendix = crawl.at("/13/appendix01.html")
    assert appendix.title == "Missing people: review of practice: Appendix 1: recommendations of the review"
    assert (appendix.published, appendix.page) == (date(2010, 11, 11), crawl.at("/101111/13/index.html").url)
    assert crawl.at("/13/appendix02.pdf").source == "mpa"


def test_where_no_date_is_printed_the_folder_tells(crawl: Walk) -> None:
    assert crawl.at("/2011/0317/13/").published == date(2011, 3, 17)


def test_minutes_have_no_heading_but_a_title_and_a_date(crawl: Walk) -> None:
    minutes = crawl.at("/2003/030626-agm/minutes/")
    assert (minutes.title, minutes.published) == ("MPA: minutes", date(2003, 6, 26))
    assert minutes.categories == ("Metropolitan Police Authority",)


def test_a_short_date_is_read(crawl: Walk) -> None:
    assert crawl.at("/mpa/2006/060502/01/").published == date(2006, 5, 2)


@given(
    st.sampled_from(["Metropolitan", "metropolitan"]),
    st.sampled_from(["", "www."]),
    st.sampled_from(["", "index.html", "index.htm"]),
)
def test_spellings_of_one_address_are_one_request(folder: str, www: str, index: str) -> None:
    here = f"{ROOT}/sop/2010/101111/index.html"
    link = f"http://{www}policeauthority.org/{folder}/committees/sop/2010/101111/13/{index}"
    page = Page(Request(here, "agenda"), here, 200, f"<h1>Agenda</h1><a href='{link}'>13</a>".encode())
    assert mpa_archive.read(page, HERE).follow == (Request(f"{ROOT}/sop/2010/101111/13/index.html", "report"),)


def test_a_list_that_leads_nowhere_is_told() -> None:
    here = f"{ROOT}/sop/index.html"
    with pytest.raises(LayoutChanged, match="no meeting"):
        mpa_archive.read(Page(Request(here, "list"), here, 200, b"<h1>Gone</h1>"), HERE)


def test_a_meeting_without_reports_is_told_and_stops_nothing() -> None:
    here = f"{ROOT}/sop/2010/101111/index.html"
    reading = mpa_archive.read(Page(Request(here, "agenda"), here, 200, b"<h1>Cancelled</h1>"), HERE)
    assert [oddity.code for oddity in reading.oddities] == ["missing_field"]
