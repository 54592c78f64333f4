"""What an ask says once names and set phrases are taken off: leaf shared by grouping and the scripts that fit it."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import snowballstemmer

from pipeline.cues import read_ask

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ORGANISATION = r"(?:Police(?: Service| Force)?|Constabulary|Council|NHS (?:Foundation )?Trust|Foundation Trust)"
# Who asks and who is asked say nothing of what is asked, yet they draw "Kent Police" rows together in any embedding.
_NAMES = re.compile(
    r"\b(?:the )?I[PO]CC (?:also |further )?recommends?(?: that)?\b|\b[Ii]t is recommended(?: that)?\b"
    r"|\bI recommend(?: that)?\b"
    rf"|(?:\b[A-Z][\w'&-]+ (?:and |& |of )?){{1,5}}{_ORGANISATION}\b|\[REDACTED\]"
    r"|\b(?:[Tt]he )?(?:MPS|GMP|WYP|WMP|TVP|BTP|IOPC|IPCC|NPCC|HMICFRS|HMIC|ACPO|NWAS)\b"
    r"|\b[Bb]y (?:the end of )?\d{0,2} ?(?:January|February|March|April|May|June|July|August|September|October|November"
    r"|December) \d{4},?|\b[Ww]ithin (?:three|six|nine|twelve|\d+) months,?"
)
_WORD = re.compile(r"[A-Z]{2,}|[A-Za-z][a-z'\u2019-]*[a-z]")
_ORGANISATION_LETTERS = frozenset(
    {"iopc", "ipcc", "hmicfrs", "hmic", "mps", "gmp", "wyp", "wmp", "tvp", "btp", "npcc", "acpo", "app", "sop", "nhs"}
    | {"nwas", "cc", "dcc", "pc", "ps", "ch"}
)
_PROHIBITION = re.compile(
    r"\b(?:should|must|may|shall|need|can|do|are|is)(?: no longer|n't| not| never)\b(?! (?:only|just|limited))"
    r"|\b(?:cease|abandon|withdraw|prohibit|ban|discontinue|stop (?!and search|search)\w+ing)\b"
)
_COHORTS = {
    "child": re.compile(
        r"\b(?:child(?:ren)?|juveniles?|young (?:people|persons?)|under[- ]18s?|teenagers?|minors?|girls?|boys?)\b"
    ),
    "adult": re.compile(r"\badults?\b"),
    "woman": re.compile(r"\b(?:wom[ae]n|females?)\b"),
    "man": re.compile(r"\b(?:m[ae]n|males?)\b"),
    "older": re.compile(r"\b(?:older|elderly)\b"),
    "staff": re.compile(
        r"\b(?:(?:officers|staff)['\u2019]? (?:own )?(?:welfare|well-?being)|probationers?|recruits?)\b"
    ),
}


@dataclass(frozen=True, slots=True)
class Lexicon:
    """How many of `document_count` documents hold each stem; an ordinary word weighs little, a rare one much."""

    document_count: int
    frequency: Mapping[str, int]

    def weigh(self, stem: str) -> float:
        """The inverse document frequency of `stem`; an unknown one counts as uncommon, not as unique."""
        return math.log((self.document_count + 1) / (self.frequency.get(stem, 6) + 1))


def ask_core(text: str) -> str:
    """The asking sentences of `text` without the names of bodies and the words in which bodies ask; never empty."""
    core = re.sub(r"\s+", " ", _NAMES.sub(" ", read_ask(text))).strip(" ,;:")
    return core if len(core) >= 20 or len(core) * 2 > len(text) else text.strip()


def count_stems(text: str, lexicon: Lexicon) -> Counter[str]:
    """The stems of the content words of `text`; words that look like people's or places' names are left out."""
    stemmer = snowballstemmer.stemmer("english")
    return Counter(stem for stem, _ in _list_stems(text, lexicon, stemmer))


def name_stems(text: str, lexicon: Lexicon) -> dict[str, str]:
    """For each stem of `text`, a word of the text that has it."""
    return dict(_list_stems(text, lexicon, snowballstemmer.stemmer("english")))


def is_prohibition(text: str) -> bool:
    """Whether the ask is that something should not be done."""
    return _PROHIBITION.search(text.casefold()) is not None


def find_cohorts(text: str) -> frozenset[str]:
    """The groups of people the ask is about, where it says so."""
    folded = text.casefold()
    return frozenset(name for name, pattern in _COHORTS.items() if pattern.search(folded))


def _list_stems(text: str, lexicon: Lexicon, stemmer: snowballstemmer.stemmer) -> Iterator[tuple[str, str]]:
    for match in _WORD.finditer(text):
        word = match.group()
        folded = word.casefold().replace("\u2019", "'").removesuffix("'s")
        stem = stemmer.stemWord(folded)
        if word.isupper():
            if folded not in _ORGANISATION_LETTERS:
                yield stem, word
        elif word[0].islower() or stem in lexicon.frequency:
            yield stem, folded
