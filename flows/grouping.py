"""Common recommendations of a night and the links inside them: what changed is worked out, the rest stays as it was."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from flows.grouped_rows import AskReader, Shelf, read_kept, write_kept
from flows.read import Work
from flows.vectors import CONTENT_CODE, find_contents, load_encoder, load_kept_vectors, load_words
from pipeline import group, identity, linkage, recur
from pipeline.candidates import Lookup, Past, RowReader
from pipeline.described import AskContent
from pipeline.ids import code_hash, text_hash
from pipeline.ledger import Ledger
from pipeline.pairs import load_figures
from pipeline.records import Ask, CommonRecommendation, Link
from pipeline.settings import Settings
from pipeline.stages import read_sealed, write_sealed
from pipeline.workspace import Workspace

PIPELINE = Path(group.__file__).parent
GROUPING_CODE = (
    *CONTENT_CODE,
    *(PIPELINE / name for name in ("group.py", "linkage.py", "candidates.py", "neighbours.py", "pairs.py")),
)
LINKING_CODE = (PIPELINE / "recur.py",)
COMPARED_WHOLE = 4096  # rows of a group


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
    bases: Mapping[str, str]  # by id of each row, a hash of all that is known of it
    asks: Callable[[Sequence[str]], Sequence[Ask]]  # of the rows with these ids
    reader: RowReader
    version: str  # of the model and the code


class Found(NamedTuple):
    """What grouping found, and what it keeps for the next night."""

    night: Night
    groups: tuple[tuple[str, ...], ...]
    shelf: Shelf
    past: Past


def group_recommendations(settings: Settings, run_id: str, now: datetime) -> Work:
    """Group rows that ask for the same thing under ids that outlive the night, and type the links inside groups."""
    ledger = Ledger(Workspace(settings.data).ledger)
    past = ledger.identity_events().records
    living = identity.living_groups(past)
    night, groups, shelf, kept = _find_groups(settings, living.values())
    decisions = identity.read_decisions(ledger.reviews().records, past)
    named, events = identity.match_groups(
        groups,
        living,
        run_id=run_id,
        recorded_at=now,
        used=identity.used_ids(past),
        decisions=[decision for decision in decisions if decision.recommendation_id in night.bases],
    )
    grouping = describe_groups(night, named)
    ledger.add_identity_events(events)
    # Not before: the groups of another model would be taken for tonight's where the night dies between the two.
    write_kept(settings, night.version, shelf, kept)
    write_sealed(_grouping_path(settings), GROUPING.dump_json(grouping))
    return Work(len(grouping.commons), sum(event.event == "new" for event in events))


def load_grouping(settings: Settings) -> Grouping:
    """Tonight's common recommendations and links; none before the first night."""
    content = read_sealed(_grouping_path(settings))
    return GROUPING.validate_json(content) if content else Grouping((), ())


def describe_groups(night: Night, named: Mapping[str, Sequence[str]]) -> Grouping:
    """As last night where nothing a group rests on has changed."""
    before, linking = load_grouping(night.settings), code_hash(LINKING_CODE)
    bases = {
        common_id: text_hash(night.version, linking, *(night.bases[row_id] for row_id in ids))
        for common_id, ids in named.items()
    }
    changed = {common_id: ids for common_id, ids in named.items() if before.bases.get(common_id) != bases[common_id]}
    commons, links = _describe_changed(night, changed)
    commons += [one for one in before.commons if one.common_id in named and one.common_id not in changed]
    links += [one for one in before.links if one.common_id in named and one.common_id not in changed]
    ordered = sorted(links, key=lambda link: (link.common_id, link.earlier_id, link.later_id))
    return Grouping(tuple(sorted(commons, key=lambda one: one.common_id)), tuple(ordered), bases)


def _describe_changed(
    night: Night, changed: Mapping[str, Sequence[str]]
) -> tuple[list[CommonRecommendation], list[Link]]:
    """What is shown of each of these groups, and the links inside them; every member is read once."""
    commons, links, listed = list[CommonRecommendation](), list[Link](), list(changed.items())
    for some in linkage.cut_batches([len(ids) for ids in changed.values()]):
        described = _describe_batch(night, dict(listed[some]))
        commons += described[0]
        links += described[1]
    return commons, links


def _describe_batch(night: Night, batch: Mapping[str, Sequence[str]]) -> tuple[list[CommonRecommendation], list[Link]]:
    listed = sorted({row_id for ids in batch.values() for row_id in ids})
    place, asks = {row_id: n for n, row_id in enumerate(listed)}, night.asks(listed)
    told, words = night.reader.describe(listed), night.reader.list_words(listed)
    shown, links, acts = [], list[Link](), []
    for common_id, ids in batch.items():
        places = np.array([place[row_id] for row_id in ids])
        members, vectors, named = [asks[n] for n in places], told.raw[places], [words[n] for n in places]
        texts = [ask.text for ask in members]
        shown.append(group.describe_group(texts, vectors, named, night.reader.figures.lexicon))
        found = recur.link_pairs(common_id, members, _compare(vectors))
        acts.append(places[group.select_acts(members, found)])
        links.extend(found)
    weakest = linkage.find_weakest_links(acts, told, night.reader.figures)
    commons = [
        CommonRecommendation(common_id, tuple(ids), ids[one.representative], one.keywords, least)
        for (common_id, ids), one, least in zip(batch.items(), shown, weakest, strict=True)
    ]
    return commons, links


def _compare(vectors: NDArray[np.float32]) -> "recur.Similarity":
    """The cosines of all with all, worked out as they are asked for where they are too many to hold."""
    if len(vectors) <= COMPARED_WHOLE:
        return vectors @ vectors.T
    return lambda rows, columns: vectors[rows.ravel()] @ vectors[columns.ravel()].T


def _find_groups(settings: Settings, living: Collection[Sequence[str]]) -> Found:
    """The groups of tonight's rows.

    Rows of a living group stay together, unless another model or other code than tonight's had joined them.
    """
    figures, encoder = load_figures(), load_encoder(settings)
    version = text_hash(encoder.revision, code_hash(GROUPING_CODE))
    shelf, past, is_other = read_kept(settings, version)
    rows = AskReader(settings, shelf, encoder.revision)

    def read_contents(ids: Sequence[str]) -> list[AskContent]:
        return find_contents(
            settings, rows.hash_texts(ids), lambda lacking: rows.read_texts([ids[n] for n in lacking]), figures
        )

    lookup = Lookup(
        read_contents,
        lambda ids: load_kept_vectors(settings, rows.key_vectors(ids), encoder.dimension),
        load_words(settings, encoder),
    )
    settled = () if is_other else living
    reader = RowReader(lookup, figures)
    groups, past = group.group_newcomers(rows.rows, reader, past, living=settled)
    return Found(Night(settings, rows.bases, rows.read, reader, version), groups, rows.shelf, past)


def _grouping_path(settings: Settings) -> Path:
    return Workspace(settings.data).stages / "grouping.json"
