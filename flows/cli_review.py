"""The commands of `perennial review`: out as a file, back in as decisions, or a page to judge on."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from flows.terminal import LOST_SOMETHING, Data, existing_files, need_warehouse, prepare_settings
from pipeline.workspace import Workspace

review_app = typer.Typer(
    help="Judgements of theme leads: out as a CSV or workbook, back in as decisions.", no_args_is_help=True
)


@review_app.command("export")
def review_export(
    file: Annotated[Path, typer.Argument(help="The CSV or .xlsx to write.", show_default=False)],
    limit: Annotated[int, typer.Option(min=1, help="How many rows at most.")] = 200,
    theme: Annotated[str | None, typer.Option(help="Only this theme.")] = None,
    data: Data = None,
) -> None:
    """Write the rows most worth a person's time, with columns to judge them in."""
    from flows.reviewing import export_queue

    settings = prepare_settings(data)
    need_warehouse(settings)
    count = export_queue(settings, file, limit, theme)
    typer.echo(f"{count} rows written to {file}")


@review_app.command("import")
def review_import(
    file: Annotated[Path, typer.Argument(help="The CSV or .xlsx that came back.", show_default=False)],
    data: Data = None,
) -> None:
    """Take judgements in. Good rows become decisions; bad ones are named, with the reason."""
    from flows.reviewing import import_reviews

    settings = prepare_settings(data)
    need_warehouse(settings)
    [path] = existing_files([file])
    result = import_reviews(settings, path, datetime.now().astimezone())
    for rejected in result.rejected:
        typer.echo(f"perennial: {rejected.problem[0].lower()}{rejected.problem[1:]}", err=True)
    typer.echo(f"{result.added} judgements taken in, {result.known} already known, {len(result.rejected)} rows refused")
    if result.to_mend:
        typer.echo(f"perennial: the refused rows are in {result.to_mend}, to mend and send again", err=True)
        raise typer.Exit(LOST_SOMETHING)


@review_app.command("name")
def review_name(
    common_id: Annotated[str, typer.Argument(help="The common recommendation's id.", show_default=False)],
    name: Annotated[str, typer.Argument(help="What to call it; `withdrawn` undoes.", show_default=False)],
    by: Annotated[str, typer.Option(help="Who says so.", show_default=False)],
    data: Data = None,
) -> None:
    """Give a common recommendation a plain name. It counts from the next night on."""
    from flows.reviewing import name_common

    settings = prepare_settings(data)
    need_warehouse(settings)
    review = name_common(settings, common_id, name, by, datetime.now().astimezone())
    typer.echo(f"{common_id}: {review.answer} (by {review.reviewer}, {review.reviewed_on})")


@review_app.command("serve")
def review_serve(data: Data = None) -> None:
    """Serve the page to judge on, on this machine unless the settings say otherwise, until stopped."""
    from flows.reviewing import serve_review

    settings = prepare_settings(data)
    need_warehouse(settings)
    typer.echo(f"The review page is at http://{settings.review.host}:{settings.review.port}/", err=True)
    serve_review(settings)


@review_app.command("account")
def review_account(
    name: Annotated[str, typer.Argument(help="The reviewer's name, as it stands on their judgements.")],
    restricted: Annotated[bool, typer.Option("--restricted", help="May see restricted rows.")] = False,
    data: Data = None,
) -> None:
    """Open an account for the review page, or give it a new password, which is asked for."""
    from flows.review_app.accounts import add_account

    settings = prepare_settings(data)
    password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    path = Workspace(settings.data).accounts
    add_account(path, name, password, datetime.now().astimezone(), may_see_restricted=restricted)
    typer.echo(f"{name} can sign in.")


@review_app.command("close")
def review_close(
    name: Annotated[str, typer.Argument(help="The reviewer's name.")],
    data: Data = None,
) -> None:
    """Close an account of the review page, at once; what it judged stays."""
    from flows.review_app.accounts import close_account

    settings = prepare_settings(data)
    close_account(Workspace(settings.data).accounts, name, datetime.now().astimezone())
    typer.echo(f"{name} cannot sign in any more.")
