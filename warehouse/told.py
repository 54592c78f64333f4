"""What a lead was told before, against what stands now: rows that were corrected, and rows that are gone. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pipeline.ids import text_hash
from pipeline.ledger import Sending, ToldRow

SHOWN = 300  # characters of a text that the ledger keeps
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """All that one theme's lead knows: since when, and the last state of each row by its id."""

    since: date
    rows: Mapping[str, ToldRow] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Correction:
    """A row that is not as it was told, and how; `row_id` is None where nothing stands in its place now."""

    told: ToldRow
    row_id: str | None
    reason: str


def read_told(sendings: Iterable[Sending], before: date, *, is_public: bool = False) -> dict[str, Told]:
    """By theme, what its lead was told in digests of days before `before`; `is_public`: only of open rows."""
    since: dict[str, date] = {}
    rows: dict[str, dict[str, ToldRow]] = {}
    for one in sendings:
        if one.event != "told" or one.as_of >= before:
            continue
        since[one.theme] = max(one.as_of, since.get(one.theme, one.as_of))
        known = rows.setdefault(one.theme, {})
        for row in one.rows:
            if is_public and row.restricted:
                continue
            if row.section == "withdrawn":
                known.pop(row.recommendation_id, None)
            else:
                known[row.recommendation_id] = row
    return {theme: Told(day, rows[theme]) for theme, day in since.items()}


def first_shared(sendings: Iterable[Sending]) -> dict[str, date]:
    """The day each recommendation first went out to somebody, by its id; what only failed to go out is not there."""
    lines = list(sendings)
    went: dict[tuple[str, date], date] = {}
    for one in lines:
        if one.event == "sent":
            key, day = (one.theme, one.as_of), one.recorded_at.date()
            went[key] = min(day, went.get(key, day))
    out: dict[str, date] = {}
    for one in lines:
        day_out = went.get((one.theme, one.as_of)) if one.event == "told" else None
        for row in one.rows if day_out else ():
            if day_out and row.section != "withdrawn":
                out[row.recommendation_id] = min(day_out, out.get(row.recommendation_id, day_out))
    return out


def make_told(row: Row, shown_text: str) -> ToldRow:
    """What is kept of a digest's row; `row` has the columns of the view `register` or the macro `changes`."""
    return ToldRow(
        recommendation_id=row["recommendation_id"],
        section=row.get("section") or "",
        text=shown_text[:SHOWN],
        place=text_hash(row["source"], (row["page_url"] or "").partition("#")[0], row["label"] or f"p{row['page']}"),
        deadline=row["due"],
        published=row["published"],
        answer_count=row["answer_count"],
        restricted=row["is_restricted"],
    )


def choose_section(row: Row, told: Told | None) -> Row | None:
    """The first of a row's possible sections that is news to its reader, with its reason; None when none is.

    `row` is of the macro `possible_changes`, asked from the day before the last digest, so that what came in later on
    the day of that digest is not lost.
    """
    old = told.rows.get(row["recommendation_id"]) if told else None
    for one in row["sections"]:
        if old is None or told is None:
            return {**row, **one}
        if one["section"] == "overdue" and row["due"] >= told.since:
            return {**row, **one}
        if one["section"] == "answered" and row["answer_count"] > old.answer_count:
            return {**row, **one}
    return None


def find_corrections(
    told: Told,
    now: Mapping[str, Row],
    arrived: Sequence[Row],
    where_now: Mapping[str, Sequence[str]],
    withdrawn: Mapping[str, date],
    theme: str,
) -> list[Correction]:
    """What must be taken back or mended of what was told.

    `now` is the register by id, `arrived` rows of this theme the lead has not met, `where_now` the themes of each
    recommendation that still stands, `withdrawn` the day of each document that was withdrawn. A row that turned out to
    be a reprint of another has not changed.
    """
    by_place = {make_told(row, "").place: row for row in arrived}
    found = []
    for row_id, old in sorted(told.rows.items()):
        row = now.get(row_id)
        if row is None and row_id in where_now:
            continue
        if row is not None and row["sha256"] in withdrawn:
            day = withdrawn[row["sha256"]]
            found.append(Correction(old, None, f"Its document was withdrawn or is no longer published, since {day}"))
        elif row is None:
            found.append(_replace_or_withdraw(old, by_place.get(old.place)))
        elif theme not in where_now.get(row_id, ()):
            themes = ", ".join(where_now.get(row_id, ())) or "no theme"
            found.append(Correction(old, None, f"No longer under this theme; it is now under {themes}"))
        elif changes := _compare(old, row):
            found.append(Correction(old, row_id, f"Corrected since you were told: {'; '.join(changes)}"))
    return found


def _replace_or_withdraw(old: ToldRow, successor: Row | None) -> Correction:
    if successor is None:
        return Correction(old, None, "Withdrawn: it no longer stands in what was read")
    return Correction(old, successor["recommendation_id"], f"Corrected since you were told; it said: {old.text}")


def _compare(old: ToldRow, row: Row) -> list[str]:
    new = make_told(row, "")
    compared = (
        ("the day it is due", old.deadline, new.deadline),
        ("the day it was published", old.published, new.published),
    )
    return [
        f"{name} was {before or 'not known'} and is {after or 'not known'}"
        for name, before, after in compared
        if before != after
    ]
