"""Last resort: asks that only their words mark, in letters, short reports and narrative: "I recommend that …"."""

import re
from collections.abc import Iterator, Sequence

from pipeline.extract.asks import is_procedural
from pipeline.extract.body import Body, Row
from pipeline.extract.candidates import Candidate, cut
from pipeline.extract.items import split_paragraphs
from pipeline.extract.labels import Label, read_label
from pipeline.records import Kind

NAME = "prose"
_ADVERBS = r"(?:(?:therefore|also|further|strongly|hence|accordingly|now|would|should like to|must|urgently|again)\s+)*"
_OPENING = r"^(?:[\w’', -]{0,120}?,\s+)?(?:and\s+|but\s+)?"
_BODY = (
    r"(?:(?:the|this) (?:[\w-]+ ){0,4}(?:committee|commission|inquiry|panel|review|board|ombudsman|commissioner|"
    r"inspectorate|tribunal|jury|rapporteur|group|expert|council|agency|bureau|team|auditor|office|assembly|authority|"
    r"branch|monitor)|(?:the )?(?-i:[A-Z]{2,6}))"
)
_FIRM = re.compile(
    rf"{_OPENING}(?:(?:I|we)\s+{_ADVERBS}(?:recommend|urge|call (?:up)?on)|{_BODY},?\s+{_ADVERBS}"
    rf"(?:recommends|urges|calls (?:up)?on|encourages|requests|invites)|it is {_ADVERBS}recommended (?:that|to)|"
    rf"my recommendation is (?:that|to))\b(?! to (?:receive|see|hear))",
    re.IGNORECASE,
)
_MILD = re.compile(
    rf"{_OPENING}(?:I|we)\s+{_ADVERBS}suggest\b"
    r"|^(?:[\w’', ]{0,30},\s+)?(?:in (?:my|our) (?:view|opinion|judge?ment)|"
    r"(?:I|we) (?:therefore )?(?:believe|consider|think)(?: that)?|"
    r"(?:I|we) (?:am|are) of the (?:view|opinion) that)\b[^.;]{0,200}?"
    r"\b(?:should|must|ought to|needs? to)\b(?! (?:not )?have\b)",
    re.IGNORECASE,
)
_IN_LETTERS = re.compile(
    rf"{_OPENING}(?:I|we)\s+{_ADVERBS}(?:invite|request|ask)\b(?!\s+(?:myself|ourselves|for|why|whether))",
    re.IGNORECASE,
)
_SALUTATION = re.compile(r"^(?:Dear|Yours (?:sincerely|faithfully))\b")
_POLITE = re.compile(
    r"\b(?:your (?:reply|response)|to (?:reply|respond)|(?:hear|hearing) from you|acknowledge receipt|meet|"
    r"visit (?:us|me|the)|contact|action should be taken|"
    r"this letter|power to take (?:such )?action|publish(?:ed)? (?:your|a copy of))\b",
    re.IGNORECASE,
)
_MODAL = re.compile(r"\b(?:should|must|needs? to|ought to)\b(?! (?:not )?have\b)", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z“\"(])|(?<=[a-z]:)\s+(?=(?:I|We|That)\b)")
_QUESTION = re.compile(r"^Q\d{1,3}\b")
_LABEL = re.compile(r"\s*(?:\d{1,3}(?:\.\d{1,3})*[.):]?|\(\w{1,3}\)|[a-z][.)])\s+")
_MILD_PAGES = 12  # most pages of a document in which a mild ask counts
_FEWEST_WORDS, _LONGEST = 6, 350  # words


def read_prose(body: Body) -> list[Candidate]:
    """One candidate for each paragraph in which the author asks; in long documents only where the words are firm."""
    if sum(bool(_QUESTION.match(row.text)) for row in body.rows) > 1:
        return []  # a transcript: what witnesses ask for is not the author's
    patterns = [_FIRM]
    if len(body.document.pages) <= _MILD_PAGES:
        patterns.append(_MILD)
        if any(_SALUTATION.match(row.text) for row in body.rows):
            patterns.append(_IN_LETTERS)
    return [found for paragraph in _paragraphs(body) for found in _read(body, paragraph, patterns)]


def _paragraphs(body: Body) -> Iterator[list[Row]]:
    """Paragraphs, a numbered one always by itself."""
    for rows in split_paragraphs(body.rows):
        start = 0
        for place, row in enumerate(rows):
            label = read_label(row.text)
            if place > start and label and label.style in ("number", "dotted") and row.gap >= 1.3:
                yield rows[start:place]
                start = place
        yield rows[start:]


def _read(body: Body, rows: Sequence[Row], patterns: Sequence[re.Pattern[str]]) -> Iterator[Candidate]:
    label = read_label(rows[0].text)
    prefix = _LABEL if label and label.style != "bullet" else None
    text = body.text_of(cut(body, rows, prefix))
    sentences = _SENTENCE.split(text)
    asking = [place for place, sentence in enumerate(sentences) if _asks(sentence, patterns)]
    if not asking or is_procedural(text):
        return
    first, last = asking[0], asking[-1]
    while first and len(patterns) > 1 and _MODAL.search(sentences[first - 1]):
        first -= 1
    while last + 1 < len(sentences) and _MODAL.search(sentences[last + 1]):
        last += 1
    before, after = " ".join(sentences[:first]), " ".join(sentences[last + 1 :])
    spans = cut(body, rows, _exactly(before, at_start=True) if before else prefix, _exactly(after, at_start=False))
    if not _FEWEST_WORDS <= len(body.text_of(spans).split()) <= _LONGEST:
        return
    name = _name(label) if not before else None
    yield Candidate(Kind.RECOMMENDATION, name, spans, tuple(rows), NAME, 0.4, first_row=rows[0].index)


def _name(label: Label | None) -> str | None:
    return label.text if label and label.style != "bullet" else None


def _asks(sentence: str, patterns: Sequence[re.Pattern[str]]) -> bool:
    return not _POLITE.search(sentence) and any(pattern.match(sentence) for pattern in patterns)


def _exactly(text: str, *, at_start: bool) -> re.Pattern[str] | None:
    """A pattern for `text` as it stands in the raw text, however it is broken into lines."""
    letters = [re.escape(char) for char in text if char.isalnum()]
    if not letters:
        return None
    gap = r"[^\w]*?" if at_start else r"[^\w]*"
    label = rf"(?:{_LABEL.pattern})?"
    return re.compile(
        rf"{label}\W*{gap.join(letters)}[^\w\s]*\s*" if at_start else rf"\s[^\w\s]*{gap.join(letters)}\W*$"
    )
