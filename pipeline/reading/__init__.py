"""Reads PDFs: bytes in, laid-out pages out. The only home of the PDF libraries."""

from pipeline.reading.opening import UnreadableDocument
from pipeline.reading.pages import page_texts, read_pdf

__all__ = ["UnreadableDocument", "page_texts", "read_pdf"]
