"""Parliament's committees: types always asked for, only advertised formats, replies joined to what they answer."""

import base64
import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.web import LayoutChanged, Page, Request
from sources import parliament
from tests.replicas.parliament import ROUTINE, make_site
from tests.walking import ask, later, walk, window_of

HERE = window_of("parliament")
WRAPPED = Request("https://committees-api.parliament.uk/api/Publications/1/Document/2/Pdf", "document")


def test_a_crawl_lists_each_publication_once() -> None:
    found = walk(make_site(), "parliament")
    assert found.failed == ()
    assert len(found.documents) == ROUTINE + 5
    assert all("PublicationTypeIds=1&PublicationTypeIds=2" in url for url in found.asked if "/Publications?" in url)
    assert [oddity.code for oddity in found.oddities] == ["missing_field"]
    assert "7300" in found.oddities[0].message


def test_a_report_as_it_is_listed() -> None:
    report = walk(make_site(), "parliament").at("/7101/")
    assert report.url.endswith("/api/Publications/7101/Document/71010/Pdf")
    assert (report.title, report.reference) == ("4th Report - Children who go missing", "HC 6140 (2024-26)")
    assert (report.body, report.published) == ("Home Affairs Committee", date(2024, 6, 12))
    assert (report.categories, report.responds_to) == (("Report",), None)


def test_a_reply_names_the_page_it_answers() -> None:
    found = walk(make_site(), "parliament")
    reply = found.at("/7188/")
    assert (reply.body, reply.responds_to) == ("Home Office", found.at("/7101/").page)
    assert found.at("/7230/").body == "Justice Committee"  # no department is named


def test_only_advertised_formats_are_asked_for() -> None:
    site = make_site()
    found = walk(site, "parliament")
    assert found.at("/7205/").url.endswith("/Html")
    assert found.at("/7230/").url.endswith("/OriginalFormat")
    statuses = {ask(site, ref.url).status for ref in found.documents if "/api/" in ref.url}
    assert statuses == {200}
    assert ask(site, found.at("/7205/").url.replace("Html", "Pdf")).status == 500


def test_what_has_no_document_is_listed_by_its_other_address() -> None:
    site = make_site()
    old = walk(site, "parliament").at("stalking")
    blocked = ask(site, old.url)
    assert blocked.status == 403
    assert b"Just a moment" in blocked.content


def test_documents_unwrap_to_their_bytes() -> None:
    site = make_site()
    found = walk(site, "parliament")
    assert parliament.unwrap(ask(site, found.at("/7101/").url)).startswith(b"%PDF-")
    assert parliament.unwrap(ask(site, found.at("/7205/").url)).startswith(b"<html>")


@given(st.binary())
def test_unwrapping_undoes_wrapping(content: bytes) -> None:
    wrapped = json.dumps({"fileName": "x", "fileSize": len(content), "data": base64.b64encode(content).decode()})
    assert parliament.unwrap(Page(WRAPPED, WRAPPED.url, 200, wrapped.encode())) == content
    bare = b"%PDF-" + content
    assert parliament.unwrap(Page(WRAPPED, WRAPPED.url, 200, bare)) == bare


@pytest.mark.parametrize(
    ("answer", "told"),
    [(b'{"fileSize": 3, "data": "!"}', "base64"), (b'{"fileSize": 9, "data": "AAAA"}', "says 9"), (b"{", "JSON")],
)
def test_a_spoilt_wrapper_is_told(answer: bytes, told: str) -> None:
    with pytest.raises(LayoutChanged, match=told):
        parliament.unwrap(Page(WRAPPED, WRAPPED.url, 200, answer))


def test_a_list_that_ends_early_is_no_short_year() -> None:
    url = "https://committees-api.parliament.uk/api/Publications?Skip=50&CommitteeId=1"
    page = Page(Request(url, "listing"), url, 200, b'{"items": [], "totalResults": 90}')
    with pytest.raises(LayoutChanged, match="50 of 90"):
        parliament.read(page, HERE)


def test_one_bad_item_loses_no_other() -> None:
    request = next(url for url in walk(make_site(), "parliament").asked if "CommitteeId=904" in url)
    page = ask(make_site(), Request(request, "listing"))
    answer = json.loads(page.content)
    answer["items"].append({"id": 5, "description": "No date"})
    reading = parliament.read(replace(page, content=json.dumps(answer).encode()), HERE)
    assert any("publicationStartDate" in oddity.message for oddity in reading.oddities)


@pytest.mark.parametrize(
    ("given", "body"),
    [("Home Office", "Home Office"), ({"departmentId": 1, "name": "Home Office"}, "Home Office"), (None, None)],
)
def test_a_department_is_a_name_or_a_record(given: object, body: str | None) -> None:
    request = next(url for url in walk(make_site(), "parliament").asked if "CommitteeId=901" in url)
    page = ask(make_site(), Request(request, "listing"))
    answer = json.loads(page.content)
    reply = next(item for item in answer["items"] if item["id"] == 7188)
    reply |= {"respondingDepartment": given, "hlPaper": {"number": None}, "hcNumber": None}
    answer["items"] = [reply, {**reply, "id": 9999, "documents": None}]
    reading = parliament.read(replace(page, content=json.dumps(answer).encode()), HERE)
    assert [ref.body for ref in reading.documents] == [body or "Home Affairs Committee"]
    assert [oddity.message.split()[1] for oddity in reading.oddities] == ["9999"]


def test_an_unknown_committee_is_told() -> None:
    window = replace(HERE, options={**HERE.options, "committees": "Committee of Nobody"})
    (request,) = parliament.start(window)
    with pytest.raises(LayoutChanged, match="Committee of Nobody"):
        parliament.read(ask(make_site(), request), window)


def test_a_later_night_asks_for_what_is_new() -> None:
    found = walk(make_site(), "parliament", later(date(2025, 3, 1)))
    assert {ref.url.split("/")[-4] for ref in found.documents} >= {"7230", "7205"}
    assert len(found.documents) < 4
