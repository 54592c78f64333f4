"""`perennial serve` really schedules: a real Prefect server, a real run, once a minute."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.error import HTTPError

import pytest

from flows.production.programs import is_answering
from flows.serving import end_nights
from tests.commands import PERENNIAL

PATIENCE_SECONDS = 240


def find_server_port(pid: int) -> int:
    """The port of the server that a process has started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    commands = [Path(f"/proc/{child}/cmdline").read_text().split("\0") for child in children]
    [port] = [words[words.index("--port") + 1] for words in commands if "--port" in words]
    return int(port)


WITH_SERVER = """
import sys, time
from pathlib import Path
from flows.terminal import make_folders, prepare_settings
from flows.serving import server_at_hand
from pipeline.workspace import Workspace
make_folders(Workspace(prepare_settings(Path(sys.argv[1])).data))
with server_at_hand():
    print("at hand", flush=True)
    time.sleep(600)
"""


def test_a_server_ends_with_whoever_started_it_however_that_ends(data: Path) -> None:
    """A run that was killed leaves nothing behind that lives, holds memory and takes orders."""
    with subprocess.Popen([sys.executable, "-c", WITH_SERVER, data], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout and process.stdout.readline() == "at hand\n"
        address = f"http://127.0.0.1:{find_server_port(process.pid)}/api"
        assert is_answering(address)
        process.kill()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while is_answering(address) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert not is_answering(address)


def test_a_night_under_way_is_ended_with_the_service() -> None:
    night = multiprocessing.get_context("spawn").Process(target=time.sleep, args=(600,))
    night.start()
    end_nights()
    assert night.exitcode == -signal.SIGTERM


def test_a_night_runs_on_its_schedule(data: Path) -> None:
    environment = {**os.environ, "PERENNIAL_SCHEDULE": "* * * * *", "PERENNIAL_LOG_FORMAT": "json"}
    log = data.parent / "serve.log"
    runs = data / "logs" / "runs.jsonl"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [PERENNIAL, "serve", "--data", data], env=environment, stdout=output, stderr=output, start_new_session=True
        )
        try:
            deadline = time.monotonic() + PATIENCE_SECONDS
            while (
                "The night is over" not in log.read_text(encoding="utf-8")
                and time.monotonic() < deadline
                and process.poll() is None
            ):
                time.sleep(1)
            assert runs.exists(), log.read_text(encoding="utf-8")[-2000:]
            with pytest.raises(HTTPError, match="401"):  # other accounts of the machine reach the port too
                urllib.request.urlopen(f"http://127.0.0.1:{find_server_port(process.pid)}/api/admin/version")
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=60)
    run = json.loads(runs.read_text(encoding="utf-8").splitlines()[0])  # on a slow machine a second one has begun
    assert run["state"] == "completed"
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines() if line.startswith("{")]
    told = next(line for line in lines if line["msg"] == "The night is over: completed.")
    assert (told["run_id"], told["seconds_by_stage"]) == (run["run_id"], run["seconds_by_stage"])
    assert {"pull", "pull inbox", "read", "understand", "publish", "deliver"} <= run["seconds_by_stage"].keys()
