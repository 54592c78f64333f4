import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text import fold, repair, words_of


@pytest.mark.parametrize(
    ("pieces", "known", "mended"),
    [
        (["of infor\ufffemation held"], set(), "of information held"),
        (["a whole\ufffe", "system view"], {"whole", "system"}, "a whole-system view"),
        (["a well-\r\nbeing plan"], {"well-being"}, "a well-being plan"),
        (["the (OP\ufffe", "CAT) text"], set(), "the (OP-CAT) text"),
        (["the ﬁrst ﬂoor"], set(), "the first floor"),
        (["• one thing", "• another"], set(), "one thing another"),
        (["soft\u00adware"], set(), "software"),
        (["10\xa0Downing  Street\r\n"], set(), "10 Downing Street"),
    ],
)
def test_repair(pieces: list[str], known: set[str], mended: str) -> None:
    assert repair(pieces, known) == mended


def test_words_of_keeps_compounds_whole_and_in_parts() -> None:
    assert words_of("Well-being first") == {"well-being", "well", "being", "first"}


def test_words_of_ignores_the_half_of_a_broken_word() -> None:
    assert "infor" not in words_of("infor\ufffemation")


def test_fold_ignores_what_print_changes() -> None:
    assert fold("The “ﬁrst” non-\nstop – plan") == fold('the "first" nonstop plan')
    assert fold("12 items") != fold("13 items")


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_character_is_folded_the_same_whatever_stands_beside_it(left: str, right: str) -> None:
    assert fold(left + right) == fold(left) + fold(right)


@given(st.lists(st.text(alphabet="abc deé-\ufffe•\n", max_size=20), max_size=5))
def test_repair_neither_adds_nor_loses_letters(pieces: list[str]) -> None:
    assert fold(repair(pieces)) == fold("\n".join(pieces))


@given(st.lists(st.text(alphabet="ab -\ufffe\n", max_size=20), max_size=4))
def test_repairing_twice_changes_nothing(pieces: list[str]) -> None:
    once = repair(pieces)
    assert repair([once]) == once


def test_what_would_drive_a_terminal_or_turn_the_writing_is_left_out() -> None:
    assert repair(["The \x1b[31mforce\u202e should\x9b act."]) == "The [31mforce should act."
    assert fold("\u2066force\u2069") == fold("force")
