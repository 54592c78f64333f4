"""HMICFRS: the publications index, landing pages, HTML reports, PEEL reports and force pages.

Only addresses and texts are known of this site, so nothing here goes by class names. Steps: `listing` (the index; the
site's `sitemap` where it cannot be read) and `force` (a force's page) → `landing` (a publication), `peel` (a PEEL
report), `html` (a report with no landing page).
"""

import re
from collections.abc import Iterable
from datetime import date
from urllib.parse import urljoin, urlsplit

from pipeline.dates import read_date
from pipeline.feeds import read_feed
from pipeline.html import Link, Node, labelled, links_of, parse, text_of, title_of, titled_content
from pipeline.listings import entries, next_page
from pipeline.records import DocumentRef
from pipeline.web import LayoutChanged, Oddity, Page, Reading, Request, Window

CONNECTOR, BODY = "hmicfrs", "HMICFRS"
STEPS = {"publications": "landing", "publication-html": "html", "peel-reports": "peel", "peel-assessments": "peel"}
REPORT = re.compile(r"^/(?:hmicfrs/|hmic/)?(?P<kind>publications|publication-html|peel-reports)/(?P<slug>[^/]+)/?$")
ASSESSMENT = re.compile(r"^/(?:hmicfrs/|hmic/)?(?P<kind>peel-assessments)/(?P<slug>peel-\d{4}/[^/]+)/?$")
MAP_OF_REPORTS = re.compile(r"publication|peel", re.IGNORECASE)
FORCE = re.compile(r"^/(?:hmicfrs/|hmic/)?police-forces/([^/]+)/?$")
PEEL_FORCE = re.compile(r"^(?:peel-\d{4}/)?(?P<force>[a-z-]+?)(?:-\d{4}(?:-\d{2,4})?)?$")
PDF_HOST = re.compile(r"^(?:[\w-]+\.)?justiceinspectorates\.gov\.uk$")
BUCKET = re.compile(r"^/assets-hmicfrs\.justiceinspectorates\.gov\.uk(?=/)")
BUCKET_HOST = re.compile(r"^s3[\w.-]*\.amazonaws\.com$")
DATES = {"published": r"(?:first )?(?:published|publication date|date published)(?: on)?"}
OTHER_VERSION = re.compile(r"\b(?:welsh|cymraeg|easy[- ]read|large[- ]print|bsl)\b", re.IGNORECASE)
POLICE, FIRE = re.compile(r"\bpolic(?:e|ing)\b|\bforces?\b", re.I), re.compile(r"\bfire\b", re.I)
DATE_LENGTH = 40  # characters after the label: a date further on is another one
NAMESAKE = 0.6  # least share of a title's words that a file name must hold to be that publication


def start(window: Window) -> tuple[Request, ...]:
    """The index, or the site's map where the index cannot be read, and the page of each force that `options` names."""
    forces = window.options["forces"].split()
    pages = (Request(urljoin(window.addresses["forces"], force), "force") for force in forces)
    maps = tuple(Request(window.addresses[name], "sitemap") for name in ("sitemap", "older_sitemap"))
    return (Request(window.addresses["publications"], "listing", otherwise=maps), *pages)


def read(page: Page, window: Window) -> Reading:
    """Lists lead to reports; the page of a report names its PDF, or is the document itself."""
    if page.request.step == "sitemap":
        return _read_sitemap(page, window)
    tree = parse(page)
    main = titled_content(tree)
    if page.request.step in ("listing", "force"):
        return _read_list(page, tree.body or main, window)
    title = title_of(main)
    if title is None:
        raise LayoutChanged(f"{page.url} has no heading")
    return _read_report(page, main, title, window)


def _read_list(page: Page, body: Node, window: Window) -> Reading:
    """Reports that a list links to, and its next page unless all that it dates lies before the window."""
    found = entries(body, page.url, lambda url: _report(url, window) is not None)
    if not found:
        raise LayoutChanged(f"{page.url} links to no publication")
    dates = [read_date(entry.text) for entry in found]
    recent = [entry.link for entry, day in zip(found, dates, strict=True) if day is None or day >= window.since]
    requests = dict.fromkeys(request for link in recent if (request := _report(link.url, window)))
    more = next_page(body, page.url) if page.request.step == "listing" and recent else None
    return Reading(follow=(*requests, *((Request(more, "listing"),) if more else ())))


def _read_sitemap(page: Page, window: Window) -> Reading:
    """Reports that the map names, and the maps of reports below it; what was not touched in the window is no news."""
    follow: dict[Request, None] = {}
    for entry in read_feed(page):
        if entry.is_list and MAP_OF_REPORTS.search(urlsplit(entry.url).path):
            follow[Request(entry.url, "sitemap")] = None
        elif (entry.day is None or entry.day >= window.since) and (request := _report(entry.url, window)):
            follow[request] = None
    return Reading(follow=tuple(follow))


