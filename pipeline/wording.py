"""What an ask says once names and set phrases are taken off: leaf shared by grouping and the scripts that fit it."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import snowballstemmer

from pipeline.cues import read_ask

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ORGANISATIONS = (
    "Police Service", "Police Force", "Police", "Constabulary", "Council", "NHS Trust", "NHS Foundation Trust",
    "Foundation Trust", "Office", "College of Policing",
)  # fmt: skip
_ORGANISATION = f"(?:{'|'.join(_ORGANISATIONS)})"
_LETTERS = ("MPS", "GMP", "WYP", "WMP", "TVP", "BTP", "IOPC", "IPCC", "NPCC", "HMICFRS", "HMIC", "ACPO", "NWAS")
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
# Who asks, who is asked and by when say nothing of what is asked, yet they draw rows together in any embedding.
_NAMES = re.compile(
    rf"\[REDACTED\]|\b(?:[Tt]he )?(?:{'|'.join(_LETTERS)})\b"
    rf"|\b(?:[Tt]he )?(?:[A-Z][\w'\u2019&-]+ (?:and |& |of )?){{1,5}}{_ORGANISATION}\b"
    rf"|\b(?:[Bb]y|[Bb]efore) (?:the end of )?(?:\d{{1,2}} )?(?:{_MONTHS}) \d{{4}},?"
    r"|\b[Ww]ithin (?:one|two|three|six|nine|twelve|\d+) (?:weeks|months),?|\b[Ww]ith immediate effect,?"
)
_BODY = "(?:forces?|chief constables?|chief officers|commissioner|government|trust|service|board)"
_BODIES = rf"(?:(?:the |all |police )*{_BODY})"
_MANNER = (
    r"(?:immediately|now|also|urgently|consider|seek to|work to"
    r"|take (?:all )?(?:necessary |reasonable |immediate )?steps to)"
)
_SET_PHRASES = re.compile(
    r"\b(?:it is (?:therefore )?recommended|i recommend|(?:also |further )?recommends?)(?: that)?\b"
    rf"|\b(?:{_BODIES} )?(?:should|must|needs? to|ought to|may (?:want|wish) to|will)"
    rf"(?: {_MANNER})*(?: (?:make sure|ensure|assure (?:itself|themselves)|satisfy (?:itself|themselves)))?(?: that)?\b"
    r"|\btakes? (?:immediate |all reasonable |the necessary |any necessary )?steps to(?: ensure)?(?: that)?\b"
    r"|\b(?:ensures?|makes? sure) that\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(
    r"(?<=[.;:?!])\s*(?=[A-Z(\u2022\u201c\"\u2018\u200b])|\s*[\u2022\u25cf\u25aa]\s*|\n+"
    r"|(?:(?<=\s)|^)\(?(?:\d{1,2}|[a-h]|[ivx]{1,4})[.)]\s+(?=[A-Z])"
)
# Fixed wording of coroners' forms, which draws all coroners' rows together.
_FORM = re.compile(
    r"matters? (?:giving rise to|of) concern|risk that future deaths|future deaths (?:could|will|may|would)"
    r"|statutory duty|during the (?:course of the )?(?:inquest|investigation)[^.]{0,60}(?:revealed|heard)"
    r"|i have concerns? with regard to the following|following (?:matters|concerns)"
    r"|action should be taken to prevent|read our recommendations|^in the circumstances"
    r"|\baddress(?:es)? (?:the|these|those) (?:above |serious )*(?:concerns?|issues?|matters?)(?: identified)?"
    r"(?: (?:are|is) (?:yet |now )?in place)?\W*$"
    r"|\b(?:this|these|matter|concern|issue)s? (?:has|have) been (?:sufficiently |fully |adequately )?addressed\W*$",
    re.IGNORECASE,
)
_LONGEST_FORM = 220  # characters; a longer sentence says something besides
_FEW_WORDS = 3
_MOST_WORDS = 160
_LEAST_CORE = 12
# What every row may cite: it says nothing of what is asked.
_TEMPLATE = re.compile(
    r"\b(?:the )?(?:College of Policing(?:['\u2019]s)? )?[Aa]uthorised (?:Professional|Police) Practice(?: Guidance)?\b"
    r"(?: ?\(APP\))?|\bAPP\b|\b(?:National|Local) recommendation|Police Reform Act(?: 2002)?|\[[^\]]{0,40}\]"
    r"|\bSOP\b|[Ss]tandard operating procedures?\b(?: ?\(SOPs?\))?"
)
# How an ask would be met, and how it is told: words that asks on any matter share.
MEANS = """train trainer refresher course package module curriculum guidance procedure protocol process system scheme
review remind reminder ensure consider disseminate briefing aware awareness understand knowledge record audit monitor
supervise inform information clear clarity clarify appropriate adequate inadequate insufficient sufficient lack absence
failure failed update amend amendment compliance comply complete practice learn lesson improve identify implementation
develop requirement role responsibility staff officer police force investigation evidence heard inquest report concern
risk death person people provide provision take made time use include place plan national local service"""
THESAURUS = Path(__file__).with_name("thesaurus.txt")
_WORD_OR_NUMBER = re.compile(r"[A-Z]{2,}|[A-Za-z][a-z'\u2019-]*[a-z]|\ba\b|\d+")
_ORGANISATION_LETTERS = frozenset(
    {letters.casefold() for letters in _LETTERS} | {"app", "sop", "nhs", "cc", "dcc", "pc", "ps", "ch"}
)
_PROHIBITION = re.compile(
    r"(?:\b(?:should|must|may|shall|need|ought)(?: no longer|n't| not| never)(?: to)?|\bnot to)(?: (?:be|have|been))*"
    r" (?P<act>\w+)"
    r"|\b(?:cease|abandon|prohibit|discontinue)s?(?: (?:the|to|all|any|its|their))* (?P<end>\w+)"
    r"|\bstop (?!and search|search)(?P<stop>\w+ing)\b"
)
_CONDITION = re.compile(r"[^.;]*\b(?:unless|until|without|except|before|only)\b")
# Two rows that each name people, places or treaties, and none in common, ask for different things in the same words.
_FACETS = (
    {
        "child": re.compile(
            r"\b(?:child(?:ren)?|juveniles?|young (?:people|persons?)|under[- ]18s?|teenagers?|minors?|girls?|boys?)\b"
        ),
        "adult": re.compile(r"\badults?\b(?<!appropriate adult)(?<!appropriate adults)"),
        "older": re.compile(r"\b(?:older|elderly)\b"),
        "staff": re.compile(r"\b(?:probationers?|recruits?|new officers|student officers)\b"),
    },
    {
        "victim": re.compile(
            r"\b(?:victims?|complainants?|survivors?|witness(?:es)?"
            r"|(?:people|persons?|women|those|anyone) who reports?)\b"
        ),
        "suspect": re.compile(r"\b(?:suspects?|perpetrators?|offenders?|accused)\b"),
    },
    {
        "custody": re.compile(r"\b(?:custody|cells?)\b"),
        "control room": re.compile(r"\b(?:control rooms?|control centres?|call handlers?|call takers?)\b"),
    },
    {
        "stop and search": re.compile(r"\bstop(?:s|ped)?[- ](?:and|&)[- ]search"),
        "strip search": re.compile(r"\b(?:strip[- ]search|intimate search)"),
    },
    {
        "sober": re.compile(r"\bsober\b"),
        "drunk": re.compile(r"\b(?:drunk\w*|intoxicat\w*|drinking|inebriat\w*)\b"),
    },
    {
        "iccpr": re.compile(r"\biccpr\b|\bcivil and political rights\b"),
        "icescr": re.compile(r"\bicescr\b|\beconomic, social and cultural rights\b"),
        "icerd": re.compile(r"\bi?cerd\b|\belimination of (?:all forms of )?racial discrimination\b"),
        "cedaw": re.compile(r"\bcedaw\b|\belimination of (?:all forms of )?discrimination against women\b"),
        "cat": re.compile(r"\bop-?cat\b|\b(?:convention|committee) against torture\b"),
        "crc": re.compile(r"\bcrc\b|\bconvention on the rights of the child\b"),
        "icrmw": re.compile(r"\bicrmw\b|\brights of all migrant workers\b"),
        "ced": re.compile(r"\bced\b|\benforced disappearances?\b"),
        "crpd": re.compile(r"\b(?:op-?)?crpd\b|\brights of persons with disabilities\b"),
    },
)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """How many of `document_count` documents hold each stem; an ordinary word weighs little, a rare one much.

    Of words that say one thing only the concept counts: `concepts` names it for each way of saying it, as stems.
    """

    document_count: int
    frequency: Mapping[str, int]
    concepts: Mapping[tuple[str, ...], str]

    def weigh(self, stem: str) -> float:
        """The inverse document frequency of `stem`; an unknown one counts as uncommon, not as unique."""
        return math.log((self.document_count + 1) / (self.frequency.get(stem, 6) + 1))


def ask_core(text: str) -> str:
    """What `text` says of the matter: without form sentences, names of bodies and the words in which bodies ask.

    The story around an ask stays, up to `_MOST_WORDS` words: measured, pairs are told better with it than without.
    Never empty.
    """
    sentences = [part.strip(" .,;:-\u2013") for part in _SENTENCE_END.split(text.replace("\u200b", ""))]
    filled = [part for part in sentences if part]
    telling = [part for part in filled if not _is_form(part)] or filled or [text]
    core = ". ".join(clean for clean in map(_take_names_off, telling) if clean)
    words = core.split()
    if len(words) > _MOST_WORDS:
        core = " ".join(words[:_MOST_WORDS])
    return core if len(core) >= _LEAST_CORE else _take_names_off(text) or text.strip()


def is_only_form(text: str) -> bool:
    """Whether `text` asks nothing: every sentence is the fixed wording of a coroner's form, or leads up to a list."""
    filled = [part.strip() for part in _SENTENCE_END.split(text) if len(part.split()) > _FEW_WORDS]
    return bool(filled) and all(_is_form(part) or part.endswith(":") for part in filled)


