"""A golden test for each family of documents: how its publishers mark asks, and what looks alike and is none."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.platypus import Flowable

from pipeline.extract.addressees import read_addressees, read_lead, split_names
from pipeline.extract.answers import read_status
from pipeline.extract.asks import assigns, instructs
from pipeline.records import Kind, Recommendation, Status
from tests.drawing import BOLD, BREAK, HEADING, ITALIC, ITEM, box, grid, text
from tests.test_extract import NARRATIVE, form, labels, rows_of

TOLD = "In 2017 an earlier review recommended that each force should name a lead. Most had done so by 2019."


def texts(rows: tuple[Recommendation, ...]) -> list[str]:
    return [row.text for row in rows]


def test_inspection_box_holds_the_bold_ask_and_not_its_reasons() -> None:
    rows = rows_of(
        text("Responding to the public", HEADING),
        box(
            text("Area for improvement", BOLD),
            text("The force should make sure that repeat callers are identified.", BOLD),
            text(NARRATIVE),
            text("We expect to see this done by the time of our next inspection."),
        ),
        box(
            text("Cause of concern", BOLD),
            text("Eastshire Police does not answer emergency calls in time.", BOLD),
            text("Recommendations", BOLD),
            text("Within six months, Eastshire Police should:"),
            text("• make sure that supervisors check calls each week; and", ITEM),
            text("• publish what they find.", ITEM),
        ),
        text("Eastshire Police told us that Eastshire Police had a plan."),
    )
    assert [row.kind for row in rows] == [Kind.AREA_FOR_IMPROVEMENT, Kind.CAUSE_OF_CONCERN, Kind.RECOMMENDATION]
    assert texts(rows)[0] == "The force should make sure that repeat callers are identified."
    assert rows[0].addressees == ("Eastshire Police",)
    assert rows[2].deadline == date(2024, 9, 15)
    assert len(rows[2].parts) == 2


def test_narrative_after_a_recommendation_is_not_part_of_it() -> None:
    rows = rows_of(
        text("Recommendation 1", BOLD),
        text("By March 2026, the Home Office should change the law on stalking protection orders."),
        text("We found that orders took eleven weeks to obtain. " + NARRATIVE),
        text("Recommendation 2: Training", BOLD),
        text("The College of Policing must revise its course. No officer will be exempt from it."),
        text(NARRATIVE),
        text("1.4 The evidence that we heard was mixed."),
    )
    assert texts(rows) == [
        "By March 2026, the Home Office should change the law on stalking protection orders.",
        "Training: The College of Policing must revise its course. No officer will be exempt from it.",
    ]


def test_coroners_concerns_in_letters_under_headings_and_before_a_closing_remark() -> None:
    letter = rows_of(
        text("Dear Commissioner,"),
        text("Report under Regulation 28 of the Coroners (Investigations) Regulations 2013"),
        text("My concerns are as follows:"),
        text("1. Custody staff were not trained to see the signs of withdrawal.", ITEM),
        text("2. The camera in the cell was of no use.", ITEM),
        text("In my opinion action should be taken to prevent future deaths."),
    )
    assert (labels(letter), {row.kind for row in letter}) == (["1", "2"], {Kind.CONCERN})
    headed = rows_of(
        *form(
            text("Concern 1", BOLD),
            text("Officers did not know how to obtain a warrant at night."),
            text("Concern 2", BOLD),
            text("There was one social worker for the whole county."),
            text("I would add that the witnesses were candid."),
        )
    )
    assert (labels(headed), texts(headed)[1]) == (["1", "2"], "There was one social worker for the whole county.")


def test_lists_that_start_again_under_each_sub_heading() -> None:
    rows = rows_of(
        text("Chapter 3: Screening", HEADING),
        text(NARRATIVE),
        text("Recommendations", BOLD),
        text("1. The force should have a nurse in each suite.", ITEM),
        text("2. Detainees should be screened within two hours.", ITEM),
        text("Chapter 4: Restraint", HEADING),
        text(NARRATIVE),
        text("Recommendations", BOLD),
        text("1. The force should film each use of restraint.", ITEM),
        text("2. Restraint should end as soon as it can.", ITEM),
    )
    assert labels(rows) == ["1", "2", "1", "2"]


def test_lists_by_addressee_name_who_must_act() -> None:
    rows = rows_of(
        text("Jury recommendations", HEADING),
        text("To the Ministry of Health:", BOLD),
        text("1. Open sobering centres in each region of the province.", ITEM),
        text("To the London Police Service:", BOLD),
        text("2. Develop a procedure for entries. Members have none.", ITEM),
        text("3. Train every member in its use.", ITEM),
    )
    assert labels(rows) == ["1", "2", "3"]
    assert [row.addressees for row in rows][:2] == [("Ministry of Health",), ("London Police Service",)]


def test_tasks_without_should() -> None:
    rows = rows_of(
        text("Single agency recommendations", HEADING),
        text("Northmoor Police", BOLD),
        text("• Northmoor Police to review risk assessments within 24 hours.", ITEM),
        text("• Northmoor Police to train its call takers in coercive control.", ITEM),
        text("Health", BOLD),
        text("• GP practices to adopt a policy on routine enquiry.", ITEM),
    )
    assert len(rows) == 3
    assert assigns("That a lead be named for each borough.")
    assert not assigns("Officers reviewed each file at noon.")


def test_announced_lists_and_the_lettered_parts_of_one_ask() -> None:
    report = rows_of(
        text("Findings", HEADING),
        text(NARRATIVE),
        text("We recommend that the Bureau:"),
        text("1. Establish a process to validate its sources.", ITEM),
        text("2. Provide guidance on the use of encrypted channels.", ITEM),
        text("Statement on compliance", HEADING),
        text(NARRATIVE),
    )
    assert (labels(report), {row.grammar for row in report}) == (["1", "2"], {"announced"})
    inquiry = rows_of(
        text("33.10 I therefore recommend that the owner of each building be required:"),
        text("a. to give the fire service its plans; and", ITEM),
        text("b. to keep a copy of them in a box by the door.", ITEM),
        text("33.11 " + NARRATIVE),
    )
    assert labels(inquiry) == ["33.10"]
    assert [part.label for part in inquiry[0].parts] == ["a", "b"]
    earlier = [
        text("In 2019 the inspectorate made the following recommendations:"),
        text("1. Train staff in first aid."),
    ]
    assert rows_of(*earlier, text("2. Publish the results of each audit."), text(NARRATIVE)) == ()


def test_summary_list_is_folded_into_the_full_recommendations() -> None:
    full = "The Home Office should keep a register of experts from across the four nations, and renew it every year."
    rows = rows_of(
        text("I have made two recommendations. They are as follows:"),
        text("1. a register of experts should be kept across the four nations;", ITEM),
        text("2. advice should be published as soon as it is given.", ITEM),
        BREAK,
        text("Recommendation 1: A register", BOLD),
        text(full),
        text("Recommendation 2: Advice", BOLD),
        text("Ministers should publish the advice of scientists as soon as it is given, with the names of authors."),
    )
    assert labels(rows) == ["1", "2"]
    assert texts(rows)[0] == f"A register: {full}"


def test_monitored_recommendations_are_counted_with_the_others() -> None:
    rows = rows_of(
        text("Appendix: List of recommendations", HEADING),
        text("R1 The Home Office should consult on a duty to keep records.", ITEM),
        text("R2 Each forum should test its plan every two years.", ITEM),
        text("MR3 Counter-terrorism police should review their doctrine.", ITEM),
    )
    assert labels(rows) == ["R1", "R2", "MR3"]


@pytest.mark.parametrize(
    ("printed", "kept"),
    [
        ("The council should publish its plan (see paragraphs 4.3 and 5).", "The council should publish its plan"),
        ("The council should publish its plan. (2.14)", "The council should publish its plan."),
        ("The council should publish its plan. ................ Page 14", "The council should publish its plan."),
        ("The council should obey the Act (section 17 of it).", "The council should obey the Act (section 17 of it)."),
    ],
)
def test_references_that_close_an_ask_are_cut_off(printed: str, kept: str) -> None:
    assert texts(rows_of(text("Recommendation 1", BOLD), text(printed))) == [kept]


def test_audit_tables_without_owner_and_cards_without_frame() -> None:
    table = grid(
        [
            ["No.", "Theme", "Recommendation"],
            ["1", "Candour", "A duty should be imposed on any officer to observe candour."],
            ["2", "Complaints", "Methods of complaint must be easily understood."],
        ],
        [40, 90, 280],
    )
    assert labels(rows_of(text("Table of recommendations", HEADING), table)) == ["1", "2"]
    earlier = grid(
        [
            ["No.", "Recommendation", "Status"],
            ["1", "The force should keep a register of its keys.", "Implemented"],
        ],
        [40, 290, 80],
    )
    assert rows_of(text("Progress on the audit of 2019", HEADING), earlier) == ()
    card = grid(
        [
            ["Recommendation number", "AO-2019-026-SR-014"],
            ["Responsible organisation", "Civil Aviation Safety Authority"],
            ["Recommendation", "The Authority should give operators guidance about wires, and keep it up to date."],
        ],
        [150, 280],
    )
    (row,) = rows_of(text("Safety recommendation description", BOLD), card)
    assert (row.label, row.addressees) == ("AO-2019-026-SR-014", ("Civil Aviation Safety Authority",))


def test_treaty_body_paragraphs() -> None:
    rows = rows_of(
        text("C. Concerns and recommendations", BOLD),
        text("Stop and search", BOLD),
        text("26. The Committee is concerned at the use of stop and search."),
        text("27. The Committee recommends that the State party review the use of these powers."),
        text("Deaths in custody", BOLD),
        text("28. The Committee regrets that no officer has been prosecuted."),
        text("29. The Committee urges the State party to make sure that all deaths are investigated."),
    )
    assert labels(rows) == ["27", "29"]
    assert rows[0].addressees == ("State party",)


def test_recommendations_numbered_before_the_word() -> None:
    rows = rows_of(
        text("1.1 RECOMMENDATION: Agencies should acknowledge the role of policing in injustice.", BOLD),
        text(NARRATIVE),
        text("1.2 RECOMMENDATION: Agencies should set up a culture of transparency.", BOLD),
    )
    assert labels(rows) == ["1.1", "1.2"]


def test_response_that_has_not_decided() -> None:
    content: list[Flowable] = [text("Government response to the Committee’s report", HEADING)]
    for number, answer in enumerate(("We will consider this as part of the next review.", "The Government agrees."), 1):
        content += [
            text(f"Recommendation {number}", BOLD),
            text(f"The Home Office should fund campaign number {number} in each term.", ITALIC),
            text(answer),
        ]
    rows = rows_of(*content)
    assert [row.status for row in rows] == [Status.UNDER_CONSIDERATION, Status.ACCEPTED]
    assert (rows[0].response_text, rows[0].response_page) == ("We will consider this as part of the next review.", 1)


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("The proposal is under consideration.", Status.UNDER_CONSIDERATION),
        ("The Government will respond in due course.", Status.UNDER_CONSIDERATION),
        ("The Government has considered this with care and does not accept it.", Status.REJECTED),
        ("We accept this recommendation and will consider how to meet it.", Status.ACCEPTED),
    ],
)
def test_statuses(words: str, status: Status) -> None:
    assert read_status(words).status == status


def test_asks_in_numbered_narrative_are_found_and_unsure() -> None:
    rows = rows_of(
        text("12. " + NARRATIVE),
        text("13. There was no call bell. The CPT recommends that steps be taken to install one in every cell."),
        text("14. " + TOLD),
    )
    assert texts(rows) == ["The CPT recommends that steps be taken to install one in every cell."]
    assert rows[0].confidence < 0.5


@pytest.mark.parametrize(
    "content",
    [
        [
            text("Q1 Chair: What would you recommend?"),
            text("Witness: I recommend that you call for more money."),
            text("Q2"),
        ],
        [
            text("Recommendation 1: complete. All forces have reviewed their policy."),
            text("Recommendation 2: in progress."),
        ],
        [text("Recommendation: That the Board notes the report.", BOLD), text(NARRATIVE)],
        [text("RECOMMENDATIONS", BOLD), text("In view of the action taken, no recommendations have been made.")],
        [
            text("The review should consider:"),
            text("• the culture of the unit; and", ITEM),
            text("• its training.", ITEM),
        ],
        [text("Press release", HEADING), text("The Ombudsman made three recommendations, all of which were accepted.")],
        [text("Findings", HEADING), text(TOLD), text("Guidance says that a supervisor must be told of each search.")],
    ],
    ids=["transcript", "progress", "minutes", "none made", "terms of reference", "press release", "narrative"],
)
def test_documents_that_look_alike_and_hold_none(content: list[Flowable]) -> None:
    assert rows_of(*content) == ()


def test_short_names_are_resolved_only_where_there_is_no_doubt() -> None:
    ask = [text("Recommendation 1", BOLD), text("The Department should publish its plan for the estate by June 2025.")]
    one = [text("The Department for Transport (the Department) replied. The Home Office did not.")]
    both = (
        "The Department for Transport wrote to the Home Office. The Home Office wrote to the Department for Transport."
    )
    two = [text(both)]
    assert rows_of(*one, *ask)[0].addressees == ("Department for Transport",)
    assert rows_of(*two, *ask)[0].addressees == ("Department",)


@pytest.mark.parametrize(
    ("words", "who"),
    [
        (
            "The NPCC, the College of Policing and the Home Office should act.",
            ("NPCC", "College of Policing", "Home Office"),
        ),
        ("The Met and British Transport Police should agree.", ("Met", "British Transport Police")),
        ("We recommend that the force publish its policy.", ("force",)),
        ("Code H should be amended so that checks are recorded.", ()),
        ("The review of the matrix should examine the data.", ()),
    ],
)
def test_addressees(words: str, who: tuple[str, ...]) -> None:
    assert read_addressees(words) == who


def test_lead_lines() -> None:
    assert read_lead("To the Commissioner of Police:") == "Commissioner of Police"
    assert read_lead("OIG recommends that the Department:") == "Department"
    assert read_lead("Our findings were as follows.") is None
    assert split_names("The Home Office and the Ministry of Justice") == ("Home Office", "Ministry of Justice")


@given(st.sampled_from(["said", "told us", "suggests", "argued"]), st.sampled_from(["should", "must", "needs to"]))
def test_what_somebody_said_is_no_instruction(verb: str, modal: str) -> None:
    assert not instructs(f"The evidence {verb} that morale {modal} be better.")
    assert instructs(f"The force {modal} publish what the evidence {verb}.")
