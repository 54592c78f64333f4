"""The bundled sample redraws to the same bytes, and its key agrees with what is drawn."""

from __future__ import annotations

import json
import platform
import re
import zlib
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest
import yaml

from pipeline.ids import content_hash
from sources.sample import list_documents
from tests.sample.draw import Drawn, draw_document
from tests.sample.key import answer_key, listing_rows, repeats_key
from tests.sample.model import Document, drawn_text, key_text, load_documents, load_repeats
from tests.sample.page import NOTICE

HOME = Path(__file__).parents[1] / "sources" / "sample"
DRAWN_WITH = ("1.2.13", "x86_64")  # another deflate or another processor gives other bytes for the same pages
PERENNIAL = {"missing-persons", "mental-health", "domestic-abuse", "rape-sexual-offences", "death-police-contact"}
THEMES = PERENNIAL | {
    "use-of-force",
    "stop-search",
    "child-protection",
    "investigations",
    "contact-response",
    "information-records",
    "professional-standards",
    "roads-policing",
}
DOCUMENTS = load_documents()
UNSCANNED = [document.model_copy(update={"scan": None}) for document in DOCUMENTS]

each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
each_unscanned = pytest.mark.parametrize("document", UNSCANNED, ids=lambda document: document.name)


@pytest.mark.skipif(
    (zlib.ZLIB_RUNTIME_VERSION, platform.machine()) != DRAWN_WITH, reason="another zlib or processor packs pages anew"
)
@each_document
def test_redraws_to_the_committed_bytes(document: Document) -> None:
    """What is committed is what the generator draws."""
    assert drawn(document).content == (HOME / "documents" / document.file).read_bytes()


@each_document
def test_committed_answers_are_those_of_the_content(document: Document) -> None:
    """No answer was edited by hand, and each is keyed to the committed bytes."""
    made = drawn(document)
    committed = json.loads((HOME / "answers" / f"{document.name}.json").read_text(encoding="utf-8"))
    again = answer_key(document, made.marks, committed["sha256"], made.pages)
    assert committed == json.loads(json.dumps(again))


@each_document
def test_answers_name_the_committed_bytes(document: Document) -> None:
    """The hash in the key is that of the file."""
    committed = json.loads((HOME / "answers" / f"{document.name}.json").read_text(encoding="utf-8"))
    assert committed["sha256"] == content_hash((HOME / "documents" / document.file).read_bytes())


@each_unscanned
def test_each_answer_is_on_its_page(document: Document) -> None:
    """Every text of the key is printed where the key says, whole or broken over a page end."""
    made = drawn(document)
    pages = [squash(text) for text in page_texts(made.content)]
    for ask, item in zip(document.asks, answered(document), strict=True):
        words = squash(drawn_text(ask).replace("[[gap]]", " "))
        for page in [item["page"], *item["also_on_pages"]]:
            assert stands_at(words, pages, page), (ask.id, page, drawn_text(ask))
        assert not re.search(r"\*\*|\^|\[\[|\s{2}", key_text(ask))


@each_unscanned
def test_each_page_says_that_it_is_invented(document: Document) -> None:
    """No page can be taken for a real one."""
    for text in page_texts(drawn(document).content):
        assert squash(NOTICE) in squash(text)


@each_unscanned
def test_statuses_stand_where_the_key_says(document: Document) -> None:
    """An answer in a response has the page on which it begins."""
    made = drawn(document)
    pages = [squash(text) for text in page_texts(made.content)]
    for ask, item in zip(document.asks, answered(document), strict=True):
        if item["status"]:
            first = ask.answer_head or next(text for text in ask.answer if text != "[[newpage]]")
            assert stands_at(squash(first), pages, item["response_page"])


def test_files_rows_and_answers_are_one_to_one() -> None:
    """listing.json, documents/ and answers/ hold the same documents, as many as sample.yml expects."""
    rows = listed()
    files = {path.name for path in (HOME / "documents").iterdir()}
    answers = {f"{path.stem}.pdf" for path in (HOME / "answers").iterdir()}
    facts = yaml.safe_load((HOME.parent / "sample.yml").read_text(encoding="utf-8"))
    assert {row["file"] for row in rows} == files == answers
    assert rows == json.loads(json.dumps(listing_rows(DOCUMENTS)))
    assert facts["expected"]["documents"]["min"] <= len(files) <= facts["expected"]["documents"]["max"]
    assert {row["responds_to"] for row in rows} - {None} <= files


def test_sample_is_small() -> None:
    """A clone stays light."""
    assert sum(path.stat().st_size for path in (HOME / "documents").iterdir()) < 2_500_000


def test_connector_reads_every_row() -> None:
    """The connector keeps bodies, streams and the one restricted document."""
    listed_documents = list_documents((HOME / "listing.json").read_bytes())
    refs = [one.ref for one in listed_documents]
    assert {one.file for one in listed_documents} == {document.file for document in DOCUMENTS}
    assert len(refs) == len(DOCUMENTS) == len({ref.url for ref in refs})
    assert {ref.connector for ref in refs} == {"sample"}
    assert {ref.responds_to for ref in refs} - {None} <= {ref.url for ref in refs}
    assert [ref.title for ref in refs if ref.restricted] == ["Custody: detainee safety controls (restricted)"]
    assert {ref.published.year for ref in refs if ref.published} == set(range(2021, 2027))


