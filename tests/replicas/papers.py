"""Draws the small PDFs that the replicas serve. Every word is invented, and each page says so."""

from collections.abc import Sequence
from typing import TypeVar

from reportlab.lib import colors
from reportlab.platypus import Table, TableStyle

from tests import drawing

Row = TypeVar("Row")

HEAD = "Invented for the demonstration of perennial. No such body wrote this."


def committee_report(title: str, asks: Sequence[str]) -> bytes:
    """A select committee's report: its recommendations in bold italics, numbered through at the end."""
    listed = [drawing.text(f"{number}. {ask} (Paragraph {number * 7})", drawing.BOLD) for number, ask in _count(asks)]
    return _paper(title, drawing.text("Conclusions and recommendations", drawing.HEADING), *listed)


def government_response(title: str, answers: Sequence[tuple[str, str]]) -> bytes:
    """A reply: each recommendation quoted in bold, then the Government's answer in plain type."""
    body = [
        piece
        for number, (ask, answer) in _count(answers)
        for piece in (
            drawing.text(f"Recommendation {number}", drawing.HEADING),
            drawing.text(ask, drawing.BOLD),
            drawing.text(f"Government response: {answer}"),
        )
    ]
    return _paper(title, *body)


def numbered_report(title: str, asks: Sequence[str], word: str = "Recommendation") -> bytes:
    """A report with "Recommendation 1" headings, as inspectorates, inquiries and auditors print them."""
    body = [
        piece
        for number, ask in _count(asks)
        for piece in (drawing.text(f"{word} {number}", drawing.HEADING), drawing.text(ask))
    ]
    return _paper(title, *body)


def audit_report(title: str, rows: Sequence[tuple[str, str, str]]) -> bytes:
    """An internal audit report: a table of findings, agreed actions and owners with dates."""
    table = [("Ref", "Finding", "Agreed action", "Owner and date"), *((str(n), *row) for n, row in _count(rows))]
    return _paper(title, drawing.text("Agreed actions", drawing.HEADING), drawing.grid(table, (30, 140, 180, 100)))


def coroner_form(title: str, rows: Sequence[tuple[str, str, Sequence[str]]]) -> bytes:
    """A Regulation 28 form: number left, heading and paragraphs right, each paragraph a row that may break."""
    cells = [
        (number if not place else "", drawing.text(words, drawing.BODY if place else drawing.BOLD))
        for number, heading, paragraphs in rows
        for place, words in enumerate((heading, *paragraphs))
    ]
    starts = [place for place, (number, _) in enumerate(cells) if number]
    table = Table([[drawing.text(number), piece] for number, piece in cells], colWidths=[26, 420])
    lines = [("LINEABOVE", (0, place), (-1, place), 0.7, colors.black) for place in starts]
    box = [("BOX", (0, 0), (-1, -1), 0.7, colors.black), ("LINEBEFORE", (1, 0), (1, -1), 0.7, colors.black)]
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), *box, *lines]))
    return _paper(title, table)


def letter(title: str, paragraphs: Sequence[str]) -> bytes:
    """A letter or note in plain paragraphs."""
    return _paper(title, *(drawing.text(words) for words in paragraphs))


def _paper(title: str, *content: drawing.Flowable) -> bytes:
    return drawing.pdf(drawing.text(title, drawing.HEADING), *content, title=title, head=HEAD)


def _count(rows: Sequence[Row]) -> list[tuple[int, Row]]:
    return list(enumerate(rows, start=1))
