"""A replica of the archived Metropolitan Police Authority: static pages over plain http. Every report is invented.

Behaviours: /Metropolitan/ and /metropolitan/ are one place; a meeting's folder is yymmdd or mmdd below its year; report
numbers with a letter; Windows-1252 bytes that no header names; appendices as HTML, PDF and an unreadable .doc; a
robots.txt that is an HTML page; class names that change with the seed.
"""

import re
from dataclasses import dataclass
from functools import partial

from tests.replicas import papers
from tests.replicas.dress import Dress
from tests.replicas.site import NOT_FOUND, Answer, Asked, Site

HOST = "policeauthority.org"
ROOT = "/metropolitan/committees"
CODES = ("mpa", "sop", "cgc", "x-ppr", "x-f", "x-ap", "x-eodb")
WARNING = (
    "Warning: This is archived material and may be out of date. The Metropolitan Police Authority has been replaced."
)


@dataclass(frozen=True, slots=True)
class Paper:
    """One report of a meeting."""

    path: str  # below the root, without index.html
    committee: str
    title: str
    day: str  # as printed; empty: only the folder tells
    procedural: str
    body: tuple[str, ...]
    appendices: tuple[tuple[str, str], ...] = ()


SOP, AUDIT = "Strategic and Operational Policing Committee", "Corporate Governance Committee"
REPORTS = (
    Paper(
        "sop/2010/101111/13",
        SOP,
        "Missing people: review of practice",
        "11 November 2010",
        "Members note the report.",
        ("Officers’ reviews of missing children’s risk grades were late.",),
        (("appendix01.html", "Appendix 1: recommendations of the review"), ("appendix02.pdf", "Appendix 2")),
    ),
    Paper(
        "sop/2010/101111/11a",
        SOP,
        "Late paper on stalking",
        "11 November 2010",
        "Members note the report.",
        ("Stalking was recorded as harassment.",),
    ),
    Paper(
        "sop/2011/0317/13",
        SOP,
        "Custody visiting",
        "",
        "That the Committee notes the report.",
        ("Custody visitors saw unlocked medicine cupboards.",),
        (("figures.doc", "Figures"),),
    ),
    Paper(
        "cgc/2011/110620/07",
        AUDIT,
        "Outstanding high-risk audit recommendations",
        "20 June 2011",
        "That the Committee receive the report.",
        ("Fifty-five recommendations were outstanding.",),
        (("appendix-a.html", "Appendix A: HMIC response chart"),),
    ),
    Paper("cgc/1999/990405/02", AUDIT, "Before the archive begins", "5 April 1999", "Members note it.", ("Old.",)),
    Paper("mpa/2003/030626-agm/minutes", "Metropolitan Police Authority", "", "26 June 2003", "", ()),
    *(
        Paper(
            f"{code}/2006/060502/{n:02}",
            "Full Authority",
            f"Routine report {code} {n}",
            "02 May 06",
            "Members note the report.",
            ("Nothing happened.",),
        )
        for code in ("mpa", "x-ppr", "x-f", "x-ap", "x-eodb")
        for n in (1, 2)
    ),
)
APPENDIX_ASKS = (
    "The MPS should review the risk grade of every missing child at each change of shift.",
    "The MPS should train control room staff in grading reports of missing people.",
)


def make_site(seed: int = 0) -> Site:
    """The archive, dressed for `seed`."""
    return Site("policeauthority", (HOST,), partial(_respond, seed))


def _respond(seed: int, asked: Asked) -> Answer:
    if asked.path == "/robots.txt":
        return _shell("Metropolitan Police Authority", "<p>Welcome</p>", Dress(seed))
    path = re.sub(r"^/Metropolitan/", "/metropolitan/", asked.path)
    if not path.startswith(f"{ROOT}/"):
        return NOT_FOUND
    inside = path.removeprefix(f"{ROOT}/").removesuffix("index.html").rstrip("/")
    return _page(inside, Dress(seed, inside))


