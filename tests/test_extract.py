from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reportlab.platypus import Flowable, Table

from pipeline.extract import extract, read_facts
from pipeline.extract.addressees import read_addressees
from pipeline.extract.answers import read_status
from pipeline.extract.asks import asks, is_procedural
from pipeline.extract.deadlines import read_deadline
from pipeline.reading import UnreadableDocument, page_texts, read_pdf
from pipeline.records import Kind, Recommendation, Status
from pipeline.text import fold
from pipeline.verify import find_again
from tests.drawing import BOLD, BREAK, HEADING, ITALIC, ITEM, box, grid, pdf, text

NARRATIVE = "Inspectors visited four stations and read eighty records, of which most were complete and some were not."
PUBLISHED = date(2024, 3, 15)


def rows_of(*content: Flowable, title: str = "") -> tuple[Recommendation, ...]:
    """What is extracted from the drawn document, after it was found again in its bytes."""
    content_bytes = pdf(*content, title=title, head="A running head")
    document = read_pdf(content_bytes, None)
    rows = extract(document, PUBLISHED)
    pages = {span.page for row in rows for span in row.spans}
    found, held_out = find_again(rows, page_texts(content_bytes, pages))
    assert held_out == ()
    assert found == rows
    return rows


def labels(rows: tuple[Recommendation, ...]) -> list[str | None]:
    return [row.label for row in rows]


def form(*concerns: Flowable, matters: str = "The MATTERS OF CONCERN are as follows. –") -> list[Flowable]:
    """A coroner's form around `concerns`."""
    return [
        text("REGULATION 28 REPORT TO PREVENT FUTURE DEATHS", BOLD),
        text("THIS REPORT IS BEING SENT TO:", BOLD),
        text("1. The Chief Constable"),
        text("2. The Chief Executive"),
        text("4 CIRCUMSTANCES OF THE DEATH", BOLD),
        text("(1) He was found at 18.12. on the stairs."),
        text("5 CORONER’S CONCERNS", BOLD),
        text(
            "During the course of the inquest the evidence revealed matters giving rise to concern. In my "
            "opinion there is "
            "a risk that future deaths will occur unless action is taken. In the circumstances it is my "
            "statutory duty to "
            "report to you."
        ),
        text(matters),
        *concerns,
        text("6 ACTION SHOULD BE TAKEN", BOLD),
        text("In my opinion action should be taken and I believe you have the power to take such action."),
    ]


@pytest.mark.parametrize(
    "marks", [("(1)", "(2)", "(3)"), ("1.", "2.", "3."), ("a)", "b)", "c)"), ("(I)", "(2)", "(3)")]
)
def test_concerns_in_every_numbering(marks: tuple[str, ...]) -> None:
    rows = rows_of(*form(*[text(f"{mark} Nobody had read the policy on matter {mark}.", ITEM) for mark in marks]))
    assert len(rows) == 3
    assert {row.kind for row in rows} == {Kind.CONCERN}
    assert rows[0].addressees == ("Chief Constable", "Chief Executive")
    assert rows[0].text.startswith("Nobody had read")


def test_lettered_points_stay_inside_a_numbered_concern() -> None:
    concerns = [
        text("(1) Two things were missing:"),
        text("(a) a plan; and"),
        text("(b) a lead."),
        text("(2) No audit was made."),
    ]
    rows = rows_of(*form(*concerns))
    assert labels(rows) == ["1", "2"]
    assert rows[0].text == "Two things were missing: (a) a plan; and (b) a lead."


def test_unnumbered_concerns_are_paragraphs_but_one_where_the_form_says_matter() -> None:
    paragraphs = [
        text("There was no policy on this at all in the force."),
        text("Staff had never been trained in it either."),
    ]
    assert len(rows_of(*form(*paragraphs))) == 2
    assert len(rows_of(*form(*paragraphs, matters="The MATTER OF CONCERN is as follows. –"))) == 1


def test_blank_and_specimen_forms_hold_nothing() -> None:
    assert rows_of(*form(text("[BRIEF SUMMARY OF MATTERS OF CONCERN]"), text("(1)"), text("(2)"))) == ()
    specimen = text("SPECIMEN: the details below are fictional", BOLD)
    assert rows_of(specimen, *form(text("(1) The stair was not lit at night."))) == ()


