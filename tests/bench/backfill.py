"""A five-year backfill of thousands of documents against a generated replica: finished, killed, resumed."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.backfilling import Backfill, run_backfill
from tests.bench.report import Report

SPEED = 400.0  # 2 seconds between requests become 5 milliseconds, a minute's Retry-After 150
LATENCY = 0.002


def measure_backfill() -> Iterator[Report]:
    """1,500 and 6,000 documents, and 6,000 with the crawl killed twelve times."""
    rows = []
    for documents, kills in ((1500, 0), (6000, 0), (6000, 12)):
        with tempfile.TemporaryDirectory() as folder:
            done = run_backfill(documents, Path(folder), kills=kills, speed=SPEED, latency=LATENCY, busy=500)
            rows.append((f"{documents:,} documents, {kills} kills", *_cells(done)))
    columns = (
        "backfill",
        "documents held",
        "requests",
        "answered twice",
        "told to wait",
        "at once",
        "seconds",
        "peak MB",
    )
    note = (
        f"Politeness runs {SPEED:.0f} times faster than life, hosts take {LATENCY * 1000:.0f} ms, and answer every "
        "500th request with 429. What is answered twice is what was under way at a kill: at most one request a host."
    )
    yield Report("A five-year backfill", columns, rows, note)


def _cells(done: Backfill) -> tuple[float, ...]:
    return done.documents, done.requests, done.repeated, done.refused, done.most_at_once, done.seconds, done.peak_mb
