"""Every fault but the kill: what is done to a data folder, and what the next runs must make of it."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from pipeline.store import copy_of
from pipeline.workspace import Workspace
from tests.faults.killing import Killing, Reference, check_messages, compare, count_unsure
from tests.faults.outputs import hash_outputs, list_decisions, list_issues
from tests.faults.scene import Ended, Scene

NOBODY = 65534  # a user id
LITTLE_MORE = 2 << 20  # bytes: less than a night over the base needs
HOLD = (
    "import duckdb, sys, time\n"
    "held = duckdb.connect(sys.argv[1], read_only=sys.argv[2] == 'read')\n"
    "held.execute('SELECT count(*) FROM recommendations').fetchall()\n"
    "print('held', flush=True); time.sleep(3600)"
)
Wrong = list[str]
Fault = Callable[[Scene, Reference], Wrong]


def inject(scene: Scene, reference: Reference, name: str) -> Killing:
    """The fault called `name` and all that must hold after it."""
    wrong = FAULTS[name](scene, reference)
    return Killing(name, False, not wrong, 0, tuple(wrong))


def spoil(place: str, how: Callable[[Path], None], code: str, *, published: bool = False) -> Fault:
    """Spoil the last file like `place`, of a folder with work to do or of one that is all `published`, and run."""

    def fault(scene: Scene, reference: Reference) -> Wrong:
        data = scene.copy(done=published)
        path = max(data.glob(place), key=str)  # of digests, the last night's
        how(path)
        return expect(scene, reference, data, scene.night(data), [code], done=published)

    return fault


def flip(path: Path) -> None:
    """Other bits in the middle of a file."""
    path.chmod(0o600)
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    for place in range(middle, min(middle + 8, len(content))):
        content[place] ^= 0x55
    path.write_bytes(content)


def flip_digit(path: Path) -> None:
    """A line that can still be read and says something else."""
    content = path.read_bytes()
    place = content.index(b'"reviewed_on":"20') + len(b'"reviewed_on":"20')
    path.write_bytes(content[:place] + b"1" + content[place + 1 :])


def cut(path: Path) -> None:
    """The end is missing."""
    path.write_bytes(path.read_bytes()[:-30])


def delete(path: Path) -> None:
    path.unlink()


def lost_line(scene: Scene, reference: Reference) -> Wrong:
    """A line of the inbox's list is spoilt in the list and in its copy: a person must look, the night goes on."""
    data = scene.copy()
    manifest = data / "inbox" / "manifest.jsonl"
    for path in (manifest, copy_of(manifest)):
        lines = path.read_bytes().splitlines(keepends=True)
        path.write_bytes(b"".join([lines[0].replace(b'"', b"'"), *lines[1:]]))
    ended = scene.night(data)
    wrong = refuses(ended, 1, "with a backup")
    kept = reference.decisions["manifest.jsonl"][1:]
    return wrong + expect(
        scene,
        replace(reference, decisions={**reference.decisions, "manifest.jsonl": kept}),
        data,
        replace(ended, status=0),
        ["line_lost"],
    )


def full_disk(scene: Scene, reference: Reference) -> Wrong:
    """The disk is full in the middle of a night; then there is room again."""
    with mounted(scene, "size=500m") as data:
        disk = os.statvfs(data)
        used = (disk.f_blocks - disk.f_bfree) * disk.f_frsize
        subprocess.run(["mount", "-o", f"remount,size={used + LITTLE_MORE}", data], check=True)
        first = scene.night(data)
        wrong = refuses(first, 1, "No space left")
        subprocess.run(["mount", "-o", "remount,size=500m", data], check=True)
        return wrong + expect(scene, reference, data, scene.night(data), ["night_failed"])


def read_only(scene: Scene, reference: Reference) -> Wrong:
    """The data folder is mounted read-only; then it is not."""
    with mounted(scene, "size=500m") as data:
        subprocess.run(["mount", "-o", "remount,ro", data], check=True)
        wrong = refuses(scene.night(data), 2, "cannot be written")
        subprocess.run(["mount", "-o", "remount,rw", data], check=True)
        return wrong + expect(scene, reference, data, scene.night(data), [])


