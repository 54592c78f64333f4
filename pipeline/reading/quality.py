"""Measures whether a page has a text layer worth reading."""

import re

_WORD = re.compile(r"[^\W\d_]{2,}")
_VOWELLESS = re.compile(r"(?<![^\W\d_])[^\W\d_aeiouyAEIOUY]{2,}(?![^\W\d_])")
_ODD = re.compile(r"[\ufffd\ue000-\uf0ff\x00-\x08\x0b\x0c\x0e-\x1f]")
_LEADERS = re.compile(r"(?:\.\s?){4,}|…{2,}")  # of a table of contents: no letters, and no garbage
_FEW = 25  # visible characters: fewer on a page that shows more is a stamp or a folio, not the page's text
_MUCH_IMAGE = 0.5  # of the page's area: the text is a layer under a scan, or missing
_MANY_SHAPES = 60  # text drawn as outlines leaves hundreds of small shapes
_FOREIGN = re.compile(r"[^\x00-\u024f\u2000-\u2bff\ue000-\uf8ff\ufffe]")
_MISREAD = re.compile(
    r"[a-z][0-9!\\|][a-z]|[a-z]{2}[015][a-z]*\b|\b[015][a-z]{3,}|[a-z]+[!\\][a-z]*|\b[a-z]+[A-Z][a-z]+\b"
)
_ADDRESS = re.compile(r"[/@_=]|www|\.\w{2,}\.")
_MANY_MISREAD = 0.03  # of the words; measured: clean layers under 0.002, a poor one 0.14
_FEWEST_WORDS = 30


def has_usable_text(text: str, image_share: float, shapes: int) -> bool:
    """Whether the text layer can stand for the page. A page that shows nothing is usable: it is blank.

    Garbage is measured: undecodable characters, letters that hardly ever stand together as words with vowels, and
    under a scan words with figures or signs in them.
    """
    visible = "".join(_LEADERS.sub("", text).split())
    if len(visible) < _FEW:
        return image_share < _MUCH_IMAGE and shapes < _MANY_SHAPES
    if len(_ODD.findall(visible)) > 0.2 * len(visible):
        return False
    if image_share >= _MUCH_IMAGE and misread_share(text) > _MANY_MISREAD:
        return False
    if len(visible) < 200 or _FOREIGN.search(visible):
        return True
    words = _WORD.findall(text)
    letters = sum(len(word) for word in words)
    likely = letters - sum(map(len, _VOWELLESS.findall(text)))
    return letters >= 0.3 * len(visible) and likely >= 0.6 * letters


def misread_share(text: str) -> float:
    """The share of words that only a poor recognition writes: "regulati0ns", "oft!cers"; 0 where words are few."""
    words = [word for word in re.findall(r"\S{3,}", text) if re.search("[a-z]", word) and not _ADDRESS.search(word)]
    if len(words) < _FEWEST_WORDS:
        return 0.0
    return sum(bool(_MISREAD.search(word)) for word in words) / len(words)


def garbage_share(text: str) -> float:
    """How much of a text is garbage, to choose between two layers of one page: 0 is clean, 1 and above hopeless.

    The sum of the share of undecodable characters, of letters in words without a vowel, and of misread words.
    """
    visible = "".join(text.split())
    if not visible:
        return 1.0
    letters = sum(map(len, _WORD.findall(text)))
    vowelless = sum(map(len, _VOWELLESS.findall(text))) / letters if letters else 1.0
    return len(_ODD.findall(visible)) / len(visible) + vowelless + misread_share(text)
