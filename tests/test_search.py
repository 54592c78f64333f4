"""Search: words, phrases, signs and filters over the small night, by keyword, by meaning and by both."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.warehouse_facts import embed, make_facts
from warehouse.build import build_warehouse
from warehouse.connect import fetch_rows, open_reader
from warehouse.search import Scope, parse_query, search


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("search") / "one.duckdb"
    build_warehouse(make_facts(), path)
    return path


def texts(warehouse: Path, query: str, scope: str = "recommendations", **more: object) -> list[str]:
    return [hit.text for hit in search(warehouse, query, scope=scope, **more)]  # type: ignore[arg-type]


@pytest.mark.parametrize("query", ["detainee", "detainees", "DETAINEE", "détainée", "detainees'", "child", "children"])
def test_plurals_case_and_accents_do_not_matter(warehouse: Path, query: str) -> None:
    found = texts(warehouse, query)
    assert found
    assert all("detainee" in text.lower() or "child" in text.lower() for text in found)


def test_the_best_match_comes_first(warehouse: Path) -> None:
    assert texts(warehouse, "missing children control room")[0].startswith("Control room staff")


def test_a_phrase_must_stand_together(warehouse: Path) -> None:
    assert len(texts(warehouse, '"thirty minutes"')) == 4
    assert texts(warehouse, '"drunk detainee"') == [
        "The force should make sure that checks of drunk detainees happen every thirty minutes."
    ]
    assert texts(warehouse, '"detainee drunk"') == []
    assert texts(warehouse, '"missing child"') == texts(warehouse, '"missing children"') != []
    assert texts(warehouse, "“drunk detainees”") == texts(warehouse, '"drunk detainee"')


def test_every_passage_is_searched_by_default(warehouse: Path) -> None:
    (hit,) = search(warehouse, "cafe")
    assert "café" in hit.text
    assert (hit.page, hit.recommendation_id) == (5, None)
    assert hit.file == "prevention-of-future-deaths-2024.pdf"
    assert hit.url == "https://example.org/prevention-of-future-deaths-2024.pdf"


def test_a_passage_of_a_recommendation_names_it(warehouse: Path) -> None:
    (passage,) = search(warehouse, "grade missing children")
    (row,) = search(warehouse, "grade missing children", scope=Scope.RECOMMENDATIONS)
    assert passage.recommendation_id == row.recommendation_id
    assert (passage.sha256, passage.page) == (row.sha256, row.page)


def test_filters(warehouse: Path) -> None:
    assert {hit.file for hit in search(warehouse, "checks", source="pfd")} == {"prevention-of-future-deaths-2024.pdf"}
    assert texts(warehouse, "children", theme="missing-persons")
    assert texts(warehouse, "children", theme="contact-response") == [], "a person said that this theme is wrong"
    assert len(search(warehouse, "children", theme="missing-persons")) == 1
    assert len(texts(warehouse, "checks", limit=2)) == 2


@pytest.mark.parametrize("query", ["", "   ", "the", '""', "…", "x", "quokka"])
def test_nothing_to_find_is_an_empty_list(warehouse: Path, query: str) -> None:
    assert search(warehouse, query) == []


@given(st.text(max_size=40))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_sign_is_safe(warehouse: Path, query: str) -> None:
    for hit in search(warehouse, query):
        assert 0 < hit.score <= 1


@pytest.mark.parametrize(
    "query", ["a' OR 1=1 --", "100%", "c1_*?[", '"unclosed', "\\", "); DROP TABLE base.entry;", "½ 🙂 ﬁ"]
)
def test_special_signs(warehouse: Path, query: str) -> None:
    search(warehouse, query)
    assert search(warehouse, "checks")


def test_meaning_finds_what_words_do_not(warehouse: Path) -> None:
    text = "Control room staff should grade missing children as high risk."
    (first, *_) = search(warehouse, "quokka", embed([text])[0], scope="recommendations")
    assert first.text == text
    assert first.score == pytest.approx(0.5, abs=1e-4), "meaning is half of the blend"


def test_words_and_meaning_add_up(warehouse: Path) -> None:
    text = "Control room staff should grade missing children as high risk."
    by_words = search(warehouse, "missing children", scope="recommendations")[0]
    both = search(warehouse, "missing children", embed([text])[0], scope="recommendations")[0]
    assert both.text == by_words.text == text
    assert both.score == pytest.approx(0.5 + by_words.score / 2, abs=1e-4)


def test_scores_fall_and_searching_twice_is_the_same(warehouse: Path) -> None:
    vector = embed(["custody"])[0]
    once = search(warehouse, "custody checks", vector)
    assert once == search(warehouse, "custody checks", vector)
    assert [hit.score for hit in once] == sorted((hit.score for hit in once), reverse=True)


def test_a_vector_of_another_model_is_refused(warehouse: Path) -> None:
    with pytest.raises(ValueError, match="8 numbers"):
        search(warehouse, "custody", np.zeros(5, dtype=np.float32))


def test_without_vectors_search_is_by_word(tmp_path: Path) -> None:
    path = tmp_path / "one.duckdb"
    build_warehouse(replace(make_facts(), passage_vectors=None, recommendation_vectors=None), path)
    assert search(path, "café", embed(["x"])[0])[0].page == 5


def test_an_unknown_scope_is_refused(warehouse: Path) -> None:
    with pytest.raises(ValueError, match="wishes"):
        search(warehouse, "custody", scope="wishes")


def test_the_macros_search_from_sql(warehouse: Path) -> None:
    with open_reader(warehouse) as connection:
        found = fetch_rows(connection, "FROM search_recommendations('drunk detainee', how_many := 2)")
        passages = fetch_rows(connection, "FROM search_passages('video')")
        near = fetch_rows(
            connection,
            "FROM similar_recommendations((SELECT min(recommendation_id) FROM recommendations), how_many := 3)",
        )
    assert {row["text"][:9] for row in found} == {"The force", "I am conc"}
    assert [row["page"] for row in passages] == [5]
    assert len(near) == 3
    assert near[0]["similarity"] >= near[1]["similarity"]


def test_a_query_is_taken_apart() -> None:
    parsed = parse_query('the "missing persons" policies')
    assert parsed.stems == ("miss", "person", "polici")
    assert len(parsed.phrases) == 1


def test_a_phrase_of_common_words_only_is_found(warehouse: Path) -> None:
    assert texts(warehouse, 'children "as high"') == ["Control room staff should grade missing children as high risk."]
    assert texts(warehouse, 'children "should be"') == []
    found = texts(warehouse, '"should be" checks')
    assert len(found) == 4
    assert all("should be" in text for text in found)


def test_sql_gives_the_order_of_the_command(warehouse: Path) -> None:
    vector = [float(number) for number in embed(["custody"])[0]]
    by_command = search(warehouse, "custody checks", embed(["custody"])[0], scope="recommendations")
    with open_reader(warehouse) as connection:
        in_sql = fetch_rows(
            connection,
            "FROM search_recommendations('custody checks', meant := $vector::FLOAT[], how_many := 10)",
            {"vector": vector},
        )
    by_text = {row["text"]: row["score"] for row in in_sql}
    assert [hit.text for hit in by_command] == list(by_text)
    assert by_command[0].score == in_sql[0]["score"]


def test_the_signs_of_a_vector_have_one_form(warehouse: Path) -> None:
    """The file has them from NumPy, a query's are made in SQL: a text is then nearest to itself."""
    with open_reader(warehouse) as connection:
        rows = fetch_rows(
            connection, "SELECT text, code::VARCHAR AS code FROM base.entry JOIN base.embedding USING (entry_no)"
        )
        assert rows
        for row in rows:
            vector = [float(number) for number in embed([row["text"]])[0]]
            assert fetch_rows(connection, "SELECT base.code_of($vector)::VARCHAR AS code", {"vector": vector}) == [
                {"code": row["code"]}
            ]
        (odd,) = fetch_rows(connection, "SELECT base.code_of([1.5, -2.0, 0.0])::VARCHAR AS code")
        assert odd == {"code": "10000000"}, "filled up to whole bytes, as NumPy does"
