"""Work goes on beside other work, in order; what it raises is raised, and a fault of the other stops it."""

import pickle
from collections.abc import Iterator
from threading import Event

import pytest

from flows.iteration import Stop, beside, follow, until_told

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


def test_what_works_beside_a_fault_is_told_to_stop() -> None:
    ended = Event()

    def work(stop: Stop) -> None:
        while not stop.is_told:
            ended.wait(0.001)
        ended.set()

    with pytest.raises(OSError, match="disk"), beside(work):
        raise OSError("disk full")
    assert ended.is_set()


def test_what_works_beside_raises_where_it_is_asked_for() -> None:
    with pytest.raises(ZeroDivisionError), beside(lambda _: 1 / 0) as under_way:
        under_way.result()


def test_who_is_told_to_stop_ends_after_the_item_at_hand() -> None:
    stop = Stop()
    done = []
    for item in until_told(iter(range(5)), stop):
        done.append(item)
        if item == 2:
            stop.tell()
    assert done == [0, 1, 2]
    assert list(until_told("ab", Stop())) == ["a", "b"]


def test_what_tells_to_stop_can_go_to_a_cluster() -> None:
    stop = Stop()
    stop.tell()
    assert pickle.loads(pickle.dumps(stop)).is_told
