"""The round trip of judgements: a CSV out with the rows worth a person's time, and the same file back as records.

Appending the records to the ledger is the caller's. A line has the same id whenever it is read, so the ledger can skip
what it has.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from pipeline.ids import text_hash
from pipeline.records import Review
from pipeline.store import write_whole
from warehouse.connect import fetch_rows, open_reader
from warehouse.csv_cells import read_csv, write_csv

JUDGEMENT_COLUMNS = ("theme_right", "other_theme", "new_status", "note", "reviewer", "reviewed_on")
QUEUE_COLUMNS = (
    "text", "theme", "theme_given", "score", "reason", "kind", "body", "source", "published", "document_title", "page",
    "link", "common_id", "status", "restricted", "recommendation_id", *JUDGEMENT_COLUMNS,
)  # fmt: skip

THEME_ANSWERS = {
    **dict.fromkeys(("yes", "y", "right", "correct", "true", "1"), "right"),
    **dict.fromkeys(("no", "n", "wrong", "incorrect", "false", "0"), "wrong"),
    **dict.fromkeys(("withdrawn", "withdraw", "undo"), "withdrawn"),
}
STATUS_ANSWERS = {
    **{
        word: word
        for word in ("accepted", "accepted in part", "accepted in principle", "rejected", "noted", "done", "not ours")
    },
    **dict.fromkeys(("partly accepted", "partially accepted"), "accepted in part"),
    **dict.fromkeys(("complete", "completed", "closed", "implemented"), "done"),
    **dict.fromkeys(("not for us", "not us"), "not ours"),
    **dict.fromkeys(("withdrawn", "withdraw", "undo"), "withdrawn"),
}
# Day before month: these are British files. The first that fits wins.
DATE_FORMATS = (
    "%Y-%m-%d",
    "%d/%m/%Y",
    "%d/%m/%y",
    "%d-%m-%Y",
    "%d.%m.%Y",
    "%d %B %Y",
    "%d %b %Y",
    "%d-%b-%y",
    "%d-%b-%Y",
)
EXCEL_EPOCH = date(1899, 12, 30)  # Excel counts days from here when a date cell is saved as a number
EXCEL_DAYS = range(36526, 73051)  # 2000 to 2099


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that was not taken: its number as a spreadsheet shows it, one sentence, and its cells to send back."""

    row_number: int
    problem: str
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What one row says to one question, before it is known who says so."""

    question: str
    theme: str | None
    answer: str
    before: str | None


class CellError(ValueError):
    """A cell that cannot be read; one sentence."""


def export_queue(path: Path, file: Path, limit: int = 200) -> int:
    """Write the `limit` least certain rows of the warehouse at `path` to the CSV `file`; how many there were."""
    with open_reader(path) as connection:
        rows = fetch_rows(connection, "SELECT * FROM review_queue LIMIT $limit", {"limit": limit})
    lines = [
        {**row, "theme_given": row["is_given"], "link": row["page_url"], "restricted": row["is_restricted"]}
        for row in rows
    ]
    write_whole(file, write_csv(QUEUE_COLUMNS, lines))
    return len(rows)


def read_reviews(
    file: Path,
    *,
    recorded_at: datetime,
    themes: Collection[str] | None = None,
    recommendation_ids: Collection[str] | None = None,
) -> tuple[list[Review], list[RejectedRow]]:
    """The judgements in `file`, a queue or a digest that people filled in, and the rows that cannot be taken.

    Rows without a judgement are passed over. A row is taken whole or not at all. `themes` and `recommendation_ids`,
    when given, are the slugs and ids that exist. Raises `ValueError` when `file` is not such a CSV.
    """
    rows = read_csv(file.read_bytes())
    if rows and "recommendation_id" not in rows[0]:
        raise ValueError(f"{file.name} has no column recommendation_id, so nobody can tell what was judged.")
    taken: dict[tuple[str, str, str | None], tuple[Review, int]] = {}
    rejected = []
    for number, cells in enumerate(rows, start=2):
        if not any(cells.get(name) for name in JUDGEMENT_COLUMNS[:4]):
            continue
        try:
            reviews = _read_row(cells, recorded_at)
            _check_known(reviews, themes, recommendation_ids)
            _check_agreement(reviews, taken)
        except CellError as problem:
            rejected.append(RejectedRow(number, f"Row {number}: {problem}", cells))
        else:
            taken.update({_key(review): (review, number) for review in reviews})
    return [review for review, _ in taken.values()], rejected


def write_rejected(file: Path, rejected: Collection[RejectedRow]) -> None:
    """Write rejected rows to the CSV `file`, the reason first, ready to be mended and sent again."""
    columns = dict.fromkeys(name for row in rejected for name in row.cells)
    lines = [{**row.cells, "problem": row.problem} for row in rejected]
    write_whole(file, write_csv(("problem", *(name for name in columns if name != "problem")), lines))


def _read_row(cells: Mapping[str, str], recorded_at: datetime) -> list[Review]:
    recommendation_id, reviewer = cells.get("recommendation_id", ""), cells.get("reviewer", "")
    if not recommendation_id:
        raise CellError("there is a judgement and no recommendation_id.")
    if not reviewer:
        raise CellError("reviewer is empty; say who judged it.")
    day = parse_date(cells.get("reviewed_on", ""))
    if day > recorded_at.date():
        raise CellError(f"reviewed_on is {day}, which is still to come.")
    note = cells.get("note") or None
    answers = [*_read_themes(cells), *_read_status(cells)]
    if not answers:
        answers = [Answer("note", None, cells["note"], None)]
    return [
        Review(
            review_id="v" + text_hash(
                recommendation_id, one.question, one.theme or "", one.answer, reviewer.casefold(), str(day), note or ""
            ),
            recommendation_id=recommendation_id, question=one.question, theme=one.theme, answer=one.answer,
            before=one.before, reviewer=reviewer, reviewed_on=day, recorded_at=recorded_at, note=note,
        )
        for one in answers
    ]  # fmt: skip


def _read_themes(cells: Mapping[str, str]) -> list[Answer]:
    """Judgements on the row's own theme, and on others it should have."""
    answers: list[Answer] = []
    if said := cells.get("theme_right", ""):
        if said.casefold() not in THEME_ANSWERS:
            raise CellError(f"theme_right says {said!r}; it can be yes or no.")
        if not (theme := _read_slug(cells.get("theme", ""))):
            raise CellError("theme_right is filled in and theme is empty.")
        given = {"yes": "given", "true": "given", "no": "not given", "false": "not given"}
        answers.append(
            Answer("theme", theme, THEME_ANSWERS[said.casefold()], given.get(cells.get("theme_given", "").casefold()))
        )
    others = (_read_slug(part) for part in cells.get("other_theme", "").replace(";", ",").split(","))
    return answers + [Answer("theme", other, "add", None) for other in others if other]


