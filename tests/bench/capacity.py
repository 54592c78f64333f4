"""What each stage of a night costs, measured at two sizes on this machine, and what that makes of very many documents.

`python -m tests.bench.costs` prints it; `--documents 120 600` for other sizes. Seconds are CPU seconds, so that other
work on the machine matters little.
"""

import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from flows import assigning, grouping, publish, pull, read, theming, understand
from flows.iteration import Stop, uncollected
from pipeline.isolate import Limits, run_isolated
from pipeline.records import RunRecord
from pipeline.settings import Settings
from pipeline.workspace import Workspace, lay_out
from sources import load_sources
from tests.bench.costs import measure_each
from tests.bench.drawn_documents import CORPUS, fill_inbox
from tests.bench.report import Report
from tests.sample.model import load_documents

SIZES = (30, 90)  # documents
MANY, ROWS_EACH = 1_000_000, 10  # documents, and recommendations of each
WORKERS = 64  # cores of a cluster
SPREAD = ("read: page", "read: page from its picture", "embed: text")  # what a cluster shares; the rest is one process
GIGABYTES = 24  # of memory
REQUESTS = 12_628 / 6_000  # a document, as the benchmark `backfill` counted them
HOSTS, SECONDS_BETWEEN, A_NIGHT = 8, 2, 5_000  # publishers' hosts; the defaults of the settings
SAMPLE = Path(__file__).parents[2] / "sources" / "sample" / "documents"
LIMITS = Limits(seconds=3600, memory_bytes=16 * 2**30)
NOW, AS_OF = datetime(2026, 11, 23, 2, 30, tzinfo=UTC), date(2026, 11, 23)


@dataclass(frozen=True, slots=True)
class Measured:
    """One night in a process of its own: how much there was, CPU seconds by stage, bytes on the disk, peak memory."""

    counts: dict[str, int]
    seconds: dict[str, float]
    disk: dict[str, int]
    peak_bytes: int


def measure_capacity(cache: Path, sizes: tuple[int, int] = SIZES) -> Iterator[Report]:
    """Costs of each stage at both `sizes`, and time, disk, memory and requests at a million documents."""
    small, large = (_measure(size, cache) for size in sorted(sizes))
    scans = [SAMPLE / base.file for base in load_documents() if base.scan]
    recognised = measure_each("recognise", scans)
    a_scan = sum(cost.cpu_seconds for cost in recognised.values()) / sum(cost.pages for cost in recognised.values())
    yield from tell_capacity(small, large, a_scan)


def tell_capacity(small: Measured, large: Measured, a_scan: float) -> Iterator[Report]:
    """The tables that follow from two nights and from the CPU seconds of a scanned page."""
    units = {**_fit(small, large), "read: page from its picture": (0.0, a_scan)}
    yield _tell_time(units, _scale(large), small, large)
    yield _tell_disk(small, large)
    yield _tell_memory(small, large)
    yield _tell_requests()


def _measure(size: int, cache: Path) -> Measured:
    [outcome] = run_isolated(measure_night, [(size, cache)], workers=1, limits=LIMITS)
    if outcome.result is None:
        raise RuntimeError(f"{size} documents: {outcome.failure}")
    return outcome.result


