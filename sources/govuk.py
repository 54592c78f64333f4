"""GOV.UK's Search and Content interfaces: inquiries' reports, independent reviews, and the Government's responses.

Steps: `search` (a page of results) → `content` (one publication or collection).
"""

import re
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

from pydantic import BaseModel, ConfigDict

from pipeline.answers import read_answer, read_items
from pipeline.html import links_of, parse_fragment, text_of
from pipeline.records import DocumentRef
from pipeline.web import LayoutChanged, Oddity, Page, Reading, Request, Window

CONNECTOR = "govuk"
PAGE_SIZE = 100
FIELDS = "title,link,public_timestamp"
OTHER_VERSION = re.compile(r"\b(?:Welsh|Cymraeg|easy[- ]read|large[- ]print|British Sign Language|braille)\b", re.I)
DATA_FILE = re.compile(r"\.(?:csv|ods|xlsx?|zip|json)$", re.I)
RESPONSE = re.compile(r"\bresponse (?:to|on)\b|\bgovernment(?:['’]s)? response\b", re.I)
INQUIRY = re.compile(r"\b(?:inquiry|independent (?:\w+ )?(?:review|panel))\b", re.I)
INQUIRY_NAME = re.compile(
    r"\b((?:(?!The\b|Independent\b)[A-Z][\w’'-]+ (?:(?:of|and|the|on) )*)+(?:Inquiry|Review|Panel))\b"
)
VERSION_NOTE = re.compile(r"\s*[(,-]?\s*\b(?:accessible|html|pdf|web|print)(?: version)?\)?\s*$", re.I)


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Results(_Answer):
    results: list[object]
    total: int
    start: int


class _Result(_Answer):
    link: str
    public_timestamp: datetime | None = None


class _Attachment(_Answer):
    attachment_type: str
    url: str
    title: str = ""
    content_type: str | None = None
    unique_reference: str | None = None
    command_paper_number: str | None = None
    hoc_paper_number: str | None = None


class _Details(_Answer):
    body: str | None = None
    attachments: list[object] | None = None
    documents: list[str] = []


class _Linked(_Answer):
    title: str
    base_path: str | None = None
    document_type: str | None = None
    public_updated_at: datetime | None = None


class _Links(_Answer):
    organisations: list[_Linked] = []
    primary_publishing_organisation: list[_Linked] = []
    documents: list[_Linked] = []


class _Withdrawal(_Answer):
    withdrawn_at: datetime | None = None


class _Content(_Answer):
    base_path: str
    document_type: str
    title: str = ""
    description: str | None = None
    first_published_at: datetime | None = None
    public_updated_at: datetime | None = None
    withdrawn_notice: _Withdrawal | None = None
    links: _Links = _Links()
    details: _Details = _Details()


def start(window: Window) -> tuple[Request, ...]:
    """What the named organisations say about policing, and inquiries by anybody, newest first."""
    options = window.options
    police = [("q", options["words"]), *_filters("organisations", options["organisations"])]
    inquiries = [("q", options["inquiry_words"])]
    return (
        _search(window, [*police, *_filters("content_store_document_type", options["types"])]),
        _search(window, [*inquiries, *_filters("content_store_document_type", options["inquiry_types"])]),
    )


def read(page: Page, window: Window) -> Reading:
    """Results lead to publications and the next page; a publication names its documents."""
    return _read_results(page, window) if page.request.step == "search" else _read_content(page, window)


def _filters(name: str, values: str) -> list[tuple[str, str]]:
    """A repeated filter means any of its values."""
    return [(f"filter_{name}", value) for value in values.split()]


def _search(window: Window, query: Iterable[tuple[str, str]]) -> Request:
    since = max(window.since, window.changed_since.date()) if window.changed_since else window.since
    given = [
        *query,
        ("filter_public_timestamp", f"from:{since.isoformat()}"),
        ("order", "-public_timestamp"),
        ("fields", FIELDS),
        ("count", str(PAGE_SIZE)),
        ("start", "0"),
    ]
    return Request(f"{window.addresses['search']}?{urlencode(given)}", "search")


def _read_results(page: Page, window: Window) -> Reading:
    answer = read_answer(page, _Results)
    seen = answer.start + len(answer.results)
    if not answer.results and seen < answer.total:
        raise LayoutChanged(f"{page.url} is empty before the end: {seen} of {answer.total}")
    found = read_items(answer.results, _Result, page)
    follow = [
        _content(result.link, result.public_timestamp, window) for result in found.read if result.link.startswith("/")
    ]
    elsewhere = tuple(
        Oddity("unread_link", f"{result.link} is published outside GOV.UK.")
        for result in found.read
        if not result.link.startswith("/")
    )
    more = [_from(page.request, seen)] if seen < answer.total else []
    return Reading(follow=(*more, *follow), oddities=(*found.oddities, *elsewhere))


def _from(request: Request, start: int) -> Request:
    """The same search, from result `start` on, counted from 0."""
    parts = urlsplit(request.url)
    query = {**parse_qs(parts.query), "start": [str(start)]}
    return Request(parts._replace(query=urlencode(query, doseq=True)).geturl(), request.step)


def _content(base_path: str, changed: datetime | None, window: Window) -> Request:
    facts = (("modified", changed.isoformat()),) if changed else ()
    return Request(f"{window.addresses['content']}{base_path}", "content", facts)


