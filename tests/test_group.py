"""The same ask is found in other words; another ask in the same words is not; order and company do not count."""

import csv
import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.candidates import NOTHING, Lookup, read_ask
from pipeline.embed import Encoder, load_encoder
from pipeline.group import describe_group, group_asks, group_newcomers
from pipeline.ids import text_hash
from pipeline.pairs import WordVectors, list_words, load_figures
from pipeline.records import Ask
from pipeline.wording import THESAURUS, WordReader, ask_core, is_prohibition, load_concepts

SAMPLE = Path(__file__).parents[1] / "sources" / "sample"
TEXTS = {
    "rouse-1": "The force should make sure that intoxicated detainees are roused at least every 30 minutes and that "
    "their spoken responses are written in the custody record.",
    "rouse-2": "The IOPC recommends that Northmere Constabulary ensures that intoxicated detainees are roused at "
    "least every half hour, with their spoken response entered on the custody record.",
    "pursuit-1": "Pursuit commanders should authorise each pursuit within the first minute or end it.",
    "pursuit-2": "By 31 March 2024, the force should require a control room commander to authorise every pursuit in "
    "its first minute or to end the pursuit.",
    "vetting": "Vetting should be renewed when an officer transfers from another force.",
    "roads": "The council should clear the drains beside the road before winter.",
}


@pytest.fixture(scope="module")
def encoder() -> Iterator[Encoder]:
    yield load_encoder()


def group(
    texts: dict[str, str], encoder: Encoder, documents: dict[str, str] | None = None
) -> tuple[tuple[str, ...], ...]:
    asks = [Ask(id=row_id, text=text, document=(documents or {}).get(row_id)) for row_id, text in texts.items()]
    return group_asks(asks, encoder.encode([ask_core(ask.text) for ask in asks]), read_words(asks, encoder))


def read_words(asks: list[Ask], encoder: Encoder) -> WordVectors:
    words = list_words([ask.text for ask in asks], load_figures().lexicon)
    return WordVectors({word: row for row, word in enumerate(words)}, encoder.encode(words))


def test_the_same_ask_is_found_in_other_words(encoder: Encoder) -> None:
    assert group(TEXTS, encoder) == (("pursuit-1", "pursuit-2"), ("rouse-1", "rouse-2"))


def test_order_does_not_count(encoder: Encoder) -> None:
    shuffled = list(TEXTS.items())
    random.Random(5).shuffle(shuffled)
    assert group(dict(shuffled), encoder) == group(TEXTS, encoder)


def test_company_does_not_change_a_pair(encoder: Encoder) -> None:
    two = {row_id: TEXTS[row_id] for row_id in ("rouse-1", "rouse-2")}
    assert group(two, encoder) == (("rouse-1", "rouse-2"),)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "Devices of suspects in rape cases should be seized at once and kept until they are examined.",
            "Devices of victims in rape cases should be examined at once and given back within a day.",
        ),
        (
            "Officers should switch on body-worn video during searches in custody.",
            "Officers should not switch on body-worn video during searches in custody.",
        ),
        (
            "A mental health nurse should work in every custody suite.",
            "A mental health nurse should work in every control room.",
        ),
    ],
)
def test_the_same_words_with_another_meaning_stay_apart(encoder: Encoder, one: str, other: str) -> None:
    assert group({"a": one, "b": other}, encoder) == ()


def test_identical_asks_are_one_group_whoever_is_asked(encoder: Encoder) -> None:
    rows = {n: f"The IOPC recommends that {n} Police should publish its stop and search figures." for n in "ABC"}
    assert group(rows, encoder) == (("A", "B", "C"),)


def test_few_rows_and_bad_rows(encoder: Encoder) -> None:
    assert group({}, encoder) == ()
    assert group({"a": "One ask."}, encoder) == ()
    assert group({"a": "", "b": "Vet officers again."}, encoder) == ()
    ask = Ask(id="a", text="x")
    with pytest.raises(ValueError, match="more than once"):
        group_asks([ask, ask], encoder.encode(["x", "x"]), read_words([ask], encoder))
    with pytest.raises(ValueError, match="one entry for each row"):
        group_asks([ask], encoder.encode(["x", "x"]), read_words([ask], encoder))


