"""Says where a document's own date or reference contradicts what its listing says."""

import re
from datetime import date

from pipeline.records import DocumentFacts, Issue, Level

EARLY = 3  # days a document may be listed before the day it prints: embargoes, time zones
LATE = 366  # days it may be listed after it: publishers put up old reports, but then the listed day is not the report's


def contradictions(
    facts: DocumentFacts, published: date | None, reference: str | None, source: str, sha256: str
) -> tuple[Issue, ...]:
    """A note for a printed day after the listed one or over a year before it, and one for another reference printed.

    References are compared with those of the same shape only: a report may print an ISBN and a number of its own.
    """
    found = []
    if published and facts.published and not _agree(facts, published):
        printed = facts.published.strftime("%B %Y") if facts.is_month else facts.published.isoformat()
        message = f"The listing dates the document {published.isoformat()}; it prints {printed}."
        found.append(Issue(source, "read", Level.INFO, "date_differs", message, sha256))
    alike = [one for one in facts.references if reference and _shape(one) == _shape(reference)]
    if reference and alike and _plain(reference) not in map(_plain, alike):
        message = f"The listing gives the reference {reference}; the document prints {', '.join(alike[:3])}."
        found.append(Issue(source, "read", Level.INFO, "reference_differs", message, sha256))
    return tuple(found)


def _agree(facts: DocumentFacts, listed: date) -> bool:
    if facts.published is None:
        return True
    if facts.is_month and (facts.published.year, facts.published.month) == (listed.year, listed.month):
        return True
    return -EARLY <= (listed - facts.published).days <= LATE


def _shape(reference: str) -> str:
    """Letters as they are, each run of figures as one sign: "HC 381" and "HC-1099" are of one shape."""
    return re.sub(r"\d+", "#", _plain(reference))


def _plain(reference: str) -> str:
    return re.sub(r"\W+", "", reference.upper())
