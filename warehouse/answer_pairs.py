"""How many answers were joined to the asks they answer, told by pairs that people wrote down in a small CSV."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from pipeline.refusal import Refusal
from warehouse.connect import Connection, fetch_rows, open_reader
from warehouse.csv_cells import read_lines

COLUMNS = ("family", "answer", "answer_row", "asked", "asked_row")
FEWEST_DIGITS = 8  # of a SHA-256 that is cut short


class AnswerPair(BaseModel):
    """One line: this row of that document answers this row of that one.

    A document is told by file name, address or SHA-256 (its first digits will do), a row by its label as printed, by
    "#3" for the third of its document, or by recommendation_id. Without `answer_row` the document as a whole answers;
    without `asked_row` everything the other asks is answered; without `asked` the row answers nothing that is held.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    family: str = Field(min_length=1)  # figures are told by it
    answer: str = Field(min_length=1)
    answer_row: str = ""
    asked: str = ""
    asked_row: str = ""


@dataclass(frozen=True, slots=True)
class PairScore:
    """Pairs of one family: how many are joined as they should be, of how many; `absent` name a row not held."""

    family: str
    right: int
    pairs: int
    absent: int

    @property
    def share(self) -> float:
        """Right of all, 0 to 1; what names an absent row is not right."""
        return self.right / self.pairs


def read_pairs(path: Path) -> tuple[AnswerPair, ...]:
    """The pairs in a CSV with the columns `COLUMNS`. Raises `Refusal` for another table, and for a line not usable."""
    pairs = tuple(pair for _, pair in read_lines(path, COLUMNS, AnswerPair))
    if not pairs:
        raise Refusal(f"{path.name} holds no pair.")
    return pairs


def score_pairs(warehouse: Path, pairs: Iterable[AnswerPair]) -> list[PairScore]:
    """The scores of `pairs` by family, against the file at `warehouse`. Raises `NoWarehouse`."""
    with open_reader(warehouse) as connection:
        held = _load_held(connection)
    told: dict[str, list[bool | None]] = {}
    for pair in pairs:
        told.setdefault(pair.family, []).append(_judge(pair, held))
    return [PairScore(name, found.count(True), len(found), found.count(None)) for name, found in sorted(told.items())]


@dataclass(frozen=True, slots=True)
class _Held:
    """Hashes of `documents` by file name and address, `rows` by hash in order of place, `answered` asks by hash of the
    document that answers.
    """

    documents: Mapping[str, Collection[str]]
    hashes: Sequence[str]
    rows: Mapping[str, Sequence[Mapping[str, Any]]]
    answered: Mapping[str, Collection[str]]

    def find(self, name: str) -> list[str]:
        """Hashes of the documents of that name; none is named by too few digits."""
        begun = [one for one in self.hashes if one.startswith(name)] if len(name) >= FEWEST_DIGITS else []
        return sorted({*self.documents.get(name, ()), *begun})


def _load_held(connection: Connection) -> _Held:
    documents: dict[str, set[str]] = {}
    hashes = []
    for row in fetch_rows(connection, "SELECT sha256, file, urls FROM documents ORDER BY sha256"):
        hashes.append(row["sha256"])
        for name in (row["file"], *row["urls"], *(url.rpartition("/")[2] for url in row["urls"])):
            documents.setdefault(name, set()).add(row["sha256"])
    rows: dict[str, list[Mapping[str, Any]]] = {}
    for row in fetch_rows(
        connection,
        "SELECT recommendation_id, ask_id, sha256, label, kind = 'quoted_recommendation' AS is_restated "
        "FROM recommendations ORDER BY sha256, spans[1].page, spans[1].start, recommendation_id",
    ):
        rows.setdefault(row["sha256"], []).append(row)
    homes = {row["recommendation_id"]: sha256 for sha256, found in rows.items() for row in found}
    answered: dict[str, set[str]] = {}
    for row in fetch_rows(
        connection,
        "SELECT recommendation_id AS ask_id, answer.recommendation_id AS said_in "
        "FROM (SELECT recommendation_id, unnest(answers) AS answer FROM register)",
    ):
        answered.setdefault(homes.get(row["said_in"], row["said_in"]), set()).add(row["ask_id"])
    return _Held(documents, hashes, rows, answered)


def _judge(pair: AnswerPair, held: _Held) -> bool | None:
    """Whether the pair is joined as told; None when it names what is not held."""
    letters = held.find(pair.answer)
    answering = [row for sha in letters for row in held.rows.get(sha, ())]
    asking = [row for sha in held.find(pair.asked) for row in held.rows.get(sha, ())]
    asks = {row["ask_id"] for row in _choose(asking, pair.asked_row)}
    given = {row["ask_id"] for row in _choose(answering, pair.answer_row)} if pair.answer_row else set()
    if not pair.asked:
        return given <= {row["recommendation_id"] for row in answering} if given else None
    if not asks or not letters or (pair.answer_row and not given):
        return None
    if pair.answer_row:
        return given <= asks
    return any(asks <= set(held.answered.get(sha, ())) for sha in letters)


def _choose(rows: Sequence[Mapping[str, Any]], wanted: str) -> list[Mapping[str, Any]]:
    """The rows of one document that `wanted` names; all that it asks itself, or else all, when nothing is named."""
    if not wanted:
        return [row for row in rows if not row["is_restated"]] or list(rows)
    if place := re.fullmatch(r"#(\d+)", wanted):
        return [*rows[int(place[1]) - 1 : int(place[1])]] if int(place[1]) else []
    labelled = [row for row in rows if row["label"] and _plain(row["label"]) == _plain(wanted)]
    return labelled or [row for row in rows if row["recommendation_id"] == wanted]


def _plain(label: str) -> str:
    return label.casefold().strip(" .:()")
