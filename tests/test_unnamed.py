"""The public file names nobody who died: names are left out as it is built, a text that would keep one is left out
whole, and a name that is left in spite of all stops the publication.
"""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import warehouse.publish
from pipeline.records import CommonRecommendation, Kind, Review, Span
from pipeline.stages import StageCache
from pipeline.theme_records import Proposal
from tests.test_register import make_night
from tests.warehouse_facts import AS_OF, NIGHT, make_document, make_row
from warehouse.build import ChecksFailed
from warehouse.connect import fetch_rows, open_reader
from warehouse.facts import Facts
from warehouse.names import LEFT_OUT, WITHHELD
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


def make_hidden_name() -> Facts:
    """Planted: inside a file's name, where no word begins with the name."""
    night = make_death()
    sha256, one = next((sha, one) for sha, one in night.extractions.items() if "Featherby was" in str(one))
    row = one.recommendations[0]
    spelt = replace(
        row, text=f"{row.text} See report-quillon-featherby.pdf.", spans=(Span(2, 0, 200),), response_text="We will."
    )
    passage = replace(one.passages[0], text="It is in the-quillon-featherby-file.")
    return replace(
        night,
        extractions={**night.extractions, sha256: replace(one, recommendations=(spelt,), passages=(passage,))},
        reviews=[Review("r1", row.recommendation_id, "addressee", f"{NAME}'s employer", None, "Ann", AS_OF, NIGHT)],
    )


def test_a_text_in_which_a_name_would_stay_is_left_out_and_the_night_goes_on(tmp_path: Path) -> None:
    publish(make_hidden_name(), tmp_path)
    assert b"quillon" not in (tmp_path / "public.duckdb").read_bytes().lower()
    with open_reader(tmp_path / "public.duckdb") as public:
        (row,) = fetch_rows(public, "FROM register WHERE source = 'pfd'")
        assert (row["text"], row["response_text"], row["is_answered"]) == (LEFT_OUT, "We will.", True)
        assert fetch_rows(public, "FROM passages WHERE text = $text", {"text": LEFT_OUT})
        assert fetch_rows(public, "SELECT answer FROM reviews") == [{"answer": f"{WITHHELD}'s employer"}]
        shown = fetch_rows(public, "FROM issues WHERE code = 'name_left_out_whole' ORDER BY message")
    with open_reader(tmp_path / "warehouse.duckdb") as inside:
        told = fetch_rows(inside, "FROM issues WHERE code = 'name_left_out_whole' ORDER BY message")
        assert fetch_rows(inside, "FROM register WHERE text LIKE '%report-quillon-featherby.pdf.'")
    assert [one["message"] for one in shown] == [one["message"] for one in told]
    assert any(f"recommendation {row['recommendation_id']}" in one["message"] for one in told)
    assert any("passage " in one["message"] for one in told)
    assert {one["sha256"] for one in told} == {row["sha256"]}


def test_a_name_is_no_keyword(tmp_path: Path) -> None:
    night = make_death()
    rows = [row for one in night.extractions.values() for row in one.recommendations]
    members = tuple(sorted(row.recommendation_id for row in rows))
    common = CommonRecommendation("c1", members, members[0], ("featherby", "detainee"))
    proposal = Proposal(
        "e1", "Featherby, cell", ("featherby", "cell", "drunk"), members[0], members, ("X",), (2026,), 1, 0, "proposed"
    )
    publish(replace(night, commons=[common], proposals=[proposal]), tmp_path)
    with open_reader(tmp_path / "public.duckdb") as public:
        assert fetch_rows(public, "SELECT keywords FROM common_recommendations") == [{"keywords": ["detainee"]}]
        assert fetch_rows(public, "SELECT name, keywords FROM emerging_themes") == [
            {"name": "cell, drunk", "keywords": ["cell", "drunk"]}
        ]


def test_names_side_by_side_in_two_cells_are_no_name(tmp_path: Path) -> None:
    """Each text is looked at by itself, or a night would be kept back for nothing."""
    night = make_death()
    files = [
        replace(one, ref=replace(one.ref, body="The Quillon")) if one.ref.source == "pfd" else one
        for one in night.files
    ]
    publish(replace(night, files=files), tmp_path)


def test_a_name_that_is_left_stops_the_night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: the step that leaves names out misses a passage."""

    def miss_one(facts: Facts, kept: StageCache | None = None) -> Unnamed:
        done = leave_names_out(facts, kept)
        return replace(done, facts=replace(done.facts, extractions=facts.extractions))

    monkeypatch.setattr(warehouse.publish, "leave_names_out", miss_one)
    with pytest.raises(ChecksFailed, match="names_in_public: 1 rows") as failed:
        publish(make_death(), tmp_path)
    assert "uillon" not in str(failed.value)
    assert not (tmp_path / "warehouse.duckdb").exists()
