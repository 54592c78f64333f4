"""Measures whether a page has a text layer worth reading."""

import re

_WORD = re.compile(r"[^\W\d_]{2,}")
_ODD = re.compile(r"[\ufffd\ue000-\uf0ff\x00-\x08\x0b\x0c\x0e-\x1f]")
_FEW = 25  # visible characters: fewer under a page-wide image is a stamp or a folio, not the page's text
_MANY_IMAGE = 0.5  # of the page's area


def has_usable_text(text: str, image_share: float) -> bool:
    """Whether the text layer can stand for the page. A page that shows nothing is usable: it is blank.

    Garbage is measured: undecodable characters, or letters that hardly ever stand together as words with vowels.
    """
    visible = re.sub(r"\s+", "", text)
    if len(visible) < _FEW:
        return image_share < _MANY_IMAGE
    if len(_ODD.findall(visible)) > 0.2 * len(visible):
        return False
    words = _WORD.findall(text)
    letters = sum(len(word) for word in words)
    if len(visible) < 200 or re.search(r"[^\x00-\u024f\u2000-\u2bff\ue000-\uf8ff\ufffe]", visible):
        return True
    likely = sum(len(word) for word in words if re.search(r"[aeiouyAEIOUY]", word))
    return letters >= 0.3 * len(visible) and likely >= 0.6 * letters
