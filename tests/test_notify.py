"""What needs a person is told once until it changes, by mail and webhook; what cannot go out is told later."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from flows import post, troubles
from flows.notify import Message, describe_troubles, find_channels, operator_told, tell_operator
from flows.order import RUN, NightFailed, Order, failures_recorded, refuse_second_run
from flows.troubles import Trouble, find_troubles
from pipeline.fetch.connection import Unreachable
from pipeline.fetch.post import post_json
from pipeline.issues import append_issues, read_issues
from pipeline.ledger import Ledger, Sending
from pipeline.records import Issue, Level, RunRecord
from pipeline.settings import Delivery, Keep, Mail, Notify, Settings, SettingsError, read_settings
from pipeline.store import append_lines, write_whole
from pipeline.visits import CrawlRecord, CrawlState, Memory
from pipeline.workspace import Busy, Workspace, lay_out
from tests.endpoints import find_port

MONDAY = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)
REASON = "ppo: it listed 12 documents, and 40 in its last good crawl."


class Hook(BaseHTTPRequestHandler):
    """Takes what is posted; answers with the server's `status`."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken.append((dict(self.headers), json.loads(body)))  # type: ignore[attr-defined]
        if self.server.status is None:  # type: ignore[attr-defined]
            return  # takes it, and says nothing
        self.send_response(self.server.status)  # type: ignore[attr-defined]
        if self.server.status == 302:  # type: ignore[attr-defined]
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def hook_served() -> Iterator[HTTPServer]:
    """A webhook on this machine."""
    server = HTTPServer(("127.0.0.1", 0), Hook)
    server.taken, server.status = [], 200  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def hook() -> Iterator[HTTPServer]:
    """A webhook on this machine."""
    with hook_served() as server:
        yield server


def told(hook: HTTPServer) -> list[dict[str, object]]:
    return [body for _, body in hook.taken]  # type: ignore[attr-defined]


def make_settings(data: Path, hook: HTTPServer | None, **notify: object) -> Settings:
    lay_out(Workspace(data))
    url = f"http://127.0.0.1:{hook.server_port}/hook/secret-part" if hook else None
    return Settings(data=data, notify=Notify(webhook=url, summary_day=None).model_copy(update=notify))


def add_run(
    settings: Settings, at: datetime, state: str = "completed", lost: tuple[str, ...] = (), *more: Issue
) -> None:
    workspace = Workspace(settings.data)
    run = RunRecord(
        at.strftime("%Y%m%dT%H%M%S"), at, at + timedelta(minutes=9), at.date(), state, ("inbox", "ppo"), lost, 3, 20
    )
    append_lines(workspace.runs, [RUN.dump_json(run)])
    issues = [Issue(name, "fetch", Level.ERROR, "source_lost", REASON) for name in lost]
    append_issues(workspace.issues / f"{run.run_id}.jsonl", [*issues, *more])


def tell(settings: Settings, now: datetime) -> tuple[str, ...]:
    return tell_operator(settings, now, summarise=lambda: "All is well.")


def keys(settings: Settings, now: datetime) -> list[str]:
    return [one.key for one in find_troubles(settings, now)]


def test_a_good_night_tells_nothing(data: Path, hook: HTTPServer) -> None:
    settings = make_settings(data, hook)
    add_run(settings, MONDAY)
    assert tell(settings, MONDAY) == ()
    assert told(hook) == []


def test_a_lost_source_is_told_once_and_again_when_it_changes_or_comes_back(data: Path, hook: HTTPServer) -> None:
    settings = make_settings(data, hook)
    add_run(settings, MONDAY, "degraded", ("ppo",))
    tell(settings, MONDAY)
    tell(settings, MONDAY)
    (first,) = told(hook)
    assert first["kind"] == "trouble"
    assert REASON in str(first["text"])
    assert "perennial run --source ppo" in str(first["text"])
    add_run(settings, TUESDAY, "degraded", ("ppo",))
    tell(settings, TUESDAY)
    assert len(told(hook)) == 1, "the same trouble the next night is no news"
    other = Issue("ppo", "fetch", Level.ERROR, "source_lost", "ppo: none of its listing pages could be read (403).")
    add_run(settings, TUESDAY + timedelta(hours=1), "degraded", ("ppo",), other)
    tell(settings, TUESDAY)
    assert len(told(hook)) == 2, "another reason is"
    add_run(settings, TUESDAY + timedelta(hours=2))
    tell(settings, TUESDAY)
    add_run(settings, TUESDAY + timedelta(hours=3), "degraded", ("ppo",))
    tell(settings, TUESDAY)
    assert len(told(hook)) == 3, "and so is one that was over and is back"


