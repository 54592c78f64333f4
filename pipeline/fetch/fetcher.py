"""The polite fetcher: asks slowly, obeys robots.txt, honours Retry-After, leaves alone who refuses."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from ssl import PROTOCOL_TLS_CLIENT, SSLContext
from urllib.parse import urlsplit

import httpx

from pipeline.fetch.addresses import Allowed, Refused, check_address, join_location, resolve_publicly
from pipeline.fetch.connection import Connection, Limits, RawAnswer, Unreachable
from pipeline.fetch.hosts import BACKOFF, HostState, Pace, read_retry_after
from pipeline.fetch.judging import judge_answer
from pipeline.fetch.robots import FRESH, LARGEST, STALE, RobotsCopy, RobotsShelf, Rules, read_rules
from pipeline.web import Answer, Outcome

REDIRECTS = frozenset({301, 302, 303, 307, 308})
MOST_REDIRECTS = 5
WORTH_ANOTHER_TRY = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Policy:
    """How a night behaves towards every host."""

    user_agent: str
    seconds_between: float = 2.0
    requests_a_night: int = 5000  # a host
    largest_bytes: int = 60_000_000
    request_seconds: float = 300.0  # one answer, whole
    patience_seconds: float = 900.0  # a longer Retry-After means: not tonight
    speed: float = 1.0  # divides every wait; more than 1 only against a replica
    replica: str | None = None  # http://127.0.0.1:PORT, where every request goes instead


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave to recognise an answer by."""

    etag: str | None = None
    last_modified: str | None = None

    def as_headers(self) -> dict[str, str]:
        """The headers of a conditional request; none without validators."""
        pairs = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in pairs.items() if value}


@dataclass(slots=True)
class _Host:
    state: HostState
    connection: Connection
    rules: Rules | None = None


