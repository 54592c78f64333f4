"""Turns drawn pages into scanned ones: grey JPEG images, slightly turned and noisy, with no or a poor text layer."""

from __future__ import annotations

import random
from io import BytesIO

import numpy as np
import pypdfium2 as pdfium
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from tests.sample.model import Scan
from tests.sample.page import binary_streams

CONFUSED = (("rn", "m"), ("ii", "n"), ("cl", "d"), ("(1)", "(I)"), ("(2)", "(Z)"), ("tion", "ti0n"), ("vi", "\\i"))
LETTERS = {"l": "1", "e": "c", "h": "b", "o": "0", "s": "5", "i": "!", "f": "t", "m": "rn", "u": "ii", "w": "vv"}
GARBLED_SHARE = 0.14


def scan_pdf(content: bytes, scan: Scan, title: str) -> bytes:
    """The pages of `content` as images; the same bytes at every run for one version of the libraries."""
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=A4, pageCompression=1, invariant=1)
    canvas.setTitle(title)
    with pdfium.PdfDocument(content) as source, binary_streams():
        for number, page in enumerate(source):
            canvas.drawImage(ImageReader(_photograph(page, scan, number)), 0, 0, A4[0], A4[1])
            if scan.text_layer == "garbled":
                _write_garbled(canvas, page, random.Random(scan.seed + number))
            canvas.showPage()
        canvas.save()
    return buffer.getvalue()


def _photograph(page: pdfium.PdfPage, scan: Scan, number: int) -> BytesIO:
    clean = page.render(scale=scan.dpi / 72, grayscale=True).to_pil().convert("L")
    angle = scan.angle * (1 if number % 2 else -0.6)
    turned = clean.rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor=248)
    noise = np.random.RandomState(scan.seed + number).normal(0, 5, (turned.height, turned.width))
    grey = np.clip(np.asarray(turned, dtype=np.float64) * 0.93 + 10 + noise, 0, 255).astype(np.uint8)
    out = BytesIO()
    Image.fromarray(grey).save(out, "JPEG", quality=scan.quality, optimize=False)
    out.seek(0)
    return out


def _write_garbled(canvas: Canvas, page: pdfium.PdfPage, rng: random.Random) -> None:
    text = page.get_textpage()
    for index in range(text.count_rects()):
        left, bottom, right, top = text.get_rect(index)
        words = text.get_text_bounded(left, bottom, right, top).strip()
        if not words:
            continue
        line = canvas.beginText(left, bottom + 1.5)
        line.setTextRenderMode(3)
        line.setFont("Helvetica", max(6.0, (top - bottom) * 0.85))
        line.textOut(garble(words, rng))
        canvas.drawText(line)


def garble(words: str, rng: random.Random) -> str:
    """What a bad scanner's software would have read: confused letters, lost and doubled spaces."""
    for right, wrong in CONFUSED:
        if rng.random() < 0.5:
            words = words.replace(right, wrong)
    out = [LETTERS.get(c, c) if rng.random() < GARBLED_SHARE else c for c in words]
    joined = "".join("" if c == " " and rng.random() < 0.12 else c for c in out)
    return joined.encode("cp1252", "ignore").decode("cp1252")
