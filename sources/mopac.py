"""MOPAC on london.gov.uk: decisions, Audit Panel papers, Oversight Board papers, the deputy mayor's replies.

Only addresses and texts are known of this site, so nothing here goes by class names. Steps: `decisions` (a page of the
list) → `decision`; `audit` (Audit Panel papers); `board` (Oversight Board) → `paper`, a document in itself; `replies`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qs, urlencode, urlsplit

from pipeline.dates import read_date, read_month
from pipeline.html import Link, Node, labelled, links_of, parse, text_of, title_of, titled_content
from pipeline.listings import Entry, Headed, entries, headed_links
from pipeline.records import DocumentRef
from pipeline.web import LayoutChanged, Oddity, Page, Reading, Request, Window

CONNECTOR, AUDIT, BODY, AUDITOR = "mopac", "mopac-audit", "MOPAC", "DARA"
SHOWING = re.compile(r"Showing\s+([\d,]+)\s*[-–]\s*([\d,]+)\s+of\s+([\d,]+)", re.IGNORECASE)
DECISION = re.compile(r"/(?:pcd|dmpcd?)[-_]?\d[^/]*$|/mopac-decisions/[^/]+$", re.IGNORECASE)
NUMBER = re.compile(r"\b((?:PCD|DMPCD?)\s?\d[\d ]*\d|(?:PCD|DMPCD?)\s?\d)\b")
FILE = re.compile(r"^/media/\d+/download$|^/sites/default/files/.+\.(?:pdf|docx?|xlsx?)$", re.IGNORECASE)
MEDIA = re.compile(r"^/media/\d+/download$")
INSPECTION = re.compile(r"^(?:/hmic(?:frs)?)?(/(?:publications|peel-reports)/[^/]+)/?$")
LABELS = {
    "signed": r"date signed",
    "published": r"date published",
    "reference": r"reference code",
    "type": r"page type",
    "date": r"(?:meeting )?date(?: of (?:the )?meeting)?",
    "author": r"report by",
}
PAPER = re.compile(r"^[^\w\n]*(?:report by\b|(?:\d[^\w\n]+)?purpose of this paper\b)", re.IGNORECASE | re.MULTILINE)
REPLY = re.compile(r"\brespon(?:se|ds?)\b|\brepl(?:y|ies)\b", re.IGNORECASE)
DATE_LENGTH = 40  # characters after a label: a date further on is another one
RESTRICTED = re.compile(r"\brestricted\b|\bofficial[ -]sensitive\b|\bexempt\b|\bpart (?:2|two)\b", re.IGNORECASE)
INTERNAL_AUDIT = re.compile(r"\binternal audit\b|\bDARA\b|\bassurance rating\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Told:
    """What one page tells of a document it names."""

    title: str
    published: date | None
    source: str = CONNECTOR
    body: str = BODY
    reference: str | None = None
    responds_to: str | None = None
    restricted: bool = False


def start(window: Window) -> tuple[Request, ...]:
    """The four places where MOPAC publishes."""
    return tuple(Request(window.addresses[step], step) for step in ("decisions", "audit", "board", "replies"))


def read(page: Page, window: Window) -> Reading:
    """Lists lead to papers; papers and decisions name their files, or are documents themselves."""
    tree = parse(page)
    main = titled_content(tree)
    body = tree.body or main
    match page.request.step:
        case "decisions":
            return _read_decisions(page, body, window)
        case "decision":
            return _read_decision(page, main, window)
        case "audit":
            return _read_audit(page, body, window)
        case "replies":
            return _read_replies(page, body, window)
        case _:
            return _read_board(page, main, body, window)


def _read_decisions(page: Page, main: Node, window: Window) -> Reading:
    """One page of decisions, newest first; the next while "Showing a-b of N" says that there is one.

    `main` is the whole body: the count stands above the heading.
    """
    shown = SHOWING.search(text_of(main))
    if shown is None:
        raise LayoutChanged(f"{page.url} does not say how many decisions it shows")
    last, total = (int(number.replace(",", "")) for number in shown.groups()[1:])
    found = entries(main, page.url, _decisions_in(main, page).__contains__)
    if not found and total:
        raise LayoutChanged(f"{page.url} shows {shown.group()} and links to no decision")
    told = [(entry, _decision_told(entry)) for entry in found]
    recent = [(entry, facts) for entry, facts in told if not facts.published or facts.published >= window.since]
    words = {word.casefold() for word in window.options["decisions_about"].split()}
    follow = tuple(_decision(entry, facts) for entry, facts in recent if _is_about(entry, words))
    passed = tuple(_document(e.link.url, facts, page) for e, facts in recent if not _is_about(e, words))
    more = (_next_decisions(page),) if last < total and recent else ()
    return Reading(follow=(*follow, *more), passed_over=passed, oddities=_undated(passed))


def _decisions_in(main: Node, page: Page) -> frozenset[str]:
    """Addresses of decisions: by their shape, or by a link text that begins with a decision's number."""
    links = links_of(main, page.url)
    here = urlsplit(page.url).path
    return frozenset(
        link.url
        for link in links
        if urlsplit(link.url).path != here and (DECISION.search(urlsplit(link.url).path) or NUMBER.match(link.text))
    )


