import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from pipeline.layout import Document, Rectangle
from pipeline.reading import UnreadableDocument, page_texts, read_pdf
from pipeline.reading.ocr import Word
from pipeline.reading.quality import garbage_share, has_usable_text, misread_share
from tests.drawing import BOLD, BREAK, HEADING, box, grid, pdf, text

SIMPLE = pdf(text("A title", HEADING), text("Some words of body text."), text("Bold words.", BOLD), title="The title")


def drawn(*pages: Sequence[tuple[float, float, str]]) -> bytes:
    """Pages with strings at given places, points from the bottom left, in the order given."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842), invariant=1)
    for page in pages:
        for x, y, words in page:
            canvas.drawString(x, y, words)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def lines_of(document: Document, page: int = 1) -> list[str]:
    found = document.pages[page - 1]
    return [found.text[line.start : line.end] for line in found.lines]


def code_of(content: bytes) -> str:
    with pytest.raises(UnreadableDocument) as caught:
        read_pdf(content)
    assert caught.value.message.endswith(".")
    return caught.value.code


def test_lines_have_styles_and_places() -> None:
    page = read_pdf(SIMPLE).pages[0]
    title, body, bold = page.lines[:3]
    assert (title.size, title.bold, body.size, body.bold, bold.bold) == (14, True, 10, False, True)
    assert title.box.top < body.box.top < bold.box.top
    assert page.text[body.start : body.end] == "Some words of body text."


def test_metadata() -> None:
    assert read_pdf(SIMPLE).title == "The title"


def test_same_bytes_same_document() -> None:
    assert read_pdf(SIMPLE) == read_pdf(SIMPLE)


def test_fresh_texts_equal_the_laid_out_ones() -> None:
    content = pdf(text("First page."), BREAK, text("Second page."))
    document = read_pdf(content)
    assert page_texts(content, [1, 2, 9]) == {page.number: page.text for page in document.pages}


def test_stream_order_is_mended_on_a_page_of_one_column() -> None:
    content = drawn([(70, 700, "second line"), (70, 650, "third line"), (70, 750, "first line")])
    assert lines_of(read_pdf(content)) == ["first line", "second line", "third line"]


def test_columns_keep_the_stream_order() -> None:
    left = [(70, 700 - 14 * n, f"left {n}") for n in range(8)]
    right = [(320, 700 - 14 * n, f"right {n}") for n in range(8)]
    assert lines_of(read_pdf(drawn([*left, *right])))[7:9] == ["left 7", "right 0"]


def test_a_gap_starts_a_run() -> None:
    page = read_pdf(pdf(grid([["Ref", "Finding"], ["1.1", "Nothing is checked"]], [60, 200]))).pages[0]
    assert {len(line.runs) for line in page.lines if page.text[line.start : line.end].startswith("1.1 ")} <= {2}


def test_shapes_of_a_box() -> None:
    shapes = read_pdf(pdf(box(text("Recommendation 1", BOLD)))).pages[0].shapes
    assert any(shape.fill == (230, 230, 250) and shape.box.width == pytest.approx(430, abs=1) for shape in shapes)


def test_raised_figures_are_runs_of_their_own() -> None:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))
    line = canvas.beginText(70, 700)
    line.setFont("Helvetica", 12)
    line.textOut("as agreed.")
    line.setFont("Helvetica", 7)
    line.setRise(4)
    line.textOut("12")
    canvas.drawText(line)
    canvas.save()
    (found,) = read_pdf(out.getvalue()).pages[0].lines
    assert [run.size for run in found.runs] == [12, 7]


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "empty_file"), (b"  \n", "empty_file"), (b"plain text", "not_a_pdf"), (b"%PDF-1.7 cut off", "corrupt_pdf")],
)
def test_not_pdfs(content: bytes, code: str) -> None:
    assert code_of(content) == code


def test_encrypted() -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(SIMPLE)) as document:
        document.save(out, encryption=pikepdf.Encryption(user="secret", owner="other"))
    assert code_of(out.getvalue()) == "encrypted_pdf"


def test_no_pages() -> None:
    out = io.BytesIO()
    pikepdf.new().save(out)
    assert code_of(out.getvalue()) == "corrupt_pdf"


def test_a_thousand_pages() -> None:
    document = read_pdf(drawn(*[[(70, 700, f"page {n}")] for n in range(1000)]))
    assert len(document.pages) == 1000
    assert document.pages[-1].number == 1000
    assert document.pages_without_text == ()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, len(SIMPLE) - 1), st.integers(0, 255)), min_size=1, max_size=30))
def test_damaged_bytes_give_a_document_or_a_reason(changes: list[tuple[int, int]]) -> None:
    content = bytearray(SIMPLE)
    for place, value in changes:
        content[place] = value
    try:
        document = read_pdf(bytes(content), None)
    except UnreadableDocument as error:
        assert error.code
    else:
        assert document.pages


@settings(max_examples=30, deadline=None)
@given(st.integers(0, len(SIMPLE) - 1))
def test_truncated_bytes_give_a_document_or_a_reason(length: int) -> None:
    try:
        assert read_pdf(SIMPLE[:length], None).pages
    except UnreadableDocument as error:
        assert error.code


class FakeRecogniser:
    """Sees two lines in any picture."""

    def recognise(self, picture: np.ndarray, scale: float) -> Sequence[Word]:
        assert picture.shape[0] > 100
        return [
            Word("should act.", Rectangle(160, 100, 240, 112), 0.9),
            Word("The force", Rectangle(70, 101, 150, 113), 0.7),
            Word("second line", Rectangle(70, 130, 200, 142), 0.8),
        ]


def scan() -> bytes:
    """A page that shows only a picture."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))
    canvas.drawImage(ImageReader(grey_picture()), 0, 0, 595, 842)
    canvas.save()
    return out.getvalue()


