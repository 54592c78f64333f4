"""The harness of faults, in short: some kills and faults of each kind. `python -m tests.faults` does a hundred and all.

Needs about three minutes of an idle machine, most of it for two undisturbed nights and the start of Prefect.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.workspace import HOLDER
from tests.faults.faults import FAULTS, inject
from tests.faults.killing import Reference, kill_at, run_reference, stop_after
from tests.faults.scene import Scene, open_scene

SHORT = ("a judgement that says another day", "passages flipped", "silent mail server")
WINDOWS = (
    "after data",
    "after replace",
    "before fsync",
)  # moments: the mail is out, a file is swapped in, a line is half


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Scene, Reference]]:
    """A folder with a past and work to do, and what an undisturbed night makes of it."""
    with open_scene(tmp_path_factory.mktemp("scene")) as scene:
        yield scene, run_reference(scene)


@pytest.mark.parametrize("window", WINDOWS)
def test_a_killed_night_converges(staged: tuple[Scene, Reference], window: str) -> None:
    """Each at the last such moment before the night lets the folder go: of a mail, of publishing, of the ledger."""
    scene, reference = staged
    over = next(place for place, moment in enumerate(reference.moments) if "unlink" in moment and HOLDER in moment)
    places = [place for place, moment in enumerate(reference.moments[:over], start=1) if moment.startswith(window)]
    killing = kill_at(scene, reference, places[-1], torn=window == "before fsync")
    assert killing.died
    assert killing.wrong == ()


def test_a_night_that_is_told_to_stop_stops_and_converges(staged: tuple[Scene, Reference]) -> None:
    scene, reference = staged
    stopped = stop_after(scene, reference, reference.seconds / 2)
    assert stopped.died
    assert stopped.wrong == ()


@pytest.mark.parametrize("name", SHORT)
def test_a_fault_is_mended_and_told_once(staged: tuple[Scene, Reference], name: str) -> None:
    assert inject(*staged, name).wrong == ()


def test_every_fault_says_what_it_is() -> None:
    assert len(FAULTS) > 25
    assert all(Path(name).name == name for name in FAULTS)
