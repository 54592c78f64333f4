"""The measures obey their laws."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.scoring import Tally, match_texts, overlap, pairs_of, tally_labels, tally_pairs, tally_texts

TEXTS = st.lists(st.text("abc ", max_size=12), max_size=6)


def test_identical_texts_match_one_to_one() -> None:
    assert match_texts(["the force should act", "the force should act"], ["the force should act"]) == {0: 0}


def test_overlap_ignores_case_and_punctuation() -> None:
    assert overlap("The Force, should act.", "the force should ACT") == 1.0
    assert overlap("", "the force") == 0.0


@given(TEXTS, TEXTS)
def test_hits_never_exceed_either_side(predicted: list[str], expected: list[str]) -> None:
    tally = tally_texts(predicted, expected)
    assert tally.hits <= min(tally.predicted, tally.expected)
    assert 0.0 <= tally.f1 <= 1.0


@given(TEXTS)
def test_a_text_with_words_matches_itself(texts: list[str]) -> None:
    worded = [text for text in texts if text.strip()]
    assert tally_texts(worded, worded).f1 == 1.0


def test_pairs_are_counted_once_whatever_the_order() -> None:
    assert pairs_of([["b", "a", "c"]]) == {("a", "b"), ("a", "c"), ("b", "c")}
    assert tally_pairs([["a", "b"]], [["b", "a", "c"]]) == Tally(1, 3, 1)


def test_labels_are_tallied_apart() -> None:
    found = tally_labels({"1": {"x", "y"}, "2": {"x"}}, {"1": {"x"}, "2": {"y"}})
    assert found == {"x": Tally(2, 1, 1), "y": Tally(1, 1, 0)}
