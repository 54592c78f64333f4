"""Repairs text taken from print and folds it for comparison. Standard library only; knows nothing of pages."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from string import ascii_lowercase, ascii_uppercase

# PDFium's mark for a hyphen at a line end (older builds: U+0002); U+00AD is the soft hyphen.
BROKEN = "\ufffe\x02\u00ad"
BULLETS = "•●▪■◦○‣⁃∙·\uf0b7\uf0a7\uf0d8\uf076\uf02d\u2756\u27a2➢➤►▶✓✔"
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_LIGATURE = re.compile("|".join(_LIGATURES))
# What no reader sees: zero-width characters, controls (which would drive a terminal), marks that turn the writing
# direction (which would show a quote as what it is not). White space and PDFium's hyphen mark stay.
_UNSEEN = "\u200a-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00\x01\x03-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"
_TO_REPAIR = re.compile(rf"[\r\n{BROKEN}{''.join(_LIGATURES)}{re.escape(BULLETS)}{_UNSEEN}]")
# The left half is tried from the word's start only, and empty where it was the right half of another break.
_LINE_BREAK = re.compile(
    rf"((?<![^\W_])[^\W_]+|)(?:[{BROKEN}]\s*|(?<=[^\W\d_])[-\u2010]\s*[\r\n]\s*)(?=[^\W_])([^\W_]*)"
)
_MAY_BREAK = re.compile(rf"[{BROKEN}]|[-\u2010]\s*[\r\n]")
_BULLET = re.compile(rf"(?:^|(?<=\s))[{re.escape(BULLETS)}]+(?=\s)|(?:^|(?<=\n))[{re.escape(BULLETS)}]+")
_ANY_BULLET, _ANY_UNSEEN, _ANY_BROKEN = (re.compile(f"[{marks}]") for marks in (re.escape(BULLETS), _UNSEEN, BROKEN))
_COMPOUND = re.compile(r"[^\W\d_]+(?:[-\u2010\u2011][^\W\d_]+)*(?![\ufffe\x02\u00ad])")
_UNCOMPARED = re.compile(rf"[\s:{re.escape(BULLETS)}{_UNSEEN}\-\u2010-\u2015\u2212{BROKEN}]+")
_PLAIN = str.maketrans(ascii_uppercase + "`", ascii_lowercase + "'")  # most characters, in one step
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_QUOTES = str.maketrans({"‘": "'", "’": "'", "‚": "'", "‛": "'", "“": '"', "”": '"', "„": '"', "´": "'", "`": "'"})


def repair(pieces: Sequence[str], known_words: Collection[str] = frozenset()) -> str:
    """One line of clean text from raw `pieces` that followed each other in print.

    Line breaks become spaces, ligatures letters, bullets go. A word broken at a hyphen is mended: the hyphen stays
    when `known_words` (lower case) has the hyphenated form, or both halves but not the joined word.
    """
    raw = "\n".join(pieces)
    if not _TO_REPAIR.search(raw):
        return " ".join(raw.split())
    if not raw.isascii():
        raw = _LIGATURE.sub(lambda match: _LIGATURES[match.group()], raw)
    if _ANY_UNSEEN.search(raw):
        raw = _ANY_UNSEEN.sub("", raw)
    if _ANY_BULLET.search(raw):
        raw = _BULLET.sub(" ", raw)
    if _MAY_BREAK.search(raw):
        raw = _LINE_BREAK.sub(lambda match: _mend(match, known_words), raw)
        raw = _ANY_BROKEN.sub("-", raw)
    return " ".join(raw.split())


def words_of(text: str) -> set[str]:
    """Lower-case words of `text`, hyphenated compounds both whole and in parts; for `repair`."""
    found: set[str] = set()
    for word in set(_COMPOUND.findall(text.lower())):
        plain = word if word.isascii() else re.sub(r"[\u2010\u2011]", "-", word)
        found.add(plain)
        if "-" in plain:
            found.update(plain.split("-"))
    return found


def fold(text: str) -> str:
    """`text` as compared: case, white space, hyphens, colons, bullets, ligatures and kinds of quotes do not count."""
    return _BEYOND_ASCII.sub(_fold_character, _UNCOMPARED.sub("", text).translate(_PLAIN))


def _fold_character(match: re.Match[str]) -> str:
    plain = unicodedata.normalize("NFKC", match.group().translate(_QUOTES)).translate(_QUOTES).casefold()
    return re.sub(r"\s", "", plain)


def _mend(match: re.Match[str], known_words: Collection[str]) -> str:
    left, right = match.group(1), match.group(2)
    lower_left, lower_right = left.lower(), right.lower()
    keeps = f"{lower_left}-{lower_right}" in known_words
    if not keeps and f"{lower_left}{lower_right}" not in known_words:
        keeps = not right[0].islower() or not left or (lower_left in known_words and lower_right in known_words)
    return f"{left}-{right}" if keeps else f"{left}{right}"
