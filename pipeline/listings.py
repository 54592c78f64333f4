"""Finds the items and the next page of a list whose markup is not known: by the shape of addresses, never by class.

For sites of which only addresses and texts are certain. Pure.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from pipeline.html import Link, Node, link_of, links_of, text_of

DEEPEST = 60  # elements above a link that are looked at; hostile pages nest by the thousand
_PATH_PAGE = re.compile(r"/page/(\d+)/?$")
_QUERY_PAGES = ("page", "paged", "pg")
_NEXT = re.compile(r"^(?:next|older)\b|\bnext(?: page)?\W*$|^[›»]$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a list: its link, all the text that stands with it, and the first machine-readable moment there."""

    link: Link
    text: str
    moment: str | None = None


@dataclass(frozen=True, slots=True)
class Headed:
    """A link and the headings it stands under, the nearest first."""

    link: Link
    headings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in a series of pages an address stands: the series, and the number of the page."""

    series: tuple[str, ...]
    number: int | None


def entries(node: Node, page_url: str, wanted: Callable[[str], bool]) -> tuple[Entry, ...]:
    """The items inside `node`, in order: one for each address that is `wanted`, with the text beside its link.

    An item reaches as far as the largest block, and the blocks after it, that hold no other wanted address. Of several
    links to one address the first with words gives the link.
    """
    found: dict[str, Entry] = {}
    anchors = [(anchor, link) for anchor in node.css("a[href]") if (link := link_of(anchor, page_url)) is not None]
    items = [(anchor, link) for anchor, link in anchors if wanted(link.url)]
    held = _held(items)
    for anchor, link in items:
        if link.url in found and found[link.url].link.text:
            continue
        beside = _beside(anchor, node, held)
        times = [time for piece in beside for time in piece.css("time[datetime]")]
        moment = times[0].attributes.get("datetime") if times else None
        found[link.url] = Entry(link, "\n\n".join(text for piece in beside if (text := text_of(piece))), moment)
    return tuple(found.values())


def headed_links(node: Node, page_url: str) -> tuple[Headed, ...]:
    """Every link inside `node`, in order, with the headings above it: its section's, then those of wider sections."""
    found: dict[str, Headed] = {}
    above: list[tuple[str, str]] = []  # level and words, outermost first
    for element in node.css("h1, h2, h3, h4, h5, h6, a[href]"):
        if element.tag != "a":
            above = [heading for heading in above if heading[0] < (element.tag or "")]
            above.append((element.tag or "", " ".join(text_of(element).split())))
        if element.tag == "a" and (link := link_of(element, page_url)) is not None:
            found.setdefault(link.url, Headed(link, tuple(words for _, words in reversed(above))))
    return tuple(found.values())


def next_page(node: Node, page_url: str) -> str | None:
    """The address of the page after `page_url` in its series, by its "Next" link or else its number; None at the end.

    Knows ".../page/2/" and "?page=2" (counted from 0 or from 1). `node` should be the whole body: pagers often stand
    outside the main content.
    """
    here = _place(page_url)
    others = [link for link in links_of(node, page_url) if _place(link.url).series == here.series]
    numbered = [(_place(link.url).number, link) for link in others]
    onward = [(number, link) for number, link in numbered if number is not None and number > (here.number or 0)]
    named = [link.url for _, link in onward if _NEXT.search(link.text)]
    if named:
        return named[0]
    if here.number is None:  # the first page: a link to "/page/1/" is a link to itself
        onward = [(number, link) for number, link in onward if number > 1 or not _PATH_PAGE.search(_path(link.url))]
    return min(onward, key=lambda pair: pair[0])[1].url if onward else None


def _held(items: Iterable[tuple[Node, Link]]) -> Mapping[int, set[str]]:
    """The wanted addresses inside each element that holds any, by the element's identity."""
    held: dict[int, set[str]] = {}
    for anchor, link in items:
        element: Node | None = anchor
        for _ in range(DEEPEST):
            if element is None:
                break
            held.setdefault(element.mem_id, set()).add(link.url)
            element = element.parent
    return held


def _beside(anchor: Node, root: Node, held: Mapping[int, set[str]]) -> tuple[Node, ...]:
    """The blocks that belong to the item of `anchor`."""
    block = anchor
    while block.mem_id != root.mem_id and block.parent is not None and len(held.get(block.parent.mem_id, ())) == 1:
        block = block.parent
    beside = [block]
    for sibling in _after(block) if block.mem_id != root.mem_id else ():
        if sibling.mem_id in held:
            break
        beside.append(sibling)
    return tuple(beside)


def _after(node: Node) -> Iterator[Node]:
    """The elements after `node` in its parent."""
    while (following := node.next) is not None:
        node = following
        if node.is_element_node:
            yield node


def _place(url: str) -> _Place:
    parts = urlsplit(url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    rest = tuple(sorted(f"{name}={value}" for name, value in query if name not in _QUERY_PAGES))
    in_path = _PATH_PAGE.search(parts.path)
    path = parts.path[: in_path.start()] if in_path else parts.path
    numbers = [value for name, value in query if name in _QUERY_PAGES] + ([in_path.group(1)] if in_path else [])
    number = int(numbers[0]) if numbers and numbers[0].isascii() and numbers[0].isdigit() else None
    return _Place((parts.netloc, path.rstrip("/"), *rest), number)


def _path(url: str) -> str:
    return urlsplit(url).path
