"""What grouping costs, as the night calls it: a first night over many rows, one that brings a few more, one without.

Rows are drawn: stretches of eight real asks in one, its vector drawn around three of many centres; one in ten is an
earlier one again with one stretch more. Then, where it lies beside the checkout, a large real body, night by night.
`python -m tests.bench grouping --rows 300000` takes half an hour and 5 GB.
"""

import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from flows import grouping
from flows.read import load_extractions, recommendations_of
from pipeline.embed import Encoder, load_encoder
from pipeline.settings import Settings
from tests.bench.group_rows import SHARED
from tests.bench.kept_rows import NOW, Row, cut_nights, draw_rows, keep_rows, list_stretches, read_peers
from tests.bench.report import Report

SIZES = (10_000, 40_000)
NEW_ROWS = 500
PART = 20_000  # rows drawn at a time
NIGHTS, NIGHTLY_SHARE = 5, 0.05


def measure_grouping(rows: int | None = None) -> Iterator[Report]:
    """CPU seconds, memory and the exponent from size to size; `rows` measures one more size."""
    encoder = load_encoder()
    encoder.encode(["loaded before anything is timed"])
    table: list[tuple[str | float, ...]] = []
    before: tuple[int, float] | None = None
    for size in sorted({*SIZES, *([rows] if rows else [])}):
        with tempfile.TemporaryDirectory() as folder:
            first, more, none = _measure_size(Settings(data=Path(folder)), encoder, size)
        exponent = float(np.log(first[0] / before[1]) / np.log(size / before[0])) if before else float("nan")
        table.append((f"{size:,}", *first, "" if before is None else exponent, *more, *none, _peak()))
        before = (size, first[0])
    columns = (
        "rows", "first night: CPU seconds", "seconds", "exponent", f"{NEW_ROWS} more: CPU seconds", "seconds",
        "none more: CPU seconds", "seconds", "peak MB until then",
    )  # fmt: skip
    yield Report("Grouping, the whole stage", columns, table)
    if SHARED.is_dir():
        yield add_nights("countries' reviews of each other", read_peers(), encoder)


def add_nights(title: str, rows: Sequence[Row], encoder: Encoder) -> Report:
    """What a night of 5 % more documents does to the rows of old, and what it costs; then all from nothing."""
    table: list[tuple[str | float, ...]] = []
    before: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder))
        for night, some in enumerate(cut_nights(rows, NIGHTS, NIGHTLY_SHARE)):
            keep_rows(settings, encoder, some)
            spent = time_night(settings, str(night))
            now = _find_homes(settings)
            agreement = _agree(before, now) if before else ""
            moved = sum(now[row_id] != home for row_id, home in before.items())
            table.append((str(night), len(now), agreement, moved, *spent, _peak()))
            before = now
        (settings.data / "stages" / "grouping_past.npz").unlink()
        spent = time_night(settings, "again")
        table.append(("all from nothing", len(before), _agree(before, _find_homes(settings)), 0, *spent, _peak()))
    columns = (
        "night", "rows", "ARI of old rows", "old rows that moved", "CPU seconds", "seconds", "peak MB until then",
    )  # fmt: skip
    return Report(f"Groups while nights are added: {title}", columns, table)


def time_night(settings: Settings, run_id: str) -> tuple[float, float]:
    """CPU seconds and seconds of the stage."""
    started = time.process_time(), time.perf_counter()
    grouping.group_recommendations(settings, run_id, NOW)
    return time.process_time() - started[0], time.perf_counter() - started[1]


def _measure_size(settings: Settings, encoder: Encoder, size: int) -> tuple[tuple[float, float], ...]:
    stretches, dice = list_stretches(), np.random.default_rng(5)
    for start in range(0, size, PART):
        keep_rows(settings, encoder, *draw_rows(stretches, dice, range(start, min(size, start + PART))))
    first = time_night(settings, "first")
    keep_rows(settings, encoder, *draw_rows(stretches, dice, range(size, size + NEW_ROWS)))
    return first, time_night(settings, "second"), time_night(settings, "third")


def _find_homes(settings: Settings) -> dict[str, str]:
    """The group of each row; a row alone is one of its own."""
    rows = recommendations_of(load_extractions(settings, with_passages=False))
    grouped = {row_id: one.common_id for one in grouping.load_grouping(settings).commons for row_id in one.member_ids}
    return {row.recommendation_id: grouped.get(row.recommendation_id, row.recommendation_id) for row in rows}


def _agree(before: dict[str, str], after: dict[str, str]) -> float:
    from sklearn.metrics import adjusted_rand_score

    return float(adjusted_rand_score(list(before.values()), [after[row_id] for row_id in before]))


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
