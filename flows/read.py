"""Reads what the archive holds and the caches lack, one document at a time in worker processes."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import TypeAdapter

from flows.document import Job, read_all, reading_version
from flows.iteration import follow, in_batches
from pipeline.ids import text_hash
from pipeline.ledger import Ledger
from pipeline.media import CSV, HTML, PDF
from pipeline.reading import check_models
from pipeline.records import Extraction, Passage, Recommendation, Review, StoredFile
from pipeline.settings import Settings
from pipeline.stages import StageCache, StageIncomplete
from pipeline.store import Archive
from pipeline.versions import find_superseded
from pipeline.workspace import Workspace

CHECKPOINT = 24  # documents between writes: a killed night loses twice as many at most

EXTRACTION = TypeAdapter(Extraction)
PASSAGES = TypeAdapter(tuple[Passage, ...])


@dataclass(frozen=True, slots=True)
class Work:
    """How much a stage had before it, and how much of that was new."""

    total: int
    new: int


def archived_documents(settings: Settings) -> dict[str, StoredFile]:
    """One line a document, by SHA-256 and in its order: the first from which its bytes came."""
    return first_lines(archive_lines(settings))


def archive_lines(settings: Settings) -> list[StoredFile]:
    """Every line of the archive. Reading them takes a while: who needs them twice hands them on."""
    return Archive(Workspace(settings.data).archive).lines


def read_documents(settings: Settings) -> Work:
    """Read, extract and verify every archived document that this version of the code has not read.

    Raises `WrongModel` when scanned pages are to be read and a model for it is not the tested one.
    """
    workspace = Workspace(settings.data, settings.archive_root)
    archive = Archive(workspace.archive, workspace.blobs)
    files = archived_documents(settings).values()
    extracted, passages = _reading_caches(workspace)
    done = extracted.keys() & passages.keys()
    by_key = {_reading_key(file, reading_version(settings.ocr)): file for file in files}
    lacking = {key: file for key, file in by_key.items() if key not in done}
    # The largest first: a scan begun last would have one core read it while the others wait.
    fresh = dict(sorted(lacking.items(), key=lambda item: (-item[1].size, item[0])))
    jobs = {key: _job(archive, file, settings) for key, file in fresh.items()}
    if jobs and settings.ocr:
        check_models()  # here, or every scanned document would be given up, each with an issue of its own
    follow(in_batches(_read_all(jobs, settings), CHECKPOINT), lambda batch: _keep(batch, extracted, passages))
    return Work(len(files), len(fresh))


def document_states(settings: Settings, lines: Sequence[StoredFile]) -> dict[str, str]:
    """What reading each document rests on, as a hash by SHA-256: where it is as it was, so are its rows and title."""
    replaced = find_superseded(lines)
    version = reading_version(settings.ocr)
    return {
        sha256: text_hash(_reading_key(file, version), file.ref.title or "", f"replaced {sha256 in replaced}")
        for sha256, file in first_lines(lines).items()
    }


def load_extractions(
    settings: Settings,
    *,
    with_passages: bool,
    with_refused: bool = False,
    only: Collection[str] | None = None,
    lines: Sequence[StoredFile] | None = None,
) -> dict[str, Extraction]:
    """What was read of each archived document, by SHA-256. Raises `StageIncomplete` when one has not been read yet.

    Rows of which a person said that they are no asks are held out, unless `with_refused`. `only` names documents;
    without it all of them are meant. `lines` are the archive's, where they are at hand.
    """
    workspace = Workspace(settings.data)
    lines = archive_lines(settings) if lines is None else lines
    files = [file for sha256, file in first_lines(lines).items() if only is None or sha256 in only]
    keys = {_reading_key(file, reading_version(settings.ocr)): file.sha256 for file in files}
    replaced = find_superseded(lines)
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
    cut = _read_passages(passages, keys)
    return {sha: replace(found[sha], passages=() if sha in replaced else cut[sha]) for sha in sorted(found)}


def load_passages(settings: Settings) -> dict[str, tuple[Passage, ...]]:
    """The passages of each archived document, by SHA-256, none of versions that were replaced.

    Raises `StageIncomplete`.
    """
    lines = archive_lines(settings)
    replaced, version = find_superseded(lines), reading_version(settings.ocr)
    files = first_lines(lines)
    keys = {_reading_key(file, version): sha256 for sha256, file in files.items() if sha256 not in replaced}
    _, passages = _reading_caches(Workspace(settings.data))
    return _read_passages(passages, keys)


def load_replaced(settings: Settings) -> dict[str, Extraction]:
    """What was read of versions that were replaced since, by SHA-256, without passages: history tells of it."""
    workspace = Workspace(settings.data)
    lines = Archive(workspace.archive).lines
    replaced = find_superseded(lines)
    files = [file for sha256, file in first_lines(lines).items() if sha256 in replaced]
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


def first_lines(lines: Iterable[StoredFile]) -> dict[str, StoredFile]:
    """The first line of each document, by SHA-256 and in its order."""
    first: dict[str, StoredFile] = {}
    for line in lines:
        first.setdefault(line.sha256, line)
    return dict(sorted(first.items()))


def _read_all(jobs: Mapping[str, Job], settings: Settings) -> Iterator[tuple[str, Extraction]]:
    """On this machine, or on the cluster that the settings name."""
    if settings.dask_scheduler is None:
        return read_all(jobs, settings)
    from flows.scale_out import read_far  # an extra that one machine does without

    return read_far(jobs, settings)


def _keep(batch: Sequence[tuple[str, Extraction]], extracted: StageCache, passages: StageCache) -> None:
    passages.add({key: PASSAGES.dump_json(one.passages) for key, one in batch})
    extracted.add({key: EXTRACTION.dump_json(replace(one, passages=())) for key, one in batch})


def _read_passages(passages: StageCache, keys: Mapping[str, str]) -> dict[str, tuple[Passage, ...]]:
    """The passages by the documents that `keys` gives. Raises `StageIncomplete`."""
    cut = {keys[key]: PASSAGES.validate_json(payload) for key, payload in passages.read(keys).items()}
    if len(cut) < len(keys):
        raise StageIncomplete(f"{len(keys) - len(cut)} archived documents have no passages; run the night again.")
    return cut


def _job(archive: Archive, file: StoredFile, settings: Settings) -> Job:
    media = file.media_type if file.media_type in (CSV, HTML) else PDF
    ref = file.ref
    return Job(archive.path_of(file.sha256), media, ref.source, ref.published, settings.ocr, ref.reference)


def _reading_key(file: StoredFile, code: str) -> str:
    """A deadline such as "within six months" depends on the listed date, and what contradicts the listing on both."""
    return text_hash(file.sha256, code, str(file.ref.published), file.ref.reference or "", file.media_type)


def _reading_caches(workspace: Workspace) -> tuple[StageCache, StageCache]:
    return StageCache(workspace.stages / "extractions"), StageCache(workspace.stages / "passages")
