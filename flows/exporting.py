"""`perennial warc`: what was fetched from publishers, as one file that web archives read."""

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from pipeline.refusal import Refusal
from pipeline.store import Archive
from pipeline.visits import Memory, Visit, crawl_folders
from pipeline.warc import write_warc
from pipeline.workspace import Workspace


class NothingCrawled(Refusal):
    """There is nothing to export, in one sentence."""


def export_warc(workspace: Workspace, path: Path, source: str | None) -> int:
    """Write what crawls kept, of one source or of all, to `path` (.warc.gz); the number of records."""
    folders = [folder for folder in crawl_folders(workspace.archive) if source in (None, folder.name)]
    if not folders:
        raise NothingCrawled(f"Nothing was fetched from {source or 'any publisher'} into {workspace.data} yet.")
    beside = path.with_name(f".{path.name}.part")
    with beside.open("wb") as file:
        archive = Archive(workspace.archive, workspace.blobs)
        count = write_warc(_list_visits(folders), archive, file, f"perennial {version('perennial')}")
    beside.replace(path)
    return count


def _list_visits(folders: list[Path]) -> Iterator[Visit]:
    for folder in folders:
        yield from Memory(folder).visits.all()
