"""Pieces of pages that several families share: headings, lists, boxes, tables, and an ask with its parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from reportlab.lib.colors import HexColor, black, white
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import CondPageBreak, Flowable, KeepTogether, PageBreak, Spacer, Table, TableStyle

from tests.sample.model import Ask, Block, Document, Look
from tests.sample.page import Marked, markup, style

DrawAsk = Callable[[Ask, str], list[Flowable]]  # an ask and the role of this printing -> its flowables


def story_of(document: Document, draw_ask: DrawAsk, draw_again: DrawAsk | None = None) -> list[Flowable]:
    """The whole document: cover, contents, then its blocks in order."""
    look = document.look
    story = cover(document) + (contents(document) if look.contents else [])
    for number, block in _numbered(document.body):
        if block.annex is not None:
            story += [PageBreak(), *heading(block.annex, look, 1)]
            story += [piece for ask in _listed(document) for piece in (draw_again or draw_ask)(ask, "again")]
        elif block.ask:
            story += draw_ask(block.ask, "text")
        elif block.conclusion:
            story += draw_ask(block.conclusion, "")
        else:
            story += plain_block(block, look, number)
    return story


def plain_block(block: Block, look: Look, number: int = 0) -> list[Flowable]:
    """A block that asks for nothing."""
    body = style(look)
    if block.h1 or block.h2 or block.h3:
        level = 1 if block.h1 else 2 if block.h2 else 3
        return heading(block.h1 or block.h2 or block.h3 or "", look, level)
    if block.p:
        return [Marked(markup(block.p), body)]
    if block.para:
        return numbered(f"{number}.", [Marked(markup(block.para), body)], look, 24)
    if block.bullets or block.numbers:
        return listed(block.bullets or block.numbers or (), look, bool(block.numbers))
    if block.quote:
        return [Marked(markup(f"“{block.quote}”"), style(look, 1, 2, leftIndent=18, rightIndent=18))]
    if block.practice:
        return box([[Marked("Promising practice", style(look, 1.05, 1))], [Marked(markup(block.practice), body)]], look)
    if block.grade:
        return [Marked(markup(block.grade), style(look, 1.15, 1, textColor=HexColor(look.accent)))]
    if block.table:
        return [grid([list(row) for row in block.table], look), Spacer(1, 10)]
    return [PageBreak()] if block.newpage else []


def heading(text: str, look: Look, level: int) -> list[Flowable]:
    """A heading that is not left alone at the foot of a page."""
    scale = {1: 1.75, 2: 1.3, 3: 1.05}[level]
    set_in = style(look, scale, 1, textColor=HexColor(look.accent), spaceBefore=4, alignment=0)
    return [CondPageBreak(130), Marked(markup(text), set_in)]


def ask_paragraphs(ask: Ask, look: Look, role: str, face: int = 0, lead: str = "", indent: float = 0) -> list[Marked]:
    """The ask's own words, part by part, each noting its page; `lead` is printed before the first words."""
    mark = (ask.id, role) if role else None
    set_in = style(look, 1, face, leftIndent=indent)
    listed_in = style(look, 1, face, leftIndent=indent + 20, bulletIndent=indent + 6)
    words = f"<b>{markup(ask.title)}:</b> {markup(ask.text)}" if ask.title else markup(ask.text)
    out = [Marked(lead + soften(words, look), set_in, mark)]
    for part in ask.parts:
        out.append(Marked(soften(markup(part.text), look), listed_in, mark, bulletText=part.label or "•"))
    if ask.tail:
        out.append(Marked(soften(markup(ask.tail), look), set_in, mark))
    return out


def soften(text: str, look: Look) -> str:
    """Soft hyphens in a few long words, for narrow justified columns, so that lines end in broken words."""
    if not look.hyphens:
        return text
    for word, broken in SYLLABLES.items():
        text = text.replace(word, broken)
    return text


SYLLABLES = {
    word.replace("-", ""): word.replace("-", "\u00ad")
    for word in (
        "inves-ti-ga-tion", "super-vi-sor", "super-vi-sion", "rec-om-men-da-tion", "in-for-ma-tion", "safe-guard-ing",
        "domes-tic", "spe-cial-ist", "con-sta-bles", "in-spec-tor", "exploi-ta-tion", "ap-pro-pri-ate", "con-trol-room",
        "de-vel-op", "train-ing", "part-ners", "vic-tims", "guid-ance", "record-ing", "dis-clo-sure", "arrange-ments",
    )
}  # fmt: skip


