"""Reads PDFs and web pages: bytes in, laid-out pages out. The only home of the PDF libraries."""

from pipeline.reading.html import html_text, read_html
from pipeline.reading.ocr import WrongModel, check_models
from pipeline.reading.opening import UnreadableDocument
from pipeline.reading.pages import page_texts, read_pdf

__all__ = ["UnreadableDocument", "WrongModel", "check_models", "html_text", "page_texts", "read_html", "read_pdf"]
