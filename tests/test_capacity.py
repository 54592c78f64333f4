"""Documents drawn for benchmarks are the same each time, and the capacity tables follow from what was measured."""

from pathlib import Path

from pipeline.ids import content_hash
from pipeline.workspace import Workspace
from sources.inbox import list_documents
from tests.bench.capacity import MANY, ROWS_EACH, Measured, tell_capacity
from tests.bench.drawn_documents import fill_inbox

STAGES = {
    "archive: document": 0.001, "read: page": 0.02, "embed: text": 0.01, "assign themes: row": 0.003,
    "emerging themes: row": 0.004, "group: row": 0.005, "warehouse: row": 0.006, "digests: row": 0.007,
}  # fmt: skip


def test_drawn_documents_differ_and_are_the_same_each_time(tmp_path: Path) -> None:
    for name in ("one", "other"):
        fill_inbox(2, Workspace(tmp_path / name), tmp_path / f"cache-{name}", first=38 * 6)
        fill_inbox(1, Workspace(tmp_path / name), tmp_path / f"cache-{name}", first=0)
    listed = [list_documents((tmp_path / name / "inbox" / "manifest.jsonl").read_bytes()) for name in ("one", "other")]
    assert listed[0] == listed[1]
    assert len({item.file for item in listed[0]}) == 3, "the same base at another number has other words"
    for item in listed[0]:
        content = (tmp_path / "one" / "inbox" / item.file).read_bytes()
        assert item.file == f"{content_hash(content)}.pdf"
    assert len({item.ref.url for item in listed[0]}) == 3


def measured(documents: int) -> Measured:
    """A night that costs 2 seconds a stage, and so much more a unit."""
    counts = {"document": documents, "page": 5 * documents, "row": 6 * documents, "text": 30 * documents}
    seconds = {name: 2 + each * counts[name.rsplit(" ", 1)[1]] for name, each in STAGES.items()}
    return Measured(counts, seconds, {"archive": 1000 + 30_000 * documents}, 500_000_000 + 100_000 * documents)


def test_the_tables_are_what_was_measured_drawn_out() -> None:
    time, disk, memory, _ = tell_capacity(measured(30), measured(90), a_scan=4.0)
    rows = {row[0]: row[1:] for row in time.rows}
    for name, each in STAGES.items():
        assert abs(float(rows[name][0]) - 2) < 1e-6
        assert abs(float(rows[name][1]) - 1000 * each) < 1e-6
    assert abs(float(rows["group: row"][3]) - (2 + 0.005 * MANY * ROWS_EACH) / 3600) < 1e-6
    texts = MANY * (30 - 2 * 6 + 2 * ROWS_EACH)
    assert abs(float(rows["embed: text"][3]) - (2 + 0.01 * texts) / 3600 / 2) < 1e-6
    assert disk.rows[0] == ("archive, drawn documents", 30.0, 30.0)
    assert memory.rows[0][1:3] == (100.0, 100.0)
    assert memory.rows[0][3] == "235,000"
