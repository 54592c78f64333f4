"""What commands print: tables for people, JSON lines for scripts. No judgement, only form."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from flows.doctor import Finding
from flows.lines import Membership
from flows.order import NightReport
from flows.quality import Figure
from pipeline.records import Assignment, Extraction, Level, Recommendation
from pipeline.registry import Registry
from pipeline.workspace import Workspace
from warehouse.connect import InUse
from warehouse.search import Hit
from warehouse.summary import SourceSummary, Summary, summarise

WIDE = 110  # columns for people whose terminal says nothing


def show_night(report: NightReport, workspace: Workspace, *, as_json: bool) -> None:
    """What a night found and where the results lie."""
    summary = _summarise(workspace)
    if as_json:
        _emit(
            {
                "run_id": report.run.run_id,
                "state": report.run.state,
                "changed": report.changed,
                "new_documents": report.new_documents,
                "failures": report.failures,
                "summary": dataclasses.asdict(summary) if summary else None,
                "warehouse": str(workspace.warehouse),
                "digests": str(workspace.digests / str(report.run.as_of)),
            }
        )
    else:
        if summary:
            _console().print(_tabulate(summary))
        typer.echo(_tell_change(report))
        if summary:
            typer.echo(f"Warehouse: {workspace.warehouse}")
            typer.echo(f"Digests:   {workspace.digests / str(report.run.as_of)}")
    for failure in report.failures:
        typer.echo(f"perennial: {failure}", err=True)


def show_extraction(path: Path, extraction: Extraction, *, as_json: bool) -> None:
    """The recommendations of one document; its issues go to standard error."""
    for issue in extraction.issues:
        if issue.level != Level.INFO:
            typer.echo(f"perennial: {path.name}: {issue.message}", err=True)
    if as_json:
        for row in extraction.recommendations:
            _emit(_describe_row(path, row))
        return
    typer.echo(f"{path.name}: {extraction.page_count} pages, {len(extraction.recommendations)} recommendations")
    for row in extraction.recommendations:
        label = f"[{row.label}] " if row.label else ""
        status = f" — {row.status}" if row.status else ""
        typer.echo(f"  p{row.page} {row.kind.replace('_', ' ')} {label}{row.text}{status}")


def show_assignments(assignments: Sequence[Assignment], *, as_json: bool) -> None:
    """The themes of each line."""
    for one in assignments:
        if as_json:
            themes = [dataclasses.asdict(score) for score in one.themes]
            _emit({"id": one.recommendation_id, "themes": themes, "abstained": not one.themes})
        else:
            told = "; ".join(f"{score.theme} {score.score:.2f} ({score.reason})" for score in one.themes)
            typer.echo(f"{one.recommendation_id}: {told or 'no theme is sure enough'}")


def show_groups(memberships: Sequence[Membership], *, as_json: bool) -> None:
    """The common recommendation of each line."""
    for one in memberships:
        if as_json:
            _emit(dataclasses.asdict(one))
        else:
            typer.echo(f"{one.id}: {one.common_id or 'stands alone'}")


def show_hits(hits: Sequence[Hit], *, as_json: bool) -> None:
    """What a search found, best first."""
    for hit in hits:
        if as_json:
            _emit(dataclasses.asdict(hit))
        else:
            typer.echo(f"{hit.score:.3f}  {hit.title or hit.file}, page {hit.page}\n       {hit.text}\n")
    if not hits and not as_json:
        typer.echo("Nothing found.")


def show_themes(registry: Registry, counts: Mapping[str, int], *, as_json: bool) -> None:
    """The registry, and how many recommendations each theme holds in the published warehouse."""
    if as_json:
        for theme in registry.themes:
            _emit({"slug": theme.slug, "name": theme.name, "kind": theme.kind, "lead": theme.lead,
                   "recommendations": counts.get(theme.slug, 0)})  # fmt: skip
        return
    table = Table("theme", "name", "kind", "lead", "recommendations")
    for theme in registry.themes:
        table.add_row(theme.slug, theme.name, theme.kind, theme.lead, str(counts.get(theme.slug, 0)))
    _console().print(table)


def show_quality(figures: Sequence[Figure], *, as_json: bool) -> None:
    """Each figure against its floor."""
    if as_json:
        for figure in figures:
            _emit({**dataclasses.asdict(figure), "passes": figure.passes})
        return
    table = Table("measure", "value", "floor", "")
    for figure in figures:
        table.add_row(figure.name, f"{figure.value:.3f}", f"{figure.floor:.2f}", "" if figure.passes else "below")
    _console().print(table)


def show_findings(findings: Sequence[Finding], *, as_json: bool) -> None:
    """What the doctor found."""
    for finding in findings:
        if as_json:
            _emit(dataclasses.asdict(finding))
        else:
            typer.echo(f"{'FAULT ' if finding.is_fault else 'ok    '}{finding.what}: {finding.finding}")


def _tell_change(report: NightReport) -> str:
    if report.run.state == "failed":
        return "The night failed a check; last night's files stay as they were."
    if not report.changed:
        return "Nothing new: everything published is up to date."
    return f"{report.new_documents} new documents, {report.digests} digests written."


def _tabulate(summary: Summary) -> Table:
    table = Table("", "", title="Published")
    table.add_row("documents", f"{summary.documents} ({summary.documents_read} read)")
    table.add_row("recommendations", str(summary.recommendations))
    for source in summary.sources:
        if source.documents or source.is_missing_tonight:
            table.add_row(f"  {source.source}", _describe_source(source))
    table.add_section()
    for theme in summary.themes:
        table.add_row(f"  {theme.theme}", str(theme.recommendations))
    table.add_row("  no theme is sure enough", str(summary.abstained))
    table.add_section()
    table.add_row("common recommendations", str(summary.common_recommendations))
    table.add_row("  of these perennial", str(summary.perennial_recommendations))
    table.add_row("issues", ", ".join(f"{n} {level}" for level, n in summary.issues_by_level.items()) or "none")
    return table


def _describe_source(source: SourceSummary) -> str:
    restated = f" and {source.quoted} restated in responses" if source.quoted else ""
    return f"{source.recommendations}{restated}{' (missing tonight)' if source.is_missing_tonight else ''}"


def _describe_row(path: Path, row: Recommendation) -> dict[str, Any]:
    return {
        "file": str(path),
        "sha256": row.sha256,
        "kind": row.kind,
        "label": row.label,
        "text": row.text,
        "page": row.page,
        "page_end": row.page_end,
        "also_on_pages": row.also_on_pages,
        "status": row.status,
        "response_page": row.response_page,
        "addressee": "; ".join(row.addressees) or None,
        "deadline": row.deadline.isoformat() if row.deadline else None,
    }


def _summarise(workspace: Workspace) -> Summary | None:
    """None when nothing was ever published, or another program keeps it to itself, which is told."""
    try:
        return summarise(workspace.warehouse) if workspace.warehouse.exists() else None
    except InUse as error:
        typer.echo(f"perennial: {error}", err=True)
        return None


def _emit(value: Mapping[str, Any]) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, default=str))


def _console() -> Console:
    console = Console()
    return console if console.is_terminal else Console(width=WIDE)
