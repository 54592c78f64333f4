"""What the warehouse is told of each stream: what it is called, whose it is, and whether tonight could read it."""

from collections.abc import Mapping, Sequence
from datetime import date

from pipeline.records import RunRecord, StoredFile
from pipeline.spec import SourceSpec
from sources import load_sources
from warehouse.facts import SourceRow


def describe_streams(
    run: RunRecord, files: Sequence[StoredFile], complete: Mapping[str, date]
) -> tuple[SourceRow, ...]:
    """Every stream that has a document, and every connector; a stream is missing when what lists it was lost."""
    specs = {name: source.spec for name, source in load_sources().items()}
    titles = title_streams(specs)
    by_stream: dict[str, list[StoredFile]] = {name: [] for name in run.connectors}
    for file in files:
        by_stream.setdefault(file.ref.source, []).append(file)
    return tuple(
        _describe_stream(name, titles.get(name) or _say(name), lines, specs, run, complete)
        for name, lines in sorted(by_stream.items())
    )


def title_streams(specs: Mapping[str, SourceSpec]) -> dict[str, str]:
    """The title of every stream that a connector gives, by short name: its own, and those that its facts name."""
    beside = {stream: title for spec in specs.values() for stream, title in spec.streams.items()}
    return beside | {name: spec.title for name, spec in specs.items()}


def _describe_stream(
    name: str,
    title: str,
    lines: Sequence[StoredFile],
    specs: Mapping[str, SourceSpec],
    run: RunRecord,
    complete: Mapping[str, date],
) -> SourceRow:
    connectors = {line.ref.connector for line in lines} | ({name} & set(specs))
    spec = specs.get(name) or (specs[min(connectors)] if connectors else None)
    bodies = sorted({line.ref.body for line in lines if line.ref.body})
    fetched = [line.fetched_at.date() for line in lines] + [complete[one] for one in connectors if one in complete]
    return SourceRow(
        name=name,
        title=title,
        publisher=", ".join(bodies) or (spec.publisher if spec else None),
        licence=spec.licence if spec else None,
        homepage=spec.homepage if spec else None,
        is_missing_tonight=bool(connectors & set(run.sources_missing)),
        last_good=max(fetched, default=None),
    )


def _say(name: str) -> str:
    """The short name of a stream that people named themselves, as words."""
    words = name.replace("-", " ")
    return f"{words[:1].upper()}{words[1:]}"
