"""What a replica is made of: pure functions from a request to an answer. `server.py` puts them on a socket."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as a site sees it. `query` keeps the last value of a repeated name; header names are lower case."""

    host: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    raw_query: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the site sends back."""

    content: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)  # Content-Type and the like


@dataclass(frozen=True, slots=True)
class Site:
    """One publisher's replica: the hosts it answers for, and how."""

    name: str
    hosts: tuple[str, ...]
    respond: Callable[[Asked], Answer]


def html(body: str, status: int = 200) -> Answer:
    """An HTML answer."""
    return Answer(body.encode(), status, {"Content-Type": "text/html; charset=UTF-8"})


def json_answer(body: bytes, status: int = 200) -> Answer:
    """A JSON answer."""
    return Answer(body, status, {"Content-Type": "application/json; charset=UTF-8"})


NOT_FOUND = html("<html><head><title>Page not found</title></head><body><h1>Page not found</h1></body></html>", 404)
