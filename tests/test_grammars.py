"""Ways of marking asks that few publishers use, each with a document that looks alike and holds none."""

from pipeline.extract.asks import is_procedural
from pipeline.records import Kind, Status
from tests.drawing import BOLD, BREAK, HEADING, ITALIC, ITEM, box, grid, text
from tests.test_extract import NARRATIVE, labels, rows_of

_NARROW = (30, 170, 170, 70)


def test_asks_that_open_with_their_own_number() -> None:
    rows = rows_of(
        text("Recommendations", HEADING),
        text(NARRATIVE),
        box(text("R1 The council should publish its register of risks every quarter.")),
        box(text("R2 The force should test its contingency plan once a year.")),
        BREAK,
        text("Table of recommendations", HEADING),
        grid(
            [
                ("Number", "Recommendation", "Body"),
                ("R1", "The council should publish its register of risks every quarter.", "Council"),
                ("R2", "The force should test its contingency plan once a year.", "Force"),
            ],
            (50, 280, 80),
        ),
    )
    assert labels(rows) == ["R1", "R2"]
    assert [{row.page, *row.also_on_pages} for row in rows] == [{1, 2}, {1, 2}]
    assert rows[1].text == "The force should test its contingency plan once a year."


def test_marine_numbers_and_years_told_apart() -> None:
    rows = rows_of(
        text("SECTION 5 RECOMMENDATIONS", HEADING),
        text("The coastguard agency is recommended to:", BOLD),
        text("2022/110 Review the guidance on mooring in strong winds for small vessels.", ITEM),
        text("2022/111 Issue a notice to owners about the maintenance of fire doors.", ITEM),
    )
    assert labels(rows) == ["2022/110", "2022/111"]
    assert rows_of(text("2018/19 The number should be read with care."), text("2019/20 Fewer cases were seen.")) == ()


def test_lettered_items_under_a_running_paragraph() -> None:
    content = [
        text("Conclusion", HEADING),
        text("14 The service has improved, but its data are weak and its costs are not known.", ITEM),
        text("Recommendations", HEADING),
        text("15 The department should take the following steps:", ITEM),
        text("a Publish the cost of each programme once a year.", ITEM),
        text("b Set out who is responsible for the quality of the data.", ITEM),
        text("Part One", HEADING),
        text("1.1 The department spends most of its budget on grants.", ITEM),
    ]
    assert labels(rows_of(*content)) == ["a", "b"]
    assert rows_of(*content[:2], text("Evidence", HEADING), *content[3:6]) == ()


def test_numbered_items_under_a_running_paragraph_lose_their_back_reference() -> None:
    rows = rows_of(
        text("Actions taken", HEADING),
        text("90 The operator has changed its procedure for inspections.", ITEM),
        text("Recommendations", HEADING),
        text("91 The following recommendations are made:", ITEM),
        text("1 The operator should inspect the switches each month (paragraph 81a).", ITEM),
        text("2 The track owner should review its standard for fences (paragraphs 82 and 83).", ITEM),
    )
    assert labels(rows) == ["1", "2"]
    assert rows[0].text == "The operator should inspect the switches each month"


def test_a_number_that_closes_the_ask() -> None:
    rows = rows_of(
        text("Safety action required", HEADING),
        text(NARRATIVE),
        text("Therefore, the Board recommends that"),
        text("the department require recorders on all passenger vessels of this class.", BOLD),
        text("Transportation Safety Recommendation M22-01", BOLD),
        text(NARRATIVE),
    )
    assert labels(rows) == ["M22-01"]
    assert rows[0].text.startswith("the department require")
    assert rows_of(text(NARRATIVE), text("Transportation Safety Recommendation M22-01", BOLD), text(NARRATIVE)) == ()


def test_lists_announced_in_chapters_share_one_sequence() -> None:
    rows = rows_of(
        text("Chapter 3", HEADING),
        text("I recommend that:"),
        text("(1) the service should record the reason for each delay.", ITEM),
        text("(2) the service should tell families of their rights.", ITEM),
        text("Chapter 4", HEADING),
        text(NARRATIVE),
        text("I recommend that:"),
        text("(3) the authority should fund the programme for three years.", ITEM),
    )
    assert labels(rows) == ["1", "2", "3"]


