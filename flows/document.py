"""What is done to one document, in order: read, extract, find again, cut into passages; and to many, in workers."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

from flows.contradictions import contradictions
from flows.iteration import track
from pipeline import passages, verify
from pipeline.extract import extract, read_facts
from pipeline.ids import code_hash, content_hash, text_hash
from pipeline.isolate import Limits, run_isolated
from pipeline.layout import Document
from pipeline.media import CSV, HTML
from pipeline.proforma import UnreadableProforma, read_proforma
from pipeline.reading import UnreadableDocument, html_text, page_texts, read_html, read_pdf
from pipeline.records import DocumentFacts, Extraction, Issue, Level, Recommendation
from pipeline.settings import Settings

Key = TypeVar("Key")
REPOSITORY = Path(__file__).parents[1]
READING_CODE = tuple(
    REPOSITORY / "pipeline" / name
    for name in (
        "reading",
        "extract",
        "verify.py",
        "passages.py",
        "layout.py",
        "text.py",
        "html.py",
        "proforma.py",
        "records.py",
    )
)
SECONDS_A_MEGABYTE = 60  # a scanned page takes seconds to recognise, and scans are large
MOST_EXTRA_SECONDS = 3600  # but no file may hold a worker all night


@dataclass(frozen=True, slots=True)
class Job:
    """One document to read: where its bytes lie, and what is known of it from outside."""

    path: Path
    media: str  # as `media_type` tells
    source: str
    published: date | None = None
    ocr: bool = True  # read pages without a text layer from their picture
    reference: str | None = None  # the publisher's own, as listed


@cache
def reading_version(ocr: bool) -> str:
    """The version of the code that reads, with recognition of pictures or without.

    Asked once a process: an upgrade during a night counts from the next one.
    """
    libraries = (version(name) for name in ("pypdfium2", "rapidocr", "selectolax"))
    return text_hash(code_hash(READING_CODE), *libraries, f"ocr {ocr}")


def read_all(jobs: Mapping[Key, Job], settings: Settings) -> Iterator[tuple[Key, Extraction]]:
    """What each job holds, under its key, in the order they finish: one document a time in each worker process.

    A document whose worker crashed, hung or ran out of memory comes back empty, with an issue saying so.
    """
    workers = min(settings.workers, max(1, len(jobs)))
    limits = Limits(lambda item: _seconds_for(item[1], settings), settings.worker_memory_mb * 1024 * 1024)
    for outcome in track(run_isolated(_read, jobs.items(), workers=workers, limits=limits), "Reading", len(jobs)):
        key, job = outcome.item
        yield key, outcome.result or _give_up(job, f"reader_{outcome.code}", outcome.failure or "")


def read_document(job: Job) -> Extraction:
    """All that can be read out of the document. One that cannot be read comes back empty, with an issue saying why."""
    content = job.path.read_bytes()
    try:
        if job.media == CSV:
            return read_proforma(content, job.source)
        return _read_html(content, job) if job.media == HTML else _read_pdf(content, job)
    except UnreadableDocument as error:
        return _give_up(job, error.code, str(error))
    except UnreadableProforma as error:
        return _give_up(job, "unreadable_proforma", str(error))


def _read_pdf(content: bytes, job: Job) -> Extraction:
    document = read_pdf(content) if job.ocr else read_pdf(content, make_recogniser=None)
    recognised = {page.number: page.text for page in document.pages if page.ocr_confidence is not None}
    return _extract(document, job, lambda pages: page_texts(content, pages, recognised))


def _read_html(content: bytes, job: Job) -> Extraction:
    """As a PDF; but where its text stands on the reader's sheet is nobody's place, so the rows carry no boxes."""
    read = _extract(read_html(content), job, lambda pages: {1: html_text(content)})
    return replace(
        read,
        recommendations=tuple(replace(row, boxes=()) for row in read.recommendations),
        held_out=tuple(replace(row, boxes=()) for row in read.held_out),
    )


def _extract(document: Document, job: Job, texts_of: Callable[[Collection[int]], Mapping[int, str]]) -> Extraction:
    """What the grammars find; `texts_of` gives the texts of pages from a fresh parse of the bytes."""
    source = job.source
    facts = read_facts(document)
    extracted = extract(document, job.published or facts.published)
    found, held_out = verify.find_again(extracted, texts_of({span.page for row in extracted for span in row.spans}))
    return Extraction(
        sha256=document.sha256,
        page_count=len(document.pages),
        facts=facts,
        recommendations=found,
        held_out=held_out,
        passages=passages.split_passages(document),
        issues=(
            *_missing_text(document, source),
            *_recognised(document, source),
            *contradictions(facts, job.published, job.reference, source, document.sha256),
            *_not_found_again(held_out, source),
        ),
    )


def _missing_text(document: Document, source: str) -> tuple[Issue, ...]:
    """One issue when pages have no usable text layer."""
    missing = document.pages_without_text
    if not missing:
        return ()
    whole = len(missing) == len(document.pages)
    told = f"{len(missing)} of {len(document.pages)} pages have no usable text layer and were not read"
    message = f"{told}: {_list_pages(missing)}."
    level = Level.ERROR if whole else Level.WARNING
    return (Issue(source, "read", level, "no_text_layer", message, document.sha256),)


def _recognised(document: Document, source: str) -> tuple[Issue, ...]:
    """A note of the pages that were read from their picture: their text is only as good as the recognition."""
    sure = {page.number: page.ocr_confidence for page in document.pages if page.ocr_confidence is not None}
    if not sure:
        return ()
    mean = sum(sure.values()) / len(sure)
    message = f"{len(sure)} pages were read from their picture, at confidence {mean:.2f}: {_list_pages(tuple(sure))}."
    return (Issue(source, "read", Level.INFO, "recognised_pages", message, document.sha256),)


def _list_pages(numbers: tuple[int, ...]) -> str:
    return ", ".join(str(number) for number in numbers[:10]) + (" …" if len(numbers) > 10 else "")


def _not_found_again(held_out: tuple[Recommendation, ...], source: str) -> tuple[Issue, ...]:
    return tuple(
        Issue(
            source,
            "verify",
            Level.WARNING,
            "not_found_again",
            f"A text extracted from page {row.page} was not found again there and was held out: {row.text[:80]!r}.",
            row.sha256,
        )
        for row in held_out
    )


def _read(item: tuple[object, Job]) -> Extraction:
    return read_document(item[1])


def _seconds_for(job: Job, settings: Settings) -> float:
    extra = SECONDS_A_MEGABYTE * job.path.stat().st_size / 1e6
    return settings.document_seconds + min(extra, MOST_EXTRA_SECONDS)


def _give_up(job: Job, code: str, message: str) -> Extraction:
    """The extraction of a document that could not be read at all."""
    sha256 = content_hash(job.path.read_bytes())
    issue = Issue(job.source, "read", Level.ERROR, code, message, sha256)
    return Extraction(sha256, 0, DocumentFacts(), (), (), (), (issue,))
