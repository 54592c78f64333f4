"""Which rows are one ask printed several times. Pure; knows nothing of DuckDB.

An ask is followed through `republished` links only: each reprint has one parent, its most similar earlier printing.
A tree, not a connected component, because one restatement that resembles two recommendations of a report would
otherwise make one ask of the two, and the register would lose a row.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from pipeline.records import Kind, Link, LinkType, Recommendation


def name_asks(
    recommendations: Iterable[Recommendation], links: Iterable[Link], published: Mapping[str, date | None]
) -> dict[str, str]:
    """The ask of each recommendation id: the id of its first printing, by preference not a restatement in a response.

    `published` gives each document's day by hash; undated documents count as last.
    """
    rows = {row.recommendation_id: row for row in recommendations}
    parents = _choose_parents(links, rows.keys())
    trees: dict[str, list[Recommendation]] = {}
    for recommendation_id, row in rows.items():
        trees.setdefault(_find_root(recommendation_id, parents), []).append(row)
    return {
        row.recommendation_id: _find_first(tree, published).recommendation_id
        for tree in trees.values()
        for row in tree
    }


def _choose_parents(links: Iterable[Link], known: Iterable[str]) -> dict[str, str]:
    """The parent of each reprint: most similar first, then smallest id, so that order does not matter."""
    ids = set(known)
    parents: dict[str, str] = {}
    for link in sorted(links, key=lambda one: (-one.similarity, one.earlier_id, one.later_id)):
        if link.link_type is LinkType.REPUBLISHED and {link.earlier_id, link.later_id} <= ids:
            parents.setdefault(link.later_id, link.earlier_id)
    return parents


def _find_root(recommendation_id: str, parents: Mapping[str, str]) -> str:
    """The first printing above; a ring of links, which only a faulty linker makes, ends at its smallest id."""
    seen = [recommendation_id]
    while (parent := parents.get(seen[-1])) is not None:
        if parent in seen:
            return min(seen[seen.index(parent) :])
        seen.append(parent)
    return seen[-1]


def _find_first(tree: list[Recommendation], published: Mapping[str, date | None]) -> Recommendation:
    def place(row: Recommendation) -> tuple[bool, date, str, int, str]:
        restated = row.kind == Kind.QUOTED_RECOMMENDATION
        return restated, published.get(row.sha256) or date.max, row.sha256, row.page, row.recommendation_id

    return min(tree, key=place)
