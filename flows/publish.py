"""Publishes a night: the facts gathered from archive, stages and ledger, built into the warehouse, cut into digests."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from flows.crawled import document_events, last_complete, list_documents, state_of_crawls
from flows.order import RUN
from flows.read import REPOSITORY, load_extractions, load_replaced
from flows.theming import load_assignments, load_proposals, load_quality, load_traits
from flows.understand import load_grouping
from flows.vectors import load_vectors
from pipeline.embed import load_encoder
from pipeline.ids import code_hash, content_hash, text_hash
from pipeline.issues import read_issues
from pipeline.ledger import Ledger
from pipeline.records import Issue, RunRecord, StoredFile
from pipeline.registry import Theme, load_registry
from pipeline.settings import Settings
from pipeline.spec import SourceSpec
from pipeline.store import Archive, read_lines, write_whole
from pipeline.workspace import Workspace
from sources import load_sources
from warehouse import digests
from warehouse.bulletin.pages import write_bulletins
from warehouse.decisions import leave_groups
from warehouse.expected import FILE as EXPECTED
from warehouse.expected import read_expected
from warehouse.facts import Facts, Parameters, SourceRow, ThemeRow, list_passages, list_recommendations
from warehouse.publish import publish
from warehouse.told import first_shared, read_told

OPEN = "open"  # inside a night's folder: its digests without restricted rows, for the post
CODE = tuple(REPOSITORY / name for name in ("pipeline", "sources", "warehouse", "flows"))


def state_of(settings: Settings, as_of: date, missing: Sequence[str]) -> str:
    """A hash of all that decides what is published: the archive, people's decisions, settings, code, the date."""
    workspace = Workspace(settings.data)
    ledger = Ledger(workspace.ledger)
    kept = (
        Archive(workspace.archive).lines_path,
        ledger.reviews_path,
        ledger.proposal_decisions_path,
        workspace.data / EXPECTED,
    )
    contents = (content_hash(path.read_bytes()) if path.exists() else "" for path in kept)
    own_registry = content_hash(settings.themes.read_bytes()) if settings.themes else ""
    crawls = state_of_crawls(workspace)
    return text_hash(
        *contents, crawls, own_registry, settings.fingerprint(), code_hash(CODE), as_of.isoformat(), *missing
    )


def is_published(settings: Settings, state: str) -> bool:
    """True when the published file was built from `state` already."""
    workspace = Workspace(settings.data)
    path = _state_path(workspace)
    if not (path.exists() and workspace.warehouse.exists()):
        return False
    return bool(json.loads(path.read_text(encoding="utf-8"))["state"] == state)


def publish_night(settings: Settings, run: RunRecord, state: str) -> None:
    """Build the warehouse beside, check it, swap it in, and note what it was built from.

    Raises `warehouse.build.ChecksFailed`; last night's file then stays.
    """
    workspace = Workspace(settings.data)
    publish(gather_facts(settings, run), workspace.published)
    built_from = {"state": state, "run_id": run.run_id, "as_of": run.as_of.isoformat()}
    write_whole(_state_path(workspace), json.dumps(built_from).encode())


def write_digests(settings: Settings, as_of: date | None = None, themes: Sequence[str] | None = None) -> list[Path]:
    """Digests and bulletins a theme, of what changed since its lead was last told.

    `as_of` is by default the day the warehouse was built for; an earlier one gets no bulletins, which show tonight.
    Raises `Refusal` for an unknown theme or a later day.
    """
    workspace = Workspace(settings.data)
    tonight = built_for(workspace)
    day = as_of or tonight
    sendings = Ledger(workspace.ledger).sendings().records
    told, told_openly = read_told(sendings, day), read_told(sendings, day, is_public=True)
    # Whoever was never told anything gets everything; before the first delivery, what was written counts as told.
    since = None if told else max((one for one in _dates_in(workspace.digests) if one < day), default=None)
    written = digests.write_digests(
        workspace.warehouse, workspace.digests, themes=themes, as_of=as_of, since=since, told=told
    )
    mail = settings.delivery.mail
    if mail and not mail.restricted:
        digests.write_digests(
            workspace.public, workspace.digests, themes=themes, as_of=as_of, since=since, told=told_openly, below=OPEN
        )
    if day == tonight:
        written += write_bulletins(workspace.public, workspace.digests, since=since, told=told_openly, themes=themes)
    return written


