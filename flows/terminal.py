"""What every command shares: its common options, its settings, what it refuses, and how the process ends."""

import atexit
import os
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from pipeline.refusal import Refusal
from pipeline.settings import Settings, library_environment, read_settings, set_environment
from pipeline.workspace import Workspace, lay_out

Data = Annotated[Path | None, typer.Option("--data", help="The data folder. [default: ./data, or $PERENNIAL_DATA]")]
Json = Annotated[
    bool, typer.Option("--json", help="One JSON object a line on standard output, and nothing else there.")
]
Replica = Annotated[str | None, typer.Option(metavar="URL", help="Ask the publishers' replicas on this machine there.")]
DateText = Annotated[str | None, typer.Option(metavar="DATE", help="As 2026-03-01.")]
Files = Annotated[list[Path], typer.Argument(help="PDFs, or folders of PDFs.", show_default=False)]


LOST_SOMETHING = 1  # the exit status of a command that did its work and lost part of it


class WrongInput(Refusal):
    """Something the person typed or gave that cannot be used, in one sentence."""


def parse_date(value: str | None) -> date | None:
    """The date a person typed; None where none was. Raises `WrongInput` for anything that is not an ISO date."""
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise WrongInput(f"{value!r} is not a date; write it as 2026-03-01.") from error


def prepare_settings(data: Path | None, *, console_level: str = "ERROR", scheduling: bool = False) -> Settings:
    """Settings, with the environment that Prefect and the models read at import put in place."""
    settings = read_settings(data)
    set_environment(library_environment(settings, console_level=console_level, scheduling=scheduling))
    return settings


def make_folders(workspace: Workspace) -> None:
    """The data folder, and Prefect's in it: its server does not make its own, and says nothing useful without it."""
    try:
        lay_out(workspace)
        workspace.prefect.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WrongInput(f"The data folder cannot be written to: {workspace.data}: {error.strerror}.") from error


def existing_files(paths: list[Path]) -> list[Path]:
    """Every file named, folders opened to the PDFs below them. Raises `WrongInput` for one that is not there."""
    missing = [path for path in paths if not path.exists()]
    if missing:
        raise WrongInput(f"There is no file {missing[0]}.")
    return [file for path in paths for file in (sorted(path.rglob("*.pdf")) if path.is_dir() else [path])]


def need_warehouse(settings: Settings) -> None:
    """Raises `WrongInput` before the first night has published anything."""
    warehouse = Workspace(settings.data).warehouse
    if not warehouse.exists():
        raise WrongInput(f"There is no warehouse at {warehouse} yet; `perennial run` builds it.")


def leave(status: int) -> NoReturn:
    """End the process once every exit handler has run, without taking the interpreter apart.

    Prefect's threads keep DuckDB's objects alive to the very end, and DuckDB's binding then prints a page of
    "leaks" on standard error, after everything is done.
    """
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