def measure_night(item: tuple[int, Path]) -> Measured:
    """A night's stages one after another, without Prefect, over so many drawn documents; a worker imports it."""
    size, cache = item
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder) / "data", ocr=False, workers=1)
        workspace = Workspace(settings.data)
        lay_out(workspace)
        fill_inbox(size, workspace, cache)
        run = RunRecord("r1", NOW, NOW, AS_OF, "completed", ("inbox",), (), size, 0)
        stages: dict[str, Callable[[], Any]] = {
            "archive: document": lambda: _pull(settings),
            "read: page": lambda: read.read_documents(settings),
            "embed: text": lambda: _embed(settings),
            "assign themes: row": lambda: assigning.assign_themes(settings, "r1", NOW),
            "emerging themes: row": lambda: theming.propose_themes(settings, "r1", NOW, AS_OF),
            "group: row": lambda: grouping.group_recommendations(settings, "r1", NOW),
            "warehouse: row": lambda: publish.publish_night(settings, run),
            "digests: row": lambda: publish.write_digests(settings, AS_OF),
        }
        results, seconds = {}, {}
        with uncollected():  # as a night, from its vectors on
            for name, work in stages.items():
                before = _spent()
                results[name] = work()
                seconds[name] = _spent() - before
        found = read.load_extractions(settings, with_passages=True).values()
        counts = {
            "document": size,
            "page": sum(one.page_count for one in found),
            "row": sum(len(one.recommendations) for one in found),
            "text": results["embed: text"],
        }
        disk = {name: _weigh(settings.data / name) for name in ("archive", "stages", "published", "digests")}
        return Measured(counts, seconds, disk, 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def _embed(settings: Settings) -> int:
    return understand.embed_asks(settings).new + understand.embed_passages(settings, Stop()).new


def _pull(settings: Settings) -> None:
    fetcher: Any = None  # what lies in the inbox is not fetched
    pull.pull_documents(settings, load_sources()["inbox"], fetcher, stream=None, since=None, now=NOW)


def _spent() -> float:
    """CPU seconds of this process and of those it has waited for."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _weigh(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _fit(small: Measured, large: Measured) -> dict[str, tuple[float, float]]:
    """Of each stage: CPU seconds whatever its size, and CPU seconds a unit."""
    fitted = {}
    for name, seconds in large.seconds.items():
        unit = name.rsplit(" ", 1)[1]
        more = large.counts[unit] - small.counts[unit]
        each = max(0.0, (seconds - small.seconds[name]) / more)
        fitted[name] = (max(0.0, seconds - each * large.counts[unit]), each)
    return fitted


def _scale(measured: Measured) -> dict[str, float]:
    """How many of each unit a million documents have: pages as measured, rows as asked, texts as both demand."""
    counts, documents = measured.counts, measured.counts["document"]
    others = counts["text"] - 2 * counts["row"]  # each row is embedded as printed and by its core
    return {
        "document": MANY,
        "page": MANY * counts["page"] / documents,
        "row": MANY * ROWS_EACH,
        "text": MANY * (others / documents + 2 * ROWS_EACH),
        "picture": MANY * counts["page"] / documents * 0.01,
    }


def _tell_time(
    units: dict[str, tuple[float, float]], counts: dict[str, float], small: Measured, large: Measured
) -> Report:
    rows = []
    for name, (fixed, each) in units.items():
        count = counts[name.rsplit(" ", 1)[1]]
        hours = (fixed + each * count) / 3600
        cores = (2, WORKERS) if name in SPREAD else (1, 1)
        rows.append((name, fixed, 1000 * each, f"{count:,.0f}", *(hours / core for core in cores)))
    rows.append(("together", "", "", "", *(sum(float(row[at]) for row in rows) for at in (4, 5))))
    told = large.counts
    return Report(
        f"CPU seconds of a night at {small.counts['document']} and {told['document']} drawn documents, "
        f"drawn out to {MANY:,}",
        ("stage: unit", "fixed s", "ms a unit", "units", "hours, 2 cores", f"hours, {WORKERS} workers"),
        rows,
        f"{told['page'] / told['document']:.1f} pages and {told['row'] / told['document']:.1f} rows a drawn document; "
        "one page in a hundred is taken for a picture. Straight lines: sorting, joins and clustering grow faster.",
    )


def _tell_disk(small: Measured, large: Measured) -> Report:
    documents = large.counts["document"] - small.counts["document"]
    rows = []
    for name, size in large.disk.items():
        each = max(0, size - small.disk[name]) / documents
        rows.append((f"{name}, drawn documents", each / 1000, each * MANY / 1e9))
    real = [path.stat().st_size for path in CORPUS.rglob("*.pdf")]
    if real:
        each = sum(real) / len(real)
        rows.append((f"archive, {len(real)} documents of the corpus", each / 1000, each * MANY / 1e9))
    return Report("Disk", ("", "kB a document", f"GB at {MANY:,}"), rows)


def _tell_memory(small: Measured, large: Measured) -> Report:
    each = (large.peak_bytes - small.peak_bytes) / (large.counts["document"] - small.counts["document"])
    fixed = large.peak_bytes - each * large.counts["document"]
    most = (GIGABYTES * 1e9 - fixed) / each
    rows = [(f"{fixed / 1e6:,.0f}", each / 1000, each * MANY / 1e9, f"{most:,.0f}")]
    columns = ("MB whatever the size", "kB a document", f"GB at {MANY:,}", f"documents in {GIGABYTES} GB")
    return Report("Memory of the process that understands and publishes", columns, rows)


def _tell_requests() -> Report:
    rows = []
    for hosts in (1, HOSTS):
        each = MANY * REQUESTS / hosts
        rows.append((str(hosts), each, each * SECONDS_BETWEEN / 86400, each / A_NIGHT))
    columns = ("hosts that share them", "requests a host", "days at one in two seconds", f"nights of {A_NIGHT:,}")
    return Report(f"Asking publishers for {MANY:,} documents", columns, rows)
