"""An archive in an object store, over the real protocol of one: S3 as a server on this machine speaks it."""

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError

import duckdb
import pytest

from pipeline.ids import content_hash
from pipeline.remote import NoStore, open_root
from pipeline.store import Archive, ArchiveDamaged
from tests.commands import PERENNIAL, perennial
from tests.endpoints import find_port
from tests.test_night import ask, digest_of
from tests.test_store import line_for

SINCE = "2025-06-01"  # leaves ten documents of the sample


@pytest.fixture
def bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of an empty bucket, and the environment that leads every S3 client to it."""
    for library in ("upath", "moto"):
        pytest.importorskip(library, reason="needs the extra `remote`, and moto")
    s3fs = pytest.importorskip("s3fs", reason="needs the extra `remote`")
    port = str(find_port())
    address = f"http://127.0.0.1:{port}"
    with (tmp_path / "s3.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", port], stdout=log, stderr=log
        )
    for name, value in {
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": "invented",
        "AWS_SECRET_ACCESS_KEY": "invented",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    s3fs.S3FileSystem.clear_instance_cache()  # it remembers the addresses of other tests' servers
    try:
        _await(address)
        urllib.request.urlopen(urllib.request.Request(f"{address}/perennial", method="PUT")).close()
        yield "s3://perennial"
    finally:
        server.kill()
        server.wait()


def _await(address: str) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
        else:
            return
    raise AssertionError("the S3 server did not answer")


def test_bytes_are_kept_once_and_checked_in_a_bucket(tmp_path: Path, bucket: str) -> None:
    blobs = open_root(f"{bucket}/archive")
    archive = Archive(tmp_path, blobs)
    assert archive.add(b"report", line_for(b"report"))
    assert not Archive(tmp_path, blobs).add(b"report", line_for(b"report"))
    sha256 = content_hash(b"report")
    assert archive.read(sha256) == b"report"
    assert [path.name for path in tmp_path.rglob("*") if path.is_file() and path.name == sha256] == []
    archive.path_of(sha256).write_bytes(b"forged")
    with pytest.raises(ArchiveDamaged, match="changed"):
        archive.read(sha256)
    archive.path_of(sha256).unlink()
    with pytest.raises(ArchiveDamaged, match="is gone"):
        archive.read(sha256)
    assert archive.add(b"report", line_for(b"report")), "what was lost is put back"


def test_a_night_with_its_archive_in_a_bucket_publishes_the_same_bytes(tmp_path: Path, bucket: str) -> None:
    near, far = tmp_path / "near", tmp_path / "far"
    roots = {"PERENNIAL_ARCHIVE_ROOT": f"{bucket}/archive", "PERENNIAL_PARQUET_ROOT": f"{bucket}/published"}
    night = ("run", "--source", "sample", "--since", SINCE)
    done = perennial(*night, "--data", far, PERENNIAL_OCR="false", **roots)
    assert done.status == 0, done.err
    assert list((far / "archive").glob("??/*")) == [], "no bytes stay behind on this machine"
    (near / "archive").mkdir(parents=True)
    shutil.copy(far / "archive" / "fetches.jsonl", near / "archive")  # which says when each document was fetched
    done = perennial(*night, "--data", near, PERENNIAL_OCR="false")
    assert done.status == 0, done.err
    if ask(near, "SELECT as_of FROM parameters") != ask(far, "SELECT as_of FROM parameters"):
        pytest.skip("midnight passed between the two nights: what is overdue has changed")
    assert digest_of(far) == digest_of(near)
    there = open_root(roots["PERENNIAL_PARQUET_ROOT"])
    names = ("warehouse.duckdb", "public.duckdb", "parquet/recommendations.parquet")
    for name in names:
        assert (there / name).read_bytes() == (far / "published" / name).read_bytes()
    copied = tmp_path / "copied.duckdb"
    copied.write_bytes((there / "warehouse.duckdb").read_bytes())
    with duckdb.connect(copied, read_only=True) as connection:
        assert connection.execute("SELECT count(*) > 0 FROM recommendations").fetchone() == (True,)


def test_a_file_address_is_a_plain_folder(tmp_path: Path) -> None:
    root = open_root((tmp_path / "a folder").as_uri())
    assert root == tmp_path / "a folder"
    archive = Archive(tmp_path / "lines", root)
    archive.add(b"report", line_for(b"report"))
    assert archive.path_of(content_hash(b"report")).stat().st_mode & 0o777 == 0o444


def test_a_store_without_its_library_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "upath", None)
    with pytest.raises(NoStore, match="s3:// cannot be used"):
        open_root("s3://bucket/archive")


@pytest.mark.parametrize("address", ["sftp://host/folder", "http://host/folder", "s3://", "/a/folder", "s3://b/?x"])
def test_a_store_that_could_show_half_a_file_is_refused(tmp_path: Path, address: str) -> None:
    done = subprocess.run(
        [PERENNIAL, "doctor", "--data", tmp_path], env={**os.environ, "PERENNIAL_ARCHIVE_ROOT": address},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "'archive_root' cannot be used" in done.stderr
