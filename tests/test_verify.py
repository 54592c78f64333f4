from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import Kind, Recommendation, Span
from pipeline.text import repair
from pipeline.verify import find_again

TEXTS = {1: "Head\r\nThe force should re\ufffeview its\r\nﬁles.12 Foot", 2: "Head\r\nand publish them."}
SPANS = (Span(1, 6, TEXTS[1].index("12")), Span(2, 6, len(TEXTS[2])))


def row(text: str, spans: tuple[Span, ...] = SPANS) -> Recommendation:
    return Recommendation("r1", "0" * 64, Kind.RECOMMENDATION, "1", text, 1, 2, spans)


def test_found_across_pages_hyphens_and_ligatures() -> None:
    found, held_out = find_again([row("The force should review its files. and publish them.")], TEXTS)
    assert (len(found), held_out) == (1, ())


def test_a_changed_word_is_held_out() -> None:
    wrong = row("The force should review its fines. and publish them.")
    assert find_again([wrong], TEXTS) == ((), (wrong,))


def test_text_that_is_elsewhere_on_the_page_is_held_out() -> None:
    moved = replace(row("The force should review its files. and publish them."), spans=(Span(1, 0, 36), SPANS[1]))
    assert find_again([moved], TEXTS)[1] == (moved,)


def test_missing_pages_and_bad_spans_are_held_out() -> None:
    rows = [row("x", (Span(9, 0, 1),)), row("x", (Span(1, 30, 900),)), row("x", ()), row("", (Span(1, 0, 4),))]
    assert find_again(rows, TEXTS) == ((), tuple(rows))


@given(st.text(min_size=1, max_size=80), st.data())
def test_repaired_spans_are_always_found(page: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(page) - 1))
    end = data.draw(st.integers(start + 1, len(page)))
    text = repair([page[start:end]])
    found, held_out = find_again([row(text, (Span(1, start, end),))], {1: page})
    assert len(found) + len(held_out) == 1
    assert found or not any(char.isalnum() for char in text)
