"""Prefect's server and worker: all that must be set before they start, and the command that replaces this process."""

import os
import sys
import urllib.request
from collections.abc import Mapping, Sequence
from typing import NoReturn
from urllib.error import URLError

from pipeline.refusal import Refusal
from pipeline.settings import Settings, library_environment, read_variable, set_environment
from pipeline.workspace import Workspace

POOL = "perennial"  # the work pool that workers take nights from
ADDRESS = "PREFECT_API_URL"
SECRET = "PREFECT_API_AUTH_STRING"
SECRET_OF_SERVER = "PREFECT_SERVER_API_AUTH_STRING"
USUAL_ADDRESS = "http://127.0.0.1:4200/api"


class NoSecret(Refusal):
    """A server that any account of the machine could give orders to, in one sentence."""


def run_server(settings: Settings, host: str, port: int) -> NoReturn:
    """Become Prefect's server. Its database is what `PREFECT_SERVER_DATABASE_CONNECTION_URL` names, else SQLite.

    Raises `NoSecret` when none is set.
    """
    _become(server_environment(settings, need_secret()), ["server", "start", "--host", host, "--port", str(port)])


def run_worker(settings: Settings, name: str | None) -> NoReturn:
    """Become a worker that runs nights in processes of their own, one at a time. Raises `NoSecret`."""
    need_secret()
    command = ["worker", "start", "--pool", POOL, "--type", "process", "--limit", "1", "--install-policy", "never"]
    _become(worker_environment(settings), [*command, *(["--name", name] if name else [])])


def server_environment(settings: Settings, secret: str) -> dict[str, str]:
    """What the server is told. Whoever can give it orders can run commands as the worker: hence the secret."""
    return {
        **library_environment(settings, console_level="WARNING", scheduling=True),  # at INFO, a line a request
        SECRET: secret,
        SECRET_OF_SERVER: secret,
        # In memory, Prefect's default, a restart of the server would forget who holds a slot, and never free it.
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
        "PREFECT_SERVER_UI_STATIC_DIRECTORY": str(Workspace(settings.data).prefect / "ui"),  # not into the package
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    }


def worker_environment(settings: Settings) -> dict[str, str]:
    """What the worker, and the nights it starts, are told."""
    return {
        **library_environment(settings, console_level="INFO", scheduling=True),
        ADDRESS: read_variable(ADDRESS) or USUAL_ADDRESS,
    }


def is_answering(address: str) -> bool:
    """Whether a Prefect server answers at `address`."""
    try:
        with urllib.request.urlopen(f"{address}/health", timeout=5):
            return True
    except (URLError, TimeoutError, ConnectionError):
        return False


def need_secret() -> str:
    """The secret that server, workers and commands share. Raises `NoSecret`."""
    secret = read_variable(SECRET)
    if secret is None or ":" not in secret:
        raise NoSecret(
            f"{SECRET} is not set: without it every account of this machine could run commands as the worker; "
            "set it to NAME:LONG-SECRET for server, workers and `perennial production deploy`."
        )
    return secret


def _become(environment: Mapping[str, str], arguments: Sequence[str]) -> NoReturn:
    """Replace this process, so that whoever started it signals Prefect itself."""
    set_environment(environment)
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "prefect", *arguments])
