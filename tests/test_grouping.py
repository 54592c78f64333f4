"""A night works out what changed and keeps the rest, as if it had worked out everything."""

import io
import shutil
import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flows.grouped_rows import read_kept, write_kept
from flows.grouping import GROUPING, Grouping, Night, describe_groups, group_recommendations, load_grouping
from flows.read import archive_lines, load_extractions, recommendations_of
from flows.vectors import find_contents, find_unread, load_contents, load_readings
from pipeline import candidates, embed, group, linkage
from pipeline.candidates import NOTHING, AskReading, Lookup, RowReader, Rows, list_rows, mark_centres, read_ask
from pipeline.described import AskContent, Described, WordVectors, list_words, read_contents, words_of
from pipeline.ids import text_hash
from pipeline.ledger import Ledger
from pipeline.pairs import PairFigures, load_figures
from pipeline.records import Ask, IdentityEvent, Review, StoredFile
from pipeline.settings import Settings
from pipeline.stages import write_sealed
from pipeline.store import append_lines
from pipeline.workspace import Workspace
from tests.bench.kept_rows import LINE, NOW, draw_rows, keep_rows

ASKS = [
    Ask(
        f"r{n}", f"Custody staff should rouse detainees who drank, number {n}.", "iopc", "IOPC", date(2020 + n, 1, 1),
        f"d{n}",
    )
    for n in range(6)
]  # fmt: skip
NAMED = {"c1": ("r0", "r1", "r2"), "c2": ("r3", "r4")}


