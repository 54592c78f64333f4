"""A replica of Parliament's committees interface and of the hosts beside it that refuse machines. All invented.

Behaviours: base64 documents inside JSON; a format that is not advertised gives 500; a walk without types fails
part-way; an old publication has no documents, only an address behind a challenge page.
"""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass

from tests.replicas import papers
from tests.replicas.site import NOT_FOUND, Answer, Asked, Site, html, json_answer

API, PAGES, OLD = "committees-api.parliament.uk", "committees.parliament.uk", "publications.parliament.uk"
COMMITTEES = {
    901: "Home Affairs Committee",
    902: "Justice Committee",
    903: "Women and Equalities Committee",
    904: "Human Rights (Joint Committee)",
    905: "Justice Committee Liaison Sub-Committee",  # the search finds it too; it is another committee
}
TYPES = {1: "Report", 2: "Government Response", 12: "Special Report", 8: "Estimate memoranda"}
CHALLENGE = html("<html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>", 403)
ROUTINE = 53  # reports that fill the list past its first page


@dataclass(frozen=True, slots=True)
class Item:
    """One publication."""

    number: int
    committee: int
    kind: int
    title: str
    published: str
    draw: Callable[[str], bytes] | None = None
    paper: int | None = None
    answers: int | None = None
    department: str | None = None
    elsewhere: str | None = None
    formats: tuple[tuple[str, str], ...] = (("OriginalFormat", "report.pdf"), ("Pdf", "report.pdf"))


def _report(*asks: str) -> Callable[[str], bytes]:
    return lambda title: papers.committee_report(title, asks)


def _reply(*answers: tuple[str, str]) -> Callable[[str], bytes]:
    return lambda title: papers.government_response(title, answers)


def _page(*asks: str) -> Callable[[str], bytes]:
    items = "".join(f"<li><strong><em>{ask}</em></strong></li>" for ask in asks)
    return lambda title: f"<html><body><h1>{title}</h1><h2>Recommendations</h2><ol>{items}</ol></body></html>".encode()


MISSING = (
    "We recommend that police forces review the risk assessment of every missing child whenever new information is "
    "received, and record who made the decision and why."
)
CUSTODY = (
    "We recommend that the Home Office require every custody suite to have a healthcare professional on site at all "
    "hours by the end of 2025."
)
ITEMS = (
    Item(7101, 901, 1, "4th Report - Children who go missing", "2024-06-12T00:00:00", _report(MISSING, CUSTODY), 6140),
    Item(
        7188,
        901,
        12,
        "2nd Special Report - Children who go missing: Government response to the Committee’s 4th Report",
        "2024-09-03T00:00:00",
        _reply((MISSING, "The Government accepts this recommendation."), (CUSTODY, "The Government does not accept.")),
        6211,
        answers=7101,
        department="Home Office",
    ),
    Item(
        7205,
        902,
        1,
        "1st Report - The coroner’s court",
        "2025-01-20T00:00:00",
        _page("We recommend that the Ministry of Justice publish every reply to a coroner’s report within one month."),
        6090,
        formats=(("OriginalFormat", "report.docx"), ("Html", "report.html")),
    ),
    Item(
        7230,
        902,
        2,
        "Government Response - The coroner’s court",
        "2025-04-02T00:00:00",
        _reply(("The Ministry of Justice should publish every reply.", "We accept this recommendation in principle.")),
        answers=7205,
        formats=(("OriginalFormat", "response.PDF"),),
    ),
    Item(6533, 903, 1, "6th Report - Stalking", "2022-02-14T00:00:00", elsewhere=f"https://{OLD}/pa/x/stalking.pdf"),
    Item(6011, 903, 1, "2nd Report - Printed before the window", "2019-03-01T00:00:00"),
    Item(7300, 904, 1, "3rd Report - Nothing was uploaded", "2025-05-05T00:00:00"),
    *(
        Item(
            8000 + n,
            901,
            1,
            f"{n}th Report - Estimates, part {n}",
            f"2023-{1 + n % 12:02}-15T00:00:00",
            _report(f"The Home Office should publish table {n} of its accounts with its annual report."),
            5000 + n,
        )
        for n in range(1, ROUTINE + 1)
    ),
    Item(7999, 901, 8, "Memorandum nobody asked for", "2024-01-01T00:00:00"),
)


