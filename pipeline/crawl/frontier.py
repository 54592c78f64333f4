"""What is still to be asked: one queue a host, documents before pages before more listing. Pure."""

from collections import deque
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from pipeline.records import DocumentRef
from pipeline.visits import Visit
from pipeline.web import Request

DOCUMENT, PAGE, LIST = range(3)


@dataclass(frozen=True, slots=True)
class Errand:
    """One address to ask: a page where `ref` is None, else a document."""

    request: Request
    rank: int
    ref: DocumentRef | None = None
    visit: Visit | None = None  # what is known of it from before

    @property
    def host(self) -> str:
        """Whose queue it waits in."""
        try:
            return urlsplit(self.request.url).hostname or ""
        except ValueError:
            return ""


@dataclass(slots=True)
class Frontier:
    """Errands by host and rank. What lies furthest down a site goes first, so that little ever waits."""

    _queues: dict[str, tuple[deque[Errand], ...]] = field(default_factory=dict)

    def add(self, errand: Errand) -> None:
        """Put an errand at the end of its queue."""
        queues = self._queues.setdefault(errand.host, (deque(), deque(), deque()))
        queues[errand.rank].append(errand)

    def hosts(self) -> list[str]:
        """Hosts for which something waits."""
        return [host for host, queues in self._queues.items() if any(queues)]

    def take(self, host: str) -> Errand:
        """The next errand for `host`. Raises `LookupError` when nothing waits."""
        queue = next((queue for queue in self._queues[host] if queue), None)
        if queue is None:
            raise LookupError(f"nothing waits for {host}")
        return queue.popleft()
