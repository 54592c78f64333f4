"""Web pages read as documents: what is content, how it is set, what is taken out, and what hostile pages cost."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.document import Job, read_document
from flows.extracting import extract_files
from pipeline.html import Tree
from pipeline.layout import Document
from pipeline.media import CSV, HTML, OTHER, PDF, media_type
from pipeline.reading import UnreadableDocument, html_text, read_html
from pipeline.reading import html as reader
from pipeline.records import Extraction
from pipeline.settings import Settings
from pipeline.text import fold
from pipeline.verify import find_again
from tests import html_pages
from tests.commands import perennial
from tests.html_pages import draw

GOLD = json.loads((html_pages.FOLDER / "gold.json").read_text(encoding="utf-8"))


def extract(content: bytes, folder: Path) -> Extraction:
    path = folder / "page.html"
    path.write_bytes(content)
    return read_document(Job(path, media_type(content, path.name), "test"))


def lines_of(document: Document) -> list[str]:
    (page,) = document.pages
    return [page.text[line.start : line.end] for line in page.lines]


def body(html: str) -> bytes:
    return f"<!doctype html><html><body><main>{html}</main></body></html>".encode()


def code_of(content: bytes) -> str:
    with pytest.raises(UnreadableDocument) as caught:
        read_html(content)
    assert caught.value.message.endswith(".")
    return caught.value.code


@pytest.mark.parametrize("seed", [0, 7, 99])
@pytest.mark.parametrize("name", GOLD)
def test_golden_items(name: str, seed: int, tmp_path: Path) -> None:
    extraction = extract(draw(name, seed), tmp_path)
    found = [{"kind": row.kind.value, "label": row.label, "text": row.text} for row in extraction.recommendations]
    assert found == GOLD[name]
    assert {row.page for row in extraction.recommendations} == {1}
    assert extraction.held_out == ()


@pytest.mark.parametrize("seed", [0, 7, 99])
def test_the_ask_is_told_from_definitions_and_background(seed: int, tmp_path: Path) -> None:
    content = draw("complaint", seed)
    assert GOLD["complaint"][0]["text"] in [row.text for row in extract(content, tmp_path).recommendations]
    text = html_text(content)
    assert not any(noise in text for noise in ("debugging", "User Bar", "Easy read", "Directed investigation"))


def test_statuses_of_a_response(tmp_path: Path) -> None:
    rows = extract(draw("government"), tmp_path).recommendations
    assert [row.status for row in rows] == ["accepted", "accepted in part", "rejected"]


@pytest.mark.parametrize("name", html_pages.NAMES)
def test_menus_and_footers_are_no_text(name: str) -> None:
    text = html_text(draw(name, 1))
    for noise in (
        "read from a header",
        "ignore the footer",
        "var a",
        "color: red",
        "cookies",
        "Escape key",
        "A-Person",
    ):
        assert noise not in text


@pytest.mark.parametrize("name", html_pages.NAMES)
def test_what_is_shown_is_all_there_and_only_that(name: str) -> None:
    """The rendering without its list labels is the text of the tree in order, so nothing is made up or lost."""
    content = draw(name, 3)
    (page,) = read_html(content).pages
    shown = fold(Tree(content.decode()).body.text(separator=" "))  # type: ignore[union-attr]
    place = 0
    for line in page.lines:
        for run in line.runs:
            words = fold(page.text[run.start : run.end])
            if not words.rstrip(".").isdigit() and (found := shown.find(words, place)) >= 0:
                place = found + len(words)
            else:
                assert words.rstrip(".").isdigit() or not words, words


@pytest.mark.parametrize("name", html_pages.NAMES)
def test_spans_give_the_text(name: str, tmp_path: Path) -> None:
    content = draw(name, 2)
    extraction = extract(content, tmp_path)
    assert extraction.recommendations
    assert find_again(extraction.recommendations, {1: html_text(content)})[1] == ()
    assert all(row.boxes == () for row in extraction.recommendations)


def test_headings_emphasis_and_notes_are_marked_as_in_print() -> None:
    html = (
        "<h1>Title</h1><h2>Part</h2><p>Some <b>bold</b> and <em>italic</em> words.<sup>2</sup></p><p>m<sup>th</sup></p>"
    )
    (page,) = read_html(body(html)).pages
    title, part, words, other = page.lines
    assert title.size > part.size > words.size == 10
    assert (title.bold, part.bold, words.bold) == (True, True, False)
    assert [run.bold for run in words.runs] == [False, True, False, False, False, False][: len(words.runs)]
    assert any(run.italic for run in words.runs)
    assert words.runs[-1].size < 0.8 * words.size
    assert page.text[other.start : other.end] == "mth"


def test_lists_are_numbered_as_a_browser_numbers_them() -> None:
    html = (
        "<ol><li>one</li><li value=5>five</li><li>six<ol type=a><li>first</li><li>second</li></ol></li></ol>"
        "<ol start=3 type=I><li>three</li></ol><ul><li>dot</li></ul><ol><li>1. own number</li></ol>"
    )
    assert lines_of(read_html(body(html))) == [
        "1. one", "5. five", "6. six", "a. first", "b. second", "III. three", "• dot", "1. own number",
    ]  # fmt: skip


def test_boxes_are_quotes_borders_and_blocks_among_paragraphs() -> None:
    plain = read_html(body("<p>before</p><p>in a box?</p><p>after</p>")).pages[0]
    assert plain.shapes == ()
    for html in (
        "<blockquote><p>in a box</p></blockquote>",
        "<div style='border: 1px solid'>in a box</div>",
        "<div class='callout'><p>in a box</p></div>",
        "<p>before</p><div><h3>Heading</h3><p>in a box</p></div><p>after</p>",
    ):
        (page,) = read_html(body(html)).pages
        (shape,) = page.shapes
        inside = [line for line in page.lines if shape.box.holds(line.box.x0, line.box.top)]
        assert "in a box" in [page.text[line.start : line.end] for line in inside], html


def test_cells_stand_beside_each_other_between_rules() -> None:
    second = "<tr><td>1</td><td><p>Do this.</p><p>Then that.</p></td></tr>"
    html = f"<table><tr><th>Ref</th><th>Action</th></tr>{second}</table>"
    (page,) = read_html(body(html)).pages
    assert lines_of(read_html(body(html))) == ["Ref Action", "1 Do this.", "Then that."]
    assert page.lines[1].runs[1].box.x0 == page.lines[2].runs[0].box.x0
    assert any(shape.box.width == 0 and shape.box.height > 10 for shape in page.shapes)


def test_words_wrap_only_at_white_space_and_not_after_hyphens() -> None:
    words = "short- and long-term planning of anti-social-behaviour work " * 12
    text = html_text(body(f"<p>{words}</p>"))
    assert "\n" in text
    assert " ".join(text.split()) == words.strip()
    assert "-\n" not in text


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("<meta charset=utf-8><p>café – “quote”".encode(), "café – “quote”"),
        ("<meta charset=iso-8859-1><p>café – “quote”".encode(), "café – “quote”"),
        ("<meta charset=windows-1252><p>café – “quote”".encode("cp1252"), "café – “quote”"),
        ("<p>café – “quote”".encode("cp1252"), "café – “quote”"),
        ("<meta charset=utf-8><p>café".encode("latin-1"), "café"),
        ("<meta charset=idna><p>café".encode("latin-1"), "café"),
        ("<html><p>café".encode("utf-16"), "café"),
        (b"<p>cut \xff\xfe\x81 bytes", "cut ÿþ\ufffd bytes"),
    ],
)
def test_charsets(content: bytes, expected: str) -> None:
    assert html_text(content) == expected
    assert media_type(content, "x") == HTML


@pytest.mark.parametrize(
    ("content", "name", "expected"),
    [
        (b"%PDF-1.7", "a.html", PDF),
        (b"<!DOCTYPE html><html>", "a.pdf", HTML),
        (b"\xef\xbb\xbf \n<!-- made by hand --><html lang=en>", "a", HTML),
        (b"<?xml version='1.0'?><!DOCTYPE html PUBLIC 'x'>", "a", HTML),
        (b"<div class='govspeak'><p>Text", "a", HTML),
        (b"text,kind\n<p>x</p>,y", "a.csv", CSV),
        (b"plain text <p>", "a.html", OTHER),
        (b"<rss><channel>", "a.html", OTHER),
        (b"{\"html\": \"<p>\"}", "a.json", OTHER),
        (b"", "a.html", OTHER),
    ],
)  # fmt: skip
def test_kinds_of_files(content: bytes, name: str, expected: str) -> None:
    assert media_type(content, name) == expected


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b" \n ", "empty_file"),
        (b"<html><body><script>x</script></body></html>", "no_text"),
        (b"<html><body><div hidden>Secret</div><nav>Menu</nav></body></html>", "no_text"),
        (b"<html>" + b"<div>" * 300_000 + b"text", "nested_too_deep"),
        (b"<html>" + b"<p>x" * (reader.MAX_TAGS + 1), "too_large"),
        (b"<html><p>" + b"x" * (reader.MAX_BYTES + 1), "too_large"),
    ],
    ids=["empty", "script only", "hidden only", "deep", "many tags", "large"],
)  # fmt: skip
def test_refused_with_one_reason(content: bytes, code: str) -> None:
    started = time.monotonic()
    assert code_of(content) == code
    assert time.monotonic() - started < 5


HOSTILE = {
    "deep inline": b"<main>" + b"<b>" * 1900 + b"The force should act." + b"</b>" * 1900,
    "deep blocks": b"<main>" + b"<div>" * 1900 + b"The force should act.",
    "deep tables": b"<main>" + b"<table><tr><td>" * 600 + b"The force should act.",
    "deep lists": b"<main>" + b"<ul><li>" * 900 + b"The force should act.",
    "unclosed": b"<main>" + b"<p><i>The force should act." * 1500,
    "wide table": b"<main><table><tr>" + b"<td colspan=999>The force should act." * 500,
    "spans": b"<main><table>" + b"<tr><td rowspan=9999 colspan=9999>The force should act.</tr>" * 900,
    "one long word": b"<main><p>The force should act.</p><p>" + b"x" * 2_000_000,
    "entities": b"<!DOCTYPE html [<!ENTITY b '&a;&a;&a;'>]><main><p>The force should act. " + b"&b;" * 90_000,
    "numbers": b"<main><ol start=99999999999999><li value=-7>The force should act.</ol><p>&#1114112;&#xD800;&#0;</p>",
    "null bytes": b"<main>\x00<p>The force\x00 should act.</p>\x00",
    "bad attributes": b"<main class='\xff\xfe' id=><p style=\"display:block;;;:\" role>The force should act.",
    "links": b"<main><p>The force should act.</p>" + b"<a href='#'>x</a>" * 50_000,
    "breaks": b"<main><p>The force should act." + b"<br>" * 200_000,
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pages_are_read_in_time(name: str) -> None:
    started = time.monotonic()
    assert "The force should act." in " ".join(html_text(HOSTILE[name]).split())
    assert time.monotonic() - started < 20


SEED = draw("inspection", 5)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, len(SEED) - 1), st.integers(0, 255)), max_size=40), st.integers(1, len(SEED)))
def test_damaged_pages_give_a_document_or_a_reason(changes: list[tuple[int, int]], length: int) -> None:
    content = bytearray(SEED)
    for place, value in changes:
        content[place] = value
    try:
        (page,) = read_html(bytes(content[:length])).pages
    except UnreadableDocument as error:
        assert error.code
    else:
        assert html_text(bytes(content[:length])) == page.text
        assert all(page.text[line.start : line.end].strip() for line in page.lines)


TAGS = st.sampled_from(
    ["div", "p", "b", "i", "ul", "ol", "li", "table", "tr", "td", "h2", "h3", "blockquote", "sup", "br", "nav", "main"]
)
PIECES = st.one_of(
    st.tuples(TAGS).map(lambda tag: f"<{tag[0]}>"),
    st.tuples(TAGS).map(lambda tag: f"</{tag[0]}>"),
    st.text(alphabet="abc -.1\u00ad\u00a0é\ufb01&<", max_size=12),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=40))
def test_any_markup_is_set_in_order(pieces: list[str]) -> None:
    """Lines and runs follow each other without overlap, and hold all of the text but white space."""
    try:
        (page,) = read_html(f"<html><body>{''.join(pieces)}</body></html>".encode()).pages
    except UnreadableDocument:
        return
    covered = 0
    for line in page.lines:
        assert covered <= line.start < line.end
        assert not page.text[covered : line.start].strip()
        assert [run.start for run in line.runs] == sorted(run.start for run in line.runs)
        assert line.runs[-1].end == line.end == max(run.end for run in line.runs)
        covered = line.end
    assert not page.text[covered:].strip()


def test_extract_reads_pages_beside_pdfs(tmp_path: Path) -> None:
    paths = [tmp_path / "a.html", tmp_path / "b"]
    paths[0].write_bytes(draw("coroner"))
    paths[1].write_bytes(draw("government"))
    read = dict(extract_files(paths, "test", Settings(data=tmp_path)))
    assert [len(read[path].recommendations) for path in paths] == [2, 3]


def test_the_command_reads_a_page(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(draw("coroner"))
    lines = perennial("extract", path, "--json").lines
    assert [(line["kind"], line["label"], line["page"]) for line in lines] == [("concern", "1", 1), ("concern", "2", 1)]
