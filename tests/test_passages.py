from pathlib import Path

from reportlab.platypus import Spacer

from pipeline.passages import split_passages
from pipeline.reading import read_pdf
from tests.drawing import BREAK, pdf, text

PARAGRAPH = "The officers who attended said that they had not been told of the earlier report about the address. " * 3


def test_stretches_are_paragraph_sized_and_in_order() -> None:
    content = pdf(*[text(f"Number {n}. {PARAGRAPH}") for n in range(12)], head="A running head")
    passages = split_passages(read_pdf(content))
    assert all(len(passage.text.split()) <= 200 for passage in passages)
    numbers = [int(part.split(".")[0]) for passage in passages for part in passage.text.split("Number ")[1:]]
    assert numbers == list(range(12))


def test_running_heads_and_folios_are_left_out() -> None:
    content = pdf(text(PARAGRAPH), BREAK, text(PARAGRAPH), BREAK, text(PARAGRAPH), head="A running head")
    assert all("running head" not in passage.text for passage in split_passages(read_pdf(content)))
    assert len(split_passages(read_pdf(content))) == 3


def test_offsets_hold_the_text() -> None:
    document = read_pdf(pdf(text(PARAGRAPH), text("Another paragraph.")))
    for passage in split_passages(document):
        raw = document.pages[passage.page - 1].text[passage.start : passage.end]
        assert raw.split()[:4] == passage.text.split()[:4]
        assert raw.split()[-2:] == passage.text.split()[-2:]


def test_a_blank_document_has_no_passages() -> None:
    assert split_passages(read_pdf(pdf(Spacer(1, 1)), None)) == ()


def test_every_word_of_a_real_document_is_searchable(shared: Path) -> None:
    document = read_pdf((shared / "corpus/pdf/pfd/Amy_Henderson.pdf").read_bytes(), None)
    found = {word for passage in split_passages(document) for word in passage.text.split()}
    words = {word for page in document.pages for word in page.text.split() if word.isalpha() and len(word) > 3}
    assert len(words - found) <= 0.03 * len(words)
