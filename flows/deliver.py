"""Hands digests on: into a folder a lead, and by mail. What went out is in the ledger; nothing goes out twice.

A digest is released once a theme and day: its files are copied, its messages are put in the outbox, and the ledger
says what was told. Whatever could not go out then stays owed and is tried again each night, unchanged. Only a message
of which nobody knows whether it went is not: a person decides.
"""

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from flows.post import Postbox, Unsure, compose_message, message_name, open_postbox
from flows.publish import OPEN, built_for
from pipeline.ids import content_hash, text_hash
from pipeline.issues import append_issues, stamp_run
from pipeline.ledger import Ledger, Sending, ToldRow, Unsettled
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


def deliver(settings: Settings, run_id: str, now: datetime, unsure: Unsettled = Unsettled.KEEP) -> Delivered:
    """Release tonight's digests, once, and send all that is owed. A failure is an issue and tried again next time.

    `unsure` says what a person decided on messages of which nobody knows whether they went out.
    """
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
    _settle(workspace, ledger, now, unsure, result)
    _send_outbox(settings, ledger, now, result)
    issues = [Issue("", "deliver", Level.ERROR, "not_delivered", sentence) for sentence in result.failures]
    append_issues(workspace.issues / f"{run_id}.jsonl", stamp_run(issues, run_id))
    return result


def was_cut_off(workspace: Workspace) -> bool:
    """Whether a run was stopped in the moment a message went; the next delivery tells of it."""
    return any(last.event == "sending" for _, last in _list_waiting(workspace, Ledger(workspace.ledger)))


def _release(settings: Settings, day: date, now: datetime) -> None:
    """Put tonight's messages in the outbox and say in the ledger what they tell; a theme once a day."""
    workspace = Workspace(settings.data)
    ledger = Ledger(workspace.ledger)
    folder = workspace.digests / day.isoformat()
    told = load_told_rows(folder)
    if not told:
        return
    _drop_unreleased(workspace, ledger)
    released = {one.theme for one in ledger.sendings().records if one.event == "told" and one.as_of == day}
    for summary in read_summaries(folder):
        if summary.theme in told and summary.theme not in released:
            intended = _fill_outbox(settings, ledger, summary.theme, day, now)
            ledger.add_sendings([*intended, _tell(summary, told[summary.theme], folder, now)])


def _drop_unreleased(workspace: Workspace, ledger: Ledger) -> None:
    """Messages of a run that was stopped before their digest counted as told: it is told anew, perhaps otherwise."""
    waiting = sorted(workspace.outbox.glob("*.eml"))
    kept = {message_name(one.message_id) for one in _list_released(ledger)} if waiting else set()
    for path in waiting:
        if path.name not in kept:
            path.unlink()


def _list_released(ledger: Ledger) -> list[Sending]:
    """The lines of messages whose digest counts as told."""
    lines = ledger.sendings().records
    told = {(one.theme, one.as_of) for one in lines if one.event == "told"}
    return [one for one in lines if one.channel == MAIL and (one.theme, one.as_of) in told]


def _tell(summary: Summary, rows: Sequence[ToldRow], folder: Path, now: datetime) -> Sending:
    key = _content_key(list_files(folder, summary.theme))
    slug = name_folder(summary.lead)
    return Sending(now, "told", summary.theme, summary.as_of, FOLDER, slug, key, summary.since, None, tuple(rows))