def test_paragraphs_that_recommend_among_paragraphs_that_reason() -> None:
    rows = rows_of(
        text("Chapter 33 Recommendations", HEADING),
        text("2 Training", BOLD),
        text(f"33.1 {NARRATIVE}", ITEM),
        text(f"33.2 {NARRATIVE}", ITEM),
        text("33.3 I therefore recommend that the brigade train all its commanders in evacuation.", ITEM),
        text("3 Plans", BOLD),
        text(f"33.4 {NARRATIVE}", ITEM),
        text("33.5 I also recommend that owners keep plans of each floor in a box.", ITEM),
    )
    assert labels(rows) == ["33.3", "33.5"]


def test_response_table_with_a_column_of_statuses() -> None:
    rows = rows_of(
        text("Government response to the inquiry", HEADING),
        grid(
            [
                ("No.", "Recommendation", "Government response", "Status"),
                ("1", "The force should publish its data on searches every year.", "It will be published.", "Accept"),
                ("2", "The board should appoint an independent adviser.", "There is one already.", "Reject"),
            ],
            _NARROW,
        ),
    )
    assert [(row.label, row.status) for row in rows] == [("1", Status.ACCEPTED), ("2", Status.REJECTED)]
    assert {row.kind for row in rows} == {Kind.QUOTED_RECOMMENDATION}
    assert rows[0].response_text == "It will be published."


def test_how_earlier_recommendations_fared_is_no_new_one() -> None:
    table = grid(
        [
            ("Recommendation", "Date raised", "Progress to date", "Addressed?"),
            ("The council should reconcile its accounts each month.", "2021", "Done in the year.", "Yes"),
        ],
        (180, 60, 120, 70),
    )
    assert rows_of(text("Follow-up of previous recommendations", HEADING), table) == ()


def test_audit_cards_with_the_priority_beside_the_heading() -> None:
    rows = rows_of(
        text("1. Stores", HEADING),
        text(NARRATIVE),
        box(
            text("Agreed action 1     Priority: High", BOLD),
            text("Reconcile the stores to the register each month."),
            text("Responsible officer: Head of Stores"),
        ),
        text(NARRATIVE),
    )
    assert [row.text for row in rows] == ["Reconcile the stores to the register each month."]


def test_treasury_minutes_quote_only_the_recommendation() -> None:
    rows = rows_of(
        text("Government response to the committee", HEADING),
        box(
            text("1. PAC conclusion: Costs were not known to those who spent the money.", BOLD),
            text("1. PAC recommendation: The department should publish the cost of each programme.", BOLD),
        ),
        text("1.1 The government disagrees with the Committee’s recommendation."),
        text(f"1.2 {NARRATIVE}"),
    )
    assert [(row.label, row.status) for row in rows] == [("1", Status.REJECTED)]
    assert rows[0].text == "The department should publish the cost of each programme."


def test_an_ask_in_running_text_ends_before_the_narrative() -> None:
    rows = rows_of(
        text("Recommendations", HEADING),
        text(NARRATIVE),
        text("Recommendation 1: The partnership should agree one form for referrals."),
        text(NARRATIVE),
        text("Recommendation 2: The partnership should audit its minutes."),
        text("This should include minutes of the last three years."),
    )
    assert rows[0].text == "The partnership should agree one form for referrals."
    assert rows[1].text.endswith("of the last three years.")


def test_rule_43_letters() -> None:
    rows = rows_of(
        text("Report under Rule 43 of the Coroners Rules 1984", BOLD),
        text(NARRATIVE),
        text("I believe that action should be taken and I therefore report the following matters to you."),
        text("1. Staff had no training in the use of the radio that they carried."),
        text("2. The call was closed before a supervisor had read it."),
        text("You are required to respond within 56 days of the date of this report."),
    )
    assert [(row.kind, row.label) for row in rows] == [(Kind.CONCERN, "1"), (Kind.CONCERN, "2")]
    assert rows[1].text == "The call was closed before a supervisor had read it."


def test_first_cycle_peer_review_lists() -> None:
    content = [
        text("56. In the course of the discussion, the following recommendations were made to the State:"),
        text("1. To ratify the optional protocol (Norway, Mexico);", ITEM),
        text("2. To strengthen the office of the ombudsman (Iran (Islamic Republic of));", ITEM),
        text("3. To continue its efforts to train the police (Benin).", ITEM),
        text("57. The recommendations will be examined by the State."),
    ]
    rows = rows_of(*content)
    assert labels(rows) == ["1", "2", "3"]
    assert rows[1].text == "To strengthen the office of the ombudsman"


