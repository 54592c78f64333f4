"""The nightly flow and its subflows: a table of contents. No parsing, no SQL, no judgement on data."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from contextvars import copy_context
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from prefect import flow, get_run_logger
from prefect.concurrency.sync import concurrency

from flows import publish, tasks
from flows.crawling import open_fetcher
from flows.iteration import Stop, Stopwatch, uncollected
from flows.mending import mend_lines, note_altered, note_set_aside
from flows.notify import operator_told
from flows.order import (
    Errand,
    NightReport,
    Order,
    close_run,
    fail_run,
    failures_recorded,
    mark_origin,
    open_run,
    plan_night,
)
from flows.pulled import Pulled, SourceFailed
from flows.read import Work
from pipeline.fetch import Fetcher
from pipeline.records import RunRecord
from pipeline.stages import StageIncomplete
from pipeline.workspace import hold
from sources import load_sources
from warehouse.build import ChecksFailed
from warehouse.withholding import NamesSurvived

MOST_PUBLISHERS = 16  # asked side by side
REMADE = 3  # times that damaged results are made again in one night: of reading, of vectors, and for good measure
HOST_LEASE_SECONDS = 60  # after which a killed night no longer keeps others from a host


@flow(name="night")
def night(
    data: Path,
    sources: Sequence[str] = (),
    since: date | None = None,
    as_of: date | None = None,
    replica: str | None = None,
) -> NightReport:
    """One night over the data folder `data`: everything from discovery to digests.

    With `replica` every request goes to that address on this machine. A publisher that fails is reported and left
    out; the others go on. Raises `Busy` when another run holds the folder, and `NightFailed` when something nobody
    foresaw stopped it.
    """
    order = plan_night(Path(data), tuple(sources), since, as_of, datetime.now().astimezone(), replica)
    with operator_told(order), hold(order.workspace, now=order.started_at) as left, failures_recorded(order):
        watch = Stopwatch()
        damage = mend_lines(order, left)
        mark_origin(order)
        pulls = watch.time("pull", lambda: _ask_all(order, watch))
        run = open_run(order, pulls)
        watch.time("read", lambda: tasks.read_documents(order.settings))
        state = publish.state_of(order.settings, order.as_of, run.sources_missing)
        quiet = not note_altered(order) and publish.is_published(order.settings, state)
        report = _unchanged(run) if quiet else _work_and_publish(order, run, state, watch)
        undelivered = watch.time(
            "deliver", lambda: tasks.deliver_digests(order.settings, order.run_id, order.started_at)
        )
        ended = replace(report.run, seconds_by_stage=dict(watch.seconds))
        close_run(order, ended, datetime.now().astimezone())
        _log_run(ended)
        lost = tuple(str(failure) for failure in pulls.values() if isinstance(failure, SourceFailed))
        return replace(report, failures=(*damage, *lost, *report.failures, *undelivered))


@flow(name="pull", flow_run_name="pull-{errand.connector}", validate_parameters=False)
def pull(order: Order, errand: Errand, fetcher: Fetcher) -> Pulled:
    """One publisher's news into the archive; its hosts are asked by one night at a time where a server has limits.

    The limits hold leases: a task's tag limit has none, and a killed night would keep its place for good.
    """
    source = load_sources()[errand.connector]
    with concurrency([host_limit(host) for host in source.spec.hosts], lease_duration=HOST_LEASE_SECONDS):
        return tasks.pull_documents(order.settings, source, fetcher, errand.stream, order.since, order.started_at)


@flow(name="understand", validate_parameters=False)
def understand(order: Order) -> Work:
    """Vectors, themes, common recommendations, links. How many recommendations there are, and how many are new.

    Passages, most of what is embedded, and what may become a theme beside the rest: only publication needs them.
    """
    tasks.embed_asks(order.settings)
    stop = Stop()
    passages = tasks.embed_passages.submit(order.settings, stop)
    try:
        assigned = tasks.assign_themes(order.settings, order.run_id, order.started_at)
        proposed = tasks.propose_themes.submit(order.settings, order.run_id, order.started_at, order.as_of)
        tasks.group_recommendations(order.settings, order.run_id, order.started_at)
        proposed.result()
        passages.result()
    finally:
        stop.tell()  # who stops the night, or a fault that does, need not wait for the rest of them
    return assigned


@flow(name="publish", validate_parameters=False)
def publish_results(order: Order, run: RunRecord, state: str) -> list[Path]:
    """The warehouse, then the digests."""
    note_set_aside(order)
    tasks.publish_night(order.settings, run)
    written = tasks.write_digests(order.settings, order.as_of, run.run_id)
    publish.close_night(order.settings, order.as_of, state)
    return written


def host_limit(host: str) -> str:
    """The name of a server's limit on how many nights may ask `host` at a time."""
    return f"host-{host}"


