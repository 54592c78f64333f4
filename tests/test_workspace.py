"""One run at a time."""

import errno
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.workspace import Busy, Unwritable, Workspace, check_free, hold

NOW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
HOLD = """
import sys, time
from datetime import datetime, UTC
from pathlib import Path
from pipeline.workspace import Workspace, hold
with hold(Workspace(Path(sys.argv[1])), now=datetime.now(UTC)):
    print("held", flush=True)
    time.sleep(600)
"""


def test_a_second_run_is_refused_in_one_sentence(data: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(data)], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    with process, process.stdout:
        assert process.stdout.readline() == "held\n"
        with pytest.raises(Busy, match=f"process {process.pid}"), hold(Workspace(data), now=NOW):
            pass
        with pytest.raises(Busy, match="Another run"):
            check_free(Workspace(data))
        process.kill()


def test_a_killed_run_frees_the_folder(data: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(data)], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    with process, process.stdout:
        process.stdout.readline()
        process.kill()
    check_free(Workspace(data))
    with hold(Workspace(data), now=NOW) as left:
        assert (data / ".lock.json").exists()
        assert f"process {process.pid}" in (left or ""), "who was killed is told"
    assert not (data / ".lock.json").exists()
    with hold(Workspace(data), now=NOW) as left:
        assert left is None


@pytest.mark.parametrize(("stopped_by", "is_told"), [(KeyboardInterrupt, True), (RuntimeError, False)])
def test_a_run_that_is_told_to_stop_is_known_to_the_next(
    data: Path, stopped_by: type[BaseException], is_told: bool
) -> None:
    """One that failed has told of it itself."""
    with pytest.raises(stopped_by), hold(Workspace(data), now=NOW):
        raise stopped_by
    check_free(Workspace(data))
    with hold(Workspace(data), now=NOW) as left:
        assert (left is not None) is is_told


def test_a_folder_that_cannot_be_written_is_one_sentence(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("pipeline.workspace.write_whole", refuse)
    with pytest.raises(Unwritable, match="Read-only file system"), hold(Workspace(data), now=NOW):
        pass


def test_a_full_disk_leaves_room_to_tell_of_it(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with hold(Workspace(data), now=NOW):
        assert Workspace(data).reserve.stat().st_size > 100_000
    written = []

    def fill(path: Path, content: bytes) -> None:
        if Workspace(data).reserve.exists():
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(path.name)

    monkeypatch.setattr("pipeline.workspace.write_whole", fill)
    with hold(Workspace(data), now=NOW):
        assert written == [".lock.json"]


def test_a_folder_that_is_not_there_yet_is_free(data: Path) -> None:
    check_free(Workspace(data))
    assert not data.exists()