def test_counted_actions_are_asks_of_their_own() -> None:
    rows = rows_of(
        text("Recommendations for Executive Action", HEADING),
        text("We recommend that the Secretary of Defense take the following two actions:"),
        text("establish measures of performance for the programme."),
        text("report to the Congress on what the programme costs."),
        text("Agency Comments", HEADING),
        text(NARRATIVE),
    )
    assert [row.text.split()[0] for row in rows] == ["establish", "report"]


def test_a_decision_asked_of_an_official_is_no_recommendation() -> None:
    assert (
        rows_of(
            text("Recommendation:", BOLD),
            text("The Deputy Mayor is recommended to:"),
            text("1. Approve the revised budget for the works."),
            text("2. Note the update on the agreement."),
            text("Background", BOLD),
            text(NARRATIVE),
        )
        == ()
    )


def test_orders_to_named_bodies_recommend_wherever_they_stand_in_a_paragraph() -> None:
    rows = rows_of(
        text("Conclusions and recommendations", HEADING),
        text("1. Trust was lost. The Government should publish its plan. (Paragraph 4)", ITEM),
        text("2. The Government should have acted sooner. It did not. (Paragraph 9)", ITEM),
        text("3. We recommend that the Home Office report each year. (Paragraph 12)", ITEM),
        text("Formal minutes", HEADING),
    )
    assert labels(rows) == ["1", "3"]


def test_italics_need_not_cover_the_reference() -> None:
    rows = rows_of(
        text("Summary of conclusions and recommendations", HEADING),
        text("1. Trust was lost, and it has not come back. (Paragraph 4)", ITEM),
        text("2. The Government must publish its plan each year in March.", ITALIC),
        text("3. The regulator must be told of each case at once.", ITALIC),
    )
    assert labels(rows) == ["2", "3"]


def test_lists_under_those_who_must_act() -> None:
    rows = rows_of(
        text("Recommendations", HEADING),
        text("The probation service should:", BOLD),
        text("1. ensure that staff are trained before they supervise", ITEM),
        text("2. record the reason for each recall.", ITEM),
        text("The prison service should:", BOLD),
        text("3. share its assessments before release.", ITEM),
        text("Background", HEADING),
        text(NARRATIVE),
    )
    assert labels(rows) == ["1", "2", "3"]
    assert [row.addressees for row in rows][2] == ("prison service",)
    assert rows[1].text == "record the reason for each recall."


def test_a_word_that_opens_a_numbered_paragraph() -> None:
    rows = rows_of(
        text(f"3.23 {NARRATIVE}", ITEM),
        text("3.24 Recommendation. The service should set standards for laboratories and report each year.", ITEM),
        text("The service’s response. Agreed. Standards will be set by March.", BOLD),
        text(f"3.25 {NARRATIVE}", ITEM),
        text(f"3.26 Recommendations. {NARRATIVE}", ITEM),
    )
    assert [(row.label, row.text) for row in rows] == [
        ("3.24", "The service should set standards for laboratories and report each year.")
    ]


def test_an_announcement_that_wraps_above_an_ask_numbered_below() -> None:
    lead = "Without a means to slow the descent the crews of these vessels remain at risk, and therefore the Board"
    rows = rows_of(
        text(f"{lead} recommends that"),
        text("the Department require immersion suits on vessels of more than 15 tonnes."),
        text("TSB Recommendation M22-01", BOLD),
        text(NARRATIVE),
    )
    assert [(row.label, row.text) for row in rows] == [
        ("M22-01", "the Department require immersion suits on vessels of more than 15 tonnes.")
    ]


def test_a_heading_that_names_the_law_it_is_made_under() -> None:
    listed = [
        text("1. The service should take a person who has swallowed drugs to hospital.", ITEM),
        text("2. Each nurse should see the custody record before the interview.", ITEM),
    ]
    assert labels(rows_of(text("Recommendations (section 26(1)(b) of the 2016 Act)", BOLD), *listed)) == ["1", "2"]
    assert not rows_of(text("Recommendations (none of them new, see our last report)", BOLD), text(NARRATIVE))


def test_debrief_tables_name_learning_and_recommendation_together() -> None:
    rows = rows_of(
        text("Operational debrief", HEADING),
        grid(
            [
                ("No", "Learning / recommendation", "Owner", "By"),
                ("1", "Briefing times should be agreed a week before and not changed on the day.", "Silver", "June"),
                ("2", "A portable repeater should be hired for the canal sector.", "Comms lead", "July"),
            ],
            (30, 250, 70, 60),
        ),
    )
    assert labels(rows) == ["1", "2"]
    assert rows[1].text == "A portable repeater should be hired for the canal sector."


