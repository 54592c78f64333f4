"""What streams are called: every stream that a connector gives has a title, and one that people name has words."""

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from flows.streams import describe_streams, title_streams
from pipeline.media import PDF
from pipeline.records import Assignment, DocumentFacts, DocumentRef, RunRecord, StoredFile
from sources import HERE, load_sources
from tests.warehouse_facts import AS_OF, make_document, make_extraction, make_row
from warehouse.build import build_warehouse
from warehouse.connect import fetch_rows, open_reader
from warehouse.facts import Facts, SourceRow

ROOT = Path(__file__).parents[1]
RUN = RunRecord("r", datetime(2026, 1, 1, tzinfo=UTC), None, date(2026, 1, 1), "completed", ("pfd",))


def list_streams() -> set[str]:
    """Every stream in the golden pages of all publishers and in the bundled sample."""
    golden = (path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "golden").rglob("*.json"))
    found = {name for text in golden for name in re.findall(r'"source": "([a-z-]+)"', text)}
    return found | {
        row["source"] for row in json.loads((HERE / "sample" / "listing.json").read_text(encoding="utf-8"))["documents"]
    }


def test_every_stream_has_a_title() -> None:
    titles = title_streams({name: source.spec for name, source in load_sources().items()})
    streams = list_streams()
    assert {"inquiry", "mpa", "mopac-audit", "government-response"} <= streams
    assert streams - titles.keys() == set()
    assert all(len(titles[name].split()) > 1 and titles[name] != name for name in streams)
    assert len(set(titles.values())) == len(titles), "two streams of one title cannot be told apart"


def test_a_title_is_no_sentence_of_several() -> None:
    titles = title_streams({name: source.spec for name, source in load_sources().items()})
    assert max(map(len, titles.values())) <= 90


def put_in(source: str, **more: str) -> StoredFile:
    ref = DocumentRef("inbox", source, f"file:{source}.pdf", **more)  # type: ignore[arg-type]
    return StoredFile(source * 8, 1, datetime(2026, 1, 1, tzinfo=UTC), PDF, ref)


def test_a_stream_that_people_named_is_told_in_words() -> None:
    rows = {row.name: row for row in describe_streams(RUN, [put_in("critical-incidents"), put_in("inquiry")], {})}
    assert rows["critical-incidents"].title == "Critical incidents"
    assert rows["inquiry"].title == "Reports of inquiries and independent reviews"
    assert rows["pfd"].title == "Coroners' reports to prevent future deaths, and the responses"


def test_what_people_put_in_is_from_the_body_that_it_names(tmp_path: Path) -> None:
    """Now and as of any past moment; where it names none, from whoever publishes the stream."""
    named, silent = (make_document(name, "reviews", None, date(2026, 1, 1), connector="inbox") for name in "ab")
    rows = {
        file.sha256: make_extraction(file, [make_row(file, "Check every cell and write it down.")])
        for file in (named, silent)
    }
    rows[named.sha256] = replace(rows[named.sha256], facts=DocumentFacts(publisher="Home Affairs Committee"))
    assigned = [Assignment(row.recommendation_id, ()) for one in rows.values() for row in one.recommendations]
    source = SourceRow("reviews", "Reviews", "The organisation itself")
    build_warehouse(
        Facts(AS_OF, [named, silent], rows, sources=[source], assignments=assigned), tmp_path / "one.duckdb"
    )
    with open_reader(tmp_path / "one.duckdb") as connection:
        for table in ("documents", "documents_as_of(DATE '2026-11-23')"):
            found = fetch_rows(connection, f"SELECT body FROM {table} ORDER BY body")
            assert [row["body"] for row in found] == ["Home Affairs Committee", "The organisation itself"]
