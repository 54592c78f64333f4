"""The warehouse: what its views say of a small night, what it refuses to publish, and that files are always whole."""

import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.records import (
    Assignment,
    CommonRecommendation,
    Extraction,
    Kind,
    Link,
    LinkType,
    Review,
    Status,
    ThemeScore,
)
from pipeline.theme_records import Proposal
from tests.warehouse_facts import AS_OF, NIGHT, SECRET, give_vectors, make_document, make_facts, make_row
from warehouse import build as build_module
from warehouse.answers import Answers
from warehouse.build import ChecksFailed, build_warehouse, find_bad_rows, run_scripts
from warehouse.connect import Connection, NoWarehouse, fetch_rows, open_reader, open_writer
from warehouse.document_tables import document, find_containing
from warehouse.load import Facts, Parameters, load_facts
from warehouse.public import withhold_restricted
from warehouse.publish import publish
from warehouse.summary import summarise

ROOT = Path(__file__).parents[1]
VIEWS = [
    "recommendations", "documents", "sources", "themes", "theme_by_source", "theme_by_source_year",
    "common_recommendations", "perennial_recommendations", "recurrences", "register", "recurred_after_closure",
    "emerging_themes", "theme_history", "reviews", "coverage", "issues", "runs",
]  # fmt: skip


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published")
    publish(make_facts(), folder)
    return folder


@pytest.fixture(scope="module")
def night(published: Path) -> Iterator[Connection]:
    with open_reader(published / "warehouse.duckdb") as connection:
        yield connection


@pytest.fixture
def last_night(published: Path, tmp_path: Path) -> Path:
    """The published folder, to publish over."""
    shutil.copytree(published, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("plot*"))
    return tmp_path


def build(tmp_path: Path, facts: Facts, name: str = "one.duckdb") -> Path:
    path = tmp_path / name
    build_warehouse(facts, path)
    return path


def ask(path: Path, sql: str, *values: Any) -> list[dict[str, Any]]:
    with open_reader(path) as connection:
        return fetch_rows(connection, sql, values)


def find_id(facts: Facts, start: str) -> str:
    rows = (row for extraction in facts.extractions.values() for row in extraction.recommendations)
    return next(row.recommendation_id for row in rows if row.text.startswith(start))


# What an analyst finds


def test_an_analyst_sees_every_view_and_no_base_table(night: Connection) -> None:
    shown = {row["name"] for row in fetch_rows(night, "SHOW TABLES")}
    assert shown >= set(VIEWS)
    assert not fetch_rows(night, "SELECT * FROM duckdb_tables() WHERE schema_name = 'main'")


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_answers(night: Connection, view: str) -> None:
    rows = fetch_rows(night, f"FROM {view}")
    assert rows or view == "emerging_themes"


def test_everything_is_documented(night: Connection) -> None:
    bare = fetch_rows(
        night,
        """
        SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal AND coalesce(comment, '') = ''
        UNION ALL
        SELECT view_name, NULL FROM duckdb_views() WHERE NOT internal AND coalesce(comment, '') = ''
        UNION ALL
        SELECT table_name, NULL FROM duckdb_tables() WHERE NOT internal AND coalesce(comment, '') = ''
        UNION ALL
        SELECT function_name, NULL FROM duckdb_functions() WHERE NOT internal AND coalesce(comment, '') = ''
        """,
    )
    assert not bare


def test_a_comment_names_a_column_that_is_there() -> None:
    """COMMENT ON fails on an unknown column, so this is only that each script comments its own object."""
    for script in (ROOT / "warehouse" / "views").glob("*.sql"):
        text = script.read_text(encoding="utf-8")
        assert "COMMENT ON VIEW" in text or "COMMENT ON MACRO" in text, script.name


def test_no_view_looks_at_the_clock() -> None:
    for script in (ROOT / "warehouse").rglob("*.sql"):
        assert not {"current_date", "now()", "today()"} & set(script.read_text(encoding="utf-8").lower().split())


# Reprints, recurrence, perennial


def test_a_reprint_is_one_ask_and_never_recurrence(night: Connection) -> None:
    first = find_id(make_facts(), "Cell checks of intoxicated")
    rows = fetch_rows(night, "SELECT * FROM recommendations WHERE ask_id = $id ORDER BY published", {"id": first})
    assert [row["is_reprint"] for row in rows] == [False, True, True]
    assert [row["source"] for row in rows] == ["hmicfrs", "hmicfrs", "parliament"]
    assert len(fetch_rows(night, "SELECT * FROM register WHERE common_id = 'c1'")) == 4
    pairs = fetch_rows(night, "SELECT link_type, earlier_id, later_id FROM recurrences")
    assert {row["link_type"] for row in pairs} == {"independent", "reiterated"}
    assert len(pairs) == 3, "the link from the press version to the coroner is the link from the report"


