"""The archive and the stage caches keep what they are given, whole, once."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import stages, store
from pipeline.ids import content_hash
from pipeline.records import DocumentRef, StoredFile
from pipeline.stages import StageCache
from pipeline.store import Archive, ArchiveDamaged, append_lines, clear_unfinished, write_whole

NOW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
REF = DocumentRef("inbox", "debriefs", "inbox:1/a.pdf")


def line_for(content: bytes, ref: DocumentRef = REF) -> StoredFile:
    return StoredFile(content_hash(content), len(content), NOW, "application/pdf", ref)


def test_what_a_killed_writer_left_is_cleared_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "digests" / "today"
    write_whole(folder / "custody.csv", b"whole")
    (folder / ".hidden.csv").write_bytes(b"somebody's own")
    killed = "import os, sys, pathlib; from pipeline import store; os.fsync = lambda _: os._exit(9); "
    told = "store.write_whole(pathlib.Path(sys.argv[1]), b'half')"
    died = subprocess.run([sys.executable, "-c", killed + told, folder / "custody.csv"], check=False)
    assert died.returncode == 9
    assert len(list(folder.iterdir())) == 3
    clear_unfinished(tmp_path)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        "custody.csv": b"whole",
        ".hidden.csv": b"somebody's own",
    }


def test_the_same_document_is_kept_once(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    assert archive.add(b"report", line_for(b"report"))
    assert not archive.add(b"report", line_for(b"report"))
    assert not Archive(tmp_path).add(b"report", line_for(b"report"))
    assert Archive(tmp_path).read(content_hash(b"report")) == b"report"


def test_the_same_bytes_from_another_place_are_one_file_and_two_lines(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.add(b"report", line_for(b"report"))
    assert archive.add(b"report", line_for(b"report", DocumentRef("inbox", "iopc", "inbox:2/b.pdf")))
    assert len(Archive(tmp_path).lines) == 2
    assert len(list(tmp_path.glob("??/*"))) == 1


def test_a_line_that_does_not_describe_the_content_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="the line says"):
        Archive(tmp_path).add(b"other", line_for(b"report"))


def test_changed_bytes_are_noticed(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.add(b"report", line_for(b"report"))
    path = archive.path_of(content_hash(b"report"))
    path.chmod(0o644)
    path.write_bytes(b"forged")
    with pytest.raises(ArchiveDamaged, match="changed on disk"):
        archive.read(content_hash(b"report"))


def test_a_half_written_line_costs_only_itself(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.add(b"one", line_for(b"one"))
    with archive.lines_path.open("ab") as file:
        file.write(b'{"sha256": "cut sho')
    again = Archive(tmp_path)
    again.add(b"two", line_for(b"two", DocumentRef("inbox", "x", "inbox:3/c.pdf")))
    final = Archive(tmp_path)
    assert [line.sha256 for line in final.lines] == [content_hash(b"one"), content_hash(b"two")]
    assert final.damaged_lines == 1


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "state.json"
    write_whole(path, b"old")

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(store.Path, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@given(rows=st.dictionaries(st.text(min_size=1, max_size=8), st.binary(max_size=40), max_size=20))
def test_a_cache_gives_back_what_it_was_given(rows: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> None:
    cache = StageCache(tmp_path_factory.mktemp("stage"))
    cache.add(rows)
    assert cache.read(rows) == rows
    assert cache.keys() == rows.keys()
    assert cache.read(["not there"]) == {key: rows[key] for key in rows if key == "not there"}


def test_many_parts_are_merged_and_lose_nothing(tmp_path: Path) -> None:
    cache = StageCache(tmp_path)
    for number in range(stages.COMPACT_ABOVE + 5):
        cache.add({str(number): bytes([number])})
    assert len(list(tmp_path.glob("*.parquet"))) <= stages.COMPACT_ABOVE
    assert cache.read(map(str, range(stages.COMPACT_ABOVE + 5))) == {
        str(n): bytes([n]) for n in range(stages.COMPACT_ABOVE + 5)
    }


def test_a_damaged_part_is_dropped_and_named(tmp_path: Path) -> None:
    cache = StageCache(tmp_path)
    cache.add({"a": b"1"})
    [part] = tmp_path.glob("*.parquet")
    part.write_bytes(part.read_bytes()[:20])
    assert cache.keys() == frozenset()
    assert cache.damaged_parts == [part.name]
    cache.add({"a": b"1"})
    assert cache.read(["a"]) == {"a": b"1"}


def test_appending_nothing_makes_no_file(tmp_path: Path) -> None:
    append_lines(tmp_path / "x.jsonl", [])
    assert not (tmp_path / "x.jsonl").exists()
