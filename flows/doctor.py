"""`perennial doctor`: what is installed, stale or missing, in sentences a person can act on."""

import stat
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from flows.backup import BACKUP_LINES
from flows.crawled import list_documents
from flows.inbox import read_manifest
from flows.order import RUN
from flows.production.programs import ADDRESS, is_answering
from flows.publish import built_for
from flows.troubles import LITTLE_DISK_GB, find_troubles, free_gigabytes, missed_since
from flows.vectors import load_encoder
from pipeline.ids import content_hash
from pipeline.ledger import Ledger
from pipeline.reading import WrongModel, check_models
from pipeline.registry import check_registry, load_registry
from pipeline.settings import Settings, read_variable
from pipeline.store import Archive, read_lines
from pipeline.torch_model import EncoderError
from pipeline.visits import CrawlRecord, CrawlState, crawl_folders, read_crawls
from pipeline.workspace import Busy, Workspace, check_free, held_since
from sources import load_sources
from warehouse.facts import ListedRow
from warehouse.reviews import count_queue

PACKAGES = (
    "perennial",
    "prefect",
    "duckdb",
    "pyarrow",
    "pypdfium2",
    "rapidocr",
    "openvino",
    "torch",
    "sentence-transformers",
    "hdbscan",
)
STALE_AFTER_DAYS = 7  # a publisher whose last whole crawl is older: nobody may think that nothing was published
OLD_BACKUP_DAYS = 8
OTHERS = stat.S_IROTH | stat.S_IXOTH  # accounts that are neither the owner nor in the group


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. A fault needs somebody to do something."""

    what: str
    finding: str
    is_fault: bool = False


def examine(settings: Settings, now: datetime) -> list[Finding]:
    """Everything worth knowing about this installation and its data folder."""
    workspace = Workspace(settings.data, settings.archive_root)
    return [
        *_look_at_packages(),
        *_look_at_models(settings),
        *_look_at_registry(settings),
        *_look_at_sources(settings, now),
        *_look_at_data(settings, workspace, now),
        *_look_at_lock(settings, now),
        *_look_at_waiting(settings, now),
        *_look_at_server(),
        *_look_at_backups(workspace, now),
        *_look_at_modes(workspace),
        _look_at_disk(workspace.data),
    ]


def _look_at_packages() -> Iterator[Finding]:
    for name in PACKAGES:
        try:
            yield Finding(name, version(name))
        except PackageNotFoundError:
            yield Finding(name, "is not installed; run `make install`", is_fault=True)


def _look_at_models(settings: Settings) -> Iterator[Finding]:
    """Each model by the hash of its file: one that is not the tested one is told, and no reason to say no more."""
    try:
        yield Finding("model", load_encoder(settings).revision)
    except EncoderError as error:
        yield Finding("model", str(error), is_fault=True)
    if settings.ocr:
        try:
            told = (f"{path.stem}@{content_hash(path.read_bytes())[:12]}" for path in check_models().values())
            yield Finding("model for scans", ", ".join(told))
        except WrongModel as error:
            yield Finding("model for scans", str(error), is_fault=True)


def _look_at_registry(settings: Settings) -> Iterator[Finding]:
    registry = load_registry(settings.themes)
    findings = check_registry(registry)
    yield Finding("themes", f"{len(registry.themes)} themes, version {registry.version}")
    yield from (Finding("themes", str(finding), is_fault=True) for finding in findings)


def _look_at_sources(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Each publisher: when it was last asked to the end, how much of what it lists is held, and what keeps the rest."""
    sources = load_sources()
    yield Finding("sources", ", ".join(sources))
    if settings.contact:
        yield Finding("contact", f"publishers are told {settings.contact}")
    else:
        yield Finding(
            "contact", "none is set, so no publisher is asked; put `contact: you@example.org` in settings.yml"
        )
    workspace = Workspace(settings.data)
    rows = list_documents(workspace)
    held = Counter((row.connector, row.outcome) for row in rows)
    newest = {row.connector: row.published for row in sorted(rows, key=_published_or_never)}
    for folder in crawl_folders(workspace.archive):
        crawls = read_crawls(folder)
        if crawls and folder.name in sources:
            outcomes = {outcome: count for (name, outcome), count in sorted(held.items()) if name == folder.name}
            yield _describe_crawls(crawls, outcomes, newest.get(folder.name), now)


def _describe_crawls(
    crawls: Sequence[CrawlRecord], outcomes: Mapping[str, int], newest: date | None, now: datetime
) -> Finding:
    last = crawls[-1]
    complete = [one.ended_at or one.began_at for one in crawls if one.state == CrawlState.COMPLETE]
    days = (now - complete[-1]).days if complete else None
    whole = "never asked to the end yet" if days is None else f"asked to the end {days} days ago"
    listed = sum(outcomes.values())
    rest = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.items() if outcome != "fetched")
    told = f"{whole}; {outcomes.get('fetched', 0)} of {listed} documents held{f' ({rest})' if rest else ''}"
    told += f"; the newest is of {newest}" if newest else ""
    told += f"; {last.reason}" if last.reason else ""
    is_fault = last.state == CrawlState.STOPPED or (days is not None and days > STALE_AFTER_DAYS)
    return Finding(last.connector, told, is_fault)


def _published_or_never(row: ListedRow) -> date:
    return row.published or date.min


