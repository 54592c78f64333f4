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

from pipeline.records import DocumentRef


class LayoutChanged(ValueError):
    """A page that lacks what every good page of its kind has: a changed site, a challenge page, a soft 404."""


@dataclass(frozen=True, slots=True)
class Window:
    """What a crawl is after: documents from `since` on; on later nights only what changed after `changed_since`."""

    since: date
    today: date
    changed_since: datetime | None = None  # start of the last complete crawl; None: the first


@dataclass(frozen=True, slots=True)
class Request:
    """One page to ask for. `step` names what kind of page it is; `facts` carries what the page before it told."""

    url: str
    step: str
    facts: tuple[tuple[str, str], ...] = ()

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
    follow: tuple[Request, ...] = ()  # asked for in this order, after what is already waiting
    oddities: tuple[Oddity, ...] = ()
