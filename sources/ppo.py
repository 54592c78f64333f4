"""Fatal incident reports of the Prisons and Probation Ombudsman: a list that scripts fill, tile by tile.

Two themes of the Ministry of Justice's WordPress platform: the older one loads tiles as JSON-asked HTML
(`admin-ajax.php?action=update_tiles`), a tile a report; the platform's own prints the list, and a page a report.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from urllib.parse import urlencode, urlsplit

from pipeline.dates import read_date
from pipeline.filenames import UNNAMED
from pipeline.html import Link, Node, decode, labelled, links_of, main_content, parse, text_of, title_of
from pipeline.listings import next_page
from pipeline.records import DocumentRef
from pipeline.web import LayoutChanged, Oddity, Page, Reading, Request, Window

LABELS = {
    "published": r"published|date published|publication date",
    "died": r"date of death",
    "inquest": r"date of inquest",
    "cause": r"cause(?: of death)?",
    "gender": r"gender|sex",
    "age": r"age(?: group| range)?",
    "establishment": r"establishment|location|prison",
    "kind": r"(?:establishment|report|document) type|type",
}
QUERY = re.compile(r"queryParams\s*=\s*(?P<quote>['\"])(?P<json>\{.*?\})(?P=quote)\s*;")
MAX_PAGE = re.compile(r"\bmaxPage\s*=\s*['\"]?(?P<pages>\d+)")
NONE_FOUND = re.compile(r"no results found|your search matched no", re.IGNORECASE)
DOCUMENT = re.compile(r"\.(?:pdf|docx?)$", re.IGNORECASE)
PLAN = re.compile(r"action[ _-]?plan|response", re.IGNORECASE)
REFERENCE = re.compile(r"(?<![A-Za-z])(?P<letter>[A-Z])(?P<number>\d{3,5})[-_](?P<year>\d{2})(?!\d)")
ANONYMOUS = re.compile(r"^individual\b|\bname (?:withheld|redacted)|^\[?redacted", re.IGNORECASE)
SIZE = re.compile(r"\s*\((?:PDF|DOCX?)[^)]*\)\s*$", re.IGNORECASE)


def start(window: Window) -> tuple[Request, ...]:
    """The list page, which says how the rest is asked for."""
    return (Request(window.addresses["listing"], "listing"),)


def read(page: Page, window: Window) -> Reading:
    """A list page or an answer with tiles. Raises `LayoutChanged` when it holds neither a query nor items."""
    readers = {"listing": _read_listing, "pages": _read_listing, "tiles": _read_tiles, "document": _read_document}
    return readers[page.request.step](page, window)


def _read_listing(page: Page, window: Window) -> Reading:
    """The list page: the query that its script would send, or the items themselves."""
    query = QUERY.search(decode(page))
    if query is not None and page.request.step == "listing":
        return Reading(follow=(_tiles_request(window, query.group("json"), 1),))
    tree = parse(page)
    main = main_content(tree)
    items = _items(main, page.url)
    if not items and not NONE_FOUND.search(text_of(main)):
        raise LayoutChanged(f"{page.url} names no query and lists no report")
    reading = _read_items(items, page, window)
    onward = next_page(tree.body or main, page.url)
    if onward is None or _all_older(items, window):
        return reading
    return replace(reading, follow=(*reading.follow, Request(onward, "pages")))


def _tiles_request(window: Window, asked: str, number: int) -> Request:
    """The query the page prints, for another page of tiles. Raises `LayoutChanged` when it is not a JSON object."""
    try:
        query = json.loads(asked)
    except ValueError as error:
        raise LayoutChanged("the list page's queryParams is not JSON") from error
    if not isinstance(query, dict):
        raise LayoutChanged("the list page's queryParams is not an object")
    compact = json.dumps({**query, "paged": number}, separators=(",", ":"))
    url = f"{window.addresses['tiles']}?{urlencode({'action': 'update_tiles', 'queryParams': compact})}"
    return Request(url, "tiles", (("query", compact), ("paged", str(number))))


def _read_tiles(page: Page, window: Window) -> Reading:
    text = decode(page)
    pages = MAX_PAGE.search(text)
    body = main_content(parse(page))
    items = _items(body, page.url)
    if not items:
        if NONE_FOUND.search(text):
            return Reading()
        raise LayoutChanged(f"{page.url} holds no tile")
    if pages is None:
        raise LayoutChanged(f"{page.url} does not say how many pages there are")
    reading = _read_items(items, page, window)
    number = int(page.request.fact("paged") or "1")
    if number >= int(pages.group("pages")) or _all_older(items, window):
        return reading
    onward = _tiles_request(window, page.request.fact("query") or "", number + 1)
    return replace(reading, follow=(*reading.follow, onward))


def _items(root: Node, page_url: str) -> tuple[Node, ...]:
    """The block of each report: as far around its linked heading as holds no other linked heading."""
    paths = [_ancestors(head, root) for head in root.css("h2, h3, h4") if links_of(head, page_url)]
    heads_in = Counter(block.mem_id for path in paths for block in path)
    return tuple(max(enumerate(path), key=lambda at: (heads_in[at[1].mem_id] == 1, at[0]))[1] for path in paths)


def _ancestors(head: Node, root: Node) -> list[Node]:
    """`head` and what it stands in, up to `root`."""
    path = [head]
    while path[-1].mem_id != root.mem_id and path[-1].parent is not None:
        path.append(path[-1].parent)
    return path


def _read_items(items: tuple[Node, ...], page: Page, window: Window) -> Reading:
    documents: list[DocumentRef] = []
    follow: list[Request] = []
    oddities: list[Oddity] = []
    for item in items:
        day = _published(item)
        if day is not None and day < window.since:
            continue
        found = _documents(item, page.url)
        head = links_of(item, page.url)[0]
        if not found and urlsplit(head.url).hostname == urlsplit(page.url).hostname:
            follow.append(Request(head.url, "document"))  # the platform's own theme: the file is one page further
        elif not found:
            oddities.append(Oddity("unread_link", f"{head.url} is no document."))
        if day is None and found:
            oddities.append(Oddity("bad_date", f"{head.url} is listed without a day of publication."))
        documents += found
    return Reading(tuple(documents), tuple(follow), tuple(oddities))


def _read_document(page: Page, window: Window) -> Reading:
    """A single report's page in the platform's own theme."""
    main = main_content(parse(page))
    documents = _documents(main, page.url)
    if title_of(main) is None or not documents:
        raise LayoutChanged(f"{page.url} leads to no document")
    return Reading(documents if (documents[0].published or window.since) >= window.since else ())


def _documents(item: Node, page_url: str) -> tuple[DocumentRef, ...]:
    """The report of one tile, and the action plans that answer it."""
    files = [link for link in links_of(item, page_url) if DOCUMENT.search(urlsplit(link.url).path)]
    reports = [link for link in files if not PLAN.search(f"{link.text} {link.name}")]
    if not reports:
        return ()
    title = SIZE.sub("", title_of(item) or reports[0].text)
    text = text_of(item)
    facts = _facts(text)
    lines = [line.strip() for line in text.partition(title)[2].splitlines() if line.strip()]
    place = facts.get("establishment") or (lines[0] if lines and ":" not in lines[0] else None)
    ref = DocumentRef(
        connector="ppo",
        source="ppo",
        url=reports[0].url,
        title=title,
        body="PPO",
        published=_published(item),
        reference=_reference(reports[0]),
        page=page_url,
        categories=tuple(filter(None, (facts.get("cause"),))),
        recipients=tuple(filter(None, (place,))),
        people=() if ANONYMOUS.search(title) else (title,),
    )
    plans = [link for link in files if link not in reports]
    return (ref, *(_plan(ref, link) for link in plans))


def _plan(ref: DocumentRef, link: Link) -> DocumentRef:
    return replace(
        ref,
        url=link.url,
        title=f"Action plan: {ref.title}",
        body=next(iter(ref.recipients), UNNAMED),
        responds_to=ref.url,
    )


def _facts(text: str) -> Mapping[str, str]:
    """The first line after each label of a tile."""
    stated = labelled(text, LABELS)
    return {name: value.splitlines()[0].strip() for name in LABELS if (value := stated.first(name))}


def _published(item: Node) -> date | None:
    return read_date(_facts(text_of(item)).get("published", ""))


def _all_older(items: tuple[Node, ...], window: Window) -> bool:
    """True when every item was published before the window: the list is newest first."""
    days = [_published(item) for item in items]
    return bool(days) and all(day is not None and day < window.since for day in days)


def _reference(link: Link) -> str | None:
    """The Ombudsman's own number in a file name: "L032-15-Death-of-…" is "L032/15"."""
    found = REFERENCE.search(link.name) or REFERENCE.search(link.url)
    return f"{found.group('letter')}{found.group('number')}/{found.group('year')}" if found else None
