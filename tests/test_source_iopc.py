"""The IOPC's pages and the Metropolitan Police's replies: one address a page, no class relied on, one reference."""

import ast
import csv
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import DocumentRef
from pipeline.web import LayoutChanged, Page, Reading, Request
from sources import iopc, met_iopc
from tests.replicas import met
from tests.replicas.iopc import CASES, HOME, HOSTS, make_site
from tests.walking import ask, sources, walk, window_of

HERE, THERE = window_of("iopc"), window_of("met-iopc")
SEEDS = range(8)
RECENT = [case for case in CASES if case.day >= HERE.since]


def stated(refs: Sequence[DocumentRef]) -> list[tuple[object, ...]]:
    return [(ref.url, ref.title, ref.published, ref.reference) for ref in refs if "/files/" not in ref.url]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("sitemap", [True, False])
def test_pages_say_the_same_in_every_dress(seed: int, sitemap: bool) -> None:
    found = walk(make_site(seed=seed, sitemap=sitemap), "iopc")
    assert sorted(stated(found.documents)) == sorted((c.url, c.title, c.day, c.reference) for c in RECENT)
    assert [oddity.code for oddity in found.oddities] == ["unknown_area", "unknown_category"]


def test_forces_topics_and_recipients() -> None:
    found = walk(make_site(), "iopc")
    both = found.at("essex-police-and-kent-police")
    assert both.areas == both.recipients == ("Essex Police", "Kent Police")
    national = found.at("national-recommendations")
    assert (national.areas, national.recipients) == ((), ("National Police Chiefs' Council",))
    assert national.categories == ("National recommendations", "Road traffic incidents")
    assert found.at("atlantis").areas == ("Atlantis Police",)


def test_the_lists_stand_in_for_the_sitemap() -> None:
    found = walk(make_site(sitemap=False), "iopc")
    assert {f"{HOME}/recommendations?page=1", f"{HOME}/node?page=1"} <= set(found.asked)
    assert f"{HOME}/node/9101" in found.asked  # read under its own address
    assert f"{HOME}/node/1" not in found.asked  # the foot of the page is no list
    assert len(found.urls) == len(set(found.urls))
    assert not any("/node/" in url for url in found.urls)


def test_without_any_list_nothing_is_found_and_it_shows() -> None:
    found = walk(make_site(sitemap=False, lists=False), "iopc")
    assert (found.documents, len(found.failed)) == ((), 3)


def test_files_hang_on_their_page_and_blocked_ones_are_left() -> None:
    site = make_site()
    found = walk(site, "iopc")
    reply, summary = found.at("Response_March"), found.at("Issue_51")
    assert (reply.responds_to, reply.body) == (CASES[0].url, "Metropolitan Police Service")
    assert (summary.responds_to, summary.page) == (None, CASES[1].url)
    assert [ask(site, ref.url).status for ref in (reply, summary)] == [403, 200]


@given(st.sampled_from(HOSTS), st.sampled_from(["http", "https"]), st.sampled_from(["", "/", "?page=0", "#x"]))
def test_every_host_and_scheme_is_one_address(host: str, scheme: str, end: str) -> None:
    for case in CASES:
        for path in (case.path, case.url.removeprefix(HOME), case.url.removeprefix(HOME).lower()):
            assert iopc.canonical_url(f"{scheme}://{host}{path}{end}", HERE) == case.url
    assert iopc.canonical_url("https://elsewhere.example/recommendations/x", HERE) is None


@pytest.mark.parametrize("host", HOSTS)
def test_a_page_read_on_another_host_is_listed_under_the_first(host: str) -> None:
    case = CASES[0]
    page = ask(make_site(), Request(case.url.replace("www.policeconduct.gov.uk", host), "case"))
    moved = iopc.read(page, HERE)
    assert moved == Reading(follow=() if host == HOSTS[0] else (Request(case.url, "case"),), documents=moved.documents)
    assert {ref.page for ref in moved.documents} <= {case.url}