def test_a_run_killed_while_it_told_says_so_in_the_next_message(data: Path, hook: HTTPServer) -> None:
    """The message went and nobody wrote it down: the same is not sent again, and what may be missing is told."""
    settings = make_settings(data, hook)
    add_run(settings, MONDAY, "degraded", ("ppo",))
    tell(settings, MONDAY)
    notices = Workspace(data).notices
    notices.write_bytes(b"".join(one for one in notices.read_bytes().splitlines(keepends=True) if b'"told"' not in one))
    tell(settings, TUESDAY)
    first, second = told(hook)
    assert first["id"] != second["id"]
    assert "may not have reached you; it told of: source:ppo" in str(second["text"])
    tell(settings, TUESDAY)
    assert len(told(hook)) == 2


def test_a_webhook_that_hangs_up_is_not_told_twice(data: Path, hook: HTTPServer) -> None:
    settings = make_settings(data, hook)
    add_run(settings, MONDAY, "degraded", ("ppo",))
    hook.status = None  # type: ignore[attr-defined]
    (failure,) = tell(settings, MONDAY)
    assert "Nobody knows whether the operator was told by webhook:127.0.0.1" in failure
    hook.status = 200  # type: ignore[attr-defined]
    assert tell(settings, TUESDAY) == ()
    first, second = told(hook)
    assert first["id"] != second["id"]


def test_a_count_that_moved_is_no_news(data: Path, hook: HTTPServer) -> None:
    settings = make_settings(data, hook)
    for day, count in enumerate((40, 41)):
        lost = Issue(
            "ppo", "fetch", Level.ERROR, "source_lost", f"ppo: it listed 12 documents, and {count} before (a)."
        )
        add_run(settings, MONDAY + timedelta(days=day), "degraded", ("ppo",), lost)
        tell(settings, MONDAY + timedelta(days=day))
    assert len(told(hook)) == 1


def test_a_source_stays_lost_until_it_is_asked_again(data: Path) -> None:
    settings = make_settings(data, None)
    add_run(settings, MONDAY, "degraded", ("ppo",))
    run = RunRecord("20261123T060000", MONDAY, TUESDAY, MONDAY.date(), "completed", ("inbox",))
    append_lines(Workspace(data).runs, [RUN.dump_json(run)])
    assert keys(settings, MONDAY) == ["source:ppo"]
    add_run(settings, MONDAY)
    assert keys(settings, MONDAY) == []


def test_a_crawl_that_was_stopped_says_what_to_look_at(data: Path) -> None:
    settings = make_settings(data, None)
    add_run(settings, MONDAY, "degraded", ("ppo",))
    crawl = CrawlRecord("c1", "ppo", MONDAY, date(2021, 1, 1), CrawlState.STOPPED, reason=REASON)
    Memory(Workspace(data).crawls / "ppo").add_crawl(crawl)
    (trouble,) = find_troubles(settings, MONDAY)
    assert "publisher's site" in trouble.todo


def test_a_failed_check_is_told_by_name_without_any_row(data: Path, hook: HTTPServer) -> None:
    settings = make_settings(data, hook)
    rows = Issue("", "publish", Level.ERROR, "check_failed", 'orphans: 3 rows, such as {"text": "a restricted ask"}')
    add_run(settings, MONDAY, "failed", (), rows)
    tell(settings, MONDAY)
    (message,) = told(hook)
    assert "orphans" in str(message["text"])
    assert "restricted ask" not in json.dumps(message)


def test_whatever_stops_a_night_is_told_after_it(data: Path, hook: HTTPServer) -> None:
    settings = make_settings(data, hook)
    order = Order(settings, (), None, MONDAY.date(), datetime.now(UTC), "20261123T040000")
    with pytest.raises(NightFailed), operator_told(order), failures_recorded(order):
        raise RuntimeError("secret words of a document")
    (message,) = told(hook)
    assert "was stopped by an error" in str(message["text"])
    assert "logs/20261123T040000.log" in str(message["text"])
    assert "secret words" not in json.dumps(message)


def test_a_stop_while_the_warehouse_works_is_no_failure(data: Path) -> None:
    order = Order(Settings(data=data), (), None, MONDAY.date(), datetime.now(UTC), "20261123T040000")
    with pytest.raises(KeyboardInterrupt), failures_recorded(order):
        raise RuntimeError("Query interrupted")  # what DuckDB raises when a signal comes
    assert not order.workspace.runs.with_name("20261123T040000.log").exists()


def test_a_stuck_run_is_found_by_the_next(data: Path, hook: HTTPServer) -> None:
    settings = make_settings(data, hook, stuck_hours=2)
    order = Order(settings, (), None, MONDAY.date(), MONDAY, "20261123T040000")
    with held(data, since=datetime.now(UTC) - timedelta(hours=1)), pytest.raises(Busy):
        refuse_second_run(order)
    assert told(hook) == []
    with held(data, since=datetime.now(UTC) - timedelta(hours=3)):
        for _ in range(2):
            with pytest.raises(Busy):
                refuse_second_run(order)
    (message,) = told(hook)
    assert "has held the data folder for 3 hours" in str(message["text"])
    refuse_second_run(order)


