"""Common recommendations in the warehouse: the perennial rule, recurrence after closure, framing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from math import log
from pathlib import Path
from typing import Any

import pytest

from flows.grouping import GROUPING, Grouping
from pipeline.ledger import Ledger
from pipeline.records import LinkType, Review, Status
from pipeline.stages import write_sealed
from pipeline.workspace import Workspace
from tests.commands import perennial
from tests.warehouse_facts import AS_OF, NIGHT, make_facts
from warehouse.connect import Connection, fetch_rows, open_reader
from warehouse.load import Facts, Parameters
from warehouse.publish import publish


def read(facts: Facts, folder: Path, query: str) -> list[dict[str, Any]]:
    publish(facts, folder)
    with open_reader(folder / "warehouse.duckdb") as connection:
        return fetch_rows(connection, query)


def without_acceptance() -> Facts:
    facts = make_facts()
    extractions = {
        sha256: replace(
            one,
            recommendations=tuple(
                replace(row, status=Status.REJECTED) if row.status else row for row in one.recommendations
            ),
        )
        for sha256, one in facts.extractions.items()
    }
    return replace(facts, extractions=extractions)


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    folder = tmp_path_factory.mktemp("groups")
    publish(make_facts(), folder)
    with open_reader(folder / "warehouse.duckdb") as connection:
        yield connection


def test_a_group_shows_years_bodies_gaps_and_denominators(night: Connection) -> None:
    (row,) = fetch_rows(night, "FROM common_recommendations")
    assert row["years"] == [2022, 2024, 2025, 2026]
    assert row["bodies"] == ["HMICFRS", "MOPAC", "Senior Coroner"]
    assert row["ask_count"] == 4, "reprints and the response's restatement are no new ask"
    assert row["gaps_days"] == sorted(row["gaps_days"], reverse=True)
    assert row["gaps_days"][0] == row["longest_gap_days"]
    assert len(row["gaps_days"]) == row["ask_count"] - 1
    assert row["document_read_count"] == sum(cell["document_read_count"] for cell in row["documents_read"])
    years = range(AS_OF.year - 4, AS_OF.year + 1)
    cells = {(cell["source"], cell["year"]): cell["document_read_count"] for cell in row["documents_read"]}
    assert set(cells) == {(source, year) for source in row["sources"] for year in years}, "also years without any"
    assert 0 in cells.values()
    assert row["year_read_count"] == len({year for (_, year), count in cells.items() if count})


def test_the_verdict_is_told_for_other_years_and_bodies(tmp_path: Path) -> None:
    (row,) = read(without_acceptance(), tmp_path, "FROM common_recommendations")
    grid = {(cell["years"], cell["bodies"]): cell["is_perennial"] for cell in row["sensitivity"]}
    assert set(grid) == {(years, bodies) for years in range(1, 6) for bodies in range(1, 5)}
    assert {at for at, verdict in grid.items() if verdict} == {(k, n) for k in range(1, 5) for n in range(1, 4)}


def test_strength_is_of_the_weakest_link_and_of_bodies_and_years(tmp_path: Path) -> None:
    facts = make_facts()
    told = replace(facts, commons=[replace(one, weakest_link=2.0) for one in facts.commons])
    (row,) = read(told, tmp_path, "FROM common_recommendations")
    assert row["strength"] == pytest.approx(2 + log(len(row["bodies"]) + len(row["years"]) - 1), abs=0.01)


def test_the_strongest_are_shown_first_and_one_act_has_no_strength(tmp_path: Path) -> None:
    """Two rows that are surely one ask stand before seven that are on one topic."""
    facts = make_facts()
    (whole,) = facts.commons
    one, other, *others = whole.member_ids[3:] + whole.member_ids[:3]
    sure = replace(whole, common_id="c2", member_ids=(one, other), representative_id=one, weakest_link=5.0)
    topic = replace(whole, member_ids=tuple(others), representative_id=others[0], weakest_link=0.4)
    rows = read(replace(facts, commons=[topic, sure], links=[]), tmp_path / "two", "FROM common_recommendations")
    assert [row["common_id"] for row in rows] == ["c2", "c1"]
    assert rows[0]["ask_count"] < rows[1]["ask_count"]
    alone = replace(whole, member_ids=(one,), representative_id=one, weakest_link=None)
    (row,) = read(replace(facts, commons=[alone], links=[]), tmp_path / "one", "FROM common_recommendations")
    assert row["strength"] is None


def test_what_was_accepted_and_asked_again_is_perennial_by_any_rule(night: Connection) -> None:
    (row,) = fetch_rows(night, "FROM common_recommendations")
    assert all(cell["is_perennial"] for cell in row["sensitivity"])


def test_a_perennial_verdict_follows_the_settings(tmp_path: Path) -> None:
    strict = replace(make_facts(), parameters=Parameters(years_needed=5, bodies_needed=4))
    rows = read(strict, tmp_path, "SELECT verdict FROM common_recommendations")
    assert [row["verdict"] for row in rows] == ["perennial: asked again after it was accepted or closed"]


def test_asked_again_after_acceptance(night: Connection) -> None:
    rows = fetch_rows(night, "FROM recurred_after_closure ORDER BY later_published")
    assert [row["later_body"] for row in rows] == ["Senior Coroner", "MOPAC", "HMICFRS"]
    assert {row["closed_status"] for row in rows} == {"accepted"}
    assert all(row["days_after_closure"] > 0 for row in rows)


def test_an_echo_is_no_recurrence(tmp_path: Path) -> None:
    facts = make_facts()
    echoed = replace(facts, links=[replace(link, link_type=LinkType.REPUBLISHED) for link in facts.links])
    assert read(echoed, tmp_path, "FROM recurred_after_closure") == []


def test_one_act_that_is_two_rows_did_not_recur(tmp_path: Path) -> None:
    """A later row that is one act with the accepted one is no recurrence of it, though both recur through others."""
    facts = make_facts()
    pair = ["later_id", "closed_id"]
    [first, *_] = sorted(
        read(facts, tmp_path / "a", "FROM recurred_after_closure"), key=lambda row: [row[name] for name in pair]
    )
    echo = replace(
        facts.links[0], earlier_id=first["closed_id"], later_id=first["later_id"], similarity=0.5,
        link_type=LinkType.REPUBLISHED,
    )  # fmt: skip
    others = [one for one in facts.links if {one.earlier_id, one.later_id} != {echo.earlier_id, echo.later_id}]
    left = read(replace(facts, links=[*others, echo]), tmp_path / "b", "FROM recurred_after_closure")
    assert left
    assert first["later_id"] not in {row["later_id"] for row in left if row["closed_id"] == first["closed_id"]}


def test_a_rejected_ask_did_not_close(tmp_path: Path) -> None:
    assert read(without_acceptance(), tmp_path, "FROM recurred_after_closure") == []


def test_nothing_before_the_closure_counts(tmp_path: Path) -> None:
    facts = make_facts()
    later = [
        replace(file, ref=replace(file.ref, published=AS_OF + timedelta(days=1)))
        if file.ref.body == "Home Office"
        else file
        for file in facts.files
    ]
    assert read(replace(facts, files=later), tmp_path, "FROM recurred_after_closure") == []


def test_framing_is_told_with_its_rule_evidence_and_suggestion(night: Connection) -> None:
    rows = fetch_rows(night, "SELECT text, framing, framing_rule, framing_evidence, framing_suggestion FROM register")
    wicked = [row for row in rows if row["framing"] == "wicked"]
    assert len(wicked) == 4
    assert all("asked again after acceptance or closure: 3 times" in str(row["framing_evidence"]) for row in wicked)
    assert all(str(row["framing_suggestion"]).startswith("Discuss it") for row in wicked)
    tame = [row for row in rows if row["framing"] == "tame"]
    assert tame
    assert {row["framing_suggestion"] for row in tame} == {"Track it to completion."}


def named(facts: Facts, said: str = "Waking people who drank") -> Facts:
    (common,) = facts.commons
    review = Review(
        "vname", common.representative_id, "plain_name", said, None, "Ann Lead", AS_OF, NIGHT,
        common_id=common.common_id,
    )  # fmt: skip
    return replace(facts, reviews=[*facts.reviews, review], names={common.common_id: "vname"})


def test_a_group_has_the_name_people_gave_it(tmp_path: Path) -> None:
    (row,) = read(named(make_facts()), tmp_path, "FROM perennial_recommendations")
    assert (row["plain_name"], row["named_by"], row["named_on"]) == ("Waking people who drank", "Ann Lead", AS_OF)


def test_until_named_a_group_is_called_by_its_keywords(night: Connection) -> None:
    (row,) = fetch_rows(night, "FROM common_recommendations")
    assert (row["plain_name"], row["named_by"]) == (", ".join(row["keywords"][:3]), None)


def test_the_name_of_a_group_with_restricted_rows_is_not_public(tmp_path: Path) -> None:
    publish(named(make_facts(), "As the audit said"), tmp_path)
    with open_reader(tmp_path / "public.duckdb") as connection:
        (row,) = fetch_rows(connection, "FROM common_recommendations")
        said = fetch_rows(connection, "FROM reviews WHERE question = 'plain_name'")
    assert (row["named_by"], said) == (None, [])
    assert "audit" not in row["plain_name"]


def test_a_group_is_named_from_the_command_line(tmp_path: Path) -> None:
    facts, workspace = make_facts(), Workspace(tmp_path)
    publish(facts, workspace.published)
    write_sealed(workspace.stages / "grouping.json", GROUPING.dump_json(Grouping(tuple(facts.commons), ())))
    (common,) = facts.commons
    done = perennial("review", "name", common.common_id, "Waking people", "--by", "Ann Lead", "--data", tmp_path)
    assert (done.status, done.err) == (0, "")
    (review,) = Ledger(workspace.ledger).reviews().records
    assert (review.question, review.answer, review.reviewer) == ("plain_name", "Waking people", "Ann Lead")
    assert review.common_id == common.common_id
    unknown = perennial("review", "name", "c000", "Waking people", "--by", "Ann Lead", "--data", tmp_path)
    assert unknown.status == 2
    assert "There is no common recommendation 'c000'" in unknown.err