def make_site() -> Site:
    """The interface, the human pages and the old host."""
    return Site("parliament", (API, PAGES, OLD), _respond)


def _respond(asked: Asked) -> Answer:
    if asked.path == "/robots.txt":
        return Answer(b"User-agent: *\nAllow: /\n", 200, {"Content-Type": "text/plain"})
    if asked.host != API:
        return CHALLENGE
    if asked.path == "/api/Committees":
        return _committees(asked.query.get("SearchTerm", ""))
    if asked.path == "/api/Publications":
        return _publications(asked)
    parts = asked.path.strip("/").split("/")
    if len(parts) == 6 and parts[:2] == ["api", "Publications"] and parts[3] == "Document":
        return _document(int(parts[2]), parts[5])
    return NOT_FOUND


def _committees(words: str) -> Answer:
    found = [
        {"id": number, "name": name, "house": "Commons", "category": {"id": 1, "name": "Select"}}
        for number, name in COMMITTEES.items()
        if words.casefold() in name.casefold()
    ]
    return _json({"items": found, "totalResults": len(found)})


def _publications(asked: Asked) -> Answer:
    types = {
        int(part.partition("=")[2]) for part in asked.raw_query.split("&") if part.startswith("PublicationTypeIds")
    }
    skip, take = int(asked.query.get("Skip", "0")), min(int(asked.query.get("Take", "30")), 100)
    if not types and skip:
        return _json({"title": "An error occurred while processing your request."}, 500)
    wanted = [
        item
        for item in sorted(ITEMS, key=lambda item: item.published, reverse=True)
        if (not types or item.kind in types)
        and item.published[:10] >= asked.query.get("StartDate", "")
        and str(item.committee) == asked.query.get("CommitteeId", str(item.committee))
    ]
    return _json({"items": [_shown(item) for item in wanted[skip : skip + take]], "totalResults": len(wanted)})


def _shown(item: Item) -> dict[str, object]:
    files = [
        {"fileName": name, "fileSize": 1, "fileDataFormat": kind, "url": f"https://{PAGES}/publications/{item.number}/"}
        for kind, name in item.formats
    ]
    return {
        "id": item.number,
        "description": item.title,
        "publicationStartDate": item.published,
        "publicationEndDate": None,
        "type": {"id": item.kind, "name": TYPES[item.kind], "governmentCanRespond": item.kind == 1},
        "committee": {"id": item.committee, "name": COMMITTEES[item.committee], "house": "Commons"},
        "businesses": [],
        "documents": [{"documentId": item.number * 10, "files": files}] if item.draw else [],
        "hcNumber": {"number": str(item.paper), "sessionDescription": "Session 2024-26"} if item.paper else None,
        "hlPaper": None,
        "responseToPublicationId": item.answers,
        "respondingDepartment": {"id": 1, "name": item.department} if item.department else None,
        "additionalContentUrl": item.elsewhere,
        "additionalContentUrl2": None,
    }


def _document(number: int, kind: str) -> Answer:
    item = next((item for item in ITEMS if item.number == number and item.draw), None)
    if item is None or item.draw is None:
        return NOT_FOUND
    if kind not in dict(item.formats):
        return _json({"title": "An error occurred while processing your request."}, 500)
    content = item.draw(item.title)
    return _json({"fileName": "x", "fileSize": len(content), "data": base64.b64encode(content).decode()})


def _json(value: object, status: int = 200) -> Answer:
    return json_answer(json.dumps(value).encode(), status)
