"""Registers with a Prefect server what runs nights: pool, deployment with its schedule, limits, care for crashed runs.

Registering again changes what is there, and adds nothing twice.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from prefect.automations import AutomationCore
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy, State, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.deployments.runner import RunnerDeployment
from prefect.events.actions import ChangeFlowRunState, RunDeployment
from prefect.events.schemas.automations import EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification
from prefect.exceptions import ObjectNotFound, PrefectHTTPStatusError
from prefect.schedules import Cron, Schedule
from prefect.states import Crashed
from prefect.types.entrypoint import EntrypointType
from prefect.workers.process import ProcessWorker
from tzlocal import get_localzone_name

from flows.nightly import host_limit, night
from flows.production.programs import POOL
from pipeline.refusal import Refusal
from pipeline.settings import Settings, set_environment
from pipeline.workspace import Workspace, held_since
from sources import load_sources

TAG = "perennial"
DESCRIPTION = "One night: from discovery to digests."
SILENT_SECONDS = 180  # a run that gives no sign of life for so long has crashed
BEATS = 3  # signs of life within that time
MOST_CRASHED = 100  # at a time
ONCE_MORE_WITHIN = timedelta(hours=6)
FLOW_RUN = "prefect.flow-run."
HEARTBEAT = f"{FLOW_RUN}heartbeat"
SILENCE = "perennial: a run without a sign of life has crashed"
ONCE_MORE = "perennial: once more after a crash"


class NotRegistered(Refusal):
    """A server that does not answer, or takes no orders, in one sentence."""


@dataclass(frozen=True, slots=True)
class Registered:
    """What a server knows now."""

    deployment: str
    schedule: str
    timezone: str


def register_night(settings: Settings, name: str, silent_seconds: int = SILENT_SECONDS) -> Registered:
    """Register the nightly deployment `name` over the data folder of `settings`.

    A run that is silent for `silent_seconds` counts as crashed, and the night is begun once more, at most once in six
    hours. Raises `NotRegistered`.
    """
    with _orders_taken() as client:
        _limit_hosts(client)
        _watch_silence(client, silent_seconds)
        _begin_once_more(client)
        _make_pool(client)
        _plan_deployment(settings, name, silent_seconds).apply()
        _mark_crashed(client, settings, name)
    return Registered(f"{night.name}/{name}", settings.schedule, get_localzone_name())


def serve_night(settings: Settings, name: str) -> None:
    """Run nights from this process until it is stopped, with the same schedule, limits and care for crashed runs.

    Raises `NotRegistered`.
    """
    with _orders_taken() as client:
        _limit_hosts(client)
        _watch_silence(client, SILENT_SECONDS)
        _begin_once_more(client)
        _mark_crashed(client, settings, name)
    set_environment(_heartbeats(SILENT_SECONDS))
    night.serve(
        name,
        schedule=_plan_schedule(settings),
        parameters={"data": str(settings.data)},
        limit=1,
        description=DESCRIPTION,
        tags=[TAG],
    )


@contextmanager
def _orders_taken() -> Iterator[SyncPrefectClient]:
    """A client of the server that the environment names. Raises `NotRegistered` when it takes no orders."""
    with get_client(sync_client=True) as client:
        if error := client.api_healthcheck():
            raise NotRegistered(f"Prefect's server does not answer at {client.api_url}: {error}.") from error
        try:
            yield client
        except PrefectHTTPStatusError as error:
            status = error.response.status_code
            told = "does not know this PREFECT_API_AUTH_STRING" if status == 401 else f"answered with status {status}"
            raise NotRegistered(f"Prefect's server at {client.api_url} {told}.") from error


def _plan_deployment(settings: Settings, name: str, silent_seconds: int) -> RunnerDeployment:
    """One night at a time; the next one waits, and none is lost."""
    return RunnerDeployment.from_flow(
        night,
        name,
        schedule=_plan_schedule(settings),
        parameters={"data": str(settings.data)},
        concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.ENQUEUE),
        description=DESCRIPTION,
        tags=[TAG],
        work_pool_name=POOL,
        job_variables={"env": _heartbeats(silent_seconds)},
        entrypoint_type=EntrypointType.MODULE_PATH,
    )


def _plan_schedule(settings: Settings) -> Schedule:
    return Cron(settings.schedule, timezone=get_localzone_name())  # without a zone, Prefect takes it for UTC


def _heartbeats(silent_seconds: int) -> dict[str, str]:
    return {"PREFECT_FLOWS_HEARTBEAT_FREQUENCY": str(silent_seconds // BEATS)}


def _limit_hosts(client: SyncPrefectClient) -> None:
    """One crawl at a time to each publisher's host, whatever the number of nights and data folders."""
    for host in sorted({host for source in load_sources().values() for host in source.spec.hosts}):
        client.upsert_global_concurrency_limit_by_name(host_limit(host), 1)