def test_perennial_is_reported_with_its_denominators(night: Connection) -> None:
    (row,) = fetch_rows(night, "FROM perennial_recommendations")
    assert row["recurring_years"] == [2022, 2024, 2025, 2026]
    assert row["recurring_bodies"] == ["HMICFRS", "MOPAC", "Senior Coroner"]
    assert (row["first_published"], row["last_published"]) == (date(2022, 3, 1), date(2026, 9, 1))
    assert row["recommendation_count"] == 6
    assert row["ask_count"] == 4
    assert row["document_read_count"] == 6
    assert row["longest_gap_days"] == (date(2024, 5, 1) - date(2022, 3, 1)).days


def without_status(facts: Facts) -> Facts:
    """`facts` in which nobody ever accepted anything, so that only years and bodies decide."""
    bare = {
        sha256: replace(one, recommendations=tuple(replace(row, status=None) for row in one.recommendations))
        for sha256, one in facts.extractions.items()
    }
    return replace(facts, extractions=bare, reviews=[])


@pytest.mark.parametrize(
    ("years", "bodies", "verdict", "neighbours"),
    [
        (3, 2, True, (True, True, True, True)),
        (4, 3, True, (True, False, True, False)),
        (5, 3, False, (True, False, False, False)),
        (4, 4, False, (False, False, True, False)),
    ],
)
def test_the_perennial_rule_has_parameters_and_neighbours(
    tmp_path: Path, years: int, bodies: int, verdict: bool, neighbours: tuple[bool, ...]
) -> None:
    facts = replace(without_status(make_facts()), parameters=Parameters(years, 5, bodies))
    (row,) = ask(build(tmp_path, facts), "FROM common_recommendations")
    assert row["is_perennial"] is verdict
    names = ("one_year_fewer", "one_year_more", "one_body_fewer", "one_body_more")
    assert tuple(row[f"is_perennial_{name}"] for name in names) == neighbours


def test_years_outside_the_window_do_not_count(tmp_path: Path) -> None:
    facts = replace(without_status(make_facts()), parameters=Parameters(window_years=3))
    (row,) = ask(build(tmp_path, facts), "FROM common_recommendations")
    assert row["recurring_years"] == [2024, 2025, 2026]


def test_republished_links_alone_are_no_recurrence(tmp_path: Path) -> None:
    facts = make_facts()
    facts = replace(facts, links=[one for one in facts.links if one.link_type is LinkType.REPUBLISHED])
    path = build(tmp_path, facts)
    assert ask(path, "FROM recurrences") == []
    assert ask(path, "FROM perennial_recommendations") == []
    assert ask(path, "FROM recurred_after_closure") == []


# The register


def test_an_answer_in_another_document_is_joined(night: Connection) -> None:
    (row,) = fetch_rows(night, "SELECT * FROM register WHERE text LIKE 'Cell checks%'")
    assert (row["status"], row["status_dated"], row["status_said_by"]) == ("accepted", date(2022, 9, 1), "response")
    assert row["response_text"] == "We accept this and will train staff."
    assert row["response_page_url"].endswith("home-office-response-2022.pdf#page=3")
    assert [p["source"] for p in row["printings"]] == ["hmicfrs", "hmicfrs", "parliament"]
    assert row["stage"] == "evaluated"
    assert (row["due"], row["due_rule"], row["due_for"]) == (date(2023, 3, 1), "printed", "completion")
    assert row["overdue_days"] == (AS_OF - date(2023, 3, 1)).days, "accepted is not done"


def test_a_coroner_must_be_answered_in_56_days(tmp_path: Path) -> None:
    published = date(2024, 5, 1)
    for days, overdue in ((56, None), (57, 1)):
        facts = replace(make_facts(), as_of=published + timedelta(days=days))
        (row,) = ask(build(tmp_path, facts, f"{days}.duckdb"), "FROM register WHERE text LIKE 'I am concerned%'")
        assert (row["due"], row["due_for"], row["overdue_days"]) == (date(2024, 6, 26), "answer", overdue)


