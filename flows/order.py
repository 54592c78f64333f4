"""What a night is asked to do, and what came of it: plain records, made without Prefect."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from pydantic import TypeAdapter

from flows.crawling import is_live
from flows.inbox import read_manifest
from flows.pulled import Pulled, SourceFailed
from pipeline.issues import append_issues, stamp_run
from pipeline.records import Issue, Level, RunRecord
from pipeline.refusal import Refusal
from pipeline.registry import load_registry
from pipeline.settings import Settings, read_settings
from pipeline.store import append_lines, write_whole
from pipeline.workspace import Busy, Workspace, check_free
from sources import load_sources

INTERRUPTED = "Query interrupted"  # all that DuckDB lets through of a signal that comes while it works
RUN = TypeAdapter(RunRecord)
TELL_CONTACT = (
    "they are told who asks and no contact is set: put `contact: you@example.org` (an address or a web page) in "
    "settings.yml of the data folder, or set PERENNIAL_CONTACT."
)


class UnknownSource(Refusal):
    """A --source that no connector and no inbox document knows, in one sentence."""


class NoContact(Refusal):
    """Publishers cannot be asked without saying who asks, in one sentence."""


class MixedArchive(Refusal):
    """A data folder that holds what replicas invented cannot also hold what publishers say, nor the reverse."""


class NightFailed(RuntimeError):
    """A night that something nobody foresaw has stopped; one sentence, with the place of the details."""


@dataclass(frozen=True, slots=True)
class Errand:
    """One connector to ask tonight; `stream` restricts the inbox to the documents of one source."""

    connector: str
    stream: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """All that one night is told."""

    settings: Settings
    errands: tuple[Errand, ...]
    since: date | None
    as_of: date
    started_at: datetime
    run_id: str
    notice: str | None = None  # what a person should know before, in one sentence

    @property
    def workspace(self) -> Workspace:
        """The folders this night works on."""
        return Workspace(self.settings.data)


@dataclass(frozen=True, slots=True)
class NightReport:
    """What came of a night. `changed` is False when there was nothing new to publish."""

    run: RunRecord
    changed: bool
    new_documents: int
    failures: tuple[str, ...] = ()  # one sentence each: sources lost, checks failed
    digests: int = 0


def plan_night(
    data: Path,
    names: tuple[str, ...],
    since: date | None,
    as_of: date | None,
    now: datetime,
    replica: str | None = None,
) -> Order:
    """The order for tonight. Raises a `Refusal` when settings, theme registry or a source's name cannot be used."""
    settings = read_settings(data, overrides={"replica": replica} if replica else {})
    load_registry(settings.themes)  # a slip in it is told now, and not after an hour of reading
    errands, notice = _find_errands(names or settings.sources, settings)
    _check_archive(settings, errands)
    run_id = now.astimezone(UTC).strftime("%Y%m%dT%H%M%S")
    return Order(settings, errands, since, as_of or now.date(), now, run_id, notice)


def refuse_second_run(order: Order) -> None:
    """Raises `Busy` when another run holds the data folder. Where it is stuck the operator is told."""
    try:
        check_free(order.workspace)
    except Busy:
        from flows.notify import tell_of_night  # a run that may go on gets its server started first

        tell_of_night(order)
        raise


def _find_errands(names: tuple[str, ...] | None, settings: Settings) -> tuple[tuple[Errand, ...], str | None]:
    """Whom to ask, and what to say of those left out. Raises `NoContact` when a publisher is named and none is set.

    Without names: every publisher and the inbox. Without a contact the inbox alone, and a word about the rest.
    """
    live = sorted(name for name, source in load_sources().items() if is_live(source))
    may_ask = settings.contact is not None or settings.replica is not None
    if names is None:
        missing = None if may_ask or not live else f"The publishers were not asked, because {TELL_CONTACT}"
        return tuple(Errand(name) for name in (*(live if may_ask else ()), "inbox")), missing
    errands = tuple(dict.fromkeys(find_errand(name, settings) for name in names))
    asked = [errand.connector for errand in errands if errand.connector in live]
    if asked and not may_ask:
        raise NoContact(f"{', '.join(asked)} cannot be asked, because {TELL_CONTACT}")
    return errands, None


