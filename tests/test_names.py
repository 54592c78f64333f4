"""Names of the dead and their families are found and left out; offices, places and everything else stay."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.publish import write_digests as publish_digests
from pipeline.issues import read_issues
from pipeline.records import Level, Span
from pipeline.store import write_whole
from pipeline.workspace import Workspace
from tests.test_delivery import make_night
from tests.warehouse_facts import make_facts
from warehouse.build import build_warehouse
from warehouse.digests import find_left_out, write_digests
from warehouse.facts import Facts
from warehouse.names import LEFT_OUT, WITHHELD, find_people, find_survivors, gather_names, names_in_address, withhold
from warehouse.public import withhold_restricted
from warehouse.reviews import export_queue
from warehouse.withholding import Guard, NamesSurvived, load_guard
from warehouse.workbook import read_workbook

FEWEST_FOUND = 0.97  # of "Mr …" and "Mrs …" in real coroners' reports that must not be left standing


def leave_out(text: str, *, title: str | None = None, stated: tuple[str, ...] = (), is_report: bool = False) -> str:
    names = gather_names({"d": find_people(title, stated, [text], is_report_of_a_death=is_report)})
    return withhold(text, names, "d")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("An inquest into the death of Wilma Ann Quux went on.", f"An inquest into the death of {WITHHELD} went on."),
        ("the murder of Wilma Quux led to change", f"the murder of {WITHHELD} led to change"),
        ("Deceased name: Wilma Quux. Coroner name: A Person", f"Deceased name: {WITHHELD}. Coroner name: A Person"),
        ("WILMA QUUX (deceased) was in a cell.", f"{WITHHELD} (deceased) was in a cell."),
        ("Wilma Quux died on 3 May.", f"{WITHHELD} died on 3 May."),
        ("Wilma Quux’s family asked.", f"{WITHHELD}’s family asked."),
        ("her mother Wilma O'Quux called the police", f"her mother {WITHHELD} called the police"),
        ("Wilma Quux-Barr, aged 34, was not seen.", f"{WITHHELD}, aged 34, was not seen."),
    ],
)  # fmt: skip
def test_names_are_replaced_by_a_neutral_word(text: str, left: str) -> None:
    assert leave_out(text, is_report=True) == left


def test_every_form_of_a_name_goes_in_its_own_document() -> None:
    text = "Mrs Quux was seen. Wilma's notes and QUUX's file were lost. Quux was alone."
    left = leave_out(text, title="Wilma Ann Quux: Prevention of future deaths report")
    assert "quux" not in left.casefold()
    assert "wilma" not in left.casefold()
    assert leave_out("Quuxson Ltd was there.", stated=("Wilma Quux",)) == "Quuxson Ltd was there."


@pytest.mark.parametrize(
    "text",
    [
        "The Senior Coroner for Kent asked the Chief Constable of Kent Police to act.",
        "Sir Thomas Winsor and the Commissioner were asked.",
        "the death of a detainee in Metropolitan Police custody",
        "deaths of Women and Girls",
        "An investigation into Serious and Organised Crime is needed.",
        "Dr Example, the force medical examiner, should review this.",
        "Inspector Example and PC Example were told.",
        "The care of Young People in custody must improve.",
    ],
)
def test_offices_and_places_stay(text: str) -> None:
    assert leave_out(text) == text
    assert leave_out(text, is_report=True) == text


def test_a_surname_that_is_a_place_keeps_the_place() -> None:
    left = leave_out("Kent Police were called to Mr Kent in Kent Road.", stated=("Jo Kent",))
    assert left == f"Kent Police were called to Mr {WITHHELD} in Kent Road."


def test_a_full_name_goes_from_other_documents_too() -> None:
    names = gather_names({"d": ["Wilma Ann Quux"]})
    assert withhold("As after Wilma Quux, cells should be checked.", names, "other").startswith(f"As after {WITHHELD},")
    assert withhold("Quux Limited supplied it.", names, "other") == "Quux Limited supplied it."


def test_survivors_are_found_however_they_are_spelt() -> None:
    names = gather_names({"d": ["Zoë Quux"]})
    for output in ("ZOE QUUX", "zoe-quux-2024.pdf", "Zoë\nQuux", "=HYPERLINK(zoë_quux)"):
        assert find_survivors(output, names) == ["zoe quux"], output
    assert find_survivors("Zoe and Quux", names) == []
    assert names_in_address("/wp-content/uploads/2024/Zoe-Quux-2024-0123.pdf", names, "other")
    assert names_in_address("/reports/quux.pdf", names, "d")
    assert not names_in_address("/reports/2024-0123.pdf", names, "d")


@settings(deadline=None)
@given(st.text(max_size=200), st.sampled_from(["Wilma Quux", "Jo Ann Bloggs-Smith", "Zoë O'Hara", "Li Na"]))
def test_leaving_out_is_final_and_touches_nothing_else(text: str, name: str) -> None:
    names = gather_names({"d": [name]})
    left = withhold(f"{text} {name}, {text}", names, "d")
    assert not find_survivors(left, names)
    assert withhold(left, names, "d") == left
    assert withhold(text, gather_names({}), "d") == text


def test_nothing_that_is_handed_on_holds_a_name(tmp_path: Path) -> None:
    facts = make_facts()
    coroner = next(f for f in facts.files if f.ref.reference == "2024-0123")
    named = replace(
        coroner,
        ref=replace(
            coroner.ref, title="Wilma Quux: Prevention of future deaths report", people=("Wilma Quux",),
            url="https://example.org/2024/Wilma-Quux-2024-0123.pdf",
        ),
    )  # fmt: skip
    extraction = facts.extractions[coroner.sha256]
    told = "Mrs Quux, who was drunk, was not roused. "
    rows = tuple(
        replace(
            row,
            text=f"{told}{row.text}",
            spans=(*row.spans, Span(row.page, 0, len(told))),
            addressees=("Wilma Quux, Chief Executive", *row.addressees),
        )
        for row in extraction.recommendations
    )
    facts = replace(
        facts,
        files=[named if f is coroner else f for f in facts.files],
        extractions={**facts.extractions, coroner.sha256: replace(extraction, recommendations=rows)},
    )
    build_warehouse(facts, tmp_path / "one.duckdb")
    build_warehouse(withhold_restricted(facts), tmp_path / "open.duckdb", is_public=True)
    files = write_digests(tmp_path / "one.duckdb", tmp_path)
    from warehouse.bulletin.pages import make_bulletins

    for file, page in make_bulletins(tmp_path / "open.duckdb", tmp_path).items():
        write_whole(file, page)
        files.append(file)
    export_queue(tmp_path / "one.duckdb", tmp_path / "queue.csv")
    export_queue(tmp_path / "one.duckdb", tmp_path / "queue.xlsx")
    shown = 0
    for file in [*files, tmp_path / "queue.csv", tmp_path / "queue.xlsx"]:
        wanted = "recommendation_id"
        content = (
            str(read_workbook(file.read_bytes(), wanted)) if file.suffix == ".xlsx" else file.read_text("utf-8-sig")
        )
        assert "quux" not in content.casefold(), file.name
        shown += content.count(WITHHELD)
    assert shown > 3, "the rows themselves are there, without the name"


def spell_a_name() -> tuple[Facts, str]:
    """Planted: a name inside a file's name, in one row of a coroner's report; and the id of that row."""
    facts = make_facts()
    coroner = next(f for f in facts.files if f.ref.reference == "2024-0123")
    named = replace(coroner, ref=replace(coroner.ref, people=("Wilma Quux",)))
    read = facts.extractions[coroner.sha256]
    first, *others = read.recommendations
    spelt = replace(first, text=f"{first.text} See the-wilma-quux-file.", spans=(Span(2, 0, 200),))
    facts = replace(
        facts,
        files=[named if f is coroner else f for f in facts.files],
        extractions={**facts.extractions, coroner.sha256: replace(read, recommendations=(spelt, *others))},
    )
    return facts, spelt.recommendation_id


def test_a_row_that_would_spell_a_name_loses_its_texts_and_the_others_stay(tmp_path: Path) -> None:
    facts, row_id = spell_a_name()
    build_warehouse(facts, tmp_path / "one.duckdb")
    files = write_digests(tmp_path / "one.duckdb", tmp_path)
    assert find_left_out(files) == [row_id]
    digest = next(file for file in files if file.name == "death-police-contact.csv").read_text("utf-8-sig")
    assert "quux" not in digest.casefold()
    assert LEFT_OUT in digest
    assert "checks of drunk detainees happen every thirty minutes" in digest


def test_a_run_tells_which_rows_its_digests_leave_out(data: Path) -> None:
    facts, row_id = spell_a_name()
    settings = make_night(data, facts)
    publish_digests(settings, run_id="r1")
    (issue,) = read_issues(Workspace(data).issues)
    assert (issue.code, issue.run_id, issue.level) == ("name_left_out_whole", "r1", Level.WARNING)
    assert row_id in issue.message
    assert "quux" not in issue.message.casefold()


def test_a_name_across_two_cells_of_a_row_takes_its_texts() -> None:
    guard = Guard(gather_names({"d": ["Wilma Quux"]}), {}, {})
    row = {"text": "Ask Wilma", "reason": "Quux died", "body": "HMICFRS", "page": 3}
    assert guard.row(row, ("body", "text", "reason")) == {**row, "text": LEFT_OUT, "reason": LEFT_OUT}
    assert guard.row(row, ("text", "body", "reason")) == row


def test_a_name_that_would_stand_in_the_output_stops_it(tmp_path: Path) -> None:
    build_warehouse(make_facts(), tmp_path / "one.duckdb")
    from warehouse.connect import open_reader

    with open_reader(tmp_path / "one.duckdb") as connection:
        guard = load_guard(connection, ())
    guard = replace(guard, names=gather_names({"d": ["Wilma Quux"]}))
    with pytest.raises(NamesSurvived) as caught:
        guard.check([("a.csv", "all is well"), ("b.csv", "wilma  QUUX")])
    assert "b.csv" in str(caught.value)
    assert "quux" not in str(caught.value).casefold(), "the message must not spread the name"


def test_real_coroners_reports(shared: Path) -> None:
    """972 reports: of every Mr, Mrs, Ms and Miss with a name, hardly any may be left, and no full name at all."""
    lines = (shared / "corpus" / "pfd" / "reports.jsonl").read_text(encoding="utf-8").splitlines()
    reports = [json.loads(line) for line in lines]
    texts = {str(n): [r.get("circumstances") or "", r["concerns"]] for n, r in enumerate(reports)}
    people = {key: find_people(None, (), text, is_report_of_a_death=True) for key, text in texts.items()}
    names = gather_names(people)
    styled = left = withheld = words = 0
    for key, pair in texts.items():
        for text in pair:
            plain = " ".join(text.split())
            cut = withhold(plain, names, key)
            assert not find_survivors(cut, names), f"report {key}"
            styled += count_styled(plain)
            left += count_styled(cut)
            withheld += cut.count(WITHHELD)
            words += len(plain.split())
    assert styled > 500
    assert left <= (1 - FEWEST_FOUND) * styled
    assert withheld < 0.02 * words, "what is left out is names, not the text"


def count_styled(text: str) -> int:
    import re

    return len(re.findall(r"\b(?:Mr|Mrs|Ms|Miss)\.?\s+[A-Z][a-z]+", text))
