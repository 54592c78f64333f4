"""The theme registry: what people write about themes, validated into frozen records."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from pipeline.ids import text_hash
from pipeline.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

BUNDLED = Path(__file__).with_name("themes.yml")
ALIKE_SHARE = 0.7  # of the words of the shorter description
OVERLAP_SHARE = 0.3  # of the shorter cue list; above it two themes fight over the same words
GENERIC_CUES = frozenset({"police", "officer", "officers", "force", "training", "policy", "guidance", "staff", "risk"})

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]


class RegistryError(Refusal):
    """The registry cannot be used; the message is one sentence for the person who edits it."""


@dataclass(frozen=True, slots=True)
class Theme:
    """One theme and the words that describe it."""

    slug: str
    name: str
    kind: Literal["perennial", "operational"]
    lead: str  # a role, never a person's name
    definition: str
    inclusions: tuple[str, ...]
    exclusions: tuple[str, ...]
    exemplars: tuple[str, ...]
    cues: tuple[str, ...]
    not_cues: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()  # they fit the theme and much else; the classifier trusts them less than cues


@dataclass(frozen=True, slots=True)
class RetiredTheme:
    """A theme that is no longer given. Its slug is never used again; what was said of it goes to the successor."""

    slug: str
    name: str
    successor: str | None = None


@dataclass(frozen=True, slots=True)
class Registry:
    """All themes in the order written. `version` changes when any word of any theme changes."""

    themes: tuple[Theme, ...]
    version: str
    retired: tuple[RetiredTheme, ...] = ()

    def resolve(self, slug: str) -> str | None:
        """The living theme that `slug` stands for, following successors; None where there is none."""
        heirs = {one.slug: one.successor for one in self.retired}
        current: str | None = slug
        while current is not None and current in heirs:
            current = heirs[current]
        return current if current in {theme.slug for theme in self.themes} else None


class _WrittenTheme(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, coerce_numbers_to_str=True)

    slug: Slug
    name: Line
    kind: Literal["perennial", "operational"]
    lead: Line
    definition: Line
    inclusions: tuple[Line, ...] = Field(default=())
    exclusions: tuple[Line, ...] = Field(default=())
    exemplars: tuple[Line, ...] = Field(default=())
    cues: tuple[Line, ...] = Field(default=())
    hints: tuple[Line, ...] = Field(default=())
    not_cues: tuple[Line, ...] = Field(default=())


class _WrittenRetired(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    slug: Slug
    name: Line
    successor: Slug | None = None


class _WrittenRegistry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    themes: tuple[_WrittenTheme, ...] = Field(min_length=1)
    retired: tuple[_WrittenRetired, ...] = Field(default=())


def load_registry(path: Path | None = None) -> Registry:
    """The registry in the YAML file `path`, or the bundled one.

    Raises `RegistryError` when the file cannot be read, is not a registry, or uses a slug twice.
    """
    source = BUNDLED if path is None else path
    try:
        written = _WrittenRegistry.model_validate(yaml.load(source.read_text(encoding="utf-8"), yaml.CSafeLoader))
    except OSError as error:
        raise RegistryError(f"The theme registry {source} cannot be read: {error.strerror or error}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RegistryError(f"The theme registry {source.name} is not valid YAML{_place(error)}.") from error
    except ValidationError as error:
        raise RegistryError(_explain(error, source)) from error
    themes = tuple(Theme(**theme.model_dump()) for theme in written.themes)
    retired = tuple(RetiredTheme(**theme.model_dump()) for theme in written.retired)
    repeated = _repeated([*(theme.slug for theme in themes), *(theme.slug for theme in retired)])
    if repeated:
        raise RegistryError(f"The theme registry {source.name} uses the slug '{repeated[0]}' for more than one theme.")
    registry = Registry(themes, _version(themes), retired)
    lost = [one for one in retired if one.successor is not None and one.successor not in _slugs_of(registry)]
    if lost or _has_circle(retired):
        named = lost[0] if lost else retired[0]
        raise RegistryError(
            f"In the theme registry {source.name}, the successor of the retired theme '{named.slug}' leads nowhere."
        )
    return registry


def list_unused(registry: Registry, counts: Mapping[str, int]) -> list[str]:
    """The themes without a recommendation, one sentence each; `counts` are by slug, and empty before a first night."""
    bare = [theme for theme in registry.themes if counts and not counts.get(theme.slug)]
    return [f"'{theme.name}' holds no recommendation in the published warehouse." for theme in bare]


def check_registry(registry: Registry) -> list[str]:
    """What a theme lead should look at, one sentence each: twins, themes with nothing in them or alike."""
    slugs = [
        f"The slug '{slug}' stands for more than one theme." for slug in _repeated(t.slug for t in registry.themes)
    ]
    names = [f"Two themes are called '{name}'." for name in _repeated(t.name.casefold() for t in registry.themes)]
    single = [finding for theme in registry.themes for finding in _check_theme(theme)]
    pairs = [finding for a, b in combinations(registry.themes, 2) for finding in _check_pair(a, b)]
    return [*slugs, *names, *single, *pairs]


def _check_theme(theme: Theme) -> list[str]:
    findings = []
    for word, lines in (
        ("exemplar sentences", theme.exemplars),
        ("cues", theme.cues),
        ("inclusions", theme.inclusions),
    ):
        if not lines:
            findings.append(f"'{theme.name}' has no {word}, so rows are recognised less well.")
    for cue in _repeated(_fold(cue) for cue in theme.cues):
        findings.append(f"'{theme.name}' lists the cue '{cue}' twice.")
    for cue in theme.cues:
        if _fold(cue) in GENERIC_CUES:
            findings.append(f"'{theme.name}' has the cue '{cue}', which occurs in nearly every recommendation.")
    for cue in sorted({_fold(cue) for cue in theme.cues} & {_fold(cue) for cue in theme.not_cues}):
        findings.append(f"'{theme.name}' lists '{cue}' both as a cue and as a phrase that is not one.")
    for cue in sorted({_fold(cue) for cue in theme.cues} & {_fold(hint) for hint in theme.hints}):
        findings.append(f"'{theme.name}' lists '{cue}' both as a cue and as a hint; a hint counts for less.")
    return findings


def _check_pair(a: Theme, b: Theme) -> list[str]:
    shared = {_fold(cue) for cue in a.cues} & {_fold(cue) for cue in b.cues}
    shorter = min(len(a.cues), len(b.cues))
    if shorter and len(shared) / shorter > OVERLAP_SHARE:
        listed = ", ".join(sorted(shared)[:5])
        return [f"'{a.name}' and '{b.name}' share {len(shared)} of {shorter} cues ({listed}): they overlap."]
    alike = [
        f"'{a.name}' and '{b.name}' both have the exemplar '{line}'."
        for line in sorted({_fold(line) for line in a.exemplars} & {_fold(line) for line in b.exemplars})
    ]
    one, other = (set(_fold(f"{t.definition} {' '.join(t.inclusions)}").split()) for t in (a, b))
    if one and other and len(one & other) / min(len(one), len(other)) > ALIKE_SHARE:
        alike.append(f"'{a.name}' and '{b.name}' are defined in nearly the same words: they overlap.")
    return alike


def _slugs_of(registry: Registry) -> set[str]:
    return {theme.slug for theme in registry.themes} | {theme.slug for theme in registry.retired}


def _has_circle(retired: tuple[RetiredTheme, ...]) -> bool:
    heirs = {one.slug: one.successor for one in retired}
    for slug in heirs:
        seen: set[str] = set()
        current: str | None = slug
        while current in heirs and current is not None:
            if current in seen:
                return True
            seen.add(current)
            current = heirs[current]
    return False


def _fold(cue: str) -> str:
    return re.sub(r"[\s-]+", " ", cue).strip().casefold()


def _repeated(values: Iterable[str]) -> list[str]:
    listed = list(values)
    return sorted({value for value in listed if listed.count(value) > 1})


def _version(themes: tuple[Theme, ...]) -> str:
    return text_hash(*(repr(theme) for theme in themes))


def _place(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    return f" (line {mark.line + 1})" if mark is not None else ""


def _explain(error: ValidationError, source: Path) -> str:
    first = error.errors()[0]
    where = first["loc"]
    theme = f"theme {int(where[1]) + 1}" if len(where) > 1 and isinstance(where[1], int) else "the file"
    key = str(where[2]) if len(where) > 2 else str(where[-1]) if where else "themes"
    reasons = {
        "missing": f"lacks '{key}'",
        "extra_forbidden": f"has '{key}', which is not a known entry",
        "string_too_short": f"has an empty line under '{key}'",
        "too_short": "lists no theme",
        "literal_error": f"has '{key}' that is neither 'perennial' nor 'operational'",
        "string_pattern_mismatch": f"has a '{key}' with something other than small letters, digits and hyphens",
    }
    reason = reasons.get(first["type"], f"has '{key}' written in a form that cannot be read")
    return f"In the theme registry {source.name}, {theme} {reason}."
