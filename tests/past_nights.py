"""An invented archive that grows over four nights, and what each night knew: for rebuilding the past.

Reports, press versions, replaced versions, responses that restate and letters that do not; themes that move, groups
that grow and merge, judgements that are taken back. All by a seed.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from pipeline.identity import living_groups, match_groups
from pipeline.records import (
    Assignment,
    CommonRecommendation,
    Extraction,
    IdentityEvent,
    Kind,
    Link,
    LinkType,
    Recommendation,
    Review,
    Status,
    StoredFile,
    ThemeEvent,
    ThemeScore,
)
from pipeline.versions import find_superseded
from pipeline.visits import DocumentEvent, EventKind
from tests.warehouse_facts import make_document, make_extraction, make_row
from warehouse.facts import Facts, ThemeRow

NIGHTS = [datetime(2026, month, 3, 2, 30, tzinfo=UTC) for month in (3, 5, 7, 9)]
THEMES = ("custody", "missing", "stalking")
TOPICS = ("cells", "children", "radios")
DEEDS = ("check and record", "inspect and renew", "review and publish")


@dataclass(frozen=True, slots=True)
class World:
    """Everything that ever happened; `topics` and `asks` say which rows belong together."""

    files: tuple[StoredFile, ...]
    extractions: Mapping[str, Extraction]
    topics: Mapping[str, str]
    asks: Mapping[str, str]
    merged_on: int  # the night from which two topics are one group
    seed: int
    refusals: tuple[str, ...]  # what people may say of whether a row is an ask


def make_world(seed: int, *, with_past_rows: bool) -> World:
    """Some reports of two bodies and what follows them, in any order of fetching.

    `with_past_rows`: one report is replaced and people refuse rows, so that nights showed what is in no table now.
    """
    chance = random.Random(seed)
    files: list[StoredFile] = []
    extractions: dict[str, Extraction] = {}
    topics: dict[str, str] = {}
    asks: dict[str, str] = {}

    def add(file: StoredFile, keys: Sequence[str], kind: Kind = Kind.RECOMMENDATION, **more: object) -> None:
        rows = []
        for page, key in enumerate(keys, start=1):
            row = replace(make_row(file, _say(key, chance.choice(("", " Now."))), kind, page, **more), label=str(page))
            topics[row.recommendation_id], asks[row.recommendation_id] = key.split("/")[0], key
            rows.append(row)
        files.append(replace(file, fetched_at=NIGHTS[chance.randrange(4)] - timedelta(minutes=30)))
        extractions[file.sha256] = make_extraction(file, rows)

    for n in range(4):
        body, source = chance.choice((("HMICFRS", "hmicfrs"), ("Senior Coroner", "pfd")))
        keys = [f"{topic}/{deed}/{n}" for topic in TOPICS for deed in DEEDS if chance.random() < 0.4] or [
            f"cells/x/{n}"
        ]
        published = date(2022 + n, 1 + n, 1)
        report = make_document(f"report-{n}", source, body, published, recipients=("The force",))
        add(report, keys, deadline=chance.choice((None, date(2026, 4, 1))))
        if chance.random() < 0.6:
            add(make_document(f"press-{n}", source, body, published), keys[:2])
        if chance.random() < 0.7:
            answer = make_document(f"response-{n}", "parliament", "Home Office", published + timedelta(days=90))
            add(
                answer,
                keys,
                Kind.QUOTED_RECOMMENDATION,
                status=chance.choice(list(Status)),
                response_text="We will.",
                response_page=3,
            )
        if chance.random() < 0.5:
            add(make_document(f"letter-{n}", source, "The force", None, responds_to=report.ref.url), [])
    if not with_past_rows:
        return World(tuple(files), extractions, topics, asks, 1 + chance.randrange(3), seed, ())
    old = make_document("old", "hmicfrs", "HMICFRS", date(2025, 1, 1))
    add(old, ["cells/old/9"])
    new = make_document("new", "hmicfrs", "HMICFRS", date(2025, 1, 1))
    add(replace(new, ref=old.ref), ["cells/new/9", "radios/new/9"])
    files[-2] = replace(files[-2], fetched_at=NIGHTS[0] - timedelta(minutes=20))
    files[-1] = replace(files[-1], fetched_at=NIGHTS[2] - timedelta(minutes=20))
    return World(tuple(files), extractions, topics, asks, 1 + chance.randrange(3), seed, ("no", "no", "yes"))


def tell_nights(world: World) -> list[Facts]:
    """What each night published, the ledgers carried from night to night."""
    told: list[Facts] = []
    reviews: list[Review] = []
    groups: list[IdentityEvent] = []
    moves: list[ThemeEvent] = []
    shared: dict[str, date] = {}
    themes: dict[str, tuple[str, ...]] = {}
    chance = random.Random(world.seed)
    for number, night in enumerate(NIGHTS):
        files = [file for file in world.files if file.fetched_at <= night]
        reviews = [*reviews, *_judge(world, told, chance, night)]
        current, replaced = _read(world, files, reviews)
        rows = {row.recommendation_id: row for one in current.values() for row in one.recommendations}
        named = match_groups(
            _group(world, rows, number), living_groups(groups), run_id=f"run{number}", recorded_at=night
        )
        groups = [*groups, *named.events]
        fresh = {row: (chance.choice(THEMES),) for row in sorted(rows) if row not in themes or chance.random() < 0.3}
        moves = [
            *moves,
            *(
                ThemeEvent(night, f"run{number}", row, themes[row], given, "new evidence")
                for row, given in fresh.items()
                if row in themes and themes[row] != given
            ),
        ]
        themes = {**themes, **fresh}
        shared = {**{row: night.date() for row in sorted(rows) if chance.random() < 0.2}, **shared}
        told.append(
            Facts(
                as_of=night.date(),
                files=files,
                extractions=current,
                replaced=replaced,
                assignments=[
                    Assignment(row, tuple(ThemeScore(theme, 0.9, "cue") for theme in themes[row])) for row in rows
                ],
                themes=[ThemeRow(slug, slug, "operational", "A lead", "Words") for slug in THEMES],
                commons=[CommonRecommendation(one, ids, ids[0], ()) for one, ids in named.groups.items()],
                links=[link for one, ids in named.groups.items() for link in _link(world, one, [rows[i] for i in ids])],
                identity_events=groups,
                theme_events=moves,
                reviews=reviews,
                shared=shared,
                document_events=list(_withdraw(files, night)),
            )
        )
    return told


def _say(key: str, ending: str) -> str:
    """Words of its own for each ask: a response must not be taken for the answer to another report."""
    chance = random.Random(key)
    words = ["".join(chance.choice("abcdefghilmnoprstu") for _ in range(6)) for _ in range(14)]
    return f"The force should {' '.join(words)} {key.split('/')[0]}.{ending}"


def _read(
    world: World, files: Sequence[StoredFile], reviews: Sequence[Review]
) -> tuple[dict[str, Extraction], dict[str, Extraction]]:
    """As the night reads: replaced versions ask nothing, and rows refused by a person are held out."""
    superseded = find_superseded(files)
    last = {review.recommendation_id: review.answer for review in reviews if review.question == "extraction"}
    current = {}
    for file in files:
        one = world.extractions[file.sha256]
        kept = tuple(row for row in one.recommendations if last.get(row.recommendation_id) != "no")
        out = tuple(row for row in one.recommendations if row not in kept)
        gone = file.sha256 in superseded
        current[file.sha256] = replace(one, recommendations=() if gone else kept, held_out=() if gone else out)
    return current, {sha256: world.extractions[sha256] for sha256 in superseded}


def _group(world: World, rows: Mapping[str, Recommendation], number: int) -> list[tuple[str, ...]]:
    """A group a topic; from one night on two topics are one."""
    groups: dict[str, list[str]] = {}
    for row in sorted(rows):
        topic = world.topics[row]
        groups.setdefault("cells" if topic == "radios" and number >= world.merged_on else topic, []).append(row)
    return [tuple(members) for members in groups.values() if len(members) > 1]


def _link(world: World, common_id: str, rows: Sequence[Recommendation]) -> Iterator[Link]:
    for place, later in enumerate(rows):
        for earlier in rows[:place]:
            ids = earlier.recommendation_id, later.recommendation_id
            if earlier.sha256 != later.sha256:
                same = world.asks[ids[0]] == world.asks[ids[1]]
                yield Link(common_id, *ids, LinkType.REPUBLISHED if same else LinkType.INDEPENDENT, 0.9, "test")


def _judge(world: World, told: Sequence[Facts], chance: random.Random, night: datetime) -> Iterator[Review]:
    """Judgements between two nights on rows the last one showed."""
    if not told:
        return
    rows = sorted(row.recommendation_id for one in told[-1].extractions.values() for row in one.recommendations)
    said = night - timedelta(days=9)
    for number, row in enumerate(chance.sample(rows, min(4, len(rows)))):
        questions = {
            "theme": ("right", "wrong", "add", "withdrawn"),
            "status": ("done", "withdrawn", "not ours"),
            "addressee": ("Kent Police; Essex Police", "withdrawn"),
            "extraction": world.refusals,
        }
        question, answers = chance.choice([(name, words) for name, words in questions.items() if words])
        theme = chance.choice(THEMES) if question == "theme" else None
        answer = chance.choice(answers)
        name = f"{said:%m}-{number}"
        yield Review(name, row, question, answer, None, "Ann", said.date(), said, theme)


def _withdraw(files: Sequence[StoredFile], night: datetime) -> Iterator[DocumentEvent]:
    """The first report goes between two nights and comes back between the next two."""
    file = next((file for file in files if "report-0" in file.ref.url), None)
    for kind, moment in ((EventKind.WITHDRAWN, NIGHTS[1]), (EventKind.RETURNED, NIGHTS[2])):
        if file and file.fetched_at < moment <= night:
            noticed = moment - timedelta(minutes=5)
            yield DocumentEvent("hmicfrs", file.ref.source, file.ref.url, kind, noticed, file.sha256)