def _read_status(cells: Mapping[str, str]) -> list[Answer]:
    if not (said := cells.get("new_status", "")):
        return []
    if (answer := STATUS_ANSWERS.get(" ".join(said.casefold().split()))) is None:
        raise CellError(f"new_status says {said!r}; it can be {', '.join(sorted(set(STATUS_ANSWERS.values())))}.")
    return [Answer("status", None, answer, cells.get("status") or None)]


def parse_date(text: str) -> date:
    """A day as people and Excel write it, day before month. Raises `ValueError` with one sentence."""
    first = text.split("T")[0].removesuffix(" 00:00:00").removesuffix(" 00:00").strip()
    if not first:
        raise CellError("reviewed_on is empty; say on which day it was judged.")
    if first.isdecimal() and int(first) in EXCEL_DAYS:
        return EXCEL_EPOCH + timedelta(days=int(first))
    for form in DATE_FORMATS:
        try:
            return datetime.strptime(first, form).date()
        except ValueError:
            continue
    raise CellError(f"reviewed_on says {text!r}, which is not a date such as 2026-03-31 or 31/03/2026.")


def _read_slug(text: str) -> str:
    return "-".join(text.casefold().split())


def _check_known(
    reviews: Collection[Review], themes: Collection[str] | None, recommendation_ids: Collection[str] | None
) -> None:
    for review in reviews:
        if recommendation_ids is not None and review.recommendation_id not in recommendation_ids:
            raise CellError(f"there is no recommendation {review.recommendation_id!r} here.")
        if themes is not None and review.theme is not None and review.theme not in themes:
            raise CellError(f"there is no theme {review.theme!r}; the themes are {', '.join(sorted(themes))}.")


def _check_agreement(
    reviews: Collection[Review], taken: Mapping[tuple[str, str, str | None], tuple[Review, int]]
) -> None:
    for review in reviews:
        earlier = taken.get(_key(review))
        if earlier and earlier[0].answer != review.answer:
            raise CellError(
                f"it says {review.answer!r} where row {earlier[1]} says {earlier[0].answer!r} of the same thing."
            )


def _key(review: Review) -> tuple[str, str, str | None]:
    return review.recommendation_id, review.question, review.theme
