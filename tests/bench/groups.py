"""Common recommendations: ways to group compared, added nights, and the pairs the labels lack.

`python -m tests.bench groups` prints tables; `python -m tests.bench.groups --methods` only the comparison of ways;
`--missing` prints, for a reader to judge, every pair found among the labelled real rows that the labels do not hold,
with both texts. What it costs at scale: `grouping`.
"""

import argparse
import csv
import json
from collections.abc import Iterator

import numpy as np

from pipeline.embed import Encoder, load_encoder
from pipeline.group import group_asks
from pipeline.records import Ask
from tests.bench.group_methods import compare_methods
from tests.bench.group_rows import SHARED, Labelled, embed_rows, read_real, read_sample
from tests.bench.report import Report, format_report

NIGHTS, NIGHTLY_SHARE = 5, 0.05


def measure_groups() -> Iterator[Report]:
    """The comparison of ways, then added nights. Without the corpus beside the checkout only on the bundled sample."""
    encoder = load_encoder()
    yield from _compare_all(encoder)
    yield _add_nights(_read_corpus() if SHARED.is_dir() else list(read_sample().asks), encoder)


def print_methods() -> None:
    """The comparison of ways."""
    for report in _compare_all(load_encoder()):
        print(f"\n{format_report(report)}")


def print_missing() -> None:
    """Pairs found among the labelled rows that the labels lack, with both texts."""
    real = read_real()
    rows = embed_rows(real.asks, load_encoder())
    texts = {ask.id: " ".join(ask.text.split()) for ask in real.asks}
    for one, other in sorted(real.count(group_asks(real.asks, rows.cores, rows.words)) - real.every):
        print(f"{one}  {texts[one]}\n{other}  {texts[other]}\n")


def _compare_all(encoder: Encoder) -> Iterator[Report]:
    labelled: list[Labelled] = [read_sample(), *([read_real()] if SHARED.is_dir() else [])]
    for one in labelled:
        yield compare_methods(one, embed_rows(one.asks, encoder))


def _read_corpus() -> list[Ask]:
    """Recommendations of the complaints body and coroners' concerns; the texts stay where they are."""
    with (SHARED / "corpus/iopc/recommendation_pages.csv").open(encoding="utf-8", newline="") as stream:
        pages = [row["recommendation"] for row in csv.DictReader(stream)]
    lines = (SHARED / "corpus/pfd/reports.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [text for text in [*pages, *(json.loads(line)["concerns"] or "" for line in lines)] if text.strip()]
    return [Ask(id=f"r{n:05d}", text=text) for n, text in enumerate(texts)]


def _add_nights(asks: list[Ask], encoder: Encoder) -> Report:
    """The adjusted Rand index of the rows of old before and after each night, and of all rows in another order."""
    rows = embed_rows(asks, encoder)
    order = np.random.default_rng(3).permutation(len(asks))
    nightly = max(1, int(NIGHTLY_SHARE * len(asks)))
    table: list[tuple[str | float, ...]] = []
    before: dict[str, int] = {}
    for night in range(NIGHTS + 1):
        chosen = order[: len(order) - (NIGHTS - night) * nightly]
        now = _find_homes(group_asks([asks[n] for n in chosen], rows.cores[chosen], rows.words), asks, chosen)
        if before:
            table.append((f"night {night}: {nightly} rows more", float(len(before)), _agree(before, now)))
        before = now
    again = _find_homes(group_asks(asks, rows.cores, rows.words), asks, order)
    table.append(("the same rows in another order", float(len(before)), _agree(before, again)))
    return Report("Old rows while nights are added", ("", "rows compared", "adjusted Rand index"), table)


def _find_homes(groups: tuple[tuple[str, ...], ...], asks: list[Ask], chosen: np.ndarray) -> dict[str, int]:
    """A number of the group of each chosen row; a row alone has one of its own."""
    home = {member: n for n, group in enumerate(groups) for member in group}
    return {asks[n].id: home.get(asks[n].id, -1 - int(n)) for n in chosen.tolist()}


def _agree(before: dict[str, int], after: dict[str, int]) -> float:
    from sklearn.metrics import adjusted_rand_score

    return float(adjusted_rand_score(list(before.values()), [after[row_id] for row_id in before]))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument("--methods", action="store_true", help="the comparison of ways")
    asked.add_argument("--missing", action="store_true", help="pairs found that the labels lack")
    print_missing() if parser.parse_args().missing else print_methods()
