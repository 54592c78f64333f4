"""Delivery: into a folder a lead and over a real SMTP server with TLS; never twice, never lost, what failed is told."""

import email
import shutil
import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from flows.deliver import deliver, name_folder
from flows.post import Postbox
from flows.publish import write_digests
from flows.troubles import find_troubles
from pipeline.issues import read_issues
from pipeline.ledger import Ledger, Unsettled
from pipeline.settings import Delivery, Mail, Settings
from pipeline.store import write_whole
from pipeline.workspace import Workspace
from tests.endpoints import find_port, make_certificate
from tests.warehouse_facts import AS_OF, NIGHT, SECRET, make_facts
from warehouse.csv_cells import read_csv
from warehouse.facts import Facts
from warehouse.publish import publish
from warehouse.told import first_shared, read_told

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
THEME = "death-police-contact"
LEAD = "lead@example.org"
PASSWORD = "correct horse battery"


class Inbox:
    """What a mail server of ours does with a message: takes it, or refuses it while `is_broken`."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.is_broken = False
        self.hangs_up = False
        self.was_encrypted: list[bool] = []

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802 (aiosmtpd's)
        self.was_encrypted.append(session.ssl is not None)  # type: ignore[attr-defined]
        if self.is_broken:
            return "451 The disk is full"
        message = email.message_from_bytes(envelope.content, policy=policy.default)  # type: ignore[attr-defined]
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        if self.hangs_up:
            server.transport.abort()  # type: ignore[attr-defined]
        return "250 Taken"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for localhost and its key, good for a day."""
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def server(certificate: tuple[Path, Path]) -> Iterator[tuple[Inbox, int]]:
    """A mail server on this machine that wants STARTTLS and a password."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    inbox = Inbox()

    def check(_server: object, _session: object, _envelope: object, _how: str, data: object) -> AuthResult:
        good = isinstance(data, LoginPassword) and data.password == PASSWORD.encode()
        return AuthResult(success=good, handled=good)

    controller = Controller(
        inbox, hostname="127.0.0.1", port=find_port(), tls_context=context, require_starttls=True, authenticator=check,
        auth_required=True, auth_require_tls=True,
    )  # fmt: skip
    controller.start()
    try:
        yield inbox, controller.server.sockets[0].getsockname()[1]
    finally:
        controller.stop()


def make_night(data: Path, facts: Facts) -> Settings:
    """A published night, and settings without mail."""
    workspace = Workspace(data)
    publish(facts, workspace.published, may_shrink=True)
    write_whole(workspace.published / "built_from.json", f'{{"state": "x", "as_of": "{facts.as_of}"}}'.encode())
    return Settings(data=data)


@pytest.fixture(scope="module")
def first_night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of one night with its digests, those for the post too; nothing is handed on yet."""
    data = tmp_path_factory.mktemp("night") / "data"
    mail = Mail(host="localhost", sender="perennial@example.org")
    settings = make_night(data, make_facts()).model_copy(update={"delivery": Delivery(mail=mail)})
    write_digests(settings)
    return data


@pytest.fixture
def settings(first_night: Path, data: Path) -> Settings:
    """Settings without mail on a copy of that night."""
    shutil.copytree(first_night, data)
    return Settings(data=data)


