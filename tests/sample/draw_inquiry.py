"""Inquiry reports, committee reports and government responses: asks boxed, bold or in a table, and listed again."""

from __future__ import annotations

from reportlab.lib.colors import HexColor
from reportlab.platypus import Flowable, PageBreak, Spacer

from tests.sample.blocks import (
    ask_paragraphs,
    box,
    column_width,
    contents,
    cover,
    grid,
    numbered,
    plain_block,
    story_of,
    together,
)
from tests.sample.model import Ask, Document
from tests.sample.page import Marked, markup, style


def draw_inquiry(document: Document) -> list[Flowable]:
    """Boxes headed "Recommendation N" in the chapters; a plain list of them in the appendix."""
    look = document.look

    def boxed(ask: Ask, role: str) -> list[Flowable]:
        head = Marked(markup(ask.heading or f"Recommendation {ask.label}"), style(look, 1.08, 1, spaceAfter=4))
        return together(box([[head], *([piece] for piece in ask_paragraphs(ask, look, role))], look), look)

    def again(ask: Ask, role: str) -> list[Flowable]:
        head = Marked(f"Recommendation {ask.label}", style(look, 1, 1, textColor=HexColor(look.accent), spaceAfter=2))
        return [head, *ask_paragraphs(ask, look, role), Spacer(1, 6)]

    return story_of(document, boxed, again)


def draw_committee(document: Document) -> list[Flowable]:
    """Numbered paragraphs that end in a conclusion (plain bold) or a recommendation (bold italic); both in a list."""
    look = document.look
    story = cover(document) + contents(document)
    count = 0
    paragraph_of: dict[str, int] = {}
    for block in document.body:
        if block.annex is not None:
            continue
        if block.ask or block.conclusion or block.para:
            count += 1
        if stated := block.ask or block.conclusion:
            paragraph_of[stated.id] = count
        if block.ask:
            story += numbered(f"{count}.", ask_paragraphs(block.ask, look, "text", face=3), look, 26)
        elif block.conclusion:
            story += numbered(f"{count}.", ask_paragraphs(block.conclusion, look, "", face=1), look, 26)
        else:
            story += plain_block(block, look, count)
    return story + _committee_list(document, paragraph_of)


def _committee_list(document: Document, paragraph_of: dict[str, int]) -> list[Flowable]:
    look = document.look
    story: list[Flowable] = [PageBreak(), *plain_block_heading(document)]
    for block in document.body:
        ask = block.ask or block.conclusion
        if not ask:
            continue
        role, face = ("again", 3) if block.ask else ("", 0)
        pieces = ask_paragraphs(ask, look, role, face=face)
        words = f"{pieces[-1].text} (Paragraph {paragraph_of[ask.id]})"
        pieces[-1] = Marked(words, pieces[-1].style, pieces[-1].mark)
        story += numbered(f"{ask.label}.", pieces, look, 26)
    return story


def plain_block_heading(document: Document) -> list[Flowable]:
    """The heading of the closing list."""
    title = next(block.annex for block in document.body if block.annex)
    return [Marked(markup(title), style(document.look, 1.75, 1, textColor=HexColor(document.look.accent)))]


def draw_response(document: Document) -> list[Flowable]:
    """`a`: the quoted ask in a box, the answer below; `b`: a table of quoted asks and answers over pages."""
    look = document.look
    if look.variant == "b":
        return _response_table(document)

    def boxed(ask: Ask, role: str) -> list[Flowable]:
        head = Marked(markup(ask.heading or f"Recommendation {ask.label}"), style(look, 1.1, 1))
        quoted = together(box([[head], *([piece] for piece in ask_paragraphs(ask, look, role))], look), look)
        return quoted + _answer(ask, document)

    return story_of(document, boxed)


def _answer(ask: Ask, document: Document) -> list[Flowable]:
    look = document.look
    story: list[Flowable] = []
    if ask.answer_head:
        story.append(Marked(markup(ask.answer_head), style(look, 1, 1), (ask.id, "status")))
    for n, text in enumerate(ask.answer):
        if text == "[[newpage]]":
            story.append(PageBreak())
        else:
            first = not any(piece for piece in ask.answer[:n] if piece != "[[newpage]]")
            story.append(Marked(markup(text), style(look), (ask.id, "status") if first else None))
    return [*story, Spacer(1, 10)]


def _response_table(document: Document) -> list[Flowable]:
    look = document.look
    small = look.model_copy(update={"size": look.size * 0.9, "align": "left"})
    lead = document.model_copy(update={"body": tuple(block for block in document.body if not block.ask)})
    rows: list[list[object]] = [["", "Recommendation", "Response"]]
    for ask in document.asks:
        mark = (ask.id, "status")
        answer = [Marked(markup(text), style(small), mark if not n else None) for n, text in enumerate(ask.answer)]
        rows.append([ask.label or "", ask_paragraphs(ask, small, "text"), answer])
    width = column_width(look)
    return [*story_of(lead, lambda ask, role: []), grid(rows, look, [width * 0.08, width * 0.46, width * 0.46])]
