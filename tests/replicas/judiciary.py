"""The judiciary's pages of coroners' reports: REST, archive, search, feed, report pages in four variants, files.

Routes, labels, links and quirks as working scrapers met them; every report, name and body is invented.
"""

import json
import math
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from html import escape
from urllib.parse import unquote

from tests.replicas.dress import Dress
from tests.replicas.papers import coroner_form, letter
from tests.replicas.site import NOT_FOUND, Answer, Asked, Site, html, json_answer

HOST = "www.judiciary.uk"
HOME = f"https://{HOST}"
ROOT = "/prevention-of-future-death-reports/"
UPLOADS = "/wp-content/uploads/"
A_PAGE = 10
STEP = timedelta(days=40)  # between two reports
POLICE = "Police related deaths"
FIRST, LAST = (
    ("Alder", "Briar", "Corin", "Dove", "Elowen", "Fenn"),
    ("Quillon", "Rooksby", "Sallow", "Tarn", "Underhay"),
)
AREAS = ("Inner North London", "London Inner (South)", "Manchester South", "Gwent", "West Yorkshire (Eastern)")
SENT_TO = ("Metropolitan Police Service | College of Policing", "Invented Care Homes Ltd", "NHS England; Home Office")
CATEGORIES = (f"{POLICE} | Mental Health related deaths", "Care Home Health related deaths", "Suicide (from 2015)")
VARIANTS = ("related", "block", "button", "plain")
CONCERNS = (
    "Officers had no means of seeing, when a call came in, that the same address had called twice that night. The "
    "control room should show earlier calls from an address to whoever answers.",
    "No policy says who is told when a person at risk leaves custody by night. A clear rule is needed.",
    "The risk assessment of the missing man stayed at medium for two days although he had left a note. Supervisors "
    "were not required to review it.",
    "Officers who attend a person in mental health crisis cannot reach a nurse by telephone after ten in the evening.",
    "Checks in the cells were recorded at intervals that the camera shows were not kept. Nobody compared the two.",
    "Reports of domestic abuse from the same household were graded one by one, and their history was not read.",
    "There is no training for call handlers on what to ask when a caller speaks of taking their own life.",
    "The ambulance service and the police each believed that the other would attend. There is no agreed protocol.",
    "A child who had gone missing from care eleven times had no plan that officers could find on the system.",
    "The detainee's medication was not passed on when he was moved from one custody suite to another.",
)


@dataclass(frozen=True, slots=True)
class Report:
    """One invented report and its page."""

    number: int
    slug: str
    name: str
    posted: date
    stated: str  # the date of the report as its page writes it
    reference: str  # as its page writes it
    area: str
    categories: str
    sent_to: str | None
    variant: str = "related"
    files: tuple[str, ...] = ()  # paths below the uploads, in the order of their links
    together: bool = False  # labels run together in one paragraph
    inline: bool = False  # the page carries the report's own text
    changed: date | None = None

    @property
    def url(self) -> str:
        return f"{HOME}{ROOT}{self.slug}/"

    @property
    def title(self) -> str:
        return f"{self.name}: Prevention of future deaths report"


def invent(count: int = 30, newest: date = date(2026, 10, 20)) -> list[Report]:
    """`count` reports, newest first, one every 40 days; the first ones carry the quirks that were seen."""
    return [plant_quirk(invent_one(number, newest - STEP * number)) for number in range(count)]


def invent_one(number: int, posted: date) -> Report:
    name = f"{FIRST[number % len(FIRST)]} {LAST[number % len(LAST)]}"
    reference = f"{posted.year}-{number + 100:04d}"
    slug = f"{name.lower().replace(' ', '-')}-{number}"
    stem = f"{posted:%Y/%m}/{name.replace(' ', '-')}-Prevention-of-future-deaths-report-{reference}"
    files = (f"{stem}_Published.pdf",)
    if number % 2:
        files += (f"{posted:%Y/%m}/{reference}-Response-from-Metropolitan-Police-Service_Published.pdf",)
    return Report(
        number, slug, name, posted, f"{posted - timedelta(days=5):%d/%m/%Y}", reference, AREAS[number % len(AREAS)],
        CATEGORIES[number % len(CATEGORIES)], SENT_TO[number % len(SENT_TO)], VARIANTS[number % len(VARIANTS)], files,
        together=number % 7 == 3,
    )  # fmt: skip


