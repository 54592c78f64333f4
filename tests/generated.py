"""A generated publisher of any size: its parser, and its replica with the knobs that tests turn. All of it invented."""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from types import SimpleNamespace
from typing import Any

from reportlab.pdfgen.canvas import Canvas

from pipeline.records import DocumentRef
from pipeline.spec import SourceSpec
from pipeline.web import LayoutChanged, Page, Reading, Request, Window
from sources import Source
from tests.replicas.site import NOT_FOUND, Answer, Asked, Site, html

HOST, FILES = "www.generated.invalid", "files.generated.invalid"
PER_PAGE = 10
NEWEST = date(2026, 11, 1)


@cache
def draw(number: int, edition: int = 1) -> bytes:
    """A small PDF with one recommendation."""
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    canvas.drawString(70, 700, f"Invented report {number}, edition {edition}")
    canvas.drawString(70, 660, f"Recommendation 1: The force should review its policy number {number}.")
    canvas.save()
    return out.getvalue()


def published(number: int) -> date:
    """Reports come a few hours apart, the first number being the newest."""
    return NEWEST - timedelta(hours=6 * number)


@dataclass(slots=True)
class Replica:
    """The site. `numbers` are the reports it lists; the dictionaries say what is odd about some addresses."""

    numbers: list[int]
    editions: dict[int, int] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)  # by path: instead of what would be answered
    validators: bool = True
    refuse_after: int | None = None  # of the pages' host: so many requests, and then 403
    asked: int = 0

    def site(self) -> Site:
        return Site("generated", (HOST, FILES), self.respond)

    def respond(self, asked: Asked) -> Answer:
        if asked.path in self.answers:
            return self.answers[asked.path]
        if asked.path == "/robots.txt":
            return Answer(b"User-agent: *\nDisallow: /private/\n", 200, {"Content-Type": "text/plain"})
        if asked.host == FILES:
            return self._file(asked)
        self.asked += 1
        if self.refuse_after is not None and self.asked > self.refuse_after:
            return html("<h1>Forbidden</h1>", 403)
        if asked.path.startswith("/reports/page/"):
            return self._listing(int(asked.path.rstrip("/").rsplit("/", 1)[1]))
        if match := re.fullmatch(r"/reports/(\d+)/", asked.path):
            return self._report(int(match[1]))
        return NOT_FOUND

    def _listing(self, page: int) -> Answer:
        shown = self.numbers[(page - 1) * PER_PAGE : page * PER_PAGE]
        if not shown:
            return NOT_FOUND
        items = "".join(f'<li><a href="/reports/{number}/">Report {number}</a></li>' for number in shown)
        more = f'<a rel="next" href="/reports/page/{page + 1}/">Next</a>' if len(shown) == PER_PAGE else ""
        return html(f"<html><body><main><h1>Reports</h1><ul>{items}</ul>{more}</main></body></html>")

    def _report(self, number: int) -> Answer:
        body = f"""<html><body><main><h1>Report {number}</h1><time>{published(number)}</time>
            <p>Reference: G-{number:05}</p><a href="https://{FILES}/{number}.pdf">Download</a></main></body></html>"""
        return html(body)

    def _file(self, asked: Asked) -> Answer:
        number = int(asked.path.strip("/").removesuffix(".pdf"))
        edition = self.editions.get(number, 1)
        etag = f'"{number}-{edition}"'
        headers = {"Content-Type": "application/pdf"} | ({"ETag": etag} if self.validators else {})
        if self.validators and asked.headers.get("if-none-match") == etag:
            return Answer(b"", 304, headers)
        return Answer(draw(number, edition), 200, headers)


def start(window: Window) -> tuple[Request, ...]:
    return (Request(window.addresses["reports"], "listing"),)


def read(page: Page, window: Window) -> Reading:
    text = page.content.decode()
    if page.request.step == "listing":
        numbers = re.findall(r'href="/reports/(\d+)/"', text)
        if not numbers:
            raise LayoutChanged("a listing page names no report")
        reports = [Request(f"https://{HOST}/reports/{number}/", "report") for number in numbers]
        more = re.findall(r'rel="next" href="([^"]+)"', text)
        return Reading(follow=(*reports, *(Request(f"https://{HOST}{path}", "listing") for path in more)))
    [title], [day] = re.findall(r"<h1>(.*?)</h1>", text), re.findall(r"<time>(.*?)</time>", text)
    [reference], [file] = re.findall(r"Reference: (\S+?)<", text), re.findall(r'<a href="([^"]+pdf)"', text)
    ref = DocumentRef(
        "generated", "generated", file, title, None, date.fromisoformat(day), reference, page=page.request.url
    )
    return Reading(documents=(ref,) if ref.published and ref.published >= window.since else ())


def make_source(parser: Mapping[str, Any] | None = None, **facts: Any) -> Source:
    """The source as `load_sources` would give it; `facts` replace those of its YAML, `parser` its functions."""
    usual: dict[str, Any] = {
        "name": "generated",
        "title": "A generated publisher",
        "publisher": "Invented Body",
        "licence": "OGL v3",
        "expected": {"documents": {"min": 0, "max": 100000}},
        "addresses": {"reports": f"https://{HOST}/reports/page/1/"},
        "hosts": [HOST, FILES],
        "revisit_months": 18,
    }
    return Source(
        SourceSpec.model_validate({**usual, **facts}),
        SimpleNamespace(**{"start": start, "read": read, **(parser or {})}),
    )  # type: ignore[arg-type]


def night_of(day: int) -> datetime:
    """The moment of the night so many days after the first."""
    return datetime(2026, 11, 2, 2, 30, tzinfo=UTC) + timedelta(days=day)
