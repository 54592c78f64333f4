"""The public file names nobody who died: names are left out as it is built, and one that is left stops the night."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import warehouse.publish
from pipeline.records import Kind
from tests.test_register import make_night
from tests.warehouse_facts import make_document, make_row
from warehouse.build import ChecksFailed
from warehouse.connect import fetch_rows, open_reader
from warehouse.facts import Facts
from warehouse.publish import publish
from warehouse.unnamed import Unnamed, leave_names_out

NAME = "Quillon Featherby"


def make_death() -> Facts:
    """A coroner's report with a name in its title, address, page and texts, a letter, and a report of others."""
    file = make_document(
        "quillon-featherby",
        "pfd",
        "Senior Coroner",
        date(2026, 3, 2),
        title=f"{NAME}: Prevention of future deaths report",
        people=(NAME,),
        page="https://example.org/quillon-featherby/",
        recipients=("Kent Police",),
    )
    letter = make_document(
        "letter", "pfd", "Kent Police", None, title=f"Response about {NAME}", people=(NAME,), responds_to=file.ref.url
    )
    row = make_row(
        file, "Mr Featherby was not checked. The force should check every detainee who is drunk.", Kind.CONCERN
    )
    other = make_document("other", "hmicfrs", "HMICFRS", date(2026, 2, 1))
    night = make_night((file, [row]), (letter, []), (other, [make_row(other, "Check cells in Featherby Road.")]))
    spoken = replace(
        night.extractions[letter.sha256].passages[0], text=f"We are sorry for the death of {NAME.upper()}."
    )
    read = {**night.extractions, letter.sha256: replace(night.extractions[letter.sha256], passages=(spoken,))}
    return replace(night, extractions=read)


def test_names_are_left_out_of_the_public_file_only(tmp_path: Path) -> None:
    publish(make_death(), tmp_path)
    content = (tmp_path / "public.duckdb").read_bytes().lower()
    assert b"quillon" not in content
    with open_reader(tmp_path / "public.duckdb") as public:
        rows = fetch_rows(public, "SELECT text, is_answered, document_title, page_url FROM register ORDER BY published")
        assert rows[0]["text"] == "Check cells in Featherby Road."
        assert "was not checked. The force should check every detainee" in rows[1]["text"]
        assert "Featherby" not in str(rows[1])
        assert rows[1]["is_answered"], "the letter still finds its report"
        assert "?document=" in rows[1]["page_url"]
        assert fetch_rows(public, "SELECT count(DISTINCT url) AS n FROM documents") == [{"n": 3}]
    with open_reader(tmp_path / "warehouse.duckdb") as inside:
        assert fetch_rows(inside, "SELECT people FROM documents WHERE len(people) > 0 LIMIT 1") == [{"people": [NAME]}]


def test_a_name_that_is_left_stops_the_night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: the step that leaves names out misses a passage."""

    def miss_one(facts: Facts) -> Unnamed:
        done = leave_names_out(facts)
        return replace(done, facts=replace(done.facts, extractions=facts.extractions))

    monkeypatch.setattr(warehouse.publish, "leave_names_out", miss_one)
    with pytest.raises(ChecksFailed, match="names_in_public: 1 rows") as failed:
        publish(make_death(), tmp_path)
    assert "uillon" not in str(failed.value)
    assert not (tmp_path / "warehouse.duckdb").exists()