def _fill_outbox(settings: Settings, ledger: Ledger, theme: str, day: date, now: datetime) -> list[Sending]:
    """Put a theme's messages in the outbox; the lines that say so count once the digest is told."""
    mail = settings.delivery.mail
    recipients = settings.delivery.recipients.get(theme, ())
    if mail is None or not recipients:
        return []
    workspace = Workspace(settings.data)
    folder = workspace.digests / day.isoformat() / ("" if mail.restricted else OPEN)
    summary = next((one for one in read_summaries(folder) if one.theme == theme), None)
    if summary is None or (mail.quiet_nights == "skip" and not summary.changed):
        return []
    page = workspace.digests / day.isoformat() / f"{theme}.html"  # made from the public file in any case
    files = {*list_files(folder, theme), *([page] if page.exists() else [])}
    sent = {one.message_id for one in ledger.sendings().records if one.event in ("sent", "unsure")}
    intended = []
    for address in recipients:
        message = compose_message(mail.sender, address, summary, sorted(files), now)
        message_id = str(message["Message-ID"])
        if message_id not in sent:
            write_whole(workspace.outbox / message_name(message_id), message.as_bytes())
            intended.append(Sending(now, "intended", theme, day, MAIL, address, message_id, summary.since))
    return intended


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


def _settle(workspace: Workspace, ledger: Ledger, now: datetime, decided: Unsettled, result: Delivered) -> None:
    """Tell once of each message that was cut off on its way, and do with such what a person decided."""
    for path, last in _list_waiting(workspace, ledger):
        if last.event == "sending":  # stopped between the mail server's taking it and the line that says so
            last = replace(last, recorded_at=now, event="unsure", detail="the run was stopped while it was sent")
            ledger.add_sendings([last])
            result.failures.append(_tell_unsure(last))
        if last.event == "unsure" and decided != Unsettled.KEEP:
            event = "failed" if decided == Unsettled.AGAIN else "gone"
            ledger.add_sendings([replace(last, recorded_at=now, event=event, detail="as a person decided")])
        if (last.event == "unsure" and decided == Unsettled.FORGET) or last.event in ("sent", "gone"):
            path.unlink()


def _send_outbox(settings: Settings, ledger: Ledger, now: datetime, result: Delivered) -> None:
    """Send each message that is owed; what went out is taken from the outbox, what failed stays."""
    workspace = Workspace(settings.data)
    mail = settings.delivery.mail
    owed = [one for one in _list_waiting(workspace, ledger) if one[1].event in ("intended", "failed")]
    if owed and mail:
        with open_postbox(mail) as postbox:
            for path, last in owed:
                _send_one(postbox, path, replace(last, recorded_at=now, detail=None), ledger, result)


def _send_one(postbox: Postbox, path: Path, line: Sending, ledger: Ledger, result: Delivered) -> None:
    try:
        problem = postbox.send(
            path.read_bytes(), line.recipient, lambda: ledger.add_sendings([replace(line, event="sending")])
        )
    except Unsure as error:
        unsure = replace(line, event="unsure", detail=str(error))
        ledger.add_sendings([unsure])
        result.failures.append(_tell_unsure(unsure))
        return
    ledger.add_sendings([replace(line, event="failed" if problem else "sent", detail=problem)])
    if problem:
        result.failures.append(
            f"The digest of {line.theme} did not go to {line.recipient}: {problem}; it is tried again."
        )
    else:
        path.unlink()
        result.sent += 1


def _list_waiting(workspace: Workspace, ledger: Ledger) -> list[tuple[Path, Sending]]:
    """Each message of the outbox with the last line on it."""
    waiting = sorted(workspace.outbox.glob("*.eml"))
    if not waiting:
        return []  # most nights: the ledger is long, and not read for nothing
    last = {message_name(one.message_id): one for one in _list_released(ledger)}
    return [(path, last[path.name]) for path in waiting if path.name in last]


def _tell_unsure(line: Sending) -> str:
    return (
        f"Nobody knows whether the digest of {line.theme} went to {line.recipient}: {line.detail}. Ask there, then "
        "`perennial deliver --unsure again` or `--unsure forget`."
    )


def name_folder(lead: str) -> str:
    """A role as the name of a folder."""
    slug = "-".join("".join(char if char.isalnum() else " " for char in lead.casefold()).split())
    return slug or f"lead-{text_hash(lead)}"


def _content_key(files: Iterable[Path]) -> str:
    return text_hash(*(content_hash(file.read_bytes()) for file in files))
