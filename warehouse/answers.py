"""Which rows and letters answer which asks of another document. Pure; knows nothing of DuckDB.

Documents are paired first, the surest evidence first: the publisher says what a document answers (its address, or the
page that names it); both carry one reference; the response's title holds the report's; or rows of the response repeat
rows of the report word for word. Then each row of the response is held against the rows of the documents it may
answer: by the share of word pairs that both hold (Broder 1997, containment of shingles), more where the labels agree
and less where they differ. A response may answer a numbered recommendation statement by statement, so several of its
rows may answer one ask; one row answers one ask, or none.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from functools import cache
from itertools import pairwise
from typing import TypeAlias

from pipeline.records import Kind, Recommendation
from warehouse.facts import Facts, describe_documents, find_published, list_recommendations

SHINGLE = 6  # words; a repetition of SHINGLE + STRIDE - 1 words is never missed
STRIDE = 3
FEWEST_REPEATS = 2  # rows that a response must repeat to be one, unless it has fewer
TITLE_WORDS = 3  # fewer words of a title name no report
COMMON_WORD = 200  # titles; a word in more tells nothing
REFERENCE_SHARED = 12  # documents; a "reference" on more is none
COMMON_STRETCH = 12  # documents that ask; a stretch of words in more is a phrase of the trade
Pair: TypeAlias = tuple[str, ...]  # two words, one after the other

_WORD = re.compile(r"[^\W_]+")
_PART = re.compile(r"[\s(]*(?:[a-z]|[ivx]+)\b")
_RESPONDING = frozenset(
    _WORD.findall(
        "a an and by from her hm his in into its majesty of on s that the to with government response responses reply "
        "report reports recommendation recommendations review inquiry final full interim volume module committee"
    )
)


class Evidence(IntEnum):
    """Why one document is held to answer another, the weakest first."""

    TEXT = 1
    TITLE = 2
    REFERENCE = 3
    STATED = 4


# The least share of word pairs by which a row answers another: labels agree, at least one has none, labels differ.
# Fitted on five reports and their responses; see tests/test_register.py.
LEAST_SHARE = {
    Evidence.STATED: (0.15, 0.35, 0.6),
    Evidence.REFERENCE: (0.15, 0.35, 0.6),
    Evidence.TITLE: (0.25, 0.45, 0.7),
    Evidence.TEXT: (0.4, 0.6, 0.8),
}
LABEL_BONUS = 0.2
EVIDENCE_BONUS = 0.05  # a step of evidence


@dataclass(frozen=True, slots=True)
class Answers:
    """`rows` gives the id of the row that each answering row restates; `letters` holds pairs of hashes: a document
    that answers another as a whole, and that other.
    """

    rows: Mapping[str, str] = field(default_factory=dict)
    letters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Document:
    sha256: str
    connector: str
    names: frozenset[str]  # its addresses, and those of the pages that name it
    answers: frozenset[str]  # what it says it answers
    reference: str | None
    title: frozenset[str]
    published: date | None
    rows: tuple["_Row", ...]

    @property
    def asked(self) -> tuple["_Row", ...]:
        return tuple(row for row in self.rows if not row.is_restated)


@dataclass(frozen=True, slots=True)
class _Row:
    row_id: str
    label: str | None
    text: str
    is_restated: bool
    is_answered: bool

    @property
    def words(self) -> tuple[str, ...]:
        """Split when asked for: the words of a whole night take ten times the memory of its texts."""
        return _words(self.text)


def find_answers(facts: Facts) -> Answers:
    """Every answer across tonight's documents. The order of anything in `facts` does not matter."""
    documents = _describe(facts)
    pairs = _pair_documents(documents)
    rows: dict[str, str] = {}
    letters: list[tuple[str, str]] = []
    pair_words = cache(_pair_words)  # what is asked is held against many responses; only that little is kept
    for answering in sorted(pairs):
        asked = [(documents[one], why) for one, why in pairs[answering].items()]
        found = _match_rows(documents[answering], asked, pair_words)
        rows |= found
        letters += [
            (answering, one)
            for one, why in sorted(pairs[answering].items())
            if _answers_whole(documents[answering], documents[one], why, found)
        ]
    return Answers(rows, tuple(letters))


