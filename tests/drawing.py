"""Draws small PDFs for tests of reading and extraction."""

import io
from collections.abc import Sequence
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Table, TableStyle

BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=10, leading=12.5, spaceAfter=8)
BOLD = ParagraphStyle("bold", parent=BODY, fontName="Helvetica-Bold")
ITALIC = ParagraphStyle("italic", parent=BODY, fontName="Helvetica-Oblique")
HEADING = ParagraphStyle("heading", parent=BODY, fontName="Helvetica-Bold", fontSize=14, leading=17, spaceBefore=8)
ITEM = ParagraphStyle("item", parent=BODY, leftIndent=22, firstLineIndent=-22)
BREAK = PageBreak()


def text(words: str, style: ParagraphStyle = BODY) -> Paragraph:
    """A paragraph; `words` is plain text."""
    return Paragraph(escape(words), style)


def box(*content: Flowable) -> Table:
    """A shaded, framed box around `content`."""
    table = Table([[list(content)]], colWidths=[430])
    table.setStyle(
        TableStyle([("BACKGROUND", (0, 0), (-1, -1), colors.lavender), ("BOX", (0, 0), (-1, -1), 1, colors.navy)])
    )
    return table


def grid(rows: Sequence[Sequence[str]], widths: Sequence[float]) -> Table:
    """A ruled table whose cells wrap."""
    table = Table([[text(cell, BODY) for cell in row] for row in rows], colWidths=list(widths), repeatRows=1)
    table.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.grey), ("VALIGN", (0, 0), (-1, -1), "TOP")]))
    return table


def pdf(*content: Flowable, title: str = "", head: str = "") -> bytes:
    """The document's bytes, with `head` and the page number on each page; the same content gives the same bytes."""
    out = io.BytesIO()

    def furnish(canvas: object, document: object) -> None:
        canvas.setFont("Helvetica", 8)  # type: ignore[attr-defined]
        canvas.drawString(60, 815, head)  # type: ignore[attr-defined]
        canvas.drawCentredString(300, 20, str(document.page))  # type: ignore[attr-defined]

    template = SimpleDocTemplate(out, pagesize=A4, title=title, leftMargin=70, rightMargin=70, invariant=1)
    template.build(list(content), onFirstPage=furnish, onLaterPages=furnish)
    return out.getvalue()
