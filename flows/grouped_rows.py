"""What grouping keeps from night to night: of each row what tells whether it changed, and what was found of the asks.

So a night opens only the documents that are new and those whose rows it has to compare.
"""

import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from flows.iteration import in_batches
from flows.read import archive_lines, document_states, first_lines, load_extractions, recommendations_of, refused_rows
from flows.vectors import load_readings, title_of
from pipeline.candidates import NOTHING, Edges, Past, Rows, list_rows
from pipeline.embed import vector_key
from pipeline.ids import text_hash
from pipeline.ledger import Ledger
from pipeline.neighbours import Near
from pipeline.records import Ask, StoredFile
from pipeline.settings import Settings
from pipeline.stages import read_sealed, write_sealed
from pipeline.workspace import Workspace

DOCUMENTS = 10_000  # opened at a time; each time all that was read is gone through

TextArray = NDArray[np.str_]


class Shelf(NamedTuple):
    """Every row that was read, refused ones too, and the documents they are of; one order each."""

    rows: Rows
    bases: TextArray  # a hash of all that is known of each row
    vectors: TextArray  # the key of the vector of what each row says of the matter
    homes: NDArray[np.intp]  # the place of each row's document in `documents`
    documents: TextArray  # SHA-256, sorted
    states: TextArray  # a hash of what the rows of each document rest on


NO_NAMES = np.zeros(0, dtype="U16")
EMPTY = Shelf(list_rows([], []), NO_NAMES, NO_NAMES, np.zeros(0, dtype=np.intp), NO_NAMES, NO_NAMES)


class AskReader:
    """The rows of a data folder: tells what is known of all, opens the documents of those that are asked for.

    `revision` is of the encoder.
    """

    def __init__(self, settings: Settings, before: Shelf, revision: str) -> None:
        self._settings, self._revision = settings, revision
        self._lines = archive_lines(settings)
        self._opened: dict[str, Ask] = {}
        self.shelf = self._renew(before)
        refused = refused_rows(Ledger(Workspace(settings.data).ledger).reviews().records)
        stands = ~np.isin(self.shelf.rows.ids, np.array(sorted(refused), dtype=np.str_))
        self.rows = Rows._make(column[stands] for column in self.shelf.rows)
        ids = self.rows.ids.tolist()
        self.bases: Mapping[str, str] = dict(zip(ids, self.shelf.bases[stands].tolist(), strict=True))
        self._place: Mapping[str, int] = dict(zip(ids, np.flatnonzero(stands).tolist(), strict=True))

    def read(self, ids: Sequence[str]) -> list[Ask]:
        """The rows with these ids, in order. Raises `KeyError` for one that is not there."""
        homes = self.shelf.homes[self._find(set(ids) - self._opened.keys())]
        documents = self.shelf.documents[np.unique(homes)].tolist()
        for some in in_batches(documents, DOCUMENTS):
            self._opened |= {ask.id: ask for ask in self._open(some)}  # others of a document are soon asked for too
        return [self._opened[row_id] for row_id in ids]

    def read_texts(self, ids: Sequence[str]) -> list[str]:
        """The texts of the rows with these ids, in order."""
        return [ask.text for ask in self.read(ids)]

    def hash_texts(self, ids: Sequence[str]) -> list[str]:
        """The `text_hash` of the text of each of these rows; no document is opened."""
        return list(self.shelf.rows.texts[self._find(ids)].tolist())

    def key_vectors(self, ids: Sequence[str]) -> list[str]:
        """The key of the vector of what each of these rows says of the matter; no document is opened."""
        return list(self.shelf.vectors[self._find(ids)].tolist())

    def _find(self, ids: Collection[str]) -> NDArray[np.intp]:
        return np.array([self._place[row_id] for row_id in ids], dtype=np.intp)

    def _renew(self, before: Shelf) -> Shelf:
        """The shelf with the rows of new documents, and without those of documents that changed or went."""
        files = first_lines(self._lines)
        states = {
            sha256: text_hash(state, files[sha256].ref.source, files[sha256].ref.body or "")
            for sha256, state in document_states(self._settings, self._lines).items()
        }
        then = dict(zip(before.documents.tolist(), before.states.tolist(), strict=True))
        fresh = [sha256 for sha256, state in states.items() if then.get(sha256) != state]
        changed = np.array(sorted({*fresh, *(then.keys() - states.keys())}), dtype=np.str_)
        kept = ~np.isin(before.documents, changed)[before.homes]
        documents = np.array(sorted(states), dtype=np.str_)
        asks = [ask for some in in_batches(fresh, DOCUMENTS) for ask in self._open(some)]
        self._opened = {ask.id: ask for ask in asks}
        readings = load_readings(self._settings, [ask.text for ask in asks])
        rows, keys = list_rows(asks, readings), [vector_key(reading.core, self._revision) for reading in readings]
        stood_in = [before.documents[before.homes[kept]], np.array([ask.document for ask in asks], dtype=np.str_)]
        homes = np.searchsorted(documents, np.concatenate(stood_in))
        joined = Rows._make(np.concatenate([old[kept], new]) for old, new in zip(before.rows, rows, strict=True))
        return Shelf(
            joined._replace(came=_rank_documents(self._lines, documents)[homes]),
            np.concatenate([before.bases[kept], np.array([text_hash(repr(ask)) for ask in asks], dtype="U16")]),
            np.concatenate([before.vectors[kept], np.array(keys, dtype="U16")]),
            homes,
            documents,
            np.array([states[sha256] for sha256 in documents.tolist()], dtype="U16"),
        )

    def _open(self, documents: Collection[str]) -> Iterator[Ask]:
        return load_asks(self._settings, documents, self._lines)