def test_an_answered_coroner_is_not_overdue(tmp_path: Path) -> None:
    facts = make_facts()
    row_id = find_id(facts, "I am concerned")
    answered = {
        sha256: replace(
            one,
            recommendations=tuple(
                replace(row, response_text="We checked.") if row.recommendation_id == row_id else row
                for row in one.recommendations
            ),
        )
        for sha256, one in facts.extractions.items()
    }
    path = build(tmp_path, replace(facts, extractions=answered))
    (row,) = ask(path, "FROM register WHERE recommendation_id = ?", row_id)
    assert (row["is_overdue"], row["is_answered"], row["status"], row["stage"]) == (False, True, "none", "evaluated")


def test_stages_are_those_of_case(tmp_path: Path) -> None:
    facts = make_facts()
    sent, plain = find_id(facts, "The force should"), find_id(facts, "= The lift")
    facts = replace(facts, shared={sent: AS_OF}, reviews=[])
    rows = ask(build(tmp_path, facts), "SELECT recommendation_id, stage FROM register")
    stages = {row["recommendation_id"]: row["stage"] for row in rows}
    assert stages[sent] == "shared"
    assert stages[plain] == "captured"
    assert stages[find_id(facts, "Control room")] == "analysed"
    assert stages[find_id(facts, "Cell checks of intoxicated")] == "evaluated"


def test_what_recurs_after_it_was_accepted_is_wicked(night: Connection) -> None:
    rows = fetch_rows(night, "FROM recurred_after_closure ORDER BY later_published")
    assert {row["closed_text"] for row in rows} == {
        "Cell checks of intoxicated detainees should be carried out every thirty minutes and recorded."
    }
    assert [row["later_source"] for row in rows] == ["pfd", "mopac-audit", "hmicfrs"]
    framing = {row["text"][:5]: row for row in fetch_rows(night, "SELECT text, framing, framing_rule FROM register")}
    assert framing["Cell "]["framing"] == "wicked"
    assert "after it was accepted or closed" in framing["Cell "]["framing_rule"]
    assert framing["= The"]["framing"] == "tame"


def review(recommendation_id: str, question: str, answer: str, hour: int = 2, **more: Any) -> Review:
    moment = NIGHT.replace(hour=hour)
    number = f"{recommendation_id}{question}{answer}{hour}"
    day = more.pop("reviewed_on", AS_OF)
    return Review(number, recommendation_id, question, answer, None, "Ann", day, moment, **more)


@pytest.mark.parametrize(
    ("then", "now", "is_same"),
    [
        ("Kent Police", "The Chief Constable of Kent Police; Home Office", True),
        ("Kent Police", "Essex Police", False),
        ("Kent Police", None, None),
    ],
)
def test_what_recurs_says_whether_the_same_body_is_asked(
    tmp_path: Path, then: str, now: str | None, is_same: bool | None
) -> None:
    facts = make_facts()
    closed, later = find_id(facts, "Cell checks of intoxicated"), find_id(facts, "I am concerned")
    said = [review(closed, "addressee", then), *([review(later, "addressee", now)] if now else [])]
    path = build(tmp_path, replace(facts, reviews=[*facts.reviews, *said]))
    (row,) = ask(path, "FROM recurred_after_closure WHERE later_id = ?", later)
    assert (row["closed_addressees"], row["is_same_addressee"]) == ([then], is_same)
    assert row["later_addressees"] == ([name.strip() for name in now.split(";")] if now else [])


def test_a_reviewed_closure_counts_until_it_is_taken_back(tmp_path: Path) -> None:
    facts = without_status(make_facts())
    coroner = find_id(facts, "I am concerned")
    done = review(coroner, "status", "done", 2, reviewed_on=date(2025, 1, 1))
    path = build(tmp_path, replace(facts, reviews=[done]))
    rows = ask(path, "FROM recurred_after_closure ORDER BY later_published")
    assert [row["later_source"] for row in rows] == ["mopac-audit", "hmicfrs"]
    (row,) = ask(path, "FROM register WHERE recommendation_id = ?", coroner)
    assert (row["status"], row["status_dated"], row["status_said_by"]) == ("done", date(2025, 1, 1), "review")
    back = review(coroner, "status", "withdrawn", 3)
    path = build(tmp_path, replace(facts, reviews=[done, back]), "two.duckdb")
    assert ask(path, "FROM recurred_after_closure") == []
    assert ask(path, "SELECT status FROM register WHERE recommendation_id = ?", coroner) == [{"status": "none"}]


