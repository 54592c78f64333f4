"""The shape of `sources/<publisher>.yml`: the facts about a publisher, validated. Behaviour is beside it in Python."""

from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.refusal import Refusal


class SpecError(Refusal):
    """A source file that cannot be used, in one sentence."""


class Bounds(BaseModel):
    """How many a healthy run finds. Below `min` stops the source; above `max` warns."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    min: int = Field(ge=0)
    max: int = Field(ge=0)


class Expected(BaseModel):
    """Counts seen on a healthy run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    documents: Bounds


class SourceSpec(BaseModel):
    """Facts about one connector."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    title: str
    publisher: str
    licence: str
    homepage: str | None = None
    cadence: Literal["nightly", "weekly", "never"] = "nightly"
    expected: Expected
    notes: str | None = None


def read_spec(path: Path) -> SourceSpec:
    """The validated facts in `path`. Raises `SpecError` naming the file and the first fault."""
    try:
        return SourceSpec.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except yaml.YAMLError as error:
        raise SpecError(f"{path.name} is not valid YAML: {str(error).splitlines()[0]}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise SpecError(f"{path.name}: {field or 'the file'}: {first['msg']}.") from error
