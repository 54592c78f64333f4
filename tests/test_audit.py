"""The audit can fail: licences that may not ship, unknown ones, known flaws, and a service that cannot be asked."""

import json
import stat
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.embed import BUNDLED_SHA256
from tests.audit.__main__ import main
from tests.audit.advisories import ask_advisories
from tests.audit.licences import Judged, is_allowed, judge_licences, load_rules
from tests.audit.materials import write_bill
from tests.audit.shipped import NotInstalled, Package, list_shipped

PLAIN = Package("plain", "1.0", "MIT", (), (), names_gnu=False)


@pytest.fixture(scope="module")
def judged() -> tuple[Judged, ...]:
    return judge_licences(list_shipped(), load_rules())


def trouble(package: Package) -> str | None:
    (one,) = judge_licences([package], load_rules())
    return one.trouble


def test_everything_that_ships_may_ship(judged: Sequence[Judged]) -> None:
    assert [one.trouble for one in judged if one.trouble] == []
    names = {one.package.name for one in judged}
    assert {"prefect", "duckdb", "torch", "click", "urllib3"} <= names, "also what comes along with others"
    assert not names & {"pytest", "hypothesis", "ruff"}, "tools of development do not ship"


@pytest.mark.parametrize(
    "package",
    [
        replace(PLAIN, expression="AGPL-3.0-only"),
        replace(PLAIN, expression="MIT AND GPL-3.0-or-later"),
        replace(PLAIN, expression=None),
        replace(PLAIN, expression=None, stated=("Proprietary",)),
        replace(PLAIN, expression=None, stated=("MIT", "GNU General Public License v3 (GPLv3)")),
        replace(PLAIN, names_gnu=True),
    ],
)
def test_what_may_not_ship_is_told(package: Package) -> None:
    assert trouble(package) is not None
    assert trouble(PLAIN) is None


@pytest.mark.parametrize(
    ("expression", "verdict"),
    [
        ("MIT OR GPL-3.0-only", True),
        ("(MIT OR GPL-3.0-only) AND Apache-2.0", True),
        ("MIT AND (GPL-3.0-only OR AGPL-3.0-only)", False),
        ("Apache-2.0 WITH LLVM-exception", True),
        ("GPL-3.0-only WITH GCC-exception-3.1", False),
        ("MIT AND", False),
        ("MIT)", False),
        ("(MIT", False),
        ("", False),
        ("MIT MIT", False),
    ],
)
def test_expressions_are_weighed(expression: str, *, verdict: bool) -> None:
    assert is_allowed(expression, load_rules().allowed) is verdict


def test_a_missing_package_is_told() -> None:
    with pytest.raises(NotInstalled, match="no-such-package"):
        list_shipped(["no-such-package"])


def test_the_bill_names_every_package_and_model_and_is_the_same_each_time(judged: Sequence[Judged]) -> None:
    bill = json.loads(write_bill(judged))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    references = [one["bom-ref"] for one in bill["components"]]
    assert len(references) == len(set(references))
    assert {one["name"] for one in bill["components"]} >= {one.package.name for one in judged}
    for line in bill["dependencies"]:
        assert set(line["dependsOn"]) <= set(references)
    hashes = [one["hashes"][0]["content"] for one in bill["components"] if one["type"] == "machine-learning-model"]
    assert BUNDLED_SHA256 in hashes
    assert len(hashes) >= 3
    assert write_bill(reversed(judged)) != b""
    assert write_bill(judged) == write_bill(judged)


def pip_audit(tmp_path: Path, output: str, status: int = 0) -> Path:
    """A program that says `output`, in place of the one that asks the internet."""
    program = tmp_path / "pip-audit"
    program.write_text(f"#!/bin/sh\ncat <<'END'\n{output}\nEND\necho 'no route to host' >&2\nexit {status}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


CLEAN = {"name": "plain", "version": "1.0", "vulns": []}
FLAWED = {"name": "plain", "version": "1.0", "vulns": [{"id": "CVE-2026-1", "fix_versions": ["1.1"]}]}
SKIPPED = {"name": "plain", "skip_reason": "not found"}


def test_a_known_flaw_is_told(tmp_path: Path) -> None:
    program = pip_audit(tmp_path, json.dumps({"dependencies": [FLAWED]}), 1)
    assert ask_advisories([PLAIN], program).flaws == ("plain 1.0: CVE-2026-1, mended in 1.1.",)
    assert main(["--offline"], program, [PLAIN]) == 1


@pytest.mark.parametrize("output", [json.dumps({"dependencies": [SKIPPED]}), "", "{}"])
def test_what_could_not_be_asked_is_no_success(tmp_path: Path, output: str, capsys: pytest.CaptureFixture[str]) -> None:
    program = pip_audit(tmp_path, output, 1)
    assert main([], program, [PLAIN]) == 3
    assert "NOT CHECKED" in capsys.readouterr().err
    assert main(["--offline"], program, [PLAIN]) == 0
    assert "NOT CHECKED" in capsys.readouterr().err


def test_nothing_wrong_is_0_and_the_reports_are_written(tmp_path: Path) -> None:
    program = pip_audit(tmp_path, json.dumps({"dependencies": [CLEAN]}))
    assert main(["--out", str(tmp_path / "out")], program) == 0
    lines = (tmp_path / "out" / "licences.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "package,version,licence,note"
    assert len(lines) > 100
    assert (tmp_path / "out" / "bill.cdx.json").exists()
