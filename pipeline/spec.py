"""The shape of `sources/<publisher>.yml`: the facts about a publisher, validated. Behaviour is beside it in Python."""

import re
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from pipeline.refusal import Refusal

FILE_URLS = r"(?i)(\.(pdf|docx?|xlsx?|csv|rtf|odt|zip)|/download)$"  # of the path of an address


class SpecError(Refusal):
    """A source file that cannot be used, in one sentence."""


class Bounds(BaseModel):
    """How many a healthy run finds. Below `min` stops the source; above `max` warns."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    min: int = Field(ge=0)
    max: int = Field(ge=0)


class Expected(BaseModel):
    """What a healthy crawl gives. Counts are of a crawl over five years; a shorter one is judged by its share of them.

    Shares are of the documents listed that answer nothing (reports, not their responses), 0 to 1.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    documents: Bounds
    pages: dict[str, Bounds] = Field(default_factory=dict)  # pages read, by step
    dated: float = Field(default=0.0, ge=0, le=1)  # least share of documents listed with a date
    referenced: float = Field(default=0.0, ge=0, le=1)  # least share of documents listed with a reference
    repeated_references: float = Field(default=0.2, ge=0, le=1)  # most that share a reference with another page
    oddities: float = Field(default=0.5, ge=0)  # most oddities (unknown labels, unread links …) a page read
    unread_pages: float = Field(default=0.05, ge=0, le=1)  # most pages whose layout was not understood


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
    addresses: dict[str, str] = Field(default_factory=dict)  # where lists begin, by name; no address stands in a parser
    streams: dict[str, str] = Field(default_factory=dict)  # titles of streams it gives beside its own, by short name
    options: dict[str, str] = Field(default_factory=dict)  # switches only this source's parser knows
    taxonomies: dict[Literal["areas", "categories", "recipients"], tuple[str, ...]] = Field(default_factory=dict)
    hosts: tuple[str, ...] = ()  # the only ones asked; a redirect elsewhere is refused
    plain_http_hosts: tuple[str, ...] = ()  # of these, those that have no TLS
    listing: tuple[str, ...] = ()  # steps that list, beside those of the start: asked on every crawl
    file_urls: str = FILE_URLS  # an address that matches is a file: HTML there is no document but a challenge
    fresh_days: int | None = Field(default=None, ge=1)  # the newest document is at most so old
    revisit_months: int = Field(default=0, ge=0)  # pages of documents younger than this are asked for again …
    revisit_days: int = Field(default=7, ge=1)  # … this often
    relist_days: int = Field(default=30, ge=1)  # how often the whole window is listed again, to see what is gone
    notes: str | None = None

    @field_validator("file_urls")
    @classmethod
    def _check_pattern(cls, pattern: str) -> str:
        """A pattern that does not compile is told now, and not at the first file."""
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"it is no regular expression: {error}") from error
        return pattern

    @model_validator(mode="after")
    def _check_hosts(self) -> "SourceSpec":
        """A slip here would look like a dead site."""
        if any(host != host.casefold() or "/" in host for host in self.hosts):
            raise ValueError("hosts are names in lower case, without a scheme")
        missing = set(self.plain_http_hosts) - set(self.hosts)
        if missing:
            raise ValueError(f"hosts does not name {', '.join(sorted(missing))}")
        return self


def read_spec(path: Path) -> SourceSpec:
    """The validated facts in `path`. Raises `SpecError` naming the file and the first fault."""
    try:
        return SourceSpec.model_validate(yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader))
    except yaml.YAMLError as error:
        raise SpecError(f"{path.name} is not valid YAML: {str(error).splitlines()[0]}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise SpecError(f"{path.name}: {field or 'the file'}: {first['msg']}.") from error
