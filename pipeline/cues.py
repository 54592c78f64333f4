"""Finding the themes' cues in a text: leaf shared by theme assignment and the script that fits it."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.registry import Theme

# Form words: that a coroner heard evidence or an officer told of it does not make a row about evidence, nor does
# the outcome of an inquiry into conduct make one about conduct.
_FORM_WORDS = re.compile(
    r"evidence (?:was|were) (?:heard|given|taken|placed before)"
    r"|(?:heard|gave|given|hear|the|in|through the) (?:oral |live |written )?evidence(?! (?:in|of) crim)"
    r"|evidence (?:revealed|showed|confirmed|heard|from|before)|police and criminal evidence act"
    r"|during the (?:course of the )?(?:inquest|investigation)|(?:independent|ipcc|iopc) investigations?"
    r"|(?:the )?investigating officer (?=(?:who |also )?(?:made|told|gave|said|stated|confirmed|explained))"
    r"|\b(?:no|insufficient|not|neither)\b[^.;]{0,120}?\b(?:case to answer|indicat|evidence|amount|find)"
    r"[^.;]{0,120}?\b(?:misconduct|disciplinary proceedings)"
    r"|(?:the|this|that|each) (?:part of (?:the|his|her|their) )?complaints? (?:was|were) (?:not |partially )?upheld"
)
# A row that sets a topic aside is not about it: "unrelated to custody", "rather than mental health".
_SET_ASIDE = re.compile(
    r"\b(?:unrelated to|other than|rather than|not (?:about|related to|concerned with|involving)"
    r"|does not concern|did not involve|no (?:suggestion|indication) of|where there (?:is|was) no|apart from|excluding)"
    r"\s+(?:any |a |an |the )?(?:[\w'-]+\s+){0,1}$"
)
_LOOK_BACK = 50  # characters in which a phrase that sets aside may stand
_SENTENCE_END = re.compile(r"(?<=[.;:?!])\s*(?=[A-Z(•])")
_ASKING = re.compile(r"\b(?:recommend|should|consider|ensure|must|needs? to)")
_SHORT_ASK = 200  # characters; a shorter ask is read together with what follows it
_LEAD = 300  # characters of the text that then count as the ask
_TOKEN = re.compile(r"[\w']+")
_KEY = 3  # letters by which a cue with a star on its first word is looked up


class Hit(NamedTuple):
    """One cue of one theme found in a text."""

    cue: str  # as the registry writes it
    words: str  # as the text has them, at the first place
    times: int


CueHits = tuple[Hit, ...]  # of one theme in one text, by cue


@dataclass(frozen=True, slots=True)
class _Entry:
    theme: int
    cue: str | None  # None: a phrase that hides what stands in it
    words: tuple[str, ...]
    rank: int  # length in letters; the longest cue wins where two overlap


class CueIndex:
    """The cues of all themes, looked up word by word, so the time does not grow with the number of cues."""

    def __init__(self, themes: Sequence[Theme]) -> None:
        self._size = len(themes)
        self._exact: dict[str, list[_Entry]] = defaultdict(list)
        self._open: dict[str, list[_Entry]] = defaultdict(list)
        for number, theme in enumerate(themes):
            self._add(number, ((cue, cue) for cue in (*theme.cues, *theme.hints)))
            self._add(number, ((None, phrase) for phrase in theme.not_cues))

    def find(self, folded: str) -> tuple[CueHits, ...]:
        """For each theme, its cues in `folded`, a text that `fold_text` made."""
        spans = [(match.start(), match.end()) for match in _TOKEN.finditer(folded)]
        words = [folded[start:end] for start, end in spans]
        joined = [folded[spans[n][1] : spans[n + 1][0]].strip(" \t\n\r\f\v\xa0-/") == "" for n in range(len(spans) - 1)]
        busy = [0] * self._size  # position up to which a theme's words are used by a longer cue
        found: list[dict[str, list[str]]] = [{} for _ in range(self._size)]
        for place, word in enumerate(words):
            for entry, length in self._matches(word, place, words, joined):
                if place < busy[entry.theme]:
                    continue
                busy[entry.theme] = place + length
                start = spans[place][0]
                if entry.cue and not _SET_ASIDE.search(folded[max(0, start - _LOOK_BACK) : start]):
                    seen = folded[start : spans[place + length - 1][1]]
                    found[entry.theme].setdefault(entry.cue, []).append(" ".join(seen.split()))
        return tuple(tuple(Hit(cue, seen[0], len(seen)) for cue, seen in sorted(by_cue.items())) for by_cue in found)

    def _add(self, theme: int, cues: Iterable[tuple[str | None, str]]) -> None:
        for cue, phrase in cues:
            words = tuple(_TOKEN_OR_STAR.findall(phrase.casefold()))
            if words:
                entry = _Entry(theme, cue, words, len(phrase))
                first = words[0].rstrip("*")
                starred = words[0].endswith("*")
                if starred and len(first) >= _KEY:
                    self._open[first[:_KEY]].append(entry)
                else:
                    self._exact[first].append(entry)

    def _matches(self, word: str, place: int, words: Sequence[str], joined: Sequence[bool]) -> list[tuple[_Entry, int]]:
        entries = [*self._open.get(word[:_KEY], ())]
        for form in _singulars(word):
            entries += self._exact.get(form, ())
        kept = []
        for entry in entries:
            end = place + len(entry.words)
            if end <= len(words) and all(joined[place : end - 1]):
                last = len(entry.words) - 1
                if all(_fits(words[place + n], pattern, last=n == last) for n, pattern in enumerate(entry.words)):
                    kept.append((entry, len(entry.words)))
        return sorted(kept, key=lambda k: (-k[0].rank, k[0].cue is not None, k[0].cue or ""))


_TOKEN_OR_STAR = re.compile(r"[\w']+\*?")


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


def _singulars(word: str) -> list[str]:
    forms = [word]
    if word.endswith("'s"):
        forms.append(word[:-2])
    if word.endswith("s"):
        forms.append(word[:-1])
    if word.endswith("es"):
        forms.append(word[:-2])
    return forms


def _fits(word: str, pattern: str, *, last: bool) -> bool:
    if pattern.endswith("*"):
        return word.startswith(pattern[:-1])
    return word == pattern or (last and pattern in _singulars(word))
