"""Finds what a web page says of its own: its main content without menus, banners, tooltips and controls.

Goes by elements, roles, where text and links lie, and the words of banners; class names are only ever a hint.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from pipeline.html import Node, Tree, text_of

_UNREAD = frozenset(
    {"script", "style", "template", "noscript", "head", "svg", "math", "iframe", "object", "embed", "canvas", "audio",
     "video", "button", "select", "input", "textarea", "datalist", "dialog", "nav", "map", "menu", "progress", "meter"}
)  # fmt: skip
_UNREAD_ROLES = frozenset(
    {"navigation", "banner", "contentinfo", "complementary", "search", "dialog", "alertdialog", "tooltip", "menu",
     "menubar", "toolbar", "tablist", "button", "progressbar", "doc-toc"}
)  # fmt: skip
_OUTSIDE = frozenset({"header", "footer", "aside"})  # left out unless they stand inside the main content
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_NOISE = re.compile(
    r"(?:^|[\s_-])(?:tool-?tips?|glossary-?(?:definition|tip|popup|panel|content|text)s?|cookies?|skip-?link|"
    r"breadcrumbs?|visually-?hidden|sr-only|screen-reader(?:-text)?|no-?print|quick-?exit|debug)(?:$|[\s_-])",
    re.IGNORECASE,
)
_BANNER = re.compile(
    r"(?:(?:quickly|leave|hide).{0,30}\bthis (?:site|page)\b|.{0,40}\bpress(?:ing)? the escape key|this site is (?:a|"
    r"in) beta|this is a debugging block|user bar\b|skip to (?:main |the )?content|"
    r"(?:this (?:site|website)|we|gov\.uk) (?:would like to )?(?:uses?|set)\b.{0,40}\bcookies|"
    r".{0,20}\b(?:accept|reject|allow)\b.{0,30}\bcookies|"
    r"(?:\d+ )?cookies? (?:on|settings|policy|preferences)\b|\(?easy read\)?$|print this (?:document|page)|"
    r"share this (?:page|on)|back to top|you are in:|please enable javascript|javascript (?:is|must be)\b)",
    re.IGNORECASE,
)
_LONGEST_BANNER = 400  # characters
_LEAVES = frozenset({"p", "li", "span", "a", "div", "h2", "h3", "section", "strong"})
_LISTS = frozenset({"ul", "ol", "dl", "div", "section", "aside"})
_LINKED, _FEWEST_LINKS, _LONGEST_LINK = 0.85, 3, 70  # share of the characters; links; characters a link
_ASIDE_LINKED = 0.4
_BEFORE = 0.4  # of the content's characters: more above the first h1 is content too
_DATED = re.compile(r"\b\d{1,2}[ /.-](?:\w{3,9}|\d{1,2})[ /.-](?:\d{4}|\d\d)\b")
_SHORT = 90  # characters of a line above the title that may date the page
_MOST, _ENOUGH = 0.8, 0.5  # share of the characters that one child, or an article, must hold
_DEEPEST_ROLE = "main"
_FEWEST_LETTERS = 8  # of a head that can tell which heading is the title


@dataclass(frozen=True, slots=True)
class Content:
    """The parts of the tree to be read, in order, and the nodes inside them (by `mem_id`) to be passed over."""

    roots: tuple[Node, ...]
    left_out: frozenset[int]
    lengths: dict[int, int]  # characters of text in each element, by `mem_id`


class _Outline:
    """The elements of a page in document order, each with its parent, its end, and how much text and link it holds."""

    def __init__(self, body: Node) -> None:
        self.nodes: list[Node] = []
        self.parents: list[int] = []
        self.characters: list[int] = []
        self.linked: list[int] = []
        self.links: list[int] = []
        self.unread: list[Node] = []
        self._read(body)
        self.ends = list(range(1, len(self.nodes) + 1))
        for place in range(len(self.nodes) - 1, 0, -1):
            above = self.parents[place]
            self.ends[above] = max(self.ends[above], self.ends[place])
            self.characters[above] += self.characters[place]
            is_link = self.nodes[place].tag == "a"
            self.linked[above] += self.characters[place] if is_link else self.linked[place]
            self.links[above] += 1 if is_link else self.links[place]

    def _read(self, body: Node) -> None:
        waiting = [(body, 0)]
        while waiting:
            node, parent = waiting.pop()
            if node.tag in _UNREAD or (node.tag != "body" and _is_hidden(node)):
                self.unread.append(node)
                continue
            place = len(self.nodes)
            self.nodes.append(node)
            self.parents.append(parent)
            children = list(node.iter(include_text=True))
            self.characters.append(sum(len((c.text_content or "").strip()) for c in children if c.is_text_node))
            self.linked.append(0)
            self.links.append(0)
            waiting.extend((child, place) for child in reversed(children) if child.is_element_node)

    def within(self, place: int) -> range:
        """The places inside `place`, itself left out."""
        return range(place + 1, self.ends[place])


def find_content(tree: Tree) -> Content | None:
    """The main content of the page; None where the page shows no text."""
    if tree.body is None:
        return None
    head = " ".join(node.text() for node in tree.css("head title")).strip()
    outline = _Outline(tree.body)
    root = _choose_root(outline)
    if not outline.characters[root]:
        return None
    dropped = set(_noise_in(outline, root)) | set(_above_title(outline, root, head))
    left_out = {node.mem_id for node in outline.unread} | {outline.nodes[place].mem_id for place in dropped}
    lengths = {node.mem_id: outline.characters[place] for place, node in enumerate(outline.nodes)}
    return Content((*_title_outside(outline, root), outline.nodes[root]), frozenset(left_out), lengths)


def _is_hidden(node: Node) -> bool:
    attributes = node.attributes
    if not attributes:
        return False
    if "hidden" in attributes or attributes.get("aria-hidden") == "true" or attributes.get("role") in _UNREAD_ROLES:
        return attributes.get("role") != _DEEPEST_ROLE
    if _HIDDEN.search(attributes.get("style") or ""):
        return True
    named = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    return bool(_NOISE.search(named)) and node.tag not in ("body", "main", "article")


def _choose_root(outline: _Outline) -> int:
    """`main` or its role; else an article with most of the text; else the block that text leads to from the body."""
    marked = [p for p, node in enumerate(outline.nodes) if node.tag == "main" or node.attributes.get("role") == "main"]
    if best := max(marked, key=lambda place: outline.characters[place], default=0):
        return best if outline.characters[best] else 0
    articles = [place for place, node in enumerate(outline.nodes) if node.tag == "article"]
    best = max(articles, key=lambda place: outline.characters[place], default=0)
    if best and outline.characters[best] >= _ENOUGH * outline.characters[0]:
        return best
    return _descend(outline)


def _descend(outline: _Outline) -> int:
    """From the body down for as long as one child holds nearly all text that is no header, footer or aside."""
    children: dict[int, list[int]] = {}
    for place in range(1, len(outline.nodes)):
        children.setdefault(outline.parents[place], []).append(place)
    place = 0
    while inner := [child for child in children.get(place, []) if outline.nodes[child].tag not in _OUTSIDE]:
        largest = max(inner, key=lambda child: outline.characters[child])
        own = sum(outline.characters[child] for child in inner)
        if outline.characters[largest] < _MOST * own or outline.nodes[largest].tag in ("p", "table", "ul", "ol"):
            break
        place = largest
    return place


def _noise_in(outline: _Outline, root: int) -> Iterator[int]:
    """Inside the content: asides and lists that are links, tips, banners; headers and footers where no main is."""
    has_main = outline.nodes[root].tag in ("main", "article") or outline.nodes[root].attributes.get("role") == "main"
    tips = {
        name
        for place in outline.within(root)
        for name in (outline.nodes[place].attributes.get("aria-describedby") or "").split()
    }
    for place in outline.within(root):
        node = outline.nodes[place]
        if node.tag in _OUTSIDE:
            if not has_main or (node.tag != "header" and _link_share(outline, place) > _ASIDE_LINKED):
                yield place
        elif (node.tag in _LISTS and _is_menu(outline, place)) or _is_banner(outline, place) or _is_one(node, tips):
            yield place


def _is_one(node: Node, names: Collection[str]) -> bool:
    return bool(names) and node.attributes.get("id") in names


def _link_share(outline: _Outline, place: int) -> float:
    return outline.linked[place] / max(1, outline.characters[place])


def _is_menu(outline: _Outline, place: int) -> bool:
    """Whether the block is little but short links: a table of contents, related pages, shares."""
    count = outline.links[place]
    if count < _FEWEST_LINKS or _link_share(outline, place) < _LINKED:
        return False
    return outline.linked[place] <= _LONGEST_LINK * count


def _is_banner(outline: _Outline, place: int) -> bool:
    node = outline.nodes[place]
    if node.tag not in _LEAVES or not 0 < outline.characters[place] <= _LONGEST_BANNER:
        return False
    return bool(_BANNER.match(" ".join(text_of(node).split())))


def _above_title(outline: _Outline, root: int, head: str) -> Iterator[int]:
    """What stands above the page's title (definitions, menus, notices), but for short lines with a date.

    The title is the first h1; where it is not what the head of the page says too, only a little above it can be noise.
    """
    title = next((p for p in outline.within(root) if outline.nodes[p].tag == "h1" and outline.characters[p]), None)
    if title is None:
        return
    above = [place for place in range(root + 1, title) if outline.ends[place] <= title]
    topmost = [place for place in above if outline.ends[outline.parents[place]] > title]
    share = sum(outline.characters[place] for place in topmost) / outline.characters[root]
    if share > _BEFORE and not _is_said(" ".join(text_of(outline.nodes[title]).split()), head):
        return
    for place in topmost:
        is_short = outline.characters[place] <= _SHORT
        if not (is_short and _DATED.search(text_of(outline.nodes[place]))):
            yield place


def _is_said(title: str, head: str) -> bool:
    return title.casefold() in head.casefold() or (len(head) >= _FEWEST_LETTERS and head.casefold() in title.casefold())


def _title_outside(outline: _Outline, root: int) -> tuple[Node, ...]:
    """The page's only h1 where it stands outside the content, as templates with a banner have it."""
    titles = [place for place, node in enumerate(outline.nodes) if node.tag == "h1" and outline.characters[place]]
    if len(titles) != 1 or root <= titles[0] < outline.ends[root]:
        return ()
    return (outline.nodes[titles[0]],)
