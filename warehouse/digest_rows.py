"""The rows of each theme's digest: what is news to its lead, what was corrected, what keeps coming back.

Reads views only. Names of people who died are left out of every cell. Files are made of them in `digests`.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Any

from pipeline.ledger import ToldRow
from pipeline.stages import StageCache
from warehouse.connect import Connection, fetch_rows
from warehouse.cover import say_missing
from warehouse.csv_cells import Cell
from warehouse.told import Correction, Told, choose_section, find_corrections, make_told
from warehouse.withholding import NEUTRAL_TITLE, Guard, load_guard

JUDGEMENT_COLUMNS = (
    "theme_right", "other_theme", "same_ask", "plain_name", "addressee_is", "new_status", "note", "reviewer",
    "reviewed_on",
)  # fmt: skip
COLUMNS = (
    "section", "theme", "text", "kind", "body", "source", "published", "document_title", "page", "link", "common_id",
    "asked_count", "addressee", "status", "deadline", "overdue_days", "score", "reason", "restricted",
    "recommendation_id", "as_of", *JUDGEMENT_COLUMNS,
)  # fmt: skip
SECTIONS = (
    "recurred_after_closure", "recurred", "overdue", "answered", "corrected", "withdrawn", "new", "standing",
)  # fmt: skip
NOTHING_NEW = "nothing_new"
STANDING_COUNT = 10


@dataclass(frozen=True, slots=True)
class Period:
    """What a digest covers. `known_by`, when set, leaves out what came in after an earlier `as_of`."""

    as_of: date
    since: date | None
    known_by: date | None


@dataclass(frozen=True, slots=True)
class Digest:
    """One theme's digest: its rows in the order of `SECTIONS`, and what the ledger keeps of them.

    `changed` is how many rows are not merely standing, shown or not.
    """

    theme: str
    name: str
    lead: str
    period: Period
    rows: tuple[Mapping[str, Cell], ...]
    told: tuple[ToldRow, ...]
    changed: int

    def says(self, missing: Sequence[str]) -> str:
        """One line: how much changed, and what was not read; without that a lost source reads as a quiet night."""
        told = f"Changed: {self.changed}." if self.changed else say_nothing_new(self.period.since)
        return told + say_missing(missing)


@dataclass(frozen=True, slots=True)
class Draft:
    """A theme's digest whose rows are found but not yet told: telling takes long where all is news."""

    theme: str
    row_count: int
    tell: Callable[[], Digest]


def collect_digests(
    connection: Connection,
    registry: Sequence[Mapping[str, str]],
    periods: Mapping[str, Period],
    told: Mapping[str, Told],
    also_cited: Collection[str] = (),
    shown: int | None = None,
    people: StageCache | None = None,
) -> tuple[list[Draft], Guard]:
    """Each theme's digest, to be told when it is wanted, and the guard that leaves its names out.

    `also_cited` are hashes of further documents that the guard must know. With `shown` only so many news of each theme
    are there, and nothing for the ledger. `people` keeps who was found in which document.
    """
    changes = _find_changes(connection, periods, told)
    standing = fetch_rows(connection, "FROM standing(how_many := $count)", {"count": STANDING_COUNT})
    corrections = _find_corrections(connection, changes, told)
    met = [row for rows in changes.values() for row in rows] + standing
    cited = (
        set(also_cited)
        | {row["sha256"] for row in met}
        | {row["sha256"] for pairs in corrections.values() for _, row in pairs if row is not None}
    )
    guard = load_guard(connection, cited, people)
    drafts = []
    for entry in registry:
        theme = entry["theme"]
        of_theme = [row for row in standing if row["theme"] == theme]
        tell = partial(_tell_digest, entry, periods[theme], changes[theme], corrections[theme], of_theme, guard, shown)
        drafts.append(Draft(theme, len(changes[theme]) + len(corrections[theme]) + len(of_theme), tell))
    return drafts, guard


