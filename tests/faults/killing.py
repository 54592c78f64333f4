"""Kills a night at a random instant, lets the next plain run go on, and says what is not as if nothing had happened."""

import json
import pickle
import random
import shutil
import signal
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.ledger import Ledger
from pipeline.workspace import HOLDER, Workspace
from tests.faults.outputs import hash_outputs, list_decisions, list_issues
from tests.faults.scene import Scene
from tests.faults.sinks import Taken

DIED = -9
STOPPED = 130  # as after Ctrl-C
SYSTEMD_SECONDS = 90  # it waits so long before it kills what it told to stop


@dataclass(frozen=True, slots=True)
class Reference:
    """What one undisturbed night over the base gives."""

    outputs: dict[str, str]
    subjects: Counter[str]
    decisions: dict[str, list[bytes]]
    seconds: float
    moments: tuple[str, ...]  # before and after each durable step, as they came


@dataclass(frozen=True, slots=True)
class Killing:
    """One kill and what the next run made of it; `wrong` is empty when all is as it must be."""

    case: str
    died: bool  # False: the night was over before
    converged: bool
    unsure: int  # messages of which nobody knows whether they went out
    wrong: tuple[str, ...]


def run_reference(scene: Scene) -> Reference:
    """What the undisturbed night gives; kept beside the scene."""
    kept = scene.folder / "reference.pickle"
    if scene.done.exists():
        known: Reference = pickle.loads(kept.read_bytes())
        return known
    reference = _run_undisturbed(scene)
    kept.write_bytes(pickle.dumps(reference))
    shutil.copytree(scene.folder / "data", scene.done, symlinks=True)
    return reference


def _run_undisturbed(scene: Scene) -> Reference:
    data = scene.copy()
    trace = scene.folder / "trace.txt"
    ended = scene.night(data, trace=str(trace))
    assert ended.status == 0, ended.said
    moments = tuple(line.partition(" ")[2] for line in trace.read_text().splitlines())
    subjects = Counter(scene.taken.subjects)
    return Reference(hash_outputs(data), subjects, list_decisions(data), ended.seconds, moments)


def kill_somewhere(scene: Scene, reference: Reference, seed: int) -> Killing:
    """A kill that `seed` chooses: at a moment of the wall clock, or at a durable step, sometimes within it."""
    chance = random.Random(seed)
    if chance.random() < 0.5:
        return kill_after(scene, reference, chance.uniform(0, reference.seconds))
    return kill_at(scene, reference, chance.randint(1, len(reference.moments)), torn=chance.random() < 0.5)


def stop_somewhere(scene: Scene, reference: Reference, seed: int) -> Killing:
    """A night is told to stop at a moment of the wall clock that `seed` chooses."""
    return stop_after(scene, reference, random.Random(seed).uniform(0, reference.seconds))


def kill_after(scene: Scene, reference: Reference, seconds: float) -> Killing:
    """The whole process group of a night is killed from outside so many seconds after its start."""
    data = scene.copy()
    ended = scene.night(data, signal_after=seconds)
    return judge(scene, reference, data, f"after {seconds:.2f} s", died=ended.status == DIED)


def stop_after(scene: Scene, reference: Reference, seconds: float) -> Killing:
    """All processes of a night are told to stop (SIGTERM) so many seconds after its start, as `systemctl stop` does."""
    data = scene.copy()
    ended = scene.night(data, signal_after=seconds, number=signal.SIGTERM)
    lasted = ended.seconds - seconds
    case = f"told to stop after {seconds:.2f} s, lasted {lasted:.1f} s more"
    killing = judge(scene, reference, data, case, died=ended.status == STOPPED)
    slow = ("systemd would have killed it",) if lasted > SYSTEMD_SECONDS else ()
    return replace(killing, wrong=(*killing.wrong, *slow))


def kill_at(scene: Scene, reference: Reference, place: int, *, torn: bool) -> Killing:
    """A night dies at its `place`-th moment; `torn`: of a line that is being written, the end is missing."""
    data = scene.copy()
    ended = scene.night(data, kill_at=place, torn=torn)
    case = f"{place}: {reference.moments[place - 1]}{' (torn)' * torn}"
    return judge(scene, reference, data, case, died=ended.status == DIED)


def judge(scene: Scene, reference: Reference, data: Path, case: str, *, died: bool) -> Killing:
    """The next plain run, and all that must hold after it.

    A night that still held the folder is told of by one issue, which also says what became of a message on its way.
    """
    held = (data / HOLDER).exists()
    ended = scene.night(data)
    unsure = count_unsure(data)
    wrong = []
    if "Traceback" in ended.said or ended.status != int(unsure > 0):
        wrong.append(f"the next run ended with {ended.status}: {ended.said[-600:]}")
    different = compare(reference.outputs, hash_outputs(data))
    wrong += [f"not the same: {name}" for name in different[:5]]
    if list_decisions(data) != reference.decisions:
        wrong.append("decisions were lost")
    wrong += check_messages(scene.taken, reference.subjects, unsure)
    issues = list_issues(data)
    if [issue.code for issue in issues] != ["not_delivered" if unsure else "night_interrupted"] * held:
        wrong.append(f"issues: {[issue.message for issue in issues]}")
    return Killing(case, died, not different, unsure, tuple(wrong))


def compare(expected: dict[str, str], found: dict[str, str]) -> list[str]:
    return sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))


def check_messages(taken: Taken, expected: Mapping[str, int], unsure: int) -> list[str]:
    """Nothing twice, and nothing missing but what is known to be in doubt."""
    twice = [one for one, count in Counter([*taken.mails, *taken.posts]).items() if count > 1]
    wrong = [f"sent twice: {one}" for one in twice]
    got = Counter(one for one in taken.subjects if one.startswith("lead@"))
    due = Counter({one: count for one, count in expected.items() if one.startswith("lead@")})
    if got - due or sum((due - got).values()) > unsure:
        wrong.append(f"mails to leads: {dict(got)}")
    return wrong


def count_unsure(data: Path) -> int:
    lines = Ledger(Workspace(data).ledger).sendings().records
    last = {one.message_id: one.event for one in lines if one.channel == "mail"}
    return sum(event in ("unsure", "sending") for event in last.values())


def describe(killing: Killing) -> str:
    return json.dumps(
        {"case": killing.case, "died": killing.died, "converged": killing.converged, "unsure": killing.unsure,
         "wrong": killing.wrong}
    )  # fmt: skip
