"""A five-year backfill in a process of its own, killed as often as wanted; what the server was asked is the proof.

`python -m tests.backfilling ADDRESS DATA SPEED` is that process: one crawl of the generated publisher.
"""

import random
import resource
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from flows.crawling import crawl_publisher
from pipeline.fetch import Fetcher, Policy
from pipeline.store import Archive
from pipeline.workspace import Workspace
from tests.generated import FILES, HOST, Replica, make_source, night_of
from tests.replicas.server import Log, serve
from tests.replicas.site import Answer, Asked, Site

ADDRESSES = (HOST, FILES)


@dataclass(frozen=True, slots=True)
class Backfill:
    """What came of one: documents held, requests served, addresses served more than once, kills, and what it cost."""

    documents: int
    requests: int
    repeated: int
    kills: int
    seconds: float
    peak_mb: float  # of the process that finished it
    most_at_once: int
    refused: int  # requests the host answered with 429


def run_backfill(
    documents: int,
    data: Path,
    *,
    kills: int = 0,
    speed: float = 400.0,
    latency: float = 0.0,
    seed: int = 0,
    busy: int = 0,
) -> Backfill:
    """Crawl a replica of so many documents to the end, killing the crawl (-9) `kills` times at random moments.

    The hosts take `latency` seconds to answer, and every `busy`-th request is told to come back a minute later.
    """
    chance = random.Random(seed)
    replica = Replica(list(range(1, documents + 1)))
    site = Site("generated", ADDRESSES, _make_busy(replica, busy) if busy else replica.respond)
    began = time.monotonic()
    with serve((site,), latency=latency) as server:
        command = [sys.executable, "-m", "tests.backfilling", server.address, str(data), str(speed)]
        for _ in range(kills):
            _run_and_kill(command, server.log, documents, chance)
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        log = server.log
    answered = Counter((hit.host, hit.path) for hit in log.hits if hit.status == 200 and hit.path != "/robots.txt")
    return Backfill(
        documents=len({line.sha256 for line in Archive(Workspace(data).archive).lines}),
        requests=len(log.hits),
        repeated=sum(count - 1 for count in answered.values()),
        kills=kills,
        seconds=time.monotonic() - began,
        peak_mb=float(done.stdout.split()[-1]),
        most_at_once=max(log.most_at_once.values()),
        refused=sum(hit.status == 429 for hit in log.hits),
    )


def _run_and_kill(command: list[str], log: Log, documents: int, chance: random.Random) -> None:
    """Start the crawl, and kill it after a random number of further requests."""
    until = len(log.hits) + chance.randrange(1, max(2, documents // 2))
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        while len(log.hits) < until and process.poll() is None:
            time.sleep(0.002)
        process.kill()


def _make_busy(replica: Replica, every: int):  # type: ignore[no-untyped-def]
    asked = Counter[str]()

    def respond(request: Asked) -> Answer:
        asked[request.host] += 1
        if asked[request.host] % every == 0:
            return Answer(b"", 429, {"Retry-After": "60"})
        return replica.respond(request)

    return respond


def main() -> None:
    address, data, speed = sys.argv[1:]
    workspace = Workspace(Path(data))
    policy = Policy("perennial/0 (+me@example.org)", speed=float(speed), replica=address, requests_a_night=10**6)
    with closing(Fetcher(policy, workspace.robots)) as fetcher:
        crawl_publisher(workspace, make_source(), fetcher, years=5, since=None, now=night_of(0))
    print(_read_peak_mb())


def _read_peak_mb() -> float:
    """The most this process has held. Not `ru_maxrss`, which remembers what the process that started it held."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return next(int(line.split()[1]) / 1024 for line in status.read_text().splitlines() if line.startswith("VmHWM"))


if __name__ == "__main__":
    main()