def gather_facts(settings: Settings, run: RunRecord) -> Facts:
    """Everything the warehouse is built from."""
    workspace = Workspace(settings.data)
    ledger = Ledger(workspace.ledger)
    extractions = load_extractions(settings, with_passages=True)
    grouping = load_grouping(settings)
    reviews = ledger.reviews().records
    commons, links = leave_groups(grouping.commons, grouping.links, reviews)
    archive = Archive(workspace.archive)
    encoder = load_encoder(settings.encoder)
    registry = load_registry(settings.themes)
    # What goes out tonight is told from the next day on, so that building the same night again gives the same bytes.
    sent = [one for one in ledger.sendings().records if one.recorded_at.date() < run.as_of]
    return Facts(
        as_of=run.as_of,
        runs=(*read_lines(workspace.runs, RUN).records, run),
        sources=_describe_sources(run, archive.lines, last_complete(workspace)),
        files=archive.lines,
        extractions=extractions,
        assignments=load_assignments(settings),
        traits=load_traits(settings),
        proposals=load_proposals(settings),
        theme_quality=load_quality(settings),
        themes=tuple(_describe_theme(theme) for theme in registry.themes),
        commons=commons,
        links=links,
        identity_events=ledger.identity_events().records,
        theme_events=ledger.theme_events().records,
        reviews=reviews,
        issues=_all_issues(workspace, [issue for one in extractions.values() for issue in one.issues]),
        recommendation_vectors=load_vectors(settings, [row.text for row in list_recommendations(extractions)], encoder),
        passage_vectors=load_vectors(settings, [row.text for row in list_passages(extractions)], encoder),
        model_revision=encoder.revision,
        shared=first_shared(sent),
        parameters=Parameters(**settings.perennial.model_dump()),
        listings=list_documents(workspace),
        document_events=document_events(workspace),
        replaced=load_replaced(settings),
        expected=read_expected(workspace.data / EXPECTED),
    )


def _describe_sources(
    run: RunRecord, files: Sequence[StoredFile], complete: Mapping[str, date]
) -> tuple[SourceRow, ...]:
    """Every stream that has a document, and every connector; a stream is missing when what lists it was lost."""
    specs = {name: source.spec for name, source in load_sources().items()}
    by_stream: dict[str, list[StoredFile]] = {name: [] for name in run.connectors}
    for file in files:
        by_stream.setdefault(file.ref.source, []).append(file)
    return tuple(_describe_stream(name, lines, specs, run, complete) for name, lines in sorted(by_stream.items()))


def _describe_stream(
    name: str,
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
        title=spec.title if spec and spec.name == name else name,
        publisher=", ".join(bodies) or (spec.publisher if spec else None),
        licence=spec.licence if spec else None,
        homepage=spec.homepage if spec else None,
        is_missing_tonight=bool(connectors & set(run.sources_missing)),
        last_good=max(fetched, default=None),
    )


def _describe_theme(theme: Theme) -> ThemeRow:
    return ThemeRow(
        theme.slug, theme.name, theme.kind, theme.lead, theme.definition, theme.inclusions, theme.exclusions
    )


def _all_issues(workspace: Workspace, of_documents: list[Issue]) -> tuple[Issue, ...]:
    """Standing issues of documents, and those met by single runs."""
    return (*of_documents, *read_issues(workspace.issues))


def _dates_in(folder: Path) -> list[date]:
    found = []
    for path in folder.glob("????-??-??"):
        try:
            found.append(date.fromisoformat(path.name))
        except ValueError:
            continue
    return found


def built_for(workspace: Workspace) -> date:
    """The day the published warehouse speaks of."""
    return date.fromisoformat(json.loads(_state_path(workspace).read_text(encoding="utf-8"))["as_of"])


def _state_path(workspace: Workspace) -> Path:
    return workspace.published / "built_from.json"
