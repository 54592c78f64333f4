"""Whom a night asks, and a night over replicas from crawl to tables; then the same tables from the archive alone."""

import hashlib
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from flows.crawling import years_before
from flows.order import MixedArchive, NoContact, mark_origin, plan_night
from pipeline.settings import SettingsError
from sources import load_sources
from tests.commands import Done, perennial
from tests.replicas.server import load_sites, serve

NOW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
FEW = ("met-iopc", "mpa-archive")  # publishers with small replicas
TABLES = ("recommendations", "documents", "common_recommendations", "theme_by_source")  # register knows what was sent


def live_sources() -> set[str]:
    return {name for name, source in load_sources().items() if hasattr(source.parser, "start")}


def test_without_a_contact_the_inbox_alone_is_read_and_a_sentence_says_why(data: Path) -> None:
    order = plan_night(data, (), None, None, NOW)
    assert [errand.connector for errand in order.errands] == ["inbox"]
    assert order.notice and "PERENNIAL_CONTACT" in order.notice and "\n" not in order.notice


def test_with_a_contact_every_publisher_is_asked(data: Path) -> None:
    data.mkdir()
    (data / "settings.yml").write_text("contact: learning@example.org\n")
    order = plan_night(data, (), None, None, NOW)
    assert {errand.connector for errand in order.errands} == live_sources() | {"inbox"}
    assert order.notice is None


def test_a_publisher_that_is_named_is_refused_without_a_contact(data: Path) -> None:
    with pytest.raises(NoContact, match="met-iopc cannot be asked"):
        plan_night(data, ("met-iopc", "inbox"), None, None, NOW)


@pytest.mark.parametrize("contact", ["me", "me@here", "x\\r\\nEvil: header", "ftp://a.b/c", "a b@c.de"])
def test_a_contact_that_is_none_is_refused(data: Path, contact: str) -> None:
    data.mkdir()
    (data / "settings.yml").write_text(f'contact: "{contact}"\n')
    with pytest.raises(SettingsError, match="contact"):
        plan_night(data, (), None, None, NOW)


@pytest.mark.parametrize("address", ["http://replica.example.org:80", "https://127.0.0.1:1", "http://127.0.0.1", "x"])
def test_a_replica_is_on_this_machine_only(data: Path, address: str) -> None:
    with pytest.raises(SettingsError, match="replica"):
        plan_night(data, (), None, None, NOW, address)


def test_invented_and_real_documents_do_not_mix(data: Path) -> None:
    mark_origin(plan_night(data, (), None, None, NOW, "http://127.0.0.1:8700"))
    (data / "settings.yml").write_text("contact: learning@example.org\n")
    with pytest.raises(MixedArchive, match="another --data folder"):
        plan_night(data, (), None, None, NOW)
    assert plan_night(data, ("inbox",), None, None, NOW).errands


def test_years_before_a_leap_day() -> None:
    assert years_before(date(2028, 2, 29), 5) == date(2023, 2, 28)
    assert years_before(date(2026, 11, 23), 5) == date(2021, 11, 23)


def test_every_live_source_names_its_hosts() -> None:
    for name in live_sources():
        spec = load_sources()[name].spec
        assert spec.hosts, f"{name} names no host"
        assert set(spec.plain_http_hosts) <= set(spec.hosts)


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Done, str]]:
    """The data folder after a night over two replicas, what was printed, and the replicas' address."""
    data = tmp_path_factory.mktemp("crawled") / "data"
    with serve(load_sites()) as replica:
        named = [word for name in FEW for word in ("--source", name)]
        yield data, perennial("run", *named, "--replica", replica.address, "--data", data), replica.address


def digest_of(data: Path) -> dict[str, str]:
    parquet = data / "published" / "parquet"
    return {name: hashlib.sha256((parquet / f"{name}.parquet").read_bytes()).hexdigest() for name in TABLES}


def ask(data: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(data / "published" / "warehouse.duckdb", read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_a_night_over_replicas_goes_from_crawl_to_digest(crawled: tuple[Path, Done, str]) -> None:
    data, done, _ = crawled
    assert done.status == 0, done.err
    assert "new documents" in done.out
    [row] = ask(data, "SELECT sum(listed_count), sum(fetched_count), sum(document_read_count), "
                      "sum(recommendation_count + quoted_count) FROM coverage")  # fmt: skip
    listed, fetched, read, extracted = (int(str(value)) for value in row)
    assert listed >= fetched >= read > 10 and extracted > 0
    assert {source for (source,) in ask(data, "SELECT DISTINCT source FROM documents")} == {"met-iopc", "mpa"}


def test_the_doctor_explains_each_publisher(crawled: tuple[Path, Done, str]) -> None:
    told = {line["what"]: line["finding"] for line in perennial("doctor", "--data", crawled[0], "--json").lines}
    assert "asked to the end 0 days ago" in told["met-iopc"] and "documents held" in told["met-iopc"]
    assert "no publisher is asked" in told["contact"]


def test_the_same_tables_come_from_the_archive_alone(crawled: tuple[Path, Done, str], tmp_path: Path) -> None:
    data, done, _ = crawled
    assert done.status == 0
    again = tmp_path / "again"
    for kept in ("archive", "ledger"):
        shutil.copytree(data / kept, again / kept)
    offline = perennial("run", "--source", "inbox", "--data", again)
    assert offline.status == 0, offline.err
    if ask(again, "SELECT as_of FROM parameters") != ask(data, "SELECT as_of FROM parameters"):
        pytest.skip("midnight passed between the two nights")
    same = {name for name, digest in digest_of(again).items() if digest == digest_of(data)[name]}
    assert same == set(TABLES)
