"""One bad document costs itself, never the run."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from pipeline.isolate import Limits, run_isolated
from pipeline.records import Issue, Level
from tests.isolated_work import work

LIMITS = Limits(seconds=3.0, memory_bytes=2 * 1024**3)


@pytest.mark.parametrize("workers", [1, 2])
def test_bad_items_fail_alone(workers: int) -> None:
    items = ["a", "crash", "b", "raise", "bomb", "hang", "c"]
    outcomes = {o.item: o for o in run_isolated(work, items, workers=workers, limits=LIMITS)}
    assert {item: outcomes[item].result for item in "abc"} == {"a": "A", "b": "B", "c": "C"}
    codes = {item: outcomes[item].code for item in ("crash", "raise", "bomb", "hang")}
    assert codes == {"crash": "crash", "raise": "error", "bomb": "memory", "hang": "timeout"}
    assert "no such page" in (outcomes["raise"].failure or "")


def test_an_answer_brings_records_and_nothing_that_runs(tmp_path: Path) -> None:
    forged = f"forge {tmp_path / 'ran'}"
    outcomes = {o.item: o for o in run_isolated(work, ["record", forged, "a"], workers=1, limits=LIMITS)}
    assert outcomes["record"].result == Issue("a", "read", Level.ERROR, "2026-01-02", "Told.")
    assert (outcomes[forged].result, outcomes[forged].code) == (None, "crash")
    assert not (tmp_path / "ran").exists()
    assert outcomes["a"].result == "A", "another worker goes on"


def test_no_items_start_no_worker() -> None:
    assert list(run_isolated(work, [], workers=2, limits=LIMITS)) == []


def test_a_caller_that_stops_early_leaves_no_worker_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []

    def start(*args: Any, **options: Any) -> subprocess.Popen[bytes]:
        started.append(real(*args, **options))
        return started[-1]

    real = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", start)
    outcomes = run_isolated(work, ["a", "hang", "hang"], workers=2, limits=LIMITS)
    assert next(outcomes).result == "A"
    outcomes.close()  # type: ignore[attr-defined]
    assert len(started) == 2
    assert all(process.poll() is not None for process in started)
