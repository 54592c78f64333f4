"""Emerging themes: found, named without people's names, kept away once declined, back when grown."""

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.emerging import LEAST_ROWS, LEAST_TIGHT, Uncovered, name_clusters, propose_themes, settle_proposals
from pipeline.theme_records import Proposal, ProposalDecision
from tests.theme_rows import HERE, read_lines

AS_OF = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, tzinfo=UTC)
TOPICS = ("drone flights over prisons", "scooter batteries that catch fire", "lifeguards missing from beaches")


def make_rows(each: int) -> tuple[list[Uncovered], np.ndarray]:
    """Rows about three topics, far apart in meaning, a few of them by one coroner and about a man called Harrow."""
    rng = np.random.default_rng(7)
    rows, vectors = [], []
    for topic, words in enumerate(TOPICS):
        for n in range(each):
            text = f"Mr Harrow died. The evidence was of {words}, case {n}."
            published = date(2026, 6, 1) if n % 3 else date(2025, 6, 1)
            rows.append(Uncovered(f"r{topic}{n:02}", text, f"d{topic}{n // 2}", f"Body {n % 2}", published))
            centre = np.zeros(24)
            centre[topic] = 1.0
            vectors.append(centre + rng.normal(0, 0.05, 24))
    array = np.array(vectors)
    return rows, array / np.linalg.norm(array, axis=1, keepdims=True)


def test_each_topic_becomes_a_proposal_named_from_its_words() -> None:
    rows, vectors = make_rows(10)
    found = propose_themes(rows, vectors, AS_OF)
    assert sorted(len(one.member_ids) for one in found) == [10, 10, 10]
    names = " ".join(one.name for one in found)
    assert "drone" in names and "batteries" in names and "lifeguards" in names
    assert "harrow" not in " ".join(word for one in found for word in one.keywords)
    assert found[0].bodies == ("Body 0", "Body 1")
    assert found[0].years == (2025, 2026)
    assert (found[0].recent, found[0].earlier) == (6, 4)


def test_what_a_reader_judged_is_told_apart_by_how_it_hangs_together() -> None:
    """Proposals from concerns of the corpus that no theme covers, judged by one reader; `matter` is what they share."""
    judged = read_lines(HERE / "gold" / "emerging_judged.jsonl")
    assert {one["sensible"] for one in judged} == {True, False}
    assert all((one["tightness"] >= LEAST_TIGHT) == one["sensible"] for one in judged)


def test_a_text_printed_often_is_no_theme() -> None:
    rows, vectors = make_rows(10)
    often = [replace(row, text=rows[0].text) if row.id.startswith("r0") else row for row in rows]
    found = propose_themes(often, vectors, AS_OF)
    assert not any(member.startswith("r0") for one in found for member in one.member_ids)
    assert sorted(len(one.member_ids) for one in found) == [10, 10]


def test_what_hangs_together_loosely_is_not_offered() -> None:
    rows, vectors = make_rows(10)
    rng = np.random.default_rng(3)
    loose = vectors + rng.normal(0, 0.45, vectors.shape)
    loose /= np.linalg.norm(loose, axis=1, keepdims=True)
    assert propose_themes(rows, vectors, AS_OF)
    assert propose_themes(rows, loose, AS_OF) == ()


def test_a_word_and_its_plural_name_a_cluster_once() -> None:
    rows = [Uncovered(f"r{n}", f"A battery or batteries; a scooter, scooters {n}.", f"d{n}") for n in range(8)]
    others = [Uncovered(f"o{n}", f"The river was high on day {n}.", f"e{n}") for n in range(8)]
    (words,) = name_clusters([rows], [*rows, *others])
    assert len({"scooter", "scooters"} & set(words)) == 1


@given(st.randoms(use_true_random=False))
@settings(max_examples=8, deadline=None)
def test_the_order_of_rows_does_not_count(random: object) -> None:
    rows, vectors = make_rows(8)
    order = list(range(len(rows)))
    random.shuffle(order)  # type: ignore[attr-defined]
    assert propose_themes([rows[n] for n in order], vectors[order], AS_OF) == propose_themes(rows, vectors, AS_OF)


def test_too_few_rows_or_one_document_propose_nothing() -> None:
    rows, vectors = make_rows(3)
    assert propose_themes(rows, vectors, AS_OF) == ()
    rows, vectors = make_rows(10)
    one_document = [replace(row, document=row.id[:2]) for row in rows]
    assert propose_themes(one_document, vectors, AS_OF) == ()
    assert propose_themes([], np.zeros((0, 24)), AS_OF) == ()
    with pytest.raises(ValueError, match="one entry"):
        propose_themes(rows, vectors[:1], AS_OF)


def make_proposal(size: int, proposal_id: str = "e1") -> Proposal:
    members = tuple(f"r{n:03}" for n in range(size))
    return Proposal(proposal_id, "drones", ("drones",), members[0], members, (), (), 0, 0, "proposed")


def decide(proposal: Proposal, decision: str) -> ProposalDecision:
    return ProposalDecision(NOW, proposal.proposal_id, decision, "A. Lead", proposal.name, proposal.member_ids)


def test_a_declined_proposal_comes_back_only_when_it_has_grown() -> None:
    small = make_proposal(LEAST_ROWS)
    declined = [decide(small, "declined")]
    assert [one.state for one in settle_proposals([small, make_proposal(8)], declined)] == ["declined", "declined"]
    (grown,) = settle_proposals([make_proposal(9)], declined)
    assert (grown.state, grown.decided_by) == ("proposed again", "A. Lead")


def test_a_declined_proposal_does_not_come_back_under_another_id() -> None:
    declined = [decide(make_proposal(8), "declined")]
    (again,) = settle_proposals([make_proposal(9, "e2")], declined)
    assert again.state == "declined"
    other = replace(make_proposal(3, "e3"), member_ids=("x", "y", "z"))
    assert settle_proposals([other], declined) == (other,)


def test_the_last_decision_counts_and_can_be_taken_back() -> None:
    one = make_proposal(8)
    past = [decide(one, "declined"), decide(one, "accepted")]
    assert settle_proposals([one], past)[0].state == "accepted"
    assert settle_proposals([one], [*past, decide(one, "withdrawn")])[0].state == "proposed"
