"""HMICFRS: nothing depends on class names, the landing page's date counts, one document for one report."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.web import LayoutChanged, Page, Request
from sources import hmicfrs
from tests.replicas.hmicfrs import make_site
from tests.walking import CONTACT, Walk, ask, respond, walk, window_of

HERE = window_of("hmicfrs")
SITE = "https://hmicfrs.justiceinspectorates.gov.uk"
FILES = "https://assets-hmicfrs.justiceinspectorates.gov.uk/uploads"


@pytest.fixture(scope="module")
def crawl() -> Walk:
    return walk(make_site(), "hmicfrs")


@pytest.mark.parametrize("seed", range(1, 13))
def test_another_dress_changes_nothing(seed: int, crawl: Walk) -> None:
    other = walk(make_site(seed), "hmicfrs")
    assert set(other.documents) == set(crawl.documents)
    assert sorted(o.message for o in other.oddities) == sorted(o.message for o in crawl.oddities)


def test_where_the_index_is_empty_the_map_of_the_site_is_read(crawl: Walk) -> None:
    found = walk(make_site(scripted=True), "hmicfrs")
    assert set(found.documents) == set(crawl.documents)
    assert not any("news" in url for url in found.asked)


def test_every_report_is_found_once(crawl: Walk) -> None:
    assert len(crawl.documents) == 12 + 9
    assert crawl.failed == ((f"{SITE}/publications/inspection-programme-2020-21/", 404),)
    assert sorted(oddity.code for oddity in crawl.oddities) == ["bad_date", "unread_link"]


def test_every_document_can_be_had_and_again_without_bytes(crawl: Walk) -> None:
    site = make_site()
    for ref in crawl.documents:
        page = ask(site, ref.url)
        assert page.status == 200
        if ref.url.endswith(".pdf"):
            again = respond(site, ref.url, {**CONTACT, "if-none-match": page.headers["etag"]})
            assert (again.status, again.content) == (304, b"")


def test_a_report_as_it_is_listed(crawl: Walk) -> None:
    report = crawl.at("children-who-go-missing")
    assert report.url == f"{FILES}/children-who-go-missing-an-inspection-of-how-police-respond.pdf"
    assert report.page == f"{SITE}/publications/children-who-go-missing/"
    assert (report.source, report.body, report.published) == ("hmicfrs", "HMICFRS", date(2025, 6, 12))
    assert report.title == "Children who go missing: an inspection of how police respond"


def test_a_report_without_a_pdf_is_its_html_page(crawl: Walk) -> None:
    assert crawl.at("responding-to-stalking").url == f"{SITE}/publication-html/responding-to-stalking/"


def test_a_pdf_of_another_name_replaces_nothing(crawl: Walk) -> None:
    named = {ref.url for ref in crawl.documents if ref.title == "Vetting and counter-corruption"}
    assert named == {f"{FILES}/terms-of-reference.pdf", f"{SITE}/publication-html/with-terms-of-reference/"}


def test_the_day_of_the_move_is_no_date_of_publication(crawl: Walk) -> None:
    assert crawl.at("state-of-learning").published == date(2022, 1, 12)
    moved = crawl.at("inspection-programme")
    assert (moved.published, moved.url) == (None, f"{SITE}/publication-html/inspection-programme-2020-21/")


def test_a_peel_report_is_its_page_or_its_pdf(crawl: Walk) -> None:
    met = crawl.at("metropolitan-2023-25")
    assert (met.url, met.areas) == (f"{SITE}/peel-reports/metropolitan-2023-25/", ("Metropolitan Police Service",))
    manchester = crawl.at("greater-manchester")
    assert manchester.url == f"{FILES}/frs-assessment-2023-25-greater-manchester.pdf"
    assert manchester.areas == ("Greater Manchester Police",)


def test_forces_are_named_by_the_taxonomy(crawl: Walk) -> None:
    assert crawl.at("custody-revisit").areas == ("Metropolitan Police Service", "City of London Police")


def test_what_concerns_fire_services_only_is_passed_over() -> None:
    page = ask(make_site(), Request(f"{SITE}/publications/fire-and-rescue-culture/", "landing"))
    reading = hmicfrs.read(page, HERE)
    assert reading.documents == ()
    assert [ref.published for ref in reading.passed_over] == [date(2023, 3, 30)]


def test_no_contact_no_page() -> None:
    assert respond(make_site(), f"{SITE}/publications/", {"user-agent": "python-httpx/0.28"}).status == 403


@pytest.mark.parametrize("path", ["/hmicfrs/publications/responding-to-stalking/", "/hmic/publications/x/"])
def test_old_addresses_become_present_ones(path: str) -> None:
    body = f'<main><h1>List</h1><a href="https://www.justiceinspectorates.gov.uk{path}">A report</a></main>'
    page = Page(Request(f"{SITE}/publications/", "listing"), f"{SITE}/publications/", 200, body.encode())
    (request,) = hmicfrs.read(page, HERE).follow
    assert request.url == f"{SITE}{path.removeprefix('/hmicfrs').removeprefix('/hmic')}"
    assert request.step == "landing"


def test_a_list_without_reports_is_told() -> None:
    page = Page(Request(f"{SITE}/publications/", "listing"), f"{SITE}/publications/", 200, b"<h1>Sorry</h1>")
    with pytest.raises(LayoutChanged, match="no publication"):
        hmicfrs.read(page, HERE)


def test_a_page_without_a_heading_is_told() -> None:
    page = Page(Request(f"{SITE}/publications/x/", "landing"), f"{SITE}/publications/x/", 200, b"<p>Moment</p>")
    with pytest.raises(LayoutChanged, match="no heading"):
        hmicfrs.read(page, HERE)


@settings(max_examples=25, deadline=None)
@given(st.permutations(["Published on: 3 May 2024", "Last updated 04/05/2025", "Print this document"]))
def test_only_the_labelled_date_counts(lines: list[str]) -> None:
    body = (
        f"<main><h1>A report</h1>{''.join(f'<p>{line}</p>' for line in lines)}<a href='/uploads/a.pdf'>PDF</a></main>"
    )
    page = Page(Request(f"{SITE}/publications/a/", "landing"), f"{SITE}/publications/a/", 200, body.encode())
    assert [ref.published for ref in hmicfrs.read(page, HERE).documents] == [date(2024, 5, 3)]
