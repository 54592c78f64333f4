"""Ids are pinned: a change that moves one moves every row people have judged."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from pipeline.ids import code_hash, content_hash, passage_id, recommendation_id, text_hash


def test_ids_are_what_they_always_were() -> None:
    assert content_hash(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert text_hash("a", "b") == "f04cdced9736a69d"
    assert recommendation_id("00", "The force should act.") == "r3093fc0e7cd724b9"
    assert passage_id("00", 3, 14) == "pc3862e468fc434f3"


@given(st.text(), st.text())
def test_parts_of_an_id_do_not_run_together(one: str, other: str) -> None:
    assert text_hash(one + "x", other) != text_hash(one, "x" + other) or "\x1f" in one + other


def test_a_mended_line_break_does_not_move_an_id() -> None:
    assert recommendation_id("00", "The force\nshould  act.") == recommendation_id("00", "the force should act")
    assert recommendation_id("00", "x", 1) != recommendation_id("00", "x")


def test_code_counts_by_content_not_by_place(tmp_path: Path) -> None:
    for place in ("one", "two"):
        (tmp_path / place / "stage").mkdir(parents=True)
        (tmp_path / place / "stage" / "a.py").write_text("x = 1\n")
        (tmp_path / place / "stage" / "notes.txt").write_text(place)
    hashes = {code_hash([tmp_path / place / "stage"]) for place in ("one", "two")}
    assert len(hashes) == 1
    (tmp_path / "two" / "stage" / "a.py").write_text("x = 2\n")
    assert code_hash([tmp_path / "two" / "stage"]) not in hashes
