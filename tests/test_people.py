"""Who died is sought once in what a document says, and again when it says something else or what was kept is lost."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from flows.publish import write_digests
from pipeline.stages import StageCache
from tests.test_delivery import make_night
from tests.warehouse_facts import make_facts
from warehouse import people
from warehouse.people import Said, look_up_people
from warehouse.unnamed import leave_names_out

REPORT = Said(None, (), frozenset({"An inquest into the death of Wilma Quux went on.", "Mr Quux asked."}), True)
STATED = Said("A report", ("Jo Barr",), frozenset(), False)
NOBODY = Said("A report", (), frozenset({"The force should train its officers."}), False)
DOCUMENTS: Mapping[str, Said] = {"one": REPORT, "two": STATED, "three": NOBODY}
FOUND = {"one": frozenset({"Wilma Quux", "Quux"}), "two": frozenset({"Jo Barr"}), "three": frozenset[str]()}


@pytest.fixture
def sought(monkeypatch: pytest.MonkeyPatch) -> list[Said]:
    """What was sought in, in order."""
    asked: list[Said] = []
    seek = people._seek

    def note(said: Said) -> frozenset[str]:
        asked.append(said)
        return seek(said)

    monkeypatch.setattr(people, "_seek", note)
    return asked


def test_each_document_is_sought_in_once(tmp_path: Path, sought: list[Said]) -> None:
    assert look_up_people(DOCUMENTS, StageCache(tmp_path)) == FOUND
    assert len(sought) == len(DOCUMENTS)
    assert look_up_people(dict(reversed(DOCUMENTS.items())), StageCache(tmp_path)) == FOUND
    assert len(sought) == len(DOCUMENTS)


def test_without_a_place_to_keep_it_the_same_is_found() -> None:
    assert look_up_people(DOCUMENTS) == FOUND


@pytest.mark.parametrize(
    "changed",
    [
        replace(REPORT, title="Vera Quonk: Prevention of future deaths report"),
        replace(REPORT, stated=("Vera Quonk",)),
        replace(REPORT, texts=REPORT.texts | {"Her mother Vera Quonk asked."}),
    ],
)
def test_what_says_something_else_is_sought_in_again(tmp_path: Path, changed: Said) -> None:
    look_up_people({"one": REPORT}, StageCache(tmp_path))
    assert "Vera Quonk" in look_up_people({"one": changed}, StageCache(tmp_path))["one"]


def test_what_was_read_as_a_report_of_a_death_is_read_otherwise_as_none(tmp_path: Path) -> None:
    said = Said(None, (), frozenset({"Mr Quux asked."}), True)
    cache = StageCache(tmp_path)
    assert look_up_people({"one": said}, cache) == {"one": frozenset({"Quux"})}
    assert look_up_people({"one": replace(said, is_report_of_a_death=False)}, cache) == {"one": frozenset()}


def test_what_other_code_found_is_not_trusted(
    tmp_path: Path, sought: list[Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    look_up_people(DOCUMENTS, StageCache(tmp_path / "kept"))
    (tmp_path / "names.py").write_text("# other cues\n", encoding="utf-8")
    monkeypatch.setattr(people, "CODE", (tmp_path / "names.py",))
    assert look_up_people(DOCUMENTS, StageCache(tmp_path / "kept")) == FOUND
    assert len(sought) == 2 * len(DOCUMENTS)


def test_what_was_damaged_on_the_disk_is_sought_again(tmp_path: Path, sought: list[Said]) -> None:
    look_up_people(DOCUMENTS, StageCache(tmp_path))
    [part] = tmp_path.glob("*.parquet")
    part.write_bytes(part.read_bytes()[:-40])
    assert look_up_people(DOCUMENTS, StageCache(tmp_path)) == FOUND
    assert len(sought) == 2 * len(DOCUMENTS)


def test_a_night_without_names_is_the_same_from_what_was_kept(tmp_path: Path, sought: list[Said]) -> None:
    facts = make_facts()
    once = leave_names_out(facts)
    assert sought
    for _ in range(2):
        assert leave_names_out(facts, StageCache(tmp_path)).facts.extractions == once.facts.extractions


def test_digests_keep_whom_they_found(tmp_path: Path) -> None:
    settings = make_night(tmp_path, make_facts())
    write_digests(settings)
    assert list((tmp_path / "stages" / "people").glob("*.parquet"))
