"""The counts that people reviewed: read from a small CSV, or refused in one sentence."""

from pathlib import Path

import pytest

from pipeline.refusal import Refusal
from warehouse.expected import FILE, read_expected
from warehouse.facts import ExpectedCount

HEAD = "source,year,documents,recommendations\n"


def test_the_file_may_be_absent_and_years_may_be_empty(tmp_path: Path) -> None:
    path = tmp_path / FILE
    assert read_expected(path) == ()
    path.write_text(f"{HEAD}pfd,2024,12,30\npfd,,1,0\n", encoding="utf-8-sig")
    assert read_expected(path) == (ExpectedCount("pfd", 2024, 12, 30), ExpectedCount("pfd", None, 1, 0))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"source,year\npfd,2024\n", "must have the columns"),
        (b"", "must have the columns"),
        (HEAD.encode() + b"pfd,2024,many,1\n", "Line 2 .* documents"),
        (HEAD.encode() + b"pfd,2024,-1,1\n", "Line 2 .* documents"),
        (HEAD.encode() + b"pfd,2024,1\n", "Line 2 .* recommendations"),
        (HEAD.encode() + b"pfd,2024,1,1,9\n", "Line 2"),
        (HEAD.encode() + b"pfd,2024,1,1\npfd,2024,2,2\n", "Line 3 .* second time"),
        (b"\xff\xfe\x00", "not a CSV file"),
    ],
)
def test_what_cannot_be_used_is_refused(tmp_path: Path, content: bytes, sentence: str) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(Refusal, match=sentence):
        read_expected(tmp_path / FILE)
