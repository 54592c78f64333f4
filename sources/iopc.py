"""IOPC recommendations and investigation summaries. The page is the document; Drupal, markup not known.

The same pages are served under policeconduct.gov.uk and ipcc.gov.uk, with and without www, and as /node/{id}: all are
brought to one address. Nothing goes by class: pages are told by address, facts by label, title and heading.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from urllib.parse import urlsplit, urlunsplit

from pipeline.bodies import split_forces
from pipeline.dates import first_day, read_date, read_month
from pipeline.feeds import read_feed
from pipeline.filenames import UNNAMED, is_response
from pipeline.html import (
    Labelled,
    Link,
    Node,
    Tree,
    labelled,
    links_of,
    main_content,
    parse,
    text_of,
    tidy_url,
    title_of,
)
from pipeline.listings import entries, next_page
from pipeline.records import DocumentRef
from pipeline.references import iopc_reference
from pipeline.web import LayoutChanged, Oddity, Page, Reading, Request, Window

BODY = "IOPC"
LONGEST_TITLE = 300  # characters that are looked through for a force
CASE = re.compile(r"^/(?:recommendations/[^/]+|node/\d+|(?:[\w-]+/)*(?:investigation|recommendation)s?-[^/]+)/?$", re.I)
FILE = re.compile(r"/sites/default/files/.+\.(?:pdf|docx?)$", re.IGNORECASE)
TAG = re.compile(r"/(?:tags?|topics?|taxonomy/term|(?:police-)?forces?|keywords?)/", re.IGNORECASE)
NO_PAGE = re.compile(r"\b(?:404|page not found|access denied|just a moment)\b", re.IGNORECASE)
FORCE = re.compile(r"\b(?:police|constabulary)\b(?! (?:chief|federation|crime))", re.IGNORECASE)
ASKS = re.compile(r"\b(?:IOPC|IPCC) recommends?\b")
NO_FORCE = re.compile(r"\b(?:council|college|office|agency|association|commissioners?|national|IOPC)\b", re.IGNORECASE)
LABELS = {
    "reference": r"(?:IOPC|IPCC) ref(?:erence)?(?: number| no\.?)?",
    "recommended": r"date of recommendations?|recommendations? (?:date|made|issued)(?: on)?",
    "due": r"(?:date )?response due(?: date| by)?",
    "published": r"(?:date )?published(?: on)?|publication date",
    "accepted": r"do you accept the recommendations?\??",
    "tags": r"tags?|topics?|(?:police )?forces?|keywords?",
}
MONTHS = r"(?:jan|febr?u?|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*"
# "… - Essex Police, May 2019": the body stands between the last spaced dash and the date, in old ones after it.
TITLE = re.compile(
    rf"^.*?\s[-–—]\s(?:{MONTHS}\s+\d{{4}},\s*)?(?P<body>(?:(?!\s[-–—]\s).)+?)(?:,?\s+(?:\d{{1,2}}\s+)?(?:{MONTHS}\b.*|\d{{4}}\b.*))?$",
    re.IGNORECASE,
)


def start(window: Window) -> tuple[Request, ...]:
    """The sitemap; both lists instead, where there is none."""
    lists = tuple(Request(window.addresses[name], name) for name in ("recommendations", "stream"))
    return (Request(window.addresses["sitemap"], "sitemap", otherwise=lists),)


def read(page: Page, window: Window) -> Reading:
    """A list or a case's page. Raises `LayoutChanged` when it is not what its step promises."""
    step = page.request.step
    if step == "case":
        return _read_case(page, window)
    return _read_sitemap(page, window) if step in ("sitemap", "sitemap-part") else _read_list(page, window)


def _read_sitemap(page: Page, window: Window) -> Reading:
    follow = []
    for entry in read_feed(page):
        url = canonical_url(entry.url, window)
        if url is None or (entry.day is not None and entry.day < window.since):
            continue  # not of this site; or last changed before the window
        if entry.is_list:
            follow.append(Request(url, "sitemap-part"))
        elif CASE.match(urlsplit(url).path):
            follow.append(_case(url, entry.stated))
    if not follow and page.request.url == window.addresses["sitemap"]:
        raise LayoutChanged(f"{page.url} names no recommendation or investigation")
    return Reading(follow=tuple(dict.fromkeys(follow)))


def _read_list(page: Page, window: Window) -> Reading:
    tree = parse(page)
    main = main_content(tree)
    listed = entries(main, page.url, lambda url: bool(CASE.match(urlsplit(url).path)))
    onward = next_page(tree.body or main, page.url)
    if NO_PAGE.search(title_of(main) or ""):
        raise LayoutChanged(f"{page.url} is not there: its title is {title_of(main)!r}")
    if not listed and onward is None and page.request.url == window.addresses[page.request.step]:
        raise LayoutChanged(f"{page.url} lists no recommendation or investigation")
    days = [read_date(entry.text) for entry in listed]
    over = bool(days) and all(day is not None and day < window.since for day in days)
    urls = [url for entry in listed if (url := canonical_url(entry.link.url, window))]
    follow = [_case(url) for url in dict.fromkeys(urls)]
    if onward is not None and not over:
        follow.append(Request(onward, page.request.step))
    return Reading(follow=tuple(follow))


