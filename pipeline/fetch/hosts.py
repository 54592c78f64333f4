"""One host through a night: its pace, its budget, and when it is left alone. Knows nothing of HTTP."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

BACKOFF = (5.0, 20.0, 60.0)  # seconds before the second, third and fourth attempt
BLOCKS = 5  # refusals in a row after which a host is left alone for the night
FAILURES = 3  # addresses in a row that failed in spite of every attempt


@dataclass(slots=True)
class Pace:
    """At least so many seconds between the starts of two requests; what a host asks for is added on top.

    `speed` divides every wait: more than 1 only against a replica.
    """

    seconds_between: float
    speed: float = 1.0
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] = time.sleep
    _next: float = 0.0

    def wait(self) -> None:
        """Return when the next request may start."""
        ahead = self._next - self.clock()
        if ahead > 0:
            self.sleep(ahead)
        self._next = self.clock() + self.seconds_between / self.speed

    def hold_back(self, seconds: float) -> None:
        """No request for `seconds` from now."""
        self._next = max(self._next, self.clock() + seconds / self.speed)


@dataclass(slots=True)
class HostState:
    """What is known of one host tonight. `lock` is held for one request at a time: one connection, one request."""

    name: str
    pace: Pace
    budget: int  # requests left tonight
    resting: str | None = None  # why it is left alone for the rest of the night, in one sentence
    blocks: int = 0
    failures: int = 0
    asked: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def spend(self) -> None:
        """Count one request, waiting for its turn. With the last of the budget the host rests."""
        self.pace.wait()
        self.asked += 1
        self.budget -= 1
        if self.budget <= 0:
            self.rest(f"{self.name} has been asked {self.asked} times tonight, which is its budget")

    def rest(self, why: str) -> None:
        """Leave the host alone for the rest of the night; the first reason stays."""
        self.resting = self.resting or why

    def note_block(self, is_blocked: bool) -> None:
        """A refusal or challenge, or its absence: several in a row, and the host is left alone."""
        self.blocks = self.blocks + 1 if is_blocked else 0
        if self.blocks >= BLOCKS:
            self.rest(f"{self.name} refused {self.blocks} requests in a row and is left alone tonight")

    def note_failure(self, has_failed: bool) -> None:
        """An address that failed every attempt, or one that answered."""
        self.failures = self.failures + 1 if has_failed else 0
        if self.failures >= FAILURES:
            self.rest(f"{self.name} failed {self.failures} times in a row and is left alone tonight")


def read_retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for: a number, or a date. None for none or nonsense."""
    if value is None:
        return None
    if value.isascii() and value.strip().isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - now).total_seconds())
