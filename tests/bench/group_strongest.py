"""The strongest common recommendations of the corpus, shown for a reader to judge; what is judged is kept by place."""

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import combinations

import numpy as np

from pipeline.embed import Encoder
from pipeline.group import group_asks
from pipeline.pairs import describe_texts, load_figures, score_pairs
from pipeline.records import Ask, LinkType
from pipeline.recur import link_pairs
from tests.bench.group_rows import SHARED, embed_rows

SHOWN = 20
FEWEST_WORDS = 9
# Where a coroner's paragraph, number or bullet starts.
PARTS = re.compile(
    r"(?:(?<=\n)|^|(?<=[.;:?!]\s)|(?<=\s\s))\s*\(?(?:\d{1,2}|[a-h]|[ivx]{1,4})[.)]\s+(?=[A-Z\u201c\"])"
    r"|\n[\u2022\u25cf\u25aa-]\s*|\n\s*\n"
)
# The corpus has whole texts, not rows: a paragraph that neither asks nor finds fault tells what happened.
ASKING = re.compile(
    r"\b(?:should|must|ought|recommend\w*|needs? (?:to|for)|ensur\w+|consider(?:ation|ed)?|review\w*|requir\w+"
    r"|remind\w*|improv\w+|suggest\w*|reduc\w+|no|not|never|none|nobody|without|lack\w*|absen\w+|fail\w*|inadequate\w*"
    r"|insufficient\w*|poor\w*|delay\w*|shortage\w*|unable|unclear|unaware|unsafe|unavailable|limited|inconsisten\w*"
    r"|confus\w*|inappropriate\w*|incomplete|gap\w*|concern(?:ed|s)?|risk\w*|missed|breach\w*|excessive|cannot)\b",
    re.IGNORECASE,
)
DAYS = ("%d/%m/%Y", "%Y-%m-%d", "%A, %d %B, %Y", "%d %b %Y")


@dataclass(frozen=True, slots=True)
class Strong:
    """A common recommendation without reprints: its rows, oldest first, and its weakest link."""

    asks: tuple[Ask, ...]
    weakest: float


def print_strongest(encoder: Encoder) -> None:
    """The strongest groups, with texts and places. A place is file, line, start and length."""
    for rank, strong in enumerate(find_strongest(encoder)[:SHOWN], start=1):
        print(f"\n{rank}. weakest link {strong.weakest:.2f}")
        for ask in strong.asks:
            print(f"   {ask.id}  {ask.body}, {ask.published or 'no date'}: {' '.join(ask.text.split())}")


def find_strongest(encoder: Encoder) -> list[Strong]:
    """Groups that recur, another body or another year asking, those first whose weakest link is strongest."""
    asks = [*_read_coroners(), *_read_complaints()]
    rows, known, figures = embed_rows(asks, encoder), {ask.id: n for n, ask in enumerate(asks)}, load_figures()
    found = []
    for members in group_asks(asks, rows.cores, rows.words):
        chosen = _leave_out_reprints([asks[known[member]] for member in members])
        if len({(ask.body, ask.published and ask.published.year) for ask in chosen}) < 2:
            continue
        numbers = [known[ask.id] for ask in chosen]
        told = describe_texts([ask.text for ask in chosen], rows.cores[numbers], rows.words, figures)
        left, right = np.array(list(combinations(range(len(chosen)), 2))).T
        found.append(Strong(tuple(chosen), float(score_pairs(told, left, right, figures).min())))
    return sorted(found, key=lambda strong: (-strong.weakest, strong.asks[0].id))


def _leave_out_reprints(asks: list[Ask]) -> list[Ask]:
    """The oldest of what was printed again."""
    ordered = sorted(asks, key=lambda ask: (ask.published or date.max, ask.id))
    links = link_pairs("", ordered, lambda *_: 0.6)
    again = {link.later_id for link in links if link.link_type is LinkType.REPUBLISHED}
    return [ask for ask in ordered if ask.id not in again]


def _read_coroners() -> Iterator[Ask]:
    file = "pfd/reports.jsonl"
    for line, written in enumerate((SHARED / "corpus" / file).read_text(encoding="utf-8").splitlines()):
        report = json.loads(written)
        text, start = report["concerns"] or "", 0
        for end, after in [*(match.span() for match in PARTS.finditer(text)), (len(text), len(text))]:
            part = text[start:end]
            place, start = start + len(part) - len(part.lstrip()), after
            if len(part.split()) >= FEWEST_WORDS and ASKING.search(part):
                name = f"{file} {line} {place} {len(part.strip())}"
                coroner = f"Coroner, {(report['area'] or 'not stated').strip()}"
                yield Ask(name, part.strip(), "pfd", coroner, _read_day(report["date"]), report["ref"])


def _read_complaints() -> Iterator[Ask]:
    file = "iopc/recommendation_pages.csv"
    with (SHARED / "corpus" / file).open(encoding="utf-8", newline="") as stream:
        for line, row in enumerate(csv.DictReader(stream)):
            text = row["recommendation"].strip()
            if text:
                day = _read_day(row["dateofrecommendation"])
                yield Ask(f"{file} {line} 0 {len(text)}", text, "iopc", "IOPC", day, row["url"])


def _read_day(written: str | None) -> date | None:
    for form in DAYS:
        try:
            return datetime.strptime((written or "").strip(), form).date()
        except ValueError:
            continue
    return None