def _case(url: str, modified: str | None = None) -> Request:
    return Request(url, "case", (("modified", modified),) if modified else ())


def canonical_url(url: str, window: Window) -> str | None:
    """`url` under the site's own name, over TLS, without query or closing slash; None for another site's address."""
    tidied = tidy_url(url, url)
    home = urlsplit(window.addresses["recommendations"])
    if tidied is None:
        return None
    parts = urlsplit(tidied)
    if parts.hostname not in {home.hostname, *window.options["aliases"].split()}:
        return None
    return urlunsplit((home.scheme, home.netloc, parts.path.rstrip("/") or "/", "", ""))


def _read_case(page: Page, window: Window) -> Reading:
    tree = parse(page)
    main = main_content(tree)
    title = title_of(main)
    if title is None or NO_PAGE.search(title):
        raise LayoutChanged(f"{page.url} is no case's page: its title is {title!r}")
    own = _own_address(tree, page, window)
    if own != page.request.url:
        return Reading(follow=(_case(own),))  # one page under two addresses is read under its own
    text = text_of(main)
    stated = labelled(text[max(0, text.find(title)) :], LABELS)  # what comes before the title is no content
    links = links_of(main, page.url)
    forces, topics = _tags(stated, links)
    day = first_day(stated.values["recommended"]) or first_day(stated.values["published"]) or _from_title(main, title)
    if day is not None and day < window.since:
        return Reading()
    bodies = bodies_in(title)
    if "/node/" in own and not (_reference(stated) or ASKS.search(text) or any(map(FORCE.search, bodies))):
        return Reading()  # any page of the site has such an address: news, people, pages about pages
    ref = DocumentRef(
        connector="iopc",
        source="iopc",
        url=own,
        title=title,
        body=BODY,
        published=day,
        reference=_reference(stated),
        page=own,
        categories=topics,
        areas=tuple(dict.fromkeys((*(name for name in bodies if not NO_FORCE.search(name)), *forces))),
        recipients=bodies or forces,
    )
    told = [] if day else [Oddity("missing_field", f"{own} states no date.")]
    if not ref.areas and not ref.recipients:
        told.append(Oddity("missing_field", f"{own} names no force."))
    return Reading((ref, *_files(ref, links, window)), oddities=tuple(told))


def _own_address(tree: Tree, page: Page, window: Window) -> str:
    """The address the page calls its own, where that is a case's of this site; else where it was found."""
    link = tree.css_first("link[rel=canonical]")
    stated = tidy_url(page.url, link.attributes.get("href") or "") if link is not None else None
    own = canonical_url(stated, window) if stated and CASE.match(urlsplit(stated).path) else None
    return own or canonical_url(page.url, window) or page.request.url


def _tags(stated: Labelled, links: Iterable[Link]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The publisher's own tags, as forces and as topics: after their label, or linked to a list of their own."""
    written = [tag for value in stated.values["tags"] for tag in re.split(r"[,;|\n]", value)]
    linked = [link.text for link in links if TAG.search(urlsplit(link.url).path)]
    tags = dict.fromkeys(" ".join(tag.split()) for tag in (linked or written) if 2 < len(tag.strip()) < 60)
    forces = tuple(tag for tag in tags if FORCE.search(tag))
    return forces, tuple(tag for tag in tags if tag not in forces)


def _from_title(main: Node, title: str) -> date | None:
    """The page's `time`, else the month in the title of a recommendation. An investigation's is the incident's."""
    node = main.css_first("time[datetime]")
    if node is not None and (day := read_date(node.attributes.get("datetime") or "")):
        return day
    return read_month(title) if re.match(r"(?:national )?recommendations?\b", title, re.IGNORECASE) else None


def bodies_in(title: str) -> tuple[str, ...]:
    """The bodies a title names: "Recommendations - Essex Police and Kent Police, May 2019" names two."""
    found = TITLE.match(title[:LONGEST_TITLE])
    return split_forces(found.group("body")) if found else ()


def _reference(stated: Labelled) -> str | None:
    return next((found for value in stated.values["reference"] if (found := iopc_reference(value))), None)


def _files(ref: DocumentRef, links: Iterable[Link], window: Window) -> tuple[DocumentRef, ...]:
    """The files a page leads to, each a document of that page; a force's response answers it."""
    files = []
    for link in links:
        url = canonical_url(link.url, window)
        if url is None or not FILE.search(urlsplit(url).path):
            continue
        answers = is_response(f"{link.name} {link.text}")
        responder = ref.recipients[0] if len(ref.recipients) == 1 else UNNAMED
        body = responder if answers else BODY
        files.append(
            replace(ref, url=url, title=link.text or link.name, body=body, responds_to=ref.url if answers else None)
        )
    return tuple(files)
