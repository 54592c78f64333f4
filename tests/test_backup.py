"""Backup and restore: all that cannot be made again, verified, and a restored folder publishes the same bytes."""

import io
import json
import stat
import tarfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from flows.backup import BackupRefused, back_up, restore
from flows.extracting import extract_files
from flows.retention import tidy
from pipeline.ids import content_hash
from pipeline.ledger import Ledger, Sending
from pipeline.records import DocumentRef, Review, StoredFile
from pipeline.settings import Keep, Settings
from pipeline.store import Archive, write_whole
from pipeline.workspace import Busy, Workspace, hold, lay_out
from tests.commands import Done, perennial
from tests.replicas import papers

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
OFF = {"PERENNIAL_OCR": "false"}
OWN_HISTORY = {"runs.parquet", "issues.parquet"}  # a restored folder has one run more


def say(path: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(path, read_only=True) as connection:
        return connection.execute(sql).fetchall()


def make_review(recommendation_id: str) -> Review:
    return Review("v1", recommendation_id, "note", "seen", None, "Ann", date(2026, 11, 1), NOW, note="seen")


def exports(data: Path) -> dict[str, str]:
    folder = Workspace(data).published / "parquet"
    return {path.name: content_hash(path.read_bytes()) for path in folder.iterdir() if path.name not in OWN_HISTORY}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with two drawn reports and a judgement, and what was published of it."""
    folder = tmp_path_factory.mktemp("backup")
    data = folder / "data"
    ask = "The force should review the risk to each missing child at every handover."
    files = [folder / "custody.pdf", folder / "missing.pdf"]
    files[0].write_bytes(papers.numbered_report("Custody", ["The force should check every cell each half hour.", ask]))
    files[1].write_bytes(papers.numbered_report("Missing people", [ask]))
    done = perennial("add", *files, "--source", "reports", "--date", "2026-03-01", "--data", data)
    assert done.status == 0, done.err
    (data / "settings.yml").write_text("perennial: {years_needed: 1, bodies_needed: 1}\n")
    lay_out(Workspace(data))
    settings = Settings(data=data, ocr=False, workers=1)
    [first, _] = [extraction for _, extraction in extract_files(files, "reports", settings)]
    judged = make_review(first.recommendations[0].recommendation_id)
    Ledger(Workspace(data).ledger).add_reviews([judged])
    done = perennial("run", "--data", data, **OFF)
    assert done.status == 0, done.err
    return data


@pytest.fixture(scope="module")
def backup(published: Path) -> tuple[Path, Done]:
    """The backup of that folder, and what the command said."""
    folder = published.parent / "backups"
    folder.mkdir()
    done = perennial("backup", folder, "--data", published)
    [file] = folder.iterdir()
    return file, done


def test_a_restored_copy_publishes_the_same_bytes(published: Path, backup: tuple[Path, Done], tmp_path: Path) -> None:
    file, done = backup
    assert done.status == 0, done.err
    assert "verified" in done.out
    copy = tmp_path / "copy"
    assert perennial("restore", file, "--data", copy).status == 0
    assert perennial("run", "--source", "inbox", "--data", copy, **OFF).status == 0
    days = [say(Workspace(one).warehouse, "SELECT as_of FROM parameters") for one in (published, copy)]
    if days[0] != days[1]:
        pytest.skip("midnight passed between the two nights: what is overdue has changed")
    assert len(exports(published)) > 20
    assert exports(copy) == exports(published)
    assert say(Workspace(copy).warehouse, "SELECT count(*) FROM reviews") == [(1,)]


def test_nobody_else_may_read_what_is_private(published: Path, backup: tuple[Path, Done], tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    restore(backup[0], copy)
    for data in (published, copy):
        workspace = Workspace(data)
        assert stat.S_IMODE(data.stat().st_mode) == 0o750
        for folder in workspace.private:
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700, folder
    assert stat.S_IMODE(Workspace(published).warehouse.stat().st_mode) == 0o640
    assert stat.S_IMODE(Workspace(published).published.stat().st_mode) == 0o750
    others = [path for path in published.rglob("*") if path.stat().st_mode & stat.S_IRWXO]
    assert {path.relative_to(published).parts[0] for path in others} <= {"archive"}, (
        "archived bytes lie in a closed one"
    )
    assert stat.S_IMODE(backup[0].stat().st_mode) == 0o600


def test_the_ledger_comes_first_and_nothing_derived_is_in_it(backup: tuple[Path, Done]) -> None:
    with tarfile.open(backup[0]) as tar:
        names = tar.getnames()
    tops = list(dict.fromkeys(name.split("/")[0] for name in names))
    assert tops[:2] == ["ledger", "settings.yml"]
    assert tops[-1] == "manifest.json"
    assert set(tops) <= {"ledger", "settings.yml", "inbox", "archive", "leads", "issues", "logs", "manifest.json"}
    assert names.index("inbox/manifest.jsonl") < min(names.index(n) for n in names if n.endswith(".pdf"))


def small(data: Path, **settings: object) -> Settings:
    """A data folder with one archived file and one judgement, without any night."""
    workspace = Workspace(data)
    lay_out(workspace)
    content = b"%PDF-1.4 bytes"
    ref = DocumentRef("inbox", "custody", "inbox:1/a.pdf", None, None, None, None, False)
    Archive(workspace.archive).add(
        content, StoredFile(content_hash(content), len(content), NOW, "application/pdf", ref)
    )
    Ledger(workspace.ledger).add_reviews([make_review("r1")])
    return Settings(data=data, **settings)  # type: ignore[arg-type] # checked by the model


def contents(data: Path) -> dict[str, bytes]:
    return {
        path.relative_to(data).as_posix(): path.read_bytes()
        for path in data.rglob("*")
        if path.is_file() and not path.name.startswith(".") and path != Workspace(data).backups
    }


def test_every_byte_comes_back(data: Path, tmp_path: Path) -> None:
    settings = small(data)
    (data / "settings.yml").write_text("contact: ann@example.org\n")
    done = back_up(settings, tmp_path / "b.tar", NOW)
    assert (done.damaged, done.outside) == ((), ())
    restore(done.file, tmp_path / "new")
    assert contents(tmp_path / "new") == contents(data)
    [archived] = (tmp_path / "new" / "archive").glob("??/*")
    assert stat.S_IMODE(archived.stat().st_mode) == 0o444


@pytest.mark.parametrize("fault", ["flipped byte", "no tar", "one file missing", "climbing name", "link"])
def test_a_spoilt_backup_is_refused_and_leaves_nothing(data: Path, tmp_path: Path, fault: str) -> None:
    file = back_up(small(data), tmp_path / "b.tar", NOW).file
    content = file.read_bytes()
    if fault == "flipped byte":
        file.write_bytes(content.replace(b"Ann", b"Bob"))
    elif fault == "no tar":
        file.write_bytes(b"%PDF-1.4")
    else:
        rewrite(file, fault)
    with pytest.raises(BackupRefused) as caught:
        restore(file, tmp_path / "new")
    assert "\n" not in str(caught.value)
    assert contents(tmp_path / "new") == {}
    assert not (tmp_path / "outside").exists()


def test_a_backup_cut_short_anywhere_is_refused(data: Path, tmp_path: Path) -> None:
    file = back_up(small(data), tmp_path / "b.tar", NOW).file
    content = file.read_bytes()
    with tarfile.open(file) as tar:
        end = max(info.offset_data + info.size for info in tar)
    for length in range(0, end, 211):
        file.write_bytes(content[:length])
        with pytest.raises(BackupRefused):
            restore(file, tmp_path / "new")
        assert contents(tmp_path / "new") == {}


def rewrite(file: Path, fault: str) -> None:
    """The same backup without one file, or with one more that means harm."""
    with tarfile.open(file) as tar:
        members = [(info, tar.extractfile(info).read()) for info in tar]  # type: ignore[union-attr] # all are files
    with tarfile.open(file, "w") as tar:
        if fault == "climbing name":
            members.insert(0, (tarfile.TarInfo("../outside"), b""))
        if fault == "link":
            link = tarfile.TarInfo("archive")
            link.type, link.linkname = tarfile.SYMTYPE, "/tmp"
            tar.addfile(link)
        for info, content in members[1:] if fault == "one file missing" else members:
            tar.addfile(info, io.BytesIO(content))


def test_a_folder_that_holds_anything_is_not_restored_over(data: Path, tmp_path: Path) -> None:
    settings = small(data)
    file = back_up(settings, tmp_path / "b.tar", NOW).file
    before = contents(data)
    done = perennial("restore", file, "--data", data)
    assert (done.status, done.out) == (2, "")
    assert "not empty" in done.err
    assert contents(data) == before


def test_a_restore_that_was_killed_can_be_begun_again(data: Path, tmp_path: Path) -> None:
    file = back_up(small(data), tmp_path / "b.tar", NOW).file
    write_whole(tmp_path / "new" / ".restoring" / "ledger" / "reviews.jsonl", b"half")
    restore(file, tmp_path / "new")
    assert contents(tmp_path / "new") == contents(data)


def test_what_a_backup_refuses(data: Path, tmp_path: Path) -> None:
    with pytest.raises(BackupRefused, match="nothing to back up"):
        back_up(Settings(data=tmp_path / "typo"), tmp_path / "b.tar", NOW)
    assert not (tmp_path / "typo").exists()
    settings = small(data)
    with pytest.raises(BackupRefused, match="in the data folder itself"):
        back_up(settings, data / "b.tar", NOW)
    with pytest.raises(BackupRefused, match="no folder"):
        back_up(settings, tmp_path / "nowhere" / "b.tar", NOW)
    back_up(settings, tmp_path / "b.tar", NOW)
    with pytest.raises(BackupRefused, match="overwrites nothing"):
        back_up(settings, tmp_path / "b.tar", NOW)
    with hold(Workspace(data), now=NOW), pytest.raises(Busy):
        back_up(settings, tmp_path / "c.tar", NOW)
    (data / "archive" / "linked").symlink_to(tmp_path, target_is_directory=True)
    with pytest.raises(BackupRefused, match="link to a folder"):
        back_up(settings, tmp_path / "d.tar", NOW)
    assert [path.name for path in tmp_path.glob("*.tar")] == ["b.tar"]
    assert not list(tmp_path.glob(".*.partial"))


def test_a_full_disk_is_one_sentence_and_leaves_nothing(data: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("needs /dev/full")
    settings = small(data)
    target = data.parent / "b.tar"
    target.with_name(".b.tar.partial").symlink_to(full)
    with pytest.raises(BackupRefused, match="No space left"):
        back_up(settings, target, NOW)
    assert not target.exists()


def test_a_changed_archived_file_is_told_and_still_kept(data: Path, tmp_path: Path) -> None:
    settings = small(data)
    [path] = (data / "archive").glob("??/*")
    path.chmod(0o600)
    path.write_bytes(b"rotten")
    done = perennial("backup", tmp_path / "b.tar", "--data", settings.data)
    assert done.status == 1
    assert f"archive/{path.parent.name}/{path.name}" in done.err
    restore(tmp_path / "b.tar", tmp_path / "new")


def test_what_the_settings_name_elsewhere_is_told(data: Path, tmp_path: Path) -> None:
    own = tmp_path / "themes.yml"
    own.write_text("themes: []\n")
    assert back_up(small(data, themes=own), tmp_path / "b.tar", NOW).outside == (own,)
    inside = data / "themes.yml"
    inside.write_text("themes: []\n")
    done = back_up(Settings(data=data, themes=inside), tmp_path / "c.tar", NOW)
    assert done.outside == ()
    restore(done.file, tmp_path / "new")
    assert (tmp_path / "new" / "themes.yml").exists()


def test_only_so_many_backups_are_kept(data: Path, tmp_path: Path) -> None:
    settings = small(data)
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "notes.tar").write_text("not ours")
    for day in range(4):
        back_up(settings, folder, NOW + timedelta(days=day), keep=2)
    assert sorted(path.name for path in folder.iterdir()) == [
        "notes.tar", "perennial-20261125T040000.tar", "perennial-20261126T040000.tar",
    ]  # fmt: skip
    lines = [json.loads(line) for line in Workspace(data).backups.read_text().splitlines()]
    assert len(lines) == 4


def test_old_digests_and_logs_go_and_nothing_that_is_owed(data: Path) -> None:
    settings = small(data, keep=Keep(digest_days=30, log_days=30))
    workspace = Workspace(data)
    for day in ("2026-01-01", "2026-01-02", "2026-11-20", "2025-12-31"):
        write_whole(workspace.digests / day / "custody.csv", b"x")
    for run in ("20260101T023000", "20261120T023000"):
        write_whole(workspace.runs.with_name(f"{run}.log"), b"x")
    write_whole(workspace.runs, b"{}\n")
    told = Sending(NOW, "told", "custody", date(2026, 1, 1), "folder", "custody-lead", "m1")
    Ledger(workspace.ledger).add_sendings([told])
    kept = {name: path for name, path in contents(data).items() if name.split("/")[0] in ("archive", "ledger")}
    gone = tidy(settings, NOW.date())
    assert sorted(path.name for path in gone) == ["2025-12-31", "2026-01-02", "20260101T023000.log"]
    assert {name: path for name, path in contents(data).items() if name.split("/")[0] in ("archive", "ledger")} == kept
    assert tidy(settings, NOW.date()) == ()


def test_the_newest_digests_stay_however_old(data: Path) -> None:
    settings = small(data, keep=Keep(digest_days=30))
    write_whole(Workspace(data).digests / "2020-01-01" / "custody.csv", b"x")
    assert tidy(settings, NOW.date()) == ()
    assert (Workspace(data).digests / "2020-01-01").exists()
