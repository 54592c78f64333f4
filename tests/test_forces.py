"""Police forces: each of the 43 is known by its names, its place, its slug and its chief constable."""

from pathlib import Path

import pytest
import yaml

from pipeline.taxonomy import TaxonomyFile, read_taxonomy

FILE = Path(__file__).parents[1] / "sources" / "taxonomies" / "forces.yml"
ENTRIES = TaxonomyFile.model_validate(yaml.safe_load(FILE.read_text(encoding="utf-8"))).entries
FORCES = read_taxonomy(FILE)
TERRITORIAL = ENTRIES[:43]


def test_there_are_forty_three_and_some_more() -> None:
    assert ENTRIES[42].name == "Wiltshire Police"
    assert ENTRIES[43].name == "British Transport Police"
    assert len({entry.slug for entry in ENTRIES}) == len(ENTRIES) >= 53


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.slug)
def test_a_force_is_known_by_every_spelling(entry) -> None:
    for spelling in (entry.name, *entry.also):
        assert FORCES.find(spelling) == entry.name
        assert FORCES.find(spelling.upper().replace(" and ", " & ")) == entry.name
    assert FORCES.find(f"The Chief Constable, {entry.name}, Headquarters") == entry.name


@pytest.mark.parametrize("entry", TERRITORIAL, ids=lambda entry: entry.slug)
def test_a_territorial_force_is_known_by_its_slug(entry) -> None:
    assert FORCES.find(entry.slug) == entry.name


@pytest.mark.parametrize(
    "value",
    [
        "Surrey Police and Crime Commissioner",
        "Metropolitan Police Authority",
        "Kent County Council",
        "Essex Police Federation",
        "Northamptonshire Police, Fire and Crime Commissioner",
        "Ministry of Defence",
        "London",
    ],
)
def test_other_bodies_are_not_forces(value: str) -> None:
    assert FORCES.find(value) is None


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("Commissioner of Police of the Metropolis", "Metropolitan Police Service"),
        ("Chief Constable of the West Midlands", "West Midlands Police"),
        ("Hampshire & the Isle of Wight Constabulary", "Hampshire and Isle of Wight Constabulary"),
        ("dyfed-powys", "Dyfed-Powys Police"),
        ("British Transport Police", "British Transport Police"),
    ],
)
def test_how_forces_are_written_to(value: str, name: str) -> None:
    assert FORCES.find(value) == name
