"""`perennial backup` and `perennial restore`: what cannot be made again, in one verified file.

The file is a plain tar: the ledger first, then settings, inbox, archive, the leads' folders and the history of runs,
and a manifest with the SHA-256 of each at its end, so that a file that was cut short is known by its lack of one.
"""

import hashlib
import os
import shutil
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO

from pydantic import TypeAdapter, ValidationError

from flows.inbox import MANIFEST as INBOX_MANIFEST
from pipeline.ids import content_hash
from pipeline.refusal import Refusal
from pipeline.settings import Settings
from pipeline.store import append_lines
from pipeline.workspace import PRIVATE_MODE, SHARED_MODE, Workspace, hold, hold_ledger, lay_out

MANIFEST = "manifest.json"
FORMAT = 1
NAME = "perennial-{:%Y%m%dT%H%M%S}.tar"  # in a folder; the names sort by time
UNFINISHED = ".restoring"
PIECE = 1 << 20  # bytes
OWN_PROBLEMS = (OSError, tarfile.TarError)


class BackupRefused(Refusal):
    """A backup or restore that would lose something or cannot be trusted, in one sentence."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file in a backup; `name` is its place below the data folder, with forward slashes."""

    name: str
    size: int  # bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds, and what made it."""

    format: int
    made_at: datetime
    version: str
    files: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class BackupLine:
    """One line of the list of backups made."""

    made_at: datetime
    file: str
    files: int
    size: int


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What came of a backup. `damaged` are archived files that no longer match their name; `outside` is what
    the settings name and that lies elsewhere, or is secret, and so is not in it.
    """

    file: Path
    files: int
    size: int  # bytes
    damaged: tuple[str, ...]
    outside: tuple[str, ...]


MANIFESTS = TypeAdapter(Manifest)
BACKUP_LINES = TypeAdapter(BackupLine)


def back_up(settings: Settings, target: Path, now: datetime, *, keep: int | None = None) -> BackedUp:
    """Write a backup to `target`, a new file or a folder, while nothing else changes the data folder; read it again.

    With `keep` only so many backups stay in the folder `target`. Raises `Busy` while a run is under way, and
    `BackupRefused` when there is nothing to keep, the file exists, or it cannot be written.
    """
    workspace = Workspace(settings.data)
    file = _choose_file(workspace, target, now)
    beside = file.with_name(f".{file.name}.partial")
    try:
        with hold(workspace, now=now), hold_ledger(workspace):
            members = _write(beside, list_kept(settings), now)
        if _read(beside, None).files != members:
            raise BackupRefused(f"{file} does not read back as it was written; the disk may be failing.")
        beside.replace(file)
    except OWN_PROBLEMS as error:
        raise BackupRefused(f"The backup {file} cannot be written: {_say(error)}.") from error
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
    size = file.stat().st_size
    append_lines(workspace.backups, [BACKUP_LINES.dump_json(BackupLine(now, str(file), len(members), size))])
    if keep is not None and target.is_dir():
        for old in sorted(target.glob("perennial-????????T??????.tar"))[:-keep]:
            old.unlink()
    damaged = tuple(one.name for one in members if not _matches_name(one))
    return BackedUp(file, len(members), size, damaged, _name_outside(settings))


def restore(file: Path, data: Path) -> Manifest:
    """Put the backup `file` into the empty or new folder `data`; nothing is there before all of it was verified.

    Raises `BackupRefused` when the folder holds anything, or the file is no whole backup.
    """
    if data.is_file() or (data.is_dir() and {one.name for one in data.iterdir()} - {UNFINISHED, "lost+found"}):
        raise BackupRefused(f"{data} is not empty; a backup is restored into a new folder only.")
    beside = data / UNFINISHED
    try:
        data.mkdir(parents=True, exist_ok=True, mode=SHARED_MODE)
        shutil.rmtree(beside, ignore_errors=True)  # of a restore that was stopped
        beside.mkdir(mode=PRIVATE_MODE)
        manifest = _read(file, beside)
        _set_modes(Workspace(beside))
        for entry in sorted(beside.iterdir()):
            entry.replace(data / entry.name)
        lay_out(Workspace(data))
    except OWN_PROBLEMS as error:
        raise BackupRefused(f"{file} cannot be restored: {_say(error)}.") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return manifest


def list_kept(settings: Settings) -> Iterator[tuple[str, Path]]:
    """Name and place of every file that a backup holds, the ledger first."""
    workspace = Workspace(settings.data)
    folders = (workspace.ledger, workspace.inbox, workspace.archive, workspace.lead_folders, workspace.issues)
    top = [path for path in (workspace.data / "settings.yml", _own_registry(settings)) if path and path.is_file()]
    history = [path for path in (workspace.runs, workspace.backups) if path.is_file()]
    ledger, *others = (sorted(_files_below(folder), key=_lists_first) for folder in folders)
    for path in [*ledger, *top, *(path for files in others for path in files), *history]:
        yield path.relative_to(workspace.data).as_posix(), path


def _lists_first(path: Path) -> tuple[bool, str]:
    """A list is written after the files that it names, so whoever copies takes it before them."""
    return path.name != INBOX_MANIFEST, str(path)


def _files_below(folder: Path) -> Iterator[Path]:
    """Every file at any depth, without locks and half-written ones, whose names begin with a dot."""
    for place, names, files in os.walk(folder):
        for name in names:
            if (Path(place) / name).is_symlink():
                raise BackupRefused(f"{Path(place) / name} is a link to a folder, which a backup does not follow.")
        yield from (Path(place) / name for name in files if not name.startswith("."))


def _choose_file(workspace: Workspace, target: Path, now: datetime) -> Path:
    file = (target / NAME.format(now) if target.is_dir() else target).resolve()
    if not (workspace.archive.is_dir() or workspace.ledger.is_dir() or workspace.inbox.is_dir()):
        raise BackupRefused(f"{workspace.data} holds nothing to back up; --data names the data folder.")
    if workspace.data.resolve() in file.parents:
        raise BackupRefused(f"{file} is in the data folder itself; keep backups elsewhere, best on another disk.")
    if file.exists():
        raise BackupRefused(f"{file} exists; a backup overwrites nothing.")
    if not file.parent.is_dir():
        raise BackupRefused(f"There is no folder {file.parent}.")
    return file


def _write(path: Path, files: Iterable[tuple[str, Path]], now: datetime) -> tuple[Member, ...]:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as tar:
            members = tuple(_add(tar, name, place) for name, place in files)
            content = MANIFESTS.dump_json(Manifest(FORMAT, now, version("perennial"), members))
            tar.addfile(_describe(MANIFEST, len(content), now.timestamp()), BytesIO(content))
        stream.flush()
        os.fsync(stream.fileno())
    return members


def _add(tar: tarfile.TarFile, name: str, place: Path) -> Member:
    with place.open("rb") as stream:
        known = os.fstat(stream.fileno())
        content = _Hashed(stream)
        tar.addfile(_describe(name, known.st_size, known.st_mtime), content)  # only read from
    return Member(name, known.st_size, content.digest.hexdigest())


def _describe(name: str, size: int, changed: float) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mtime, info.mode = size, int(changed), 0o600
    return info


class _Hashed:
    """A stream whose bytes are hashed as they are read."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.digest = hashlib.sha256()
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        piece = self._stream.read(size)
        self.digest.update(piece)
        return piece


