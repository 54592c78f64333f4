"""The fetcher over real HTTP: polite to hosts that are, and unharmed by one that is not."""

import gzip
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import pairwise
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from pipeline.fetch import Allowed, Fetcher, Policy, Validators
from pipeline.fetch.addresses import Refused, check_address, is_public, join_location, resolve_publicly
from pipeline.fetch.connection import unpack_body
from pipeline.fetch.hosts import BLOCKS, Pace, read_retry_after
from pipeline.fetch.judging import looks_like_html
from pipeline.fetch.robots import RobotsCopy, RobotsShelf, read_rules
from pipeline.web import Answer as Fetched
from pipeline.web import Outcome
from tests.replicas.hostile import HOST, PDF, serve_hostile
from tests.replicas.server import Log, serve
from tests.replicas.site import Answer, Asked, Site, html

A, B = "a.invalid", "b.invalid"
BOTH = Allowed(frozenset({A, B}))
HOSTILE = Allowed(frozenset({HOST}))
NOW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)


class Talker:
    """A site whose answers a test sets by path; it keeps the headers it was sent."""

    def __init__(self) -> None:
        self.answers: dict[str, list[Answer]] = {}
        self.sent: list[Asked] = []

    def respond(self, asked: Asked) -> Answer:
        self.sent.append(asked)
        waiting = self.answers.get(asked.path)
        if asked.path == "/robots.txt" and waiting is None:
            return Answer(b"", 404)
        if not waiting:
            return Answer(b"%PDF-1.4 fine", 200)
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]


@contextmanager
def talking(talker: Talker, folder: Path, **policy: object) -> Iterator[tuple[Fetcher, Log]]:
    with serve((Site("talker", (A, B), talker.respond),)) as replica:
        usual = Policy("perennial/0 (+me@example.org)", speed=1000, replica=replica.address)
        with closing(Fetcher(replace(usual, **policy), folder)) as fetcher:  # type: ignore[arg-type]
            yield fetcher, replica.log


@pytest.fixture
def talker() -> Talker:
    return Talker()


def test_says_who_asks_and_obeys_robots(talker: Talker, tmp_path: Path) -> None:
    talker.answers["/robots.txt"] = [Answer(b"User-agent: *\nDisallow: /private/\n")]
    with talking(talker, tmp_path) as (fetcher, log):
        assert fetcher.fetch(f"https://{A}/private/x.pdf", BOTH).outcome == Outcome.REFUSED
        assert fetcher.fetch(f"https://{A}/public/x.pdf", BOTH).outcome == Outcome.OK
        assert [hit.path for hit in log.hits] == ["/robots.txt", "/public/x.pdf"]
    assert {asked.headers["user-agent"] for asked in talker.sent} == {"perennial/0 (+me@example.org)"}
    assert {asked.headers["x-forwarded-proto"] for asked in talker.sent} == {"https"}


@pytest.mark.parametrize(
    ("robots", "outcome"),
    [
        (Answer(b"", 404), Outcome.OK),
        (Answer(b"", 403), Outcome.OK),
        (Answer(b"<!doctype html><title>Home</title>Disallow: /", 200), Outcome.OK),
        (Answer(b"\xff\xfe\x00binary", 200), Outcome.OK),
        (Answer(b"", 301, {"Location": "https://elsewhere.invalid/robots.txt"}), Outcome.OK),
        (Answer(b"User-agent: perennial\nDisallow: /\n\nUser-agent: *\nAllow: /\n"), Outcome.REFUSED),
        (Answer(b"User-agent: somebody-else\nDisallow: /\n"), Outcome.OK),
        (Answer(b"", 500), Outcome.WAITING),
        (Answer(b"", 503), Outcome.WAITING),
    ],
)
def test_robots_as_the_rfc_has_it(talker: Talker, tmp_path: Path, robots: Answer, outcome: Outcome) -> None:
    talker.answers["/robots.txt"] = [robots]
    with talking(talker, tmp_path) as (fetcher, log):
        assert fetcher.fetch(f"https://{A}/x.pdf", BOTH).outcome == outcome
        assert ("/x.pdf" in log.paths(A)) == (outcome == Outcome.OK)


