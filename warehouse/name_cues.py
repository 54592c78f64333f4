"""The ways in which reports speak of somebody who died, as patterns; with each the words it cannot be found without.

Most texts hold none of these words, and to look for plain words costs a hundredth of what a pattern costs.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """A text with single blanks between its words; `plain` is the same in lower case."""

    text: str
    plain: str


@dataclass(frozen=True, slots=True)
class Cue:
    """A pattern, whose first group is a name. Where it is found, one of `words` stands, and `near` where it is set."""

    pattern: re.Pattern[str]
    words: tuple[str, ...]
    near: re.Pattern[str] | None = None  # what follows the name: each name that may be one costs ten times that

    def find(self, lines: Iterable[Line]) -> Iterator[re.Match[str]]:
        """Every match, line by line."""
        for line in lines:
            if _holds_one(line.plain, self.words) and (not self.near or self.near.search(line.text)):
                yield from self.pattern.finditer(line.text)


def make_line(text: str) -> Line:
    """The text as `Cue.find` takes it."""
    line = " ".join(text.split())
    # A pattern that does not heed capitals takes these two for an "i", and case folding does not.
    return Line(line, line.replace("İ", "i").replace("ı", "i").casefold())


def _holds_one(text: str, words: tuple[str, ...]) -> bool:
    for word in words:  # noqa: SIM110  (asked a million times a night, and `any` takes twice as long)
        if word in text:
            return True
    return False


_PARTICLE = r"(?:de|da|del|van|von|der|den|la|le|el|al|bin|binti|ap|ab|st)"
_TOKEN = (
    r"(?:(?:Mc|Mac|O['’]|D['’]|Al-|El-)?[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]+(?:[-'’][A-ZÀ-ÖØ-Þa-z][a-zß-öø-ÿ]+)*"
    r"|[A-ZÀ-ÖØ-Þ]{2,}(?:[-'’][A-ZÀ-ÖØ-Þ]{2,})*)"
)
STYLE = r"(?:Mr|Mrs|Ms|Miss|Master|Mx|Baby|Child|Sir|Lady|Dame|Lord|MR|MRS|MS|MISS|BABY)\.?"
_NICK = r"(?:[\"“‘'(][A-Za-zÀ-ÿ]+[\"”’')]\s+)?"
_NAME = rf"(?:{STYLE}\s+)?{_TOKEN}(?:\s+(?:{_NICK}{_TOKEN}|[A-Z]\.?(?=\s)|{_PARTICLE}(?=\s+[A-Z]))){{0,4}}"
_FULL = rf"(?:{STYLE}\s+)?{_TOKEN}(?:\s+(?:{_NICK}{_TOKEN}|[A-Z]\.?(?=\s)|{_PARTICLE}(?=\s+[A-Z]))){{1,4}}"
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
_RELATIVES = (  # as they begin, after another word
    " mother", " father", " mum", " dad", " parent", " son", " daughter", " children", " partner", " husband", " wife",
    " widow", " brother", " sister", " twin", " step", " grand", " aunt", " uncle", " niece", " nephew", " cousin",
    " fianc", " girlfriend", " boyfriend", " baby",
)  # fmt: skip

# What comes right before a name, and the words of which one stands in it.
_BEFORE = (
    (r"(?i:inquests?\s+(?:in\s*to|touching(?:\s+upon)?|concerning)\s+(?:the\s+)?deaths?\s+of(?:\s+the\s+late)?)[:,]?",
     ("inquest",)),
    (r"(?i:\b(?:deaths?|murders?|killing|shooting|stabbing|suicide|homicide|manslaughter)\s+of(?:\s+the\s+late)?)[:,]?",
     ("death", "murder", "killing of", "shooting of", "stabbing of", "suicide of", "homicide of", "manslaughter of")),
    (r"(?i:\b(?:deceased(?:['’]?s)?\s+name|name\s+of\s+(?:the\s+)?deceased|full\s+name\s+of\s+deceased)\s*:?)",
     ("deceased",)),
    (r"(?i:\bthe\s+late)", ("the late",)),
    (rf"(?i:\b(?:his|her|their|whose|deceased['’]?s?)\s+(?:\w+\s+)?(?:{_RELATIVE}))\s*(?:,|\()?\s*", _RELATIVES),
)  # fmt: skip
# The same, in reports of a death only: elsewhere an investigation or the care may be of anything.
_BEFORE_IN_REPORTS = (
    (r"(?i:\b(?:body|case|care|treatment|family|families|friends|parents|relatives|widow|estate)\s+of)",
     ("body of", "case of", "care of", "treatment of", "family of", "families of", "friends of", "parents of",
      "relatives of", "widow of", "estate of")),
    (r"(?i:\b(?:inquest|investigation|inquiry)s?\s+(?:in\s*to|of)\s*:?)", ("inquest", "investigation", "inquiry")),
    (rf"(?i:\bthe\s+(?:\w+\s+)?(?:{_RELATIVE}))\s*(?:,|\()?\s*", _RELATIVES),
)  # fmt: skip
_AFTER = (  # what parts it from the name, what it is, and the words
    ("", r"(?:['’]s?)\s+(?i:(?:tragic\s+|untimely\s+)?(?:death|family|inquest|suicide|murder|body|widow|parents|"
         rf"{_RELATIVE})\b)", ("' ", "’ ", "'s ", "’s ")),
    (r"\s+", rf"{_DIED}\b",
     ("died", "passed away", "collapsed", "drowned", "was found", "was pronounced", "was certified", "was born",
      "was killed", "was murdered", "was fatally", "own life", "ended ", "suffered", "history")),
    (r"\s*,?\s*\(?", r"(?i:deceased|\(dec['’]?d\))\)?", ("deceased", "(dec")),
    (r"\s*,?\s*\(?\s*", r"(?i:aged?|who\s+was)\s+(?:just\s+|only\s+)?\d{1,3}\b", ("age ", "aged ", "who was ")),
    (r"\s*,?\s*\(?", r"(?i:(?:date\s+of\s+birth|d\.?o\.?b\.?|born(?:\s+on)?)\b)",
     ("date of birth", "dob", "d.ob", "do.b", "d.o.b", "born")),
)  # fmt: skip
BEFORE_NAME = tuple(Cue(re.compile(rf"{before}\s*{_LIST}"), words) for before, words in _BEFORE)
BEFORE_NAME_IN_REPORTS = tuple(Cue(re.compile(rf"{before}\s*{_LIST}"), words) for before, words in _BEFORE_IN_REPORTS)
AFTER_NAME = tuple(
    Cue(re.compile(rf"\b({_FULL}){gap}{after}"), words, re.compile(after)) for gap, after, words in _AFTER
)
STYLED = Cue(
    re.compile(rf"\b(?:Mr|Mrs|Ms|Miss|Master|Mx|MR|MRS|MS|MISS)\.?\s+({_TOKEN}(?:\s+{_TOKEN}){{0,2}})"),
    ("mr", "ms", "miss", "master", "mx"),
)
DEATH_REPORT = Cue(
    re.compile(r"(?i:(\bregulation\s+28\b.{0,40}\breport|\breports?\s+to\s+prevent\s+future\s+deaths))"),
    ("regulation 28", "prevent future deaths"),
)
_NAMES = rf"({_NAME}(?:\s*(?:,|and|&)\s*{_NAME})*)"
TITLES = (
    re.compile(rf"^\s*{_NAMES}\s*[:\-–—]?\s*\(?(?i:prevention of future deaths?)"),
    re.compile(rf"(?i:prevention of future deaths?(?:\s+reports?)?)\s*[:\-–—]?\s*\(?{_NAMES}"),
    re.compile(rf"(?i:regulation\s+28)[^A-Z]*(?:report)?\s*[:\-–—]\s*({_NAME})"),
)  # fmt: skip
