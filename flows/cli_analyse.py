"""Commands of analysts: how good the figures are, and a table or query as a file for a spreadsheet."""

from pathlib import Path
from typing import Annotated

import typer

from flows.terminal import LOST_SOMETHING, Data, Json, existing_files, need_warehouse, prepare_settings
from pipeline.workspace import Workspace

analyse_app = typer.Typer()


@analyse_app.command()
def evaluate(
    answers: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A CSV of pairs: which answer of this data folder answers which ask."),
    ] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """The project's own quality figures on the bundled sample, or how well your answers were joined to their asks."""
    from flows.quality import measure_answers, measure_quality
    from flows.report import show_quality

    settings = prepare_settings(data if answers else None)
    if answers:
        existing_files([answers])
        need_warehouse(settings)
        figures, absent = measure_answers(settings, answers)
        if absent:
            typer.echo(f"perennial: {absent} lines name what is not held here; they count as not joined.", err=True)
    else:
        figures = measure_quality(settings)
    show_quality(figures, as_json=json)
    if not all(figure.passes for figure in figures):
        raise typer.Exit(LOST_SOMETHING)


@analyse_app.command()
def export(
    query: Annotated[str, typer.Argument(help="A view's name, or one SELECT in quotes.", show_default=False)],
    file: Annotated[Path, typer.Argument(help="The .xlsx or .csv to write.", show_default=False)],
    public: Annotated[bool, typer.Option("--public", help="From the public file: fit to be handed on.")] = False,
    data: Data = None,
) -> None:
    """Write a view or a query of the published warehouse as an Excel workbook or a CSV."""
    from warehouse.export import export_table

    settings = prepare_settings(data)
    need_warehouse(settings)
    workspace = Workspace(settings.data)
    count = export_table(workspace.public if public else workspace.warehouse, query, file)
    typer.echo(f"{count} rows written to {file}")