def _ask_all(order: Order, watch: Stopwatch) -> dict[Errand, Pulled | SourceFailed]:
    """Every publisher's subflow, side by side: each waits for its own hosts."""
    with closing(open_fetcher(order.settings)) as fetcher, ThreadPoolExecutor(MOST_PUBLISHERS) as pool:
        asked = {
            errand: pool.submit(copy_context().run, _ask, order, errand, fetcher, watch)  # in context, it is a subflow
            for errand in order.errands
        }
        try:
            return {errand: future.result() for errand, future in asked.items()}
        except BaseException:
            fetcher.stop()  # somebody stops the night: do not keep them waiting until the last host has answered
            raise


def _ask(order: Order, errand: Errand, fetcher: Fetcher, watch: Stopwatch) -> Pulled | SourceFailed:
    """What a publisher's subflow gave: a fault of that publisher is a value, any other fault is raised.

    Not by way of its state, whose data Prefect drops when a busy server has to be told of it a second time.
    """
    try:
        return watch.time(f"pull {errand.connector}", lambda: pull(order, errand, fetcher))
    except SourceFailed as failure:
        return failure


def _log_run(run: RunRecord) -> None:
    """One line where nights are watched by their log; its facts as fields where that is JSON."""
    told = ("run_id", "state", "sources_missing", "documents_new", "recommendations_new", "seconds_by_stage")
    get_run_logger().info(f"The night is over: {run.state}.", extra={name: getattr(run, name) for name in told})


def _unchanged(run: RunRecord) -> NightReport:
    return NightReport(run, changed=False, new_documents=run.documents_new)


def _work_and_publish(order: Order, run: RunRecord, state: str, watch: Stopwatch, again: int = REMADE) -> NightReport:
    """The work; once more where a kept result turned out damaged on the disk and was set aside."""
    try:
        return _work(order, run, state, watch)
    except StageIncomplete:
        if not again:
            raise
        tasks.read_documents(order.settings)
        return _work_and_publish(order, run, state, watch, again - 1)


def _work(order: Order, run: RunRecord, state: str, watch: Stopwatch) -> NightReport:
    """The night's work on what is new. A failed check leaves last night's file and is reported."""
    with uncollected():
        rows = watch.time("understand", lambda: understand(order))
    run = replace(run, recommendations_new=rows.new, seconds_by_stage=dict(watch.seconds))
    try:
        written = watch.time("publish", lambda: publish_results(order, run, state))
    except ChecksFailed as error:
        failed = fail_run(order, run, "check_failed", tuple(str(finding) for finding in error.findings))
        return NightReport(failed, False, run.documents_new, tuple(str(finding) for finding in error.findings))
    except NamesSurvived as error:
        return NightReport(fail_run(order, run, "name_survived", (str(error),)), True, run.documents_new, (str(error),))
    digests = sum(file.suffix == ".xlsx" for file in written)
    return NightReport(run, changed=True, new_documents=run.documents_new, digests=digests)