def _report(url: str, window: Window) -> Request | None:
    """What to ask for a report's address, on the present host; None for any other address."""
    parts = urlsplit(url)
    found = REPORT.match(parts.path) or ASSESSMENT.match(parts.path)
    if not found or not PDF_HOST.match(parts.netloc) or found.group("slug") == "page":
        return None
    site, kind, slug = window.addresses["site"], found.group("kind"), found.group("slug")
    here = Request(f"{site}/{kind}/{slug}/", STEPS[kind])
    if kind != "publication-html":
        return here
    return Request(f"{site}/publications/{slug}/", "landing", otherwise=(here,))


def _read_report(page: Page, main: Node, title: str, window: Window) -> Reading:
    published, oddities = _published(page, main, title)
    if published and published < window.since:
        return Reading()
    areas = _areas(page, main)
    addresses, unread = _addresses(page, main, title, window)
    documents = tuple(
        DocumentRef(
            connector=CONNECTOR,
            source=CONNECTOR,
            url=url,
            title=title,
            body=BODY,
            published=published,
            page=page.url,
            areas=areas,
        )
        for url in addresses
    )
    if FIRE.search(title) and not POLICE.search(title):
        return Reading(passed_over=documents)
    return Reading(documents, oddities=(*oddities, *unread))


def _published(page: Page, main: Node, title: str) -> tuple[date | None, tuple[Oddity, ...]]:
    """The printed date; None where there is none, or where it is only the day that an old HTML page was moved."""
    moment = main.css_first("time[datetime]")
    printed = (value[:DATE_LENGTH] for value in labelled(text_of(main), DATES).values["published"])
    marked = (moment.attributes.get("datetime") or "",) if moment else ()
    stated = next((day for words in (*printed, *marked) if (day := read_date(words))), None)
    if stated is None:
        return None, (Oddity("missing_field", f"{page.url} has no date of publication."),)
    years = [int(year) for year in re.findall(r"(?<!\d)20\d{2}(?!\d)", title)]
    if page.request.step == "html" and years and max(years) < stated.year - 1:
        message = f"{page.url} says {stated}, which its title contradicts: the day it was moved."
        return None, (Oddity("bad_date", message),)
    return stated, ()


def _areas(page: Page, main: Node) -> tuple[str, ...]:
    """Slugs of the forces a report is about: in a PEEL report's own address, else those it links to."""
    report = REPORT.match(urlsplit(page.url).path) or ASSESSMENT.match(urlsplit(page.url).path)
    if page.request.step == "peel" and report and (force := PEEL_FORCE.match(report.group("slug"))):
        return (force.group("force"),)
    paths = (urlsplit(link.url).path for link in links_of(main, page.url))
    return tuple(dict.fromkeys(found.group(1) for path in paths if (found := FORCE.match(path))))


def _addresses(page: Page, main: Node, title: str, window: Window) -> tuple[tuple[str, ...], tuple[Oddity, ...]]:
    """Where the report's words are: its PDFs, and its HTML page where no PDF bears its name."""
    links = [link for link in links_of(main, page.url) if not OTHER_VERSION.search(f"{link.text} {link.name}")]
    pdfs = {url: link for link in links if (url := _pdf(link, window))}
    if any(_bears_name(link, title) for link in pdfs.values()):
        return tuple(pdfs), ()
    if page.request.step != "landing":
        return (page.url, *pdfs), ()
    pages = tuple(_html_pages(links, page, window))
    if not pages and not pdfs:
        return (), (Oddity("unread_link", f"{page.url} links to no report."),)
    return (*pages, *pdfs), ()


def _pdf(link: Link, window: Window) -> str | None:
    """The address of a PDF on the inspectorate's hosts; the bucket's own address becomes the assets host's."""
    parts = urlsplit(link.url)
    if not parts.path.casefold().endswith(".pdf"):
        return None
    if BUCKET_HOST.match(parts.netloc) and BUCKET.match(parts.path):
        return window.addresses["files"] + BUCKET.sub("", parts.path)
    return link.url if PDF_HOST.match(parts.netloc) else None


def _bears_name(link: Link, title: str) -> bool:
    """True when a file is the publication itself: its name or link text holds most words of the title."""
    words = set(re.findall(r"[a-z]{3,}|\d+", title.casefold())) - {"the", "and", "for", "police", "report"}
    named = set(re.findall(r"[a-z]{3,}|\d+", f"{link.name} {link.text}".casefold()))
    return bool(words) and len(words & named) >= NAMESAKE * len(words)


def _html_pages(links: Iterable[Link], page: Page, window: Window) -> Iterable[str]:
    """HTML reports that a landing page leads to; not those beside its own ("Related publications")."""
    own = urlsplit(page.url).path.rstrip("/").rpartition("/")[2]
    found = [report for link in links if (report := REPORT.match(urlsplit(link.url).path))]
    html = list(dict.fromkeys(r.group("slug") for r in found if r.group("kind") == "publication-html"))
    kept = [slug for slug in html if slug == own] or html[:1]
    return (f"{window.addresses['site']}/publication-html/{slug}/" for slug in kept)
