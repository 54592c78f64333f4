"""Documents that people put in: taken once, however many come in one go."""

from pathlib import Path

import pytest

from flows import inbox
from flows.inbox import Addition, add_documents, read_manifest
from pipeline.workspace import Workspace


def add(workspace: Workspace, paths: list[Path], **facts: str) -> list[Addition]:
    told = add_documents(workspace, paths, source="debriefs", published=None, title=facts.get("title"), restricted=True)
    return list(told)


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    found = [tmp_path / f"{n}.pdf" for n in range(20)]
    for n, path in enumerate(found):
        path.write_bytes(b"%%PDF-1.7 number %d" % (n % 19))  # the last two hold the same under two names
    return found


def test_each_is_taken_once(tmp_path: Path, paths: list[Path]) -> None:
    workspace = Workspace(tmp_path / "data")
    assert [one.is_new for one in add(workspace, [*paths, paths[3]])] == [True] * 20 + [False]
    assert not any(one.is_new for one in add(workspace, paths))
    assert [one.is_new for one in add(workspace, paths[:1], title="It has a name")] == [True], "other facts"
    listed = read_manifest(workspace)
    assert [one.ref.url.partition("/")[2] for one in listed] == [path.name for path in [*paths, paths[0]]]
    assert all((workspace.inbox / one.file).exists() for one in listed)


def test_what_came_before_a_bad_one_is_kept(tmp_path: Path, paths: list[Path]) -> None:
    workspace = Workspace(tmp_path / "data")
    with pytest.raises(FileNotFoundError):
        add(workspace, [*paths[:2], tmp_path / "gone.pdf", *paths[2:]])
    assert len(read_manifest(workspace)) == 2


def test_the_manifest_is_read_once_a_call(tmp_path: Path, paths: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Read for each file, its cost would grow with their square."""
    reads: list[Workspace] = []
    read = inbox.read_manifest
    monkeypatch.setattr(inbox, "read_manifest", lambda workspace: reads.append(workspace) or read(workspace))
    add(Workspace(tmp_path / "data"), paths)
    assert len(reads) == 1
