"""Reads a day as publishers print it on their pages. Standard library only; never guesses."""

import re
from collections.abc import Iterable
from datetime import date

_OPENING = 40  # characters: "Wednesday, 14th of September, 2022, 10.30am"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_ISO = re.compile(r"(?<!\d)(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?!\d)")
_WORDS = re.compile(
    rf"(?<!\d)(?P<day>\d{{1,2}})\s*(?:st|nd|rd|th)?\s*(?:of\s+)?[-–]?\s*{_MONTH}\b\.?,?\s*[-–]?\s*(?P<year>\d{{4}})(?!\d)",
    re.IGNORECASE,
)
_AMERICAN = re.compile(rf"\b{_MONTH}\b\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})(?!\d)", re.I)
_NUMBERS = re.compile(
    r"(?<![\d/.])(?P<day>\d{1,2})\s?(?P<mark>[/.-])\s?(?P<month>\d{1,2})\s?(?P=mark)\s?(?P<year>\d{4}|\d{2})(?![\d/])"
)
_MONTH_YEAR = re.compile(rf"\b{_MONTH}\b\.?,?\s+(?P<year>\d{{4}})(?!\d)", re.IGNORECASE)


def read_date(text: str) -> date | None:
    """The first day printed in `text`; None when there is none, or no such day exists ("17/20/2022", "/0206/2023").

    Knows ISO dates and moments, "8 March 2024", "8th of March, 2024", "March 8, 2024", "08/03/2024", "8.3.24" and
    the same with stray spaces. Numbers are day, month, year, as British publishers print them.
    """
    found = [match for pattern in (_ISO, _WORDS, _AMERICAN, _NUMBERS) if (match := pattern.search(text))]
    if not found:
        return None
    first = min(found, key=lambda match: match.start())
    return _day(first.group("year"), first.group("month"), first.group("day"))


def first_day(values: Iterable[str]) -> date | None:
    """The day in the first of `values` that opens with one: what stands after a label may also be prose."""
    return next((day for value in values if (day := read_date(" ".join(value.split())[:_OPENING])) is not None), None)


def read_month(text: str) -> date | None:
    """The first day of the first month and year printed in `text`: "March 2024"; None without one."""
    match = _MONTH_YEAR.search(text)
    return _day(match.group("year"), match.group("month"), "1") if match else None


def _day(year: str, month: str, day: str) -> date | None:
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3].casefold()) + 1
    try:
        return date(int(year) + (2000 if len(year) == 2 else 0), number, int(day))
    except ValueError:  # the twentieth month, the thirty-first of April
        return None
