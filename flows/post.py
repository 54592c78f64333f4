"""Messages and the way to the mail server: one e-mail a theme and recipient, over TLS only."""

import smtplib
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from pipeline.ids import content_hash, text_hash
from pipeline.refusal import Refusal
from pipeline.settings import Mail, read_variable
from warehouse.digests import Summary

PASSWORD = "PERENNIAL_SMTP_PASSWORD"
OK, FORWARDED = 250, 251  # answers of a mail server
TYPES = {
    ".csv": ("text", "csv"),
    ".html": ("text", "html"),
    ".xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


class Unsure(RuntimeError):
    """A message was handed over and nobody said whether it was taken; in a few words why."""


class NoPassword(Refusal):
    """The password of the mail server cannot be read, in one sentence."""


def compose_message(
    sender: str, recipient: str, summary: Summary, files: Sequence[Path], now: datetime
) -> EmailMessage:
    """The e-mail that carries `files`. Its Message-ID is made of its content, so a second copy is recognised as one."""
    attached = [(file, file.read_bytes()) for file in sorted(files, key=lambda one: one.name)]
    key = text_hash(recipient, summary.theme, summary.as_of.isoformat(), *(content_hash(data) for _, data in attached))
    message = EmailMessage(policy=policy.SMTP)
    message["Subject"] = f"{summary.name}: {summary.headline}"
    message["From"] = sender
    message["To"] = recipient
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<perennial.{summary.theme}.{summary.as_of:%Y%m%d}.{key}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(
        f"{summary.name}, {summary.as_of:%d/%m/%Y}\n\n{summary.says}\n\n"
        "Attached: a workbook to sort and to judge in, the same as CSV, and a bulletin to read and print.\n"
        "To send judgements back, fill in the coloured columns of the workbook and reply with it.\n"
    )
    for file, data in attached:
        kind, form = TYPES[file.suffix]
        message.add_attachment(data, maintype=kind, subtype=form, filename=file.name)
    return message


def message_name(message_id: str) -> str:
    """The name of a message's file in the outbox."""
    return f"{text_hash(message_id)}.eml"


class Postbox:
    """A mail server, connected to when the first message goes out; a lost connection is made again for the next."""

    def __init__(self, mail: Mail) -> None:
        self._mail = mail
        self._server: smtplib.SMTP | None = None

    def send(self, message: bytes, recipient: str, note: Callable[[], None]) -> str | None:
        """None when the server took `message`, else why it did not, in a few words without secrets.

        `note` is called before the message itself is handed over: until then it surely did not go out. Raises
        `Unsure` when the server did not say what became of it.
        """
        try:
            server = self._offer(recipient)
        except smtplib.SMTPAuthenticationError:
            self.close()
            return "the mail server did not accept the user or password"
        except smtplib.SMTPRecipientsRefused:
            self.close()
            return "the mail server refused the address"
        except (smtplib.SMTPException, ssl.SSLError, OSError) as error:
            self.close()
            return f"{type(error).__name__}: {_say(error)}"
        note()
        return self._hand_over(server, message)

    def _offer(self, recipient: str) -> smtplib.SMTP:
        """The server, when it is ready to take a message for `recipient`."""
        if self._server is None:
            self._server = _connect(self._mail)
        self._server.ehlo_or_helo_if_needed()
        code, reply = self._server.mail(self._mail.sender)
        if code != OK:
            raise smtplib.SMTPSenderRefused(code, reply, self._mail.sender)
        code, reply = self._server.rcpt(recipient)
        if code not in (OK, FORWARDED):
            raise smtplib.SMTPRecipientsRefused({recipient: (code, reply)})
        return self._server

    def _hand_over(self, server: smtplib.SMTP, message: bytes) -> str | None:
        try:
            code, reply = server.data(message)
        except smtplib.SMTPDataError as error:  # it did not want to hear the message
            code, reply = error.smtp_code, error.smtp_error if isinstance(error.smtp_error, bytes) else b""
        except (smtplib.SMTPException, ssl.SSLError, OSError) as error:
            self.close()
            raise Unsure(f"{type(error).__name__}: {_say(error)}") from error
        if code == OK:
            return None
        self.close()
        return f"SMTPDataError: {_say(smtplib.SMTPDataError(code, reply))}"

    def close(self) -> None:
        """Hang up; nothing is lost."""
        server, self._server = self._server, None
        if server is not None:
            server.close()


@contextmanager
def open_postbox(mail: Mail) -> Iterator[Postbox]:
    """A postbox that is closed at the end. Raises `NoPassword` when the password's file cannot be read."""
    postbox = Postbox(mail)
    try:
        yield postbox
    finally:
        postbox.close()


def _connect(mail: Mail) -> smtplib.SMTP:
    context = ssl.create_default_context(cafile=str(mail.ca_file) if mail.ca_file else None)
    server: smtplib.SMTP
    if mail.security == "tls":
        server = smtplib.SMTP_SSL(mail.host, mail.port, timeout=mail.seconds, context=context)
    else:
        server = smtplib.SMTP(mail.host, mail.port, timeout=mail.seconds)
    try:
        if mail.security == "starttls":
            server.starttls(context=context)  # raises where the server has none: nothing goes out in the clear
        if mail.user:
            server.login(mail.user, _read_password(mail))
    except BaseException:
        server.close()
        raise
    return server


def _read_password(mail: Mail) -> str:
    if mail.password_file is None:
        return read_variable(PASSWORD) or ""
    try:
        return mail.password_file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise NoPassword(f"The password file {mail.password_file} cannot be read: {error.strerror}.") from error


def _say(error: Exception) -> str:
    """The server's own words on one line, at most 200 characters; a login dialogue is never among them."""
    reason = getattr(error, "smtp_error", None) or getattr(error, "strerror", None) or str(error)
    text = reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
    return " ".join(text.split())[:200]
