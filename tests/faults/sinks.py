"""Where the mail and the webhook of a night end: servers on this machine that count what reaches them."""

import email
import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from aiosmtpd.controller import Controller

from tests.endpoints import find_port, make_certificate


@dataclass(slots=True)
class Taken:
    """What reached the outside world: Message-IDs of mail, and ids of what was posted, in order."""

    mails: list[str] = field(default_factory=list)
    subjects: list[str] = field(default_factory=list)
    posts: list[str] = field(default_factory=list)
    is_silent: bool = False  # the mail server takes a message and hangs up without a word

    def clear(self) -> None:
        self.mails.clear()
        self.subjects.clear()
        self.posts.clear()


@dataclass(frozen=True, slots=True)
class Sinks:
    """Both servers, running."""

    mail_port: int
    hook_port: int
    certificate: Path
    taken: Taken


@contextmanager
def open_sinks(folder: Path) -> Iterator[Sinks]:
    """A mail server with TLS and a webhook, until the block ends. `folder` gets the certificate."""
    taken = Taken()
    certificate = make_certificate(folder)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)

    class Inbox:
        async def handle_DATA(self, server: Any, session: object, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's)
            message = email.message_from_bytes(envelope.content, policy=policy.default)
            taken.mails.append(str(message["Message-ID"]).strip())
            taken.subjects.append(f"{message['To']}: {message['Subject']}")
            if taken.is_silent:
                server.transport.abort()
            return "250 Taken"

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.posts.append(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["id"])
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    mail = Controller(
        Inbox(), hostname="127.0.0.1", port=find_port(), tls_context=context, require_starttls=True, data_size_limit=0
    )
    hook = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    thread = Thread(target=hook.serve_forever, args=(0.05,), daemon=True)
    mail.start()
    thread.start()
    try:
        yield Sinks(mail.server.sockets[0].getsockname()[1], hook.server_port, certificate[0], taken)
    finally:
        mail.stop()
        hook.shutdown()
        hook.server_close()
