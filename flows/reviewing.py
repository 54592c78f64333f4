"""`perennial review`: rows out to theme leads, judgements back into the ledger."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flows.read import load_extractions, recommendations_of
from pipeline.ledger import Ledger
from pipeline.refusal import Refusal
from pipeline.registry import load_registry
from pipeline.settings import Settings
from pipeline.workspace import Workspace
from warehouse import reviews


class NotAReviewFile(Refusal):
    """A file that is not a queue or digest with judgements in it, in one sentence."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of one returned file."""

    added: int
    known: int
    rejected: tuple[reviews.RejectedRow, ...]


def export_queue(settings: Settings, file: Path, limit: int) -> int:
    """Write the rows most worth judging to `file`; their number."""
    return reviews.export_queue(Workspace(settings.data).warehouse, file, limit)


def import_reviews(settings: Settings, file: Path, now: datetime) -> Imported:
    """Append the good judgements of `file` to the ledger. They count from the next night on, and no run overrides them.

    Raises `NotAReviewFile` when nothing in it can be read.
    """
    slugs = {theme.slug for theme in load_registry(settings.themes).themes}
    rows = recommendations_of(load_extractions(settings, with_passages=False))
    known_ids = {row.recommendation_id for row in rows}
    try:
        judged, rejected = reviews.read_reviews(file, recorded_at=now, themes=slugs, recommendation_ids=known_ids)
    except ValueError as error:
        raise NotAReviewFile(f"{file.name} cannot be taken: {error}") from error
    added = Ledger(Workspace(settings.data).ledger).add_reviews(judged)
    return Imported(added, len(judged) - added, tuple(rejected))
