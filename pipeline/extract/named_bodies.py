"""Says which body "the force", "the Department" or "the Met" is, where the document leaves no doubt."""

import re
from collections import Counter
from collections.abc import Iterable

from pipeline.extract.body import Body

_WORD = r"[A-Z][\w’'&-]*"
_NAME = rf"{_WORD}(?:[ ](?:{_WORD}|of|and|for|the|&|in)(?=[ ]))*"
_PLACE = rf"{_WORD}(?:[ -](?:{_WORD}|and|of|the))*?"
# what a general word can stand for, as a pattern of full names
_FULL = {
    "force": rf"{_PLACE} (?:Police(?: Service| Force)?|Constabulary)\b",
    "department": (
        r"(?:Department (?:of|for)(?: [A-Z][\w’-]+| and| of| the| &|,)+(?<=[a-z])|Home Office|HM Treasury|"
        r"Cabinet Office)"
    ),
    "ministry": r"Ministry of(?: [A-Z][\w’-]+| and| of)+(?<=[a-z])",
    "trust": rf"{_PLACE} (?:NHS )?(?:Foundation )?Trust\b",
    "council": rf"{_PLACE} (?:City |County |Borough |District )*Council\b",
    "met": r"Metropolitan Police(?: Service)?\b",
    "college": r"College of Policing\b",
}
_SAME_AS = {
    "constabulary": "force",
    "police force": "force",
    "police service": "force",
    "chief constable": "force",
    "met police": "met",
}
_DEFINED = re.compile(
    rf"(?P<full>{_NAME})[ ]?\((?:hereafter |referred to as |the )*[“‘\"']?(?:the )?(?P<short>[A-Z][\w’-]+)[”’\"']?\)"
)
_GENERAL = re.compile(
    r"force|constabulary|police force|police service|department|ministry|trust|council|met|met police|college|service|"
    r"company|operator|agency|authority|commission|board|partnership|university|[A-Z]{2,8}"
)
_OTHERS = re.compile(
    r"^(?:The|In|For|At|By|Of|And|That|When|With|From|To|All|Each|Every|Our|His|Her|This|Former|Against|Within|British|"
    r"National|Independent|Military|Local|Other|Territorial|Chief|Royal Military)\b[ ]?"
)
_ANY_FORCE = {"Police", "Police Force", "Police Service", "Constabulary", "National Police", "Chief Constabulary"}
_FEWEST, _MOSTLY = 2, 0.8


def name_bodies(body: Body, names: Iterable[str]) -> dict[str, str]:
    """The one body that each of `names` can stand for; the name as printed where there is doubt.

    The whole document is searched once for each general word, so ask for all names of a document together.
    """
    return {name: _full_name(body, name) for name in set(names)}


def _full_name(body: Body, name: str) -> str:
    word = name if name.isupper() else name.lower()
    if not _GENERAL.fullmatch(word):
        return name
    return _defined(body, name) or _mentioned(body, _SAME_AS.get(word, word)) or name


def _defined(body: Body, name: str) -> str | None:
    """The name that the document gives its short form: "the Metropolitan Police Service (MPS)"."""
    found: Counter[str] = Counter()
    for page in body.document.pages:
        if f"{name})" not in page.text and f"{name}”)" not in page.text and f"{name}’)" not in page.text:
            continue
        for match in _DEFINED.finditer(re.sub(r"\s+", " ", page.text)):
            if match["short"].casefold() == name.casefold() and _stands_for(match["full"], name):
                found[_trim(match["full"], name)] += 1
    return _one(found, fewest=1)


def _stands_for(full: str, short: str) -> bool:
    """Whether capitals spell the short form, or it is a word of the name."""
    initials = "".join(word[0] for word in re.findall(r"[A-Z][\w’'-]*", full))
    return short.upper() in initials.upper() if short.isupper() else short.casefold() not in ("the", "annex", "see")


def _trim(full: str, short: str) -> str:
    """The words whose capitals spell the short form, without those before: "In London the Home Office"."""
    words = _OTHERS.sub("", full).split()
    if short.isupper():
        for start in range(len(words) - 1, -1, -1):
            if "".join(word[0] for word in words[start:] if word[0].isupper()) == short:
                return " ".join(words[start:])
    return " ".join(words)


def _mentioned(body: Body, word: str) -> str | None:
    pattern = _FULL.get(word)
    if pattern is None:
        return None
    finder = re.compile(rf"(?<![\w’-]){pattern}")
    found: Counter[str] = Counter()
    for page in body.document.pages:
        found.update(_clean(match.group()) for match in finder.finditer(re.sub(r"[ \r\n]+", " ", page.text)))
    for name in list(found):
        if not name or name in _ANY_FORCE:
            del found[name]
    return _one(found, fewest=_FEWEST)


def _clean(name: str) -> str:
    while (shorter := _OTHERS.sub("", name)) != name:
        name = shorter
    return name.strip(" ,")


def _one(found: Counter[str], fewest: int) -> str | None:
    """The name that makes up nearly all mentions; a longer form of the same name counts for it."""
    if not found:
        return None
    name, _ = max(found.items(), key=lambda item: (item[1], len(item[0])))
    kin = {other: times for other, times in found.items() if other.startswith(name) or name.startswith(other)}
    if sum(kin.values()) < max(fewest, _MOSTLY * sum(found.values())):
        return None
    return max(kin, key=lambda other: (kin[other] >= _FEWEST, len(other))) if len(kin) > 1 else name
