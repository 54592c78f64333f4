"""The doctor looks at what the operator answers for: backups, who may read what, the lock, whether anybody is told."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows import doctor
from flows.backup import BACKUP_LINES, BackupLine
from flows.doctor import Finding, examine
from pipeline.settings import Notify, Settings
from pipeline.store import append_lines
from pipeline.workspace import Workspace, lay_out
from tests.test_notify import held

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
    assert {"model", "disk", "prefect", "delivery", "archive"} <= told
    assert Finding("delivery", "nothing waits") in findings
