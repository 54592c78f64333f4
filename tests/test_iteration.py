"""Work on one item goes on beside the wait for the next, in order, and what it raises is raised."""

from collections.abc import Iterator
from threading import Event

import pytest

from flows.iteration import follow

PATIENCE_SECONDS = 20


def test_an_item_is_worked_on_while_the_next_is_awaited() -> None:
    begun, done = Event(), []

    def items() -> Iterator[int]:
        yield 1
        assert begun.wait(PATIENCE_SECONDS)
        yield 2

    def work(item: int) -> None:
        begun.set()
        done.append(item)

    follow(items(), work)
    assert done == [1, 2]


def test_what_the_work_raises_ends_it_with_the_next_item() -> None:
    asked = []

    def items() -> Iterator[int]:
        for item in range(5):
            asked.append(item)
            yield item

    def work(item: int) -> None:
        raise OSError(item)

    with pytest.raises(OSError, match="0"):
        follow(items(), work)
    assert asked == [0, 1]


def test_the_last_item_fails_too() -> None:
    with pytest.raises(ZeroDivisionError):
        follow([1, 0], lambda item: print(1 / item))
