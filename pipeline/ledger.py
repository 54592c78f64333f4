"""The ledger: people's decisions and identity events, append-only, apart from anything derived. Back this up."""

from collections.abc import Iterable
from pathlib import Path

from pydantic import TypeAdapter

from pipeline.records import IdentityEvent, Review, ThemeEvent
from pipeline.store import Lines, append_lines, read_lines

REVIEWS = TypeAdapter(Review)
IDENTITY_EVENTS = TypeAdapter(IdentityEvent)
THEME_EVENTS = TypeAdapter(ThemeEvent)


class Ledger:
    """The append-only files of one data folder."""

    def __init__(self, folder: Path) -> None:
        self.reviews_path = folder / "reviews.jsonl"
        self.identity_path = folder / "identity.jsonl"
        self.themes_path = folder / "themes.jsonl"

    def reviews(self) -> Lines[Review]:
        """Every judgement, oldest first."""
        return read_lines(self.reviews_path, REVIEWS)

    def add_reviews(self, reviews: Iterable[Review]) -> int:
        """Append the judgements not yet there; their number. The same file imported twice changes nothing."""
        known = {review.review_id for review in self.reviews().records}
        fresh = [review for review in reviews if review.review_id not in known]
        append_lines(self.reviews_path, (REVIEWS.dump_json(review) for review in fresh))
        return len(fresh)

    def identity_events(self) -> Lines[IdentityEvent]:
        """What became of each common recommendation, oldest first."""
        return read_lines(self.identity_path, IDENTITY_EVENTS)

    def add_identity_events(self, events: Iterable[IdentityEvent]) -> None:
        """Append `events` in order."""
        append_lines(self.identity_path, (IDENTITY_EVENTS.dump_json(event) for event in events))

    def theme_events(self) -> Lines[ThemeEvent]:
        """Each logged move of a row between themes, oldest first."""
        return read_lines(self.themes_path, THEME_EVENTS)

    def add_theme_events(self, events: Iterable[ThemeEvent]) -> None:
        """Append `events` in order."""
        append_lines(self.themes_path, (THEME_EVENTS.dump_json(event) for event in events))
