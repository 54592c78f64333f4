"""Responses: knows a document that answers recommendations, and reads what it says of each."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.extract.body import Body, Row
from pipeline.extract.candidates import Candidate
from pipeline.extract.headings import is_title_like
from pipeline.records import Kind, Status

_ANSWERERS = (
    r"government|minister\w*|department\w*|home office|ministry|force|police service|constabulary|mps|mopac|"
    r"chief constable|constable|pcc|police and crime commissioner|"
    r"mayor\w*|trust|council|"
    r"authority|agency|college|npcc|commissioner|board|management|executive|nhs england|our"
)
_ANSWERED = (
    r"(?:report|review|inquiry|recommendations?|inspection|audit|committee|hmic\w*|iopc|regulation 28|coroner\w*|"
    r"volume|concerns?)"
)
_TITLE = re.compile(
    rf"\b(?:{_ANSWERERS})\W{{0,2}}s?\W{{0,2}} (?:further |initial |full |formal |joint )*(?:response|"
    rf"reply)(?=\W*$|\s*[:|–-]| to (?:[\w’'-]+ ){{0,12}}{_ANSWERED}\b)"
    rf"|\b(?:response|reply|replies|responses) (?:of|by|from) (?:the )?(?:{_ANSWERERS})\b"
    r"|\b(?:response|reply) (?:of|by|from) (?:the )?(?:[\w’'&-]+ ){1,8}to\b"
    r"|\bpolice response to (?:the|our|your) (?:\w+ ){0,3}(?:inspection|audit|recommendations)\b"
    rf"|(?<!police )\b(?:response|reply|responses) to (?:the |a |an |your )?(?:[\w’'-]+ ){{0,10}}{_ANSWERED}\b",
    re.IGNORECASE,
)
_LETTER = re.compile(
    r"\b(?:in (?:answer|response|reply) to your|respon\w+ to (?:your|the regulation 28|the coroner)|"
    r"thank you for your (?:letter|report)|"
    r"your (?:regulation 28 )?report (?:dated|of)|"
    r"(?:response|reply) to the (?:\w+ ){0,4}(?:inspection|report)|section 55 of the police act)\b",
    re.IGNORECASE,
)
_ANSWER_HEAD = re.compile(
    rf"^(?:the )?(?:(?:{_ANSWERERS})\W{{0,2}}s?\W{{0,2}} )?(?:response|reply)(?: to recommendations? \S+)?\W*$|"
    r"^recommendation (?:accepted|rejected|acknowledged|not accepted|partially accepted|accepted in \w+)\W*$",
    re.IGNORECASE,
)
_AUDITED = re.compile(r"^management\b", re.IGNORECASE)  # an audit report prints what management said of each finding
_OPENS_ANSWER = re.compile(
    rf"^(?:do you accept\b.*|(?:the )?(?:(?:{_ANSWERERS})\W{{0,2}}s?\W{{0,2}} )?(?:response|reply|decision|"
    rf"status)(?: to (?:the |this )?recommendation.*)?\s*(?:[:–-].*)?|"
    r"(?:(?:not|partially|partly) )?(?:accepted|agreed|rejected)\b.{0,60})$",
    re.IGNORECASE,
)
INLINE_ANSWER = re.compile(
    rf"^(?i:the )?(?:(?i:{_ANSWERERS}|[A-Z]{{2,8}})\W{{0,2}}s?\W{{0,2}} |"
    r"(?:[A-Z][\w’&-]*\s(?:(?:of|and|for|the)\s)?){1,6})?(?i:response|reply|comments?)\s*[:–—]\s*\S"
)
_FAR = 40  # rows
_ABOUT_IT = (
    r"(?:the |this |these |both |all |each )?(?:[\w’'‘]+ ){0,4}?"
    r"(?:recommendations?|conclusions?|findings?|points?|concerns?|parts?)\b"
)
_PHRASES = (
    (
        Status.REJECTED,
        r"(?:do(?:es)? not|not|cannot|unable to|n[’']t) (?:be able to |able to |currently |fully )?(?:accept|"
        r"agree|support)\w*|reject(?:s|ed)?\b|disagrees?\b",
    ),
    (
        Status.ACCEPTED_IN_PART,
        r"(?:partially|partly|in part|partial(?:ly)?)\W+(?:accept|agree)\w*|(?:accept|"
        r"agree)\w* (?:[\w()]+ ){0,5}(?:in part|partially|partly)\b|accept\w* parts?\b",
    ),
    (
        Status.ACCEPTED_IN_PRINCIPLE,
        r"(?:accept|agree|support)\w* (?:[\w,]+ ){0,5}in principle|in principle,? (?:accept|agree|support)\w*",
    ),
    (
        Status.ACCEPTED,
        rf"^accept$|accept(?:s|ed)?(?: in full)?(?=\W*$| {_ABOUT_IT}| (?:this|these|it|both)\b)|"
        rf"^(?:fully )?(?:accepted|"
        rf"agreed|accept|agree)\b|"
        r"(?:government|department|minister\w*|force|service|police|mps|board|council|authority|college|npcc|we) "
        r"(?:fully |also )?(?:agrees?|accepts?)\W*$|"
        rf"(?:is|are|was|were|been) (?:fully )?(?:accepted|agreed)\b|recommendation accepted|"
        rf"agrees? (?:with )?(?:this\b(?= recommendation|\W*$)|{_ABOUT_IT})|supports? {_ABOUT_IT}|"
        rf"endorses? {_ABOUT_IT}",
    ),
    (
        Status.NOTED,
        r"^(?:recommendation )?(?:noted|acknowledged)\b|"
        r"notes? (?:this|the) (?:[\w’']+ ){0,2}?(?:recommendation|conclusion|view|finding)|"
        r"recommendation (?:is )?(?:noted|acknowledged)",
    ),
)
_UNDECIDED = re.compile(
    r"\bunder (?:active |careful |further )?(?:consideration|review)\b|"
    r"\b(?:will|to|shall) (?:be )?(?:further |carefully |actively |now |also |fully )*consider(?:ed)?\b"
    r"(?! (?:how|what|the best|ways))|"
    r"\b(?:is|are|being) (?:currently |actively |carefully |still )*consider(?:ing|ed)\b|"
    r"\b(?:will|to) (?:respond|reply|set out (?:its|our|their) (?:position|response|decision)) in due course\b|"
    r"\b(?:give|giving|given) (?:\w+ )?(?:careful|further|active|full|due|serious) consideration\b|"
    r"\bno decision has (?:yet )?been (?:made|taken)\b",
    re.IGNORECASE,
)
_PATTERNS = tuple((status, re.compile(rf"(?<![\w-])(?:{pattern})", re.IGNORECASE)) for status, pattern in _PHRASES)
_PREAMBLE = re.compile(
    r"^\s*(?:do you accept (?:the|this|our) recommendations?\W*)?(?:(?:the )?(?:[\w’']+ ){0,4}?(?:response|reply|"
    r"decision|status|position)(?: to (?:the )?recommendation\W{0,2}\w+)?\s*[:–—-]?\s+)?",
    re.IGNORECASE,
)
_FIRST_PAGES, _FIRST_SENTENCES = 3, 3
_OF_LARGEST = 0.8


@dataclass(frozen=True, slots=True)
class StatusRead:
    """A status, and the words that gave it."""

    status: Status | None
    words: str | None


def is_response(body: Body) -> bool:
    """Whether the document's title, or headings repeated in it, say that it answers somebody's recommendations."""
    title = body.document.title or ""
    printed = _large_print(body)
    if _TITLE.search(title) or _TITLE.search(printed):
        return True
    opening = " ".join(row.text for row in body.rows[:40] if row.page == 1)
    if re.search(r"\bDear\b", opening) and _LETTER.search(opening):
        return True
    heads = [row.text for row in body.rows if _ANSWER_HEAD.match(row.text) and is_title_like(row)]
    return sum(not _AUDITED.match(text) for text in heads) >= 3


def read_status(text: str) -> StatusRead:
    """What the opening sentences say of the recommendation, and the words that say it. The first statement counts."""
    opening = _PREAMBLE.sub("", text, count=1)
    for sentence in _sentences(opening)[:_FIRST_SENTENCES]:
        for clause in re.split(r",\s+(?:and|while|whilst)\s+|;\s+", sentence):
            for status, pattern in _PATTERNS:
                if pattern.search(clause):
                    return StatusRead(status, sentence)
    undecided = next((one for one in _sentences(opening)[: 2 * _FIRST_SENTENCES] if _UNDECIDED.search(one)), None)
    return StatusRead(Status.UNDER_CONSIDERATION if undecided else None, undecided)


def _large_print(body: Body) -> str:
    """The headings of the first pages, wrapped ones joined, one from another parted by a bar."""
    large = [row for row in body.rows if row.page <= _FIRST_PAGES and row.size >= 1.2 * body.size][:12]
    largest = max((row.size for row in large), default=0.0)
    large = [row for row in large if row.size >= _OF_LARGEST * largest]  # a section's heading names no document
    parts: list[str] = []
    for place, row in enumerate(large):
        follows = place and row.gap <= 1.8 and round(row.size) == round(large[place - 1].size)
        parts.append(f" {row.text}" if follows else f" | {row.text}")
    return "".join(parts)


def align_answers(body: Body, candidates: Sequence[Candidate], *, quoted: bool) -> list[Candidate]:
    """The candidates, each with the rows that answer it and its status.

    `quoted`: the document is a response, so they are quoted recommendations and what follows each is its answer;
    else only what an answer's own heading opens is one.
    """
    ordered = sorted(candidates, key=lambda item: item.first_row)
    aligned: list[Candidate] = []
    for place, candidate in enumerate(ordered):
        kind = Kind.QUOTED_RECOMMENDATION if quoted else candidate.kind
        rows = _answer_rows(body, ordered, place) if quoted else _headed_answer(body, ordered, place)
        answered = candidate if candidate.status else _with_answer(candidate, rows)
        aligned.append(replace(answered, kind=kind))
    return aligned


def _headed_answer(body: Body, ordered: Sequence[Candidate], place: int) -> list[Row]:
    """The rows from an answer's heading to the next candidate."""
    start = ordered[place].last_row + 1
    end = ordered[place + 1].first_row if place + 1 < len(ordered) else min(len(body.rows), start + _FAR)
    rows = body.rows[start:end]
    opening = next((number for number, row in enumerate(rows[:_FAR]) if _OPENS_ANSWER.match(row.text)), None)
    return [] if opening is None else list(rows[opening:])


def _with_answer(candidate: Candidate, rows: Sequence[Row]) -> Candidate:
    if not rows:
        return candidate
    read = read_status(" ".join(row.text for row in rows[:14]))
    return replace(candidate, response=tuple(rows), status=read.status, status_text=read.words)


def _answer_rows(body: Body, ordered: Sequence[Candidate], place: int) -> list[Row]:
    """Rows after the quote up to the next; several quotes in a row share the answer that follows the last."""
    for following in range(place, len(ordered)):
        start = ordered[following].last_row + 1
        end = ordered[following + 1].first_row if following + 1 < len(ordered) else len(body.rows)
        rows = [row for row in body.rows[start:end] if row.size < 1.2 * body.size or _ANSWER_HEAD.match(row.text)]
        if any(not is_title_like(row) or _ANSWER_HEAD.match(row.text) for row in rows):
            return rows
    return []


def _sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.!?])\s+(?=[A-Z“\"(])", text) if part.strip()]