def _tell_digest(
    entry: Mapping[str, str],
    period: Period,
    changes: Sequence[Mapping[str, Any]],
    corrections: Sequence[tuple[Correction, Mapping[str, Any] | None]],
    standing: Sequence[Mapping[str, Any]],
    guard: Guard,
    shown: int | None,
) -> Digest:
    """One theme's digest; one line says so when nothing changed."""
    replaced = {one.row_id for one, _ in corrections}
    fresh = [row for row in changes if row["recommendation_id"] not in replaced]
    describe_change = _describe_change if shown is None else _describe_for_bulletin
    news = [(str(row["section"]), partial(describe_change, row, guard)) for row in fresh]
    news += [
        ("withdrawn" if row is None else "corrected", partial(_describe_correction, one, row, guard))
        for one, row in corrections
    ]
    rows = [describe() for _, describe in sorted(news, key=lambda one: SECTIONS.index(one[0]))[:shown]]
    if not rows:
        rows = [{"section": NOTHING_NEW, "text": say_nothing_new(period.since)}]
    rows += [_describe_standing(row, guard) for row in standing]
    dated = tuple(guard.row({**row, "theme": entry["theme"], "as_of": period.as_of}, COLUMNS) for row in rows)
    kept = [] if shown is not None else _tell_all(fresh, corrections, guard)
    return Digest(entry["theme"], entry["name"], entry["lead"], period, dated, tuple(kept), len(news))


def say_nothing_new(since: date | None) -> str:
    """The one line of a quiet night."""
    return "Nothing on this theme yet." if since is None else f"Nothing new since {since.isoformat()}."


def _find_changes(
    connection: Connection, periods: Mapping[str, Period], told: Mapping[str, Told]
) -> dict[str, list[dict[str, Any]]]:
    """What is news to each lead: by the day it came in, and for those we have told before also by what they know."""
    found: dict[str, list[dict[str, Any]]] = {theme: [] for theme in periods}
    for start in sorted({_start(one, theme in told) for theme, one in periods.items()}, key=str):
        some = next(iter(periods.values()))
        rows = fetch_rows(
            connection,
            "FROM possible_changes($since, until_day := $as_of, known_until := $known_by)",
            {"since": start, "as_of": some.as_of, "known_by": some.known_by},
        )
        for row in rows:
            theme = row["theme"]
            if theme in periods and _start(periods[theme], theme in told) == start:
                found[theme].append(row)
    for theme, rows in _find_arrivals(connection, periods, told).items():
        met = {row["recommendation_id"] for row in found[theme]}
        found[theme] += [row for row in rows if row["recommendation_id"] not in met]
    withdrawn = _load_withdrawn(connection)
    chosen = {
        theme: [
            dict(one)
            for row in rows
            if row["sha256"] not in withdrawn and (one := choose_section(row, told.get(theme)))
        ]
        for theme, rows in found.items()
    }
    for rows in chosen.values():
        rows.sort(key=lambda row: (row["source"], row["recommendation_id"]))
        rows.sort(key=lambda row: row["published"] or date.min, reverse=True)
        rows.sort(key=lambda row: SECTIONS.index(row["section"]))
    return chosen


def _start(period: Period, is_told: bool) -> date | None:
    """The day before the last digest, where we know what it told: later that day more may have come in."""
    return period.since - timedelta(days=1) if is_told and period.since else period.since


def _find_arrivals(
    connection: Connection, periods: Mapping[str, Period], told: Mapping[str, Told]
) -> dict[str, list[dict[str, Any]]]:
    """Rows in older documents that have come under a theme since: better reading, a review, a new registry."""
    pairs = fetch_rows(
        connection, "SELECT recommendation_id, unnest(themes) AS theme FROM register WHERE len(themes) > 0"
    ) if told else []  # fmt: skip
    keys = [
        f"{row['theme']} {row['recommendation_id']}"
        for row in pairs
        if row["theme"] in told and row["recommendation_id"] not in told[row["theme"]].rows
    ]
    if not keys:
        return {}
    period = next(iter(periods.values()))
    rows = fetch_rows(
        connection,
        "FROM possible_changes(NULL, until_day := $as_of, known_until := $known_by) "
        "WHERE theme || ' ' || recommendation_id IN (SELECT unnest($keys))",
        {"as_of": period.as_of, "known_by": period.known_by, "keys": sorted(keys)},
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["theme"], []).append(row)
    return found