def _is_form(sentence: str) -> bool:
    return len(sentence) < _LONGEST_FORM and bool(_FORM.search(sentence))


def _take_names_off(sentence: str) -> str:
    bare = _SET_PHRASES.sub(" ", _NAMES.sub(" ", _TEMPLATE.sub(" ", sentence)))
    return re.sub(r"\s+", " ", bare).strip(" ,;:.()-\u2013")


def load_concepts(path: Path = THESAURUS) -> dict[tuple[str, ...], str]:
    """For each way of saying a concept of the thesaurus, as stems, the word the concept is known by."""
    reader = WordReader(Lexicon(0, {}, {}))
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, _, others = line.partition(":")
            for phrase in (name, *others.split(",")):
                found[tuple(stem for stem, _ in reader.split(phrase))] = name
    return found


class WordReader:
    """Reads the content words of texts as stems; what looks like the name of a person or place is left out."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._stemmer = snowballstemmer.stemmer("english")
        self._stems: dict[str, str] = {}  # stemming costs more than all else, and words come again and again
        self._openings = {words[:1]: max(1, len(words)) for words in sorted(lexicon.concepts, key=len)}

    def count(self, text: str) -> Counter[str]:
        """How often each stem occurs in `text`."""
        return Counter(stem for stem, _ in self._list(text))

    def name(self, text: str) -> dict[str, str]:
        """For each stem of `text`, a word of the text that has it."""
        return dict(self._list(text))

    def split(self, text: str) -> list[tuple[str, str]]:
        """The stem and the form of each word and number of `text`, in order; letters in capitals are their own stem."""
        words = (match.group() for match in _WORD_OR_NUMBER.finditer(text))
        return [(word if word.isupper() else self._stem(_fold(word)), word) for word in words]

    def _list(self, text: str) -> Iterator[tuple[str, str]]:
        words = self.split(text)
        place = 0
        while place < len(words):
            stem, word = words[place]
            length = self._openings.get((stem,), 0)
            place += 1
            for size in range(length, 0, -1):
                concept = self.lexicon.concepts.get(tuple(s for s, _ in words[place - 1 : place - 1 + size]))
                if concept is not None:
                    yield concept, concept
                    place += size - 1
                    break
            else:
                yield from self._name_word(stem, word)

    def _name_word(self, stem: str, word: str) -> Iterator[tuple[str, str]]:
        if word.isupper():
            if word.casefold() not in _ORGANISATION_LETTERS:
                yield self._stem(word.casefold()), word
        elif len(word) > 1 and (word[0].islower() or stem in self.lexicon.frequency):
            yield stem, _fold(word)

    def _stem(self, word: str) -> str:
        known = self._stems.get(word)
        if known is None:
            known = self._stems[word] = self._stemmer.stemWord(word)
        return known


def _fold(word: str) -> str:
    return word.casefold().replace("\u2019", "'").removesuffix("'s")


def find_forbidden(text: str) -> tuple[str, ...]:
    """What the ask says should not be done: the word after each "should not", "cease" or "stop", in order.

    None where it may be done on a condition: "not unless" demands, it does not forbid.
    """
    folded = read_ask(text).casefold()
    found = (match for match in _PROHIBITION.finditer(folded) if not _CONDITION.match(folded, match.end()))
    return tuple(str(match["act"] or match["end"] or match["stop"]) for match in found)


def find_facets(text: str) -> tuple[frozenset[str], ...]:
    """For each facet (whom by age and part, where, which search, in what state, which treaty), what the ask names."""
    folded = read_ask(text).casefold()
    return tuple(frozenset(name for name, pattern in facet.items() if pattern.search(folded)) for facet in _FACETS)
