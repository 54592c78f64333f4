"""Where things lie in a data folder, and the lock that lets one run at a time change them."""

import errno
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.refusal import Refusal
from pipeline.remote import open_root
from pipeline.store import write_whole

HOLDER = ".lock.json"  # who holds the lock, for the sentence that refuses a second run
RESERVE = 1 << 18  # bytes
SHARED_MODE, PRIVATE_MODE = 0o750, 0o700  # of folders that a group may read, and of those nobody else may


class Unwritable(Refusal):
    """A data folder that this account cannot write to; one sentence."""


class Busy(Refusal):
    """Another run holds the data folder; one sentence."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """The folders under one data folder. `archive`, `ledger` and `inbox` are to be kept; the rest can be rebuilt."""

    data: Path
    archive_root: str | None = None  # where archived bytes lie, as a URL; None: in `archive`

    @property
    def blobs(self) -> Path:
        """Raw bytes by SHA-256."""
        return open_root(self.archive_root) if self.archive_root else self.archive

    @property
    def archive(self) -> Path:
        """Raw bytes by SHA-256, with their fetch lines."""
        return self.data / "archive"

    @property
    def crawls(self) -> Path:
        """One folder a publisher: what its crawls remember."""
        return self.archive / "crawls"

    @property
    def robots(self) -> Path:
        """What each host answered to /robots.txt, kept for a day."""
        return self.archive / "robots"

    @property
    def stages(self) -> Path:
        """Derived Parquet, disposable."""
        return self.data / "stages"

    @property
    def models(self) -> Path:
        """Embedding models as they are computed with, disposable."""
        return self.stages / "models"

    @property
    def ledger(self) -> Path:
        """People's decisions and identity events, append-only."""
        return self.data / "ledger"

    @property
    def published(self) -> Path:
        """The warehouse and what lies beside it."""
        return self.data / "published"

    @property
    def warehouse(self) -> Path:
        """The published DuckDB file."""
        return self.published / "warehouse.duckdb"

    @property
    def public(self) -> Path:
        """The published file without restricted documents."""
        return self.published / "public.duckdb"

    @property
    def digests(self) -> Path:
        """One folder a date, one CSV a theme."""
        return self.data / "digests"

    @property
    def lead_folders(self) -> Path:
        """One folder a lead, where the settings name no other place."""
        return self.data / "leads"

    @property
    def accounts(self) -> Path:
        """Who may sign in to the review page."""
        return self.ledger / "accounts.jsonl"

    @property
    def outbox(self) -> Path:
        """Messages that have not gone out yet; kept with the ledger, because they are owed."""
        return self.ledger / "outbox"

    @property
    def inbox(self) -> Path:
        """Documents people put in."""
        return self.data / "inbox"

    @property
    def issues(self) -> Path:
        """One JSON-lines file a run."""
        return self.data / "issues"

    @property
    def prefect(self) -> Path:
        """What Prefect's own server keeps."""
        return self.data / "logs" / "prefect"

    @property
    def runs(self) -> Path:
        """The run ledger: one line a run."""
        return self.data / "logs" / "runs.jsonl"

    @property
    def reserve(self) -> Path:
        """Room on the disk that is given up when there is no other, so that a full disk can be told of."""
        return self.data / "logs" / ".reserve"

    @property
    def backups(self) -> Path:
        """One line for each backup made of this folder."""
        return self.data / "logs" / "backups.jsonl"

    @property
    def notices(self) -> Path:
        """What the operator was told, so that nothing is told twice."""
        return self.ledger / "notices.jsonl"

    @property
    def private(self) -> tuple[Path, ...]:
        """Folders that only the service's own account may read."""
        return (self.archive, self.ledger, self.inbox, self.stages, self.issues, self.data / "logs")


def lay_out(workspace: Workspace) -> None:
    """Make the data folder and its private folders where they are missing. What is there keeps its mode."""
    workspace.data.mkdir(parents=True, exist_ok=True, mode=SHARED_MODE)
    for folder in workspace.private:
        if folder != workspace.inbox:  # made by the first document that somebody adds
            folder.mkdir(exist_ok=True, mode=PRIVATE_MODE)


@contextmanager
def hold(workspace: Workspace, *, now: datetime) -> Iterator[str | None]:
    """Hold the data folder for one run. Raises `Busy` at once when another run has it.

    Gives who held it before and did not let it go (killed, told to stop, or the machine stopped), in a few words; None
    when all did.
    """
    holder = workspace.data / HOLDER
    lock = FileLock(workspace.data / ".lock")
    try:
        lay_out(workspace)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise _busy(workspace) from error
    except OSError as error:
        raise _unwritable(workspace, error) from error
    try:
        left = _describe(holder) if holder.exists() else None
        _sign(workspace, now)
        yield left
    except Exception:
        holder.unlink(missing_ok=True)
        raise
    else:
        holder.unlink(missing_ok=True)
    finally:
        lock.release()  # who is told to stop (Ctrl-C, SIGTERM) leaves the holder: the next run says so


def check_free(workspace: Workspace) -> None:
    """Raises `Busy` when another run holds the data folder, `Unwritable` when nobody can: before slow work begins."""
    if not workspace.data.exists():
        return
    lock = FileLock(workspace.data / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise _busy(workspace) from error
    except OSError as error:
        raise _unwritable(workspace, error) from error
    lock.release()


def held_since(workspace: Workspace) -> datetime | None:
    """Since when a run has held the data folder; None when none does, or none can say."""
    try:
        check_free(workspace)
    except Busy:
        try:
            return datetime.fromisoformat(json.loads((workspace.data / HOLDER).read_text(encoding="utf-8"))["since"])
        except (OSError, ValueError, KeyError):
            return None
    except Unwritable:
        return None
    return None


def _sign(workspace: Workspace, now: datetime) -> None:
    """Say who holds the lock; on a full disk with the room that is kept for telling of it."""
    said = json.dumps({"pid": os.getpid(), "since": now.isoformat(timespec="seconds")}).encode()
    try:
        write_whole(workspace.data / HOLDER, said)
        if not workspace.reserve.exists():
            write_whole(workspace.reserve, bytes(RESERVE))
    except OSError as error:
        workspace.reserve.unlink(missing_ok=True)
        if error.errno != errno.ENOSPC:
            raise _unwritable(workspace, error) from error
        with suppress(OSError):
            write_whole(workspace.data / HOLDER, said)


def _unwritable(workspace: Workspace, error: OSError) -> Unwritable:
    return Unwritable(f"The data folder cannot be written to: {workspace.data}: {error.strerror}.")


def _busy(workspace: Workspace) -> Busy:
    return Busy(f"Another run is using {workspace.data}{_describe(workspace.data / HOLDER)}; wait for it to end.")


def _describe(holder: Path) -> str:
    """Who holds the lock, when they said so."""
    try:
        known = json.loads(holder.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    return f" (process {known['pid']}, since {known['since']})"


@contextmanager
def hold_ledger(workspace: Workspace) -> Iterator[None]:
    """Hold the ledger for one appending of judgements, so that two at once do not take in the same line twice."""
    workspace.ledger.mkdir(parents=True, exist_ok=True)
    with FileLock(workspace.ledger / ".lock", timeout=60):
        yield


@contextmanager
def hold_notices(workspace: Workspace) -> Iterator[bool]:
    """Hold the telling of troubles; False when another process is telling them at this moment."""
    workspace.ledger.mkdir(parents=True, exist_ok=True)
    lock = FileLock(workspace.ledger / ".notices.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()
