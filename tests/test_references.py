"""References, days and bodies as publishers print them have one spelling, and reading it again changes nothing."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.bodies import split_forces, split_recipients
from pipeline.dates import first_day, read_date, read_month
from pipeline.references import coroner_reference, iopc_reference, mps_reference

YEARS, NUMBERS = st.integers(2013, 2029), st.integers(1, 9999)
DAYS = st.dates(date(2008, 1, 1), date(2029, 12, 31))


@pytest.mark.parametrize(
    ("printed", "reference"),
    [
        ("2024-0131", "2024-0131"), ("2016 – 0396", "2016-0396"), ("2016-026", "2016-0026"),
        ("2019-0135A", "2019-0135A"),
        ("2014-0404a", "2014-0404A"), ("ref: 2013—0295R.pdf", "2013-0295R"), ("2023/0414 ", "2023-0414"),
        ("2023-0414b_Published", "2023-0414B"), ("none", None), ("12024-0131", None), ("2024-01311", None), ("", None),
    ],
)  # fmt: skip
def test_references_of_coroners_reports(printed: str, reference: str | None) -> None:
    assert coroner_reference(printed) == reference


@pytest.mark.parametrize(
    ("printed", "reference"),
    [("2019/123456", "2019/123456"), ("IOPC reference 2020 / 150009.", "2020/150009"), ("12/03/2020", None)],
)
def test_references_of_the_iopc(printed: str, reference: str | None) -> None:
    assert iopc_reference(printed) == reference


@pytest.mark.parametrize(
    ("printed", "reference"),
    [("PC/2907/20", "PC/2907/20"), ("x-PC290720", "PC/2907/20"), ("pc 12/19", "PC/12/19"), ("PC World", None)],
)
def test_references_of_the_metropolitan_police(printed: str, reference: str | None) -> None:
    assert mps_reference(printed) == reference


@given(YEARS, NUMBERS, st.sampled_from(["-", " – ", "–", " - ", "—"]), st.sampled_from(["", "a", "R"]))
def test_a_coroners_reference_has_one_spelling(year: int, number: int, dash: str, letter: str) -> None:
    once = coroner_reference(f"{year}{dash}{number}{letter}")
    assert once == f"{year}-{number:04d}{letter.upper()}"
    assert coroner_reference(once) == once


@given(YEARS, st.integers(10_000, 9_999_999), st.integers(1, 9999))
def test_case_references_have_one_spelling(year: int, case: int, number: int) -> None:
    iopc, mps = iopc_reference(f"{year} / {case}"), mps_reference(f"PC{number}{year % 100:02d}")
    assert iopc is not None and iopc_reference(iopc) == iopc
    assert mps is not None and mps_reference(mps) == mps


@given(
    DAYS, st.sampled_from(["%Y-%m-%d", "%d %B %Y", "%d/%m/%Y", "%d.%m.%y", "%A, %d %b %Y", "%B %d, %Y", "%d /%m/%Y"])
)
def test_a_day_reads_back_however_it_is_printed(day: date, form: str) -> None:
    assert read_date(f"on\xa0{day.strftime(form)}\xa0") == day


@pytest.mark.parametrize("dirty", ["/0206/2023", "17/20/2022", "/2022", "", "31 April 2024", "March 2024", "2024-0131"])
def test_a_day_that_is_none_is_not_guessed(dirty: str) -> None:
    assert read_date(dirty) is None


@pytest.mark.parametrize(
    ("printed", "day"),
    [("1st of March, 2024", date(2024, 3, 1)), ("8/3/24", date(2024, 3, 8)),
     ("2024-03-12T10:00:00Z", date(2024, 3, 12)),
     ("Wednesday, 14 February, 2020", date(2020, 2, 14)), ("3 Sept. 2021 and 4 May 2022", date(2021, 9, 3))],
)  # fmt: skip
def test_days_in_words_and_moments(printed: str, day: date) -> None:
    assert read_date(printed) == day


def test_the_first_value_that_opens_with_a_day() -> None:
    assert first_day(["guidance says nothing of days before a long time has passed: 1 May 2020", "2 May 2021"]) == date(
        2021, 5, 2
    )
    assert read_month("Essex Police, May 2019") == date(2019, 5, 1)


@pytest.mark.parametrize(
    ("printed", "several"),
    [
        ("A Trust | B Council; C Ltd", ("A Trust", "B Council", "C Ltd")),
        ("Chief Executive, Anytown Council", ("Chief Executive, Anytown Council",)),
        ("Anytown Council, Anytown NHS Trust", ("Anytown Council", "Anytown NHS Trust")),
        ("Department for Environment, Food and Rural Affairs", ("Department for Environment, Food and Rural Affairs",)),
        ("1. A Person\n2. Home Office | and B Ltd", ("A Person", "Home Office", "B Ltd")),
        ("", ()),
    ],
)
def test_recipients_are_split_where_they_are_several(printed: str, several: tuple[str, ...]) -> None:
    assert split_recipients(printed) == several


@given(st.lists(st.sampled_from(["A Trust", "Chief Constable, B Police", "Home Office", "C Council"]), unique=True))
def test_recipients_survive_being_listed(bodies: list[str]) -> None:
    assert split_recipients(" | ".join(bodies)) == tuple(bodies)


@pytest.mark.parametrize(
    ("phrase", "forces"),
    [
        ("Essex Police and Kent Police", ("Essex Police", "Kent Police")),
        ("Avon and Somerset Constabulary", ("Avon and Somerset Constabulary",)),
        ("Norfolk Constabulary, Suffolk Constabulary and National Police Air Service",
         ("Norfolk Constabulary", "Suffolk Constabulary", "National Police Air Service")),
    ],
)  # fmt: skip
def test_forces_named_together_are_several(phrase: str, forces: tuple[str, ...]) -> None:
    assert split_forces(phrase) == forces
