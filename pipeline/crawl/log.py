"""What one crawl writes down, and reads again: bytes into the archive, a line for each visit and each listing."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from pipeline.html import main_content, parse, text_of
from pipeline.ids import content_hash, text_hash
from pipeline.media import HTML, media_type
from pipeline.records import DocumentRef
from pipeline.store import Archive, hash_key
from pipeline.visits import Listing, Memory, Visit
from pipeline.web import Answer, LayoutChanged, Outcome, Page, Request

HEADERS = ("content-type", "content-disposition", "last-modified", "link", "x-wp-total", "x-wp-totalpages")
ATTRIBUTES = ("href", "datetime", "content")  # what a parser may read of a page beside its words
DOCUMENT_STEP = "document"


@dataclass(frozen=True, slots=True)
class CrawlLog:
    """One crawl's hand on the archive and the memory of its source."""

    crawl: str
    memory: Memory
    archive: Archive

    def page(self, url: str) -> Visit | None:
        """The last visit to a page."""
        return self._present(self.memory.page(url))

    def document(self, url: str) -> Visit | None:
        """The last visit to a document."""
        return self._present(self.memory.document(url))

    def write_page(self, request: Request, answer: Answer) -> Visit:
        """Keep a page's bytes, and a line on what came of asking for it.

        A page that says what it said before and links to the same addresses is the same: its first bytes stand, or a
        page with the time in its markup would fill the archive.
        """
        before = self.page(request.url)
        return self._write(request, answer, before, self._keep(answer, before, with_links=True), None)

    def write_document(self, ref: DocumentRef, request: Request, answer: Answer) -> Visit:
        """Keep a document's bytes, and a line on what came of asking for it.

        An HTML page that says what it said before, in other markup, is the same document: its first bytes stand.
        """
        before = self.document(request.url)
        return self._write(request, answer, before, self._keep(answer, before, with_links=False), ref)

    def relabel(self, visit: Visit, ref: DocumentRef) -> None:
        """A line on a document whose bytes stand, and of which the publisher says something else than before."""
        self.memory.visits.add(replace(visit, ref=ref))

    def read_page(self, request: Request) -> Page:
        """A page as the archive holds it. Raises `LookupError` when it was never had."""
        visit = self.memory.page(request.url)
        if visit is None or visit.sha256 is None:
            raise LookupError(f"{request.url} is not in the archive")
        content = self.archive.read(visit.sha256)
        return Page(request, visit.final_url or visit.url, 200, content, visit.headers)

    def write_listing(self, ref: DocumentRef, named_on: str, now: datetime, *, is_passed_over: bool) -> bool:
        """A line when a document is listed for the first time, or differently; whether this crawl found it first."""
        before = self.memory.listings.get(ref.url)
        if before is None or (before.ref, before.is_passed_over) != (ref, is_passed_over):
            first = before.first_crawl if before else self.crawl
            self.memory.listings.add(Listing(self.crawl, first, now, ref, named_on, is_passed_over))
        return before is None or before.first_crawl == self.crawl

    def find_people(self, url: str, people: tuple[str, ...]) -> tuple[str, ...]:
        """`people` and everybody an earlier page named with this document: names to leave out are never forgotten."""
        listing = self.memory.listings.get(url)
        return tuple(dict.fromkeys((*(listing.ref.people if listing else ()), *people)))

    def add_people(self, ref: DocumentRef, now: datetime) -> None:
        """One report may be about several who died: each page that names it adds its own."""
        listing, visit = self.memory.listings.get(ref.url), self.document(ref.url)
        if listing is not None and listing.ref.people != ref.people:
            whole = replace(listing.ref, people=ref.people)
            self.write_listing(whole, listing.named_on, now, is_passed_over=listing.is_passed_over)
            if visit is not None and visit.sha256:
                self.relabel(visit, whole)

    def newest_by_page(self) -> dict[int, date]:
        """The newest publication day among the documents of each page, pages as numbers."""
        newest: dict[int, date] = {}
        for listing in self.memory.listings.latest():
            if listing.ref.published:
                key = hash_key(listing.named_on)
                newest[key] = max(newest.get(key, date.min), listing.ref.published)
        return newest

    def _write(
        self, request: Request, answer: Answer, before: Visit | None, sha256: str | None, ref: DocumentRef | None
    ) -> Visit:
        visit = Visit(
            crawl=self.crawl,
            url=request.url,
            step=request.step,
            outcome=answer.outcome,
            fetched_at=answer.fetched_at,
            first_crawl=before.first_crawl if before else self.crawl,
            status=answer.status,
            final_url=answer.url if answer.url != request.url else None,
            licence=ref.licence if ref else None,
            facts=request.facts,
            message=answer.message,
            ref=ref,
        )
        if sha256 is None:
            visit = _carry_on(visit, before)
        elif before is None or sha256 != before.sha256:
            visit = _describe_content(visit, answer, sha256, before)
        else:
            held = _carry_on(visit, before)
            visit = replace(held, etag=answer.headers.get("etag"), last_modified=answer.headers.get("last-modified"))
        self.memory.visits.add(visit)
        return visit

    def _present(self, visit: Visit | None) -> Visit | None:
        """The visit; as one that failed, where somebody took its bytes out of the archive."""
        if visit is None or visit.sha256 is None or self.archive.path_of(visit.sha256).exists():
            return visit
        return replace(visit, outcome=Outcome.FAILED, sha256=None, etag=None, last_modified=None)

    def _keep(self, answer: Answer, before: Visit | None, *, with_links: bool) -> str | None:
        """The hash under which the answer's content is held; None for an answer without any."""
        if answer.outcome != Outcome.OK:
            return None
        if before and before.sha256 and self._says_the_same(before.sha256, answer.content, with_links=with_links):
            return before.sha256
        return self.archive.keep(answer.content)

    def _says_the_same(self, sha256: str, content: bytes, *, with_links: bool) -> bool:
        if content_hash(content) == sha256:
            return True
        before = self.archive.read(sha256)
        if not (media_type(content, "") == media_type(before, "") == HTML):
            return False
        said = _read_words(content, with_links=with_links)
        return said is not None and said == _read_words(before, with_links=with_links)


