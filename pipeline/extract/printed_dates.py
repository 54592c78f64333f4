"""Finds the day a document says it was published: by labels, by a signature, by a date that stands alone."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

from pipeline.layout import Document, Page
from pipeline.records import Span

_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_MONTH = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"  # noqa: E501
DATE = (
    rf"(?:(?P<day>\d{{1,2}})\s?(?:st|nd|rd|th)?(?:\s+day)?(?:\s+of)?\s+(?P<month>{_MONTH}),?\s+(?P<year>(?:19|20)\d\d)"
    rf"|(?P<month2>{_MONTH})\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?,\s*(?P<year2>(?:19|20)\d\d)"
    rf"|(?P<month3>{_MONTH})\s+(?P<year3>(?:19|20)\d\d)"
    r"|(?P<day4>\d{1,2})\s?[/.-]\s?(?P<month4>\d{1,2})\s?[/.-]\s?(?P<year4>(?:19|20)\d\d)"
    r"|(?P<year5>(?:19|20)\d\d)-(?P<month5>\d\d)-(?P<day5>\d\d))(?!\w)"
)
_ANY = re.compile(rf"(?<![\w/]){DATE}", re.IGNORECASE)
_WEEKDAY = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+)?"
_ITSELF = r"(?:it|(?:this|the present) (?:\w+ ){0,2}(?:report|response|document|paper|publication|review|letter))"
# Labels, the surest first. What follows is the date, perhaps on the next line.
_LABELS = tuple(
    re.compile(rf"{label}(?:\s+(?:on|in))?\s*[:.–—-]{{0,2}}\s*(?:on\s+|in\s+)?{_WEEKDAY}{DATE}", re.IGNORECASE)
    for label in (
        rf"\b(?:officially released|{_ITSELF}\s+(?:was|is)\s+(?:published|released|issued)|printed(?:\s[\w ]{{0,24}})?"
        r" and published|(?<=[–—|-] )published)",
        r"(?m:^)[\W_]*(?:(?:approved for |date of |first )?publi(?:cation|shed)(?: date)?|date published|"
        r"distr\.:\s*general|date of issue|issue date|issued|released?|release date)",
        r"(?m:^)[\W_]*(?:last )?updated",
        r"(?m:^)[\W_]*(?:dated?|date of (?:the |this )?(?:report|recommendation|letter|response)|report dated?)"
        r"|\b(?:report|committee|letter)\b[^.\n]{0,60},\s+dated",
        r"\b(?:ordered\b[^.]{0,80}?(?:to be printed|,\s+on)|presented to parliament\b[^.]{0,160}?)",
    )
)
_LAST_PAGES, _FIRST_PAGES, _OPENING = 2, 6, 3
_SHORTEST_FORM_END = re.compile(r"COPIES\s+and\s+PUBLICATION", re.IGNORECASE)
_FORM = re.compile(r"regulation\s+28\b.{0,40}prevent\s+(?:future\s+)?deaths", re.IGNORECASE | re.DOTALL)
_OPENS = re.compile(r"report\s+is\s+being\s+sent\s+to", re.IGNORECASE)
_FORM_PAGES = 40
_NOT_THEN = re.compile(
    r"\b(?:ending|ended|from|between|since|until|to|by|and|before|after|as at|of|in|on|due|during|year|the|for)\W*$",
    re.I,
)
_DUE = re.compile(r"\b(?:due|target|deadline|owner|next|review date)\b", re.IGNORECASE)
_OTHER_WORDS = 9  # of a line that a date opens or closes
_LATER = 45  # days after which a bare month on the same page is of the report, the day of what it tells


@dataclass(frozen=True, slots=True)
class PrintedDate:
    """A date and its place. `is_month`: no day is printed, and `day` is the first."""

    day: date
    is_month: bool
    span: Span
    words: str


def find_published(document: Document) -> PrintedDate | None:
    """The publication day: a coroner's form is signed with it; others have it by a label or alone on a first page."""
    if _is_form(document):
        return _signed(document)
    pages = edge_pages(document)
    for label in _LABELS:
        found = [one for page in pages for match in label.finditer(page.text) if (one := _read(page, match))]
        if found:
            return _with_day(found[0], pages)
    return _alone(pages)


