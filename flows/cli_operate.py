"""The operator's commands: the doctor, backup and restore."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from flows.terminal import LOST_SOMETHING, Data, Json, existing_files, prepare_settings

operate_app = typer.Typer()


@operate_app.command()
def doctor(
    summary: Annotated[bool, typer.Option("--summary", help="Print the weekly summary instead.")] = False,
    tell: Annotated[bool, typer.Option("--tell", help="Send the operator what needs a person, once.")] = False,
    data: Data = None,
    json: Json = False,
) -> None:
    """What is installed, stale or missing."""
    from flows.doctor import examine
    from flows.notify import tell_operator
    from flows.report import show_findings
    from flows.summary import summarise_week

    settings = prepare_settings(data)
    now = datetime.now().astimezone()
    unsent = tell_operator(settings, now, summarise=lambda: summarise_week(settings, now)) if tell else ()
    for failure in unsent:
        typer.echo(f"perennial: {failure}", err=True)
    if summary:
        typer.echo(summarise_week(settings, now))
    findings = [] if summary else examine(settings, now)
    show_findings(findings, as_json=json)
    if unsent or any(finding.is_fault for finding in findings):
        raise typer.Exit(LOST_SOMETHING)


@operate_app.command()
def backup(
    target: Annotated[Path, typer.Argument(metavar="FILE|DIR", help="A new file, or a folder for it.")],
    keep: Annotated[int | None, typer.Option(min=1, help="Keep only so many backups in the folder.")] = None,
    data: Data = None,
) -> None:
    """Put all that cannot be made again into one verified file: ledger, settings, inbox, archive, history of runs."""
    from flows.backup import back_up

    settings = prepare_settings(data)
    done = back_up(settings, target, datetime.now().astimezone(), keep=keep)
    typer.echo(f"{done.files} files, {done.size / 1e6:.1f} MB, verified: {done.file}")
    for name in done.outside:
        typer.echo(f"perennial: the settings name {name}, which is not in the backup", err=True)
    if done.damaged:
        message = f"{len(done.damaged)} archived files had changed on disk before the backup, such as {done.damaged[0]}"
        typer.echo(f"perennial: {message}", err=True)
        raise typer.Exit(LOST_SOMETHING)


@operate_app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A backup.", show_default=False)],
    data: Data = None,
) -> None:
    """Put a backup into a new or empty data folder. Nothing is there before all of it was verified."""
    from flows.backup import restore as put_back

    [path] = existing_files([file])
    settings = prepare_settings(data)
    manifest = put_back(path, settings.data)
    typer.echo(f"{len(manifest.files)} files of {manifest.made_at:%d/%m/%Y %H:%M} are in {settings.data}, verified.")
    typer.echo("`perennial run --source inbox` makes the warehouse again without asking a publisher.")
