"""`perennial extract`: reads documents where they lie, without a data folder."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from flows.document import Job, read_all
from pipeline.media import media_type
from pipeline.records import Extraction
from pipeline.settings import Settings


def extract_files(paths: Sequence[Path], source: str, settings: Settings) -> Iterator[tuple[Path, Extraction]]:
    """What each file holds, in the order given. One that cannot be read comes back empty, with an issue."""
    jobs = {place: _job(path, source, settings) for place, path in enumerate(paths)}
    waiting: dict[int, Extraction] = {}
    following = 0
    for place, extraction in read_all(jobs, settings):
        waiting[place] = extraction
        while following in waiting:
            yield paths[following], waiting.pop(following)
            following += 1


def _job(path: Path, source: str, settings: Settings) -> Job:
    with path.open("rb") as file:
        return Job(path, media_type(file.read(2048), path.name), source, ocr=settings.ocr)