class held:  # noqa: N801 - reads like a function
    """The data folder held by another process since a given moment."""

    def __init__(self, data: Path, since: datetime) -> None:
        hold = (
            "import sys, time; from datetime import datetime; from pathlib import Path;"
            "from pipeline.workspace import Workspace, hold\n"
            "with hold(Workspace(Path(sys.argv[1])), now=datetime.fromisoformat(sys.argv[2])):\n"
            "    print('held', flush=True); time.sleep(600)"
        )
        command = [sys.executable, "-c", hold, str(data), since.isoformat()]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> None:
        assert self._process.stdout
        assert self._process.stdout.readline() == "held\n"

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdout
        self._process.stdout.close()


@pytest.fixture
def in_greenwich() -> Iterator[None]:
    """The schedule is in the machine's own time: here, that of Greenwich."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize(
    ("schedule", "not_yet", "late"),
    [
        ("30 2 * * *", timedelta(hours=25, minutes=29), timedelta(hours=25, minutes=31)),  # due at 02:30 on Tuesday
        ("0 * * * *", timedelta(hours=4), timedelta(hours=4, minutes=1)),  # due at 05:00
        ("30 2 * * sun", timedelta(days=6), timedelta(days=6, hours=2)),  # due on Sunday
        ("0 0 1 1 *", timedelta(days=30), timedelta(days=40)),  # due on New Year's Day
    ],
)
@pytest.mark.usefixtures("in_greenwich")
def test_a_schedule_that_has_stopped_is_found(data: Path, schedule: str, not_yet: timedelta, late: timedelta) -> None:
    settings = make_settings(data, None).model_copy(update={"schedule": schedule})
    add_run(settings, MONDAY)
    assert keys(settings, MONDAY + not_yet) == []
    assert keys(settings, MONDAY + late) == ["late"]
    [trouble] = find_troubles(settings, MONDAY + late)
    assert "No night has begun since 23/11/2026" in trouble.what


def test_a_folder_without_any_night_is_not_late(data: Path) -> None:
    assert keys(make_settings(data, None), MONDAY) == []


def test_digests_that_did_not_go_out_are_found_until_they_have(data: Path) -> None:
    settings = make_settings(data, None)
    ledger = Ledger(Workspace(data).ledger)
    owed = Sending(MONDAY, "told", "custody", MONDAY.date(), "folder", "custody-lead", "m1")
    ledger.add_sendings([owed])
    write_whole(Workspace(data).outbox / "m.eml", b"x")
    assert [one.what for one in find_troubles(settings, MONDAY)] == [
        "Digests have not gone out yet: 1 messages and 1 folders of leads."
    ]
    ledger.add_sendings([replace(owed, event="sent")])
    (Workspace(data).outbox / "m.eml").unlink()
    assert keys(settings, MONDAY) == []


def test_a_full_disk_is_found(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = make_settings(data, None)
    monkeypatch.setattr(troubles, "free_gigabytes", lambda _: 0.4)
    assert [one.what for one in find_troubles(settings, MONDAY)] == ["The disk of the data folder has 0.4 GB left."]


@pytest.mark.parametrize("status", [500, 302, 404])
def test_what_could_not_go_out_is_an_issue_and_goes_out_later(data: Path, hook: HTTPServer, status: int) -> None:
    settings, now = make_settings(data, hook), datetime.now(UTC)  # a night asks the clock itself
    add_run(settings, now, "degraded", ("ppo",))
    hook.status = status  # type: ignore[attr-defined]
    order = Order(settings, (), None, now.date(), now, "20261123T040000")
    with operator_told(order):
        pass
    (issue,) = [one for one in read_issues(Workspace(data).issues) if one.code == "not_notified"]
    expected = f"The operator could not be told by webhook:127.0.0.1: 127.0.0.1 answered {status}; it is tried again."
    assert (issue.message, issue.run_id) == (expected, order.run_id)
    hook.status = 204  # type: ignore[attr-defined]
    assert tell(settings, now) == ()
    first, second = (body["id"] for body in told(hook))
    assert first == second, "whoever gets it twice can tell"
    assert tell(settings, now) == ()
    assert len(told(hook)) == 2


def test_the_secret_part_of_the_address_is_written_nowhere(data: Path, hook: HTTPServer) -> None:
    settings = make_settings(data, hook)
    add_run(settings, MONDAY, "degraded", ("ppo",))
    hook.status = 500  # type: ignore[attr-defined]
    failures = tell(settings, MONDAY)
    hook.status = 200  # type: ignore[attr-defined]
    tell(settings, MONDAY)
    assert not any("secret-part" in failure for failure in failures)
    assert "secret-part" not in Workspace(data).notices.read_text()


def test_a_token_goes_along(data: Path, hook: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERENNIAL_WEBHOOK_TOKEN", "t0ken")
    settings = make_settings(data, hook)
    add_run(settings, MONDAY, "degraded", ("ppo",))
    tell(settings, MONDAY)
    ((headers, _),) = hook.taken  # type: ignore[attr-defined]
    assert headers["Authorization"] == "Bearer t0ken"
    assert "t0ken" not in Workspace(data).notices.read_text()


def test_nobody_there_is_one_sentence() -> None:
    with pytest.raises(Unreachable, match=r"^127\.0\.0\.1 cannot be reached \(ConnectError\)$"):
        post_json(f"http://127.0.0.1:{find_port()}/secret", {})


@pytest.mark.parametrize("url", ["http://example.org/hook", "ftp://example.org", "https://", "file:///etc/passwd"])
def test_a_webhook_is_encrypted_or_on_this_machine(tmp_path: Path, url: str) -> None:
    (tmp_path / "settings.yml").write_text(json.dumps({"notify": {"webhook": url}}))
    with pytest.raises(SettingsError, match="notify"):
        read_settings(tmp_path, {})


class Postbox:
    """Takes messages instead of a mail server, which tests/test_delivery.py has; `problem` is what it answers."""

    problem: str | None = None

    def __init__(self) -> None:
        self.sent: list[tuple[bytes, str]] = []

    def send(self, message: bytes, recipient: str, note: Callable[[], None]) -> str | None:
        if self.problem is None:
            self.sent.append((message, recipient))
        return self.problem

    def close(self) -> None:
        """Nothing to hang up."""


@pytest.fixture
def postbox(monkeypatch: pytest.MonkeyPatch) -> Postbox:
    box = Postbox()
    monkeypatch.setattr(post, "Postbox", lambda _: box)
    return box


def with_mail(data: Path, hook: HTTPServer | None = None, *addresses: str) -> Settings:
    settings = make_settings(data, hook, mail=addresses or ("ops@example.org",))
    mail = Mail(host="localhost", sender="perennial@example.org")
    return settings.model_copy(update={"delivery": Delivery(mail=mail)})


def test_mail_goes_to_each_address_once_whatever_happens_to_the_other_ways(
    data: Path, hook: HTTPServer, postbox: Postbox
) -> None:
    settings = with_mail(data, hook, "a@example.org", "b@example.org")
    add_run(settings, MONDAY, "degraded", ("ppo",))
    hook.status = 500  # type: ignore[attr-defined]
    assert len(tell(settings, MONDAY)) == 1
    assert len(tell(settings, MONDAY)) == 1
    assert [recipient for _, recipient in postbox.sent] == ["a@example.org", "b@example.org"]
    assert b"Subject: perennial (data): Source lost: ppo" in postbox.sent[0][0]
    assert b"What to do:" in postbox.sent[0][0]


def test_words_of_a_page_cannot_end_a_header(data: Path, postbox: Postbox) -> None:
    settings = with_mail(data)
    (channel,) = find_channels(settings, MONDAY)
    evil = Trouble("k", "s", "lost\r\nBcc: all@example.org", "look")
    assert channel.send(Message("trouble", evil.what, describe_troubles([evil]), (evil,))) is None
    head = postbox.sent[0][0].partition(b"\r\n\r\n")[0]
    assert b"\r\nBcc" not in head


def test_addresses_without_a_server_are_a_failure(data: Path) -> None:
    settings = make_settings(data, None, mail=("ops@example.org",))
    add_run(settings, MONDAY, "degraded", ("ppo",))
    assert "no mail server is set" in tell(settings, MONDAY)[0]


@pytest.mark.parametrize("day", ["monday", "sunday", None])
def test_a_summary_once_a_week_from_its_day_on(data: Path, hook: HTTPServer, day: str | None) -> None:
    settings = make_settings(data, hook, summary_day=day)
    for number in range(14):
        now = MONDAY + timedelta(days=number)
        add_run(settings, now)
        tell(settings, now)
        tell(settings, now)
    assert [body["kind"] for body in told(hook)] == ["summary"] * (0 if day is None else 2)


def test_a_summary_whose_night_fell_out_comes_the_next(data: Path, hook: HTTPServer) -> None:
    settings = make_settings(data, hook, summary_day="monday")
    add_run(settings, TUESDAY)
    tell(settings, TUESDAY)
    assert [body["text"] for body in told(hook)] == ["perennial (data): the week\n\nAll is well."]


def test_a_quiet_installation_without_channels_does_nothing(data: Path) -> None:
    settings = Settings(data=data, keep=Keep())
    assert tell(settings, MONDAY) == ()
    assert not data.exists()
