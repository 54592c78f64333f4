"""Which licence each shipped package has, and whether it may ship. Unknown is as bad as forbidden."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.audit.shipped import Package

TOKEN = re.compile(r"\(|\)|[^\s()]+")


@dataclass(frozen=True, slots=True)
class Rules:
    """What people decided, from licences.yml."""

    allowed: frozenset[str]
    names: Mapping[str, str]
    reviewed: Mapping[str, str]
    bundled: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Judged:
    """One package's licence as an SPDX expression where it is known; `trouble` is one sentence, or None."""

    package: Package
    licence: str | None
    trouble: str | None


def load_rules() -> Rules:
    """The rules beside this file."""
    written = yaml.safe_load(Path(__file__).with_name("licences.yml").read_text(encoding="utf-8"))
    return Rules(frozenset(written["allowed"]), written["names"], written["reviewed"], written["bundled"])


def judge_licences(packages: Iterable[Package], rules: Rules) -> tuple[Judged, ...]:
    """Each package with its licence and what is wrong with it."""
    return tuple(_judge(package, rules) for package in packages)


def _judge(package: Package, rules: Rules) -> Judged:
    licence = rules.reviewed.get(package.name) or package.expression or _translate(package.stated, rules)
    trouble = None
    if licence is None:
        trouble = f"{package.name}: its licence is not known (it says {', '.join(package.stated) or 'nothing'})."
    elif not is_allowed(licence, rules.allowed):
        trouble = f"{package.name}: {licence} may not ship."
    elif package.names_gnu and package.name not in rules.bundled:
        trouble = f"{package.name}: a licence file in it names a GNU licence, and nobody has looked why."
    return Judged(package, licence, trouble)


def _translate(stated: tuple[str, ...], rules: Rules) -> str | None:
    """All that a package's wordings mean, joined; None when one of its classifiers means nothing here."""
    terms = [rules.names.get(one, one if is_allowed(one, rules.allowed) else None) for one in stated]
    known = sorted({one for one in terms if one})
    return " AND ".join(known) if known and None not in terms[1:] else None  # the first may be a whole licence text


def is_allowed(expression: str, allowed: frozenset[str]) -> bool:
    """Whether an SPDX expression can be met with `allowed` licences alone. Nonsense cannot."""
    tokens = TOKEN.findall(expression)
    if not tokens:
        return False
    verdict = _read_either(tokens, allowed)
    return verdict and not tokens


def _read_either(tokens: list[str], allowed: frozenset[str]) -> bool:
    verdict = _read_both(tokens, allowed)
    while tokens and tokens[0].upper() == "OR":
        tokens.pop(0)
        verdict = _read_both(tokens, allowed) or verdict
    return verdict


def _read_both(tokens: list[str], allowed: frozenset[str]) -> bool:
    verdict = _read_one(tokens, allowed)
    while tokens and tokens[0].upper() == "AND":
        tokens.pop(0)
        verdict = _read_one(tokens, allowed) and verdict
    return verdict


def _read_one(tokens: list[str], allowed: frozenset[str]) -> bool:
    if not tokens:
        return False
    name = tokens.pop(0)
    if name == "(":
        verdict = _read_either(tokens, allowed)
        return bool(tokens) and tokens.pop(0) == ")" and verdict
    if len(tokens) > 1 and tokens[0].upper() == "WITH":
        name = f"{name} WITH {tokens[1]}"
        del tokens[:2]
    return name in allowed