def test_robots_is_asked_once_a_day(talker: Talker, tmp_path: Path) -> None:
    with talking(talker, tmp_path) as (fetcher, log):
        for _ in range(2):
            fetcher.fetch(f"https://{A}/x.pdf", BOTH)
        with closing(Fetcher(fetcher.policy, tmp_path)) as same_day:
            same_day.fetch(f"https://{A}/x.pdf", BOTH)
        assert [hit.path for hit in log.hits].count("/robots.txt") == 1
        with closing(
            Fetcher(fetcher.policy, tmp_path, now=lambda: datetime.now(UTC) + timedelta(hours=25))
        ) as next_day:
            next_day.fetch(f"https://{A}/x.pdf", BOTH)
        assert [hit.path for hit in log.hits].count("/robots.txt") == 2


def test_an_older_robots_serves_while_the_host_is_down(talker: Talker, tmp_path: Path) -> None:
    copy = RobotsCopy(A, datetime.now(UTC) - timedelta(days=3), 200, "User-agent: *\nDisallow: /private/\n")
    RobotsShelf(tmp_path).keep(copy)
    talker.answers["/robots.txt"] = [Answer(b"", 500)]
    with talking(talker, tmp_path) as (fetcher, _):
        assert fetcher.fetch(f"https://{A}/x.pdf", BOTH).outcome == Outcome.OK
        assert fetcher.fetch(f"https://{A}/private/x.pdf", BOTH).outcome == Outcome.REFUSED


def test_a_crawl_delay_is_kept() -> None:
    assert read_rules(RobotsCopy(A, NOW, 200, "User-agent: *\nCrawl-delay: 10\n")).seconds_between == 10
    assert read_rules(RobotsCopy(A, NOW, 200, "User-agent: *\nRequest-rate: 1/30\n")).seconds_between == 30
    assert read_rules(RobotsCopy(A, NOW, 404, "Crawl-delay: 10")).seconds_between == 0


def test_a_crawl_delay_longer_than_a_night_is_a_rest(talker: Talker, tmp_path: Path) -> None:
    talker.answers["/robots.txt"] = [Answer(b"User-agent: *\nCrawl-delay: 1e12\n")]
    with talking(talker, tmp_path) as (fetcher, log):
        assert fetcher.fetch(f"https://{A}/x.pdf", BOTH).outcome == Outcome.WAITING
        assert log.paths(A) == []


@given(st.text(max_size=300), st.integers(0, 599))
def test_no_robots_breaks_anything(body: str, status: int) -> None:
    for text in (body, f"User-agent: *\n{body}", f"User-agent: *\nCrawl-delay: {body}\nRequest-rate: {body}\n"):
        rules = read_rules(RobotsCopy(A, NOW, status, text))
        assert rules.allow(f"https://{A}/x") in (True, False)
        assert rules.seconds_between >= 0


def test_one_request_at_a_time_and_no_faster_than_the_pace(talker: Talker, tmp_path: Path) -> None:
    with talking(talker, tmp_path, speed=20.0) as (fetcher, log):  # 2 seconds become 0.1
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda n: fetcher.fetch(f"https://{(A, B)[n % 2]}/{n}.pdf", BOTH), range(16)))
        assert dict(log.most_at_once) == {A: 1, B: 1}
        for host in (A, B):
            moments = [hit.moment for hit in log.of(host)]
            assert len(moments) == 9
            assert min(later - earlier for earlier, later in pairwise(moments)) > 0.08
        assert max(hit.moment for hit in log.of(A)) - log.hits[0].moment < 2  # the hosts did not wait for each other


@given(st.lists(st.floats(0, 5), max_size=20))
def test_a_pace_never_hurries(pauses: list[float]) -> None:
    moment, starts = 0.0, []

    def sleep(seconds: float) -> None:
        nonlocal moment
        moment += seconds

    pace = Pace(2.0, clock=lambda: moment, sleep=sleep)
    for pause in pauses:
        moment += pause
        pace.wait()
        starts.append(moment)
    assert all(later - earlier >= 2.0 - 1e-9 for earlier, later in pairwise(starts))


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_what_may_pass_is_tried_again(talker: Talker, tmp_path: Path, status: int) -> None:
    talker.answers["/x.pdf"] = [Answer(b"", status, {"Retry-After": "1"}), Answer(b"%PDF-1.4 at last")]
    with talking(talker, tmp_path) as (fetcher, log):
        assert fetcher.fetch(f"https://{A}/x.pdf", BOTH).content == b"%PDF-1.4 at last"
        assert log.paths(A) == ["/x.pdf"] * 2


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(400, Outcome.FAILED), (403, Outcome.BLOCKED), (404, Outcome.GONE), (410, Outcome.GONE), (422, Outcome.FAILED),
     (451, Outcome.BLOCKED), (500, Outcome.FAILED)],
)  # fmt: skip
def test_what_stays_is_asked_once(talker: Talker, tmp_path: Path, status: int, outcome: Outcome) -> None:
    talker.answers["/x.pdf"] = [html("<h1>No</h1>", status)]
    with talking(talker, tmp_path) as (fetcher, log):
        answer = fetcher.fetch(f"https://{A}/x.pdf", BOTH)
        assert (answer.outcome, answer.status) == (outcome, status)
        assert log.paths(A) == ["/x.pdf"]
        is_one_sentence(answer)


