"""The register: answers find their asks across documents, and each addressee's clock runs by itself."""

import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flows.document import Job, read_all
from pipeline.ids import recommendation_id
from pipeline.media import PDF
from pipeline.records import (
    Assignment,
    DocumentFacts,
    DocumentRef,
    Extraction,
    Kind,
    Passage,
    Recommendation,
    Span,
    Status,
    StoredFile,
)
from pipeline.settings import Settings
from tests.warehouse_facts import AS_OF, make_document, make_extraction, make_row
from warehouse.answers import find_answers, labels_agree
from warehouse.asks import name_asks
from warehouse.build import build_warehouse
from warehouse.connect import fetch_rows, open_reader
from warehouse.facts import Facts, list_recommendations
from warehouse.public import withhold_answers, withhold_restricted

ONE = "The force should check every detainee who is drunk at least once in thirty minutes and write it down."
TWO = "The force should grade every report of a missing child as high risk until a sergeant has looked at it."
PUBLISHED = date(2026, 3, 2)


def make_night(*documents: tuple[StoredFile, Sequence[Recommendation]], **more: Any) -> Facts:
    """A night that holds only these documents."""
    rows = [row.recommendation_id for _, items in documents for row in items]
    extractions = {file.sha256: make_extraction(file, items) for file, items in documents}
    for file, items in documents:
        if not items:
            letter = Passage(f"p{file.sha256[:9]}", file.sha256, 1, 0, 40, "We write to you about your concerns.")
            extractions[file.sha256] = replace(extractions[file.sha256], passages=(letter,))
    return Facts(
        as_of=more.pop("as_of", AS_OF),
        files=[file for file, _ in documents],
        extractions=extractions,
        assignments=[Assignment(row, ()) for row in rows],
        **more,
    )


def ask(tmp_path: Path, facts: Facts, sql: str) -> list[dict[str, Any]]:
    path = tmp_path / f"{len(list(tmp_path.iterdir()))}.duckdb"
    build_warehouse(facts, path)
    with open_reader(path) as connection:
        return fetch_rows(connection, sql)


def report(source: str = "pfd", **more: Any) -> tuple[StoredFile, list[Recommendation]]:
    file = make_document("the-report", source, "Senior Coroner", PUBLISHED, page="https://example.org/page/", **more)
    return file, [make_row(file, ONE, Kind.CONCERN), replace(make_row(file, TWO, Kind.CONCERN, 3), label="2")]


def response(text: str, label: str | None = "2", **more: Any) -> tuple[StoredFile, list[Recommendation]]:
    file = make_document("its-answer", "parliament", "Home Office", PUBLISHED + timedelta(days=90), **more)
    said: dict[str, Any] = {"status": Status.ACCEPTED, "response_text": "We will.", "response_page": 3}
    return file, [replace(make_row(file, text, Kind.QUOTED_RECOMMENDATION, **said), label=label)]


# Which answer is to which ask


@pytest.mark.parametrize("answered", ["https://example.org/the-report.pdf", "http://www.example.org/page"])
def test_a_stated_answer_is_joined_by_address_or_page(answered: str) -> None:
    asked, said = report(), response("High risk grading of each missing child report until a sergeant looked", None)
    said = (replace(said[0], ref=replace(said[0].ref, responds_to=answered)), said[1])
    assert find_answers(make_night(asked, said)).rows == {said[1][0].recommendation_id: asked[1][1].recommendation_id}
    assert find_answers(make_night(asked, response(said[1][0].text, None))).rows == {}, "too little without being told"


def test_reference_and_title_bring_documents_together() -> None:
    shortened = "report of a missing child graded high"
    for told in ({"reference": "2026-0101"}, {"title": "Government response to the Wexmoor custody deaths report"}):
        asked = report(reference="2026-0101", title="Wexmoor custody deaths")
        said = response(shortened, None, **told)
        assert find_answers(make_night(asked, said)).rows
        assert not find_answers(make_night(asked, response(shortened, None, title="Another response entirely"))).rows


