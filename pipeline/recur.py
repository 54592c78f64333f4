"""Links inside a common recommendation: printed again, asked again by the same body, or asked by another body.

Only the last two are recurrence. The rule, in order, for two rows of a group:

1. rows of one document are one act: republished;
2. near-identical words are one act, unless the same body prints them in a new document more than a year later and
   neither row is a quotation: then it asks again: reiterated;
3. a row quoted in a response, with the same label or reference or nearly the same words, is one act: republished.
   Who quotes does not ask: beyond what it restates, a quotation is linked only to another body's ask, and to none
   where what it restates is in the group and speaks for it;
4. rows with one reference of one body in two streams (its page and the force's reply) are one act: republished, unless
   both have labels and these differ;
5. the same body on the same day, or very near words within four months, is one act: republished;
6. the same body later: reiterated; another body: independent. A body that is not stated is never called another.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pipeline.records import Kind, Link, LinkType

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

    import numpy.typing as npt
    from scipy.sparse import csr_matrix

    from pipeline.records import Ask

    FloatArray = npt.NDArray[np.floating[Any]]
    IntArray = npt.NDArray[np.integer[Any]]
    BoolArray = npt.NDArray[np.bool_]
    Similarity = Callable[[IntArray, IntArray], FloatArray] | FloatArray

IDENTICAL_SHARE = 0.85  # of all words of both texts
CONTAINED_SHARE = 0.95  # of the words of the shorter one, where it is long enough to tell
CONTAINED_WORDS = 12
QUOTED_SIMILARITY = 0.8
ECHO_SIMILARITY = 0.9
ECHO_DAYS = 120
AGAIN_DAYS = 365
QUOTED_SHARE = 0.7  # of all words of both texts; a response shortens, and runs on into its answer
LETTERED = re.compile(r"(.*\d)\(?[a-z]\)?")  # a response may answer recommendation 3 as 3a, 3b
ALL_PAIRS_UP_TO = 8  # rows; in a larger group each row is linked to its nearest earlier row of each type
JUDGED_AT_ONCE = 2**19  # pairs
UNKNOWN = -1


class Ground(IntEnum):
    """What a link is typed by."""

    NONE = 0
    ONE_DOCUMENT = 1
    SAME_WORDS_AGAIN = 2
    SAME_WORDS = 3
    QUOTED_REFERENCE = 4
    QUOTED_LABEL = 5
    QUOTED_WORDS = 6
    ONE_REFERENCE = 7
    OTHER_BODY = 8
    ONE_DAY = 9
    NEAR_WORDS = 10
    BODY_NOT_STATED = 11
    LATER = 12


REITERATED = (Ground.SAME_WORDS_AGAIN, Ground.BODY_NOT_STATED, Ground.LATER)
TYPES = {
    ground: LinkType.INDEPENDENT if ground == Ground.OTHER_BODY
    else LinkType.REITERATED if ground in REITERATED else LinkType.REPUBLISHED
    for ground in Ground if ground
}  # fmt: skip


def link_pairs(common_id: str, asks: Sequence[Ask], similarity: Similarity) -> tuple[Link, ...]:
    """The typed links among `asks`, earlier row first, sorted by ids; the order of `asks` does not count.

    `similarity` is a square array, 1 for alike, or a function of some positions in `asks`, shape (rows, 1), and some
    others, shape (1, columns), that gives a part of it. A group of up to `ALL_PAIRS_UP_TO` rows is linked pair by pair;
    in a larger one each row has one link of each type, to the most similar earlier row (then the latest).
    """
    order = np.array(sorted(range(len(asks)), key=lambda n: (asks[n].published or date.max, asks[n].id)), dtype=np.intp)
    ordered = [asks[n] for n in order]
    links = [
        Link(
            common_id,
            ordered[earlier].id,
            ordered[later].id,
            TYPES[ground],
            round(alike, 4),
            _tell(ordered[earlier], ordered[later], ground),
        )
        for earlier, later, ground, alike in _find_links(ordered, order, similarity)
    ]
    spoken_for = _find_spoken_for(asks, links)
    links = [
        link
        for link in links
        if link.link_type is LinkType.REPUBLISHED or not {link.earlier_id, link.later_id} & spoken_for
    ]
    return tuple(sorted(links, key=lambda link: (link.earlier_id, link.later_id)))


class _Found(NamedTuple):
    earlier: int  # place in the order of days
    later: int
    ground: Ground
    similarity: float


@dataclass(frozen=True, slots=True)
class _Columns:
    """What the rule reads of each row, by number: rows that have the same thing have the same number."""

    document: IntArray
    body: IntArray
    source: IntArray
    reference: IntArray
    label: IntArray
    lettered: IntArray  # the label without the letter of its part; `UNKNOWN` where it has none
    day: IntArray  # `UNKNOWN` where it is not stated
    is_quoted: BoolArray
    words: csr_matrix  # (rows, words), 1 for each word of the text


def _find_links(ordered: Sequence[Ask], order: IntArray, similarity: Similarity) -> Iterator[_Found]:
    columns, step = _read_columns(ordered), max(1, JUDGED_AT_ONCE // max(1, len(ordered)))
    for start in range(1, len(ordered), step):  # the first has no earlier one
        later = np.arange(start, min(start + step, len(ordered)))
        earlier = np.arange(later[-1])
        alike = _read(similarity, order[earlier], order[later])
        grounds = np.where(earlier < later[:, None], _judge(columns, earlier, later, alike), Ground.NONE)
        if len(ordered) > ALL_PAIRS_UP_TO:
            grounds = _keep_nearest(grounds, np.round(alike, 4))
        for row, column in np.argwhere(grounds).tolist():
            ground = Ground(int(grounds[row, column]))
            yield _Found(column, start + row, ground, float(alike[row, column]))


def _keep_nearest(grounds: IntArray, alike: FloatArray) -> IntArray:
    """`grounds` of one pair for each row and each type of link: the pair most alike, the last of several."""
    kept = np.zeros_like(grounds)
    for link_type in LinkType:
        is_type = np.isin(grounds, [ground for ground, one in TYPES.items() if one is link_type])
        rows = np.flatnonzero(is_type.any(axis=1))
        likeness = np.where(is_type[rows], alike[rows], -np.inf)
        columns = likeness.shape[1] - 1 - likeness[:, ::-1].argmax(axis=1)
        kept[rows, columns] = grounds[rows, columns]
    return kept


def _find_spoken_for(asks: Sequence[Ask], links: Sequence[Link]) -> set[str]:
    """The quotations whose original is in the group."""
    quoted = {ask.id for ask in asks if ask.kind == Kind.QUOTED_RECOMMENDATION}
    ends = [{link.earlier_id, link.later_id} for link in links if link.link_type is LinkType.REPUBLISHED]
    return {row_id for pair in ends if len(pair & quoted) == 1 for row_id in pair & quoted}


def _read_columns(asks: Sequence[Ask]) -> _Columns:
    from scipy.sparse import csr_matrix

    texts = [sorted(set(re.findall(r"\w+", ask.text.casefold()))) for ask in asks]
    words = _number(word for text in texts for word in text)
    starts = np.append(0, np.cumsum([len(text) for text in texts]))
    lettered = [LETTERED.fullmatch(ask.label) if ask.label is not None else None for ask in asks]
    labels = _number([*(ask.label for ask in asks), *(match and match.group(1) for match in lettered)])
    return _Columns(
        document=_number(ask.document for ask in asks),
        body=_number(_body(ask).casefold() or None for ask in asks),
        source=_number(ask.source for ask in asks),
        reference=_number(ask.reference for ask in asks),
        label=labels[: len(asks)],
        lettered=labels[len(asks) :],
        day=np.array([UNKNOWN if ask.published is None else ask.published.toordinal() for ask in asks]),
        is_quoted=np.array([ask.kind == Kind.QUOTED_RECOMMENDATION for ask in asks]),
        words=csr_matrix((np.ones(len(words), np.int32), words, starts), shape=(len(asks), words.max(initial=0) + 1)),
    )


def _judge(columns: _Columns, earlier: IntArray, later: IntArray, alike: FloatArray) -> IntArray:
    """The `Ground` of each pair of a later row and an earlier one, shape (later, earlier)."""

    def match(one: IntArray, other: IntArray) -> BoolArray:
        return np.asarray((one[later][:, None] == other[earlier]) & (other[earlier] != UNKNOWN))

    def both(one: BoolArray) -> BoolArray:
        return np.asarray(one[later][:, None] & one[earlier])

    share, is_identical = _share_words(columns.words, earlier, later)
    named, dated, labelled = (both(column != UNKNOWN) for column in (columns.body, columns.day, columns.label))
    apart = columns.day[later][:, None] - columns.day[earlier]
    same_body = match(columns.body, columns.body) | ~named
    quoted = ~both(~columns.is_quoted)
    reference = match(columns.reference, columns.reference)
    printed_twice = columns.source[later][:, None] != columns.source[earlier]
    one_label = match(columns.label, columns.label)
    part_label = one_label | match(columns.label, columns.lettered) | match(columns.lettered, columns.label)
    in_like_words = (alike >= QUOTED_SIMILARITY) | (share >= QUOTED_SHARE)
    # Two numbers of one report are two acts however alike they read.
    other_number = labelled & same_body & ~part_label
    told = {  # in order: the first that holds
        Ground.ONE_DOCUMENT: match(columns.document, columns.document),
        Ground.SAME_WORDS_AGAIN: is_identical & same_body & ~quoted & dated & (apart > AGAIN_DAYS),
        Ground.SAME_WORDS: is_identical,
        Ground.QUOTED_REFERENCE: quoted & reference,
        Ground.QUOTED_LABEL: quoted & part_label & (alike >= QUOTED_SIMILARITY / 2),
        Ground.QUOTED_WORDS: quoted & in_like_words & ~other_number,
        Ground.NONE: quoted & same_body,
        Ground.ONE_REFERENCE: same_body & reference & printed_twice & (one_label | ~labelled),
        Ground.OTHER_BODY: ~same_body,
        Ground.ONE_DAY: dated & (apart == 0),
        Ground.NEAR_WORDS: dated & (apart <= ECHO_DAYS) & (alike >= ECHO_SIMILARITY),
        Ground.BODY_NOT_STATED: ~named,
    }
    return np.select(list(told.values()), list(told), Ground.LATER)


def _share_words(words: csr_matrix, earlier: IntArray, later: IntArray) -> tuple[FloatArray, BoolArray]:
    """The share of all words of two texts that both have, and whether the two are nearly identical."""
    common = (words[later] @ words[earlier].T).toarray()
    sizes = np.diff(words.indptr)
    one, other = sizes[later][:, None], sizes[earlier]
    share = common / np.maximum(1, one + other - common)
    shorter = np.minimum(one, other)
    is_contained = (shorter >= CONTAINED_WORDS) & (common / np.maximum(1, shorter) >= CONTAINED_SHARE)
    return share, is_contained | (share >= IDENTICAL_SHARE)


def _tell(earlier: Ask, later: Ask, ground: Ground) -> str:
    """The evidence in one sentence."""
    body, apart = _body(earlier) or "the same body", _days_apart(earlier, later)
    told = {
        Ground.ONE_DOCUMENT: "Both stand in the same document.",
        Ground.SAME_WORDS_AGAIN: f"{body} asks again in nearly the same words after {apart} days.",
        Ground.SAME_WORDS: "The words are nearly identical.",
        Ground.QUOTED_REFERENCE: f"One quotes the other: both carry the reference {earlier.reference}.",
        Ground.QUOTED_LABEL: f"One quotes the other: they are labelled {earlier.label} and {later.label}.",
        Ground.QUOTED_WORDS: "One is a quotation in very similar words.",
        Ground.ONE_REFERENCE: f"{body} printed both under the reference {earlier.reference}.",
        Ground.OTHER_BODY: f"{_body(later)} asks for what {body} asked{f' {apart} days later' if apart else ''}.",
        Ground.ONE_DAY: f"{body} published both on one day.",
        Ground.NEAR_WORDS: f"{body} published both within {apart} days in very similar words.",
        Ground.BODY_NOT_STATED: "Different documents; at least one does not state its body.",
        Ground.LATER: f"{body} asks again {f'{apart} days later' if apart else 'in another document'}.",
    }
    return told[ground]


def _number(values: Iterable[Hashable]) -> IntArray:
    """A number for each value, the same for the same; `UNKNOWN` for None."""
    known: dict[Hashable, int] = {None: UNKNOWN}
    return np.array([known.setdefault(value, len(known) - 1) for value in values], dtype=np.intp)


def _body(ask: Ask) -> str:
    return ask.body or ask.source or ""


def _days_apart(earlier: Ask, later: Ask) -> int | None:
    if earlier.published is None or later.published is None:
        return None
    return (later.published - earlier.published).days


def _read(similarity: Similarity, earlier: IntArray, later: IntArray) -> FloatArray:
    """Of later rows with earlier ones, as 64 bits: so many digits the limits have."""
    rows, columns = later[:, None], earlier[None, :]
    found = similarity(rows, columns) if callable(similarity) else similarity[rows, columns]
    return np.broadcast_to(np.asarray(found, dtype=np.float64), (len(later), len(earlier)))
