"""A host that means harm, over raw sockets: what no well-behaved server library would send."""

import gzip
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

HOST = "hostile.invalid"
OK = b"HTTP/1.1 200 OK\r\n"
END = b"Connection: close\r\n\r\n"
PDF = b"%PDF-1.4\nAn invented document.\n%%EOF\n"

Sending = Iterator[bytes]


def redirect(target: str) -> Callable[[], Sending]:
    return lambda: iter([f"HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n".encode() + END])


def whole(body: bytes, *headers: bytes) -> Callable[[], Sending]:
    head = b"".join(header + b"\r\n" for header in (*headers, f"Content-Length: {len(body)}".encode()))
    return lambda: iter([OK + head + END + body])


@cache
def pack_nothing() -> bytes:
    """100 MB in 100 kB."""
    return gzip.compress(bytes(100_000_000), compresslevel=6)


def bomb() -> Sending:
    body = pack_nothing()
    yield OK + f"Content-Encoding: gzip\r\nContent-Length: {len(body)}\r\n".encode() + END + body


def drip() -> Sending:
    yield OK + b"Content-Length: 100000\r\n" + END
    for _ in range(1000):
        time.sleep(0.05)
        yield b"."


def drip_headers() -> Sending:
    yield OK
    for number in range(1000):
        time.sleep(0.05)
        yield f"X-{number}: y\r\n".encode()


def endless() -> Sending:
    yield OK + END
    while True:
        yield bytes(1 << 16)


def endless_chunks() -> Sending:
    yield OK + b"Transfer-Encoding: chunked\r\n" + END
    while True:
        yield b"10000\r\n" + bytes(1 << 16) + b"\r\n"


ANSWERS: dict[str, Callable[[], Sending]] = {
    "/robots.txt": lambda: iter([b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n" + END]),
    "/good.pdf": whole(PDF),
    "/to-private": redirect("http://127.0.0.1:22/"),
    "/to-metadata": redirect("https://169.254.169.254/latest/meta-data/"),
    "/to-plain": redirect(f"http://{HOST}/good.pdf"),
    "/to-elsewhere": redirect("https://elsewhere.invalid/good.pdf"),
    "/to-file": redirect("file:///etc/passwd"),
    "/to-port": redirect(f"https://{HOST}:8443/good.pdf"),
    "/to-user": redirect(f"https://someone:secret@{HOST}/good.pdf"),
    "/to-itself": redirect("/to-itself"),
    "/to-nonsense": redirect("http://[half-an-address/"),
    "/to-front": redirect("/"),
    "/": whole(b"<!doctype html><title>Welcome</title><h1>Welcome</h1>"),
    "/bomb.pdf": bomb,
    "/not-gzip.pdf": whole(PDF, b"Content-Encoding: gzip"),
    "/half-gzip.pdf": whole(gzip.compress(PDF * 100)[:-20], b"Content-Encoding: gzip"),
    "/brotli.pdf": whole(PDF, b"Content-Encoding: br"),
    "/gzip.pdf": whole(gzip.compress(PDF), b"Content-Encoding: gzip"),
    "/drip.pdf": drip,
    "/drip-headers.pdf": drip_headers,
    "/endless.pdf": endless,
    "/endless-chunks.pdf": endless_chunks,
    "/huge-header.pdf": lambda: iter([OK + b"X-Long: " + b"y" * 300_000 + b"\r\n" + END + PDF]),
    "/truncated.pdf": lambda: iter([OK + b"Content-Length: 9000\r\n" + END + PDF]),
    "/not-http.pdf": lambda: iter([b"SSH-2.0-OpenSSH_9.6\r\n"]),
    "/nothing.pdf": lambda: iter([]),
    "/empty.pdf": whole(b""),
    "/named.pdf": whole(PDF, b'Content-Disposition: attachment; filename="../../../../etc/cron.d/x"'),
    "/challenge.pdf": whole(b"<!DOCTYPE html><html><head><title>Just a moment...</title></head></html>"),
    "/html.pdf": whole(b"\n<html><body>Please accept our cookies.</body></html>", b"Content-Type: application/pdf"),
    "/soft-404": whole(b"<!doctype html><html><head><title>Page not found | Invented</title></head></html>"),
    "/script": whole(b"<html><title><script>alert(1)</script>Report</title>\xe9t\xe9 \x93quoted\x94</html>",
                     b"Content-Type: text/html; charset=utf-7"),
}  # fmt: skip


class Handler(socketserver.StreamRequestHandler):
    """One request a connection."""

    def handle(self) -> None:
        line = self.rfile.readline().decode("latin-1")
        while self.rfile.readline().strip():
            pass
        path = line.split(" ")[1] if line.count(" ") == 2 else "/"
        try:
            for piece in ANSWERS.get(path, whole(b"?"))():
                self.wfile.write(piece)
        except OSError:
            return  # the other side has had enough


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextmanager
def serve_hostile() -> Iterator[str]:
    """The address of the hostile host, served until the block ends."""
    pack_nothing()
    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
