"""Reading and embedding spread over a Dask cluster whose scheduler the settings name; its home is `prefect-dask`.

A worker gets a whole batch, so that starting a sandbox and loading a model are paid once for many documents. What it
does with a batch is what one machine does: the same sandbox around each document, the same encoder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray
from prefect import get_client, task
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.document import Job, read_all, reading_version
from flows.iteration import in_batches
from pipeline import embed
from pipeline.records import Extraction
from pipeline.refusal import Refusal
from pipeline.settings import Settings

if TYPE_CHECKING:
    from prefect_dask.task_runners import DaskTaskRunner

READ_BATCH = 16  # documents: some seconds of text, a minute or two of scans
EMBED_BATCH = 512  # texts
WAITING_A_THREAD = 2  # batches: one under way and the next one there already
PATIENCE_SECONDS = 60  # for the first worker
LOOPBACK = ("127.0.0.1", "localhost", "::1")

Batch = TypeVar("Batch")
Result = TypeVar("Result")
Vectors = NDArray[np.float32]


class NoCluster(Refusal):
    """The cluster that the settings name cannot be used, in one sentence."""


def read_far(jobs: Mapping[str, Job], settings: Settings) -> Iterator[tuple[str, Extraction]]:
    """As `flows.document.read_all`, on the cluster: each worker puts a sandbox of its own around each document.

    The workers must see the archive where this machine sees it. Raises `NoCluster`.
    """
    alone = settings.model_copy(update={"workers": 1})
    version = reading_version(settings.ocr)
    batches = ((dict(batch), alone, version) for batch in in_batches(jobs.items(), READ_BATCH))
    for read in _spread(read_batch, batches, settings):
        yield from read


def encode_far(texts: Iterable[str], revision: str, settings: Settings) -> Iterator[tuple[Sequence[str], Vectors]]:
    """Batches of `texts` with their vectors, float32 (n, d), in the order they finish. Raises `NoCluster`."""
    batches = ((batch, settings.encoder, revision) for batch in in_batches(texts, EMBED_BATCH))
    return _spread(encode_batch, batches, settings)


def read_batch(batch: tuple[Mapping[str, Job], Settings, str]) -> list[tuple[str, Extraction]]:
    """On a worker: what each document holds. Raises `NoCluster` where the worker would read otherwise than we do."""
    jobs, settings, version = batch
    if (own := reading_version(settings.ocr)) != version:
        raise NoCluster(
            f"A Dask worker has other code or libraries than this machine ({own[:12]}, not {version[:12]})."
        )
    return list(read_all(jobs, settings))


def encode_batch(batch: tuple[Sequence[str], str | None, str]) -> tuple[Sequence[str], Vectors]:
    """On a worker: the texts and their vectors. Raises `NoCluster` where the worker would compute otherwise."""
    texts, name, revision = batch
    own = {one.revision: one for one in (_load_encoder(name, coarse=True), _load_encoder(name, coarse=False))}
    if revision not in own:
        raise NoCluster(f"A Dask worker computes with {' or '.join(own)}, this machine with {revision}.")
    return texts, own[revision].encode(texts)


@cache
def _load_encoder(name: str | None, *, coarse: bool) -> embed.Encoder:
    """Once a worker: its next batch comes seconds later."""
    return embed.load_encoder(name, threads=1, coarse=coarse)


@task(name="batch", cache_policy=NO_CACHE, persist_result=False)
def _run_batch(work: Callable[[Any], Any], batch: object) -> object:
    return work(batch)


def _spread(work: Callable[[Batch], Result], batches: Iterable[Batch], settings: Settings) -> Iterator[Result]:
    """What `work` gives for each batch, in the order they finish; a batch whose worker died is run again by Dask.

    Only so many batches are under way as the cluster has threads for, so that any number costs the same memory.
    """
    done: SimpleQueue[PrefectFuture[Result]] = SimpleQueue()
    remaining = iter(batches)
    with _runner(settings) as runner:

        def submit(count: int) -> int:
            chosen = list(islice(remaining, count))
            for batch in chosen:
                with temporary_settings({PREFECT_API_URL: _server_address(settings)}):  # goes with it to the worker
                    future = runner.submit(_run_batch, {"work": work, "batch": batch})
                future.add_done_callback(done.put)
            return len(chosen)

        waiting = submit(WAITING_A_THREAD * _count_threads(runner, settings))
        while waiting:
            result = done.get().result()
            waiting += submit(1) - 1
            yield result


def _runner(settings: Settings) -> DaskTaskRunner:
    try:
        from prefect_dask.task_runners import DaskTaskRunner
    except ImportError as error:
        raise NoCluster("dask_scheduler is set and prefect-dask is missing: install perennial[dask].") from error
    return DaskTaskRunner(address=settings.dask_scheduler)


def _count_threads(runner: DaskTaskRunner, settings: Settings) -> int:
    """Threads of all workers. Raises `NoCluster` when the scheduler does not answer or has no worker."""
    try:
        client: Any = runner.client  # untyped
        client.wait_for_workers(1, timeout=PATIENCE_SECONDS)
    except OSError as error:  # a TimeoutError is one
        told = f"{type(error).__name__} {error}".strip()
        raise NoCluster(
            f"The Dask scheduler {settings.dask_scheduler} or its workers do not answer: {told}."
        ) from error
    threads: dict[str, int] = client.nthreads()
    return max(1, sum(threads.values()))  # a worker may have gone again


def _server_address(settings: Settings) -> str:
    """The Prefect server that workers tell about their batches. Raises `NoCluster` when only this machine reaches it.

    The server inside a night's own process answers on this machine alone.
    """
    address = str(get_client(sync_client=True).api_url)
    here, there = urlsplit(address).hostname, urlsplit(settings.dask_scheduler or "").hostname
    if here in LOOPBACK and there not in LOOPBACK:
        raise NoCluster("With dask_scheduler on another machine, PREFECT_API_URL must name a server its workers reach.")
    return address
