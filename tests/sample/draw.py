"""Draws one document: picks the family's drawer, builds the PDF, and scans it where the content says so."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import pypdfium2 as pdfium
from reportlab.platypus import Flowable

from tests.sample.draw_audit import draw_audit
from tests.sample.draw_complaints import draw_complaints
from tests.sample.draw_coroner import draw_coroner
from tests.sample.draw_inquiry import draw_committee, draw_inquiry, draw_response
from tests.sample.draw_inspection import draw_inspection
from tests.sample.draw_prose import draw_prose
from tests.sample.model import Document
from tests.sample.page import Marks, build_pdf, register_fonts
from tests.sample.scan import scan_pdf

DRAWERS: dict[str, Callable[[Document], list[Flowable]]] = {
    "coroner": draw_coroner,
    "letter": draw_prose,
    "inspection": draw_inspection,
    "complaints": draw_complaints,
    "audit": draw_audit,
    "inquiry": draw_inquiry,
    "response": draw_response,
    "committee": draw_committee,
    "prose": draw_prose,
}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawn document and where its asks stand."""

    content: bytes
    marks: Marks
    pages: int
    sha256: str


def draw_document(document: Document) -> Drawn:
    """Draw `document`; the same content gives the same bytes."""
    register_fonts()
    story = DRAWERS[document.family](document)
    content, marks = build_pdf(document, story, document.listing.title)
    if document.scan:
        content = scan_pdf(content, document.scan, document.listing.title)
    with pdfium.PdfDocument(content) as drawn:
        pages = len(drawn)
    return Drawn(content, marks, pages, hashlib.sha256(content).hexdigest())
