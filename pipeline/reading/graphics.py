"""Reads what is drawn on a page: filled rectangles, frames and ruling lines, and how much of it images cover."""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from pipeline.layout import Colour, Rectangle, Shape
from pipeline.reading.native import ObjectCalls, address_of

_MAX_OBJECTS = 20_000  # maps and charts hold far more paths than any box or table
_MAX_SHAPES = 1_500
_DEPTH = 4  # form objects within form objects
_SMALL = 8.0  # points: shapes smaller than this both ways are dots and glyphs drawn as paths


@dataclass(frozen=True, slots=True)
class Drawing:
    """The shapes of one page, and the share of its area under images."""

    shapes: tuple[Shape, ...]
    image_share: float


def read_drawing(page: pdfium.PdfPage, width: float, height: float, calls: ObjectCalls) -> Drawing:
    """What is drawn on `page`, which is `width` by `height` points."""
    shapes: list[Shape] = []
    image_area = 0.0
    for count, (raw, matrix) in enumerate(_objects(page, calls)):
        if count >= _MAX_OBJECTS or len(shapes) >= _MAX_SHAPES:
            break
        box = _bounds(raw, matrix, height)
        kind = pdfium_c.FPDFPageObj_GetType(raw)
        if box is None:
            continue
        if kind == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            image_area += _clip(box, width, height)
        elif max(box.width, box.height) >= _SMALL and (shape := _shape(raw, box)):
            shapes.append(shape)
    return Drawing(tuple(shapes), min(1.0, image_area / max(1.0, width * height)))


_Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: _Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def _objects(page: pdfium.PdfPage, calls: ObjectCalls) -> Iterator[tuple[pdfium_c.FPDF_PAGEOBJECT, _Matrix]]:
    address, text = address_of(page.raw), pdfium_c.FPDF_PAGEOBJ_TEXT
    object_at, kind_of = calls.object_at, calls.kind
    for index in range(pdfium_c.FPDFPage_CountObjects(page)):
        found = object_at(address, index)
        if found and kind_of(found) != text:  # most are text
            yield from _unfold(ctypes.cast(found, pdfium_c.FPDF_PAGEOBJECT), _IDENTITY, _DEPTH)


def _unfold(
    raw: pdfium_c.FPDF_PAGEOBJECT, matrix: _Matrix, depth: int
) -> Iterator[tuple[pdfium_c.FPDF_PAGEOBJECT, _Matrix]]:
    kind = pdfium_c.FPDFPageObj_GetType(raw)
    if kind in (pdfium_c.FPDF_PAGEOBJ_PATH, pdfium_c.FPDF_PAGEOBJ_IMAGE):
        yield raw, matrix
    elif kind == pdfium_c.FPDF_PAGEOBJ_FORM and depth:
        inner = _multiply(_matrix(raw), matrix)
        for index in range(pdfium_c.FPDFFormObj_CountObjects(raw)):
            yield from _unfold(pdfium_c.FPDFFormObj_GetObject(raw, index), inner, depth - 1)


def _matrix(raw: pdfium_c.FPDF_PAGEOBJECT) -> _Matrix:
    found = pdfium_c.FS_MATRIX()
    if not pdfium_c.FPDFPageObj_GetMatrix(raw, found):
        return _IDENTITY
    return (found.a, found.b, found.c, found.d, found.e, found.f)


def _multiply(m: _Matrix, n: _Matrix) -> _Matrix:
    return (
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    )


def _bounds(raw: pdfium_c.FPDF_PAGEOBJECT, matrix: _Matrix, height: float) -> Rectangle | None:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not pdfium_c.FPDFPageObj_GetBounds(raw, left, bottom, right, top):
        return None
    a, b, c, d, e, f = matrix
    corners = [(x, y) for x in (left.value, right.value) for y in (bottom.value, top.value)]
    xs = [a * x + c * y + e for x, y in corners]
    ys = [height - (b * x + d * y + f) for x, y in corners]
    return Rectangle(min(xs), min(ys), max(xs), max(ys))


def _shape(raw: pdfium_c.FPDF_PAGEOBJECT, box: Rectangle) -> Shape | None:
    fill_mode, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium_c.FPDFPath_GetDrawMode(raw, fill_mode, stroke)
    fill_colour = _colour(raw, pdfium_c.FPDFPageObj_GetFillColor) if fill_mode.value else None
    stroke_colour = _colour(raw, pdfium_c.FPDFPageObj_GetStrokeColor) if stroke.value else None
    if fill_colour is None and stroke_colour is None:
        return None
    return Shape(box, fill_colour, stroke_colour)


def _colour(raw: pdfium_c.FPDF_PAGEOBJECT, getter: object) -> Colour | None:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    assert callable(getter)
    if not getter(raw, red, green, blue, alpha) or alpha.value == 0:
        return None
    return (red.value, green.value, blue.value)


def _clip(box: Rectangle, width: float, height: float) -> float:
    return max(0.0, min(box.x1, width) - max(box.x0, 0.0)) * max(0.0, min(box.bottom, height) - max(box.top, 0.0))
