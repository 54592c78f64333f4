"""Known flaws of the shipped packages, by pip-audit. What could not be asked is told, and is no success."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.audit.shipped import Package

SECONDS = 300


@dataclass(frozen=True, slots=True)
class Advice:
    """`flaws` has a sentence each; `unchecked` says why some or all packages could not be looked up."""

    checked: int
    flaws: tuple[str, ...]
    unchecked: tuple[str, ...]


def ask_advisories(packages: Iterable[Package], program: Path | None = None) -> Advice:
    """What the advisory service knows of exactly these versions."""
    lines = [f"{one.name}=={one.version.partition('+')[0]}" for one in packages]
    found = program or _find_program()
    if found is None:
        return Advice(0, (), (f"pip-audit is not installed, so none of {len(lines)} packages was looked up.",))
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "requirements.txt"
        listed.write_text("\n".join(lines) + "\n", encoding="utf-8")
        command = [found, "-r", listed, "--no-deps", "--disable-pip", "--format", "json", "--progress-spinner", "off"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            return Advice(0, (), (f"pip-audit did not end within {SECONDS} seconds.",))
    try:
        rows = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        return Advice(0, (), (f"The advisory service could not be asked: {last[:200]}",))
    return _read(rows)


def _read(rows: list[dict[str, Any]]) -> Advice:
    flaws = [
        f"{row['name']} {row['version']}: {flaw['id']}, mended in {', '.join(flaw['fix_versions']) or 'none yet'}."
        for row in rows
        for flaw in row.get("vulns", ())
    ]
    skipped = [row["name"] for row in rows if "skip_reason" in row]
    unchecked = [f"{len(skipped)} packages were not found there, such as {skipped[0]}."] if skipped else []
    return Advice(len(rows) - len(skipped), tuple(flaws), tuple(unchecked))


def _find_program() -> Path | None:
    beside = Path(sys.executable).with_name("pip-audit")
    found = str(beside) if beside.exists() else shutil.which("pip-audit")
    return Path(found) if found else None
