"""Pages: fonts, paragraph styles, running heads, and the note of which ask was drawn on which page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from html import escape
from io import BytesIO
from pathlib import Path

import reportlab
from reportlab import rl_config
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_JUSTIFY, TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph

from tests.sample.model import Document, Look

NOTICE = "Invented sample document: not a real report, no real person or event."
FACES = {
    "helvetica": ("Helvetica", "Helvetica-Bold", "Helvetica-Oblique", "Helvetica-BoldOblique"),
    "times": ("Times-Roman", "Times-Bold", "Times-Italic", "Times-BoldItalic"),
    "courier": ("Courier", "Courier-Bold", "Courier-Oblique", "Courier-BoldOblique"),
    "vera": ("Vera", "VeraBd", "VeraIt", "VeraBI"),
}
_VERA = Path(reportlab.__file__).parent / "fonts"

Marks = list[tuple[str, str, int]]  # ask id, role (text, again, status), page from 1


class Marked(Paragraph):  # type: ignore[misc]  # reportlab ships no types
    """A paragraph that notes the pages it is drawn on under an ask's id and a role."""

    def __init__(self, text: str, style: ParagraphStyle, mark: tuple[str, str] | None = None, **rest: object) -> None:
        super().__init__(text, style, **rest)
        self.mark = mark

    def split(self, width: float, height: float) -> list[Flowable]:
        """The parts keep the mark."""
        parts = super().split(width, height)
        for part in parts:
            part.mark = self.mark
        return list(parts)

    def draw(self) -> None:
        """Draw, and note the page."""
        if self.mark:
            self.canv.marks.append((*self.mark, self.canv.getPageNumber()))
        super().draw()


def build_pdf(document: Document, story: Sequence[Flowable], title: str) -> tuple[bytes, Marks]:
    """The finished bytes, the same at every run, and where each ask was drawn."""
    buffer, marks = BytesIO(), Marks()
    look = document.look
    template = BaseDocTemplate(buffer, pagesize=A4, title=title, author="Invented sample", invariant=1)
    template.addPageTemplates([PageTemplate(frames=_frames(look), onPage=_page_furniture(look))])

    def canvas(*args: object, **kwargs: object) -> Canvas:
        made = Canvas(*args, **{**kwargs, "pageCompression": 1, "invariant": 1})
        made.marks = marks
        return made

    with binary_streams():
        template.build(list(story), canvasmaker=canvas)
    return buffer.getvalue(), marks


@contextmanager
def binary_streams() -> Iterator[None]:
    """Smaller files, while these pages are drawn only: other drawings in this process keep reportlab's own way."""
    before, rl_config.useA85 = rl_config.useA85, 0
    try:
        yield
    finally:
        rl_config.useA85 = before


def register_fonts() -> None:
    """Make the embedded typeface known; the standard ones need nothing."""
    for name in FACES["vera"]:
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, str(_VERA / f"{name}.ttf")))
    pdfmetrics.registerFontFamily("Vera", "Vera", "VeraBd", "VeraIt", "VeraBI")


def style(look: Look, scale: float = 1.0, face: int = 0, **rest: object) -> ParagraphStyle:
    """A paragraph style of this look: `face` 0 regular, 1 bold, 2 italic, 3 bold italic."""
    size = round(look.size * scale, 1)
    given = {
        "fontName": FACES[look.font][face],
        "fontSize": size,
        "leading": round(size * look.leading, 1),
        "alignment": TA_JUSTIFY if look.align == "justify" else TA_LEFT,
        "spaceAfter": round(size * 0.6, 1),
        "embeddedHyphenation": 1,
        "bulletFontName": FACES[look.font][face],
        "bulletFontSize": size,
        **rest,
    }
    return ParagraphStyle("s", **given)


def markup(text: str) -> str:
    """Plain text with **bold**, _italic_, ^footnote marks^ and [[gap]] made into reportlab's markup."""
    safe = escape(text, quote=False)
    safe = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", safe)
    safe = re.sub(r"(?<!\w)_(.+?)_(?!\w)", r"<i>\1</i>", safe)
    safe = re.sub(r"\^(\d+)\^", r"<super>\1</super>", safe)
    gap = "&nbsp;" * 14
    return safe.replace("[[gap]]", f'<span backColor="#000000">{gap}</span>').replace("\n", "<br/>")


def _frames(look: Look) -> list[Frame]:
    width, height = A4
    top, bottom = (86 if look.band else 66), 62
    gutter = 18 * (look.columns - 1)
    column = (width - 2 * look.margin - gutter) / look.columns
    return [
        Frame(look.margin + n * (column + 18), bottom, column, height - top - bottom, 0, 0, 0, 0)
        for n in range(look.columns)
    ]


def _page_furniture(look: Look) -> Callable[[Canvas, BaseDocTemplate], None]:
    def draw(canvas: Canvas, _: BaseDocTemplate) -> None:
        width, height = A4
        number = canvas.getPageNumber()
        canvas.saveState()
        if look.band:
            canvas.setFillColor(HexColor(look.accent))
            canvas.rect(0, height - 58, width, 58, stroke=0, fill=1)
        _draw_head(canvas, look, number)
        canvas.setFont(FACES[look.font][2], 7.5)
        canvas.setFillColor(HexColor("#777777"))
        canvas.drawCentredString(width / 2, height - 20 if look.notice == "top" and not look.band else 20, NOTICE)
        _draw_foot(canvas, look, number)
        canvas.restoreState()

    return draw


def _draw_head(canvas: Canvas, look: Look, number: int) -> None:
    width, height = A4
    if not look.head or (number == 1 and not look.band):
        return
    canvas.setFont(FACES[look.font][0], 8.5)
    canvas.setFillColor(HexColor("#ffffff" if look.band else look.accent))
    if look.paging == "outer" and number % 2 == 0:
        canvas.drawRightString(width - look.margin, height - 40, look.head)
    else:
        canvas.drawString(look.margin, height - 40, look.head)


def _draw_foot(canvas: Canvas, look: Look, number: int) -> None:
    width = A4[0]
    canvas.setFont(FACES[look.font][0], 8.5)
    canvas.setFillColor(HexColor("#222222"))
    if look.foot:
        for n, line in enumerate(look.foot.split("\n")):
            canvas.drawString(look.margin, 44 - 10 * n, line)
    if look.paging == "centre":
        canvas.drawCentredString(width / 2, 34, str(number))
    elif look.paging == "of":
        canvas.drawRightString(width - look.margin, 34, f"Page {number}")
    elif look.paging == "right" or (look.paging == "outer" and number % 2):
        canvas.drawRightString(width - look.margin, 34, str(number))
    elif look.paging == "outer":
        canvas.drawString(look.margin, 34, str(number))
