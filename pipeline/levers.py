"""Which lever an ask would pull: a second axis beside the themes, by stated rules on the words of the ask.

Eight levers, as many as fit; `levers.yml` holds their phrases. They are looked for in the sentences that ask, and in
the whole text where nothing asks (a coroner's concern says what was wrong, not what to do). An ask that names none is
for a practice, which somebody has to lay down: guidance. The rules are measured on rows labelled by hand,
`tests/gold/levers.jsonl`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.cues import read_ask
from pipeline.ids import text_hash
from pipeline.refusal import Refusal
from pipeline.smart import find_demand

BUNDLED = Path(__file__).with_name("levers.yml")
DEFAULT = "guidance"
RULES = "1"  # raised when the rules here or in `smart` change, so that rows are read again
_NOT_THE_LEVER = re.compile(
    r"mental capacity act|codes? of practice on|best practice"
    r"|following (?:an|our|a) (?:iopc|ipcc|independent) investigation|learning recommendations?"
    r"|college of policing'?s? authorised professional practice"
)


class LeversError(Refusal):
    """The levers cannot be used; one sentence for the person who edits them."""


class LeverHit(NamedTuple):
    """One lever and the words in the text that say so."""

    lever: str
    words: str


class Lever(BaseModel):
    """One lever as it is written."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    slug: str
    name: str
    meaning: str
    phrases: tuple[str, ...] = Field(min_length=1)


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid")

    levers: tuple[Lever, ...] = Field(min_length=1)


class LeverReader:
    """Finds levers; made by `load_levers`. Its `version` changes when any word of a lever changes."""

    def __init__(self, levers: tuple[Lever, ...]) -> None:
        self.levers = levers
        self.version = text_hash(repr(levers), RULES)
        try:
            self._patterns = {
                lever.slug: re.compile("|".join(rf"\b(?:{phrase})" for phrase in lever.phrases)) for lever in levers
            }
        except re.error as error:
            raise LeversError(f"A phrase of the levers is not a regular expression: {error}.") from error

    def find(self, text: str) -> tuple[LeverHit, ...]:
        """The levers of one ask, in the order they are written, each with the first words that point to it."""
        asked = _NOT_THE_LEVER.sub(" ", _asking_part(text))
        found = []
        for slug, pattern in self._patterns.items():
            match = pattern.search(asked)
            if match:
                found.append(LeverHit(slug, " ".join(match.group().split())))
        if not found and (demand := find_demand(text)):
            found.append(LeverHit(DEFAULT, demand))
        return tuple(found)


def load_levers(path: Path = BUNDLED) -> LeverReader:
    """The levers in the YAML file `path`. Raises `LeversError` when it cannot be read or is not of the right form."""
    try:
        written = _Written.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise LeversError(f"The levers {path} cannot be read: {error.strerror or error}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise LeversError(f"The levers {path.name} are not valid YAML.") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise LeversError(f"In the levers {path.name}, {place}: {first['msg']}.") from error
    return LeverReader(written.levers)


def _asking_part(text: str) -> str:
    plain = text.replace("\u200b", "").replace("\u2019", "'")
    return (read_ask(plain) if find_demand(plain) else plain).casefold()
