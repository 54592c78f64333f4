"""Coroners' reports to prevent future deaths: the judiciary's listings (REST, archive, feed) and its report pages.

The site is WordPress. Report pages carry their files in one of four ways (related content, file block, button, plain
link); all are links to an upload, so links are told by address and file name, never by class.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

from pydantic import BaseModel

from pipeline.answers import read_items
from pipeline.bodies import split_recipients
from pipeline.dates import read_date
from pipeline.feeds import read_feed
from pipeline.filenames import UNNAMED, is_response, is_version, responder_in
from pipeline.html import (
    Labelled,
    Link,
    Node,
    Tree,
    labelled,
    links_of,
    main_content,
    name_in,
    parse,
    text_of,
    title_of,
)
from pipeline.listings import next_page
from pipeline.records import DocumentRef
from pipeline.references import coroner_reference
from pipeline.web import LayoutChanged, Oddity, Page, Reading, Request, Window

PER_PAGE = 100
BODY = "HM Coroner"
LABELS = {
    "date": r"dates? of reports?",
    "reference": r"ref(?:erence)?(?: number| no\.?)?",
    "people": r"deceased(?:[’']?s)? names?(?:\(s\))?|names? of (?:the )?deceased",
    "coroner": r"coroners?[’']?s? names?|names? of (?:the )?coroner",
    "area": r"coroners?[’']?s?\s?:?\s?area",
    "categories": r"categor(?:y|ies)",
    "recipients": r"(?:this|these|the) (?:reports?|deaths?|responses?)? ?(?:is|are|was|were|has been|have been)"
    r"(?: being)? sent to",
}
SLACK = timedelta(days=2)  # sites tell local time
FIRST_DAY = date(2013, 7, 25)  # Regulation 28 came into force
REPORT_PATH = re.compile(r"^/prevention-of-future-death-reports/(?!page/)[^/]+/?$")
PAGER = re.compile(r"/page/\d+/?$")
UPLOAD = re.compile(r"/wp-content/uploads/", re.IGNORECASE)
DOCUMENT = re.compile(r"\.(?:pdf|docx?|odt|rtf)$", re.IGNORECASE)
PICTURE = re.compile(r"\.(?:jpe?g|png|gif|svg|webp)$", re.IGNORECASE)
TYPE_LINKS = 'a[href*="pfd_report_type"], a[href*="/pfd-types/"], a[href*="/pfd-report-type/"]'
NO_LABELS = 'h1, table, aside, form, nav, a[href*=".pdf"], a[href*=".doc"], a[href*="/wp-content/"]'
INLINE = re.compile(
    r"\n(?:\d{1,2}[.)]?\s+)?(?:annex a\b|regulation 28\b|coroner[’']?s (?:matters of )?concerns?\b)", re.IGNORECASE
)
TITLE_WORDS = re.compile(r"\s*[:–—-]?\s*\bprevention of future deaths?(?: reports?)?\b\s*[:–—-]?\s*", re.IGNORECASE)
REDACTED = re.compile(r"[\[(]?\s*(?:name )?redacted\s*[\])]?|not (?:known|given|named)|n/?a", re.IGNORECASE)


def start(window: Window) -> tuple[Request, ...]:
    """The REST listing; the archive and then the feed instead, where it cannot be had."""
    feed = Request(window.addresses["feed"], "feed")
    archive = Request(window.addresses["archive"], "archive", otherwise=(feed,))
    return (_rest(window, 1, otherwise=(archive,)),)


def read(page: Page, window: Window) -> Reading:
    """A listing or a report's page. Raises `LayoutChanged` when it is not what its step promises."""
    readers = {"rest": _read_rest, "archive": _read_archive, "feed": _read_feed, "report": _read_report}
    return readers[page.request.step](page, window)


def _rest(window: Window, number: int, otherwise: tuple[Request, ...] = ()) -> Request:
    """One page of the REST listing: what was published since, or on later nights what was changed since."""
    order, since = "date", {"after": f"{window.since.isoformat()}T00:00:00"}
    if window.changed_since is not None:
        order, since = "modified", {"modified_after": window.changed_since.strftime("%Y-%m-%dT%H:%M:%S")}
    query = {"per_page": PER_PAGE, "page": number, "orderby": order, "order": "desc", **since}
    return Request(f"{window.addresses['rest']}?{urlencode(query)}", "rest", otherwise=otherwise)


class Item(BaseModel):
    """One item of the REST listing, as far as it is used. Moments without a zone are taken as UTC."""

    id: int
    link: str
    date: datetime
    modified: datetime | None = None
    modified_gmt: datetime | None = None

    def changed(self) -> datetime:
        """When it last changed, in UTC where the site tells that."""
        return _in_utc(self.modified_gmt or self.modified or self.date)


