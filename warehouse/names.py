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

from warehouse.name_cues import (
    AFTER_NAME,
    BEFORE_NAME,
    BEFORE_NAME_IN_REPORTS,
    DEATH_REPORT,
    STYLE,
    STYLED,
    TITLES,
    Cue,
    Line,
    make_line,
)
from warehouse.name_words import AMBIGUOUS, GIVEN, NO_NAME

WITHHELD = "[name left out]"
LEFT_OUT = "[text left out: a name would stand in it]"

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
_BETWEEN_WORDS = re.compile("[“”‘–—…•£\xa0]")  # what is beyond ASCII in most texts, and no part of a word
_PARTED = str.maketrans({chr(code): chr(code).lower() if chr(code).isalpha() else " " for code in range(128)})
_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")

# After one of these words a surname is part of an office's or a place's name: "Kent Police", "Lewis Road".
_OF_A_PLACE = re.compile(
    r"\s+(?:Police|Constabulary|Council|County|Hospital|Infirmary|Road|Street|Lane|Avenue|Close|Drive|House|School|Ward|"
    r"University|NHS|Prison|Court|Trust|Station|Centre|Clinic|Unit|Partnership|Borough|City|Act|Review|Inquiry|Report)\b"
)
_REPEATED = re.compile(rf"{re.escape(WITHHELD)}(?:[\s-]+{re.escape(WITHHELD)})+")
_AFTER_STYLE = re.compile(rf"(?:{STYLE}|{re.escape(WITHHELD)})\s+$")


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
    found |= {name for pattern in TITLES for match in pattern.finditer(title or "") for name in _SPLIT.split(match[1])}
    lines = [make_line(text) for text in texts]
    in_report = is_report_of_a_death or bool(found) or any(DEATH_REPORT.find(lines))
    if in_report:
        return frozenset({name for one in found if (name := _clean(one))} | _find_in_report(lines))
    before = {_clean(name) for name in _find_before(lines, BEFORE_NAME)}
    after = {_clean(name) for name in _find_after(lines)}
    # Elsewhere only full names: one word alone would take that word from the whole document.
    return frozenset(
        name
        for name in before | {one for one in after if one and _bare(one.split()[0]) in GIVEN}
        if name and len(name.split()) > 1 and min(map(len, name.split()[:: len(name.split()) - 1])) > 1
    )


def _find_in_report(lines: Sequence[Line]) -> set[str]:
    found = {*_find_before(lines, [*BEFORE_NAME, *BEFORE_NAME_IN_REPORTS]), *_find_after(lines)}
    found |= {name for line in lines for name in _find_given(line.text)}
    styled = [match[1] for match in STYLED.find(lines)]
    alone = {_clean(name) or name.split()[0] for name in styled if name.split()[0].casefold() not in _OFFICES}
    return {name for one in found if (name := _clean(one))} | alone


def _find_before(lines: Sequence[Line], cues: Iterable[Cue]) -> set[str]:
    return {name for cue in cues for match in cue.find(lines) for name in _SPLIT.split(match[1])}


def _find_after(lines: Sequence[Line]) -> set[str]:
    return {match[1] for cue in AFTER_NAME for match in cue.find(lines)}


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
    return _REPEATED.sub(WITHHELD, cut) if WITHHELD in cut else cut


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
    lines = [output] if output.isascii() else output.splitlines()  # most lines are soon folded
    words = [word for line in lines for word in fold_words(line)]
    return sorted({" ".join(name) for name in _full_names_in(words, names)})


def fold_words(text: str) -> list[str]:
    """Words in lower case without accents or apostrophes; a hyphen parts two words."""
    closed = text.replace("’", "").replace("'", "")
    plain = closed if closed.isascii() else _BETWEEN_WORDS.sub(" ", closed)
    if plain.isascii():  # most texts, without the costly steps
        return plain.translate(_PARTED).split()
    parted = unicodedata.normalize("NFKD", plain)
    bare = _BEYOND_ASCII.sub(lambda match: "" if unicodedata.combining(match[0]) else match[0], parted)
    return _LETTERS.findall(bare.casefold())


def _find_given(text: str) -> Iterable[str]:
    """Given names with the surname that follows; alone only where they can be nothing else."""
    if GIVEN.isdisjoint(_bare(word) for word in set(_WORD.findall(text)) if word[0].isupper()):
        return  # most texts
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
    plain = set(map(str.lower, words))
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
        if text[words[place].start()].islower() and names.starts.keys().isdisjoint(folded[place][:1]):
            place += 1  # most words: they begin no name, and a part of one has a capital
            continue
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
    small = word.lower()
    is_a_word = plain in NO_NAME or (small in text and re.search(rf"\b{re.escape(small)}\b", text) is not None)
    return int(not is_a_word and not _OF_A_PLACE.match(text, match.end()))


def _bare(word: str) -> str:
    if word.isascii() and word.isalpha():  # most words
        return word.lower()
    return "".join(fold_words(re.sub(r"['’]s$", "", word)))


def _clean(name: str) -> str | None:
    """The name without style and stray ends; None for what is no person's name."""
    bare = re.sub(rf"^(?:{STYLE}\s+)+", "", name.strip(" ,.;:()[]\"“”‘’'")).strip()
    words = _WORD.findall(bare)
    while len(words) > 2 and words[-1].casefold() in NO_NAME:  # "Jo Bloggs On": the sentence goes on in capitals
        words = words[:-1]
    if not words or any(word.casefold() in NO_NAME for word in words) or not any(len(word) > 1 for word in words):
        return None
    return re.sub(r"['’]s$", "", " ".join(words))
