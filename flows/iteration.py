"""Going over many items: with a bar for people who watch, in batches, against the clock, until told to stop."""

import gc
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from typing import TypeVar

from rich.console import Console
from rich.progress import track as rich_track

T = TypeVar("T")


class Stopwatch:
    """How long each stage of a run took, in seconds."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def time(self, stage: str, work: Callable[[], T]) -> T:
        """What `work` gives; its time is kept under `stage`, also when it fails."""
        started = time.monotonic()
        try:
            return work()
        finally:
            self.seconds[stage] = round(time.monotonic() - started, 2)


class Stop:
    """Whether those who work beside the one who waits for them should end; plain, so that it can go to a cluster."""

    def __init__(self) -> None:
        self.is_told = False

    def tell(self) -> None:
        """They should."""
        self.is_told = True


@contextmanager
def uncollected() -> Iterator[None]:
    """Without Python's search for cycles: a night's many records hold none, and were walked over and over (Python's
    documentation of `gc`), a third of the time it takes to publish them.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def track(items: Iterable[T], what: str, total: int) -> Iterator[T]:
    """The same items, with a bar on standard error that says how many of `total` are done; silent when not watched."""
    watched = sys.stderr.isatty() and total > 0
    yield from rich_track(items, what, total, console=Console(stderr=True), transient=True, disable=not watched)


def follow(items: Iterable[T], work: Callable[[T], None]) -> None:
    """Call `work` on each item in order, in a thread beside the one that waits for the next item; one at a time.

    Raises what `work` raises, at the latest when the next item is there.
    """
    with ThreadPoolExecutor(1) as pool:
        under_way: Future[None] | None = None
        for item in items:
            if under_way:
                under_way.result()
            under_way = pool.submit(work, item)
        if under_way:
            under_way.result()


@contextmanager
def beside(work: Callable[[Stop], T]) -> Iterator[Future[T]]:
    """`work` in a thread beside what the caller does meanwhile, at whose end, or fault, it is told to stop."""
    stop = Stop()
    with ThreadPoolExecutor(1) as pool:
        under_way = pool.submit(work, stop)
        try:
            yield under_way
        finally:
            stop.tell()


def until_told(items: Iterable[T], stop: Stop) -> Iterator[T]:
    """The same items, up to the one that was at hand when `stop` was told."""
    for item in items:
        yield item
        if stop.is_told:
            return


def in_batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of up to `size` items, in order."""
    remaining = iter(items)
    while batch := list(islice(remaining, size)):
        yield batch