@pytest.mark.parametrize("title", ["404 error", "Page not found", "Access denied", "Just a moment..."])
def test_a_soft_404_is_refused(title: str) -> None:
    page = Page(Request(CASES[0].url, "case"), CASES[0].url, 200, f"<main><h1>{title}</h1></main>".encode())
    with pytest.raises(LayoutChanged):
        iopc.read(page, HERE)


def test_other_pages_of_the_site_are_left_out() -> None:
    content = b"<main><h1>News - our year</h1><p>Published 3 March 2025</p></main>"
    assert iopc.read(Page(Request(f"{HOME}/node/2", "case"), f"{HOME}/node/2", 200, content), HERE) == Reading()


def test_the_month_of_an_incident_is_no_date_of_publication() -> None:
    url = CASES[0].url
    for kind, day in (("Investigation into a chase", None), ("Recommendation", date(2024, 5, 1))):
        content = f"<main><h1>{kind} - Kent Police, May 2024</h1><p>Words</p></main>".encode()
        page = Page(Request(url, "case"), url, 200, content)
        reading = iopc.read(page, HERE)
        assert reading.documents[0].published == day
        assert [oddity.code for oddity in reading.oddities] == ([] if day else ["missing_field"])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("lists", [True, False])
def test_replies_say_the_same_in_every_dress(seed: int, lists: bool) -> None:
    found = walk(met.make_site(seed=seed, lists=lists), "met-iopc")
    told = [(ref.url, ref.title, ref.published, ref.reference) for ref in found.documents]
    days = (date(2024, 4, 22), date(2023, 11, 1), date(2022, 1, 1))
    references = ("2022/170001", "PC/2209/22", "2020/150009")
    expected = [(r.url, met.TITLE, *rest) for r, *rest in zip(met.REPLIES[:3], days, references, strict=True)]
    assert sorted(told) == sorted(expected)
    assert found.oddities == ()
    assert {(ref.body, ref.areas) for ref in found.documents} == {("IOPC", ("Metropolitan Police Service",))}


def test_a_case_and_the_reply_to_it_carry_one_reference() -> None:
    case = walk(make_site(), "iopc").at("metropolitan-police-service-march-2024")
    reply = walk(met.make_site(), "met-iopc").at("custody-handover")
    assert (case.reference, case.body) == (reply.reference, reply.body)


@pytest.mark.parametrize("content", ["<main><h1>Sorry</h1></main>", "<main><p>Title: x</p></main>", ""])
def test_what_is_no_reply_is_refused(content: str) -> None:
    url = met.REPLIES[0].url
    with pytest.raises(LayoutChanged):
        met_iopc.read(Page(Request(url, "reply"), url, 200, content.encode()), THERE)


def test_an_empty_list_of_replies_is_refused() -> None:
    url = THERE.addresses["published"]
    with pytest.raises(LayoutChanged):
        met_iopc.read(Page(Request(url, "published"), url, 200, b"<main><h1>Published items</h1></main>"), THERE)


def test_a_wider_window_reaches_older_pages() -> None:
    wide = replace(HERE, since=date(2018, 1, 1))
    assert len(stated(walk(make_site(), "iopc", wide).documents)) == len(CASES)
    assert len(walk(met.make_site(), "met-iopc", replace(THERE, since=date(2018, 1, 1))).documents) == 4


def test_forces_agree_with_the_publishers_own_tags(shared: Path) -> None:
    forces = sources()["iopc"].taxonomies["areas"][0]
    with (shared / "corpus/iopc/recommendation_pages.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    agreeing = compared = 0
    for row in rows:
        tagged = {name for tag in ast.literal_eval(row["tags"]) if (name := forces.find(tag))}
        named = {name for body in iopc.bodies_in(row["heading"].strip()) if (name := forces.find(body))}
        if tagged and named:
            compared, agreeing = compared + 1, agreeing + (tagged <= named)
    assert compared > 600
    assert agreeing / compared > 0.99
