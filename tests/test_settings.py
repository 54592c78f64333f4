"""Settings: where they come from, and what is refused."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.settings import SettingsError, library_environment, read_settings


def test_the_environment_overrules_the_file_and_the_argument_overrules_both(tmp_path: Path) -> None:
    (tmp_path / "settings.yml").write_text("workers: 3\ndocument_seconds: 40\n")
    settings = read_settings(tmp_path, {"PERENNIAL_WORKERS": "2", "PERENNIAL_DATA": "/elsewhere"})
    assert (settings.workers, settings.document_seconds, settings.data) == (2, 40, tmp_path.resolve())


def test_a_cron_line_is_taken_as_it_stands(tmp_path: Path) -> None:
    assert read_settings(tmp_path, {"PERENNIAL_SCHEDULE": "* * * * *"}).schedule == "* * * * *"


def test_the_folder_comes_from_the_environment(tmp_path: Path) -> None:
    assert read_settings(None, {"PERENNIAL_DATA": str(tmp_path)}).data == tmp_path.resolve()


def test_a_file_as_data_folder_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(b"%PDF-")
    with pytest.raises(SettingsError, match="must be a folder"):
        read_settings(path, {})


@pytest.mark.parametrize(
    "written",
    [
        "workers: none",
        "unknown: 1",
        "perennial: {years_needed: 0}",
        "- a list",
        "a: [unclosed",
        "schedule: nightly",
        "schedule: 99 2 * * *",
        "schedule: '* * * * * *'",
        "log_format: xml",
    ],
)
def test_a_bad_setting_is_one_sentence(tmp_path: Path, written: str) -> None:
    (tmp_path / "settings.yml").write_text(written)
    with pytest.raises(SettingsError) as caught:
        read_settings(tmp_path, {})
    assert "\n" not in str(caught.value)


def test_the_log_can_be_json_lines(tmp_path: Path) -> None:
    text, json = (
        library_environment(read_settings(tmp_path, {"PERENNIAL_LOG_FORMAT": one})) for one in ("text", "json")
    )
    assert json.items() - text.items() == {("PREFECT_LOGGING_HANDLERS_CONSOLE_FORMATTER", "json")}


def test_a_server_that_stays_forgets_old_runs(tmp_path: Path) -> None:
    """As Prefect itself reads what it is told."""
    told = library_environment(read_settings(tmp_path, {"PERENNIAL_KEEP": "{log_days: 30}"}), scheduling=True)
    ask = "from prefect.settings import get_current_settings as s; v = s().server.services.db_vacuum; "
    ask += "print(sorted(v.enabled_vacuum_types), v.retention_period.days)"
    done = subprocess.run(
        [sys.executable, "-c", ask], env={**os.environ, **told}, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "['events', 'flow_runs', 'orphans'] 30", done.stderr


def test_nothing_leaves_the_machine(tmp_path: Path) -> None:
    values = library_environment(read_settings(tmp_path, {}))
    assert values["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    assert values["HF_HUB_OFFLINE"] == "1"
    assert values["PREFECT_HOME"].startswith(str(tmp_path.resolve()))


def test_what_is_published_depends_on_some_settings_only(tmp_path: Path) -> None:
    usual, busier = (read_settings(tmp_path, {"PERENNIAL_WORKERS": workers}) for workers in "12")
    stricter = read_settings(tmp_path, {"PERENNIAL_PERENNIAL": "{years_needed: 4}"})
    assert usual.fingerprint() == busier.fingerprint() != stricter.fingerprint()
