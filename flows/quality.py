"""`perennial evaluate`: the project's own figures on the bundled sample and its answer key, against their floors; and
how many answers were joined to their asks, on the sample and on pairs that a person wrote down.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from flows.extracting import extract_files
from flows.lines import Item, classify_items, group_items
from pipeline.media import PDF
from pipeline.records import Assignment, Extraction, Recommendation, StoredFile
from pipeline.scoring import Tally, match_texts, tally_labels, tally_pairs, tally_texts
from pipeline.settings import Settings
from pipeline.workspace import Workspace
from sources import HERE
from sources.sample import list_documents
from warehouse.answer_pairs import AnswerPair, PairScore, read_pairs, score_pairs
from warehouse.build import build_warehouse
from warehouse.facts import Facts

SAMPLE = HERE / "sample"
FLOORS = Path(__file__).with_name("floors.yml")
FAMILIES = {"met-iopc": "complaints body and force", "pfd": "coroner and letter"}  # else a government response
LEAST_JOINED = 0.95  # of the pairs that a person wrote down
COUNTED_DOWN = "false items on documents without asks"  # less is better; its floor is a ceiling


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure and the value it must not fall below (or, for counts of errors, rise above)."""

    name: str
    value: float
    floor: float

    @property
    def passes(self) -> bool:
        """Whether the floor is kept."""
        return self.value <= self.floor if self.name == COUNTED_DOWN else self.value >= self.floor


def measure_quality(settings: Settings) -> list[Figure]:
    """Every figure, in the order of the floors file."""
    key = read_key(SAMPLE / "answers")
    paths = [SAMPLE / "documents" / name for name in sorted(key)]
    read = {path.name: extraction for path, extraction in extract_files(paths, "sample", settings)}
    values = {
        **_measure_extraction(read, key),
        **_measure_answers(read, key),
        **_measure_themes(key, settings),
        **_measure_groups(key, settings),
    }
    floors = yaml.safe_load(FLOORS.read_text(encoding="utf-8"))
    return [Figure(name, values[name], floor) for name, floor in floors.items()]


def measure_answers(settings: Settings, file: Path) -> tuple[list[Figure], int]:
    """How many of the answers in the CSV `file` the published warehouse joins to the asks they answer, by family; and
    how many lines name what is not held, which counts as not joined.

    Raises `Refusal` for a file that cannot be used, and `NoWarehouse`.
    """
    scores = score_pairs(Workspace(settings.data).warehouse, read_pairs(file))
    figures = [Figure(name, value, LEAST_JOINED) for name, value in _name_scores(scores).items()]
    return figures, sum(one.absent for one in scores)


def read_key(folder: Path) -> dict[str, Any]:
    """The answer key by file name."""
    answers = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    return {Path(answer["file"]).name: answer for answer in answers}


def _measure_extraction(read: Mapping[str, Extraction], key: Mapping[str, Any]) -> dict[str, float]:
    families: dict[str, Tally] = {}
    pages, kinds, false, stated, right = 0, 0, 0, 0, 0
    for name, answer in key.items():
        rows, items = read[name].recommendations, answer["items"]
        found = tally_texts([row.text for row in rows], [item["text"] for item in items])
        family = Path(answer["file"]).parent.name
        families[family] = families.get(family, Tally()) + found
        false += 0 if items else len(rows)
        for row, item in _matched(rows, items):
            pages += row.page in {item["page"], *item["also_on_pages"]}
            kinds += row.kind == item["kind"]
            stated += item.get("status") is not None
            right += item.get("status") is not None and row.status == item["status"]
    total = sum(families.values(), Tally())
    return {
        **{f"extraction F1, {family}": tally.f1 for family, tally in families.items()},
        "extraction F1": total.f1,
        "extraction precision": total.precision,
        "extraction recall": total.recall,
        "page right": pages / max(1, total.hits),
        "kind right": kinds / max(1, total.hits),
        "status right": right / max(1, stated),
        COUNTED_DOWN: false,
    }


def _matched(rows: Sequence[Recommendation], items: Sequence[Any]) -> list[tuple[Recommendation, Any]]:
    pairs = match_texts([row.text for row in rows], [item["text"] for item in items])
    return [(rows[i], items[j]) for i, j in pairs.items()]


