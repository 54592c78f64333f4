"""Reads what sites list in XML: RSS items, Atom entries, and the addresses of a sitemap. Pure."""

from dataclasses import dataclass
from datetime import date
from xml.etree import ElementTree

from pipeline.dates import read_date
from pipeline.web import LayoutChanged, Page

_ITEMS = {"item", "entry", "url", "sitemap"}
_DAYS = ("lastmod", "pubDate", "updated", "published", "date")


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry: its address, the day it states, and that statement as written."""

    url: str
    day: date | None = None
    stated: str | None = None
    is_list: bool = False  # True: a sitemap of its own


def read_feed(page: Page) -> tuple[FeedEntry, ...]:
    """The entries of a feed or sitemap, in order. Raises `LayoutChanged` on anything else, and on a document type:
    no feed needs one, and its entities are how XML is made to explode.
    """
    if b"<!DOCTYPE" in page.content[:4096] or b"<!ENTITY" in page.content:
        raise LayoutChanged(f"{page.url} is no feed: it declares a document type")
    try:
        root = ElementTree.fromstring(page.content.strip())
    except ElementTree.ParseError as error:
        raise LayoutChanged(f"{page.url} is not XML") from error
    if _name(root) not in {"rss", "RDF", "feed", "urlset", "sitemapindex"}:
        raise LayoutChanged(f"{page.url} is neither a feed nor a sitemap")
    entries = (_entry(node) for node in root.iter() if _name(node) in _ITEMS)
    return tuple(entry for entry in entries if entry.url)


def _entry(node: ElementTree.Element) -> FeedEntry:
    told = {_name(child): child for child in reversed(list(node))}  # the first of a name counts
    url = (told["loc"].text if "loc" in told else _link(node)) or ""
    stated = next((told[name].text for name in _DAYS if name in told and told[name].text), None)
    return FeedEntry(url.strip(), read_date(stated or ""), stated and stated.strip(), _name(node) == "sitemap")


def _link(node: ElementTree.Element) -> str | None:
    """RSS writes the address inside `link`; Atom in its `href`, among others that are not the page itself."""
    for child in node:
        if _name(child) == "link" and child.get("rel", "alternate") == "alternate":
            return child.get("href") or child.text
    return None


def _name(node: ElementTree.Element) -> str:
    return node.tag.rpartition("}")[2]