def _find_corrections(
    connection: Connection, changes: Mapping[str, Sequence[Mapping[str, Any]]], told: Mapping[str, Told]
) -> dict[str, list[tuple[Correction, Mapping[str, Any] | None]]]:
    """By theme, what was told and no longer holds, each with the row that stands now where one does."""
    found: dict[str, list[tuple[Correction, Mapping[str, Any] | None]]] = {theme: [] for theme in changes}
    ids = sorted({row_id for one in told.values() for row_id in one.rows})
    if not ids:
        return found
    now = {
        row["recommendation_id"]: row
        for row in fetch_rows(
            connection, "FROM register WHERE recommendation_id IN (SELECT unnest($ids))", {"ids": ids}
        )
    }
    where = {
        row["recommendation_id"]: row["themes"]
        for row in fetch_rows(
            connection,
            "SELECT recommendation_id, themes FROM recommendations WHERE recommendation_id IN (SELECT unnest($ids))",
            {"ids": ids},
        )
    }
    withdrawn = _load_withdrawn(connection)
    for theme, known in told.items():
        for one in (
            find_corrections(known, now, changes.get(theme, ()), where, withdrawn, theme) if theme in changes else ()
        ):
            arrived = {row["recommendation_id"]: row for row in changes[theme]}
            found[theme].append((one, now.get(one.row_id or "") or arrived.get(one.row_id or "")))
    return found


def _load_withdrawn(connection: Connection) -> dict[str, date]:
    rows = fetch_rows(connection, "SELECT sha256, withdrawn_on FROM documents WHERE withdrawn_on IS NOT NULL")
    return {row["sha256"]: row["withdrawn_on"] for row in rows}


def _describe_change(row: Mapping[str, Any], guard: Guard) -> dict[str, Cell]:
    return {
        **{name: row[name] for name in COLUMNS if name in row},
        **_say_withheld(row, guard),
        "deadline": row["due"],
        "addressee": guard.addressees(row["addressees"]),
        "score": None if row["score"] is None else round(row["score"], 2),
        "reason": guard.text(f"{row['reason']}. Theme: {row['theme_reason']}", row["sha256"]),
        "restricted": row["is_restricted"],
    }


def _describe_for_bulletin(row: Mapping[str, Any], guard: Guard) -> dict[str, Cell]:
    """With why it is news in `news`, which is no column: a bulletin has no room for the reason of the theme."""
    return {**_describe_change(row, guard), "news": guard.text(row["reason"], row["sha256"])}


def _describe_standing(row: Mapping[str, Any], guard: Guard) -> dict[str, Cell]:
    shown = ("kind", "body", "source", "published", "page", "common_id")
    return {
        **{name: row[name] for name in shown},
        **_say_withheld(row, guard),
        "section": "standing",
        "reason": guard.text(row["reason"], row["sha256"]),
        "asked_count": row["ask_count"],
        "addressee": guard.addressees(row["addressees"]),
        "restricted": row["is_restricted"],
        "recommendation_id": row["representative_id"],
    }


def _describe_correction(one: Correction, row: Mapping[str, Any] | None, guard: Guard) -> dict[str, Cell]:
    """The row as it stands with what was told of it; nothing stands of what was withdrawn, so it is as it was told."""
    if row is None:
        return {
            "section": "withdrawn", "text": guard.text(one.told.text), "published": one.told.published,
            "deadline": one.told.deadline, "reason": guard.text(one.reason),
            "recommendation_id": one.told.recommendation_id,
        }  # fmt: skip
    shown = ("kind", "body", "source", "published", "page", "common_id", "status", "recommendation_id")
    return {
        **{name: row[name] for name in shown},
        **_say_withheld(row, guard),
        "section": "corrected",
        "deadline": row["due"],
        "addressee": guard.addressees(row["addressees"]),
        "overdue_days": row["overdue_days"],
        "reason": guard.text(one.reason, row["sha256"]),
        "restricted": row["is_restricted"],
    }


def _tell_all(
    fresh: Sequence[Mapping[str, Any]], corrected: Sequence[tuple[Correction, Mapping[str, Any] | None]], guard: Guard
) -> list[ToldRow]:
    told = [make_told(row, guard.text(row["text"], row["sha256"]) or "") for row in fresh]
    return told + [_tell_correction(one, row, guard) for one, row in corrected]


def _tell_correction(one: Correction, row: Mapping[str, Any] | None, guard: Guard) -> ToldRow:
    if row is None:
        return replace(one.told, section="withdrawn")
    return replace(make_told(row, guard.text(row["text"], row["sha256"]) or ""), section="corrected")


def _say_withheld(row: Mapping[str, Any], guard: Guard) -> dict[str, Cell]:
    """What of a row may hold a name, without it."""
    sha256 = row["sha256"]
    title = NEUTRAL_TITLE if row["source"] == "pfd" and not row["document_title"] else row["document_title"]
    return {
        "text": guard.text(row["text"], sha256),
        "document_title": guard.text(title, sha256),
        "link": guard.link(row["page_url"], sha256),
    }
