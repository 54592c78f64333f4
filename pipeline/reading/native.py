"""PDFium's functions that are called for each word or drawn object, without the wrappers' cost.

The same library functions as `pypdfium2.raw`, declared with plain addresses instead of typed pointers: a call costs a
third, and there are several for each word of each document.
"""

import ctypes
from collections.abc import Callable
from typing import Any

import pypdfium2.raw as pdfium_c

_POINTER, _INT = ctypes.c_void_p, ctypes.c_int


class WordCalls:
    """Calls on a text page. Addresses are plain integers; a page's are good until it is closed."""

    def __init__(self) -> None:
        self.loose_char_box = _declare(pdfium_c.FPDFText_GetLooseCharBox, _INT, _POINTER, _INT, _POINTER)
        self.text_object = _declare(pdfium_c.FPDFText_GetTextObject, _POINTER, _POINTER, _INT)
        self.font = _declare(pdfium_c.FPDFTextObj_GetFont, _POINTER, _POINTER)
        self.render_mode = _declare(pdfium_c.FPDFTextObj_GetTextRenderMode, _INT, _POINTER)
        self.matrix = _declare(pdfium_c.FPDFText_GetMatrix, _INT, _POINTER, _INT, _POINTER)
        self.font_size = _declare(pdfium_c.FPDFText_GetFontSize, ctypes.c_double, _POINTER, _INT)
        self.fill_colour = _declare(pdfium_c.FPDFText_GetFillColor, _INT, _POINTER, _INT, *[_POINTER] * 4)


class ObjectCalls:
    """Calls that walk the objects of a page."""

    def __init__(self) -> None:
        self.object_at = _declare(pdfium_c.FPDFPage_GetObject, _POINTER, _POINTER, _INT)
        self.kind = _declare(pdfium_c.FPDFPageObj_GetType, _INT, _POINTER)


def address_of(pointer: object) -> int:
    """The address a typed pointer holds."""
    return ctypes.cast(pointer, _POINTER).value or 0  # type: ignore[arg-type]


def _declare(function: object, result: type, *arguments: type) -> Callable[..., Any]:
    # Without letting go of the interpreter's lock: a call takes a fraction of a microsecond, and readers are processes.
    return ctypes.PYFUNCTYPE(result, *arguments)(address_of(function))
