"""`perennial review`: rows out to theme leads, judgements back into the ledger, and the page to judge on."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flows.grouping import load_grouping
from flows.read import load_extractions, recommendations_of
from pipeline.ledger import Ledger
from pipeline.records import Review
from pipeline.refusal import Refusal
from pipeline.registry import load_registry
from pipeline.settings import Settings
from pipeline.workspace import Workspace, hold_ledger
from warehouse import reviews
from warehouse.judgements import Known, read_judgement


class NotAReviewFile(Refusal):
    """A file that is not a queue or digest with judgements in it, in one sentence."""


class NoSuchGroup(Refusal):
    """A plain name that cannot be taken, in one sentence."""


class NobodyMayReview(Refusal):
    """The review page cannot be opened, because nobody could use it; one sentence."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of one returned file. `to_mend` holds the rejected rows, where there are any."""

    added: int
    known: int
    rejected: tuple[reviews.RejectedRow, ...]
    to_mend: Path | None


def export_queue(settings: Settings, file: Path, limit: int, theme: str | None = None) -> int:
    """Write the rows most worth judging to `file`, CSV or workbook by its name; their number."""
    known = {one.slug for one in load_registry(settings.themes).themes}
    if theme is not None and theme not in known:
        raise NotAReviewFile(f"There is no theme {theme!r}; the themes are {', '.join(sorted(known))}.")
    return reviews.export_queue(Workspace(settings.data).warehouse, file, limit, theme)


def import_reviews(settings: Settings, file: Path, now: datetime) -> Imported:
    """Append the good judgements of `file` to the ledger, and write the bad rows beside it, with the reason, to mend.

    They count from the next night on, and no run overrides them. Raises `NotAReviewFile` when nothing can be read.
    """
    workspace = Workspace(settings.data)
    slugs = {theme.slug for theme in load_registry(settings.themes).themes}
    rows = recommendations_of(load_extractions(settings, with_passages=False, with_refused=True))
    known_ids = {row.recommendation_id for row in rows}
    try:
        judged, rejected = reviews.read_reviews(file, recorded_at=now, themes=slugs, recommendation_ids=known_ids)
    except ValueError as error:
        raise NotAReviewFile(f"{file.name} cannot be taken: {error}") from error
    with hold_ledger(workspace):
        added = Ledger(workspace.ledger).add_reviews(judged)
    return Imported(added, len(judged) - added, tuple(rejected), _send_back(file, rejected) if rejected else None)


def name_common(settings: Settings, common_id: str, name: str, by: str, now: datetime) -> Review:
    """Record what a person calls a common recommendation. Raises `NoSuchGroup`."""
    found = [one for one in load_grouping(settings).commons if one.common_id == common_id]
    if not found:
        raise NoSuchGroup(f"There is no common recommendation {common_id!r} tonight; see common_recommendations.")
    if not name.strip():
        raise NoSuchGroup("A name has at least one letter; `withdrawn` takes one away.")
    row_id = found[0].representative_id
    cells = {"recommendation_id": row_id, "common_id": common_id, "plain_name": name, "reviewer": by}
    try:
        [review] = read_judgement({**cells, "reviewed_on": now.date().isoformat()}, now, Known())
    except ValueError as error:
        raise NoSuchGroup(f"The name cannot be taken: {error}") from error
    with hold_ledger(Workspace(settings.data)):
        Ledger(Workspace(settings.data).ledger).add_reviews([review])
    return review


def serve_review(settings: Settings) -> None:
    """Serve the review page until stopped. Raises `NobodyMayReview` without a proxy's header and without accounts."""
    import uvicorn

    from flows.review_app.accounts import has_accounts
    from flows.review_app.web import make_app

    page = settings.review
    if page.user_header is None and not has_accounts(Workspace(settings.data).accounts):
        raise NobodyMayReview("Nobody can sign in yet; open an account with `perennial review account NAME`.")
    uvicorn.run(make_app(settings), host=page.host, port=page.port, log_level="warning", server_header=False)


def _send_back(file: Path, rejected: list[reviews.RejectedRow]) -> Path:
    target = file.with_name(f"{file.stem}-to-mend.csv")
    try:
        reviews.write_rejected(target, rejected)
    except OSError as error:
        raise NotAReviewFile(
            f"The good rows of {file.name} were taken; the bad ones could not be written to {target}: {error.strerror}."
        ) from error
    return target
