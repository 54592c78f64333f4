"""The frozen records that travel between stages. Standard library only; no behaviour beyond construction."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Kind(StrEnum):
    """What the body calls the unit."""

    RECOMMENDATION = "recommendation"
    AREA_FOR_IMPROVEMENT = "area_for_improvement"
    CAUSE_OF_CONCERN = "cause_of_concern"
    CONCERN = "concern"
    AGREED_ACTION = "agreed_action"
    QUOTED_RECOMMENDATION = "quoted_recommendation"


class Status(StrEnum):
    """What a response says of a recommendation, reduced to a few words."""

    ACCEPTED = "accepted"
    ACCEPTED_IN_PART = "accepted in part"
    ACCEPTED_IN_PRINCIPLE = "accepted in principle"
    REJECTED = "rejected"
    NOTED = "noted"
    UNDER_CONSIDERATION = "under consideration"


class LinkType(StrEnum):
    """How two recommendations of one group relate. Only the last two count as recurrence."""

    REPUBLISHED = "republished"
    REITERATED = "reiterated"
    INDEPENDENT = "independent"


class Level(StrEnum):
    """How bad an issue is: an `ERROR` lost a document or a source, a `WARNING` lost part of one."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class DocumentRef:
    """One document as a connector lists it. `connector` found it, `source` is the stream it belongs to."""

    connector: str
    source: str
    url: str
    title: str | None = None
    body: str | None = None  # who asks, e.g. "HMICFRS"; None: the source's publisher
    published: date | None = None
    reference: str | None = None
    restricted: bool = False
    licence: str | None = None
    responds_to: str | None = None  # the address of the document this one answers, or of the page that names it
    page: str | None = None  # the address of the page that names it
    categories: tuple[str, ...] = ()  # the publisher's own, as canonical names
    areas: tuple[str, ...] = ()  # force or coroner area, as canonical names
    recipients: tuple[str, ...] = ()  # who it was sent to, as the publisher lists them
    people: tuple[str, ...] = ()  # names of the deceased, as the page states them; never shown in digests
    withdrawn_on: date | None = None  # the day the publisher says it withdrew it


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One line of the archive: what was fetched from where, and the hash its bytes are kept under."""

    sha256: str
    size: int  # bytes
    fetched_at: datetime
    media_type: str  # by content: application/pdf, text/html, text/csv, or application/octet-stream
    ref: DocumentRef


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one page's text: `page` counts from 1; `start` and `end` are offsets into the page's raw text."""

    page: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, in points, origin at the top left."""

    page: int
    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Part:
    """A lettered or bulleted part inside a recommendation."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One ask, verbatim, with its place in the archived bytes."""

    recommendation_id: str
    sha256: str
    kind: Kind
    label: str | None  # as printed, without the word "Recommendation": "3", "110.4", "4a"
    text: str  # line breaks, hyphens, footnote marks and running heads repaired
    page: int  # of the fullest occurrence, counted from 1
    page_end: int
    spans: tuple[Span, ...]  # joined and repaired, they give `text`
    boxes: tuple[Box, ...] = ()
    also_on_pages: tuple[int, ...] = ()
    parts: tuple[Part, ...] = ()
    addressees: tuple[str, ...] = ()
    deadline: date | None = None
    deadline_text: str | None = None
    status: Status | None = None
    status_text: str | None = None  # the words that gave the status
    response_text: str | None = None
    response_page: int | None = None
    confidence: float = 1.0  # 0 to 1
    grammar: str = ""  # the name of the grammar that read it


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph-sized stretch of a document, for search."""

    passage_id: str
    sha256: str
    page: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class FactPlace:
    """Where a fact was read: the words, and their place. Page 0: the file's own metadata, which has no place."""

    fact: str  # the field of `DocumentFacts` it gave: title, published, reference, publisher, area, recipients
    words: str
    page: int = 0
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """What the document says of itself; None where it does not say."""

    title: str | None = None
    published: date | None = None  # the first of the month where `is_month`
    reference: str | None = None
    is_month: bool = False  # only month and year are printed
    publisher: str | None = None
    area: str | None = None  # a force, or a coroner's area
    recipients: tuple[str, ...] = ()
    references: tuple[str, ...] = ()  # all of its own, ISBN included
    places: tuple[FactPlace, ...] = ()


@dataclass(frozen=True, slots=True)
class Issue:
    """One problem, in words a person can act on."""

    source: str
    stage: str
    level: Level
    code: str  # stable, snake_case: "encrypted_pdf", "no_text_layer"
    message: str  # one sentence
    document: str | None = None  # sha256, or the URL where nothing was stored
    run_id: str | None = None


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that was read out of one document. `held_out` was extracted but not found again, so enters no table."""

    sha256: str
    page_count: int
    facts: DocumentFacts
    recommendations: tuple[Recommendation, ...]
    held_out: tuple[Recommendation, ...]
    passages: tuple[Passage, ...]
    issues: tuple[Issue, ...]


@dataclass(frozen=True, slots=True)
class ThemeScore:
    """One theme given to one recommendation, with the calibrated probability and why."""

    theme: str
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class Assignment:
    """The themes of one recommendation; none when the classifier abstained."""

    recommendation_id: str
    themes: tuple[ThemeScore, ...]
    best_below: ThemeScore | None = None  # the nearest miss, for review


@dataclass(frozen=True, slots=True)
class Ask:
    """What grouping and linking need to know of a recommendation."""

    id: str
    text: str
    source: str | None = None
    body: str | None = None
    published: date | None = None
    document: str | None = None  # sha256
    kind: str | None = None
    label: str | None = None
    reference: str | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class CommonRecommendation:
    """A group of rows that ask for the same thing."""

    common_id: str
    member_ids: tuple[str, ...]
    representative_id: str  # the most central row; its text is shown, verbatim
    keywords: tuple[str, ...]
    weakest_link: float | None = None  # least score of two rows, reprints left out; None: one act alone


@dataclass(frozen=True, slots=True)
class Link:
    """How two members of one group relate, and by what evidence. `earlier_id` was published first."""

    common_id: str
    earlier_id: str
    later_id: str
    link_type: LinkType
    similarity: float
    evidence: str


@dataclass(frozen=True, slots=True)
class IdentityEvent:
    """One line of the identity ledger: what became of a common recommendation in a night."""

    recorded_at: datetime
    run_id: str
    common_id: str
    event: str  # new, kept, split, absorbed, retired
    member_ids: tuple[str, ...]
    successor_id: str | None = None


@dataclass(frozen=True, slots=True)
class ThemeEvent:
    """A logged move of one row between themes: what it had, what it has, and why."""

    recorded_at: datetime
    run_id: str
    recommendation_id: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Review:
    """A person's judgement on a row. Append-only; a later one on the same row and question replaces an earlier one."""

    review_id: str
    recommendation_id: str
    question: str  # theme, same_ask, addressee, status, ownership, note
    answer: str
    before: str | None
    reviewer: str
    reviewed_on: date
    recorded_at: datetime
    theme: str | None = None
    note: str | None = None
    common_id: str | None = None  # the group asked about, for question same_ask


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One line of the run ledger. Counts are of this run's new work."""

    run_id: str
    started_at: datetime
    finished_at: datetime | None
    as_of: date
    state: str  # completed, degraded (a source was lost), failed
    connectors: tuple[str, ...]
    sources_missing: tuple[str, ...] = ()
    documents_new: int = 0
    recommendations_new: int = 0
    seconds_by_stage: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a local listing: a document, and the file that holds it beside the listing."""

    ref: DocumentRef
    file: str
