"""Issues: one record for every problem met, appended to one line-based file a run."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from pydantic import TypeAdapter

from pipeline.records import Issue
from pipeline.store import append_lines, read_lines

_CODEC = TypeAdapter(Issue)


def append_issues(path: Path, issues: Iterable[Issue]) -> None:
    """Append `issues` to the JSON-lines file `path`, making its folder."""
    append_lines(path, (_CODEC.dump_json(issue) for issue in issues))


def read_issues(folder: Path) -> tuple[Issue, ...]:
    """All issues in the `*.jsonl` files of `folder`, oldest run first."""
    return tuple(issue for path in sorted(folder.glob("*.jsonl")) for issue in read_lines(path, _CODEC).records)


def stamp_run(issues: Iterable[Issue], run_id: str) -> tuple[Issue, ...]:
    """The same issues, marked as met in `run_id`."""
    return tuple(replace(issue, run_id=run_id) for issue in issues)
