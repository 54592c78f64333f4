"""Links are typed by evidence; an echo never counts as asking again."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from pipeline.records import Ask, Kind, LinkType
from pipeline.recur import ALL_PAIRS_UP_TO, link_pairs

ROUSE = "Custody staff should rouse drunken detainees every half hour and record what they say in reply to a question."
WAKE = "Detention officers ought to wake intoxicated people at thirty-minute intervals, noting the spoken answer."
FIRST = Ask("a", ROUSE, "hmicfrs", "HMICFRS", date(2021, 3, 1), "d1", Kind.RECOMMENDATION, "1")
LATER = Ask("b", WAKE, "hmicfrs", "HMICFRS", date(2023, 3, 1), "d2", Kind.RECOMMENDATION, "4")


def judge(one: Ask, other: Ask, similarity: float = 0.6) -> LinkType:
    (link,) = link_pairs("c1", [one, other], np.full((2, 2), similarity))
    assert link.evidence.endswith(".")
    return link.link_type


@pytest.mark.parametrize(
    ("change", "similarity", "expected"),
    [
        ({}, 0.6, LinkType.REITERATED),
        ({"body": "Coroner"}, 0.6, LinkType.INDEPENDENT),
        ({"document": "d1"}, 0.6, LinkType.REPUBLISHED),
        ({"text": ROUSE + " This is urgent."}, 0.99, LinkType.REITERATED),  # same body, two years on
        ({"text": ROUSE, "published": date(2021, 6, 1)}, 0.99, LinkType.REPUBLISHED),
        ({"text": ROUSE, "body": "Home Office"}, 0.99, LinkType.REPUBLISHED),
        ({"text": ROUSE, "kind": Kind.QUOTED_RECOMMENDATION}, 0.99, LinkType.REPUBLISHED),
        ({"label": "1", "body": "Home Office", "kind": Kind.QUOTED_RECOMMENDATION}, 0.6, LinkType.REPUBLISHED),
        ({"label": "9", "body": "Home Office", "kind": Kind.QUOTED_RECOMMENDATION}, 0.6, LinkType.INDEPENDENT),
        ({"body": "Home Office", "kind": Kind.QUOTED_RECOMMENDATION}, 0.85, LinkType.REPUBLISHED),
        ({"published": date(2021, 3, 1)}, 0.6, LinkType.REPUBLISHED),
        ({"published": date(2021, 5, 1)}, 0.95, LinkType.REPUBLISHED),  # an in-brief and its report
        ({"published": date(2021, 5, 1)}, 0.6, LinkType.REITERATED),
        ({"body": None, "source": None}, 0.6, LinkType.REITERATED),  # unknown is not another
        ({"published": None}, 0.6, LinkType.REITERATED),
    ],
)
def test_a_pair_is_typed_by_the_rule(change: dict[str, object], similarity: float, expected: LinkType) -> None:
    assert judge(FIRST, replace(LATER, **change), similarity) is expected  # type: ignore[arg-type]


def test_a_shared_reference_with_a_quotation_is_one_act() -> None:
    first = replace(FIRST, reference="2021-0389")
    reply = replace(LATER, reference="2021-0389", body="Home Office", kind=Kind.QUOTED_RECOMMENDATION)
    assert judge(first, reply) is LinkType.REPUBLISHED


def test_the_earlier_row_stands_first_and_order_does_not_count() -> None:
    forward = link_pairs("c1", [FIRST, LATER], lambda *_: 0.5)
    assert forward == link_pairs("c1", [LATER, FIRST], lambda *_: 0.5)
    assert (forward[0].earlier_id, forward[0].later_id) == ("a", "b")


def test_a_large_group_is_linked_by_nearest_earlier_rows() -> None:
    count = 30
    asks = [
        replace(LATER, id=f"r{n:02d}", text=f"{WAKE} {n} " + "x" * n, document=f"d{n}", published=date(2000 + n, 1, 1),
                body=("HMICFRS", "Coroner")[n % 2])
        for n in range(count)
    ]  # fmt: skip
    links = link_pairs("c1", asks, lambda i, j: 1.0 - abs(i - j) / count)
    assert count > ALL_PAIRS_UP_TO
    assert len(links) <= 3 * count
    last = [link for link in links if link.later_id == "r29"]
    assert {(link.earlier_id, link.link_type) for link in last} == {
        ("r28", LinkType.INDEPENDENT),
        ("r27", LinkType.REITERATED),
    }


def test_a_lone_row_has_no_link() -> None:
    assert link_pairs("c1", [FIRST], np.ones((1, 1))) == ()


def test_a_page_and_the_reply_to_it_are_one_act() -> None:
    page = replace(FIRST, source="iopc", body="IOPC", reference="2022/170001", label=None)
    reply = replace(LATER, source="met-iopc", body="IOPC", reference="2022/170001", label="1")
    assert judge(page, reply) is LinkType.REPUBLISHED
    assert judge(page, replace(reply, reference="2023/170001")) is LinkType.REITERATED
    assert judge(replace(page, label="2"), reply) is LinkType.REITERATED
