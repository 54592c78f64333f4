"""A thousand damaged PDFs through the real workers: each costs at most itself.

The seeds are the bundled sample's small documents, as they are and with their streams laid open, so that damage also
reaches operators, numbers and references inside them. Recognition of pictures is off: damage that loses a page's text
would otherwise cost seconds a page and test another library.
"""

import io
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pikepdf
import pytest

from flows.document import SECONDS_A_MEGABYTE, Job, read_document
from flows.extracting import extract_files
from flows.read import EXTRACTION
from pipeline.isolate import Limits, run_isolated
from pipeline.media import HTML
from pipeline.records import Extraction
from pipeline.settings import Settings
from sources import HERE
from tests import html_pages
from tests.isolated_work import find_rows_again

MUTANTS = 1000
PAGES = 60  # damaged copies of each web page
SMALL = 12_000  # bytes of a seed: larger ones hold fonts and pictures, where damage is dull
SECONDS, GRACE = 5.0, 10.0  # a worker's time; what killing one and starting another may take on a busy machine
ODD_NUMBERS = (b"0", b"-1", b"0.0000001", b"65536", b"2147483647", b"-2147483648", b"99999999999999999999", b"1e38")

Mutator = Callable[[bytes, Sequence[bytes], random.Random], bytes]


def flip_bytes(content: bytes, others: Sequence[bytes], dice: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(dice.randint(1, 30)):
        changed[dice.randrange(len(changed))] = dice.randrange(256)
    return bytes(changed)


def truncate(content: bytes, others: Sequence[bytes], dice: random.Random) -> bytes:
    return content[: dice.randrange(8, len(content))]


def drop_stretch(content: bytes, others: Sequence[bytes], dice: random.Random) -> bytes:
    start = dice.randrange(len(content))
    return content[:start] + content[start + dice.randint(1, 2000) :]


def splice_stretch(content: bytes, others: Sequence[bytes], dice: random.Random) -> bytes:
    """A stretch of another document in the middle of this one."""
    other = dice.choice(others)
    start, place = dice.randrange(len(other)), dice.randrange(len(content))
    return content[:place] + other[start : start + dice.randint(1, 4000)] + content[place:]


def swap_streams(content: bytes, others: Sequence[bytes], dice: random.Random) -> bytes:
    return swap_matches(rb"stream\r?\n(.*?)endstream", content, dice)


def swap_objects(content: bytes, others: Sequence[bytes], dice: random.Random) -> bytes:
    return swap_matches(rb"\d+ 0 obj(.*?)endobj", content, dice)


def swap_references(content: bytes, others: Sequence[bytes], dice: random.Random) -> bytes:
    """References that lead elsewhere: pages within pages, fonts that are pages, loops."""
    for _ in range(dice.randint(1, 5)):
        content = swap_matches(rb"(\d+ 0 R)", content, dice)
    return content


def swap_names(content: bytes, others: Sequence[bytes], dice: random.Random) -> bytes:
    for _ in range(dice.randint(1, 5)):
        content = swap_matches(rb"(/[A-Za-z0-9]+)", content, dice)
    return content


def set_odd_numbers(content: bytes, others: Sequence[bytes], dice: random.Random) -> bytes:
    places = [match.span() for match in re.finditer(rb"(?<=[\s\[])-?\d+(?:\.\d+)?(?=[\s\]])", content)]
    for start, end in sorted(dice.sample(places, min(len(places), dice.randint(1, 6))), reverse=True):
        content = content[:start] + dice.choice(ODD_NUMBERS) + content[end:]
    return content


def repeat_end(content: bytes, others: Sequence[bytes], dice: random.Random) -> bytes:
    """A second cross-reference table, its own or another document's, as an update would append it."""
    other = dice.choice([content, *others])
    return content + other[max(other.rfind(b"xref\n", 0, -30), 0) :]


def lose_cross_references(content: bytes, others: Sequence[bytes], dice: random.Random) -> bytes:
    return re.sub(rb"startxref\s+\d+", b"startxref %d" % dice.randrange(2 * len(content)), content)


def swap_matches(pattern: bytes, content: bytes, dice: random.Random) -> bytes:
    spans = [match.span(1) for match in re.finditer(pattern, content, re.DOTALL)]
    if len(spans) < 2:
        return content
    (a, b), (c, d) = sorted(dice.sample(spans, 2))
    return content[:a] + content[c:d] + content[b:c] + content[a:b] + content[d:]


MUTATORS: tuple[Mutator, ...] = (
    flip_bytes, truncate, drop_stretch, splice_stretch, swap_streams, swap_objects, swap_references, swap_names,
    set_odd_numbers, repeat_end, lose_cross_references,
)  # fmt: skip


def swap_tags(content: bytes, others: Sequence[bytes], dice: random.Random) -> bytes:
    for _ in range(dice.randint(1, 8)):
        content = swap_matches(rb"(</?[a-z0-9]+[^>]*>)", content, dice)
    return content


PAGE_MUTATORS: tuple[Mutator, ...] = (flip_bytes, truncate, drop_stretch, splice_stretch, swap_tags)


def make_mutants(count: int, seed: int) -> list[bytes]:
    """`count` damaged documents; the same seed gives the same bytes."""
    plain = [p.read_bytes() for p in sorted((HERE / "sample" / "documents").glob("*.pdf")) if p.stat().st_size < SMALL]
    seeds = [*plain, *(lay_open(content) for content in plain)]
    dice = random.Random(seed)
    return [make_mutant(seeds, dice) for _ in range(count)]


def make_mutant(seeds: Sequence[bytes], dice: random.Random) -> bytes:
    content = dice.choice(seeds)
    for mutator in dice.sample(MUTATORS, dice.randint(1, 3)):
        if len(content) > 8:
            content = mutator(content, seeds, dice)
    return content


def lay_open(content: bytes) -> bytes:
    """The same document with its streams uncompressed."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as document:
        document.save(out, qdf=True, static_id=True)
    return out.getvalue()


def write_mutants(folder: Path, count: int, seed: int) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{seed}-{number:05}.pdf" for number in range(count)]
    for path, content in zip(paths, make_mutants(count, seed), strict=True):
        path.write_bytes(content)
    return paths


def fuzz_settings(data: Path) -> Settings:
    return Settings(data=data, document_seconds=SECONDS, worker_memory_mb=2000, ocr=False)


def tally_outcomes(extractions: Sequence[Extraction]) -> Counter[str]:
    """How the documents came out: by the code of their first issue, or as read."""
    return Counter(one.issues[0].code if one.issues else "read" for one in extractions)


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, tuple[Extraction, float]]:
    """Each mutant's extraction, and the seconds between it and the one before."""
    folder = tmp_path_factory.mktemp("fuzz")
    paths = write_mutants(folder / "mutants", MUTANTS, seed=20_261_123)
    read, before = {}, time.monotonic()
    for path, extraction in extract_files(paths, "fuzz", fuzz_settings(folder)):
        read[path], before = (extraction, time.monotonic() - before), time.monotonic()
    assert list(read) == paths
    return read


def test_every_mutant_is_read_or_refused_with_a_reason(outcomes: dict[Path, tuple[Extraction, float]]) -> None:
    for path, (extraction, _) in outcomes.items():
        assert isinstance(extraction, Extraction)
        assert extraction.page_count or extraction.issues, path.name
        assert all(issue.message.endswith(".") for issue in extraction.issues)


def test_none_outlives_its_limit(outcomes: dict[Path, tuple[Extraction, float]]) -> None:
    largest = max(path.stat().st_size for path in outcomes) / 1e6
    assert max(seconds for _, seconds in outcomes.values()) < SECONDS + SECONDS_A_MEGABYTE * largest + GRACE


def test_the_damage_is_neither_harmless_nor_total(outcomes: dict[Path, tuple[Extraction, float]]) -> None:
    extractions = [extraction for extraction, _ in outcomes.values()]
    assert sum(bool(one.recommendations) for one in extractions) > MUTANTS / 10
    assert sum(not one.page_count for one in extractions) > MUTANTS / 100


def test_rows_are_found_again(outcomes: dict[Path, tuple[Extraction, float]]) -> None:
    """By a process of its own, from nothing but the bytes and the rows."""
    rows = [(path, extraction.recommendations) for path, (extraction, _) in outcomes.items()]
    checked = run_isolated(
        find_rows_again, [item for item in rows if item[1]], workers=2, limits=Limits(SECONDS, 2**31)
    )
    assert [(one.item[0].name, one.result, one.failure) for one in checked if one.result is not True] == []


def test_whatever_was_read_can_be_kept(outcomes: dict[Path, tuple[Extraction, float]]) -> None:
    """Stages keep extractions as JSON, which has no lone surrogates and no infinite numbers."""
    for path, (extraction, _) in outcomes.items():
        assert EXTRACTION.validate_json(EXTRACTION.dump_json(extraction)) == extraction, path.name


@pytest.mark.parametrize("name", html_pages.NAMES)
def test_damaged_web_pages_are_read_or_refused_with_a_reason(name: str, tmp_path: Path) -> None:
    """In this process: what is worse than an exception is for the limits, which tests/test_hostile.py tries."""
    dice, seeds = random.Random(name), [html_pages.draw(other, 1) for other in html_pages.NAMES]
    path, read = tmp_path / "page.html", 0
    for _ in range(PAGES):
        content = html_pages.draw(name, dice.randrange(100))
        for mutator in dice.sample(PAGE_MUTATORS, dice.randint(1, 3)):
            content = mutator(content, seeds, dice)
        path.write_bytes(content)
        extraction = read_document(Job(path, HTML, "fuzz"))
        read += bool(extraction.recommendations)
        assert extraction.page_count or extraction.issues
        assert EXTRACTION.validate_json(EXTRACTION.dump_json(extraction)) == extraction
        assert not extraction.held_out
    assert read > PAGES / 4
