"""What the bulletins show, read from views into records without names of people who died."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipeline.refusal import Refusal
from pipeline.stages import StageCache
from warehouse.connect import Connection, fetch_rows
from warehouse.cover import describe_cover, list_missing
from warehouse.csv_cells import Cell
from warehouse.digest_rows import COLUMNS, NOTHING_NEW, STANDING_COUNT, Digest, Period, collect_digests
from warehouse.told import Told
from warehouse.withholding import Guard

SHOWN_NEW, SHOWN_COMMON, SHOWN_OVERDUE = 12, 5, 10  # of a theme's page; the rest is in its workbook
RESPONSE_SHOWN = 400  # characters


class NoBulletin(Refusal):
    """A bulletin that cannot be written, in one sentence."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One time that a common recommendation was asked: who, when, where, and what was answered."""

    body: str
    published: date | None
    text: str
    title: str | None
    page: int
    link: str | None
    status: str
    answer: str | None
    answered_on: date | None


@dataclass(frozen=True, slots=True)
class Common:
    """One common recommendation: its words, how often, by whom, in which years, and each time it was asked."""

    common_id: str
    text: str
    ask_count: int
    bodies: tuple[str, ...]
    years: tuple[int, ...]
    verdict: str
    is_perennial: bool
    after_closure_count: int
    document_read_count: int
    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Overdue:
    """An ask whose day has passed."""

    text: str
    body: str
    due: date
    days: int
    due_for: str
    link: str | None
    page: int


@dataclass(frozen=True, slots=True)
class Cell3:
    """Theme × source × year, with its denominator."""

    theme: str
    source: str
    year: int
    recommendations: int
    documents: int
    documents_read: int


@dataclass(frozen=True, slots=True)
class ThemeNight:
    """All that a theme's page shows."""

    theme: str
    name: str
    lead: str
    definition: str
    digest: Digest
    commons: tuple[Common, ...]
    overdue: tuple[Overdue, ...]
    overdue_count: int
    cells: tuple[Cell3, ...]
    review: Mapping[str, Any]
    perennial_count: int
    recommendation_count: int

    @property
    def changes(self) -> tuple[Mapping[str, Cell], ...]:
        """The rows that are news, at most `SHOWN_NEW`."""
        rows = [row for row in self.digest.rows if row["section"] not in ("standing", NOTHING_NEW)]
        return tuple({name: row.get(name) for name in (*COLUMNS, "news")} for row in rows[:SHOWN_NEW])


@dataclass(frozen=True, slots=True)
class Night:
    """All that one night's bulletins show."""

    as_of: date
    themes: tuple[ThemeNight, ...]
    sources: Mapping[str, str]  # title by short name
    missing: tuple[str, ...]
    cover: tuple[tuple[str, str], ...]
    emerging: tuple[Mapping[str, Any], ...]
    coverage: tuple[Mapping[str, Any], ...]
    window: tuple[int, ...]  # years, the last `window_years`


def gather_night(
    connection: Connection, told: Mapping[str, Told], since: date | None, people: StageCache | None = None
) -> tuple[Night, Guard]:
    """Everything for tonight's bulletins, and the guard to check them with. Raises `NoBulletin` without themes.

    `people` keeps who was found in which document.
    """
    registry = fetch_rows(connection, "FROM themes ORDER BY theme")
    if not registry:
        raise NoBulletin("There is no theme to write a bulletin of.")
    rule = fetch_rows(connection, "FROM parameters")[0]
    as_of: date = rule["as_of"]
    standing = fetch_rows(connection, "FROM standing(how_many := $count)", {"count": STANDING_COUNT})
    members = _load_members(connection, sorted({row["common_id"] for row in standing}))
    overdue = _load_overdue(connection)
    cited = {row["sha256"] for rows in members.values() for row in rows} | {row["sha256"] for row in overdue}
    periods = {
        row["theme"]: Period(as_of, told[row["theme"]].since if row["theme"] in told else since, None)
        for row in registry
    }
    drafts, guard = collect_digests(connection, registry, periods, told, cited, shown=SHOWN_NEW, people=people)
    window = tuple(range(as_of.year - rule["window_years"] + 1, as_of.year + 1))
    cells = _load_cells(connection, window)
    reviewed = {row["theme"]: row for row in fetch_rows(connection, "FROM review_coverage")}
    themes = tuple(
        _make_theme(row, draft.tell(), standing, members, overdue, cells, reviewed, guard)
        for row, draft in zip(registry, drafts, strict=True)
    )
    return Night(
        as_of=as_of,
        themes=themes,
        sources={row["source"]: row["title"] for row in fetch_rows(connection, "FROM sources")},
        missing=tuple(list_missing(connection)),
        cover=tuple(describe_cover(connection, as_of)),
        emerging=_load_emerging(connection, guard),
        coverage=tuple(fetch_rows(connection, "FROM coverage WHERE document_count > 0 OR is_missing_tonight")),
        window=window,
    ), guard


