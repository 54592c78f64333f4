"""The links inside a group worked out pair by pair, in the words of `pipeline.recur`: what to expect of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from pipeline.records import Kind, Link, LinkType
from pipeline.recur import (
    AGAIN_DAYS,
    ALL_PAIRS_UP_TO,
    CONTAINED_SHARE,
    CONTAINED_WORDS,
    ECHO_DAYS,
    ECHO_SIMILARITY,
    IDENTICAL_SHARE,
    LETTERED,
    QUOTED_SHARE,
    QUOTED_SIMILARITY,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import numpy as np
    import numpy.typing as npt

    from pipeline.records import Ask

    Similarity = Callable[[int, int], float] | npt.NDArray[np.floating[Any]]


def link_pairs(common_id: str, asks: Sequence[Ask], similarity: Similarity) -> tuple[Link, ...]:
    """The typed links among `asks`, earlier row first, sorted by ids; the order of `asks` does not count.

    `similarity` is a square array or a function of two positions in `asks`, 1 for alike. A group of up to
    `ALL_PAIRS_UP_TO` rows is linked pair by pair; in a larger one each row has one link of each type, to the most
    similar earlier row (then the latest).
    """
    order = sorted(range(len(asks)), key=lambda n: (asks[n].published or date.max, asks[n].id))
    rows = [_Row(ask, _words(ask.text)) for ask in asks]
    links: list[Link] = []
    for place, later in enumerate(order):
        judged = (
            _link(common_id, rows[earlier], rows[later], _read(similarity, earlier, later)) for earlier in order[:place]
        )
        found = [link for link in judged if link is not None]
        links += found if len(asks) <= ALL_PAIRS_UP_TO else _keep_nearest(found)
    spoken_for = _find_spoken_for(asks, links)
    links = [
        link
        for link in links
        if link.link_type is LinkType.REPUBLISHED or not {link.earlier_id, link.later_id} & spoken_for
    ]
    return tuple(sorted(links, key=lambda link: (link.earlier_id, link.later_id)))


@dataclass(frozen=True, slots=True)
class _Row:
    ask: Ask
    words: frozenset[str]


def _find_spoken_for(asks: Sequence[Ask], links: Sequence[Link]) -> set[str]:
    """The quotations whose original is in the group."""
    quoted = {ask.id for ask in asks if ask.kind == Kind.QUOTED_RECOMMENDATION}
    ends = [{link.earlier_id, link.later_id} for link in links if link.link_type is LinkType.REPUBLISHED]
    return {row_id for pair in ends if len(pair & quoted) == 1 for row_id in pair & quoted}


def _keep_nearest(found: Sequence[Link]) -> Iterable[Link]:
    best: dict[LinkType, Link] = {}
    for link in found:  # earliest first, so that of two alike the latest stays
        held = best.get(link.link_type)
        if held is None or link.similarity >= held.similarity:
            best[link.link_type] = link
    return best.values()


def _link(common_id: str, earlier: _Row, later: _Row, similarity: float) -> Link | None:
    judged = _judge(earlier, later, similarity)
    return judged and Link(common_id, earlier.ask.id, later.ask.id, judged[0], round(similarity, 4), judged[1])


def _judge(one: _Row, other: _Row, similarity: float) -> tuple[LinkType, str] | None:
    earlier, later = one.ask, other.ask
    if earlier.document is not None and earlier.document == later.document:
        return LinkType.REPUBLISHED, "Both stand in the same document."
    apart = _days_apart(earlier, later)
    same_body = _same_body(earlier, later)
    quoted = Kind.QUOTED_RECOMMENDATION in (earlier.kind, later.kind)
    body = earlier.body or earlier.source or "the same body"
    if _near_identical(one.words, other.words):
        if same_body and not quoted and apart is not None and apart > AGAIN_DAYS:
            return LinkType.REITERATED, f"{body} asks again in nearly the same words after {apart} days."
        return LinkType.REPUBLISHED, "The words are nearly identical."
    if quoted:
        echo = _judge_echo(one, other, similarity)
        if echo or same_body:
            return (LinkType.REPUBLISHED, echo) if echo else None
    if same_body and _shares_act(earlier, later):
        return LinkType.REPUBLISHED, f"{body} printed both under the reference {earlier.reference}."
    if not same_body:
        return LinkType.INDEPENDENT, _tell_bodies(earlier, later, apart)
    return _judge_repeat(earlier, later, similarity)


def _judge_repeat(earlier: Ask, later: Ask, similarity: float) -> tuple[LinkType, str]:
    """What one body asks twice in other words."""
    apart = _days_apart(earlier, later)
    body = earlier.body or earlier.source or "the same body"
    if apart == 0:
        return LinkType.REPUBLISHED, f"{body} published both on one day."
    if apart is not None and apart <= ECHO_DAYS and similarity >= ECHO_SIMILARITY:
        return LinkType.REPUBLISHED, f"{body} published both within {apart} days in very similar words."
    unknown = not _names_body(earlier) or not _names_body(later)
    if unknown:
        return LinkType.REITERATED, "Different documents; at least one does not state its body."
    return LinkType.REITERATED, f"{body} asks again {f'{apart} days later' if apart else 'in another document'}."


def _judge_echo(one: _Row, other: _Row, similarity: float) -> str | None:
    earlier, later = one.ask, other.ask
    if earlier.reference is not None and earlier.reference == later.reference:
        return f"One quotes the other: both carry the reference {earlier.reference}."
    if _same_label(earlier.label, later.label) and similarity >= QUOTED_SIMILARITY / 2:
        return f"One quotes the other: they are labelled {earlier.label} and {later.label}."
    if similarity >= QUOTED_SIMILARITY or _share(one.words, other.words) >= QUOTED_SHARE:
        # Two numbers of one report are two acts however alike they read.
        return None if _other_number(earlier, later) else "One is a quotation in very similar words."
    return None


def _same_label(one: str | None, other: str | None) -> bool:
    if one is None or other is None:
        return False
    return one == other or any(
        match is not None and match.group(1) == whole
        for whole, match in ((one, LETTERED.fullmatch(other)), (other, LETTERED.fullmatch(one)))
    )


def _other_number(earlier: Ask, later: Ask) -> bool:
    both = earlier.label is not None and later.label is not None
    return both and _same_body(earlier, later) and not _same_label(earlier.label, later.label)


def _shares_act(earlier: Ask, later: Ask) -> bool:
    if earlier.reference is None or earlier.reference != later.reference or earlier.source == later.source:
        return False
    return earlier.label is None or later.label is None or earlier.label == later.label


def _tell_bodies(earlier: Ask, later: Ask, apart: int | None) -> str:
    first, second = earlier.body or earlier.source, later.body or later.source
    when = f" {apart} days later" if apart else ""
    return f"{second} asks for what {first} asked{when}."


def _near_identical(first: frozenset[str], second: frozenset[str]) -> bool:
    if _share(first, second) >= IDENTICAL_SHARE:
        return True
    shorter = min(len(first), len(second))
    return shorter >= CONTAINED_WORDS and len(first & second) / shorter >= CONTAINED_SHARE


def _share(first: frozenset[str], second: frozenset[str]) -> float:
    return len(first & second) / max(1, len(first | second)) if first and second else 0.0


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.casefold()))


def _same_body(left: Ask, right: Ask) -> bool:
    if not _names_body(left) or not _names_body(right):
        return True
    return (left.body or left.source or "").casefold() == (right.body or right.source or "").casefold()


def _names_body(ask: Ask) -> bool:
    return bool(ask.body or ask.source)


def _days_apart(earlier: Ask, later: Ask) -> int | None:
    if earlier.published is None or later.published is None:
        return None
    return (later.published - earlier.published).days


def _read(similarity: Similarity, left: int, right: int) -> float:
    return float(similarity(left, right)) if callable(similarity) else float(similarity[left, right])
