"""Measures of quality as pure functions: item matching, pair precision and recall, multi-label F1."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

WORD = re.compile(r"[a-z0-9]+")
MATCH_AT = 0.80  # word overlap from which two texts count as the same item


@dataclass(frozen=True, slots=True)
class Tally:
    """What was found (`predicted`), what there was to find (`expected`), and how much of it is the same (`hits`)."""

    predicted: int = 0
    expected: int = 0
    hits: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.predicted + other.predicted, self.expected + other.expected, self.hits + other.hits)

    @property
    def precision(self) -> float:
        """Share of what was found that is right; 1 when nothing was found."""
        return self.hits / self.predicted if self.predicted else 1.0

    @property
    def recall(self) -> float:
        """Share of what there was that was found; 1 when there was nothing."""
        return self.hits / self.expected if self.expected else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of the two."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def overlap(one: str, other: str) -> float:
    """F1 of the words two texts share, counting repeats; 0 when either has none."""
    a, b = Counter(WORD.findall(one.lower())), Counter(WORD.findall(other.lower()))
    total = a.total() + b.total()
    return 2 * (a & b).total() / total if a and b else 0.0


def match_texts(predicted: Sequence[str], expected: Sequence[str]) -> dict[int, int]:
    """One-to-one pairs (predicted position to expected position), best overlap first, from `MATCH_AT` up."""
    scored = sorted(
        ((overlap(p, e), -i, -j) for i, p in enumerate(predicted) for j, e in enumerate(expected)), reverse=True
    )
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for score, i, j in scored:
        if score < MATCH_AT:
            break
        if -i not in pairs and -j not in taken:
            pairs[-i] = -j
            taken.add(-j)
    return pairs


def tally_texts(predicted: Sequence[str], expected: Sequence[str]) -> Tally:
    """How many items of one document were found."""
    return Tally(len(predicted), len(expected), len(match_texts(predicted, expected)))


def pairs_of(groups: Iterable[Collection[str]]) -> set[tuple[str, str]]:
    """Every unordered pair that shares a group."""
    return {pair for group in groups for pair in combinations(sorted(set(group)), 2)}


def tally_pairs(
    predicted: Iterable[Collection[str]],
    expected: Iterable[Collection[str]],
    is_counted: Callable[[str, str], bool] = lambda one, other: True,
) -> Tally:
    """How many pairs of the same ask were found, among those that count."""
    found, wanted = ({pair for pair in pairs_of(groups) if is_counted(*pair)} for groups in (predicted, expected))
    return Tally(len(found), len(wanted), len(found & wanted))


def tally_labels(predicted: Mapping[str, Collection[str]], expected: Mapping[str, Collection[str]]) -> dict[str, Tally]:
    """A tally a label, over the items of `expected`; their sum gives micro F1, the mean of their F1 macro."""
    labels = sorted({label for given in expected.values() for label in given})
    return {
        label: Tally(
            sum(label in predicted.get(item, ()) for item in expected),
            sum(label in given for given in expected.values()),
            sum(label in given and label in predicted.get(item, ()) for item, given in expected.items()),
        )
        for label in labels
    }