def load_asks(settings: Settings, documents: Collection[str], lines: Sequence[StoredFile]) -> Iterator[Ask]:
    """Every recommendation of these documents with what grouping needs of its document, in the order of their ids.

    Rows of which a person said that they are no asks are among them. `lines` are the archive's.
    """
    files = first_lines(lines)
    extractions = load_extractions(settings, with_passages=False, with_refused=True, only=set(documents), lines=lines)
    for row in recommendations_of(extractions):
        ref, facts = files[row.sha256].ref, extractions[row.sha256].facts
        yield Ask(
            id=row.recommendation_id,
            text=row.text,
            source=ref.source,
            body=ref.body or ref.source,
            published=ref.published or facts.published,
            document=row.sha256,
            kind=row.kind,
            label=row.label,
            reference=ref.reference or facts.reference,
            title=title_of(files[row.sha256], extractions[row.sha256]),
        )


def read_kept(settings: Settings, version: str) -> tuple[Shelf, Past, bool]:
    """What the night before left; nothing where the model or the code, told by `version`, was another, and whether
    it was. Nothing either where it was kept by a program that knew less of each row.
    """
    content = read_sealed(_path(settings))
    if content is None:
        return EMPTY, NOTHING, False
    with np.load(io.BytesIO(content), allow_pickle=False) as kept:
        if str(kept["version"]) != version:
            return EMPTY, NOTHING, True
        if not {f"Shelf.{name}" for name in Shelf._fields if name != "rows"} <= set(kept):
            return EMPTY, NOTHING, False
        held = {name: kept[name].astype(np.str_) if kept[name].dtype.kind == "S" else kept[name] for name in kept}
    rows = Rows(*(held[f"Rows.{name}"] for name in Rows._fields))
    near = Near(*(held[f"Near.{name}"] for name in Near._fields))
    edges = Edges(*(held[f"Edges.{name}"] for name in Edges._fields))
    shelf = Shelf(rows, *(held[f"Shelf.{name}"] for name in Shelf._fields if name != "rows"))
    keys, documents, rounded, component, part = (
        held[f"Past.{name}"] for name in ("keys", "documents", "rounded", "component", "part")
    )
    return shelf, Past(keys, documents, rounded, near, edges, component, part), False


def write_kept(settings: Settings, version: str, shelf: Shelf, past: Past) -> None:
    """Keep what tonight knows for the next night."""
    parts = (shelf, shelf.rows, past, past.near, past.edges)
    named = {f"{type(one).__name__}.{name}": value for one in parts for name, value in one._asdict().items()}
    arrays = {name: value for name, value in named.items() if isinstance(value, np.ndarray)}
    # Names are of one byte a letter.
    packed = {name: value.astype("S") if value.dtype.kind == "U" else value for name, value in arrays.items()}
    content = io.BytesIO()
    np.savez(content, allow_pickle=False, version=np.str_(version), **packed)
    write_sealed(_path(settings), content.getvalue())


def _rank_documents(lines: Sequence[StoredFile], documents: TextArray) -> NDArray[np.intp]:
    """The place of each document among all in the order in which the archive got them."""
    rank = {sha256: n for n, sha256 in enumerate(dict.fromkeys(line.sha256 for line in lines))}
    return np.array([rank[sha256] for sha256 in documents.tolist()], dtype=np.intp)


def _path(settings: Settings) -> Path:
    return Workspace(settings.data).stages / "grouping_past.npz"