def plant_quirk(report: Report) -> Report:
    """What section 9 asks of this replica, each on a report of its own."""
    year = f"{report.posted:%Y}"
    response_first = tuple(reversed(report.files))
    quirks = {
        1: replace(report, files=response_first),
        2: replace(report, reference=f"{year} – 0396"),
        4: replace(report, stated="17/20/2022"),
        5: replace(report, stated=f"{report.posted - timedelta(days=3):%d /%m/%Y}", name="[REDACTED]"),
        6: replace(report, reference=f"{year}-026", files=(f"{report.posted:%Y/%m}/Surname {year}-0026.docx",)),
        7: replace(
            report, reference=invent_one(8, report.posted - STEP).reference
        ),  # as report 8: one report, two deaths
        9: replace(report, files=(f"JCO/Documents/coroners/pfds/Police/Tarn+{year}-0109.pdf", report.files[-1])),
        10: replace(report, files=()),
        11: replace(report, files=(f"{report.posted:%Y/%m}/{report.reference}R.pdf",)),
        12: replace(report, files=(), inline=True),
        13: replace(report, sent_to=None),
        14: replace(report, files=(*report.files, f"{report.posted:%Y/%m}/{report.reference}a.pdf")),
        15: replace(report, area="Atlantis and the Deeps", categories="Kraken related deaths"),
        16: replace(report, stated="/0206/2023"),
    }
    return quirks.get(report.number, report)


