"""Nights over the same rows: kept while nothing changed, assigned again with a reason, learning from people."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from flows import assigning, judged, theming
from pipeline import embed
from pipeline.ledger import Ledger
from pipeline.records import (
    DocumentFacts,
    DocumentRef,
    Extraction,
    Kind,
    Recommendation,
    Review,
    StoredFile,
)
from pipeline.registry import BUNDLED, load_registry
from pipeline.settings import Settings
from pipeline.theme_records import Proposal
from pipeline.workspace import Workspace
from tests.test_stability import ASKS, Wheel

NOW = datetime(2026, 11, 23, tzinfo=UTC)
TODAY = date(2026, 11, 23)


class Folder:
    """A data folder whose documents are given, not read."""

    def __init__(self, data: Path) -> None:
        self.settings = Settings(data=data)
        self.files: dict[str, StoredFile] = {}
        self.extractions: dict[str, Extraction] = {}
        self.asked: list[list[str]] = []

    @property
    def ledger(self) -> Ledger:
        return Ledger(Workspace(self.settings.data).ledger)

    def add(self, name: str, *texts: str, body: str = "Body") -> None:
        ref = DocumentRef("inbox", "debriefs", name, title=f"Report {name}", body=body, published=date(2026, 5, 1))
        rows = tuple(
            Recommendation(f"r-{name}-{n}", name, Kind.RECOMMENDATION, None, text, 1, 1, ())
            for n, text in enumerate(texts)
        )
        self.files[name] = StoredFile(name, 1, NOW, "text/csv", ref)
        self.extractions[name] = Extraction(name, 1, DocumentFacts(), rows, (), (), ())

    def night(self, run_id: str) -> dict[str, tuple[str, ...]]:
        assigning.assign_themes(self.settings, run_id, NOW)
        return {
            one.recommendation_id: tuple(sorted(score.theme for score in one.themes))
            for one in assigning.load_themed(self.settings).assignments
        }

    def read(self, _settings: Settings, *, only: Collection[str] | None = None, **_: object) -> dict[str, Extraction]:
        """In the place of `load_extractions`, with what was asked for kept."""
        self.asked.append(sorted(self.extractions if only is None else only))
        return {sha256: self.extractions[sha256] for sha256 in self.asked[-1]}

    def states(self, _settings: Settings, lines: Sequence[StoredFile]) -> dict[str, str]:
        """In the place of `document_states`."""
        return {line.sha256: repr((line.ref.title, self.extractions[line.sha256])) for line in lines}

    def judge(self, row_id: str, theme: str, answer: str, minute: int = 0) -> None:
        when = NOW.replace(minute=minute)
        review = Review(f"v{row_id}{theme}{answer}", row_id, "theme", answer, None, "A. Lead", TODAY, when, theme=theme)
        self.ledger.add_reviews([review])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Folder]:
    folder = Folder(tmp_path)
    for module in (assigning, judged, theming):
        monkeypatch.setattr(module, "load_extractions", folder.read)
    for module in (judged, theming):
        monkeypatch.setattr(module, "archived_documents", lambda _settings: folder.files)
    monkeypatch.setattr(assigning, "archive_lines", lambda _settings: list(folder.files.values()))
    for module in (assigning, theming):
        monkeypatch.setattr(module, "load_vectors", lambda _settings, texts, encoder: encoder.encode(texts))
    monkeypatch.setattr(assigning, "document_states", folder.states)
    monkeypatch.setattr(embed, "load_encoder", lambda _name, **_: Wheel())
    for n, text in enumerate(ASKS):
        folder.add(f"d{n}", text)
    yield folder


def test_a_second_night_is_not_assigned_again(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    first = folder.night("one")
    assert len(first) == len(ASKS)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("nothing changed, and yet the classifier was loaded")

    monkeypatch.setattr(assigning.assign, "load_classifier", refuse)
    assert folder.night("two") == first
    assert folder.ledger.theme_events().records == ()


def test_the_registry_s_examples_are_encoded_once(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    examples = {example for theme in load_registry(BUNDLED).themes for example in (theme.definition, *theme.exemplars)}
    encoded: list[str] = []

    class Counting(Wheel):
        def encode(self, texts: Sequence[str]) -> np.ndarray:
            encoded.extend(texts)
            return super().encode(texts)

    monkeypatch.setattr(embed, "load_encoder", lambda _name, **_: Counting())
    folder.night("first")
    assert examples <= set(encoded)
    encoded.clear()
    folder.add("new", "Officers should search the garden of the missing person first.")
    folder.night("second")
    assert encoded
    assert examples.isdisjoint(encoded)


def test_new_documents_move_no_old_row(folder: Folder) -> None:
    before = folder.night("one")
    folder.add("late", "Officers should check on detainees every half hour.", "A pursuit ended in a crash.")
    folder.asked.clear()
    after = folder.night("two")
    assert folder.asked == [["late"]]  # the other documents are not even read
    assert {row_id: after[row_id] for row_id in before} == before
    assert set(after) - set(before) == {"r-late-0", "r-late-1"}
    assert folder.ledger.theme_events().records == ()


def test_a_changed_registry_assigns_again_and_says_so(folder: Folder, tmp_path: Path) -> None:
    before = folder.night("one")
    own = tmp_path / "own.yml"
    text = BUNDLED.read_text(encoding="utf-8")
    gone = min(theme for themes in before.values() for theme in themes)
    start = text.index(f"  - slug: {gone}\n")
    end = text.find("  - slug: ", start + 1)
    own.write_text(text[:start] + (text[end:] if end > 0 else ""), encoding="utf-8")
    folder.settings = replace_themes(folder.settings, own)
    after = folder.night("two")
    assert not any(gone in themes for themes in after.values())
    events = folder.ledger.theme_events().records
    assert events
    assert {event.reason for event in events} == {f"assigned again: the registry changed ({gone})"}


def test_a_judgement_draws_near_rows_the_next_night_and_is_told(folder: Folder) -> None:
    folder.add("again", ASKS[5])
    assert "stop-search" not in folder.night("one")["r-again-0"]
    folder.judge("r-d5-0", "stop-search", "add")
    assert "stop-search" in folder.night("two")["r-again-0"]
    reasons = {event.reason for event in folder.ledger.theme_events().records}
    assert reasons == {"assigned again: people judged rows"}
    (quality,) = assigning.load_quality(folder.settings)
    assert (quality.theme, quality.judged, quality.belonging, quality.is_learnt) == ("stop-search", 1, 1, False)


def test_traits_are_kept_for_every_row(folder: Folder) -> None:
    folder.night("one")
    told = {one.recommendation_id: one for one in assigning.load_themed(folder.settings).traits}
    assert set(told) == {f"r-d{n}-0" for n in range(len(ASKS))}
    assert told["r-d4-0"].levers == ("supervision",)
    assert told["r-d4-0"].what and not told["r-d4-0"].when
    folder.extractions["d4"] = replace(
        folder.extractions["d4"],
        recommendations=(replace(folder.extractions["d4"].recommendations[0], deadline=TODAY),),
    )
    folder.night("two")
    assert {one.recommendation_id: one for one in assigning.load_themed(folder.settings).traits}["r-d4-0"].when


def test_a_decision_needs_a_proposal_and_a_name(folder: Folder) -> None:
    folder.night("one")
    theming.propose_themes(folder.settings, "one", NOW, TODAY)
    with pytest.raises(theming.NoSuchProposal, match="no emerging theme 'e1'"):
        theming.decide_proposal(folder.settings, "e1", "declined", "A. Lead", None, NOW)


def test_a_proposal_keeps_its_id_and_the_decision_on_it(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.night("one")
    members = ("r-d5-0", "r-d6-0", "r-d7-0")
    found = Proposal(members[0], "verge", ("verge",), members[0], members, ("Body",), (2026,), 3, 0, "proposed")
    monkeypatch.setattr(theming.emerging, "propose_themes", lambda *_: (found,))
    theming.propose_themes(folder.settings, "one", NOW, TODAY)
    (first,) = theming.load_proposals(folder.settings)
    assert first.proposal_id.startswith("e")
    theming.decide_proposal(folder.settings, first.proposal_id, "declined", " A. Lead ", "not ours", NOW)
    grown = replace(found, member_ids=(*members, "r-d8-0"))
    monkeypatch.setattr(theming.emerging, "propose_themes", lambda *_: (grown,))
    theming.propose_themes(folder.settings, "two", NOW, TODAY)
    (second,) = theming.load_proposals(folder.settings)
    assert (second.proposal_id, second.state, second.decided_by) == (first.proposal_id, "declined", "A. Lead")
    with pytest.raises(theming.NoSuchProposal, match="say who decides"):
        theming.decide_proposal(folder.settings, first.proposal_id, "accepted", " ", None, NOW)


def replace_themes(settings: Settings, path: Path) -> Settings:
    return settings.model_copy(update={"themes": path})
