"""`perennial review`: rows out to theme leads, judgements back into the ledger."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.ledger import Ledger
from pipeline.settings import Settings
from pipeline.workspace import Workspace
from warehouse import reviews


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of one returned file."""

    added: int
    known: int
    rejected: tuple[reviews.Rejected, ...]


def export_queue(settings: Settings, file: Path, limit: int) -> int:
    """Write the rows most worth judging to `file`; their number."""
    return reviews.export_queue(Workspace(settings.data).warehouse, file, limit)


def import_reviews(settings: Settings, file: Path, now: datetime) -> Imported:
    """Append the good judgements of `file` to the ledger. They count from the next night on, and no run overrides them."""
    workspace = Workspace(settings.data)
    read = reviews.read_reviews(workspace.warehouse, file, recorded_at=now)
    added = Ledger(workspace.ledger).add_reviews(read.reviews)
    return Imported(added, len(read.reviews) - added, read.rejected)