class Asked:
    """Vectors drawn by lot, and a note of the texts they were asked for."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        self.texts += texts
        drawn = np.array([np.random.default_rng(len(text) + ord(text[-1])).normal(size=8) for text in texts])
        return drawn.reshape(len(texts), 8).astype(np.float32)


def stand_in_words(words: Sequence[str]) -> WordVectors:
    return WordVectors({word: row for row, word in enumerate(words)}, np.eye(len(words), 8, dtype=np.float32))


def make_night(folder: Path, asks: Sequence[Ask], cores: Asked, version: str = "v") -> Night:
    known = {ask.id: ask for ask in asks}
    bases = {ask.id: text_hash(repr(ask)) for ask in asks}

    def read(ids: Sequence[str]) -> list[str]:
        return [known[row_id].text for row_id in ids]

    figures = load_figures()
    lookup = Lookup(lambda ids: read_contents(read(ids), figures), lambda ids: cores(read(ids)), stand_in_words)
    reader = RowReader(lookup, figures)
    return Night(Settings(data=folder), bases, lambda ids: [known[one] for one in ids], reader, version)


@pytest.fixture
def first(tmp_path: Path) -> Grouping:
    found = describe_groups(make_night(tmp_path, ASKS, Asked()), NAMED)
    write_sealed(tmp_path / "stages" / "grouping.json", GROUPING.dump_json(found))
    return found


def test_a_group_is_worked_out_once(tmp_path: Path, first: Grouping) -> None:
    assert {one.common_id: one.member_ids for one in first.commons} == NAMED
    assert {link.common_id for link in first.links} == set(NAMED)
    cores = Asked()
    assert describe_groups(make_night(tmp_path, ASKS, cores), NAMED) == first
    assert cores.texts == []


@pytest.mark.usefixtures("first")
@pytest.mark.parametrize(
    ("asks", "named", "version", "again"),
    [
        ([replace(ASKS[0], published=date(2019, 1, 1)), *ASKS[1:]], NAMED, "v", 3),  # a date that links rest on
        (ASKS, {**NAMED, "c2": ("r3", "r4", "r5")}, "v", 3),
        (ASKS, {"c1": NAMED["c1"], "c3": NAMED["c2"]}, "v", 2),
        (ASKS, NAMED, "another model", 5),
    ],
)
def test_what_changed_is_worked_out_again_and_nothing_else(
    tmp_path: Path, asks: list[Ask], named: dict[str, tuple[str, ...]], version: str, again: int
) -> None:
    cores = Asked()
    found = describe_groups(make_night(tmp_path, asks, cores, version), named)
    assert len(cores.texts) == again
    assert found == describe_groups(make_night(tmp_path / "empty", asks, Asked(), version), named)


class ByLot:
    """An encoder whose vectors are drawn."""

    revision, dimension = "drawn", 384

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        drawn = [np.random.default_rng(zlib.crc32(text.encode())).normal(size=self.dimension) for text in texts]
        return (np.array(drawn).reshape(len(texts), self.dimension) / 20).astype(np.float32)


@pytest.fixture
def by_lot(monkeypatch: pytest.MonkeyPatch) -> ByLot:
    encoder = ByLot()
    monkeypatch.setattr(embed, "load_encoder", lambda _name, **_: encoder)
    monkeypatch.setattr(candidates, "CENTRES_BELOW", "4")  # a quarter of the asks: few have cells of their own else
    return encoder


def bring(settings: Settings, encoder: ByLot, numbers: range) -> None:
    """Ten rows a document, in invented words; one in ten is an earlier one with other words at the end."""
    dice = np.random.default_rng(1)
    words = ["".join(chr(97 + letter) for letter in dice.integers(0, 26, 7)) for _ in range(400)]
    stretches = [" ".join(dice.choice(words, 4)) for _ in range(300)]
    keep_rows(settings, encoder, *draw_rows(stretches, np.random.default_rng(numbers.start + 2), numbers))


def refuse(settings: Settings, row_id: str, answer: str, moment: datetime) -> None:
    review = Review(f"v{moment}", row_id, "extraction", answer, None, "A Lead", moment.date(), moment)
    Ledger(Workspace(settings.data).ledger).add_reviews([review])


def replace_first(settings: Settings, moment: datetime) -> StoredFile:
    """The address of the first document now holds the bytes of the last."""
    first, *_, last = archive_lines(settings)
    line = replace(last, ref=replace(last.ref, url=first.ref.url), fetched_at=moment)
    append_lines(Workspace(settings.data).archive / "fetches.jsonl", [LINE.dump_json(line)])
    return first


def test_a_night_groups_as_a_first_night_over_all_would(tmp_path: Path, by_lot: ByLot) -> None:
    """Rows come, are refused, taken back, and go with a replaced document, until the cells are drawn anew.

    Then all is worked out from nothing.
    """
    settings, moments = Settings(data=tmp_path / "nights"), [NOW + timedelta(days=n) for n in range(6)]
    bring(settings, by_lot, range(200))
    group_recommendations(settings, "0", moments[0])
    commons = load_grouping(settings).commons
    assert len(commons) > 5
    member = commons[0].member_ids[0]
    bring(settings, by_lot, range(200, 230))
    refuse(settings, member, "no", moments[1])
    group_recommendations(settings, "1", moments[1])
    assert member not in {one for common in load_grouping(settings).commons for one in common.member_ids}
    gone = replace_first(settings, moments[2])
    group_recommendations(settings, "2", moments[2])
    bring(settings, by_lot, range(230, 240))
    refuse(settings, member, "yes", moments[3])
    group_recommendations(settings, "3", moments[3])
    assert_same_from_nothing(settings, tmp_path / "again", moments[4])
    bring(settings, by_lot, range(240, 290))
    group_recommendations(settings, "4", moments[4])
    assert_same_from_nothing(settings, tmp_path / "anew", moments[5])
    assert gone.sha256 in read_kept(settings, version_of(settings))[0].documents.tolist()


@given(seed=st.integers(0, 2**20), count=st.integers(1, 3000), more=st.integers(0, 3000))
@example(seed=1, count=1024, more=1023)
def test_cells_are_drawn_anew_when_the_rows_have_doubled(seed: int, count: int, more: int) -> None:
    """Until then a row that comes changes none, whatever its name; their order in the table does not count."""
    dice = np.random.default_rng(seed)
    names = np.unique([f"{number:016x}" for number in dice.integers(0, 2**60, count + more)])
    came = dice.permutation(len(names))
    first = came < count
    before = set(names[first][mark_centres(names[first], came[first])])
    after = set(names[mark_centres(names, came)])
    if len(names).bit_length() == int(first.sum()).bit_length():
        assert after == before
    else:
        assert after >= before
    assert all(name < candidates.CENTRES_BELOW for name in after)


ALIKE = {
    ("settled", "too"): 3.0,
    ("alone", "settled"): -0.2,
    ("alone", "too"): -0.2,
    ("newcomer", "settled"): 2.0,
    ("newcomer", "too"): 2.0,
    ("alone", "newcomer"): 2.0,
}


def test_a_newcomer_brings_no_row_of_old_into_a_group(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row that stood alone beside a group does not join it because something near to both has come."""
    names = ["settled", "alone", "too", "newcomer"]

    def score(told: Described, left: np.ndarray, right: np.ndarray, _: PairFigures) -> np.ndarray:
        named = [[names[int(told.raw[n, 0])] for n in side] for side in (left, right)]
        return np.array([ALIKE[min(pair), max(pair)] for pair in zip(*named, strict=True)])

    monkeypatch.setattr(candidates, "score_pairs", score)
    monkeypatch.setattr(linkage, "score_pairs", score)
    vectors = np.random.default_rng(1).normal(size=(4, 384)).astype(np.float32)
    vectors[:, 0] = range(4)
    figures = load_figures()
    lookup = Lookup(
        lambda ids: read_contents(ids, figures), lambda ids: vectors[[names.index(one) for one in ids]], stand_in_words
    )
    reader = RowReader(lookup, figures)
    rows = list_rows([Ask(name, name, document=name) for name in names], [AskReading(name, False) for name in names])
    by_day = rows._replace(came=np.arange(4))
    first, past = group.group_newcomers(Rows._make(column[:3] for column in by_day), reader, NOTHING)
    assert first == (("settled", "too"),)
    for known in (past, NOTHING):
        then = group.group_newcomers(by_day, reader, known, living=first)[0]
        assert then == (("newcomer", "settled", "too"),)
        assert group.group_newcomers(by_day, reader, NOTHING, living=then)[0] == then
    assert group.group_newcomers(rows, reader, NOTHING)[0] == (tuple(sorted(names)),), "all at once are one group"


