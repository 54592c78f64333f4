"""Recognition: seconds a page that has to be read from its picture."""

from collections.abc import Iterator

from pipeline.records import Extraction
from sources import HERE
from tests.bench.costs import Cost, measure_each
from tests.bench.report import Report


def measure_recognition() -> Iterator[Report]:
    """The sample's scans, each read with recognition and without: the difference is what recognition costs."""
    paths = sorted((HERE / "sample" / "documents").glob("*.pdf"))
    plain = measure_each("read", paths)
    scans = [path for path in paths if _codes(plain[path].found) & {"no_text_layer"}]
    measured = measure_each("recognise", [scans[0], *scans])  # the first also loads the models, and is measured again
    rows = [(path.stem, *_describe(plain[path], measured[path])) for path in scans]
    columns = ("scan", "pages", "seconds a page", "CPU seconds a page", "peak MB of the worker so far")
    yield Report("Reading pages from their picture", columns, rows)


def _codes(found: Extraction | None) -> set[str]:
    return {issue.code for issue in found.issues} if found else set()


def _describe(plain: Cost, measured: Cost) -> tuple[float, ...]:
    pages = _recognised_pages(measured.found)
    wall = (measured.wall_seconds - plain.wall_seconds) / max(1, pages)
    cpu = (measured.cpu_seconds - plain.cpu_seconds) / max(1, pages)
    return pages, wall, cpu, measured.peak_mb


def _recognised_pages(found: Extraction | None) -> int:
    """Told only by the issue: "3 pages were read from their picture …"."""
    messages = [issue.message for issue in found.issues if issue.code == "recognised_pages"] if found else []
    return sum(int(message.split()[0]) for message in messages)