def _decision_told(entry: Entry) -> _Told:
    values = labelled(entry.text, LABELS)
    number = NUMBER.search(values.first("reference") or entry.link.text)
    return _Told(
        title=entry.link.text,
        published=read_date(values.first("signed") or "") or read_date(entry.moment or ""),
        reference=" ".join(number.group(1).split()) if number else None,
    )


def _is_about(entry: Entry, words: set[str]) -> bool:
    return not words.isdisjoint(re.findall(r"\w+", entry.text.casefold()))


def _decision(entry: Entry, told: _Told) -> Request:
    facts = (("title", told.title), ("reference", told.reference), ("published", str(told.published or "")))
    return Request(entry.link.url, "decision", tuple((name, value) for name, value in facts if value))


def _next_decisions(page: Page) -> Request:
    parts = urlsplit(page.request.url)
    number = int(parse_qs(parts.query).get("page", ["0"])[0]) + 1
    return Request(parts._replace(query=urlencode({"page": number})).geturl(), "decisions")


def _read_decision(page: Page, main: Node, window: Window) -> Reading:
    """A decision's files; a decision without files is the document itself."""
    title = title_of(main) or page.request.fact("title")
    if title is None:
        raise LayoutChanged(f"{page.url} has no heading")
    values = labelled(text_of(main), LABELS)
    printed = page.request.fact("published") or (values.first("signed") or "")[:DATE_LENGTH]
    told = _Told(title, read_date(printed), reference=page.request.fact("reference"))
    if told.published and told.published < window.since:
        return Reading()
    files = [link for link in links_of(main, page.url) if _is_file(link)]
    named = [_document(link.url, _with_title(told, link.text), page) for link in files]
    documents = tuple(named) or (_document(page.url, told, page),)
    return Reading(documents, oddities=_undated(documents))


def _read_audit(page: Page, main: Node, window: Window) -> Reading:
    """Papers of the Audit Panel under the headings of their meetings; pages below this one hold more."""
    found = [(headed, _audit_told(headed)) for headed in headed_links(main, page.url) if _is_file(headed.link)]
    follow = _below(main, page, "audit")
    if not found and not follow:
        raise LayoutChanged(f"{page.url} names no paper")
    recent = [(headed, told) for headed, told in found if not told.published or told.published >= window.since]
    documents = tuple(_document(headed.link.url, told, page) for headed, told in recent)
    return Reading(documents, follow, _undated(documents))


def _audit_told(headed: Headed) -> _Told:
    words = " ".join((headed.link.text, *headed.headings))
    return _Told(
        title=headed.link.text,
        published=_meeting(headed),
        source=AUDIT,
        body=AUDITOR if INTERNAL_AUDIT.search(headed.link.text) else BODY,
        restricted=bool(RESTRICTED.search(words)),
    )


def _read_board(page: Page, main: Node, body: Node, window: Window) -> Reading:
    """The Oversight Board: a paper is a document itself; any other page of the board lists papers and files."""
    text = text_of(main)
    if not PAPER.search(text):
        return _read_board_list(page, body, window)
    values = labelled(text, LABELS)
    title = title_of(main) or ""
    day = _first_date(((values.first("date") or "")[:DATE_LENGTH], page.request.fact("published") or "", title))
    told = _Told(title, day)
    if day and day < window.since:
        return Reading()
    documents = (_document(page.url, told, page),)
    return Reading(documents, oddities=_undated(documents))


