"""Reads when an ask is to be met: a printed date, or a span of time from the document's own date."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_MONTH = "|".join(_MONTHS)
_NUMBERS = {
    word: number
    for number, word in enumerate(
        [
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ],
        start=1,
    )
} | {"twenty-four": 24, "thirty": 30, "thirty-six": 36, "sixty": 60, "ninety": 90, "a": 1, "an": 1}
_SEASONS = {"spring": 5, "summer": 8, "autumn": 11, "winter": 12}  # the month a season is over by
_DATE = re.compile(
    rf"(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+)?(?P<month>{_MONTH})\s+(?P<year>(?:19|20)\d\d)\b"
    rf"|(?P<season>{'|'.join(_SEASONS)})\s+(?P<season_year>(?:19|20)\d\d)\b|(?P<only_year>(?:19|20)\d\d)\b"
    r"|(?P<numeric>\d{1,2}[/.]\d{1,2}[/.](?:19|20)\d\d)",
    re.IGNORECASE,
)
_BY = re.compile(
    r"\b(?:by|before|until|no later than|not later than|on or before)\s+(?:the\s+)?(?:(?:end|close|beginning|"
    r"start)\s+of\s+(?:the\s+)?)?"
    rf"(?P<date>{_DATE.pattern.replace('?P<', '?P<by_')})",
    re.IGNORECASE,
)
_WITHIN = re.compile(
    rf"\b(?:within|in)\s+(?:the\s+next\s+|a\s+period\s+of\s+)?(?P<count>\d{{1,3}}|"
    rf"{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
    r"\s+(?:calendar\s+|working\s+)?(?P<unit>day|week|month|year)s?\b"
    r"(?P<anchor>\s+(?:of|from|after|following)\s+(?:the\s+)?(?:[\w’']+\s+){0,6}?[\w’']+)?",
    re.IGNORECASE,
)
_OWN_DATE = re.compile(
    r"\b(?:publication|publishing|report|date of this|this recommendation|receipt|receiving)\b", re.IGNORECASE
)
_AT_ONCE = re.compile(r"\b(?:with immediate effect|immediately)\b", re.IGNORECASE)
_LONGEST_DAYS = 27  # "within 24 hours", "within 14 days" tell how the thing is to be done, not by when


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day, and the words that set it. The day is None where they cannot be resolved."""

    day: date | None
    words: str


def read_deadline(text: str, published: date | None) -> Deadline | None:
    """The first deadline in `text`. "Within six months" counts from `published`, where the text names no other "
    "start."""
    found = [match for pattern in (_BY, _WITHIN) for match in pattern.finditer(text)]
    for match in sorted(found, key=lambda item: item.start()):
        if match.re is _BY:
            if day := _by(match):
                return Deadline(day, match.group().strip())
        elif (span := _span(match)) is not None:
            return Deadline(_from(published, match, span), match.group().strip())
    at_once = _AT_ONCE.search(text[:200])
    return Deadline(None, at_once.group()) if at_once else None


def read_day(text: str) -> date | None:
    """The last day a printed date can mean: "March 2024" is its 31st, "autumn 2023" ends with November."""
    match = _DATE.search(text)
    if match is None:
        return None
    if numeric := match.group("numeric"):
        day, month, year = (int(part) for part in re.split(r"[/.]", numeric))
        return _valid(year, month, day)
    if season := match.group("season"):
        return _last_day(int(match.group("season_year")), _SEASONS[season.lower()])
    if year_only := match.group("only_year"):
        return date(int(year_only), 12, 31)
    year, month = int(match.group("year")), _MONTHS[match.group("month").lower()]
    return _valid(year, month, int(match.group("day"))) if match.group("day") else _last_day(year, month)


def _by(match: re.Match[str]) -> date | None:
    """The day; "before 2027" means the year before, "before the end of 2027" does not."""
    day = read_day(match.group("date"))
    bare_year = re.fullmatch(r"before\s+\d{4}", match.group().strip(), re.IGNORECASE)
    return date(day.year - 1, 12, 31) if day and bare_year else day


def _span(match: re.Match[str]) -> relativedelta | timedelta | None:
    word = match.group("count").lower()
    count = int(word) if word.isdigit() else _NUMBERS[word]
    unit = match.group("unit").lower()
    if unit == "month":
        return relativedelta(months=count)
    if unit == "year":
        return relativedelta(years=count)
    days = count * (7 if unit == "week" else 1)
    return timedelta(days=days) if days > _LONGEST_DAYS else None


def _from(published: date | None, match: re.Match[str], span: relativedelta | timedelta) -> date | None:
    anchor = match.group("anchor")
    if published is None or (anchor and not _OWN_DATE.search(anchor)):
        return None
    try:
        return published + span
    except OverflowError:
        return None


def _last_day(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
