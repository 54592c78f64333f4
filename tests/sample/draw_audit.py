"""Internal audit reports: agreed actions in tables, in three layouts, and never the word of the other bodies."""

from __future__ import annotations

from reportlab.lib.colors import HexColor
from reportlab.platypus import Flowable, Spacer, Table, TableStyle

from tests.sample.blocks import ask_paragraphs, column_width, grid, plain_block, story_of
from tests.sample.model import Ask, Block, Document, Look
from tests.sample.page import Marked, markup, style

WIDE = ("Ref", "Finding", "Risk", "Agreed action", "Priority", "Owner", "Due date")


def draw_audit(document: Document) -> list[Flowable]:
    """`a`: one wide table; `b`: a small form an action; `c`: a table of actions with findings in the text."""
    look = document.look
    if look.variant == "b":
        return story_of(document, lambda ask, role: _card(ask, role, look))
    runs: list[Flowable] = []
    pending: list[Ask] = []
    for block in document.body:
        if block.ask:
            pending.append(block.ask)
            continue
        runs += _flush(pending, look)
        pending = []
        runs += plain_block(block, look)
    return _head(document) + runs + _flush(pending, look)


def _head(document: Document) -> list[Flowable]:
    return story_of(document.model_copy(update={"body": (Block(p=" "),)}), lambda ask, role: [])


def _flush(asks: list[Ask], look: Look) -> list[Flowable]:
    if not asks:
        return []
    table = _wide(asks, look) if look.variant == "a" else _narrow(asks, look)
    return [table, Spacer(1, 12)]


def _wide(asks: list[Ask], look: Look) -> Table:
    width = column_width(look)
    shares = (0.06, 0.18, 0.16, 0.25, 0.09, 0.14, 0.12)
    small = look.model_copy(update={"size": look.size * 0.84, "align": "left"})
    rows: list[list[object]] = [list(WIDE)]
    for ask in asks:
        finding = [Marked(markup(text), style(small)) for text in ask.finding]
        rows.append(
            [
                ask.label or "",
                finding,
                ask.risk or "",
                ask_paragraphs(ask, small, "text"),
                ask.priority or "",
                ask.owner or "",
                ask.due or "",
            ]
        )
    return grid(rows, look, [width * share for share in shares])


def _narrow(asks: list[Ask], look: Look) -> Table:
    width = column_width(look)
    small = look.model_copy(update={"size": look.size * 0.88, "align": "left"})
    rows: list[list[object]] = [["No.", "Management action agreed", "Rating", "Responsible officer", "Target date"]]
    rows += [
        [ask.label or "", ask_paragraphs(ask, small, "text"), ask.priority or "", ask.owner or "", ask.due or ""]
        for ask in asks
    ]
    return grid(rows, look, [width * share for share in (0.08, 0.5, 0.11, 0.17, 0.14)])


def _card(ask: Ask, role: str, look: Look) -> list[Flowable]:
    """One finding on a form of its own: label cell left, words right; breaks over pages between rows."""
    width = column_width(look)
    bold = style(look, 0.92, 1, spaceAfter=0)
    plain = style(look, 0.92, spaceAfter=3)
    rows: list[list[object]] = [[Marked(markup(f"{ask.label}  {ask.heading or ''}"), bold), ""]]
    rows += [["Finding" if not n else "", Marked(markup(text), plain)] for n, text in enumerate(ask.finding)]
    rows.append(["Risk", Marked(markup(ask.risk or ""), plain)])
    small = look.model_copy(update={"size": look.size * 0.92})
    rows += [["Agreed action" if not n else "", p] for n, p in enumerate(ask_paragraphs(ask, small, role))]
    rows.append(["Priority", Marked(markup(ask.priority or ""), plain)])
    rows.append(["Owner / due", Marked(markup(f"{ask.owner} – {ask.due}"), plain)])
    cells = [[Marked(cell, bold) if isinstance(cell, str) else cell for cell in row] for row in rows]
    table = Table(cells, colWidths=[width * 0.2, width * 0.8])
    table.setStyle(
        TableStyle(
            [
                ("SPAN", (0, 0), (1, 0)),
                ("BACKGROUND", (0, 0), (1, 0), HexColor(look.tint)),
                ("BOX", (0, 0), (-1, -1), 0.8, HexColor(look.accent)),
                ("LINEBELOW", (0, 0), (-1, -2), 0.3, HexColor("#bbbbbb")),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ]
        )
    )
    return [table, Spacer(1, 12)]
