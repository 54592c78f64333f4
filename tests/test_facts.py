"""What documents say of themselves, where it was read, and what contradicts their listing."""

import io
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from flows.contradictions import contradictions
from flows.document import Job, read_document
from pipeline.extract import read_facts
from pipeline.layout import Document
from pipeline.media import PDF
from pipeline.reading import read_html, read_pdf
from pipeline.records import DocumentFacts
from sources import HERE
from tests.html_pages import draw

Lines = list[tuple[str, int]]  # words and size

GOLD = json.loads(Path(__file__).with_name("facts_gold.json").read_text(encoding="utf-8"))
RIGHT = 0.9


def drawn(*pages: Lines, title: str = "") -> Document:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842), invariant=1)
    canvas.setTitle(title)
    for page in pages:
        for number, (words, size) in enumerate(page):
            canvas.setFont("Helvetica", size)
            canvas.drawString(70, 780 - 30 * number, words)
        canvas.showPage()
    canvas.save()
    return read_pdf(out.getvalue(), None)


def small(*words: str) -> Lines:
    return [(line, 10) for line in words]


@pytest.mark.parametrize(
    ("lines", "expected", "is_month"),
    [
        (["Published 3 May 2024", "It tells of 1 March 2020"], date(2024, 5, 3), False),
        (["Published on: 4 March 2024"], date(2024, 3, 4), False),
        (["Ordered to be printed 11 July 2011 and published 19 July 2011"], date(2011, 7, 19), False),
        (["Ordered by the House of Commons to be printed", "18 July 2024"], date(2024, 7, 18), False),
        (["HC 742 - published on 9 July 2025"], date(2025, 7, 9), False),
        (["Distr.: General", "21 December 2011"], date(2011, 12, 21), False),
        (["Publication date", "1 April 2009"], date(2009, 4, 1), False),
        (["Approved for publication: November 2016"], date(2016, 11, 1), True),
        (["Date of report: 15/05/2023"], date(2023, 5, 15), False),
        (["A report", "December 20, 2006", "Dear Chairman"], date(2006, 12, 20), False),
        (["Collision near a town", "16 June 2019", "November 2022"], date(2022, 11, 1), True),
        (["Final audit report, July 2024", "Owner, due: Head of Custody 31 October 2024"], date(2024, 7, 1), True),
        (["Statistical bulletin, year ending March 2024"], None, False),
        (["In September 2021 the complaints body recommended much."], None, False),
        (["On 31 February 2021"], None, False),
        (["The report was published in December 2010 by another body, and it was read."], None, False),
    ],
)
def test_dates(lines: list[str], expected: date | None, is_month: bool) -> None:
    facts = read_facts(drawn(small(*lines)))
    assert (facts.published, facts.is_month) == (expected, is_month)


def test_a_form_is_dated_where_it_is_signed() -> None:
    first = small(
        "REGULATION 28 REPORT TO PREVENT FUTURE DEATHS", "THIS REPORT IS BEING SENT TO:", "On 1 May 2022 I began"
    )
    last = small("8 COPIES and PUBLICATION", "I have sent a copy to the Chief Coroner", "9 24th March 2023 A Person")
    assert read_facts(drawn(first, last)).published == date(2023, 3, 24)
    assert read_facts(drawn(first)).published is None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("CP1240", "CP 1240"),
        ("Second Report of Session 2024-25 HC 381", "HC 381"),
        ("HL Paper 179", "HL Paper 179"),
        ("United Nations A/HRC/19/9", "A/HRC/19/9"),
        ("GAO-08-587T", "GAO-08-587T"),
        ("Investigation AO-2007-030", "AO-2007-030"),
        ("Ref: 2023-0129", "2023-0129"),
        ("Reference PC290720", "PC/2907/20"),
        ("IOPC reference 2019/123456", "2019/123456"),
        ("DARA 2526-11 Professional standards", "DARA-2526-11"),
        ("PEEL 2023-2025", None),
        ("published in its earlier report (HC 381)", None),
    ],
)
def test_references(line: str, expected: str | None) -> None:
    assert read_facts(drawn(small(line))).reference == expected


def test_isbn_is_among_the_references() -> None:
    facts = read_facts(drawn(small("HC 18"), small("ISBN 978-1-5286-4936-0")))
    assert facts.references == ("HC 18", "ISBN 978-1-5286-4936-0")


