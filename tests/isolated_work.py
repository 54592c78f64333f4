"""Work for the isolation tests; workers import it by name."""

import os
import signal
import time
from datetime import date
from pathlib import Path

from pipeline import verify
from pipeline.reading import page_texts
from pipeline.records import Issue, Level, Recommendation


def work(item: str) -> str:
    """Does what `item` says, well or badly."""
    if item == "crash":
        os.kill(os.getpid(), signal.SIGKILL)
    if item == "hang":
        time.sleep(600)
    if item == "bomb":
        return str(len(bytearray(8 * 1024**3)))
    if item == "raise":
        raise ValueError("no such page")
    if item == "record":
        return Issue("a", "read", Level.ERROR, f"{date(2026, 1, 2)}", "Told.")  # type: ignore[return-value]
    if item.startswith("forge"):
        return Forged(item)  # type: ignore[return-value]
    return item.upper()


class Forged:
    """An answer that would run a program in whoever reads it, as a file that took over its reader could send."""

    def __init__(self, item: str) -> None:
        self.item = item

    def __reduce__(self) -> tuple[object, ...]:
        return (os.system, (f"touch {self.item.partition(' ')[2]}",))


def find_rows_again(item: tuple[Path, tuple[Recommendation, ...]]) -> bool:
    """Whether a fresh parse of the file has each row at its place."""
    path, rows = item
    texts = page_texts(path.read_bytes(), {span.page for row in rows for span in row.spans})
    return verify.find_again(rows, texts) == (rows, ())
