"""Counts what a crawl sees, as it sees it."""

from collections import Counter
from dataclasses import dataclass, field

from pipeline.crawl.due import HAD
from pipeline.records import DocumentRef
from pipeline.store import hash_key
from pipeline.visits import Counts
from pipeline.web import Outcome, Reading

PAGE_FIELDS = {
    Outcome.BLOCKED: "pages_refused",
    Outcome.CHALLENGE: "pages_refused",
    Outcome.GONE: "pages_gone",
    Outcome.FAILED: "pages_failed",
    Outcome.REFUSED: "pages_failed",
    Outcome.WAITING: "waiting",
}
DOCUMENT_FIELDS = {
    **dict.fromkeys(PAGE_FIELDS, "documents_failed"),
    Outcome.BLOCKED: "documents_refused",
    Outcome.CHALLENGE: "documents_refused",
    Outcome.WAITING: "waiting",
}


@dataclass(slots=True)
class Tally:
    """The counts of one crawl under way. References are held as numbers, so a large crawl costs little memory."""

    pages: Counter[str] = field(default_factory=Counter)
    oddities: Counter[str] = field(default_factory=Counter)
    numbers: Counter[str] = field(default_factory=Counter)  # every other field of `Counts`
    examples: dict[str, str] = field(default_factory=dict)
    _references: dict[int, int] = field(default_factory=dict)  # reference → the page that first had it

    def note_page(self, step: str, reading: Reading) -> None:
        """A page that was read."""
        self.pages[step] += 1
        self.oddities.update(oddity.code for oddity in reading.oddities)
        for oddity in reading.oddities:
            self.examples.setdefault(oddity.code, oddity.message)

    def note_unread(self, message: str) -> None:
        """A page whose layout was not understood."""
        self.numbers["pages_unread"] += 1
        self.examples.setdefault("pages_unread", message)

    def note_lost_page(self, outcome: Outcome, message: str | None) -> None:
        """A page that gave nothing."""
        self._note(PAGE_FIELDS[outcome], message or outcome.value)

    def note_lost_document(self, outcome: Outcome, message: str | None) -> None:
        """A document that gave nothing."""
        self._note(DOCUMENT_FIELDS[outcome], message or outcome.value)

    def note_lost_listing(self, *, has_substitute: bool) -> None:
        """The same page listed documents, and was lost or not understood."""
        self.numbers["substituted" if has_substitute else "listing_lost"] += 1

    def _note(self, name: str, message: str) -> None:
        self.numbers[name] += 1
        self.examples.setdefault(name, message)

    def note_listed(self, ref: DocumentRef) -> None:
        """A document, the first time this crawl meets it."""
        self.numbers["documents"] += 1
        if ref.responds_to is not None:
            return
        self.numbers["reports"] += 1
        self.numbers["dated"] += ref.published is not None
        if ref.reference is not None:
            self.numbers["referenced"] += 1
            page = hash_key(ref.page or ref.url)
            first = self._references.setdefault(hash_key(f"{ref.source} {ref.reference}"), page)
            self.numbers["repeated"] += first != page

    def note_document(self, outcome: Outcome) -> None:
        """A document that was fetched, or that still is what it was."""
        if outcome in HAD:
            self.numbers["fetched" if outcome == Outcome.OK else "unchanged"] += 1

    def counts(self) -> Counts:
        """The counts so far."""
        return Counts(
            pages=dict(sorted(self.pages.items())),
            oddities=dict(sorted(self.oddities.items())),
            examples=dict(sorted(self.examples.items())),
            **{name: number for name, number in self.numbers.items() if number},
        )
