"""Finds each extracted text again in a fresh parse of the archived bytes. What is not found is held out."""

from collections.abc import Mapping, Sequence

from pipeline.records import Recommendation, Span
from pipeline.text import fold, repair


def find_again(
    recommendations: Sequence[Recommendation], texts: Mapping[int, str]
) -> tuple[tuple[Recommendation, ...], tuple[Recommendation, ...]]:
    """Those whose spans of `texts` (page number to raw text) give their text, and those whose spans do not.

    Hyphens, ligatures, white space, case and kinds of quotes do not count; every letter and figure does.
    """
    found: list[Recommendation] = []
    held_out: list[Recommendation] = []
    for recommendation in recommendations:
        (found if _is_there(recommendation, texts) else held_out).append(recommendation)
    return tuple(found), tuple(held_out)


def _is_there(recommendation: Recommendation, texts: Mapping[int, str]) -> bool:
    if not recommendation.spans or not all(_lies_within(span, texts) for span in recommendation.spans):
        return False
    raw = [texts[span.page][span.start : span.end] for span in recommendation.spans]
    said = fold(recommendation.text)
    return bool(said) and fold(repair(raw)) == said


def _lies_within(span: Span, texts: Mapping[int, str]) -> bool:
    return span.page in texts and 0 <= span.start < span.end <= len(texts[span.page])