def test_boxes_of_an_inspection_report_and_their_annex() -> None:
    boxes = [
        box(text("Cause of concern", BOLD), text("The force does not respond to vulnerable callers in time.")),
        box(
            text("Recommendation 1", BOLD),
            text("By 31 August 2024, the force should check this daily and publish what it finds."),
        ),
        box(
            text("Area for improvement", BOLD),
            text("The force should make sure that its cameras are repaired within a week."),
        ),
    ]
    rows = rows_of(text("Findings", HEADING), text(NARRATIVE), *boxes, BREAK, text("Annex", HEADING), *boxes)
    assert [row.kind for row in rows] == [Kind.CAUSE_OF_CONCERN, Kind.RECOMMENDATION, Kind.AREA_FOR_IMPROVEMENT]
    assert [row.also_on_pages for row in rows] == [(2,), (2,), (2,)]
    assert rows[1].deadline == date(2024, 8, 31)


def test_a_title_and_bullets_belong_to_the_recommendation() -> None:
    rows = rows_of(
        text("Recommendation 4: Better records", BOLD),
        text("The governments should each keep records that are:"),
        text("(a) complete; and", ITEM),
        text("(b) kept for ten years.", ITEM),
        text("What we heard", HEADING),
        text(NARRATIVE),
    )
    assert labels(rows) == ["4"]
    assert rows[0].text.startswith("Better records: The governments should")
    assert [part.label for part in rows[0].parts] == ["a", "b"]
    assert "What we heard" not in rows[0].text


def test_headings_without_text_are_a_table_of_contents() -> None:
    entries = [text(f"Recommendation {n}: A title ........................ {n + 4}") for n in range(1, 6)]
    assert rows_of(text("Contents", HEADING), *entries, BREAK, text(NARRATIVE)) == ()


def test_learning_recommendation_without_its_background() -> None:
    rows = rows_of(
        text("Recommendation 1", HEADING),
        text("A woman rang four times and nobody came to her address that evening."),
        text("The IOPC recommends that Thameside Police prevents open calls from being downgraded unreviewed."),
        text("This follows an IOPC investigation in which a woman was seriously hurt."),
        text("Do you accept the recommendation?", BOLD),
        text("Not accepted. The force is content with its present policy."),
    )
    assert [row.text for row in rows] == [
        "The IOPC recommends that Thameside Police prevents open calls from being downgraded unreviewed."
    ]
    assert (rows[0].label, rows[0].status, rows[0].addressees) == ("1", Status.REJECTED, ("Thameside Police",))


def test_agreed_actions_of_an_audit_table() -> None:
    table = grid(
        [
            ["Ref", "Finding", "Agreed action", "Priority", "Owner", "Due date"],
            [
                "2.1",
                "Keys are lost.",
                "Keys will be signed for by two people at each change of shift.",
                "High",
                "Head of Estates",
                "30 June 2024",
            ],
            [
                "2.2",
                "Logs are blank.",
                "Supervisors will sample logs every month and report the result.",
                "Low",
                "Commander",
                "31 May 2024",
            ],
        ],
        [35, 90, 150, 50, 60, 60],
    )
    rows = rows_of(text("Findings and actions", HEADING), text(NARRATIVE), table)
    assert labels(rows) == ["2.1", "2.2"]
    assert {row.kind for row in rows} == {Kind.AGREED_ACTION}
    assert (rows[0].addressees, rows[0].deadline) == (("Head of Estates",), date(2024, 6, 30))


def test_conclusions_are_told_from_recommendations_by_their_words() -> None:
    rows = rows_of(
        text("Conclusions and recommendations", HEADING),
        text("1. The Department has made progress with its plans and deserves credit. (Paragraph 3)", ITEM),
        text("2. We recommend that the Department publish its plan by June 2025. (Paragraph 4)", ITEM),
        text("3. Vetting remains slow in most of the forces that we visited. (Paragraph 9)", ITEM),
        text("4. Forces should report vetting delays to the Home Office each quarter. (Paragraph 12)", ITEM),
    )
    assert labels(rows) == ["2", "4"]
    assert all("Paragraph" not in row.text for row in rows)


def test_conclusions_are_told_by_italics_and_by_tags() -> None:
    heading = text("Conclusions and recommendations", HEADING)
    plain = text("1. Progress has been made and the Government should be proud of it.", ITEM)
    italic = [text(f"{n}. The Government must do thing number {n} within the year.", ITALIC) for n in (2, 3)]
    assert labels(rows_of(heading, plain, *italic)) == ["2", "3"]
    tagged = [
        text("1. Ministers should be proud of this. (Conclusion, Paragraph 3)"),
        text("2. New capacity at national level. (Recommendation, Paragraph 4)"),
        text("3. A plan by the summer. (Recommendation, Paragraph 5)"),
    ]
    assert labels(rows_of(heading, *tagged)) == ["2", "3"]