def test_themes_are_covered_over_years_and_bodies() -> None:
    """Every theme has several items; the five perennial ones come from many bodies over at least four years."""
    seen = defaultdict(list)
    for document in DOCUMENTS:
        for ask in document.asks:
            for theme in ask.themes:
                seen[theme].append((document.listing.published.year, document.listing.body))
    assert set(seen) == THEMES
    for theme, places in seen.items():
        years, bodies = {year for year, _ in places}, {body for _, body in places}
        least = (18, 4, 4) if theme in PERENNIAL else (8, 3, 3)
        assert (len(places), len(years), len(bodies)) >= least, theme
        assert len(years) >= least[1], theme
        assert len(bodies) >= least[2], theme


def test_documents_of_every_sort_are_there() -> None:
    """Enough documents and asks, one image-only scan, one poor text layer, and documents that ask for nothing."""
    assert 150 <= sum(len(document.asks) for document in DOCUMENTS) <= 230
    layers = [document.scan.text_layer for document in DOCUMENTS if document.scan]
    assert sorted(layers) == ["garbled", "none"]
    assert sum(document.doc_kind == "negative" and not document.asks for document in DOCUMENTS) == 2
    assert {ask.status for document in DOCUMENTS for ask in document.asks} >= {
        "accepted",
        "accepted in part",
        "accepted in principle",
        "rejected",
        "noted",
    }


def test_scans_have_the_text_layer_they_should() -> None:
    """The image-only scan yields no text; the poor layer yields garbled words."""
    for document in DOCUMENTS:
        if document.scan:
            text = " ".join(page_texts((HOME / "documents" / document.file).read_bytes()))
            assert bool(text.strip()) == (document.scan.text_layer == "garbled")
            assert all(key_text(ask) not in re.sub(r"\s+", " ", text) for ask in document.asks)


def test_auditors_never_say_recommendation() -> None:
    """Their asks are agreed actions, so a keyword cannot find them."""
    for document in UNSCANNED:
        if document.family == "audit":
            assert not re.search("recommend", " ".join(page_texts(drawn(document).content)), re.IGNORECASE)


def test_repeats_are_planted_and_decoys_are_none_of_them() -> None:
    """At least 25 groups of paraphrases of three sorts; at least 25 decoys, none inside a group."""
    key = json.loads((HOME / "repeats.json").read_text(encoding="utf-8"))
    assert key == json.loads(json.dumps(repeats_key(DOCUMENTS, load_repeats())))
    assert len(key["groups"]) >= 25
    assert all(len(group["members"]) >= 2 for group in key["groups"])
    relations = [pair["relation"] for group in key["groups"] for pair in group["pairs"]]
    assert min(relations.count(sort) for sort in ("republished", "reiterated", "independent")) >= 10
    group_of = {member_id(m): group["group"] for group in key["groups"] for m in group["members"]}
    assert len(key["decoys"]) >= 25
    for decoy in key["decoys"]:
        left, right = (group_of.get(member_id(decoy[side])) for side in "ab")
        assert left is None or left != right


def test_every_planted_name_is_known() -> None:
    """A misspelt group in the content would silently plant nothing."""
    used = {ask.same for document in DOCUMENTS for ask in document.asks if ask.same}
    assert used == set(load_repeats().groups)


def test_something_came_back_after_it_was_accepted() -> None:
    """At least three groups were accepted in an answer and asked again later, and not by a reprint."""
    key = json.loads((HOME / "repeats.json").read_text(encoding="utf-8"))
    published = {row["file"]: row["published"] for row in listed()}
    accepted = {
        (document.file, key_text(ask)) for document in DOCUMENTS for ask in document.asks if ask.status == "accepted"
    }
    back = {
        group["group"]
        for group in key["groups"]
        for pair in group["pairs"]
        if pair["relation"] != "republished"
        and member_id(group["members"][pair["a"]]) in accepted
        and published[group["members"][pair["a"]]["file"]] < published[group["members"][pair["b"]]["file"]]
    }
    assert len(back) >= 3
    assert {"suspect-suicide-risk", "missing-regrade", "da-no-downgrade"} <= back


def answered(document: Document) -> list[dict[str, Any]]:
    """The items of the document's key, made anew."""
    made = drawn(document)
    items: list[dict[str, Any]] = json.loads(
        json.dumps(answer_key(document, made.marks, made.sha256, made.pages)["items"])
    )
    return items


@cache
def drawn(document: Document) -> Drawn:
    """Each document is drawn once for all tests."""
    return draw_document(document)


def page_texts(content: bytes) -> list[str]:
    """The text layer of each page."""
    with pdfium.PdfDocument(content) as opened:
        return [page.get_textpage().get_text_range() for page in opened]


def squash(text: str) -> str:
    """Letters and digits only: white space, hyphens, bullets and markup do not count."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


def stands_at(words: str, pages: list[str], page: int) -> bool:
    """Whether `words` are on `page` (from 1), or begin there and end on the next."""
    here, after = pages[page - 1], pages[page] if page < len(pages) else ""
    return words in here or any(words[:cut] in here and words[cut:] in after for cut in range(1, len(words)))


def member_id(member: dict[str, str]) -> tuple[str, str]:
    """A member of a group, by file and text."""
    return member["file"], member["text"]


def listed() -> list[dict[str, str]]:
    """The rows of listing.json."""
    rows: list[dict[str, str]] = json.loads((HOME / "listing.json").read_text(encoding="utf-8"))["documents"]
    return rows
