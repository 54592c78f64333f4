"""Who publishes, and how to read their pages: facts in `<name>.yml`, pure parsing in `<name>.py`.

Nothing is registered: a source is a stem that has both files. Nothing here fetches or stores.
"""

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType

from pipeline.spec import SourceSpec, SpecError, read_spec

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Source:
    """One publisher: the facts, and the module that reads its pages."""

    spec: SourceSpec
    parser: ModuleType


def load_sources(folder: Path = HERE) -> dict[str, Source]:
    """Every source in `folder` by name. Raises `SpecError` when a `.yml` lacks its `.py` or the reverse."""
    facts = {path.stem.replace("_", "-"): path for path in folder.glob("*.yml")}
    parsers = {path.stem.replace("_", "-"): path for path in folder.glob("*.py") if path.stem != "__init__"}
    orphans = sorted(facts.keys() ^ parsers.keys())
    if orphans:
        raise SpecError(f"Each source needs both a .yml and a .py; these have one only: {', '.join(orphans)}.")
    return {
        name: Source(_read(facts[name], name), import_module(f"sources.{parsers[name].stem}")) for name in sorted(facts)
    }


def _read(path: Path, name: str) -> SourceSpec:
    spec = read_spec(path)
    if spec.name != name:
        raise SpecError(f"{path.name} calls itself {spec.name!r}; the name must be the file's own, {name!r}.")
    return spec
