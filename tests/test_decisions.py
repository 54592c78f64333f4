"""A row that people call something else leaves its group, with its reprints, until they say otherwise."""

from dataclasses import replace
from datetime import timedelta

from pipeline.records import Review
from tests.warehouse_facts import AS_OF, NIGHT, make_facts
from warehouse.decisions import leave_groups


def judge(row_id: str, answer: str, hours: int = 0) -> Review:
    at = NIGHT + timedelta(hours=hours)
    return Review(f"v{hours}{answer}", row_id, "same_ask", answer, None, "Ann", AS_OF, at, common_id="c1")


def test_a_row_leaves_its_group_with_its_reprints() -> None:
    facts = make_facts()
    (common,) = facts.commons
    inspection, press, quoted, coroner, again, audit = common.member_ids
    commons, links = leave_groups(facts.commons, facts.links, [judge(inspection, "no")])
    assert commons[0].member_ids == (coroner, again, audit)
    assert {(one.earlier_id, one.later_id) for one in links} == {(audit, again)}
    assert not {inspection, press, quoted} & {commons[0].representative_id}


def test_the_last_word_counts_and_can_be_taken_back() -> None:
    facts = make_facts()
    row = facts.commons[0].member_ids[0]
    for answers in (["no", "yes"], ["no", "withdrawn"], ["yes"]):
        reviews = [judge(row, answer, hours) for hours, answer in enumerate(answers)]
        assert leave_groups(facts.commons, facts.links, reviews) == (tuple(facts.commons), tuple(facts.links))
    commons, _ = leave_groups(facts.commons, facts.links, [judge(row, "yes"), judge(row, "no", 1)])
    assert row not in commons[0].member_ids


def test_a_representative_that_leaves_is_replaced_and_a_group_of_one_is_none() -> None:
    facts = make_facts()
    (common,) = facts.commons
    (left,), _ = leave_groups(facts.commons, (), [judge(common.representative_id, "no")])
    assert left.representative_id in left.member_ids
    assert common.representative_id not in left.member_ids
    pair = replace(common, member_ids=common.member_ids[3:5])
    assert leave_groups([pair], (), [judge(pair.member_ids[0], "no")]) == ((), ())
    other = replace(judge(pair.member_ids[0], "no"), common_id="c9")
    assert leave_groups([pair], (), [other]) == ((pair,), ()), "said of another group"