def test_words_alone_are_enough_when_they_are_the_same() -> None:
    asked, said = report(), response(TWO, None)
    other = make_document("other-report", "hmicfrs", "HMICFRS", PUBLISHED - timedelta(days=400))
    decoy = make_row(other, TWO.replace("child", "adult").replace("sergeant", "nurse"))
    answers = find_answers(make_night(asked, said, (other, [decoy])))
    assert answers.rows == {said[1][0].recommendation_id: asked[1][1].recommendation_id}
    later = (replace(asked[0], ref=replace(asked[0].ref, published=PUBLISHED + timedelta(days=400))), asked[1])
    assert find_answers(make_night(later, said)).rows == {}, "nobody answers what is not yet asked"


def test_statement_by_statement_answers_are_of_one_ask(tmp_path: Path) -> None:
    file, rows = report("inquiry")
    whole = replace(make_row(file, f"(a) {ONE} (b) {TWO}", page=4), label="4")
    said, _ = response(ONE)
    parts = [
        replace(
            make_row(
                said, text, Kind.QUOTED_RECOMMENDATION, page, status=status, response_text="So.", response_page=page
            ),
            label=label,
        )
        for text, page, status, label in ((ONE, 2, Status.ACCEPTED, "4a"), (TWO, 3, Status.REJECTED, "4b) i"))
    ]
    (row,) = ask(tmp_path, make_night((file, [whole]), (said, parts)), "FROM register")
    assert (row["status"], row["answer_count"], row["is_known_from_response_only"]) == ("accepted in part", 2, False)
    assert {one["status"] for one in row["status_history"]} == {"accepted", "rejected"}
    assert rows


@pytest.mark.parametrize(
    ("label", "other", "agree"),
    [("4a)i", "4", True), ("4(b)", "4", True), ("4.1", "4", False), ("41", "4", False), (None, "4", False)],
)
def test_a_part_carries_its_number(label: str | None, other: str, agree: bool) -> None:
    assert labels_agree(label, other) is agree


def test_a_reply_that_shortens_is_joined_by_reference_and_answers_as_a_whole(tmp_path: Path) -> None:
    """The complaints body's page and the force's page: same reference, no restatement, a later day."""
    page = make_document("iopc-page", "iopc", "IOPC", PUBLISHED, reference="2022/170001", connector="iopc")
    reply = make_document(
        "force-page", "met-iopc", "IOPC", PUBLISHED + timedelta(days=30), reference="2022/170001",
        connector="met-iopc", recipients=("Metropolitan Police Service",),
    )  # fmt: skip
    asked, short = make_row(page, ONE), make_row(reply, "Check every detainee who is drunk.")
    (row,) = ask(tmp_path, make_night((page, [asked]), (reply, [short])), "FROM register")
    assert (row["recommendation_id"], row["is_answered"]) == (asked.recommendation_id, True)
    assert row["answers"][0]["answered_by"] == "Metropolitan Police Service"
    assert len(row["printings"]) == 2


def test_the_order_of_documents_does_not_matter() -> None:
    asked, said = report(), response(TWO)
    press = make_document("press", "pfd", "Senior Coroner", PUBLISHED)
    night = make_night(asked, said, (press, [make_row(press, TWO)]), (make_document("x", "pfd", "Y", None), []))
    expected = find_answers(night)
    for seed in range(5):
        files = random.Random(seed).sample(list(night.files), len(night.files))
        mixed = replace(night, files=files, extractions=dict(reversed(night.extractions.items())))
        assert find_answers(mixed) == expected


# Letters, and whose clock runs


def letter(name: str, body: str, report_url: str) -> tuple[StoredFile, list[Recommendation]]:
    ref: dict[str, Any] = {"responds_to": report_url, "page": "https://example.org/page/"}
    return make_document(name, "pfd", body, None, **ref), []


def test_a_letter_answers_all_concerns_of_its_report(tmp_path: Path) -> None:
    asked = report(recipients=("Kent Police",))
    said = letter("kent-letter", "Kent Police", asked[0].ref.url)
    night = make_night(asked, said)
    assert find_answers(night).letters == ((said[0].sha256, asked[0].sha256),)
    rows = ask(tmp_path, night, "FROM register")
    assert [(row["is_answered"], row["is_overdue"], row["stage"]) for row in rows] == [(True, False, "evaluated")] * 2
    assert all(row["response_text"].startswith("We write to you") for row in rows)
    assert all(row["answers"][0]["is_letter"] and row["status"] == "none" for row in rows)


