"""Runs the command line as a person does: a real process, its own environment."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PERENNIAL = Path(sys.executable).with_name("perennial")


@dataclass(frozen=True, slots=True)
class Done:
    """What a command printed, and how it ended."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[Any]:
        """Standard output as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


def perennial(*arguments: str | Path, stdin: str = "", **environment: str) -> Done:
    """Run `perennial` with `arguments` to its end."""
    done = subprocess.run(
        [str(PERENNIAL), *map(str, arguments)],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )
    return Done(done.returncode, done.stdout, done.stderr)
