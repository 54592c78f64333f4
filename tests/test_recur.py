"""Links are typed by evidence; an echo never counts as asking again."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.document import Job, read_document
from pipeline import recur
from pipeline.media import PDF
from pipeline.records import Ask, Kind, LinkType
from pipeline.recur import ALL_PAIRS_UP_TO, link_pairs
from tests import pairwise_links

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


REPORT = replace(FIRST, source="parliament", body="Home Affairs Committee", document="report")
REPLY = replace(
    REPORT, published=date(2021, 5, 10), document="reply", kind=Kind.QUOTED_RECOMMENDATION, label=None,
)  # fmt: skip


def types(*asks: Ask, similarity: float = 0.6) -> dict[tuple[str, str], LinkType]:
    links = link_pairs("c1", asks, np.full((len(asks), len(asks)), similarity))
    return {(link.earlier_id, link.later_id): link.link_type for link in links}


def test_a_response_restates_one_recommendation_and_asks_nothing_of_the_others() -> None:
    """Two recommendations of a report are in a group, and its response restates one: the other is not asked again."""
    one, other = replace(REPORT, id="a1", label="5"), replace(REPORT, id="a2", label="6", text=WAKE)
    quote = replace(REPLY, id="q", text=WAKE + " Response: we agree.")
    assert types(one, other, quote) == {
        ("a1", "a2"): LinkType.REPUBLISHED,  # one document
        ("a2", "q"): LinkType.REPUBLISHED,
    }
    assert types(one, quote) == {}, "nothing shows that it restates this one, and a quotation is no new ask"


def test_a_quotation_is_spoken_for_by_what_it_restates() -> None:
    coroner = replace(LATER, id="k", source="pfd", body="Coroner", published=date(2022, 1, 1), document="d9")
    quote = replace(REPLY, id="q", text=ROUSE)
    assert types(REPORT, quote, coroner) == {("a", "q"): LinkType.REPUBLISHED, ("a", "k"): LinkType.INDEPENDENT}
    assert types(quote, coroner) == {("q", "k"): LinkType.INDEPENDENT}, "without it the quotation is all there is"


@pytest.mark.parametrize(
    ("label", "restates"), [("3", True), ("3b", True), ("3(b)", True), ("13", False), ("4b", False)]
)
def test_a_response_may_answer_part_by_part(label: str, restates: bool) -> None:
    quote = replace(REPLY, id="q", label=label, text=WAKE)
    assert (types(replace(REPORT, label="3"), quote) != {}) is restates


def test_two_numbers_of_one_report_are_two_acts_however_alike() -> None:
    quote = replace(REPLY, id="q", label="4", text=WAKE)
    assert types(replace(REPORT, label="3"), quote, similarity=0.9) == {}


def test_an_annex_and_an_in_brief_are_the_report_again() -> None:
    brief = replace(FIRST, id="b", document="in-brief", label=None, published=date(2021, 3, 8), text=WAKE)
    annex = replace(FIRST, id="x", document="annex", label="A1", published=date(2021, 4, 1))
    assert types(FIRST, brief, annex, similarity=0.93) == dict.fromkeys(
        [("a", "b"), ("a", "x"), ("b", "x")], LinkType.REPUBLISHED
    )


REAL = (  # a report and what answers it, and how many of its rows are restated there at least
    ("parliament/Summer2024-Disorder-Recomm", "parliament/Summer2024-Disorder-Response", 9),
    ("independent-reviews/Report1", "independent-reviews/Report1Response", 10),
)


@pytest.mark.parametrize(("report", "response", "least"), REAL)
def test_a_real_response_is_never_a_recurrence(shared: Path, report: str, response: str, least: int) -> None:
    """Whatever rows of the two fall into one group: nothing is asked again, and what is restated is found."""
    asked = read_asks(shared / "corpus" / "pdf" / f"{report}.pdf", "report", date(2025, 4, 14))
    quoted = read_asks(shared / "corpus" / "pdf" / f"{response}.pdf", "response", date(2025, 6, 20))
    links = [link for one in asked for other in quoted for link in link_pairs("c1", [one, other], lambda *_: 0.6)]
    assert {link.link_type for link in links} == {LinkType.REPUBLISHED}
    assert len({link.earlier_id for link in links}) >= least
    everything = link_pairs("c1", [*asked, *quoted], lambda *_: 0.6)
    assert {link.link_type for link in everything} == {LinkType.REPUBLISHED}


def read_asks(path: Path, document: str, published: date) -> list[Ask]:
    return [
        Ask(row.recommendation_id, row.text, "parliament", "The committee", published, document, row.kind, row.label)
        for row in read_document(Job(path, PDF, "parliament", published, ocr=False)).recommendations
    ]


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


WORDS = ("rouse", "detainees", "every", "half", "hour", "who", "drank", "in", "custody", "and", "note", "replies", "so")
DAYS = (None, date(2021, 1, 1), date(2021, 1, 2), date(2021, 4, 1), date(2022, 6, 1))
MANY_ASKS = st.lists(
    st.builds(
        Ask,
        id=st.just(""),
        text=st.lists(st.sampled_from(WORDS), max_size=16).map(" ".join),
        source=st.sampled_from((None, "iopc", "pfd")),
        body=st.sampled_from((None, "", "IOPC", "iopc", "Coroner")),
        published=st.sampled_from(DAYS),
        document=st.sampled_from((None, "d1", "d2", "d3")),
        kind=st.sampled_from((Kind.RECOMMENDATION, Kind.QUOTED_RECOMMENDATION)),
        label=st.sampled_from((None, "1", "1a", "1(b)", "2")),
        reference=st.sampled_from((None, "r1", "r2")),
    ),
    min_size=1,
    max_size=3 * ALL_PAIRS_UP_TO,
)


@settings(max_examples=300)
@given(drawn=MANY_ASKS, seed=st.integers(0, 2**20), at_once=st.sampled_from((1, 40, 2**19)))
def test_all_pairs_at_once_are_judged_as_one_by_one(drawn: list[Ask], seed: int, at_once: int) -> None:
    """The same links with the same evidence, whatever part of a group is looked at in one go."""
    dice = np.random.default_rng(seed)
    asks = [replace(ask, id=f"r{n}") for n, ask in zip(dice.permutation(len(drawn)).tolist(), drawn, strict=True)]
    # Few values, so that several rows are equally near.
    likeness = dice.choice(np.array([0.3, 0.4, 0.6, 0.8, 0.9, 0.90001, 0.99], np.float32), (len(asks), len(asks)))
    alike = np.minimum(likeness, likeness.T)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recur, "JUDGED_AT_ONCE", at_once)
        found = link_pairs("c1", asks, alike)
        assert found == link_pairs("c1", asks, lambda rows, columns: alike[rows.ravel()][:, columns.ravel()])
    assert found == pairwise_links.link_pairs("c1", asks, alike)