def _read(file: Path, folder: Path | None) -> Manifest:
    """Read a whole backup, write its files below `folder` where one is given, and hold all against its manifest.

    Raises `BackupRefused`; what was written so far is then worth nothing.
    """
    manifest, found = None, {}
    with tarfile.open(file, mode="r:") as tar:
        for info in tar:
            stream = tar.extractfile(info) if info.isreg() else None
            if stream is None or not _is_safe(info.name) or info.name in found or manifest is not None:
                raise BackupRefused(f"{file} holds {info.name[:100]!r}, which is not part of a backup.")
            if info.name == MANIFEST:
                manifest = _read_manifest(file, stream.read())
            else:
                found[info.name] = _copy(info.name, stream, folder)
    if manifest is None:
        raise BackupRefused(f"{file} has no manifest: it is no backup, or was cut short.")
    if manifest.format != FORMAT:
        raise BackupRefused(f"{file} was written by perennial {manifest.version}; this one cannot read it.")
    wrong = {one.name for one in manifest.files} ^ set(found)
    wrong |= {one.name for one in manifest.files if found.get(one.name) != one}
    if wrong:
        raise BackupRefused(
            f"{file} is damaged: {len(wrong)} files are not as its manifest says, such as {min(wrong)}."
        )
    return manifest


def _read_manifest(file: Path, content: bytes) -> Manifest:
    try:
        return MANIFESTS.validate_json(content)
    except ValidationError as error:
        raise BackupRefused(f"{file} has a manifest that this version of perennial cannot read.") from error


def _is_safe(name: str) -> bool:
    """Whether a member's name can only lie below the folder that it is put in."""
    parts = PurePosixPath(name).parts
    return bool(parts) and parts[0] != "/" and ".." not in parts and "\\" not in name


def _copy(name: str, stream: IO[bytes], folder: Path | None) -> Member:
    content = _Hashed(stream)
    size = 0
    if folder is None:
        while piece := content.read(PIECE):
            size += len(piece)
        return Member(name, size, content.digest.hexdigest())
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        while piece := content.read(PIECE):
            size += target.write(piece)
    return Member(name, size, content.digest.hexdigest())


def _set_modes(workspace: Workspace) -> None:
    """What leads and analysts share is open to the group again; the rest is the service's own."""
    for place, _, files in os.walk(workspace.data):
        folder = Path(place)
        is_shared = workspace.lead_folders in (folder, *folder.parents)
        folder.chmod(SHARED_MODE if is_shared else PRIVATE_MODE)
        for path in (folder / name for name in files):
            is_bytes = len(path.name) == len(content_hash(b"")) and workspace.archive in path.parents
            path.chmod(0o444 if is_bytes else 0o640 if is_shared else 0o600)  # archived bytes never change


def _matches_name(member: Member) -> bool:
    """False for archived bytes that no longer have the hash they are called by."""
    place = PurePosixPath(member.name)
    is_bytes = place.parts[0] == "archive" and len(place.parts) == 3 and len(place.name) == len(content_hash(b""))
    return not is_bytes or place.name == member.sha256


def _own_registry(settings: Settings) -> Path | None:
    """The theme registry that the settings name, where it lies in the data folder."""
    if settings.themes is None:
        return None
    path = settings.themes.resolve()
    return path if settings.data.resolve() in path.parents else None


def _name_outside(settings: Settings) -> tuple[str, ...]:
    """What the settings name and a backup lacks: what lies outside the data folder, a store, models, and secrets."""
    mail = settings.delivery.mail
    named = [settings.themes if _own_registry(settings) is None else None, settings.notify.webhook_ca_file]
    named += [Path(settings.encoder)] if settings.encoder and Path(settings.encoder).exists() else []
    named += [mail.password_file, mail.ca_file, settings.delivery.folder] if mail else [settings.delivery.folder]
    return tuple(str(one) for one in (*named, settings.archive_root) if one is not None)


def _say(error: Exception) -> str:
    """The reason in a few words, on one line."""
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
    return reason.splitlines()[0].rstrip(".")