def read_only_part(scene: Scene, reference: Reference) -> Wrong:
    """Nothing can be published, because that folder alone is read-only."""
    data = scene.copy()
    published = data / "published"
    subprocess.run(["mount", "--bind", published, published], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", published], check=True)
        wrong = refuses(scene.night(data), 1, "Read-only file system")
    finally:
        subprocess.run(["umount", published], check=True)
    return wrong + expect(scene, reference, data, scene.night(data), ["night_failed"])


def other_account(scene: Scene, reference: Reference) -> Wrong:
    """Another account may not even look into the folder."""
    data = scene.copy()
    wrong = refuses(scene.night(data, uid=NOBODY), 2, "Permission denied")
    return wrong + expect(scene, reference, data, scene.night(data), [])


def clock_back(scene: Scene, reference: Reference) -> Wrong:
    """After a good night the clock says yesterday; then it is right again."""
    data = scene.copy(done=True)
    first = scene.night(data, shift={"hours": -25})
    wrong = [] if first.status == 0 else [f"with the clock back: {first.said[-500:]}"]
    yesterday = min(path.name for path in (data / "digests").iterdir())
    return wrong + expect(scene, reference, data, scene.night(data), [], done=True, without=f"digests/{yesterday}")


def clock_forward(scene: Scene, reference: Reference) -> Wrong:
    """A good night is followed by one whose clock says next month; then it is right again."""
    data = scene.copy(done=True)
    first = scene.night(data, shift={"days": 31})
    wrong = [] if first.status == 0 else [f"with the clock ahead: {first.said[-500:]}"]
    scene.taken.clear()  # what a night told that took itself for another day, it told
    return wrong + expect(scene, reference, data, scene.night(data), [], done=True, without=LATER)


def locked(mode: str, *, done: bool = False) -> Fault:
    """Somebody has the warehouse open while a night runs."""

    def fault(scene: Scene, reference: Reference) -> Wrong:
        data = scene.copy(done=done)
        command = [sys.executable, "-c", HOLD, str(Workspace(data).warehouse), mode]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout and process.stdout.readline() == "held\n"
            ended = scene.night(data)
            process.kill()
        return expect(scene, reference, data, ended, [], done=done)

    return fault


def second_run(scene: Scene, reference: Reference) -> Wrong:
    """A run and a backup while a night is under way."""
    data = scene.copy()
    hold = (
        "import sys, time; from datetime import datetime, UTC; from pathlib import Path;"
        "from pipeline.workspace import Workspace, hold\n"
        "with hold(Workspace(Path(sys.argv[1])), now=datetime.now(UTC)):\n"
        "    print('held', flush=True); time.sleep(3600)"
    )
    with subprocess.Popen([sys.executable, "-c", hold, str(data)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout and process.stdout.readline() == "held\n"
        wrong = refuses(scene.night(data), 2, "Another run is using")
        target = scene.folder / "backup.tar"
        wrong += refuses(scene.runner.run("backup", target, "--data", data), 2, "Another run is using")
        process.kill()
    return wrong + expect(scene, reference, data, scene.night(data), ["night_interrupted"])


def restored(scene: Scene, reference: Reference) -> Wrong:
    """A backup of a finished night's folder, restored: the next run publishes the same."""
    data, target = scene.copy(done=True), scene.folder / "backup.tar"
    target.unlink(missing_ok=True)
    back = scene.folder / "data-restored"
    shutil.rmtree(back, ignore_errors=True)
    for argv in (("backup", target, "--data", data), ("restore", target, "--data", back)):
        ended = scene.runner.run(*argv)
        if ended.status != 0:
            return [ended.said]
    cut(target)
    target.write_bytes(target.read_bytes()[: target.stat().st_size // 2])
    wrong = refuses(scene.runner.run("restore", target, "--data", scene.folder / "nothing"), 2, "")
    target.unlink()
    yesterday = min(path.name for path in (data / "digests").iterdir())
    return wrong + expect(scene, reference, back, scene.night(back), [], done=True, without=f"digests/{yesterday}")


def silent_server(scene: Scene, reference: Reference) -> Wrong:
    """The mail server takes each message and hangs up without a word."""
    data = scene.copy()
    scene.taken.is_silent = True
    try:
        first = scene.night(data)
    finally:
        scene.taken.is_silent = False
    wrong = [] if "Nobody knows whether" in first.said else [f"not told: {first.said[-500:]}"]
    ended = scene.night(data)
    if ended.status != 0 or "Traceback" in ended.said:
        wrong.append(f"the next run ended with {ended.status}: {ended.said[-500:]}")
    wrong += check_messages(scene.taken, reference.subjects, 0)
    scene.runner.run("deliver", "--unsure", "forget", "--data", data)
    if count_unsure(data) or list((data / "ledger" / "outbox").glob("*.eml")):
        wrong.append("something is still in doubt")
    return wrong + check_messages(scene.taken, reference.subjects, 0)


LATER = "digests/later"
FAULTS: dict[str, Fault] = {
    "a vector flipped": spoil("stages/vectors/*.parquet", flip, "result_damaged"),
    "a reading cut": spoil("stages/extractions/*.parquet", cut, "result_damaged"),
    "passages flipped": spoil("stages/passages/*.parquet", flip, "result_damaged"),
    "the grouping flipped": spoil("stages/grouping.json", flip, "result_damaged"),
    "an export flipped": spoil("published/parquet/register.parquet", flip, "published_altered", published=True),
    "the warehouse flipped": spoil("published/warehouse.duckdb", flip, "published_altered", published=True),
    "a digest deleted": spoil("digests/*/missing-persons.csv", delete, "published_altered", published=True),
    "the note flipped": spoil("published/built_from.json", flip, "published_altered", published=True),
    "a judgement flipped": spoil("ledger/reviews.jsonl", flip, "line_mended"),
    "a judgement that says another day": spoil("ledger/reviews.jsonl", flip_digit, "line_mended"),
    "judgements cut": spoil("ledger/reviews.jsonl", cut, "line_mended"),
    "what was sent cut": spoil("ledger/sendings.jsonl", cut, "line_mended", published=True),
    "an identity event flipped": spoil("ledger/identity.jsonl", flip, "line_mended"),
    "a fetch line flipped": spoil("archive/fetches.jsonl", flip, "line_mended"),
    "the inbox's list cut": spoil("inbox/manifest.jsonl", cut, "line_mended"),
    "a line lost for good": lost_line,
    "a visit flipped": spoil("archive/crawls/met-iopc/visits.jsonl", flip, "line_lost"),
    "the crawls cut": spoil("archive/crawls/met-iopc/crawls.jsonl", cut, "line_lost"),
    "full disk": full_disk,
    "read-only": read_only,
    "read-only in part": read_only_part,
    "another account": other_account,
    "clock back": clock_back,
    "clock ahead": clock_forward,
    "a reader": locked("read"),
    "a writer": locked("write"),
    "a writer on a quiet night": locked("write", done=True),
    "second run": second_run,
    "restored": restored,
    "silent mail server": silent_server,
}


def expect(
    scene: Scene,
    reference: Reference,
    data: Path,
    ended: Ended,
    codes: list[str],
    *,
    done: bool = False,
    without: str = "",
) -> Wrong:
    """What is not as if there had been no fault, but for one issue of each of `codes`; `done`: all was sent before."""
    wrong = []
    if ended.status != 0 or "Traceback" in ended.said:
        wrong.append(f"the next run ended with {ended.status}: {ended.said[-800:]}")
    different = compare(reference.outputs, hash_outputs(data))
    wrong += [f"not the same: {name}" for name in different if not (without and is_left_out(name, without, reference))]
    if list_decisions(data) != reference.decisions:
        wrong.append("decisions were lost")
    found = list_issues(data)
    if sorted(one.code for one in found) != sorted(code for code in codes if code):
        wrong.append(f"issues: {[one.message for one in found]}")
    return wrong[:6] + check_messages(scene.taken, {} if done else reference.subjects, 0)


def is_left_out(name: str, without: str, reference: Reference) -> bool:
    """A night whose clock was wrong wrote digests of its own day; those of the right days must not have changed."""
    if without == LATER:
        return name not in reference.outputs and name.startswith(("digests/", "leads/"))
    return name.startswith(without)


def refuses(ended: Ended, status: int, word: str) -> Wrong:
    """Exit status and one sentence; never a traceback."""
    said = [line for line in ended.said.splitlines() if line.startswith("perennial: ")]
    if ended.status == status and "Traceback" not in ended.said and len(said) >= 1 and word in ended.said:
        return []
    return [f"ended with {ended.status}: {ended.said[-800:]}"]


@contextmanager
def mounted(scene: Scene, options: str) -> Iterator[Path]:
    """A copy of the base on a disk of its own."""
    data = scene.folder / "disk"
    data.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", data], check=True)
    try:
        shutil.copytree(scene.base, data, symlinks=True, dirs_exist_ok=True)
        scene.taken.clear()
        yield data
    finally:
        time.sleep(0.2)
        subprocess.run(["umount", "-l", data], check=True)
