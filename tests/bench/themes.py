"""Themes: what they cost at size, and whether they stay while nights are added.

The table of approaches by cross-validation is `python tests/fit_themes.py`.
"""

import csv
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from sklearn.metrics import adjusted_rand_score

from pipeline.assign import Classifier, load_classifier
from pipeline.embed import Encoder, load_encoder
from pipeline.emerging import Uncovered, propose_themes
from pipeline.levers import load_levers
from pipeline.records import Assignment
from pipeline.registry import load_registry
from pipeline.smart import read_smart
from tests.bench.report import Report
from tests.theme_rows import REPORTS, SHARED, read_lines, split_concerns

UPR = SHARED / "corpus" / "upr-info"
BATCH = 2048
NIGHTS = 5
NIGHT_SHARE = 0.05  # of the documents, added a night
AS_OF = date(2026, 1, 1)

T = TypeVar("T")
Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a corpus."""

    id: str
    text: str
    document: str
    title: str | None = None


def measure_themes() -> Iterator[Report]:
    """Nights added to the coroners' concerns, then the large corpus; nothing without the corpus beside the checkout."""
    if not REPORTS.exists():
        yield Report("Themes", ("",), [("the corpus does not lie beside this checkout",)])
        return
    encoder = load_encoder()
    started = time.process_time()
    classifier = load_classifier(load_registry(), encoder)
    loading = time.process_time() - started
    yield _measure_nights(classifier, encoder)
    yield _measure_size(classifier, encoder, loading)


def _measure_nights(classifier: Classifier, encoder: Encoder) -> Report:
    rows = list(_read_concerns())
    vectors = encoder.encode([row.text for row in rows])
    documents = sorted({row.document for row in rows})
    order = np.random.default_rng(0).permutation(len(documents))
    first = round(len(documents) * (1 - NIGHTS * NIGHT_SHARE))
    lines: list[tuple[str | float, ...]] = []
    before: dict[str, Assignment] = {}
    clusters: dict[str, int] = {}
    for night in range(NIGHTS + 1):
        shown = {documents[n] for n in order[: first + round(night * len(documents) * NIGHT_SHARE)]}
        chosen = [n for n, row in enumerate(rows) if row.document in shown]
        assigned = _classify(classifier, [rows[n] for n in chosen], vectors[chosen])
        again = _classify(classifier, [rows[n] for n in chosen[::-1]], vectors[chosen[::-1]])
        residue = [n for n in chosen if not assigned[rows[n].id].themes]
        emerging = _cluster([rows[n] for n in residue], vectors[residue])
        moved = sum(_slugs(before[row_id]) != _slugs(assigned[row_id]) for row_id in before)
        lines.append(
            (
                str(night), len(chosen), _agree(assigned, again), _agree(before, assigned) if before else "", moved,
                _rand(clusters, emerging) if clusters else "", len(set(emerging.values())),
            )
        )  # fmt: skip
        before, clusters = assigned, emerging
    columns = (
        "night", "rows", "ARI, other order", "ARI, old rows", "old rows moved", "ARI, emerging", "emerging clusters",
    )  # fmt: skip
    return Report(f"Themes while nights of {NIGHT_SHARE:.0%} are added to {len(rows):,} concerns", columns, lines)


def _measure_size(classifier: Classifier, encoder: Encoder, loading: float) -> Report:
    rows = list(_read_large())
    watch = _Watch()
    watch.lines.append(("load registry and figures", loading, "", _peak()))
    vectors = watch.time(f"embed {len(rows):,} rows", lambda: _embed(encoder, rows))
    watch.time("assign 1,000 rows", lambda: _classify(classifier, rows[:1000], vectors[:1000]))
    assigned = watch.time(f"assign {len(rows):,} rows", lambda: _classify(classifier, rows, vectors))
    watch.time(f"levers and flags of {len(rows):,} rows", lambda: _read_traits(rows))
    residue = [n for n, row in enumerate(rows) if not assigned[row.id].themes]
    left = [rows[n] for n in residue]
    found = watch.time(f"cluster the {len(left):,} without a theme", lambda: _cluster(left, vectors[residue]))
    watch.lines.append((f"proposals: {len(set(found.values())):,}, of {len(found):,} rows", "", "", _peak()))
    return Report("Themes at size", ("", "CPU seconds", "seconds", "peak MB until then"), watch.lines)


class _Watch:
    """Times steps, in CPU and in wall-clock seconds: other programs run on the machine."""

    def __init__(self) -> None:
        self.lines: list[tuple[str | float, ...]] = []

    def time(self, name: str, work: Callable[[], T]) -> T:
        wall, cpu = time.perf_counter(), time.process_time()
        made = work()
        self.lines.append((name, time.process_time() - cpu, time.perf_counter() - wall, _peak()))
        return made


def _embed(encoder: Encoder, rows: Sequence[Row]) -> Vectors:
    return np.vstack([encoder.encode([r.text for r in rows[n : n + BATCH]]) for n in range(0, len(rows), BATCH)])


def _read_traits(rows: Sequence[Row]) -> None:
    reader = load_levers()
    for row in rows:
        reader.find(row.text)
        read_smart(row.text)


def _read_concerns() -> Iterator[Row]:
    for number, report in enumerate(read_lines(REPORTS)):
        title = f"Prevention of Future Deaths report to {(report['sent_to'] or '').strip()}"
        for n, text in enumerate(split_concerns(report["concerns"] or "")):
            yield Row(f"{number}-{n}", text, str(number), title)


def _read_large() -> Iterator[Row]:
    for path in sorted(UPR.glob("*.csv")):
        with path.open(encoding="mac_roman", newline="") as file:
            for n, line in enumerate(csv.DictReader(file)):
                if line["Text"].strip():
                    yield Row(f"{path.stem}-{n}", line["Text"], f"{line['To']}-{line['Session']}")


def _classify(classifier: Classifier, rows: Sequence[Row], vectors: Vectors) -> dict[str, Assignment]:
    found = classifier.classify(
        [row.id for row in rows],
        [row.text for row in rows],
        [None] * len(rows),
        vectors,
        documents=[row.document for row in rows],
        title_vectors=np.zeros_like(vectors),
    )
    return {one.recommendation_id: one for one in found}


def _cluster(rows: Sequence[Row], vectors: Vectors) -> dict[str, int]:
    found = propose_themes([Uncovered(row.id, row.text, row.document) for row in rows], vectors, AS_OF)
    return {row_id: n for n, one in enumerate(found) for row_id in one.member_ids}


def _agree(one: dict[str, Assignment], other: dict[str, Assignment]) -> float:
    return _rand({key: _slugs(value) for key, value in one.items()}, {key: _slugs(v) for key, v in other.items()})


def _rand(one: dict[str, Any], other: dict[str, Any]) -> float:
    """Adjusted Rand index over the rows that both hold."""
    shared = sorted(set(one) & set(other))
    return float(adjusted_rand_score([str(one[key]) for key in shared], [str(other[key]) for key in shared]))


def _slugs(assignment: Assignment) -> str:
    return " ".join(sorted(score.theme for score in assignment.themes))


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