def _describe(facts: Facts) -> dict[str, _Document]:
    rows: dict[str, list[_Row]] = defaultdict(list)
    for row in list_recommendations(facts.extractions):
        rows[row.sha256].append(_describe_row(row))
    published = find_published(facts)
    described = {}
    for sha256, files in describe_documents(facts).items():
        read = facts.extractions.get(sha256)
        refs = [file.ref for file in files]
        reference = next((ref.reference for ref in refs if ref.reference), None) or (read and read.facts.reference)
        title = next((ref.title for ref in refs if ref.title), None) or (read and read.facts.title)
        described[sha256] = _Document(
            sha256=sha256,
            connector=refs[0].connector,
            names=frozenset(_plain(name) for ref in refs for name in (ref.url, ref.page) if name),
            answers=frozenset(_plain(ref.responds_to) for ref in refs if ref.responds_to),
            reference=" ".join(reference.casefold().split()) if reference else None,
            title=frozenset(_words(title or "")) - _RESPONDING,
            published=published[sha256],
            rows=tuple(sorted(rows[sha256], key=lambda row: row.row_id)),
        )
    return described


def _describe_row(row: Recommendation) -> _Row:
    return _Row(
        row.recommendation_id,
        row.label.casefold().strip(" .:()") if row.label else None,
        row.text,
        row.kind == Kind.QUOTED_RECOMMENDATION,
        row.status is not None or row.response_text is not None,
    )


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text.casefold().replace("’", "'").replace("'", "")))


def _plain(address: str) -> str:
    return re.sub(r"^https?://(?:www\.)?", "", address.partition("#")[0]).rstrip("/")


def _pair_documents(documents: Mapping[str, _Document]) -> dict[str, dict[str, Evidence]]:
    """For each answering document those it may answer, each with the surest evidence."""
    pairs: dict[str, dict[str, Evidence]] = defaultdict(dict)
    for finder in (_pair_by_text, _pair_by_title, _pair_by_reference, _pair_as_stated):  # the surest last
        for answering, asked, why in finder(documents):
            pairs[answering][asked] = why
    return pairs


def _pair_as_stated(documents: Mapping[str, _Document]) -> Iterator[tuple[str, str, Evidence]]:
    named: dict[str, list[str]] = defaultdict(list)
    for one in documents.values():
        for name in one.names:
            named[name].append(one.sha256)
    for one in documents.values():
        for asked in sorted({sha256 for name in one.answers for sha256 in named[name]}):
            # The page of a report names its responses too.
            if asked != one.sha256 and not (documents[asked].answers & one.answers):
                yield one.sha256, asked, Evidence.STATED


def _pair_by_reference(documents: Mapping[str, _Document]) -> Iterator[tuple[str, str, Evidence]]:
    carried: dict[str, list[_Document]] = defaultdict(list)
    for one in documents.values():
        if one.reference and any(character.isdigit() for character in one.reference):
            carried[one.reference].append(one)
    for group in carried.values():
        if len(group) > REFERENCE_SHARED:
            continue
        for answering in group:
            for asked in group:
                if _is_reply(answering, asked):
                    yield answering.sha256, asked.sha256, Evidence.REFERENCE


def _is_reply(answering: _Document, asked: _Document) -> bool:
    """Of two documents with one reference: another publisher's later one, or one that restates."""
    if answering.sha256 == asked.sha256 or asked.answers or not _is_not_before(answering, asked):
        return False
    restates = bool(answering.answers) or any(row.is_restated for row in answering.rows)
    other = answering.connector != asked.connector and None not in (answering.published, asked.published)
    return restates or (other and answering.published != asked.published)


def _pair_by_title(documents: Mapping[str, _Document]) -> Iterator[tuple[str, str, Evidence]]:
    titled: dict[str, list[_Document]] = defaultdict(list)
    for one in documents.values():
        if len(one.title) >= TITLE_WORDS and one.asked:
            for word in one.title:
                titled[word].append(one)
    for answering in _responses(documents):
        near = {one.sha256 for word in answering.title if len(titled[word]) <= COMMON_WORD for one in titled[word]}
        for asked in sorted(near - {answering.sha256}):
            if documents[asked].title <= answering.title and _is_not_before(answering, documents[asked]):
                yield answering.sha256, asked, Evidence.TITLE


