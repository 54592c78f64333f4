"""MOPAC: the list's own count, files without suffix, HTML papers, restricted papers, replies to inspections."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.web import LayoutChanged, Page, Request
from sources import mopac
from tests.replicas.london import BOARD, DECISIONS, make_site
from tests.walking import Walk, ask, walk, window_of

HERE = window_of("mopac")
SITE = "https://www.london.gov.uk"


@pytest.fixture(scope="module")
def crawl() -> Walk:
    return walk(make_site(), "mopac")


@pytest.mark.parametrize("seed", range(1, 9))
def test_another_dress_changes_nothing(seed: int, crawl: Walk) -> None:
    other = walk(make_site(seed), "mopac")
    assert other.documents == crawl.documents
    assert other.oddities == crawl.oddities == ()


def test_the_list_is_read_until_it_is_older_than_the_window(crawl: Walk) -> None:
    lists = [url for url in crawl.asked if url.startswith(SITE + DECISIONS) and "pcd" not in url]
    assert lists == [SITE + DECISIONS, f"{SITE}{DECISIONS}?page=1", f"{SITE}{DECISIONS}?page=2"]
    assert not any("fleet" in url or "estates" in url for url in crawl.asked)
    assert crawl.failed == ()


def test_a_decision_gives_each_of_its_files(crawl: Walk) -> None:
    plan = crawl.at("/media/41002/")
    assert plan.url == f"{SITE}/media/41002/download"
    assert plan.title == "PCD 1700 Internal audit plan: Appendix A: audit plan"
    assert (plan.reference, plan.published, plan.source) == ("PCD 1700", date(2025, 3, 3), "mopac")
    assert crawl.at("/media/41001/").page == plan.page


def test_a_decision_without_files_is_a_document_itself(crawl: Walk) -> None:
    assert crawl.at("complaints-review-model").reference == "PCD 1650"


def test_decisions_about_other_things_are_counted_and_passed_over() -> None:
    reading = mopac.read(ask(make_site(), Request(f"{SITE}{DECISIONS}?page=1", "decisions")), HERE)
    assert len(reading.passed_over) == 20
    assert {ref.published.year for ref in reading.passed_over if ref.published} == {2023}


def test_internal_audit_is_a_stream_of_its_own(crawl: Walk) -> None:
    report = crawl.at("/media/51001/")
    assert (report.source, report.body, report.published) == ("mopac-audit", "DARA", date(2025, 10, 8))
    assert report.restricted is False
    restricted = crawl.at("/media/51004/")
    assert (restricted.restricted, restricted.published) == (True, date(2025, 6, 25))
    assert crawl.at("/media/51003/").body == "MOPAC"
    assert not any("51005" in url or "moderngov" in url for url in (*crawl.urls, *crawl.asked))


def test_files_have_no_suffix_and_are_pdfs(crawl: Walk) -> None:
    files = [ref.url for ref in crawl.documents if "/media/" in ref.url]
    assert len(files) == 10
    assert all(ask(make_site(), url).content.startswith(b"%PDF-") for url in files)


def test_papers_of_the_board_are_documents_themselves(crawl: Walk) -> None:
    paper = crawl.at("children-in-custody")
    assert (paper.url, paper.page) == (f"{SITE}{BOARD}/children-in-custody",) * 2
    assert (paper.title, paper.published, paper.source) == ("Children in custody", date(2024, 12, 11), "mopac")


def test_a_paper_is_of_the_meeting_it_was_put_to(crawl: Walk) -> None:
    minutes = crawl.at("/media/71001/")
    assert (minutes.title, minutes.published) == ("Minutes and Actions - 11 December 2024", date(2025, 1, 30))
    assert crawl.at("undated-paper").published == date(2025, 1, 30)


def test_a_reply_names_the_inspection_it_answers(crawl: Walk) -> None:
    reply = crawl.at("/media/61001/")
    assert reply.responds_to == "https://hmicfrs.justiceinspectorates.gov.uk/publications/children-who-go-missing/"
    assert reply.published == date(2025, 8, 1)
    assert not any("61003" in url for url in crawl.urls)


@pytest.mark.parametrize(
    ("step", "body", "told"),
    [
        ("decisions", "<h1>Decisions</h1>", "how many"),
        ("decisions", "<h1>Decisions</h1><p>Showing 1-20 of 44 results found</p>", "no decision"),
        ("audit", "<h1>Audit Panel</h1>", "no paper"),
        ("board", "<h1>Oversight Board</h1>", "neither"),
        ("replies", "<h1>Replies</h1>", "no reply"),
        ("decision", "<p>Sorry</p>", "no heading"),
    ],
)
def test_a_changed_page_is_told(step: str, body: str, told: str) -> None:
    page = Page(Request(f"{SITE}/x", step), f"{SITE}/x", 200, body.encode())
    with pytest.raises(LayoutChanged, match=told):
        mopac.read(page, HERE)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 3000), st.integers(0, 200))
def test_the_list_ends_where_it_says(total: int, number: int) -> None:
    first = number * 20 + 1
    last = min(first + 19, total)
    body = f"<main>Showing {first:,}-{last:,} of {total:,} results found <a href='/x/pcd-1-y'>PCD 1 review</a></main>"
    url = f"{SITE}{DECISIONS}?page={number}"
    reading = mopac.read(Page(Request(url, "decisions"), url, 200, body.encode()), HERE)
    onward = [request.url for request in reading.follow if request.step == "decisions"]
    assert onward == ([f"{SITE}{DECISIONS}?page={number + 1}"] if last < total else [])
