"""`python -m tests.audit [--out DIR] [--offline]`: licences, bill of materials, known flaws of what ships.

Exit status 0: nothing is wrong. 1: a licence that may not ship or is not known, or a known flaw. 3: nothing wrong was
found, but not every package could be looked up; `--offline` accepts that.
"""

import argparse
import csv
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.audit.advisories import ask_advisories
from tests.audit.licences import Judged, judge_licences, load_rules
from tests.audit.materials import write_bill
from tests.audit.shipped import Package, list_shipped

WRONG, UNCHECKED = 1, 3


def main(
    arguments: Sequence[str] | None = None, program: Path | None = None, shipped: Sequence[Package] | None = None
) -> int:
    """The exit status. `program` stands in for pip-audit, and `shipped` for what is installed here."""
    parser = argparse.ArgumentParser(prog="python -m tests.audit", description="Audit what ships with perennial.")
    parser.add_argument("--out", type=Path, help="folder for licences.csv and bill.cdx.json")
    parser.add_argument("--offline", action="store_true", help="accept that known flaws cannot be looked up")
    given = parser.parse_args(arguments)
    judged = judge_licences(shipped or list_shipped(), load_rules())
    if given.out:
        given.out.mkdir(parents=True, exist_ok=True)
        write_report(judged, given.out / "licences.csv")
        (given.out / "bill.cdx.json").write_bytes(write_bill(judged))
    troubles = [one.trouble for one in judged if one.trouble]
    advice = ask_advisories([one.package for one in judged], program)
    for sentence in (*troubles, *advice.flaws):
        print(f"WRONG        {sentence}")
    for sentence in advice.unchecked:
        print(f"NOT CHECKED  {sentence}", file=sys.stderr)
    print(f"{len(judged)} packages ship: {len(troubles)} licences wrong, {advice.checked} looked up for known flaws.")
    if troubles or advice.flaws:
        return WRONG
    return UNCHECKED if advice.unchecked and not given.offline else 0


def write_report(judged: Sequence[Judged], path: Path) -> None:
    """One line a package: its version, licence, and what a person found out about parts inside it."""
    bundled = load_rules().bundled
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["package", "version", "licence", "note"])
        for one in judged:
            note = bundled.get(one.package.name, "") if one.package.names_gnu else ""
            writer.writerow([one.package.name, one.package.version, one.licence or "unknown", note])


if __name__ == "__main__":
    sys.exit(main())
