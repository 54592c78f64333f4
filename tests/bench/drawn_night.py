"""Draws a night of any size for the warehouse's benchmark: real texts spliced, and every join a real night has."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from pipeline.ids import content_hash, passage_id, recommendation_id
from pipeline.records import (
    Assignment,
    CommonRecommendation,
    DocumentFacts,
    DocumentRef,
    Extraction,
    IdentityEvent,
    Kind,
    Link,
    LinkType,
    Passage,
    Recommendation,
    Review,
    RunRecord,
    Span,
    Status,
    StoredFile,
    ThemeScore,
)
from pipeline.theme_records import Traits
from tests.bench.reading import WORDS
from tests.conftest import SHARED
from tests.warehouse_facts import AS_OF, NIGHT
from warehouse.facts import Facts, ListedRow, SourceRow, ThemeRow, Vectors, list_passages, list_recommendations

Dice: TypeAlias = np.random.Generator

ROWS, PASSAGES, DIMENSION = 10, 3, 384  # rows and passages of a document, numbers of a vector
FIRST_DAY = date(2014, 1, 1)
# Stream, who asks, and what it calls what it asks for. The last answers the document before it.
STREAMS = (
    ("hmicfrs", "HMICFRS", Kind.AREA_FOR_IMPROVEMENT),
    ("iopc", "IOPC", Kind.RECOMMENDATION),
    ("pfd", "Senior Coroner", Kind.CONCERN),
    ("mopac-audit", "MOPAC", Kind.AGREED_ACTION),
    ("inquiry", "An inquiry", Kind.RECOMMENDATION),
    ("parliament", "Home Affairs Committee", Kind.RECOMMENDATION),
    ("nao", "National Audit Office", Kind.RECOMMENDATION),
    ("government", "Home Office", Kind.QUOTED_RECOMMENDATION),
)
THEMES = (
    "missing-persons", "mental-health", "domestic-abuse", "rape-serious-sexual-offences", "death-police-contact",
    *(f"theme-{number}" for number in range(15)),
)  # fmt: skip
LEVERS = ("guidance", "training", "supervision", "systems", "resources", "partnership", "governance", "estate")
STATUSES = tuple(Status)
# Shares of the rows.
GROUPED, REVIEWED, SHARED_OUT, ABSTAINED = 0.4, 0.01, 0.2, 0.15
LARGEST_GROUP = 6


def draw_night(size: int) -> Facts:
    """A night of about `size` recommendations and three tenths as many passages, the same for the same size."""
    dice = np.random.default_rng(size)
    pool = read_texts()
    files = [_draw_file(number) for number in range(size // ROWS)]
    extractions: dict[str, Extraction] = {}
    before: Extraction | None = None
    for number, file in enumerate(files):
        before = extractions[file.sha256] = _draw_extraction(file, number, before, pool, dice)
    facts = Facts(
        as_of=AS_OF,
        files=files,
        extractions=extractions,
        runs=[RunRecord("run1", NIGHT, NIGHT, AS_OF, "completed", ("bench",), (), len(files), size)],
        sources=[SourceRow(name, name, body) for name, body, _ in STREAMS],
        themes=[ThemeRow(slug, slug, "operational", f"Lead of {slug}", "Drawn by lot") for slug in THEMES],
        model_revision="drawn",
        listings=[ListedRow(file.ref.source, "bench", file.ref.url, file.ref.published) for file in files],
    )
    return _add_judgements(_add_groups(facts, dice), dice)


def read_texts() -> Sequence[str]:
    """Recommendations of the large corpus where it lies beside the checkout, else strings of words."""
    folder = SHARED / "corpus" / "upr-info"
    if not folder.exists():
        dice = np.random.default_rng(0)
        return [f"The force should {' '.join(dice.choice(WORDS, 30))}." for _ in range(5_000)]
    texts: dict[str, None] = {}
    for path in sorted(folder.glob("*.csv")):
        rows = csv.DictReader(io.StringIO(path.read_bytes().decode("mac_roman"), newline=None))
        texts |= dict.fromkeys(row["Text"].strip() for row in rows if row["Text"])
    return list(texts)


def draw_vectors(count: int, seed: int) -> Vectors:
    """`count` unit vectors of `DIMENSION` numbers."""
    vectors = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def _draw_file(number: int) -> StoredFile:
    name, body, _ = STREAMS[number % len(STREAMS)]
    answers = name == "government"
    ref = DocumentRef(
        connector="bench",
        source=name,
        url=f"https://example.org/{name}/{number}.pdf",
        title=f"Report {number} of {body}",
        body=body,
        published=FIRST_DAY + timedelta(days=(number // len(STREAMS) * 37 + number % len(STREAMS)) % 4600),
        reference=f"{name.upper()}-{number}",
        responds_to=f"https://example.org/{STREAMS[-2][0]}/{number - 1}.pdf" if answers else None,
        recipients=("Chief Constable of Kent Police", "Home Office") if name == "pfd" else (),
    )
    return StoredFile(content_hash(b"%d" % number), 1000, NIGHT, "application/pdf", ref)


def _draw_extraction(
    file: StoredFile, number: int, before: Extraction | None, pool: Sequence[str], dice: Dice
) -> Extraction:
    kind = STREAMS[number % len(STREAMS)][2]
    if kind is Kind.QUOTED_RECOMMENDATION and before:
        rows = tuple(_answer_row(file.sha256, row, pool, dice) for row in before.recommendations)
    else:
        rows = tuple(_draw_row(file.sha256, kind, page, pool, dice) for page in range(1, ROWS + 1))
    passages = tuple(_draw_passage(file.sha256, page, pool, dice) for page in range(1, PASSAGES + 1))
    return Extraction(file.sha256, ROWS, DocumentFacts(), rows, (), passages, ())


def _draw_row(sha256: str, kind: Kind, page: int, pool: Sequence[str], dice: Dice) -> Recommendation:
    text = _splice(pool, dice)
    spans = (Span(page, 0, len(text)),)
    own = recommendation_id(sha256, text, page)
    row = Recommendation(own, sha256, kind, str(page), text, page, page, spans, confidence=0.9, grammar="numbered")
    if kind is not Kind.RECOMMENDATION:
        return row
    return replace(row, deadline=AS_OF - timedelta(days=int(dice.integers(-200, 900))), addressees=("The force",))


def _answer_row(sha256: str, asked: Recommendation, pool: Sequence[str], dice: Dice) -> Recommendation:
    status = STATUSES[dice.integers(len(STATUSES))]
    return replace(
        asked,
        recommendation_id=recommendation_id(sha256, asked.text, asked.page),
        sha256=sha256,
        kind=Kind.QUOTED_RECOMMENDATION,
        status=status,
        status_text=status.value,
        response_text=_splice(pool, dice),
        response_page=asked.page,
    )


def _draw_passage(sha256: str, page: int, pool: Sequence[str], dice: Dice) -> Passage:
    words = " ".join(_splice(pool, dice) for _ in range(4))
    return Passage(passage_id(sha256, page, 0), sha256, page, 0, len(words), words)


def _splice(pool: Sequence[str], dice: Dice) -> str:
    """The first half of one text and the second half of another, so that hardly two rows are the same."""
    one, other = (pool[place].split() for place in dice.integers(len(pool), size=2))
    return " ".join([*one[: len(one) // 2 + 1], *other[len(other) // 2 :]])


def _add_groups(facts: Facts, dice: Dice) -> Facts:
    days = {file.sha256: file.ref.published or AS_OF for file in facts.files}
    asked = [row for row in list_recommendations(facts.extractions) if row.kind is not Kind.QUOTED_RECOMMENDATION]
    chosen = [asked[place] for place in dice.permutation(len(asked))[: int(GROUPED * len(asked))]]
    commons, links = [], []
    for number, members in enumerate(_cut(chosen, dice)):
        ordered = sorted(members, key=lambda row: (days[row.sha256], row.recommendation_id))
        ids = tuple(row.recommendation_id for row in ordered)
        commons.append(CommonRecommendation(f"c{number}", ids, ids[0], ("drawn", "by", "lot")))
        links += [
            Link(f"c{number}", one.recommendation_id, other.recommendation_id, _relate(one, other), 0.85, "drawn")
            for one, other in pairwise(ordered)
        ]
    events = [IdentityEvent(NIGHT, "run1", one.common_id, "new", one.member_ids) for one in commons]
    return replace(facts, commons=commons, links=links, identity_events=events)


def _cut(rows: Sequence[Recommendation], dice: Dice) -> Iterator[Sequence[Recommendation]]:
    start = 0
    while start < len(rows) - 1:
        end = start + int(dice.integers(2, LARGEST_GROUP + 1))
        if len(rows[start:end]) > 1:
            yield rows[start:end]
        start = end


def _relate(one: Recommendation, other: Recommendation) -> LinkType:
    if one.kind is not other.kind:
        return LinkType.INDEPENDENT
    return LinkType.REITERATED if one.label != other.label else LinkType.REPUBLISHED


def _add_judgements(facts: Facts, dice: Dice) -> Facts:
    """Themes, levers, reviews, digests that went out, and vectors."""
    rows = list_recommendations(facts.extractions)
    ids = [row.recommendation_id for row in rows]
    reviewed = [ids[place] for place in dice.permutation(len(ids))[: int(REVIEWED * len(ids))]]
    out = [ids[place] for place in dice.permutation(len(ids))[: int(SHARED_OUT * len(ids))]]
    return replace(
        facts,
        assignments=[_assign(one, dice) for one in ids],
        traits=[Traits(one, _draw_levers(dice), ("drawn",), who=True, what=True, when=False) for one in ids],
        reviews=[_review(number, one, dice) for number, one in enumerate(reviewed)],
        shared={one: AS_OF - timedelta(days=int(dice.integers(300))) for one in out},
        recommendation_vectors=draw_vectors(len(rows), seed=1),
        passage_vectors=draw_vectors(len(list_passages(facts.extractions)), seed=2),
    )


def _assign(one: str, dice: Dice) -> Assignment:
    first, second = (THEMES[place] for place in dice.integers(len(THEMES), size=2))
    near = ThemeScore(first, 0.3, "cue: drawn")
    if dice.random() < ABSTAINED:
        return Assignment(one, (), near)
    names = {first, second} if dice.random() < GROUPED else {first}
    return Assignment(one, tuple(ThemeScore(name, round(dice.uniform(0.5, 1), 3), "cue: drawn") for name in names))


def _draw_levers(dice: Dice) -> tuple[str, ...]:
    return tuple(sorted({LEVERS[place] for place in dice.integers(len(LEVERS), size=2)}))


def _review(number: int, one: str, dice: Dice) -> Review:
    question, answer, theme = (
        ("theme", "right", THEMES[dice.integers(len(THEMES))]),
        ("theme", "wrong", THEMES[dice.integers(len(THEMES))]),
        ("status", "done", None),
    )[number % 3]
    return Review(f"v{number}", one, question, answer, None, "Ann", AS_OF, NIGHT, theme)
