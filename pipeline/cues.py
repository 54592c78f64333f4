"""Finding a theme's cues in a text: leaf shared by theme assignment and the script that fits it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.registry import Theme

# Form words of a coroner's report: the coroner heard evidence, which does not make the row about evidence.
_FORM_WORDS = re.compile(
    r"evidence (?:was|were) (?:heard|given|taken|placed before)|(?:heard|gave|given|hear|the|in|on the basis of|through the)"
    r" (?:oral |live |written )?evidence(?! (?:in|of) (?:crime|criminal))|evidence (?:revealed|showed|confirmed|heard|from|before)"
    r"|police and criminal evidence act|during the (?:course of the )?(?:inquest|investigation)"
    r"|(?:independent|ipcc|iopc) investigations?|prevention of future deaths report to"
)
# A row that sets a topic aside is not about it: "unrelated to custody", "rather than mental health".
_SET_ASIDE = re.compile(
    r"\b(?:unrelated to|other than|rather than|not (?:about|related to|concerned with|involving)|does not concern"
    r"|did not involve|no (?:suggestion|indication) of|apart from|excluding)\s+(?:any |a |an |the )?(?:[\w'-]+\s+){0,1}$"
)
_SENTENCE_END = re.compile(r"(?<=[.;:?!])\s*(?=[A-Z(•])")
_ASKING = re.compile(r"\b(?:recommend|should|consider|ensure|must|needs? to)")
_SHORT_ASK = 200  # characters; a shorter ask is read together with what follows it
_LEAD = 300  # characters of the text that then count as the ask


@dataclass(frozen=True, slots=True)
class CueHits:
    """How often each cue of one theme occurs in one text, by the cue as it is written in the registry."""

    counts: tuple[tuple[str, int], ...]

    @property
    def distinct(self) -> int:
        """How many different cues occur."""
        return len(self.counts)

    @property
    def total(self) -> int:
        """How often they occur together."""
        return sum(count for _, count in self.counts)


@dataclass(frozen=True, slots=True)
class CueMatcher:
    """The compiled cues of one theme."""

    cues: tuple[str, ...]
    pattern: re.Pattern[str] | None
    spoilers: re.Pattern[str] | None

    def find(self, folded: str) -> CueHits:
        """The cues in `folded`, a text that `fold_text` made."""
        if self.pattern is None:
            return CueHits(())
        text = self.spoilers.sub(" ~ ", folded) if self.spoilers else folded
        counts: dict[str, int] = {}
        for match in self.pattern.finditer(text):
            if match.lastgroup and not _SET_ASIDE.search(text, max(0, match.start() - 50), match.start()):
                cue = self.cues[int(match.lastgroup[1:])]
                counts[cue] = counts.get(cue, 0) + 1
        return CueHits(tuple(sorted(counts.items())))


def compile_cues(theme: Theme) -> CueMatcher:
    """The matcher of `theme`; the longest cue wins where two overlap."""
    order = sorted(range(len(theme.cues)), key=lambda n: (-len(theme.cues[n]), theme.cues[n]))
    named = (f"(?P<c{n}>{_to_pattern(theme.cues[n])})" for n in order)
    return CueMatcher(theme.cues, _any_of(named), _any_of(map(_to_pattern, theme.not_cues)))


def fold_text(text: str) -> str:
    """`text` in small letters with plain apostrophes and without the fixed wording of forms."""
    folded = text.replace("\u200b", "").replace("\u2019", "'").casefold()
    return _FORM_WORDS.sub(" ~ ", folded)


def read_ask(text: str) -> str:
    """The part of `text` that asks: its first sentence and those that recommend, without the story around them."""
    sentences = [part for part in _SENTENCE_END.split(text.replace("\u200b", "")) if part.strip()]
    asking = " ".join(part for n, part in enumerate(sentences) if n == 0 or _ASKING.search(part))
    if len(asking) >= _SHORT_ASK:
        return asking
    return " ".join(sentences)[: max(_LEAD, len(asking))]


def _any_of(patterns: Iterable[str]) -> re.Pattern[str] | None:
    joined = "|".join(patterns)
    return re.compile(rf"(?<!\w)(?:{joined})(?!\w)") if joined else None


def _to_pattern(cue: str) -> str:
    words = re.split(r"[\s-]+", cue.strip().casefold())
    pattern = r"[\s/-]+".join(re.escape(word).replace(r"\*", r"[\w']*") for word in words)
    return pattern if cue.endswith("*") else pattern + r"(?:s|es)?"
