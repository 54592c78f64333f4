"""Reads what a document says of itself: title, date, references, publisher, area, recipients; each with its place."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.extract.printed_dates import edge_pages, find_published
from pipeline.layout import Document, Line, Page
from pipeline.records import DocumentFacts, FactPlace
from pipeline.references import coroner_reference, iopc_reference, mps_reference
from pipeline.text import repair

_FIRST_PAGES, _TITLE_PAGES = 4, 3
_SHORT = 16  # words of a line that may name its own document; a longer one is narrative, and names others
_REFERENCES = (
    re.compile(r"(?:MPS |TPS |our )?reference\W{1,3}(?P<reference>PC/?\s?\d{1,5}/?\s?\d{2})\b", re.IGNORECASE),
    re.compile(
        r"\bref(?:erence)?(?:\s+(?:no\.?|number|code))?\s*[:.]?\s+(?P<reference>(?=\S*\d)[A-Z0-9][\w/–-]{3,24})\b",
        re.IGNORECASE,
    ),
    re.compile(r"\b(?P<reference>GAO-\d{2}-\d{1,6}[A-Z]{0,3})\b"),
    re.compile(r"\b(?P<reference>(?:HC|HL(?: Paper)?|CP|Cmd?|Cm|SG/\d{4})\s?\d{1,5}(?:-[IVX\d]{1,4}|-[A-Z])?)\b"),
    re.compile(r"\b(?P<reference>[A-Z]{1,3}/[A-Z]{1,4}/\d{1,3}/\d{1,3}(?:/Add\.\d)?)(?!\w)"),
    re.compile(r"\b(?P<reference>[AMR]O-\d{4}-\d{3})\b"),
    re.compile(r"\b(?P<reference>[AMRP]\d{2}[A-Z]\d{4})\b"),
    re.compile(r"\b(?P<reference>(?:DARA|PCD|MD|HM)[ -]?\d[\d-]{2,9})\b"),
    re.compile(r"(?<![\d/])(?P<reference>20\d\d/\d{5,7})(?![\d/])"),
    re.compile(r"(?<![\d/-])(?P<reference>20\d\d\s?[-–]\s?[01]\d{3}[A-Z]?)(?![\d/-])"),
)  # fmt: skip
_FIGURE = re.compile(r"\d")
_ISBN = re.compile(r"\bISBN(?:-1[03])?:?\s*(?P<reference>97[89][\d-]{10,16}\d|\d[\d-]{8,12}[\dX])\b")
_BODY_WORDS = (
    r"Committee|Inquiry|Commission|Board|Office|Department|Ministry|Inspectorate|Authority|Agency|Council|Services?|"
    r"Constabulary|Police|Bureau|Ombudsman|Assembly|Directorate|Commissioner|Treasury|College|Government|Nations|Trust|"
    r"Tribunal|Panel|Parliament|Coroner|HMICFRS|IOPC|IPCC|MOPAC|NAO"
)
_BODY = re.compile(r"(?:[A-Z][\w’'&.-]*)(?:\s+(?:[A-Z][\w’'&.-]*|of|and|for|the|on|in|to|&))*")
_NAMES_BODY = re.compile(rf"\b(?:{_BODY_WORDS})\b")
_NOT_BODY = re.compile(
    r"^(?:presented|ordered|chief|dear|published|contents)\b|\b(?:report|response|review|recommendations?|act|stationery|"
    r"printed|copyright|licence)\b",
    re.IGNORECASE,
)
_LONGEST_BODY, _FEWEST_WORDS = 90, 2  # characters, words
_ACRONYM = re.compile(r"HMICFRS|IOPC|IPCC|MOPAC|NAO")
_FOLIO = re.compile(r"[\s■•|]+\d{1,4}$")
_OPEN = ("&", " and", " of", " for", " the", ",")
_FORCE = re.compile(
    r"\b(?P<area>[A-Z][\w’'-]+(?:,? (?:and|of|&) [A-Z][\w’'-]+| [A-Z][\w’'-]+){0,3} "
    r"(?:Police Service|Police|Constabulary))\b(?! (?:and Crime|Federation|Complaints|Authority|Conduct))"
)
_AREA = re.compile(
    r"\bcoroner(?:\W?s)?,?\s+(?:for\s+(?:the\s+)?(?:coroner\s+)?)?area\s*(?:of|:)\s+"
    r"(?P<area>[A-Z][\w’'(),& -]*?(?:\s*\r?\n\s*[A-Z][\w’'()&-]+)?)\s*(?:[.;]|\r?\n|$)",
    re.I,
)
_NO_FORCE = re.compile(
    r"^(?:The |HM |His Majesty|National|Independent|British Transport Police Authority|Office)", re.I
)
_SENT_TO = re.compile(r"report\s+is\s+being\s+sent\s*\n?\s*to\s*:?", re.IGNORECASE)
_RECIPIENT_END = re.compile(r"^\W*\d{0,2}\W*CORONER\b|^\W*I am\b|^\W*1\s+CORONER", re.MULTILINE)
_NUMBERED = re.compile(r"^\s*\(?\d{1,2}[.):]\s*", re.MULTILINE)
_ADDRESSED = re.compile(r"^(?:Dear|To:)\s+(?P<name>[A-Z][^\n,:]{2,80})", re.MULTILINE)
_MACHINE_TITLE = re.compile(
    r"^microsoft word|\.(?:docx?|pdf|indd|pptx?)$|^untitled|^\W*$|^\d{8}|\bstandard print\b|^\w+ \w+ \d+\.\d+$|"
    r"^document\d*$",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"\s+[-–|]\s+(?:GOV\.UK|HMICFRS|Judiciary|IOPC|[A-Z][\w ]{0,30}\.(?:gov|org|co)\.uk)$|\s*[-–]\s*GOV\.UK$", re.I
)
_GENERIC = re.compile(
    r"(?:the |final |full |annual )?report(?: \d+ of \d+)?|united nations|gao|house of (?:lords|commons)|"
    r"final report.{0,24}|.*\bdistr\.:.*|general assembly|human rights council|contents|annex \w|in brief|"
    r"introduction|testimony|the report.{0,12}",
    re.IGNORECASE,
)  # fmt: skip
_LEVELS, _LONGEST_TITLE = 4, 240
_APART = 1.6  # font sizes between paragraphs
_SAID = 0.6  # share of a claimed title's words that must be printed on the first pages


@dataclass(frozen=True, slots=True)
class _Found:
    value: str
    place: FactPlace


def read_facts(document: Document) -> DocumentFacts:
    """What the first pages, the signature and the metadata say; None and () where they do not."""
    pages = document.pages[:_FIRST_PAGES]
    day = find_published(document)
    title, publisher, area = _title(document), _publisher(pages[:_TITLE_PAGES]), _area(pages)
    references = list(_references(document, pages))
    recipients = list(_recipients(pages))
    found = [title, publisher, area, references[0] if references else None, *recipients]
    places = [one.place for one in found if one]
    if day:
        places.append(FactPlace("published", day.words, day.span.page, day.span.start, day.span.end))
    return DocumentFacts(
        title=title.value if title else None,
        published=day.day if day else None,
        reference=references[0].value if references else None,
        is_month=bool(day and day.is_month),
        publisher=publisher.value if publisher else None,
        area=area.value if area else None,
        recipients=tuple(one.value for one in recipients),
        references=tuple(dict.fromkeys(one.value for one in references)),
        places=tuple(places),
    )


def _lines(pages: Iterable[Page]) -> Iterator[tuple[Page, Line, str]]:
    for page in pages:
        for line in page.lines:
            yield page, line, repair([page.text[line.start : line.end]])


def _found(fact: str, value: str, page: Page, span: tuple[int, int]) -> _Found:
    return _Found(value, FactPlace(fact, repair([page.text[span[0] : span[1]]]), page.number, *span))


def _title(document: Document) -> _Found | None:
    """The metadata's title where a person wrote it and the first pages print it, else the largest print that says more
    than "Final report"."""
    printed = next(_large_prints(document.pages[0]), None) if document.pages else None
    claimed = _TAIL.sub("", document.title or "").strip()
    if claimed and not _MACHINE_TITLE.search(claimed) and not _GENERIC.fullmatch(claimed):
        words = set(re.findall(r"\w{3,}", claimed.lower()))
        first = set(re.findall(r"\w{3,}", " ".join(page.text for page in document.pages[:_FIRST_PAGES]).lower()))
        if printed is None or len(words & first) >= _SAID * len(words):
            return _Found(claimed, FactPlace("title", claimed))
    return printed


def _large_prints(page: Page) -> Iterator[_Found]:
    """The first page's prints by size, the largest first; each the lines of that size that follow each other."""
    lines = [line for line in page.lines if line.end - line.start >= 3]
    for size in sorted({line.size for line in lines}, reverse=True)[:_LEVELS]:
        group = [line for line in lines if 0.95 * size <= line.size <= 1.001 * size]
        title = repair([page.text[line.start : line.end] for line in group])
        if _is_title(title):
            yield _found("title", title, page, (group[0].start, max(line.end for line in group)))
    yield from _first_paragraph(page)


