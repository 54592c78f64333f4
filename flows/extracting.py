"""`perennial extract`: reads documents where they lie, without a data folder."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from flows.document import Job, give_up, limits_of, read_document
from flows.iteration import track
from pipeline.ids import content_hash
from pipeline.isolate import Outcome, run_isolated
from pipeline.media import media_type
from pipeline.records import Extraction, Issue, Level
from pipeline.settings import Settings


def extract_files(paths: Sequence[Path], source: str, settings: Settings) -> Iterator[tuple[Path, Extraction]]:
    """What each file holds, in the order given. One that cannot be read comes back empty, with an issue."""
    jobs = ((place, _job(path, source, settings)) for place, path in enumerate(paths))
    workers = min(settings.workers, max(1, len(paths)))
    outcomes = run_isolated(_read_placed, jobs, workers=workers, limits=limits_of(settings))
    waiting: dict[int, Extraction] = {}
    following = 0
    for outcome in track(outcomes, "Reading", len(paths)):
        waiting[outcome.item[0]] = _accept(outcome)
        while following in waiting:
            yield paths[following], waiting.pop(following)
            following += 1


def _job(path: Path, source: str, settings: Settings) -> Job:
    with path.open("rb") as file:
        return Job(path, media_type(file.read(2048), path.name), source, ocr=settings.ocr)


def _read_placed(item: tuple[int, Job]) -> Extraction:
    return read_document(item[1])


def _accept(outcome: Outcome[tuple[int, Job], Extraction]) -> Extraction:
    if outcome.result is not None:
        return outcome.result
    job = outcome.item[1]
    sha256 = content_hash(job.path.read_bytes())
    return give_up(sha256, Issue(job.source, "read", Level.ERROR, f"reader_{outcome.code}", outcome.failure or ""))
