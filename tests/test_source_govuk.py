"""GOV.UK: known parameters only, attachments of every kind, withdrawn items, and which stream a paper belongs to."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.web import LayoutChanged, Page, Request
from sources import govuk
from tests.replicas.govuk import REPORT, ROUTINE, make_site
from tests.walking import Walk, ask, later, respond, walk, window_of

HERE = window_of("govuk")
CONTENT = "https://www.gov.uk/api/content"
SITE = "https://www.gov.uk/government/publications"


@pytest.fixture(scope="module")
def crawl() -> Walk:
    return walk(make_site(), "govuk")


def test_a_crawl_finds_every_readable_publication_once(crawl: Walk) -> None:
    assert crawl.failed == ()
    assert len(crawl.documents) == ROUTINE + 7
    assert len([url for url in crawl.asked if "start=100" in url]) == 1
    assert sorted(oddity.code for oddity in set(crawl.oddities)) == ["missing_field", "unread_link", "unread_link"]


def test_every_document_can_be_had(crawl: Walk) -> None:
    site = make_site()
    assert {ask(site, ref.url).status for ref in crawl.documents} == {200}


def test_an_inquiry_is_its_own_body(crawl: Walk) -> None:
    report = crawl.at("brightwell-report.pdf")
    assert (report.source, report.body, report.reference) == ("inquiry", "Brightwell Inquiry", "HC 530")
    assert (report.published, report.page) == (date(2024, 2, 29), f"{SITE}/brightwell-inquiry-report")


def test_a_response_names_what_it_answers(crawl: Walk) -> None:
    reply = crawl.at("CP_1187.pdf")
    assert (reply.source, reply.body, reply.reference) == ("government-response", "Home Office", "CP 1187")
    assert reply.responds_to == crawl.at("brightwell-report.pdf").page
    assert reply.title == "Government response to the Brightwell Inquiry: CP 1187"


def test_a_pdf_comes_before_html_of_the_same_title(crawl: Walk) -> None:
    assert [url for url in crawl.urls if "brightwell" in url] == [REPORT]
    assert not any("welsh" in url or url.endswith(".ods") for url in crawl.urls)


def test_html_only_publications_are_documents_themselves(crawl: Walk) -> None:
    review = crawl.at("review-of-stalking-orders")
    assert review.url == f"{SITE}/review-of-stalking-orders/review"
    assert (review.source, review.body) == ("govuk", "Ministry of Justice")
    assert crawl.at("open-letter-on-vetting").url == f"{SITE}/open-letter-on-vetting"


def test_old_items_keep_their_files_in_pieces_of_html(crawl: Walk) -> None:
    old = crawl.at("attachment_data/file/123456")
    assert (old.published, old.source) == (date(2014, 10, 30), "inquiry")


def test_a_withdrawal_is_told(crawl: Walk) -> None:
    assert crawl.at("disclosure.pdf").withdrawn_on == date(2025, 6, 30)
    assert crawl.at("brightwell-report.pdf").withdrawn_on is None


def test_a_collection_leads_to_its_members(crawl: Walk) -> None:
    assert crawl.at("member.pdf").published == date(2022, 8, 1)
    assert not any("statistics" in url for url in crawl.asked)


def test_search_refuses_what_it_does_not_know() -> None:
    site = make_site()
    assert respond(site, "https://www.gov.uk/api/search.json?q=police&page=2").status == 422
    beyond = respond(site, "https://www.gov.uk/api/search.json?q=police&start=9000")
    assert json.loads(beyond.content)["results"] == []


def test_part_of_a_page_redirects_to_the_page(crawl: Walk) -> None:
    page = ask(make_site(), Request(f"{CONTENT}/government/publications/withdrawn-guidance/annex", "content"))
    assert page.url.endswith("withdrawn-guidance")
    assert [ref.url for ref in govuk.read(page, HERE).documents] == [crawl.at("disclosure.pdf").url]


def test_a_later_night_asks_from_the_last_crawl() -> None:
    found = walk(make_site(), "govuk", later(date(2025, 1, 1)))
    assert {ref.url.rpartition("/")[2] for ref in found.documents} == {
        "open-letter-on-vetting",
        "review",
        "member.pdf",
    }


def test_results_carry_when_they_changed(crawl: Walk) -> None:
    (request,) = [r for r in crawl.follow if r.url.endswith("brightwell-inquiry-report")][:1]
    assert (request.fact("modified") or "").startswith("2024-02-29")


def test_an_empty_page_before_the_end_is_no_short_list() -> None:
    url = "https://www.gov.uk/api/search.json?start=100"
    page = Page(Request(url, "search"), url, 200, b'{"results": [], "total": 140, "start": 100}')
    with pytest.raises(LayoutChanged, match="100 of 140"):
        govuk.read(page, HERE)


@given(st.sampled_from(["redirect", "gone"]))
def test_what_is_gone_is_an_unread_link(kind: str) -> None:
    url = f"{CONTENT}/x"
    page = Page(Request(url, "content"), url, 200, json.dumps({"base_path": "/x", "document_type": kind}).encode())
    assert [oddity.code for oddity in govuk.read(page, HERE).oddities] == ["unread_link"]
