"""Ids of groups outlive nights: same in, same out; shuffles change nothing; every old id resolves."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.identity import (
    Decision,
    Matching,
    Members,
    living_groups,
    match_groups,
    read_decisions,
    read_names,
    resolve_id,
    used_ids,
)
from pipeline.records import IdentityEvent, Review

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def match(
    groups: Sequence[Members], living: dict[str, Members], night: str = "n", used: frozenset[str] = frozenset()
) -> Matching:
    return match_groups(groups, living, run_id=night, recorded_at=NOW, used=used)


def say(row: str, common_id: str, answer: str, minute: int = 0) -> Review:
    return Review(
        f"v{row}{common_id}{minute}", row, "same_ask", answer, None, "A. Lead", date(2026, 1, 1),
        NOW + timedelta(minutes=minute), common_id=common_id,
    )  # fmt: skip


def words(events: Sequence[IdentityEvent]) -> list[str]:
    return [event.event for event in events]


def partitions() -> st.SearchStrategy[list[Members]]:
    """Clusterings of up to twelve rows: groups of two or more, some rows alone."""

    def gather(labels: list[int]) -> list[Members]:
        groups = [tuple(f"r{n:02d}" for n, label in enumerate(labels) if label == k) for k in range(4)]
        return [group for group in groups if len(group) > 1]

    return st.lists(st.integers(0, 5), max_size=12).map(gather)


def test_a_first_night_mints_from_the_founding_members() -> None:
    first = match([("b", "a"), ("c", "d")], {})
    assert words(first.events) == ["new", "new"]
    assert first.groups == match([("d", "c"), ("a", "b")], {}).groups
    assert all(common_id.startswith("c") and len(common_id) == 13 for common_id in first.groups)


@given(partitions())
def test_the_same_clustering_again_changes_nothing(groups: list[Members]) -> None:
    first = match(groups, {})
    again = match(groups, living_groups(first.events))
    assert again.groups == first.groups
    assert again.events == ()


@given(partitions(), partitions(), st.randoms(use_true_random=False))
def test_shuffles_change_nothing(before: list[Members], after: list[Members], random: st.DrawFn) -> None:
    living = match(before, {}).groups
    shuffled = [tuple(random.sample(group, len(group))) for group in random.sample(after, len(after))]  # type: ignore[attr-defined]
    turned = dict(reversed(living.items()))
    assert match(shuffled, turned) == match(after, living)


@given(st.lists(partitions(), min_size=1, max_size=5))
def test_over_many_nights_the_ledger_tells_all(nights: list[list[Members]]) -> None:
    ledger: list[IdentityEvent] = []
    for n, groups in enumerate(nights):
        found = match(groups, living_groups(ledger), f"n{n}", used_ids(ledger))
        minted = [event.common_id for event in found.events if event.event == "new"]
        assert not set(minted) & used_ids(ledger), "an id is never given twice"
        ledger += found.events
        assert living_groups(ledger) == found.groups
        assert sorted(found.groups.values()) == sorted(tuple(sorted(group)) for group in groups)
    for common_id in used_ids(ledger):
        assert resolve_id(ledger, common_id) in {None, *living_groups(ledger)}


def test_growth_is_kept() -> None:
    first = match([("a", "b")], {})
    grown = match([("a", "b", "c")], first.groups)
    assert list(grown.groups) == list(first.groups)
    assert words(grown.events) == ["kept"]
    assert grown.events[0].member_ids == ("a", "b", "c")


def test_a_split_leaves_the_id_with_the_larger_part() -> None:
    first = match([("a", "b", "c", "d", "e")], {})
    (old,) = first.groups
    after = match([("a", "b", "c"), ("d", "e")], first.groups)
    assert after.groups[old] == ("a", "b", "c")
    assert words(after.events) == ["split", "new"]
    (child,) = set(after.groups) - {old}
    assert after.events[0].successor_id == child


def test_a_merger_is_absorbed_by_the_larger_and_resolves() -> None:
    first = match([("a", "b", "c"), ("d", "e")], {})
    large, small = sorted(first.groups, key=lambda i: -len(first.groups[i]))
    merged = match([("a", "b", "c", "d", "e")], first.groups)
    assert list(merged.groups) == [large]
    assert sorted(words(merged.events)) == ["absorbed", "kept"]
    ledger = [*first.events, *merged.events]
    assert resolve_id(ledger, small) == large


def test_a_group_without_rows_retires_and_its_id_is_never_given_again() -> None:
    first = match([("a", "b")], {})
    gone = match([], first.groups)
    assert words(gone.events) == ["retired"]
    ledger = [*first.events, *gone.events]
    assert resolve_id(ledger, next(iter(first.groups))) is None
    back = match([("a", "b")], living_groups(ledger), used=used_ids(ledger))
    assert set(back.groups).isdisjoint(first.groups)


def test_an_unknown_id_does_not_resolve() -> None:
    with pytest.raises(KeyError):
        resolve_id([], "c000000000000")


def test_a_row_in_two_groups_is_refused() -> None:
    with pytest.raises(ValueError, match="more than one group"):
        match([("a", "b"), ("b", "c")], {})


def test_a_person_takes_a_row_out_and_it_stays_out() -> None:
    first = match([("a", "b", "c")], {})
    (common_id,) = first.groups
    decisions = read_decisions([say("c", common_id, "no")], first.events)
    assert decisions == (Decision("c", common_id, belongs=False, others=frozenset("ab")),)
    living = first.groups
    for night in range(3):
        later = match_groups([("a", "b", "c")], living, run_id="n", recorded_at=NOW, decisions=decisions)
        living = later.groups
        assert later.groups == {common_id: ("a", "b")}
        assert words(later.events) == (["kept"] if night == 0 else [])


def test_a_person_moves_a_row_and_a_group_of_one_ends() -> None:
    first = match([("a", "b"), ("c", "d")], {})
    one, other = sorted(first.groups, key=lambda i: first.groups[i])
    decisions = read_decisions([say("c", one, "yes")], first.events)
    later = match_groups([("a", "b"), ("c", "d")], first.groups, run_id="n", recorded_at=NOW, decisions=decisions)
    assert later.groups == {one: ("a", "b", "c")}
    assert [(e.common_id, e.event, e.successor_id) for e in later.events if e.common_id == other] == [
        (other, "absorbed", one)
    ]


def test_the_last_word_counts_and_can_be_taken_back() -> None:
    first = match([("a", "b")], {})
    (common_id,) = first.groups
    said = [say("b", common_id, "no"), say("b", common_id, "yes", 1)]
    assert read_decisions(said, first.events) == (Decision("b", common_id, belongs=True, others=frozenset("a")),)
    assert read_decisions([*said, say("b", common_id, "withdrawn", 2)], first.events) == ()
    assert read_decisions([say("b", "c000000000000", "no")], first.events) == ()


def test_a_decision_follows_an_absorbed_id() -> None:
    first = match([("a", "b", "c"), ("d", "e")], {})
    large, small = sorted(first.groups, key=lambda i: -len(first.groups[i]))
    merged = match([("a", "b", "c", "d", "e")], first.groups)
    ledger = [*first.events, *merged.events]
    assert read_decisions([say("e", small, "no")], ledger) == (
        Decision("e", large, belongs=False, others=frozenset("d")),
    )


@given(
    partitions(), partitions(), st.lists(st.tuples(st.integers(0, 11), st.integers(0, 3), st.booleans()), max_size=6)
)
def test_decisions_stand_above_what_was_found(
    before: list[Members], after: list[Members], said: list[tuple[int, int, bool]]
) -> None:
    first = match(before, {})
    ids = sorted(first.groups)
    decisions = [
        Decision(f"r{row:02d}", common_id, yes, frozenset(first.groups[common_id]) - {f"r{row:02d}"})
        for row, common_id, yes in ((row, ids[k % len(ids)], yes) for row, k, yes in said if ids)
    ]
    found = match_groups(after, first.groups, run_id="n", recorded_at=NOW, decisions=decisions)
    last = {(d.recommendation_id, d.common_id): d.belongs for d in decisions}
    for (row, common_id), belongs in last.items():
        if not belongs:
            assert row not in found.groups.get(common_id, ())
    assert all(len(members) > 1 for members in found.groups.values())
    rows = [row for members in found.groups.values() for row in members]
    assert len(rows) == len(set(rows))


def test_a_group_that_a_decision_ended_does_not_come_back_under_another_id() -> None:
    first = match([("a", "b")], {})
    (common_id,) = first.groups
    ledger = list(first.events)
    for night in range(3):
        decisions = read_decisions([say("a", common_id, "no")], ledger)
        found = match_groups(
            [("a", "b")], living_groups(ledger), run_id=f"n{night}", recorded_at=NOW, used=used_ids(ledger),
            decisions=decisions,
        )  # fmt: skip
        ledger += found.events
        assert found.groups == {}
        assert words(found.events) == (["retired"] if night == 0 else [])


def name(common_id: str, said: str, minute: int = 0) -> Review:
    return Review(
        f"v{common_id}{minute}", "a", "plain_name", said, None, "A. Lead", date(2026, 1, 1),
        NOW + timedelta(minutes=minute), common_id=common_id,
    )  # fmt: skip


def test_the_last_name_stands_and_can_be_taken_away() -> None:
    first = match([("a", "b")], {})
    (common_id,) = first.groups
    said = [name(common_id, "Rousing", 1), name(common_id, "Waking drunk detainees", 2)]
    assert read_names(said[::-1], first.events) == {common_id: f"v{common_id}2"}
    assert read_names([*said, name(common_id, "withdrawn", 3)], first.events) == {}
    assert read_names([name("c000000000000", "Rousing")], first.events) == {}


def test_a_name_survives_growth_split_and_merger() -> None:
    first = match([("a", "b", "c"), ("d", "e")], {})
    large, small = sorted(first.groups, key=lambda i: -len(first.groups[i]))
    merged = match([("a", "b", "c", "d", "e")], first.groups)
    apart = match([("a", "b"), ("c", "d", "e")], merged.groups)
    ledger = [*first.events, *merged.events]
    assert read_names([name(small, "Small")], ledger) == {large: f"v{small}0"}, "an heir without a name inherits"
    both = [name(large, "Large"), name(small, "Small", 5)]
    assert read_names(both, ledger) == {large: f"v{large}0"}, "its own name stands above one it inherits"
    assert read_names(both, [*ledger, *apart.events]) == {large: f"v{large}0"}, "the id keeps it, its child has none"
    gone = match([], first.groups)
    assert read_names(both, [*first.events, *gone.events]) == {}


@given(st.lists(partitions(), min_size=1, max_size=5), st.data())
def test_a_name_always_belongs_to_a_living_group(nights: list[list[Members]], data: st.DataObject) -> None:
    ledger: list[IdentityEvent] = []
    for n, groups in enumerate(nights):
        ledger += match(groups, living_groups(ledger), f"n{n}", used_ids(ledger)).events
    known = sorted(used_ids(ledger))
    said = [
        name(i, "x", n) for n, i in enumerate(data.draw(st.lists(st.sampled_from(known), max_size=4)) if known else [])
    ]
    found = read_names(said, ledger)
    assert set(found) <= set(living_groups(ledger))
    assert set(found) == {heir for one in said if (heir := resolve_id(ledger, one.common_id or "")) is not None}