def test_retry_after_is_kept(talker: Talker, tmp_path: Path) -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=300), usegmt=True)
    for asked_for in ("300", soon):
        talker.answers["/x.pdf"] = [Answer(b"", 429, {"Retry-After": asked_for}), Answer(b"%PDF-")]
        with talking(talker, tmp_path) as (fetcher, log):
            assert fetcher.fetch(f"https://{A}/x.pdf", BOTH).outcome == Outcome.OK
            first, second = [hit.moment for hit in log.of(A) if hit.path == "/x.pdf"]
            assert second - first > 0.25  # 300 seconds at 1000 times the speed


def test_a_host_that_asks_for_a_long_rest_has_it(talker: Talker, tmp_path: Path) -> None:
    talker.answers["/x.pdf"] = [Answer(b"", 503, {"Retry-After": "86400"})]
    with talking(talker, tmp_path) as (fetcher, log):
        assert fetcher.fetch(f"https://{A}/x.pdf", BOTH).outcome == Outcome.WAITING
        assert fetcher.fetch(f"https://{A}/y.pdf", BOTH).outcome == Outcome.WAITING
        assert log.paths(A) == ["/x.pdf"]
        assert "86400 seconds" in fetcher.resting()[A]
        assert fetcher.fetch(f"https://{B}/y.pdf", BOTH).outcome == Outcome.OK


@pytest.mark.parametrize(
    ("value", "seconds"), [("120", 120), ("soon", None), (None, None), ("-5", None), ("", None), ("²", None)]
)
def test_retry_after_is_read(value: str | None, seconds: float | None) -> None:
    assert read_retry_after(value, NOW) == seconds


@given(st.text(max_size=40))
def test_no_retry_after_breaks_anything(value: str) -> None:
    seconds = read_retry_after(value, NOW)
    assert seconds is None or seconds >= 0


def test_who_refuses_is_left_alone(talker: Talker, tmp_path: Path) -> None:
    talker.answers.update({f"/{n}": [html("<h1>Forbidden</h1>", 403)] for n in range(20)})
    with talking(talker, tmp_path) as (fetcher, log):
        outcomes = [fetcher.fetch(f"https://{A}/{n}", BOTH).outcome for n in range(20)]
        assert outcomes == [Outcome.BLOCKED] * BLOCKS + [Outcome.WAITING] * (20 - BLOCKS)
        assert len(log.paths(A)) == BLOCKS


def test_a_host_that_is_down_is_left_alone(talker: Talker, tmp_path: Path) -> None:
    talker.answers.update({f"/{n}": [Answer(b"", 502)] for n in range(9)})
    with talking(talker, tmp_path, speed=10000.0) as (fetcher, log):
        outcomes = [fetcher.fetch(f"https://{A}/{n}", BOTH).outcome for n in range(9)]
        assert outcomes == [Outcome.FAILED] * 3 + [Outcome.WAITING] * 6
        assert len(log.paths(A)) == 3 * 4


def test_the_budget_of_a_night_is_kept(talker: Talker, tmp_path: Path) -> None:
    with talking(talker, tmp_path, requests_a_night=5) as (fetcher, log):
        outcomes = [fetcher.fetch(f"https://{A}/{n}.pdf", BOTH).outcome for n in range(9)]
        assert len(log.of(A)) == 5  # robots.txt counts
        assert outcomes == [Outcome.OK] * 4 + [Outcome.WAITING] * 5


def test_a_night_that_is_stopped_does_not_wait(talker: Talker, tmp_path: Path) -> None:
    talker.answers["/x.pdf"] = [Answer(b"", 503, {"Retry-After": "600"})]
    with talking(talker, tmp_path, speed=1.0, seconds_between=0.0) as (fetcher, log), ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(fetcher.fetch, f"https://{A}/x.pdf", BOTH)
        while "/x.pdf" not in log.paths(A):
            time.sleep(0.01)
        time.sleep(0.1)
        fetcher.stop()
        assert waiting.result(timeout=5).outcome == Outcome.WAITING
        assert fetcher.fetch(f"https://{B}/y.pdf", BOTH).outcome == Outcome.WAITING
        assert log.paths(B) == []


