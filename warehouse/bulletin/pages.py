"""Renders the bulletins: templates and style beside this file, every value escaped, nothing fetched from elsewhere."""

from collections.abc import Mapping, Sequence
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from pipeline.stages import StageCache
from warehouse.bulletin.charts import Value, draw_heat, draw_trend
from warehouse.bulletin.gather import Cell3, Night, ThemeNight, gather_night
from warehouse.connect import open_reader
from warehouse.told import Told

SECTION_NAMES = {
    "recurred_after_closure": "Asked again after it was accepted or closed",
    "recurred": "Asked before, and asked again",
    "overdue": "Newly overdue",
    "answered": "Answered",
    "corrected": "Corrected",
    "withdrawn": "Withdrawn",
    "new": "New",
}
KIND_NAMES = {
    "recommendation": "recommendation",
    "area_for_improvement": "area for improvement",
    "cause_of_concern": "cause of concern",
    "concern": "matter of concern",
    "agreed_action": "agreed action",
    "quoted_recommendation": "restated recommendation",
}


def make_bulletins(
    path: Path,
    folder: Path,
    *,
    since: date | None = None,
    told: Mapping[str, Told] | None = None,
    themes: Sequence[str] | None = None,
    people: StageCache | None = None,
) -> dict[Path, bytes]:
    """Each theme's page under `<folder>/<as_of>/<theme>.html`, and `index.html`, from the warehouse at `path`.

    Give it the public file: what is in the pages will be passed on. `since`, `told` and `people` as for
    `write_digests`. The same warehouse and arguments give the same bytes, which the caller writes. Raises
    `NoWarehouse`, and `NamesSurvived` when a name that must be left out is found in a page.
    """
    with open_reader(path) as connection:
        night, guard = gather_night(connection, told or {}, since, people)
    target = folder / night.as_of.isoformat()
    templates = _open_templates()
    pages = {
        f"{one.theme}.html": render_theme(one, night, templates)
        for one in night.themes
        if themes is None or one.theme in themes
    }
    pages["index.html"] = render_index(night, templates)
    guard.check(pages.items())
    return {target / name: page.encode() for name, page in pages.items()}


def render_theme(theme: ThemeNight, night: Night, templates: Environment) -> str:
    """One theme's page."""
    years, shares, read = _measure_trend(theme.cells, night.window)
    sources = sorted({cell.source for cell in theme.cells})
    rows = [night.sources.get(source, source) for source in sources]
    values = {(sources.index(cell.source), night.window.index(cell.year)): _value(cell) for cell in theme.cells}
    columns = [("", str(year)) for year in night.window]
    heat_title = f"{theme.name}: asks by source and year. The table that follows has the same figures."
    trend_title = f"{theme.name}: share of the documents read that raise it, by year. The table has the same figures."
    return templates.get_template("theme.html").render(
        theme=theme,
        night=night,
        sections=_by_section(theme.changes),
        heat=Markup(draw_heat("heat", heat_title, sources, columns, values)) if values else None,
        trend=Markup(draw_trend("trend", trend_title, years, shares, read)) if any(read) else None,
        trend_rows=list(zip(years, shares, read, strict=True)),
        heat_rows=[(row, [values.get((r, c)) for c in range(len(columns))]) for r, row in enumerate(rows)],
        **_shared(),
    )


def render_index(night: Night, templates: Environment) -> str:
    """The board's page: every theme at a glance, the heat map of all, what is missing, what may become a theme."""
    sources = sorted({cell.source for one in night.themes for cell in one.cells})
    places = [(source, year) for source in sources for year in night.window if _was_read(night, source, year)]
    columns = [(source, f"’{year % 100:02d}") for source, year in places]
    values = {
        (row, places.index((cell.source, cell.year))): _value(cell)
        for row, one in enumerate(night.themes)
        for cell in one.cells
    }
    title = "Asks by theme, source and year. The table that follows has the same figures."
    heat = draw_heat("heat", title, [one.name for one in night.themes], columns, values) if values else None
    return templates.get_template("index.html").render(
        night=night,
        heat=Markup(heat) if heat else None,
        heat_columns=[(night.sources.get(source, source), year) for source, year in places],
        heat_rows=[
            (one.name, [values.get((row, column)) for column in range(len(columns))])
            for row, one in enumerate(night.themes)
        ],
        **_shared(),
    )


def _was_read(night: Night, source: str, year: int) -> bool:
    return any(cell.source == source and cell.year == year for one in night.themes for cell in one.cells)


def _value(cell: Cell3) -> Value:
    return cell.recommendations, cell.documents_read


def _measure_trend(cells: Sequence[Cell3], window: Sequence[int]) -> tuple[list[int], list[float | None], list[int]]:
    """By year: of the documents read, the share that raise the theme (None: none was read), and how many were read."""
    read = [sum(cell.documents_read for cell in cells if cell.year == year) for year in window]
    raised = [sum(cell.documents for cell in cells if cell.year == year) for year in window]
    return list(window), [some / all_ if all_ else None for some, all_ in zip(raised, read, strict=True)], read


def _by_section(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    return [
        (name, found)
        for section, name in SECTION_NAMES.items()
        if (found := [r for r in rows if r["section"] == section])
    ]


def _shared() -> dict[str, Any]:
    """What every template gets: the style, and how values are said."""
    style = files("warehouse.bulletin").joinpath("style.css").read_text(encoding="utf-8")
    return {"style": Markup(style), "kinds": KIND_NAMES, "day": _say_day, "percent": _say_percent}


def _say_day(value: date | None) -> str:
    return f"{value.day} {value:%B %Y}" if value else "date not known"


def _say_percent(share: float | None) -> str:
    return "none read" if share is None else f"{100 * share:.0f} %"


def _open_templates() -> Environment:
    return Environment(
        loader=PackageLoader("warehouse.bulletin", "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
