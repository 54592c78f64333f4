"""The packages that come along with perennial: its declared dependencies, and theirs, as they are installed here."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LICENCE_FILE = re.compile(r"(licen[cs]e|copying|notice|thirdparty)", re.IGNORECASE)
GNU = re.compile(r"GNU\s+(?:LESSER\s+|AFFERO\s+|LIBRARY\s+)?GENERAL\s+PUBLIC|\b[AL]?GPL[- ]?v?\d", re.IGNORECASE)
TEXTS = {"", ".txt", ".md", ".rst"}


class NotInstalled(RuntimeError):
    """A declared package is not here, so that nothing can be said of it."""


@dataclass(frozen=True, slots=True)
class Package:
    """One installed package, and what it says of its licence."""

    name: str
    version: str
    expression: str | None  # SPDX
    stated: tuple[str, ...]  # other wordings, most telling first
    needs: tuple[str, ...]  # names of packages
    names_gnu: bool  # one of its licence files names a GNU licence


def list_shipped(declared: Iterable[str] | None = None) -> tuple[Package, ...]:
    """Every package that `declared` (by default pyproject's dependencies) bring along, by name.

    Raises `NotInstalled` when one is missing here.
    """
    if declared is None:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        declared = project["dependencies"]
    found: dict[str, Package] = {}
    waiting = [Requirement(line) for line in declared]
    done: set[tuple[str, tuple[str, ...]]] = set()
    while waiting:
        requirement = waiting.pop()
        name, extras = canonicalize_name(requirement.name), tuple(sorted(requirement.extras))
        if (name, extras) in done:
            continue
        done.add((name, extras))
        needs = list(_needs(_find(name), extras))
        before = found[name].needs if name in found else ()
        found[name] = _describe(name, tuple(sorted({*before, *(canonicalize_name(one.name) for one in needs)})))
        waiting += needs
    return tuple(found[name] for name in sorted(found))


def _find(name: str) -> Distribution:
    try:
        return distribution(name)
    except PackageNotFoundError as error:
        raise NotInstalled(f"{name} is needed and not installed.") from error


def _needs(package: Distribution, extras: tuple[str, ...]) -> Iterator[Requirement]:
    for line in package.requires or []:
        requirement = Requirement(line)
        if requirement.marker is None or any(requirement.marker.evaluate({"extra": one}) for one in ("", *extras)):
            yield requirement


def _describe(name: str, needs: tuple[str, ...]) -> Package:
    package = _find(name)
    facts = package.metadata
    first_line = (facts.get("License") or "").strip().partition("\n")[0]
    classifiers = [line.rpartition(" :: ")[2] for line in facts.get_all("Classifier") or [] if "License ::" in line]
    stated = tuple(one for one in (first_line, *classifiers) if one and one != "OSI Approved")
    return Package(name, facts["Version"], facts.get("License-Expression"), stated, needs, _names_gnu(package))


def _names_gnu(package: Distribution) -> bool:
    files = [file for file in package.files or [] if LICENCE_FILE.search(file.name) and file.suffix in TEXTS]
    places = [Path(str(file.locate())) for file in files]
    return any(GNU.search(one.read_text(encoding="utf-8", errors="replace")) for one in places if one.is_file())
