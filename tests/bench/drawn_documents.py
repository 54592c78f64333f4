"""Draws any number of documents with the sample's generator, each with words of its own, and puts them in an inbox."""

import random
import re
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flows.inbox import MANIFEST
from pipeline.ids import content_hash
from pipeline.records import DocumentRef, Listed
from pipeline.workspace import Workspace
from sources import inbox
from tests.conftest import SHARED
from tests.sample.draw import draw_document
from tests.sample.model import Document, load_documents

CACHE = Path(tempfile.gettempdir()) / "perennial-drawn-documents"
CORPUS = SHARED / "corpus" / "pdf"
CORPUS_SHARE = 240  # one in so many documents is a real one, where the corpus lies beside the checkout
SCAN_SHARE = 500  # one in so many is a scan; the corpus has more of them, and each page costs seconds
SWAPPED = 0.5  # of the words that are swapped at all
FIRST_DAY, DAYS = date(2014, 1, 1), 4600
# What a text is, and not what it speaks of: the reader goes by these words.
KEPT = re.compile(r"recommend|concern|should|must|force|police|improve|action|section|paragraph|report|response|accept")
PROSE = {
    "p", "para", "bullets", "numbers", "quote", "practice", "text", "tail", "background", "follows", "answer",
    "finding", "risk", "inquest", "circumstances", "table",
}  # fmt: skip

Pool = dict[str, list[str]]


def fill_inbox(count: int, workspace: Workspace, cache: Path, *, first: int = 0) -> None:
    """Documents `first` to `first + count` into the inbox, drawn once into `cache`. Same numbers, same bytes."""
    bases = load_documents()
    pool = _pool_words(bases)
    lines = []
    workspace.inbox.mkdir(parents=True, exist_ok=True)
    for number in range(first, first + count):
        path, ref = _make(number, bases, pool, cache)
        content = path.read_bytes()
        name = f"{content_hash(content)}.pdf"
        shutil.copyfile(path, workspace.inbox / name)
        lines.append(inbox.describe_addition(Listed(ref, name)))
    with (workspace.inbox / MANIFEST).open("ab") as manifest:
        manifest.writelines(line + b"\n" for line in lines)


def _make(number: int, bases: tuple[Document, ...], pool: Pool, cache: Path) -> tuple[Path, DocumentRef]:
    corpus = sorted(CORPUS.rglob("*.pdf"))
    turn, rest = divmod(number, CORPUS_SHARE)
    if rest == CORPUS_SHARE - 1 and turn < len(corpus):
        return corpus[turn], DocumentRef("inbox", "corpus", f"inbox:{number}/{corpus[turn].name}")
    base = _choose_base(number, bases)
    path = cache / f"{number}.pdf"
    drawn = _vary(base, number, pool)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(draw_document(drawn).content)
    told = drawn.listing
    url = f"inbox:{number}/{base.name}.pdf"
    ref = DocumentRef("inbox", told.source, url, told.title, told.body, told.published, told.reference, told.restricted)
    return path, ref


def _choose_base(number: int, bases: tuple[Document, ...]) -> Document:
    scans = [base for base in bases if base.scan]
    typed = [base for base in bases if not base.scan]
    is_scan = number % SCAN_SHARE == SCAN_SHARE - 1
    return scans[number // SCAN_SHARE % len(scans)] if is_scan else typed[number % len(typed)]


def _vary(base: Document, number: int, pool: Pool) -> Document:
    """The base with half of its telling words swapped for others of the same ending, and facts of its own."""
    dice = random.Random(number)
    facts: dict[str, Any] = base.model_dump()
    facts = {key: _swap(value, key, dice, pool) for key, value in facts.items()}
    listing = facts["listing"]
    listing |= {
        "title": f"{base.listing.title} ({number})",
        "published": FIRST_DAY + timedelta(days=dice.randrange(DAYS)),
        "reference": f"{base.listing.reference or 'X'}/{number}",
        "responds_to": None,
    }
    return Document.model_validate({**facts, "listing": listing, "name": f"{base.name}_{number}"})


def _swap(value: Any, key: str, dice: random.Random, pool: Pool) -> Any:
    if isinstance(value, dict):
        return {name: _swap(one, name, dice, pool) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_swap(one, key, dice, pool) for one in value]
    return _swap_words(value, dice, pool) if isinstance(value, str) and key in PROSE else value


def _swap_words(text: str, dice: random.Random, pool: Pool) -> str:
    def choose(match: re.Match[str]) -> str:
        word = match[0]
        return word if KEPT.search(word) or dice.random() > SWAPPED else dice.choice(pool[word[-2:]])

    return re.sub(r"\b[a-z]{5,}\b", choose, text)


def _pool_words(bases: tuple[Document, ...]) -> Pool:
    """Every telling word of the sample's prose, by its last two letters: an -ing stands where an -ing stood."""
    pool: Pool = defaultdict(list)
    for text in _texts(bases):
        for word in re.findall(r"\b[a-z]{5,}\b", text):
            if not KEPT.search(word):
                pool[word[-2:]].append(word)
    return pool


def _texts(bases: tuple[Document, ...]) -> Iterator[str]:
    stack: list[tuple[str, Any]] = [("", base.model_dump()) for base in bases]
    while stack:
        key, value = stack.pop()
        if isinstance(value, dict):
            stack.extend(value.items())
        elif isinstance(value, list | tuple):
            stack.extend((key, one) for one in value)
        elif isinstance(value, str) and key in PROSE:
            yield value
