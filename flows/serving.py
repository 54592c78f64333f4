"""`perennial serve`: the night on its schedule, with a Prefect server of its own unless one is named."""

import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from flows.production.programs import ADDRESS, SECRET, SECRET_OF_SERVER, is_answering
from pipeline.refusal import Refusal
from pipeline.settings import Settings, read_variable, set_environment

PATIENCE_SECONDS = 180  # the first start of a server makes its database


class NoServer(Refusal):
    """Prefect's server did not start, in one sentence."""


def serve_nightly(settings: Settings) -> None:
    """Serve the nightly deployment until stopped. `PREFECT_API_URL` names a server to use instead of an own one.

    A server inside the process, as one night uses it, does not schedule; hence one beside it. Raises `NoServer`.
    """
    if read_variable(ADDRESS):
        _serve(settings)
        return
    with _own_server() as address:
        set_environment({ADDRESS: address})
        _serve(settings)


def _serve(settings: Settings) -> None:
    # not before the address is known: Prefect reads it when it is imported
    from flows.production.registration import serve_night

    serve_night(settings, "nightly")


@contextmanager
def _own_server() -> Iterator[str]:
    """A Prefect server that only this process can give orders to, for as long as it is needed."""
    secret = f"perennial:{secrets.token_urlsafe(32)}"  # other accounts of this machine reach the port too
    set_environment({SECRET: secret, SECRET_OF_SERVER: secret, "PREFECT_SERVER_LOGGING_LEVEL": "WARNING"})
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen([*command, "--no-ui"], stdout=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}/api"
        _await_health(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)


def _await_health(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if is_answering(address):
            return
        time.sleep(0.5)
    raise NoServer(f"Prefect's server did not answer at {address} within {PATIENCE_SECONDS} seconds.")
