"""The Prisons and Probation Ombudsman's list of fatal incident reports, in both themes it may run. All invented."""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape

from tests.replicas.papers import numbered_report
from tests.replicas.site import NOT_FOUND, Answer, Asked, Site, html

HOST = "www.ppo.gov.uk"
HOME = f"https://{HOST}"
LIST = "/document/fii-report/"
A_PAGE, A_HALE_PAGE = 50, 10
QUERY = {
    "document_type": "fii-report", "posts_per_page": A_PAGE, "paged": 1, "order": "DESC", "orderby": "meta_value",
    "meta_key": "document-date",
}  # fmt: skip
ASKS = (
    "The Governor should make sure that staff get a response from a prisoner when they unlock the cell in the morning.",
    "The Head of Healthcare should make sure that a nurse reads the police record when a prisoner arrives.",
    "The Governor should remind staff to use a medical emergency code as soon as a life may be at risk.",
    "The Head of Healthcare should review how missed doses of medication are followed up.",
    "The Governor should tell the family within a day, and record who told them.",
)
CAUSES = ("Natural causes", "Self-inflicted", "Other non-natural")


@dataclass(frozen=True, slots=True)
class Report:
    """One invented report."""

    number: int
    name: str  # "Surname, Forename", or "Individual at …" where it is withheld
    place: str
    kind: str
    published: date
    cause: str
    plan: bool

    @property
    def stem(self) -> str:
        return f"F{4000 + self.number}-{self.published:%y}-Death-of-a-person"

    @property
    def file(self) -> str:
        return f"/app/uploads/{self.published:%Y/%m}/{self.stem}.pdf"

    @property
    def plan_file(self) -> str:
        return f"/app/uploads/{self.published:%Y/%m}/{self.stem}-action-plan.pdf"

    @property
    def path(self) -> str:
        return f"/document/fii-report/f{4000 + self.number}/"


def invent(count: int = 60, newest: date = date(2026, 10, 15)) -> list[Report]:
    return [
        Report(
            number, f"Surname{number}, Forename" if number % 6 else f"Individual at HMP Fogmere {number}",
            f"HMP Fogmere {number % 4}", "Male adult prison", newest - timedelta(days=17 * number),
            CAUSES[number % 3], number % 4 == 1,
        )
        for number in range(count)
    ]  # fmt: skip


def make_site(
    reports: Sequence[Report] | None = None,
    *,
    theme: str = "ppo",
    limit: Callable[[], int | None] | None = None,
) -> Site:
    """The replica in theme "ppo" or "hale". `limit` says for each hit how many seconds to wait, None: none (429)."""
    listed = list(reports if reports is not None else invent())
    by_path = {report.path: report for report in listed}
    files = {report.file for report in listed} | {report.plan_file for report in listed if report.plan}

    def respond(asked: Asked) -> Answer:
        if asked.path == "/robots.txt":
            return NOT_FOUND
        wait = limit() if limit else None
        if wait is not None:
            return Answer(b"Too many requests", 429, {"Retry-After": str(wait), "Content-Type": "text/plain"})
        if theme == "hale" and (asked.path == LIST or asked.path.startswith(f"{LIST}page/")):
            return hale_listing(listed, asked.path)
        if theme == "hale" and asked.path in by_path:
            return hale_single(by_path[asked.path])
        if theme == "ppo" and asked.path == LIST:
            return listing(listed)
        if theme == "ppo" and asked.path == "/wp-admin/admin-ajax.php":
            return tiles(listed, asked)
        if asked.path in files:
            number = sum(map(ord, asked.path)) % len(ASKS)
            title = f"Investigation {asked.path.rpartition('/')[2]}"
            pdf = numbered_report(title, (ASKS[number], ASKS[(number * 3 + 1) % len(ASKS)]))
            return Answer(pdf, 200, {"Content-Type": "application/pdf"})
        return NOT_FOUND

    return Site("ppo", (HOST, "ppo.gov.uk"), respond)


