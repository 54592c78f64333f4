"""The archived Metropolitan Police Authority: static HTML reports and their appendices, found by their addresses.

Steps: `list` (a committee, its archive of earlier years, a year) → `agenda` (a meeting) → `report`, a document itself.
"""

import re
from datetime import date
from urllib.parse import urlsplit

from pipeline.dates import read_date
from pipeline.html import Link, Node, labelled, links_of, main_content, parse, text_of, title_of
from pipeline.records import DocumentRef
from pipeline.web import LayoutChanged, Oddity, Page, Reading, Request, Window

CONNECTOR, SOURCE, BODY = "mpa-archive", "mpa", "Metropolitan Police Authority"
PLACE = re.compile(
    r"^/metropolitan/committees/(?P<code>[a-z][a-z-]*)(?:/(?P<year>\d{4}))?(?:/(?P<meeting>\d{6}|\d{4})(?:-[a-z]+)?)?"
    r"(?:/(?P<part>\d{1,2}[a-z]?|minutes)|/(?P<shelf>archive|agendas|meetings|reports))?/(?:index\.html?)?$",
    re.IGNORECASE,
)
ABSTRACT = re.compile(
    r"\bReport\s+\w+\s+of\s+the\s+(?P<day>[\w\s]{6,20}?)\s+meeting\s+of\s+the\s+"
    r"(?P<committee>[^,.\n]{0,100}?\b(?:Committee|Authority|Panel|Board|Forum|Group))\b"
    r"|\bMinutes\s+of\s+the\s+meeting\s+of\s+the\s+(?P<body>[^,.\n]{3,120}?)\s+held\s+on\s+(?P<held>[\w\s]{6,20}\d{4})",
    re.IGNORECASE,
)
APPENDIX = re.compile(r"\.(?:pdf|html?)$", re.IGNORECASE)
UNREAD = re.compile(r"\.(?:docx?|rtf|xlsx?|ppt)$", re.IGNORECASE)
LABELS = {"report": r"report", "date": r"date", "by": r"by"}
DATE_LENGTH = 30  # characters after "Date:"; a date further on is another one


def start(window: Window) -> tuple[Request, ...]:
    """The page of each committee that `options` names."""
    codes = window.options["committees"].split()
    return tuple(Request(f"{window.addresses['committees']}{code}/index.html", "list") for code in codes)


def read(page: Page, window: Window) -> Reading:
    """Lists and agendas lead further down; a report and its appendices are documents."""
    tree = parse(page)
    main = main_content(tree)
    if page.request.step == "report":
        name = tree.css_first("title")
        title = title_of(main) or (text_of(name) if name is not None else "")
        return _read_report(page, main, title, ABSTRACT.search(text_of(tree.body or main)), window)
    places = [_request(link, window) for link in links_of(main, page.url)]
    follow = tuple(dict.fromkeys(request for request in places if request and request.url != page.request.url))
    if page.request.step == "list":
        if not follow:
            raise LayoutChanged(f"{page.url} leads to no meeting")
        return Reading(follow=follow)
    below = tuple(request for request in follow if _is_below(request.url, page.request.url))
    empty = () if below else (Oddity("missing_field", f"{page.url} names no report."),)
    return Reading(follow=below, oddities=empty)


def _request(link: Link, window: Window) -> Request | None:
    """What to ask for an address of a wanted committee, in its one spelling; None for any other address."""
    url = _canonical(link.url)
    place = PLACE.match(urlsplit(url).path)
    if place is None or place.group("code").casefold() not in window.options["committees"].split():
        return None
    if not url.startswith(window.addresses["committees"]) or _before(place, window):
        return None
    if place.group("part"):
        return Request(url, "report")
    return Request(url, "agenda" if place.group("meeting") else "list")


def _canonical(url: str) -> str:
    """One address for one page: small letters in the first folder, no "www.", the index named."""
    parts = urlsplit(url)
    path = re.sub(r"^/metropolitan/", "/metropolitan/", parts.path, flags=re.IGNORECASE)
    path = re.sub(r"/index\.htm$", "/index.html", path) if not path.endswith("/") else f"{path}index.html"
    return parts._replace(netloc=parts.netloc.removeprefix("www."), path=path, query="").geturl()


def _before(place: re.Match[str], window: Window) -> bool:
    """True for a year that ended before the archive is wanted."""
    return bool(place.group("year")) and int(place.group("year")) < date.fromisoformat(window.options["since"]).year


def _is_below(url: str, here: str) -> bool:
    """True for a page further down: an agenda also links to others beside it and above."""
    return url.startswith(_canonical(here).removesuffix("index.html"))


def _read_report(page: Page, main: Node, title: str, abstract: re.Match[str] | None, window: Window) -> Reading:
    """The report itself and the appendices below its address; `abstract` is the line about its meeting."""
    if not title:
        raise LayoutChanged(f"{page.url} has neither a heading nor a title")
    published = _published(page, text_of(main), abstract)
    if published and published < date.fromisoformat(window.options["since"]):
        return Reading()
    url = _canonical(page.url)
    inside = [link for link in links_of(main, page.url) if _is_below(_canonical(link.url), url)]
    appendices = [link for link in inside if APPENDIX.search(urlsplit(link.url).path) and _canonical(link.url) != url]
    unread = tuple(
        Oddity("unread_link", f"{link.url} is in a word processor's format.")
        for link in inside
        if UNREAD.search(urlsplit(link.url).path)
    )
    committee = " ".join((abstract.group("committee") or abstract.group("body")).split()) if abstract else None
    own = DocumentRef(
        connector=CONNECTOR,
        source=SOURCE,
        url=url,
        title=title,
        body=BODY,
        published=published,
        page=url,
        categories=(committee,) if committee else (),
    )
    others = tuple(_appendix(own, link) for link in appendices)
    missing = () if published else (Oddity("missing_field", f"{page.url} has no date."),)
    return Reading((own, *others), oddities=(*missing, *unread))


def _appendix(report: DocumentRef, link: Link) -> DocumentRef:
    return DocumentRef(
        connector=report.connector,
        source=report.source,
        url=_canonical(link.url),
        title=f"{report.title}: {link.text or link.name}",
        body=report.body,
        published=report.published,
        page=report.url,
        categories=report.categories,
    )


def _published(page: Page, text: str, abstract: re.Match[str] | None) -> date | None:
    """The printed date, else the one of the line about the meeting, else the one in the address."""
    printed = (value[:DATE_LENGTH] for value in labelled(text, LABELS).values["date"])
    told = (*printed, *((abstract.group("day") or abstract.group("held"),) if abstract else ()))
    return next((day for words in told if (day := read_date(words))), None) or _folder_date(page.url)


def _folder_date(url: str) -> date | None:
    """The day of a meeting by its folder: "2010/101111" or "2011/0317"."""
    place = PLACE.match(urlsplit(_canonical(url)).path)
    if place is None or not (place.group("year") and place.group("meeting")):
        return None
    return read_date(f"{place.group('year')}-{place.group('meeting')[-4:-2]}-{place.group('meeting')[-2:]}")
