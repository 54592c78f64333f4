"""Reading and embedding on a real Dask scheduler and two real workers give what one machine gives, to the byte."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest

from flows.document import Job, read_all, reading_version
from pipeline.media import PDF
from pipeline.settings import Settings, SettingsError, read_settings
from tests.commands import PERENNIAL
from tests.endpoints import find_port
from tests.test_night import ask, digest_of

distributed = pytest.importorskip("distributed", reason="needs the extra `dask`")
pytest.importorskip("prefect_dask", reason="needs the extra `dask`")

SAMPLE = Path(__file__).parents[1] / "sources" / "sample" / "documents"
SINCE = "2024-05-01"  # leaves 18 documents of the sample: two batches to read
PATIENCE_SECONDS = 240  # a first night makes Prefect's database before it reads


@dataclass(frozen=True, slots=True)
class Cluster:
    """A scheduler and two workers of one thread each, every one a process of its own."""

    address: str
    workers: tuple[subprocess.Popen[bytes], ...]


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    address = f"tcp://127.0.0.1:{find_port()}"
    dask = [sys.executable, "-m", "dask"]
    place = ["--no-dashboard", "--host", "127.0.0.1"]
    scheduler = _start([*dask, "scheduler", "--port", address.rsplit(":", 1)[1], *place], tmp_path)
    one = [*dask, "worker", address, "--no-nanny", "--nthreads", "1", "--local-directory", str(tmp_path), *place]
    workers = tuple(_start(one, tmp_path) for _ in range(2))
    try:
        yield Cluster(address, workers)
    finally:
        for process in (*workers, scheduler):
            process.kill()
            process.wait()


def _start(command: list[str], folder: Path) -> subprocess.Popen[bytes]:
    with (folder / "dask.log").open("ab") as log:
        return subprocess.Popen(command, stdout=log, stderr=log)


def _start_night(data: Path, **environment: str) -> subprocess.Popen[str]:
    command = [str(PERENNIAL), "run", "--source", "sample", "--since", SINCE, "--data", str(data)]
    told = {**os.environ, "PERENNIAL_OCR": "false", **environment}
    return subprocess.Popen(command, env=told, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def _kill_at_work(worker: subprocess.Popen[bytes]) -> None:
    """Kill -9 as soon as the worker has put a sandbox around a document."""
    children = Path(f"/proc/{worker.pid}/task")
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not any((thread / "children").read_text() for thread in children.iterdir()):
        assert time.monotonic() < deadline, "the worker was given nothing to read"
        time.sleep(0.05)
    worker.send_signal(signal.SIGKILL)


def test_a_night_on_a_cluster_that_loses_a_worker_publishes_the_same_bytes(tmp_path: Path, cluster: Cluster) -> None:
    near, far = tmp_path / "near", tmp_path / "far"
    with _start_night(far, PERENNIAL_DASK_SCHEDULER=cluster.address) as night:
        _kill_at_work(cluster.workers[0])
        told = night.communicate(timeout=600)[0]
    assert night.returncode == 0, told
    assert cluster.workers[0].wait() == -signal.SIGKILL
    assert cluster.workers[1].poll() is None
    shutil.copytree(far / "archive", near / "archive")  # which says when each document was fetched
    with _start_night(near) as alone:
        told = alone.communicate(timeout=600)[0]
    assert alone.returncode == 0, told
    if ask(near, "SELECT as_of FROM parameters") != ask(far, "SELECT as_of FROM parameters"):
        pytest.skip("midnight passed between the two nights: what is overdue has changed")
    assert digest_of(far) == digest_of(near)


def test_the_sandbox_holds_on_a_worker(tmp_path: Path, cluster: Cluster) -> None:
    from flows.scale_out import read_batch

    paths = sorted(SAMPLE.glob("*.pdf"))[:3]
    jobs = {path.name: Job(path, PDF, "sample", ocr=False) for path in paths}
    patient = Settings(data=tmp_path, workers=1, ocr=False)
    hasty = patient.model_copy(update={"document_seconds": -100})  # the time is over before it begins
    narrow = patient.model_copy(update={"worker_memory_mb": 1})
    with distributed.Client(cluster.address) as client:
        late, crashed, read = (
            dict(client.submit(read_batch, (jobs, settings, reading_version(False))).result())
            for settings in (hasty, narrow, patient)
        )
    assert [one.issues[0].code for one in late.values()] == ["reader_timeout"] * len(jobs)
    assert [one.issues[0].code for one in crashed.values()] == ["reader_crash"] * len(jobs)
    assert read == dict(read_all(jobs, patient))
    assert all(worker.poll() is None for worker in cluster.workers)


def test_a_worker_that_reads_or_computes_otherwise_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows.scale_out import NoCluster, embed, encode_batch, read_batch

    monkeypatch.setattr(embed, "load_encoder", lambda name, **_: SimpleNamespace(revision=f"{name}@1"))
    with pytest.raises(NoCluster, match="other code"):
        read_batch(({}, Settings(data=tmp_path), "another"))
    with pytest.raises(NoCluster, match="this machine with"):
        encode_batch((["a"], "invented", "invented@2"))


def test_a_missing_extra_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows.scale_out import NoCluster, read_far

    monkeypatch.setitem(sys.modules, "prefect_dask.task_runners", None)
    settings = Settings(data=tmp_path, dask_scheduler="tcp://127.0.0.1:8786")
    with pytest.raises(NoCluster, match=r"install perennial\[dask\]"):
        list(read_far({"a": Job(tmp_path / "a.pdf", PDF, "sample")}, settings))


@pytest.mark.parametrize("address", ["127.0.0.1:8786", "http://127.0.0.1:8786", "tcp://127.0.0.1", "tcp:///8786"])
def test_what_is_no_scheduler_is_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(SettingsError, match="'dask_scheduler' cannot be used"):
        read_settings(tmp_path, {"PERENNIAL_DASK_SCHEDULER": address})
