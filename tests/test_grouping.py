"""A night works out what changed and keeps the rest, as if it had worked out everything."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from flows.grouping import GROUPING, Grouping, Night, describe_groups, read_past, write_past
from flows.vectors import find_unread, load_readings
from pipeline.candidates import NOTHING, Edges, Lookup, Past, read_ask
from pipeline.pairs import WordVectors, load_figures
from pipeline.records import Ask
from pipeline.settings import Settings
from pipeline.stages import write_sealed

ASKS = [
    Ask(
        f"r{n}", f"Custody staff should rouse detainees who drank, number {n}.", "iopc", "IOPC", date(2020 + n, 1, 1),
        f"d{n}",
    )
    for n in range(6)
]  # fmt: skip
NAMED = {"c1": ("r0", "r1", "r2"), "c2": ("r3", "r4")}


class Asked:
    """Vectors drawn by lot, and a note of the texts they were asked for."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        self.texts += texts
        drawn = np.array([np.random.default_rng(len(text) + ord(text[-1])).normal(size=8) for text in texts])
        return drawn.reshape(len(texts), 8).astype(np.float32)


def make_night(folder: Path, asks: Sequence[Ask], cores: Asked, version: str = "v") -> Night:
    lookup = Lookup(cores, lambda _: WordVectors({}, np.zeros((0, 8), np.float32)))
    readings = [read_ask(ask.text) for ask in asks]
    return Night(Settings(data=folder), asks, readings, lookup, load_figures(), version)


@pytest.fixture
def first(tmp_path: Path) -> Grouping:
    found = describe_groups(make_night(tmp_path, ASKS, Asked()), NAMED)
    write_sealed(tmp_path / "stages" / "grouping.json", GROUPING.dump_json(found))
    return found


def test_a_group_is_worked_out_once(tmp_path: Path, first: Grouping) -> None:
    assert {one.common_id: one.member_ids for one in first.commons} == NAMED
    assert {link.common_id for link in first.links} == set(NAMED)
    cores = Asked()
    assert describe_groups(make_night(tmp_path, ASKS, cores), NAMED) == first
    assert cores.texts == []


@pytest.mark.usefixtures("first")
@pytest.mark.parametrize(
    ("asks", "named", "version", "again"),
    [
        ([replace(ASKS[0], published=date(2019, 1, 1)), *ASKS[1:]], NAMED, "v", 3),  # a date that links rest on
        (ASKS, {**NAMED, "c2": ("r3", "r4", "r5")}, "v", 3),
        (ASKS, {"c1": NAMED["c1"], "c3": NAMED["c2"]}, "v", 2),
        (ASKS, NAMED, "another model", 5),
    ],
)
def test_what_changed_is_worked_out_again_and_nothing_else(
    tmp_path: Path, asks: list[Ask], named: dict[str, tuple[str, ...]], version: str, again: int
) -> None:
    cores = Asked()
    found = describe_groups(make_night(tmp_path, asks, cores, version), named)
    assert len(cores.texts) == again
    assert found == describe_groups(make_night(tmp_path / "empty", asks, Asked(), version), named)


def test_the_past_is_kept_and_another_model_has_none(tmp_path: Path) -> None:
    numbers = np.array([0, 1])
    past = Past(
        np.array(["a" * 16, "b" * 16]), Edges(numbers[:1], numbers[1:], np.array([2.5])), numbers * 0, numbers * 0
    )
    path = tmp_path / "past.npz"
    assert read_past(path, "v") is NOTHING
    write_past(path, past, "v")
    kept = read_past(path, "v")
    assert kept.keys.tolist() == past.keys.tolist()
    assert [part.tolist() for part in kept.edges] == [part.tolist() for part in past.edges]
    assert (kept.component.tolist(), kept.part.tolist()) == ([0, 0], [0, 0])
    assert read_past(path, "w") is NOTHING


def test_a_text_is_read_once(tmp_path: Path) -> None:
    settings, texts = Settings(data=tmp_path), [ask.text for ask in ASKS]
    form = "During the course of the inquest the evidence revealed matters giving rise to concern."
    assert find_unread(settings, texts) == texts
    assert load_readings(settings, texts[:2]) == [read_ask(text) for text in texts[:2]]
    assert find_unread(settings, texts) == texts[2:]
    assert load_readings(settings, [form, *texts]) == [read_ask(text) for text in [form, *texts]]
    assert load_readings(settings, [form])[0].is_form
