"""Tells a sentence that asks somebody to act from one that tells, notes or concludes."""

import re

_ASKERS = (
    r"we|i|the (?:\w+ ){0,4}(?:committee|inquiry|commission|panel|review|board|iopc|ipcc|inspectorate|auditor|assembly|"
    r"authority|commissioner|ombudsman|coroner|tribunal|bureau|branch|team)"
)
_VERBS = (
    r"recommend|urge|call(?:s|ed)? (?:up)?on|call(?:s|ed)? for|invite|encourage|ask|request|expect|propose|advise|"
    r"press|require|direct"
)
_ASKING = re.compile(
    rf"\b(?:{_ASKERS})\b(?:[’']s)?[ ,]+(?:[\w’',–-]+[ ,]+){{0,7}}?(?:{_VERBS})(?:s|ed|led)?\b(?! to (?:receive|"
    rf"see|hear|return))"
    rf"|\band (?:further |also |therefore |strongly )*(?:recommends?|urges?|calls? (?:up)?on|encourages?|invites?)\b"
    rf"|\b(?:is|are|was|were|be) (?:further |also |strongly |therefore )?(?:recommended|urged|invited|"
    rf"encouraged) (?:that|to)\b"
    rf"|^(?:strongly )?(?:recommends?|urges?|calls? (?:up)?on)\b",
    re.IGNORECASE,
)
_OWN_ACT = re.compile(
    r"\b(?:committee|we|board)\b[^.]{0,60}\b(?:will|shall|would like to|to) (?:\w+ ){0,5}(?:request|ask|invite|call)\b",
    re.IGNORECASE,
)
_BODIES = (
    r"government|home office|home secretary|minist\w+|department|secretary of state|treasury|cabinet office|"
    r"commission|regulator|"
    r"police service|police forces|forces|chief constables?|college of policing|npcc|nhs england|council|"
    r"local authorities|agency|parliament|state party|states parties|member states"
)
_ORDER = re.compile(
    rf"^(?:(?:therefore|accordingly|in addition|as a minimum|furthermore|to do so|to this end)\W+)?(?:the |all )?"
    rf"(?:\w+ ){{0,2}}?(?:{_BODIES}) (?:and [\w ]{{2,40}} )?(?:should|must)(?: also| now| therefore| urgently)?\b"
    rf"(?! (?:not )?(?:have|be able)\b)",
    re.IGNORECASE,
)
_MODAL = re.compile(
    r"\b(?:should|must|ought to|needs? to|shall|has to|have to)\b"
    r"(?! (?:not )?have (?:\w+ed|been|known|had|done|made|taken|given|gone|come|told|seen|sought)\b)",  # hindsight
    re.IGNORECASE,
)
_RULE = re.compile(r"\b(?:should|must|will|shall|may)\b(?! have\b)", re.IGNORECASE)
_TELLING = re.compile(
    r"^(?:we|i|it|actions? (?:the|a|that)|there|this|these|that|while|whilst|although|however|in)\b"
    r"(?! (?:is|are) (?:recommended|essential that))",
    re.IGNORECASE,
)
_ORDERS = (
    r"ensure|review|consider|provide|establish|develop|implement|introduce|make|take|publish|improve|adopt|"
    r"amend|appoint|assess|audit|build|clarify|collect|commission|conduct|consult|continue|create|define|"
    r"deliver|encourage|engage|enhance|evaluate|expand|explore|extend|fund|give|identify|include|increase|"
    r"invest|investigate|issue|maintain|monitor|prepare|prevent|prioritise|promote|put|ratify|record|reduce|"
    r"reinforce|remind|remove|replace|report|require|revise|set|share|strengthen|support|train|undertake|"
    r"update|use|work|abolish|accelerate|address|agree|align|allocate|allow|apply|arrange|bring|carry|change|check|"
    r"complete|confirm|convene|coordinate|design|determine|direct|disseminate|distribute|document|educate|"
    r"embed|enable|enact|enforce|equip|examine|facilitate|finalise|formalise|hold|incorporate|inform|initiate|"
    r"institute|integrate|launch|liaise|limit|mandate|measure|modernise|obtain|offer|organise|permit|plan|"
    r"produce|prohibit|protect|pursue|raise|recognise|recruit|redesign|refer|refresh|reform|reiterate|renew|"
    r"repeal|resource|respond|retain|scrutinise|seek|simplify|standardise|stop|study|submit|test|track|verify|"
    r"withdraw|write"
)
_REPORTED = re.compile(  # "Guidance says that a supervisor must be told" tells what somebody said
    r"\b(?:suggests?|shows?|indicates?|demonstrates?|argue[sd]?|told|tells?|believe[sd]?|claim(?:s|ed)?|says?|said|"
    r"submit\w*|conclude[sd]?|explain(?:s|ed)?|state[sd]|thought|felt|heard|accepted|agreed|acknowledged|recognised)\b[^,;]{0,30}"
    r"\bthat\b|^(?:some|others|several|many|most|witnesses|respondents|consultees)\b",
    re.IGNORECASE,
)
_COMMAND = re.compile(
    r"^(?:that|(?:fully|urgently|immediately|continue to|take|seek to|work to)\s+)?\s*" + rf"(?:{_ORDERS})\b",
    re.IGNORECASE,
)
_ASSIGNED = re.compile(
    rf"^(?:[Tt]hat\b.{{3,200}}?\b(?:be|should|must|shall|{_ORDERS.replace('|', 's?|')}s?)\b|"
    rf"[A-Z][^.;:]{{2,90}}?\s(?:is |are )?to (?:also |urgently |jointly )?(?:{_ORDERS})\b)"
)
_NOTING = re.compile(
    r"^(?:that )?(?:members?|the (?:committee|authority|board|panel|assembly|cabinet|council|executive))s? "
    r"(?:(?:is|are) (?:asked|recommended|invited|requested) to |be (?:asked|recommended|invited) to )?"
    r"(?:note|notes|receive|receives|agree|agrees|approve|approves|consider|comment|endorse)\b|"
    r"^.{0,120}\b(?:is|are) (?:recommended|asked|invited|requested) to:?\s*(?:\(?\w{1,3}[.)]\s*)?(?:approve|note|"
    r"agree|endorse|receive|authorise|delegate)\b|"
    r"^(?:that )?the (?:deputy )?mayor (?:is asked to )?(?:approves?|notes?)\b|"
    r"^(?:to )?(?:approve|agree|authorise|delegate) (?:to (?:the|note|approve|receive|adopt|delegate)\b|"
    r"(?:the |a )(?:[\w-]+ ){0,3}(?:recommendations?|report|minutes|budget|precept|proposals?|paper|terms|publication|"
    r"appointments?|authority|contents|contract|award)\b)|"
    r"^.{0,60}\b(?:should|must|will|to) provide (?:us|me|the (?:\w+ )?ombudsman) with evidence "
    r"(?:that )?(?:it|they) ha\w+ |"
    r"^(?:to )?(?:note|receive|approve|endorse)\b.{0,30}\b(?:report|update|paper|minutes|contents|position|progress)\b",
    re.IGNORECASE,
)


