"""Tells the operator, by e-mail or webhook, what needs a person: once, until it changes; and once a week how all is.

What was told to whom is a line of `ledger/notices.jsonl`, and so is each attempt. A message that cannot go out is an
issue, and is tried again; one of which nobody knows whether it went out is not: the next message says so.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import urlsplit

from pydantic import TypeAdapter

from flows.order import Order
from flows.post import NoPassword, Unsure, open_postbox
from flows.retention import tidy
from flows.troubles import Trouble, find_troubles
from pipeline.fetch.connection import Unreachable
from pipeline.fetch.post import NoAnswer, post_json
from pipeline.ids import text_hash
from pipeline.issues import append_issues, stamp_run
from pipeline.records import Issue, Level
from pipeline.settings import Mail, Settings, read_variable
from pipeline.store import append_twice, read_lines
from pipeline.workspace import Workspace, held_since, hold_notices

TOKEN = "PERENNIAL_WEBHOOK_TOKEN"
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SUMMARY, UNSURE = "summary", "unsure"


@dataclass(frozen=True, slots=True)
class Notice:
    """One line of the ledger of what the operator was told. `event`: telling, then told or untold; over."""

    recorded_at: datetime
    channel: str  # mail:<address>, or webhook:<host>
    key: str  # of a trouble, or summary
    state: str  # of the trouble; the ISO week of a summary
    event: str


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent, whatever the channel."""

    kind: str  # trouble, summary
    subject: str
    text: str
    troubles: tuple[Trouble, ...]


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to the operator. `send` gives None, or in a few words why the message did not go; may raise `Unsure`."""

    name: str
    send: Callable[[Message], str | None]


NOTICES = TypeAdapter(Notice)


@contextmanager
def operator_told(order: Order) -> Iterator[None]:
    """Whatever comes of the night within: old files are deleted and the operator is told after it."""
    try:
        yield
    except Exception:
        with suppress(OSError):  # a full disk, say: the error at hand is the one to tell
            _after_night(order)
        raise
    _after_night(order)


def tell_operator(settings: Settings, now: datetime, *, summarise: Callable[[], str]) -> tuple[str, ...]:
    """Tell on every channel what it was not told yet; one sentence for each message that could not go out.

    `summarise` is called when the weekly summary is due. Does nothing while another process is telling.
    """
    channels = find_channels(settings, now)
    workspace = Workspace(settings.data)
    if not channels or not workspace.data.exists():
        return ()
    troubles = find_troubles(settings, now)
    with hold_notices(workspace) as is_ours:
        notices = read_lines(workspace.notices, NOTICES).records if is_ours else ()
        failures = [_tell(workspace, channel, notices, troubles, now) for channel in channels if is_ours]
        week = _week_due(settings, now)
        owed = [one for one in channels if week and is_ours and _last(notices, one).get(SUMMARY) != week]
        if owed and week:
            message = Message(SUMMARY, f"perennial ({workspace.data.name}): the week", summarise(), troubles)
            failures += [_send(workspace, one, message, {SUMMARY: week}, now) for one in owed]
    return tuple(failure for failure in failures if failure)


def find_channels(settings: Settings, now: datetime) -> tuple[Channel, ...]:
    """Every way to the operator that the settings name."""
    notify, server = settings.notify, settings.delivery.mail
    ways = [Channel(f"mail:{address}", _mail_sender(server, address, now)) for address in notify.mail]
    if notify.webhook:
        ways.append(Channel(f"webhook:{urlsplit(notify.webhook).hostname}", _webhook_sender(settings)))
    return tuple(ways)


def describe_troubles(troubles: Sequence[Trouble]) -> str:
    """Each trouble with what to do about it."""
    return "\n\n".join(f"{one.what}\n  What to do: {one.todo}" for one in troubles)


def _after_night(order: Order) -> None:
    if held_since(order.workspace) is None:
        tidy(order.settings, order.started_at.date())
    tell_of_night(order)


def tell_of_night(order: Order) -> None:
    """Tell the operator what there is to tell; what cannot be told becomes an issue of this run."""
    from flows.summary import summarise_week  # it looks at the models, which most nights have no need of again

    now = datetime.now().astimezone()
    failures = tell_operator(order.settings, now, summarise=lambda: summarise_week(order.settings, now))
    issues = [Issue("", "notify", Level.ERROR, "not_notified", sentence) for sentence in failures]
    append_issues(order.workspace.issues / f"{order.run_id}.jsonl", stamp_run(issues, order.run_id))


def _tell(
    workspace: Workspace, channel: Channel, notices: Sequence[Notice], troubles: Sequence[Trouble], now: datetime
) -> str | None:
    known, cut = _last(notices, channel), _list_cut(notices, channel)
    new = [*(one for one in troubles if known.get(one.key) != one.state), *_doubt(cut)]
    over = sorted(known.keys() - {one.key for one in troubles} - {SUMMARY, UNSURE})
    ended = {key: known[key] for key in over}
    if not new:
        _note(workspace, channel, ended, "over", now)
        return None
    parts = [describe_troubles(new)]
    if still := [one.what for one in troubles if one not in new]:
        parts.append("Told before and still so:\n" + "\n".join(f"- {what}" for what in still))
    if over:
        parts.append(f"Over since the last message: {', '.join(over)}.")
    subject = new[0].what if len(new) == 1 else f"{len(new)} things need a person"
    message = Message("trouble", f"perennial ({workspace.data.name}): {subject}"[:150], "\n\n".join(parts), tuple(new))
    states = {one.key: one.state for one in new} | {one.key: one.state for one in cut}
    failure = _send(workspace, channel, message, states, now)
    if failure is None:
        _note(workspace, channel, ended, "over", now)
    return failure


def _send(
    workspace: Workspace, channel: Channel, message: Message, states: Mapping[str, str], now: datetime
) -> str | None:
    """Send, and write down before and after what it tells: a message whose end is not written is not sent again."""
    _note(workspace, channel, states, "telling", now)
    try:
        problem = channel.send(message)
    except Unsure as error:
        return f"Nobody knows whether the operator was told by {channel.name}: {error}; the next message says so."
    _note(workspace, channel, states, "untold" if problem else "told", now)
    return f"The operator could not be told by {channel.name}: {problem}; it is tried again." if problem else None


def _note(workspace: Workspace, channel: Channel, states: Mapping[str, str], event: str, now: datetime) -> None:
    notices = [Notice(now, channel.name, key, state, event) for key, state in states.items()]
    append_twice(workspace.notices, (NOTICES.dump_json(one) for one in notices))


def _list_cut(notices: Sequence[Notice], channel: Channel) -> list[Notice]:
    """Attempts of which nobody wrote down how they ended."""
    latest = {one.key: one for one in notices if one.channel == channel.name}
    return [one for one in latest.values() if one.event == "telling"]


def _doubt(cut: Sequence[Notice]) -> Iterator[Trouble]:
    """What the next message says of such attempts."""
    if cut:
        when = max(one.recorded_at for one in cut)
        about = ", ".join(sorted({one.key for one in cut} - {UNSURE})) or "an earlier one"
        yield Trouble(
            UNSURE,
            when.isoformat(),
            f"A message of {when:%d/%m/%Y %H:%M} was cut off, and may not have reached you; it told of: {about}.",
            "`perennial doctor --summary` shows what stands.",
        )


def _last(notices: Sequence[Notice], channel: Channel) -> Mapping[str, str]:
    """The state in which each trouble that is not over was last told on this channel, perhaps in vain."""
    latest = {one.key: one for one in notices if one.channel == channel.name}
    return {key: one.state for key, one in latest.items() if one.event in ("told", "telling")}


def _week_due(settings: Settings, now: datetime) -> str | None:
    """The ISO week whose summary is due: from its day on, so that a night that fell out delays it only."""
    day = settings.notify.summary_day
    if day is None or now.weekday() < DAYS.index(day):
        return None
    year, week, _ = now.isocalendar()
    return f"{year}-W{week:02}"


def _mail_sender(server: Mail | None, address: str, now: datetime) -> Callable[[Message], str | None]:
    def send(message: Message) -> str | None:
        if server is None:
            return "no mail server is set; put `mail` under `delivery` in settings.yml"
        try:
            with open_postbox(server) as postbox:
                return postbox.send(_compose(server.sender, address, message, now).as_bytes(), address, _noted)
        except NoPassword as error:
            return str(error).rstrip(".")

    return send


def _webhook_sender(settings: Settings) -> Callable[[Message], str | None]:
    def send(message: Message) -> str | None:
        try:
            post_json(
                settings.notify.webhook or "",
                {
                    "id": text_hash(message.kind, message.text),
                    "service": "perennial",
                    "kind": message.kind,
                    "subject": message.subject,
                    "text": f"{message.subject}\n\n{message.text}",
                    "troubles": [{"key": one.key, "what": one.what, "todo": one.todo} for one in message.troubles],
                },
                token=read_variable(TOKEN),
                ca_file=settings.notify.webhook_ca_file,
            )
        except Unreachable as error:
            return str(error)
        except NoAnswer as error:
            raise Unsure(str(error)) from error
        return None

    return send


def _noted() -> None:
    """That the message is about to go is written down already."""


def _compose(sender: str, address: str, message: Message, now: datetime) -> EmailMessage:
    mail = EmailMessage(policy=policy.SMTP)
    mail["Subject"] = " ".join(message.subject.split())  # what a publisher's page said must not end a header
    mail["From"] = sender
    mail["To"] = address
    mail["Date"] = format_datetime(now)
    key = text_hash(address, message.kind, message.text, now.astimezone(UTC).date().isoformat())
    mail["Message-ID"] = f"<perennial.{message.kind}.{key}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text + "\n")
    return mail
