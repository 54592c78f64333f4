"""Reads who is to act, from the words of the ask: the subject of the first "should", or of "recommends that"."""

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
    _ASK_OF + r"(?P<who>[A-Z][\w’'-]*(?: part(?:y|ies)\b)?"
    r"(?:,?\s+(?:[A-Z][\w’'-]*|(?:of|and|for|the|&|in)(?=\s+(?:the\s+)?[A-Z])))*)"
    r"\s+(?=[a-z])"
)
_ASKED = re.compile(rf"{_ASK_OF}(?P<who>[A-Z][^.;:]{{1,120}}?)\s+(?:{_ACTS})")
_GENERAL = re.compile(
    rf"{_ASK_OF}(?P<who>(?:all |each |every )?(?:police )?(?:forces?|service|constabular(?:y|ies)|department|"
    r"trusts?|council|government|minister|board|agency|company|operator|authority|governor|"
    r"chief constables?|commissioner))\b"
)
_PASSIVE = re.compile(
    r"^\s*(?:should|must|ought to|needs? to|shall)\s+(?:\w+ly )?be (?:\w+ly )?(?:\w+(?:ed|en)|set|given|made|put|"
    r"held|kept|told|sent|brought|built|met)\b"
)
_HEAD_END = re.compile(
    r"\s+(?:of|in|on|by|for|to|under|from|with|that|who|which|within|at|between|set|expressed)\s+", re.IGNORECASE
)
_NO_ACTOR = re.compile(  # what cannot act, as the last word of a subject
    r"(?:review|scheme|schemes|document|documents|power|powers|code|duty|operation|nature|record|records|policy|"
    r"policies|training|practice|guidance|data|information|value|values|method|methods|sample|search|searches|"
    r"obligation|claims|support|law|laws|legislation|recommendation|recommendations|procedure|procedures|"
    r"memorial|system|systems|process|processes|culture|access|report|reports|plan|plans|use|findings|term|"
    r"terms|decision|decisions|changes|work|steps|programme|standard|standards|arrangements|demonstration|"
    r"expertise|restraint|question|audit)",
    re.IGNORECASE,
)
_SUBJECT = re.compile(r"^(?P<who>[^.;:]{2,160}?)\s+(?:should|must|ought to|needs? to|shall)\b")
_LEAD = re.compile(
    r"^(?:(?:by|before|within|in|with|as|to|where|when|if|following|having|until|at|from|after|given|"
    r"notwithstanding|immediately|urgently)\b[^,]*,\s*)+",
    re.IGNORECASE,
)
_BY_DATE = re.compile(
    r"^within \w+(?:-\w+)? (?:days?|weeks?|months?|years?)\s+(?=the\b|all\b|[A-Z])|"
    r"^(?:by|before|from) (?:the end of |end of )?(?:\d{1,2} )?(?:[A-Z][a-z]+ )?(?:19|20)\d\d,? ",
    re.IGNORECASE,
)
_NOT_A_BODY = re.compile(
    r"^(?:this|that|it|there|these|those|which|who|they|he|she|what|we|i|each|any|such|consideration|steps|action|except|no|nothing|some|more)\b",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    r"\s*;\s*|,\s+(?:and\s+)?(?:the\s+)?(?=[A-Z])|\s+and\s+(?:the|all)\s+(?=[A-Z])|"
    r"(?<=[A-Z]{3})\s+and\s+(?=[A-Z])|(?<=Office)\s+and\s+(?=[A-Z])|(?<=Police)\s+and\s+(?=[A-Z])|"
    r"(?<=Scotland)\s+and\s+(?=[A-Z])|(?<=Service)\s+and\s+(?=[A-Z])|(?<=Met)\s+and\s+(?=[A-Z])|"
    r"(?<=Council)\s+and\s+(?=[A-Z])|(?<=England)\s+and\s+(?=[A-Z])|(?<=Policing)\s+and\s+(?=[A-Z])"
)
_TO = re.compile(r"(?:to|for) (?:the )?(?P<who>[A-Z][^.:;]{2,110}?)\s*:?$", re.IGNORECASE)
_SHOULD = r"(?: (?:should|must|needs? to|(?:is|are) recommended to))?(?: ensure that)?\s*:$"
_STEM_ASKED = re.compile(r"\brecommends? that (?:the )?(?P<who>[A-Z][^.:;]{1,110}?)" + _SHOULD)
_STEM = re.compile(r"^(?:the )?(?P<who>[A-Z][^.:;]{1,110}?)" + _SHOULD, re.IGNORECASE)
_START = re.compile(r"^(?:and\s+|in (?:my|our) (?:view|opinion),?\s+)+", re.IGNORECASE)
_TAIL = re.compile(
    r"(?:,\s+(?:in|after|once|working|together|following|where|as|if|when)\b.*|\s+\([a-z]\)|\s+(?:will|in|to))$",
    re.IGNORECASE,
)
_LONGEST = 14  # words


def read_addressees(text: str) -> tuple[str, ...]:
    """Who the ask is put to, as printed without "the"; empty where the words do not say plainly."""
    if match := _NAMED.search(text) or _ASKED.search(text) or _GENERAL.search(text):
        return _names(match.group("who"))
    for sentence in re.split(r"(?<=[.:])\s+(?=[A-Z])", text)[:3]:
        plain = _BY_DATE.sub("", _LEAD.sub("", sentence))
        match = _SUBJECT.match(plain)
        if match and _PASSIVE.match(plain[match.end("who") :]):
            return ()  # "Code H should be amended" names nobody
        if match:
            return _names(match.group("who"))
    return ()


def read_lead(text: str) -> str | None:
    """Who the items below a line are for: "To the Home Office:", "The probation service should:"."""
    match = _TO.match(text.strip()) or _STEM_ASKED.search(text.strip()) or _STEM.match(text.strip())
    return match["who"].strip() if match and _names(match["who"]) else None


def split_names(text: str) -> tuple[str, ...]:
    """The bodies named in a cell or an address line, without the date that may share it."""
    text = re.sub(r"\s+[–—-]\s+.*\d{4}.*$", "", text)
    return tuple(
        re.sub(r"^the\s+", "", part.strip(" ,."), flags=re.IGNORECASE)
        for part in re.split(r"\s*;\s*|\s+/\s+|\s+and\s+(?:the|all)\s+(?=[A-Z])", text)
        if part.strip(" ,.")
    )


def _names(who: str) -> tuple[str, ...]:
    who = _TAIL.sub("", _START.sub("", re.split(r"\s+The\s+(?=[A-Z])", who)[-1]))
    head = _HEAD_END.split(who)[0].split() or [""]
    if (
        _NOT_A_BODY.match(who)
        or who.endswith(("’s", "'s"))
        or len(who.split()) > _LONGEST
        or _NO_ACTOR.fullmatch(head[-1].strip(","))
    ):
        return ()
    return tuple(
        re.sub(r"^(?:the|all of the)\s+", "", part.strip(" ,"), flags=re.IGNORECASE)
        for part in _SPLIT.split(who)
        if part.strip(" ,")
    )
