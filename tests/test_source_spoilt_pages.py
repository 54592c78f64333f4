"""Whatever a publisher answers, a parser reads it or says `LayoutChanged`: no page, cut or garbled, ends a night."""

import random
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.web import LayoutChanged, Page, Reading, Request
from tests.replicas.server import load_sites
from tests.replicas.site import Site
from tests.walking import ask, sources, window_of

LIVE = sorted(name for name, source in sources().items() if hasattr(source.parser, "read"))
STRANGE = (
    b"",
    b" ",
    b"{}",
    b"[]",
    b"null",
    b"<html></html>",
    b"<h1>Sorry</h1>",
    b"\x00\xff" * 50,
    b"%PDF-1.7\n",
    b"[{}]",
)
PAGES_KEPT = 3  # of each step


@cache
def pages_of(name: str) -> tuple[Page, ...]:
    """A few good pages of each step of one source, from its replica."""
    source, window = sources()[name], window_of(name)
    sites = {host: site for site in load_sites() for host in site.hosts}
    waiting, known, kept = list(source.parser.start(window)), set[str](), list[Page]()
    while waiting and len(known) < 60:
        request = waiting.pop(0)
        if request.url in known or sum(page.request.step == request.step for page in kept) == PAGES_KEPT:
            continue
        known.add(request.url)
        page = ask(_site(sites, request), request)
        if page.status == 200:
            kept.append(page)
            waiting += source.parser.read(page, window).follow
        else:
            waiting += request.otherwise
    return tuple(kept)


def _site(sites: dict[str, Site], request: Request) -> Site:
    return sites[request.url.split("/")[2]]


@pytest.mark.parametrize("name", LIVE)
def test_a_cut_or_garbled_page_is_read_or_told(name: str) -> None:
    dice = random.Random(name)
    for page in pages_of(name):
        for _ in range(20):
            _read(name, page, _spoil(page.content, dice))


@pytest.mark.parametrize("name", LIVE)
def test_a_page_of_something_else_is_read_or_told(name: str) -> None:
    for page in pages_of(name):
        for content in STRANGE:
            _read(name, page, content)


@pytest.mark.parametrize("name", LIVE)
@settings(max_examples=25, deadline=None)
@given(content=st.binary(max_size=300))
def test_any_bytes_are_read_or_told(name: str, content: bytes) -> None:
    for page in pages_of(name)[:2]:
        _read(name, page, content)


@pytest.mark.parametrize("name", LIVE)
def test_reading_twice_gives_the_same(name: str) -> None:
    for page in pages_of(name):
        assert _read(name, page, page.content) == _read(name, page, page.content)


def _spoil(content: bytes, dice: random.Random) -> bytes:
    """The page cut off, with a piece missing, or with a piece of it said twice."""
    first, last = sorted(dice.randrange(len(content) + 1) for _ in range(2))
    return dice.choice([content[:first], content[:first] + content[last:], content[:last] + content[first:]])


def _read(name: str, page: Page, content: bytes) -> Reading | None:
    spoilt = Page(page.request, page.url, 200, content, page.headers)
    try:
        return sources()[name].parser.read(spoilt, window_of(name))
    except LayoutChanged:
        return None