def _read_content(page: Page, window: Window) -> Reading:
    content = read_answer(page, _Content)
    if content.document_type in ("redirect", "gone"):
        return Reading(oddities=(Oddity("unread_link", f"{content.base_path} is {content.document_type}."),))
    if content.document_type == "document_collection":
        return Reading(follow=_members(content, window))
    found = read_items(content.details.attachments or (), _Attachment, page)
    attachments = found.read or _old_attachments(content, window)
    chosen = _chosen(attachments)
    documents = tuple(_document(content, attachment, window) for attachment in chosen)
    if not attachments and content.details.body and text_of(parse_fragment(content.details.body)):
        page_itself = _Attachment(attachment_type="html", url=content.base_path, title=content.title)
        documents = (_document(content, page_itself, window),)
    return Reading(documents, oddities=(*found.oddities, *_unread(content, attachments, documents)))


def _members(content: _Content, window: Window) -> tuple[Request, ...]:
    """The publications of a collection that are of a wanted type and changed within the window."""
    wanted = set(window.options["types"].split())
    return tuple(
        _content(member.base_path, member.public_updated_at, window)
        for member in content.links.documents
        if member.base_path
        and member.document_type in wanted
        and (member.public_updated_at is None or member.public_updated_at.date() >= window.since)
    )


def _old_attachments(content: _Content, window: Window) -> tuple[_Attachment, ...]:
    """Attachments of items made before `attachments` existed: links inside pieces of HTML."""
    site = window.addresses["site"]
    return tuple(
        _Attachment(attachment_type=_kind_of(link.url, site), url=link.url, title=link.text or link.name)
        for piece in content.details.documents
        for link in links_of(parse_fragment(piece), urljoin(site, content.base_path))
    )


def _kind_of(url: str, site: str) -> str:
    parts = urlsplit(url)
    if parts.path.rpartition("/")[2].count("."):
        return "file"
    return "html" if parts.netloc == urlsplit(site).netloc else "external"


def _chosen(attachments: Iterable[_Attachment]) -> tuple[_Attachment, ...]:
    """PDFs, and HTML that has no PDF of the same title; no other versions of the same words."""
    own = [attachment for attachment in attachments if not OTHER_VERSION.search(attachment.title)]
    pdfs = [attachment for attachment in own if _is_pdf(attachment)]
    printed = {_plain_title(attachment) for attachment in pdfs}
    pages = [a for a in own if a.attachment_type == "html" and _plain_title(a) not in printed]
    return (*pdfs, *pages)


def _is_pdf(attachment: _Attachment) -> bool:
    return attachment.attachment_type == "file" and (
        attachment.content_type == "application/pdf" or urlsplit(attachment.url).path.casefold().endswith(".pdf")
    )


def _plain_title(attachment: _Attachment) -> str:
    return " ".join(VERSION_NOTE.sub("", attachment.title).casefold().split())


def _unread(
    content: _Content, attachments: Iterable[_Attachment], documents: tuple[DocumentRef, ...]
) -> tuple[Oddity, ...]:
    """One oddity for a publication none of whose text can be read; data files beside a report are no fault."""
    if documents:
        return ()
    names = [attachment.url for attachment in attachments if not DATA_FILE.search(urlsplit(attachment.url).path)]
    if names:
        return (Oddity("unread_link", f"{content.base_path} has no PDF or HTML, only {', '.join(names)}."),)
    return (Oddity("missing_field", f"{content.base_path} has neither a document nor text."),)


def _document(content: _Content, attachment: _Attachment, window: Window) -> DocumentRef:
    source = _stream(content, attachment)
    published = content.first_published_at or content.public_updated_at
    notice = content.withdrawn_notice
    title = VERSION_NOTE.sub("", attachment.title) or content.title
    return DocumentRef(
        connector=CONNECTOR,
        source=source,
        url=urljoin(window.addresses["site"], attachment.url),
        title=title if content.title.casefold() in title.casefold() else f"{content.title}: {title}",
        body=_body(content, source),
        published=published.date() if published else None,
        reference=_reference(attachment),
        responds_to=_answered(content, window) if source == "government-response" else None,
        page=urljoin(window.addresses["site"], content.base_path),
        categories=(content.document_type.replace("_", " "),),
        withdrawn_on=notice.withdrawn_at.date() if notice and notice.withdrawn_at else None,
    )


def _stream(content: _Content, attachment: _Attachment) -> str:
    """`government-response` for a reply, `inquiry` for an inquiry's or independent review's report, else `govuk`."""
    if content.document_type == "government_response" or RESPONSE.search(f"{content.title}\n{attachment.title}"):
        return "government-response"
    about = f"{content.title}\n{content.description or ''}"
    return "inquiry" if content.document_type == "independent_report" and INQUIRY.search(about) else CONNECTOR


def _body(content: _Content, source: str) -> str | None:
    """Who asks: an inquiry is its own body, whichever department uploads its report."""
    named = INQUIRY_NAME.search(content.title) if source == "inquiry" else None
    if named:
        return named.group(1)
    organisations = content.links.primary_publishing_organisation or content.links.organisations
    return organisations[0].title if organisations else None


def _reference(attachment: _Attachment) -> str | None:
    """The paper's number as printed; a House of Commons number lacks its letters here."""
    if attachment.command_paper_number:
        return attachment.command_paper_number
    if attachment.hoc_paper_number:
        return f"HC {attachment.hoc_paper_number.removeprefix('HC').strip()}"
    return attachment.unique_reference or None


def _answered(content: _Content, window: Window) -> str | None:
    """The one publication that a response links to; with none or several, no guess."""
    site = window.addresses["site"]
    here = urljoin(site, content.base_path)
    links = links_of(parse_fragment(content.details.body or "<p></p>"), here)
    answered = {link.url for link in links if link.url.startswith(f"{site}/government/publications/")} - {here}
    return answered.pop() if len(answered) == 1 else None
