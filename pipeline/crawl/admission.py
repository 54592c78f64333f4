"""Takes what a healthy crawl fetched into the archive's lines, from which everything later is made."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.crawl.due import HAD
from pipeline.crawl.walk import Seen
from pipeline.records import StoredFile
from pipeline.store import Archive, hash_key
from pipeline.visits import CrawlRecord, DocumentEvent, EventKind, Memory, Visit
from pipeline.web import Outcome

EDGE = timedelta(days=7)  # a document this close to where the window begins may leave it without being withdrawn


@dataclass(frozen=True, slots=True)
class Admitted:
    """What became of a crawl's documents: how many are new in the archive's lines, and what happened to known ones."""

    new: int
    events: tuple[DocumentEvent, ...]
    lost: tuple[Visit, ...] = ()  # documents that were asked for tonight in vain


def admit_documents(
    memory: Memory, archive: Archive, crawl: CrawlRecord, seen: Seen, now: datetime, *, is_whole: bool
) -> Admitted:
    """Admit every document held, and note what was replaced, withdrawn or came back.

    `is_whole`: the crawl listed its whole window, so that what it did not meet is not listed any more. What was done
    before is not done again, so a kill in between costs nothing.
    """
    new = 0
    noted = {(event.url, event.kind, event.sha256) for event in memory.events()}
    withdrawn = {event.url: event.kind == EventKind.WITHDRAWN for event in memory.events()}
    events: list[DocumentEvent] = []
    lost: list[Visit] = []
    for visit in memory.documents():
        if visit.outcome not in HAD and visit.fetched_at >= now:
            lost.append(visit)
        if visit.sha256 is None or visit.ref is None or visit.content_at is None:
            continue
        media = visit.media_type or ""
        new += archive.admit(StoredFile(visit.sha256, visit.size, visit.content_at, media, visit.ref))
        if visit.replaces and (visit.url, EventKind.REPLACED, visit.replaces) not in noted:
            events.append(_make_event(visit, EventKind.REPLACED, now, sha256=visit.replaces, by=visit.sha256))
        events += _note_withdrawal(visit, crawl, seen, now, is_whole=is_whole, was=withdrawn.get(visit.url, False))
    memory.add_events(events)
    return Admitted(new, tuple(events), tuple(lost))


def _note_withdrawal(
    visit: Visit, crawl: CrawlRecord, seen: Seen, now: datetime, *, is_whole: bool, was: bool
) -> Iterator[DocumentEvent]:
    reason = _why_withdrawn(visit, crawl, seen, is_whole=is_whole)
    if reason is not None and not was:
        yield _make_event(visit, EventKind.WITHDRAWN, now, sha256=visit.sha256 or "", reason=reason)
    elif reason is None and was and visit.outcome in HAD and hash_key(visit.url) in seen.named:
        yield _make_event(visit, EventKind.RETURNED, now, sha256=visit.sha256 or "")


def _why_withdrawn(visit: Visit, crawl: CrawlRecord, seen: Seen, *, is_whole: bool) -> str | None:
    ref = visit.ref
    if ref is not None and ref.withdrawn_on is not None:
        return f"the publisher withdrew it on {ref.withdrawn_on}"
    if visit.outcome == Outcome.GONE:
        return visit.message or "its address is gone"
    published = ref.published if ref else None
    in_window = published is not None and published >= crawl.since + EDGE
    if is_whole and in_window and hash_key(visit.url) not in seen.named:
        return "it is not listed any more"
    return None


def _make_event(
    visit: Visit, kind: EventKind, now: datetime, *, sha256: str, by: str | None = None, reason: str | None = None
) -> DocumentEvent:
    ref = visit.ref
    return DocumentEvent(
        connector=ref.connector if ref else "",
        source=ref.source if ref else "",
        url=visit.url,
        kind=kind,
        noticed_at=now,
        sha256=sha256,
        replaced_by=by,
        happened_on=ref.withdrawn_on if ref and kind == EventKind.WITHDRAWN else None,
        reason=reason,
    )
