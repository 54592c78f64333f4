"""The Metropolitan Police's replies to IOPC learning recommendations (paragraph 28A): pages only, no files.

Single Online Home: server-rendered, markup not known. A reply is told by the shape of its address, its facts by label.
"""

import re
from datetime import date
from urllib.parse import urlsplit

from pipeline.dates import first_day, read_month
from pipeline.feeds import read_feed
from pipeline.html import Labelled, labelled, main_content, parse, text_of, tidy_url, title_of
from pipeline.listings import entries, next_page
from pipeline.records import DocumentRef
from pipeline.references import iopc_reference, mps_reference
from pipeline.web import LayoutChanged, Oddity, Page, Reading, Request, Window

FORCE = "Metropolitan Police Service"
REPLY = re.compile(r"^/foi-ai/metropolitan-police/iopc/(?P<year>\d{4})/(?P<month>[a-z]+)[\w-]*/[^/]+/?$", re.IGNORECASE)
LABELS = {
    "title": r"title",
    "mps_reference": r"MPS ref(?:erence)?(?: number| no\.?)?",
    "iopc_reference": r"IOPC ref(?:erence)?(?: number| no\.?)?",
    "author": r"author",
    "published": r"(?:date )?published(?: on)?|publication date|date",
}
WORDS_NEEDED = 40  # a reply has several paragraphs; a shell or an error page has none


def start(window: Window) -> tuple[Request, ...]:
    """The publication scheme's list; the sitemap instead, where there is none."""
    sitemap = Request(window.addresses["sitemap"], "sitemap")
    return (Request(window.addresses["published"], "published", otherwise=(sitemap,)),)


def read(page: Page, window: Window) -> Reading:
    """A list or a reply. Raises `LayoutChanged` when it is not what its step promises."""
    step = page.request.step
    if step == "reply":
        return _read_reply(page, window)
    return _read_list(page, window) if step == "published" else _read_sitemap(page, window)


def _read_list(page: Page, window: Window) -> Reading:
    tree = parse(page)
    main = main_content(tree)
    listed = entries(main, page.url, _is_reply)
    onward = next_page(tree.body or main, page.url)
    if not listed and onward is None and page.request.url == window.addresses["published"]:
        raise LayoutChanged(f"{page.url} lists no reply")
    follow = [Request(entry.link.url, "reply") for entry in listed if not _is_older(entry.link.url, window)]
    if onward is not None:
        follow.append(Request(onward, "published"))
    return Reading(follow=tuple(follow))


def _read_sitemap(page: Page, window: Window) -> Reading:
    follow = []
    for entry in read_feed(page):
        url = tidy_url(page.url, entry.url)
        if url is None or urlsplit(url).hostname != urlsplit(window.addresses["sitemap"]).hostname:
            continue
        if entry.is_list:
            follow.append(Request(url, "sitemap-part"))
        elif _is_reply(url) and not _is_older(url, window):
            follow.append(Request(url, "reply", (("modified", entry.stated),) if entry.stated else ()))
    return Reading(follow=tuple(follow))


def _is_reply(url: str) -> bool:
    return bool(REPLY.match(urlsplit(url).path))


def _month(url: str) -> date | None:
    """The first day of the month in a reply's address: ".../iopc/2021/mar/..."."""
    found = REPLY.match(urlsplit(url).path)
    return read_month(f"{found.group('month')} {found.group('year')}") if found else None


def _is_older(url: str, window: Window) -> bool:
    month = _month(url)
    return month is not None and month < window.since.replace(day=1)


def _read_reply(page: Page, window: Window) -> Reading:
    tree = parse(page)
    main = main_content(tree)
    text = text_of(main)
    stated = labelled(text, LABELS)
    title = stated.first("title") or title_of(main)
    if title is None or len(text.split()) < WORDS_NEEDED:
        raise LayoutChanged(f"{page.url} has no title or next to no text")
    day = first_day(stated.values["published"]) or _month(page.url)
    reference = _reference(stated, text, page.url)
    ref = DocumentRef(
        connector="met-iopc",
        source="met-iopc",
        url=page.request.url,
        title=" ".join(title.split("\n\n")[0].split()),
        body="IOPC",  # who asks; the reply restates the ask and answers it
        published=day,
        reference=reference,
        page=page.request.url,
        areas=(FORCE,),
        recipients=(FORCE,),
    )
    lacking = [name for name, value in (("date", day), ("reference", reference)) if value is None]
    return Reading((ref,), oddities=tuple(Oddity("missing_field", f"{page.url} states no {name}.") for name in lacking))


def _reference(stated: Labelled, text: str, url: str) -> str | None:
    """The IOPC's reference where the page prints it, after its label or in the text; else the Service's own."""
    labelled_own = stated.first("mps_reference") or ""
    return (
        iopc_reference(stated.first("iopc_reference") or "")
        or iopc_reference(" ".join(re.findall(r"\b(?:IOPC|IPCC|IPOC)\b[^.\n]{0,60}", text)))
        or mps_reference(labelled_own)
        or mps_reference(re.sub(r"[^\w/]", " ", url))
    )