@pytest.fixture
def no_bulletins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Later nights of a test need digests only, and drawing takes long."""
    monkeypatch.setattr("warehouse.bulletin.pages.make_bulletins", lambda *_paths, **_more: {})


def with_mail(settings: Settings, port: int, certificate: tuple[Path, Path], **more: object) -> Settings:
    secret = settings.data / "password"
    secret.write_text(PASSWORD + "\n")
    values = {
        "host": "localhost", "port": port, "sender": "perennial@example.org", "user": "perennial",
        "password_file": secret, "ca_file": certificate[0], "seconds": 5, **more,
    }  # fmt: skip
    mail = Mail.model_validate(values)
    return settings.model_copy(update={"delivery": Delivery(mail=mail, recipients={THEME: (LEAD,)})})


def events(settings: Settings, channel: str) -> list[str]:
    return [one.event for one in Ledger(Workspace(settings.data).ledger).sendings().records if one.channel == channel]


def test_each_lead_finds_a_folder_once(settings: Settings, data: Path) -> None:
    result = deliver(settings, "run1", NOW)
    assert (result.sent, result.failures) == (4, [])
    folder = Workspace(data).lead_folders / "custody-lead" / AS_OF.isoformat()
    assert sorted(path.name for path in folder.iterdir()) == [f"{THEME}.csv", f"{THEME}.html", f"{THEME}.xlsx"]
    before = {path: path.read_bytes() for path in folder.iterdir()}
    assert deliver(settings, "run2", NOW).sent == 0, "a second run of the same night hands nothing on"
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    assert events(settings, "folder").count("sent") == 4


@pytest.mark.usefixtures("no_bulletins")
def test_the_next_digest_holds_only_what_changed_since(settings: Settings, data: Path) -> None:
    facts = make_facts()
    deliver(settings, "run1", NOW)
    tomorrow = AS_OF + timedelta(days=1)
    make_night(data, replace(facts, as_of=tomorrow))
    first = [path.read_bytes() for path in write_digests(settings)]
    rows = read_csv((Workspace(data).digests / tomorrow.isoformat() / f"{THEME}.csv").read_bytes())
    assert [row["section"] for row in rows] == ["nothing_new", "standing"]
    assert rows[0]["text"] == "Nothing new since 2026-11-23."
    deliver(settings, "run2", NOW + timedelta(days=1))
    assert [path.read_bytes() for path in write_digests(settings)] == first, (
        "what was sent today does not change today's"
    )


@pytest.mark.usefixtures("no_bulletins")
def test_what_was_told_and_changed_is_corrected_or_withdrawn(settings: Settings, data: Path) -> None:
    facts = make_facts()
    deliver(settings, "run1", NOW)
    again = next(f for f in facts.files if f.ref.title == "custody inspection 2026")
    first = next(f for f in facts.files if f.ref.title == "custody inspection 2022")
    extractions = dict(facts.extractions)
    gone = extractions[again.sha256].recommendations[0].recommendation_id
    extractions[again.sha256] = replace(
        extractions[again.sha256], recommendations=extractions[again.sha256].recommendations[1:]
    )
    moved = replace(extractions[first.sha256].recommendations[0], deadline=date(2023, 6, 1))
    extractions[first.sha256] = replace(extractions[first.sha256], recommendations=(moved,))
    changed = replace(
        facts, as_of=AS_OF + timedelta(days=1), extractions=extractions, commons=(), recommendation_vectors=None,
        assignments=[one for one in facts.assignments if one.recommendation_id != gone],
        links=[one for one in facts.links if gone not in (one.earlier_id, one.later_id)], passage_vectors=None,
    )  # fmt: skip
    coroner = next(f for f in facts.files if f.ref.reference == "2024-0123")
    taken_back = replace(coroner, ref=replace(coroner.ref, withdrawn_on=AS_OF))
    files = [taken_back if f is coroner else f for f in facts.files]
    changed = replace(changed, links=[], files=files)
    make_night(data, changed)
    write_digests(settings)
    rows = read_csv((Workspace(data).digests / "2026-11-24" / f"{THEME}.csv").read_bytes())
    found = {row["section"]: row for row in rows}
    assert "was 2023-03-01 and is 2023-06-01" in found["corrected"]["reason"]
    withdrawn = {row["recommendation_id"]: row for row in rows if row["section"] == "withdrawn"}
    assert withdrawn[gone]["text"].startswith("The force should make sure")
    assert "no longer stands" in withdrawn[gone]["reason"]
    reasons = {row["reason"] for row in withdrawn.values()}
    assert "Its document was withdrawn or is no longer published, since 2026-11-23" in reasons
    deliver(settings, "run2", NOW + timedelta(days=1))
    make_night(data, replace(changed, as_of=AS_OF + timedelta(days=2)))
    write_digests(settings)
    rows = read_csv((Workspace(data).digests / "2026-11-25" / f"{THEME}.csv").read_bytes())
    assert [row["section"] for row in rows] == ["nothing_new"], "told once"


@pytest.mark.usefixtures("no_bulletins")
def test_what_comes_in_later_on_the_day_is_told_the_next_day(data: Path) -> None:
    facts = make_facts()
    late = next(f for f in facts.files if f.ref.title == "custody inspection 2026")
    files = [
        replace(file, fetched_at=NIGHT + timedelta(hours=9) if file is late else NIGHT - timedelta(days=3))
        for file in facts.files
    ]
    unread = replace(facts.extractions[late.sha256], recommendations=())
    ids = {row.recommendation_id for row in facts.extractions[late.sha256].recommendations}
    in_the_morning = replace(
        facts,
        files=files,
        extractions={**facts.extractions, late.sha256: unread},
        assignments=[one for one in facts.assignments if one.recommendation_id not in ids],
        commons=(),
        links=(),
        recommendation_vectors=None,
        passage_vectors=None,
    )
    settings = make_night(data, in_the_morning)
    write_digests(settings)
    deliver(settings, "run1", NOW)
    make_night(data, replace(facts, files=files, as_of=AS_OF + timedelta(days=1)))
    write_digests(settings)
    rows = read_csv((Workspace(data).digests / "2026-11-24" / "missing-persons.csv").read_bytes())
    assert rows[0]["section"] == "new"


def test_shared_says_when_it_went_out(settings: Settings, data: Path) -> None:
    facts = make_facts()
    lines = Ledger(Workspace(data).ledger)
    assert first_shared(lines.sendings().records) == {}
    deliver(settings, "run1", NOW)
    shared = first_shared(lines.sendings().records)
    assert set(shared.values()) == {NOW.date()}
    from warehouse.connect import fetch_rows, open_reader

    make_night(data, replace(facts, shared=shared, as_of=AS_OF + timedelta(days=1)))
    with open_reader(Workspace(data).warehouse) as connection:
        stages = {
            row["stage"] for row in fetch_rows(connection, "SELECT stage FROM register WHERE shared_on IS NOT NULL")
        }
    assert "shared" in stages


def test_mail_goes_out_once_over_tls(
    settings: Settings, data: Path, server: tuple[Inbox, int], certificate: tuple[Path, Path]
) -> None:
    inbox, port = server
    settings = with_mail(settings, port, certificate)
    result = deliver(settings, "run1", NOW)
    assert result.failures == []
    (message,) = inbox.messages
    assert inbox.was_encrypted == [True]
    assert message["To"] == LEAD
    assert "3 changed, 23/11/2026" in message["Subject"]
    attached = {part.get_filename(): part for part in message.iter_attachments()}
    assert set(attached) == {f"{THEME}.csv", f"{THEME}.xlsx", f"{THEME}.html"}
    assert SECRET not in attached[f"{THEME}.csv"].get_content(), "restricted rows do not go by mail"
    assert not list(Workspace(data).outbox.glob("*.eml"))
    deliver(settings, "run2", NOW)
    deliver(settings, "run3", NOW + timedelta(hours=1))
    assert len(inbox.messages) == 1
    assert events(settings, "mail") == ["intended", "sending", "sent"]


def test_a_failed_mail_is_told_and_tried_again_as_it_was(
    settings: Settings, data: Path, server: tuple[Inbox, int], certificate: tuple[Path, Path]
) -> None:
    inbox, port = server
    settings = with_mail(settings, port, certificate)
    inbox.is_broken = True
    result = deliver(settings, "run1", NOW)
    assert result.failures == [
        f"The digest of {THEME} did not go to {LEAD}: SMTPDataError: The disk is full; it is tried again."
    ]
    (issue,) = [one for one in read_issues(Workspace(data).issues) if one.stage == "deliver"]
    assert (issue.code, issue.run_id) == ("not_delivered", "run1")
    (waiting,) = Workspace(data).outbox.glob("*.eml")
    owed = email.message_from_bytes(waiting.read_bytes(), policy=policy.default)
    inbox.is_broken = False
    assert deliver(settings, "run2", NOW + timedelta(days=1)).failures == []
    (message,) = inbox.messages
    assert message["Message-ID"] == owed["Message-ID"]
    assert events(settings, "mail") == ["intended", "sending", "failed", "sending", "sent"]


def test_a_run_killed_before_the_ledger_was_told_sends_nothing_twice(
    settings: Settings, data: Path, server: tuple[Inbox, int], certificate: tuple[Path, Path]
) -> None:
    """The outbox is filled first: whatever line of the ledger is missing, the message keeps its id."""
    inbox, port = server
    settings = with_mail(settings, port, certificate)
    deliver(settings, "run1", NOW)
    path = Ledger(Workspace(data).ledger).sendings_path
    kept = [line for line in path.read_bytes().splitlines(keepends=True) if b'"told"' not in line]
    path.write_bytes(b"".join(kept))
    deliver(settings, "run2", NOW)
    assert len(inbox.messages) == 1


class Killed(BaseException):
    """Stands for a signal nobody can catch."""


@pytest.mark.parametrize(("decided", "messages"), [(Unsettled.AGAIN, 2), (Unsettled.FORGET, 1)])
def test_a_run_killed_while_it_sent_leaves_a_doubt_that_a_person_settles(
    settings: Settings,
    data: Path,
    server: tuple[Inbox, int],
    certificate: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    decided: Unsettled,
    messages: int,
) -> None:
    """The server had the message, the ledger does not say so: it is not sent again by itself, and told once."""
    inbox, port = server
    settings = with_mail(settings, port, certificate)
    hand_over = Postbox._hand_over

    def die_after(*arguments: object) -> None:
        hand_over(*arguments)  # type: ignore[arg-type]
        raise Killed

    monkeypatch.setattr(Postbox, "_hand_over", die_after)
    with pytest.raises(Killed):
        deliver(settings, "run1", NOW)
    monkeypatch.undo()
    (failure,) = deliver(settings, "run2", NOW).failures
    assert f"Nobody knows whether the digest of {THEME} went to {LEAD}" in failure
    assert [one.key for one in find_troubles(settings, NOW)][-1] == "delivery"
    assert deliver(settings, "run3", NOW).failures == []
    assert len(inbox.messages) == 1
    assert deliver(settings, "run4", NOW, decided).failures == []
    assert len({str(message["Message-ID"]) for message in inbox.messages}) == 1
    assert len(inbox.messages) == messages
    assert not list(Workspace(data).outbox.glob("*.eml"))
    assert deliver(settings, "run5", NOW, decided).sent == 0


def test_a_server_that_hangs_up_without_a_word_is_not_sent_to_twice(
    settings: Settings, server: tuple[Inbox, int], certificate: tuple[Path, Path]
) -> None:
    inbox, port = server
    settings = with_mail(settings, port, certificate)
    inbox.hangs_up = True
    (failure,) = deliver(settings, "run1", NOW).failures
    assert "Nobody knows whether" in failure
    inbox.hangs_up = False
    assert deliver(settings, "run2", NOW).failures == []
    assert len(inbox.messages) == 1


def test_a_message_whose_digest_never_counted_as_told_is_made_anew(
    settings: Settings, data: Path, server: tuple[Inbox, int], certificate: tuple[Path, Path]
) -> None:
    """Stopped after the outbox was filled and before the ledger was told: the next night may tell it otherwise."""
    inbox, port = server
    settings = with_mail(settings, port, certificate)
    write_whole(Workspace(data).outbox / "0123456789abcdef.eml", b"Subject: of the night that was stopped\r\n\r\n")
    assert deliver(settings, "run1", NOW).failures == []
    (message,) = inbox.messages
    assert "3 changed" in message["Subject"]
    assert not list(Workspace(data).outbox.glob("*.eml"))


@pytest.mark.parametrize("fault", ["no TLS", "wrong certificate", "wrong password", "nobody there"])
def test_nothing_goes_out_in_the_clear_or_to_strangers(
    settings: Settings, data: Path, server: tuple[Inbox, int], certificate: tuple[Path, Path], fault: str
) -> None:
    inbox, port = server
    settings = with_mail(settings, port, certificate)
    mail = settings.delivery.mail
    assert mail is not None
    plain = Controller(Inbox(), hostname="127.0.0.1", port=find_port())
    plain.start()
    update: dict[str, object] = {
        "no TLS": {"port": plain.server.sockets[0].getsockname()[1]},
        "wrong certificate": {"ca_file": None},
        "wrong password": {"password_file": None},
        "nobody there": {"port": 1},
    }[fault]  # type: ignore[assignment]
    broken = settings.delivery.model_copy(update={"mail": mail.model_copy(update=update)})
    settings = settings.model_copy(update={"delivery": broken})
    try:
        (failure,) = deliver(settings, "run1", NOW).failures
    finally:
        plain.stop()
    assert LEAD in failure
    assert PASSWORD not in failure
    assert inbox.messages == []
    assert PASSWORD.encode() not in Ledger(Workspace(data).ledger).sendings_path.read_bytes()


def test_a_folder_that_cannot_be_written_is_told_and_tried_again(settings: Settings, tmp_path: Path) -> None:
    share = tmp_path / "share"
    share.write_text("a file where the folder should be")
    settings = settings.model_copy(update={"delivery": Delivery(folder=share)})
    assert len(deliver(settings, "run1", NOW).failures) == 4
    (_, *others) = [line for line in events(settings, "folder") if line == "failed"]
    assert len(others) == 3
    share.unlink()
    assert deliver(settings, "run2", NOW).failures == []
    assert (share / "custody-lead" / AS_OF.isoformat() / f"{THEME}.xlsx").exists()


def test_restricted_rows_told_are_not_withdrawn_in_the_open_digest(settings: Settings, data: Path) -> None:
    deliver(settings, "run1", NOW)
    lines = Ledger(Workspace(data).ledger).sendings().records
    both = [read_told(lines, AS_OF + timedelta(days=1), is_public=flag)[THEME].rows for flag in (False, True)]
    assert len(both[0]) == len(both[1]) + 1


def test_what_cannot_be_handed_on_any_more_is_told_once(settings: Settings, data: Path) -> None:
    deliver(settings, "run0", NOW)
    path = Ledger(Workspace(data).ledger).sendings_path
    path.write_bytes(b"".join(line for line in path.read_bytes().splitlines(keepends=True) if b'"sent"' not in line))
    shutil.rmtree(Workspace(data).digests)
    failures = deliver(settings, "run1", NOW).failures
    assert len(failures) == 4
    assert "were deleted before they were handed on" in failures[0]
    assert deliver(settings, "run2", NOW).failures == []


def test_recipients_of_a_theme_that_is_not_there_are_told(settings: Settings) -> None:
    delivery = Delivery(recipients={"no-such-theme": (LEAD,)})
    (failure,) = deliver(settings.model_copy(update={"delivery": delivery}), "run1", NOW).failures
    assert failure == "The settings name recipients for the theme 'no-such-theme', and there is no such theme."


def test_folders_are_named_after_roles() -> None:
    assert name_folder("Superintendent, Custody & Detention") == "superintendent-custody-detention"
    assert name_folder("../..").startswith("lead-")
