"""Reads a whole document, page by page, each closed before the next is opened."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import date

import pypdfium2 as pdfium

from pipeline.ids import content_hash
from pipeline.layout import Document, Page
from pipeline.reading.graphics import read_drawing
from pipeline.reading.native import ObjectCalls, WordCalls
from pipeline.reading.ocr import RapidRecogniser, Recogniser, recognise_page
from pipeline.reading.opening import open_pdf
from pipeline.reading.order import order_lines
from pipeline.reading.quality import garbage_share, has_usable_text
from pipeline.reading.words import read_lines


def read_pdf(content: bytes, make_recogniser: Callable[[], Recogniser] | None = RapidRecogniser) -> Document:
    """The laid-out document. Raises `UnreadableDocument`; a page that is broken comes back as a page without text.

    Pages whose text layer is missing or garbage are recognised from their picture, which takes seconds a page;
    `make_recogniser` is called when the first is met. With None they stay without text.
    """
    recogniser: Recogniser | None = None
    calls = WordCalls(), ObjectCalls()
    pages = []
    with open_pdf(content) as pdf:
        for number in range(1, len(pdf) + 1):
            with _opened(pdf, number) as raw:
                page = _lay_out(raw, number, *calls)
                if raw is not None and not page.has_usable_text and make_recogniser is not None:
                    recogniser = recogniser or make_recogniser()
                    page = _choose_layer(page, recognise_page(raw, page, recogniser))
            pages.append(page)
        metadata = pdf.get_metadata_dict(skip_empty=True)
    title = metadata.get("Title", "").strip() or None
    return Document(content_hash(content), tuple(pages), title, _pdf_date(metadata.get("CreationDate", "")))


def page_texts(content: bytes, pages: Collection[int], recognised: Mapping[int, str] | None = None) -> dict[int, str]:
    """A fresh parse of the raw text of `pages` (counted from 1); numbers the document lacks are left out.

    `recognised` gives the text of pages that were read from their picture, whose own layer is no evidence.
    """
    known = recognised or {}
    with open_pdf(content) as pdf:
        wanted = [number for number in sorted(set(pages)) if 1 <= number <= len(pdf)]
        texts = {}
        for number in wanted:
            with _opened(pdf, number) as raw:
                texts[number] = known[number] if number in known else _raw_text(raw)
        return texts


def _choose_layer(own: Page, recognised: Page) -> Page:
    """What was recognised, unless the page's own poor text is less garbage: both are measured alike."""
    if recognised.ocr_confidence is None or not own.text.strip():
        return recognised
    return recognised if garbage_share(recognised.text) <= garbage_share(own.text) else own


@contextmanager
def _opened(pdf: pdfium.PdfDocument, number: int) -> Iterator[pdfium.PdfPage | None]:
    """The page, or None where it is broken."""
    try:
        page = pdf[number - 1]
    except pdfium.PdfiumError:
        yield None
        return
    try:
        yield page
    finally:
        page.close()


def _raw_text(page: pdfium.PdfPage | None) -> str:
    if page is None:
        return ""
    textpage = page.get_textpage()
    try:
        return str(textpage.get_text_range())
    finally:
        textpage.close()


def _lay_out(page: pdfium.PdfPage | None, number: int, words: WordCalls, objects: ObjectCalls) -> Page:
    if page is None:
        return Page(number, 0.0, 0.0, "", (), has_usable_text=False)
    width, height = page.get_size()
    drawing = read_drawing(page, width, height, objects)
    textpage = page.get_textpage()
    try:
        text = str(textpage.get_text_range())
        lines = order_lines(read_lines(textpage, text, height, words))
    finally:
        textpage.close()
    usable = has_usable_text(text, drawing.image_share, len(drawing.shapes))
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
