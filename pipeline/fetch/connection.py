"""One connection to one host, with limits on time and size that hold against a server that means harm."""

import socket
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from ssl import SSLContext
from typing import Any
from urllib.parse import urlsplit

import httpx

from pipeline.fetch.addresses import Refused

STEP = 1 << 16  # bytes unpacked at a time
TIMEOUTS = httpx.Timeout(connect=15, read=60, write=15, pool=15)  # seconds without any progress
CONNECTED = ("connection.connect_tcp.complete", "connection.start_tls.complete")


class Unreachable(OSError):
    """No whole answer came, in one sentence; another attempt may do better."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one answer may cost."""

    largest_bytes: int  # after unpacking
    seconds: float  # from asking to the last byte


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """One answer as it came, unpacked; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class Connection:
    """Asks one host, by an address that was checked. TLS is verified against the name, not the address.

    `route` gives the addresses to try (with their port) for a scheme: the replica's, or the resolved ones.
    """

    def __init__(
        self,
        host: str,
        route: Callable[[str], tuple[str, ...]],
        tls: SSLContext,
        user_agent: str,
        tells_scheme: bool = False,  # a replica is asked over http, and answers as if by the scheme it is told
    ) -> None:
        self.host = host
        self._tells_scheme = tells_scheme
        self._route = route
        self._headers = {"Host": host, "User-Agent": user_agent, "Accept": "*/*", "Accept-Encoding": "gzip"}
        limits = httpx.Limits(max_connections=1, max_keepalive_connections=1)
        self._client = httpx.Client(
            verify=tls, trust_env=False, follow_redirects=False, timeout=TIMEOUTS, limits=limits, headers=self._headers
        )
        self._socket: socket.socket | None = None
        self._tries = 0

    def ask(self, url: str, headers: Mapping[str, str], limits: Limits) -> RawAnswer:
        """GET `url`. Raises `Unreachable`, or `Refused` where the answer is more than this side takes."""
        try:
            with self._hurry(limits.seconds) as is_late:
                try:
                    return self._send(url, headers, limits)
                except httpx.TransportError as error:
                    self._tries += 1  # the next attempt tries the host's next address
                    told = f"took more than {limits.seconds:.0f} seconds" if is_late() else _describe(error)
                    raise Unreachable(f"{url} {told}.") from error
        except (httpx.InvalidURL, UnicodeError) as error:
            raise Refused(f"{url[:120]} is not an address: {error}.") from error

    def cut(self) -> None:
        """Break off whatever is under way, from any thread."""
        if self._socket is not None:
            with suppress(OSError):  # closed in the meantime
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _send(self, url: str, headers: Mapping[str, str], limits: Limits) -> RawAnswer:
        parts = urlsplit(url)
        routes = self._route(parts.scheme)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        extensions = {"sni_hostname": self.host, "trace": self._note_socket}
        sent = {**headers, "X-Forwarded-Proto": parts.scheme} if self._tells_scheme else dict(headers)
        request = self._client.build_request(
            "GET", routes[self._tries % len(routes)] + path, headers=sent, extensions=extensions
        )
        response = self._client.send(request, stream=True)
        try:
            content = unpack_body(
                response.iter_raw(), response.headers.get("content-encoding", ""), limits.largest_bytes
            )
        finally:
            response.close()
            self._client.cookies.clear()
        return RawAnswer(response.status_code, {k.lower(): v for k, v in response.headers.items()}, content)

    def _note_socket(self, event: str, info: Mapping[str, Any]) -> None:
        if event in CONNECTED:
            self._socket = info["return_value"].get_extra_info("socket")

    @contextmanager
    def _hurry(self, seconds: float) -> Iterator[Callable[[], bool]]:
        """Cut the connection after `seconds`: a server that sends one byte a minute keeps every read timeout happy."""
        late = threading.Event()

        def cut() -> None:
            late.set()
            self.cut()

        timer = threading.Timer(seconds, cut)
        timer.daemon = True
        timer.start()
        try:
            yield late.is_set
        finally:
            timer.cancel()


def unpack_body(chunks: Iterable[bytes], encoding: str, largest: int) -> bytes:
    """The body, unpacked step by step and never beyond `largest` bytes. Raises `Refused` when it is larger, or packed
    in a way nobody asked for, and `Unreachable` when the packing is damaged or ends early.
    """
    named = encoding.strip().casefold()
    if named not in ("", "identity", "gzip", "x-gzip"):
        raise Refused(f"The answer is packed as {named[:40]!r}, which was not asked for.")
    whole = bytearray()
    steps = chunks if named in ("", "identity") else _gunzip(chunks)
    for step in steps:
        whole += step
        if len(whole) > largest:
            raise Refused(f"The answer is larger than {largest / 1e6:.0f} MB.")
    return bytes(whole)


def _gunzip(chunks: Iterable[bytes]) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        for chunk in chunks:
            pending = chunk
            while pending and not unpacker.eof:
                yield unpacker.decompress(pending, STEP)
                pending = unpacker.unconsumed_tail
    except zlib.error as error:
        raise Unreachable("The answer says it is packed with gzip and is not, or was damaged on the way.") from error
    if not unpacker.eof:
        raise Unreachable("The answer ends in the middle of its gzip packing.")


def _describe(error: httpx.TransportError) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "did not answer in time"
    if isinstance(error, httpx.ConnectError):
        return f"cannot be reached ({error or type(error).__name__})"
    if isinstance(error, httpx.RemoteProtocolError):
        return f"answered with something that is not whole HTTP ({error})"
    return f"broke off ({error or type(error).__name__})"
