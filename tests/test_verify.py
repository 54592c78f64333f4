from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract import extract
from pipeline.reading import html_text, page_texts, read_html, read_pdf
from pipeline.records import Kind, Recommendation, Span
from pipeline.text import fold, repair
from pipeline.verify import find_again
from sources import HERE
from tests import html_pages

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


def lost_rows(path: Path) -> tuple[int, list[str]]:
    """How many rows a document has, and those that a fresh parse of its bytes does not have at their place."""
    content, is_page = path.read_bytes(), path.suffix == ".html"
    rows = extract(read_html(content) if is_page else read_pdf(content, None))
    pages = {span.page for row in rows for span in row.spans}
    texts = {1: html_text(content)} if is_page else page_texts(content, pages)
    joined = [repair([texts[span.page][span.start : span.end] for span in row.spans]) for row in rows]
    return len(rows), [row.text for row, text in zip(rows, joined, strict=True) if fold(text) != fold(row.text)]


def test_spans_give_the_text_in_every_document_of_the_sample() -> None:
    found = [lost_rows(path) for path in sorted((HERE / "sample" / "documents").glob("*.pdf"))]
    assert sum(count for count, _ in found) > 100
    assert [lost for _, lost in found if lost] == []


@pytest.mark.parametrize("name", html_pages.NAMES)
def test_spans_give_the_text_in_web_pages(name: str, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(html_pages.draw(name, 4))
    count, lost = lost_rows(path)
    assert count
    assert lost == []


def test_spans_give_the_text_in_every_document_of_the_corpus(shared: Path) -> None:
    found = [lost_rows(path) for path in sorted((shared / "corpus" / "pdf").rglob("*.pdf"))]
    assert sum(count for count, _ in found) > 300
    assert [lost for _, lost in found if lost] == []
