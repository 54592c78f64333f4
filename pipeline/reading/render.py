"""A page of a PDF as a picture, with the rows that were read from it marked, for a person to compare."""

import ctypes
import io
from collections.abc import Sequence
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image, ImageDraw

from pipeline.reading.opening import UnreadableDocument, open_pdf
from pipeline.records import Box

SCALE = 1.6  # pixels a point: an A4 page is then 950 pixels wide
MOST_PIXELS = 12_000_000
MARK = (255, 214, 10, 96)
EDGE = (176, 92, 0, 255)
MARGIN = 2.0  # points around a box


@dataclass(frozen=True, slots=True)
class PageOrder:
    """Which page of which bytes to draw, and the boxes to mark on it."""

    content: bytes
    page: int  # counted from 1
    boxes: tuple[Box, ...] = ()


def render_page(order: PageOrder) -> bytes:
    """The page as PNG. Raises `UnreadableDocument` when the file cannot be opened or has no such page."""
    with open_pdf(order.content) as pdf:
        if not 1 <= order.page <= len(pdf):
            raise UnreadableDocument("no_such_page", f"The PDF has {len(pdf)} pages, and no page {order.page}.")
        page = pdf[order.page - 1]
        try:
            scale = min(SCALE, (MOST_PIXELS / max(page.get_width() * page.get_height(), 1)) ** 0.5)
            picture = page.render(scale=scale).to_pil().convert("RGBA")
            boxes = [box for box in order.boxes if box.page == order.page]
            marked = Image.alpha_composite(picture, _draw_marks(page, picture.size, boxes, scale))
        finally:
            page.close()
    buffer = io.BytesIO()
    marked.convert("RGB").save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _draw_marks(page: pdfium.PdfPage, size: tuple[int, int], boxes: Sequence[Box], scale: float) -> Image.Image:
    layer = Image.new("RGBA", size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(layer)
    for box in boxes:
        x0, y0 = _to_pixels(page, size, box.x0 - MARGIN, box.top - MARGIN)
        x1, y1 = _to_pixels(page, size, box.x1 + MARGIN, box.bottom + MARGIN)
        corners = (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
        draw.rectangle(corners, fill=MARK, outline=EDGE, width=max(1, round(scale)))
    return layer


def _to_pixels(page: pdfium.PdfPage, size: tuple[int, int], x: float, top: float) -> tuple[int, int]:
    """PDFium knows how the page is turned and cropped; boxes count from the top of its height as read."""
    across, down = ctypes.c_int(), ctypes.c_int()
    pdfium_c.FPDF_PageToDevice(
        page, 0, 0, *size, 0, x, page.get_height() - top, ctypes.byref(across), ctypes.byref(down)
    )
    return across.value, down.value
