"""The health gates: each fault stops a source in one sentence, and a healthy crawl passes."""

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.health import WINDOW_DAYS, Sight, judge_crawl, scale_bound
from pipeline.spec import SourceSpec
from pipeline.visits import Counts

SPEC = SourceSpec.model_validate({
    "name": "x", "title": "X", "publisher": "X", "licence": "OGL", "fresh_days": 30,
    "expected": {"documents": {"min": 100, "max": 400}, "pages": {"report": {"min": 80, "max": 400}},
                 "dated": 0.9, "referenced": 0.8, "oddities": 0.2, "unread_pages": 0.05},
})  # fmt: skip
HEALTHY = Counts(pages={"listing": 20, "report": 180}, documents=200, reports=180, dated=180, referenced=170)
TODAY = date(2026, 11, 23)
SIGHT = Sight(HEALTHY, 20, finished=True, full=True, days=WINDOW_DAYS, newest=date(2026, 11, 20), today=TODAY)


def seen(**counts: Any) -> Sight:
    return replace(SIGHT, counts=replace(HEALTHY, **counts))


def test_a_healthy_crawl_passes() -> None:
    verdict = judge_crawl(SPEC, SIGHT)
    assert (verdict.stop, verdict.lost, verdict.warnings) == (None, None, ())


@pytest.mark.parametrize(
    ("sight", "told"),
    [
        (replace(SIGHT, listing_pages=0), "none of its listing pages"),
        (seen(documents=0), "listed 0 documents"),
        (seen(documents=99), "at least 100"),
        (seen(pages={"listing": 20, "report": 10}), "kind 'report'"),
        (seen(pages_unread=30, examples={"pages_unread": "no title"}), "layout has changed: 30 pages .*no title"),
        (
            seen(oddities={"unknown_label": 90}, examples={"unknown_label": "Deceased's pet"}),
            "drifted: .*Deceased's pet",
        ),
        (seen(dated=100), "only 100 of 180 documents have a date"),
        (seen(referenced=100), "only 100 of 180 documents have a reference"),
        (seen(repeated=90), "90 of 180 documents repeat the reference"),
        (seen(pages_gone=100), "100 of its pages are gone"),
        (seen(listing_lost=1, pages_unread=1), "listing page was not understood"),
        (replace(SIGHT, newest=date(2026, 9, 1)), "stale: its newest document is of 2026-09-01"),
        (replace(SIGHT, last_full=replace(HEALTHY, documents=300)), "300 in its last good crawl"),
    ],
)
def test_a_fault_stops_the_source_in_one_sentence(sight: Sight, told: str) -> None:
    stop = judge_crawl(SPEC, sight).stop
    assert stop is not None
    assert re.search(told, stop), stop
    assert stop.startswith("x: ") and stop.endswith(".") and "\n" not in stop


def test_an_unfinished_or_partial_crawl_is_not_short() -> None:
    few = replace(HEALTHY, documents=5, reports=5, dated=5, referenced=5, pages={"listing": 1, "report": 5})
    assert judge_crawl(SPEC, replace(SIGHT, counts=few, finished=False)).stop is None
    assert judge_crawl(SPEC, replace(SIGHT, counts=few, full=False)).stop is None
    assert judge_crawl(SPEC, replace(SIGHT, counts=few, days=60)).stop is None


def test_a_host_that_refuses_loses_the_source_and_not_what_it_gave() -> None:
    verdict = judge_crawl(SPEC, seen(pages_refused=5, examples={"pages_refused": "It answered with a refusal (403)."}))
    assert verdict.stop is None
    assert verdict.lost and "refusal (403)" in verdict.lost and verdict.lost.count("\n") == 0


def test_what_is_lost_or_too_much_is_warned_of() -> None:
    verdict = judge_crawl(SPEC, seen(documents=900, documents_refused=3, oddities={"bad_date": 2}))
    assert verdict.stop is None
    assert [sentence.split(" ")[0] for sentence in verdict.warnings] == ["x", "x:", "x:"]
    assert any("refused to programs" in sentence for sentence in verdict.warnings)


@given(st.integers(0, 10_000), st.integers(0, WINDOW_DAYS * 2))
def test_a_bound_never_grows(least: int, days: int) -> None:
    assert 0 <= scale_bound(least, days) <= least


@given(st.builds(Counts, documents=st.integers(0, 50), reports=st.integers(0, 50), pages_unread=st.integers(0, 50),
                 pages_gone=st.integers(0, 50), repeated=st.integers(0, 50), waiting=st.integers(0, 3)))  # fmt: skip
def test_no_counts_break_the_judge(counts: Counts) -> None:
    verdict = judge_crawl(SPEC, replace(SIGHT, counts=counts))
    assert verdict.stop is None or verdict.stop.endswith(".")