def test_a_group_is_described_by_a_member_and_its_words(encoder: Encoder) -> None:
    texts = [TEXTS["rouse-1"], TEXTS["rouse-2"], "Rouse intoxicated detainees every 30 minutes, whatever they say."]
    vectors = encoder.encode([ask_core(text) for text in texts])
    described = describe_group(texts, vectors)
    assert described.representative in range(3)
    assert "intoxicated" in described.keywords
    assert not {"IOPC", "Northmere", "should"} & set(described.keywords)
    turned = describe_group(texts[::-1], vectors[::-1])
    assert texts[::-1][turned.representative] == texts[described.representative]
    assert turned.keywords == described.keywords


def test_a_large_group_of_near_copies_stays_one(encoder: Encoder) -> None:
    rows = {
        f"r{n}": f"Officers should be trained in the rousing of intoxicated detainees, year {word}."
        for n, word in enumerate(("one two three four five six seven eight nine ten eleven twelve " * 3).split())
    }
    rows = {row_id: f"{text} {'again ' * (n // 12)}" for n, (row_id, text) in enumerate(rows.items())}
    assert len(group(rows, encoder)) == 1


@pytest.mark.parametrize(
    ("text", "forbids"),
    [
        ("Officers should not use the device.", True),
        ("Officers must no longer use the device.", True),
        ("Calls should not be closed unless a supervisor agrees.", False),
        ("Officers did not use the device.", False),
        ("Training in stop and search should be renewed.", False),
    ],
)
def test_what_forbids_is_told_from_what_demands(text: str, forbids: bool) -> None:
    assert is_prohibition(text) is forbids


def test_names_and_set_phrases_are_taken_off() -> None:
    assert ask_core("The IOPC recommends that Kent Police should ensure that cells are checked every hour.") == (
        "cells are checked every hour"
    )
    assert ask_core("Vet.") == "Vet"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Officers wear BWV.", "Officers wear body-worn cameras."),
        ("roused every 30 minutes", "woken every half hour"),
        ("the sergeant signs the PER form", "a supervisor signs the person escort record"),
    ],
)
def test_what_policing_calls_by_two_names_counts_as_one(one: str, other: str) -> None:
    reader = WordReader(load_figures().lexicon)
    named = [
        {name for name in reader.name(text) if name in set(reader.lexicon.concepts.values())} for text in (one, other)
    ]
    assert named[0] == named[1] != set()


def test_capitals_and_small_letters_are_told_apart_in_the_thesaurus() -> None:
    reader = WordReader(load_figures().lexicon)
    assert "person escort record" not in reader.name("Two staff per cell.")


