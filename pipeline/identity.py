"""Ids of common recommendations that outlive a night: matched one to one on members, the past first."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from pipeline.ids import text_hash
from pipeline.records import IdentityEvent

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

Members = tuple[str, ...]


class Matching(NamedTuple):
    """The groups of tonight by id, and what became of the ids there were."""

    groups: dict[str, Members]
    events: tuple[IdentityEvent, ...]


def match_groups(
    groups: Sequence[Members],
    living: Mapping[str, Members],
    *,
    run_id: str,
    recorded_at: datetime,
    used: Collection[str] = (),
    prefix: str = "c",
) -> Matching:
    """Ids for tonight's `groups`, given the `living` ones of the nights before.

    The pair of old and new group that share most members is matched first, each group once; ties go to the larger
    share, then to the id. A group without a past gets an id made from its founding members, so a rebuild from
    nothing mints the same ids; ids in `used` (all the ledger ever held) are never given again. Events: `new`;
    `kept` when members changed; `split` on the old id for each new group that took members from it; `absorbed` with
    the id that took most of it; `retired` when no group holds its members. The same groups again give no event.
    Raises `ValueError` when a row stands in two groups.
    """
    fresh = sorted(tuple(sorted(group)) for group in groups)
    home = {member: n for n, group in enumerate(fresh) for member in group}
    if len(home) != sum(len(group) for group in fresh):
        raise ValueError("a recommendation stands in more than one group")
    overlaps = _count_overlaps(living, home)
    matched = _match(overlaps, living, fresh)
    ids = _name_groups(fresh, matched, {*living, *used}, prefix)
    named = {ids[n]: group for n, group in enumerate(fresh)}

    def event(common_id: str, word: str, members: Members, successor: str | None = None) -> IdentityEvent:
        return IdentityEvent(recorded_at, run_id, common_id, word, members, successor)

    events = []
    for common_id in sorted(living):
        before, after = tuple(sorted(living[common_id])), named.get(common_id)
        taken = [(ids[n], count) for n, count in sorted(overlaps[common_id].items()) if ids[n] != common_id]
        if after is None:
            heir = min(taken, key=lambda t: (-t[1], t[0]), default=None)
            word = "absorbed" if heir else "retired"
            events.append(event(common_id, word, before, heir[0] if heir else None))
            continue
        children = [child for child, _ in taken if child not in living]
        events += [event(common_id, "split", after, child) for child in children]
        if not children and after != before:
            events.append(event(common_id, "kept", after))
    events += [event(common_id, "new", named[common_id]) for common_id in sorted(named) if common_id not in living]
    return Matching(dict(sorted(named.items())), tuple(events))


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
    heir: dict[str, str | None] = {}
    for event in events:
        ended = event.event in {"absorbed", "retired"}
        heir[event.common_id] = event.successor_id if ended else event.common_id
    current: str | None = common_id
    while current is not None and heir[current] != current:
        current = heir[current]
    return current


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
