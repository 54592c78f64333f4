"""Picks among what the grammars found: settles overlaps and folds an ask that is printed again into one."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.extract.body import Body
from pipeline.extract.candidates import Candidate

_OVERLAP = 0.5  # of the shorter one's characters
_SAME = 0.8  # word overlap at which two texts are the same ask printed twice
_SAME_LABEL = 0.6  # where both carry the same label
_TELLING = 4  # letters of a word that tells texts apart
_RETOLD = 0.5  # of the shorter one's words, where another grammar read the same label
_FEWEST, _FEWEST_LABELLED = 13, 7  # words of a text that may be found within another; where both carry one label
_CLEAN = 7  # words
_WITHIN = 0.92  # share of the shorter one's words found in the longer


@dataclass(frozen=True, slots=True)
class Chosen:
    """A candidate that stays, with the other pages it is printed on."""

    candidate: Candidate
    also_on_pages: tuple[int, ...]


def settle_overlaps(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Of overlapping candidates the surer one, then the longer; in reading order."""
    ranked = sorted(candidates, key=lambda item: (-item.confidence, -_length(item), _place(item)))
    kept: list[Candidate] = []
    for candidate in ranked:
        if not any(_overlaps(candidate, other) for other in kept):
            kept.append(candidate)
    return sorted(kept, key=_place)


def fold_repeats(body: Body, candidates: Sequence[Candidate]) -> tuple[Chosen, ...]:
    """Each ask once: its fullest occurrence, with the other pages it is printed on."""
    groups: list[_Group] = []
    for candidate in sorted(candidates, key=_place):
        words = _words(body, candidate)
        group = next((group for group in groups if _is_repeat(candidate, words, group)), None)
        if group is None:
            groups.append(_Group([candidate], words))
        else:
            group.members.append(candidate)
            if sum(words.values()) > sum(group.words.values()):
                group.words = words
    return tuple(_choose_fullest(body, group) for group in groups)


def _place(candidate: Candidate) -> tuple[int, int]:
    return (candidate.first_row, candidate.last_row)


def _length(candidate: Candidate) -> int:
    return sum(span.end - span.start for span in (*candidate.title, *candidate.spans))


def _overlaps(a: Candidate, b: Candidate) -> bool:
    if a.last_row < b.first_row or b.last_row < a.first_row:
        return False
    if a.first_row == b.first_row and a.grammar != b.grammar:
        return True
    shared = 0
    for span in (*a.title, *a.spans):
        for other in (*b.title, *b.spans):
            if span.page == other.page:
                shared += max(0, min(span.end, other.end) - max(span.start, other.start))
    return shared > _OVERLAP * min(_length(a), _length(b))


@dataclass(slots=True)
class _Group:
    members: list[Candidate]
    words: Counter[str]


def _words(body: Body, candidate: Candidate) -> Counter[str]:
    return Counter(re.findall(r"\w+", body.text_of((*candidate.title, *candidate.spans)).casefold()))


def _is_repeat(candidate: Candidate, words: Counter[str], group: _Group) -> bool:
    first = group.members[0]
    if {candidate.kind, first.kind} not in ({candidate.kind}, {first.kind}) or candidate.kind != first.kind:
        return False
    same_label = candidate.label is not None and candidate.label == first.label
    if candidate.label and first.label and not same_label and candidate.grammar == first.grammar:
        return False
    if candidate.page == first.page and not same_label:
        return words == group.words
    total, other = sum(words.values()), sum(group.words.values())
    if not total or not other:
        return False
    shared = sum((words & group.words).values())
    if same_label and candidate.grammar != first.grammar and _retells(words, group.words):
        return True
    alike = 2 * shared / (total + other)
    fewest = _FEWEST_LABELLED if same_label else _FEWEST
    return alike >= (_SAME_LABEL if same_label else _SAME) or (
        shared >= _WITHIN * min(total, other) and min(total, other) >= fewest
    )


def _retells(words: Counter[str], others: Counter[str]) -> bool:
    """Whether the shorter text, as in a summary list, is mostly made of the longer one's words."""
    a, b = ({word for word in text if len(word) >= _TELLING} for text in (words, others))
    return len(a & b) >= _RETOLD * min(len(a), len(b))


def _is_clean(body: Body, item: Candidate, longest: Candidate) -> bool:
    """Whether the longest occurrence is this one and then the narrative that runs on where it is printed."""
    if (item.label is None and longest.label) or len(item.title) != len(longest.title):
        return False
    text, longer = (body.text_of((*one.title, *one.spans)) for one in (item, longest))
    return len(text) < len(longer) and len(text.split()) >= _CLEAN and text.endswith(".") and longer.startswith(text)


def _choose_fullest(body: Body, group: _Group) -> Chosen:
    best = max(group.members, key=lambda item: (item.label is not None, _length(item), -item.first_row))
    best = next((item for item in group.members if _is_clean(body, item, best)), best)
    pages = {member.page for member in group.members} - {best.page}
    return Chosen(best, tuple(sorted(pages)))