def test_an_answer_is_public_where_both_sides_are() -> None:
    asked, said = report(recipients=("Kent Police",)), response(TWO)
    letters = letter("kent-letter", "Kent Police", asked[0].ref.url)
    night = make_night(asked, said, letters)
    answers = find_answers(night)
    assert answers.rows and answers.letters
    assert withhold_answers(answers, withhold_restricted(night)) == answers
    for one in (asked, said, letters):
        hidden = replace(one[0], ref=replace(one[0].ref, restricted=True))
        files = [hidden if file == one[0] else file for file in night.files]
        left = withhold_answers(answers, withhold_restricted(replace(night, files=files)))
        assert bool(left.rows) == (one is letters), one[0].ref.url
        assert bool(left.letters) == (one is said), one[0].ref.url


def test_overdue_is_counted_for_each_addressee(tmp_path: Path) -> None:
    asked = report(recipients=("Kent Police", "Department of Health", "Essex County Council"))
    said = letter("letter", "The Chief Constable of Kent Police", asked[0].ref.url)
    night = make_night(asked, said, as_of=PUBLISHED + timedelta(days=57))
    rows = ask(tmp_path, night, f"FROM register_by_addressee WHERE text = '{ONE}'")
    late = {row["addressee"]: (row["is_answered"], row["overdue_days"]) for row in rows}
    assert late == {"Kent Police": (True, None), "Department of Health": (False, 1), "Essex County Council": (False, 1)}


def test_one_response_of_a_government_speaks_for_its_departments(tmp_path: Path) -> None:
    file, rows = report("inquiry")
    rows = [replace(row, addressees=("NHS England", "Police forces")) for row in rows]
    night = make_night((file, rows), response(TWO))
    found = ask(tmp_path, night, "SELECT label, addressee, is_answered FROM register_by_addressee")
    assert Counter((row["label"], row["is_answered"]) for row in found) == {("1", False): 2, ("2", True): 2}


@pytest.mark.parametrize(
    ("deadline", "source", "due", "due_for"),
    [
        (None, "pfd", PUBLISHED + timedelta(days=56), "answer"),
        (None, "iopc", PUBLISHED + timedelta(days=56), "answer"),
        (date(2026, 9, 1), "pfd", date(2026, 9, 1), "answer"),
        (date(2026, 9, 1), "hmicfrs", date(2026, 9, 1), "completion"),
        (None, "hmicfrs", None, None),
    ],
)
def test_what_is_due_when(tmp_path: Path, deadline: date | None, source: str, due: date | None, due_for: str) -> None:
    file, rows = report(source)
    night = make_night((file, [replace(rows[0], deadline=deadline)]))
    (row,) = ask(tmp_path, night, "FROM register")
    assert (row["due"], row["due_for"]) == (due, due_for)
    assert row["overdue_days"] == (None if due is None else (AS_OF - due).days)


def test_a_report_without_a_day_is_not_overdue_and_says_why(tmp_path: Path) -> None:
    file, rows = report()
    undated = replace(file, ref=replace(file.ref, published=None))
    (row, _) = ask(tmp_path, make_night((undated, rows)), "FROM register")
    told = (row["due"], row["due_for"], row["due_rule"], row["is_overdue"])
    assert told == (None, "answer", "publication day not known", False)


# The corpus

PAIRS = {
    "parliament/Summer2024-Disorder-Response": "parliament/Summer2024-Disorder-Recomm",
    "parliament/Behaviour-Change-Response": "parliament/Behaviour-Change-Report-Recomm",
    "independent-reviews/Report1Response": "independent-reviews/Report1",
    "inquiries/UK-Covid-19_Inquiry_Module_1_Response": "inquiries/UK-Covid-19-Inquiry-Module-1-Recomm",
    "inquiries/Volume_1-Blood-Inquiry-Response": "inquiries/Volume_1-Blood-Inquiry-Recomm",
}
LONG = ("inquiries/UK-Covid-19-Inquiry-Module-1-Recomm", "inquiries/Volume_1-Blood-Inquiry-Recomm")
OTHERS = ("un-upr/unitedkingdom2012", "parliament-za/2015_finance_BRRR", "transport-safety/TAIC_a_2019_006")


