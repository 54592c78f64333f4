"""What a theme lead receives: only what changed since their last digest, and what keeps coming back.

Reads views only. Which themes, date and folder are the caller's; so is remembering what a lead was told.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import TypeAdapter

from pipeline.ledger import ToldRow
from pipeline.refusal import Refusal
from pipeline.stages import StageCache
from pipeline.store import write_whole
from warehouse.connect import Connection, fetch_rows, open_reader
from warehouse.cover import (
    COVERAGE_COLUMNS,
    describe_cover,
    list_coverage,
    list_missing,
    make_about_sheet,
)
from warehouse.csv_cells import Cell, read_csv, write_csv
from warehouse.digest_rows import COLUMNS, JUDGEMENT_COLUMNS, SECTIONS, Digest, Draft, Period, collect_digests
from warehouse.names import LEFT_OUT
from warehouse.told import Told
from warehouse.workbook import Book, Sheet, write_workbooks

INDEX_COLUMNS = ("theme", "name", "lead", "file", *SECTIONS, "since", "as_of", "says")
INDEX = "index.csv"
TOLD = ".told.json"  # what tonight's digests tell, for the ledger once they are handed on
_TOLD_ROWS = TypeAdapter(dict[str, tuple[ToldRow, ...]])


class UnknownDigest(Refusal):
    """A theme or a day that this warehouse cannot write a digest of, in one sentence."""


@dataclass(frozen=True, slots=True)
class About:
    """What all digests of one night rest on."""

    cover: Sequence[tuple[str, str]]
    coverage: Sequence[Mapping[str, Cell]]
    missing: Sequence[str]


@dataclass(frozen=True, slots=True)
class Summary:
    """One theme's line of a night's index."""

    theme: str
    name: str
    lead: str
    as_of: date
    since: date | None
    says: str
    changed: int

    @property
    def headline(self) -> str:
        """For the subject of a message."""
        return (
            f"{self.changed} changed, {self.as_of:%d/%m/%Y}" if self.changed else f"nothing new, {self.as_of:%d/%m/%Y}"
        )


def write_digests(
    path: Path,
    folder: Path,
    *,
    themes: Sequence[str] | None = None,
    as_of: date | None = None,
    since: date | None = None,
    told: Mapping[str, Told] | None = None,
    below: str = "",
    people: StageCache | None = None,
    workers: int = 1,
) -> list[Path]:
    """Write `<folder>/<as_of>/<theme>.csv` and `.xlsx` for each theme from the warehouse at `path`; the files written.

    `told` is what each theme's lead knows, by theme; for others `since` is the day of their last digest (None: all is
    new). `as_of` is the warehouse's own day by default; an earlier one leaves out what was not known then, but shows
    reviews and groups as they are tonight. Beside them `index.csv` says what each digest holds, `about.txt` how to
    read them, and `coverage.csv` what all rest on and what was missing. `below` names a folder inside the day's.
    `people` keeps who was found in which document; many rows are written by `workers` processes. The same warehouse
    and arguments give the same bytes. Raises `UnknownDigest` for an unknown theme or a day after the warehouse's,
    `NoWarehouse` when there is none, and `NamesSurvived` when a name that must be left out is found in what would be
    written.
    """
    with open_reader(path) as connection:
        registry = fetch_rows(connection, "SELECT theme, name, lead FROM themes ORDER BY theme")
        chosen = _choose_themes([row["theme"] for row in registry], themes)
        day, known_by = _choose_day(connection, as_of)
        periods = {
            row["theme"]: _choose_period(day, known_by, since, (told or {}).get(row["theme"])) for row in registry
        }
        drafts, guard = collect_digests(connection, registry, periods, told or {}, people=people)
        about = About(describe_cover(connection, day), list_coverage(connection), list_missing(connection))
    target = folder / day.isoformat() / below
    digests, files = _render(drafts, chosen, about, day, workers)
    guard.check((name, content.decode()) for name, content in files.items() if not name.endswith(".xlsx"))
    for name, content in files.items():
        write_whole(target / name, content)
    if themes is None:
        write_whole(target / TOLD, _TOLD_ROWS.dump_json({one.theme: one.told for one in digests}))
    return [target / name for name in files]


def read_summaries(folder: Path) -> list[Summary]:
    """What the index of the digests in `folder` says, theme by theme; none where there are no digests."""
    path = folder / INDEX
    rows = read_csv(path.read_bytes()) if path.exists() else []
    return [
        Summary(
            theme=row["theme"],
            name=row["name"],
            lead=row["lead"],
            as_of=date.fromisoformat(row["as_of"]),
            since=date.fromisoformat(row["since"]) if row["since"] else None,
            says=row["says"],
            changed=sum(int(row[section]) for section in SECTIONS if section != "standing"),
        )
        for row in rows
    ]


def find_left_out(files: Iterable[Path]) -> list[str]:
    """Ids of the rows of the digests among `files` of which a text was left out whole, for a name would stand in it."""
    contents = (file.read_bytes() for file in files if file.suffix == ".csv")
    rows = (row for content in contents if LEFT_OUT.encode() in content for row in read_csv(content))
    return sorted({row["recommendation_id"] for row in rows if LEFT_OUT in row.values()})


def list_files(folder: Path, theme: str) -> list[Path]:
    """A theme's files in a night's folder."""
    return [path for suffix in (".csv", ".xlsx", ".html") if (path := folder / f"{theme}{suffix}").exists()]


def load_told_rows(folder: Path) -> dict[str, tuple[ToldRow, ...]]:
    """What the digests in `folder` tell, by theme; none where there are no digests."""
    path = folder / TOLD
    return _TOLD_ROWS.validate_json(path.read_bytes()) if path.exists() else {}


def _render(
    drafts: Sequence[Draft], chosen: Collection[str], about: About, day: date, workers: int
) -> tuple[list[Digest], dict[str, bytes]]:
    """All digests, and by name the files of those `chosen`. A workbook is written while the next digest is told."""
    slugs = tuple(draft.theme for draft in drafts)
    wanted = [draft for draft in drafts if draft.theme in chosen]
    coverage = Sheet("Coverage", COVERAGE_COLUMNS, [{**row, "as_of": day} for row in about.coverage])
    told: dict[str, Digest] = {}

    def make_books() -> Iterator[tuple[str, Book]]:
        for draft in sorted(wanted, key=lambda one: -one.row_count):
            digest = told[draft.theme] = draft.tell()
            lines = [("theme", digest.name), ("lead", digest.lead), ("tonight", digest.says(about.missing))]
            sheets = (make_about_sheet([*lines, *about.cover]), Sheet("Digest", COLUMNS, digest.rows), coverage)
            yield digest.theme, Book(sheets, day, themes=slugs, judged=JUDGEMENT_COLUMNS)

    written = write_workbooks(make_books(), sum(one.row_count for one in wanted), workers)
    digests = [told.get(draft.theme) or draft.tell() for draft in drafts]
    files: dict[str, bytes] = {}
    for digest in (told[draft.theme] for draft in wanted):
        files[f"{digest.theme}.csv"] = write_csv(COLUMNS, digest.rows)
        files[f"{digest.theme}.xlsx"] = written[digest.theme]
    files[INDEX] = write_csv(INDEX_COLUMNS, [_describe_digest(one, about.missing) for one in digests])
    files["coverage.csv"] = write_csv(COVERAGE_COLUMNS, coverage.rows)
    files["about.txt"] = "".join(f"{subject}: {says}\r\n" for subject, says in about.cover).encode("utf-8-sig")
    return digests, files


def _choose_themes(known: Sequence[str], wanted: Sequence[str] | None) -> list[str]:
    if unknown := sorted(set(wanted or ()) - set(known)):
        raise UnknownDigest(f"There is no theme {unknown[0]!r}; the themes are {', '.join(known)}.")
    return [theme for theme in known if wanted is None or theme in wanted]


def _choose_day(connection: Connection, as_of: date | None) -> tuple[date, date | None]:
    """The day the digests speak of, and the last day whose news they may tell."""
    tonight: date = fetch_rows(connection, "SELECT as_of FROM parameters")[0]["as_of"]
    day = as_of or tonight
    if day > tonight:
        raise UnknownDigest(f"The warehouse speaks of {tonight}; it cannot say what will be known on {day}.")
    return day, day if day < tonight else None


def _choose_period(day: date, known_by: date | None, since: date | None, told: Told | None) -> Period:
    return Period(day, told.since if told else since, known_by)


def _describe_digest(digest: Digest, missing: Sequence[str]) -> dict[str, Cell]:
    counts = {section: sum(row["section"] == section for row in digest.rows) for section in SECTIONS}
    return {
        **counts,
        "theme": digest.theme,
        "name": digest.name,
        "lead": digest.lead,
        "file": f"{digest.theme}.csv",
        "since": digest.period.since,
        "as_of": digest.period.as_of,
        "says": digest.says(missing),
    }
