"""A replica of HMICFRS's site, its assets host and its old host. Every report and every force's text is invented.

Behaviours: 403 unless the caller names a contact; class names, wrappers, heading levels and the pager's addresses
change with the seed; HTML reports beside or instead of PDFs; an HTML page dated by the day it was moved; PDFs with
ETag and 304; redirects from http, from the old host and to the trailing slash; a repeated annex.
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from tests.replicas import papers
from tests.replicas.dress import Dress
from tests.replicas.site import NOT_FOUND, Answer, Asked, Site, html

HOST, ASSETS = "hmicfrs.justiceinspectorates.gov.uk", "assets-hmicfrs.justiceinspectorates.gov.uk"
OLD, BUCKET = "www.justiceinspectorates.gov.uk", "s3-eu-west-2.amazonaws.com"
PER_PAGE = 8
CONTACT = re.compile(r"@|://|\(\+")  # an address, a page, or the "(+…)" of a robot that says whose it is
REFUSED = html("<html><head><title>403 Forbidden</title></head><body><h1>403</h1></body></html>", 403)


@dataclass(frozen=True, slots=True)
class Report:
    """One publication: its landing page, and the files and HTML it leads to."""

    kind: str  # publications, publication-html (no landing page) or peel-reports
    slug: str
    title: str
    published: str
    asks: tuple[str, ...]
    pdf: str | None = None
    html: bool = False
    moved: str | None = None  # the date on the HTML page, where it is the day of the move
    forces: tuple[str, ...] = ()
    bucket: bool = False  # its PDF is linked at the bucket's own address
    extra: tuple[str, ...] = ()  # other links of its page

    @property
    def path(self) -> str:
        return f"/{self.kind}/{self.slug}/"


REPORTS = (
    Report(
        "publications",
        "children-who-go-missing",
        "Children who go missing: an inspection of how police respond",
        "12 June 2025",
        (
            "By December 2025, chief constables should make sure that the risk assessment of every missing child is "
            "reviewed whenever new information arrives.",
            "With immediate effect, the Metropolitan Police Service should record the reason for each risk grade.",
        ),
        pdf="children-who-go-missing-an-inspection-of-how-police-respond.pdf",
        html=True,
    ),
    Report(
        "publications",
        "responding-to-stalking",
        "Responding to stalking",
        "24 September 2024",
        (
            "Chief constables should make sure that stalking cases are screened for protection orders on day one.",
            "The force should appoint a lead officer for stalking within six months.",
        ),
        html=True,
    ),
    Report(
        "publications",
        "state-of-learning-2020-21",
        "State of learning 2020–21",
        "12 January 2022",
        ("The Home Office should publish a register of recommendations that were made before.",),
        html=True,
        moved="18 July 2023",
    ),
    Report(
        "publication-html",
        "inspection-programme-2020-21",
        "Proposed inspection programme 2020–21",
        "6 March 2023",
        ("The inspectorate should consult forces before the programme begins.",),
        html=True,
    ),
    Report(
        "publications",
        "fire-and-rescue-culture",
        "Fire and rescue services: values and culture",
        "30 March 2023",
        ("Chief fire officers should review vetting.",),
        pdf="fire-and-rescue-services-values-and-culture.pdf",
    ),
    Report(
        "publications",
        "custody-safety-revisit",
        "Causes of concern: custody revisit",
        "3 February 2026",
        ("Within three months the force should check every detainee at the agreed intervals and record each check.",),
        pdf="causes-of-concern-custody-revisit.pdf",
        forces=("metropolitan", "city-of-london"),
        bucket=True,
        extra=("/publications/responding-to-stalking/",),
    ),
    Report(
        "publications",
        "only-in-word",
        "Only in a word processor’s format",
        "4 April 2024",
        (),
        extra=(f"https://{ASSETS}/uploads/only.docx",),
    ),
    Report(
        "publications",
        "with-terms-of-reference",
        "Vetting and counter-corruption",
        "2 November 2022",
        ("Forces should re-vet everybody who transfers from another force.",),
        html=True,
        extra=(f"https://{ASSETS}/uploads/terms-of-reference.pdf",),
    ),
    Report(
        "peel-reports",
        "metropolitan-2023-25",
        "PEEL 2023–2025: Police effectiveness, efficiency and legitimacy – Metropolitan",
        "14 August 2024",
        ("The force should improve how it answers calls for service and reassess delayed incidents.",),
    ),
    Report(
        "peel-reports",
        "greater-manchester-2023-25",
        "PEEL 2023–25: Greater Manchester",
        "20 October 2023",
        ("The force should supervise investigations from the first day.",),
        pdf="frs-assessment-2023-25-greater-manchester.pdf",
        bucket=True,
    ),
    Report(
        "publications",
        "before-the-window",
        "Printed long before",
        "8 December 2015",
        ("Forces should keep paper records.",),
        pdf="printed-long-before.pdf",
    ),
    *(
        Report(
            "publications",
            f"spot-check-{n}",
            f"Spot check {n} of police front counters",
            f"{n} May 2023",
            (f"Forces should repaint front counter {n}.",),
            pdf=f"spot-check-{n}-of-police-front-counters.pdf",
        )
        for n in range(1, 13)
    ),
)
REPORTS_BY_PATH = {report.path: report for report in REPORTS}


def make_site(seed: int = 0, *, scripted: bool = False) -> Site:
    """The site, dressed for `seed`. `scripted`: its index is filled by a script in the reader's browser, so empty."""
    return Site("hmicfrs", (HOST, ASSETS, OLD, BUCKET), partial(_respond, seed, scripted))