def test_peer_review_list() -> None:
    rows = rows_of(
        text("106. The recommendations listed below enjoy the support of the State:", BOLD),
        *[text(f"106.{n}. Ratify protocol number {n} (Chile, Iran (Islamic Republic of));") for n in range(1, 6)],
        text("107. All conclusions reflect the position of the submitting State."),
    )
    assert labels(rows) == [f"106.{n}" for n in range(1, 6)]
    assert rows[0].text == "Ratify protocol number 1"


def test_safety_recommendations_carry_their_own_numbers() -> None:
    rows = rows_of(
        text("6. Recommendations", HEADING),
        text("6.1. Recommendations are made to people who can act on them."),
        text("6.2. On 3 May the Commission recommended that the operator fit guards to every platform. (011/24)"),
        text("6.3. The operator replied that it would consider this in the next year."),
        text("6.4. On 3 May the Commission recommended that the agency audit the operator. (012/24)"),
    )
    assert labels(rows) == ["011/24", "012/24"]


def test_response_in_headings_and_its_statuses() -> None:
    rows = rows_of(
        text("Government response to the Harbour Inquiry", HEADING),
        text("Recommendation 1", HEADING),
        box(text("Ministers should publish the register of interests every year.")),
        text("Government response to recommendation 1", BOLD),
        text("The government accepts this recommendation in part. The register will be published."),
        text("Recommendation 2", HEADING),
        box(text("Ministers should fund a second register for the harbour boards.")),
        text("Government response to recommendation 2", BOLD),
        text("The government does not accept this recommendation."),
    )
    assert {row.kind for row in rows} == {Kind.QUOTED_RECOMMENDATION}
    assert [row.status for row in rows] == [Status.ACCEPTED_IN_PART, Status.REJECTED]
    assert [row.response_page for row in rows] == [1, 1]


def test_response_that_quotes_in_bold() -> None:
    content: list[Flowable] = [text("Government response to the Committee’s report", HEADING), text(NARRATIVE)]
    for number in range(1, 5):
        content.append(
            text(
                f"{number}. We recommend that the Department publish plan number {number} in full. (Paragraph "
                f"{number})",
                BOLD,
            )
        )
        content.append(text("The Government agrees with this recommendation and will publish it."))
    rows = rows_of(*content)
    assert labels(rows) == ["1", "2", "3", "4"]
    assert {row.status for row in rows} == {Status.ACCEPTED}


def test_listed_recommendations() -> None:
    numbered = [text(f"{n}. The Governor should ensure that check number {n} is made daily.", ITEM) for n in (1, 2, 3)]
    assert labels(rows_of(text("Recommendations", HEADING), *numbered)) == ["1", "2", "3"]
    stem = text("The Committee recommends that the Minister of Finance:")
    orders = [text(f"9.{n} Ensures that report number {n} is tabled.", ITEM) for n in (1, 2, 3)]
    assert labels(rows_of(text("9. Recommendations", HEADING), stem, *orders)) == ["9.1", "9.2", "9.3"]
    bare = [text(f"The Head of Healthcare should review record number {n}.") for n in (1, 2)]
    assert len(rows_of(text("Recommendations", HEADING), *bare)) == 2


def test_committee_procedure_is_no_recommendation() -> None:
    procedure = [text("1. Members note the report.", ITEM), text("2. The Committee notes the progress made.", ITEM)]
    assert rows_of(text("Recommendations", HEADING), *procedure) == ()


def test_executive_action() -> None:
    rows = rows_of(
        text("Recommendations for Executive Action", HEADING),
        text("We are making two recommendations to the Department:"),
        text("The Secretary should set targets for each of its programmes. (Recommendation 1)"),
        text("The Secretary should report on the targets every year. (Recommendation 2)"),
    )
    assert labels(rows) == ["1", "2"]


def test_letter_is_the_last_resort_and_unsure() -> None:
    rows = rows_of(
        text("Dear Chief Constable,"),
        text(NARRATIVE),
        text("Thank you for your help. I recommend that you have sergeants read every record within a week."),
        text("Yours sincerely,"),
    )
    assert [row.text for row in rows] == ["I recommend that you have sergeants read every record within a week."]
    assert rows[0].confidence < 0.5


def test_narrative_holds_nothing() -> None:
    told = "In 2019 the auditor made nine recommendations, and recommended that the board meet. Three were accepted."
    assert rows_of(text("Background", HEADING), text(told), text(NARRATIVE)) == ()


