"""The operator's page tells the truth: every command in it is run, in order, over a small data folder.

Two nights and a dozen other commands as real processes: a minute on a quiet machine.
"""

import os
import re
import shlex
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
import typer
import yaml
from pydantic import BaseModel

from flows import troubles
from flows.cli import app
from pipeline.ids import content_hash
from pipeline.settings import Mail, Settings
from pipeline.workspace import Workspace
from tests.replicas import papers
from tests.test_notify import hook_served, told

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "flows" / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
UNITS = sorted((ROOT / "flows" / "production" / "units").iterdir())
OWN_HISTORY = {"runs.parquet", "issues.parquet"}  # a restored folder has one run more
SECRET = "https-is-for-elsewhere"


def blocks(kind: str) -> list[str]:
    return [text for name, text in BLOCKS if name == kind]


@dataclass(frozen=True, slots=True)
class Operated:
    """The folder in which the page was worked through: what each block said, and what the webhook was told."""

    folder: Path
    said: Mapping[str, str]
    told: list[dict[str, object]]

    @property
    def data(self) -> Workspace:
        return Workspace(self.folder / "data")

    @property
    def restored(self) -> Workspace:
        return Workspace(self.folder / "restored")


@pytest.fixture(scope="module")
def operated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operated]:
    """Every `sh` block of the page, run in order as a person would, with one invented report to read."""
    folder = tmp_path_factory.mktemp("operated")
    (folder / "reports").mkdir()
    asks = [
        "The force should review the risk to each missing child at every handover.",
        "The force should count cells.",
    ]
    (folder / "reports" / "custody.pdf").write_bytes(papers.numbered_report("Custody", asks))
    for shared in ("pipeline", "tests", "pyproject.toml", ".venv"):
        (folder / shared).symlink_to(ROOT / shared if shared != ".venv" else Path(sys.prefix))
    with hook_served() as hook:
        notify = f"{{webhook: 'http://127.0.0.1:{hook.server_port}/{SECRET}'}}"
        said = {block: run_block(block, folder, notify) for block in blocks("sh")}
        yield Operated(folder, said, told(hook))


