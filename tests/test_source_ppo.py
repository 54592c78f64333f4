"""The Ombudsman's list: tiles asked for as JSON, page by page, or the platform's own theme."""

import json
from dataclasses import replace
from datetime import date
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.web import LayoutChanged, Page, Request
from sources import ppo
from tests.replicas.ppo import HOME, LIST, invent, make_site, tile
from tests.walking import ask, respond, walk, window_of

HERE = window_of("ppo")
MANY = invent(120)
RECENT = [report for report in MANY if report.published >= HERE.since]


def read_page(step: str, content: str, **facts: str) -> ppo.Reading:
    url = HERE.addresses["tiles" if step == "tiles" else "listing"]
    return ppo.read(Page(Request(url, step, tuple(facts.items())), url, 200, content.encode()), HERE)


def test_tiles_are_asked_for_page_by_page() -> None:
    found = walk(make_site(MANY), "ppo")
    reports = [ref for ref in found.documents if ref.responds_to is None]
    assert [ref.url for ref in reports] == [f"{HOME}{report.file}" for report in RECENT]
    queries = [dict(parse_qsl(urlsplit(url).query)) for url in found.asked if "admin-ajax" in url]
    assert sorted(json.loads(query["queryParams"])["paged"] for query in queries) == [1, 2, 3]
    assert {query["action"] for query in queries} == {"update_tiles"}
    assert (found.failed, found.oddities) == ((), ())


def test_a_tile_holds_all_facts() -> None:
    found = walk(make_site(MANY), "ppo")
    report, plan = found.documents[1], found.documents[2]
    assert (report.title, report.people) == ("Surname1, Forename", ("Surname1, Forename",))
    assert (report.published, report.reference) == (date(2026, 9, 28), "F4001/26")
    assert (report.categories, report.recipients) == (("Self-inflicted",), ("HMP Fogmere 1",))
    assert (plan.responds_to, plan.body) == (report.url, "HMP Fogmere 1")
    assert found.documents[0].people == ()  # "Individual at …": the name is withheld
    assert ask(make_site(), plan.url).content.startswith(b"%PDF-")


def test_the_platforms_own_theme_gives_the_same_reports() -> None:
    tiles, hale = walk(make_site(MANY), "ppo"), walk(make_site(MANY, theme="hale"), "ppo")
    facts = [
        {(ref.url, ref.title, ref.published, ref.reference, ref.people, ref.recipients) for ref in walked.documents}
        for walked in (tiles, hale)
    ]
    assert facts[1] == {fact for fact in facts[0] if "action-plan" not in fact[0]}
    assert f"{HOME}{LIST}page/11/" in hale.asked
    assert f"{HOME}{LIST}page/13/" not in hale.asked
    assert respond(make_site(MANY, theme="hale"), f"{HOME}{LIST}page/13/").status == 404


def test_the_walk_ends_where_a_whole_page_is_older() -> None:
    window = replace(HERE, since=date(2026, 1, 1))
    found = walk(make_site(invent(400)), "ppo", window)
    assert len([url for url in found.asked if "admin-ajax" in url]) == 2
    assert all(ref.published is not None and ref.published >= window.since for ref in found.documents)


def test_nothing_found_is_the_end_and_nothing_at_all_a_fault() -> None:
    assert read_page("tiles", "<h2>No results found</h2><script>maxPage = 0;</script>") == ppo.Reading()
    for content in ("0", "<p>Sorry</p>", tile(invent(1)[0])):
        with pytest.raises(LayoutChanged):
            read_page("tiles", content)


@pytest.mark.parametrize(
    "script", ["PPOAjax.queryParams = '{broken';", "PPOAjax.queryParams = '{\"a\": }';", "", "maxPage = 3;"]
)
def test_a_list_page_without_a_query_is_refused(script: str) -> None:
    with pytest.raises(LayoutChanged):
        read_page("listing", f"<main><h1>Reports</h1></main><script>{script}</script>")


def test_a_tile_without_a_day_is_told() -> None:
    text = tile(invent(2)[1]).replace("28 September 2026", "soon")
    reading = read_page("tiles", f"{text}<script>maxPage = 1;</script>", paged="1", query="{}")
    assert [oddity.code for oddity in reading.oddities] == ["bad_date"]
    assert reading.documents[0].published is None


@given(st.integers(1, 9), st.integers(1, 9))
def test_the_next_page_is_asked_for_until_the_last(number: int, last: int) -> None:
    text = f"{tile(invent(1)[0])}<script>maxPage = {last};</script>"
    follow = read_page("tiles", text, paged=str(number), query='{"document_type":"fii-report"}').follow
    assert [request.fact("paged") for request in follow] == ([str(number + 1)] if number < last else [])


def test_the_host_may_ask_to_wait() -> None:
    waits = iter([30, None])
    site = make_site(limit=lambda: next(waits))
    first, second = (respond(site, HOME + LIST) for _ in range(2))
    assert (first.status, first.headers["Retry-After"], second.status) == (429, "30", 200)