def listing(listed: Sequence[Report]) -> Answer:
    """The list page of the older theme: no tile, only the script's query."""
    pages = math.ceil(len(listed) / A_PAGE)
    query = json.dumps(QUERY, separators=(",", ":"))
    return html(
        "<html><body><main><h1>Fatal Incident reports</h1><div id='tiles'></div></main>"
        f"<script>curPage = 1; maxPage = {pages}; PPOAjax.queryParams = '{query}';</script></body></html>"
    )


def tiles(listed: Sequence[Report], asked: Asked) -> Answer:
    """The answer to one query: tiles and the number of pages; the host answers 0 to what it does not know."""
    try:
        query = json.loads(asked.query.get("queryParams", ""))
    except ValueError:
        query = None
    if asked.query.get("action") != "update_tiles" or not isinstance(query, dict):
        return html("0", 400)
    number = int(query.get("paged", 1))
    shown = listed[(number - 1) * A_PAGE : number * A_PAGE]
    pages = math.ceil(len(listed) / A_PAGE)
    body = "".join(map(tile, shown)) or "<h2>No results found</h2>"
    return html(f"{body}<script>maxPage = {pages};</script>")


def tile(report: Report) -> str:
    plan = f'<li><a href="{report.plan_file}">Action Plan</a></li>' if report.plan else ""
    return (
        f'<article id="doc-{report.number}" class="fii-report"><h3 class="card-title"><a href="{report.file}">'
        f"{escape(report.name)}</a></h3><p><strong>{report.place}</strong><br>{report.kind}</p>"
        f'<div class="tile-published-date">Published: {report.published.day} {report.published:%B %Y}</div><table>'
        f"<tr><td>Date of death:</td><td>{report.published - timedelta(days=300):%d %b %Y}</td></tr>"
        f"<tr><td>Date of inquest:</td><td>Not held</td></tr><tr><td>Cause:</td><td>{report.cause}</td></tr>"
        f"<tr><td>Gender:</td><td>Male</td></tr><tr><td>Age:</td><td>31-40</td></tr></table>"
        f'<nav class="report-links"><ul><li><a href="{report.file}">PPO Report</a></li>{plan}</ul></nav></article>'
    )


def hale_listing(listed: Sequence[Report], path: str) -> Answer:
    """The list of the platform's own theme: ten items and "Page x of y"; 404 past the end."""
    number = 1 if path == LIST else int(path.removeprefix(f"{LIST}page/").strip("/"))
    pages = math.ceil(len(listed) / A_HALE_PAGE)
    shown = listed[(number - 1) * A_HALE_PAGE : number * A_HALE_PAGE]
    if not shown:
        return NOT_FOUND
    items = "".join(
        f'<div class="list-item"><h2 class="list-item-title"><a href="{HOME}{report.path}">{escape(report.name)}</a>'
        "</h2>"
        '<div class="list-item-detail detail-published"><div class="list-item-detail-label">Published:</div>'
        f'<time class="entry-date published-date" datetime="{report.published}">{report.published:%d %B %Y}</time>'
        "</div></div>"
        for report in shown
    )
    onward = f'<a rel="next" href="{HOME}{LIST}page/{number + 1}/">Next</a>' if number < pages else ""
    return html(
        f'<html><body><main><h1>Fatal incident reports</h1><div class="listing-item-count">{len(listed)} reports</div>'
        f'<div class="flexible-post-type-list">{items}</div><nav class="archive-pagination-nav"><ul>'
        f"<li>Page {number} of {pages}</li><li>{onward}</li></ul></nav></main></body></html>"
    )


def hale_single(report: Report) -> Answer:
    return html(
        f'<html><body><main><article class="flexible-post-type-single"><h1 class="document-title">{escape(report.name)}'
        f'</h1><div class="flexible-post-type-published-date">Published: <time datetime="{report.published}">'
        f"{report.published:%d %B %Y}</time></div>"
        '<div class="flexible-post-type-detail"><div class="flexible-post-type-detail-label">Establishment:</div>'
        f"<div>{report.place}</div></div>"
        '<div class="flexible-post-type-detail"><div class="flexible-post-type-detail-label">Cause:</div>'
        f"<div>{report.cause}</div></div>"
        f'<div class="document-summary__link"><a class="govuk-link" href="{report.file}">Report '
        '<span class="govuk-visually-hidden">(PDF, 1.2 MB)</span></a></div></article></main></body></html>'
    )