def _pair_by_text(documents: Mapping[str, _Document]) -> Iterator[tuple[str, str, Evidence]]:
    """Documents whose rows a response repeats: several of its rows, or all it has."""
    quoted: dict[tuple[str, ...], list[tuple[str, str]]] = defaultdict(list)  # to document and row
    restated: dict[str, int] = {}
    for one in _responses(documents):
        rows = [row for row in one.rows if row.is_restated]
        restated[one.sha256] = len(rows)
        for row in rows:
            for stretch in _stretches(row, 1):
                quoted[stretch].append((one.sha256, row.row_id))
    repeated: dict[tuple[str, str], set[str]] = defaultdict(set)
    for stretch, asking in _find_asking(documents, quoted).items():
        for answering, row_id in quoted[stretch] if len(asking) <= COMMON_STRETCH else ():
            for asked_in in asking:
                repeated[answering, asked_in].add(row_id)
    for (answering, asked_in), row_ids in sorted(repeated.items()):
        enough = len(row_ids) >= min(FEWEST_REPEATS, restated[answering])
        if enough and answering != asked_in and _is_not_before(documents[answering], documents[asked_in]):
            yield answering, asked_in, Evidence.TEXT


def _find_asking(
    documents: Mapping[str, _Document], quoted: Collection[tuple[str, ...]]
) -> dict[tuple[str, ...], set[str]]:
    """For each of the `quoted` stretches the documents that ask in these words."""
    asking: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for asked in documents.values() if quoted else ():
        for stretch in (stretch for row in asked.asked for stretch in _stretches(row, STRIDE)):
            if stretch in quoted:
                asking[stretch].add(asked.sha256)
    return asking


def _stretches(row: _Row, stride: int) -> Iterator[tuple[str, ...]]:
    words = row.words
    return (words[place : place + SHINGLE] for place in range(0, len(words) - SHINGLE + 1, stride))


def _responses(documents: Mapping[str, _Document]) -> Iterator[_Document]:
    return (one for one in documents.values() if any(row.is_restated for row in one.rows))


def _is_not_before(answering: _Document, asked: _Document) -> bool:
    return not answering.published or not asked.published or asked.published <= answering.published


def _match_rows(
    answering: _Document, asked: Sequence[tuple[_Document, Evidence]], pairs: Callable[[_Row], frozenset[Pair]]
) -> dict[str, str]:
    """For each row of a response the id of the row it answers, where one is near enough."""
    others = [
        (other, pairs(other), why, len(answering.rows) == len(one.asked) == 1, -(one.published or date.max).toordinal())
        for one, why in asked
        for other in one.asked
    ]
    found = {}
    for row in answering.rows:
        mine = _pair_words(row)
        scored = [
            (score, day, other.row_id)
            for other, theirs, why, are_alone, day in others
            if row.is_restated or why >= Evidence.REFERENCE
            if (score := _score(_share(mine, theirs), row, other, why, are_alone=are_alone)) is not None
        ]
        if scored:
            found[row.row_id] = max(scored)[2]
    return found


def _pair_words(row: _Row) -> frozenset[Pair]:
    return frozenset(pairwise(row.words)) or frozenset({row.words})


def _share(mine: frozenset[Pair], theirs: frozenset[Pair]) -> float:
    return len(mine & theirs) / min(len(mine), len(theirs))


def _score(share: float, row: _Row, other: _Row, why: Evidence, *, are_alone: bool) -> float | None:
    """How well `row` answers `other`, which hold that share of word pairs in common; None: too little."""
    agree = are_alone or labels_agree(row.label, other.label)
    level = 0 if agree else 2 if row.label and other.label else 1
    if share < LEAST_SHARE[why][level]:
        return None
    return round(share + LABEL_BONUS * agree + EVIDENCE_BONUS * why, 6)


def labels_agree(label: str | None, other: str | None) -> bool:
    """True for one label, and for a part of it: "4a)i" is about "4", but "4.1" and "41" are not."""
    if label is None or other is None:
        return False
    return label == other or (label.startswith(other) and _PART.match(label, len(other)) is not None)


def _answers_whole(answering: _Document, asked: _Document, why: Evidence, found: Mapping[str, str]) -> bool:
    """True when no row of the response carries an answer to that document: then all of it is the answer."""
    if why < Evidence.REFERENCE or not asked.asked:
        return False
    theirs = {row.row_id for row in asked.asked}
    return not any(row.is_answered and found.get(row.row_id) in theirs for row in answering.rows)