def test_a_review_wins_over_a_response(tmp_path: Path) -> None:
    facts = make_facts()
    row_id = find_id(facts, "Cell checks of intoxicated")
    path = build(tmp_path, replace(facts, reviews=[review(row_id, "status", "not ours")]))
    (row,) = ask(path, "FROM register WHERE recommendation_id = ?", row_id)
    assert (row["status"], row["is_overdue"]) == ("not ours", False)
    assert [event["status"] for event in row["status_history"]] == ["accepted", "not ours"]


# Themes


def test_people_have_the_last_word_on_themes(night: Connection) -> None:
    (row,) = fetch_rows(night, "FROM recommendations WHERE text LIKE 'Control room%'")
    assert row["themes"] == ["investigations", "missing-persons"]
    assert row["has_reviewed_theme"]
    counts = {(r["theme"], r["source"]): r["recommendation_count"] for r in fetch_rows(night, "FROM theme_by_source")}
    assert counts["contact-response", "hmicfrs"] == 0
    assert counts["investigations", "hmicfrs"] == 1


def test_the_latest_of_two_judgements_counts(tmp_path: Path) -> None:
    facts = make_facts()
    row_id = find_id(facts, "Control room")
    wrong = review(row_id, "theme", "wrong", 2, theme="missing-persons")
    right = review(row_id, "theme", "right", 3, theme="missing-persons")
    for order in ([wrong, right], [right, wrong]):
        path = build(tmp_path, replace(facts, reviews=order), f"{order[0].answer}.duckdb")
        (row,) = ask(path, "FROM recommendations WHERE recommendation_id = ?", row_id)
        assert "missing-persons" in row["themes"]


def test_abstaining_is_said(night: Connection) -> None:
    (row,) = fetch_rows(night, "FROM recommendations WHERE text LIKE '= The lift%'")
    assert (row["themes"], row["is_abstained"], row["nearest_theme"]) == ([], True, "investigations")
    assert fetch_rows(night, "SELECT count(*) AS n FROM recommendations WHERE is_abstained") == [{"n": 1}]


def test_all_themes_called_wrong_is_not_abstaining(tmp_path: Path) -> None:
    facts = make_facts()
    row_id = find_id(facts, "The force should")
    path = build(tmp_path, replace(facts, reviews=[review(row_id, "theme", "wrong", theme="death-police-contact")]))
    (row,) = ask(path, "FROM recommendations WHERE recommendation_id = ?", row_id)
    assert (row["themes"], row["is_abstained"]) == ([], False)


def test_a_zero_stands_only_where_documents_were_read(night: Connection) -> None:
    rows = fetch_rows(night, "FROM theme_by_source_year WHERE theme = 'death-police-contact'")
    found = {(row["source"], row["year"]): row for row in rows}
    assert found["pfd", 2026]["recommendation_count"] == 0
    assert found["pfd", 2026]["document_read_count"] == 1
    assert ("pfd", 2023) not in found
    assert found["hmicfrs", 2026]["recommendation_share"] == 0.5


def test_a_proposal_is_emerging_until_it_is_declined(tmp_path: Path) -> None:
    facts = make_facts()
    ids = tuple(one.recommendation_id for one in facts.assignments[:3])
    open_one = Proposal("e1", "bail, phone", ("bail",), ids[0], ids, ("HMICFRS",), (2026,), 2, 1, "proposed")
    closed = replace(open_one, proposal_id="e2", state="declined")
    (row,) = ask(build(tmp_path, replace(facts, proposals=[open_one, closed])), "FROM emerging_themes")
    assert (row["proposal_id"], row["recommendation_count"], row["growth_count"]) == ("e1", 3, 1)


def test_coverage_says_what_could_not_be_seen(night: Connection) -> None:
    rows = {(row["source"], row["year"]): row for row in fetch_rows(night, "FROM coverage")}
    assert rows["pfd", 2026]["document_without_text_count"] == 1
    assert rows["pfd", 2026]["is_missing_tonight"]
    assert rows["pfd", 2026]["last_good"] == date(2026, 11, 20)
    assert rows["parliament", 2022]["quoted_count"] == 1


