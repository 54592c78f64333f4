"""Reading: CPU seconds against pdfplumber over real documents, memory of a worker, and how time grows with pages."""

import random
import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas

from flows.extracting import extract_files
from pipeline.settings import Settings
from sources import HERE
from tests.bench.costs import Cost, measure_each
from tests.bench.report import Report
from tests.conftest import SHARED

LENGTHS = (10, 100, 1000)  # pages
LINES = 45  # of a drawn page
WORDS = re.findall(
    r"\w+",
    """
    the force board officer custody review policy record training evidence victim report inspection year team
    process that which with from their under where found there more should when these such only been
    """,
)


def measure_reading() -> Iterator[Report]:
    """Read, extract, find again and cut into passages, as a worker does in a night; recognition is off."""
    corpus = SHARED / "corpus" / "pdf"
    folder = corpus if corpus.exists() else HERE / "sample" / "documents"
    own = measure_each("read", sorted(folder.rglob("*.pdf")))
    kept = [path for path, cost in own.items() if not _lacks_text(cost)]
    yield _compare_readers(folder, {path: own[path] for path in kept}, left_out=len(own) - len(kept))
    yield _measure_all_cores(kept)
    yield _measure_lengths()


def _lacks_text(cost: Cost) -> bool:
    return cost.found is not None and any(issue.code == "no_text_layer" for issue in cost.found.issues)


def _compare_readers(folder: Path, own: dict[Path, Cost], left_out: int) -> Report:
    paths = list(own)
    ways = {
        "perennial: read, extract, find again, passages": own,
        "pdfplumber: text of every page": measure_each("pdfplumber", paths),
        "pypdfium2: bare text of every page": measure_each("pypdfium2", paths),
    }
    cpu = {name: sum(cost.cpu_seconds for cost in costs.values()) for name, costs in ways.items()}
    slowest = max(cpu.values())
    pages = sum(cost.pages for cost in own.values())
    rows = [
        (name, cpu[name], 1000 * cpu[name] / pages, slowest / cpu[name], max(cost.peak_mb for cost in costs.values()))
        for name, costs in ways.items()
    ]
    which = "the corpus beside the checkout" if folder.is_relative_to(SHARED) else "the sample; ../shared is not here"
    return Report(
        f"Reading {len(own)} documents, {pages:,} pages ({which})",
        ("", "CPU seconds", "ms a page", "times as fast", "peak MB of the worker"),
        rows,
        f"{left_out} documents with pages that need recognition are left out.",
    )


def _measure_all_cores(paths: list[Path]) -> Report:
    """The same documents through `extract_files` with as many workers as there are cores."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), ocr=False)
        started = time.perf_counter()
        pages = sum(extraction.page_count for _, extraction in extract_files(paths, "bench", settings))
        seconds = time.perf_counter() - started
    row = (str(settings.workers), seconds, pages / seconds)
    return Report("The same with a worker a core", ("workers", "seconds", "pages a second"), [row])


def _measure_lengths() -> Report:
    with tempfile.TemporaryDirectory() as folder:
        paths = {length: Path(folder) / f"{length}.pdf" for length in LENGTHS}
        for length, path in paths.items():
            _draw_report(path, length)
        rows = [(str(length), *_describe(measure_each("read", [path])[path])) for length, path in paths.items()]
    columns = ("pages", "CPU seconds", "ms a page", "peak MB of the worker", "rows")
    return Report("A drawn report of many pages, an ask on every fifth", columns, rows)


def _describe(cost: Cost) -> tuple[float, ...]:
    rows = len(cost.found.recommendations) if cost.found else 0
    return cost.cpu_seconds, 1000 * cost.cpu_seconds / cost.pages, cost.peak_mb, rows


def _draw_report(path: Path, pages: int) -> None:
    """`pages` full pages under a running head; the words are drawn by lot, always the same."""
    dice = random.Random(pages)
    canvas = Canvas(str(path), pagesize=(595, 842), invariant=1)
    for number in range(1, pages + 1):
        canvas.setFont("Helvetica", 10)
        canvas.drawString(70, 815, "A long report on many things")
        canvas.drawString(300, 20, str(number))
        for line in range(LINES):
            canvas.drawString(70, 780 - 16 * line, " ".join(dice.choices(WORDS, k=13)))
        if number % 5 == 0:
            canvas.setFont("Helvetica-Bold", 10)
            words = " ".join(dice.choices(WORDS, k=8))
            canvas.drawString(70, 790, f"Recommendation {number // 5}: The force should {words}.")
        canvas.showPage()
    canvas.save()