def _watch_silence(client: SyncPrefectClient, silent_seconds: int) -> None:
    """Have the server mark every run as crashed that has begun and then gives no sign of life."""
    wanted = AutomationCore(
        name=SILENCE,
        trigger=EventTrigger(
            after={HEARTBEAT, f"{FLOW_RUN}Pending"},
            expect={HEARTBEAT, *(f"{FLOW_RUN}{name}" for name in _ends())},
            match=ResourceSpecification({"prefect.resource.id": [f"{FLOW_RUN}*"]}),
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=timedelta(seconds=silent_seconds),
        ),
        actions=[
            ChangeFlowRunState(
                name=None,
                force=False,
                state=StateType.CRASHED,
                message=f"No sign of life for {silent_seconds} seconds: its process or its machine was stopped.",
            )
        ],
    )
    known = client.read_automations_by_name(SILENCE)
    for automation in known[1:]:
        client.delete_automation(automation.id)
    if known:
        client.update_automation(known[0].id, wanted)
    else:
        client.create_automation(wanted)


def _mark_crashed(client: SyncPrefectClient, settings: Settings, name: str) -> None:
    """Mark what counts as running though nobody holds the data folder: its machine was stopped, server and all."""
    if held_since(Workspace(settings.data)) is not None:
        return
    try:
        deployment = client.read_deployment_by_name(f"{night.name}/{name}")
    except ObjectNotFound:
        return
    of_it = FlowRunFilterDeploymentId(any_=[deployment.id])
    running = FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.RUNNING]))
    crashed: State[None] = Crashed(message="It does not hold its data folder any more: its machine was stopped.")
    found = FlowRunFilter(deployment_id=of_it, state=running)
    for run in client.read_flow_runs(flow_run_filter=found, sort=FlowRunSort.ID_DESC, limit=MOST_CRASHED):
        client.set_flow_run_state(run.id, crashed, force=True)


def _ends() -> Iterator[str]:
    yield from ("Completed", "Failed", "Cancelled", "Crashed", "Paused", "Suspended", "Scheduled")


def _begin_once_more(client: SyncPrefectClient) -> None:
    """Have the server begin a crashed night again: a crash says nothing of the work, and what is done stays done.

    Not for ever: the server counts by deployment, and forgets its count when the automation is changed or belongs to
    a deployment that is registered again. A night that takes its machine down would then be begun at every start.
    """
    if client.read_automations_by_name(ONCE_MORE):
        return
    client.create_automation(
        AutomationCore(
            name=ONCE_MORE,
            trigger=EventTrigger(
                expect={f"{FLOW_RUN}Crashed"},
                match_related=ResourceSpecification({"prefect.resource.id": f"prefect.tag.{TAG}"}),
                for_each={"related:deployment:prefect.resource.id"},
                posture=Posture.Reactive,
                threshold=1,
                within=ONCE_MORE_WITHIN,
            ),
            actions=[RunDeployment(source="inferred", deployment_id=None, parameters=None, job_variables=None)],
        )
    )


def _make_pool(client: SyncPrefectClient) -> None:
    try:
        client.read_work_pool(POOL)
    except ObjectNotFound:
        pool = WorkPoolCreate(
            name=POOL,
            type=ProcessWorker.type,
            description="Nights, each in a process of its own.",
            base_job_template=ProcessWorker.get_default_base_job_template(),
        )
        client.create_work_pool(pool)