def test_one_file_at_two_addresses_is_one_document(tmp_path: Path) -> None:
    facts = make_facts()
    again = replace(
        facts.files[0], fetched_at=NIGHT.replace(hour=4), ref=replace(facts.files[0].ref, url="file:///x.pdf")
    )
    path = build(tmp_path, replace(facts, files=[again, *facts.files]))
    (row,) = ask(path, "FROM documents WHERE sha256 = ?", again.sha256)
    assert (row["url"], row["urls"]) == (facts.files[0].ref.url, [facts.files[0].ref.url, "file:///x.pdf"])
    assert row["file"] == "custody-inspection-2022.pdf"


@pytest.mark.parametrize(
    ("url", "file"),
    [
        ("https://x.org/a%20b%FF.pdf?x=1#page=2", "a b\ufffd.pdf"),
        ("https://x.org/report/", "report"),
        ("https://x.org", "https://x.org"),
        ("inbox:12ab/100% of #1?.pdf", "100% of #1?.pdf"),
        ("C:\\files\\a.pdf", "a.pdf"),
    ],
)
def test_a_file_has_a_name(url: str, file: str) -> None:
    facts = make_facts()
    moved = replace(facts.files[0], ref=replace(facts.files[0].ref, url=url))
    table = document(replace(facts, files=[moved])).to_pylist()
    assert [row["file"] for row in table] == [file]


def test_what_could_not_be_read_is_not_called_read(tmp_path: Path) -> None:
    facts = make_facts()
    broken = make_document("broken", "inbox", "Somebody", None)
    empty = Extraction(broken.sha256, 0, facts.extractions[facts.files[0].sha256].facts, (), (), (), ())
    issue = replace(facts.issues[0], document=broken.sha256, code="encrypted_pdf")
    facts = replace(facts, files=[*facts.files, broken], extractions={**facts.extractions, broken.sha256: empty})
    with pytest.raises(ChecksFailed, match="unread_without_reason"):
        build(tmp_path, facts, "no_issue.duckdb")
    path = build(tmp_path, replace(facts, issues=[*facts.issues, issue]))
    (row,) = ask(path, "FROM documents WHERE NOT is_read")
    assert (row["page_count"], row["recommendation_count"], row["issue_count"]) == (None, None, 1)
    (row,) = ask(path, "FROM coverage WHERE source = 'inbox'")
    assert (row["document_count"], row["document_read_count"], row["document_unread_count"]) == (1, 0, 1)


def test_a_passage_knows_its_recommendation(night: Connection) -> None:
    rows = fetch_rows(night, "SELECT text, recommendation_id FROM passages")
    parts = {row["text"]: row["recommendation_id"] for row in rows}
    assert parts["The body-worn video was not switched on; café staff called 999."] is None
    assert all(value for text, value in parts.items() if text.startswith("The board said"))


def test_a_glancing_overlap_is_not_part_of_it() -> None:
    facts = make_facts()
    extraction = next(one for one in facts.extractions.values() if one.recommendations)
    passage, row = extraction.passages[0], extraction.recommendations[0]
    (span,) = row.spans
    assert find_containing([replace(passage, start=span.end - 3, end=span.end + 300)], [row]) == [None]


def test_the_summary_counts(published: Path) -> None:
    summary = summarise(published / "warehouse.duckdb")
    assert (summary.documents, summary.recommendations, summary.abstained) == (7, 7, 1)
    assert {one.source: one.recommendations for one in summary.sources} == {
        "hmicfrs": 4, "mopac-audit": 1, "parliament": 0, "pfd": 2,
    }  # fmt: skip
    assert (summary.common_recommendations, summary.perennial_recommendations) == (1, 1)
    assert summary.issues_by_level == {"info": 1, "warning": 1}


# The public file


def test_no_trace_of_a_restricted_document_is_public(published: Path) -> None:
    facts = make_facts()
    (audit,) = (file for file in facts.files if file.ref.restricted)
    rows = facts.extractions[audit.sha256].recommendations
    traces = {SECRET, audit.sha256, audit.ref.url, "mopac", *(row.recommendation_id for row in rows)}
    with open_reader(published / "public.duckdb") as connection:
        for table in fetch_rows(connection, "SELECT schema_name, table_name FROM duckdb_tables()"):
            lines = fetch_rows(
                connection, f"SELECT CAST(t AS VARCHAR) AS line FROM {table['schema_name']}.{table['table_name']} AS t"
            )
            for line in lines:
                assert not {t for t in traces if t.casefold() in line["line"].casefold()}, table
    content = (published / "public.duckdb").read_bytes().lower()
    assert not [trace for trace in traces if trace.lower().encode() in content]