def _measure_answers(read: Mapping[str, Extraction], key: Mapping[str, Any]) -> dict[str, float]:
    """On the sample's own responses, joined as a night joins them."""
    listed = {one.file: one.ref for one in list_documents((SAMPLE / "listing.json").read_bytes())}
    files = [
        StoredFile(read[name].sha256, 0, datetime.combine(ref.published or datetime.min, time(), UTC), PDF, ref)
        for name, ref in listed.items()
    ]
    rows = [row.recommendation_id for one in read.values() for row in one.recommendations]
    day = max(file.fetched_at for file in files).date()
    facts = Facts(day, files, {one.sha256: one for one in read.values()}, assignments=[Assignment(r, ()) for r in rows])
    with TemporaryDirectory() as folder:
        build_warehouse(facts, Path(folder) / "sample.duckdb")
        return _name_scores(score_pairs(Path(folder) / "sample.duckdb", _list_pairs(read, key)))


def _list_pairs(read: Mapping[str, Extraction], key: Mapping[str, Any]) -> Iterator[AnswerPair]:
    """Each answer of the key with the ask it restates; a letter without rows of its own answers its whole report."""
    for row in _read_json("listing.json")["documents"]:
        name, asked = Path(row["file"]).name, row["responds_to"]
        if asked is None:
            continue
        family = FAMILIES.get(row["source"], "report and government response")
        items, asks = key[name]["items"], key[asked]["items"]
        if not items:
            yield AnswerPair(family=family, answer=name, asked=asked)
        same = match_texts([item["text"] for item in items], [item["text"] for item in asks])
        found = {item["text"]: one for one, item in _matched(read[name].recommendations, items)}
        sought = {item["text"]: one for one, item in _matched(read[asked].recommendations, asks)}
        for place, other in same.items():
            said, meant = found.get(items[place]["text"]), sought.get(asks[other]["text"])
            yield AnswerPair(
                family=family,
                answer=name,
                answer_row=said.recommendation_id if said else "not extracted",
                asked=asked,
                asked_row=meant.recommendation_id if meant else "not extracted",
            )


def _name_scores(scores: Sequence[PairScore]) -> dict[str, float]:
    joined = {f"answers joined, {one.family}": one.share for one in scores}
    return {**joined, "answers joined": sum(one.right for one in scores) / sum(one.pairs for one in scores)}


def _measure_themes(key: Mapping[str, Any], settings: Settings) -> dict[str, float]:
    """Themes are judged on the key's own texts, so that what extraction missed is not counted twice."""
    items, expected = [], {}
    for name, answer in key.items():
        for number, item in enumerate(answer["items"]):
            items.append(Item(id=f"{name}#{number}", text=item["text"]))
            expected[items[-1].id] = set(item["themes"])
    given = {one.recommendation_id: {s.theme for s in one.themes} for one in classify_items(items, settings)}
    tallies = tally_labels(given, expected)
    return {
        "themes micro F1": sum(tallies.values(), Tally()).f1,
        "themes macro F1": sum(tally.f1 for tally in tallies.values()) / max(1, len(tallies)),
    }


def _measure_groups(key: Mapping[str, Any], settings: Settings) -> dict[str, float]:
    """Pairs across documents, among all rows of the key: the planted repeats, and every other row as a decoy."""
    bodies = {Path(row["file"]).name: row for row in _read_json("listing.json")["documents"]}
    items = [
        Item(id=f"{name}#{number}", text=item["text"], source=bodies[name]["body"], date=bodies[name]["published"])
        for name, answer in key.items()
        for number, item in enumerate(answer["items"])
    ]
    ids = {(item.id.split("#")[0], item.text): item.id for item in items}
    groups: dict[str, list[str]] = {}
    for one in group_items(items, settings):
        if one.common_id:
            groups.setdefault(one.common_id, []).append(one.id)
    planted = [
        [ids[Path(member["file"]).name, member["text"]] for member in group["members"]]
        for group in _read_json("repeats.json")["groups"]
    ]
    tally = tally_pairs(groups.values(), planted, is_counted=_spans_documents)
    return {"same ask, pair precision": tally.precision, "same ask, pair recall": tally.recall}


def _spans_documents(one: str, other: str) -> bool:
    return one.split("#")[0] != other.split("#")[0]


def _read_json(name: str) -> Any:  # noqa: ANN401 - what JSON holds
    return json.loads((SAMPLE / name).read_text(encoding="utf-8"))
