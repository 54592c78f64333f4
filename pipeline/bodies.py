"""Splits lists of bodies as pages print them: who a report was sent to, which forces a case is about. Pure."""

import re

_ORGANISATION = re.compile(
    r"\b(?:trust|police|constabulary|service|council|NHS|department|board|office|ministry|college|agency|authority|HMP"
    r"|commission|MOPAC|ltd|limited|hospital|group|surgery|university|association|england|wales)\b",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"\b(?:chief|director|secretary|minister|head|president|chair|manager|governor|commissioner|mrs?|ms|dr|sir"
    r"|rt hon)\b",
    re.IGNORECASE,
)
_MARK = re.compile(r"^(?:\(?\d{1,2}[.)]|[-•·–]|and\b)\s*", re.IGNORECASE)
_AFTER_ONE = re.compile(
    r"(?:(?<=police)|(?<=service)|(?<=constabulary)|(?<=council))\s*(?:,|\band\b|&)\s+(?:the\s+)?(?=[A-Z])",
    re.IGNORECASE,
)


def split_recipients(value: str) -> tuple[str, ...]:
    """Those a report was sent to, one each: split at `|`, `;` and lines; at commas only between organisations.

    "Chief Executive, Anytown Council" is one recipient, "Anytown Council, Anytown NHS Trust" are two.
    """
    pieces: list[str] = []
    for piece in re.split(r"[|;\n]", value):
        parts = piece.split(",")
        alone = len(parts) > 1 and all(_ORGANISATION.search(part) and not _ROLE.search(part) for part in parts)
        pieces += parts if alone else [piece]
    tidied = (_MARK.sub("", " ".join(piece.split())).strip(" ,.") for piece in pieces)
    return tuple(dict.fromkeys(piece for piece in tidied if piece))


def split_forces(value: str) -> tuple[str, ...]:
    """Forces named in one phrase: "Essex Police and Kent Police" are two, "Avon and Somerset Police" is one."""
    return tuple(
        dict.fromkeys(name for piece in _AFTER_ONE.split(value) if (name := " ".join(piece.split()).strip(" ,")))
    )
