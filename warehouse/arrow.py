"""The Arrow types of the base tables, and the two ways columns are made from values."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import accumulate

import pyarrow as pa

STRING = pa.string()
STRINGS = pa.list_(pa.string())
INTEGER = pa.int32()
REAL = pa.float64()
FLAG = pa.bool_()
DAY = pa.date32()
MOMENT = pa.timestamp("us")
SPANS = pa.list_(pa.struct([("page", INTEGER), ("start", INTEGER), ("end", INTEGER)]))
FACT_PLACES = pa.list_(
    pa.struct([("fact", STRING), ("words", STRING), ("page", INTEGER), ("start", INTEGER), ("end", INTEGER)])
)
BOXES = pa.list_(pa.struct([("page", INTEGER), ("x0", REAL), ("top", REAL), ("x1", REAL), ("bottom", REAL)]))
PARTS = pa.list_(pa.struct([("label", STRING), ("text", STRING)]))
SECONDS = pa.list_(pa.struct([("stage", STRING), ("seconds", REAL)]))


def make_table(rows: Sequence[Sequence[object]], types: Mapping[str, pa.DataType]) -> pa.Table:
    """A table of `rows`, whose values stand in the order of `types`; no rows give an empty table of those types."""
    columns = zip(*rows, strict=True) if rows else ([] for _ in types)
    return pa.table(
        {name: pa.array(list(values), kind) for (name, kind), values in zip(types.items(), columns, strict=True)}
    )


def make_records(rows: Sequence[Sequence[object]], kind: pa.ListType) -> pa.Array:
    """A column of lists of records, whose attributes are named as the fields of `kind`."""
    flat = [record for row in rows for record in row]
    fields = list(kind.value_type)
    columns = [pa.array([getattr(record, field.name) for record in flat], field.type) for field in fields]
    places = pa.array([0, *accumulate(len(row) for row in rows)], pa.int32())
    return pa.ListArray.from_arrays(places, pa.StructArray.from_arrays(columns, fields=fields), type=kind)


def make_moments(values: Iterable[datetime | None]) -> pa.Array:
    """A column of UTC timestamps."""
    return pa.array([None if value is None else to_utc(value) for value in values], MOMENT)


def to_utc(moment: datetime) -> datetime:
    """`moment` in UTC without a zone; a moment without one is taken to be UTC already."""
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)
