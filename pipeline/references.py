"""Publishers' own reference numbers in one spelling, so that one report or recommendation has one. Pure."""

import re

_CORONER = re.compile(
    r"(?<!\d)(?P<year>20\d{2})\s?[-–—−/]\s?(?P<number>\d{1,4})\s?(?P<suffix>[A-Za-z]?)(?![A-Za-z0-9])"
)
_IOPC = re.compile(r"(?<![\d/])(?P<year>20\d{2})\s?[/_-]\s?(?P<number>\d{5,7})(?!\d)")
_MPS = re.compile(r"\bPC\s?[/-]?\s?(?P<number>\d{1,5})\s?[/-]?\s?(?P<year>\d{2})(?!\d)", re.IGNORECASE)


def coroner_reference(text: str) -> str | None:
    """The first reference of a coroner's report in `text`: "2016 – 396a" is "2016-0396A"; None without one."""
    match = _CORONER.search(text)
    if match is None:
        return None
    return f"{match.group('year')}-{match.group('number'):0>4}{match.group('suffix').upper()}"


def iopc_reference(text: str) -> str | None:
    """The first reference of an IOPC case in `text`: "2019 / 123456" is "2019/123456"; None without one."""
    match = _IOPC.search(text)
    return f"{match.group('year')}/{match.group('number')}" if match else None


def mps_reference(text: str) -> str | None:
    """The first complaint reference of the Metropolitan Police in `text`: "PC290720" is "PC/2907/20"; None without."""
    match = _MPS.search(text)
    return f"PC/{match.group('number')}/{match.group('year')}" if match else None