def _first_paragraph(page: Page) -> Iterator[_Found]:
    """The lines to the first space, on a page all in one size."""
    first: list[Line] = []
    for line in page.lines:
        if first and line.box.top - first[-1].box.top > _APART * line.size:
            break
        first.append(line)
    title = repair([page.text[line.start : line.end] for line in first])
    if first and _is_title(title):
        yield _found("title", title, page, (first[0].start, first[-1].end))


def _is_title(text: str) -> bool:
    fits = 4 <= len(text) <= _LONGEST_TITLE and bool(re.search(r"[^\W\d]{3}", text))
    return fits and not _GENERIC.fullmatch(text)


def _references(document: Document, pages: Sequence[Page]) -> Iterator[_Found]:
    """Its own: in short lines of the first pages (a response cites others in its text), or in the metadata's title."""
    found = [one for line in _lines(pages) if len(line[2].split()) <= _SHORT for one in _references_in(*line)]
    claimed = document.title or ""
    for pattern in _REFERENCES:
        if match := pattern.search(claimed):
            found.append((0, _Found(_normal(match.group("reference")), FactPlace("reference", claimed))))
            break
    yield from (one for _, one in sorted(found, key=lambda item: item[0]))
    for page in edge_pages(document):
        for match in _ISBN.finditer(page.text):
            yield _found("reference", f"ISBN {match.group('reference')}", page, match.span())