def _respond(seed: int, scripted: bool, asked: Asked) -> Answer:
    if asked.path == "/robots.txt":
        return NOT_FOUND
    if asked.host in (ASSETS, BUCKET):
        return _file(asked)
    if not CONTACT.search(asked.headers.get("user-agent", "")):
        return REFUSED
    if asked.headers.get("x-forwarded-proto") == "http" or asked.host == OLD:
        path = asked.path.removeprefix("/hmicfrs").removeprefix("/hmic")
        return Answer(b"", 301, {"Location": f"https://{HOST}{path}"})
    if asked.path == "/sitemap_index.xml":
        return _sitemap([f"https://{HOST}/publication-sitemap.xml", f"https://{HOST}/news-sitemap.xml"], "sitemap")
    if asked.path == "/publication-sitemap.xml":
        return _sitemap([f"https://{HOST}{report.path}" for report in REPORTS], "url")
    if scripted and asked.path == "/publications/":
        return _shell("Publications", "<p>Loading</p>", Dress(seed, asked.path))
    if not asked.path.endswith("/"):
        return Answer(b"", 301, {"Location": f"{asked.path}/"})
    return _page(asked, Dress(seed, asked.path))


def _sitemap(urls: list[str], name: str) -> Answer:
    rows = "".join(f"<{name}><loc>{url}</loc><lastmod>2026-01-05T10:00:00+00:00</lastmod></{name}>" for url in urls)
    outer = "urlset" if name == "url" else "sitemapindex"
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return Answer(f'<{outer} xmlns="{space}">{rows}</{outer}>'.encode(), 200, {"Content-Type": "application/xml"})


def _page(asked: Asked, dress: Dress) -> Answer:
    parts = asked.path.strip("/").split("/")
    if parts[0] == "publications" and (len(parts) == 1 or parts[1] == "page"):
        number = parts[2] if len(parts) == 3 else asked.query.get("page", "1")
        return _index(int(number), dress)
    if parts[0] == "police-forces" and len(parts) == 2:
        return _force(dress)
    slug = parts[-1]
    report = REPORTS_BY_PATH.get(f"/publications/{slug}/") or REPORTS_BY_PATH.get(f"/publication-html/{slug}/")
    if parts[0] == "publication-html" and report and report.html:
        return _html_report(report, report.moved or report.published, dress)
    found = REPORTS_BY_PATH.get(asked.path)
    if found is None or parts[0] == "publication-html":
        return NOT_FOUND
    if found.kind == "peel-reports" and found.pdf is None:
        return _html_report(found, found.published, dress)
    return _landing(found, dress)


