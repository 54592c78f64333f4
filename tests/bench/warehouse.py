"""The warehouse at sizes: time to publish, memory, disk, the analysts' questions and search. Rows are drawn by lot."""

import math
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.bench.drawn_night import draw_night, draw_vectors
from tests.bench.report import Report
from tests.bench.search import read_questions
from tests.test_warehouse_readme import QUERIES
from warehouse.connect import Connection, open_reader
from warehouse.facts import list_passages
from warehouse.publish import publish
from warehouse.search import search

SIZES = (1_000, 10_000)  # recommendations
TIMES = 5  # each question is asked
QUESTIONS = QUERIES[1:21]  # the first lists columns, the last tell the past


@dataclass(frozen=True, slots=True)
class Measured:
    """One size. Milliseconds of every time a question was asked; of each search by Python and by SQL."""

    rows: int
    passages: int
    seconds: float
    cpu_seconds: float
    facts_mb: float  # the most the process held before publishing: the drawn night
    peak_mb: float
    file_mb: float
    answers: tuple[int, ...]  # rows that each question gives
    asked: tuple[tuple[float, ...], ...]
    searched: tuple[float, ...]
    searched_in_sql: tuple[float, ...]


def measure_warehouse(rows: int | None = None) -> Iterator[Report]:
    """Nights of `SIZES`, or of `rows` and its tenth, each in a process of its own; then the larger's questions."""
    sizes = SIZES if rows is None else (rows // 10, rows)
    context = multiprocessing.get_context("spawn")
    measured = []
    for size in sizes:
        with ProcessPoolExecutor(1, mp_context=context) as worker:
            measured.append(worker.submit(_measure, size).result())
    yield _compare(measured)
    yield _list_questions(measured[-1])


def _compare(measured: Sequence[Measured]) -> Report:
    columns = (
        "recommendations", "passages", "publish: seconds", "CPU seconds", "facts: MB", "peak: MB", "file: MB",
        "questions: p95 ms", "search: p95 ms", "search in SQL: p95 ms",
    )  # fmt: skip
    rows: list[tuple[str | float, ...]] = [
        (
            f"{one.rows:,}", f"{one.passages:,}", one.seconds, one.cpu_seconds, one.facts_mb, one.peak_mb, one.file_mb,
            _find_p95([ms for times in one.asked for ms in times]), _find_p95(one.searched),
            _find_p95(one.searched_in_sql),
        )
        for one in measured
    ]  # fmt: skip
    small, large = measured[0], measured[-1]
    growth = math.log(large.cpu_seconds / small.cpu_seconds) / math.log(large.rows / small.rows)
    size = math.log(large.file_mb / small.file_mb) / math.log(large.rows / small.rows)
    note = f"Exponent of growth from the first size to the last: CPU seconds {growth:.2f}, the file {size:.2f}."
    return Report("A warehouse of drawn rows", columns, rows, note)


def _list_questions(one: Measured) -> Report:
    rows: list[tuple[str | float, ...]] = [
        (str(number), f"{answers:,}", sorted(times)[len(times) // 2], max(times))
        for number, (answers, times) in enumerate(zip(one.answers, one.asked, strict=True), 1)
    ]
    title = f"The twenty questions of warehouse/README.md over {one.rows:,} recommendations"
    return Report(title, ("question", "rows of the answer", "median ms", "slowest ms"), rows)


def _measure(size: int) -> Measured:
    facts = draw_night(size)
    before = _read_peak()
    with tempfile.TemporaryDirectory() as folder:
        started, cpu = time.perf_counter(), time.process_time()
        warehouse = publish(facts, Path(folder)).warehouse
        seconds, cpu_seconds, peak = time.perf_counter() - started, time.process_time() - cpu, _read_peak()
        with open_reader(warehouse) as connection:
            answers = tuple(_ask(connection, question) for question in QUESTIONS)
        words = [question.question for question in read_questions()]
        vectors = [[float(number) for number in vector] for vector in draw_vectors(len(words), seed=3)]
        return Measured(
            rows=sum(len(one.recommendations) for one in facts.extractions.values()),
            passages=len(list_passages(facts.extractions)),
            seconds=seconds,
            cpu_seconds=cpu_seconds,
            facts_mb=before,
            peak_mb=peak,
            file_mb=warehouse.stat().st_size / 1e6,
            answers=answers,
            asked=tuple(_time_question(warehouse, question) for question in QUESTIONS),
            searched=tuple(
                _time(lambda words=words, vector=vector: search(warehouse, words, vector))
                for words, vector in zip(words, draw_vectors(len(words), seed=3), strict=True)
            ),
            searched_in_sql=_time_searches(warehouse, words, vectors),
        )


def _time_question(warehouse: Path, question: str) -> tuple[float, ...]:
    """By a connection of its own, to the last row."""
    with open_reader(warehouse) as connection:
        return tuple(_time(lambda: _ask(connection, question)) for _ in range(TIMES))


def _time_searches(warehouse: Path, words: Sequence[str], vectors: Sequence[Sequence[float]]) -> tuple[float, ...]:
    """In an analyst's session: one connection for all."""
    sql = "FROM search_passages($words, how_many := 10, meant := $vector::FLOAT[])"
    with open_reader(warehouse) as connection:
        return tuple(
            _time(lambda pair=pair: _ask(connection, sql, {"words": pair[0], "vector": pair[1]}))
            for pair in zip(words, vectors, strict=True)
        )


def _ask(connection: Connection, sql: str, values: dict[str, object] | None = None) -> int:
    """Rows of the answer. It is had whole, as Arrow: what the database takes, and not what a million objects do."""
    return int(connection.sql(sql, params=values).to_arrow_table().num_rows)


def _time(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - started)


def _find_p95(times: Sequence[float]) -> float:
    return sorted(times)[math.ceil(0.95 * len(times)) - 1]


def _read_peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
