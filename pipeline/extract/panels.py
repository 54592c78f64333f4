"""Finds the panels of a page: shaded or framed boxes that set text apart, and cells of ruled tables."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.layout import Colour, Page, Rectangle, Shape

_THIN = 3.5  # points: a shape this thin is a ruling line
_MIN_WIDTH, _MIN_HEIGHT = 60.0, 11.0
_PAGE_SHARE = 0.8  # of the page's height: larger is a background
_TOUCH = 4.0  # points between things that are drawn as one
_JOIN = 1.5  # points between bars that shade one box line by line
_NEAR_WHITE = 250


@dataclass(frozen=True, slots=True)
class Panel:
    """A box on a page. `fill` is None where it is only framed."""

    page: int
    box: Rectangle
    fill: Colour | None


def find_panels(page: Page) -> tuple[Panel, ...]:
    """The panels of `page`, smallest first, so that the first that holds a point is the innermost."""
    shaded = _merge_fills([shape for shape in page.shapes if _is_shade(shape)])
    framed = [Panel(page.number, box, None) for box in _frames(page.shapes)]
    panels = [Panel(page.number, shape.box, shape.fill) for shape in shaded] + framed
    fitting = [panel for panel in panels if _fits(panel.box, page)]
    return tuple(sorted(fitting, key=lambda panel: (panel.box.width * panel.box.height, panel.fill is None)))


def _fits(box: Rectangle, page: Page) -> bool:
    return box.width >= _MIN_WIDTH and box.height >= _MIN_HEIGHT and box.height <= _PAGE_SHARE * page.height


def _is_shade(shape: Shape) -> bool:
    if shape.fill is None or min(shape.box.width, shape.box.height) <= _THIN:
        return False
    return min(shape.fill) < _NEAR_WHITE


def _merge_fills(shapes: Sequence[Shape]) -> list[Shape]:
    """Boxes shaded line by line, or with slivers at the sides, joined to one."""
    merged: list[Shape] = []
    within_reach: dict[Colour | None, list[int]] = {}  # places in `merged` that a shape further down may yet touch
    for shape in sorted(shapes, key=lambda item: (item.box.top, item.box.x0)):
        near = [
            place for place in within_reach.get(shape.fill, ()) if merged[place].box.bottom - shape.box.top > -_JOIN
        ]
        within_reach[shape.fill] = near
        place = next((place for place in near if _touch(merged[place].box, shape.box)), None)
        if place is None:
            near.append(len(merged))
            merged.append(shape)
        else:
            merged[place] = Shape(_union(merged[place].box, shape.box), merged[place].fill, merged[place].stroke)
    return merged


def _touch(a: Rectangle, b: Rectangle) -> bool:
    beside = min(a.x1, b.x1) - max(a.x0, b.x0)
    above = min(a.bottom, b.bottom) - max(a.top, b.top)
    if above >= 0.5 * min(a.height, b.height):
        return beside > -_TOUCH
    return above > -_JOIN and beside >= 0.7 * min(a.width, b.width)


def _union(a: Rectangle, b: Rectangle) -> Rectangle:
    return Rectangle(min(a.x0, b.x0), min(a.top, b.top), max(a.x1, b.x1), max(a.bottom, b.bottom))


def _frames(shapes: Iterable[Shape]) -> list[Rectangle]:
    """Stroked rectangles, and rectangles put together from two upright rules joined at the top or the foot."""
    drawn = list(shapes)
    whole = [shape.box for shape in drawn if shape.stroke and min(shape.box.width, shape.box.height) > _MIN_HEIGHT]
    upright = [shape.box for shape in drawn if shape.box.width <= _THIN and shape.box.height > _MIN_HEIGHT]
    level = [shape.box for shape in drawn if shape.box.height <= _THIN and shape.box.width > _MIN_WIDTH / 2]
    upright.sort(key=lambda rule: (rule.x0, rule.top))
    for left in upright:
        right = _partner(left, upright)
        if right and _joined(left, right, level):
            whole.append(Rectangle(left.x0, min(left.top, right.top), right.x1, max(left.bottom, right.bottom)))
    return whole


def _partner(left: Rectangle, upright: Sequence[Rectangle]) -> Rectangle | None:
    """The nearest rule to the right that starts and ends where `left` does."""
    for rule in upright:
        same = abs(rule.top - left.top) <= _TOUCH and abs(rule.bottom - left.bottom) <= _TOUCH
        if same and rule.x0 - left.x1 >= _MIN_WIDTH / 3:
            return rule
    return None


def _joined(left: Rectangle, right: Rectangle, level: Sequence[Rectangle]) -> bool:
    edges = (left.top, left.bottom)
    width = right.x1 - left.x0
    for edge in edges:
        at_edge = [rule for rule in level if min(abs(rule.top - edge), abs(rule.bottom - edge)) <= _TOUCH]
        covered = sum(max(0.0, min(rule.x1, right.x1) - max(rule.x0, left.x0)) for rule in at_edge)
        if covered >= 0.8 * width:
            return True
    return False
