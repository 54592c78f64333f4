"""robots.txt as RFC 9309 has it: read, kept on disk for a day, and obeyed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from protego import Protego
from pydantic import TypeAdapter

from pipeline.fetch.judging import looks_like_html
from pipeline.store import write_whole

PRODUCT = "perennial"  # the name a robots.txt may use for us
FRESH = timedelta(hours=24)  # RFC 9309, 2.4: no longer than this in ordinary times …
STALE = timedelta(days=30)  # … and this long while the host does not answer
LARGEST = 512_000  # bytes read of one; the RFC asks for 500 kibibytes at least


@dataclass(frozen=True, slots=True)
class RobotsCopy:
    """What a host answered to /robots.txt. `status` 0: it could not be reached."""

    host: str
    fetched_at: datetime
    status: int
    body: str


COPY = TypeAdapter(RobotsCopy)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a host asks of this crawler: `parsed` None allows everything, `is_closed` nothing."""

    parsed: Protego | None
    is_closed: bool = False

    def allow(self, url: str) -> bool:
        """Whether the host lets this crawler ask for `url`."""
        return not self.is_closed and (self.parsed is None or bool(self.parsed.can_fetch(url, PRODUCT)))

    @property
    def seconds_between(self) -> float:
        """Crawl-delay or Request-rate, whichever is slower; 0 where neither is given."""
        if self.parsed is None:
            return 0.0
        delay = self.parsed.crawl_delay(PRODUCT) or 0.0
        rate = self.parsed.request_rate(PRODUCT)
        return max(0.0, float(delay), rate.seconds / rate.requests if rate and rate.requests else 0.0)


def read_rules(copy: RobotsCopy) -> Rules:
    """RFC 9309, 2.3.1: 4xx allows all (429 apart), unreachable or 5xx closes the host, an HTML shell holds no rules."""
    if 200 <= copy.status < 300:
        body = copy.body[:LARGEST]
        return Rules(None) if looks_like_html(body.encode()) else Rules(Protego.parse(body))
    if 400 <= copy.status < 500 and copy.status != 429:
        return Rules(None)
    return Rules(None, is_closed=True)


class RobotsShelf:
    """The copies kept on disk, one file a host."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find(self, host: str, now: datetime, within: timedelta) -> RobotsCopy | None:
        """The kept copy, when it is younger than `within` and can be read."""
        try:
            copy = COPY.validate_json(self._path_of(host).read_bytes())
        except (OSError, ValueError):
            return None  # none, or one that a crash spoiled: it is asked for again
        return copy if copy.host == host and now - copy.fetched_at < within else None

    def keep(self, copy: RobotsCopy) -> None:
        """Keep a copy, over the one before."""
        write_whole(self._path_of(copy.host), COPY.dump_json(copy))

    def _path_of(self, host: str) -> Path:
        return self.folder / f"{host}.json"  # only ever a host that a source's YAML names
