"""The commands of `perennial production`: Prefect's server, a worker, and what is registered between them."""

from typing import Annotated

import typer

from flows.terminal import Data, make_folders, prepare_settings
from pipeline.settings import set_environment
from pipeline.workspace import Workspace

production_app = typer.Typer(
    help="Nights on a Prefect server with workers, instead of `perennial serve`.", no_args_is_help=True
)


@production_app.command("server")
def production_server(
    host: Annotated[str, typer.Option(help="The address to answer at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port.")] = 4200,
    data: Data = None,
) -> None:
    """Run Prefect's server, on the database of PREFECT_SERVER_DATABASE_CONNECTION_URL."""
    from flows.production.programs import run_server

    settings = prepare_settings(data, scheduling=True)
    make_folders(Workspace(settings.data))
    run_server(settings, host, port)


@production_app.command("worker")
def production_worker(
    name: Annotated[str | None, typer.Option(help="What to call it on the server.")] = None, data: Data = None
) -> None:
    """Run a worker: it takes one night at a time from the server, each in a process of its own."""
    from flows.production.programs import run_worker

    settings = prepare_settings(data, scheduling=True)
    make_folders(Workspace(settings.data))
    run_worker(settings, name)


@production_app.command("deploy")
def production_deploy(
    name: Annotated[str, typer.Option(help="What to call this data folder's nights.")] = "nightly",
    silent_seconds: Annotated[
        int, typer.Option(min=90, help="A run without a sign of life for so long has crashed.")
    ] = 180,
    data: Data = None,
) -> None:
    """Register work pool, nightly schedule, limits and care for crashed runs with the server; again after changes."""
    from flows.production.programs import need_secret, worker_environment

    settings = prepare_settings(data, scheduling=True)
    make_folders(Workspace(settings.data))
    need_secret()
    set_environment(worker_environment(settings))
    from flows.production.registration import register_night

    done = register_night(settings, name, silent_seconds)
    typer.echo(f"{done.deployment} runs at {done.schedule} ({done.timezone}); one crawl at a time to a host.")
