"""Lists of unknown markup: each item with its own text, the next page however pages are counted."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.html import Tree
from pipeline.listings import entries, headed_links, next_page

URL = "https://site.example/list"


def body(html: str):
    return Tree(f"<body>{html}</body>").body


def wanted(url: str) -> bool:
    return "/item/" in url


SHAPES = (
    "<li><a href='/item/{n}'>Item {n}</a><p>text {n}</p></li>",
    "<h3><a href='/item/{n}'>Item {n}</a></h3><p>text {n}</p>",
    "<div><div><a href='/item/{n}'><img></a></div><h2><a href='/item/{n}'>Item {n}</a></h2></div><p>text {n}</p>",
    "<tr><td><a href='/item/{n}'>Item {n}</a></td><td>text {n}</td></tr>",
)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(SHAPES), st.integers(2, 9), st.sampled_from(["div", "section", "ul"]))
def test_each_item_has_its_own_text(shape: str, many: int, outer: str) -> None:
    outer = "table" if shape.startswith("<tr") else outer
    items = "".join(shape.format(n=n) for n in range(many))
    found = entries(body(f"<nav><a href='/'>Home</a></nav><{outer}>{items}</{outer}>"), URL, wanted)
    assert [entry.link.url for entry in found] == [f"https://site.example/item/{n}" for n in range(many)]
    for n, entry in enumerate(found):
        assert entry.link.text == f"Item {n}"
        assert f"text {n}" in entry.text
        assert not any(f"text {other}" in entry.text for other in range(many) if other != n)


def test_a_moment_is_kept() -> None:
    items = "".join(f"<li><a href='/item/{n}'>x</a><time datetime='2024-0{n}-01'></time></li>" for n in (1, 2))
    assert [entry.moment for entry in entries(body(f"<ul>{items}</ul>"), URL, wanted)] == ["2024-01-01", "2024-02-01"]


@given(st.integers(0, 40), st.booleans(), st.booleans())
def test_a_series_is_walked_to_its_end(number: int, in_path: bool, from_nought: bool) -> None:
    first = 0 if from_nought and not in_path else 1
    last = first + 20

    def address(n: int) -> str:
        return f"{URL}/page/{n}/" if in_path else f"{URL}?kind=a&page={n}"

    here = address(first + number) if number else (f"{URL}/" if in_path else f"{URL}?kind=a")
    links = "".join(f"<a href='{address(n)}'>{n}</a>" for n in range(first, last + 1))
    other = "<a href='/other/page/99/'>99</a><a href='?kind=b&page=99'>99</a>"
    found = next_page(body(other + links), here)
    if number == 0:
        assert found in {address(1), address(2)}
    else:
        assert found == (address(first + number + 1) if first + number < last else None)


@pytest.mark.parametrize("words", ["Next", "Next page", "next ›", "Older posts", "›"])
def test_a_link_that_says_next_is_next(words: str) -> None:
    page = body(f"<a href='?page=9'>last</a><a href='?page=3'>{words}</a>")
    assert next_page(page, f"{URL}?page=2") == f"{URL}?page=3"


def test_no_pager_no_next_page() -> None:
    assert next_page(body("<a href='/item/1'>Next of kin</a>"), URL) is None
    assert next_page(body("<a href='?page=x'>Next</a><a href='?page=²'>2</a>"), URL) is None


def test_links_know_the_headings_above_them() -> None:
    page = body(
        "<h1>Panel</h1><a href='/a'>a</a><h2>March</h2><a href='/b'>b</a><h3>Part</h3><div><a href='/c'>c</a></div>"
        "<h2>June</h2><a href='/d'>d</a>"
    )
    assert [(h.link.text, h.headings) for h in headed_links(page, URL)] == [
        ("a", ("Panel",)),
        ("b", ("March", "Panel")),
        ("c", ("Part", "March", "Panel")),
        ("d", ("June", "Panel")),
    ]


def test_a_hostile_page_takes_no_long_time() -> None:
    nested = body("".join(f"<div><a href='/item/{n}'>x</a>" for n in range(8_000)))
    start = time.process_time()
    found = entries(nested, URL, wanted)
    assert len(headed_links(nested, URL)) == len(found) >= 100
    assert time.process_time() - start < 6