def _in_utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _read_rest(page: Page, window: Window) -> Reading:
    try:
        listed = json.loads(page.content)
    except ValueError as error:
        raise LayoutChanged(f"{page.url} is not JSON") from error
    if not isinstance(listed, list):
        raise LayoutChanged(f"{page.url} is not a list of reports")
    items = read_items(listed, Item, page)
    reports = [item for item in items.read if REPORT_PATH.match(urlsplit(item.link).path)]
    strays = [item.link for item in items.read if item not in reports]
    oddities = [Oddity("unread_link", f"{page.url} lists {link}, which is no report's page.") for link in strays]
    follow = [
        Request(item.link, "report", (("post", str(item.id)), ("modified", item.changed().isoformat())))
        for item in reports
        if item.date.date() >= window.since
    ]
    number = int(dict(parse_qsl(urlsplit(page.request.url).query)).get("page", "1"))
    if len(listed) == PER_PAGE and not _reaches_back(items.read, window) and not _is_last(page, number):
        follow.append(_rest(window, number + 1))
    return Reading(follow=tuple(follow), oddities=(*items.oddities, *oddities))


def _reaches_back(items: Sequence[Item], window: Window) -> bool:
    """True when the page's oldest item lies before what is asked for, for a site that leaves the bound unread."""
    if window.changed_since is not None:
        return any(item.changed() < window.changed_since - SLACK for item in items)
    return any(item.date.date() < window.since - SLACK for item in items)


def _is_last(page: Page, number: int) -> bool:
    return page.headers.get("x-wp-totalpages", "") == str(number)


def _read_archive(page: Page, window: Window) -> Reading:
    tree = parse(page)
    links = links_of(main_content(tree), page.url)
    reports = [link.url for link in links if REPORT_PATH.match(urlsplit(link.url).path)]
    if not reports and not PAGER.search(urlsplit(page.url).path):
        raise LayoutChanged(f"{page.url} lists no report")
    follow = [Request(url, "report") for url in dict.fromkeys(reports)]
    onward = next_page(tree.body or main_content(tree), page.url)
    if reports and onward and not _all_older(tree, window):
        follow.append(Request(onward, "archive"))
    return Reading(follow=tuple(follow))


def _all_older(tree: Tree, window: Window) -> bool:
    """True when the cards state their days, and all of them lie before the window."""
    days = [read_date(node.attributes.get("datetime") or "") for node in main_content(tree).css("time[datetime]")]
    return bool(days) and all(day is not None and day < window.since for day in days)


def _read_feed(page: Page, window: Window) -> Reading:
    entries = read_feed(page)
    recent = [entry for entry in entries if entry.day is None or entry.day >= window.since]
    links = [entry.url for entry in recent if REPORT_PATH.match(urlsplit(entry.url).path)]
    missed = Oddity("short_listing", f"{page.url} is the feed: it names only the newest {len(entries)} reports.")
    return Reading(follow=tuple(Request(url, "report") for url in dict.fromkeys(links)), oddities=(missed,))


def _read_report(page: Page, window: Window) -> Reading:
    tree = parse(page)
    main = main_content(tree)
    text = _metadata(main)
    stated, title, posted = labelled(text.head, LABELS), title_of(main), _posted(main)
    if title is None or not (posted or stated.first("reference") or stated.first("date")):
        raise LayoutChanged(f"{page.url} has no title with a date or a reference: it is no report's page")
    published = _report_day(stated, posted, window)
    if max(filter(None, (published, posted)), default=window.since) < window.since:
        return Reading()
    links, unread = _files(tree, page.url)
    common = DocumentRef(
        connector="pfd",
        source="pfd",
        url=page.url,
        title=title,
        body=BODY,
        published=published or posted,
        reference=coroner_reference(stated.first("reference") or ""),
        page=page.url,
        categories=_categories(stated, main),
        areas=tuple((stated.first("area") or "").splitlines()[:1]),
        recipients=split_recipients(stated.first("recipients") or ""),
        people=_people(stated, title),
    )
    documents = _documents(common, links, has_text=text.has_report)
    lacking = not any(document.responds_to is None for document in documents)
    told = [*_faults(common, stated, published), *unread]
    if lacking:
        told.append(Oddity("missing_report", f"{page.url} has neither a file nor the text of the report."))
    wanted = documents if _is_wanted(common, window) else ()
    passed_over = (*((common,) if lacking else ()), *(() if wanted else documents))
    return Reading(wanted, (), tuple(told), passed_over)


@dataclass(frozen=True, slots=True)
class _Text:
    """The labelled lines at the head of a report's page, and whether the report's own text follows them."""

    head: str
    has_report: bool


def _metadata(main: Node) -> _Text:
    text = "\n" + text_of(main, without=NO_LABELS)
    inline = INLINE.search(text)
    tables = any(INLINE.search("\n" + text_of(table)) for table in main.css("table"))
    return _Text(text[: inline.start()].strip() if inline else text.strip(), inline is not None or tables)


