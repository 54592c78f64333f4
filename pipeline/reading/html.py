"""Reads documents that are web pages: bytes in, one laid-out page out, as from a PDF.

The page's text is a rendering made by this code: the main content from top to bottom, one printed line a line of text,
parted by "\\n"; white space folded, numbers and bullets of lists written as a browser shows them, cells of a table one
after another. The same bytes always give the same text, so a span is found again by rendering the bytes anew. There is
one page, number 1: pages of print are not invented, and places on the sheet mean nothing outside these stages.
"""

import re
from datetime import date

from pipeline.html import DEEPEST, Tree, decode_content, nests_too_deep, text_of
from pipeline.ids import content_hash
from pipeline.layout import Document, Page
from pipeline.reading.blocks import Setter
from pipeline.reading.content import find_content
from pipeline.reading.opening import UnreadableDocument

MAX_BYTES = 32 * 2**20
MAX_TAGS = 1_000_000
_DAY = re.compile(r"(?:19|20)\d\d-\d\d-\d\d")
_PUBLISHED = (
    "meta[property='article:published_time']", "meta[name='govuk:public-updated-at']", "meta[name='dcterms.issued']",
    "meta[name='DC.date.issued']", "meta[name='DC.date']", "meta[name='dcterms.date']", "meta[name='date']",
)  # fmt: skip


def read_html(content: bytes) -> Document:
    """The laid-out document, on one page. Raises `UnreadableDocument`.

    The title is the page's only h1, else what its head says; `created` is what its head says of the day.
    """
    tree = _parse(content)
    return Document(content_hash(content), (_lay_out(tree),), _title(tree), _published(tree))


def html_text(content: bytes) -> str:
    """The rendered text of the page, from a fresh parse. Raises `UnreadableDocument`."""
    return _lay_out(_parse(content)).text


def _parse(content: bytes) -> Tree:
    if not content.strip():
        raise UnreadableDocument("empty_file", "The file is empty.")
    if len(content) > MAX_BYTES:
        most = MAX_BYTES // 2**20
        raise UnreadableDocument(
            "too_large", f"The web page has {len(content) / 2**20:.0f} MB; at most {most} are read."
        )
    if content.count(b"<") > MAX_TAGS:
        raise UnreadableDocument("too_large", f"The web page has more than {MAX_TAGS:,} tags.")
    if nests_too_deep(content):
        raise UnreadableDocument("nested_too_deep", f"The web page nests more than {DEEPEST:,} elements.")
    return Tree(decode_content(content))


def _lay_out(tree: Tree) -> Page:
    found = find_content(tree)
    page = Setter(found).sheet.page() if found else None
    if page is None or not page.text:
        raise UnreadableDocument("no_text", "The web page shows no text.")
    return page


def _title(tree: Tree) -> str | None:
    headings = [text for node in tree.css("h1") if (text := " ".join(text_of(node).split()))]
    if len(headings) == 1:
        return headings[0]
    head = tree.css_first("title")
    return " ".join(head.text().split()) or None if head is not None else None


def _published(tree: Tree) -> date | None:
    for selector in _PUBLISHED:
        meta = tree.css_first(selector)
        if meta is not None and (day := _DAY.match((meta.attributes.get("content") or "").strip())):
            try:
                return date.fromisoformat(day.group())
            except ValueError:
                continue
    return None
