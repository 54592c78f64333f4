"""Tables of figures as Markdown, and the machine they were measured on."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

CPU_FACTS = Path("/proc/cpuinfo")


@dataclass(frozen=True, slots=True)
class Report:
    """One table. Cells are text, or numbers that are printed with three figures."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str | float, ...]]
    note: str = ""


def describe_machine() -> str:
    """Date, processor, cores, memory, Python: figures mean nothing without them."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    facts = (
        f"{datetime.now(UTC):%Y-%m-%d}",
        f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB",
        f"load {os.getloadavg()[0]:.1f} at the start",
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
    )
    return "; ".join(facts)


def format_report(report: Report) -> str:
    """The table in Markdown, under its title."""
    lines = [
        f"### {report.title}",
        "",
        _row(report.columns),
        _row(["---", *["---:"] * (len(report.columns) - 1)]),
        *(_row([_cell(value) for value in row]) for row in report.rows),
    ]
    return "\n".join([*lines, "", report.note] if report.note else lines)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(value: str | float) -> str:
    if isinstance(value, str):
        return value
    return f"{value:,.0f}" if value == int(value) or abs(value) >= 100 else f"{value:.3g}"


def _processor() -> str:
    if CPU_FACTS.exists():
        names = [line.split(":", 1)[1].strip() for line in CPU_FACTS.read_text().splitlines() if "model name" in line]
        if names:
            return names[0]
    return platform.processor() or "unknown processor"
