"""Common recommendations: ways to group compared, added nights, and the pairs the labels lack.

`python -m tests.bench groups` prints tables; `python -m tests.bench.groups --methods` only the comparison of ways;
`--missing` prints, for a reader to judge, every pair found among the labelled real rows that the labels do not hold,
with both texts; `--strongest FOLDER` runs a night over the corpus in FOLDER and prints the twenty strongest. What it
costs at scale: `grouping`.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

from pipeline.embed import Encoder, load_encoder
from pipeline.group import group_asks
from tests.bench.group_methods import compare_methods
from tests.bench.group_rows import SHARED, Labelled, embed_rows, read_real, read_sample
from tests.bench.group_strongest import print_strongest
from tests.bench.grouping import add_nights
from tests.bench.kept_rows import read_policing, read_transport
from tests.bench.report import Report, format_report


def measure_groups() -> Iterator[Report]:
    """The comparison of ways, on the bundled sample and where it lies beside the checkout on the corpus; there nights
    are added too.
    """
    encoder = load_encoder()
    yield from _compare_all(encoder)
    if SHARED.is_dir():
        yield add_nights("complaints body and coroners", read_policing(), encoder)
        yield add_nights("forty years of one accident investigator", read_transport(), encoder)


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


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument("--methods", action="store_true", help="the comparison of ways")
    asked.add_argument("--missing", action="store_true", help="pairs found that the labels lack")
    asked.add_argument("--strongest", type=Path, metavar="FOLDER", help="the strongest of the corpus; a data folder")
    wanted = parser.parse_args()
    if wanted.strongest:
        print_strongest(wanted.strongest)
    else:
        print_missing() if wanted.missing else print_methods()
