"""`perennial serve`: the night on its schedule, with a Prefect server of its own unless one is named."""

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.error import URLError

from pipeline.refusal import Refusal
from pipeline.settings import Settings, read_variable, set_environment

PATIENCE_SECONDS = 180  # the first start of a server makes its database
SERVER_ADDRESS = "PREFECT_API_URL"


class NoServer(Refusal):
    """Prefect's server did not start, in one sentence."""


def serve_nightly(settings: Settings) -> None:
    """Serve the nightly deployment until stopped. `PREFECT_API_URL` names a server to use instead of an own one.

    A server inside the process, as one night uses it, does not schedule; hence one beside it. Raises `NoServer`.
    """
    if read_variable(SERVER_ADDRESS):
        _serve(settings)
        return
    with _own_server() as address:
        set_environment({SERVER_ADDRESS: address})
        _serve(settings)


def _serve(settings: Settings) -> None:
    from flows.nightly import night  # not before the address is known: Prefect reads it when it is imported

    night.serve(
        name="nightly",
        cron=settings.schedule,
        parameters={"data": str(settings.data)},
        limit=1,
        description="One night: from discovery to digests.",
        tags=["perennial"],
    )


@contextmanager
def _own_server() -> Iterator[str]:
    """A Prefect server that only this machine reaches, for as long as it is needed."""
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
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=5):
                return
        except (URLError, TimeoutError, ConnectionError):
            time.sleep(0.5)
    raise NoServer(f"Prefect's server did not answer at {address} within {PATIENCE_SECONDS} seconds.")
