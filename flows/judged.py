"""What people said of rows' themes, with the texts of those rows, for the classifier to learn from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from flows.read import archived_documents, load_extractions, refused_rows
from flows.vectors import title_of
from pipeline.assign import Judgement
from pipeline.records import Review
from pipeline.registry import Registry
from pipeline.settings import Settings
from pipeline.stages import read_sealed, write_sealed
from pipeline.workspace import Workspace


@dataclass(frozen=True, slots=True)
class JudgedRow:
    """A row that people judged: kept, so that a night need not look for it among all rows."""

    row_id: str
    text: str
    title: str | None
    sha256: str
    state: str  # of its document when it was looked up


ROWS = TypeAdapter(tuple[JudgedRow, ...])


def load_judgements(
    settings: Settings,
    reviews: Iterable[Review],
    places: Mapping[str, str],
    states: Mapping[str, str],
    registry: Registry,
) -> list[Judgement]:
    """People's last word on each row and theme. `places` are the rows' documents by SHA-256, `states` theirs."""
    told = list(reviews)
    refused = refused_rows(told)
    wanted = {one.recommendation_id for one in told if one.question == "theme" and one.theme} - refused
    rows = (row for row in _load_rows(settings) if row.row_id not in refused)
    known = {row.row_id: row for row in rows if states.get(row.sha256) == row.state}
    lacking = {places[row_id] for row_id in wanted - known.keys() if places.get(row_id) in states}
    if wanted - known.keys() - places.keys():  # the index is lost, or of a backup: any document may hold them
        lacking |= states.keys() - set(places.values())
    if lacking:
        known |= _look_up(settings, lacking, wanted, states)
        write_sealed(_path(settings), ROWS.dump_json(tuple(known[row_id] for row_id in sorted(known))))
    return list_judgements(told, known, registry)


def list_judgements(reviews: Iterable[Review], rows: Mapping[str, JudgedRow], registry: Registry) -> list[Judgement]:
    """The last word on each of `rows`, by id, and theme; a retired theme's goes to its heir."""
    last = {(one.recommendation_id, one.theme): one for one in reviews if one.question == "theme" and one.theme}
    judgements = []
    for (row_id, judged), review in sorted(last.items(), key=lambda item: (item[0][0], item[0][1] or "")):
        row, theme = rows.get(row_id), registry.resolve(judged or "")
        if row is not None and theme and review.answer in ("right", "add", "wrong"):
            belongs = review.answer != "wrong"
            judgements.append(Judgement(row.text, theme, belongs, row.title, row.sha256, row_id))
    return judgements


def _look_up(
    settings: Settings, documents: set[str], wanted: set[str], states: Mapping[str, str]
) -> dict[str, JudgedRow]:
    files = archived_documents(settings)
    extractions = load_extractions(settings, with_passages=False, only=documents)
    return {
        row.recommendation_id: JudgedRow(
            row.recommendation_id, row.text, title_of(files[sha256], extraction), sha256, states[sha256]
        )
        for sha256, extraction in extractions.items()
        for row in extraction.recommendations
        if row.recommendation_id in wanted
    }


def _load_rows(settings: Settings) -> tuple[JudgedRow, ...]:
    content = read_sealed(_path(settings))
    return ROWS.validate_json(content) if content else ()


def _path(settings: Settings) -> Path:
    return Workspace(settings.data).stages / "judged_rows.json"