def read_gold(shared: Path, name: str) -> Any:
    return json.loads((shared / "gold" / "extraction" / f"{name}.json").read_text(encoding="utf-8"))


def from_gold(gold: Any) -> Extraction:
    """A report as a reader took it down: for those of hundreds of pages, which take long to read, and for decoys."""
    sha256 = gold["sha256"]
    rows = [
        Recommendation(
            recommendation_id(sha256, f"{item['label']} {item['text']}"), sha256, Kind(item["kind"]), item["label"],
            item["text"], item["page"], item["page"], (Span(item["page"], 0, 1),),
        )
        for item in gold["items"]
    ]  # fmt: skip
    return Extraction(sha256, gold["pages"], DocumentFacts(), tuple(rows), (), (), ())


def overlap(one: str, other: str) -> float:
    """Share of the shorter text's words that the other has too."""
    left, right = (Counter(re.findall(r"\w+", text.casefold())) for text in (one, other))
    return (left & right).total() / max(1, min(left.total(), right.total()))


def find_answered(item: Any, asked: Sequence[Any]) -> Any | None:
    """By the gold: the item of the report that an item of the response restates whole, or as a part of its number."""
    number = (item["label"] or "").split(")")[0].rstrip("abcdefghijvx ")
    same_number = [one for one in asked if one["label"] == number and overlap(item["text"], one["text"]) >= 0.6]
    same_text = [
        one for one in asked if overlap(item["text"], one["text"]) >= 0.9 and len(one["text"]) < 1.5 * len(item["text"])
    ]
    return max(same_text or same_number, key=lambda one: overlap(item["text"], one["text"]), default=None)


def test_gold_responses_find_the_right_recommendation(shared: Path, tmp_path: Path) -> None:
    """Ten documents and decoys in one night, nothing said of which answers which."""
    names = [name for pair in PAIRS.items() for name in pair]
    gold = {name: read_gold(shared, name) for name in (*names, *OTHERS)}
    jobs = {
        name: Job(shared / "corpus" / "pdf" / f"{name}.pdf", PDF, "inquiry", None, ocr=False)
        for name in names
        if name not in LONG
    }
    read = dict(read_all(jobs, Settings(data=tmp_path, workers=2)))
    read |= {name: from_gold(gold[name]) for name in (*LONG, *OTHERS)}
    files = [
        StoredFile(
            one.sha256, 1, datetime(2026, 1, 1, tzinfo=UTC), PDF, DocumentRef("inbox", "inquiry", f"file:{name}")
        )
        for name, one in read.items()
    ]
    night = Facts(as_of=AS_OF, files=files, extractions={one.sha256: one for one in read.values()})
    answers = find_answers(night)
    rows = list_recommendations(night.extractions)
    asks = name_asks(rows, (), {}, answers.rows)
    found = [told for name in PAIRS for told in judge(gold, read, name, asks)]
    stated = [right for answered, right in found if answered]
    assert len(stated) >= 110
    assert sum(stated) / len(stated) >= 0.95, f"{sum(stated)} of {len(stated)}"
    unasked = [right for answered, right in found if not answered]  # conclusions, which the report does not number
    assert sum(unasked) >= 0.95 * len(unasked)


def judge(
    gold: Mapping[str, Any], read: Mapping[str, Extraction], name: str, asks: Mapping[str, str]
) -> Iterator[tuple[bool, bool]]:
    """For each response of the gold: whether the report asks for it, and whether it was joined as it should."""
    report_rows = {row.recommendation_id: row for row in read[PAIRS[name]].recommendations}
    for item in gold[name]["items"]:
        if item["status"] is None and item["response_page"] is None:
            continue
        row = max(
            read[name].recommendations,
            key=lambda row: overlap(item["text"], row.text) - abs(len(item["text"]) - len(row.text)) / 1e4,
        )
        joined = report_rows.get(asks[row.recommendation_id])
        answered = find_answered(item, gold[PAIRS[name]]["items"])
        if answered is None:
            yield False, asks[row.recommendation_id] == row.recommendation_id
        else:
            yield True, joined is not None and overlap(joined.text, answered["text"]) >= 0.9
