"""What a night finds damaged or half done by others, mends, and tells of: one issue for each fault."""

from collections.abc import Iterator
from pathlib import Path

from flows.deliver import was_cut_off
from flows.inbox import MANIFEST
from flows.order import Order
from flows.publish import find_altered
from pipeline.issues import append_issues, stamp_run
from pipeline.mending import Mended, mend_once, mend_twice
from pipeline.records import Issue, Level
from pipeline.stages import DAMAGED
from pipeline.store import clear_unfinished
from pipeline.visits import CrawlRecord, CrawlState, Memory, crawl_folders, read_crawls
from pipeline.workspace import Workspace, hold_ledger

UNREADABLE = "unreadable.txt"  # in the ledger: lines that nobody can read any more


def mend_lines(order: Order, left: str | None) -> tuple[str, ...]:
    """Tell of the run before, where it was stopped, and mend every file of lines that it or the disk left damaged.

    One sentence for each file of which something is lost for good.
    """
    workspace = order.workspace
    issues = []
    with hold_ledger(workspace):
        aside = workspace.ledger / UNREADABLE
        mended = {path: mend_twice(path, aside) for path in _list_twice(workspace)}
    mended |= {path: mend_once(path) for path in _list_once(workspace)}
    for path, one in mended.items():
        if one.put_back or (one.lost and not (one.is_torn and left)):  # a kill leaves half a line: told already
            issues.append(_tell_mended(path.relative_to(workspace.data), one))
            if one.lost and path.parent.parent == workspace.crawls:
                _list_again(path.parent, order)
    if left is not None:
        for folder in (workspace.stages, workspace.digests):
            clear_unfinished(folder)
    if left is not None and not was_cut_off(workspace):  # or the delivery tells of it, and of the message in doubt
        issues.append(_tell_stopped(left))
    _append(order, issues)
    return tuple(one.message for one in issues if one.level == Level.ERROR)


def note_set_aside(order: Order) -> None:
    """Tell of results of stages that were damaged on the disk and have been made again, and delete what is left."""
    damaged = sorted(order.workspace.stages.rglob(f"*{DAMAGED}"))
    names = (path.relative_to(order.workspace.data).as_posix().removesuffix(DAMAGED) for path in damaged)
    _append(order, [_warn("result_damaged", f"{name} was damaged on the disk; it was made again.") for name in names])
    for path in damaged:
        path.unlink()


def note_altered(order: Order) -> bool:
    """Tell of published files that are gone or changed; whether there are any, so that all is published again."""
    altered = find_altered(order.settings)
    if altered:
        more = f" and {len(altered) - 1} others" if altered[1:] else ""
        said = f"{altered[0]}{more} had been changed or deleted since the last night; everything is published again."
        _append(order, [_warn("published_altered", said)])
    return bool(altered)


def _list_again(folder: Path, order: Order) -> None:
    """Begin a crawl of the whole window: it reads known pages from the archive, and asks for what is not remembered."""
    crawls = read_crawls(folder)
    if crawls:
        last = crawls[-1]
        begun = CrawlRecord(order.run_id, last.connector, order.started_at, last.since, CrawlState.BEGUN)
        Memory(folder).add_crawl(begun)


def _list_twice(workspace: Workspace) -> Iterator[Path]:
    """Files whose lines cannot be made again."""
    yield from sorted(workspace.ledger.glob("*.jsonl"))
    yield from (workspace.archive / "fetches.jsonl", workspace.inbox / MANIFEST)
    yield from (folder / "events.jsonl" for folder in crawl_folders(workspace.archive))


def _list_once(workspace: Workspace) -> Iterator[Path]:
    """Files whose lines are learned again, or missed by nobody but who reads history."""
    yield workspace.runs
    names = ("crawls.jsonl", "listings.jsonl", "visits.jsonl")
    yield from (folder / name for folder in crawl_folders(workspace.archive) for name in names)


def _tell_stopped(left: str) -> Issue:
    said = f"The run before was stopped before its end{left}; this one went on where it was."
    return Issue("", "run", Level.WARNING, "night_interrupted", said)


def _tell_mended(path: Path, mended: Mended) -> Issue:
    if mended.lost and path.parts[0] in ("ledger", "archive", "inbox") and "crawls" not in path.parts:
        said = f"Lost: {_count(mended.lost)} of {path} without a copy; compare ledger/{UNREADABLE} with a backup."
        return Issue("", "run", Level.ERROR, "line_lost", said)
    if mended.put_back:
        return _warn("line_mended", f"Put back from the copy: {_count(mended.put_back)} of {path}.")
    return _warn("line_lost", f"Taken out: {_count(mended.lost)} of {path}; what was told there is asked again.")


def _count(lines: int) -> str:
    return "1 damaged line" if lines == 1 else f"{lines} damaged lines"


def _warn(code: str, said: str) -> Issue:
    return Issue("", "run", Level.WARNING, code, said)


def _append(order: Order, issues: list[Issue]) -> None:
    append_issues(order.workspace.issues / f"{order.run_id}.jsonl", stamp_run(issues, order.run_id))