def test_a_tribunal_recommends_in_a_nested_list() -> None:
    ordered = "1. The Respondent shall pay to the Claimant the sum of £14,200 for injury to feelings."
    lead = "2. The Tribunal makes the following recommendations under section 124(2)(c) of the Equality Act 2010:"
    rows = rows_of(
        text("The judgment of the Tribunal is that:"),
        text(ordered, ITEM),
        text(lead, ITEM),
        text("2.1 that within six months the Respondent provide training on reasonable adjustments;", ITEM),
        text("2.2 that within three months the Respondent review its attendance policy.", ITEM),
        text("Reasons", HEADING),
        text(f"3. {NARRATIVE}", ITEM),
    )
    assert [(row.label, row.text[:11]) for row in rows] == [("2.1", "that within"), ("2.2", "that within")]
    told = "In its report of 2010 the panel made the following recommendations:"
    assert not rows_of(text(told), text("1. that officers be trained.", ITEM), text("2. that records be kept.", ITEM))


def test_a_coroners_letter_lists_the_matters_that_concern_them() -> None:
    rows = rows_of(
        text("I am writing to you under Rule 43 of the Coroners Rules. The matters which concern me are these:"),
        text("a) Officers were not told that there had been two earlier calls on the same day.", ITEM),
        text("b) The control room could not see the warning that a neighbouring force had put on the address.", ITEM),
        text("I should be grateful if you would let me have your response within 56 days."),
    )
    assert [(row.kind, row.label) for row in rows] == [(Kind.CONCERN, "a"), (Kind.CONCERN, "b")]
    assert rows[1].text.endswith("had put on the address.")


def test_a_bold_ask_that_names_its_addressee_at_its_end_stops_there() -> None:
    rows = rows_of(
        text("Leadership", HEADING),
        text("Recommendation: Leaders should use data to plan against violence. (To the governor)", BOLD),
        text(NARRATIVE),
        text("Recommendation: Patients should be transferred within the agreed time. (To the governor)", BOLD),
        text(NARRATIVE),
    )
    assert [row.text for row in rows] == [
        "Leaders should use data to plan against violence. (To the governor)",
        "Patients should be transferred within the agreed time. (To the governor)",
    ]


def test_proof_that_an_ask_was_met_is_no_ask() -> None:
    assert is_procedural("The Council should provide us with evidence it has complied with the above actions.")
    assert not is_procedural("The Council should provide carers with evidence of the decisions it has taken.")


def test_a_number_alone_on_the_line_below_the_ask() -> None:
    rows = rows_of(
        text("Given the loss of life in these occurrences, the Board recommends that:"),
        text("The Department of Transport require that small fishing vessels carry a means of alerting rescuers."),
        text("M99-02"),
        text(NARRATIVE),
        text("B12-04"),
    )
    assert [(row.label, row.text[:14]) for row in rows] == [("M99-02", "The Department")]


def test_a_peer_review_may_refuse_a_single_ask() -> None:
    lead = "The recommendations formulated during the dialogue and listed below"
    rows = rows_of(
        text(f"110. {lead} enjoy the support of Exampleland:", ITEM),
        text("110.1. Ratify the Optional Protocol to the Convention (Tunisia);", ITEM),
        text("110.2. Continue efforts to combat discrimination by police officers (Cuba, Morocco);", ITEM),
        text(f"111. {lead} did not enjoy its support:", ITEM),
        text("111.1. Abolish the detention of children for immigration purposes (Brazil).", ITEM),
        text("112. All conclusions in the present report reflect the position of the submitting States.", ITEM),
    )
    assert labels(rows) == ["110.1", "110.2", "111.1"]
    told = text("12. The panel turned to earlier recommendations and told members as follows:", ITEM)
    assert not rows_of(told, text("12.1. Two remain open (Treasury).", ITEM), text("13. Members left.", ITEM))


def test_an_action_number_above_the_ask_names_it() -> None:
    rows = rows_of(
        text("Safety recommendation description", BOLD),
        text("Action number: AO-2015-084-SR-028", BOLD),
        text("The Bureau recommends that the airline takes further action to record deferred defects."),
        text("Safety advisory notice", BOLD),
        text("Action number: AO-2015-084-SAN-029", BOLD),
        text("The Bureau advises all operators to note the circumstances of this accident."),
    )
    assert labels(rows) == ["AO-2015-084-SR-028"]
