"""`python -m tests.faults`: so many kills and stops from a seed on, then each of the other faults; a line for each."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.faults.faults import FAULTS, inject
from tests.faults.killing import describe, kill_somewhere, run_reference, stop_somewhere
from tests.faults.scene import open_scene


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--stops", type=int, default=3, help="as many nights are told to stop (SIGTERM)")
    parser.add_argument("--seed", type=int, default=0, help="of the first of each; the next has the next number")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin no other case after so many")
    parser.add_argument("--faults", nargs="*", default=list(FAULTS), choices=list(FAULTS), help="none: kills only")
    parser.add_argument("--scene", type=Path, help="a folder to keep the scene in, for more runs on the same day")
    arguments = parser.parse_args()
    began, bad, done = time.monotonic(), 0, 0
    with tempfile.TemporaryDirectory(prefix="faults-") as name:
        folder = arguments.scene or Path(name)
        folder.mkdir(exist_ok=True)
        with open_scene(folder) as scene:
            reference = run_reference(scene)
            print(f"a night: {reference.seconds:.1f} s, {len(reference.moments)} moments", flush=True)
            cases = [(kill_somewhere, seed) for seed in range(arguments.seed, arguments.seed + arguments.kills)]
            cases += [(stop_somewhere, seed) for seed in range(arguments.seed, arguments.seed + arguments.stops)]
            for run, case in [*cases, *((inject, name) for name in arguments.faults)]:
                if time.monotonic() - began > arguments.seconds:
                    break
                outcome = run(scene, reference, case)  # type: ignore[operator]
                print(describe(outcome), flush=True)
                bad, done = bad + bool(outcome.wrong), done + 1
    print(f"{done} faults, {bad} not as they must be, {time.monotonic() - began:.0f} s")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
