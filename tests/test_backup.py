"""Backup and restore: all that cannot be made again, verified. That a restored folder publishes the same bytes is in
test_operator_docs.py.
"""

import io
import json
import stat
import tarfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from flows.backup import BackupRefused, back_up, restore
from flows.retention import tidy
from pipeline.ids import content_hash
from pipeline.ledger import Ledger, Sending
from pipeline.records import DocumentRef, Review, StoredFile
from pipeline.settings import Keep, Settings
from pipeline.store import Archive, write_whole
from pipeline.workspace import Busy, Workspace, hold, lay_out
from tests.commands import perennial

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def make_review(recommendation_id: str) -> Review:
    return Review("v1", recommendation_id, "note", "seen", None, "Ann", date(2026, 11, 1), NOW, note="seen")


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


def test_nobody_else_may_read_what_was_restored(data: Path, tmp_path: Path) -> None:
    settings = small(data)
    write_whole(Workspace(data).lead_folders / "custody-lead" / "2026-11-23" / "custody.csv", b"x")
    write_whole(Workspace(data).inbox / "manifest.jsonl", b"")
    file = back_up(settings, tmp_path / "b.tar", NOW).file
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    workspace = Workspace(tmp_path / "new")
    restore(file, workspace.data)
    for folder in workspace.private:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700, folder
    for folder in (workspace.lead_folders, workspace.lead_folders / "custody-lead" / "2026-11-23"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o750, folder
    assert stat.S_IMODE(Ledger(workspace.ledger).reviews_path.stat().st_mode) == 0o600
    [copy] = workspace.lead_folders.rglob("*.csv")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o640


def test_the_ledger_comes_first_and_a_list_before_what_it_names(data: Path, tmp_path: Path) -> None:
    settings = small(data)
    write_whole(Workspace(data).inbox / "manifest.jsonl", b"")
    write_whole(Workspace(data).inbox / "0.pdf", b"")
    (data / "settings.yml").write_text("ocr: false\n")
    write_whole(Workspace(data).warehouse, b"derived")
    with tarfile.open(back_up(settings, tmp_path / "b.tar", NOW).file) as tar:
        names = tar.getnames()
    tops = list(dict.fromkeys(name.split("/")[0] for name in names))
    assert tops == ["ledger", "settings.yml", "inbox", "archive", "manifest.json"]
    assert names.index("inbox/manifest.jsonl") < names.index("inbox/0.pdf")


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
    store = "s3://bucket/archive"
    assert back_up(small(data, themes=own, archive_root=store), tmp_path / "b.tar", NOW).outside == (str(own), store)
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