def test_repeated_runs_are_equal_and_inputs_unchanged() -> None:
    document = read_pdf(pdf(*form(text("(1) Nobody had read the policy."), text("(2) No audit was made."))), None)
    before = repr(document)
    assert extract(document, PUBLISHED) == extract(document, PUBLISHED)
    assert repr(document) == before


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("By 31 March 2025, the force should", date(2025, 3, 31)),
        ("to be done by the end of June 2025", date(2025, 6, 30)),
        ("no later than autumn 2025", date(2025, 11, 30)),
        ("before the end of 2027 there should be", date(2027, 12, 31)),
        ("Within six months, the force should", date(2024, 9, 15)),
        ("within 12 months of the publication of this Report", date(2025, 3, 15)),
        ("within 6 months of the creation of the group", None),
        ("With immediate effect, the force should", None),
    ],
)
def test_deadlines(words: str, day: date | None) -> None:
    found = read_deadline(words, PUBLISHED)
    assert found is not None
    assert found.day == day


def test_spans_of_time_that_are_no_deadline() -> None:
    assert read_deadline("The force should review each crime within 24 hours of its being reported.", PUBLISHED) is None


@pytest.mark.parametrize(
    ("words", "bodies"),
    [
        ("By 31 March 2025, the Home Office should publish", ("Home Office",)),
        ("The IOPC recommends that Northmere Constabulary takes steps to train", ("Northmere Constabulary",)),
        ("Consideration should be given to a new form", ()),
    ],
)
def test_addressees(words: str, bodies: tuple[str, ...]) -> None:
    assert read_addressees(words) == bodies


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("Accepted. It is done.", Status.ACCEPTED),
        ("Response: Accept in part", Status.ACCEPTED_IN_PART),
        ("This recommendation is accepted in principle by the UK Government.", Status.ACCEPTED_IN_PRINCIPLE),
        ("We do not accept this recommendation.", Status.REJECTED),
        ("The government supports this recommendation.", Status.ACCEPTED),
        ("Noted.", Status.NOTED),
        ("The Government agrees that data matter.", None),
    ],
)
def test_statuses(words: str, status: Status | None) -> None:
    assert read_status(words).status == status


def test_asking_and_telling() -> None:
    assert asks("The evidence is mixed. We therefore urge ministers to publish it.")
    assert asks("Chief officers should be responsible for training.")
    assert not asks("We agree with the principle that ministers should explain their reasons.")
    assert not asks("The Committee will soon request a full briefing from the Treasury.")
    assert is_procedural("That Members note the report")


def test_facts() -> None:
    document = read_pdf(
        pdf(text("Custody in Northmere", HEADING), text("Ref: 2023-0129"), text("Published 4 May 2023")), None
    )
    facts = read_facts(document)
    assert (facts.title, facts.published, facts.reference) == ("Custody in Northmere", date(2023, 5, 4), "2023-0129")


def test_spans_of_real_documents_give_the_text(shared: Path) -> None:
    for path in sorted((shared / "corpus" / "pdf" / "pfd").glob("*.pdf")):
        document = read_pdf(path.read_bytes(), None)
        for row in extract(document):
            raw = "\n".join(document.pages[span.page - 1].text[span.start : span.end] for span in row.spans)
            assert fold(raw) == fold(row.text)


def test_recommendations_under_the_conclusions_of_a_numbered_list() -> None:
    content: list[Flowable] = [text("Conclusions and recommendations", HEADING)]
    for number in (1, 2, 3):
        content.append(text(f"{number}. The Department lacks plan {number}. {NARRATIVE}", BOLD))
        content.append(text(f"Recommendation: The Department should publish plan {number} by March.", ITALIC))
    rows = rows_of(*content)
    assert labels(rows) == ["1", "2", "3"]
    assert rows[0].text == "The Department should publish plan 1 by March."


def test_numbers_of_other_publishers() -> None:
    rows = rows_of(
        text("Safety Recommendation 2020-012", BOLD),
        text("It is recommended that the Civil Aviation Authority require an inspection before each flight."),
        text("R2: The Treasury should fund the register properly.", BOLD),
        text(NARRATIVE),
    )
    assert labels(rows) == ["2020-012", "R2"]
    assert rows[1].text == "The Treasury should fund the register properly."