def _is_form(document: Document) -> bool:
    return any(_FORM.search(page.text) for page in document.pages[:_FORM_PAGES])


def _signed(document: Document) -> PrintedDate | None:
    """The first date after the form's last heading; it may be on the page after. A second form ends the first."""
    is_after = False
    for page in document.pages[:_FORM_PAGES]:
        start = 0
        for heading in _SHORTEST_FORM_END.finditer(page.text):
            is_after, start = True, heading.end()
        if is_after and not start and _OPENS.search(page.text):
            return None
        if is_after:
            dates = (one for match in _ANY.finditer(page.text, start) if (one := _read(page, match)))
            if found := next((one for one in dates if not one.is_month), None):
                return found
    return None


def edge_pages(document: Document) -> Sequence[Page]:
    """The first pages and the last, where a document says what it is."""
    pages = document.pages
    return pages if len(pages) <= _FIRST_PAGES + _LAST_PAGES else (*pages[:_FIRST_PAGES], *pages[-_LAST_PAGES:])


def _alone(pages: Sequence[Page]) -> PrintedDate | None:
    """A date that stands alone, or opens or closes a short line, on the first page that has one."""
    for page in pages[:_OPENING]:
        standing = list(_standing(page))
        for found in ([one for one, is_bare in standing if is_bare], [one for one, is_bare in standing if not is_bare]):
            days, months = [one for one in found if not one.is_month], [one for one in found if one.is_month]
            if days and not (months and (months[0].day - days[0].day).days > _LATER):
                return days[0]
            if months:
                return _with_day(months[0], pages)
    return None


def _standing(page: Page) -> Iterator[tuple[PrintedDate, bool]]:
    """Dates that are all of their line (True), or open or close a short one (False)."""
    for line in page.lines:
        text = page.text[line.start : line.end].rstrip()
        for match in _ANY.finditer(page.text, line.start, line.start + len(text)):
            before, after = page.text[line.start : match.start()].strip(), text[match.end() - line.start :].strip(" .,")
            if (
                (before and after)
                or _NOT_THEN.search(before)
                or _DUE.search(before)
                or len(f"{before} {after}".split()) > _OTHER_WORDS
            ):
                continue
            if not (after and not after[0].isupper()) and (one := _read(page, match)):
                yield one, not (before or after)


def _with_day(found: PrintedDate, pages: Sequence[Page]) -> PrintedDate:
    """Where only a month was found, the day of that month that stands alone on another page, as over a letter."""
    if not found.is_month:
        return found
    standing = chain.from_iterable(_standing(page) for page in pages[:_FIRST_PAGES])
    same = (one for one, _ in standing if not one.is_month and one.day.replace(day=1) == found.day)
    return next(same, found)


def _read(page: Page, match: re.Match[str]) -> PrintedDate | None:
    parts = match.groupdict()
    suffix = next((s for s in ("", "2", "3", "4", "5") if parts.get(f"year{s}")), None)
    if suffix is None:
        return None
    day, month = parts.get(f"day{suffix}"), parts[f"month{suffix}"] or ""
    number = int(month) if month.isdigit() else _month_number(month)
    try:
        found = date(int(parts[f"year{suffix}"] or 0), number, int(day or 1))
    except ValueError:
        return None
    start = min(match.start(name) for name in parts if parts[name] is not None)
    words = " ".join(page.text[start : match.end()].split())
    return PrintedDate(found, day is None, Span(page.number, start, match.end()), words)


def _month_number(name: str) -> int:
    return next((n for n, month in enumerate(_MONTHS, start=1) if month.startswith(name.lower().rstrip(".")[:3])), 0)