def run_block(block: str, folder: Path, notify: str) -> str:
    """What a block prints. `make` is only asked what it would do: this environment was made by it."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PERENNIAL_DATA": str(folder / "data"),
        "PERENNIAL_OCR": "false",
        "PERENNIAL_WORKERS": "1",
        "PERENNIAL_NOTIFY": notify,
    }
    script = re.sub(r"^make ", f"make -n -C {shlex.quote(str(ROOT))} ", block, flags=re.MULTILINE)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def exports(workspace: Workspace) -> dict[str, str]:
    folder = workspace.published / "parquet"
    return {path.name: content_hash(path.read_bytes()) for path in folder.iterdir() if path.name not in OWN_HISTORY}


def ask(workspace: Workspace, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(workspace.warehouse, read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_a_restored_copy_publishes_the_same_bytes(operated: Operated) -> None:
    days = [ask(one, "SELECT as_of FROM parameters") for one in (operated.data, operated.restored)]
    if days[0] != days[1]:
        pytest.skip("midnight passed between the two nights: what is overdue has changed")
    assert ask(operated.restored, "SELECT count(*) FROM recommendations") == [(2,)]
    assert len(exports(operated.data)) > 20
    assert exports(operated.restored) == exports(operated.data)


def test_nobody_else_may_read_what_is_private(operated: Operated) -> None:
    for workspace in (operated.data, operated.restored):
        assert stat.S_IMODE(workspace.data.stat().st_mode) == 0o750
        for folder in workspace.private:
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700, folder
        for path in (workspace.warehouse, workspace.public):
            assert stat.S_IMODE(path.stat().st_mode) == 0o640
        for folder in (workspace.published, workspace.digests):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o750
    made = (path for path in operated.data.data.rglob("*") if path.suffix != ".yml")  # those are the shell's
    others = [path for path in made if path.stat().st_mode & stat.S_IRWXO]
    assert {path.relative_to(operated.data.data).parts[0] for path in others} <= {"archive"}, (
        "in a folder that is closed"
    )
    [backup] = (operated.folder / "backups").iterdir()
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600


def test_the_summary_went_out_once(operated: Operated) -> None:
    assert [body["kind"] for body in operated.told] == ["summary"]
    text = str(operated.told[0]["text"])
    for part in ("1 runs: 1 completed", "Nothing needs a person", "model: all-MiniLM", "backup: none was made"):
        assert part in text
    assert "missing child" not in text, "a message quotes no document"


def test_the_secret_address_is_written_nowhere(operated: Operated) -> None:
    texts = [
        path for path in operated.data.data.rglob("*") if path.suffix in (".jsonl", ".log", ".yml", ".json", ".csv")
    ]
    assert texts
    assert not [path for path in texts if SECRET in path.read_text(encoding="utf-8", errors="replace")]


def test_what_the_blocks_say(operated: Operated) -> None:
    said = "\n".join(operated.said.values())
    assert "custody.pdf: added" in said
    assert "1 new documents" in said
    assert "verified" in said
    assert "packages ship: 0 licences wrong" in said


def test_every_other_command_on_the_page_exists() -> None:
    inline = re.findall(r"`(?:[A-Z_]+=\S+ )?perennial ([^`]+)`", PAGE)
    started = [
        one for path in UNITS for one in re.findall(r"^ExecStart(?:Pre)?=\S*/perennial (.+)$", path.read_text(), re.M)
    ]
    assert len(inline) > 4
    assert len(started) == len([path for path in UNITS if path.suffix == ".service"]) + 1, "a worker registers first"
    for words in (shlex.split(one) for one in (*inline, *started)):
        command: object = typer.main.get_command(app)
        while words and isinstance(command, typer.core.TyperGroup):
            assert words[0] in command.commands, words
            command = command.commands[words.pop(0)]
        options = {name for parameter in command.params for name in parameter.opts}  # type: ignore[attr-defined]
        assert {word for word in words if word.startswith("--")} <= options, words


def test_what_the_administrator_types_is_shell_and_names_units_that_are_there() -> None:
    assert len(blocks("console")) == 2
    for block in blocks("console"):
        done = subprocess.run(["bash", "-n", "-c", block], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), block
        for line in re.findall(r"^cp (.+) /etc/systemd/system/$", block, re.MULTILINE):
            listed = subprocess.run(
                ["bash", "-c", f"ls -d {line}"], cwd=ROOT, capture_output=True, text=True, check=False
            )
            assert listed.returncode == 0, listed.stderr
        [enabled] = re.findall(r"^systemctl enable --now (.+)$", block, re.MULTILINE)
        names = {path.name for path in UNITS}
        for unit in enabled.split():
            assert {unit, f"{unit}.service"} & names, unit
    told = set(re.findall(r"`(perennial[a-z-]*\.(?:service|timer))`", PAGE))
    unsaid = {path.name for path in UNITS} - told
    assert {name.replace(".service", ".timer") for name in unsaid} <= told, "a timer's service goes without saying"


def fields(model: type[BaseModel], before: str = "") -> Iterator[str]:
    """Every setting by its full name; a section by its parts."""
    for name, field in model.model_fields.items():
        kind = Mail if name == "mail" and before == "delivery." else field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from fields(kind, f"{before}{name}.")
        else:
            yield f"{before}{name}"


def test_every_setting_is_in_the_table_and_the_table_has_no_other() -> None:
    rows = [line.split("|")[1] for line in PAGE.splitlines() if line.startswith("| `") and line.count("|") == 4]
    table = {name for row in rows for name in re.findall(r"`([a-z_.]+)`", row)}
    known = set(fields(Settings)) - {"data"}
    assert known <= table
    assert {name for name in table - known if "." in name and not name.startswith("published")} == set()


def test_the_defaults_in_the_table_are_the_real_ones() -> None:
    settings = Settings(data=Path("data"))
    for name, told_default in re.findall(r"^\| `([a-z_.]+)` \| `?([^|`]+?)`? \|", PAGE, re.MULTILINE):
        value: object = settings
        for part in name.split("."):
            value = getattr(value, part, None)
        if isinstance(value, int | float | str) and not isinstance(value, bool) and name != "workers":
            assert str(value).removesuffix(".0") in told_default, name


def test_the_example_settings_are_good() -> None:
    for text in blocks("yaml"):
        settings = Settings.model_validate({"data": "data", **yaml.safe_load(text)})
        assert settings.notify.mail


def test_every_trouble_is_in_the_table() -> None:
    source = Path(troubles.__file__).read_text(encoding="utf-8")
    keys = set(re.findall(r'Trouble\(\s*f?"([a-z]+)', source))
    assert len(keys) == 7
    assert keys <= set(re.findall(r"^\| `([a-z]+)` \|", PAGE, re.MULTILINE))


def test_every_link_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert (ROOT / "flows" / target).exists(), target