def box(rows: list[list[Flowable]], look: Look, width: float | None = None, fill: str | None = None) -> list[Flowable]:
    """A box of one column, a row a paragraph, that may break over pages between and inside rows."""
    wide = width or column_width(look)
    table = Table(rows, colWidths=[wide], splitInRow=int(look.split_rows))
    commands: list[tuple[object, ...]] = [
        ("TOPPADDING", (0, 0), (-1, -1), 3),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
        ("LEFTPADDING", (0, 0), (-1, -1), 10),
        ("RIGHTPADDING", (0, 0), (-1, -1), 10),
        ("TOPPADDING", (0, 0), (0, 0), 7),
        ("BOTTOMPADDING", (0, -1), (0, -1), 5),
    ]
    if look.box == "filled":
        commands.append(("BACKGROUND", (0, 0), (-1, -1), HexColor(fill or look.tint)))
    elif look.box == "ruled":
        commands.append(("BOX", (0, 0), (-1, -1), 0.9, HexColor(look.accent)))
    elif look.box == "bar":
        commands += [
            ("BACKGROUND", (0, 0), (-1, -1), HexColor("#f7f7f7")),
            ("LINEBEFORE", (0, 0), (0, -1), 4, HexColor(look.accent)),
        ]
    table.setStyle(TableStyle(commands))
    return [table, Spacer(1, 10)]


def grid(rows: list[list[object]], look: Look, widths: Sequence[float] | None = None, head: bool = True) -> Table:
    """A ruled table whose head row repeats on each page."""
    small = style(look, 0.86, spaceAfter=0, alignment=0)
    bold = style(look, 0.86, 1, spaceAfter=0, alignment=0, textColor=white if head else black)
    cells = [
        [cell if not isinstance(cell, str) else Marked(markup(cell), bold if head and not n else small) for cell in row]
        for n, row in enumerate(rows)
    ]
    wide = column_width(look)
    widths = widths or [wide / len(rows[0])] * len(rows[0])
    table = Table(cells, colWidths=list(widths), repeatRows=int(head), splitInRow=int(look.split_rows))
    commands: list[tuple[object, ...]] = [
        ("GRID", (0, 0), (-1, -1), 0.5, HexColor("#888888")),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ]
    if head:
        commands.append(("BACKGROUND", (0, 0), (-1, 0), HexColor(look.accent)))
    table.setStyle(TableStyle(commands))
    return table


def numbered(label: str, pieces: Sequence[Flowable], look: Look, indent: float) -> list[Flowable]:
    """Paragraphs with a hanging number before the first."""
    width = column_width(look)
    rows = [[Marked(label if not n else "", style(look, 1, 1)), piece] for n, piece in enumerate(pieces)]
    table = Table(rows, colWidths=[indent, width - indent], splitInRow=1)
    table.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 0),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
            ]
        )
    )
    return [table, Spacer(1, 4)]


def listed(items: Sequence[str], look: Look, numbers: bool) -> list[Flowable]:
    """A bulleted or numbered list in the running text."""
    set_in = style(look, 1, 0, leftIndent=24, bulletIndent=8, spaceAfter=3)
    return [
        *(Marked(markup(item), set_in, bulletText=f"{n}." if numbers else "•") for n, item in enumerate(items, 1)),
        Spacer(1, 6),
    ]


def cover(document: Document) -> list[Flowable]:
    """Title lines; a page of their own where the look has contents."""
    look = document.look
    if not document.cover:
        return []
    first, *rest = document.cover
    big = style(look, 2.2, 1, textColor=HexColor(look.accent), alignment=0, spaceAfter=16)
    space = 150 if look.contents else 4
    lines = [Spacer(1, space), Marked(markup(first), big), *(Marked(markup(x), style(look, 1.15)) for x in rest)]
    return [*lines, PageBreak() if look.contents else Spacer(1, 12)]


def contents(document: Document) -> list[Flowable]:
    """A contents page: headings with dotted leaders; page numbers as printed by hand, so not exact."""
    look = document.look
    rows = [block.h1 or block.h2 or block.annex for block in document.body if block.h1 or block.h2 or block.annex]
    set_in = style(look, 0.95, alignment=0)
    lines = [
        Marked(markup(f"{text} {_dots(text, set_in, look)} {3 + n // 2}"), set_in)
        for n, text in enumerate(text for text in rows if text)
    ]
    return [*heading("Contents", look, 1), *lines, PageBreak()]


def _dots(text: str, set_in: ParagraphStyle, look: Look) -> str:
    """A dotted leader that fills the line."""
    room = column_width(look) - stringWidth(f"{text}  000", set_in.fontName, set_in.fontSize)
    return "." * max(3, int(room / stringWidth(".", set_in.fontName, set_in.fontSize)))


def column_width(look: Look) -> float:
    """Width of the text column, in points."""
    return float((A4[0] - 2 * look.margin - 18 * (look.columns - 1)) / look.columns)


def together(pieces: Sequence[Flowable], look: Look) -> list[Flowable]:
    """Keep `pieces` on one page where they fit, unless the look lets them break."""
    return list(pieces) if look.split_rows else [KeepTogether(list(pieces))]


def _numbered(blocks: Sequence[Block]) -> list[tuple[int, Block]]:
    count, out = 0, []
    for block in blocks:
        count += bool(block.para)
        out.append((count, block))
    return out


def _listed(document: Document) -> list[Ask]:
    return [ask for block in document.body if (ask := block.ask or block.conclusion)]
