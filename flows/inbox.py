"""Takes documents from people into the inbox, where the next night finds them."""

import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipeline.ids import content_hash
from pipeline.media import OTHER, SUFFIXES, media_type
from pipeline.records import DocumentRef, Listed
from pipeline.refusal import Refusal
from pipeline.store import append_twice
from pipeline.workspace import PRIVATE_MODE, Workspace
from sources import inbox

MANIFEST = "manifest.jsonl"
SOURCE_NAME = re.compile(r"[a-z][a-z0-9-]{0,60}")


@dataclass(frozen=True, slots=True)
class Addition:
    """What became of one file: `warning` says what is odd about it."""

    name: str
    sha256: str
    is_new: bool
    warning: str | None = None


class BadSourceName(Refusal):
    """A name for a stream that could not be told from others later."""


def check_source_name(name: str) -> None:
    """Raises `BadSourceName` unless `name` looks like `hmicfrs` or `health-and-safety`."""
    if not SOURCE_NAME.fullmatch(name):
        raise BadSourceName(f"A source is called by lower-case letters, digits and hyphens, not {name!r}.")


def read_manifest(workspace: Workspace) -> tuple[Listed, ...]:
    """Everything people have put in; nothing before the first addition."""
    manifest = workspace.inbox / MANIFEST
    return inbox.list_documents(manifest.read_bytes()) if manifest.exists() else ()


def add_documents(
    workspace: Workspace,
    paths: Iterable[Path],
    *,
    source: str,
    published: date | None,
    title: str | None,
    restricted: bool,
) -> Iterator[Addition]:
    """Copy each of `paths` into the inbox, as it is asked for, and note what is known of it.

    The same bytes under the same facts are taken once.
    """
    known = set(read_manifest(workspace))  # once: read for each file, thousands of them would take hours
    for path in paths:
        content = path.read_bytes()
        sha256 = content_hash(content)
        suffix = SUFFIXES.get(media_type(content, path.name), ".pdf")
        url = f"inbox:{sha256[:12]}/{path.name}"
        ref = DocumentRef("inbox", source, url, title, None, published, None, restricted)
        listed = Listed(ref, sha256 + suffix)
        is_new = listed not in known
        if is_new:
            _keep(workspace, path, listed)
            known.add(listed)
        yield Addition(path.name, sha256, is_new, _oddity(content, path))


def _keep(workspace: Workspace, path: Path, listed: Listed) -> None:
    kept = workspace.inbox / listed.file
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_MODE)
        shutil.copyfile(path, kept)
    append_twice(workspace.inbox / MANIFEST, [inbox.describe_addition(listed)])


def _oddity(content: bytes, path: Path) -> str | None:
    if not content:
        return f"{path.name} is empty."
    if media_type(content, path.name) == OTHER:
        told = "is neither a PDF nor a web page nor a CSV; it is kept, and the next run will list it as unread"
        return f"{path.name} {told}."
    return None
