"""Police inspection reports: headed boxes for causes of concern, recommendations and areas for improvement."""

from __future__ import annotations

from reportlab.lib.colors import HexColor
from reportlab.platypus import CondPageBreak, Flowable

from tests.sample.blocks import ask_paragraphs, box, story_of, together
from tests.sample.model import Ask, Document
from tests.sample.page import Marked, markup, style

HEADINGS = {
    "cause_of_concern": "Cause of concern",
    "recommendation": "Recommendations",
    "area_for_improvement": "Area for improvement",
}


def draw_inspection(document: Document) -> list[Flowable]:
    """Narrative with boxes; the annex prints all of them again, as boxes or as plain paragraphs.

    In variant c a cause of concern and the recommendations that follow it share one box.
    """
    look = document.look
    shared = _sharers(document) if look.variant == "c" else {}
    inside = {ask.id for asks in shared.values() for ask in asks}

    def boxed(ask: Ask, role: str) -> list[Flowable]:
        if ask.id in inside:
            return []
        rows = [[piece] for one in (ask, *shared.get(ask.id, ())) for piece in headed(one, role)]
        tints = {"cause_of_concern": "#f6e3dc", "area_for_improvement": "#eef3e2"}
        drawn = box(rows, look, fill=tints.get(ask.kind) if look.variant == "a" else None)
        return together(drawn, look)

    def headed(ask: Ask, role: str) -> list[Marked]:
        head = Marked(markup(_heading(ask)), style(look, 1.05, 1, textColor=HexColor(look.accent)))
        return [head, *ask_paragraphs(ask, look, role)]

    def plain(ask: Ask, role: str) -> list[Flowable]:
        head = Marked(markup(_heading(ask)), style(look, 1, 1, spaceAfter=2))
        return [CondPageBreak(50), head, *ask_paragraphs(ask, look, role)]

    return story_of(document, boxed, plain if look.variant in ("b", "c") else boxed)


def _sharers(document: Document) -> dict[str, list[Ask]]:
    """The recommendations that come straight after each cause of concern, by its id."""
    shared: dict[str, list[Ask]] = {}
    current: list[Ask] | None = None
    for block in document.body:
        if block.ask and block.ask.kind == "cause_of_concern":
            current = shared.setdefault(block.ask.id, [])
        elif block.ask and block.ask.kind == "recommendation" and current is not None:
            current.append(block.ask)
        else:
            current = None
    return shared


def _heading(ask: Ask) -> str:
    if ask.heading:
        return ask.heading
    name = HEADINGS[ask.kind]
    return f"{name.removesuffix('s')} {ask.label}" if ask.label else name
