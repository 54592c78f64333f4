"""What is registered with a real Prefect server, and that units and container file are sound.

That nights then run, are killed and recover takes minutes: `make production` shows it.
"""

import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import HTTPError

import pytest
from tzlocal import get_localzone_name

from flows import doctor, production
from flows.production.programs import ADDRESS, SECRET
from sources import load_sources
from tests.commands import perennial
from tests.endpoints import find_port
from tests.production.__main__ import database_served
from tests.production.plant import Plant
from tests.test_notify import held

FOLDER = Path(production.__file__).parent
SERVICES = sorted((FOLDER / "units").glob("*.service"))
TIMERS = sorted((FOLDER / "units").glob("*.timer"))
ROOT = FOLDER.parents[1]
MOST_EXPOSED = 4.0  # of 10, as `systemd-analyze security` weighs


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    """A server on PostgreSQL where it is installed, with a data folder registered twice, the second time for six."""
    folder = tmp_path_factory.mktemp("production")
    with database_served() as database:
        made = Plant(folder / "data", folder, find_port(), database)
        with made.server_run(PREFECT_SERVER_METRICS_ENABLED="true"):
            made.deploy()
            made.deploy(schedule="0 6 * * *")
            yield made


def test_registering_again_changes_what_is_there(plant: Plant) -> None:
    [deployment] = plant.ask("/deployments/filter", {})
    [pool] = plant.ask("/work_pools/filter", {})
    assert (pool["name"], pool["type"]) == ("perennial", "process")
    assert (deployment["name"], deployment["work_pool_name"], deployment["tags"]) == (
        "nightly",
        "perennial",
        ["perennial"],
    )
    assert deployment["entrypoint"] == "flows.nightly.night"
    assert deployment["parameters"] == {"data": str(plant.data)}
    [schedule] = deployment["schedules"]
    assert (schedule["schedule"]["cron"], schedule["schedule"]["timezone"]) == ("0 6 * * *", get_localzone_name())


def test_one_night_at_a_time_and_one_crawl_to_a_host(plant: Plant) -> None:
    [deployment] = plant.ask("/deployments/filter", {})
    assert deployment["global_concurrency_limit"]["limit"] == 1
    assert deployment["concurrency_options"]["collision_strategy"] == "ENQUEUE"
    limits = {one["name"]: one["limit"] for one in plant.ask("/v2/concurrency_limits/filter", {"limit": 200})}
    hosts = {host for source in load_sources().values() for host in source.spec.hosts}
    assert dict.fromkeys((f"host-{host}" for host in hosts), 1).items() <= limits.items()


def test_a_silent_run_is_marked_and_the_night_begun_once_more(plant: Plant) -> None:
    found = {one["name"]: one for one in plant.ask("/automations/filter", {})}
    assert sorted(found) == [
        "perennial: a run without a sign of life has crashed",
        "perennial: once more after a crash",
    ]
    [silence, again] = (found[name] for name in sorted(found))
    assert (silence["trigger"]["posture"], silence["trigger"]["within"]) == ("Proactive", 180)
    assert [action["state"] for action in silence["actions"]] == ["CRASHED"]
    assert (again["trigger"]["expect"], again["trigger"]["within"]) == (["prefect.flow-run.Crashed"], 6 * 3600)
    assert [(action["type"], action["source"]) for action in again["actions"]] == [("run-deployment", "inferred")]


def test_registering_again_forgets_no_crash(plant: Plant) -> None:
    """The server counts crashes by automation: a new one would begin a night again that takes its machine down."""
    ids = [one["id"] for one in plant.ask("/automations/filter", {}) if "once more" in one["name"]]
    updated = [one["updated"] for one in plant.ask("/automations/filter", {}) if one["id"] in ids]
    plant.deploy(schedule="0 6 * * *")
    found = [one for one in plant.ask("/automations/filter", {}) if "once more" in one["name"]]
    assert ([one["id"] for one in found], [one["updated"] for one in found]) == (ids, updated)


def test_a_run_that_nobody_carries_on_is_marked_when_a_worker_starts(plant: Plant) -> None:
    """As after a power cut: the server has forgotten that it waited for a sign of life."""
    [deployment] = plant.ask("/deployments/filter", {})
    run = plant.ask(f"/deployments/{deployment['id']}/create_flow_run", {"state": {"type": "RUNNING"}})
    with held(plant.data, since=datetime.now(UTC)):
        plant.deploy(schedule="0 6 * * *")
        assert plant.ask(f"/flow_runs/{run['id']}")["state_type"] == "RUNNING", "a night is under way"
    plant.deploy(schedule="0 6 * * *")
    assert plant.ask(f"/flow_runs/{run['id']}")["state_type"] == "CRASHED"