def test_a_bold_quote_ends_where_its_answer_begins() -> None:
    rows = rows_of(
        text("Government response to the Committee", HEADING),
        text("Recommendation 1: We recommend that the Department publish its plan in full by June.", BOLD),
        text("Accepted. The plan will be published."),
    )
    assert rows[0].text == "We recommend that the Department publish its plan in full by June."
    assert (rows[0].status, rows[0].response_text) == (Status.ACCEPTED, "Accepted. The plan will be published.")


def test_response_table_of_two_columns() -> None:
    table = grid(
        [
            ["Recommendation", "Response"],
            [
                "1. Ministers should publish the register every year.",
                "Accepted in principle. It will be published in May.",
            ],
            ["2. Ministers should fund a second register for the boards.", "Rejected. There is no money for it."],
        ],
        [200, 200],
    )
    rows = rows_of(text("Government response to the Harbour Inquiry", HEADING), text(NARRATIVE), table)
    assert [(row.label, row.status) for row in rows] == [
        ("1", Status.ACCEPTED_IN_PRINCIPLE),
        ("2", Status.REJECTED),
    ]


def test_reply_to_a_coroner_quotes_concerns_in_italics() -> None:
    rows = rows_of(
        text("Dear Ms Smith"),
        text("Thank you for your report dated 3 May."),
        text("(1) Staff were not aware of the risk of falls on the ward at all.", ITALIC),
        text("The Trust has now trained all of its staff."),
        text("(2) No one had completed the assessment in time for the review.", ITALIC),
        text("We accept this concern and have changed the form."),
    )
    assert labels(rows) == ["1", "2"]
    assert {row.kind for row in rows} == {Kind.QUOTED_RECOMMENDATION}


def test_columns_without_rules() -> None:
    head = [text(words, BOLD) for words in ("Ref", "Agreed action", "Owner", "Due date")]
    line = ["1.1", "Keys will be signed for by two people at each change of shift.", "Head of Estates", "30 June 2024"]
    other = ["1.2", "Logs will be sampled by supervisors every month and reported.", "Commander", "31 May 2024"]
    table = Table([head, [text(cell) for cell in line], [text(cell) for cell in other]], colWidths=[40, 200, 90, 90])
    assert labels(rows_of(text("Action plan", HEADING), table)) == ["1.1", "1.2"]


def test_labels_alone_in_their_column() -> None:
    concerns = [text("(1)"), text("Staff did not know of the risk."), text("(2)"), text("No one completed the form.")]
    assert [row.text for row in rows_of(*form(*concerns))] == [
        "Staff did not know of the risk.",
        "No one completed the form.",
    ]


DAMAGED = pdf(
    *form(text("(1) Nobody had read the policy."), box(text("Recommendation 1", BOLD), text("The force should.")))
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, len(DAMAGED) - 1), st.integers(0, 255)), min_size=1, max_size=40))
def test_damaged_documents_never_break_extraction(changes: list[tuple[int, int]]) -> None:
    content = bytearray(DAMAGED)
    for place, value in changes:
        content[place] = value
    try:
        document = read_pdf(bytes(content), None)
    except UnreadableDocument:
        return
    rows = extract(document, PUBLISHED)
    pages = {span.page for row in rows for span in row.spans}
    assert find_again(rows, page_texts(bytes(content), pages))[1] == ()


def test_pairs_of_quote_and_answer() -> None:
    rows = rows_of(
        text("Annex A: Metropolitan Police Service response to recommendations", HEADING),
        text("1. The MPS should train all of its officers in the law on search warrants."),
        text("MPS response: Accepted. This is in place."),
        text("4. The MPS should consult prosecutors about the guidance that it gives to officers."),
        text("MPS response: Noted. Work is under way."),
    )
    assert [(row.label, row.status) for row in rows] == [("1", Status.ACCEPTED), ("4", Status.NOTED)]
    assert {row.kind for row in rows} == {Kind.QUOTED_RECOMMENDATION}


def test_numbered_areas_for_improvement_keep_their_kind() -> None:
    items = [text(f"{n}. The force should improve its handling of matter {n} this year.", ITEM) for n in (1, 2)]
    rows = rows_of(text("Areas for improvement", HEADING), *items, text("Conclusion", HEADING), text(NARRATIVE))
    assert [row.kind for row in rows] == [Kind.AREA_FOR_IMPROVEMENT] * 2


def test_an_inspection_of_the_police_response_is_no_response() -> None:
    rows = rows_of(
        text("The police response to rape: a thematic inspection", HEADING),
        text("Recommendation 1", HEADING),
        text("Chief constables should train every officer who takes a first report."),
    )
    assert [row.kind for row in rows] == [Kind.RECOMMENDATION]
