"""Reads a whole document, page by page, each closed before the next is opened."""

from collections.abc import Collection
from datetime import date

import pypdfium2 as pdfium

from pipeline.ids import content_hash
from pipeline.layout import Document, Page
from pipeline.reading.graphics import Drawing, read_drawing
from pipeline.reading.opening import UnreadableDocument, open_pdf
from pipeline.reading.order import order_lines
from pipeline.reading.quality import has_usable_text
from pipeline.reading.words import read_lines


def read_pdf(content: bytes) -> Document:
    """The laid-out document. Raises `UnreadableDocument`; a page that is broken comes back as a page without text."""
    with open_pdf(content) as pdf:
        pages = tuple(_read_page(pdf, index) for index in range(len(pdf)))
        metadata = pdf.get_metadata_dict(skip_empty=True)
    title = metadata.get("Title", "").strip() or None
    return Document(content_hash(content), pages, title, _pdf_date(metadata.get("CreationDate", "")))


def page_texts(content: bytes, pages: Collection[int]) -> dict[int, str]:
    """A fresh parse of the raw text of `pages` (counted from 1); numbers the document lacks are left out."""
    with open_pdf(content) as pdf:
        return {number: _raw_text(pdf, number - 1) for number in sorted(set(pages)) if 1 <= number <= len(pdf)}


def _raw_text(pdf: pdfium.PdfDocument, index: int) -> str:
    try:
        page = pdf[index]
    except pdfium.PdfiumError:
        return ""
    try:
        textpage = page.get_textpage()
        try:
            return str(textpage.get_text_range())
        finally:
            textpage.close()
    finally:
        page.close()


def _read_page(pdf: pdfium.PdfDocument, index: int) -> Page:
    try:
        page = pdf[index]
    except pdfium.PdfiumError:
        return Page(index + 1, 0.0, 0.0, "", (), has_usable_text=False)
    try:
        return _lay_out(page, index + 1)
    finally:
        page.close()


def _lay_out(page: pdfium.PdfPage, number: int) -> Page:
    width, height = page.get_size()
    drawing: Drawing = read_drawing(page, width, height)
    textpage = page.get_textpage()
    try:
        text = str(textpage.get_text_range())
        lines = order_lines(read_lines(textpage, text, height))
    finally:
        textpage.close()
    usable = has_usable_text(text, drawing.image_share)
    return Page(number, width, height, text, lines, drawing.shapes, usable, drawing.image_share)


def _pdf_date(value: str) -> date | None:
    """The day of a PDF date string `D:YYYYMMDD…` (PDF 1.7, 7.9.4)."""
    digits = value.removeprefix("D:")[:8]
    if len(digits) < 8 or not digits.isdigit():
        return None
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


__all__ = ["UnreadableDocument", "page_texts", "read_pdf"]
