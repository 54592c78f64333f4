"""Ids of common recommendations that outlive a night: matched one to one on members, the past first."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from pipeline.ids import text_hash
from pipeline.records import IdentityEvent

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from pipeline.records import Review

Members = tuple[str, ...]
ANSWERS = frozenset({"yes", "no"})


class Matching(NamedTuple):
    """The groups of tonight by id, and what became of the ids there were."""

    groups: dict[str, Members]
    events: tuple[IdentityEvent, ...]


class Decision(NamedTuple):
    """A person's word on whether a recommendation belongs to a common recommendation."""

    recommendation_id: str
    common_id: str
    belongs: bool
    others: frozenset[str] = frozenset()  # the rows that were in it when it was said


def match_groups(
    groups: Sequence[Members],
    living: Mapping[str, Members],
    *,
    run_id: str,
    recorded_at: datetime,
    used: Collection[str] = (),
    prefix: str = "c",
    decisions: Sequence[Decision] = (),
) -> Matching:
    """Ids for tonight's `groups`, given the `living` ones of the nights before.

    The pair of old and new group that share most members is matched first, each group once; ties go to the larger
    share, then to the id. A group without a past gets an id made from its founding members, so a rebuild from
    nothing mints the same ids; ids in `used` (all the ledger ever held) are never given again. `decisions`, in the
    order they were taken, then stand above what was found: a row said to belong is moved into its group, one said not
    to is taken out, and a group left with one row ends. Events: `new`; `kept` when members changed; `split` on the
    old id for each new group that took members from it; `absorbed` with the id that took most of it; `retired` when no
    group holds its members. The same groups again give no event. Raises `ValueError` when a row stands in two groups.
    """
    fresh = sorted(tuple(sorted(group)) for group in groups)
    home = {member: n for n, group in enumerate(fresh) for member in group}
    if len(home) != sum(len(group) for group in fresh):
        raise ValueError("a recommendation stands in more than one group")
    matched = _match(_count_overlaps(living, home), living, fresh)
    ids = _name_groups(fresh, matched, {*living, *used}, prefix)
    named = _decide(dict(zip(ids, fresh, strict=True)), decisions)
    return Matching(dict(sorted(named.items())), _tell_events(living, named, run_id, recorded_at))


def read_decisions(reviews: Iterable[Review], events: Iterable[IdentityEvent]) -> tuple[Decision, ...]:
    """What people last said, by row and group, in the order they said it; ids that were absorbed stand for their heir.

    Of two judgements on one row and group the later counts; `withdrawn` takes both back.
    """
    told = list(events)
    heirs = find_heirs(told)
    history: dict[str, list[IdentityEvent]] = defaultdict(list)
    for event in told:
        history[event.common_id].append(event)
    latest: dict[tuple[str, str], Decision | None] = {}
    for review in _select_reviews(reviews, "same_ask", heirs):
        common_id = review.common_id or ""
        key = (review.recommendation_id, heirs[common_id] or common_id)
        others = _members_then(history[common_id], review.recorded_at) - {review.recommendation_id}
        latest.pop(key, None)
        latest[key] = Decision(*key, review.answer == "yes", others) if review.answer in ANSWERS else None
    return tuple(decision for decision in latest.values() if decision)


def read_names(reviews: Iterable[Review], events: Iterable[IdentityEvent]) -> dict[str, str]:
    """For each living group that people have named, the review that says its name, by their ids.

    The last said counts; `withdrawn` takes the name away. Of a group that was absorbed the name goes to its heir,
    unless that has one of its own; of a group that split it stays with the id.
    """
    heirs = find_heirs(events)
    latest = {review.common_id or "": review for review in _select_reviews(reviews, "plain_name", heirs)}
    standing = [(common_id, review) for common_id, review in latest.items() if review.answer != "withdrawn"]
    # Own names last, so that they stand above inherited ones; of these the last said.
    standing.sort(key=lambda one: (heirs[one[0]] == one[0], one[1].recorded_at, one[1].review_id))
    return {heir: review.review_id for common_id, review in standing if (heir := heirs[common_id]) is not None}


def _select_reviews(reviews: Iterable[Review], question: str, known: Collection[str]) -> list[Review]:
    """Those on `question` about a known group, in the order they were said."""
    asked = [review for review in reviews if review.question == question and review.common_id in known]
    return sorted(asked, key=lambda review: (review.recorded_at, review.review_id))


def _members_then(history: Sequence[IdentityEvent], moment: datetime) -> frozenset[str]:
    """Of the last event of a group before `moment`, else of the first."""
    before = [event for event in history if event.recorded_at <= moment]
    return frozenset((before or history[:1])[-1].member_ids)


