"""Fills the archive from one connector: what it lists and has not yet been kept is fetched and kept."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from flows.crawling import crawl_publisher, is_live, relax_expectations
from flows.inbox import MANIFEST
from flows.pulled import Pulled, SourceFailed
from pipeline.fetch import Fetcher
from pipeline.ids import content_hash
from pipeline.media import media_type
from pipeline.records import Issue, Level, Listed, StoredFile
from pipeline.settings import Settings
from pipeline.spec import Bounds
from pipeline.store import Archive
from pipeline.workspace import Workspace
from sources import HERE, Source


@dataclass(frozen=True, slots=True)
class Shelf:
    """A connector's listing and the folder its files lie in."""

    listing: Path
    folder: Path


def pull_documents(
    settings: Settings, source: Source, fetcher: Fetcher, *, stream: str | None, since: date | None, now: datetime
) -> Pulled:
    """Keep every document that `source` lists and the archive lacks.

    `stream` restricts the inbox to one source; `since` leaves out what was published before it.
    Raises `SourceFailed` when the listing cannot be read or is shorter than its facts allow.
    """
    workspace = Workspace(settings.data, settings.archive_root)
    if is_live(source):
        asked = relax_expectations(source) if settings.replica else source
        return crawl_publisher(workspace, asked, fetcher, years=settings.years, since=since, now=now)
    return _pull_shelf(workspace, source, stream=stream, since=since, now=now)


def _pull_shelf(
    workspace: Workspace, source: Source, *, stream: str | None, since: date | None, now: datetime
) -> Pulled:
    """What lies on this machine: the inbox, and the bundled sample."""
    name = source.spec.name
    shelf = _shelf_of(name, workspace)
    try:
        listing = shelf.listing.read_bytes() if shelf.listing.exists() else b""
        listed = source.parser.list_documents(listing)
    except (OSError, ValueError) as error:
        raise SourceFailed(f"The listing of {name} cannot be read: {error}.") from error
    _check_yield(name, len(listed), source.spec.expected.documents)
    archive = Archive(workspace.archive, workspace.blobs)
    wanted = [item for item in listed if _is_wanted(item, stream, since)]
    outcomes = [_keep(archive, shelf.folder, item, now) for item in wanted]
    new = sum(outcome is True for outcome in outcomes)
    return Pulled(name, len(wanted), new, tuple(issue for issue in outcomes if isinstance(issue, Issue)))


def _shelf_of(name: str, workspace: Workspace) -> Shelf:
    if name == "inbox":
        return Shelf(workspace.inbox / MANIFEST, workspace.inbox)
    return Shelf(HERE / name / "listing.json", HERE / name / "documents")


def _check_yield(name: str, count: int, bounds: Bounds) -> None:
    """Emptiness and shrinkage are errors: a short listing never passes for a quiet night."""
    if count < bounds.min:
        raise SourceFailed(f"{name} listed {count} documents, and a healthy night lists at least {bounds.min}.")


def _is_wanted(item: Listed, stream: str | None, since: date | None) -> bool:
    fits = stream is None or item.ref.source == stream
    return fits and (since is None or item.ref.published is None or item.ref.published >= since)


def _keep(archive: Archive, folder: Path, item: Listed, now: datetime) -> bool | Issue:
    """True when the archive gained something; an issue when the file could not be read."""
    path = folder / Path(item.file).name
    try:
        content = path.read_bytes()
    except OSError as error:
        message = f"{path.name} is listed but cannot be read: {error.strerror}."
        return Issue(item.ref.source, "fetch", Level.ERROR, "file_missing", message, item.ref.url)
    line = StoredFile(content_hash(content), len(content), now, media_type(content, path.name), item.ref)
    return archive.add(content, line)