def asks(text: str) -> bool:
    """Whether the paragraph holds an ask of its author: a verb of asking, or an opening sentence that says "should"."""
    for sentence in sentences(text):
        if _ASKING.search(sentence) and not _OWN_ACT.search(sentence):
            return True
        if _ORDER.match(sentence):
            return True
    return instructs(text)


def instructs(text: str) -> bool:
    """Whether the first sentence, up to a colon, says what somebody should do, not what the author thinks."""
    first = re.split(r":", next(iter(sentences(text)), ""))[0]
    modal = _MODAL.search(first)
    return modal is not None and not _TELLING.match(first) and not _REPORTED.search(first[: modal.start()])


def rules(text: str) -> bool:
    """Whether the first sentence lays down how something will or may be: "No claimant will be eligible"."""
    first = next(iter(sentences(text)), "")
    rule = _RULE.search(first)
    return rule is not None and not _TELLING.match(first) and not _REPORTED.search(first[: rule.start()])


def commands(text: str) -> bool:
    """Whether the text is an order without subject, as lists after "should:" have: "Ensure that …", "That the …"."""
    return bool(_COMMAND.match(text))


def assigns(text: str) -> bool:
    """Whether the text gives a task without "should": "Northmoor Police to ensure …", "That a lead be named"."""
    return bool(_ASSIGNED.match(text)) and not is_procedural(text)


def is_procedural(text: str) -> bool:
    """Whether the text only moves a meeting on: "Members note the report"."""
    return bool(_NOTING.match(text.strip()))


def sentences(text: str) -> list[str]:
    """The sentences of `text`, split where a full stop is followed by a capital letter."""
    return [part for part in re.split(r"(?<=[.!?;])\s+(?=[A-Z“\"(‘])", text) if part.strip()]
