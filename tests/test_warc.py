"""The WARC export: every record whole, its digest right, the same archive giving the same bytes."""

import base64
import gzip
import hashlib
import io
from contextlib import closing
from pathlib import Path

import pytest

from flows.crawling import crawl_publisher
from flows.exporting import NothingCrawled, export_warc
from pipeline.fetch import Fetcher, Policy
from pipeline.workspace import Workspace
from tests.generated import FILES, Replica, draw, make_source, night_of
from tests.replicas.server import serve


def crawl(address: str, data: Path, day: int) -> None:
    moment = night_of(day)
    policy = Policy("perennial/0 (+me@example.org)", speed=1e6, replica=address)
    with closing(Fetcher(policy, Workspace(data).robots, now=lambda: moment)) as fetcher:
        crawl_publisher(Workspace(data), make_source(), fetcher, years=5, since=None, now=moment)


def read_records(path: Path) -> list[tuple[dict[str, str], bytes]]:
    """Header fields and block of each record, read as ISO 28500 has it."""
    stream, records = io.BytesIO(gzip.decompress(path.read_bytes())), []
    while line := stream.readline():
        assert line == b"WARC/1.1\r\n"
        fields = {}
        while (field := stream.readline()) != b"\r\n":
            name, _, value = field.decode().rstrip("\r\n").partition(": ")
            fields[name] = value
        block = stream.read(int(fields["Content-Length"]))
        assert stream.read(4) == b"\r\n\r\n"
        records.append((fields, block))
    return records


def test_what_was_fetched_is_in_the_file_once(data: Path, tmp_path: Path) -> None:
    replica = Replica([1, 2, 3])
    with serve((replica.site(),)) as server:
        crawl(server.address, data, 0)
        replica.editions[2] = 2
        crawl(server.address, data, 8)
    path, again = tmp_path / "one.warc.gz", tmp_path / "two.warc.gz"
    assert export_warc(Workspace(data), path, None) == 1 + 3 + 3 + 1  # a listing, pages, files, and a second edition
    export_warc(Workspace(data), again, "generated")
    assert path.read_bytes() == again.read_bytes()
    (info, _), *records = read_records(path)
    assert info["WARC-Type"] == "warcinfo"
    assert len({fields["WARC-Record-ID"] for fields, _ in records}) == len(records)
    for fields, block in records:
        assert fields["WARC-Block-Digest"] == f"sha256:{base64.b32encode(hashlib.sha256(block).digest()).decode()}"
    editions = [block for fields, block in records if fields["WARC-Target-URI"] == f"https://{FILES}/2.pdf"]
    assert editions == [draw(2, 1), draw(2, 2)]


def test_an_empty_archive_is_told_in_one_sentence(data: Path, tmp_path: Path) -> None:
    with pytest.raises(NothingCrawled, match="any publisher"):
        export_warc(Workspace(data), tmp_path / "x.warc.gz", None)