def _index(number: int, dress: Dress) -> Answer:
    rows = REPORTS[(number - 1) * PER_PAGE : number * PER_PAGE]
    if not rows:
        return NOT_FOUND
    items = "".join(_row(report, dress) for report in rows)
    in_path = Dress(dress.seed).draw("pager in path", 2) == 0
    last = -(-len(REPORTS) // PER_PAGE)
    pages = [
        f'<a{dress.css("pager")} href="{f"/publications/page/{n}/" if in_path else f"/publications/?page={n}"}">{n}</a>'
        for n in range(1, last + 1)
        if n != number
    ]
    return _shell(
        "Publications", dress.wrap("list", items), dress, after=f"<nav{dress.css('nav')}>{' '.join(pages)}</nav>"
    )


def _row(report: Report, dress: Dress) -> str:
    """One item of a list; some dresses print its date and some do not."""
    date = f"<p>{report.published}</p>" if Dress(dress.seed).draw("dates", 2) else "<p>Police</p>"
    return dress.wrap("row", f'<h3><a href="{report.path}">{report.title}</a></h3>{date}')


def _force(dress: Dress) -> Answer:
    recent = "".join(_row(report, dress) for report in REPORTS[-15:-10] if report.kind == "peel-reports")
    main = f"{dress.heading('recent', 'Recent publications')}{dress.wrap('recent list', recent)}"
    return _shell("Metropolitan", main, dress)


def _landing(report: Report, dress: Dress) -> Answer:
    host = f"https://{BUCKET}/{ASSETS}" if report.bucket else f"https://{ASSETS}"
    links = [f'<a href="{host}/uploads/{report.pdf}">Get the report (PDF)</a>'] if report.pdf else []
    links += [f'<a href="/publication-html/{report.slug}/">{report.title}</a>'] if report.html else []
    links += [f'<a href="/police-forces/{force}">{force.title()}</a>' for force in report.forces]
    links += [f'<a href="{url}">Related</a>' for url in report.extra]
    label = ("Published on:", "Published:", "Publication date", "Published on")[dress.draw("label", 4)]
    date = dress.wrap("date", f"<span>{label}</span> <span>{report.published}</span>")
    main = f"{date}<p>We inspected this.</p>" + dress.wrap("links", "<br>".join(links))
    return _shell(report.title, main, dress)


def _html_report(report: Report, printed: str, dress: Dress) -> Answer:
    """The whole report: boxed asks, and the same asks again in an annex."""
    boxes = [
        dress.wrap(f"box {n}", f"{dress.heading('box', _label(report, n))}<p>{ask}</p>")
        for n, ask in enumerate(report.asks, start=1)
    ]
    annex = "".join(f"<li>{ask}</li>" for ask in report.asks)
    main = (
        f"<p>Published on: {printed}</p><h2>Contents</h2>"
        f"<p>Print this document</p><h2>About us</h2><p>This page is invented.</p>{''.join(boxes)}"
        f"<h2>Annex A: recommendations and areas for improvement</h2><ol>{annex}</ol>"
    )
    return _shell(report.title, main, dress)


def _label(report: Report, number: int) -> str:
    return f"Area for improvement {number}" if report.kind == "peel-reports" else f"Recommendation {number}"


def _shell(title: str, main: str, dress: Dress, after: str = "") -> Answer:
    nav = '<nav><a href="/">Home</a> <a href="/publications/">Publications</a> <a href="/news/">News</a></nav>'
    body = dress.body(title, main)
    return html(
        f"<!DOCTYPE html><html lang=en><head><title>{title} - HMICFRS</title></head><body>"
        f"<div>We use cookies.</div>{nav}{body}{after}<footer><a href='/about-us/'>About us</a></footer></body></html>"
    )


def _file(asked: Asked) -> Answer:
    """A PDF as object storage serves it: with validators, and 304 to whoever has it already."""
    path = asked.path.removeprefix(f"/{ASSETS}") if asked.host == BUCKET else asked.path
    name = path.removeprefix("/uploads/")
    report = next((report for report in REPORTS if report.pdf == name), None)
    if report is None and name != "terms-of-reference.pdf":
        return Answer(b"<Error><Code>AccessDenied</Code></Error>", 403, {"Content-Type": "application/xml"})
    draw: Callable[[], bytes] = partial(_draw, report.title, report.asks) if report else partial(_draw, "Terms", ())
    tag = f'"{hashlib.sha256(name.encode()).hexdigest()[:32]}"'
    validators = {"ETag": tag, "Last-Modified": "Wed, 12 Jun 2024 09:00:00 GMT"}
    if asked.headers.get("if-none-match") == tag:
        return Answer(b"", 304, validators)
    return Answer(draw(), 200, {"Content-Type": "application/pdf", **validators})


def _draw(title: str, asks: Sequence[str]) -> bytes:
    return papers.numbered_report(title, asks) if asks else papers.letter(title, ["Terms of reference. Invented."])
