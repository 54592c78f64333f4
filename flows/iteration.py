"""Going over many items: with a bar for people who watch, and in batches."""

import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from rich.console import Console
from rich.progress import track as rich_track

T = TypeVar("T")


def track(items: Iterable[T], what: str, total: int) -> Iterator[T]:
    """The same items, with a bar on standard error that says how many of `total` are done; silent when not watched."""
    watched = sys.stderr.isatty() and total > 0
    yield from rich_track(items, what, total, console=Console(stderr=True), transient=True, disable=not watched)


def in_batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of up to `size` items, in order."""
    remaining = iter(items)
    while batch := list(islice(remaining, size)):
        yield batch
