"""Links inside a common recommendation: printed again, asked again by the same body, or asked by another body.

Only the last two are recurrence. The rule, in order, for two rows of a group:

1. rows of one document are one act: republished;
2. near-identical words are one act, unless the same body prints them in a new document more than a year later and
   neither row is a quotation: then it asks again: reiterated;
3. a row quoted in a response, with the same label or reference or very near, is one act: republished;
4. rows with one reference of one body in two streams (its page and the force's reply) are one act: republished, unless
   both have labels and these differ;
5. the same body on the same day, or very near words within four months, is one act: republished;
6. the same body later: reiterated; another body: independent. A body that is not stated is never called another.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from pipeline.records import Kind, Link, LinkType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import numpy as np
    import numpy.typing as npt

    from pipeline.records import Ask

    Similarity = Callable[[int, int], float] | npt.NDArray[np.floating[Any]]

IDENTICAL_SHARE = 0.85  # of all words of both texts
CONTAINED_SHARE = 0.95  # of the words of the shorter one, where it is long enough to tell
CONTAINED_WORDS = 12
QUOTED_SIMILARITY = 0.8
ECHO_SIMILARITY = 0.9
ECHO_DAYS = 120
AGAIN_DAYS = 365
ALL_PAIRS_UP_TO = 8  # rows; in a larger group each row is linked to its nearest earlier row of each type


def link_pairs(common_id: str, asks: Sequence[Ask], similarity: Similarity) -> tuple[Link, ...]:
    """The typed links among `asks`, earlier row first, sorted by ids; the order of `asks` does not count.

    `similarity` is a square array or a function of two positions in `asks`, 1 for alike. A group of up to
    `ALL_PAIRS_UP_TO` rows is linked pair by pair; in a larger one each row has one link of each type, to the most
    similar earlier row (then the latest).
    """
    order = sorted(range(len(asks)), key=lambda n: (asks[n].published or date.max, asks[n].id))
    links: list[Link] = []
    for place, later in enumerate(order):
        found = [
            _link(common_id, asks[earlier], asks[later], _read(similarity, earlier, later)) for earlier in order[:place]
        ]
        links += found if len(asks) <= ALL_PAIRS_UP_TO else _keep_nearest(found)
    return tuple(sorted(links, key=lambda link: (link.earlier_id, link.later_id)))


def _keep_nearest(found: Sequence[Link]) -> Iterable[Link]:
    best: dict[LinkType, Link] = {}
    for link in found:  # earliest first, so that of two alike the latest stays
        held = best.get(link.link_type)
        if held is None or link.similarity >= held.similarity:
            best[link.link_type] = link
    return best.values()


def _link(common_id: str, earlier: Ask, later: Ask, similarity: float) -> Link:
    link_type, why = _judge(earlier, later, similarity)
    return Link(common_id, earlier.id, later.id, link_type, round(similarity, 4), why)


def _judge(earlier: Ask, later: Ask, similarity: float) -> tuple[LinkType, str]:
    if earlier.document is not None and earlier.document == later.document:
        return LinkType.REPUBLISHED, "Both stand in the same document."
    apart = _days_apart(earlier, later)
    same_body = _same_body(earlier, later)
    quoted = Kind.QUOTED_RECOMMENDATION in (earlier.kind, later.kind)
    body = earlier.body or earlier.source or "the same body"
    if _near_identical(earlier.text, later.text):
        if same_body and not quoted and apart is not None and apart > AGAIN_DAYS:
            return LinkType.REITERATED, f"{body} asks again in nearly the same words after {apart} days."
        return LinkType.REPUBLISHED, "The words are nearly identical."
    echo = _judge_echo(earlier, later, similarity, quoted=quoted)
    if echo:
        return LinkType.REPUBLISHED, echo
    if same_body and _shares_act(earlier, later):
        return LinkType.REPUBLISHED, f"{body} printed both under the reference {earlier.reference}."
    if not same_body:
        return LinkType.INDEPENDENT, _tell_bodies(earlier, later, apart)
    if apart == 0:
        return LinkType.REPUBLISHED, f"{body} published both on one day."
    if apart is not None and apart <= ECHO_DAYS and similarity >= ECHO_SIMILARITY:
        return LinkType.REPUBLISHED, f"{body} published both within {apart} days in very similar words."
    unknown = not _names_body(earlier) or not _names_body(later)
    if unknown:
        return LinkType.REITERATED, "Different documents; at least one does not state its body."
    return LinkType.REITERATED, f"{body} asks again {f'{apart} days later' if apart else 'in another document'}."


def _judge_echo(earlier: Ask, later: Ask, similarity: float, *, quoted: bool) -> str | None:
    if not quoted:
        return None
    if earlier.reference is not None and earlier.reference == later.reference:
        return f"One quotes the other: both carry the reference {earlier.reference}."
    if earlier.label is not None and earlier.label == later.label and similarity >= QUOTED_SIMILARITY / 2:
        return f"One quotes the other: both are labelled {earlier.label}."
    if similarity >= QUOTED_SIMILARITY:
        return "One is a quotation in very similar words."
    return None


def _shares_act(earlier: Ask, later: Ask) -> bool:
    if earlier.reference is None or earlier.reference != later.reference or earlier.source == later.source:
        return False
    return earlier.label is None or later.label is None or earlier.label == later.label


def _tell_bodies(earlier: Ask, later: Ask, apart: int | None) -> str:
    first, second = earlier.body or earlier.source, later.body or later.source
    when = f" {apart} days later" if apart else ""
    return f"{second} asks for what {first} asked{when}."


def _near_identical(left: str, right: str) -> bool:
    first, second = _words(left), _words(right)
    if not first or not second:
        return False
    shared, shorter = len(first & second), min(len(first), len(second))
    if shared / len(first | second) >= IDENTICAL_SHARE:
        return True
    return shorter >= CONTAINED_WORDS and shared / shorter >= CONTAINED_SHARE


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
