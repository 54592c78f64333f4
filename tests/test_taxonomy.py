"""Publishers' names map to canonical ones; what nobody knows is kept and told, never dropped."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import DocumentRef
from pipeline.spec import SpecError
from pipeline.taxonomy import Taxonomy, canonical, fold, read_taxonomy
from pipeline.web import Oddity, Reading

FOLDER = Path(__file__).parents[1] / "sources" / "taxonomies"
FILES = sorted(FOLDER.glob("*.yml"))


def taxonomy(tmp_path: Path, text: str) -> Taxonomy:
    path = tmp_path / "t.yml"
    path.write_text(text, encoding="utf-8")
    return read_taxonomy(path)


def read_one(table: Taxonomy, *values: str) -> Reading:
    ref = DocumentRef("x", "x", "https://site.example/", areas=values)
    return canonical(Reading((ref,)), {"areas": (table,)})


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_data_file_is_valid_and_its_names_stand_for_themselves(path: Path) -> None:
    table = read_taxonomy(path)
    names = {name for name in table.names.values() if name}
    assert names
    assert all(table.find(name) == name for name in names)


@pytest.mark.parametrize(
    ("spelling", "area"),
    [
        ("London Inner (North)", "Inner North London"), ("London North (Inner)", "Inner North London"),
        ("Inner North London\xa0", "Inner North London"), ("London (East)", "East London"),
        ("Manchester North", "Greater Manchester North"), ("Manchester City", "Manchester City"),
        ("City of London", "City of London"), ("South Yorkshire ( West)", "South Yorkshire West"),
        ("Yorkshire West Western", "West Yorkshire Western"), ("Stoke-on-Trent & North Staffordshire",
        "Staffordshire and Stoke-on-Trent"), ("County of Devon, Plymouth & Torbay", "Devon, Plymouth and Torbay"),
        ("the Black Country jurisdiction", "Black Country"),
        ("Birmingham and Solihull Category", "Birmingham and Solihull"),
    ],
)  # fmt: skip
def test_spellings_of_coroner_areas(spelling: str, area: str) -> None:
    assert read_taxonomy(FOLDER / "coroner-areas.yml").find(spelling) == area


@pytest.mark.parametrize(
    ("sent_to", "body"),
    [
        ("Commissioner of Police of the Metropolis", "Metropolitan Police Service"),
        ("Sir A. Person, Metropolitan Police Service, New Scotland Yard", "Metropolitan Police Service"),
        ("The Home Secretary", "Home Office"),
        ("Deputy Mayor for Policing and Crime", "Mayor's Office for Policing and Crime"),
        ("National Police Chiefs’ Council", "National Police Chiefs' Council"), ("Anytown Cats Home", None),
    ],
)  # fmt: skip
def test_spellings_of_bodies(sent_to: str, body: str | None) -> None:
    assert read_taxonomy(FOLDER / "bodies.yml").find(sent_to) == body


def test_what_no_entry_knows_is_kept_and_told(tmp_path: Path) -> None:
    read = read_one(taxonomy(tmp_path, "title: T\nentries: [{name: Here, also: [Hither]}]\n"), "hither", "There")
    assert read.documents[0].areas == ("Here", "There")
    assert read.oddities == (Oddity("unknown_area", "No entry knows 'There'."),)


def test_an_open_taxonomy_keeps_quiet_and_the_ignored_go(tmp_path: Path) -> None:
    table = taxonomy(tmp_path, "title: T\nopen: true\nentries: [{name: Here}]\nignored: [Nowhere]\n")
    read = read_one(table, "There", "NOWHERE", "here", "Here")
    assert (read.documents[0].areas, read.oddities) == (("There", "Here"), ())


def test_taxonomies_of_a_field_are_tried_in_order(tmp_path: Path) -> None:
    first = taxonomy(tmp_path, "title: T\nentries: [{name: A, patterns: ['\\bx\\b']}]\n")
    second = taxonomy(tmp_path, "title: T\nentries: [{name: B, also: [x], patterns: [y]}]\n")
    ref = DocumentRef("x", "x", "https://site.example/", recipients=("an x", "a y", "z"))
    read = canonical(Reading(passed_over=(ref,)), {"recipients": (first, second)})
    assert read.passed_over[0].recipients == ("A", "B", "z")
    assert [oddity.code for oddity in read.oddities] == ["unknown_recipient"]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("title: T\nentries: [{name: A, also: [x]}, {name: B, also: [X]}]\n", "claimed by both"),
        ("title: T\nentries: []\n", "entries"), ("title: T\nentries: [{name: A, patterns: ['(']}]\n", "cannot be read"),
        ("title: T\nentries: [{name: A}]\ncolour: red\n", "colour"), ("a: [", "cannot be read"), ("", "t.yml"),
    ],
)  # fmt: skip
def test_a_broken_file_is_told_in_one_sentence(tmp_path: Path, written: str, told: str) -> None:
    with pytest.raises(SpecError, match=told) as caught:
        taxonomy(tmp_path, written)
    assert "\n" not in str(caught.value)


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(value: str) -> None:
    assert fold(fold(value)) == fold(value)


@given(st.permutations(["Inner", "North", "London"]), st.sampled_from(["{} {} {}", "{} ({} {})", "{}, {} & {}"]))
def test_the_order_of_words_does_not_count_where_the_file_says_so(words: list[str], form: str) -> None:
    assert fold(form.format(*words).replace("&", " "), any_order=True) == "inner london north"


def test_every_area_and_category_of_real_reports_is_known(shared: Path) -> None:
    areas = read_taxonomy(FOLDER / "coroner-areas.yml")
    categories = read_taxonomy(FOLDER / "pfd-categories.yml")
    rows = [json.loads(line) for line in (shared / "corpus/pfd/reports.jsonl").read_text(encoding="utf-8").splitlines()]
    printed = [row["area"].splitlines()[0] for row in rows if row["area"]]
    assert len(set(printed)) > 150
    assert [area for area in printed if areas.find(area) is None] == []
    assert {name for row in rows for name in row["categories"] if categories.find(name) is None} == set()