def _page(inside: str, dress: Dress) -> Answer:
    """A committee's own page shows its archive only; the archive shows the years."""
    if inside in CODES:
        archive = f'<p><a href="{ROOT}/{inside}/archive/index.html">Archive of previous years’ meetings</a></p>'
        return _shell(f"Papers: {inside}", archive, dress)
    inside = inside.removesuffix("/archive")
    report = next((report for report in REPORTS if report.path == inside), None)
    if report is not None:
        return _report(report, dress)
    folder, _, name = inside.rpartition("/")
    owner = next((report for report in REPORTS if report.path == folder), None)
    if owner is not None and name in dict(owner.appendices):
        return _appendix(owner, name, dress)
    below = sorted({_child(report.path, inside) for report in REPORTS if report.path.startswith(f"{inside}/")})
    return _list(inside, below, dress) if below else NOT_FOUND


def _child(path: str, inside: str) -> str:
    return f"{inside}/{path.removeprefix(f'{inside}/').partition('/')[0]}"


def _list(inside: str, below: list[str], dress: Dress) -> Answer:
    """A committee, a year or a meeting; some of its links are spelt the other way, and some lead elsewhere."""
    links = []
    for place, child in enumerate(below):
        root = ROOT.replace("/m", "/M", 1) if place % 2 else ROOT
        links.append(f'<li><a href="{root}/{child}/{"index.html" if place % 3 else ""}">{child}</a></li>')
    others = f'<p><a href="{ROOT}/zzz/index.html">Another committee</a> <a href="{ROOT}/sop/index.html">SOP</a></p>'
    return _shell(f"Papers: {inside}", dress.wrap("list", f"<ul>{''.join(links)}</ul>") + others, dress)


def _report(report: Paper, dress: Dress) -> Answer:
    if report.path.endswith("/minutes"):
        line = f"Minutes of the meeting of the {report.committee} held on {report.day} at an invented place."
        return _shell("minutes", f"<p>{line}</p><p>Resolved – That the report be noted.</p>", dress)
    number = report.path.rpartition("/")[2]
    abstract = (
        f"Report {number} of the {report.day} meeting of the {report.committee} and provides an overview of something."
        * bool(report.day)
    )
    date = f"<strong>Date:</strong> {report.day}<br>" if report.day else ""
    appendices = "".join(f'<li><a href="{name}">{words}</a></li>' for name, words in report.appendices)
    supporting = "".join(f"<p>{n}. {words}</p>" for n, words in enumerate(report.body, start=1))
    main = (
        f"<p>Contents</p><p>{abstract}</p><p>{WARNING}</p><h1>{report.title}</h1>"
        f"<p><strong>Report:</strong> {number}<br>{date}<strong>By:</strong> A Commissioner</p>"
        f"{dress.heading('summary', 'Summary', (2,))}<p>This report is invented.</p>"
        f"<h2>A. Recommendation</h2><p>That</p><ol><li>{report.procedural}</li></ol>"
        f"<h2>B. Supporting information</h2>{supporting}<h2>Supporting material</h2><ul>{appendices}</ul>"
    )
    return _shell(report.title, main, dress)


def _appendix(report: Paper, name: str, dress: Dress) -> Answer:
    title = dict(report.appendices)[name]
    if name.endswith(".pdf"):
        return Answer(papers.numbered_report(title, APPENDIX_ASKS), 200, {"Content-Type": "application/pdf"})
    if name.endswith(".doc"):
        return Answer(b"\xd0\xcf\x11\xe0", 200, {"Content-Type": "application/msword"})
    asks = "".join(f"<h3>Recommendation {n}</h3><p>{ask}</p>" for n, ask in enumerate(APPENDIX_ASKS, start=1))
    return _shell(title, f"<h1>{title}</h1>{asks}", dress)


def _shell(title: str, main: str, dress: Dress) -> Answer:
    body = dress.wrap("page", f"<div id='content'>{main}</div>")
    page = (
        f"<html><head><title>MPA: {title}</title></head><body><p>You are in:</p>{body}<p>© MPA – 2012</p></body></html>"
    )
    return Answer(page.encode("windows-1252"), 200, {"Content-Type": "text/html"})
