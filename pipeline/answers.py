"""Reads publishers' JSON answers into typed records: the whole answer or `LayoutChanged`; one bad item, an oddity."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from pipeline.web import LayoutChanged, Oddity, Page

Shape = TypeVar("Shape", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Items(Generic[Shape]):
    """The items that could be read, and one oddity for each that could not."""

    read: tuple[Shape, ...]
    oddities: tuple[Oddity, ...]


def read_answer(page: Page, shape: type[Shape]) -> Shape:
    """The answer as `shape`. Raises `LayoutChanged` when it is not JSON or lacks a field `shape` needs."""
    try:
        return shape.model_validate_json(page.content)
    except ValidationError as error:
        raise LayoutChanged(f"{page.url}: {first_fault(error)}") from error


def read_items(items: Iterable[object], shape: type[Shape], page: Page) -> Items[Shape]:
    """Each of a list's `items` as `shape`; what lacks a field becomes an oddity, so that one bad row loses no other."""
    read: list[Shape] = []
    oddities: list[Oddity] = []
    for place, item in enumerate(items, start=1):
        try:
            read.append(shape.model_validate(item))
        except ValidationError as error:
            oddities.append(Oddity("missing_field", f"Item {place} of {page.url}: {first_fault(error)}."))
    return Items(tuple(read), tuple(oddities))


def first_fault(error: ValidationError) -> str:
    """The first thing that was wrong, with the name of its field: "total: Field required"."""
    fault = error.errors(include_url=False)[0]
    field = ".".join(str(part) for part in fault["loc"])
    return f"{field}: {fault['msg']}" if field else fault["msg"]
