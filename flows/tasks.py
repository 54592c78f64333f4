"""Every Prefect task. A task exists for retry, concurrency or visibility; its body is one call."""

from datetime import date, datetime
from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE

from flows import assigning, deliver, grouping, publish, pull, read, theming, understand
from flows.iteration import Stop
from flows.pulled import Pulled
from pipeline.fetch import Fetcher
from pipeline.records import RunRecord
from pipeline.settings import Settings
from sources import Source


@task(cache_policy=NO_CACHE)  # a fetcher is no value that could be hashed
def pull_documents(
    settings: Settings, source: Source, fetcher: Fetcher, stream: str | None, since: date | None, now: datetime
) -> Pulled:
    """Listing and files of one connector into the archive."""
    return pull.pull_documents(settings, source, fetcher, stream=stream, since=since, now=now)


@task
def read_documents(settings: Settings) -> read.Work:
    """New documents through the reading workers."""
    return read.read_documents(settings)


@task
def embed_asks(settings: Settings) -> read.Work:
    """New recommendations through the model."""
    return understand.embed_asks(settings)


@task(cache_policy=NO_CACHE)  # nor is what tells it to stop
def embed_passages(settings: Settings, stop: Stop) -> read.Work:
    """New passages through the model."""
    return understand.embed_passages(settings, stop)


@task
def assign_themes(settings: Settings, run_id: str, now: datetime) -> read.Work:
    """Themes for every row."""
    return assigning.assign_themes(settings, run_id, now)


@task
def propose_themes(settings: Settings, run_id: str, now: datetime, as_of: date) -> read.Work:
    """What no theme covers, clustered."""
    return theming.propose_themes(settings, run_id, now, as_of)


@task
def group_recommendations(settings: Settings, run_id: str, now: datetime) -> read.Work:
    """Common recommendations and links."""
    return grouping.group_recommendations(settings, run_id, now)


@task
def publish_night(settings: Settings, run: RunRecord) -> None:
    """The warehouse, built beside, checked and swapped in."""
    publish.publish_night(settings, run)


@task
def deliver_digests(settings: Settings, run_id: str, now: datetime) -> list[str]:
    """Into folders and by mail; a sentence for each that did not go out."""
    return deliver.deliver(settings, run_id, now).failures


@task
def write_digests(settings: Settings, as_of: date, run_id: str) -> list[Path]:
    """One CSV a theme."""
    return publish.write_digests(settings, as_of, run_id=run_id)
