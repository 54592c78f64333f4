"""Who died, document by document: sought once in what a document says (how is in `names`), and kept under all of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from pipeline.ids import code_hash, text_hash
from pipeline.stages import StageCache
from warehouse import names

CODE = tuple(Path(names.__file__).with_name(name) for name in ("names.py", "name_cues.py", "name_words.py"))
PEOPLE = TypeAdapter(frozenset[str])


@dataclass(frozen=True, slots=True)
class Said:
    """What one document says: its title, the people its publisher states, its texts in any order, and what it is."""

    title: str | None
    stated: tuple[str, ...]
    texts: frozenset[str]
    is_report_of_a_death: bool


def look_up_people(documents: Mapping[str, Said], kept: StageCache | None = None) -> dict[str, frozenset[str]]:
    """The people that `names.find_people` finds in each document; what `kept` holds is not sought again.

    A document is known there by all that it says and by the code that seeks, so what is kept is never out of date.
    """
    if kept is None:
        return {key: _seek(said) for key, said in documents.items()}
    version = code_hash(CODE)
    keys = {name: _key(said, version) for name, said in documents.items()}
    known = kept.read(keys.values())
    fresh = {keys[name]: _seek(said) for name, said in documents.items() if keys[name] not in known}
    kept.add({key: PEOPLE.dump_json(people) for key, people in fresh.items()})
    found = {key: PEOPLE.validate_json(payload) for key, payload in known.items()} | fresh
    return {name: found[key] for name, key in keys.items()}


def _seek(said: Said) -> frozenset[str]:
    return names.find_people(said.title, said.stated, said.texts, is_report_of_a_death=said.is_report_of_a_death)


def _key(said: Said, version: str) -> str:
    told = said.title or "", f"report {said.is_report_of_a_death}", f"stated {len(said.stated)}", *sorted(said.stated)
    return text_hash(version, *told, *sorted(said.texts))
