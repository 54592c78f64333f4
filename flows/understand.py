"""Understands what was read: vectors, common recommendations and the links inside them. Themes are in `theming`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from flows.iteration import in_batches, track
from flows.read import Work, archived_documents, load_extractions, recommendations_of
from flows.vectors import load_vectors, title_of, vector_cache
from pipeline import embed, group, identity, pairs, recur
from pipeline.ids import text_hash
from pipeline.ledger import Ledger
from pipeline.records import Ask, CommonRecommendation, Extraction, Link
from pipeline.settings import Settings
from pipeline.store import write_whole
from pipeline.wording import ask_core
from pipeline.workspace import Workspace

EMBED_BATCH = 2048  # texts between writes
REMEMBER_FROM = 20_000  # rows; with fewer, every night groups anew, so that no night depends on those before


@dataclass(frozen=True, slots=True)
class Grouping:
    """The common recommendations of a night and the links inside them."""

    commons: tuple[CommonRecommendation, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Remembered:
    """What grouping knew the night before, and the model and figures it knew it by."""

    version: str
    past: group.Past


GROUPING = TypeAdapter(Grouping)
REMEMBERED = TypeAdapter(Remembered)


def embed_texts(settings: Settings) -> Work:
    """Embed every recommendation, passage and title that the model has not yet seen."""
    extractions = load_extractions(settings, with_passages=True)
    titles = {title_of(file, extractions[sha256]) for sha256, file in archived_documents(settings).items()}
    texts = sorted({text for one in extractions.values() for text in _texts_of(one)} | {t for t in titles if t})
    asked = [row.text for one in extractions.values() for row in one.recommendations]
    texts = sorted({*texts, *pairs.list_words(asked, pairs.load_figures().lexicon)})
    encoder = embed.load_encoder(settings.encoder)
    cache = vector_cache(settings)
    known = cache.keys()
    fresh = [text for text in texts if embed.vector_key(text, encoder.revision) not in known]
    for batch in in_batches(track(fresh, "Embedding", len(fresh)), EMBED_BATCH):
        vectors = encoder.encode(batch)
        cache.add({embed.vector_key(t, encoder.revision): v.tobytes() for t, v in zip(batch, vectors, strict=True)})
    return Work(len(texts), len(fresh))


def group_recommendations(settings: Settings, run_id: str, now: datetime) -> Work:
    """Group rows that ask for the same thing under ids that outlive the night, and type the links inside groups."""
    asks = load_asks(settings)
    encoder = embed.load_encoder(settings.encoder)
    vectors = load_vectors(settings, [ask_core(ask.text) for ask in asks], encoder)
    figures = pairs.load_figures()
    groups = _find_groups(settings, asks, vectors, encoder, figures)
    ledger = Ledger(Workspace(settings.data).ledger)
    past = ledger.identity_events().records
    named, events = identity.match_groups(
        groups,
        identity.living_groups(past),
        run_id=run_id,
        recorded_at=now,
        used=identity.used_ids(past),
        decisions=identity.read_decisions(ledger.reviews().records, past),
    )
    place = {ask.id: row for row, ask in enumerate(asks)}
    commons: list[CommonRecommendation] = []
    links: list[Link] = []
    for common_id, member_ids in sorted(named.items()):
        chosen = [place[member_id] for member_id in member_ids]
        members = [asks[row] for row in chosen]
        told = group.describe_group([ask.text for ask in members], vectors[chosen], figures=figures)
        commons.append(CommonRecommendation(common_id, member_ids, member_ids[told.representative], told.keywords))
        links.extend(recur.link_pairs(common_id, members, vectors[chosen] @ vectors[chosen].T))
    ledger.add_identity_events(events)
    write_whole(_grouping_path(settings), GROUPING.dump_json(Grouping(tuple(commons), tuple(links))))
    return Work(len(commons), sum(event.event == "new" for event in events))


def _find_groups(
    settings: Settings,
    asks: Sequence[Ask],
    vectors: NDArray[np.float32],
    encoder: embed.Encoder,
    figures: pairs.PairFigures,
) -> tuple[tuple[str, ...], ...]:
    words = pairs.list_words([ask.text for ask in asks], figures.lexicon)
    table = pairs.WordVectors({word: row for row, word in enumerate(words)}, load_vectors(settings, words, encoder))
    if len(asks) < REMEMBER_FROM:
        return group.group_asks(asks, vectors, table, figures=figures)
    path = Workspace(settings.data).stages / "grouping_past.json"
    version = text_hash(encoder.revision, *(str(weight) for weight in figures.weights), str(figures.cut))
    known = REMEMBERED.validate_json(path.read_bytes()) if path.exists() else None
    past = known.past if known and known.version == version else group.NOTHING
    groups, past = group.group_newcomers(asks, vectors, table, past, figures=figures)
    write_whole(path, REMEMBERED.dump_json(Remembered(version, past)))
    return groups


def load_grouping(settings: Settings) -> Grouping:
    """Tonight's common recommendations and links; none before the first night."""
    path = _grouping_path(settings)
    return GROUPING.validate_json(path.read_bytes()) if path.exists() else Grouping((), ())


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


def _grouping_path(settings: Settings) -> Path:
    return Workspace(settings.data).stages / "grouping.json"


def _texts_of(extraction: Extraction) -> Iterator[str]:
    """Each row as printed, for themes and search; the core of its ask, for grouping; each passage."""
    yield from (row.text for row in extraction.recommendations)
    yield from (ask_core(row.text) for row in extraction.recommendations)
    yield from (passage.text for passage in extraction.passages)