def _look_at_data(settings: Settings, workspace: Workspace, now: datetime) -> Iterator[Finding]:
    if not workspace.data.exists():
        yield Finding("data", f"{workspace.data} does not exist yet; `perennial run` makes it")
        return
    archive = Archive(workspace.archive, workspace.blobs)
    yield Finding("archive", f"{len({line.sha256 for line in archive.lines})} documents")
    missing = [line.sha256 for line in archive.lines if not archive.path_of(line.sha256).exists()]
    if missing:
        yield Finding("archive", f"{len(missing)} archived files are gone; fetch them again", is_fault=True)
    reviews = Ledger(workspace.ledger).reviews()
    damaged = archive.damaged_lines + reviews.damaged
    if damaged:
        yield Finding("ledger", f"{damaged} lines of the archive or the ledger cannot be read", is_fault=True)
    yield Finding("reviews", f"{len(reviews.records)} judgements")
    yield from _look_at_runs(settings, workspace, now)


def _look_at_runs(settings: Settings, workspace: Workspace, now: datetime) -> Iterator[Finding]:
    runs = read_lines(workspace.runs, RUN).records
    if not runs:
        yield Finding("last run", "none yet")
        return
    last = runs[-1]
    hours = (now - last.started_at).total_seconds() / 3600
    stale = missed_since(settings.schedule, last.started_at, now) is not None
    yield Finding("last run", f"{last.run_id}, {last.state}, {hours:.0f} hours ago", stale or last.state == "failed")
    if last.seconds_by_stage:
        yield Finding("its seconds", ", ".join(f"{name} {took:.0f}" for name, took in last.seconds_by_stage.items()))
    if last.sources_missing:
        yield Finding("missing", f"lost in the last run: {', '.join(last.sources_missing)}", is_fault=True)
    if workspace.warehouse.exists():
        size = workspace.warehouse.stat().st_size / 1e6
        yield Finding("warehouse", f"of {built_for(workspace)}, {size:.0f} MB")
    else:
        yield Finding("warehouse", "nothing has been published", is_fault=True)


def _look_at_disk(folder: Path) -> Finding:
    free = free_gigabytes(folder)
    return Finding("disk", f"{free:.0f} GB free", is_fault=free < LITTLE_DISK_GB)


def _look_at_lock(settings: Settings, now: datetime) -> Iterator[Finding]:
    workspace = Workspace(settings.data)
    try:
        check_free(workspace)
    except Busy as error:
        since = held_since(workspace)
        stuck = since is not None and (now - since).total_seconds() / 3600 > settings.notify.stuck_hours
        yield Finding("lock", str(error), is_fault=stuck)


def _look_at_waiting(settings: Settings, now: datetime) -> Iterator[Finding]:
    """What waits for the next night, for a person or to go out, and whether anybody is told of troubles."""
    workspace = Workspace(settings.data)
    kept = {line.sha256 for line in Archive(workspace.archive).lines}
    waiting = {item.file for item in read_manifest(workspace) if Path(item.file).stem not in kept}
    yield Finding("inbox", f"{len(waiting)} documents wait for the next night")
    if workspace.warehouse.exists():
        yield Finding("queue", f"{count_queue(workspace.warehouse)} rows wait for a judgement")
    owed = [one for one in find_troubles(settings, now) if one.key == "delivery"]
    yield Finding("delivery", owed[0].what if owed else "nothing waits", is_fault=bool(owed))
    notify = settings.notify
    ways = [*notify.mail, *(["a webhook"] if notify.webhook else [])]
    if notify.mail and settings.delivery.mail is None:
        yield Finding("notify", "addresses are set and no mail server; put `mail` under `delivery`", is_fault=True)
    else:
        yield Finding("notify", ", ".join(ways) or "nobody is told when a night fails; set `notify` in settings.yml")


def _look_at_server() -> Iterator[Finding]:
    """The Prefect server that the environment names; `perennial serve` without one brings its own."""
    if address := read_variable(ADDRESS):
        answers = is_answering(address)
        told = "answers" if answers else "does not answer; see whether it runs"
        yield Finding("server", f"{address} {told}", is_fault=not answers)


def _look_at_backups(workspace: Workspace, now: datetime) -> Iterator[Finding]:
    if not workspace.ledger.exists():
        return
    lines = read_lines(workspace.backups, BACKUP_LINES).records
    days = (now - lines[-1].made_at).days if lines else None
    told = f"the last was made {days} days ago, {lines[-1].file}" if lines else "none was made; see `perennial backup`"
    yield Finding("backup", told, is_fault=days is not None and days > OLD_BACKUP_DAYS)


def _look_at_modes(workspace: Workspace) -> Iterator[Finding]:
    """Private folders and the restricted file must not be open to every account of the machine."""
    if not workspace.data.exists() or not _is_reachable(workspace.data):
        return
    for path in (*workspace.private, workspace.warehouse):
        if path.exists() and path.stat().st_mode & OTHERS:
            yield Finding("modes", f"every account can read {path}; `chmod -R o= {path}` closes it", is_fault=True)


def _is_reachable(folder: Path) -> bool:
    """Whether an account that is neither the owner nor in the group gets as far as into `folder`."""
    return all(one.stat().st_mode & stat.S_IXOTH for one in (folder, *folder.resolve().parents))
