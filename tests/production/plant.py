"""What runs in production, as real processes of the command line, and what the server says of nights."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PERENNIAL = Path(sys.executable).with_name("perennial")
SECRET = "perennial:a-secret-of-this-run"
PATIENCE_SECONDS = 600
STOP_SECONDS = 5  # as the worker's unit says


class TookTooLong(RuntimeError):
    """Something that had to happen did not, within `PATIENCE_SECONDS`."""


@dataclass(frozen=True, slots=True)
class Plant:
    """One data folder, one server's address, and the environment that every command gets; `name` of its nights."""

    data: Path
    logs: Path
    port: int
    database: str | None
    name: str = "nightly"

    @property
    def environment(self) -> dict[str, str]:
        """As the units set it."""
        own = {
            "PERENNIAL_DATA": str(self.data),
            "PREFECT_API_URL": f"http://127.0.0.1:{self.port}/api",
            "PREFECT_API_AUTH_STRING": SECRET,
            "PERENNIAL_WORKERS": "1",
            "PERENNIAL_OCR": "false",  # reading scans is not what is looked at here, and takes minutes
        }
        database = {"PREFECT_SERVER_DATABASE_CONNECTION_URL": self.database} if self.database else {}
        return {**os.environ, **own, **database}

    @contextmanager
    def server_run(self, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
        """`perennial production server`, once it answers."""
        with self._run("server", "--port", str(self.port), **environment) as server:
            await_that("the server answers", lambda: self._answers() or server.poll() is not None)
            assert server.poll() is None, (self.logs / "server.log").read_text(encoding="utf-8")[-2000:]
            yield server

    @contextmanager
    def worker_run(self) -> Iterator[subprocess.Popen[bytes]]:
        """`perennial production worker`."""
        with self._run("worker") as worker:
            yield worker

    def deploy(self, *options: str, schedule: str = "30 2 * * *") -> str:
        """What `perennial production deploy` says."""
        command: list[str | Path] = [PERENNIAL, "production", "deploy", "--name", self.name, *options]
        environment = {**self.environment, "PERENNIAL_SCHEDULE": schedule}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def authorization(self, secret: str = SECRET) -> str:
        """The header of whoever knows `secret`."""
        return f"Basic {b64encode(secret.encode()).decode()}"

    def ask(self, path: str, body: dict[str, Any] | None = None, secret: str = SECRET) -> Any:
        """What the server answers, to a GET or, with a body, to a POST."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/api{path}")
        request.add_header("Authorization", self.authorization(secret))
        if body is not None:
            request.add_header("Content-Type", "application/json")
            request.data = json.dumps(body).encode()
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def list_nights(self) -> list[dict[str, Any]]:
        """Runs of the deployment, oldest first; those that only wait for their time are left out."""
        runs: list[dict[str, Any]] = self.ask(
            "/flow_runs/filter",
            {"deployments": {"name": {"any_": [self.name]}}, "sort": "EXPECTED_START_TIME_ASC"},
        )
        return [run for run in runs if run["state_name"] != "Scheduled"]

    def _answers(self) -> bool:
        try:
            return bool(self.ask("/health"))
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    @contextmanager
    def _run(self, *arguments: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
        with (self.logs / f"{arguments[0]}.log").open("ab") as log:
            process = subprocess.Popen(
                [PERENNIAL, "production", *arguments],
                env={**self.environment, **environment},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                kill_tree(process.pid)
                process.wait()


def await_that(what: str, happened: Callable[[], object]) -> None:
    """Wait until `happened`, and say after how many seconds. Raises `TookTooLong`."""
    began = time.monotonic()
    while not happened():
        if time.monotonic() - began > PATIENCE_SECONDS:
            raise TookTooLong(f"In {PATIENCE_SECONDS} seconds it did not happen that {what}.")
        time.sleep(1)
    saw(what, f"after {time.monotonic() - began:.0f} s")


def saw(what: str, detail: str) -> None:
    """One line, with the time."""
    print(f"{time.strftime('%H:%M:%S')}  {what}: {detail}", flush=True)


def stop_program(process: subprocess.Popen[bytes]) -> float:
    """Stop a process and all that it has started as systemd stops a unit; the seconds until they are gone.

    SIGTERM to each of them, and SIGKILL to those that are still there `STOP_SECONDS` later.
    """
    began = time.monotonic()
    family = _family_of(process.pid)
    _signal_all(family, signal.SIGTERM)
    while process.poll() is None or any(map(_is_alive, family)):
        if time.monotonic() - began > STOP_SECONDS:
            _signal_all(family := _family_of(process.pid) + family, signal.SIGKILL)
        time.sleep(0.1)
    return time.monotonic() - began


def kill_tree(pid: int) -> int:
    """SIGKILL to a process and all that descend from it, as when the machine loses power. How many there were."""
    family = [pid]
    for one in family:
        os.kill(one, signal.SIGSTOP)  # or it starts another while we look
        family += _children_of(one)
    for one in family:
        os.kill(one, signal.SIGKILL)
    return len(family)


def _family_of(pid: int) -> list[int]:
    """A process and all that descend from it."""
    family = [pid]
    for one in family:
        family += _children_of(one)
    return family


def _signal_all(family: list[int], number: int) -> None:
    for one in family:
        with suppress(ProcessLookupError):  # it went with another
            os.kill(one, number)


def _children_of(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task")
    with suppress(FileNotFoundError, ProcessLookupError):  # it may end while we look
        return [int(child) for task in tasks.iterdir() for child in (task / "children").read_text().split()]
    return []


def _is_alive(pid: int) -> bool:
    """False also for one that only waits to be reaped."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    return False
