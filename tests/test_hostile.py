"""Files that mean harm, or only went wrong: each costs at most its own limits, and says in one sentence why."""

import io
import os
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from flows.document import SECONDS_A_MEGABYTE
from flows.extracting import extract_files
from pipeline.reading.opening import MAX_PAGES
from pipeline.records import Extraction, Level
from pipeline.settings import Settings
from sources import HERE

SECONDS, MEGABYTES = 60.0, 2000  # enough to load the recognition models on a busy machine
GRACE = 10.0  # what killing a worker and starting another may take on a busy machine
ASK = "Recommendation 1: The force should review its policy on custody."
GIVEN_UP = {"reader_timeout", "reader_memory", "reader_crash"}  # which of them decides the machine, not the file

Builder = Callable[[], bytes]


def good() -> bytes:
    return (HERE / "sample" / "documents" / "hmicfrs_2024_wexmoor.pdf").read_bytes()


def pages(count: int) -> bytes:
    """`count` short pages, the last with an ask."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842), invariant=1)
    for number in range(1, count + 1):
        canvas.drawString(70, 700, f"This is page {number} of a long report.")
        if number == count:
            canvas.drawString(70, 600, ASK)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def drawing_only() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842), invariant=1)
    for step in range(200):
        canvas.rect(50 + step, 50 + 2 * step, 100, 50)
    canvas.save()
    return out.getvalue()


def sheet(width: float, height: float) -> bytes:
    """A page of that many points with text, and one covered by a picture."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(width, height), invariant=1)
    canvas.drawString(70, 700, ASK)
    canvas.showPage()
    canvas.drawInlineImage(Image.new("L", (60, 80), 200), 0, 0, width, height)
    canvas.save()
    return out.getvalue()


def encrypted() -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(good())) as document:
        document.save(out, encryption=pikepdf.Encryption(user="secret", owner="other"))
    return out.getvalue()


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", f"<w:t>{ASK}</w:t>")
    return out.getvalue()


def objects(*bodies: bytes) -> bytes:
    """A PDF of these objects, the first of them its root."""
    parts, places = [b"%PDF-1.7\n"], []
    for number, body in enumerate(bodies, start=1):
        places.append(sum(map(len, parts)) if number == 1 else places[-1] + len(parts[-1]))
        parts.append(b"%d 0 obj\n%b\nendobj\n" % (number, body))
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start, size = sum(map(len, parts)), len(bodies) + 1
    end = b"xref\n0 %d\n0000000000 65535 f \n%btrailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
    return b"".join(parts) + end % (size, table, size, start)


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<</Length %d%b>>stream\n%b\nendstream" % (len(content), entries, content)


CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
ONE_PAGE = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
FORM_PAGE = (
    b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</XObject<</F 5 0 R>>>>>>",
    stream(b"/F Do"),
)


def form(inner: int, content: bytes) -> bytes:
    entries = b"/Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources<</XObject<</F %d 0 R>>>>" % inner
    return stream(content, entries)


