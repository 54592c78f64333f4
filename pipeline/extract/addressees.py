"""Reads who is to act, from the words of the ask. Simple: the subject of the first "should", or of "recommends "
"that"."""

import re

_ACTS = (
    r"should|must|ought|needs? to|shall|to\b|takes?|ensures?|makes?|considers?|reviews?|issues?|amends?|"
    r"requires?|reminds?|"
    r"establish(?:es)?|introduces?|provides?|publish(?:es)?|instructs?|withdraws?|guarantees?|audits?|clarif(?:y|ies)|"
    r"develops?|updates?|appoints?|works?|urgently|immediately|implements?|conducts?|undertakes?|improves?|"
    r"use[sd]?|set[s]?|reconsiders?|consults?"
)
_ASK_OF = (
    r"\b(?:recommend(?:s|ed)?|urges?|calls? (?:up)?on|invites?|encourages?)\s+(?:further\s+|also\s+)?"
    r"(?:that\s*,?\s+)?(?:the\s+)?"
)
_NAMED = re.compile(
    _ASK_OF + r"(?P<who>[A-Z][\w’'-]*(?:,?\s+(?:[A-Z][\w’'-]*|(?:of|and|for|the|&|in)(?=\s+(?:the\s+)?[A-Z])))*)"
    r"\s+(?=[a-z])"
)
_ASKED = re.compile(rf"{_ASK_OF}(?P<who>[A-Z][^.;:]{{1,120}}?)\s+(?:{_ACTS})")
_SUBJECT = re.compile(r"^(?P<who>[^.;:]{2,160}?)\s+(?:should|must|ought to|needs? to|shall)\b")
_LEAD = re.compile(
    r"^(?:(?:by|before|within|in|with|as|to|where|when|if|following|having|until|at|from|after|given|"
    r"notwithstanding|immediately|urgently)\b[^,]*,\s*)+",
    re.IGNORECASE,
)
_BY_DATE = re.compile(
    r"^(?:by|before|from) (?:the end of |end of )?(?:\d{1,2} )?(?:[A-Z][a-z]+ )?(?:19|20)\d\d,? ", re.IGNORECASE
)
_NOT_A_BODY = re.compile(
    r"^(?:this|that|it|there|these|those|which|who|they|he|she|what|we|i|each|any|such|consideration|steps|action)\b",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"\s*;\s*|,\s+(?:and\s+)?(?:the\s+)?(?=[A-Z])|\s+and\s+the\s+(?=[A-Z])")
_LONGEST = 14  # words


def read_addressees(text: str) -> tuple[str, ...]:
    """Who the ask is put to, as printed without "the"; empty where the words do not say plainly."""
    if match := _NAMED.search(text) or _ASKED.search(text):
        return _names(match.group("who"))
    for sentence in re.split(r"(?<=[.:])\s+(?=[A-Z])", text)[:3]:
        match = _SUBJECT.match(_BY_DATE.sub("", _LEAD.sub("", sentence)))
        if match:
            return _names(match.group("who"))
    return ()


def split_names(text: str) -> tuple[str, ...]:
    """The bodies named in a cell or an address line, without the date that may share it."""
    text = re.sub(r"\s+[–—-]\s+.*\d{4}.*$", "", text)
    return tuple(part.strip(" ,.") for part in re.split(r"\s*;\s*|\s+/\s+", text) if part.strip(" ,."))


def _names(who: str) -> tuple[str, ...]:
    if _NOT_A_BODY.match(who) or len(who.split()) > _LONGEST:
        return ()
    return tuple(
        re.sub(r"^(?:the|all of the)\s+", "", part.strip(" ,"), flags=re.IGNORECASE)
        for part in _SPLIT.split(who)
        if part.strip(" ,")
    )
