"""Pages are read by headings, labels and addresses: whatever their classes, line breaks, order and charset."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import html
from pipeline.web import LayoutChanged, Page, Request

URL = "https://site.example/section/page/"
LABELS = {"date": "date of reports?", "ref": "ref", "names": "deceased names?", "area": "coroners? area"}
STATED = {
    "date": "Date of report: 08/03/2024", "ref": "Ref : 2024-0131", "names": "Deceased name: A Person",
    "area": "Coroners Area: Anytown",
}  # fmt: skip
VALUES = {"date": "08/03/2024", "ref": "2024-0131", "names": "A Person", "area": "Anytown"}


def page_of(content: bytes | str, media: str = "text/html") -> Page:
    raw = content.encode() if isinstance(content, str) else content
    return Page(Request(URL, "x"), URL, 200, raw, {"content-type": media})


def text_in(content: str) -> str:
    return html.text_of(html.main_content(html.parse(page_of(content))))


@pytest.mark.parametrize("order", list(permutations(STATED))[::5])
@pytest.mark.parametrize("joint", ["<br>", "</p><p>", " ", "</p>\n\n<div></div><p>"])
def test_labels_are_found_in_any_order_and_run_together(order: tuple[str, ...], joint: str) -> None:
    text = text_in(f"<main><p>{joint.join(STATED[name] for name in order)}</p></main>")
    found = html.labelled(text, LABELS)
    assert {name: found.first(name) for name in LABELS} == VALUES
    assert found.unknown == ()


def test_a_label_without_a_colon_must_open_its_line() -> None:
    found = html.labelled("Ref 2024-0131\nthe area of ref 5 was searched", LABELS)
    assert found.values["ref"] == ("2024-0131\nthe area of ref 5 was searched",)


def test_a_label_nobody_knows_is_told_and_ends_the_value_before_it() -> None:
    found = html.labelled("Ref: 2024-0131\nCoroner’s officer: B\nDeceased names: A | C", LABELS)
    assert (found.first("ref"), found.first("names"), found.unknown) == ("2024-0131", "A | C", ("Coroner’s officer",))


def test_every_value_of_a_repeated_label_is_kept() -> None:
    assert html.labelled("Ref: 1\nRef:\nRef: 2", LABELS).values["ref"] == ("1", "2")


@given(st.text(max_size=200))
def test_no_text_breaks_the_labels(text: str) -> None:
    found = html.labelled(text, LABELS)
    assert all(value in text for values in found.values.values() for value in values)


def test_text_keeps_lines_and_leaves_scripts() -> None:
    text = text_in("<main><h1>A  <b>title</b></h1><script>x()</script><p>one<br/>two&nbsp;three</p><p>four</p></main>")
    assert text == "A title\n\none\ntwo three\n\nfour"


def test_text_can_leave_parts_out() -> None:
    tree = html.parse(page_of("<main><p>kept</p><table><tr><td>left</td></tr></table></main>"))
    assert html.text_of(html.main_content(tree), without="table") == "kept"


def test_of_several_articles_none_is_the_page() -> None:
    assert text_in("<body><article>one</article><article>two</article></body>") == "one\n\ntwo"
    assert text_in("<body><p>noise</p><article>one</article></body>") == "one"


def test_headings_name_the_page() -> None:
    tree = html.parse(page_of("<main><h2>Second</h2><h1> </h1><h1>First\n one</h1></main>"))
    assert html.title_of(html.main_content(tree)) == "First one"


@pytest.mark.parametrize(
    ("content", "media"),
    [
        ("caf\u00e9 – ok".encode(), "text/html; charset=iso-8859-1"),  # declared wrongly: the bytes count
        ("caf\u00e9 – ok".encode("windows-1252"), "text/html"),
        ("caf\u00e9 – ok".encode("windows-1252"), "text/html; charset=UTF-8"),
        (b"<meta charset='utf-16le'>" + "caf\u00e9 – ok".encode(), "text/html; charset=nonsense"),
    ],
)
def test_a_wrong_charset_harms_nothing(content: bytes, media: str) -> None:
    assert "caf\u00e9 – ok" in html.decode(page_of(content, media))


@pytest.mark.parametrize("content", ["", " \n", "<html><body><script>1</script></body></html>"])
def test_an_empty_page_is_no_page(content: str) -> None:
    with pytest.raises(LayoutChanged, match="empty"):
        html.parse(page_of(content))


@pytest.mark.parametrize("content", [b"<div>" * 5000, b"</div>" * 5000 + b"<a>" * 5000, b"x" * (html.LARGEST + 1)])
def test_what_would_take_minutes_to_parse_is_refused(content: bytes) -> None:
    with pytest.raises(LayoutChanged, match="too large or nests too deep"):
        html.parse(page_of(content))


def test_long_flat_pages_are_read() -> None:
    assert text_in("<p>x<br>" * 20_000).count("x") == 20_000


@pytest.mark.parametrize("words", ["Ref: 1 ", "Ref ", "\nRef", "Coroner: x\n", "a " * 5, "\n" * 5])
def test_labels_of_a_hostile_page_are_read_in_time(words: str) -> None:
    assert html.labelled(words * 50_000, LABELS) is not None


def test_a_long_link_text_is_read_in_time() -> None:
    text = "a b. " * 50_000
    (link,) = html.links_of(html.parse_fragment(f"<a href='/x.pdf'>{text}</a>"), URL)
    assert link.name == "x.pdf"


def test_links_name_what_they_lead_to() -> None:
    tree = html.parse(
        page_of(
            "<main><a href='/f/1.pdf'>Download <span>The report 2024.pdf</span> file</a><a href='b%20c.docx#p2'>x</a>"
            "<a href='mailto:a@b.example'>m</a><a href='javascript:x()'>j</a><a href='http://[bad'>b</a>"
            "<a href='/f/1.pdf'>again</a><a href='https://u:p@site.example/'>p</a></main>"
        )
    )
    links = html.links_of(html.main_content(tree), URL)
    assert [link.url for link in links] == ["https://site.example/f/1.pdf", URL + "b%20c.docx"]
    assert [link.name for link in links] == ["The report 2024.pdf", "b c.docx"]


def test_one_page_has_one_spelling_of_its_address() -> None:
    spellings = ["/a-–-b?x=é#top", "/a-%e2%80%93-b?x=%C3%A9", " https://SITE.example/a-%E2%80%93-b?x=é "]
    assert {html.tidy_url(URL, each) for each in spellings} == {"https://site.example/a-%E2%80%93-b?x=%C3%A9"}
    assert html.tidy_url(URL, "/JCO/Police/Tarn+2014 1.pdf") == "https://site.example/JCO/Police/Tarn+2014%201.pdf"


@given(st.text(max_size=60))
def test_tidying_an_address_twice_changes_nothing(href: str) -> None:
    once = html.tidy_url(URL, href)
    assert once is None or html.tidy_url(URL, once) == once