def bomb(gigabytes: int = 4) -> bytes:
    """A content stream of spaces, deflated twice: some kilobytes of file."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    megabyte = deflate.compress(b" " * 2**20) + deflate.flush(zlib.Z_FULL_FLUSH)
    inner = b"\x78\xda" + megabyte * 1024 * gigabytes + deflate.flush() + bytes(4)
    content = stream(zlib.compress(inner, 9), b"/Filter[/FlateDecode/FlateDecode]")
    return objects(CATALOG, ONE_PAGE, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R>>", content)


def forms_in_forms() -> bytes:
    """Eight forms, each drawing the next one twelve times: 430 million characters of 1."""
    nested = [form(number + 1, b"/F Do " * 12) for number in range(5, 12)]
    return objects(CATALOG, ONE_PAGE, *FORM_PAGE, *nested, form(12, b"0 0 1 1 re f"))


def tree_in_tree(depth: int) -> bytes:
    levels = [b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % (number + 1) for number in range(2, depth)]
    return objects(CATALOG, *levels, b"<</Type/Page/MediaBox[0 0 600 800]>>")


REFUSED: dict[str, tuple[Builder, set[str]]] = {
    "empty": (lambda: b"", {"empty_file"}),
    "text": (lambda: b"Minutes of the meeting. The force should act.\n" * 9, {"not_a_pdf"}),
    "word": (zipped, {"not_a_pdf"}),
    "encrypted": (encrypted, {"encrypted_pdf"}),
    "cut off": (lambda: good()[: len(good()) // 2], {"corrupt_pdf"}),
    "header only": (lambda: b"%PDF-1.7\n", {"corrupt_pdf"}),
    "too many pages": (lambda: pages(MAX_PAGES + 1), {"too_many_pages"}),
    "claims two billion pages": (
        lambda: objects(CATALOG, b"<</Type/Pages/Kids[]/Count 2000000000>>"),
        {"corrupt_pdf"},
    ),
    "arrays in arrays": (lambda: objects(b"[" * 200_000 + b"]" * 200_000, ONE_PAGE), {"corrupt_pdf"}),
    "bomb": (bomb, GIVEN_UP),
    "forms in forms": (forms_in_forms, GIVEN_UP),
    "web page nested 300,000 deep": (lambda: b"<html>" + b"<div>" * 300_000 + ASK.encode(), {"nested_too_deep"}),
    "web page of 50 MB": (lambda: b"<html><p>" + b"x " * 25_000_000, {"too_large"}),
    "web page of scripts": (lambda: b"<!doctype html><body><script>alert(1)</script></body>", {"no_text"}),
}
WITHOUT_TEXT: dict[str, Builder] = {
    "drawing only": drawing_only,
    "strip": lambda: sheet(20, 2000),
    "thin as a hair": lambda: sheet(1, 1_000_000),
    "a tree that holds itself": lambda: objects(CATALOG, b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>"),
    "a tree 20,000 levels deep": lambda: tree_in_tree(20_000),
    "references in a circle": lambda: objects(CATALOG, b"<</Type/Pages/Kids 3 0 R/Count 1>>", b"4 0 R", b"3 0 R"),
    "claims 4,000 pages": lambda: objects(CATALOG, b"<</Type/Pages/Kids[]/Count 4000>>"),
}
READ: dict[str, tuple[Builder, int]] = {
    "good": (good, 3),
    "without its end": (lambda: good()[: good().rfind(b"startxref")], 3),
    "rubbish before": (lambda: b"HTTP/1.1 200 OK\r\n\r\n" + good(), 3),
    "it's naïve – $(date);\n`x` %00 <b>": (good, 3),
    os.fsdecode(b"not unicode \xff\xfe"): (good, 3),
    "1,000 pages": (lambda: pages(1000), 1000),
    "5,000 pages": (lambda: pages(MAX_PAGES), MAX_PAGES),
    "a huge sheet": (lambda: sheet(1_000_000, 1_000_000), 2),
    "a web page that is called a PDF": (lambda: f"<!doctype html><main><p>{ASK}</p></main>".encode(), 1),
    "a web page of 100,000 lines": (lambda: b"<main>" + b"<p>Nothing.</p>" * 100_000 + f"<p>{ASK}</p>".encode(), 1),
    "a form that draws itself": (lambda: objects(CATALOG, ONE_PAGE, *FORM_PAGE, form(5, b"/F Do")), 1),
}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Extraction]:
    """All of them in one run, harmless among hostile ones."""
    folder = tmp_path_factory.mktemp("hostile")
    builders = {
        **{name: builder for name, (builder, _) in REFUSED.items()},
        **WITHOUT_TEXT,
        **{name: builder for name, (builder, _) in READ.items()},
    }
    for name, builder in builders.items():
        (folder / f"{name}.pdf").write_bytes(builder())
    settings = Settings(data=folder, workers=2, document_seconds=SECONDS, worker_memory_mb=MEGABYTES)
    read = dict(extract_files(sorted(folder.glob("*.pdf")), "hostile", settings))
    assert len(read) == len(builders)
    return {path.stem: extraction for path, extraction in read.items()}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_one_reason(outcomes: dict[str, Extraction], name: str) -> None:
    (issue,) = outcomes[name].issues
    assert issue.code in REFUSED[name][1], issue.message
    assert issue.level == Level.ERROR
    assert outcomes[name].page_count == 0
    assert outcomes[name].recommendations == ()


@pytest.mark.parametrize("name", WITHOUT_TEXT)
def test_pages_that_show_no_text_are_one_issue(outcomes: dict[str, Extraction], name: str) -> None:
    (issue,) = outcomes[name].issues
    assert issue.code == "no_text_layer", issue.message
    assert outcomes[name].page_count > 0


@pytest.mark.parametrize("name", READ, ids=lambda name: name.encode("ascii", "replace").decode())
def test_read_all_the_same(outcomes: dict[str, Extraction], name: str) -> None:
    assert outcomes[name].page_count == READ[name][1]


@pytest.mark.parametrize("name", ["without its end", "rubbish before", "it's naïve – $(date);\n`x` %00 <b>"])
def test_nothing_is_lost_of_what_can_be_read(outcomes: dict[str, Extraction], name: str) -> None:
    assert outcomes["good"].recommendations
    texts = [row.text for row in outcomes[name].recommendations]
    assert texts == [row.text for row in outcomes["good"].recommendations]


@pytest.mark.parametrize(("name", "page"), [("1,000 pages", 1000), ("5,000 pages", MAX_PAGES), ("a huge sheet", 1)])
def test_the_ask_is_found_wherever_it_stands(outcomes: dict[str, Extraction], name: str, page: int) -> None:
    assert [(row.page, row.label) for row in outcomes[name].recommendations] == [(page, "1")]


def test_every_reason_is_one_short_sentence(outcomes: dict[str, Extraction]) -> None:
    for extraction in outcomes.values():
        for issue in extraction.issues:
            assert issue.message.endswith(".")
            assert "\n" not in issue.message
            assert len(issue.message) < 300


def test_a_document_that_takes_too_long_is_given_up_in_time(tmp_path: Path) -> None:
    path = tmp_path / "forms.pdf"
    path.write_bytes(forms_in_forms())
    settings = Settings(data=tmp_path, workers=1, document_seconds=1.5, worker_memory_mb=16_000)
    started = time.monotonic()
    ((_, extraction),) = extract_files([path], "hostile", settings)
    assert time.monotonic() - started < 1.5 + SECONDS_A_MEGABYTE * path.stat().st_size / 1e6 + GRACE
    assert extraction.issues[0].code == "reader_timeout"
