"""What passes between the crawl and a publisher's parser: requests, pages, and what a page held. No network here.

A live source's module in `sources/` has two pure functions, and may have a third:

- `start(window) -> tuple[Request, ...]`: where a crawl begins.
- `read(page, window) -> Reading`: one fetched page in; the documents it names and the pages to ask for next, out.
  Raises `LayoutChanged` when the page lacks what every good page of its step has.
- `unwrap(page) -> bytes` (optional): the document inside an answer that wraps it, such as base64 in JSON.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from pipeline.records import DocumentRef


class Outcome(StrEnum):
    """What came of asking for one address."""

    OK = "ok"
    UNCHANGED = "unchanged"  # 304: what was fetched before still stands
    GONE = "gone"  # 404 or 410, or a front page in its place
    PAST_END = "past_end"  # a listing has no such page: not a fault
    BLOCKED = "blocked"  # 401, 403, 451: recorded, and left alone
    CHALLENGE = "challenge"  # a page for browsers only where something else was due: left alone
    REFUSED = "refused"  # by this side: robots.txt, a host not allowed, too large, not the type it should be
    FAILED = "failed"  # 5xx, no connection, too slow, cut off: another night may do better
    WAITING = "waiting"  # not asked: the host's budget is spent, or it has had enough of us tonight


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one address. `message` says in one sentence why there is no content, where there is none."""

    outcome: Outcome
    url: str  # the final one, after redirects
    fetched_at: datetime
    status: int = 0  # 0: nothing answered, or nothing was asked
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case
    message: str | None = None


class LayoutChanged(ValueError):
    """A page that lacks what every good page of its kind has: a changed site, a challenge page, a soft 404."""


@dataclass(frozen=True, slots=True)
class Window:
    """What a crawl is after: documents from `since` on; on later nights only what changed after `changed_since`."""

    since: date
    today: date
    changed_since: datetime | None = None  # start of the last complete crawl; None: the first
    addresses: Mapping[str, str] = field(default_factory=dict)  # the YAML's `addresses`: where lists begin, by name
    options: Mapping[str, str] = field(default_factory=dict)  # the YAML's `options`: switches only its parser knows


@dataclass(frozen=True, slots=True)
class Request:
    """One page to ask for. `step` names what kind of page it is; `facts` carries what the page before it told."""

    url: str
    step: str
    facts: tuple[tuple[str, str], ...] = ()  # "modified", an ISO moment: a page known from before is asked for again
    otherwise: tuple["Request", ...] = ()  # asked for instead where this one cannot be had or read

    def fact(self, name: str) -> str | None:
        """What an earlier page told under `name`."""
        return dict(self.facts).get(name)


@dataclass(frozen=True, slots=True)
class Page:
    """One answer: the final address after redirects, the status, the raw bytes, and the headers in lower case."""

    request: Request
    url: str
    status: int
    content: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def media(self) -> str:
        """What the server says it is, without parameters: "text/html". Never trusted for documents."""
        return self.headers.get("content-type", "").split(";")[0].strip().casefold()


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something a page held that its parser did not expect; it counts towards "the layout has drifted"."""

    code: str  # stable, snake_case: unknown_label, unread_link, unknown_category, missing_field, bad_date
    message: str  # one sentence, with the words found


@dataclass(frozen=True, slots=True)
class Reading:
    """What one page held."""

    documents: tuple[DocumentRef, ...] = ()
    follow: tuple[Request, ...] = ()  # asked for in this order; documents before pages, pages before more listing
    oddities: tuple[Oddity, ...] = ()
    passed_over: tuple[DocumentRef, ...] = ()  # listed, so counted in coverage, but of no interest: not fetched
