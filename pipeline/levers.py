"""Which lever an ask would pull: a second axis beside the themes, by stated rules on the words of the ask.

Eight levers, as many as fit. A lever's phrases are looked for in the sentences that ask, and in the whole text where
nothing asks (a coroner's concern says what was wrong, not what to do). Stems are matched from the start of a word.
The rules are measured on rows labelled by hand, `tests/gold/levers.jsonl`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from pipeline.cues import read_ask

GUIDANCE = "guidance"
TRAINING = "training"
SUPERVISION = "supervision"
SYSTEMS = "systems"
RESOURCES = "resources"
PARTNERSHIP = "partnership"
GOVERNANCE = "governance"
ESTATE = "estate"

LEVERS: dict[str, str] = {
    GUIDANCE: "Guidance or policy: what is to be done, written down or changed.",
    TRAINING: "Training and awareness of those who do it.",
    SUPERVISION: "Supervision: somebody senior checks, reviews or decides.",
    SYSTEMS: "Systems, records and forms: where information is kept and how it is found.",
    RESOURCES: "Staffing, time, money and backlogs.",
    PARTNERSHIP: "Partnership and the sharing of information between teams and agencies.",
    GOVERNANCE: "Governance and assurance: audit, figures, scrutiny, vetting, lessons learnt.",
    ESTATE: "Equipment, vehicles, buildings and roads.",
}

_PHRASES: dict[str, tuple[str, ...]] = {
    GUIDANCE: (
        r"polic(?:y|ies)\b(?! on (?:postural|stop))", r"guidance", r"guidelines?", r"procedures?\b", r"protocols?\b", r"sops?\b",
        r"(?:standard )?operating procedure", r"processes\b", r"process (?:whereby|for|to)\b", r"practice\b",
        r"question set", r"instruction", r"code of practice", r"bulletin", r"leaflet", r"make (?:it )?clear",
        r"definition", r"definin", r"obligations? of\b", r"clarif", r"clarity", r"expectation", r"working standards",
        r"appendix", r"too open to interpretation", r"(?:has|have|defin\w+|mandating) (?:\w+ ){0,3}responsib",
        r"no practical plan", r"mandat", r"does not say", r"no requirement",
    ),
    TRAINING: (
        r"train(?:ing|ed)?\b(?! specialists)", r"refresher", r"raise awareness", r"(?:specialist|training) course", r"course content", r"skills?\b",
        r"lack of (?:understanding|knowledge)", r"(?:did|do|does) not (?:understand|know|appreciate)", r"understood .{0,20} to mean",
        r"passed the", r"hold the .{0,20}accredit", r"qualifi", r"reassessment", r"learning programme", r"scenarios?\b", r"reminded",
        r"ensure (?:that )?(?:officers|staff) (?:are aware|understand)", r"officers understand", r"competen",
    ),
    SUPERVISION: (
        r"supervisors?\b(?! (?:did|assumed|had|of\b))", r"supervisor of at least", r"supervised", r"supervision of (?:enquir|investig|missing)", r"sergeants? (?:of|should (?:check|review|visit))", r"inspectors? (?:to |confirms|has given|of\b)", r"quality.assur", r"reviews? (?:it|them|each|every)\b",
        r"checked (?:against|by)", r"line manage", r"oversight", r"authoris(?:e|ed|ation) by", r"authority (?:in advance|of an)",
        r"failure to intervene", r"requires a supervisor", r"intrusive",
    ),
    SYSTEMS: (
        r"(?:computer|it|electronic|digital|information|cad|log) systems?\b", r"databases?\b", r"records? (?:slips?|keeping)",
        r"(?<!secure )forms?\b(?! of\b)", r"templates?\b", r"(?:should|must|to|also) be recorded (?:on|in|where)", r"record(?:s|ing)? (?:the (?:risk|outcome|address|decision)|of each|full rationale|requirements?)\b", r"recorded .{0,30}rationale", r"recorded on", r"recording (?:the|of) decision",
        r"logs?\b", r"markers? (?:added|and|should|is)\b", r"\bpnc\b", r"\bpnd\b", r"national (?:computer|database)", r"software", r"mailbox(?:es)?", r"unencrypted",
        r"check ?list", r"time ?stamp", r"upgrade", r"\bniche\b",
        r"intelligence system", r"police systems", r"retained\b", r"retention", r"data quality", r"all the information",
    ),
    RESOURCES: (
        r"staffing", r"shortage", r"backlogs?\b", r"(?:resourcing issue|resources at|resourced|lack of resource|resources deployed)", r"(?:lack of|more|increase\w*|enough|insufficient) capacity\b", r"funding", r"budget", r"business case",
        r"(?:enough|insufficient|sufficient|more|additional) (?:staff|officers|time|resources|funding|investigators)",
        r"understaff", r"workloads?", r"recruit", r"waiting (?:list|time)s?", r"waited .{0,20}(?:months|weeks|year)", r"attendance in all cases",
        r"secure their attendance", r"posts? (?:be )?filled",
    ),
    PARTNERSHIP: (
        r"partner(?:s|ship)?\b", r"with (?:local |other |partner )+agencies", r"between (?:the )?agencies", r"multi.agency (?:working|meeting|protocol|arrangement)", r"marac\) meetings", r"inter.?agency", r"in liaison",
        r"shar(?:e|ed|es|ing)\b.{0,40}(?:information|intelligence|data|incidents|record)", r"information.{0,60}\b(?:shared|passed|sharing)",
        r"jointly", r"joint (?:protocol|agreement|working|plan)", r"memorandum", r"between (?:the )?(?:police|force|trust|agencies|mps|tvp|court|district)",
        r"strategy (?:discussion|meeting)", r"(?:health|social|council|trust|hospital|ambulance|nhs)\b.{0,60}\b(?:police|constabulary)\b.{0,80}\b(?:agree|share|protocol|information|contact)",
        r"court(?:s)?\b.{0,60}police", r"notify the (?:police|highway)", r"service level agreement",
        r"inform(?:ing|ed)? (?:the )?(?:council|highway|trust|other agencies)",
    ),
    GOVERNANCE: (
        r"audit", r"monitor(?:ed|ing)? (?:compliance|progress|the|and)", r"close monitoring", r"publish", r"scrutin", r"assurance\b",
        r"(?:published|reported) (?:each|every)", r"report(?:ed|s)? (?:monthly|quarterly|to the (?:board|safeguarding|crime))", r"(?:crime|safeguarding) board\b", r"performance (?:pack|data|figures)",
        r"dip.sampl", r"vet(?:ting|ted)?\b", r"register\b", r"measure whether", r"check(?:s)? complian", r"quality.assured",
        r"investigat(?:ed|ion) (?:by a unit outside|conducted by|independent)", r"internal review", r"referrals are made",
        r"track return", r"be reported to", r"figures\b", r"lessons (?:had been|have been|were|to be) learn", r"each (?:quarter|year)",
        r"learn(?:ing)? (?:from|lessons)", r"assess the quality",
    ),
    ESTATE: (
        r"cctv (?:system|coverage|camera)", r"cameras? (?:in|did|that|at)\b", r"vehicles?\b.{0,60}\b(?:fitted|equip|carry)", r"equip(?:ment|ped|ping)\b", r"cells?\b.{0,40}(?:standard|ligature|fitt)",
        r"storage facilit", r"custody facilit(?:y|ies)\b", r"buildings?\b", r"refurbish", r"barriers?\b", r"hard shoulder", r"carriageway",
        r"verges?\b", r"signs?\b", r"signage", r"lighting", r"road markings?", r"gates?\b", r"fences?\b", r"railings?", r"hammers?\b", r"devices? fitted",
        r"observation rooms?", r"junction layout", r"temporary sign", r"run-?off lane", r"recording equipment",
        r"data recording system", r"alarm (?:cord|system)", r"fixtures", r"protective", r"defibrillator", r"throw lines?",
    ),
}  # fmt: skip
_NOT_THE_LEVER = re.compile(
    r"mental capacity act|codes? of practice on|best practice|following (?:an|our|a) (?:iopc|ipcc|independent) investigation"
    r"|college of policing'?s? authorised professional practice|training (?:and|or) guidance note|learning recommendations?"
)
_ASKS = re.compile(
    r"\b(?:recommend|should|must|ought|ensure|consider|needs? to|will be|to be|require[sd]?|is to|are to|not to|can this be)\b"
)


class LeverHit(NamedTuple):
    """One lever and the words in the text that say so."""

    lever: str
    words: str


def find_levers(text: str) -> tuple[LeverHit, ...]:
    """The levers of one ask, in the order of `LEVERS`, each with the first words that point to it."""
    asked = _NOT_THE_LEVER.sub(" ", _asking_part(text))
    found = []
    for lever in LEVERS:
        match = _compiled(lever).search(asked)
        if match:
            found.append(LeverHit(lever, " ".join(match.group().split())))
    if not found and (asks := _ASKS.search(asked)):
        found.append(LeverHit(GUIDANCE, asks.group()))  # what is asked is a practice: somebody has to lay it down
    return tuple(found)


def _asking_part(text: str) -> str:
    plain = text.replace("\u200b", "").replace("\u2019", "'")
    return (read_ask(plain) if _ASKS.search(plain.casefold()) else plain).casefold()


def _compiled(lever: str) -> re.Pattern[str]:
    return _PATTERNS[lever]


_PATTERNS = {lever: re.compile("|".join(rf"\b(?:{phrase})" for phrase in phrases)) for lever, phrases in _PHRASES.items()}
