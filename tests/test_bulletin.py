"""Bulletins as people read them: what stands on them, the same bytes each time, and a real browser's opinion."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.store import write_whole
from tests.browser import find_barriers, open_browser, open_page
from tests.warehouse_facts import AS_OF, SECRET, make_facts
from warehouse.build import build_warehouse
from warehouse.bulletin.charts import draw_heat, draw_trend
from warehouse.bulletin.pages import make_bulletins
from warehouse.facts import Facts, ThemeRow
from warehouse.public import withhold_restricted

THEME = "death-police-contact.html"
WIDTHS = (1280, 768, 360)


def build(folder: Path, facts: Facts) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    build_warehouse(withhold_restricted(facts), folder / "open.duckdb", is_public=True)
    return folder / "open.duckdb"


def write(pages: Mapping[Path, bytes]) -> None:
    for file, page in pages.items():
        write_whole(file, page)


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with one night's bulletins."""
    folder = tmp_path_factory.mktemp("bulletin")
    write(make_bulletins(build(folder, make_facts()), folder))
    return folder / AS_OF.isoformat()


def read_text(page: str) -> str:
    """What a reader sees: no style, no drawing, no tags."""
    body = re.sub(r"<(style|svg|head)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def test_a_themes_page_says_what_matters(night: Path) -> None:
    text = read_text((night / THEME).read_text())
    assert "Lead: Custody lead" in text
    assert "Not read tonight: Prevention of future deaths" in text
    assert "Asked again after it was accepted or closed" in text
    assert "We accept this and will train staff." in text, "what was answered"
    assert "To discuss, not to tick" in text
    assert "It was accepted or closed, and asked again 2 times since." in text
    assert "1363" in text, "days overdue"
    assert "Nobody has checked any of it yet" in text
    assert "documents read of these sources in the window" in text
    assert 'href="https://example.org/custody-inspection-2026.pdf#page=2"' in (night / THEME).read_text()


def test_the_index_shows_every_theme_and_what_was_read(night: Path) -> None:
    page = (night / "index.html").read_text()
    text = read_text(page)
    for name in ("Custody", "Missing Persons", "Contact", "Investigations"):
        assert name in text
    assert page.count(f'href="{THEME}"') == 1
    assert "could not be read" in text
    assert "not read" in text or "0 (" in text


def test_nothing_restricted_and_nothing_from_elsewhere_is_on_a_page(night: Path) -> None:
    for file in night.glob("*.html"):
        page = file.read_text()
        assert SECRET not in page
        assert "<script" not in page.lower()
        assert not re.search(r"(src|@import|url\()\s*=?\s*[\"']?https?:", page)
        assert not re.search(r"<link\b", page)


def test_the_same_night_gives_the_same_bytes(night: Path, tmp_path: Path) -> None:
    facts = make_facts()
    shuffled = replace(facts, files=facts.files[::-1], links=facts.links[::-1], assignments=facts.assignments[::-1])
    for file, page in make_bulletins(build(tmp_path, shuffled), tmp_path).items():
        assert page == (night / file.name).read_bytes(), file.name


def test_a_quiet_night_says_so(tmp_path: Path) -> None:
    facts = make_facts()
    path = build(tmp_path, replace(facts, as_of=AS_OF + timedelta(days=1)))
    write(make_bulletins(path, tmp_path, since=AS_OF))
    text = read_text((tmp_path / "2026-11-24" / "missing-persons.html").read_text())
    assert "Nothing new since 2026-11-23." in text


def test_what_a_document_says_cannot_become_markup(tmp_path: Path) -> None:
    facts = make_facts()
    theme = ThemeRow("missing-persons", "<b>Missing</b> & found", "perennial", "Lead <script>alert(1)</script>", "d")
    rows = dict(facts.extractions)
    sha, extraction = next(
        (s, e) for s, e in rows.items() if any("missing children" in r.text for r in e.recommendations)
    )
    evil = tuple(replace(row, text=row.text + ' <img src=x onerror="alert(1)">') for row in extraction.recommendations)
    facts = replace(
        facts,
        themes=[theme if one.slug == theme.slug else one for one in facts.themes],
        extractions={**rows, sha: replace(extraction, recommendations=evil)},
    )
    write(make_bulletins(build(tmp_path, facts), tmp_path))
    page = (tmp_path / AS_OF.isoformat() / "missing-persons.html").read_text()
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;img src=x" in page


def test_a_chart_is_the_same_each_time_and_follows_the_page() -> None:
    first, second = (draw_heat("h", "T & t", ["a"], [("s", "’26"), ("s", "’27")], {(0, 0): (3, 2)}) for _ in range(2))
    assert first == second
    assert "<title" in first
    assert "T &amp; t" in first
    assert "currentColor" in first
    assert 'role="img"' in first
    trend = draw_trend("t", "Trend", [2025, 2026], [None, 0.5], [0, 4])
    ids = re.findall(r'\bid="([^"]+)"', first + trend)
    assert len(ids) == len(set(ids)), "two charts on a page must not share an id"


@pytest.mark.parametrize("name", ["index.html", THEME])
def test_in_a_real_browser(night: Path, name: str) -> None:
    with open_browser() as browser:
        for scheme in ("light", "dark"):
            page = open_page(browser, night / name, scheme=scheme)
            errors: list[str] = []
            page.on("pageerror", lambda error, errors=errors: errors.append(str(error)))
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 800})
                wide = page.evaluate("document.documentElement.scrollWidth")
                assert wide <= width, f"{name} is {wide} wide on a screen of {width}"
                for summary in page.query_selector_all("details:not([open]) > summary"):
                    summary.click()
                assert find_barriers(page) == [], f"{scheme}, {width}"
            assert errors == []
            page.context.close()
        page = open_page(browser, night / name)
        page.emulate_media(media="print")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        printed = page.pdf(format="A4", prefer_css_page_size=True, print_background=True)
        assert printed.startswith(b"%PDF")
        page.emulate_media(media="screen")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the content"


def test_paper_is_a4(night: Path, tmp_path: Path) -> None:
    import pypdfium2

    with open_browser() as browser:
        page = open_page(browser, night / THEME, scheme="dark")
        (tmp_path / "page.pdf").write_bytes(page.pdf(prefer_css_page_size=True))
    pdf = pypdfium2.PdfDocument(tmp_path / "page.pdf")
    try:
        assert [round(side) for side in pdf[0].get_size()] == [595, 842]
        assert len(pdf) <= 4
    finally:
        pdf.close()
