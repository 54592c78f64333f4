"""Charts as SVG that stands inside a page: same figures, same bytes; colours follow the page, light or dark.

The only home of matplotlib. A chart is a picture for the eye; the page gives the same figures as a table beside it.
"""

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

# Written as these, and then replaced by the page's own colours.
INK, FAINT, LINE = "#010203", "#040506", "#070809"
PAGE_COLOURS = {INK: "currentColor", FAINT: "var(--faint)", LINE: "var(--accent)"}
SHADES = LinearSegmentedColormap.from_list("asks", ["#dce9f5", "#7fb2dc", "#2b6ca3", "#0d2f55"])
STYLE: dict[Any, Any] = {
    "svg.hashsalt": "perennial", "svg.fonttype": "none", "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"], "font.size": 9, "text.color": INK, "axes.labelcolor": INK,
    "xtick.color": INK, "ytick.color": INK, "axes.edgecolor": FAINT, "hatch.color": FAINT, "hatch.linewidth": 0.6,
}  # fmt: skip
CELL_WIDTH = 0.36  # inches
NAME_WIDTH = 2.9
LONGEST_NAME = 38  # characters of a row's name
DARK_FROM = 0.5  # of the scale; figures on darker cells are white

Value = tuple[int, int]  # asks, documents read


def draw_heat(
    name: str,
    title: str,
    rows: Sequence[str],
    columns: Sequence[tuple[str, str]],
    values: Mapping[tuple[int, int], Value],
) -> str:
    """A heat map as SVG: `rows` by `columns` (group, label), cells `values[row, column]` with how many asks.

    A cell without a value was not read and is hatched: nothing can be said of it. `name` keeps ids apart on a page.
    """
    has_groups = any(group for group, _ in columns)
    above = 1.0 if has_groups else 0.35  # inches for the column heads
    width, height = (
        NAME_WIDTH + 0.1 + CELL_WIDTH * len(columns) + (0.6 if has_groups else 0),
        above + 0.1 + 0.3 * len(rows),
    )
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(width, height))
        inner = (NAME_WIDTH / width, 0.05 / height, CELL_WIDTH * len(columns) / width, 0.3 * len(rows) / height)
        axes = figure.add_axes(inner)
        most = max((asks for asks, _ in values.values()), default=0) or 1
        places = [(row, column) for row in range(len(rows)) for column in range(len(columns))]
        _draw_cells(axes, {place: values[place][0] for place in places if place in values}, most)
        _draw_unread(axes, [place for place in places if place not in values])
        axes.set_xlim(0, len(columns))
        axes.set_ylim(len(rows), 0)
        axes.set_yticks([place + 0.5 for place in range(len(rows))], [_shorten(row) for row in rows])
        axes.set_xticks([place + 0.5 for place in range(len(columns))], [label for _, label in columns])
        axes.xaxis.tick_top()
        axes.tick_params(length=0, pad=2)
        for spine in axes.spines.values():
            spine.set_visible(False)
        for group, first, last in _find_groups([group for group, _ in columns]) if has_groups else ():
            axes.plot([first + 0.1, last - 0.1], [-0.95, -0.95], color=FAINT, linewidth=0.8, clip_on=False)
            axes.text(
                first + 0.2, -1.15, group, rotation=28, ha="left", va="bottom", rotation_mode="anchor", fontsize=8
            )
        return _to_svg(figure, name, title)


def draw_trend(name: str, title: str, years: Sequence[int], shares: Sequence[float | None], read: Sequence[int]) -> str:
    """A line of the share of documents read that raise a theme, by year, over bars of how many were read."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(6.4, 2.6))
        axes = figure.add_axes((0.09, 0.16, 0.82, 0.72))
        bars = axes.twinx()
        bars.bar(years, read, width=0.55, color=FAINT, alpha=0.35, zorder=1)
        bars.set_ylabel("documents read (bars)")
        bars.set_ylim(0, max([*read, 1]) * 1.6)
        axes.set_zorder(bars.get_zorder() + 1)
        axes.patch.set_visible(False)
        known = [(year, 100 * share) for year, share in zip(years, shares, strict=True) if share is not None]
        axes.plot([x for x, _ in known], [y for _, y in known], color=LINE, linewidth=2.2, marker="o", markersize=5)
        for x, y in known:
            axes.annotate(f"{y:.0f} %", (x, y), textcoords="offset points", xytext=(0, 7), ha="center")
        axes.set_ylabel("of them raise it (line)")
        axes.set_ylim(0, max([y for _, y in known] + [10]) * 1.3)
        axes.set_xticks(list(years), [str(year) for year in years])
        for one in (axes, bars):
            one.spines["top"].set_visible(False)
            one.tick_params(length=2)
        return _to_svg(figure, name, title)


def _draw_cells(axes: Axes, asks: Mapping[tuple[int, int], int], most: int) -> None:
    """Cells with how many asks, by row and column. One collection: a patch each takes several times as long."""
    shares = [(count / most) ** 0.5 if count else 0.0 for count in asks.values()]
    colours = ["none" if not share else SHADES(share) for share in shares]
    axes.add_collection(PolyCollection(_outline(asks), facecolors=colours, edgecolors=FAINT, linewidths=0.4))
    for ((row, column), count), share in zip(asks.items(), shares, strict=True):
        ink = INK if not count else "#ffffff" if share > DARK_FROM else "#0b1a2b"
        axes.text(column + 0.5, row + 0.53, str(count), ha="center", va="center", color=ink, fontsize=8)


def _draw_unread(axes: Axes, places: Iterable[tuple[int, int]]) -> None:
    outlines = _outline(places)
    axes.add_collection(PolyCollection(outlines, facecolors="none", edgecolors=FAINT, hatch="////", linewidths=0))


def _outline(places: Iterable[tuple[int, int]]) -> list[list[tuple[float, float]]]:
    """The corners of the cells at these rows and columns."""
    corners = ((0.04, 0.06), (0.96, 0.06), (0.96, 0.94), (0.04, 0.94))
    return [[(column + x, row + y) for x, y in corners] for row, column in places]


def _shorten(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1].rstrip() + "…"


def _find_groups(names: Sequence[str]) -> list[tuple[str, int, int]]:
    """Neighbours of one name as (name, first, one past the last)."""
    groups: list[tuple[str, int, int]] = []
    for place, name in enumerate(names):
        if groups and groups[-1][0] == name:
            groups[-1] = (name, groups[-1][1], place + 1)
        else:
            groups.append((name, place, place + 1))
    return groups


def _to_svg(figure: Figure, name: str, title: str) -> str:
    """The figure without XML head, date or fixed size, its ids made its own, its colours the page's."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None, "Format": None})
    svg = buffer.getvalue().decode()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', svg)
    svg = re.sub(r'(xlink:href="#|url\(#)', rf"\1{name}-", svg)
    for colour, own in PAGE_COLOURS.items():
        svg = svg.replace(colour, own)
    size = re.search(r'width="([\d.]+)pt"', svg)
    width = round(float(size[1]) * 4 / 3) if size else 600
    head, body = svg.split(">", 1)
    head = re.sub(r'\s(width|height|version|xmlns(:xlink)?)="[^"]*"', "", head)
    labels = f'<title id="{name}-title">{escape(title)}</title>'
    marks = f' role="img" aria-labelledby="{name}-title" width="{width}" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f"{head}{marks}>{labels}{body}".strip()
