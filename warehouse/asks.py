"""Which rows are one ask printed several times. Pure; knows nothing of DuckDB.

Rows that answer a row of another document (`answers` finds them) are of its ask. The others are joined along
`republished` links, the surest first, and never two different rows of one document: extraction has already folded
repeats inside a document, so two rows there are two asks, however alike. Nor does a restatement that resembles two
recommendations make one ask of the two: the register would lose a row. The linker's word that two rows are one act is
enough to not count them as recurrence; to drop a row from the register more is asked.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from pipeline.records import Kind, Link, LinkType, Recommendation

# Two reports of one body on one day are one act to the linker, whatever they say; reprints have nearly the same words.
LEAST_SIMILARITY = 0.8
# An answer to "Recommendation 7" is about 7 even when 8 reads a little more alike.
LABEL_BONUS = 0.1


def name_asks(
    recommendations: Iterable[Recommendation],
    links: Iterable[Link],
    published: Mapping[str, date | None],
    answered: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The ask of each recommendation id: the id of its first printing, by preference not a restatement in a response.

    `published` gives each document's day by hash; undated documents count as last. `answered` gives the id of the row
    that another row restates. The order of the input does not matter.
    """
    rows = {row.recommendation_id: row for row in recommendations}
    trees = {recommendation_id: [row] for recommendation_id, row in rows.items()}
    restating = {one: other for one, other in (answered or {}).items() if {one, other} <= rows.keys()}
    # A response may answer one recommendation statement by statement: such rows stand in no other's way.
    bound = {one for one in restating if _is_restated(rows[one])}
    for one, other in sorted(restating.items()):
        if one in bound or _may_join(trees[one], trees[other], bound):
            _join(trees, one, other)
    for earlier, later in _order_links((link for link in links if not _ends(link) & restating.keys()), rows):
        if trees[earlier] is not trees[later] and _may_join(trees[earlier], trees[later], bound):
            is_bridge = _is_restated(rows[earlier]) or _is_restated(rows[later])
            if not (is_bridge and _has_asked(trees[earlier]) and _has_asked(trees[later])):
                _join(trees, earlier, later)
    return {recommendation_id: _find_first(tree, published) for recommendation_id, tree in trees.items()}


def _join(trees: dict[str, list[Recommendation]], one: str, other: str) -> None:
    if trees[one] is not trees[other]:
        joined = trees[one] + trees[other]
        trees.update(dict.fromkeys((row.recommendation_id for row in joined), joined))


def _ends(link: Link) -> set[str]:
    return {link.earlier_id, link.later_id}


def _order_links(links: Iterable[Link], rows: Mapping[str, Recommendation]) -> list[tuple[str, str]]:
    """Pairs that may be reprints, the surest first."""
    sure = []
    for link in links:
        if link.link_type is not LinkType.REPUBLISHED or not _ends(link) <= rows.keys():
            continue
        earlier, later = rows[link.earlier_id], rows[link.later_id]
        same_label = earlier.label is not None and earlier.label == later.label
        if _is_restated(earlier) or _is_restated(later) or link.similarity >= LEAST_SIMILARITY:
            sure.append((-link.similarity - LABEL_BONUS * same_label, link.earlier_id, link.later_id))
    return [(earlier_id, later_id) for _, earlier_id, later_id in sorted(sure)]


def _has_asked(tree: list[Recommendation]) -> bool:
    return not all(map(_is_restated, tree))


def _may_join(left: list[Recommendation], right: list[Recommendation], bound: Collection[str]) -> bool:
    """No two rows of one document, but for a response that restates one label twice (in its summary and its body)."""
    return all(
        one.sha256 != other.sha256
        or (_is_restated(one) and _is_restated(other) and one.label is not None and one.label == other.label)
        for one in left
        for other in right
        if one.recommendation_id not in bound and other.recommendation_id not in bound
    )


def _is_restated(row: Recommendation) -> bool:
    return row.kind == Kind.QUOTED_RECOMMENDATION


def _find_first(tree: list[Recommendation], published: Mapping[str, date | None]) -> str:
    def place(row: Recommendation) -> tuple[bool, date, str, int, str]:
        return (
            _is_restated(row),
            published.get(row.sha256) or date.max,
            row.sha256,
            row.page,
            row.recommendation_id,
        )

    return min(tree, key=place).recommendation_id
