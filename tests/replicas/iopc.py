"""The IOPC's site: recommendation and investigation pages, each under four hosts and as /node/{id}.

Addresses and wording as they were seen; the markup is not known, so it changes with the seed. All content is invented.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from urllib.parse import quote, unquote

from tests.replicas.dress import Dress
from tests.replicas.papers import letter
from tests.replicas.site import Answer, Asked, Site, html

HOST = "www.policeconduct.gov.uk"
HOSTS = (HOST, "policeconduct.gov.uk", "www.ipcc.gov.uk", "ipcc.gov.uk")
HOME = f"https://{HOST}"
A_PAGE = 5
GLOSSARY = tuple(f"Term {number}: an invented explanation that every page opens with." for number in range(40))


@dataclass(frozen=True, slots=True)
class Case:
    """One invented page."""

    node: int
    slug: str  # of the address, as text; letters beyond ASCII are encoded when it is sent
    title: str
    day: date
    reference: str | None
    force: str
    topic: str
    ask: str | None  # None: an investigation summary without a recommendation
    answer: str | None = None
    file: str | None = None

    @property
    def path(self) -> str:
        return f"/recommendations/{self.slug}"

    @property
    def short(self) -> str:
        return f"/node/{self.node}"

    @property
    def url(self) -> str:
        return HOME + quote(self.path)


CASES = (
    Case(
        9101, "recommendations-metropolitan-police-service-march-2024",
        "Recommendations - Metropolitan Police Service, March 2024", date(2024, 3, 14), "2022/170001",
        "Metropolitan Police", "Custody and detention",
        "The IOPC recommends that the Metropolitan Police Service should make sure that a custody officer who hands "
        "over a detained person records the risks that were told to them.", "Accepted",
        "/sites/default/files/Documents/Response_March_2024.pdf",
    ),
    Case(
        9102, "national-recommendations-national-police-chiefs-council-june-2024",
        "National recommendations - National Police Chiefs' Council, June 2024", date(2024, 6, 3), "2023/180002",
        "National Recommendations", "Road traffic incidents",
        "The IOPC recommends that the National Police Chiefs’ Council takes steps to tell drivers when to stop a "
        "pursuit.", "Partially accepted", "/sites/default/files/documents/Issue_51_Case2.pdf",
    ),
    Case(
        9103, "failure-duties-–-metropolitan-police-service-july-2023",
        "Failure of duties – Metropolitan Police Service, July 2023", date(2024, 1, 9), "2021/160003",
        "Metropolitan Police", "Death and serious injury", None,
    ),
    Case(
        9104, "recommendation-essex-police-and-kent-police-may-2025",
        "Recommendation - Essex Police and Kent Police, May 2025", date(2025, 5, 21), "2024/190004", "Essex Police",
        "Welfare and vulnerable people",
        "The IOPC recommends that Essex Police and Kent Police should write down which force searches first when a "
        "person goes missing near their border.", "Not accepted",
    ),
    Case(
        9105, "investigation-police-contact-man-cleveland-police-december-2025",
        "Investigation into police contact with a man - Cleveland Police, December 2025", date(2026, 2, 2), None,
        "Cleveland Police", "Death and serious injury", None,
    ),
    Case(
        9106, "recommendations-metropolitan-police-service-january-2019",
        "Recommendations - Metropolitan Police Service, January 2019", date(2019, 1, 20), "2017/090006",
        "Metropolitan Police", "Custody and detention",
        "The IOPC recommends that the Metropolitan Police Service should do something long past.", "Accepted",
    ),
    Case(
        9107, "recommendation-atlantis-police-august-2025", "Recommendation - Atlantis Police, August 2025",
        date(2025, 8, 8), "2024/190007", "Atlantis Police", "Sea monsters",
        "The IOPC recommends that Atlantis Police should count its boats.", "Accepted",
    ),
)  # fmt: skip


def make_site(cases: Sequence[Case] = CASES, *, seed: int = 0, sitemap: bool = True, lists: bool = True) -> Site:
    """The replica; `sitemap` and `lists` say which of the two ways to find its pages exist."""
    by_path = {case.path: case for case in cases} | {case.short: case for case in cases}
    files = {case.file for case in cases if case.file}

    def respond(asked: Asked) -> Answer:
        path = unquote(asked.path)
        if path == "/robots.txt":
            return Answer(b"User-agent: *\nDisallow: /admin/\n", 200, {"Content-Type": "text/plain"})
        if path == "/sitemap.xml" and sitemap:
            return site_map(cases)
        if path in ("/recommendations", "/node") and lists:
            return listing(cases, asked, seed)
        if path in files:
            return served_file(path)
        if path == "/node/2":
            return shell(Dress(seed, path), "<h1>News - our year</h1><p>Published 3 March 2025</p><p>Words.</p>")
        case = by_path.get(path.rstrip("/"))
        return case_page(case, path, seed) if case else soft_missing(seed)

    return Site("iopc", HOSTS, respond)


def site_map(cases: Sequence[Case]) -> Answer:
    rows = "".join(f"<url><loc>{c.url}</loc><lastmod>{c.day}T09:00:00+00:00</lastmod></url>" for c in cases)
    other = f"<url><loc>{HOME}/news/roundup-january-march-2024</loc></url>"
    text = f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}{other}</urlset>'
    return Answer(text.encode(), 200, {"Content-Type": "text/xml"})


def listing(cases: Sequence[Case], asked: Asked, seed: int) -> Answer:
    """Teasers, five a page counted from zero; /node names pages by their number, the other list by their slug."""
    number = int(asked.query.get("page", "0") or "0")
    dress = Dress(seed, f"{asked.path}{number}")
    teasers = "".join(
        dress.wrap(
            case.slug,
            dress.heading(
                f"{case.slug} head",
                f'<a href="{case.short if asked.path == "/node" else quote(case.path)}">{escape(case.title)}</a>',
            )
            + f"<p>Published {case.day:%d %B %Y}</p>",
        )
        for case in cases[number * A_PAGE : (number + 1) * A_PAGE]
    )
    pages = (len(cases) - 1) // A_PAGE
    pager = "".join(f'<li><a href="?page={n}">{n + 1}</a></li>' for n in range(pages + 1) if n != number)
    onward = f'<li><a href="?page={number + 1}" rel="next">Next page</a></li>' if number < pages else ""
    return shell(dress, f"<h1>Recommendations</h1>{teasers}<ul{dress.css('pager')}>{pager}{onward}</ul>")


def case_page(case: Case, path: str, seed: int) -> Answer:
    """The page: noise, title, what is stated under labels, narrative, recommendation, response."""
    dress = Dress(seed, case.slug)
    stated = [("IOPC reference", case.reference)] if case.reference else []
    if case.ask and dress.draw("dated", 2):
        stated.append(("Date of recommendation", f"{case.day:%A, %d %B, %Y}"))
        published = ""
    else:
        published = f"<p{dress.css('when')}>Published {case.day:%d %B %Y}</p>"
    asked = ""
    if case.ask:
        asked = (
            dress.heading("asks", "Recommendations")
            + dress.wrap(
                "ask", f"<p>{escape(case.ask)}</p><p>This follows an IOPC investigation.During it we asked.</p>"
            )
            + dress.wrap("reply", f"<p>Do you accept the recommendation?</p><p>{case.answer}:</p><p>We did this.</p>")
        )
    words = "Response from the force" if "Response" in (case.file or "") else "Case summary"
    file = f'<p><a href="{case.file}">{words}</a></p>' if case.file else ""
    tags = f'<p><a href="/tags/a">{escape(case.force)}</a> <a href="/tags/b">{escape(case.topic)}</a></p>'
    told = "<p>An invented person came to harm, and the invented police were told of it that evening.</p>" * 3
    content = f"<h1>{escape(case.title)}</h1>{published}{told}{asked}{labels(dress, stated)}{file}{tags}"
    head = f'<link rel="canonical" href="{quote(case.path)}">' if path.startswith("/node/") else ""
    return shell(dress, content, head)


def labels(dress: Dress, stated: Sequence[tuple[str, str]]) -> str:
    """Labels and values as a list of definitions, as blocks, or in one line with a colon."""
    style = dress.draw("labels", 3)
    if style == 0:
        return "<dl>" + "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in stated) + "</dl>"
    if style == 1:
        return "".join(dress.wrap(name, f"<div>{name}</div><div>{value}</div>") for name, value in stated)
    return "".join(f"<p><strong>{name}:</strong> {value}</p>" for name, value in stated)


def shell(dress: Dress, content: str, head: str = "") -> Answer:
    """A page of the template: the debugging text and the glossary stand before or inside the main part."""
    noise = "<div>User Bar First</div><div>This is a debugging block</div><div>(Easy read)</div>" + "".join(
        f"<div{dress.css('glossary')}>{words}</div>" for words in GLOSSARY
    )
    inside = dress.draw("noise", 2)
    main = ("<main>", "</main>") if dress.draw("main", 2) else ('<div role="main">', "</div>")
    return html(
        f"<html><head><title>IOPC</title>{head}</head><body>{'' if inside else noise}{main[0]}{noise if inside else ''}"
        f'{dress.wrap("content", content)}{main[1]}<footer><a href="/node/1">About</a>'
        '<a href="/node/2">News</a></footer></body></html>'
    )


def soft_missing(seed: int) -> Answer:
    """What is not there answers 200 all the same."""
    return shell(Dress(seed, "missing"), "<h1>404 error</h1><p>The page you asked for was not found.</p>")


def served_file(path: str) -> Answer:
    """Files that only browsers get, and one that anyone gets."""
    if "Response" in path:
        return Answer(b"<html><body>Request blocked</body></html>", 403, {"Content-Type": "text/html"})
    return Answer(letter("Case summary", ("An invented case.",)), 200, {"Content-Type": "application/pdf"})