def test_public_counts_are_of_public_rows(published: Path) -> None:
    (row,) = ask(published / "public.duckdb", "FROM common_recommendations")
    assert row["recurring_bodies"] == ["HMICFRS", "Senior Coroner"]
    assert row["recommendation_count"] == 5
    assert row["keywords"] == ["checks", "detainees"] or row["keywords"] == ["checks"]
    (run,) = ask(published / "public.duckdb", "FROM runs")
    assert (run["document_new_count"], run["recommendation_new_count"]) == (6, 7)
    assert {row["reviewer"] for row in ask(published / "public.duckdb", "FROM reviews")} == {"a reviewer"}


def test_a_group_of_one_public_row_is_no_group(tmp_path: Path) -> None:
    facts = make_facts()
    members = (find_id(facts, "The zanzibar"), find_id(facts, "The force should"))
    small = CommonRecommendation("c1", members, members[0], (SECRET,))
    links = [one for one in facts.links if {one.earlier_id, one.later_id} <= set(members)]
    path = build(tmp_path, withhold_restricted(replace(facts, commons=[small], links=links)))
    for view in ("common_recommendations", "recurrences", "common_recommendation_history"):
        assert ask(path, f"FROM {view}") == []


# Checks, swapping, determinism

PLANTED = {
    "unique_ids": "INSERT INTO base.recommendation FROM base.recommendation LIMIT 1",
    "orphans": "DELETE FROM base.document WHERE source = 'pfd' AND year(published) = 2024",
    "accepted_values": "UPDATE base.recommendation SET kind = 'wish' WHERE page = 4",
    "places": "UPDATE base.recommendation SET page = 11, page_end = 11 WHERE page = 4",
    "one_assignment_each": "DELETE FROM base.assignment WHERE is_abstained",
    "one_owner_per_theme": "INSERT INTO base.theme SELECT * REPLACE ('Somebody else' AS lead) FROM base.theme LIMIT 1",
    "unread_without_reason": "UPDATE base.document SET is_read = FALSE",
    "restricted_in_public": "UPDATE base.parameter SET is_public = TRUE",
    "verbatim": "UPDATE base.recommendation SET text = text || text WHERE page = 4",
    "expected_counts": "INSERT INTO base.expected_count VALUES ('pfd', 2024, 2, 0)",
}
MORE_PLANTED = [
    ("orphans", "UPDATE base.recommendation SET ask_id = 'nobody' WHERE page = 4"),
    ("orphans", "UPDATE base.link SET common_id = 'c9'"),
    ("orphans", "UPDATE base.common_recommendation SET representative_id = 'nobody'"),
    ("orphans", "UPDATE base.assigned_theme SET theme = 'fishing'"),
    ("accepted_values", "UPDATE base.recommendation SET status = 'perhaps' WHERE status IS NOT NULL"),
    ("accepted_values", "UPDATE base.assigned_theme SET score = 1.2"),
    ("accepted_values", "UPDATE base.review SET answer = 'maybe'"),
    ("accepted_values", "UPDATE base.link SET link_type = 'akin'"),
    ("places", "UPDATE base.recommendation SET spans = []"),
    ("places", "UPDATE base.recommendation SET response_page = 99 WHERE response_page IS NOT NULL"),
    ("places", "UPDATE base.entry SET text = ' ' WHERE entry_no = 0"),
    ("places", "UPDATE base.document SET is_read = FALSE"),
    ("one_assignment_each", "INSERT INTO base.assignment FROM base.assignment LIMIT 1"),
    ("one_assignment_each", "UPDATE base.assignment SET is_abstained = TRUE"),
    ("one_owner_per_theme", "UPDATE base.theme SET lead = ' '"),
    ("orphans", "INSERT INTO base.letter SELECT sha256, 'nothing' FROM base.document LIMIT 1"),
    ("expected_counts", "INSERT INTO base.expected_count VALUES ('pfd', 2024, 1, 3)"),
    ("expected_counts", "INSERT INTO base.expected_count VALUES ('pfd', NULL, 1, 0)"),
    ("expected_counts", "INSERT INTO base.expected_count VALUES ('nobody', 2024, 1, 0)"),
    ("verbatim", "UPDATE base.document SET held_out_count = 1 WHERE is_read"),
    (
        "verbatim",
        "INSERT INTO base.held_out BY NAME SELECT recommendation_id, sha256, kind, label, text, page, page_end, "
        "confidence, grammar FROM base.recommendation LIMIT 1",
    ),
]


