"""A killed crawl goes on where it was: nothing is fetched twice, nothing is lost, and memory stays small."""

from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest

from flows.crawling import crawl_publisher
from pipeline import store
from pipeline.fetch import Fetcher, Policy
from pipeline.store import Archive
from pipeline.visits import CrawlState, Memory
from pipeline.workspace import Workspace
from tests.backfilling import run_backfill
from tests.generated import Replica, make_source, night_of
from tests.replicas.server import serve


class Killed(BaseException):
    """Stands for a signal nobody can catch."""


def test_killed_by_the_system_and_gone_on_with(tmp_path: Path) -> None:
    done = run_backfill(60, tmp_path, kills=2, speed=1000, busy=30)
    assert done.documents == 60
    assert done.repeated <= 2 * done.kills  # what was under way: one request a host
    assert done.most_at_once == 1
    assert done.refused > 0
    [crawl] = Memory(Workspace(tmp_path).crawls / "generated").crawls()
    assert crawl.state == CrawlState.COMPLETE


def crawl(address: str, data: Path) -> None:
    policy = Policy("perennial/0 (+me@example.org)", speed=1e6, replica=address)
    with closing(Fetcher(policy, Workspace(data).robots, now=lambda: night_of(0))) as fetcher:
        crawl_publisher(Workspace(data), make_source(), fetcher, years=5, since=None, now=night_of(0))


def test_killed_at_every_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every write to the disk is a point to die at, before it and half-way through a line."""
    replica = Replica([1, 2, 3])
    append, moments = store.append_lines, 0

    def deadly(path: Path, lines: Iterable[bytes]) -> int:
        nonlocal moments
        moments -= 1
        if moments == 0:
            content = b"\n".join(lines)
            if content:
                with path.open("ab") as file:
                    file.write(content[: len(content) // 2])
            raise Killed
        return append(path, lines)

    for name in ("pipeline.store", "pipeline.visits"):
        monkeypatch.setattr(f"{name}.append_lines", deadly)
    with serve((replica.site(),)) as server:
        for point in range(1, 60):
            data, moments = tmp_path / str(point), point
            data.joinpath("archive/crawls/generated").mkdir(parents=True)
            server.log.hits.clear()
            try:
                crawl(server.address, data)
            except Killed:
                crawl(server.address, data)
            else:
                break
            asked = Counter((hit.host, hit.path) for hit in server.log.hits if hit.path != "/robots.txt")
            assert sum(asked.values()) - len(asked) <= 2, f"killed at write {point}: {asked}"
            assert len(Archive(Workspace(data).archive).lines) == 3
        assert point > 15  # there are that many writes to die at, and the last round met none


def test_memory_does_not_grow_with_the_documents(tmp_path: Path) -> None:
    small = run_backfill(40, tmp_path / "small", speed=1e5)
    large = run_backfill(400, tmp_path / "large", speed=1e5)
    assert large.documents == 400
    assert large.peak_mb < small.peak_mb + 10
