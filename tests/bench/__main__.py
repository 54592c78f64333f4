"""Runs benchmarks and prints their tables: `python -m tests.bench [name …]`."""

import argparse
from collections.abc import Callable, Iterator

from tests.bench.backfill import measure_backfill
from tests.bench.embedding import measure_embedding
from tests.bench.groups import measure_groups
from tests.bench.night import measure_nights
from tests.bench.reading import measure_reading
from tests.bench.recognition import measure_recognition
from tests.bench.report import Report, describe_machine, format_report
from tests.bench.search import measure_search
from tests.bench.themes import measure_themes
from tests.bench.warehouse import measure_warehouse

BENCHMARKS: dict[str, Callable[[], Iterator[Report]]] = {
    "reading": measure_reading,
    "backfill": measure_backfill,
    "recognition": measure_recognition,
    "embedding": measure_embedding,
    "night": measure_nights,
    "themes": measure_themes,
    "warehouse": measure_warehouse,
    "groups": measure_groups,
    "search": measure_search,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(BENCHMARKS)}; all without any")
    names = parser.parse_args().names or list(BENCHMARKS)
    if unknown := sorted(set(names) - BENCHMARKS.keys()):
        parser.error(f"there is no benchmark {unknown[0]!r}; there are {', '.join(BENCHMARKS)}")
    print(describe_machine(), flush=True)
    for name in names:
        for report in BENCHMARKS[name]():
            print(f"\n{format_report(report)}", flush=True)


if __name__ == "__main__":
    main()
