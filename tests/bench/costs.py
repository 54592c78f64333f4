"""What one piece of work costs, measured in a worker process so that its memory is its own.

Workers import it by name. The libraries compared with are imported where they are used, to count only there.
`python -m tests.bench.costs` prints what each stage costs, and what a million documents would.
"""

import argparse
import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.document import Job, read_document
from pipeline.isolate import Limits, run_isolated
from pipeline.media import PDF
from pipeline.records import Extraction

LIMITS = Limits(seconds=3600, memory_bytes=16 * 2**30)


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of one document; `peak_mb` is the most that the worker's process has held until then."""

    cpu_seconds: float
    wall_seconds: float
    peak_mb: float
    pages: int = 0
    found: Extraction | None = None


def measure_each(way: str, paths: Sequence[Path]) -> dict[Path, Cost]:
    """The cost of each document when read in this `way`, by one fresh worker process. Raises what stopped it."""
    costs = {}
    for outcome in run_isolated(measure_one, [(way, path) for path in paths], workers=1, limits=LIMITS):
        if outcome.result is None:
            raise RuntimeError(f"{outcome.item[1].name}: {outcome.failure}")
        costs[outcome.item[1]] = outcome.result
    return costs


def measure_one(item: tuple[str, Path]) -> Cost:
    way, path = item
    cpu, wall = time.process_time(), time.perf_counter()
    found, pages = WAYS[way](path)
    spent = time.process_time() - cpu, time.perf_counter() - wall
    return Cost(*spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, pages, found)


def _read(path: Path) -> tuple[Extraction, int]:
    found = read_document(Job(path, PDF, "bench", ocr=False))
    return found, found.page_count


def _read_with_recognition(path: Path) -> tuple[Extraction, int]:
    found = read_document(Job(path, PDF, "bench"))
    return found, found.page_count


def _plumb(path: Path) -> tuple[None, int]:
    """pdfplumber's text of every page, closed one by one as its own documentation advises."""
    import pdfplumber

    with pdfplumber.open(path) as pdf:
        for page in pdf.pages:
            page.extract_text()
            page.close()
        return None, len(pdf.pages)


def _text_only(path: Path) -> tuple[None, int]:
    """PDFium's bare text of every page: the least that any reader costs."""
    import pypdfium2 as pdfium

    pdf = pdfium.PdfDocument(path)
    for page in pdf:
        textpage = page.get_textpage()
        textpage.get_text_range()
        textpage.close()
        page.close()
    return None, len(pdf)


WAYS: dict[str, Any] = {
    "read": _read,
    "recognise": _read_with_recognition,
    "pdfplumber": _plumb,
    "pypdfium2": _text_only,
}


def main() -> None:
    from tests.bench.capacity import SIZES, measure_capacity  # it imports this module, by its own name
    from tests.bench.drawn_documents import CACHE
    from tests.bench.report import describe_machine, format_report

    parser = argparse.ArgumentParser(prog="python -m tests.bench.costs")
    parser.add_argument("--documents", type=int, nargs=2, default=SIZES, help="of the two nights")
    parser.add_argument("--cache", type=Path, default=CACHE, help="where documents are kept once they are drawn")
    given = parser.parse_args()
    print(describe_machine(), flush=True)
    for report in measure_capacity(given.cache, given.documents):
        print(f"\n{format_report(report)}", flush=True)


if __name__ == "__main__":
    main()