def _references_in(page: Page, line: Line, text: str) -> Iterator[tuple[int, _Found]]:
    """What the line prints, with how far from the start of the document it stands."""
    raw = page.text[line.start : line.end]
    if not _FIGURE.search(raw):  # as each of them has
        return
    for pattern in _REFERENCES:
        own = [match for match in pattern.finditer(raw) if raw[: match.start("reference")].rstrip()[-1:] != "("]
        for match in own:  # one in brackets is another document's
            start, end = match.span("reference")
            span = line.start + start, line.start + end
            yield page.number, _found("reference", _normal(match.group("reference")), page, span)
        if own:
            return


def _normal(reference: str) -> str:
    """One spelling: "CP1240" is "CP 1240", "2016 – 0396" is "2016-0396"."""
    printed = " ".join(reference.split())
    if re.fullmatch(r"20\d\d\s?[-–]\s?\d{1,4}[A-Za-z]?", printed):
        return coroner_reference(printed) or printed
    if printed.upper().startswith("PC"):
        return mps_reference(printed) or printed
    if re.fullmatch(r"20\d\d\s?/\s?\d{5,7}", printed):
        return iopc_reference(printed) or printed
    printed = re.sub(r"^(DARA)[ -]?", r"\1-", printed)
    return re.sub(r"^(HC|HL Paper|HL|CP|Cmd|Cm)\s?(?=\d)", r"\1 ", printed)


