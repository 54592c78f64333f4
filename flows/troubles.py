"""What needs a person, found in what nights leave behind: run ledger, issues, lock, outbox, disk."""

import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cronsim import CronSim
from pydantic import TypeAdapter

from flows.deliver import FOLDER
from flows.order import RUN
from pipeline.ids import text_hash
from pipeline.ledger import Ledger
from pipeline.records import Issue, Level, RunRecord
from pipeline.settings import Settings
from pipeline.store import read_lines
from pipeline.visits import CrawlState, read_crawls
from pipeline.workspace import Workspace, held_since

ISSUES = TypeAdapter(Issue)
GRACE = timedelta(hours=3)  # a night may wait for its turn, or for its machine to wake
LITTLE_DISK_GB = 2
RUNS_LOOKED_AT = 100


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that needs a person. Told once, and again only when `state` changes or it comes back."""

    key: str  # night, lines, source:<name>, stuck, late, delivery, disk
    state: str
    what: str  # one sentence
    todo: str  # one sentence


def find_troubles(settings: Settings, now: datetime) -> tuple[Trouble, ...]:
    """Everything that needs a person at `now`, most urgent first. Reads files only."""
    workspace = Workspace(settings.data)
    if not workspace.data.exists():
        return ()
    runs = read_lines(workspace.runs, RUN).records[-RUNS_LOOKED_AT:]
    since = held_since(workspace)
    return (
        *_find_stuck(since, settings.notify.stuck_hours, now),
        *_find_failed_night(workspace, runs),
        *_find_lost_lines(workspace, runs),
        *(_find_late(settings.schedule, runs, now) if since is None else ()),
        *_find_lost_sources(workspace, runs),
        *_find_owed(workspace),
        *_find_full_disk(workspace.data),
    )


def missed_since(schedule: str, last_began: datetime, now: datetime) -> datetime | None:
    """The latest night that `schedule`, a cron line in local time, asked for and that did not begin; None: all did."""
    due: datetime = next(CronSim(schedule, (now - GRACE).astimezone(), reverse=True))
    return due if due > last_began else None


def free_gigabytes(folder: Path) -> float:
    """Room on the disk that holds `folder`, or would hold it."""
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    return shutil.disk_usage(existing).free / 1e9


def issues_of(workspace: Workspace, run: RunRecord) -> tuple[Issue, ...]:
    """What was met in one run."""
    return read_lines(workspace.issues / f"{run.run_id}.jsonl", ISSUES).records


def _find_stuck(since: datetime | None, stuck_hours: float, now: datetime) -> Iterator[Trouble]:
    if since is not None and (hours := (now - since).total_seconds() / 3600) > stuck_hours:
        yield Trouble(
            "stuck",
            since.isoformat(),
            f"A run has held the data folder for {hours:.0f} hours, since {since:%d/%m/%Y %H:%M}.",
            "See whether it still works; if it hangs, end its process: the next run goes on where it was.",
        )


def _find_failed_night(workspace: Workspace, runs: Sequence[RunRecord]) -> Iterator[Trouble]:
    """Why is told by kind and check only: an error's own words may quote a restricted document."""
    if not runs or runs[-1].state != "failed":
        return
    last = runs[-1]
    issues = [one for one in issues_of(workspace, last) if one.code in ("check_failed", "night_failed")]
    checks = sorted({one.message.partition(":")[0] for one in issues if one.code == "check_failed"})
    why = f"did not pass its checks ({', '.join(checks)})" if checks else "was stopped by an error"
    yield Trouble(
        "night",
        text_hash(*checks, *(_without_numbers(one.message) for one in issues)),
        f"The night of {last.started_at:%d/%m/%Y %H:%M} {why}; what was published before stays.",
        f"Read logs/{last.run_id}.log and issues/{last.run_id}.jsonl in the data folder, mend the cause, then "
        "`perennial run`.",
    )


def _find_lost_lines(workspace: Workspace, runs: Sequence[RunRecord]) -> Iterator[Trouble]:
    """What the last night found damaged and could not put back: decisions of people, or what the archive knows."""
    issues = issues_of(workspace, runs[-1]) if runs else ()
    told = [one.message for one in issues if one.code == "line_lost" and one.level == Level.ERROR]
    if told:
        yield Trouble(
            "lines",
            text_hash(*told),
            f"Something was damaged on the disk and could not be put back. {' '.join(told)}",
            "Look at ledger/unreadable.txt in the data folder, restore a backup elsewhere and compare; check the disk.",
        )


def _find_late(schedule: str, runs: Sequence[RunRecord], now: datetime) -> Iterator[Trouble]:
    if runs and (due := missed_since(schedule, runs[-1].started_at, now)):
        yield Trouble(
            "late",
            runs[-1].run_id,
            f"No night has begun since {runs[-1].started_at:%d/%m/%Y %H:%M}; one was due on {due:%d/%m/%Y at %H:%M}.",
            "See whether `perennial serve`, or the server and a worker, still run.",
        )


def _find_lost_sources(workspace: Workspace, runs: Sequence[RunRecord]) -> Iterator[Trouble]:
    """Each source that was lost when it was last asked; a night that an error stopped says nothing of its sources."""
    latest = {name: run for run in runs if run.finished_at and run.state != "failed" for name in run.connectors}
    for name, run in sorted(latest.items()):
        if name not in run.sources_missing:
            continue
        told = [one.message for one in issues_of(workspace, run) if one.code == "source_lost" and one.source == name]
        crawls = read_crawls(workspace.crawls / name)
        if crawls and crawls[-1].state == CrawlState.STOPPED:
            todo = (
                "Look at the publisher's site: if it has changed, its parser or what sources/<name>.yml expects must "
                f"follow; then `perennial run --source {name}`. Nothing of this crawl was let in."
            )
        else:
            todo = f"It is asked again next night; if it stays lost, try `perennial run --source {name}`."
        what = told[-1] if told else f"{name} was lost."
        yield Trouble(f"source:{name}", text_hash(_without_numbers(what)), f"Source lost: {what}", todo)


def _find_owed(workspace: Workspace) -> Iterator[Trouble]:
    lines = [one for one in Ledger(workspace.ledger).sendings().records if one.channel == FOLDER]
    sent = {(one.theme, one.as_of) for one in lines if one.event == "sent"}
    folders = len({(one.theme, one.as_of) for one in lines if one.event == "told"} - sent)
    messages = len(list(workspace.outbox.glob("*.eml")))
    if folders or messages:
        parts = [f"{messages} messages"] * bool(messages) + [f"{folders} folders of leads"] * bool(folders)
        yield Trouble(
            "delivery",
            f"{bool(messages)} {bool(folders)}",
            f"Digests have not gone out yet: {' and '.join(parts)}.",
            "See why in the issues view (code not_delivered), mend it, then `perennial deliver`.",
        )


def _find_full_disk(folder: Path) -> Iterator[Trouble]:
    if (free := free_gigabytes(folder)) < LITTLE_DISK_GB:
        yield Trouble(
            "disk",
            "full",
            f"The disk of the data folder has {free:.1f} GB left.",
            "Make room: stages/ and old digests/ can be deleted, and are made again.",
        )


def _without_numbers(sentence: str) -> str:
    """A reason without its counts and example, so that 41 documents instead of 40 are not told as news."""
    return re.sub(r"\d+", "#", sentence.partition("(")[0])
