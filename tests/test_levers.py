"""Levers and SMART flags: single rules, and figures on the rows labelled by hand."""

from pathlib import Path
from typing import Any

import pytest

from pipeline.levers import LeversError, load_levers
from pipeline.smart import SmartFlags, read_smart
from tests.lever_rows import load_lever_rows

SLUGS = ["guidance", "training", "supervision", "systems", "resources", "partnership", "governance", "estate"]


@pytest.mark.parametrize(
    ("text", "levers"),
    [
        ("The force should train call handlers in the law on bail.", {"training"}),
        ("Supervisors should review each open case every week.", {"supervision"}),
        ("The force should publish its stop and search figures each quarter.", {"governance"}),
        ("Cells should be fitted with cameras that record sound, and the CCTV system replaced.", {"estate"}),
        ("There is a backlog of telephones and too few staff; the shortage has lasted years.", {"resources"}),
        ("The trust and the police should agree a joint protocol.", {"guidance", "partnership"}),
        ("Officers should knock twice.", {"guidance"}),
        ("A man was seen by the river at dawn.", set()),
    ],
)
def test_words_of_the_ask_give_the_lever(text: str, levers: set[str]) -> None:
    assert {hit.lever for hit in load_levers().find(text)} == levers


def test_each_lever_shows_its_words_in_the_order_written() -> None:
    reader = load_levers()
    assert [lever.slug for lever in reader.levers] == SLUGS
    hits = reader.find("The force should issue guidance on supervision and audit its training.")
    assert [hit.lever for hit in hits] == sorted((hit.lever for hit in hits), key=SLUGS.index)
    assert all(hit.words for hit in hits)


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("By 30 June 2027, chief constables should clear the backlog.", SmartFlags(True, True, True)),
        ("Within six months, the force should write a policy.", SmartFlags(True, True, True)),
        ("Detainees should be searched on arrival.", SmartFlags(False, True, False)),
        ("It was unclear when officers should call an ambulance.", SmartFlags(False, False, False)),
        ("The officer did not look into the cell.", SmartFlags(False, False, False)),
    ],
)
def test_flags_say_who_what_and_when(text: str, flags: SmartFlags) -> None:
    assert read_smart(text) == flags


def test_what_the_extractor_read_counts_only_for_an_ask() -> None:
    assert read_smart("A lock should be fitted.", addressed=True, dated=True) == SmartFlags(True, True, True)
    assert read_smart("The lock was broken.", addressed=True, dated=True) == SmartFlags(False, False, False)


@pytest.mark.parametrize(
    "content",
    ["levers: []\n", "levers: [{slug: a}]\n", "{", "levers: [{slug: a, name: A, meaning: m, phrases: ['(']}]\n"],
)
def test_levers_that_cannot_be_used_are_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "levers.yml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(LeversError):
        load_levers(path)


def measure(rows: list[dict[str, Any]]) -> dict[str, float]:
    """Micro F1 of the levers, and the share of rows on which each flag is right."""
    reader = load_levers()
    right = wrong = missed = 0
    flags = {"who": 0, "what": 0, "when": 0}
    for row in rows:
        found, gold = {hit.lever for hit in reader.find(row["text"])}, set(row["levers"])
        right, wrong, missed = right + len(found & gold), wrong + len(found - gold), missed + len(gold - found)
        smart = read_smart(row["text"])
        flags = {name: count + (getattr(smart, name) == row[name]) for name, count in flags.items()}
    return {"f1": 2 * right / (2 * right + wrong + missed), **{name: n / len(rows) for name, n in flags.items()}}


def test_rows_of_the_sample_keep_their_floors() -> None:
    rows = [row for row in load_lever_rows() if row["source"] == "sample"]
    assert len(rows) >= 40
    figures = measure(rows)
    assert figures["f1"] >= 0.8, figures
    assert min(figures["who"], figures["what"], figures["when"]) >= 0.85, figures


def test_labelled_rows_of_the_corpus_keep_their_floors(shared: Path) -> None:
    assert shared.is_dir()
    rows = load_lever_rows()
    assert len(rows) >= 150
    figures = measure(rows)
    assert figures["f1"] >= 0.8, figures
    assert min(figures["who"], figures["what"], figures["when"]) >= 0.85, figures
    unread = measure([row for row in rows if row["reading"] == 5])
    assert unread["f1"] >= 0.6, unread
