"""Reads publishers' pages: decode, main content, text with its line breaks, labelled values, links. Pure.

Helpers for parsers that must not depend on class names: they go by headings, label texts and the shape of addresses.
"""

import codecs
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote, urldefrag, urljoin, urlsplit, urlunsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.web import LayoutChanged, Page

Node = LexborNode
Tree = LexborHTMLParser

_BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "caption", "dd", "details", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "legend", "li",
    "main", "nav", "ol", "option", "p", "pre", "section", "select", "summary", "table", "tbody", "td", "tfoot", "th",
    "thead", "tr", "ul",
}  # fmt: skip
_UNREAD = frozenset({"script", "style", "template", "noscript", "head", "svg", "iframe"})
_MAIN = ("main", "[role=main]", "#main-content", "article", "body")
_HEADINGS = "h1, h2, h3, h4, h5, h6"
_OPENING = re.compile(r"(?<![^\n])[A-Z][\w’'()/-]*(?: [\w’'()/-]+){0,4} ?:(?!//)")  # lines have no leading spaces
_INDENT = re.compile(r"^[^\S\n]*", re.MULTILINE)
_CHARSET = re.compile(rb"<meta[^>]{1,200}?charset\s*=\s*[\"']?\s*([\w-]{2,20})", re.IGNORECASE)
_FILE = re.compile(r"[^\s/\\]\S*(?: \S+)*?\.(?:pdf|docx?|xlsx?|csv|odt|rtf|pptx?)\b", re.IGNORECASE)
_KEPT = "/%:@!$&'()*+,;=~"
_PLAIN = ("http", "https")
_TAG = re.compile(rb"<(/?)(?!(?:br|hr|img|input|link|meta|p|li|td|th|tr|dd|dt|option|source|col|wbr)\b)[a-z]", re.I)
DEEPEST = 2000  # open elements; the parser needs quadratic time on nesting, and good pages stay below 60
LONGEST_NAME = 300  # characters of a link's text in which a file name is looked for
LARGEST = 16_000_000  # bytes of one page


@dataclass(frozen=True, slots=True)
class Link:
    """One link: its absolute address without fragment, its visible text, and the name of what it leads to.

    `name` is the file name in the text where the text has one ("Download <hidden>x.pdf</hidden> file"), else the
    last part of the address, decoded.
    """

    url: str
    text: str
    name: str


@dataclass(frozen=True, slots=True)
class Labelled:
    """What stood after each label. `values` keeps every non-empty value in order; `unknown` the labels nobody knows."""

    values: Mapping[str, tuple[str, ...]]
    unknown: tuple[str, ...] = ()

    def first(self, name: str) -> str | None:
        """The first value of `name`, None where the page gives none."""
        return next(iter(self.values.get(name, ())), None)


def parse(page: Page) -> Tree:
    """The page as a tree, decoded.

    Raises `LayoutChanged` when it has no body text (an empty or cut-off answer), or is larger than `LARGEST` or nests
    deeper than `DEEPEST`.
    """
    if len(page.content) > LARGEST or nests_too_deep(page.content):
        raise LayoutChanged(f"{page.url} is too large or nests too deep to be a page")
    tree = Tree(decode(page))
    if tree.body is None or not text_of(tree.body):
        raise LayoutChanged(f"{page.url} is empty")
    return tree


def nests_too_deep(content: bytes) -> bool:
    """Whether more than `DEEPEST` elements are open at once, by counting tags before any parser sees them."""
    depth = 0
    for tag in _TAG.finditer(content):
        depth = max(0, depth - 1) if tag.group(1) else depth + 1
        if depth > DEEPEST:
            return True
    return False


def parse_fragment(text: str) -> Node:
    """A piece of HTML, such as WordPress's `content.rendered`, as the body of a page."""
    body = Tree(f"<body>{text}</body>").body
    if body is None:
        raise LayoutChanged("a fragment of HTML has no body")
    return body


def decode(page: Page) -> str:
    """The page's text; see `decode_content`."""
    declared = re.search(r"charset=[\"']?([\w-]+)", page.headers.get("content-type", ""), re.IGNORECASE)
    return decode_content(page.content, declared.group(1) if declared else None)


def decode_content(content: bytes, declared: str | None = None) -> str:
    """UTF-8 where the bytes are, else what is declared (by a header, or by the page's meta), else Windows-1252.

    The bytes come first since servers and templates often declare a charset that they do not use. UTF-16 only by its
    mark: a page whose meta can be read is not in it.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace")
    meta = _CHARSET.search(content[:4096])
    for name in filter(None, ("utf-8-sig", declared, meta and meta.group(1).decode("ascii", "replace"))):
        try:
            if not (codec := codecs.lookup(name).name).startswith("utf-16"):
                return content.decode(codec)
        except (LookupError, UnicodeError):
            continue  # the next guess; the last cannot fail
    return content.decode("windows-1252", "replace")


def main_content(tree: Tree) -> Node:
    """The part that holds the page's own content: `main`, `[role=main]`, `#main-content`, the one `article`, else the
    body. Of several articles none is the page.
    """
    for selector in _MAIN:
        found = tree.css(selector)
        if found and (selector != "article" or len(found) == 1):
            return found[0]
    raise LayoutChanged("the page has no body")


def titled_content(tree: Tree) -> Node:
    """The main content; the whole body where the page's `h1` stands outside it, as in a banner above."""
    main = main_content(tree)
    if main.css_first("h1") is None and tree.body is not None and tree.body.css_first("h1") is not None:
        return tree.body
    return main


