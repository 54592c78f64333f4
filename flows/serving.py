"""The Prefect server of a night where none is named; and `perennial serve`, which has nights run on their schedule."""

import multiprocessing
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module

from flows.production import bound
from flows.production.programs import ADDRESS, SECRET, SECRET_OF_SERVER, is_answering
from pipeline.refusal import Refusal
from pipeline.settings import Settings, read_variable, set_environment

PATIENCE_SECONDS = 180  # the first start of a server makes its database
END_SECONDS = 20  # that a night or a server may take over its end
AHEAD = ("flows.nightly", "hdbscan", "warehouse.bulletin.pages")  # what a night imports sooner or later


class NoServer(Refusal):
    """Prefect's server did not start, in one sentence."""


def serve_nightly(settings: Settings) -> None:
    """Serve the nightly deployment until stopped. `PREFECT_API_URL` names a server to use instead of an own one.

    Raises `NoServer`.
    """
    set_environment({"PREFECT_SERVER_LOGGING_LEVEL": "WARNING"})  # at INFO, a line a request
    # Prefect at times goes on for good after a Ctrl-C that comes while a night ends; SIGTERM it has always obeyed.
    signal.signal(signal.SIGINT, lambda *_: signal.raise_signal(signal.SIGTERM))
    with server_at_hand():
        # not before the address is known: Prefect reads it when it is imported
        from flows.production.registration import serve_night

        try:
            serve_night(settings, "nightly")
        finally:
            end_nights()


def end_nights() -> None:
    """Tell the night under way to stop, and wait until it has: Prefect leaves it running, and then without a server."""
    nights = multiprocessing.active_children()
    for night in nights:
        night.terminate()
    for night in nights:
        night.join(END_SECONDS)


@contextmanager
def server_at_hand() -> Iterator[None]:
    """A Prefect server for what is done within: the one that `PREFECT_API_URL` names, or else one beside this process.

    That one takes orders from this process only, and ends with it, however this process ends. Raises `NoServer`.
    """
    if read_variable(ADDRESS):
        yield
        return
    secret = f"perennial:{secrets.token_urlsafe(32)}"  # other accounts of this machine reach the port too
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}/api"
    set_environment({SECRET: secret, SECRET_OF_SERVER: secret, ADDRESS: address})
    command = [sys.executable, "-m", bound.__name__, "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--no-ui"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for the night, which has something to tell the server then
    )
    try:
        for name in AHEAD:  # takes as long as the server's start, and nobody has to wait for both
            import_module(name)
        _await_health(address, process)
        yield
    finally:
        with suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=END_SECONDS)  # closes its standard input, which ends it
        process.kill()


def _await_health(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if is_answering(address):
            return
        time.sleep(0.5)
    status = process.poll()
    told = f"did not answer within {PATIENCE_SECONDS} seconds" if status is None else f"ended with status {status}"
    raise NoServer(f"Prefect's server at {address} {told}; see whether the disk is full.")
