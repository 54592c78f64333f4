"""The shape of `content/*.yml`: what an invented document says, and what a careful reader should take out of it."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

CONTENT = Path(__file__).parent / "content"

Family = Literal["coroner", "letter", "inspection", "complaints", "audit", "inquiry", "response", "committee", "prose"]
Kind = Literal[
    "recommendation", "area_for_improvement", "cause_of_concern", "concern", "agreed_action", "quoted_recommendation"
]
Status = Literal["accepted", "accepted in part", "accepted in principle", "rejected", "noted"]


class Written(BaseModel):
    """Hand-written content: unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Part(Written):
    """A part of an ask; `label` is None for a bullet."""

    label: str | None = None
    text: str


class Ask(Written):
    """One ask and what the key says of it; fields further down are drawn by some families only."""

    id: str = ""
    label: str | None = None
    shown: str | None = None  # how the label is drawn, where not as "<label>"
    kind: Kind = "recommendation"
    title: str | None = None
    text: str = ""
    parts: tuple[Part, ...] = ()
    tail: str | None = None
    themes: tuple[str, ...] = ()
    addressees: tuple[str, ...] = ()
    deadline: date | None = None
    same: str | None = None  # the planted group it belongs to
    quotes: str | None = None  # "<document>#<id>": the act this one prints again
    owner_body: str | None = None  # who asked first, where the document quotes another body
    status: Status | None = None
    heading: str | None = None
    background: tuple[str, ...] = ()
    follows: str | None = None
    answer: tuple[str, ...] = ()
    answer_head: str | None = None
    finding: tuple[str, ...] = ()
    risk: str | None = None
    priority: str | None = None
    owner: str | None = None
    due: str | None = None


class Block(Written):
    """One piece of a document's body; exactly one field is set."""

    h1: str | None = None
    h2: str | None = None
    h3: str | None = None
    p: str | None = None
    para: str | None = None  # a numbered paragraph
    bullets: tuple[str, ...] | None = None
    numbers: tuple[str, ...] | None = None
    grade: str | None = None
    quote: str | None = None
    practice: str | None = None  # a box that asks for nothing
    table: tuple[tuple[str, ...], ...] | None = None
    ask: Ask | None = None
    conclusion: Ask | None = None  # drawn like an ask in the lists, but is none
    newpage: bool | None = None
    annex: str | None = None  # all asks, printed again


class Look(Written):
    """How a document is set. Differs from document to document so that nobody can tune to one."""

    font: Literal["helvetica", "times", "vera", "courier"] = "helvetica"
    size: float = 10.5
    leading: float = 1.25
    accent: str = "#1d3557"
    tint: str = "#e8eef4"
    box: Literal["filled", "ruled", "bar", "plain"] = "filled"
    columns: int = 1
    margin: float = 62
    align: Literal["left", "justify"] = "left"
    head: str | None = None
    foot: str | None = None
    paging: Literal["centre", "right", "of", "outer", "none"] = "centre"
    notice: Literal["top", "bottom"] = "bottom"
    band: bool = False
    contents: bool = False
    hyphens: bool = False
    split_rows: bool = False  # table rows and boxes may break inside
    variant: str = "a"  # a family's own switch


class Listing(Written):
    """The row of listing.json, without file and url."""

    source: str
    body: str
    title: str
    published: date
    reference: str | None = None
    restricted: bool = False
    responds_to: str | None = None


class Form(Written):
    """A coroner's form: what stands in its cells."""

    heading: tuple[str, ...] = ("REGULATION 28 REPORT TO PREVENT FUTURE DEATHS",)
    recipients: tuple[str, ...]
    coroner: str
    powers: str
    inquest_heading: str = "INVESTIGATION and INQUEST"
    inquest: tuple[str, ...]
    circumstances_heading: str = "CIRCUMSTANCES OF THE DEATH"
    circumstances: tuple[str, ...]
    concerns_heading: str = "CORONER’S CONCERNS"
    lead_in: tuple[str, ...]
    concerns: tuple[Ask, ...]
    close: tuple[str, ...] = ()
    action: str
    respond: tuple[str, ...]
    copies: tuple[str, ...]
    signed: tuple[str, ...]


class Scan(Written):
    """How the drawn pages are turned into images; `text_layer` garbled puts a poor invisible text over them."""

    seed: int
    angle: float
    dpi: int = 110
    quality: int = 34
    text_layer: Literal["none", "garbled"] = "none"


class Document(Written):
    """One invented document."""

    name: str
    family: Family
    doc_kind: Literal["report", "response", "coroner", "negative"]
    layout: str
    hard: tuple[str, ...] = ()
    listing: Listing
    look: Look = Look()
    scan: Scan | None = None
    cover: tuple[str, ...] = ()
    form: Form | None = None
    body: tuple[Block, ...] = ()

    @property
    def file(self) -> str:
        """The file name under sources/sample/documents."""
        return f"{self.name}.pdf"

    @property
    def asks(self) -> tuple[Ask, ...]:
        """All asks in reading order."""
        if self.form:
            return self.form.concerns
        return tuple(block.ask for block in self.body if block.ask)


class Decoy(Written):
    """Two asks that look alike and are not the same ask."""

    a: str
    b: str
    sort: str
    why: str


class Repeats(Written):
    """Names of the planted groups, and the decoys."""

    groups: dict[str, str]
    decoys: tuple[Decoy, ...]


def load_documents(folder: Path = CONTENT) -> tuple[Document, ...]:
    """Every document of `folder`, by name, with quoted asks filled in from the document they quote."""
    drafts = [Document.model_validate(_read(path)) for path in sorted(folder.glob("*.yml")) if path.stem != "repeats"]
    originals = {f"{draft.name}#{ask.id}": ask for draft in drafts for ask in draft.asks}
    return tuple(_fill_quotes(draft, originals) for draft in drafts)


def load_repeats(folder: Path = CONTENT) -> Repeats:
    """The planted groups and decoys."""
    return Repeats.model_validate(_read(folder / "repeats.yml"))


def key_text(ask: Ask) -> str:
    """The ask as a careful reader would write it down: no footnote marks, no bullets, letters kept."""
    return fold(re.sub(r"\^\d+\^", "", drawn_text(ask)).replace("[[gap]]", " "))


def drawn_text(ask: Ask) -> str:
    """The ask's words in drawing order; footnote marks as ^1^, redactions as [[gap]]."""
    pieces = [f"{ask.title}:" if ask.title else "", ask.text]
    pieces += [f"{part.label} {part.text}" if part.label else part.text for part in ask.parts]
    return fold(" ".join([*pieces, ask.tail or ""]))


def fold(text: str) -> str:
    """`text` with every run of white space made one space."""
    return re.sub(r"\s+", " ", text).strip()


def _read(path: Path) -> object:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _fill_quotes(draft: Document, originals: dict[str, Ask]) -> Document:
    blocks = tuple(
        block.model_copy(update={"ask": _quote(block.ask, originals)}) if block.ask and block.ask.quotes else block
        for block in draft.body
    )
    return draft.model_copy(update={"body": blocks})


def _quote(ask: Ask, originals: dict[str, Ask]) -> Ask:
    """What the quoting ask does not say itself comes from the original."""
    original = originals[ask.quotes or ""]
    words = () if ask.text else ("title", "text", "parts", "tail")
    inherited = [name for name in (*words, "themes", "addressees", "same") if not getattr(ask, name)]
    return ask.model_copy(update={name: getattr(original, name) for name in inherited})