def grey_picture() -> object:
    from PIL import Image

    return Image.new("L", (60, 80), 200)


def test_a_scan_has_no_text() -> None:
    assert read_pdf(scan(), None).pages_without_text == (1,)


def test_a_blank_page_lacks_nothing() -> None:
    assert read_pdf(drawn([]), None).pages_without_text == ()


def test_a_scan_is_recognised() -> None:
    document = read_pdf(scan(), FakeRecogniser)
    page = document.pages[0]
    assert lines_of(document) == ["The force should act.", "second line"]
    assert page.ocr_confidence == pytest.approx(0.8)
    assert document.pages_without_text == ()
    assert [page.text[run.start : run.end] for run in page.lines[0].runs] == ["The force", "should act."]


def test_recognised_pages_are_compared_with_what_was_recognised() -> None:
    assert page_texts(scan(), [1], {1: "as recognised"}) == {1: "as recognised"}


def test_pages_with_text_are_not_recognised() -> None:
    def refuse() -> FakeRecogniser:
        raise AssertionError

    assert read_pdf(SIMPLE, refuse).pages[0].ocr_confidence is None


def poor_scan(words: str) -> bytes:
    """A page of a picture, with a poor text layer under it."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))
    canvas.drawImage(ImageReader(grey_picture()), 0, 0, 595, 842)
    for number in range(12):
        canvas.drawString(70, 780 - 20 * number, words)
    canvas.save()
    return out.getvalue()


class Mumbler(FakeRecogniser):
    """Sees only figures and consonants."""

    def recognise(self, picture: np.ndarray, scale: float) -> Sequence[Word]:
        return [Word("thc tbc rn0st 0f lt wrtlls brkn ", Rectangle(70, 100, 400, 112), 0.6)] * 40


def test_the_better_of_two_layers_is_kept() -> None:
    poor = poor_scan("The regulati0ns wh!ch oft!cers kn0w and f0llow every day in cust0dy")
    assert read_pdf(poor, None).pages_without_text == (1,)
    assert lines_of(read_pdf(poor, FakeRecogniser)) == ["The force should act.", "second line"]
    kept = read_pdf(poor, Mumbler)
    assert kept.pages[0].ocr_confidence is None
    assert lines_of(kept)[0].startswith("The regulati0ns")
    assert kept.pages_without_text == (1,)


def test_garbage_shares_are_ordered() -> None:
    clean = "The coroner reported on the regulations and on what officers knew of them at the time. " * 3
    shares = [
        garbage_share(text) for text in (clean, clean.replace("ion", "i0n"), "xkcd wrt brkn " * 20, "\ufffd" * 50)
    ]
    assert shares == sorted(shares)
    assert shares[0] < 0.01 < shares[1] < 0.5 < shares[2]
    assert garbage_share("") == 1.0


def test_garbage_is_measured() -> None:
    clean = "The coroner reported on the regulations and on what officers knew of them at the time. " * 3
    poor = clean.replace("ion", "i0n").replace("off", "o!f").replace("knew", "k5ew")
    assert has_usable_text(clean, 1.0, 0)
    assert not has_usable_text(poor, 1.0, 0)
    assert misread_share(clean) == 0
    assert not has_usable_text("\ufffd\ufffd\ufffd" * 20, 0.0, 0)
    assert not has_usable_text("", 0.0, 300)
    contents = "\n".join(f"Chapter {number}: What officers knew {'.' * 110} {number}" for number in range(1, 20))
    assert has_usable_text(contents, 0.0, 0)
    assert not has_usable_text(contents.replace("What officers knew", "Wht ffcrs knw"), 0.0, 0)


def test_real_documents_are_read_page_by_page(shared: Path) -> None:
    for path in sorted((shared / "corpus" / "pdf" / "pfd").glob("*.pdf")):
        content = path.read_bytes()
        document = read_pdf(content, None)
        assert page_texts(content, range(1, 99)) == {page.number: page.text for page in document.pages}
