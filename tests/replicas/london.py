"""A replica of the MOPAC pages of london.gov.uk. Every decision, paper and reply is invented.

Behaviours: "Showing a-b of N results" with a page counted from 0; dates in the text of a `<time>` or only in its
attribute; files at /media/{id}/download, without suffix, named in Content-Disposition; an old address that redirects;
papers that are HTML; a ModernGov list beside them that belongs to another body. Class names change with the seed.
"""

from dataclasses import dataclass
from functools import partial

from tests.replicas import papers
from tests.replicas.dress import Dress
from tests.replicas.site import NOT_FOUND, Answer, Asked, Site, html

HOST = "www.london.gov.uk"
MOPAC = "/programmes-strategies/mayors-office-policing-and-crime-mopac"
PLAIN = "/programmes-strategies/mayors-office-policing-and-crime/governance-and-decision-making"
DECISIONS = f"{MOPAC}/mopac-governance-and-decision-making/mopac-decisions"
OLD_AUDIT = "/what-we-do/mayors-office-policing-and-crime-mopac/governance-and-decision-making/finance-and-audit-3"
AUDIT = f"{MOPAC}/mopac-governance-and-decision-making/audit-panel"
BOARD, REPLIES = f"{PLAIN}/oversight-board", f"{PLAIN}/mopac-consultations/deputy-mayors-responses-hmic"
PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision of the deputy mayor."""

    number: int
    title: str
    signed: str  # as printed
    moment: str
    summary: str
    files: tuple[tuple[int, str], ...] = ()

    @property
    def slug(self) -> str:
        return f"pcd-{self.number}-{self.title.casefold().replace(' ', '-')}"


INTERESTING = (
    Decision(1700, "Internal audit plan", "3 March 2025", "2025-03-03", "Approves the internal audit plan.",
             ((41001, "Signed decision"), (41002, "Appendix A: audit plan"))),
    Decision(1688, "Response to the IOPC on custody", "14 November 2024", "2024-11-14",
             "Answers recommendations about custody.", ((41003, "PCD 1688"),)),
    Decision(1650, "Complaints review model", "6 June 2024", "2024-06-06", "A new model for complaints reviews."),
)  # fmt: skip
DECISIONS_LISTED = (
    *INTERESTING,
    *(
        Decision(
            1600 - n, f"Fleet purchase {n}", f"{1 + n % 28} May 2023", f"2023-05-{1 + n % 28:02}", "Buys vehicles."
        )
        for n in range(37)
    ),
    *(
        Decision(
            900 - n, f"Audit of estates {n}", "2 April 2019", "2019-04-02", "An old audit.", ((40000 + n, "Paper"),)
        )
        for n in range(25)
    ),
)
MISSING_ROWS = (
    ("Risk grades of missing people were not reviewed at handover.",
     "The MPS will review the risk grade of each missing person at every handover and sample the record monthly.",
     "Lead for Missing Persons, 31 March 2026"),
    ("Exhibits could not be traced.",
     "The MPS will reconcile the exhibits store with its register each quarter.",
     "Head of Forensic Services, 30 June 2026"),
)  # fmt: skip
AUDIT_FILES = {
    51001: ("DARA internal audit report: missing persons framework", MISSING_ROWS),
    51002: ("Summary of DARA activity", MISSING_ROWS[:1]),
    51003: ("Minutes of the Audit Panel", ()),
    51004: ("Custody safety: internal audit (restricted)", MISSING_ROWS[1:]),
    51005: ("Audit Panel papers of long ago", ()),
}
MINUTES = 71001
PAPERS = {
    "children-in-custody": ("Children in custody", "Date: 11 December 2024", "The Board notes the strip-search data.",
                            "The MPS should record the appropriate adult’s arrival for every child in custody."),
    "call-handling": ("Call handling", "Meeting date: 5 March 2025", "The Board is asked to discuss performance.",
                      "The MPS should reassess every call that waits longer than an hour."),
    "undated-paper": ("Trust and confidence", "", "The Board notes the survey.", "The MPS should repeat the survey."),
}  # fmt: skip
REPLIES_LISTED = (
    ("Children who go missing", "http://www.justiceinspectorates.gov.uk/hmicfrs/publications/children-who-go-missing/",
     61001, "A Person’s response to the HMICFRS report on children who go missing – Aug 2025"),
    ("Stalking", "https://hmicfrs.justiceinspectorates.gov.uk/publications/responding-to-stalking/",
     61002, "A Person’s response to the HMICFRS report on stalking – Nov 2024"),
    ("An old inspection", "http://www.justiceinspectorates.gov.uk/hmic/publications/old/",
     61003, "A Person’s response to the HMIC – Feb 2015"),
)  # fmt: skip


def make_site(seed: int = 0) -> Site:
    """The site, dressed for `seed`."""
    return Site("london", (HOST,), partial(_respond, seed))


def _respond(seed: int, asked: Asked) -> Answer:
    dress = Dress(seed, asked.path)
    if asked.path == "/robots.txt":
        return Answer(b"User-agent: *\nDisallow: /search\nCrawl-delay: 1\n", 200, {"Content-Type": "text/plain"})
    if asked.path.startswith("/media/"):
        return _file(asked.path)
    if asked.path == OLD_AUDIT:
        return Answer(b"", 301, {"Location": f"https://{HOST}{AUDIT}"})
    if asked.path.startswith(f"{BOARD}/"):
        return _paper(asked.path.rpartition("/")[2], dress)
    if asked.path.startswith(f"{DECISIONS}/"):
        return _decision(asked.path.rpartition("/")[2], dress)
    lists = {DECISIONS: _decisions, AUDIT: _audit, f"{AUDIT}/earlier": _earlier, BOARD: _board, REPLIES: _replies}
    return lists[asked.path](asked, dress) if asked.path in lists else NOT_FOUND


def _decisions(asked: Asked, dress: Dress) -> Answer:
    first = int(asked.query.get("page", "0")) * PER_PAGE
    rows = DECISIONS_LISTED[first : first + PER_PAGE]
    shown = f"Showing {first + 1}-{first + len(rows)} of {len(DECISIONS_LISTED)} results found"
    items = "".join(dress.wrap(f"row {row.number}", _row(row, dress)) for row in rows)
    return _shell("MOPAC decisions", dress.wrap("list", items), dress, above=dress.wrap("count", f"<p>{shown}</p>"))


def _row(row: Decision, dress: Dress) -> str:
    only_marked = Dress(dress.seed).draw("time", 2)
    time = f'<time datetime="{row.moment}T12:00:00Z">{"" if only_marked else row.signed}</time>'
    link = dress.heading("row title", f'<a href="{DECISIONS}/{row.slug}">PCD {row.number} {row.title}</a>')
    later = "<li>Date published: <time datetime='2026-06-01T12:00:00Z'></time></li>"
    facts = f"<ul><li>Date signed: {time}</li>{later}<li>Reference code: PCD {row.number}</li></ul>"
    return f"{link}<p>Page type: Decision</p>{facts}<p>{row.summary}</p>"


def _decision(slug: str, dress: Dress) -> Answer:
    row = next((row for row in DECISIONS_LISTED if row.slug == slug), None)
    if row is None:
        return NOT_FOUND
    files = "".join(f'<li><a href="/media/{n}/download?attachment">{words}</a></li>' for n, words in row.files)
    text = f"<p>Date signed: {row.signed}</p><p>{row.summary}</p><ul>{files}</ul>"
    return _shell(f"PCD {row.number} {row.title}", dress.wrap("decision", text), dress)


def _audit(asked: Asked, dress: Dress) -> Answer:
    rows = [
        dress.heading("meeting", "Audit Panel – 8 October 2025", (2, 3)),
        *(_link(number) for number in (51001, 51002, 51003)),
        dress.heading("meeting", "Audit Panel – 25 June 2025", (2, 3)),
        _link(51004),
        f'<p><a href="{AUDIT}/earlier">Earlier meetings</a></p>',
        '<p><a href="/moderngov/ieListDocuments.aspx?CId=128&MId=7000">London Assembly Audit Panel</a></p>',
    ]
    return _shell("Audit Panel", "<p>Reports and notes from meetings are available below.</p>" + "".join(rows), dress)


def _earlier(asked: Asked, dress: Dress) -> Answer:
    return _shell("Earlier meetings", f"{dress.heading('meeting', '4 March 2016')}{_link(51005)}", dress)


def _link(number: int) -> str:
    return f'<p><a href="/media/{number}/download">{AUDIT_FILES[number][0]}</a></p>'


def _board(asked: Asked, dress: Dress) -> Answer:
    items = "".join(f'<li><a href="{BOARD}/{slug}">{words[0]}</a></li>' for slug, words in PAPERS.items())
    meeting = dress.heading("meeting", "30 January 2025 - Performance and Risk - Minutes")
    minutes = f'<li><a href="/media/{MINUTES}/download">Minutes and Actions - 11 December 2024</a></li>'
    return _shell("Oversight Board", meeting + dress.wrap("papers", f"<ol>{items}{minutes}</ol>"), dress)


def _paper(slug: str, dress: Dress) -> Answer:
    if slug not in PAPERS:
        return NOT_FOUND
    title, date, asks, text = PAPERS[slug]
    main = (
        f"<p>{date}</p><p>Report by: A Director</p>{dress.heading('1', '1. Purpose of this Paper')}<p>To inform.</p>"
        f"{dress.heading('2', '2. Recommendations – that the Oversight Board:')}<p>{asks}</p>"
        f"{dress.heading('3', '3. Information for Consideration')}<p>3.1 {text}</p>"
    )
    return _shell(title, main, dress)


def _replies(asked: Asked, dress: Dress) -> Answer:
    rows = [
        f"{dress.heading('topic', topic, (2,))}<p>About <a href='{report}'>the inspection</a>.</p>"
        f"<p><a href='/media/{number}/download'>{words}</a></p>"
        for topic, report, number, words in REPLIES_LISTED
    ]
    return _shell("Deputy Mayor’s responses to HMIC", "".join(rows), dress)


def _shell(title: str, main: str, dress: Dress, above: str = "") -> Answer:
    body = above + dress.body(title, main)
    nav = f'<nav><a href="/">Home</a> <a href="{DECISIONS}">Decisions</a></nav>'
    return html(f"<!DOCTYPE html><html lang=en><head><title>{title}</title></head><body>{nav}{body}</body></html>")


def _file(path: str) -> Answer:
    parts = path.strip("/").split("/")
    number = int(parts[1]) if len(parts) == 3 and parts[1].isdigit() else 0
    content = _draw(number)
    if content is None:
        return NOT_FOUND
    headers = {
        "Content-Type": "application/octet-stream",
        "Content-Disposition": f'inline; filename="paper {number}.pdf"',
    }
    return Answer(content, 200, headers)


def _draw(number: int) -> bytes | None:
    if number in AUDIT_FILES:
        title, rows = AUDIT_FILES[number]
        return papers.audit_report(title, rows) if rows else papers.letter(title, ["Apologies were received."])
    if number == MINUTES:
        return papers.letter("Minutes and actions", ["The MPS will report on strip searches of children in March."])
    reply = next((row for row in REPLIES_LISTED if row[2] == number), None)
    if reply:
        return papers.letter(
            reply[3], ["The MPS has accepted each recommendation.", "I will ask for progress in spring."]
        )
    words = next((words for row in DECISIONS_LISTED for n, words in row.files if n == number), None)
    return papers.letter(words, ["Recommendation: that the deputy mayor approve this."]) if words else None
