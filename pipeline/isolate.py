"""Runs a function on untrusted input in worker processes with limits on time and memory.

A crash, a hang or a bomb costs the one item it came with. Knows nothing of PDFs.
"""

import pickle
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, is_dataclass
from datetime import date, timedelta, timezone
from enum import Enum
from importlib import import_module
from io import BytesIO
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, TypeVar

DATES = (date, timedelta, timezone)  # a datetime is a date

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one item may cost. `seconds` is a number, or a function of the item where some are entitled to more."""

    seconds: float | Callable[[Any], float]
    memory_bytes: int  # address space of the worker

    def seconds_for(self, item: object) -> float:
        """Seconds that `item` may take."""
        return self.seconds(item) if callable(self.seconds) else self.seconds


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Item, Result]):
    """What came of one item: a result, or the reason why there is none."""

    item: Item
    result: Result | None
    failure: str | None = None  # one sentence
    code: str | None = None  # timeout, crash, memory, error


@dataclass(eq=False, slots=True)
class _Worker(Generic[Item]):
    process: subprocess.Popen[bytes]
    pipe: Connection
    item: Item | None = None
    deadline: float = float("inf")


def run_isolated(
    function: Callable[[Item], Result], items: Iterable[Item], *, workers: int, limits: Limits
) -> Iterator[Outcome[Item, Result]]:
    """Outcomes of `function` over `items`, in the order they finish.

    `function` must be importable by name; items and results must pickle. Each worker holds one item at a
    time; one that overruns `limits` is killed and replaced.
    """
    pending = iter(items)
    crew: list[_Worker[Item]] = []
    try:
        for item in pending:
            crew.append(_start_worker(function, limits))
            _give(crew[-1], item, limits)
            if len(crew) == workers:
                break
        while crew:
            for worker in _ready_workers(crew):
                outcome, alive = _collect(worker, limits)
                yield outcome
                crew.remove(worker)
                item = next(pending, _END)
                if not alive or item is _END:
                    _dismiss(worker)
                if item is not _END:
                    crew.append(worker if alive else _start_worker(function, limits))
                    _give(crew[-1], item, limits)
    finally:
        for worker in crew:
            worker.process.kill()
            _dismiss(worker)


_END: Any = object()


def _start_worker(function: Callable[[Any], Any], limits: Limits) -> _Worker[Any]:
    """A fresh interpreter, not a fork and not `multiprocessing`'s spawn: it must not run the caller's main module."""
    ours, theirs = Pipe()
    name = f"{function.__module__}:{function.__qualname__}"
    program = f"from {__name__} import serve; serve({name!r}, {theirs.fileno()}, {limits.memory_bytes})"
    quiet = subprocess.DEVNULL  # a library that prints must not spoil what the caller prints
    process = subprocess.Popen([sys.executable, "-c", program], pass_fds=[theirs.fileno()], stdin=quiet, stdout=quiet)
    theirs.close()
    return _Worker(process, ours)


def serve(name: str, descriptor: int, memory_bytes: int) -> None:
    """The worker's loop. Whatever the function raises is sent back: the caller decides what it means."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    module, function_name = name.split(":")
    function = getattr(import_module(module), function_name)
    pipe = Connection(descriptor)
    while True:
        try:
            item = pipe.recv()
        except (EOFError, ConnectionResetError):  # the run is over, or was killed
            return
        try:
            pipe.send((function(item), None, None))
        except MemoryError:
            pipe.send((None, "It needs more memory than a document may have.", "memory"))
        except Exception as error:  # noqa: BLE001 - the border of the sandbox: nothing may kill the run
            pipe.send((None, f"The reader failed: {_describe_error(error)}.", "error"))


def _describe_error(error: Exception) -> str:
    """In one line: some libraries put a whole traceback into their message, whose last line says what is wrong."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return ": ".join([type(error).__name__, *(line[:200].rstrip(".") for line in lines[-1:])])


def _give(worker: _Worker[Item], item: Item, limits: Limits) -> None:
    with suppress(BrokenPipeError):  # a worker that died while idle is found out when its answer is read
        worker.pipe.send(item)
    worker.item = item
    worker.deadline = time.monotonic() + limits.seconds_for(item)


def _ready_workers(crew: list[_Worker[Item]]) -> list[_Worker[Item]]:
    """Workers that answered, died or ran out of time; waits until there is one."""
    patience = max(0.0, min(worker.deadline for worker in crew) - time.monotonic())
    answered = wait([worker.pipe for worker in crew], timeout=patience)
    now = time.monotonic()
    return [worker for worker in crew if worker.pipe in answered or worker.deadline <= now]


def _collect(worker: _Worker[Item], limits: Limits) -> tuple[Outcome[Item, Any], bool]:
    """The outcome of what `worker` holds, and whether the worker can go on."""
    item: Any = worker.item
    if not worker.pipe.poll():
        worker.process.kill()
        return Outcome(item, None, f"It was given up after {limits.seconds_for(item):.0f} seconds.", "timeout"), False
    try:
        result, failure, code = _read_answer(worker.pipe.recv_bytes())
    except (EOFError, ConnectionError, pickle.UnpicklingError):
        worker.process.kill()
        return Outcome(item, None, _describe_end(worker.process.wait()), "crash"), False
    return Outcome(item, result, failure, code), True


def _read_answer(content: bytes) -> tuple[Any, str | None, str | None]:
    """Result, failure, code. Raises `UnpicklingError` for anything that is no answer, however it was spoilt."""
    try:
        result, failure, code = _Answer(BytesIO(content)).load()
    except (ValueError, TypeError, AttributeError, LookupError, EOFError, OverflowError) as error:
        raise pickle.UnpicklingError("A worker sent something that is no answer.") from error
    return result, failure, code


class _Answer(pickle.Unpickler):
    """What a worker sent, which a hostile file may have got hold of: records, enums and dates, and nothing that runs.

    Raises `UnpicklingError` for anything else, and imports no module.
    """

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - as in the class it extends
        found = getattr(sys.modules.get(module), name, None)
        if isinstance(found, type) and (is_dataclass(found) or issubclass(found, (Enum, *DATES))):
            return found
        raise pickle.UnpicklingError(f"A worker may not send {module}.{name}.")


def _describe_end(exit_code: int) -> str:
    """PDFium ends itself with one of these signals when it is refused memory."""
    if -exit_code in (signal.SIGABRT, signal.SIGTRAP, signal.SIGILL):
        return f"The reader ended itself ({signal.Signals(-exit_code).name}): it ran out of memory, or met a fault."
    return f"The reader crashed (exit code {exit_code})."


def _dismiss(worker: _Worker[Any]) -> None:
    """Closing the pipe ends the worker's loop; one that does not listen is killed."""
    worker.pipe.close()
    try:
        worker.process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        worker.process.kill()
        worker.process.wait()