def _carry_on(visit: Visit, before: Visit | None) -> Visit:
    """What is still held of the address, from the line before."""
    if before is None:
        return visit
    return replace(
        visit,
        sha256=before.sha256,
        size=before.size,
        media_type=before.media_type,
        content_at=before.content_at,
        replaces=before.replaces,
        etag=before.etag,
        last_modified=before.last_modified,
        headers=before.headers,
        final_url=visit.final_url or before.final_url,
    )


def _describe_content(visit: Visit, answer: Answer, sha256: str, before: Visit | None) -> Visit:
    return replace(
        visit,
        sha256=sha256,
        size=len(answer.content),
        media_type=media_type(answer.content, visit.url),
        content_at=answer.fetched_at,
        replaces=before.sha256 if before else None,
        etag=answer.headers.get("etag"),
        last_modified=answer.headers.get("last-modified"),
        headers={name: answer.headers[name] for name in HEADERS if name in answer.headers},
    )


def _read_words(content: bytes, *, with_links: bool) -> str | None:
    """A hash of what an HTML page says: of its own content, or with `with_links` of the whole page and where it leads.

    None for what is no page.
    """
    try:
        tree = parse(Page(Request("", ""), "", 200, content))
        if not with_links:
            return text_hash(" ".join(text_of(main_content(tree)).split()))
        told = [node.attributes.get(name) or "" for name in ATTRIBUTES for node in tree.css(f"[{name}]")]
        words = text_of(tree.body) if tree.body is not None else ""
        return text_hash(*told, " ".join(words.split()))
    except LayoutChanged:
        return None
