"""Hands digests on: into a folder a lead, and by mail. What went out is in the ledger; nothing goes out twice.

A digest is released once a theme and day: its files are copied, its messages are put in the outbox, and the ledger
says what was told. Whatever could not go out then stays owed and is tried again each night, unchanged.
"""

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from flows.post import Postbox, compose_message, message_name, open_postbox
from flows.publish import OPEN, built_for
from pipeline.ids import content_hash, text_hash
from pipeline.issues import append_issues, stamp_run
from pipeline.ledger import Ledger, Sending, ToldRow
from pipeline.records import Issue, Level
from pipeline.settings import Settings
from pipeline.store import write_whole
from pipeline.workspace import Workspace
from warehouse.digests import Summary, list_files, load_told_rows, read_summaries

FOLDER, MAIL = "folder", "mail"


@dataclass(slots=True)
class Delivered:
    """What came of one delivery: how many were handed on, and one sentence for each that was not."""

    sent: int = 0
    failures: list[str] = field(default_factory=list)


def deliver(settings: Settings, run_id: str, now: datetime) -> Delivered:
    """Release tonight's digests, once, and send all that is owed. A failure is an issue and tried again next time."""
    workspace = Workspace(settings.data)
    if not workspace.warehouse.exists():
        return Delivered()
    ledger = Ledger(workspace.ledger)
    result = Delivered()
    day = built_for(workspace)
    known = {summary.theme for summary in read_summaries(workspace.digests / day.isoformat())}
    for theme in sorted(set(settings.delivery.recipients) - known if known else ()):
        result.failures.append(f"The settings name recipients for the theme {theme!r}, and there is no such theme.")
    _release(settings, day, now)
    _fill_folders(settings, ledger, now, result)
    _send_outbox(settings, ledger, now, result)
    issues = [Issue("", "deliver", Level.ERROR, "not_delivered", sentence) for sentence in result.failures]
    append_issues(workspace.issues / f"{run_id}.jsonl", stamp_run(issues, run_id))
    return result


def _release(settings: Settings, day: date, now: datetime) -> None:
    """Put tonight's messages in the outbox and say in the ledger what they tell; a theme once a day."""
    workspace = Workspace(settings.data)
    ledger = Ledger(workspace.ledger)
    folder = workspace.digests / day.isoformat()
    told = load_told_rows(folder)
    if not told:
        return
    released = {one.theme for one in ledger.sendings().records if one.event == "told" and one.as_of == day}
    for summary in read_summaries(folder):
        if summary.theme in told and summary.theme not in released:
            _fill_outbox(settings, ledger, summary.theme, day, now)
            ledger.add_sendings([_tell(summary, told[summary.theme], folder, now)])


def _tell(summary: Summary, rows: Sequence[ToldRow], folder: Path, now: datetime) -> Sending:
    key = _content_key(list_files(folder, summary.theme))
    slug = name_folder(summary.lead)
    return Sending(now, "told", summary.theme, summary.as_of, FOLDER, slug, key, summary.since, None, tuple(rows))


def _fill_outbox(settings: Settings, ledger: Ledger, theme: str, day: date, now: datetime) -> None:
    mail = settings.delivery.mail
    recipients = settings.delivery.recipients.get(theme, ())
    if mail is None or not recipients:
        return
    workspace = Workspace(settings.data)
    folder = workspace.digests / day.isoformat() / ("" if mail.restricted else OPEN)
    summary = next((one for one in read_summaries(folder) if one.theme == theme), None)
    if summary is None or (mail.quiet_nights == "skip" and not summary.changed):
        return
    page = workspace.digests / day.isoformat() / f"{theme}.html"  # made from the public file in any case
    files = {*list_files(folder, theme), *([page] if page.exists() else [])}
    sent = {one.message_id for one in ledger.sendings().records if one.event == "sent"}
    for address in recipients:
        message = compose_message(mail.sender, address, summary, sorted(files), now)
        message_id = str(message["Message-ID"])
        if message_id not in sent:
            write_whole(workspace.outbox / message_name(message_id), message.as_bytes())
            ledger.add_sendings([Sending(now, "intended", theme, day, MAIL, address, message_id, summary.since)])


def _fill_folders(settings: Settings, ledger: Ledger, now: datetime, result: Delivered) -> None:
    """Copy every digest that was told and is not yet in its lead's folder."""
    workspace = Workspace(settings.data)
    place = settings.delivery.folder or workspace.lead_folders
    lines = ledger.sendings().records
    done = {(one.theme, one.as_of) for one in lines if one.channel == FOLDER and one.event in ("sent", "gone")}
    for told in lines:
        if told.event != "told" or (told.theme, told.as_of) in done:
            continue
        outcome, detail = _fill_folder(workspace, place, told)
        if detail:
            result.failures.append(f"The digest of {told.theme} is not in its lead's folder: {detail}.")
        result.sent += outcome == "sent"
        ledger.add_sendings(
            [Sending(now, outcome, told.theme, told.as_of, FOLDER, told.recipient, told.message_id, None, detail)]
        )


def _fill_folder(workspace: Workspace, place: Path, told: Sending) -> tuple[str, str | None]:
    """What came of copying one digest, and why it failed: "failed" is tried again, "gone" cannot be."""
    files = list_files(workspace.digests / told.as_of.isoformat(), told.theme)
    if not files:
        return "gone", f"the files of {told.as_of} were deleted before they were handed on"
    target = place / told.recipient / told.as_of.isoformat()
    try:
        target.mkdir(parents=True, exist_ok=True)
        for file in files:
            shutil.copyfile(file, target / file.name)
    except OSError as error:
        return "failed", f"{target}: {error.strerror or error}; it is tried again"
    return "sent", None


def _send_outbox(settings: Settings, ledger: Ledger, now: datetime, result: Delivered) -> None:
    """Send each message of the outbox; what went out is taken from it, what failed stays."""
    workspace = Workspace(settings.data)
    waiting = sorted(workspace.outbox.glob("*.eml"))
    mail = settings.delivery.mail
    if not waiting or mail is None:
        return
    intended = {message_name(one.message_id): one for one in ledger.sendings().records if one.event == "intended"}
    sent = {message_name(one.message_id) for one in ledger.sendings().records if one.event == "sent"}
    owed = [path for path in waiting if path.name in intended and path.name not in sent]
    for path in waiting:
        if path.name in sent:  # stopped between the two steps of the last run
            path.unlink()
    if owed:
        with open_postbox(mail) as postbox:
            for path in owed:
                _send_one(postbox, path, intended[path.name], ledger, now, result)


def _send_one(
    postbox: Postbox, path: Path, intended: Sending, ledger: Ledger, now: datetime, result: Delivered
) -> None:
    problem = postbox.send(path.read_bytes(), intended.recipient)
    ledger.add_sendings(
        [
            Sending(
                now, "failed" if problem else "sent", intended.theme, intended.as_of, MAIL, intended.recipient,
                intended.message_id, intended.since, problem,
            )
        ]
    )  # fmt: skip
    if problem:
        result.failures.append(
            f"The digest of {intended.theme} did not go to {intended.recipient}: {problem}; it is tried again."
        )
    else:
        path.unlink()
        result.sent += 1


def name_folder(lead: str) -> str:
    """A role as the name of a folder."""
    slug = "-".join("".join(char if char.isalnum() else " " for char in lead.casefold()).split())
    return slug or f"lead-{text_hash(lead)}"


def _content_key(files: Iterable[Path]) -> str:
    return text_hash(*(content_hash(file.read_bytes()) for file in files))
