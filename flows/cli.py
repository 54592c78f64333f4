"""The command line: what people type. Commands are thin, and import heavy libraries only when they run."""

import os
import signal
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from flows.cli_analyse import analyse_app
from flows.cli_operate import operate_app
from flows.cli_production import production_app
from flows.cli_review import review_app
from flows.terminal import (
    LOST_SOMETHING,
    Data,
    DateText,
    Files,
    Json,
    Replica,
    WrongInput,
    existing_files,
    leave,
    make_folders,
    need_warehouse,
    parse_date,
    prepare_settings,
)
from pipeline.ledger import Unsettled
from pipeline.refusal import Refusal
from pipeline.settings import read_settings
from pipeline.workspace import Workspace

WRONG_INPUT, STOPPED = 2, 130  # exit statuses

app = typer.Typer(
    help="Finds what inspectorates, auditors, coroners and inquiries keep asking a police service to change.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(analyse_app)
app.add_typer(operate_app)
app.add_typer(review_app, name="review")
app.add_typer(production_app, name="production")
themes_app = typer.Typer(help="The theme registry, and decisions on emerging themes.")
app.add_typer(themes_app, name="themes")
Proposal = Annotated[str, typer.Argument(metavar="ID", help="As in the view emerging_themes.", show_default=False)]
Reviewer = Annotated[str, typer.Option("--by", help="Who decides.", show_default=False)]
Note = Annotated[str | None, typer.Option(help="Why.")]


@app.command()
def run(
    source: Annotated[list[str] | None, typer.Option(help="Only this source; may be given several times.")] = None,
    since: DateText = None,
    replica: Replica = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """One night now: from discovery to digests. `--source sample` runs over the bundled, invented sample."""
    from flows.order import NightFailed, plan_night, refuse_second_run

    settings = prepare_settings(data, console_level="CRITICAL")
    first = parse_date(since)
    order = plan_night(settings.data, tuple(source or ()), first, None, datetime.now().astimezone(), replica)
    if order.notice:
        typer.echo(f"perennial: {order.notice}", err=True)
    refuse_second_run(order)
    make_folders(Workspace(settings.data))
    from flows.serving import server_at_hand

    try:
        with server_at_hand():
            from flows.nightly import night
            from flows.report import show_night

            report = night(settings.data, tuple(source or ()), first, replica=replica)
    except NightFailed as error:
        typer.echo(f"perennial: {error}", err=True)
        raise typer.Exit(LOST_SOMETHING) from error
    show_night(report, Workspace(settings.data), as_json=json)
    if report.failures:
        raise typer.Exit(LOST_SOMETHING)


@app.command()
def add(
    files: Annotated[list[Path], typer.Argument(help="PDFs, web pages, or CSV proformas.", show_default=False)],
    source: Annotated[str, typer.Option(help="The stream they belong to, e.g. hmicfrs or debriefs.")],
    published: Annotated[str | None, typer.Option("--date", metavar="DATE", help="When it was published.")] = None,
    title: Annotated[str | None, typer.Option(help="Its title, where the document itself is silent.")] = None,
    restricted: Annotated[bool, typer.Option("--restricted", help="Keep it out of the public file.")] = False,
    data: Data = None,
) -> None:
    """Put documents in the inbox; the next `perennial run` reads them."""
    from flows.inbox import add_documents, check_source_name

    workspace = Workspace(prepare_settings(data).data)
    check_source_name(source)
    day = parse_date(published)
    paths = existing_files(files)
    for added in add_documents(workspace, paths, source=source, published=day, title=title, restricted=restricted):
        if added.warning:
            typer.echo(f"perennial: {added.warning}", err=True)
        typer.echo(f"{added.name}: {'added' if added.is_new else 'already in the inbox'} ({added.sha256[:12]})")


@app.command()
def extract(
    files: Files,
    source: Annotated[str, typer.Option(help="The stream they belong to.")] = "file",
    json: Json = False,
) -> None:
    """Only read documents and take their recommendations out. Needs no data folder."""
    from flows.extracting import extract_files
    from flows.report import show_extraction

    settings = read_settings()
    unread = 0
    for path, extraction in extract_files(existing_files(files), source, settings):
        show_extraction(path, extraction, as_json=json)
        unread += extraction.page_count == 0
    if unread:
        raise typer.Exit(WRONG_INPUT)


@app.command()
def classify(data: Data = None, json: Json = False) -> None:
    """Give themes to `{"id","text","title"?}` lines read from standard input."""
    from flows.lines import classify_items, read_items
    from flows.report import show_assignments

    settings = prepare_settings(data)
    show_assignments(classify_items(read_items(sys.stdin), settings), as_json=json)


@app.command()
def group(data: Data = None, json: Json = False) -> None:
    """Find the same ask among `{"id","text","source"?,"date"?}` lines read from standard input."""
    from flows.lines import group_items, read_items
    from flows.report import show_groups

    settings = prepare_settings(data)
    show_groups(group_items(read_items(sys.stdin), settings), as_json=json)


@app.command()
def search(
    words: Annotated[str, typer.Argument(help='Words; "in quotes" for a phrase.')],
    scope: Annotated[str, typer.Option("--in", help="recommendations or documents.")] = "documents",
    theme: Annotated[str | None, typer.Option(help="Only rows with this theme.")] = None,
    source: Annotated[str | None, typer.Option(help="Only this source.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many to show.")] = 10,
    data: Data = None,
    json: Json = False,
) -> None:
    """Search the published warehouse by words and by meaning."""
    from flows.report import show_hits
    from flows.searching import search_warehouse

    settings = prepare_settings(data)
    if scope not in ("recommendations", "documents"):
        raise WrongInput(f"--in takes 'recommendations' or 'documents', not {scope!r}.")
    need_warehouse(settings)
    hits = search_warehouse(settings, words, scope=scope, theme=theme, source=source, limit=limit)
    show_hits(hits, as_json=json)


@app.command()
def digest(
    theme: Annotated[str | None, typer.Option(help="Only this theme.")] = None,
    as_of: DateText = None,
    data: Data = None,
) -> None:
    """Write the digests again, from the published warehouse."""
    from flows.publish import write_digests

    settings = prepare_settings(data)
    day = parse_date(as_of)
    need_warehouse(settings)
    for path in write_digests(settings, day, [theme] if theme else None):
        typer.echo(str(path))


@app.command()
def deliver(
    unsure: Annotated[
        Unsettled, typer.Option(help="What to do with mail of which nobody knows whether it went out.")
    ] = Unsettled.KEEP,
    data: Data = None,
) -> None:
    """Hand on what is due: digests not yet in their leads' folders, and mail that has not gone out."""
    from flows.deliver import deliver as hand_on
    from pipeline.workspace import hold

    settings = prepare_settings(data)
    need_warehouse(settings)
    now = datetime.now().astimezone()
    with hold(Workspace(settings.data), now=now):
        result = hand_on(settings, now.strftime("%Y%m%dT%H%M%S"), now, unsure)
    for failure in result.failures:
        typer.echo(f"perennial: {failure}", err=True)
    typer.echo(f"{result.sent} handed on, {len(result.failures)} failed")
    if result.failures:
        raise typer.Exit(LOST_SOMETHING)


@themes_app.callback(invoke_without_command=True)
def themes(
    context: typer.Context,
    check: Annotated[
        bool, typer.Option("--check", help="Validate the registry; exit 1 when something is wrong.")
    ] = False,
    data: Data = None,
    json: Json = False,
) -> None:
    """The theme registry, with how many recommendations each theme holds."""
    if context.invoked_subcommand is not None:
        return
    from flows.report import show_themes
    from flows.searching import count_themes
    from pipeline.registry import check_registry, list_unused, load_registry

    settings = prepare_settings(data)
    registry = load_registry(settings.themes)
    counts = count_themes(settings)
    if not check:
        show_themes(registry, counts, as_json=json)
        return
    findings = check_registry(registry)
    for finding in [*findings, *list_unused(registry, counts)]:
        typer.echo(finding)
    typer.echo(f"{len(registry.themes)} themes, {len(findings)} findings")
    if findings:
        raise typer.Exit(LOST_SOMETHING)


@themes_app.command("accept")
def themes_accept(proposal: Proposal, by: Reviewer, note: Note = None, data: Data = None) -> None:
    """Accept an emerging theme: it stays in view until it is written into the registry."""
    _decide(proposal, "accepted", by, note, data)


@themes_app.command("decline")
def themes_decline(proposal: Proposal, by: Reviewer, note: Note = None, data: Data = None) -> None:
    """Decline an emerging theme: it comes back only when it has grown by half."""
    _decide(proposal, "declined", by, note, data)


@themes_app.command("undo")
def themes_undo(proposal: Proposal, by: Reviewer, note: Note = None, data: Data = None) -> None:
    """Take a decision on an emerging theme back."""
    _decide(proposal, "withdrawn", by, note, data)


def _decide(proposal: str, decision: str, by: str, note: str | None, data: Path | None) -> None:
    from flows.theming import decide_proposal

    settings = prepare_settings(data)
    decided = decide_proposal(settings, proposal, decision, by, note, datetime.now().astimezone())
    typer.echo(f"{decided.proposal_id} ({decided.name}, {len(decided.member_ids)} rows): {decision}")


@app.command()
def warc(
    file: Annotated[Path, typer.Argument(help="The .warc.gz to write.", show_default=False)],
    source: Annotated[str | None, typer.Option(help="Only this publisher.")] = None,
    data: Data = None,
) -> None:
    """Write what was fetched from publishers as a file that web archives read."""
    from flows.exporting import export_warc

    settings = prepare_settings(data)
    count = export_warc(Workspace(settings.data, settings.archive_root), file, source)
    typer.echo(f"{count} records written to {file}")


@app.command()
def serve(data: Data = None) -> None:
    """Stay, and run every night at the time set in the settings."""
    settings = prepare_settings(data, console_level="INFO", scheduling=True)
    make_folders(Workspace(settings.data))
    from flows.serving import serve_nightly

    serve_nightly(settings)


def main() -> None:
    """The entry point: runs the command, and turns foreseeable errors into one sentence and an exit status."""
    os.umask(0o027)  # what is made from here on is no business of other accounts on this machine
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: by way of all that must be closed
    try:
        outcome = app(standalone_mode=False)
    except typer.TyperException as error:
        _refuse(str(error))  # empty when the help was shown for want of arguments
    except typer.Abort:
        _refuse("Stopped.")
    except Refusal as error:
        _refuse(str(error))
    except OSError as error:  # a folder of another account, a disk that is full or read-only
        _refuse(f"{error.strerror}: {error.filename}." if error.strerror else str(error))
    else:
        if outcome == STOPPED:
            typer.echo("perennial: Stopped.", err=True)
        leave(outcome if isinstance(outcome, int) else 0)


def _refuse(sentence: str) -> None:
    if sentence:
        typer.echo(f"perennial: {sentence}", err=True)
    sys.exit(WRONG_INPUT)
