"""A data folder with one published night and real PDF pages, for the review page and its pictures."""

import io
from dataclasses import replace
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas

from pipeline.ids import content_hash
from pipeline.records import Box, Recommendation
from pipeline.settings import ReviewPage, Settings
from pipeline.store import Archive, write_whole
from pipeline.workspace import Workspace
from tests.warehouse_facts import make_facts
from warehouse.facts import Facts
from warehouse.publish import publish

LINE = 16  # points


def make_review_data(data: Path, **page: object) -> Settings:
    """Settings of a data folder with the small night, each document drawn so that its rows stand where they say."""
    settings = Settings(data=data, review=ReviewPage(**page))  # type: ignore[arg-type]
    workspace = Workspace(data)
    facts = draw_documents(make_facts(), workspace)
    publish(facts, workspace.published)
    write_whole(workspace.published / "built_from.json", f'{{"state": "x", "as_of": "{facts.as_of}"}}'.encode())
    return settings


def draw_documents(facts: Facts, workspace: Workspace) -> Facts:
    """The facts with the hashes of PDFs that are really in the archive, boxes around their rows, and one unsure row."""
    archive = Archive(workspace.archive)
    new_files, extractions, hashes = [], {}, {}
    for file in facts.files:
        extraction = facts.extractions[file.sha256]
        rows = [
            replace(row, boxes=(frame(row),), confidence=0.3 if "lift" in row.text else 1.0)
            for row in extraction.recommendations
        ]
        content = draw_pdf(file.ref.title or "", {row.page: row.text for row in rows}, extraction.page_count)
        sha256 = content_hash(content)
        hashes[file.sha256] = sha256
        moved = replace(file, sha256=sha256, size=len(content))
        archive.add(content, moved)
        new_files.append(moved)
        extractions[sha256] = replace(
            extraction,
            sha256=sha256,
            recommendations=tuple(replace(row, sha256=sha256) for row in rows),
            passages=tuple(replace(one, sha256=sha256) for one in extraction.passages),
        )
    issues = [replace(one, document=hashes.get(one.document or "", one.document)) for one in facts.issues]
    # Vectors stand in the order of the hashes, which has changed.
    return replace(
        facts, files=new_files, extractions=extractions, issues=issues, passage_vectors=None,
        recommendation_vectors=None,
    )  # fmt: skip


def frame(row: Recommendation) -> Box:
    """Where `draw_pdf` puts a row."""
    return Box(row.page, 70, 150, 525, 150 + LINE * len(wrap(row.text)))


def draw_pdf(title: str, rows: dict[int, str], pages: int) -> bytes:
    """`pages` pages of A4; each of `rows` stands 150 points below the top of its page."""
    buffer = io.BytesIO()
    paper = canvas.Canvas(buffer, pagesize=A4, invariant=1)
    for number in range(1, pages + 1):
        paper.setFont("Helvetica-Bold", 15)
        paper.drawString(72, A4[1] - 80, title.capitalize())
        paper.setFont("Helvetica", 11)
        paper.drawString(72, A4[1] - 120, f"Findings, continued. Page {number} of an invented document.")
        lines = wrap(rows.get(number, ""))
        for place, line in enumerate([*lines, "", *FILLER]):
            paper.drawString(72, A4[1] - 162 - LINE * place, line)
        paper.showPage()
    paper.save()
    return buffer.getvalue()


FILLER = ["This document was drawn for a test. Nothing in it was said by anybody."] * 6


def wrap(text: str, width: int = 80) -> list[str]:
    """`text` in lines of at most `width` characters."""
    lines: list[str] = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) + 1 > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
