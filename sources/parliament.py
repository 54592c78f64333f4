"""UK Parliament's committees interface: reports, special reports and government responses as base64 inside JSON.

Steps: `committee` (a name looked up) → `listing` (that committee's publications, fifty at a time).
"""

import base64
import binascii
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from pipeline.answers import read_answer, read_items
from pipeline.records import DocumentRef
from pipeline.web import LayoutChanged, Oddity, Page, Reading, Request, Window

CONNECTOR = "parliament"
PAGE_SIZE = 50
SESSION = re.compile(r"\d{4}[-–]\d{2}")
LATE = timedelta(days=60)  # a publication's document may be added after the publication is listed


class _Answer(BaseModel):
    """Fields are camelCase on the wire; those nobody needs are left out."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel)


class _List(_Answer):
    items: list[object]
    total_results: int


class _Named(_Answer):
    id: int
    name: str


class _File(_Answer):
    file_name: str | None = None
    file_data_format: str


class _Document(_Answer):
    document_id: int
    files: list[_File] | None = None


class _PaperNumber(_Answer):
    number: str | int | None = None
    session_description: str | None = None


class _Department(_Answer):
    name: str | None = None


class _Publication(_Answer):
    id: int
    description: str
    publication_start_date: datetime
    type: _Named
    committee: _Named
    documents: list[_Document] | None = None
    hc_number: _PaperNumber | None = None
    hl_paper: _PaperNumber | None = None
    response_to_publication_id: int | None = None
    responding_department: _Department | str | None = None
    additional_content_url: str | None = None
    additional_content_url2: str | None = None


class _Wrapped(_Answer):
    file_size: int | None = None
    data: str


def start(window: Window) -> tuple[Request, ...]:
    """One look-up for each committee that `options` names."""
    names = [name.strip() for name in window.options["committees"].split(";")]
    return tuple(
        Request(f"{window.addresses['committees']}?{urlencode({'SearchTerm': name})}", "committee", (("name", name),))
        for name in names
    )


def read(page: Page, window: Window) -> Reading:
    """A committee look-up leads to its list; a list gives documents and its next page."""
    return _read_committee(page, window) if page.request.step == "committee" else _read_listing(page, window)


def unwrap(page: Page) -> bytes:
    """The document inside `{fileName, fileSize, data}`; an answer that is no such JSON is given back as it is.

    Raises `LayoutChanged` when the data is not base64 or is shorter or longer than the answer says.
    """
    if not page.content.lstrip().startswith(b"{"):
        return page.content
    wrapped = read_answer(page, _Wrapped)
    try:
        content = base64.b64decode(wrapped.data, validate=True)
    except binascii.Error as error:
        raise LayoutChanged(f"{page.url} holds data that is not base64") from error
    if wrapped.file_size is not None and len(content) != wrapped.file_size:
        raise LayoutChanged(f"{page.url} holds {len(content)} bytes and says {wrapped.file_size}")
    return content


def _read_committee(page: Page, window: Window) -> Reading:
    name = page.request.fact("name")
    found = read_items(read_answer(page, _List).items, _Named, page)
    ids = [committee.id for committee in found.read if committee.name == name]
    if not ids:
        raise LayoutChanged(f"{page.url} knows no committee called {name}")
    return Reading(follow=tuple(_listing(window, number, 0) for number in ids), oddities=found.oddities)


def _listing(window: Window, committee: int, skip: int) -> Request:
    """The committee's publications, newest first. `StartDate` is the window's, or a little before the last crawl."""
    since = max(window.since, window.changed_since.date() - LATE) if window.changed_since else window.since
    query = [
        *(("PublicationTypeIds", kind) for kind in window.options["types"].split()),
        ("StartDate", since.isoformat()),
        ("CommitteeId", str(committee)),
        ("SortOrder", "PublicationDateDescending"),
        ("Skip", str(skip)),
        ("Take", str(PAGE_SIZE)),
    ]
    return Request(f"{window.addresses['publications']}?{urlencode(query)}", "listing")


def _read_listing(page: Page, window: Window) -> Reading:
    answer = read_answer(page, _List)
    query = parse_qs(urlsplit(page.request.url).query)
    seen = int(query["Skip"][0]) + len(answer.items)
    if not answer.items and seen < answer.total_results:
        raise LayoutChanged(f"{page.url} is empty before the end: {seen} of {answer.total_results}")
    found = read_items(answer.items, _Publication, page)
    more = (_listing(window, int(query["CommitteeId"][0]), seen),) if seen < answer.total_results else ()
    recent = [item for item in found.read if item.publication_start_date.date() >= window.since]
    documents = tuple(ref for item in recent for ref in _documents(item, window))
    return Reading(documents, more, (*found.oddities, *_oddities(recent, window)))


def _documents(item: _Publication, window: Window) -> tuple[DocumentRef, ...]:
    """A reference for each document of one publication; a publication without any, by its address elsewhere."""
    answered = item.response_to_publication_id
    department = item.responding_department
    department = department.name if isinstance(department, _Department) else department
    return tuple(
        DocumentRef(
            connector=CONNECTOR,
            source=CONNECTOR,
            url=url,
            title=item.description,
            body=(department if answered else None) or item.committee.name,
            published=item.publication_start_date.date(),
            reference=_reference(item),
            responds_to=f"{window.addresses['pages']}{answered}/" if answered else None,
            page=f"{window.addresses['pages']}{item.id}/",
            categories=(item.type.name,),
        )
        for url in _addresses(item, window)
    )


def _addresses(item: _Publication, window: Window) -> tuple[str, ...]:
    here = f"{window.addresses['publications']}/{item.id}/Document"
    chosen = [(document.document_id, _format(document.files or ())) for document in item.documents or ()]
    inside = tuple(f"{here}/{number}/{name}" for number, name in chosen if name)
    elsewhere = item.additional_content_url or item.additional_content_url2
    return inside or ((elsewhere,) if elsewhere else ())


def _format(files: Iterable[_File]) -> str | None:
    """The best of the advertised formats; asking for one that is not advertised is answered with a 500."""
    offered = {file.file_data_format: file.file_name or "" for file in files}
    if "Pdf" in offered:
        return "Pdf"
    if offered.get("OriginalFormat", "").casefold().endswith(".pdf"):
        return "OriginalFormat"
    return next((name for name in ("Html", "OriginalFormat") if name in offered), None)


def _reference(item: _Publication) -> str | None:
    """The paper's number as it is cited, "HC 140 (2023-24)": numbers begin again with each session."""
    paper = item.hc_number or item.hl_paper
    if paper is None or paper.number is None:
        return None
    years = SESSION.search(paper.session_description or "")
    return f"{'HC' if item.hc_number else 'HL Paper'} {paper.number}{f' ({years.group()})' if years else ''}"


def _oddities(items: Iterable[_Publication], window: Window) -> tuple[Oddity, ...]:
    bare = tuple(
        Oddity("missing_field", f"Publication {item.id} has neither a document nor an address of one.")
        for item in items
        if not _addresses(item, window)
    )
    asked = set(window.options["types"].split())
    strange = tuple(
        Oddity("unknown_category", f"Publication {item.id} is of type {item.type.id}, {item.type.name}.")
        for item in items
        if str(item.type.id) not in asked
    )
    return bare + strange