def _decide(named: dict[str, Members], decisions: Sequence[Decision]) -> dict[str, Members]:
    standing = {common_id: set(members) for common_id, members in named.items()}
    for decision in decisions:
        home = _find_meant(standing, decision)
        if decision.belongs and home:
            for members in standing.values():
                members.discard(decision.recommendation_id)
            standing[home].add(decision.recommendation_id)
        elif home:
            standing[home].discard(decision.recommendation_id)
    return {common_id: tuple(sorted(members)) for common_id, members in standing.items() if len(members) > 1}


def _find_meant(standing: Mapping[str, set[str]], decision: Decision) -> str | None:
    """The group of that id; where it ended, the one that now holds at least half of the rows that were in it."""
    if decision.common_id in standing:
        return decision.common_id
    shares = sorted((-len(members & decision.others), common_id) for common_id, members in standing.items())
    if not shares or not decision.others or -shares[0][0] * 2 < len(decision.others):
        return None
    return shares[0][1]


def _tell_events(
    living: Mapping[str, Members], named: Mapping[str, Members], run_id: str, recorded_at: datetime
) -> tuple[IdentityEvent, ...]:
    def event(common_id: str, word: str, members: Members, successor: str | None = None) -> IdentityEvent:
        return IdentityEvent(recorded_at, run_id, common_id, word, members, successor)

    place = {member: common_id for common_id, members in named.items() for member in members}
    events = []
    for common_id in sorted(living):
        before, after = tuple(sorted(living[common_id])), named.get(common_id)
        counts = Counter(place[member] for member in before if member in place and place[member] != common_id)
        taken = sorted(counts.items(), key=lambda t: (-t[1], t[0]))
        if after is None:
            word = "absorbed" if taken else "retired"
            events.append(event(common_id, word, before, taken[0][0] if taken else None))
            continue
        children = sorted(child for child, _ in taken if child not in living)
        events += [event(common_id, "split", after, child) for child in children]
        if not children and after != before:
            events.append(event(common_id, "kept", after))
    events += [event(common_id, "new", named[common_id]) for common_id in sorted(named) if common_id not in living]
    return tuple(events)


def living_groups(events: Iterable[IdentityEvent]) -> dict[str, Members]:
    """The groups alive after `events`, in the order they were recorded."""
    living: dict[str, Members] = {}
    for event in events:
        if event.event in {"absorbed", "retired"}:
            living.pop(event.common_id, None)
        else:
            living[event.common_id] = event.member_ids
    return living


def used_ids(events: Iterable[IdentityEvent]) -> frozenset[str]:
    """Every id the ledger ever held, for `match_groups` not to give again."""
    return frozenset(event.common_id for event in events)


def resolve_id(events: Iterable[IdentityEvent], common_id: str) -> str | None:
    """The living id that `common_id` stands for now, following absorptions; None when it was retired.

    Raises `KeyError` for an id the ledger never held.
    """
    return find_heirs(events)[common_id]


def find_heirs(events: Iterable[IdentityEvent]) -> dict[str, str | None]:
    """For every id the ledger ever held, what `resolve_id` says."""
    heir: dict[str, str | None] = {}
    for event in events:
        ended = event.event in {"absorbed", "retired"}
        heir[event.common_id] = event.successor_id if ended else event.common_id
    found: dict[str, str | None] = {}
    for common_id in heir:
        current: str | None = common_id
        while current is not None and heir[current] != current:
            current = heir[current]
        found[common_id] = current
    return found


def _count_overlaps(living: Mapping[str, Members], home: Mapping[str, int]) -> dict[str, Counter[int]]:
    return {
        common_id: Counter(home[member] for member in members if member in home)
        for common_id, members in living.items()
    }


def _match(
    overlaps: Mapping[str, Counter[int]], living: Mapping[str, Members], fresh: Sequence[Members]
) -> dict[int, str]:
    """The old id of each new group that has one."""
    candidates = sorted(
        (-count, -count / len({*living[common_id], *fresh[n]}), common_id, n)
        for common_id, counts in overlaps.items()
        for n, count in counts.items()
    )
    matched: dict[int, str] = {}
    spent: set[str] = set()
    for _, _, common_id, n in candidates:
        if n not in matched and common_id not in spent:
            matched[n] = common_id
            spent.add(common_id)
    return matched


def _name_groups(fresh: Sequence[Members], matched: Mapping[int, str], taken: set[str], prefix: str) -> list[str]:
    names = []
    given = set(taken)
    for n, group in enumerate(fresh):
        name = matched.get(n)
        attempt = 0
        while name is None:
            candidate = prefix + text_hash(*group, str(attempt))[:12]
            name = None if candidate in given else candidate
            attempt += 1
        given.add(name)
        names.append(name)
    return names
