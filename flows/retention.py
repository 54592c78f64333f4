"""Deletes derived files that have had their time: digests and logs. Never archive, ledger or inbox."""

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from flows.deliver import FOLDER
from pipeline.ledger import Ledger
from pipeline.settings import Settings
from pipeline.workspace import Workspace


def tidy(settings: Settings, today: date) -> tuple[Path, ...]:
    """Delete what is older than the settings keep it; what was deleted. The newest digests always stay, and so do
    those that have not reached their lead yet, and the copies in the leads' own folders.
    """
    gone = (*_old_digests(settings, today), *_old_logs(settings, today))
    for path in gone:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    return gone


def _old_digests(settings: Settings, today: date) -> Iterator[Path]:
    if settings.keep.digest_days is None:
        return
    workspace = Workspace(settings.data)
    lines = [one for one in Ledger(workspace.ledger).sendings().records if one.channel == FOLDER]
    sent = {(one.theme, one.as_of) for one in lines if one.event == "sent"}
    owed = {one.as_of for one in lines if one.event == "told" and (one.theme, one.as_of) not in sent}
    oldest = today - timedelta(days=settings.keep.digest_days)
    dated = sorted((day, path) for path in workspace.digests.glob("????-??-??") if (day := _read_day(path.name)))
    yield from (path for day, path in dated[:-1] if day < oldest and day not in owed)


def _old_logs(settings: Settings, today: date) -> Iterator[Path]:
    if settings.keep.log_days is None:
        return
    oldest = today - timedelta(days=settings.keep.log_days)
    for path in sorted(Workspace(settings.data).runs.parent.glob("????????T??????.log")):
        day = _read_day(path.name[:8])
        if day and day < oldest:
            yield path


def _read_day(name: str) -> date | None:
    try:
        return date.fromisoformat(name)
    except ValueError:
        return None
