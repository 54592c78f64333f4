"""Responses: knows a document that answers recommendations, and reads what it says of each."""

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.extract.body import Body, Row
from pipeline.extract.candidates import Candidate
from pipeline.extract.headings import is_title_like, stands_out
from pipeline.records import Kind, Status

_ANSWERERS = (
    r"government|minister\w*|department\w*|home office|ministry|force|service|constabulary|police|mps|met|mopac|mayor\w*|trust|council|"
    r"authority|agency|college|npcc|commissioner|board|management|executive|nhs england"
)
_TITLE = re.compile(
    rf"\b(?:{_ANSWERERS})\W{{0,2}}s?\W{{0,2}} (?:further |initial |full |formal |joint )*(?:response|reply)\b(?! (?:time|team|officer|polic|vehicle|unit))"
    r"|\b(?:response|reply|replies|responses) (?:of|by|from) (?:the )?\w+"
    r"|\b(?:response|reply|responses) to (?:the |a |an )?(?:[\w’'-]+ ){0,10}(?:report|review|inquiry|recommendations?|inspection|audit|committee|hmicfrs|iopc|regulation 28)\b",
    re.IGNORECASE,
)
_LETTER = re.compile(
    r"\b(?:in (?:answer|response|reply) to your|respon\w+ to (?:your|the regulation 28|the coroner)|thank you for your (?:letter|report)|"
    r"your (?:regulation 28 )?report (?:dated|of))\b",
    re.IGNORECASE,
)
_ANSWER_HEAD = re.compile(
    rf"^(?:the )?(?:(?:{_ANSWERERS})\W{{0,2}}s?\W{{0,2}} )?(?:response|reply)(?: to recommendations? \S+)?\W*$|"
    r"^recommendation (?:accepted|rejected|acknowledged|not accepted|partially accepted|accepted in \w+)\W*$",
    re.IGNORECASE,
)
_PHRASES = (
    (Status.REJECTED, r"(?:not|n’t|n't|never) (?:be able to |able to |currently |fully )?(?:accept|agree|support|taking (?:this )?forward)\w*|reject\w*|declin\w+"),
    (Status.ACCEPTED_IN_PART, r"(?:partially|partly|in part|partial(?:ly)?)\W+(?:accept|agree)\w*|accept\w* (?:\w+ ){0,4}in part|agree\w* in part"),
    (Status.ACCEPTED_IN_PRINCIPLE, r"(?:accept|agree|support)\w* (?:[\w,]+ ){0,4}in principle|in principle (?:accept|agree|support)\w*"),
    (Status.ACCEPTED, r"(?:accept|agree)(?:s|ed)?\b(?: in full)?|support(?:s|ed)? (?:this|the|these) recommendations?|endorses?"),
    (Status.NOTED, r"\bnoted?\b|acknowledge[sd]?\b"),
)  # fmt: skip
_PATTERNS = tuple((status, re.compile(rf"\b(?:{pattern})", re.IGNORECASE)) for status, pattern in _PHRASES)
_ABOUT = re.compile(
    r"\b(?:recommendations?|conclusions?|this|these)\b|^\W*(?:accept|not accept|reject|agree|partial|partly|noted|acknowledged|"
    r"decision|status|response)",
    re.IGNORECASE,
)
_FIRST_PAGES, _FIRST_SENTENCES = 3, 3


def is_response(body: Body) -> bool:
    """Whether the document's title, or headings repeated in it, say that it answers somebody's recommendations."""
    title = body.document.title or ""
    first = [row for row in body.rows if row.page <= _FIRST_PAGES and row.size >= 1.2 * body.size and row.bold | (row.size > body.size)]
    printed = " ".join(row.text for row in first[:12])
    if _TITLE.search(title) or _TITLE.search(printed):
        return True
    opening = " ".join(row.text for row in body.rows[:40] if row.page == 1)
    if re.search(r"\bDear\b", opening) and _LETTER.search(opening):
        return True
    return sum(1 for row in body.rows if _ANSWER_HEAD.match(row.text) and is_title_like(row)) >= 3


def read_status(text: str) -> tuple[Status | None, str | None]:
    """What the opening sentences say of the recommendation, and the words that say it. The first statement counts."""
    for sentence in _sentences(text)[:_FIRST_SENTENCES]:
        if not _ABOUT.search(sentence):
            continue
        hits = [(match.start(), place, status) for place, (status, pattern) in enumerate(_PATTERNS) if (match := pattern.search(sentence))]
        if hits:
            start, _, status = min(hits, key=lambda hit: (hit[1] == len(_PATTERNS) - 1, _covering(hits, hit), hit[0]))
            del start
            return status, sentence
    return None, None


def align_answers(body: Body, candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates as quoted recommendations, each with the rows that answer it and its status."""
    ordered = sorted(candidates, key=lambda item: item.first_row)
    aligned: list[Candidate] = []
    for place, candidate in enumerate(ordered):
        quoted = replace(candidate, kind=Kind.QUOTED_RECOMMENDATION)
        aligned.append(quoted if candidate.status else _with_answer(body, quoted, _answer_rows(body, ordered, place)))
    return aligned


def _with_answer(body: Body, candidate: Candidate, rows: Sequence[Row]) -> Candidate:
    if not rows:
        return candidate
    status, words = read_status(" ".join(row.text for row in rows[:14]))
    return replace(candidate, response=tuple(rows), status=status, status_text=words)


def _answer_rows(body: Body, ordered: Sequence[Candidate], place: int) -> list[Row]:
    """Rows after the quote up to the next; several quotes in a row share the answer that follows the last."""
    for following in range(place, len(ordered)):
        start = ordered[following].last_row + 1
        end = ordered[following + 1].first_row if following + 1 < len(ordered) else len(body.rows)
        rows = [row for row in body.rows[start:end] if not (stands_out(body, row) and row.size >= 1.2 * body.size)]
        if len(rows) >= 1 and end - start >= 2:
            return rows
    return []


def _covering(hits: Sequence[tuple[int, int, Status]], hit: tuple[int, int, Status]) -> int:
    """Rejected before partial before accepted where they stand at nearly the same place."""
    return hit[1] if any(abs(other[0] - hit[0]) < 40 for other in hits if other is not hit) else 0


def _sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.!?])\s+(?=[A-Z“\"(])", text) if part.strip()]
