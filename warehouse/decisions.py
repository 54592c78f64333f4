"""What people decided about groups, put into effect: a row they call something else leaves its group. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.records import CommonRecommendation, Link, LinkType, Review


def leave_groups(
    commons: Sequence[CommonRecommendation], links: Sequence[Link], reviews: Sequence[Review]
) -> tuple[tuple[CommonRecommendation, ...], tuple[Link, ...]]:
    """The groups and links without the rows whose last judgement on `same_ask` is no, reprints of them included.

    A group with fewer than two rows left is none. The ledger outlives any regrouping: a judgement counts for the id of
    the group it names.
    """
    refused = _find_refused(links, reviews)
    kept = [one for common in commons if (one := _cut(common, refused.get(common.common_id, frozenset())))]
    members = {common.common_id: set(common.member_ids) for common in kept}
    left = [one for one in links if {one.earlier_id, one.later_id} <= members.get(one.common_id, set())]
    return tuple(kept), tuple(left)


def _find_refused(links: Sequence[Link], reviews: Sequence[Review]) -> dict[str, frozenset[str]]:
    """By group, the rows that people took out of it, with all reprints."""
    last: dict[tuple[str, str], Review] = {}
    for review in sorted(reviews, key=lambda one: (one.recorded_at, one.review_id)):
        if review.question == "same_ask" and review.common_id:
            last[review.common_id, review.recommendation_id] = review
    refused: dict[str, set[str]] = {}
    for (common_id, row_id), review in last.items():
        if review.answer == "no":
            refused.setdefault(common_id, set()).add(row_id)
    reprints = [one for one in links if one.link_type == LinkType.REPUBLISHED and one.common_id in refused]
    size = -1
    while size != (size := sum(map(len, refused.values()))):  # a reprint of a reprint goes too
        for one in reprints:
            pair = {one.earlier_id, one.later_id}
            if pair & refused[one.common_id]:
                refused[one.common_id] |= pair
    return {common_id: frozenset(rows) for common_id, rows in refused.items()}


def _cut(common: CommonRecommendation, refused: frozenset[str]) -> CommonRecommendation | None:
    members = tuple(member for member in common.member_ids if member not in refused)
    if len(members) == len(common.member_ids):
        return common
    if len(members) < 2:
        return None
    representative = common.representative_id if common.representative_id in members else min(members)
    return replace(common, member_ids=members, representative_id=representative)
