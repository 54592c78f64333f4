"""`perennial serve` really schedules: a real Prefect server, a real run, once a minute."""

import os
import signal
import subprocess
import time
from pathlib import Path

from tests.commands import PERENNIAL

PATIENCE_SECONDS = 240


def test_a_night_runs_on_its_schedule(data: Path) -> None:
    environment = {**os.environ, "PERENNIAL_SCHEDULE": "* * * * *"}
    log = data.parent / "serve.log"
    runs = data / "logs" / "runs.jsonl"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [PERENNIAL, "serve", "--data", data], env=environment, stdout=output, stderr=output, start_new_session=True
        )
        try:
            deadline = time.monotonic() + PATIENCE_SECONDS
            while not runs.exists() and time.monotonic() < deadline and process.poll() is None:
                time.sleep(1)
            assert runs.exists(), log.read_text(encoding="utf-8")[-2000:]
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=60)
    assert '"state":"completed"' in runs.read_text(encoding="utf-8")