def test_every_check_has_a_planted_bad_row() -> None:
    assert PLANTED.keys() == {path.stem for path in (ROOT / "warehouse" / "checks").glob("*.sql")}


@pytest.fixture(scope="module")
def plot(published: Path) -> Iterator[Connection]:
    """A copy to plant bad rows in; each test takes its own out again."""
    path = published / "plot.duckdb"
    path.write_bytes((published / "warehouse.duckdb").read_bytes())
    with open_writer(path) as connection:
        yield connection


@pytest.mark.parametrize(("check", "plant"), [("none", "SELECT 1"), *PLANTED.items(), *MORE_PLANTED])
def test_a_planted_bad_row_is_found(plot: Connection, check: str, plant: str) -> None:
    plot.begin()
    plot.execute(plant)
    found = {finding.check: finding for finding in find_bad_rows(plot)}
    plot.rollback()
    if check == "none":
        assert found == {}
    else:
        assert found[check].row_count > 0
        assert found[check].examples


def test_rows_that_need_more_memory_than_rows_usually_do_are_built_all_the_same(
    tmp_path: Path, published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused: list[int] = []

    def open_scantily(path: Path, *, memory_mb: int | None) -> AbstractContextManager[Connection]:
        if memory_mb:
            refused.append(memory_mb)
        return open_writer(path, memory_mb=memory_mb and 8)

    monkeypatch.setattr(build_module, "open_writer", open_scantily)
    path = build(tmp_path, make_facts())
    assert refused and not list(tmp_path.glob("*.wal"))
    sql = "SELECT * FROM recommendations ORDER BY ALL"
    assert ask(path, sql) == ask(published / "warehouse.duckdb", sql)
    with pytest.raises(duckdb.OutOfMemoryException), open_writer(tmp_path / "small.duckdb", memory_mb=8) as connection:
        run_scripts(connection, "schema")
        load_facts(connection, make_facts(), Answers, is_public=False)


def read_all(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_failed_check_or_a_shrunken_night_keeps_the_last(last_night: Path) -> None:
    facts = make_facts()
    before = read_all(last_night)
    with pytest.raises(ChecksFailed, match="one_assignment_each: 8 rows") as failed:
        publish(replace(facts, assignments=()), last_night)
    assert [finding.check for finding in failed.value.findings] == ["one_assignment_each"]
    assert read_all(last_night) == before
    empty = Facts(as_of=AS_OF, files=[], extractions={})
    with pytest.raises(ChecksFailed, match="0 documents, and 7 last time"):
        publish(empty, last_night)
    assert read_all(last_night) == before
    publish(empty, last_night, may_shrink=True)
    assert summarise(last_night / "warehouse.duckdb").documents == 0


def test_the_first_night_may_be_empty(tmp_path: Path) -> None:
    path = build(tmp_path, Facts(as_of=AS_OF, files=[], extractions={}))
    with open_reader(path) as connection:
        for view in VIEWS:
            assert fetch_rows(connection, f"FROM {view}") == []


def test_vectors_must_fit_their_rows(tmp_path: Path) -> None:
    facts = make_facts()
    assert facts.passage_vectors is not None
    with pytest.raises(ValueError, match="passage_vectors has shape"):
        publish(replace(facts, passage_vectors=facts.passage_vectors[1:]), tmp_path)
    assert read_all(tmp_path) == {}


@pytest.mark.parametrize("seed", [1])
def test_order_of_the_facts_changes_no_byte(published: Path, tmp_path: Path, seed: int) -> None:
    facts = make_facts()
    shuffle = random.Random(seed)

    def mix(values: Any) -> list[Any]:
        return shuffle.sample(list(values), len(values))

    mixed = replace(
        facts,
        files=mix(facts.files),
        extractions=dict(mix(facts.extractions.items())),
        sources=mix(facts.sources),
        assignments=mix(facts.assignments),
        themes=mix(facts.themes),
        commons=[replace(one, member_ids=tuple(mix(one.member_ids))) for one in facts.commons],
        links=mix(facts.links),
        theme_events=mix(facts.theme_events),
        reviews=mix(facts.reviews),
        issues=mix(facts.issues),
    )
    publish(mixed, tmp_path)
    assert read_all(tmp_path / "parquet") == read_all(published / "parquet")


def test_parquet_holds_every_view(published: Path, night: Connection) -> None:
    for view in VIEWS:
        path = published / "parquet" / f"{view}.parquet"
        found = night.execute(f"SELECT count(*) FROM '{path}'").fetchall()
        assert found == night.execute(f"SELECT count(*) FROM {view}").fetchall()


def test_a_reader_keeps_the_file_it_opened(last_night: Path) -> None:
    facts = make_facts()
    with open_reader(last_night / "warehouse.duckdb") as old:
        publish(replace(facts, as_of=AS_OF + timedelta(days=1)), last_night)
        assert fetch_rows(old, "SELECT as_of FROM parameters") == [{"as_of": AS_OF}]
        assert len(fetch_rows(old, "FROM register")) == 6
    assert ask(last_night / "warehouse.duckdb", "SELECT as_of FROM parameters") == [
        {"as_of": AS_OF + timedelta(days=1)}
    ]


def test_a_writer_killed_at_any_moment_leaves_whole_files(last_night: Path) -> None:
    script = (
        "import sys, itertools\n"
        "from pathlib import Path\n"
        "from tests.warehouse_facts import make_facts\n"
        "from warehouse.publish import publish\n"
        "facts = make_facts()\n"
        "print('ready', flush=True)\n"
        "for _ in itertools.count():\n"
        "    publish(facts, Path(sys.argv[1]))\n"
    )
    for wait in (0.3, 1.1):
        with subprocess.Popen(
            [sys.executable, "-c", script, str(last_night)], cwd=ROOT, stdout=subprocess.PIPE
        ) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            time.sleep(wait)
            writer.send_signal(signal.SIGKILL)
            writer.wait()
        for name in ("warehouse.duckdb", "public.duckdb"):
            assert ask(last_night / name, "SELECT count(*) AS n FROM documents")[0]["n"] in (6, 7)


def test_what_lies_about_in_the_folder_is_cleared(tmp_path: Path) -> None:
    """A log that somebody left would be replayed into the new file; a view that is gone would be read as tonight's."""
    (tmp_path / "parquet").mkdir()
    (tmp_path / "parquet" / "old_view.parquet").write_bytes(b"")
    (tmp_path / "warehouse.duckdb.wal").write_bytes(b"left by somebody")
    (tmp_path / ".building").mkdir()
    (tmp_path / ".building" / "warehouse.duckdb").write_bytes(b"half")
    publish(make_facts(), tmp_path)
    assert not (tmp_path / "parquet" / "old_view.parquet").exists()
    assert not (tmp_path / "warehouse.duckdb.wal").exists()
    assert summarise(tmp_path / "warehouse.duckdb").documents == 7


def test_without_a_warehouse_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(NoWarehouse, match="There is no warehouse"):
        summarise(tmp_path / "warehouse.duckdb")


def test_nothing_is_installed_from_a_network(published: Path) -> None:
    with open_reader(published / "warehouse.duckdb") as connection:
        rows = fetch_rows(connection, "SELECT value FROM duckdb_settings() WHERE name LIKE 'auto%known_extensions'")
        assert [row["value"] for row in rows] == ["false", "false"]


def test_times_are_utc(tmp_path: Path) -> None:
    facts = make_facts()
    east = datetime.fromisoformat("2026-11-23T01:30:00+05:00")
    path = build(tmp_path, replace(facts, files=[replace(file, fetched_at=east) for file in facts.files]))
    assert ask(path, "SELECT DISTINCT first_seen FROM register") == [{"first_seen": date(2026, 11, 22)}]
    assert east.astimezone(UTC).day == 22


def test_an_answer_nobody_asked_for_is_kept_and_said(tmp_path: Path) -> None:
    facts = make_facts()
    report = make_document("other-response", "parliament", "Home Office", date(2025, 1, 1))
    row = make_row(report, "Buy more radios.", Kind.QUOTED_RECOMMENDATION, status=Status.REJECTED)
    extraction = replace(
        facts.extractions[facts.files[0].sha256], sha256=report.sha256, recommendations=(row,), passages=()
    )
    facts = replace(
        facts,
        files=[*facts.files, report],
        extractions={**facts.extractions, report.sha256: extraction},
        assignments=[*facts.assignments, Assignment(row.recommendation_id, (ThemeScore("investigations", 0.6, "x"),))],
    )
    path = build(tmp_path, give_vectors(facts))
    (found,) = ask(path, "FROM register WHERE is_known_from_response_only")
    assert (found["text"], found["status"]) == ("Buy more radios.", "rejected")
    assert isinstance(extraction, Extraction)
    assert isinstance(facts.links[0], Link)