def _publisher(pages: Sequence[Page]) -> _Found | None:
    """The first line, or two or three it wraps over, that name a body and nothing else; a form's is the coroner."""
    if pages and _SENT_TO.search(pages[0].text):
        match = re.search(r"\b(?:HM )?(?:Senior |Area |Assistant |Acting )*Coroner\b", pages[0].text, re.IGNORECASE)
        return _found("publisher", "HM Coroner", pages[0], match.span()) if match else None
    for page in pages:
        for place, line in enumerate(page.lines):
            for last in page.lines[place : place + 3]:
                name = _FOLIO.sub("", repair([page.text[line.start : last.end]])).strip(" .,:;|–-")
                if last.size != line.size or len(name) > _LONGEST_BODY:
                    break
                if _is_body(name) and not _runs_on(page, last):
                    return _found("publisher", name, page, (line.start, last.end))
    return None


def _is_body(name: str) -> bool:
    words = name.title() if name.isupper() else name
    if len(words.split()) < _FEWEST_WORDS and not _ACRONYM.fullmatch(name):
        return False
    return bool(
        words[:1].isupper() and _NAMES_BODY.search(words) and _BODY.fullmatch(words) and not _NOT_BODY.search(words)
    )


def _runs_on(page: Page, line: Line) -> bool:
    """Whether the name goes on in the next line: "Department", "of Health"."""
    following = next((other for other in page.lines if other.start >= line.end), None)
    rest = page.text[following.start : following.end] if following else ""
    return bool(re.match(r"(?:of|for|and|&|to)\b", rest)) or page.text[line.start : line.end].rstrip().endswith(_OPEN)


def _area(pages: Sequence[Page]) -> _Found | None:
    """A coroner's area, else the police force that the first page names most."""
    for page in pages:
        if match := _AREA.search(page.text):
            return _found("area", repair([match.group("area")]).strip(" ,"), page, match.span("area"))
    counts: dict[str, list[tuple[int, int]]] = {}
    for match in _FORCE.finditer(pages[0].text if pages else ""):
        name = " ".join(match.group("area").split())
        if not _NO_FORCE.match(name):
            counts.setdefault(name, []).append(match.span())
    if not counts:
        return None
    name, spans = max(counts.items(), key=lambda item: len(item[1]))
    return _found("area", name, pages[0], spans[0])


def _recipients(pages: Sequence[Page]) -> Iterator[_Found]:
    """Who a coroner's report is sent to, or a letter's salutation."""
    if not pages:
        return
    page = pages[0]
    if sent := _SENT_TO.search(page.text):
        end = _RECIPIENT_END.search(page.text, sent.end())
        stop = end.start() if end else sent.end()
        yield from _names(page, sent.end(), stop)
    elif letter := _ADDRESSED.search(page.text):
        yield _found("recipients", letter.group("name").strip(), page, letter.span("name"))


def _names(page: Page, start: int, stop: int) -> Iterator[_Found]:
    """The numbered names of a block, each over its lines; the block's first line where none is numbered."""
    marks = list(_NUMBERED.finditer(page.text, start, stop))
    spans = [
        (mark.end(), marks[place + 1].start() if place + 1 < len(marks) else stop) for place, mark in enumerate(marks)
    ]
    if not spans:
        first = next((m for m in re.finditer(r"[^\r\n]*\w[^\r\n]*", page.text[start:stop])), None)
        spans = [(start + first.start(), start + first.end())] if first else []
    for left, right in spans:
        name = repair([page.text[left:right]]).strip(" ,;.")
        if len(name) >= 3 and name[0].isalnum():
            yield _found("recipients", name, page, (left, right))
