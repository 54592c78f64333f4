"""Coroners' Regulation 28 forms: a bordered table, the number left, heading and text right, over several pages."""

from __future__ import annotations

from reportlab.lib.colors import black
from reportlab.lib.pagesizes import A4
from reportlab.platypus import Flowable, Table, TableStyle

from tests.sample.blocks import soften
from tests.sample.model import Ask, Document, Form, Look
from tests.sample.page import Marked, markup, style

NUMBER_CELL = 26.0


def draw_coroner(document: Document) -> list[Flowable]:
    """The form as one table that breaks over pages; sections 1-9."""
    form, look = document.form, document.look
    if form is None:
        raise ValueError(f"{document.name} has no form")
    sections = [("", _title_cell(form, look)), *_sections(form, look)]
    if look.variant == "untabled":
        return [piece for number, cell in sections for piece in _flat(number, cell, look)]
    rows: list[list[object]] = []
    starts = []
    for number, cell in sections:
        starts.append(len(rows))
        rows += [[Marked(number, style(look)) if not n and number else "", piece] for n, piece in enumerate(cell)]
    table = Table(rows, colWidths=[NUMBER_CELL, A4[0] - 2 * look.margin - NUMBER_CELL], splitInRow=1)
    table.setStyle(TableStyle(_rules(starts)))
    return [table]


def _rules(starts: list[int]) -> list[tuple[object, ...]]:
    commands: list[tuple[object, ...]] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 1),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ("BOX", (0, 0), (-1, -1), 0.7, black),
        ("LINEBEFORE", (1, 0), (1, -1), 0.7, black),
        ("LINEBELOW", (0, "splitlast"), (-1, "splitlast"), 0.7, black),
        ("LINEABOVE", (0, "splitfirst"), (-1, "splitfirst"), 0.7, black),
    ]
    return commands + [("LINEABOVE", (0, row), (-1, row), 0.7, black) for row in starts]


def _title_cell(form: Form, look: Look) -> list[Marked]:
    bold = style(look, 1.05, 1)
    lines = [Marked(markup(line), bold) for line in form.heading]
    lines.append(Marked("<b>THIS REPORT IS BEING SENT TO:</b>", style(look)))
    many = len(form.recipients) > 1
    listed = style(look, 1, 1, leftIndent=34, bulletIndent=18, spaceAfter=1)
    return lines + [
        Marked(markup(who), listed, bulletText=f"{n}." if many else None) for n, who in enumerate(form.recipients, 1)
    ]


def _sections(form: Form, look: Look) -> list[tuple[str, list[Marked]]]:
    return [
        ("1", _cell("CORONER", (form.coroner,), look)),
        ("2", _cell("CORONER’S LEGAL POWERS", (form.powers,), look)),
        ("3", _cell(form.inquest_heading, form.inquest, look)),
        ("4", _cell(form.circumstances_heading, form.circumstances, look)),
        ("5", _concerns(form, look)),
        ("6", _cell("ACTION SHOULD BE TAKEN", (form.action,), look)),
        ("7", _cell("YOUR RESPONSE", form.respond, look)),
        ("8", _cell("COPIES and PUBLICATION", form.copies, look)),
        ("9", [Marked(markup(line), style(look)) for line in form.signed]),
    ]


def _cell(heading: str, paragraphs: tuple[str, ...], look: Look) -> list[Marked]:
    return [Marked(f"<b>{heading}</b>", style(look)), *(Marked(markup(text), style(look)) for text in paragraphs)]


def _concerns(form: Form, look: Look) -> list[Marked]:
    head = _cell(form.concerns_heading, form.lead_in, look)
    asks = [piece for ask in form.concerns for piece in _concern(ask, look)]
    return head + asks + [Marked(markup(text), style(look)) for text in form.close]


def _concern(ask: Ask, look: Look) -> list[Marked]:
    mark = (ask.id, "text")
    if not ask.shown:
        return [Marked(soften(markup(ask.text), look), style(look), mark)]
    hung = style(look, 1, 0, leftIndent=30, bulletIndent=6)
    first = Marked(soften(markup(ask.text), look), hung, mark, bulletText=ask.shown)
    deeper = style(look, 1, 0, leftIndent=48, bulletIndent=32)
    return [first, *(Marked(markup(part.text), deeper, mark, bulletText=part.label or "•") for part in ask.parts)]


def _flat(number: str, cell: list[Marked], look: Look) -> list[Flowable]:
    """A form that was typed without a table: the number stands before the heading."""
    if not number:
        return list(cell)
    if number == "9":
        return list(cell)
    return [Marked(f"<b>{number}.</b>", style(look, spaceAfter=0)), *cell]