def make_site(
    reports: Sequence[Report] | None = None,
    *,
    seed: int = 0,
    rest: bool = True,
    archive: bool = True,
    block_after: int | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Site:
    """The replica. `block_after` fast hits on report pages (less than a second apart) it answers 403 to more."""
    listed = sorted(reports if reports is not None else invent(), key=lambda report: report.posted, reverse=True)
    by_path = {f"{ROOT}{report.slug}/": report for report in listed}
    files = {f"{UPLOADS}{file}": (report, file) for report in listed for file in report.files}
    throttle = Throttle(block_after, clock)

    def respond(asked: Asked) -> Answer:
        path = unquote(asked.path)
        if path == "/robots.txt":
            return Answer(b"User-agent: *\nDisallow:\n", 200, {"Content-Type": "text/plain"})
        if path == "/wp-json/wp/v2/pfd":
            return answer_rest(listed, asked) if rest else NOT_FOUND
        if path == "/feed/":
            return feed(listed)
        if path == "/" or path.startswith("/page/"):
            return search(listed, asked)
        if path == ROOT or path.startswith(f"{ROOT}page/"):
            return archive_page(listed, path) if archive else NOT_FOUND
        if path in files:
            return file_of(*files[path])
        report = by_path.get(path if path.endswith("/") else f"{path}/")
        if report is None:
            return NOT_FOUND
        if not path.endswith("/"):
            return Answer(status=301, headers={"Location": report.url})
        return report_page(report, seed) if throttle.allows() else Answer(b"<h1>403 Forbidden</h1>", 403)

    return Site("judiciary", (HOST,), respond)


@dataclass(slots=True)
class Throttle:
    """Refuses a client for good after too many hits less than a second apart."""

    most: int | None
    clock: Callable[[], float]
    fast: int = 0
    last: float = -math.inf

    def allows(self) -> bool:
        now = self.clock()
        blocked = self.most is not None and self.fast >= self.most
        self.fast = self.fast if blocked else (self.fast + 1 if now - self.last < 1 else 1)
        self.last = now
        return not blocked


def answer_rest(listed: Sequence[Report], asked: Asked) -> Answer:
    """The REST listing: 400 past its end, a stub of the content for two reports in three."""
    query = asked.query
    per_page, number = int(query.get("per_page", "10")), int(query.get("page", "1"))
    chosen = [report for report in listed if report.posted.isoformat() >= query.get("after", "")[:10]]
    changed = query.get("modified_after", "")[:10]
    chosen = [report for report in chosen if (report.changed or report.posted).isoformat() >= changed]
    if query.get("orderby") == "modified":
        chosen.sort(key=lambda report: report.changed or report.posted, reverse=True)
    pages = max(1, math.ceil(len(chosen) / per_page))
    if number > pages:
        return json_answer(b'{"code":"rest_post_invalid_page_number","message":"...","data":{"status":400}}', 400)
    items = [rest_item(report) for report in chosen[(number - 1) * per_page : number * per_page]]
    answer = json_answer(json.dumps(items).encode())
    return replace(answer, headers={**answer.headers, "X-WP-Total": str(len(chosen)), "X-WP-TotalPages": str(pages)})


def rest_item(report: Report) -> dict[str, object]:
    whole = report.number % 3 == 0
    content = metadata(report) + (inline_report(report) if whole else "")
    changed = report.changed or report.posted
    return {
        "id": 200_000 - report.number, "date": f"{report.posted}T10:00:00", "date_gmt": f"{report.posted}T10:00:00",
        "modified": f"{changed}T10:00:00", "modified_gmt": f"{changed}T10:00:00", "slug": report.slug,
        "link": report.url, "title": {"rendered": escape(report.title)}, "content": {"rendered": content},
        "pfd_report_type": [report.number % 17],
    }  # fmt: skip


def archive_page(listed: Sequence[Report], path: str) -> Answer:
    """Ten cards and a pager; 404 past the end."""
    number = 1 if path == ROOT else int(path.removeprefix(f"{ROOT}page/").strip("/"))
    return cards(listed, number, lambda n: f"{HOME}{ROOT}page/{n}/", 404)


def search(listed: Sequence[Report], asked: Asked) -> Answer:
    """The search by category slug and dates; a page without cards past its end."""
    number = 1 if asked.path == "/" else int(asked.path.removeprefix("/page/").strip("/"))
    wanted = asked.query.get("pfd_report_type", "").replace("-", " ")
    after = "-".join(asked.query.get(f"after-{part}", "") or "00" for part in ("year", "month", "day"))
    found = [r for r in listed if wanted in r.categories.casefold() and r.posted.isoformat() >= after]
    return cards(found, number, lambda n: f"{HOME}/page/{n}/?{asked.raw_query}", 200)


def cards(listed: Sequence[Report], number: int, address: Callable[[int], str], past_end: int) -> Answer:
    pages = max(1, math.ceil(len(listed) / A_PAGE))
    shown = listed[(number - 1) * A_PAGE : number * A_PAGE]
    if not shown:
        return html("<main id='main-content'><h1>Nothing here</h1></main>", past_end)
    items = "".join(
        f'<li class="search__item"><div class="card"><h3 class="card__title"><a class="card__link" href="{report.url}">'
        f"{escape(report.title)}</a></h3></div></li>"
        for report in shown
    )
    numbers = "".join(
        f'<a class="page-numbers" href="{address(n)}">{n}</a>' for n in range(1, pages + 1) if n != number
    )
    return html(
        f'<main id="main-content"><select id="filter-pfd_report_type"><option>Select element</option></select>'
        f'<ul class="search__list">{items}</ul><nav class="navigation pagination">'
        f'<span class="page-numbers current">{number}</span>{numbers}</nav></main>'
    )


def feed(listed: Sequence[Report]) -> Answer:
    """The ten newest, as RSS."""
    items = "".join(
        f"<item><title>{escape(report.title)}</title><link>{report.url}</link>"
        f"<pubDate>{report.posted:%a, %d %b %Y} 10:00:00 +0000</pubDate></item>"
        for report in listed[:A_PAGE]
    )
    text = f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>x</title>{items}</channel></rss>'
    return Answer(text.encode(), 200, {"Content-Type": "application/rss+xml"})


def report_page(report: Report, seed: int) -> Answer:
    """A report's page: metadata, perhaps the report's own text, and its files in one of four ways."""
    first = report.categories.split(" | ")[0]
    dress = Dress(seed, report.slug)
    aside = f"<aside{dress.css('aside')}>{links(report)}</aside>"
    return html(
        f'<html><head><title>{escape(report.title)}</title></head><body><nav><a href="/">Home</a></nav>'
        f'<main id="main-content"><div><div><article class="single__post"><header>'
        f'<h1 class="single__title">{escape(report.title)}</h1><p class="pill pill--single">'
        f'<a href="{HOME}/?s&amp;pfd_report_type={first.casefold().replace(" ", "-")}&amp;post_type=pfd">'
        f"{escape(first)}</a></p>"
        f'<time datetime="{report.posted}T10:00:00+00:00">{report.posted:%d %B %Y}</time></header>'
        f'<div class="flow">{metadata(report)}{inline_report(report) if report.inline else ""}'
        f"{aside if report.variant != 'related' else ''}</div></article></div>"
        f"{aside if report.variant == 'related' else ''}</div></main>"
        f'<footer><a href="{UPLOADS}2020/01/Privacy-notice.pdf">Privacy</a></footer></body></html>'
    )


def metadata(report: Report) -> str:
    """The labelled lines: one a paragraph, or all in one with line breaks or none at all."""
    lines = [
        f"Date of report: {report.stated}", f"Ref: {report.reference}",
        f"Deceased name{'s' if report.number % 4 == 1 else ''}: {report.name}",
        f"Coroner{'’s' if report.number % 2 else 's'} name : A. Person (invented)",
        f"Coroner{'’s' if report.number % 3 else 's'} Area: {report.area}", f"Category: {report.categories}",
    ]  # fmt: skip
    if report.sent_to is not None:
        lines.append(f"This report is being sent to: {report.sent_to}")
    safe = [escape(line) for line in lines]
    if report.together:
        return f"<p>{' '.join(safe)}</p>"
    return f"<p>{'<br />'.join(safe)}</p>" if report.number % 5 == 2 else "".join(f"<p>{line}</p>" for line in safe)


def inline_report(report: Report) -> str:
    rows = "".join(
        f'<tr class="govuk-table__row"><td>{number}</td><td><strong>{head}</strong><br>{"<br>".join(body)}</td></tr>'
        for number, head, body in form_rows(report)
    )
    return f'<table class="govuk-table"><tbody class="govuk-table__body">{rows}</tbody></table>'


def links(report: Report) -> str:
    """The links to the files; the visible words say nothing."""
    whole = [(f"{UPLOADS}{file}", file.rpartition("/")[2]) for file in report.files]
    told = 'Download <span class="govuk-visually-hidden">{name}</span> file'
    patterns = {
        "related": '<li class="related-content__item"><a class="related-content__link" href="{url}">'
        + told
        + "</a></li>",
        "block": '<div class="wp-block-file" data-wp-interactive="core/file"><a href="{url}">{name}</a>'
        '<a class="wp-block-file__button" href="{url}">Download</a></div>',
        "button": '<a class="govuk-button" href="{url}">' + told + "</a>",
        "plain": '<p><a href="{url}">Download</a></p>',
    }
    return "".join(patterns[report.variant].format(url=escape(HOME + url), name=escape(name)) for url, name in whole)


def file_of(report: Report, file: str) -> Answer:
    """The report on the Regulation 28 form, or a response as a letter."""
    if file.endswith(".docx"):
        return Answer(b"PK\x03\x04 an invented word file", 200, {"Content-Type": "application/octet-stream"})
    if "Response" in file or "R.pdf" in file:
        words = (f"Dear Coroner, thank you for your report {report.reference}.", "We have changed our guidance.")
        return Answer(letter("Response to a Regulation 28 report", words), 200, {"Content-Type": "application/pdf"})
    title = f"{report.name} - Prevention of future deaths report - {report.reference}"
    return Answer(coroner_form(title, form_rows(report)), 200, {"Content-Type": "application/pdf"})


def form_rows(report: Report) -> list[tuple[str, str, tuple[str, ...]]]:
    """The rows of the Regulation 28 form: number, heading, paragraphs."""
    chosen = (CONCERNS[report.number % len(CONCERNS)], CONCERNS[(report.number * 3 + 1) % len(CONCERNS)])
    concerns = tuple(f"({number}) {words}" for number, words in enumerate(chosen, start=1))
    recipients = tuple(part.strip() for part in re.split("[|;]", report.sent_to or "An invented body"))
    duty = "You are under a duty to respond to this report within 56 days of the date of this report."
    return [
        ("", "REGULATION 28 REPORT TO PREVENT FUTURE DEATHS", ("THIS REPORT IS BEING SENT TO:", *recipients)),
        ("1", "CORONER", ("I am A. Person (invented), Area Coroner, for the coroner area of an invented place.",)),
        ("2", "CORONER’S LEGAL POWERS", ("I make this report under paragraph 7, Schedule 5 of the Act of 2009.",)),
        ("3", "INVESTIGATION and INQUEST", ("The investigation concluded at the end of an invented inquest.",)),
        ("4", "CIRCUMSTANCES OF THE DEATH", ("An invented person came to harm.",)),
        ("5", "CORONER’S CONCERNS", ("The MATTERS OF CONCERN are as follows.", *concerns)),
        ("6", "ACTION SHOULD BE TAKEN", ("In my opinion action should be taken to prevent future deaths.",)),
        ("7", "YOUR RESPONSE", (duty,)),
        ("8", "COPIES and PUBLICATION", ("I have sent a copy of my report to the Chief Coroner.",)),
        ("9", f"{report.posted:%d %B %Y}", ("A. Person (invented)",)),
    ]