def test_a_conditional_request_costs_no_content(talker: Talker, tmp_path: Path) -> None:
    talker.answers["/x.pdf"] = [Answer(b"", 304)]
    with talking(talker, tmp_path) as (fetcher, _):
        known = Validators('"abc"', "Mon, 02 Nov 2026 02:30:00 GMT")
        assert fetcher.fetch(f"https://{A}/x.pdf", BOTH, known=known).outcome == Outcome.UNCHANGED
    sent = talker.sent[-1].headers
    assert (sent["if-none-match"], sent["if-modified-since"]) == ('"abc"', "Mon, 02 Nov 2026 02:30:00 GMT")


def test_redirects_between_allowed_hosts_are_followed(talker: Talker, tmp_path: Path) -> None:
    talker.answers["/old"] = [Answer(b"", 301, {"Location": f"https://{B}/new.pdf#page=2"})]
    with talking(talker, tmp_path) as (fetcher, log):
        answer = fetcher.fetch(f"https://{A}/old", BOTH)
        assert (answer.outcome, answer.url) == (Outcome.OK, f"https://{B}/new.pdf")
        assert [(hit.host, hit.path) for hit in log.hits if hit.path != "/robots.txt"] == [(A, "/old"), (B, "/new.pdf")]


def is_one_sentence(answer: Fetched) -> None:
    assert answer.message
    assert answer.message.endswith(".") and "\n" not in answer.message and len(answer.message) < 300


HARM = {
    "/to-private": (Outcome.REFUSED, "does not name"),
    "/to-metadata": (Outcome.REFUSED, "does not name"),
    "/to-plain": (Outcome.REFUSED, "not encrypted"),
    "/to-elsewhere": (Outcome.REFUSED, "elsewhere.invalid, which this source does not name"),
    "/to-file": (Outcome.REFUSED, "not a web address"),
    "/to-port": (Outcome.REFUSED, "port of its own"),
    "/to-user": (Outcome.REFUSED, "a user or"),
    "/to-itself": (Outcome.REFUSED, "redirects more than"),
    "/to-nonsense": (Outcome.REFUSED, "not an address"),
    "/to-front": (Outcome.GONE, "front page"),
    "/bomb.pdf": (Outcome.REFUSED, "larger than 5 MB"),
    "/endless.pdf": (Outcome.REFUSED, "larger than 5 MB"),
    "/endless-chunks.pdf": (Outcome.REFUSED, "larger than 5 MB"),
    "/brotli.pdf": (Outcome.REFUSED, "not asked for"),
    "/not-gzip.pdf": (Outcome.FAILED, "gzip"),
    "/half-gzip.pdf": (Outcome.FAILED, "ends in the middle"),
    "/drip.pdf": (Outcome.FAILED, "took more than"),
    "/drip-headers.pdf": (Outcome.FAILED, "took more than"),
    "/huge-header.pdf": (Outcome.FAILED, "not whole HTTP"),
    "/truncated.pdf": (Outcome.FAILED, "not whole HTTP"),
    "/not-http.pdf": (Outcome.FAILED, "not whole HTTP"),
    "/nothing.pdf": (Outcome.FAILED, "not whole HTTP"),
    "/empty.pdf": (Outcome.FAILED, "answered with nothing"),
    "/challenge.pdf": (Outcome.CHALLENGE, "challenge for browsers"),
    "/html.pdf": (Outcome.CHALLENGE, "HTML page where a file was due"),
    "/soft-404": (Outcome.GONE, "not found"),
}


@pytest.mark.parametrize("path", HARM)
def test_harm_is_one_sentence(path: str, tmp_path: Path) -> None:
    outcome, told = HARM[path]
    began = time.monotonic()
    with serve_hostile() as address:
        policy = Policy("perennial/0", speed=1e6, largest_bytes=5_000_000, request_seconds=1.0, replica=address)
        with closing(Fetcher(policy, tmp_path)) as fetcher:
            answer = fetcher.fetch(f"https://{HOST}{path}", HOSTILE, is_file=path.endswith(".pdf"))
            assert (answer.outcome, answer.content) == (outcome, b"")
            assert told in (answer.message or "")
            is_one_sentence(answer)
            assert fetcher.fetch(f"https://{HOST}/good.pdf", HOSTILE).content == PDF  # and the next one is fine
    assert time.monotonic() - began < 15


