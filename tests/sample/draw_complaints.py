"""Learning recommendations of the complaints body, and a force's page that prints and answers the same."""

from __future__ import annotations

from reportlab.lib.colors import HexColor
from reportlab.platypus import CondPageBreak, Flowable

from tests.sample.blocks import ask_paragraphs, box, story_of
from tests.sample.model import Ask, Document
from tests.sample.page import Marked, markup, style


def draw_complaints(document: Document) -> list[Flowable]:
    """Background, the recommendation sentence, why it is made, and whether it was accepted."""
    look = document.look

    def draw(ask: Ask, role: str) -> list[Flowable]:
        body = style(look)
        bold = style(look, 1, 1, spaceAfter=3)
        story: list[Flowable] = []
        if ask.heading:
            story.append(CondPageBreak(120))
            story.append(Marked(markup(ask.heading), style(look, 1.2, 1, textColor=HexColor(look.accent))))
        story += [Marked(markup(text), body) for text in ask.background]
        words = ask_paragraphs(ask, look, role, face=1 if look.variant == "c" else 0)
        story += box([[piece] for piece in words], look) if look.variant == "b" else words
        if ask.follows:
            story.append(Marked(markup(ask.follows), body))
        mark = (ask.id, "status")
        if ask.answer_head:
            story.append(Marked(markup(ask.answer_head), bold, mark))
        story += [Marked(markup(text), body, mark if not n else None) for n, text in enumerate(ask.answer)]
        return story

    return story_of(document, draw)
