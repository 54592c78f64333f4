"""What a reviewer may see and do, apart from HTTP: the queue, one ask, its page as a picture, a judgement."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.ids import text_hash
from pipeline.isolate import Limits, run_isolated
from pipeline.ledger import Ledger
from pipeline.records import Review
from pipeline.registry import load_registry
from pipeline.settings import Settings
from pipeline.store import Archive, write_whole
from pipeline.workspace import Workspace, hold_ledger
from warehouse.judgements import JUDGING, Known, is_judged, read_judgement
from warehouse.review_rows import Ask, find_document, list_queue, list_themes, load_ask, search_asks

DRAWING_SECONDS = 60
PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Who sits at the desk."""

    name: str
    may_see_restricted: bool = False


@dataclass(frozen=True, slots=True)
class Queue:
    """The rows to judge, and how far each theme is."""

    rows: tuple[dict[str, Any], ...]
    themes: tuple[dict[str, Any], ...]


class Desk:
    """The review page's work on one data folder. Every answer depends on who asks."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._workspace = Workspace(settings.data, settings.archive_root)

    @property
    def _warehouse(self) -> Path:
        return self._workspace.warehouse

    def queue(self, reviewer: Reviewer, theme: str | None) -> Queue:
        """What is most worth judging, without what was judged since the last night."""
        rows = list_queue(
            self._warehouse,
            theme=theme,
            may_see_restricted=reviewer.may_see_restricted,
            done=self._judged_since_the_night(),
        )
        return Queue(tuple(rows), tuple(list_themes(self._warehouse)))

    def themes(self) -> tuple[dict[str, Any], ...]:
        """The themes there are, with how far each is."""
        return tuple(list_themes(self._warehouse))

    def search(self, reviewer: Reviewer, words: str) -> list[dict[str, Any]]:
        """Asks that hold `words`."""
        return search_asks(self._warehouse, words, may_see_restricted=reviewer.may_see_restricted)

    def ask(self, reviewer: Reviewer, recommendation_id: str) -> Ask | None:
        """One ask; None when it is not there or not for this reviewer."""
        return load_ask(self._warehouse, recommendation_id, may_see_restricted=reviewer.may_see_restricted)

    def document(self, reviewer: Reviewer, sha256: str) -> dict[str, Any] | None:
        """The document of an ask; None when it is not there or not for this reviewer."""
        return find_document(self._warehouse, sha256, may_see_restricted=reviewer.may_see_restricted)

    def said(self, recommendation_id: str) -> list[Review]:
        """Every judgement on the row, the latest first, also those of today."""
        reviews = Ledger(self._workspace.ledger).reviews().records
        return [one for one in reversed(reviews) if one.recommendation_id == recommendation_id]

    def picture(self, ask: Ask, page: int) -> bytes | None:
        """The page as PNG with the ask's boxes marked; None when it cannot be drawn. Drawn apart, and kept."""
        sha256 = ask.row["sha256"]
        boxes = tuple(box for box in ask.boxes if box.page == page)
        kept = self._workspace.stages / "pictures" / f"{sha256[:16]}-{page}-{text_hash(repr(boxes))}.png"
        if kept.exists():
            return kept.read_bytes()
        from pipeline.reading.render import PageOrder, render_page  # its library is slow to load

        order = PageOrder(Archive(self._workspace.archive, self._workspace.blobs).read(sha256), page, boxes)
        limits = Limits(DRAWING_SECONDS, self._settings.worker_memory_mb * 2**20)
        (outcome,) = run_isolated(render_page, [order], workers=1, limits=limits)
        if outcome.result is None:
            return None
        write_whole(kept, outcome.result)
        return outcome.result

    def judge(self, reviewer: Reviewer, ask: Ask, answers: Mapping[str, str], now: datetime) -> int:
        """Take in one reviewer's answers on `ask`; how many were news.

        What is judged comes from the warehouse, not from the form. Raises `CellError` with one sentence.
        """
        theme = answers.get("theme", "")
        given = next((str(one["is_given"]).lower() for one in ask.questions if one["theme"] == theme), "")
        cells = {
            **{name: " ".join(answers.get(name, "").split()) for name in JUDGING},
            "recommendation_id": ask.row["recommendation_id"],
            "theme": theme,
            "theme_given": given,
            "common_id": ask.row["common_id"] or "",
            "status": ask.row["status"],
            "addressee": "; ".join(ask.row["addressees"]),
            "reviewer": reviewer.name,
            "reviewed_on": now.date().isoformat(),
        }
        if not is_judged(cells):
            return 0
        slugs = {one.slug for one in load_registry(self._settings.themes).themes}
        reviews = read_judgement(cells, now, Known(slugs, {ask.row["recommendation_id"]}))
        with hold_ledger(self._workspace):
            return Ledger(self._workspace.ledger).add_reviews(reviews)

    def _judged_since_the_night(self) -> set[tuple[str, str]]:
        built = datetime.fromtimestamp(self._warehouse.stat().st_mtime, UTC)
        return {
            (one.recommendation_id, one.theme or "")
            for one in Ledger(self._workspace.ledger).reviews().records
            if one.question in ("theme", "extraction") and one.recorded_at >= built
        }