@pytest.mark.parametrize(
    ("claimed", "expected"),
    [
        ("A review of custody", "A review of custody"),
        ("A review of custody - GOV.UK", "A review of custody"),
        ("Microsoft Word - final v3.docx", "A review of police custody"),
        ("20241216- FINAL (Standard Print)", "A review of police custody"),
        ("Quarterly template", "A review of police custody"),
        ("", "A review of police custody"),
    ],
)
def test_titles(claimed: str, expected: str) -> None:
    page = [("Final report", 30), ("A review of police custody", 24), *small("Text of it.")]
    assert read_facts(drawn(page, title=claimed)).title == expected


def test_a_form_names_its_area_and_recipients() -> None:
    facts = read_facts(read_html(draw("coroner")))
    assert facts.area == "Wexmoor"
    assert facts.recipients == ("Chief Constable, Wexmoor Police", "Wexmoor NHS Trust")
    assert (facts.publisher, facts.reference, facts.published) == ("HM Coroner", "2023-0161", date(2023, 5, 15))


def test_a_force_and_a_body() -> None:
    facts = read_facts(
        drawn([("An inspection", 20), *small("Inspectorate of Police Services", "Wexmoor Police is good.")])
    )
    assert (facts.publisher, facts.area) == ("Inspectorate of Police Services", "Wexmoor Police")


def test_every_fact_is_where_it_says() -> None:
    document = read_html(draw("coroner"))
    facts = read_facts(document)
    assert {place.fact for place in facts.places} >= {"title", "published", "reference", "area", "recipients"}
    for place in facts.places:
        if place.page:
            raw = document.pages[place.page - 1].text[place.start : place.end]
            assert "".join(raw.split()).strip() and " ".join(raw.split()) == place.words


@given(st.text(max_size=300))
def test_any_text_has_facts_or_none(words: str) -> None:
    page = read_html(draw("coroner")).pages[0]
    facts = read_facts(Document("0" * 64, (replace(page, text=words, lines=()),), words[:40]))
    assert facts.published is None or facts.published.year >= 1900


@pytest.mark.parametrize(
    ("printed", "listed", "codes"),
    [
        (DocumentFacts(published=date(2024, 3, 1)), date(2024, 5, 1), []),
        (DocumentFacts(published=date(2024, 3, 1)), date(2024, 2, 1), ["date_differs"]),
        (DocumentFacts(published=date(2020, 3, 1)), date(2024, 2, 1), ["date_differs"]),
        (DocumentFacts(published=date(2024, 3, 1), is_month=True), date(2024, 3, 30), []),
        (DocumentFacts(reference="HC 381", references=("HC 381", "ISBN 1")), None, ["reference_differs"]),
        (DocumentFacts(reference="HC 1260", references=("HC 1260",)), None, []),
        (DocumentFacts(reference="CP 12", references=("CP 12",)), None, []),
        (DocumentFacts(), date(2024, 1, 1), []),
    ],
)
def test_contradictions(printed: DocumentFacts, listed: date | None, codes: list[str]) -> None:
    found = contradictions(printed, listed, "HC-1260", "test", "0" * 64)
    assert [issue.code for issue in found] == codes
    assert all(issue.message.endswith(".") for issue in found)


def test_a_contradiction_is_an_issue_of_the_document() -> None:
    path = HERE / "sample" / "documents" / "govuk_committee_response.pdf"
    codes = {issue.code for issue in read_document(Job(path, PDF, "test", date(2012, 1, 1))).issues}
    assert codes == {"date_differs"}


def test_dates_of_the_sample() -> None:
    """Right to what is printed: many of the documents print only the month of the day they are listed with."""
    listed = json.loads((HERE / "sample" / "listing.json").read_text(encoding="utf-8"))["documents"]
    wrong = []
    for row in listed:
        facts = read_facts(read_pdf((HERE / "sample" / "documents" / row["file"]).read_bytes(), None))
        day = date.fromisoformat(row["published"])
        if facts.published not in (None, day.replace(day=1) if facts.is_month else day):
            wrong.append((row["file"], facts.published, day))
    assert len(wrong) <= (1 - RIGHT) * len(listed), wrong


def test_facts_of_the_corpus(shared: Path) -> None:
    """Against what a person reads in each: date, reference, and most words of the title."""
    right = dict.fromkeys(("published", "reference", "title"), 0)
    for name, expected in GOLD.items():
        facts = read_facts(read_pdf((shared / "corpus" / "pdf" / name).read_bytes(), None))
        right["published"] += (
            str(facts.published)[: len(expected["published"])] if facts.published else ""
        ) == expected["published"]
        right["reference"] += (facts.reference or "") == expected["reference"]
        words = set(expected["title"].lower().split())
        right["title"] += len(words & set((facts.title or "").lower().split())) >= 0.6 * len(words)
    assert min(right.values()) >= RIGHT * len(GOLD), right