@pytest.mark.parametrize("newcomers", [1, 5, 12])
def test_newcomers_do_not_make_one_group_of_two(monkeypatch: pytest.MonkeyPatch, newcomers: int) -> None:
    """However many of them are near to both: they join one."""
    names = ["one", "one too", "other", "other too", *(f"new {n}" for n in range(newcomers))]

    def score(told: Described, left: np.ndarray, right: np.ndarray, _: PairFigures) -> np.ndarray:
        sides = np.minimum(told.raw[left, 0] // 2, 2), np.minimum(told.raw[right, 0] // 2, 2)
        return np.where((np.minimum(*sides) == 0) & (np.maximum(*sides) == 1), -0.1, 3.0)

    def cross(told: Described, rows: np.ndarray, columns: np.ndarray, figures: PairFigures) -> np.ndarray:
        left, right = np.broadcast_arrays(rows[:, None], columns)
        return score(told, left.ravel(), right.ravel(), figures).reshape(left.shape)

    for module, name, stand_in in (
        (candidates, "score_pairs", score), (linkage, "score_pairs", score), (linkage, "score_crossed", cross),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, stand_in)
    vectors = np.random.default_rng(1).normal(size=(len(names), 384)).astype(np.float32)
    vectors[:, 0] = range(len(names))
    lookup = Lookup(
        lambda ids: read_contents(ids, figures), lambda ids: vectors[[names.index(one) for one in ids]], stand_in_words
    )
    figures, asks = load_figures(), [Ask(name, name, document=name) for name in names]
    rows = list_rows(asks, [AskReading(name, False) for name in names])._replace(came=np.arange(len(names)))
    reader = RowReader(lookup, figures)
    first, past = group.group_newcomers(Rows._make(column[:4] for column in rows), reader, NOTHING)
    assert first == (("one", "one too"), ("other", "other too"))
    for known in (past, NOTHING):
        then = group.group_newcomers(rows, reader, known, living=first)[0]
        assert sorted(map(len, then)) == [2, 2 + newcomers]
        assert group.group_newcomers(rows, reader, NOTHING, living=then)[0] == then
    assert group.group_newcomers(rows, reader, NOTHING)[0] == (tuple(sorted(names)),), "all at once are one group"


def version_of(settings: Settings) -> str:
    with np.load(settings.data / "stages" / "grouping_past.npz") as kept:
        return str(kept["version"])


def assert_same_from_nothing(settings: Settings, folder: Path, moment: datetime) -> None:
    """The same ledger, and no work of earlier nights, gives the same groups under the same ids, and keeps the same."""
    shutil.copytree(settings.data, folder)
    for name in ("grouping_past.npz", "grouping.json"):
        (folder / "stages" / name).unlink()
    again = Settings(data=folder)
    assert group_recommendations(again, "again", moment).new == 0
    assert load_grouping(again) == load_grouping(settings)
    assert len(Ledger(Workspace(folder).ledger).identity_events().records) == len(
        Ledger(Workspace(settings.data).ledger).identity_events().records
    )
    mine, yours = (read_kept(one, version_of(one))[1] for one in (settings, again))
    assert mine.near.cells.min() >= 0, "there are more cells than a row is searched for in"
    for one, other in zip(
        (*mine.near, *mine[:3], *mine.edges, *mine[5:]),
        (*yours.near, *yours[:3], *yours.edges, *yours[5:]),
        strict=True,
    ):
        np.testing.assert_array_equal(one, other)


def test_a_huge_group_is_linked_without_all_its_cosines_at_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = describe_groups(make_night(tmp_path, ASKS, Asked()), NAMED)
    monkeypatch.setattr("flows.grouping.COMPARED_WHOLE", 1)
    assert describe_groups(make_night(tmp_path, ASKS, Asked()), NAMED) == whole


def test_what_was_kept_under_another_model_is_not_used(tmp_path: Path, by_lot: ByLot) -> None:
    settings = Settings(data=tmp_path)
    assert read_kept(settings, "v")[1] is NOTHING
    bring(settings, by_lot, range(40))
    group_recommendations(settings, "0", NOW)
    assert read_kept(settings, "v")[1] is NOTHING
    shelf, past, is_other = read_kept(settings, version_of(settings))
    assert not is_other
    assert read_kept(settings, "v")[2]
    assert (len(shelf.documents), len(shelf.rows.ids)) == (4, 40)
    write_kept(settings, "v", shelf, past)
    assert read_kept(settings, "v")[0].rows.ids.tolist() == shelf.rows.ids.tolist()


def test_what_a_program_kept_that_knew_less_of_each_row_is_found_again(tmp_path: Path, by_lot: ByLot) -> None:
    settings = Settings(data=tmp_path)
    bring(settings, by_lot, range(100))
    group_recommendations(settings, "0", NOW)
    path, version = tmp_path / "stages" / "grouping_past.npz", version_of(settings)
    with np.load(path) as kept:
        lacking = {name: kept[name] for name in kept if name != "Shelf.vectors"}
    content = io.BytesIO()
    np.savez(content, allow_pickle=False, **lacking)
    write_sealed(path, content.getvalue())
    shelf, past, is_other = read_kept(settings, version)
    assert (len(shelf.documents), past, is_other) == (0, NOTHING, False)
    before = load_grouping(settings)
    assert group_recommendations(settings, "1", NOW).new == 0
    assert load_grouping(settings) == before
    assert len(read_kept(settings, version)[0].vectors) == 100


def test_another_model_parts_what_the_last_had_joined(tmp_path: Path, by_lot: ByLot) -> None:
    """The ledger's groups bind as long as what made them is what would make them tonight."""
    settings = Settings(data=tmp_path)
    bring(settings, by_lot, range(40))
    group_recommendations(settings, "0", NOW)
    rows = recommendations_of(load_extractions(settings, with_passages=False))
    found = {one.common_id: one.member_ids for one in load_grouping(settings).commons}
    common_id, members = min(found.items())
    other = next(
        row.recommendation_id for row in rows if not any(row.recommendation_id in ids for ids in found.values())
    )
    joined = IdentityEvent(NOW, "1", common_id, "kept", (*members, other))
    Ledger(Workspace(tmp_path).ledger).add_identity_events([joined])
    group_recommendations(settings, "2", NOW)
    assert other in {one.common_id: one for one in load_grouping(settings).commons}[common_id].member_ids
    shelf, past, _ = read_kept(settings, version_of(settings))
    write_kept(settings, "another", shelf, past)
    group_recommendations(settings, "3", NOW)
    assert {one.common_id: one.member_ids for one in load_grouping(settings).commons} == found


def test_a_night_opens_only_what_it_needs(tmp_path: Path, by_lot: ByLot, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(data=tmp_path)
    bring(settings, by_lot, range(100))
    group_recommendations(settings, "0", NOW)
    opened: list[str] = []
    real = load_extractions

    def watch(*given: object, only: set[str], **more: object) -> object:
        opened.extend(only)
        return real(*given, only=only, **more)  # type: ignore[arg-type]

    monkeypatch.setattr("flows.grouped_rows.load_extractions", watch)
    group_recommendations(settings, "1", NOW)
    assert opened == []


def test_a_judgement_on_a_row_that_went_is_left_alone(tmp_path: Path, by_lot: ByLot) -> None:
    settings = Settings(data=tmp_path)
    bring(settings, by_lot, range(100))
    group_recommendations(settings, "0", NOW)
    common = load_grouping(settings).commons[0]
    asked = recommendations_of(load_extractions(settings, with_passages=False))
    other = next(row for row in asked if row.sha256 == archive_lines(settings)[0].sha256)
    said = Review(
        "v1", other.recommendation_id, "same_ask", "yes", None, "A Lead", NOW.date(), NOW, common_id=common.common_id
    )
    Ledger(Workspace(tmp_path).ledger).add_reviews([said])
    group_recommendations(settings, "1", NOW + timedelta(days=1))
    assert (
        other.recommendation_id
        in {one.common_id: one for one in load_grouping(settings).commons}[common.common_id].member_ids
    )
    replace_first(settings, NOW + timedelta(days=2))
    group_recommendations(settings, "2", NOW + timedelta(days=2))
    assert other.recommendation_id not in {
        row_id for one in load_grouping(settings).commons for row_id in one.member_ids
    }


def test_a_text_is_read_once(tmp_path: Path) -> None:
    settings, texts = Settings(data=tmp_path), [ask.text for ask in ASKS]
    form = "During the course of the inquest the evidence revealed matters giving rise to concern."
    assert load_readings(settings, texts[:2]) == [read_ask(text) for text in texts[:2]]
    assert load_readings(settings, [form, *texts]) == [read_ask(text) for text in [form, *texts]]
    assert load_readings(settings, [form])[0].is_form


def test_the_content_of_a_text_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings, texts, figures = Settings(data=tmp_path), [ask.text for ask in ASKS], load_figures()
    read = list[str]()

    def load(some: Sequence[str]) -> list[AskContent]:
        def find_texts(places: Sequence[int]) -> list[str]:
            read.extend(found := [some[n] for n in places])
            return found

        return find_contents(settings, [text_hash(text) for text in some], find_texts, figures)

    assert find_unread(settings, texts) == texts
    assert load(texts[2:4]) == read_contents(texts[2:4], figures)
    assert find_unread(settings, texts) == [*texts[:2], *texts[4:]]
    whole = load([*texts, texts[0]])
    assert whole == read_contents([*texts, texts[0]], figures)
    assert words_of(whole, figures.lexicon) == list_words(texts, figures.lexicon)
    assert sorted(read) == sorted(texts)
    assert load_contents(settings, texts, figures) == whole[:-1]
    monkeypatch.delattr("flows.vectors.read_contents")
    assert load(texts[::-1]) == whole[-2::-1]
