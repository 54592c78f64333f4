"""Files of lines are whole again after one fault: from their copy where they have one, without the line where not."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.mending import mend_lines
from flows.order import Order, close_run, open_run
from flows.post import message_name
from flows.troubles import find_troubles
from pipeline.issues import read_issues
from pipeline.ledger import Ledger, Sending
from pipeline.mending import Mended, mend_once, mend_twice
from pipeline.records import Review
from pipeline.settings import Settings
from pipeline.store import append_lines, append_twice, copy_of, seal_object, write_whole
from pipeline.workspace import Workspace

LINES = [b'{"line": "%d", "says": "right"}' % number for number in range(5)]
UNTOUCHED = Mended()
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file of five lines with its copy."""
    path = tmp_path / "reviews.jsonl"
    for line in LINES:
        append_twice(path, [line])
    return path


def mend(path: Path) -> Mended:
    return mend_twice(path, path.with_name("unreadable.txt"))


def is_whole(path: Path) -> bool:
    return path.read_bytes().splitlines() == LINES and mend(path) == UNTOUCHED


def test_what_is_whole_stays_as_it_is(path: Path) -> None:
    before = (path.stat().st_mtime_ns, copy_of(path).stat().st_mtime_ns)
    assert mend(path) == UNTOUCHED
    assert (path.stat().st_mtime_ns, copy_of(path).stat().st_mtime_ns) == before


@given(st.data())
def test_one_spoilt_stretch_of_either_file_is_put_back(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Bits flipped or bytes missing, in a line or across several, at the end or before it."""
    path = tmp_path_factory.mktemp("ledger") / "reviews.jsonl"
    append_twice(path, LINES)
    spoilt = data.draw(st.sampled_from([path, copy_of(path)]))
    content = spoilt.read_bytes()
    start = data.draw(st.integers(0, len(content) - 1))
    end = data.draw(st.integers(start + 1, min(len(content), start + 60)))
    instead = data.draw(st.sampled_from([b"", bytes(byte ^ 0x55 for byte in content[start:end]), b"\n", b"\xff\x00"]))
    spoilt.write_bytes(content[:start] + instead + content[end:])
    mend(path)
    assert is_whole(path)


@pytest.mark.parametrize("gone", [0, 1])
def test_one_of_the_two_files_is_enough(path: Path, gone: int) -> None:
    (path, copy_of(path))[gone].unlink()
    mend(path)
    assert is_whole(path)


def test_a_line_that_says_something_else_and_can_be_read_is_put_back(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b'"2", "says": "right"', b'"2", "says": "wrong"'))
    assert mend(path) == Mended(put_back=1)
    assert is_whole(path)


def test_stopped_between_the_two_writes_keeps_the_line(path: Path) -> None:
    append_lines(path, [b'{"line": "last"}'])
    assert mend(path) == UNTOUCHED
    assert path.read_bytes().splitlines()[-1] == b'{"line": "last"}'
    assert mend(path) == UNTOUCHED


def test_half_a_line_that_was_never_copied_is_set_aside(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b'{"line": "ha')
    assert mend(path) == Mended(lost=1, is_torn=True)
    assert path.with_name("unreadable.txt").read_bytes() == b'{"line": "ha\n'
    assert is_whole(path)


def test_what_neither_file_can_say_is_told_and_kept(path: Path) -> None:
    for one in (path, copy_of(path)):
        one.write_bytes(one.read_bytes().replace(b'{"line": "2"', b'{"l\x00ne: "2"'))
    assert mend(path) == Mended(lost=1)
    assert path.read_bytes().splitlines() == [*LINES[:2], *LINES[3:]]
    assert b"\x00" in path.with_name("unreadable.txt").read_bytes()


def test_lines_from_before_there_were_copies_get_one(tmp_path: Path) -> None:
    path = tmp_path / "reviews.jsonl"
    append_lines(path, LINES)
    assert mend(path) == UNTOUCHED
    path.write_bytes(b"")
    mend(path)
    assert is_whole(path)


def test_without_a_copy_the_other_lines_stay(tmp_path: Path) -> None:
    path = tmp_path / "visits.jsonl"
    append_lines(path, [*LINES[:2], b'{"cut', *LINES[2:]])
    assert mend_once(path) == Mended(lost=1)
    assert path.read_bytes().splitlines() == LINES
    assert mend_once(path) == UNTOUCHED
    assert mend_once(tmp_path / "nothing.jsonl") == UNTOUCHED


def test_a_line_without_a_copy_that_says_something_else_is_taken_out(tmp_path: Path) -> None:
    path = tmp_path / "visits.jsonl"
    append_lines(path, [LINES[0], *map(seal_object, LINES[1:])])
    assert mend_once(path) == UNTOUCHED
    path.write_bytes(path.read_bytes().replace(b'"line": "2"', b'"line": "7"'))
    assert mend_once(path) == Mended(lost=1)
    assert path.read_bytes().splitlines() == [LINES[0], *map(seal_object, [LINES[1], *LINES[3:]])]


def test_what_is_lost_for_good_is_an_error_that_the_operator_is_told(data: Path) -> None:
    settings, workspace = Settings(data=data), Workspace(data)
    add = Ledger(workspace.ledger).add_reviews
    add([Review(f"v{n}", "r1", "note", "seen", None, "Ann", NOW.date(), NOW, note="seen") for n in range(3)])
    path = Ledger(workspace.ledger).reviews_path
    for one in (path, copy_of(path)):
        one.write_bytes(one.read_bytes().replace(b'"v1"', b'"v1'))
    order = Order(settings, (), None, NOW.date(), NOW, "20261123T020000")
    (told,) = mend_lines(order, None)
    assert told.startswith("Lost: 1 damaged line of ledger/reviews.jsonl")
    assert b'"v1,' in (workspace.ledger / "unreadable.txt").read_bytes()
    assert [one.review_id for one in Ledger(workspace.ledger).reviews().records] == ["v0", "v2"]
    close_run(order, open_run(order, {}), NOW)
    (trouble,) = find_troubles(settings, NOW)
    assert (trouble.key, told in trouble.what) == ("lines", True)
    assert mend_lines(order, None) == (), "once"


@pytest.mark.parametrize(("event", "codes"), [("sending", []), ("intended", ["night_interrupted"])])
def test_a_run_that_was_stopped_is_told_once(data: Path, event: str, codes: list[str]) -> None:
    """With a message on its way, the delivery says so, and of which message nobody knows."""
    workspace = Workspace(data)
    day, key = NOW.date(), "<perennial.custody@example.org>"
    told = Sending(NOW, "told", "custody", day, "folder", "lead", "key", None)
    sent = Sending(NOW, event, "custody", day, "mail", "lead@example.org", key, None)
    Ledger(workspace.ledger).add_sendings([told, sent])
    write_whole(workspace.outbox / message_name(key), b"Subject: Custody")
    order = Order(Settings(data=data), (), None, day, NOW, "20261123T020000")
    assert mend_lines(order, " (process 7)") == ()
    assert [one.code for one in read_issues(workspace.issues)] == codes
