"""The operator's weekly summary: how the nights went, what is open, and how all that is looked after stands."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from flows.doctor import examine
from flows.notify import describe_troubles
from flows.order import RUN
from flows.troubles import find_troubles, issues_of
from pipeline.records import Issue, Level, RunRecord
from pipeline.settings import Settings
from pipeline.store import read_lines
from pipeline.workspace import Workspace

DAYS = 7


def summarise_week(settings: Settings, now: datetime) -> str:
    """The last seven days and the present state, as plain text."""
    since = now - timedelta(days=DAYS)
    runs = [run for run in read_lines(Workspace(settings.data).runs, RUN).records if run.started_at >= since]
    troubles = find_troubles(settings, now)
    findings = examine(settings, now)
    lines = [
        f"The week to {now:%d/%m/%Y}",
        "",
        *_describe_runs(runs),
        *_describe_issues([issue for run in runs for issue in issues_of(Workspace(settings.data), run)]),
        "",
        describe_troubles(troubles) if troubles else "Nothing needs a person.",
        "",
        *(f"{'FAULT ' if one.is_fault else ''}{one.what}: {one.finding}" for one in findings),
    ]
    return "\n".join(lines)


def _describe_runs(runs: Sequence[RunRecord]) -> Iterator[str]:
    if not runs:
        yield "No night was run."
        return
    states = ", ".join(f"{count} {state}" for state, count in sorted(Counter(run.state for run in runs).items()))
    yield f"{len(runs)} runs: {states}."
    documents, rows = sum(run.documents_new for run in runs), sum(run.recommendations_new for run in runs)
    yield f"{documents} new documents, {rows} new recommendations."
    ended = [(run.finished_at - run.started_at).total_seconds() for run in runs if run.finished_at]
    if ended:
        yield f"A run took {sum(ended) / len(ended) / 60:.1f} minutes on average, {max(ended) / 60:.1f} at most."
    stages = {stage for run in runs for stage in run.seconds_by_stage}
    spent = {stage: sum(run.seconds_by_stage.get(stage, 0) for run in runs) / 60 for stage in sorted(stages)}
    if spent:
        yield "Minutes spent: " + ", ".join(f"{stage} {minutes:.1f}" for stage, minutes in spent.items()) + "."
    lost = Counter(name for run in runs for name in run.sources_missing)
    if lost:
        yield "Lost: " + ", ".join(f"{name} in {count}" for name, count in sorted(lost.items())) + "."


def _describe_issues(issues: Sequence[Issue]) -> Iterator[str]:
    """How many there were in the week, by level and code."""
    for level in Level:
        codes = Counter(issue.code for issue in issues if issue.level == level)
        if codes:
            told = ", ".join(f"{count} {code}" for code, count in sorted(codes.items()))
            yield f"Issues, {level.value}: {told}."
