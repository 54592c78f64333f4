"""Common recommendations of a night and the links inside them: what changed is worked out, the rest stays as it was."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter

from flows.read import Work, archived_documents, load_extractions, recommendations_of
from flows.vectors import load_readings, load_vectors, load_words, title_of
from pipeline import embed, group, identity, recur
from pipeline.candidates import NOTHING, AskReading, Edges, Lookup, Past
from pipeline.ids import code_hash, text_hash
from pipeline.ledger import Ledger
from pipeline.pairs import PairFigures, load_figures
from pipeline.records import Ask, CommonRecommendation, Link
from pipeline.settings import Settings
from pipeline.stages import read_sealed, write_sealed
from pipeline.workspace import Workspace

REMEMBER_FROM = 20_000  # rows; with fewer, every night groups anew, so that no night depends on those before
PIPELINE = Path(group.__file__).parent
GROUPING_CODE = tuple(
    PIPELINE / name
    for name in (
        "group.py", "group_model.json", "candidates.py", "neighbours.py", "pairs.py", "wording.py", "thesaurus.txt",
        "cues.py", "levers.py", "levers.yml",
    )
)  # fmt: skip
LINKING_CODE = (PIPELINE / "recur.py",)


@dataclass(frozen=True, slots=True)
class Grouping:
    """The common recommendations of a night and the links inside them."""

    commons: tuple[CommonRecommendation, ...]
    links: tuple[Link, ...]
    bases: Mapping[str, str] = field(
        default_factory=dict
    )  # by id, a hash of all that the description and links rest on


GROUPING = TypeAdapter(Grouping)


@dataclass(frozen=True, slots=True)
class Night:
    """What grouping works with."""

    settings: Settings
    asks: Sequence[Ask]
    readings: Sequence[AskReading]
    lookup: Lookup
    figures: PairFigures
    version: str  # of the model and the code


def group_recommendations(settings: Settings, run_id: str, now: datetime) -> Work:
    """Group rows that ask for the same thing under ids that outlive the night, and type the links inside groups."""
    night = _open_night(settings)
    ledger = Ledger(Workspace(settings.data).ledger)
    past = ledger.identity_events().records
    named, events = identity.match_groups(
        _find_groups(night),
        identity.living_groups(past),
        run_id=run_id,
        recorded_at=now,
        used=identity.used_ids(past),
        decisions=identity.read_decisions(ledger.reviews().records, past),
    )
    grouping = describe_groups(night, named)
    ledger.add_identity_events(events)
    write_sealed(_grouping_path(settings), GROUPING.dump_json(grouping))
    return Work(len(grouping.commons), sum(event.event == "new" for event in events))


def load_grouping(settings: Settings) -> Grouping:
    """Tonight's common recommendations and links; none before the first night."""
    content = read_sealed(_grouping_path(settings))
    return GROUPING.validate_json(content) if content else Grouping((), ())


def load_asks(settings: Settings) -> list[Ask]:
    """Every recommendation with what grouping needs of its document, in the order of their ids."""
    files = archived_documents(settings)
    extractions = load_extractions(settings, with_passages=False)
    return [
        Ask(
            id=row.recommendation_id,
            text=row.text,
            source=files[row.sha256].ref.source,
            body=files[row.sha256].ref.body or files[row.sha256].ref.source,
            published=files[row.sha256].ref.published or extractions[row.sha256].facts.published,
            document=row.sha256,
            kind=row.kind,
            label=row.label,
            reference=files[row.sha256].ref.reference or extractions[row.sha256].facts.reference,
            title=title_of(files[row.sha256], extractions[row.sha256]),
        )
        for row in recommendations_of(extractions)
    ]


def _open_night(settings: Settings) -> Night:
    asks = load_asks(settings)
    encoder = embed.load_encoder(settings.encoder)
    figures = load_figures()
    lookup = Lookup(lambda cores: load_vectors(settings, cores, encoder), load_words(settings, figures, encoder))
    version = text_hash(encoder.revision, code_hash(GROUPING_CODE))
    return Night(settings, asks, load_readings(settings, [ask.text for ask in asks]), lookup, figures, version)


def _find_groups(night: Night) -> tuple[tuple[str, ...], ...]:
    if len(night.asks) < REMEMBER_FROM:
        return group.group_newcomers(night.asks, night.readings, night.lookup, NOTHING, figures=night.figures)[0]
    path = Workspace(night.settings.data).stages / "grouping_past.npz"
    past = read_past(path, night.version)
    groups, past = group.group_newcomers(night.asks, night.readings, night.lookup, past, figures=night.figures)
    write_past(path, past, night.version)
    return groups


def describe_groups(night: Night, named: Mapping[str, Sequence[str]]) -> Grouping:
    """As last night where nothing a group rests on has changed."""
    before, linking = load_grouping(night.settings), code_hash(LINKING_CODE)
    place = {ask.id: row for row, ask in enumerate(night.asks)}
    members = {common_id: [place[row_id] for row_id in ids] for common_id, ids in named.items()}
    bases = {
        common_id: text_hash(night.version, linking, *(repr(night.asks[row]) for row in rows))
        for common_id, rows in members.items()
    }
    changed = {common_id for common_id in named if before.bases.get(common_id) != bases[common_id]}
    rows = sorted({row for common_id in changed for row in members[common_id]})
    vectors = dict(zip(rows, night.lookup.cores([night.readings[row].core for row in rows]), strict=True))
    commons = [one for one in before.commons if one.common_id in named and one.common_id not in changed]
    links = [one for one in before.links if one.common_id in named and one.common_id not in changed]
    for common_id in sorted(changed):
        asks = [night.asks[row] for row in members[common_id]]
        near = np.array([vectors[row] for row in members[common_id]])
        told = group.describe_group([ask.text for ask in asks], near, figures=night.figures)
        ids = tuple(ask.id for ask in asks)
        commons.append(CommonRecommendation(common_id, ids, ids[told.representative], told.keywords))
        links.extend(recur.link_pairs(common_id, asks, near @ near.T))
    ordered = sorted(links, key=lambda link: (link.common_id, link.earlier_id, link.later_id))
    return Grouping(tuple(sorted(commons, key=lambda one: one.common_id)), tuple(ordered), bases)


def read_past(path: Path, version: str) -> Past:
    """What the night before left; nothing where the model or the code is another."""
    content = read_sealed(path)
    if content is None:
        return NOTHING
    with np.load(io.BytesIO(content), allow_pickle=False) as kept:
        if str(kept["version"]) != version:
            return NOTHING
        edges = Edges(kept["left"], kept["right"], kept["scores"])
        return Past(kept["keys"], edges, kept["component"], kept["part"])


def write_past(path: Path, past: Past, version: str) -> None:
    """Keep what tonight knows for the next night."""
    content = io.BytesIO()
    np.savez(
        content, version=version, keys=past.keys, left=past.edges.left, right=past.edges.right,
        scores=past.edges.scores, component=past.component, part=past.part,
    )  # fmt: skip
    write_sealed(path, content.getvalue())


def _grouping_path(settings: Settings) -> Path:
    return Workspace(settings.data).stages / "grouping.json"
