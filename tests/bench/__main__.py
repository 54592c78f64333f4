"""Runs benchmarks and prints their tables: `python -m tests.bench [name …]`."""

import argparse
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from tests.bench.backfill import measure_backfill
from tests.bench.drawn_documents import CACHE
from tests.bench.embedding import measure_embedding
from tests.bench.grouping import measure_grouping
from tests.bench.groups import measure_groups
from tests.bench.night import measure_nights
from tests.bench.reading import measure_reading
from tests.bench.rebuild import measure_rebuild
from tests.bench.recognition import measure_recognition
from tests.bench.report import Report, describe_machine, format_report
from tests.bench.search import measure_search
from tests.bench.theme_night import measure_theme_night
from tests.bench.themes import measure_themes
from tests.bench.warehouse import measure_warehouse

BENCHMARKS: dict[str, Callable[[], Iterator[Report]]] = {
    "reading": measure_reading,
    "backfill": measure_backfill,
    "recognition": measure_recognition,
    "embedding": measure_embedding,
    "night": measure_nights,
    "themes": measure_themes,
    "theme_night": measure_theme_night,
    "groups": measure_groups,
    "search": measure_search,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(BENCHMARKS)}; all without any")
    parser.add_argument("--documents", type=int, default=600, help="of `rebuild`")
    parser.add_argument("--cache", type=Path, default=CACHE, help="where `rebuild` keeps the documents it draws")
    parser.add_argument("--rows", type=int, help="recommendations, of `warehouse` and `grouping`")
    told = parser.parse_args()
    benchmarks = {
        **BENCHMARKS,
        "grouping": partial(measure_grouping, told.rows),
        "warehouse": partial(measure_warehouse, told.rows),
        "rebuild": partial(measure_rebuild, told.documents, told.cache),
    }
    names = told.names or list(benchmarks)
    if unknown := sorted(set(names) - benchmarks.keys()):
        parser.error(f"there is no benchmark {unknown[0]!r}; there are {', '.join(benchmarks)}")
    print(describe_machine(), flush=True)
    for name in names:
        for report in benchmarks[name]():
            print(f"\n{format_report(report)}", flush=True)


if __name__ == "__main__":
    main()