def title_of(node: Node) -> str | None:
    """The text of the first non-empty `h1`, else of the first other heading; None without one."""
    for selector in ("h1", _HEADINGS):
        for heading in node.css(selector):
            if text := " ".join(text_of(heading).split()):
                return text
    return None


def text_of(node: Node, *, without: str | None = None) -> str:
    """The text of `node`: a line a `<br>`, an empty line between blocks, white space folded, no scripts.

    `without` is a selector; what it matches inside `node` is left out.
    """
    dropped = frozenset(found.mem_id for found in node.css(without)) if without else frozenset()
    joined = re.sub(r"[^\S\n]+", " ", "".join(_pieces(node, dropped)))
    joined = re.sub(r" ?\n ?", "\n", joined)
    return re.sub(r"\n{3,}", "\n\n", joined).strip()


def _pieces(root: Node, dropped: frozenset[int]) -> Iterator[str]:
    """Text and line breaks in reading order. A stack, not recursion: hostile pages nest deeper than Python's."""
    waiting: list[Node | str] = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            yield node
        elif node.is_text_node:
            yield re.sub(r"\s+", " ", node.text_content or "")
        elif node.tag == "br":
            yield "\n"
        elif node.is_element_node and node.tag not in _UNREAD and node.mem_id not in dropped:
            edge = "\n\n" if node.tag in _BLOCKS else ""
            waiting += [edge, *reversed(list(node.iter(include_text=True))), edge]


def labelled(text: str, labels: Mapping[str, str]) -> Labelled:
    """The value after each label of `text`: up to the next label, wherever the lines break.

    `labels` maps a name to a regular expression of the label's words, without its colon. A label needs a colon, except
    where it opens a line; case does not count. Words that open a line and end in a colon but match no label are
    `unknown`, and end the value before them.
    """
    names = list(labels)
    words = "|".join(f"(?P<g{place}>{labels[name]})" for place, name in enumerate(names))
    pattern = re.compile(rf"(?<!\w)(?:{words})(?:\s*:+|(?!\w))", re.IGNORECASE)
    openings = {match.end() for match in _INDENT.finditer(text)}
    found = [match for match in pattern.finditer(text) if match.group().endswith(":") or match.start() in openings]
    unknown = _unknown_labels(text, {match.start() for match in found})
    starts = sorted({len(text), *(match.start() for match in (*found, *unknown))})
    values: dict[str, list[str]] = {name: [] for name in names}
    for match in found:
        end = starts[bisect_right(starts, match.start())]
        if value := text[match.end() : end].strip(" \t\n:"):
            values[names[int((match.lastgroup or "g0")[1:])]].append(value)
    return Labelled(
        {name: tuple(kept) for name, kept in values.items()}, tuple(match.group().strip(" :") for match in unknown)
    )


def _unknown_labels(text: str, known: set[int]) -> tuple[re.Match[str], ...]:
    """Short openings of lines that end in a colon: "Coroner's district:"."""
    return tuple(match for match in _OPENING.finditer(text) if match.start() not in known)


def links_of(node: Node, page_url: str) -> tuple[Link, ...]:
    """Every http(s) link inside `node` in order, absolute, without fragments; the same address once."""
    found: dict[str, Link] = {}
    for anchor in node.css("a[href]"):
        link = link_of(anchor, page_url)
        if link is not None:
            found.setdefault(link.url, link)
    return tuple(found.values())


def link_of(anchor: Node, page_url: str) -> Link | None:
    """What one `<a>` leads to; None for mail addresses, scripts, and addresses that are not ones."""
    url = tidy_url(page_url, anchor.attributes.get("href") or "")
    if url is None:
        return None
    text = " ".join(text_of(anchor).split())
    shown = _FILE.search(re.sub(r"^(?:Download|Open|View)\s+", "", text[:LONGEST_NAME], flags=re.IGNORECASE))
    return Link(url, text, shown.group() if shown else name_in(url))


def tidy_url(page_url: str, href: str) -> str | None:
    """`href` as an absolute http(s) address in one spelling: no fragment, spaces and letters beyond ASCII encoded.

    None for mail addresses, scripts, and what is no address. `+` and what is already encoded stay as they are.
    """
    try:
        parts = urlsplit(urldefrag(urljoin(page_url, href.strip())).url)
        if parts.scheme not in _PLAIN or not parts.hostname or "@" in parts.netloc:
            return None
    except ValueError:  # "http://[bad": urllib refuses it
        return None
    path = re.sub(r"%[0-9a-f]{2}", lambda code: code.group().upper(), quote(parts.path, safe=_KEPT))
    return urlunsplit((parts.scheme, parts.netloc.lower(), path or "/", quote(parts.query, safe=_KEPT + "?"), ""))


def name_in(url: str) -> str:
    """The last part of an address, decoded: "/2024/03/A%20b.pdf" gives "A b.pdf". A `+` stays one."""
    return unquote(urlsplit(url).path.rstrip("/").rpartition("/")[2])
