"""Reads what the archive holds and the caches lack, one document at a time in worker processes."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path

from pydantic import TypeAdapter

from flows.document import Job, read_all
from flows.iteration import in_batches
from pipeline.ids import code_hash, text_hash
from pipeline.ledger import Ledger
from pipeline.media import CSV, HTML, PDF
from pipeline.records import Extraction, Passage, Recommendation, Review, StoredFile
from pipeline.settings import Settings
from pipeline.store import Archive, StageCache
from pipeline.versions import find_superseded
from pipeline.workspace import Workspace

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
CHECKPOINT = 24  # documents between writes: what a killed night loses at most

EXTRACTION = TypeAdapter(Extraction)
PASSAGES = TypeAdapter(tuple[Passage, ...])


class StageIncomplete(RuntimeError):
    """A later stage was asked for before an earlier one was done: publishing then would look like a loss."""


@dataclass(frozen=True, slots=True)
class Work:
    """How much a stage had before it, and how much of that was new."""

    total: int
    new: int


def archived_documents(settings: Settings) -> dict[str, StoredFile]:
    """One line a document, by SHA-256 and in its order: the first from which its bytes came."""
    first: dict[str, StoredFile] = {}
    for line in Archive(Workspace(settings.data).archive).lines:
        first.setdefault(line.sha256, line)
    return dict(sorted(first.items()))


@cache
def reading_version(ocr: bool) -> str:
    """The version of the code that reads, with recognition of pictures or without.

    Asked once a process: an upgrade during a night counts from the next one.
    """
    libraries = (version(name) for name in ("pypdfium2", "rapidocr", "selectolax"))
    return text_hash(code_hash(READING_CODE), *libraries, f"ocr {ocr}")


def read_documents(settings: Settings) -> Work:
    """Read, extract and verify every archived document that this version of the code has not read."""
    workspace = Workspace(settings.data)
    archive = Archive(workspace.archive)
    files = archived_documents(settings).values()
    extracted, passages = _reading_caches(workspace)
    done = extracted.keys() & passages.keys()
    by_key = {_reading_key(file, reading_version(settings.ocr)): file for file in files}
    fresh = {key: file for key, file in by_key.items() if key not in done}
    jobs = {key: _job(archive, file, settings) for key, file in fresh.items()}
    for batch in in_batches(read_all(jobs, settings), CHECKPOINT):
        passages.add({key: PASSAGES.dump_json(one.passages) for key, one in batch})
        extracted.add({key: EXTRACTION.dump_json(replace(one, passages=())) for key, one in batch})
    return Work(len(files), len(fresh))


def load_extractions(settings: Settings, *, with_passages: bool, with_refused: bool = False) -> dict[str, Extraction]:
    """What was read of each archived document, by SHA-256. Raises `StageIncomplete` when one has not been read yet.

    Rows of which a person said that they are no asks are held out, unless `with_refused`.
    """
    workspace = Workspace(settings.data)
    files = archived_documents(settings).values()
    keys = {_reading_key(file, reading_version(settings.ocr)): file.sha256 for file in files}
    replaced = find_superseded(Archive(workspace.archive).lines)
    extracted, passages = _reading_caches(workspace)
    found = {keys[key]: EXTRACTION.validate_json(payload) for key, payload in extracted.read(keys).items()}
    # A version that was replaced stays a document, and asks nothing any more.
    found |= {sha: replace(one, recommendations=(), held_out=()) for sha, one in found.items() if sha in replaced}
    if len(found) < len(keys):
        raise StageIncomplete(f"{len(keys) - len(found)} archived documents have not been read; run the night again.")
    if not with_refused:
        refused = refused_rows(Ledger(workspace.ledger).reviews().records)
        found = {sha256: hold_out(one, refused) for sha256, one in found.items()}
    if not with_passages:
        return dict(sorted(found.items()))
    cut = {keys[key]: PASSAGES.validate_json(payload) for key, payload in passages.read(keys).items()}
    return {sha: replace(found[sha], passages=() if sha in replaced else cut[sha]) for sha in sorted(found)}


def load_replaced(settings: Settings) -> dict[str, Extraction]:
    """What was read of versions that were replaced since, by SHA-256, without passages: history tells of it."""
    workspace = Workspace(settings.data)
    replaced = find_superseded(Archive(workspace.archive).lines)
    files = [file for sha256, file in archived_documents(settings).items() if sha256 in replaced]
    keys = {_reading_key(file, reading_version(settings.ocr)): file.sha256 for file in files}
    extracted, _ = _reading_caches(workspace)
    found = {keys[key]: EXTRACTION.validate_json(payload) for key, payload in extracted.read(keys).items()}
    return dict(sorted(found.items()))


def refused_rows(reviews: Iterable[Review]) -> frozenset[str]:
    """Ids of the rows whose latest judgement on the question `extraction` is "no"."""
    asked = (review for review in reviews if review.question == "extraction")
    latest = {
        review.recommendation_id: review.answer
        for review in sorted(asked, key=lambda review: (review.recorded_at, review.review_id))
    }
    return frozenset(row for row, answer in latest.items() if answer == "no")


def hold_out(extraction: Extraction, refused: Collection[str]) -> Extraction:
    """The extraction with the `refused` rows among those held out."""
    kept = tuple(row for row in extraction.recommendations if row.recommendation_id not in refused)
    if len(kept) == len(extraction.recommendations):
        return extraction
    out = tuple(row for row in extraction.recommendations if row.recommendation_id in refused)
    return replace(extraction, recommendations=kept, held_out=(*extraction.held_out, *out))


def recommendations_of(extractions: Mapping[str, Extraction]) -> list[Recommendation]:
    """Every recommendation that was found again, in the order of their ids."""
    rows = [row for one in extractions.values() for row in one.recommendations]
    return sorted(rows, key=lambda row: row.recommendation_id)


def _job(archive: Archive, file: StoredFile, settings: Settings) -> Job:
    media = file.media_type if file.media_type in (CSV, HTML) else PDF
    ref = file.ref
    return Job(archive.path_of(file.sha256), media, ref.source, ref.published, settings.ocr, ref.reference)


def _reading_key(file: StoredFile, code: str) -> str:
    """A deadline such as "within six months" depends on the listed date, and what contradicts the listing on both."""
    return text_hash(file.sha256, code, str(file.ref.published), file.ref.reference or "", file.media_type)


def _reading_caches(workspace: Workspace) -> tuple[StageCache, StageCache]:
    return StageCache(workspace.stages / "extractions"), StageCache(workspace.stages / "passages")
