"""The bundled sample: reads its listing into document references. Opens no file and fetches nothing."""

import json
from collections.abc import Mapping
from datetime import date
from typing import TypedDict

from pipeline.records import DocumentRef, Listed

CONNECTOR = "sample"


class Row(TypedDict):
    """One document as listing.json states it."""

    file: str
    source: str
    body: str
    title: str
    published: str
    reference: str | None
    restricted: bool
    responds_to: str | None
    url: str


def list_documents(listing: bytes) -> tuple[Listed, ...]:
    """The documents of listing.json, in its order. Raises KeyError or ValueError where a row is incomplete."""
    rows: list[Row] = json.loads(listing)["documents"]
    addresses = {row["file"]: row["url"] for row in rows}
    return tuple(Listed(_read_row(row, addresses), row["file"]) for row in rows)


def _read_row(row: Row, addresses: Mapping[str, str]) -> DocumentRef:
    return DocumentRef(
        connector=CONNECTOR,
        source=row["source"],
        url=row["url"],
        title=row["title"],
        body=row["body"],
        published=date.fromisoformat(row["published"]),
        reference=row["reference"],
        restricted=row["restricted"],
        responds_to=addresses[row["responds_to"]] if row["responds_to"] else None,
    )
