"""Publishes a night: the facts gathered from archive, stages and ledger, built into the warehouse, cut into digests."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from flows.assigning import load_quality, load_themed
from flows.crawled import document_events, last_complete, list_documents, state_of_crawls
from flows.document import REPOSITORY
from flows.grouping import load_grouping
from flows.iteration import Stop, beside, uncollected
from flows.order import RUN
from flows.read import load_extractions, load_replaced
from flows.streams import describe_streams
from flows.theming import load_proposals
from flows.vectors import load_encoder, load_passage_vectors, load_vectors
from pipeline import identity
from pipeline.ids import code_hash, content_hash, text_hash
from pipeline.issues import append_issues, read_issues, stamp_run
from pipeline.ledger import Ledger
from pipeline.records import Extraction, Issue, Level, RunRecord
from pipeline.registry import Theme, load_registry
from pipeline.remote import copy_up, open_root
from pipeline.settings import Settings
from pipeline.stages import StageCache
from pipeline.store import Archive, read_lines, write_whole
from pipeline.workspace import Workspace
from warehouse import digests
from warehouse.decisions import leave_groups
from warehouse.expected import FILE as EXPECTED
from warehouse.expected import read_expected
from warehouse.facts import Facts, Parameters, ThemeRow, list_passages, list_recommendations
from warehouse.publish import PARQUET, publish
from warehouse.summary import read_as_of
from warehouse.told import first_shared, read_told

NOTE = "built_from.json"  # beside the warehouse
OPEN = "open"  # inside a night's folder: its digests without restricted rows, for the post
CODE = tuple(REPOSITORY / name for name in ("pipeline", "sources", "warehouse", "flows"))


@dataclass(frozen=True, slots=True)
class BuiltFrom:
    """What was published last: a hash of all that decided it, empty while it is being written, and each file's hash."""

    state: str
    as_of: date
    files: Mapping[str, str] = field(default_factory=dict)  # by place below the data folder


BUILT_FROM = TypeAdapter(BuiltFrom)


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
    """True when everything published, digests too, was built from `state` already."""
    note = _read_note(Workspace(settings.data))
    return note is not None and note.state == state


def find_altered(settings: Settings) -> tuple[str, ...]:
    """Published files of the last night that are gone or no longer as they were written."""
    workspace = Workspace(settings.data)
    note = _read_note(workspace)
    if note is None:
        return (f"published/{NOTE}",) if (workspace.published / NOTE).exists() else ()
    return tuple(name for name, hashed in note.files.items() if _hash(workspace, name) != hashed)


def publish_night(settings: Settings, run: RunRecord) -> None:
    """Build the warehouse beside, check it, swap it in, and copy it to `parquet_root`.

    Raises `warehouse.build.ChecksFailed`; last night's file then stays.
    """
    workspace = Workspace(settings.data)
    with uncollected():
        facts = gather_facts(settings, run)
        if note := _read_note(workspace):
            _write_note(workspace, BuiltFrom("", note.as_of))  # no state: stopped from here on, it is published again
        published = publish(facts, workspace.published, people=_people(workspace))
    if settings.parquet_root:
        files = (*published.parquet, published.public, published.warehouse)  # the last one there says that all are
        names = [path.relative_to(workspace.published).as_posix() for path in files]
        copy_up(workspace.published, names, open_root(settings.parquet_root))
    _write_note(workspace, BuiltFrom("", run.as_of))


def close_night(settings: Settings, as_of: date, state: str) -> None:
    """Note what everything published was built from, and the hash of each file; the digests are written by now."""
    workspace = Workspace(settings.data)
    folders = (workspace.published / PARQUET, workspace.digests / as_of.isoformat())
    below = (path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file())
    names = (path.relative_to(workspace.data).as_posix() for path in (workspace.warehouse, workspace.public, *below))
    _write_note(workspace, BuiltFrom(state, as_of, {name: _hash(workspace, name) for name in names}))


