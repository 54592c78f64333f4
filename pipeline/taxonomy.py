"""Maps what publishers call things (areas, categories, bodies) to canonical names kept in data files.

A taxonomy is a YAML file of canonical names with their other spellings. A value no entry knows stays as published and
is told as an oddity, unless the taxonomy is `open`: of bodies that were written to there is no complete list.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.records import DocumentRef
from pipeline.spec import SpecError
from pipeline.web import Oddity, Reading

FIELDS = {"areas": "unknown_area", "categories": "unknown_category", "recipients": "unknown_recipient"}


class Entry(BaseModel):
    """One canonical name: its other spellings (`also`), and regular expressions found anywhere in a value."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    also: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    slug: str | None = None  # the publisher's own short name of it


class TaxonomyFile(BaseModel):
    """A data file. `noise` is a regular expression of words that do not tell one value from another."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    open: bool = False  # True: a value no entry knows is kept without a word
    any_order: bool = False  # True: "London (Inner North)" is "Inner North London"
    noise: str | None = None
    entries: tuple[Entry, ...] = Field(min_length=1)
    ignored: tuple[str, ...] = ()  # seen, and left out on purpose


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """A taxonomy ready for look-ups."""

    open: bool
    any_order: bool
    noise: re.Pattern[str] | None
    names: Mapping[str, str | None]  # folded spelling to canonical name; None: left out on purpose
    patterns: tuple[tuple[re.Pattern[str], str], ...]

    def find(self, value: str) -> str | None:
        """The canonical name of `value`; None when no entry knows it."""
        if (name := self.names.get(self._fold(value))) is not None:
            return name
        return next((name for pattern, name in self.patterns if pattern.search(value)), None)

    def ignores(self, value: str) -> bool:
        """True for a value that is left out on purpose."""
        return self.names.get(self._fold(value), "") is None

    def _fold(self, value: str) -> str:
        return fold(value, self.noise, any_order=self.any_order)


def fold(value: str, noise: re.Pattern[str] | None = None, *, any_order: bool = False) -> str:
    """`value` for comparison: case, accents, white space and punctuation do not count, `&` is "and".

    `noise` is taken out; with `any_order` the order of words and how often one is said do not count either.
    """
    plain = unicodedata.normalize("NFKD", value).casefold().replace("&", " and ")
    plain = re.sub(r"[’'`\u0300-\u036f]", "", plain)
    words = re.sub(r"[\W_]+", " ", plain)
    words = noise.sub(" ", words) if noise else words
    return " ".join(sorted(set(words.split())) if any_order else words.split())


def read_taxonomy(path: Path) -> Taxonomy:
    """The taxonomy in `path`. Raises `SpecError` on a file that is not one, or a spelling that two entries claim."""
    try:
        file = TaxonomyFile.model_validate(yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader))
        noise = re.compile(file.noise) if file.noise else None
        patterns = tuple((re.compile(p, re.IGNORECASE), entry.name) for entry in file.entries for p in entry.patterns)
    except (yaml.YAMLError, re.error) as error:
        raise SpecError(f"{path.name} cannot be read: {str(error).splitlines()[0]}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise SpecError(f"{path.name}: {'.'.join(str(part) for part in first['loc'])}: {first['msg']}.") from error
    names: dict[str, str | None] = {}
    spellings = [(spelling, entry.name) for entry in file.entries for spelling in (entry.name, *entry.also)]
    for spelling, name in (*spellings, *((value, None) for value in file.ignored)):
        folded = fold(spelling, noise, any_order=file.any_order)
        if not folded or names.setdefault(folded, name) != name:
            raise SpecError(f"{path.name}: {spelling!r} is claimed by both {names.get(folded)!r} and {name!r}.")
    return Taxonomy(file.open, file.any_order, noise, names, patterns)


def canonical(reading: Reading, taxonomies: Mapping[str, Sequence[Taxonomy]]) -> Reading:
    """`reading` with canonical areas, categories and recipients; `taxonomies` are by field name, tried in order.

    A value that no taxonomy of its field knows stays as published; unless one of them is open it is told as an oddity.
    """
    oddities: dict[Oddity, None] = {}
    documents = tuple(_canonical_ref(ref, taxonomies, oddities) for ref in reading.documents)
    passed_over = tuple(_canonical_ref(ref, taxonomies, oddities) for ref in reading.passed_over)
    return replace(reading, documents=documents, passed_over=passed_over, oddities=(*reading.oddities, *oddities))


def _canonical_ref(
    ref: DocumentRef, taxonomies: Mapping[str, Sequence[Taxonomy]], oddities: dict[Oddity, None]
) -> DocumentRef:
    published = {"areas": ref.areas, "categories": ref.categories, "recipients": ref.recipients}
    mapped: dict[str, tuple[str, ...]] = {}
    for field, values in published.items():
        tables = taxonomies.get(field, ())
        found = [(value, _look_up(value, tables)) for value in values if not any(t.ignores(value) for t in tables)]
        if tables and not any(table.open for table in tables):
            unknown = (value for value, name in found if name is None)
            oddities.update(dict.fromkeys(Oddity(FIELDS[field], f"No entry knows {value!r}.") for value in unknown))
        mapped[field] = tuple(dict.fromkeys(name or value for value, name in found))
    return replace(ref, areas=mapped["areas"], categories=mapped["categories"], recipients=mapped["recipients"])


def _look_up(value: str, tables: Sequence[Taxonomy]) -> str | None:
    return next((name for table in tables if (name := table.find(value)) is not None), None)