def test_what_looks_odd_and_is_harmless_comes_through(tmp_path: Path) -> None:
    with (
        serve_hostile() as address,
        closing(Fetcher(Policy("p", speed=1e6, replica=address), tmp_path / "r")) as fetcher,
    ):
        for path in ("/named.pdf", "/gzip.pdf"):  # the name a server gives is never used
            assert fetcher.fetch(f"https://{HOST}{path}", HOSTILE, is_file=True).content == PDF
        page = fetcher.fetch(f"https://{HOST}/script", HOSTILE)
        assert page.outcome == Outcome.OK and b"\xe9t\xe9" in page.content
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [f"{HOST}.json"]


def test_a_bomb_is_unpacked_step_by_step() -> None:
    packed = gzip.compress(bytes(50_000_000))
    chunks = [packed[at : at + 1000] for at in range(0, len(packed), 1000)]
    with pytest.raises(Refused, match="larger than 1 MB"):
        unpack_body(chunks, "gzip", 1_000_000)


@given(st.binary(max_size=3000), st.integers(1, 500))
def test_unpacking_gives_back_what_was_packed(body: bytes, size: int) -> None:
    packed = gzip.compress(body)
    assert unpack_body((packed[at : at + size] for at in range(0, len(packed), size)), "gzip", 10_000) == body


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.9", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
     "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "ff02::1"],
)  # fmt: skip
def test_private_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


@given(st.ip_addresses())
def test_what_is_public_is_global(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    if is_public(str(address)):
        assert address.is_global and not address.is_private and not address.is_loopback


def test_a_name_that_leads_inside_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(Fetcher(Policy("perennial/0", speed=1e6), tmp_path)) as fetcher:
        answer = fetcher.fetch("https://localhost/x.pdf", Allowed(frozenset({"localhost"})))
        assert answer.outcome == Outcome.REFUSED and "public internet" in (answer.message or "")
    both = [(socket.AF_INET, 1, 6, "", ("93.184.216.34", 0)), (socket.AF_INET, 1, 6, "", ("10.0.0.5", 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    with pytest.raises(Refused, match=r"10\.0\.0\.5"):
        resolve_publicly("a.invalid")


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_address_breaks_the_check(url: str, location: str) -> None:
    for candidate in (url, f"https://{url}", f"https://{A}/{url}"):
        try:
            parts = check_address(join_location(f"https://{A}/x", location) if location else candidate, BOTH)
        except Refused as error:
            assert "\n" not in str(error).replace(url, "").replace(location, "")
        else:
            assert parts.scheme == "https" and parts.hostname in (A, B)


@given(st.binary(max_size=200))
def test_telling_html_never_fails(content: bytes) -> None:
    assert looks_like_html(b"<!-- " * 500 + content) in (True, False)
    assert looks_like_html(b"  <!-- a --><!DOCTYPE html>" + content)


def make_certificate(folder: Path, name: str) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    day = timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject).issuer_name(subject).public_key(key.public_key()).serial_number(1)
        .not_valid_before(datetime.now(UTC) - day).not_valid_after(datetime.now(UTC) + day)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem, secret = folder / "certificate.pem", folder / "key.pem"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
    return pem, secret


class PlainAnswer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(404 if self.path == "/robots.txt" else 200)
        body = PDF if self.path != "/robots.txt" else b""
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Silence."""


@pytest.mark.parametrize(("named", "outcome"), [(A, Outcome.OK), (B, Outcome.WAITING)])
def test_tls_is_verified_against_the_name_and_not_the_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str, outcome: Outcome
) -> None:
    """The live path: the connection goes to a resolved address, the certificate must be the host's."""
    pem, secret = make_certificate(tmp_path, A)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, secret)
    server = HTTPServer(("127.0.0.1", 0), PlainAnswer)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    trusted = ssl.create_default_context(cafile=str(pem))
    monkeypatch.setattr(httpx, "create_ssl_context", lambda **_: trusted)
    place = f"127.0.0.1:{server.server_address[1]}"
    try:
        with closing(Fetcher(Policy("p", speed=1e6), tmp_path / "robots", resolve=lambda host: (place,))) as fetcher:
            assert fetcher.fetch(f"https://{named}/x.pdf", BOTH).outcome == outcome
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
