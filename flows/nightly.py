"""The nightly flow and its subflows: a table of contents. No parsing, no SQL, no judgement on data."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from prefect import State, flow

from flows import publish, tasks
from flows.order import (
    Errand,
    NightReport,
    Order,
    close_run,
    fail_run,
    failures_recorded,
    open_run,
    plan_night,
)
from flows.pull import Pulled, SourceFailed
from pipeline.records import RunRecord
from pipeline.workspace import hold
from sources import load_sources
from warehouse.build import ChecksFailed


@flow(name="night")
def night(data: Path, sources: Sequence[str] = (), since: date | None = None, as_of: date | None = None) -> NightReport:
    """One night over the data folder `data`: everything from discovery to digests.

    A publisher that fails is reported and left out; the others go on. Raises `Busy` when another run
    holds the folder, and `NightFailed` when something nobody foresaw stopped it.
    """
    order = plan_night(Path(data), tuple(sources), since, as_of, datetime.now().astimezone())
    with hold(order.workspace, now=order.started_at), failures_recorded(order):
        pulls = {errand: _outcome(pull(order, errand, return_state=True)) for errand in order.errands}
        run = open_run(order, pulls)
        tasks.read_documents(order.settings)
        state = publish.state_of(order.settings, order.as_of, run.sources_missing)
        quiet = publish.is_published(order.settings, state)
        report = _unchanged(run) if quiet else _publish_or_report(order, run, state)
        close_run(order, report.run, datetime.now().astimezone())
        lost = tuple(str(failure) for failure in pulls.values() if isinstance(failure, SourceFailed))
        return replace(report, failures=(*lost, *report.failures))


@flow(name="pull", flow_run_name="pull-{errand.connector}", validate_parameters=False)
def pull(order: Order, errand: Errand) -> Pulled:
    """One publisher's news into the archive."""
    source = load_sources()[errand.connector]
    return tasks.pull_documents(order.settings, errand.connector, source, errand.stream, order.since, order.started_at)


@flow(name="understand", validate_parameters=False)
def understand(order: Order) -> None:
    """Vectors, themes, common recommendations, links."""
    tasks.embed_texts(order.settings)
    tasks.assign_themes(order.settings, order.run_id, order.started_at)
    tasks.group_recommendations(order.settings, order.run_id, order.started_at)


@flow(name="publish", validate_parameters=False)
def publish_results(order: Order, run: RunRecord, state: str) -> list[Path]:
    """The warehouse, then the digests."""
    tasks.publish_night(order.settings, run, state)
    return tasks.write_digests(order.settings, order.as_of)


def _outcome(state: State[Pulled]) -> Pulled | SourceFailed:
    """What a publisher's subflow gave: a fault of that publisher is a value, any other fault is raised."""
    result = state.result(raise_on_failure=False)
    if isinstance(result, Pulled | SourceFailed):
        return result
    raise result


def _unchanged(run: RunRecord) -> NightReport:
    return NightReport(run, changed=False, new_documents=run.documents_new)


def _publish_or_report(order: Order, run: RunRecord, state: str) -> NightReport:
    """The night's work on what is new. A failed check leaves last night's file and is reported."""
    understand(order)
    try:
        written = publish_results(order, run, state)
    except ChecksFailed as error:
        failed = fail_run(order, run, "check_failed", tuple(str(finding) for finding in error.findings))
        return NightReport(failed, False, run.documents_new, tuple(str(finding) for finding in error.findings))
    return NightReport(run, changed=True, new_documents=run.documents_new, digests=len(written))
