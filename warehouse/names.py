"""Names of people who died, and of their families: found in what documents say, and left out of what is handed on.

Pure. Deliberately generous: a name too many costs a reader one word, a name too few costs a family more. Names are
found by the ways in which reports speak of a death ("the inquest into the death of …", "her mother …"), by the
publisher's own title and fields, and left out in every inflection of those rows, capitals and web addresses included.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce

from warehouse.name_words import AMBIGUOUS, GIVEN, NO_NAME

WITHHELD = "[name left out]"
LEFT_OUT = "[text left out: a name would stand in it]"

_PARTICLE = r"(?:de|da|del|van|von|der|den|la|le|el|al|bin|binti|ap|ab|st)"
_TOKEN = (
    r"(?:(?:Mc|Mac|O['’]|D['’]|Al-|El-)?[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]+(?:[-'’][A-ZÀ-ÖØ-Þa-z][a-zß-öø-ÿ]+)*"
    r"|[A-ZÀ-ÖØ-Þ]{2,}(?:[-'’][A-ZÀ-ÖØ-Þ]{2,})*)"
)
_STYLE = r"(?:Mr|Mrs|Ms|Miss|Master|Mx|Baby|Child|Sir|Lady|Dame|Lord|MR|MRS|MS|MISS|BABY)\.?"
_NICK = r"(?:[\"“‘'(][A-Za-zÀ-ÿ]+[\"”’')]\s+)?"
_NAME = rf"(?:{_STYLE}\s+)?{_TOKEN}(?:\s+(?:{_NICK}{_TOKEN}|[A-Z]\.?(?=\s)|{_PARTICLE}(?=\s+[A-Z]))){{0,4}}"
_FULL = rf"(?:{_STYLE}\s+)?{_TOKEN}(?:\s+(?:{_NICK}{_TOKEN}|[A-Z]\.?(?=\s)|{_PARTICLE}(?=\s+[A-Z]))){{1,4}}"
_LIST = rf"({_NAME}(?:(?:,\s+|,?\s+and\s+|\s*&\s*){_NAME})*)"
_RELATIVE = (
    "mother|father|mum|dad|parents?|son|sons|daughter|daughters|children|partner|husband|wife|widow|widower|brother|"
    "brothers|sister|sisters|twin|stepfather|stepmother|step-?father|step-?mother|stepson|stepdaughter|grandmother|"
    "grandfather|grandson|granddaughter|aunt|uncle|niece|nephew|cousin|fianc[ée]e?|girlfriend|boyfriend|baby"
)
_DIED = (
    r"(?:(?:sadly|tragically|then|later|subsequently|had)\s+)?(?:died|passed\s+away|collapsed|drowned|was\s+(?:found\s+"
    r"(?:dead|hanging|hanged|unresponsive|deceased)|pronounced|certified|born|killed|murdered|fatally)|took\s+(?:his|her"
    r"|their)\s+own\s+life|ended\s+(?:his|her|their)\s+(?:own\s+)?life|suffered|had\s+a\s+(?:long\s+)?history)"
)

# What comes right before a name, and what right after it.
_BEFORE = (
    r"(?i:inquests?\s+(?:in\s*to|touching(?:\s+upon)?|concerning)\s+(?:the\s+)?deaths?\s+of(?:\s+the\s+late)?)[:,]?",
    r"(?i:\b(?:deaths?|murders?|killing|shooting|stabbing|suicide|homicide|manslaughter)\s+of(?:\s+the\s+late)?)[:,]?",
    r"(?i:\b(?:deceased(?:['’]?s)?\s+name|name\s+of\s+(?:the\s+)?deceased|full\s+name\s+of\s+deceased)\s*:?)",
    r"(?i:\bthe\s+late)",
    rf"(?i:\b(?:his|her|their|whose|deceased['’]?s?)\s+(?:\w+\s+)?(?:{_RELATIVE}))\s*(?:,|\()?\s*",
)
# The same, in reports of a death only: elsewhere an investigation or the care may be of anything.
_BEFORE_IN_REPORTS = (
    r"(?i:\b(?:body|case|care|treatment|family|families|friends|parents|relatives|widow|estate)\s+of)",
    r"(?i:\b(?:inquest|investigation|inquiry)s?\s+(?:in\s*to|of)\s*:?)",
    rf"(?i:\bthe\s+(?:\w+\s+)?(?:{_RELATIVE}))\s*(?:,|\()?\s*",
)
_AFTER = (  # what parts it from the name, and what it is
    ("", r"(?:['’]s?)\s+(?i:(?:tragic\s+|untimely\s+)?(?:death|family|inquest|suicide|murder|body|widow|parents|"
         rf"{_RELATIVE})\b)"),
    (r"\s+", rf"{_DIED}\b"),
    (r"\s*,?\s*\(?", r"(?i:deceased|\(dec['’]?d\))\)?"),
    (r"\s*,?\s*\(?\s*", r"(?i:aged?|who\s+was)\s+(?:just\s+|only\s+)?\d{1,3}\b"),
    (r"\s*,?\s*\(?", r"(?i:(?:date\s+of\s+birth|d\.?o\.?b\.?|born(?:\s+on)?)\b)"),
)  # fmt: skip
_NAMES = rf"({_NAME}(?:\s*(?:,|and|&)\s*{_NAME})*)"
_TITLES = (
    re.compile(rf"^\s*{_NAMES}\s*[:\-–—]?\s*\(?(?i:prevention of future deaths?)"),
    re.compile(rf"(?i:prevention of future deaths?(?:\s+reports?)?)\s*[:\-–—]?\s*\(?{_NAMES}"),
    re.compile(rf"(?i:regulation\s+28)[^A-Z]*(?:report)?\s*[:\-–—]\s*({_NAME})"),
)  # fmt: skip
_BEFORE_NAME = [re.compile(rf"{before}\s*{_LIST}") for before in _BEFORE]
_BEFORE_NAME_IN_REPORTS = [re.compile(rf"{before}\s*{_LIST}") for before in _BEFORE_IN_REPORTS]
# Names are looked for where the words that follow them stand at all: each name that may be one costs ten times that.
_NAME_AFTER = [(re.compile(words), re.compile(rf"\b({_FULL}){gap}{words}")) for gap, words in _AFTER]
_STYLED = re.compile(rf"\b(?:Mr|Mrs|Ms|Miss|Master|Mx|MR|MRS|MS|MISS)\.?\s+({_TOKEN}(?:\s+{_TOKEN}){{0,2}})")
_DEATH_REPORT = re.compile(r"(?i:\bregulation\s+28\b.{0,40}\breport|\breports?\s+to\s+prevent\s+future\s+deaths)")
# Before a name that is not the family's: a saint, a doctor, an officer, whoever gave a report or an Act its name.
_RANK = re.compile(
    r"(?:\bSt\.?|\bDr\.?|\bProf\w*\.?|\bPC|\bDC|\bDS|\bDI|\bDCI|\bPS|\bSgt\.?|\bSergeant|\bConstable|\bInspector|"
    r"\bSuperintendent|\bCommander|\bCommissioner|\bCoroner|\bHM|\bJudge|\bJustice|\bNurse|\bParamedic|\bSister|"
    r"\bKing|\bQueen|\bPrince|\bPrincess|\bRoyal|\bSir|\bLord|\bLady|\bDame|\bSaint)\s+(?:[A-Z][\w'’-]*\s+){0,2}$"
)
_OFFICES = frozenset(
    {"justice", "speaker", "president", "chairman", "coroner", "recorder", "commissioner"}
)  # "Mr Justice"
_SPLIT = re.compile(r",\s+|,?\s+and\s+|\s*&\s*")
_LETTERS = re.compile(r"[^\W\d_]+")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")

# After one of these words a surname is part of an office's or a place's name: "Kent Police", "Lewis Road".
_OF_A_PLACE = re.compile(
    r"\s+(?:Police|Constabulary|Council|County|Hospital|Infirmary|Road|Street|Lane|Avenue|Close|Drive|House|School|Ward|"
    r"University|NHS|Prison|Court|Trust|Station|Centre|Clinic|Unit|Partnership|Borough|City|Act|Review|Inquiry|Report)\b"
)
_AFTER_STYLE = re.compile(rf"(?:{_STYLE}|{re.escape(WITHHELD)})\s+$")


@dataclass(frozen=True, slots=True)
class Names:
    """Names to leave out: `full` wherever they stand, as folded words; `parts` only in rows of their document."""

    full: frozenset[tuple[str, ...]] = frozenset()
    parts: Mapping[str, frozenset[str]] = field(default_factory=dict)  # sha256: folded single words
    starts: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)  # by first word, longest first


def find_people(
    title: str | None, stated: Collection[str], texts: Iterable[str], *, is_report_of_a_death: bool = False
) -> frozenset[str]:
    """Names of the dead and their families in one document: its `title`, what the publisher `stated`, its `texts`.

    In a report of a death, as the title, the publisher or the caller says, given names and "Mr …" are enough.
    """
    found = {name for one in stated for name in _SPLIT.split(one)}
    found |= {name for pattern in _TITLES for match in pattern.finditer(title or "") for name in _SPLIT.split(match[1])}
    lines = [" ".join(text.split()) for text in texts]
    in_report = is_report_of_a_death or bool(found) or any(_DEATH_REPORT.search(text) for text in lines)
    if in_report:
        return frozenset({name for one in found if (name := _clean(one))} | _find_in_report(lines))
    before = {_clean(name) for name in _find_before(lines, _BEFORE_NAME)}
    after = {_clean(name) for name in _find_after(lines)}
    # Elsewhere only full names: one word alone would take that word from the whole document.
    return frozenset(
        name
        for name in before | {one for one in after if one and _bare(one.split()[0]) in GIVEN}
        if name and len(name.split()) > 1 and min(map(len, name.split()[:: len(name.split()) - 1])) > 1
    )


def _find_in_report(lines: Sequence[str]) -> set[str]:
    found = {*_find_before(lines, [*_BEFORE_NAME, *_BEFORE_NAME_IN_REPORTS]), *_find_after(lines)}
    found |= {name for text in lines for name in _find_given(text)}
    styled = [match[1] for text in lines for match in _STYLED.finditer(text)]
    alone = {_clean(name) or name.split()[0] for name in styled if name.split()[0].casefold() not in _OFFICES}
    return {name for one in found if (name := _clean(one))} | alone


def _find_before(lines: Sequence[str], patterns: Sequence[re.Pattern[str]]) -> set[str]:
    return {
        name
        for text in lines
        for pattern in patterns
        for match in pattern.finditer(text)
        for name in _SPLIT.split(match[1])
    }


def _find_after(lines: Sequence[str]) -> set[str]:
    worth = ((text, pattern) for text in lines for words, pattern in _NAME_AFTER if words.search(text))
    return {match[1] for text, pattern in worth for match in pattern.finditer(text)}


def gather_names(people: Mapping[str, Collection[str]]) -> Names:
    """What must be left out, from the people found in each document by its hash."""
    full: set[tuple[str, ...]] = set()
    parts: dict[str, frozenset[str]] = {}
    for sha256, names in people.items():
        own: set[str] = set()
        for name in names:
            words = fold_words(name)
            own |= {word for word in words if len(word) > 1}
            if len(words) > 1:
                full |= {tuple(words), (words[0], words[-1])}
        if own:
            parts[sha256] = frozenset(own)
    starts: dict[str, list[tuple[str, ...]]] = {}
    for sequence in sorted(full, key=lambda one: (-len(one), one)):
        starts.setdefault(sequence[0], []).append(sequence)
    return Names(frozenset(full), parts, {first: tuple(rest) for first, rest in starts.items()})


def withhold(text: str, names: Names, sha256: str | None = None) -> str:
    """`text` with each name replaced by a neutral word; `sha256` is the document it comes from."""
    own = names.parts.get(sha256 or "", frozenset())
    spans = _find_spans(text, names, own) if _may_name(text, names, own) else []
    cut = reduce(lambda kept, span: kept[: span[0]] + WITHHELD + kept[span[1] :], reversed(spans), text)
    return re.sub(rf"{re.escape(WITHHELD)}(?:[\s-]+{re.escape(WITHHELD)})+", WITHHELD, cut)


def withhold_or_leave_out(text: str, names: Names, sha256: str | None = None) -> str:
    """`text` without names; `LEFT_OUT` where a full name would still stand in it, however it is spelt there."""
    cut = withhold(text, names, sha256)
    return LEFT_OUT if _full_names_in(fold_words(cut), names) else cut


def names_in_address(address: str, names: Names, sha256: str | None = None) -> bool:
    """True when a web address spells a name, as "…/jo-bloggs-2024.pdf" does."""
    words = fold_words(re.sub(r"%[0-9A-Fa-f]{2}|[\d_]+", " ", address))
    own = names.parts.get(sha256 or "", frozenset())
    return bool(_full_names_in(words, names)) or any(word in own and len(word) > 2 for word in words)


def find_survivors(output: str, names: Names) -> list[str]:
    """Full names that still stand in `output`, however spelt: capitals, accents, hyphens and addresses do not hide."""
    return sorted({" ".join(name) for name in _full_names_in(fold_words(output), names)})


def fold_words(text: str) -> list[str]:
    """Words in lower case without accents or apostrophes; a hyphen parts two words."""
    if text.isascii():  # most words, without the costly steps
        return _LETTERS.findall(text.replace("'", "").lower())
    plain = unicodedata.normalize("NFKD", text.replace("’", "").replace("'", ""))
    bare = _BEYOND_ASCII.sub(lambda match: "" if unicodedata.combining(match[0]) else match[0], plain)
    return _LETTERS.findall(bare.casefold())


def _find_given(text: str) -> Iterable[str]:
    """Given names with the surname that follows; alone only where they can be nothing else."""
    words = list(_WORD.finditer(text))
    for place, match in enumerate(words):
        word = match.group()
        if not word[0].isupper():
            continue
        given = _bare(word)
        if given not in GIVEN or _RANK.search(text[max(0, match.start() - 40) : match.start()]):
            continue
        name, end = [word], match.end()
        for further in words[place + 1 : place + 4]:
            if text[end : further.start()] != " " or not further.group()[0].isupper() or _is_office(further.group()):
                break
            name.append(further.group())
            end = further.end()
        if (len(name) > 1 or given not in AMBIGUOUS) and not _OF_A_PLACE.match(text, end):
            yield re.sub(r"['’]s$", "", " ".join(name))


def _is_office(word: str) -> bool:
    return word.casefold() in NO_NAME


def _full_names_in(words: Sequence[str], names: Names) -> list[tuple[str, ...]]:
    if names.starts.keys().isdisjoint(words):  # most texts
        return []
    return [
        name
        for place, word in enumerate(words)
        for name in names.starts.get(word, ())
        if tuple(words[place : place + len(name)]) == name
    ]


def _may_name(text: str, names: Names, own: Collection[str]) -> bool:
    """False where no word of `text` begins a name or is part of one: most texts, soon told."""
    words = set(_WORD.findall(text))
    plain = {word.lower() for word in words if word.isascii() and word.isalpha()}
    if not (names.starts.keys().isdisjoint(plain) and plain.isdisjoint(own)):
        return True
    return any(
        folded and (folded[0] in names.starts or not {_bare(word), "".join(folded), *folded}.isdisjoint(own))
        for word in words
        if not (word.isascii() and word.isalpha())
        for folded in (fold_words(word),)
    )


def _find_spans(text: str, names: Names, own: Collection[str]) -> list[tuple[int, int]]:
    """Where names stand in `text`, in order, none overlapping."""
    words = list(_WORD.finditer(text))
    folded = [_fold_word(match.group()) for match in words]
    spans: list[tuple[int, int]] = []
    place = 0
    while place < len(words):
        follows = bool(spans) and text[spans[-1][1] : words[place].start()].strip(" -") == ""
        length = _full_name_at(folded, place, names) or _part_at(text, words[place], folded[place], own, follows)
        if length:
            first, last = words[place], words[place + length - 1]
            possessive = re.search(r"['’]s$", last.group())
            spans.append((first.start(), last.end() - (len(possessive.group()) if possessive else 0)))
        place += length or 1
    return spans


def _fold_word(word: str) -> tuple[str, ...]:
    """As `fold_words`; one plain word costs nothing."""
    return (word.lower(),) if word.isascii() and word.isalpha() else tuple(fold_words(word))


def _full_name_at(folded: Sequence[tuple[str, ...]], place: int, names: Names) -> int:
    """How many words of text a full name takes that begins at `place`; 0: none."""
    for name in names.starts.get(folded[place][0], ()) if folded[place] else ():
        taken: tuple[str, ...] = ()
        for length, words in enumerate(folded[place : place + len(name)], start=1):
            taken += words if words[-1:] != ("s",) else words[:-1]
            if _without_genitive(taken) == name or taken == name:
                return length
    return 0


def _without_genitive(words: tuple[str, ...]) -> tuple[str, ...]:
    return (*words[:-1], words[-1].removesuffix("s")) if words else words


def _part_at(text: str, match: re.Match[str], folded: Sequence[str], own: Collection[str], follows_name: bool) -> int:
    """1 when the capitalised word is part of a name of this document and not of a place or an office."""
    word = match.group()
    if not own or not word[0].isupper():
        return 0
    plain = "".join(folded)
    if not (plain in own or _bare(word) in own or any(piece in own for piece in folded)):
        return 0
    if follows_name or _AFTER_STYLE.search(text[max(0, match.start() - 40) : match.start()]):
        return 1
    # "Hall" and "Still" are names after "Mr" only, where the text also uses them as words.
    is_a_word = plain in NO_NAME or re.search(rf"\b{re.escape(word.lower())}\b", text) is not None
    return int(not is_a_word and not _OF_A_PLACE.match(text, match.end()))


def _bare(word: str) -> str:
    return "".join(fold_words(re.sub(r"['’]s$", "", word)))


def _clean(name: str) -> str | None:
    """The name without style and stray ends; None for what is no person's name."""
    bare = re.sub(rf"^(?:{_STYLE}\s+)+", "", name.strip(" ,.;:()[]\"“”‘’'")).strip()
    words = _WORD.findall(bare)
    while len(words) > 2 and words[-1].casefold() in NO_NAME:  # "Jo Bloggs On": the sentence goes on in capitals
        words = words[:-1]
    if not words or any(word.casefold() in NO_NAME for word in words) or not any(len(word) > 1 for word in words):
        return None
    return re.sub(r"['’]s$", "", " ".join(words))
