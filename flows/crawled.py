"""What crawls remember, as the warehouse and the doctor take it."""

from collections.abc import Iterator
from datetime import date

from pipeline.crawl.due import HAD
from pipeline.ids import text_hash
from pipeline.visits import CrawlState, DocumentEvent, Listing, Memory, Visit, crawl_folders, read_crawls, read_events
from pipeline.workspace import Workspace
from warehouse.facts import ListedRow


def list_documents(workspace: Workspace) -> tuple[ListedRow, ...]:
    """Every document that a publisher was ever seen to list, and what came of it."""
    return tuple(row for folder in crawl_folders(workspace.archive) for row in _describe_listings(Memory(folder)))


def document_events(workspace: Workspace) -> tuple[DocumentEvent, ...]:
    """Documents that were replaced, withdrawn or came back, oldest first within a source."""
    return tuple(event for folder in crawl_folders(workspace.archive) for event in read_events(folder))


def last_complete(workspace: Workspace) -> dict[str, date]:
    """The day on which each connector's last complete crawl ended."""
    return {
        record.connector: (record.ended_at or record.began_at).date()
        for folder in crawl_folders(workspace.archive)
        for record in read_crawls(folder)
        if record.state == CrawlState.COMPLETE
    }


def state_of_crawls(workspace: Workspace) -> str:
    """A hash of all that is published of the crawls."""
    rows = [repr(row) for row in list_documents(workspace)]
    events = [repr(event) for event in document_events(workspace)]
    return text_hash(*rows, *events, repr(sorted(last_complete(workspace).items())))


def _describe_listings(memory: Memory) -> Iterator[ListedRow]:
    for listing in memory.listings.latest():
        ref = listing.ref
        visit = memory.document(ref.url)
        outcome = _name_outcome(listing, visit)
        message = visit.message if visit and outcome != "fetched" else None
        yield ListedRow(ref.source, ref.connector, ref.url, ref.published, outcome, message, ref.restricted)


def _name_outcome(listing: Listing, visit: Visit | None) -> str:
    """fetched, passed_over, waiting, or what kept it from us."""
    if visit is not None and visit.sha256 is not None:
        return "fetched"
    if listing.is_passed_over:
        return "passed_over"
    return "waiting" if visit is None or visit.outcome in HAD else visit.outcome.value
