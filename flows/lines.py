"""`perennial classify` and `perennial group`: the same judgements as in a night, on lines from standard input."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from dateutil import parser as date_parser
from pydantic import BaseModel, ConfigDict, ValidationError

from flows.vectors import load_encoder
from pipeline import assign, embed, group, identity, pairs
from pipeline.described import WordVectors, list_words
from pipeline.records import Ask, Assignment
from pipeline.refusal import Refusal
from pipeline.registry import load_registry
from pipeline.settings import Settings
from pipeline.wording import ask_core


class BadLine(Refusal):
    """A line on standard input that cannot be used, in one sentence."""


class Item(BaseModel):
    """One line. Other keys are allowed and ignored: people pipe what they have."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)

    id: str
    text: str
    title: str | None = None
    source: str | None = None
    date: str | None = None


@dataclass(frozen=True, slots=True)
class Membership:
    """The common recommendation one line belongs to; None when it stands alone."""

    id: str
    common_id: str | None


def read_items(lines: Iterable[str]) -> list[Item]:
    """Every line that is not blank. Raises `BadLine` naming the first that cannot be read, or an id given twice."""
    items: list[Item] = []
    seen: set[str] = set()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        item = _read_item(number, line)
        if item.id in seen:
            raise BadLine(f"Line {number}: the id {item.id!r} was given before.")
        seen.add(item.id)
        items.append(item)
    return items


def classify_items(items: Sequence[Item], settings: Settings) -> tuple[Assignment, ...]:
    """The themes of each item, in order."""
    encoder = load_encoder(settings)
    classifier = assign.load_classifier(load_registry(settings.themes), encoder)
    texts = [item.text for item in items]
    vectors = _encode(encoder, texts)
    return classifier.classify([item.id for item in items], texts, [item.title for item in items], vectors)


def group_items(items: Sequence[Item], settings: Settings) -> tuple[Membership, ...]:
    """The common recommendation of each item, in order. Ids depend only on the items given."""
    encoder = load_encoder(settings)
    asks = [_to_ask(item) for item in items]
    figures = pairs.load_figures()
    words = list_words([ask.text for ask in asks], figures.lexicon)
    table = WordVectors({word: row for row, word in enumerate(words)}, _encode(encoder, words))
    groups = group.group_asks(asks, _encode(encoder, [ask_core(ask.text) for ask in asks]), table, figures=figures)
    named, _ = identity.match_groups(groups, {}, run_id="", recorded_at=datetime.min)
    common = {member: common_id for common_id, members in named.items() for member in members}
    return tuple(Membership(item.id, common.get(item.id)) for item in items)


def _read_item(number: int, line: str) -> Item:
    try:
        return Item.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise BadLine(f"Line {number}: {field + ': ' if field else ''}{first['msg']}.") from error


def _encode(encoder: embed.Encoder, texts: list[str]) -> np.ndarray:
    return encoder.encode(texts) if texts else np.zeros((0, encoder.dimension), np.float32)


def _to_ask(item: Item) -> Ask:
    return Ask(item.id, item.text, item.source, item.source, _read_date(item.date), title=item.title)


def _read_date(value: str | None) -> date | None:
    """A date in any common British or ISO form; None where there is none to read: it only orders rows here."""
    if not value:
        return None
    try:
        return date_parser.parse(value, dayfirst=not value[:4].isdigit()).date()
    except (date_parser.ParserError, OverflowError):
        return None
