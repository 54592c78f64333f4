"""The doctor looks at what the operator answers for: backups, who may read what, the lock, whether anybody is told."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows import doctor
from flows.backup import BACKUP_LINES, BackupLine
from flows.doctor import Finding, examine
from flows.inbox import add_documents
from flows.order import RUN
from flows.summary import summarise_week
from pipeline import embed
from pipeline.reading import ocr
from pipeline.records import Issue, Level, RunRecord
from pipeline.settings import Notify, Settings
from pipeline.store import append_lines
from pipeline.workspace import Workspace, lay_out
from tests.test_notify import add_run, held, make_settings

NOW = datetime.now(UTC)


def test_a_neglected_installation_is_told_in_full(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = Workspace(data)
    lay_out(workspace)
    workspace.ledger.chmod(0o755)
    monkeypatch.setattr(doctor, "_is_reachable", lambda _: True)  # pytest closes its folders to others
    old = BackupLine(NOW - timedelta(days=9), "/backups/perennial.tar", 3, 10)
    append_lines(workspace.backups, [BACKUP_LINES.dump_json(old)])
    settings = Settings(data=data, notify=Notify(mail=("ops@example.org",), stuck_hours=1))
    with held(data, since=NOW - timedelta(hours=2)):
        findings = examine(settings, NOW)
    faults = {one.what: one.finding for one in findings if one.is_fault}
    assert faults["backup"] == "the last was made 9 days ago, /backups/perennial.tar"
    assert faults["modes"] == f"every account can read {workspace.ledger}; `chmod -R o= {workspace.ledger}` closes it"
    assert "no mail server" in faults["notify"]
    assert "Another run is using" in faults["lock"]
    told = {one.what for one in findings}
    assert {"model", "model for scans", "disk", "prefect", "delivery", "archive"} <= told
    assert Finding("delivery", "nothing waits") in findings


def test_what_waits_and_where_the_time_went_is_told(data: Path) -> None:
    settings = make_settings(data, None)
    report = data / "report.pdf"
    report.write_bytes(b"%PDF-1.7 a report")
    list(add_documents(Workspace(data), [report], source="hmicfrs", published=None, title=None, restricted=False))
    run = RunRecord("r", NOW, NOW, NOW.date(), "completed", ("inbox",), seconds_by_stage={"read": 61.0, "publish": 2.4})
    append_lines(Workspace(data).runs, [RUN.dump_json(run)])
    findings = examine(settings, NOW)
    assert Finding("inbox", "1 documents wait for the next night") in findings
    assert Finding("its seconds", "read 61, publish 2") in findings
    assert Finding("warehouse", "nothing has been published", is_fault=True) in findings


def test_a_model_that_is_not_the_tested_one_is_a_fault_and_the_rest_is_told(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embed, "BUNDLED_SHA256", "0" * 64)
    monkeypatch.setattr(ocr, "_MODELS", {"Det": ("none.onnx", "0" * 64)})
    findings = {one.what: one for one in examine(make_settings(data, None), NOW)}
    assert findings["model"].is_fault
    assert "is not the tested one" in findings["model"].finding
    assert findings["model for scans"].is_fault
    assert "disk" in findings


def test_the_weekly_summary_is_of_the_week(data: Path) -> None:
    settings = make_settings(data, None)
    old, first, last = (NOW - timedelta(days=days) for days in (9, 5, 1))
    add_run(settings, old, "degraded", ("nao",))
    add_run(settings, first, "degraded", ("ppo",), Issue("ppo", "read", Level.WARNING, "no_text_layer", "p. 3"))
    add_run(settings, last, "degraded", ("ppo",))
    told = summarise_week(settings, NOW)
    assert "2 runs: 2 degraded." in told
    assert "Issues, warning: 1 no_text_layer." in told
    assert "Issues, error: 2 source_lost." in told, "of both nights, and not of the one before the week"
    assert "Lost: ppo in 2." in told
