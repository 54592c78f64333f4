"""Rows the extractor is unsure of: asked about, taken out by a "no", kept by a "yes", never lost without a trace."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from flows.read import hold_out, refused_rows
from pipeline.ids import content_hash
from pipeline.records import FactPlace, Review
from tests.warehouse_facts import AS_OF, NIGHT, make_facts
from warehouse.build import build_warehouse
from warehouse.connect import fetch_rows, open_reader
from warehouse.facts import Facts, Parameters, list_recommendations
from warehouse.reviews import export_queue, read_reviews


def unsure(confidence: float = 0.45) -> tuple[Facts, str]:
    """A night whose first row is uncertain, and that row's id."""
    facts = make_facts()
    row = list_recommendations(facts.extractions)[0]
    whole = facts.extractions[row.sha256]
    rows = tuple(replace(one, confidence=confidence) if one is row else one for one in whole.recommendations)
    return with_extraction(facts, replace(whole, recommendations=rows)), row.recommendation_id


def with_extraction(facts: Facts, extraction: Any) -> Facts:
    return replace(facts, extractions={**facts.extractions, extraction.sha256: extraction})


def judged(recommendation_id: str, answer: str, hours: int = 0) -> Review:
    moment = NIGHT + timedelta(hours=hours)
    return Review(
        content_hash(f"{recommendation_id}{answer}{hours}".encode()), recommendation_id, "extraction", answer, None,
        "A Lead", AS_OF, moment,
    )  # fmt: skip


def ask(facts: Facts, folder: Path, sql: str) -> list[dict[str, Any]]:
    path = folder / f"{len(list(folder.iterdir()))}.duckdb"
    build_warehouse(facts, path)
    with open_reader(path) as connection:
        return fetch_rows(connection, sql)


QUEUE = "SELECT * FROM review_queue WHERE question = 'extraction'"


def test_an_uncertain_row_is_in_the_views_and_in_the_queue(tmp_path: Path) -> None:
    facts, uncertain = unsure()
    (row,) = ask(facts, tmp_path, QUEUE)
    assert (row["recommendation_id"], row["score"], row["theme"]) == (uncertain, 0.45, None)
    assert "is this an ask?" in row["why"]
    kept = ask(facts, tmp_path, f"SELECT confidence FROM recommendations WHERE recommendation_id = '{uncertain}'")
    assert kept == [{"confidence": 0.45}]


def test_the_threshold_is_a_stated_parameter(tmp_path: Path) -> None:
    facts, _ = unsure(0.6)
    assert ask(facts, tmp_path, "SELECT sure_enough FROM parameters") == [{"sure_enough": 0.7}]
    assert len(ask(facts, tmp_path, QUEUE)) == 1
    assert ask(replace(facts, parameters=Parameters(sure_enough=0.5)), tmp_path, QUEUE) == []


def test_a_yes_is_asked_no_more_until_it_is_withdrawn(tmp_path: Path) -> None:
    facts, uncertain = unsure()
    yes, undone = judged(uncertain, "yes"), judged(uncertain, "withdrawn", 1)
    assert ask(replace(facts, reviews=[*facts.reviews, yes]), tmp_path, QUEUE) == []
    assert len(ask(replace(facts, reviews=[*facts.reviews, yes, undone]), tmp_path, QUEUE)) == 1
    assert refused_rows([yes]) == frozenset()


def test_a_no_takes_the_row_out_and_lists_it(tmp_path: Path) -> None:
    facts, uncertain = unsure()
    no = judged(uncertain, "no")
    sha256 = next(row.sha256 for row in list_recommendations(facts.extractions) if row.recommendation_id == uncertain)
    whole = facts.extractions[sha256]
    after = hold_out(whole, refused_rows([no]))
    assert [row.recommendation_id for row in after.held_out] == [uncertain]
    assert len(after.recommendations) == len(whole.recommendations) - 1
    documents = {sha256: next(file for file in facts.files if file.sha256 == sha256)}
    alone = Facts(AS_OF, list(documents.values()), {sha256: after}, reviews=[no])
    (row,) = ask(alone, tmp_path, "FROM held_out")
    assert (row["recommendation_id"], row["why"], row["reviewer"]) == (
        uncertain, "a person said that it is no ask", "A Lead",
    )  # fmt: skip
    assert row["text"] and row["page"] >= 1
    assert ask(alone, tmp_path, f"FROM recommendations WHERE recommendation_id = '{uncertain}'") == []


def test_the_latest_judgement_counts() -> None:
    assert refused_rows([judged("r1", "no"), judged("r1", "yes", 1)]) == frozenset()
    assert refused_rows([judged("r1", "yes"), judged("r1", "no", 1), judged("r2", "no")]) == {"r1", "r2"}
    assert refused_rows([judged("r1", "no"), judged("r1", "withdrawn", 1)]) == frozenset()


def test_what_was_not_found_again_is_listed(tmp_path: Path) -> None:
    facts = make_facts()
    sha256, whole = next((sha, one) for sha, one in facts.extractions.items() if one.recommendations)
    lost = replace(whole.recommendations[0], recommendation_id="lost", text="Not there.")
    rows = ask(with_extraction(facts, replace(whole, held_out=(lost,))), tmp_path, "FROM held_out")
    assert [(row["recommendation_id"], row["why"], row["sha256"]) for row in rows] == [
        ("lost", "not found again in the document", sha256)
    ]


def test_the_question_goes_out_and_comes_back(tmp_path: Path) -> None:
    facts, uncertain = unsure()
    path, file = tmp_path / "one.duckdb", tmp_path / "queue.csv"
    build_warehouse(facts, path)
    export_queue(path, file)
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    header = next(line for line in lines if "recommendation_id" in line).split(",")
    assert {"question", "is_an_ask"} <= {name.strip('"') for name in header}
    back = tmp_path / "back.csv"
    back.write_text(f"recommendation_id,is_an_ask,reviewer,reviewed_on\n{uncertain},no,A Lead,{AS_OF}\n", "utf-8")
    ((review,), rejected) = read_reviews(back, recorded_at=NIGHT)
    assert rejected == []
    assert refused_rows([review]) == {uncertain}


def test_printed_facts_are_columns_with_their_place(tmp_path: Path) -> None:
    facts = make_facts()
    sha256, whole = next(iter(facts.extractions.items()))
    place = FactPlace("reference", "HC 1", 2, 10, 14)
    said = replace(
        whole.facts, title="A title", reference="HC 1", references=("HC 1",), area="Wexmoor Police", places=(place,)
    )
    rows = ask(
        with_extraction(facts, replace(whole, facts=said)), tmp_path, f"FROM documents WHERE sha256 = '{sha256}'"
    )
    (row,) = rows
    assert (row["title_printed"], row["reference_printed"], row["area_printed"]) == (
        "A title",
        "HC 1",
        "Wexmoor Police",
    )
    assert row["fact_places"] == [{"fact": "reference", "words": "HC 1", "page": 2, "start": 10, "end": 14}]
    assert row["recipients_printed"] == []


def test_a_web_page_is_opened_without_a_page_number(tmp_path: Path) -> None:
    facts = make_facts()
    files = [replace(file, media_type="text/html") for file in facts.files]
    urls = {
        row["page_url"] for row in ask(replace(facts, files=files), tmp_path, "SELECT page_url FROM recommendations")
    }
    assert urls
    assert not any("#page=" in url for url in urls)
