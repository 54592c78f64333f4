"""Who publishes, and how to read their pages: facts in `<name>.yml`, pure parsing in `<name>.py`.

Nothing is registered: a source is a stem that has both files. Nothing here fetches or stores.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import ModuleType

from pipeline.spec import SourceSpec, SpecError, read_spec
from pipeline.taxonomy import Taxonomy, read_taxonomy

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Source:
    """One publisher: the facts, and the module that reads its pages."""

    spec: SourceSpec
    parser: ModuleType
    taxonomies: Mapping[str, tuple[Taxonomy, ...]] = field(default_factory=dict)  # by field of a document


def load_sources(folder: Path = HERE) -> dict[str, Source]:
    """Every source in `folder` by name. Raises `SpecError` when a `.yml` lacks its `.py` or the reverse."""
    facts = {path.stem.replace("_", "-"): path for path in folder.glob("*.yml")}
    parsers = {path.stem.replace("_", "-"): path for path in folder.glob("*.py") if path.stem != "__init__"}
    orphans = sorted(facts.keys() ^ parsers.keys())
    if orphans:
        raise SpecError(f"Each source needs both a .yml and a .py; these have one only: {', '.join(orphans)}.")
    specs = {name: _read(facts[name], name) for name in sorted(facts)}
    known = {used for spec in specs.values() for names in spec.taxonomies.values() for used in names}
    read = {name: _read_taxonomy(folder, name) for name in sorted(known)}
    return {
        name: Source(
            spec,
            import_module(f"sources.{parsers[name].stem}"),
            {column: tuple(read[used] for used in names) for column, names in spec.taxonomies.items()},
        )
        for name, spec in specs.items()
    }


def _read_taxonomy(folder: Path, name: str) -> Taxonomy:
    path = folder / "taxonomies" / f"{name}.yml"
    if not path.is_file():
        raise SpecError(f"A source names the taxonomy {name!r}, and there is no taxonomies/{name}.yml.")
    return read_taxonomy(path)


def _read(path: Path, name: str) -> SourceSpec:
    spec = read_spec(path)
    if spec.name != name:
        raise SpecError(f"{path.name} calls itself {spec.name!r}; the name must be the file's own, {name!r}.")
    return spec
