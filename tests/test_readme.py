"""The README tells the truth: its commands exist, its query runs, its folders and settings are the real ones."""

import re
from pathlib import Path

import typer

from flows.cli import app
from pipeline.settings import Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def command_names() -> set[str]:
    group = typer.main.get_command(app)
    assert isinstance(group, typer.core.TyperGroup)
    return set(group.commands)


def test_every_command_is_told_and_every_told_command_exists() -> None:
    told = set(re.findall(r"perennial ([a-z]+)", README)) - {"is"}
    assert told == command_names()


def test_every_make_target_exists() -> None:
    for target in re.findall(r"^make (\w+)", README, re.MULTILINE):
        assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE), target


def test_every_setting_is_told() -> None:
    for name in Settings.model_fields.keys() - {"data"}:
        assert f"`{name}`" in README, name


def test_every_folder_at_the_top_is_told() -> None:
    for folder in ("sources", "pipeline", "warehouse", "flows", "tests"):
        assert f"`{folder}/`" in README


def test_every_link_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