def test_a_way_of_saying_names_one_concept_only() -> None:
    written = [line for line in THESAURUS.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    phrases = [phrase.strip() for line in written for phrase in line.replace(":", ",").split(",")]
    assert all(phrases)
    assert len(phrases) == len(set(phrases))
    assert set(load_concepts().values()) == {line.partition(":")[0] for line in written}


def test_rows_of_one_document_are_other_asks(encoder: Encoder) -> None:
    asks = [Ask(id=row_id, text=TEXTS[row_id]) for row_id in ("rouse-1", "rouse-2")]
    vectors, words = encoder.encode([ask_core(ask.text) for ask in asks]), read_words(asks, encoder)
    assert len(group_asks(asks, vectors, words)) == 1
    assert group_asks([replace(ask, document="a") for ask in asks], vectors, words) == ()
    printed = [replace(ask, source="iopc", published=date(2024, 5, 1)) for ask in asks]
    assert group_asks(printed, vectors, words) == (), "a line names no document: who printed it when tells it"


def test_planted_repeats_of_the_sample_are_found(encoder: Encoder) -> None:
    """Pair precision and recall over the sample's planted groups and decoys, below the measured figures."""
    repeats = json.loads((SAMPLE / "repeats.json").read_text(encoding="utf-8"))
    groups = {m["file"] + m["text"]: g["group"] for g in repeats["groups"] for m in g["members"]}
    decoys = [(d["a"], d["b"]) for d in repeats["decoys"]]
    text_of = {m["file"] + m["text"]: m["text"] for g in repeats["groups"] for m in g["members"]}
    text_of.update({side["file"] + side["text"]: side["text"] for pair in decoys for side in pair})
    documents = {m["file"] + m["text"]: m["file"] for g in repeats["groups"] for m in g["members"]}
    documents.update({side["file"] + side["text"]: side["file"] for pair in decoys for side in pair})
    found = [set(members) for members in group(text_of, encoder, documents)]
    pairs = {
        pair for members in found for pair in combinations(sorted(members), 2) if text_of[pair[0]] != text_of[pair[1]]
    }
    planted = {
        pair
        for pair in combinations(sorted(groups), 2)
        if groups[pair[0]] == groups[pair[1]] and text_of[pair[0]] != text_of[pair[1]]
    }
    right = len(pairs & planted)
    assert right / len(pairs) >= 0.9
    assert right / len(planted) >= 0.7
    caught = sum(any({a["file"] + a["text"], b["file"] + b["text"]} <= members for members in found) for a, b in decoys)
    assert caught <= len(decoys) * 0.1
    assert np.isfinite(right)


def test_forms_of_words_alone_are_no_ask(encoder: Encoder) -> None:
    form = "During the course of the inquest the evidence revealed matters giving rise to concern. "
    assert group({"a": form, "b": form + "It is my statutory duty to report to you."}, encoder) == ()
    assert group({"a": form, "b": form}, encoder) == ()


def test_newcomers_join_what_was_known(encoder: Encoder) -> None:
    asks = [Ask(id=row_id, text=text) for row_id, text in TEXTS.items()]
    readings, words = [read_ask(ask.text) for ask in asks], read_words(asks, encoder)
    lookup, past = Lookup(encoder.encode, lambda _: words), NOTHING
    for count in (1, 3, 3, len(asks)):
        groups, past = group_newcomers(asks[:count], readings[:count], lookup, past)
    assert groups == group_asks(asks, lookup.cores([one.core for one in readings]), words)
    assert len(past.keys) == len(TEXTS)
    assert group_newcomers(asks[:2], readings[:2], lookup, past)[0] == (("rouse-1", "rouse-2"),), "rows may leave"


def test_the_strongest_real_groups_are_found_again(shared: Path, encoder: Encoder) -> None:
    """Of the twenty strongest in the corpus, read and judged, those judged right are still one group each."""
    judged = json.loads((Path(__file__).parent / "gold" / "common_top20.json").read_text(encoding="utf-8"))["groups"]
    texts = {f"{one['rank']}-{n}": read_row(shared, row) for one in judged for n, row in enumerate(one["rows"])}
    found = [set(members) for members in group(texts, encoder)]
    kept = [
        any({f"{one['rank']}-{n}" for n in range(len(one["rows"]))} <= members for members in found) for one in judged
    ]
    right = [one["right"] for one in judged]
    assert len(right) == 20
    assert sum(kept) >= 18
    assert sum(k for k, r in zip(kept, right, strict=True) if r) >= sum(right) - 1


def read_row(shared: Path, row: dict[str, Any]) -> str:
    if row["file"].endswith(".csv"):
        with (shared / "corpus" / row["file"]).open(encoding="utf-8", newline="") as stream:
            text = list(csv.DictReader(stream))[row["line"]]["recommendation"].strip()
    elif "id" in row:
        lines = map(json.loads, (shared / row["file"]).read_text(encoding="utf-8").splitlines())
        text = next(line["text"] for line in lines if line["id"] == row["id"])
    else:
        line = (shared / "corpus" / row["file"]).read_text(encoding="utf-8").splitlines()[row["line"]]
        text = json.loads(line)["concerns"][row["start"] :][: row["length"]]
    assert text_hash(text).startswith(row["hash"])
    return str(text)
