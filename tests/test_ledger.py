"""Decisions are appended, once, and read back as they were."""

from datetime import UTC, date, datetime
from pathlib import Path

from pipeline.ledger import Ledger
from pipeline.records import IdentityEvent, Review, ThemeEvent

NOW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)


def review(number: int) -> Review:
    return Review(f"v{number}", "r1", "theme", "wrong", None, "A Lead", date(2026, 11, 20), NOW, theme="custody")


def test_the_same_judgements_count_once(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    assert ledger.add_reviews([review(1), review(2)]) == 2
    assert ledger.add_reviews([review(2), review(3)]) == 1
    assert [one.review_id for one in Ledger(tmp_path).reviews().records] == ["v1", "v2", "v3"]


def test_events_come_back_as_they_went_in(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    event = IdentityEvent(NOW, "run", "c1", "new", ("r1", "r2"))
    move = ThemeEvent(NOW, "run", "r1", ("a",), ("a", "b"), "reviewed")
    ledger.add_identity_events([event])
    ledger.add_theme_events([move])
    assert ledger.identity_events().records == (event,)
    assert ledger.theme_events().records == (move,)


def test_a_damaged_line_is_counted_and_costs_only_itself(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.add_reviews([review(1)])
    with ledger.reviews_path.open("ab") as file:
        file.write(b'{"review_id": "v2", "recomm')
    ledger.add_reviews([review(3)])
    read = ledger.reviews()
    assert [one.review_id for one in read.records] == ["v1", "v3"]
    assert read.damaged == 1
