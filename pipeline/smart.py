"""Is an ask specific: does it say who is to act, what is to be done and by when? By stated rules, per SMART.

HMIC Scotland (2007) and others after it complained of recommendations too ill-defined to be closed. The rules are
measured on rows labelled by hand, `tests/gold/levers.jsonl`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_BODY = (
    r"police(?: service| force)?|constabulary|force|forces|mps|metropolitan police|btp|gmp|npcc|college|council|trust"
    r"|board|home office|ministry|department|government|secretary of state|commissioner|commander"
    r"|chief (?:constables?|officers?)|inspectors?|sergeants?|supervisors?|officers?|staff|handlers?|coordinators?"
    r"|managers?|authorit(?:y|ies)|agency|agencies|prosecutors?|courts?|coroners?|service|services|unit|nhs|hospital"
    r"|minister|railway|rail|highways?|psd"
)
_DEMAND = (
    r"(?:should|must|shall|will|ought(?: not)? to|needs? to|may (?:wish|want) to"
    r"|to (?!be\b|which\b|whom\b|the\b|a\b)\w+)"
)
_WHO = re.compile(
    rf"\b(?:{_BODY})\b[^.;?!]{{0,60}}?\b{_DEMAND}"  # "Kent Police should", "the force needs to"
    rf"|recommend\w*[^.;?!]{{0,40}}\b(?:{_BODY})\b"  # "recommends that the constabulary reviews"
    rf"|\b(?:{_BODY})\b[^.;?!]{{0,12}}:\s*\w+s\b"  # "North Yorkshire Police: considers"
    rf"|\b(?:{_BODY}) (?:reviews?|ensures?|considers?)\b"
    rf"|\bby (?:an? |the )?(?:\w+ )?(?:{_BODY})\b",
    re.IGNORECASE,
)
# What was wrong is not what is to be done: "it was unclear when officers should", "this should have happened".
_TOLD = r"(?:unclear|clarity|understand\w*|knew|know|aware|knowledge|whether|when|how|who|what|evidence)"
_WHAT = re.compile(
    r"\b(?:recommends?|recommended that|recommendation is|must|shall|ought)\b"
    r"|(?<!that )\bshould\b(?! have\b)"
    r"|\b(?:ensures|considers|assesses|reviews)\b"
    r"|(?:^|[.:;]\s*)(?:that (?:\w+ ){1,6}(?:assesses|devises|reviews|ensures)|(?:to )?(?:ensure|consider|review))\b"
    r"|\b(?:force|police|constabulary|service|trust|council) (?:to\b(?! (?:be|the|a|which)\b)|review\b|needs? to\b)"
    r"|\b(?:officers|inspectors|coordinators|staff) to (?:re-?assess|track|notify|record|check|tell|carry|use)\b"
    r"|\b(?:pack|plan|case|field|allegations?)\b[^.;]{0,90}?\b(?:will be|to be) \w+(?:ed|n|t|de|up)\b"
    r"|\b(?:may|might) (?:wish|want) to\b|\bit would be (?:beneficial|worthwhile)\b|\bwould be (?:beneficial|helpful)\b"
    r"|\bis what should happen\b|\baction is required\b|\brequest that consideration\b|\bnot to be \w+ed\b",
    re.IGNORECASE,
)
_NARRATED = re.compile(rf"\b{_TOLD}\b[^.;]{{0,60}}\bshould\b", re.IGNORECASE)
_MONTH = r"(?:january|february|march|april|may|june|july|august|september|october|november|december)"
_NUMBER = r"(?:\d+|one|two|three|four|six|nine|twelve|eighteen)"
_WHEN = re.compile(
    rf"\b(?:by|before|no later than|not later than|from)\s+(?:the\s+)?(?:end of\s+)?"
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)?\s+)?{_MONTH}\b"
    r"|\b(?:by|before) (?:the )?(?:end of|start of|spring|summer|autumn|winter)\b|\bby (?:19|20)\d\d\b"
    r"|\bwith immediate effect\b|\bimmediately,? (?:the|chief|all|forces)\b"
    rf"|(?:^|[.:;,]\s*)within (?:the next )?{_NUMBER} (?:days?|weeks?|months?|years?),"
    rf"|\bwithin (?:the next )?{_NUMBER} (?:weeks?|months?|years?) of (?:this|the publication|the date)",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"\b(?:this|the|following|these|\d+) (?:learning |local |national )*recommendations? (?:\w+ )?"
    r"(?:has been|have been|are|were)\b[^.]*\.|^national recommendation(?=[A-Z])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class SmartFlags:
    """What an ask states; a concern that describes a fault and asks nothing has none."""

    who: bool  # a body or role is named as the one to act
    what: bool  # an action is asked for that can be seen to be done
    when: bool  # a date or period is set for it


def read_smart(text: str, *, addressed: bool = False, dated: bool = False) -> SmartFlags:
    """The flags of one ask. `addressed` and `dated` say that the extractor read an addressee or a deadline with it."""
    plain = _plain(text)
    what = bool(find_demand(text))
    return SmartFlags(
        who=what and (addressed or bool(_WHO.search(plain))),
        what=what,
        when=what and (dated or bool(_WHEN.search(plain))),
    )


def find_demand(text: str) -> str:
    """The words by which a text asks for something to be done; empty where it only tells what was wrong."""
    match = _WHAT.search(_NARRATED.sub(" ", _plain(text)))
    return " ".join(match.group().split()).casefold() if match else ""


def _plain(text: str) -> str:
    return _REFERENCE.sub(" ", text.replace("\u200b", "").replace("\u2019", "'").strip())
