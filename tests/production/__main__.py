"""`python -m tests.production [--out DIR]`: nights on schedule, one is stopped and one killed midway, all recovers.

A real server on PostgreSQL (SQLite where it is not installed, and it says so), a real worker, the bundled sample.
About twelve minutes, most of them waiting for the clock; nothing outside DIR is touched. Exit status 0 when everything
was as it must be.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from subprocess import Popen
from urllib.error import HTTPError

from flows.order import RUN
from pipeline.ids import content_hash
from pipeline.issues import read_issues
from pipeline.store import read_lines
from pipeline.workspace import Workspace
from tests.endpoints import find_port
from tests.faults.outputs import hash_outputs
from tests.production.plant import Plant, await_that, kill_tree, saw, stop_program
from tests.production.postgres import NoPostgres, find_programs, postgres_served

HISTORY = {"runs.parquet", "issues.parquet"}  # in which a further night has its lines
SILENT_SECONDS = "90"
APART_MINUTES = 7  # Prefect holds back the events of a run that was scheduled less than 5 minutes before


def main() -> int:
    """Go through it all, a line for each thing seen."""
    parser = argparse.ArgumentParser(prog="python -m tests.production", description=__doc__)
    parser.add_argument("--out", type=Path, help="an empty folder for data and logs; by default one that is deleted")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, database_served() as database:
        out = given.out or Path(folder)
        out.mkdir(parents=True, exist_ok=True)
        port = find_port()
        live_through(Plant(out / "data", out, port, database), Plant(out / "other", out, port, database, name="other"))
    return 0


def live_through(plant: Plant, other: Plant) -> None:
    """A night on schedule; the server is killed and comes back; a night is stopped midway, one is killed, both finish.

    The night that is stopped is that of an `other` data folder, while the first one waits for its second night.
    """
    for one in (plant, other):
        one.data.mkdir(parents=True)
        (one.data / "settings.yml").write_text("sources: [sample]\n", encoding="utf-8")
    with plant.server_run() as server, plant.worker_run() as worker:
        saw("a server answers, and refuses a stranger", check_secret(plant))
        schedule_night(other, minutes=APART_MINUTES)
        schedule_night(plant, minutes=3)
        await_states(plant, "the first night finished", "Completed")
        before, outputs = exports(plant.data), hash_outputs(plant.data)
        schedule_night(plant, minutes=APART_MINUTES)
        saw("the server is killed", f"{kill_tree(server.pid)} processes")
        for derived in ("stages", "published", "digests"):
            shutil.rmtree(plant.data / derived)  # so that the second night has work in which to be killed
        with plant.server_run():
            stop_midway(other, worker)
            other.deploy("--silent-seconds", SILENT_SECONDS)  # as the worker's unit does first
            with plant.worker_run() as next_worker:
                await_begun_again(other, "the stopped night")
                assert hash_outputs(other.data) == outputs
                saw("the same is published as by the first night", f"{len(outputs)} tables and files")
                await_middle(plant)
                saw("the worker and all it started are killed", f"{kill_tree(next_worker.pid)} processes")
                with plant.worker_run():
                    await_begun_again(plant, "the killed night", "Completed")
        assert exports(plant.data) == before
        saw("the same is published as before, byte for byte", f"{len(before)} tables")
    check_ledger(plant, nights=2)
    check_ledger(other, nights=1)


def stop_midway(plant: Plant, worker: Popen[bytes]) -> None:
    """The worker is told to stop while it runs a night of `plant`; nothing of it is left."""
    await_middle(plant)
    saw("the worker is told to stop", f"it and all it started were gone after {stop_program(worker):.1f} s")
    assert not Workspace(plant.data).published.exists(), "the night was over before"


def await_begun_again(plant: Plant, what: str, *before: str) -> None:
    """Wait until the night after those `before` is marked as crashed, begun once more, and finished."""
    await_states(plant, f"{what} is marked as crashed", *before, "Crashed", or_later=True)
    await_states(plant, "it was begun once more and finished", *before, "Crashed", "Completed")


@contextmanager
def database_served() -> Iterator[str | None]:
    """An address of PostgreSQL; None, and a word about it, where it is not installed or makes no database."""
    programs = find_programs()
    with ExitStack() as stack:
        try:
            address = stack.enter_context(postgres_served(programs)) if programs else None
            reason = "PostgreSQL is not installed here"
        except NoPostgres as error:
            address, reason = None, f"PostgreSQL makes no database here ({error})"
        if address is None:
            print(f"NOT CHECKED  {reason}: Prefect's server runs on SQLite")
        yield address


def schedule_night(plant: Plant, minutes: int) -> None:
    """Register the deployment anew, for a night so many minutes from now."""
    moment = datetime.now().astimezone() + timedelta(minutes=minutes)
    told = plant.deploy("--silent-seconds", SILENT_SECONDS, schedule=f"{moment:%-M %-H} * * *")
    saw("a night is scheduled", told.strip())


def await_states(plant: Plant, what: str, *wanted: str, or_later: bool = False) -> None:
    """Wait until the nights that were begun stand so; with `or_later` there may be more of them."""
    await_that(what, lambda: states(plant)[: len(wanted) if or_later else None] == list(wanted))


def await_middle(plant: Plant) -> None:
    """Wait until a night has work behind it and before it."""
    await_that("a night is in the middle of its work", lambda: is_in_the_middle(plant))


def states(plant: Plant) -> list[str]:
    """How each night that was begun stands."""
    return [str(run["state_name"]) for run in plant.list_nights()]


def is_in_the_middle(plant: Plant) -> bool:
    """Documents have been read, and nothing is published."""
    workspace = Workspace(plant.data)
    return any(workspace.stages.rglob("*.parquet")) and not workspace.published.exists()


def check_secret(plant: Plant) -> str:
    """A request without the right secret gets 401, and nothing else."""
    try:
        plant.ask("/flow_runs/filter", {}, secret="perennial:guessed")
    except HTTPError as error:
        assert error.code == 401, error.code
        return "401"
    raise AssertionError("a stranger was let in")


def exports(data: Path) -> dict[str, str]:
    """The hash of each published table."""
    files = sorted((Workspace(data).published / "parquet").iterdir())
    return {path.name: content_hash(path.read_bytes()) for path in files if path.name not in HISTORY}


def check_ledger(plant: Plant, nights: int) -> None:
    """Each night that ended has its line; one issue says in plain words what became of the interrupted one."""
    workspace = Workspace(plant.data)
    read = read_lines(workspace.runs, RUN)
    assert (read.damaged, [run.state for run in read.records]) == (0, ["completed"] * nights), read
    saw("the run ledger is whole", f"{len(read.records)} nights")
    [issue] = [one for one in read_issues(workspace.issues) if one.code == "night_interrupted"]
    saw("one issue says what became of the interrupted night", issue.message)


if __name__ == "__main__":
    sys.exit(main())
