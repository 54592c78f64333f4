"""A night, as people run it: the command line over the sample, in a data folder of its own."""

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.report import Report
from tests.drawing import HEADING, pdf, text

PERENNIAL = str(Path(sys.executable).with_name("perennial"))


def measure_nights() -> Iterator[Report]:
    """A first night, one with nothing new, and one with a single new document."""
    with tempfile.TemporaryDirectory() as folder:
        data, document = Path(folder) / "data", Path(folder) / "report.pdf"
        document.write_bytes(pdf(text("Recommendation 1", HEADING), text("The force should review its policy.")))
        run = ("run", "--source", "sample", "--source", "inbox")
        rows = [("first, over the sample", *_time_command(data, *run))]
        rows.append(("second, nothing new", *_time_command(data, *run)))
        _time_command(data, "add", str(document), "--source", "bench", "--date", "2026-01-01")
        rows.append(("third, one new document", *_time_command(data, *run)))
        rows.append(("`perennial --help`", *_time_command(None, "--help")))
        rows.append(('`perennial search "custody"`', *_time_command(data, "search", "custody")))
    columns = ("night", "seconds", "CPU seconds", "peak MB of the largest process so far")
    yield Report("A night over the sample", columns, rows)


def _time_command(data: Path | None, *words: str) -> tuple[float, float, float]:
    """Seconds, CPU seconds of the command and all it starts, and peak memory. Raises when it fails."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    where = ["--data", str(data)] if data else []
    done = subprocess.run([PERENNIAL, *words, *where], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"`perennial {' '.join(words)}` exited {done.returncode}: {done.stderr.strip()[-500:]}")
    seconds, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, cpu, after.ru_maxrss / 1024
