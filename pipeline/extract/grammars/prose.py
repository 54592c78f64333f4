"""Last resort: a letter or short report whose author asks in running text, "I therefore recommend that …"."""

import re
from collections.abc import Iterator, Sequence

from pipeline.extract.asks import is_procedural
from pipeline.extract.body import Body, Row
from pipeline.extract.candidates import Candidate, cut
from pipeline.extract.items import split_paragraphs
from pipeline.records import Kind

NAME = "prose"
_ADVERBS = r"(?:(?:therefore|also|further|strongly|hence|accordingly|now|would|should like to|must)\s+)*"
_ASK = re.compile(
    rf"^(?:[\w’', ]{{0,60}},\s+)?(?:and\s+|but\s+)?(?:I|we)\s+{_ADVERBS}(?:recommend|urge|suggest|invite|request|"
    rf"ask)\b(?!\s+(?:myself|ourselves|for|why|whether))"
    r"|^(?:[\w’', ]{0,30},\s+)?(?:in (?:my|our) (?:view|opinion|judge?ment)|"
    r"(?:I|we) (?:therefore )?(?:believe|consider|think)(?: that)?|"
    r"(?:I|we) (?:am|are) of the (?:view|opinion) that)\b[^.;]{0,200}?"
    r"\b(?:should|must|ought to|needs? to)\b(?! (?:not )?have\b)",
    re.IGNORECASE,
)
_POLITE = re.compile(
    r"\b(?:your (?:reply|response)|to (?:reply|respond)|(?:hear|hearing) from you|acknowledge receipt|meet|"
    r"visit (?:us|me|the)|contact|"
    r"this letter|power to take (?:such )?action|publish(?:ed)? (?:your|a copy of))\b",
    re.IGNORECASE,
)
_MODAL = re.compile(r"\b(?:should|must|needs? to|ought to)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z“\"(])")
_MOST_PAGES = 12


def read_prose(body: Body) -> list[Candidate]:
    """One candidate for each paragraph in which the author asks in the first person; only in short documents."""
    if len(body.document.pages) > _MOST_PAGES:
        return []
    return [candidate for paragraph in split_paragraphs(body.rows) for candidate in _read(body, paragraph)]


def _read(body: Body, rows: Sequence[Row]) -> Iterator[Candidate]:
    text = body.text_of(cut(body, rows))
    sentences = _SENTENCE.split(text)
    asking = [
        place for place, sentence in enumerate(sentences) if _ASK.match(sentence) and not _POLITE.search(sentence)
    ]
    if not asking or is_procedural(text):
        return
    first, last = asking[0], asking[-1]
    while first and _MODAL.search(sentences[first - 1]):
        first -= 1
    while last + 1 < len(sentences) and _MODAL.search(sentences[last + 1]):
        last += 1
    before, after = " ".join(sentences[:first]), " ".join(sentences[last + 1 :])
    spans = cut(body, rows, _exactly(before, at_start=True), _exactly(after, at_start=False))
    yield Candidate(Kind.RECOMMENDATION, None, spans, tuple(rows), NAME, 0.4, first_row=rows[0].index)


def _exactly(text: str, *, at_start: bool) -> re.Pattern[str] | None:
    """A pattern for `text` as it stands in the raw text, however it is broken into lines."""
    letters = [re.escape(char) for char in text if char.isalnum()]
    if not letters:
        return None
    gap = r"[^\w]*?" if at_start else r"[^\w]*"
    return re.compile(rf"\W*{gap.join(letters)}[^\w\s]*\s*" if at_start else rf"\s[^\w\s]*{gap.join(letters)}\W*$")