def test_orders_need_the_secret(plant: Plant) -> None:
    for secret in ("", "perennial:guessed"):
        with pytest.raises(HTTPError, match="401"):
            plant.ask("/deployments/filter", {}, secret=secret)
    done = perennial("production", "deploy", **{**plant.environment, SECRET: "perennial:guessed"})
    assert (done.status, done.err.count("\n")) == (2, 1)
    assert "does not know this PREFECT_API_AUTH_STRING" in done.err


def test_the_server_gives_figures_to_prometheus(plant: Plant) -> None:
    request = urllib.request.Request(f"http://127.0.0.1:{plant.port}/api/metrics")
    request.add_header("Authorization", plant.authorization())
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert b"# TYPE" in answer.read()


def test_the_server_has_a_page(plant: Plant) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{plant.port}/", timeout=30) as answer:
        assert b"<title>Prefect" in answer.read()
    assert (plant.data / "logs" / "prefect" / "ui").is_dir(), "not written into the installed package"


def test_the_doctor_says_whether_the_server_answers(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ADDRESS, f"http://127.0.0.1:{plant.port}/api")
    assert [one.is_fault for one in doctor._look_at_server()] == [False]
    monkeypatch.setenv(ADDRESS, f"http://127.0.0.1:{find_port()}/api")
    assert [one.is_fault for one in doctor._look_at_server()] == [True]
    monkeypatch.delenv(ADDRESS)
    assert list(doctor._look_at_server()) == []


@pytest.mark.parametrize("program", ["server", "worker", "deploy"])
def test_nothing_starts_without_a_secret(program: str, data: Path) -> None:
    done = perennial("production", program, "--data", data, **{SECRET: ""})
    assert (done.status, done.err.count("\n")) == (2, 1)
    assert "PREFECT_API_AUTH_STRING is not set" in done.err


def test_a_server_that_does_not_answer_is_told_in_one_sentence(data: Path) -> None:
    nobody = f"http://127.0.0.1:{find_port()}/api"
    done = perennial("production", "deploy", "--data", data, **{SECRET: "a:b", ADDRESS: nobody})
    assert (done.status, done.err.count("\n")) == (2, 1)
    assert nobody in done.err


def read_unit(path: Path) -> configparser.ConfigParser:
    unit = configparser.ConfigParser(strict=False, delimiters=("=",), interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(path.read_text(encoding="utf-8"))
    return unit


def test_a_worker_that_is_stopped_takes_its_night_with_it() -> None:
    """Told alone, Prefect's worker may wait for its night; `make production` stops both, as systemd then does."""
    unit = read_unit(FOLDER / "units" / "perennial-worker.service")
    assert unit["Service"].get("KillMode", "control-group") == "control-group"


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_a_unit_has_few_rights(path: Path) -> None:
    service = read_unit(path)["Service"]
    assert service["User"] == "perennial"
    assert (service["UMask"], service["NoNewPrivileges"], service["ProtectSystem"]) == ("0027", "yes", "strict")
    assert set(service["ReadWritePaths"].split()) <= {"/srv/perennial/data", "/srv/perennial/backups"}
    assert "secret" not in service.get("Environment", "").lower(), "systemd shows it to everybody"


def test_every_timer_starts_a_service_that_is_there() -> None:
    assert {path.stem for path in TIMERS} == {"perennial-watch", "perennial-backup"}
    assert {path.stem for path in TIMERS} <= {path.stem for path in SERVICES}


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze, which knows every key, is not on this machine")
    for path in (*SERVICES, *TIMERS):
        text = re.sub(r"/srv/perennial/code/.venv/bin/perennial", "/bin/true", path.read_text(encoding="utf-8"))
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    done = subprocess.run([program, "verify", *sorted(tmp_path.iterdir())], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    for path in SERVICES:
        judged = subprocess.run(
            [program, "security", "--offline=yes", tmp_path / path.name], capture_output=True, text=True, check=False
        )
        [level] = re.findall(r"Overall exposure level for \S+: ([\d.]+)", judged.stdout)
        assert float(level) <= MOST_EXPOSED, path.name


def test_the_container_file_names_what_is_there() -> None:
    text = (FOLDER / "Containerfile").read_text(encoding="utf-8")
    for line in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE):
        for name in shlex.split(line):
            assert (ROOT / name).exists(), name
    assert re.search(r"^USER 10001:10001$", text, re.MULTILINE), "not as root"
    packages = set(re.findall(r"^COPY (\w+) \w+$", text, re.MULTILINE))
    assert packages == {"pipeline", "sources", "warehouse", "flows"}


def test_the_container_file_is_clean() -> None:
    program = shutil.which("hadolint", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if program is None:
        pytest.skip("hadolint is not on this machine")
    done = subprocess.run([program, FOLDER / "Containerfile"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
