"""Inspectorate, mayor's office, Government and Parliament crawled over real HTTP, night after night."""

from collections import Counter
from pathlib import Path

import pytest

from pipeline.store import Archive
from pipeline.workspace import Workspace
from tests.nights import Nights
from tests.replicas import govuk, hmicfrs, london, nao, parliament, policeauthority
from tests.replicas.site import Answer, Asked, Site

SITES = {
    "hmicfrs": hmicfrs.make_site(),
    "mopac": london.make_site(),
    "mpa-archive": policeauthority.make_site(),
    "govuk": govuk.make_site(),
    "parliament": parliament.make_site(),
    "nao": nao.make_site(),
}
QUIET = {"hmicfrs": 3, "mopac": 5, "mpa-archive": 7, "govuk": 2, "parliament": 8, "nao": 1}  # requests of a quiet night


@pytest.fixture
def nights(data: Path) -> Nights:
    return Nights(data)


@pytest.mark.parametrize("name", SITES)
def test_a_second_night_asks_for_lists_only(name: str, nights: Nights) -> None:
    first = nights.crawl(name, SITES[name], 0)
    assert first.new == len(nights.refs) > 0
    assert max(Counter(nights.asked).values()) == 1
    assert nights.crawl(name, SITES[name], 1).new == 0
    assert len(nights.asked) <= QUIET[name]


def test_licence_and_body_are_filled_in_for_every_stream(nights: Nights) -> None:
    for name, site in SITES.items():
        nights.crawl(name, site, 0)
    refs = nights.refs.values()
    assert all(ref.licence and ref.body for ref in refs)
    assert {ref.source for ref in refs} == {
        "hmicfrs", "mopac", "mopac-audit", "mpa", "inquiry", "government-response", "govuk", "parliament", "nao",
    }  # fmt: skip


def test_wrapped_documents_are_archived_unwrapped(nights: Nights) -> None:
    pulled = nights.crawl("parliament", SITES["parliament"], 0)
    archive = Archive(Workspace(nights.data).archive)
    kinds = Counter(archive.path_of(line.sha256).read_bytes()[:5] for line in archive.lines)
    assert kinds == {b"%PDF-": parliament.ROUTINE + 3, b"<html": 1}
    assert {issue.code for issue in pulled.issues} >= {"document_challenge"}
    assert not any(hit.status == 500 for hit in nights.hits)


def test_a_withdrawn_paper_is_told_and_kept(nights: Nights) -> None:
    pulled = nights.crawl("govuk", SITES["govuk"], 0)
    (told,) = [issue for issue in pulled.issues if issue.code == "document_withdrawn"]
    assert "2025-06-30" in told.message
    assert any("disclosure.pdf" in url for url in nights.refs)


def test_the_archive_is_asked_over_plain_http_and_nobody_else_is(nights: Nights) -> None:
    schemes: Counter[tuple[str, str]] = Counter()

    def watched(site: Site) -> Site:
        def respond(asked: Asked) -> Answer:
            schemes[site.name, asked.headers.get("x-forwarded-proto", "")] += 1
            return site.respond(asked)

        return Site(site.name, site.hosts, respond)

    nights.crawl("mpa-archive", watched(SITES["mpa-archive"]), 0)
    nights.crawl("nao", watched(SITES["nao"]), 0)
    assert set(schemes) == {("policeauthority", "http"), ("nao", "https")}


def test_an_index_filled_by_scripts_is_no_quiet_night(nights: Nights) -> None:
    nights.crawl("hmicfrs", hmicfrs.make_site(scripted=True), 0)
    found = nights.refs.keys()
    other = Nights(nights.data.with_name("other"))
    other.crawl("hmicfrs", SITES["hmicfrs"], 0)
    assert found == other.refs.keys()


def test_files_without_suffix_are_told_by_content(nights: Nights) -> None:
    nights.crawl("mopac", SITES["mopac"], 0)
    archive = Archive(Workspace(nights.data).archive)
    kinds = {line.media_type for line in archive.lines if "/media/" in line.ref.url}
    assert kinds == {"application/pdf"}
    assert [line.ref.title for line in archive.lines if line.ref.restricted] == [
        "Custody safety: internal audit (restricted)"
    ]
