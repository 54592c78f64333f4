"""The National Audit Office: WordPress REST for the list, the report's page for its PDF.

Steps: `listing` (a page of REST) → `report` (the page people read).
"""

import re
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlencode, urlsplit

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from pipeline.answers import first_fault, read_items
from pipeline.html import Link, links_of, parse, parse_fragment, text_of, title_of, titled_content
from pipeline.records import DocumentRef
from pipeline.web import LayoutChanged, Oddity, Page, Reading, Request, Window

CONNECTOR, BODY = "nao", "National Audit Office"
PAGE_SIZE = 100
NOT_THE_REPORT = re.compile(
    r"\bpress\b|\bwelsh\b|\bcymraeg\b|\beasy[- ]read\b|\bmethod\w*\b|\bcorrection\b", re.IGNORECASE
)
SUMMARY = re.compile(r"\bsummary\b", re.IGNORECASE)


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Rendered(_Answer):
    rendered: str


class _Term(_Answer):
    name: str


class _Embedded(_Answer):
    terms: list[list[_Term]] = Field(default=[], alias="wp:term")


class _Report(_Answer):
    link: str
    date: datetime
    modified_gmt: datetime | None = None
    title: _Rendered
    embedded: _Embedded = Field(default=_Embedded(), alias="_embedded")


LIST = TypeAdapter(list[object])


def start(window: Window) -> tuple[Request, ...]:
    """The first page of reports, newest first."""
    return (_listing(window, 1),)


def read(page: Page, window: Window) -> Reading:
    """A list leads to the reports of interest; a report's page names its PDF."""
    return _read_listing(page, window) if page.request.step == "listing" else _read_report(page)


def _listing(window: Window, number: int) -> Request:
    query = {"per_page": PAGE_SIZE, "page": number, "orderby": "date", "order": "desc", "_embed": "wp:term"}
    return Request(f"{window.addresses['reports']}?{urlencode(query)}", "listing")


def _read_listing(page: Page, window: Window) -> Reading:
    try:
        rows = LIST.validate_json(page.content)
    except ValidationError as error:
        raise LayoutChanged(f"{page.url}: {first_fault(error)}") from error
    found = read_items(rows, _Report, page)
    recent = [report for report in found.read if report.date.date() >= window.since]
    wanted = [report for report in recent if _concerns_us(report, window)]
    passed = tuple(_document(report.link, _facts(report)) for report in recent if not _concerns_us(report, window))
    number = int(parse_qs(urlsplit(page.request.url).query)["page"][0])
    more = (_listing(window, number + 1),) if len(rows) == PAGE_SIZE and len(recent) == len(found.read) else ()
    follow = tuple(Request(report.link, "report", tuple(_facts(report).items())) for report in wanted)
    return Reading(follow=(*follow, *more), passed_over=passed, oddities=found.oddities)


def _concerns_us(report: _Report, window: Window) -> bool:
    departments = {name.strip().casefold() for name in window.options["departments"].split(";")}
    words = set(re.findall(r"\w+", _title(report).casefold()))
    terms = {term.name.casefold() for group in report.embedded.terms for term in group}
    return bool(departments & terms or words & set(window.options["words"].split()))


def _title(report: _Report) -> str:
    return " ".join(text_of(parse_fragment(report.title.rendered)).split())


def _facts(report: _Report) -> dict[str, str]:
    changed = {"modified": report.modified_gmt.replace(tzinfo=UTC).isoformat()} if report.modified_gmt else {}
    return {"title": _title(report), "published": report.date.date().isoformat(), **changed}


def _read_report(page: Page) -> Reading:
    main = titled_content(parse(page))
    if title_of(main) is None:
        raise LayoutChanged(f"{page.url} has no heading")
    pdfs = [link for link in links_of(main, page.url) if urlsplit(link.url).path.casefold().endswith(".pdf")]
    report = _the_report(pdfs)
    if report is None:
        return Reading(oddities=(Oddity("unread_link", f"{page.url} links to no report."),))
    return Reading((_document(report.url, dict(page.request.facts), page.url),))


def _the_report(pdfs: list[Link]) -> Link | None:
    """The whole report; where there is none, its summary."""
    own = [link for link in pdfs if not NOT_THE_REPORT.search(_words(link))]
    return next((link for link in own if not SUMMARY.search(_words(link))), own[0] if own else None)


def _words(link: Link) -> str:
    return f"{link.text} {re.sub(r'[-_]', ' ', link.name)}"


def _document(url: str, facts: dict[str, str], page: str | None = None) -> DocumentRef:
    return DocumentRef(
        connector=CONNECTOR,
        source=CONNECTOR,
        url=url,
        title=facts["title"],
        body=BODY,
        published=datetime.fromisoformat(facts["published"]).date(),
        page=page or url,
    )