def _posted(main: Node) -> date | None:
    """The day the page was put up: the first `time`."""
    node = main.css_first("time[datetime]")
    return read_date(node.attributes.get("datetime") or "") if node is not None else None


def _report_day(stated: Labelled, posted: date | None, window: Window) -> date | None:
    """The report's own day as stated; None where it is unreadable, or later than today or than the page by a month."""
    day = read_date(stated.first("date") or "")
    latest = min(window.today, posted + timedelta(days=31)) if posted else window.today
    return day if day is not None and FIRST_DAY <= day <= latest else None


def _faults(ref: DocumentRef, stated: Labelled, published: date | None) -> list[Oddity]:
    """What the page should have stated and did not, or stated unreadably, and labels nobody knows."""
    found = {"date": published, "reference": ref.reference, "area": ref.areas, "recipients": ref.recipients}
    faults = []
    for name in (name for name, value in found.items() if not value):
        words = stated.first(name)
        code = f"bad_{name}" if words else "missing_field"
        faults.append(
            Oddity(code, f"{ref.page} {f'writes its {name} as {words!r}' if words else f'states no {name}'}.")
        )
    return faults + [
        Oddity("unknown_label", f"{ref.page}: {label!r} is a label not known.") for label in stated.unknown
    ]


def _categories(stated: Labelled, main: Node) -> tuple[str, ...]:
    """The categories of the label, then those linked at the title (a listing filtered by type)."""
    written = [name for value in stated.values["categories"] for name in re.split(r"[|;\n]", value)]
    linked = [text_of(node) for node in main.css(TYPE_LINKS)]
    return tuple(dict.fromkeys(name for value in (*written, *linked) if (name := " ".join(value.split()))))


def _people(stated: Labelled, title: str) -> tuple[str, ...]:
    """The names of the deceased: as labelled, and as the title has them beside "Prevention of future deaths report"."""
    written = [*stated.values["people"], *(part.partition(":")[0] for part in TITLE_WORDS.split(title))]
    names = (" ".join(name.split()) for value in written for name in re.split(r"[|;\n]| and | & ", value))
    return tuple(dict.fromkeys(name.strip(" ,.") for name in names if name and not REDACTED.fullmatch(name)))


def _files(tree: Tree, page_url: str) -> tuple[list[Link], list[Oddity]]:
    """The page's files: of its main content, or where that has none of an aside beside it."""
    places = [main_content(tree), *tree.css("aside")]
    found = next((links for place in places if (links := [x for x in links_of(place, page_url) if _is_upload(x)])), [])
    documents = [link for link in found if DOCUMENT.search(urlsplit(link.url).path)]
    unread = [link.url for link in found if link not in documents]
    return documents, [Oddity("unread_link", f"{page_url} leads to {url}, which is no document.") for url in unread]


def _is_upload(link: Link) -> bool:
    path = urlsplit(link.url).path
    return bool(DOCUMENT.search(path) or UPLOAD.search(path)) and not PICTURE.search(path)


def _documents(ref: DocumentRef, links: Sequence[Link], *, has_text: bool) -> tuple[DocumentRef, ...]:
    """The report's files, then the responses; the page itself where it carries the report's text and no report file.

    The report is the first file that is not called a response: of 4,959 first links four were. What follows it and is
    no version of it is a response too: 4 in 100 are not called one.
    """
    reports: list[Link] = []
    responses: list[Link] = []
    for link in links:
        name = f"{link.name} {name_in(link.url)}"
        answers = is_response(name, ref.reference) or bool(reports and not is_version(name, ref.reference))
        (responses if answers else reports).append(link)
    found = [replace(ref, url=link.url) for link in reports] or ([ref] if has_text else [])
    first = found[0].url if found else ref.url
    return (*found, *(_response(ref, link, first) for link in responses))


def _response(ref: DocumentRef, link: Link, report: str) -> DocumentRef:
    """A response: who wrote it as its file name says, no date (the upload's month is not the letter's day)."""
    who = responder_in(link.name)
    title = (
        f"Response from {who} to {ref.reference or ref.title}" if who else f"Response to {ref.reference or ref.title}"
    )
    return replace(
        ref, url=link.url, title=title, body=who or UNNAMED, published=None, responds_to=report, recipients=(BODY,)
    )


def _is_wanted(ref: DocumentRef, window: Window) -> bool:
    """True when the report's files are to be fetched; see `options` in the YAML."""
    if window.options["fetch"] == "all":
        return True
    known = [who for who in ref.recipients if not REDACTED.fullmatch(who)]
    sent = re.compile(window.options["recipients"], re.IGNORECASE)
    filed = re.compile(window.options["categories"], re.IGNORECASE)
    return not known or any(map(sent.search, known)) or any(map(filed.search, ref.categories))