class Fetcher:
    """Shared by all crawls of one night, from any thread: one connection and one request at a time a host."""

    def __init__(
        self,
        policy: Policy,
        robots_folder: Path,
        *,
        resolve: Callable[[str], tuple[str, ...]] = resolve_publicly,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.policy = policy
        self._shelf = RobotsShelf(robots_folder)
        self._resolve = resolve
        self._now = now
        # Against a replica no certificate is trusted: nothing there is asked over TLS.
        self._tls = SSLContext(PROTOCOL_TLS_CLIENT) if policy.replica else httpx.create_ssl_context(trust_env=False)
        self._hosts: dict[str, _Host] = {}
        self._lock = threading.Lock()
        self._stopped = threading.Event()

    def fetch(self, url: str, allowed: Allowed, *, known: Validators | None = None, is_file: bool = False) -> Answer:
        """What `url` answers, redirects followed and checked. Never raises for anything a server does."""
        try:
            return self._follow(url, allowed, known or Validators(), is_file)
        except Refused as error:
            return Answer(Outcome.REFUSED, url, self._now(), message=str(error))

    def stop(self) -> None:
        """Ask for nothing more, from any thread: whatever waits is told so at once, and what is under way is cut."""
        self._stopped.set()
        with self._lock:
            hosts = list(self._hosts.values())
        for host in hosts:
            host.state.rest("the night was stopped")
            host.connection.cut()

    def close(self) -> None:
        """Close every connection."""
        for host in self._hosts.values():
            host.connection.close()

    def resting(self) -> dict[str, str]:
        """The hosts left alone tonight, each with the reason."""
        return {name: host.state.resting for name, host in sorted(self._hosts.items()) if host.state.resting}

    def _follow(self, url: str, allowed: Allowed, known: Validators, is_file: bool) -> Answer:
        current = url.partition("#")[0]
        for _ in range(MOST_REDIRECTS + 1):
            host = self._host_of(check_address(current, allowed).hostname or "")
            with host.state.lock:
                if not self._rules_of(host, current, allowed).allow(current) or host.state.resting:
                    return self._keep_out(host, current)
                raw = self._ask(host, current, known)
                if isinstance(raw, Answer):
                    return raw
                location = raw.headers.get("location")
                if raw.status not in REDIRECTS or not location:
                    return self._judge(host, url, current, raw, is_file)
            current = join_location(current, location)
        raise Refused(f"{url} redirects more than {MOST_REDIRECTS} times.")

    def _judge(self, host: _Host, asked: str, final: str, raw: RawAnswer, is_file: bool) -> Answer:
        outcome, message = judge_answer(asked, final, raw.status, raw.headers, raw.content, is_file=is_file)
        host.state.note_block(outcome in (Outcome.BLOCKED, Outcome.CHALLENGE))
        content = raw.content if outcome == Outcome.OK else b""
        return Answer(outcome, final, self._now(), raw.status, content, raw.headers, message)

    def _ask(self, host: _Host, url: str, known: Validators) -> RawAnswer | Answer:
        """The host's answer after as many attempts as make sense; what kept it from us where there is none."""
        limits = Limits(self.policy.largest_bytes, self.policy.request_seconds)
        told = ""
        for backoff in (*BACKOFF, None):
            if host.state.resting:
                return self._wait_for(url, host.state.resting)
            host.state.spend()
            if self._stopped.is_set():
                return self._wait_for(url, "the night was stopped")
            try:
                raw = host.connection.ask(url, known.as_headers(), limits)
            except Unreachable as error:
                told, asked_for = str(error).rstrip("."), None
            except OSError as error:
                told, asked_for = f"{url} cannot be reached ({error})", None
            else:
                if raw.status not in WORTH_ANOTHER_TRY:
                    host.state.note_failure(False)
                    return raw
                told = f"{url} answered with status {raw.status}"
                asked_for = read_retry_after(raw.headers.get("retry-after"), self._now())
            if not self._hold_back(host, asked_for, backoff):
                return self._wait_for(url, host.state.resting or told)
        host.state.note_failure(True)
        return Answer(Outcome.FAILED, url, self._now(), message=f"{told}, {len(BACKOFF) + 1} times.")

    def _hold_back(self, host: _Host, asked_for: float | None, backoff: float | None) -> bool:
        """Put off the next request as the host asks, or by the backoff. False when it asks for too long a wait."""
        if asked_for is not None and asked_for > self.policy.patience_seconds:
            host.state.rest(f"{host.state.name} asks to be left alone for {asked_for:.0f} seconds")
            return False
        host.state.pace.hold_back(max(asked_for or 0.0, backoff or 0.0))
        return True

    def _wait_for(self, url: str, why: str) -> Answer:
        return Answer(Outcome.WAITING, url, self._now(), message=f"{url} was not asked: {why}.")

    def _keep_out(self, host: _Host, url: str) -> Answer:
        if host.state.resting:
            return self._wait_for(url, host.state.resting)
        return Answer(Outcome.REFUSED, url, self._now(), message=f"robots.txt of {host.state.name} closes {url}.")

    def _rules_of(self, host: _Host, url: str, allowed: Allowed) -> Rules:
        """What robots.txt says; asked for once a day, and an older copy serves while the host does not answer."""
        if host.rules is None:
            name, now = host.state.name, self._now()
            copy = self._shelf.find(name, now, FRESH)
            if copy is None:
                copy = self._ask_robots(host, url, allowed)
                reached = 200 <= copy.status < 500 and copy.status != 429
                if reached:
                    self._shelf.keep(copy)
                else:
                    copy = self._shelf.find(name, now, STALE) or copy
            host.rules = read_rules(copy)
            if host.rules.is_closed:
                host.state.rest(f"the robots.txt of {name} cannot be read tonight")
            if host.rules.seconds_between > self.policy.patience_seconds:
                host.state.rest(f"{name} asks for {host.rules.seconds_between:.0f} seconds between two requests")
                return host.rules
            host.state.pace.seconds_between = max(host.state.pace.seconds_between, host.rules.seconds_between)
        return host.rules

    def _ask_robots(self, host: _Host, url: str, allowed: Allowed) -> RobotsCopy:
        """robots.txt as it stands now; a redirect is followed on this host only, any other means there is none."""
        name, parts = host.state.name, urlsplit(url)
        current = f"{parts.scheme}://{parts.netloc}/robots.txt"
        for _ in range(MOST_REDIRECTS):
            try:
                raw = self._ask(host, current, Validators())
            except Refused:
                return RobotsCopy(name, self._now(), 404, "")  # not one that anybody could obey
            if isinstance(raw, Answer):
                return RobotsCopy(name, self._now(), 0, "")
            if raw.status not in REDIRECTS:
                return RobotsCopy(name, self._now(), raw.status, raw.content[:LARGEST].decode("utf-8", "replace"))
            current = join_location(current, raw.headers.get("location", ""))
            try:
                elsewhere = check_address(current, allowed).hostname != name
            except Refused:
                elsewhere = True
            if elsewhere:
                break
        return RobotsCopy(name, self._now(), 404, "")

    def _host_of(self, name: str) -> _Host:
        with self._lock:
            if name not in self._hosts:
                pace = Pace(self.policy.seconds_between, self.policy.speed, sleep=self._stopped.wait)
                tells_scheme = self.policy.replica is not None
                connection = Connection(name, self._route_to(name), self._tls, self.policy.user_agent, tells_scheme)
                self._hosts[name] = _Host(HostState(name, pace, self.policy.requests_a_night), connection)
            return self._hosts[name]

    def _route_to(self, name: str) -> Callable[[str], tuple[str, ...]]:
        """Where requests to `name` really go: to the replica, or to an address resolved and checked just before."""
        replica = self.policy.replica
        if replica is not None:
            return lambda scheme: (replica,)
        return lambda scheme: tuple(
            f"{scheme}://[{address}]" if address.count(":") > 1 else f"{scheme}://{address}"
            for address in self._resolve(name)
        )
