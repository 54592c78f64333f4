"""Which archived bytes are the current version of a document, and which were replaced. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pipeline.records import StoredFile


@dataclass(frozen=True, slots=True)
class Succession:
    """A version that was replaced: by which bytes, and the day those were fetched."""

    by: str  # sha256
    on: date


def find_superseded(lines: Iterable[StoredFile]) -> dict[str, Succession]:
    """The versions no address holds any more, by SHA-256. What was fetched last at an address is what it holds.

    Bytes that are still the newest at one of their addresses are current, whatever became of the others.
    """
    latest: dict[str, StoredFile] = {}
    replaced: dict[str, str] = {}  # sha256 to an address that held it
    for line in sorted(lines, key=lambda one: one.fetched_at):
        before = latest.get(line.ref.url)
        if before is not None and before.sha256 != line.sha256:
            replaced[before.sha256] = line.ref.url
        latest[line.ref.url] = line
    current = {line.sha256 for line in latest.values()}
    return {
        sha256: Succession(latest[url].sha256, latest[url].fetched_at.date())
        for sha256, url in replaced.items()
        if sha256 not in current
    }