def _read_board_list(page: Page, main: Node, window: Window) -> Reading:
    links = headed_links(main, page.url)
    days = {headed.link.url: _meeting(headed) for headed in links}
    follow = tuple(_with_day(request, days[request.url]) for request in _below(main, page, "paper"))
    found = [headed for headed in links if _is_file(headed.link)]
    if not follow and not found:
        raise LayoutChanged(f"{page.url} is neither a paper of the board nor a list of papers")
    told = [(h.link.url, _Told(h.link.text, _meeting(h))) for h in found]
    recent = [(url, facts) for url, facts in told if not facts.published or facts.published >= window.since]
    documents = tuple(_document(url, facts, page) for url, facts in recent)
    return Reading(documents, follow, _undated(documents))


def _read_replies(page: Page, main: Node, window: Window) -> Reading:
    """The deputy mayor's replies: each under the heading of a topic, beside a link to the inspection it answers."""
    links = headed_links(main, page.url)
    replies = [headed for headed in links if REPLY.search(headed.link.text) and _is_own(headed.link, page)]
    if not replies:
        raise LayoutChanged(f"{page.url} names no reply")
    told = [
        _Told(
            title=headed.link.text,
            published=_first_date((headed.link.text,)) or read_month(headed.link.text),
            responds_to=_inspection(headed, links, window),
        )
        for headed in replies
    ]
    pairs = [(h, t) for h, t in zip(replies, told, strict=True) if not t.published or t.published >= window.since]
    documents = tuple(_document(headed.link.url, facts, page) for headed, facts in pairs)
    return Reading(documents, oddities=_undated(documents))


def _inspection(reply: Headed, links: Iterable[Headed], window: Window) -> str | None:
    """The page of the inspection that stands under the same headings, at its present address."""
    site = window.addresses["inspectorate"]
    family = urlsplit(site).netloc.partition(".")[2]
    beside = [urlsplit(link.link.url) for link in links if link.headings == reply.headings]
    found = [INSPECTION.match(parts.path) for parts in beside if parts.netloc.endswith(family)]
    pages = {f"{site}{match.group(1)}/" for match in found if match}
    return pages.pop() if len(pages) == 1 else None


def _below(main: Node, page: Page, step: str) -> tuple[Request, ...]:
    """Pages whose address lies below this one's."""
    here = urlsplit(page.url)
    prefix = here.path.rstrip("/") + "/"
    urls = (link.url for link in links_of(main, page.url))
    return tuple(
        Request(url, step)
        for url in urls
        if urlsplit(url).netloc == here.netloc and urlsplit(url).path.startswith(prefix) and not urlsplit(url).query
    )


def _is_own(link: Link, page: Page) -> bool:
    return urlsplit(link.url).netloc == urlsplit(page.url).netloc and urlsplit(link.url).path != urlsplit(page.url).path


def _is_file(link: Link) -> bool:
    return bool(FILE.match(urlsplit(link.url).path))


def _meeting(headed: Headed) -> date | None:
    """The day of the meeting whose heading a paper stands under; a day in its own name may be an earlier meeting's."""
    return _first_date((*headed.headings, headed.link.text))


def _with_day(request: Request, day: date | None) -> Request:
    return Request(request.url, request.step, (("published", day.isoformat()),)) if day else request


def _first_date(texts: Iterable[str]) -> date | None:
    return next((day for text in texts if (day := read_date(text))), None)


def _with_title(told: _Told, words: str) -> _Told:
    title = told.title if words.casefold() in told.title.casefold() else f"{told.title}: {words}"
    return _Told(title, told.published, told.source, told.body, told.reference, restricted=told.restricted)


def _document(url: str, told: _Told, page: Page) -> DocumentRef:
    """A reference; of the addresses of one media file ("?attachment=") there is one."""
    parts = urlsplit(url)
    return DocumentRef(
        connector=CONNECTOR,
        source=told.source,
        url=parts._replace(query="").geturl() if MEDIA.match(parts.path) else url,
        title=told.title,
        body=told.body,
        published=told.published,
        reference=told.reference,
        restricted=told.restricted,
        responds_to=told.responds_to,
        page=page.url,
    )


def _undated(documents: Iterable[DocumentRef]) -> tuple[Oddity, ...]:
    return tuple(Oddity("missing_field", f"{ref.url} has no date.") for ref in documents if ref.published is None)
