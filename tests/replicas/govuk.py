"""A replica of GOV.UK's Search and Content interfaces, its pages and its assets host. Every publication is invented.

Behaviours: 422 on an unknown parameter; a start beyond the total is empty, not an error; attachments as files, as
HTML, as pieces of HTML in old items, elsewhere, or missing; a withdrawn item; 303 from a part of a page to the page.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

from tests.replicas import papers
from tests.replicas.site import NOT_FOUND, Answer, Asked, Site, html, json_answer

WWW, ASSETS = "www.gov.uk", "assets.publishing.service.gov.uk"
KNOWN = {"q", "count", "start", "order", "fields", "filter_organisations", "filter_content_store_document_type",
         "filter_public_timestamp", "c"}  # fmt: skip
HOME_OFFICE, JUSTICE, CABINET = "home-office", "ministry-of-justice", "cabinet-office"
ORGANISATIONS = {HOME_OFFICE: "Home Office", JUSTICE: "Ministry of Justice", CABINET: "Cabinet Office"}
ROUTINE = 104  # letters that fill the results past their first page

ESCAPES = (
    "The Home Office should publish, within six months, national guidance on how police control rooms grade reports "
    "of missing people.",
    "All police forces should ensure that officers who supervise custody suites are trained in rousing intoxicated "
    "detainees.",
)
ANSWERS = (
    (ESCAPES[0], "We accept this recommendation. Guidance will be published in spring."),
    (ESCAPES[1], "We accept this recommendation in part."),
)


@dataclass(frozen=True, slots=True)
class File:
    """One attachment: a file on the assets host, or an HTML page beside its publication."""

    url: str
    title: str
    content: Callable[[str], bytes] | None = None  # None: an HTML page
    kind: str = "file"
    media: str = "application/pdf"
    command_paper: str | None = None
    commons_paper: str | None = None
    page: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One publication or collection."""

    path: str
    title: str
    kind: str
    published: str
    organisation: str = HOME_OFFICE
    description: str = "About police and learning."
    files: tuple[File, ...] = ()
    old_documents: tuple[str, ...] = ()
    body: str = ""
    withdrawn: str | None = None
    members: tuple[str, ...] = ()
    updated: str | None = None
    inquiry: bool = False


def _report(*asks: str) -> Callable[[str], bytes]:
    return lambda title: papers.numbered_report(title, asks)


def _reply(*answers: tuple[str, str]) -> Callable[[str], bytes]:
    return lambda title: papers.government_response(title, answers)


def _asks(*asks: str) -> str:
    return "".join(f"<h2 id='r{n}'>Recommendation {n}</h2><p>{ask}</p>" for n, ask in enumerate(asks, start=1))


