"""Is an ask specific: does it say who is to act, what is to be done and by when? By stated rules, per SMART.

HMIC Scotland (2007) and others after it complained of recommendations too ill-defined to be closed. The rules are
measured on rows labelled by hand, `tests/gold/levers.jsonl`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_BODY = (
    r"police(?: service| force)?|constabulary|force|forces|mps|metropolitan police|btp|gmp|npcc|college|council|trust|board|home office"
    r"|ministry|department|government|secretary of state|commissioner|commander|chief (?:constables?|officers?)|inspectors?|sergeants?"
    r"|supervisors?|officers?|staff|handlers?|coordinators?|managers?|authorit(?:y|ies)|agency|agencies|prosecutors?|courts?|coroners?"
    r"|service|services|unit|nhs|hospital|minister|railway|rail|highways?|psd"
)
_DEMAND = r"(?:should|must|shall|will|ought(?: not)? to|needs? to|to (?!be\b|which\b|whom\b|the\b|a\b)\w+|may (?:wish|want) to)"
_WHO_ASKED = re.compile(
    rf"\b(?:{_BODY})\b[^.;?!]{{0,60}}?\b{_DEMAND}"  # "Kent Police should", "the force needs to"
    rf"|recommend\w*[^.;?!]{{0,40}}\b(?:{_BODY})\b"  # "recommends that the constabulary reviews"
    rf"|\b(?:{_BODY})\b[^.;?!]{{0,12}}:\s*\w+s\b"  # "North Yorkshire Police: considers"
    rf"|\bby (?:a|an|the)? ?(?:\w+ )?(?:{_BODY})\b",
    re.IGNORECASE,
)
_WHAT = re.compile(
    r"\b(?:recommend(?:s|ed|ation)?\b(?!ations? (?:are|were|is) made)|(?<!when people )(?<!that )should\b(?! have| review the circ)|must\b|shall\b|ought\b|ensures?\b|needs? to\b"
    r"|will be \w+(?:ed|n|t)\b|to be \w+(?:ed|n|t|de)\b|may (?:wish|want) to\b|to (?:review|notify|consider|put in place|track|upgrade|use|re-assess|ensure|make sure)\b"
    r"|it would be (?:beneficial|worthwhile)|consider(?:s|ed)? (?:introducing|installing|reviewing|whether)"
    r"|^\s*(?:\w+ ){0,4}review the\b|is what should happen)",
    re.IGNORECASE,
)
_MONTH = r"(?:january|february|march|april|may|june|july|august|september|october|november|december)"
_WHEN = re.compile(
    rf"\b(?:by|before|no later than|not later than|from)\s+(?:the\s+)?(?:end of\s+)?(?:\d{{1,2}}(?:st|nd|rd|th)?\s+)?{_MONTH}\b"
    r"|\b(?:by|before) (?:the )?(?:end of|start of|spring|summer|autumn|winter)\b|\bby (?:19|20)\d\d\b"
    r"|\bwith immediate effect\b|\bimmediately,? (?:the|chief|all|forces)\b"
    r"|(?:^|[.:;,]\s*)within (?:the next )?(?:\d+|one|two|three|four|six|nine|twelve|eighteen) (?:days?|weeks?|months?|years?),"
    r"|\bwithin (?:the next )?(?:\d+|one|two|three|four|six|nine|twelve|eighteen) (?:weeks?|months?|years?) of (?:this|the publication|the date)",
    re.IGNORECASE,
)
_SIDE = re.compile(
    r"\b(?:this|the) (?:learning|recommendation)s? (?:has been|have been|are|were|is)\b[^.]*\.", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class SmartFlags:
    """What an ask states; a concern that describes a fault and asks nothing has none."""

    who: bool  # a body or role is named as the one to act
    what: bool  # an action is asked for that can be seen to be done
    when: bool  # a date or period is set for it


def read_smart(text: str, *, addressed: bool = False, dated: bool = False) -> SmartFlags:
    """The flags of one ask. `addressed` and `dated` say that the extractor read an addressee or a deadline with it."""
    plain = _SIDE.sub(" ", text.replace("\u200b", "").replace("\u2019", "'"))
    what = bool(_WHAT.search(plain))
    return SmartFlags(
        who=what and (addressed or bool(_WHO_ASKED.search(plain))),
        what=what,
        when=what and (dated or bool(_WHEN.search(plain))),
    )
