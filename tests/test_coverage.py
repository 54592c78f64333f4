"""What was listed, fetched, replaced and withdrawn, as analysts see it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from flows.read import load_extractions, read_documents
from pipeline.ids import content_hash
from pipeline.records import DocumentRef, Issue, Level, StoredFile
from pipeline.settings import read_settings
from pipeline.store import Archive
from pipeline.versions import find_superseded
from pipeline.visits import DocumentEvent, EventKind
from pipeline.workspace import Workspace
from tests.generated import draw
from tests.warehouse_facts import make_document
from warehouse.build import build_warehouse
from warehouse.connect import fetch_rows, open_reader
from warehouse.facts import Facts, ListedRow, SourceRow
from warehouse.public import withhold_restricted

NIGHT = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
FILES = [make_document(f"report-{n}", "pfd", "A Coroner", date(2025, 3, n)) for n in (1, 2)]
ELSEWHERE = ListedRow("pfd", "pfd", "https://example.org/other.pdf", date(2025, 4, 1), "passed_over")
LISTINGS = [
    *(ListedRow("pfd", "pfd", file.ref.url, file.ref.published) for file in FILES),
    ELSEWHERE,
    replace(ELSEWHERE, url="https://example.org/blocked.pdf", outcome="blocked", message="It is refused (403)."),
    replace(ELSEWHERE, url="https://example.org/new.pdf", outcome="waiting", published=None),
    ListedRow("iopc", "iopc", "https://example.org/iopc.pdf", date(2024, 1, 1), "challenge"),
]
PUT_IN = make_document("debrief", "debriefs", "The force", date(2025, 1, 1))
FACTS = Facts(
    as_of=date(2026, 11, 23),
    files=[*FILES, PUT_IN],
    extractions={},
    sources=[SourceRow("pfd", "PFD")],
    listings=LISTINGS,
)


def ask(folder: Path, facts: Facts, sql: str) -> list[dict[str, Any]]:
    """Rows of a warehouse built without checks on what was read: nothing was, here."""
    unread = [Issue(file.ref.source, "read", Level.ERROR, "not_read", "Not read.", file.sha256) for file in facts.files]
    path = folder / "one.duckdb"
    build_warehouse(replace(facts, issues=unread), path)
    with open_reader(path) as connection:
        return fetch_rows(connection, sql)


def test_coverage_tells_listed_from_held(tmp_path: Path) -> None:
    rows = {(row["source"], row["year"]): row for row in ask(tmp_path, FACTS, "FROM coverage")}
    pfd = rows["pfd", 2025]
    names = ("listed_count", "fetched_count", "passed_over_count", "blocked_count", "not_had_count", "document_count")
    assert [pfd[name] for name in names] == [4, 2, 1, 1, 0, 2]
    assert [rows["pfd", None][name] for name in names] == [1, 0, 0, 0, 1, 0]
    assert [rows["iopc", 2024][name] for name in names] == [1, 0, 0, 1, 0, 0]  # a source of which nothing is held
    assert [rows["debriefs", 2025][name] for name in names] == [1, 1, 0, 0, 0, 1]  # put in by a person


def test_a_restricted_listing_is_in_no_public_file(tmp_path: Path) -> None:
    secret = replace(ELSEWHERE, url="https://example.org/secret.pdf", is_restricted=True)
    public = withhold_restricted(replace(FACTS, listings=[*LISTINGS, secret]))
    rows = ask(tmp_path, public, "SELECT sum(listed_count) AS listed FROM coverage WHERE source = 'pfd'")
    assert rows == [{"listed": 5}]


def test_a_document_says_what_became_of_it(tmp_path: Path) -> None:
    later = NIGHT + timedelta(days=9)
    newer = replace(FILES[0], sha256=content_hash(b"newer"), fetched_at=later)
    withdrawn = DocumentEvent("pfd", "pfd", FILES[1].ref.url, EventKind.WITHDRAWN, later, FILES[1].sha256)
    facts = replace(FACTS, files=[newer, *FILES], document_events=[withdrawn])
    sql = "SELECT sha256, superseded_by, superseded_on, withdrawn_on FROM documents"
    rows = {row["sha256"]: list(row.values())[1:] for row in ask(tmp_path, facts, sql)}
    assert rows == {
        FILES[0].sha256: [newer.sha256, later.date(), None],
        newer.sha256: [None, None, None],
        FILES[1].sha256: [None, None, later.date()],
    }
    back = replace(withdrawn, kind=EventKind.RETURNED, noticed_at=later + timedelta(days=1))
    again = replace(facts, document_events=[withdrawn, back])
    (tmp_path / "again").mkdir()
    assert all(row["withdrawn_on"] is None for row in ask(tmp_path / "again", again, sql))


def test_what_a_replaced_version_asked_leaves_the_tables(data: Path) -> None:
    settings = read_settings(data, {})
    archive = Archive(Workspace(data).archive)
    url = "https://example.org/report.pdf"
    for edition in (1, 2):
        content = draw(7, edition)
        ref = DocumentRef("generated", "generated", url, published=date(2026, 1, 1))
        moment = NIGHT + timedelta(days=edition)
        archive.add(content, StoredFile(content_hash(content), len(content), moment, "application/pdf", ref))
    read_documents(settings)
    read = load_extractions(settings, with_passages=True)
    old, new = (read[content_hash(draw(7, edition))] for edition in (1, 2))
    assert (old.page_count, old.recommendations, old.passages) == (1, (), ())
    assert len(new.recommendations) == 1 and new.passages


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 4)), max_size=12))
def test_what_an_address_holds_now_is_never_superseded(fetches: list[tuple[int, int]]) -> None:
    lines = [
        StoredFile(
            f"{content}", 1, NIGHT + timedelta(days=day), "", DocumentRef("x", "x", f"https://example.org/{url}")
        )
        for day, (url, content) in enumerate(fetches)
    ]
    superseded = find_superseded(lines)
    current = {line.ref.url: line.sha256 for line in lines}
    assert not superseded.keys() & set(current.values())
    assert superseded.keys() | set(current.values()) == {line.sha256 for line in lines}
    assert {one.by for one in superseded.values()} <= set(current.values())
