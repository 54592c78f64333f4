"""A replica of the National Audit Office's REST list and report pages. Every report is invented."""

import json
from dataclasses import dataclass
from functools import partial

from tests.replicas import papers
from tests.replicas.dress import Dress
from tests.replicas.site import NOT_FOUND, Answer, Asked, Site, html, json_answer

HOST = "www.nao.org.uk"


@dataclass(frozen=True, slots=True)
class Report:
    """One report: when, for which department, and the PDFs of its page."""

    slug: str
    title: str
    date: str
    department: str
    files: tuple[str, ...]
    asks: tuple[str, ...] = ()


REPORTS = (
    Report("police-recruitment", "Police recruitment &#8211; an invented study", "2025-03-14", "Home Office",
           ("police-recruitment-Press-notice.pdf", "police-recruitment-Summary.pdf", "police-recruitment.pdf"),
           ("The Home Office should set out, by September 2025, how forces will keep the officers they recruit.",)),
    Report("court-backlogs", "Reducing the backlog in the courts", "2024-05-24", "Ministry of Justice",
           ("court-backlogs-Summary.pdf",), ("The Ministry of Justice should publish its recovery plan.",)),
    Report("victims", "Supporting victims", "2023-02-02", "Cabinet Office", ("victims.pdf",),
           ("The Cabinet Office should review how victims are told of progress.",)),
    Report("no-file", "Policing without a file", "2023-01-20", "Home Office", ()),
    Report("old", "Police procurement of long ago", "2015-01-01", "Home Office", ("old.pdf",)),
)  # fmt: skip
ROUTINE = tuple(
    Report(
        f"ships-{n}", f"Equipment plan {n}", f"2022-{12 - n // 10:02}-10", "Ministry of Defence", (f"ships-{n}.pdf",)
    )
    for n in range(104)
)
ALL = sorted((*REPORTS, *ROUTINE), key=lambda report: report.date, reverse=True)


def make_site(seed: int = 0) -> Site:
    """The site, dressed for `seed`."""
    return Site("nao", (HOST,), partial(_respond, seed))


def _respond(seed: int, asked: Asked) -> Answer:
    if asked.path == "/wp-json/wp/v2/report":
        return _listing(int(asked.query["page"]), int(asked.query["per_page"]))
    if asked.path.startswith("/wp-content/uploads/"):
        return _file(asked.path.rpartition("/")[2])
    slug = asked.path.strip("/").rpartition("/")[2]
    report = next((report for report in ALL if report.slug == slug), None)
    return _page(report, Dress(seed, slug)) if report else NOT_FOUND


def _listing(number: int, size: int) -> Answer:
    rows = ALL[(number - 1) * size : number * size]
    if not rows:
        return json_answer(b'{"code": "rest_post_invalid_page_number"}', 400)
    return json_answer(json.dumps([_shown(report) for report in rows]).encode())


def _shown(report: Report) -> dict[str, object]:
    return {
        "id": 1,
        "date": f"{report.date}T00:01:00",
        "modified_gmt": f"{report.date}T09:00:00",
        "link": f"https://{HOST}/reports/{report.slug}/",
        "title": {"rendered": report.title},
        "_embedded": {"wp:term": [[{"id": 2, "name": report.department, "taxonomy": "department"}]]},
    }


def _page(report: Report, dress: Dress) -> Answer:
    links = "".join(f'<li><a href="/wp-content/uploads/2025/01/{name}">Download</a></li>' for name in report.files)
    main = dress.body(report.title, dress.wrap("files", f"<ul>{links}</ul>"))
    return html(f"<!DOCTYPE html><html lang=en><head><title>NAO</title></head><body>{main}</body></html>")


def _file(name: str) -> Answer:
    report = next((report for report in ALL if name in report.files), None)
    if report is None:
        return NOT_FOUND
    drawn = papers.numbered_report(report.title.replace("&#8211;", "–"), report.asks or ("It should be noted.",))
    return Answer(drawn, 200, {"Content-Type": "application/pdf"})
