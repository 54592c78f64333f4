"""Common recommendations in the warehouse: the perennial rule, recurrence after closure, framing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.records import LinkType, Status
from tests.warehouse_facts import AS_OF, make_facts
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
    assert {cell["source"] for cell in row["documents_read"]} == set(row["sources"])


def test_the_verdict_is_told_for_other_years_and_bodies(tmp_path: Path) -> None:
    (row,) = read(without_acceptance(), tmp_path, "FROM common_recommendations")
    grid = {(cell["years"], cell["bodies"]): cell["is_perennial"] for cell in row["sensitivity"]}
    assert set(grid) == {(years, bodies) for years in range(1, 6) for bodies in range(1, 5)}
    assert {at for at, verdict in grid.items() if verdict} == {(k, n) for k in range(1, 5) for n in range(1, 4)}


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