def write_digests(
    settings: Settings,
    as_of: date | None = None,
    themes: Sequence[str] | None = None,
    run_id: str | None = None,
) -> list[Path]:
    """Digests and bulletins a theme, of what changed since its lead was last told.

    `as_of` is by default the day the warehouse was built for; an earlier one gets no bulletins, which show tonight.
    Of a row in which a name would survive the texts are left out; in a run that is an issue. Raises `Refusal` for an
    unknown theme or a later day, and `NamesSurvived` when a file would hold a name all the same: it is
    not written, nor any bulletin.
    """
    from warehouse.bulletin.pages import make_bulletins  # it draws, and a night without news does not need to

    workspace = Workspace(settings.data)
    tonight = built_for(workspace)
    day = as_of or tonight
    sendings = Ledger(workspace.ledger).sendings().records
    told, told_openly = read_told(sendings, day), read_told(sendings, day, is_public=True)
    # Whoever was never told anything gets everything; before the first delivery, what was written counts as told.
    since = None if told else max((one for one in _dates_in(workspace.digests) if one < day), default=None)
    mail, people = settings.delivery.mail, _people(workspace)

    def draw(_: Stop) -> Mapping[Path, bytes]:
        if day != tonight:
            return {}
        return make_bulletins(
            workspace.public, workspace.digests, since=since, told=told_openly, themes=themes, people=people
        )

    with uncollected(), beside(draw) as drawn:
        written = digests.write_digests(
            workspace.warehouse, workspace.digests, themes=themes, as_of=as_of, since=since, told=told,
            people=people, workers=settings.workers,
        )  # fmt: skip
        if mail and not mail.restricted:
            digests.write_digests(
                workspace.public, workspace.digests, themes=themes, as_of=as_of, since=since, told=told_openly,
                below=OPEN, people=people, workers=settings.workers,
            )  # fmt: skip
        for path, page in drawn.result().items():
            write_whole(path, page)
            written.append(path)
    if run_id:
        left_out = (_describe_left_out(row_id) for row_id in digests.find_left_out(written))
        append_issues(workspace.issues / f"{run_id}.jsonl", stamp_run(left_out, run_id))
    return written


def _people(workspace: Workspace) -> StageCache:
    """Who was found in which document; disposable."""
    return StageCache(workspace.stages / "people")


def _describe_left_out(row_id: str) -> Issue:
    said = f"A name that must be left out still stood in recommendation {row_id}; the digests leave its texts out."
    return Issue("", "digest", Level.WARNING, "name_left_out_whole", said)


def gather_facts(settings: Settings, run: RunRecord) -> Facts:
    """Everything the warehouse is built from."""
    extractions = load_extractions(settings, with_passages=True)
    with beside(lambda _: load_passage_vectors(settings, [row.text for row in list_passages(extractions)])) as passages:
        facts = _gather_rest(settings, run, extractions)
        return replace(facts, passage_vectors=passages.result())


def _gather_rest(settings: Settings, run: RunRecord, extractions: Mapping[str, Extraction]) -> Facts:
    workspace = Workspace(settings.data)
    ledger = Ledger(workspace.ledger)
    grouping = load_grouping(settings)
    reviews = ledger.reviews().records
    events = ledger.identity_events().records
    commons, links = leave_groups(grouping.commons, grouping.links, reviews)
    archive = Archive(workspace.archive)
    encoder = load_encoder(settings)
    registry = load_registry(settings.themes)
    themed = load_themed(settings)
    # What goes out tonight is told from the next day on, so that building the same night again gives the same bytes.
    sent = [one for one in ledger.sendings().records if one.recorded_at.date() < run.as_of]
    return Facts(
        as_of=run.as_of,
        runs=(*read_lines(workspace.runs, RUN).records, run),
        sources=describe_streams(run, archive.lines, last_complete(workspace)),
        files=archive.lines,
        extractions=extractions,
        assignments=themed.assignments,
        traits=themed.traits,
        proposals=load_proposals(settings),
        theme_quality=load_quality(settings),
        themes=tuple(_describe_theme(theme) for theme in registry.themes),
        commons=commons,
        names=identity.read_names(reviews, events),
        links=links,
        identity_events=events,
        theme_events=ledger.theme_events().records,
        reviews=reviews,
        issues=_all_issues(workspace, [issue for one in extractions.values() for issue in one.issues]),
        recommendation_vectors=load_vectors(settings, [row.text for row in list_recommendations(extractions)], encoder),
        model_revision=encoder.revision,
        shared=first_shared(sent),
        parameters=Parameters(**settings.perennial.model_dump()),
        listings=list_documents(workspace),
        document_events=document_events(workspace),
        replaced=load_replaced(settings),
        expected=read_expected(workspace.data / EXPECTED),
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
    note = _read_note(workspace)
    if note is not None:
        return note.as_of
    return read_as_of(workspace.warehouse)  # the note was damaged, or an older release wrote another


def _read_note(workspace: Workspace) -> BuiltFrom | None:
    try:
        return BUILT_FROM.validate_json((workspace.published / NOTE).read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def _write_note(workspace: Workspace, note: BuiltFrom) -> None:
    write_whole(workspace.published / NOTE, BUILT_FROM.dump_json(note))


def _hash(workspace: Workspace, name: str) -> str:
    try:
        with (workspace.data / name).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ""