def _make_theme(
    row: Mapping[str, Any],
    digest: Digest,
    standing: Sequence[Mapping[str, Any]],
    members: Mapping[str, Sequence[Mapping[str, Any]]],
    overdue: Sequence[Mapping[str, Any]],
    cells: Sequence[Cell3],
    reviewed: Mapping[str, Mapping[str, Any]],
    guard: Guard,
) -> ThemeNight:
    theme = row["theme"]
    common = [one for one in standing if one["theme"] == theme][:SHOWN_COMMON]
    late = [one for one in overdue if theme in one["themes"]]
    return ThemeNight(
        theme=theme,
        name=row["name"],
        lead=row["lead"],
        definition=row["definition"],
        digest=digest,
        commons=tuple(_make_common(one, members.get(one["common_id"], ()), guard) for one in common),
        overdue=tuple(_make_overdue(one, guard) for one in late[:SHOWN_OVERDUE]),
        overdue_count=len(late),
        cells=tuple(cell for cell in cells if cell.theme == theme),
        review=reviewed[theme],
        perennial_count=row["perennial_count"],
        recommendation_count=row["recommendation_count"],
    )


def _make_common(row: Mapping[str, Any], members: Sequence[Mapping[str, Any]], guard: Guard) -> Common:
    return Common(
        common_id=row["common_id"],
        text=guard.text(row["text"], row["sha256"]) or "",
        ask_count=row["ask_count"],
        bodies=tuple(row["bodies"]),
        years=tuple(row["years"]),
        verdict=row["verdict"],
        is_perennial=row["is_perennial"],
        after_closure_count=row["after_closure_count"],
        document_read_count=row["document_read_count"],
        asked=tuple(_make_asked(one, guard) for one in members),
    )


def _make_asked(row: Mapping[str, Any], guard: Guard) -> Asked:
    answer = guard.text(row["response_text"], row["sha256"])
    if answer and len(answer) > RESPONSE_SHOWN:
        answer = answer[:RESPONSE_SHOWN] + " …"
    return Asked(
        body=row["body"],
        published=row["published"],
        text=guard.text(row["text"], row["sha256"]) or "",
        title=guard.text(row["title"], row["sha256"]),
        page=row["page"],
        link=guard.link(row["page_url"], row["sha256"]),
        status=row["status"],
        answer=answer,
        answered_on=row["first_answered_on"],
    )


def _make_overdue(row: Mapping[str, Any], guard: Guard) -> Overdue:
    text = guard.text(row["text"], row["sha256"]) or ""
    link = guard.link(row["page_url"], row["sha256"])
    return Overdue(text, row["body"], row["due"], row["overdue_days"], row["due_for"], link, row["page"])


def _load_members(connection: Connection, common_ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    rows = fetch_rows(
        connection,
        """
        SELECT common_id, sha256, body, published, text, page, page_url, status, response_text, first_answered_on,
            CASE WHEN source = 'pfd' THEN 'Prevention of future deaths report' || coalesce(' ' || reference, '')
                 ELSE document_title END AS title
        FROM register
        WHERE common_id IN (SELECT unnest($ids)) AND NOT is_known_from_response_only
        ORDER BY common_id, published NULLS LAST, recommendation_id
        """,
        {"ids": list(common_ids)},
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["common_id"], []).append(row)
    return found


def _load_overdue(connection: Connection) -> list[dict[str, Any]]:
    return fetch_rows(
        connection,
        "SELECT text, body, due, overdue_days, due_for, page, page_url, sha256, themes FROM register "
        "WHERE is_overdue ORDER BY overdue_days DESC, recommendation_id",
    )


def _load_cells(connection: Connection, window: Sequence[int]) -> list[Cell3]:
    rows = fetch_rows(
        connection,
        "SELECT theme, source, year, ask_count, document_count, document_read_count FROM theme_by_source_year "
        "WHERE year BETWEEN $first AND $last ORDER BY theme, source, year",
        {"first": window[0], "last": window[-1]},
    )
    return [Cell3(*row.values()) for row in rows]


def _load_emerging(connection: Connection, guard: Guard) -> tuple[Mapping[str, Any], ...]:
    rows = fetch_rows(connection, "FROM emerging_themes LIMIT 10")
    return tuple({**row, "text": guard.text(row["text"])} for row in rows)
