"""Recognises the text of a page from its picture, where the file has none worth reading. The only home of rapidocr.

The models (PP-OCR, Apache-2.0) ship inside the rapidocr package, and must be the tested ones: nothing is downloaded.
"""

import hashlib
import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pipeline.layout import Line, Page, Rectangle, Run
from pipeline.refusal import Refusal
from pipeline.settings import NO_TELEMETRY, set_environment

if TYPE_CHECKING:
    import numpy as np
    import pypdfium2 as pdfium

_DOTS_PER_INCH = 150
_MAX_PIXELS = 2600  # of the longer side: larger pictures cost time and read no better
_MAX_SEARCHED = 1120  # pixels of the longer side of the picture in which lines are looked for
_LONGEST = 8  # times the shorter side: the model blows a longer strip up beyond any memory, and it is no page
_SURE = 0.5  # lines recognised with less confidence are noise
_FONT = 0.8  # font size by the height of a recognised line
_ALIKE = 0.22  # sizes this near the page's usual one are that one; the boxes jitter
_SAME_LINE = 0.5  # of a line's height
_BLACK = (0, 0, 0)
_MODELS = {  # by what they do: finding lines, and reading one; file and SHA-256
    "Det": ("PP-OCRv6_det_small.onnx", "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f"),
    "Rec": ("PP-OCRv6_rec_small.onnx", "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884"),
}


class WrongModel(Refusal):
    """A model for recognising text that is missing or not the tested one, in one sentence."""


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised stretch of text, in points, and how sure the model is, 0 to 1."""

    text: str
    box: Rectangle
    confidence: float


class Recogniser(Protocol):
    """Finds text in a picture."""

    def recognise(self, picture: "np.ndarray", scale: float) -> Sequence[Word]:
        """The words in `picture`, which has `scale` pixels a point."""


class RapidRecogniser:
    """PP-OCR on the processor, through rapidocr; `threads` bounds the cores it takes.

    One unless told otherwise: several documents are read side by side, and of several threads each that waits for the
    others keeps its core busy, which on a full machine doubles what a page costs.
    """

    def __init__(self, threads: int = 1) -> None:
        set_environment(NO_TELEMETRY)  # before the models' runtime is loaded: it looks once
        from rapidocr import RapidOCR  # here, not above: it loads the models' runtime
        from rapidocr.utils.output import RapidOCROutput

        self._output = RapidOCROutput
        self._engine = RapidOCR(
            params={
                # Named, or the library fetches what it takes for missing or changed from the network.
                **{f"{part}.model_path": str(path) for part, path in check_models().items()},
                "Global.log_level": "error",
                "Global.use_cls": False,
                # Lines are looked for in a smaller picture and read from the whole one, one at a time: at the
                # library's own settings a page takes 750 to 1,070 MB, so about 500, and the same text comes out.
                "Det.limit_type": "max",
                "Det.limit_side_len": _MAX_SEARCHED,
                "Rec.rec_batch_num": 1,
                "EngineConfig.onnxruntime.intra_op_num_threads": threads,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            }
        )

    def recognise(self, picture: "np.ndarray", scale: float) -> Sequence[Word]:
        """The words in `picture`; none where it shows no text."""
        found = self._engine(picture)
        if not isinstance(found, self._output) or found.boxes is None or not found.txts or not found.scores:
            return []
        return [
            Word(text, _rectangle(corners, scale), float(score))
            for corners, text, score in zip(found.boxes, found.txts, found.scores, strict=True)
            if score >= _SURE and text.strip()
        ]


def check_models() -> dict[str, Path]:
    """Each model's file, by what it does. Raises `WrongModel` when one is not the tested one."""
    spec = importlib.util.find_spec("rapidocr")
    folder = Path(str(spec.origin)).parent / "models" if spec else Path()
    paths = {part: folder / name for part, (name, _) in _MODELS.items()}
    for part, path in paths.items():
        if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != _MODELS[part][1]:
            raise WrongModel(
                f"The model {path.name}, which reads scanned pages, is missing or is not the tested one; install the "
                "package rapidocr again, or put `ocr: false` in settings.yml."
            )
    return paths


def recognise_page(page: "pdfium.PdfPage", laid_out: Page, recogniser: Recogniser) -> Page:
    """`laid_out` with the text of the page's picture instead of its own; without text if none is recognised."""
    if max(laid_out.width, laid_out.height) >= _LONGEST * min(laid_out.width, laid_out.height):
        return laid_out
    scale = min(_DOTS_PER_INCH / 72, _MAX_PIXELS / max(laid_out.width, laid_out.height, 1.0))
    words = recogniser.recognise(page.render(scale=scale).to_numpy(), scale)
    if not words:
        return laid_out
    text, lines = _lay_out(words)
    confidence = sum(word.confidence for word in words) / len(words)
    return replace(laid_out, text=text, lines=lines, has_usable_text=True, ocr_confidence=round(confidence, 3))


def _rectangle(corners: Sequence[Sequence[float]], scale: float) -> Rectangle:
    xs, ys = [float(x) / scale for x, _ in corners], [float(y) / scale for _, y in corners]
    return Rectangle(min(xs), min(ys), max(xs), max(ys))


def _lay_out(words: Sequence[Word]) -> tuple[str, tuple[Line, ...]]:
    usual = sorted(word.box.height for word in words)[len(words) // 2] * _FONT
    parts: list[str] = []
    lines: list[Line] = []
    offset = 0
    for group in _printed_lines(words):
        runs = []
        start = offset
        for word in group:
            runs.append(Run(offset, offset + len(word.text), word.box, _size(word, usual), False, False, _BLACK))
            offset += len(word.text) + 1
        parts.append(" ".join(word.text for word in group))
        lines.append(Line(start, offset - 1, _union([run.box for run in runs]), tuple(runs)))
        offset += 1  # the line end takes two characters, one of them counted with the last word
    return "\r\n".join(parts), tuple(lines)


def _printed_lines(words: Sequence[Word]) -> list[list[Word]]:
    """Words on one height together, from top to bottom, each line from left to right."""
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda item: (item.box.top, item.box.x0)):
        middle = (word.box.top + word.box.bottom) / 2
        line = next((line for line in lines[-4:] if _on_line(line[0].box, middle)), None)
        if line is None:
            lines.append([word])
        else:
            line.append(word)
    return [sorted(line, key=lambda item: item.box.x0) for line in lines]


def _on_line(box: Rectangle, middle: float) -> bool:
    return abs((box.top + box.bottom) / 2 - middle) <= _SAME_LINE * box.height


def _size(word: Word, usual: float) -> float:
    size = word.box.height * _FONT
    return round(usual if abs(size - usual) <= _ALIKE * usual else size, 1)


def _union(boxes: Sequence[Rectangle]) -> Rectangle:
    return Rectangle(
        min(box.x0 for box in boxes),
        min(box.top for box in boxes),
        max(box.x1 for box in boxes),
        max(box.bottom for box in boxes),
    )
