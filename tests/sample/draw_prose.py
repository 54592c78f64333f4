"""Letters and narrative: reply letters that may quote what they answer, bulletins and annual reviews."""

from __future__ import annotations

from reportlab.platypus import Flowable

from tests.sample.blocks import ask_paragraphs, story_of
from tests.sample.model import Ask, Document
from tests.sample.page import Marked, markup, style


def draw_prose(document: Document) -> list[Flowable]:
    """Running text; a quoted concern is set in italics with the answer below; in variant b asks look like any text."""
    look = document.look
    plain = look.variant == "b"

    def quoted(ask: Ask, role: str) -> list[Flowable]:
        head = [Marked(markup(ask.heading), style(look, 1, 1, spaceAfter=3))] if ask.heading else []
        mark = (ask.id, "status")
        answer = [Marked(markup(text), style(look), mark if not n else None) for n, text in enumerate(ask.answer)]
        asked = ask_paragraphs(ask, look, role, face=0 if plain else 2, indent=0 if plain else 16)
        return [*head, *asked, *answer]

    return story_of(document, quoted)
