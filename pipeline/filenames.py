"""What the name of a published file says: a response, and from whom; a coroner's report once more. Pure."""

import re

from pipeline.references import coroner_reference

UNNAMED = "Responder not named"
_RESPONSE = re.compile(r"(?<!cor)respon|reply", re.IGNORECASE)  # not "correspondence"
_RESPONDER = re.compile(
    r"(?:respon[sc]es?|reply|update|letter)(?:[-_ +]+\d{1,2})?[-_ +]+(?:from|by)[-_ +]+(?P<who>.+?)"
    r"(?:[-_ +]+(?:published|redact\w*|final|\d{1,2}(?:[-_ +]+[a-z]{3,9}[-_ +]+\d{4})?))*$",
    re.IGNORECASE,
)
_REPORT = re.compile(r"prevention[-_ +]of[-_ +]future[-_ +]deaths?", re.IGNORECASE)


def is_response(name: str, reference: str | None = None) -> bool:
    """True when a name says that the file is a response: "2024-0131-Response-from-X.pdf", "2013-0295R.pdf".

    `reference` is that of the coroner's report it may answer.
    """
    return bool(_RESPONSE.search(name)) or bool(reference and f"{reference}R" == coroner_reference(name))


def is_version(name: str, reference: str | None) -> bool:
    """True for a coroner's report once more, for another addressee: its reference with a letter, or its title."""
    found = coroner_reference(name)
    return bool(_REPORT.search(name)) or bool(reference and found and found[:-1] == reference)


def responder_in(name: str) -> str | None:
    """Who wrote a response as its name says: "2024-0131-Response-from-A-Trust_Published.pdf" is from "A Trust"."""
    found = _RESPONDER.search(re.sub(r"\.\w+$", "", name))
    return " ".join(re.sub(r"[-_+]+", " ", found.group("who")).split()) if found else None
