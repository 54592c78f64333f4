"""Opens and closes PDFs, and says in one sentence why a file cannot be read."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

MAX_PAGES = 5000
_HEADER_WITHIN = 1024  # bytes; readers accept rubbish before the header (PDF 1.7, implementation note 13)
_REASONS = {
    pdfium_c.FPDF_ERR_PASSWORD: ("encrypted_pdf", "The PDF is protected by a password."),
    pdfium_c.FPDF_ERR_SECURITY: ("encrypted_pdf", "The PDF is encrypted in a way that cannot be read."),
}


class UnreadableDocument(ValueError):
    """A file no text can be read from; `code` is stable snake_case, the message one plain sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@contextmanager
def open_pdf(content: bytes) -> Iterator[pdfium.PdfDocument]:
    """The open document; closed, with its pages, when the block ends. Raises `UnreadableDocument`."""
    _check_header(content)
    try:
        pdf = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        raise _explain(content, error) from error
    try:
        _check_length(len(pdf))
        yield pdf
    finally:
        pdf.close()


def _explain(content: bytes, error: pdfium.PdfiumError) -> UnreadableDocument:
    """PDFium asks for a password where a document only lacks pages, so the bytes must speak of encryption too."""
    reason = _REASONS.get(error.err_code or 0)
    if reason and b"/Encrypt" in content:
        return UnreadableDocument(*reason)
    return UnreadableDocument("corrupt_pdf", "The PDF is damaged and cannot be opened.")


def _check_header(content: bytes) -> None:
    if not content.strip():
        raise UnreadableDocument("empty_file", "The file is empty.")
    if not re.search(rb"%PDF-", content[:_HEADER_WITHIN]):
        raise UnreadableDocument("not_a_pdf", "The file is not a PDF.")


def _check_length(pages: int) -> None:
    if pages == 0:
        raise UnreadableDocument("corrupt_pdf", "The PDF holds no pages.")
    if pages > MAX_PAGES:
        raise UnreadableDocument("too_many_pages", f"The PDF has {pages:,} pages; at most {MAX_PAGES:,} are read.")