def _check_archive(settings: Settings, errands: tuple[Errand, ...]) -> None:
    """Raises `MixedArchive` before invented and real documents come to lie in one archive."""
    sources = load_sources()
    marker = Workspace(settings.data).crawls / "origin.txt"
    if not any(is_live(sources[errand.connector]) for errand in errands):
        return
    origin = "replica" if settings.replica else "publishers"
    before = marker.read_text(encoding="utf-8").strip() if marker.exists() else origin
    if before != origin:
        told = "replicas, which invent them" if before == "replica" else "the publishers"
        raise MixedArchive(f"{settings.data} holds documents from {told}; use another --data folder for these.")


def mark_origin(order: Order) -> None:
    """Note whether this data folder is filled by publishers or by replicas; once."""
    marker = order.workspace.crawls / "origin.txt"
    if not marker.exists() and any(is_live(load_sources()[errand.connector]) for errand in order.errands):
        write_whole(marker, b"replica\n" if order.settings.replica else b"publishers\n")


def find_errand(name: str, settings: Settings) -> Errand:
    """The connector called `name`, or the inbox where people have put documents of that source."""
    sources = load_sources()
    if name in sources:
        return Errand(name)
    streams = {item.ref.source for item in read_manifest(Workspace(settings.data))}
    if name in streams:
        return Errand("inbox", name)
    raise UnknownSource(f"There is no source called {name!r}. Known: {', '.join(sorted(set(sources) | streams))}.")


def open_run(order: Order, pulls: dict[Errand, Pulled | SourceFailed]) -> RunRecord:
    """The run's record once the publishers have been asked, with an issue written for each one lost."""
    lost = {errand.connector: failure for errand, failure in pulls.items() if isinstance(failure, SourceFailed)}
    given = [one.pulled if isinstance(one, SourceFailed) else one for one in pulls.values()]
    issues = [issue for pulled in given if pulled for issue in pulled.issues]
    issues += [Issue("", "fetch", Level.WARNING, "contact_unset", order.notice)] if order.notice and pulls else []
    issues += [Issue(name, "fetch", Level.ERROR, "source_lost", str(why)) for name, why in lost.items()]
    append_issues(order.workspace.issues / f"{order.run_id}.jsonl", stamp_run(issues, order.run_id))
    return RunRecord(
        run_id=order.run_id,
        started_at=order.started_at,
        finished_at=None,
        as_of=order.as_of,
        state="degraded" if lost else "completed",
        connectors=tuple(errand.connector for errand in order.errands),
        sources_missing=tuple(sorted(lost)),
        documents_new=sum(pulled.new for pulled in given if pulled),
    )


def fail_run(order: Order, run: RunRecord, code: str, messages: tuple[str, ...]) -> RunRecord:
    """The record of a run that could not publish; what stopped it becomes issues. Last night's file stays."""
    issues = [Issue("", "publish", Level.ERROR, code, message) for message in messages]
    append_issues(order.workspace.issues / f"{order.run_id}.jsonl", stamp_run(issues, order.run_id))
    return replace(run, state="failed")


def close_run(order: Order, run: RunRecord, now: datetime) -> None:
    """One line in the run ledger."""
    append_lines(order.workspace.runs, [RUN.dump_json(replace(run, finished_at=now))])


@contextmanager
def failures_recorded(order: Order) -> Iterator[None]:
    """Whatever stops the night becomes one issue, one line in the run ledger and a log; last night's files stay.

    Raises `NightFailed` from the error, and `KeyboardInterrupt` for DuckDB's word that the night was told to stop.
    """
    try:
        yield
    except Exception as error:
        if str(error) == INTERRUPTED:
            raise KeyboardInterrupt from error
        message = f"The night failed: {_say(error)}".rstrip(".")
        order.workspace.reserve.unlink(missing_ok=True)  # the disk may be full
        try:
            details = _record_failure(order, message, traceback.format_exc())
        except OSError as worse:
            details = f"Nothing could be written down: {worse.strerror}"
        raise NightFailed(f"{message}. {details}.") from error


def _say(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    return str(error) or type(error).__name__


def _record_failure(order: Order, message: str, trace: str) -> str:
    """The issue first, then the line in the run ledger, then the log; a word on where the details are."""
    run = fail_run(order, open_run(order, {}), "night_failed", (f"{message}.",))
    close_run(order, run, datetime.now().astimezone())
    log = order.workspace.runs.with_name(f"{order.run_id}.log")
    log.write_text(trace, encoding="utf-8")
    return f"The details are in {log}"
