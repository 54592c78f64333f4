"""Tells headings from text, and reads the headings that announce an ask."""

import re
from dataclasses import dataclass

from pipeline.extract.body import Body, Row
from pipeline.records import Kind

_LEADER = re.compile(r"(?:\.\s?){4,}|\s\d{1,3}$|…{2,}")
_DOTS = re.compile(r"(?:\.\s?){4,}|…{2,}|_{4,}")
_WORDS = (
    r"(?:"
    r"key|main|pac|national|local|learning|safety|overarching|strategic|further|interim|operational|"
    r"organisational|urgent|priority|principal|force|inquiry|new|hol|our|formal|audit|committee|hmic|hmicfrs|"
    r"iopc|ipcc|joint|policy|service|jury|thematic|practice|system|executive|wider|overall|single|multi|"
    r"multi-agency|single-agency|agency|board|panel|review|monitored|individual|additional|final|specific|"
    r"general|core|headline|regional|partnership|ombudsman|coroner"
    r")"
)
_UNITS = {
    "recommendation": Kind.RECOMMENDATION,
    "r": Kind.RECOMMENDATION,  # "R12: …"
    "areas for improvement": Kind.AREA_FOR_IMPROVEMENT,
    "area for improvement": Kind.AREA_FOR_IMPROVEMENT,
    "areas for development": Kind.AREA_FOR_IMPROVEMENT,
    "area for development": Kind.AREA_FOR_IMPROVEMENT,
    "afi": Kind.AREA_FOR_IMPROVEMENT,
    "cause of concern": Kind.CAUSE_OF_CONCERN,
    "causes of concern": Kind.CAUSE_OF_CONCERN,
    "accelerated cause of concern": Kind.CAUSE_OF_CONCERN,
    "agreed action": Kind.AGREED_ACTION,
    "management action": Kind.AGREED_ACTION,
    "agreed management action": Kind.AGREED_ACTION,
    "concern": Kind.CONCERN,
    "matter of concern": Kind.CONCERN,
}
_ID = (
    r"[A-Z]{2}-\d{4}-\d{3}-S[A-Z]-\d{2,3}|[A-Z]{1,2}/\d{4}/\d{1,4}|[A-Z]{1,4}-\d{4}-\d{1,4}|\d{4}[-/]\d{1,4}[A-Z]?\b|"
    r"[A-Z]{1,3}-?\d{2}-\d{1,3}|[A-Z]{1,3}\.\d{1,3}|\(\d{1,3}\)|\d{1,3}(?:[./]\d{1,4})*\s?(?:[a-z]\b|\([a-z]\))?|"
    r"(?:[A-Z]{1,3}[-/]?)?\d{1,3}|[ivxl]{1,5}\b|[A-Z]\b"
)
_ASK = re.compile(
    rf"^(?:{_WORDS}\s+){{0,2}}"
    r"(?P<unit>recommendation|areas? for (?:improvement|development)|afi|(?:accelerated )?causes? of concern|"
    r"(?:agreed )?management action|agreed action|(?:matter of )?concern|r(?=\s?\d{1,3}\s?[:.)]))(?P<plural>s?)"
    r"(?:\s*(?:(?:aviation|marine|rail|railway|road|transportation)\s+)?(?:(?:no\.?|number|#)\s*:?)?"
    rf"\s*(?P<label>{_ID}))?\s*(?P<mark>[:.)–—-]+|$)?\s*(?P<rest>.*)$",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"^(?P<label>\d{1,3}(?:\.\d{1,3})*)[.):]?\s+(?:(?:pac|committee|committee[’']s|audit|report)\s+)?recommendation\s*[:.–—]\s*(?P<rest>\S.*)$",
    re.IGNORECASE,
)
_CARD = re.compile(  # transport safety: "-SR-" tells a recommendation from an advisory notice
    r"^(?:action|(?:safety )?recommendation) (?:number|no\.?|ref\w*)\s*:?\s*"
    r"(?P<label>[A-Z]{2}-\d{4}-\d{3}-SR-\d{2,3})$",
    re.IGNORECASE,
)
_STATUS = re.compile(
    r"\W*(?:is |are |was |has been )?(?:not |partially |partly )?(?:accept|reject|agree|acknowledg|noted|clos|"
    r"complet|support)",
    re.IGNORECASE,
)
_PROGRESS = re.compile(
    r"(?:not (?:yet )?(?:started|met|implemented)|(?:partially |partly |fully |now )*(?:complete|completed|implemented|"
    r"met|closed|open|achieved|discharged|superseded|in progress|ongoing|on track|delayed|"
    r"outstanding))\b\s*(?:[.;:,–-]|$)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class AskHeading:
    """A heading such as "Recommendation 3: Training" or "Areas for improvement"."""

    kind: Kind
    label: str | None
    plural: bool
    rest: str  # what follows on the row: a title, or the ask itself
    rest_start: int  # offset of `rest` in the row's text


def is_contents_entry(row: Row) -> bool:
    """Whether the row has dot leaders."""
    return any(dots in row.text for dots in ("...", ". .", "……", "____")) and bool(_DOTS.search(row.text))


def read_ask_heading(row: Row) -> AskHeading | None:
    """The ask heading on `row`, judged by its words only."""
    numbered = _NUMBERED.match(row.text)
    if numbered:
        return AskHeading(
            Kind.RECOMMENDATION, numbered.group("label"), False, numbered.group("rest"), numbered.start("rest")
        )
    card = _CARD.match(row.text)
    if card:
        return AskHeading(Kind.RECOMMENDATION, card.group("label"), False, "", card.end())
    match = _ASK.match(row.text)
    if match is None or is_contents_entry(row) or (row.text[0].islower() and not row.bold):
        return None
    if _PROGRESS.match(match.group("rest")):
        return None
    label, mark, rest = match.group("label"), match.group("mark"), match.group("rest").strip()
    if _STATUS.match(re.sub(r"^[\sivx()]+(?=\()", "", rest)) and (not label or rest.startswith(("i", "v", "x", "("))):
        return None
    if rest and not mark and not (row.bold and label):
        return None
    if (
        match.group("unit").lower().endswith("concern")
        and not match.group("unit").lower().startswith(("cause", "accel"))
        and not label
    ):
        return None
    unit = re.sub(r"\s+", " ", match.group("unit").lower())
    if unit == "r" and label:
        label = f"R{label}"  # as printed
    plural = bool(match.group("plural")) or unit.startswith(("areas", "causes"))
    return AskHeading(_UNITS[unit], label and _plain_label(label), plural, rest, match.start("rest"))


def _plain_label(label: str) -> str:
    """Without white space, and without brackets where it is nothing but a bracketed number."""
    bare = re.sub(r"\s", "", label)
    return bare.strip("()") if bare.startswith("(") else bare


def stands_out(body: Body, row: Row) -> bool:
    """Whether the row is set as a heading: larger than the text or bold."""
    return row.size >= 1.12 * body.size or row.bold


def rank(row: Row) -> tuple[float, bool]:
    """How high a heading stands: by size, then weight."""
    return (round(row.size), row.bold)


def is_title_like(row: Row) -> bool:
    """Whether the words look like a heading's: short, no sentence end."""
    return len(row.text) <= 110 and not row.text.rstrip().endswith((".", ";", ",", ":")) and len(row.text.split()) <= 16
