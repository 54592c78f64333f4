"""Serves replicas over real HTTP on loopback: one port, many hosts told apart by the Host header."""

import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.replicas.site import NOT_FOUND, Answer, Asked, Site

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Hit:
    """One request that reached the server."""

    host: str
    path: str  # with its query
    moment: float  # seconds, monotonic
    status: int


@dataclass(slots=True)
class Log:
    """Every hit, and the most requests that were ever under way at once for one host."""

    hits: list[Hit] = field(default_factory=list)
    most_at_once: Counter[str] = field(default_factory=Counter)
    file: Path | None = None  # one line a hit as well, for tests that kill the client
    _under_way: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, host: str) -> None:
        with self._lock:
            self._under_way[host] += 1
            self.most_at_once[host] = max(self.most_at_once[host], self._under_way[host])

    def end(self, hit: Hit) -> None:
        with self._lock:
            self._under_way[hit.host] -= 1
            self.hits.append(hit)
            if self.file is not None:
                with self.file.open("a") as file:
                    file.write(f"{hit.moment:.4f} {hit.status} {hit.host} {hit.path}\n")

    def of(self, host: str) -> list[Hit]:
        """The hits of one host, in order."""
        return [hit for hit in self.hits if hit.host == host]

    def paths(self, host: str) -> list[str]:
        """What was asked of one host, robots.txt left out."""
        return [hit.path for hit in self.of(host) if hit.path != "/robots.txt"]

    def a_second(self) -> Counter[tuple[str, int]]:
        """Hits per host and second."""
        return Counter((hit.host, int(hit.moment)) for hit in self.hits)


@dataclass(frozen=True, slots=True)
class Replica:
    """A running server."""

    address: str  # http://127.0.0.1:PORT
    log: Log


class Server(ThreadingHTTPServer):
    """A client that was killed is no fault of the server's."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def serve(sites: Iterable[Site], *, port: int = 0, latency: float = 0.0, log: Path | None = None) -> Iterator[Replica]:
    """The sites, served until the block ends. `latency` seconds pass before each answer."""
    kept = Log(file=log)
    server = Server(("127.0.0.1", port), make_handler(tuple(sites), kept, latency))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield Replica(f"http://127.0.0.1:{server.server_address[1]}", kept)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def make_handler(sites: tuple[Site, ...], log: Log, latency: float) -> type[BaseHTTPRequestHandler]:
    by_host = {host: site for site in sites for host in site.hosts}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            asked = read_asked(self)
            moment = time.monotonic()
            log.begin(asked.host)
            answer = Answer(status=500)
            try:
                time.sleep(latency)
                site = by_host.get(asked.host)
                answer = site.respond(asked) if site else Answer(b"No such host here.", 421)
            finally:
                log.end(Hit(asked.host, self.path, moment, answer.status))
            self.send(answer)

        def send(self, answer: Answer) -> None:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if not any(name.casefold() == "content-length" for name in answer.headers):
                self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            if answer.status != 304:
                self.wfile.write(answer.content)

        def log_message(self, format: str, *args: object) -> None:
            """Silence: the log is `Log`."""

    return Handler


def read_asked(handler: BaseHTTPRequestHandler) -> Asked:
    parts = urlsplit(handler.path)
    headers = {name.lower(): value for name, value in handler.headers.items()}
    host = headers.get("host", "").partition(":")[0].casefold()
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    return Asked(host, parts.path, query, headers, parts.query)


def load_sites() -> tuple[Site, ...]:
    """The replica of every publisher: each module beside this one that has a `make_site`."""
    modules = [
        import_module(f"tests.replicas.{path.stem}") for path in sorted(HERE.glob("*.py")) if path.stem[0] != "_"
    ]
    return tuple(module.make_site() for module in modules if hasattr(module, "make_site"))


def no_robots(asked: Asked) -> Answer | None:
    """A host without a robots.txt answers 404 for it; None for any other address."""
    return NOT_FOUND if asked.path == "/robots.txt" else None