REPORT = f"https://{ASSETS}/media/65a1b2c3d4e5f60718293a4b/brightwell-report.pdf"
OLD_FILE = f"https://{ASSETS}/government/uploads/system/uploads/attachment_data/file/123456/custody-review.pdf"
ITEMS = (
    Item(
        "/government/publications/brightwell-inquiry-report",
        "The Brightwell Inquiry: report",
        "independent_report",
        "2024-02-29T10:00:00Z",
        inquiry=True,
        files=(
            File(REPORT, "The Brightwell Inquiry: report", _report(*ESCAPES), commons_paper="530"),
            File(
                "/government/publications/brightwell-inquiry-report/report",
                "The Brightwell Inquiry: report (HTML)",
                kind="html",
                page=_asks(*ESCAPES),
            ),
            File(REPORT.replace("report.pdf", "welsh.pdf"), "Ymchwiliad Brightwell (Welsh)", _report("Yn Gymraeg.")),
            File(REPORT.replace("report.pdf", "data.ods"), "Data tables", _report("x"), media="application/ods"),
        ),
    ),
    Item(
        "/government/publications/brightwell-inquiry-government-response",
        "Government response to the Brightwell Inquiry",
        "policy_paper",
        "2024-09-05T10:00:00Z",
        inquiry=True,
        body="<p>This answers <a href='/government/publications/brightwell-inquiry-report'>the report</a>.</p>",
        files=(
            File(
                f"https://{ASSETS}/media/75a1b2c3d4e5f60718293a4b/CP_1187.pdf",
                "CP 1187",
                _reply(*ANSWERS),
                command_paper="CP 1187",
            ),
        ),
    ),
    Item(
        "/government/publications/review-of-stalking-orders",
        "Review of stalking orders",
        "policy_paper",
        "2023-05-01T09:00:00Z",
        JUSTICE,
        files=(
            File(
                "/government/publications/review-of-stalking-orders/review",
                "Review of stalking orders",
                kind="html",
                page=_asks("Police forces should appoint a lead officer for stalking protection orders by March."),
            ),
        ),
    ),
    Item(
        "/government/publications/custody-review",
        "Independent review of deaths in police custody",
        "independent_report",
        "2014-10-30T09:00:00Z",
        updated="2022-01-10T09:00:00Z",
        old_documents=(
            f"<section><h3><a href='{OLD_FILE}'>Independent review of deaths in police custody</a></h3></section>",
        ),
    ),
    Item(
        "/government/publications/open-letter-on-vetting",
        "Open letter on vetting",
        "correspondence",
        "2025-01-15T09:00:00Z",
        body="<p>Dear Chief Constable,</p><p>Forces should re-vet all transferees.</p>",
    ),
    Item(
        "/government/publications/withdrawn-guidance",
        "Police disclosure policy",
        "policy_paper",
        "2022-03-01T09:00:00Z",
        withdrawn="2025-06-30T12:00:00Z",
        files=(
            File(
                f"https://{ASSETS}/media/85a1b2c3d4e5f60718293a4b/disclosure.pdf",
                "Police disclosure policy",
                _report("Forces should keep a log of every disclosure decision."),
            ),
        ),
    ),
    Item(
        "/government/publications/word-only",
        "Police learning note",
        "policy_paper",
        "2024-04-01T09:00:00Z",
        files=(
            File(
                f"https://{ASSETS}/media/95a1b2c3d4e5f60718293a4b/note.docx",
                "Police learning note",
                _report("x"),
                media="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            ),
        ),
    ),
    Item("/government/publications/empty-item", "Police item without a word", "policy_paper", "2024-05-01T09:00:00Z"),
    Item(
        "/government/collections/police-reviews",
        "Police reviews",
        "document_collection",
        "2020-01-01T09:00:00Z",
        updated="2025-02-01T09:00:00Z",
        members=(
            "/government/publications/review-of-stalking-orders",
            "/government/publications/member-only",
            "/government/publications/member-statistics",
        ),
    ),
    Item(
        "https://inquiry.invalid/report",
        "The Elsewhere Inquiry: police",
        "independent_report",
        "2024-07-01T09:00:00Z",
        inquiry=True,
    ),
    *(
        Item(
            f"/government/publications/police-letter-{n}",
            f"Letter {n} to police forces",
            "correspondence",
            f"2023-{1 + n % 12:02}-02T09:00:00Z",
            body=f"<p>Forces should return form {n}.</p>",
        )
        for n in range(1, ROUTINE + 1)
    ),
)
UNLISTED = (
    Item(
        "/government/publications/member-only",
        "A member of a collection",
        "independent_report",
        "2022-08-01T09:00:00Z",
        files=(
            File(
                f"https://{ASSETS}/media/a5a1b2c3d4e5f60718293a4b/member.pdf",
                "A member of a collection",
                _report("Forces should join the collection."),
            ),
        ),
    ),
    Item("/government/publications/member-statistics", "Statistics", "official_statistics", "2022-08-01T09:00:00Z"),
)


def make_site() -> Site:
    """Both interfaces, the human pages, and the assets."""
    return Site("govuk", (WWW, ASSETS), _respond)


def _respond(asked: Asked) -> Answer:
    if asked.path == "/robots.txt":
        return Answer(b"User-agent: *\nDisallow: /search/all\n", 200, {"Content-Type": "text/plain"})
    if asked.host == ASSETS:
        return _asset(f"https://{ASSETS}{asked.path}")
    if asked.path == "/api/search.json":
        return _search(asked)
    if asked.path.startswith("/api/content/"):
        return _content(asked.path.removeprefix("/api/content"))
    return _page(asked.path)


def _search(asked: Asked) -> Answer:
    unknown = sorted(set(asked.query) - KNOWN)
    if unknown:
        return json_answer(json.dumps({"error": f"Unexpected parameters: {', '.join(unknown)}"}).encode(), 422)
    wanted = [item for item in sorted(ITEMS, key=_updated, reverse=True) if _matches(item, asked)]
    start, count = int(asked.query.get("start", "0")), min(int(asked.query.get("count", "10")), 1500)
    rows = [
        {"title": item.title, "link": item.path, "public_timestamp": _updated(item), "_id": item.path, "index": "govuk"}
        for item in wanted[start : start + count]
    ]
    return json_answer(json.dumps({"results": rows, "total": len(wanted), "start": start, "facets": {}}).encode())


def _updated(item: Item) -> str:
    return item.updated or item.published


def _matches(item: Item, asked: Asked) -> bool:
    filters = [part.partition("=") for part in asked.raw_query.split("&")]
    organisations = {value for name, _, value in filters if name == "filter_organisations"}
    kinds = {value for name, _, value in filters if name == "filter_content_store_document_type"}
    since = asked.query.get("filter_public_timestamp", "").removeprefix("from:")
    wanted = item.organisation in organisations if organisations else item.inquiry
    return wanted and item.kind in kinds and _updated(item)[:10] >= since


def _content(path: str) -> Answer:
    item = next((item for item in (*ITEMS, *UNLISTED) if item.path == path), None)
    if item is not None:
        return json_answer(json.dumps(_shown(item)).encode())
    parent = path.rpartition("/")[0]
    if any(item.path == parent for item in ITEMS):
        return Answer(b"", 303, {"Location": f"https://{WWW}/api/content{parent}"})
    return json_answer(b'{"errors": "not found"}', 404)


def _shown(item: Item) -> dict[str, object]:
    details: dict[str, object] = {"body": item.body, "change_history": [], "political": False}
    if item.files:
        details["attachments"] = [_attachment(file) for file in item.files]
    if item.old_documents:
        details["documents"] = list(item.old_documents)
    everything = {other.path: other for other in (*ITEMS, *UNLISTED)}
    members = [everything[path] for path in item.members]
    return {
        "base_path": item.path,
        "content_id": f"id-{item.path.rpartition('/')[2]}",
        "document_type": item.kind,
        "schema_name": "document_collection" if item.members else "publication",
        "title": item.title,
        "description": item.description,
        "locale": "en",
        "first_published_at": item.published,
        "public_updated_at": _updated(item),
        "withdrawn_notice": {"explanation": "<p>Replaced.</p>", "withdrawn_at": item.withdrawn}
        if item.withdrawn
        else {},
        "links": {
            "organisations": [{"title": ORGANISATIONS[item.organisation], "base_path": "/x"}],
            "documents": [
                {"base_path": m.path, "title": m.title, "document_type": m.kind, "public_updated_at": _updated(m)}
                for m in members
            ],
        },
        "details": details,
    }


def _attachment(file: File) -> dict[str, object]:
    return {
        "attachment_type": file.kind,
        "id": file.url.rpartition("/")[2],
        "title": file.title,
        "url": file.url,
        "content_type": None if file.kind == "html" else file.media,
        "command_paper_number": file.command_paper,
        "hoc_paper_number": file.commons_paper,
        "unique_reference": None,
    }


def _asset(url: str) -> Answer:
    for item in (*ITEMS, *UNLISTED):
        for file in item.files:
            if file.url == url and file.content is not None:
                return Answer(file.content(item.title), 200, {"Content-Type": file.media})
    if url == OLD_FILE:
        drawn = papers.numbered_report("Independent review", ["Forces should check detainees every thirty minutes."])
        return Answer(drawn, 200, {"Content-Type": "application/pdf"})
    return NOT_FOUND


def _page(path: str) -> Answer:
    """The page that people read; an HTML attachment is one of its own."""
    for item in (*ITEMS, *UNLISTED):
        inside = next((file.page for file in item.files if file.url == path), item.body if item.path == path else None)
        if inside is not None:
            govspeak = f"<main><h1>{item.title}</h1><div class='govspeak'>{inside}</div></main>"
            return html(f"<html><head><title>{item.title} - GOV.UK</title></head><body>{govspeak}</body></html>")
    return NOT_FOUND
