"""The round trip of judgements: a file out with the rows worth a person's time, and the same file back as records.

Appending the records to the ledger is the caller's. A line has the same id whenever it is read, so the ledger can skip
what it has. What a row may say is in `judgements`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.records import Review
from pipeline.store import write_whole
from warehouse.connect import fetch_rows, open_reader
from warehouse.cover import describe_cover, make_about_sheet
from warehouse.csv_cells import read_csv, write_csv
from warehouse.digest_rows import JUDGEMENT_COLUMNS
from warehouse.judgements import CellError, Known, is_judged, read_judgement
from warehouse.withholding import load_guard
from warehouse.workbook import Sheet, read_workbook, write_workbook

ID = "recommendation_id"
JUDGED = ("is_an_ask", *JUDGEMENT_COLUMNS)
QUEUE_COLUMNS = (
    "text", "why", "theme", "theme_given", "score", "reason", "kind", "body", "source", "published", "document_title",
    "page", "link", "common_id", "common_text", "addressee", "status", "restricted", "question", ID,
    *JUDGED,
)  # fmt: skip
WORKBOOK = ".xlsx"
ZIP_MARK, OLD_EXCEL_MARK = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that was not taken: its number as a spreadsheet shows it, one sentence, and its cells to send back."""

    row_number: int
    problem: str
    cells: Mapping[str, str]


def count_queue(path: Path) -> int:
    """How many rows wait for a person's judgement in the warehouse at `path`."""
    with open_reader(path) as connection:
        return int(fetch_rows(connection, "SELECT count(*) AS waiting FROM review_queue")[0]["waiting"])


def export_queue(path: Path, file: Path, limit: int = 200, theme: str | None = None) -> int:
    """Write the `limit` rows of the warehouse at `path` most worth judging to `file`; how many there were.

    A workbook when the name ends in .xlsx, else a CSV. Names of people who died are left out.
    """
    with open_reader(path) as connection:
        rows = fetch_rows(
            connection,
            "SELECT * FROM review_queue WHERE $theme IS NULL OR theme = $theme "
            "ORDER BY worth DESC, published DESC NULLS LAST, recommendation_id, theme LIMIT $limit",
            {"limit": limit, "theme": theme},
        )
        guard = load_guard(connection, {row["sha256"] for row in rows})
        as_of = fetch_rows(connection, "SELECT as_of FROM parameters")[0]["as_of"]
        slugs = [row["theme"] for row in fetch_rows(connection, "SELECT theme FROM themes ORDER BY theme")]
        cover = describe_cover(connection, as_of)
    lines = [
        guard.row(
            {
                **row,
                "text": guard.text(row["text"], row["sha256"]),
                "reason": guard.text(row["reason"], row["sha256"]),
                "common_text": guard.text(row["common_text"]),
                "document_title": guard.text(row["document_title"], row["sha256"]),
                "theme_given": row["is_given"],
                "link": guard.link(row["page_url"], row["sha256"]),
                "addressee": guard.addressees(row["addressees"]),
                "restricted": row["is_restricted"],
            },
            QUEUE_COLUMNS,
        )
        for row in rows
    ]
    content = write_csv(QUEUE_COLUMNS, lines)
    guard.check([(file.name, content.decode())])
    if file.suffix.lower() == WORKBOOK:
        sheets = [Sheet("Review", QUEUE_COLUMNS, lines), make_about_sheet(cover)]
        content = write_workbook(sheets, as_of, themes=slugs, judged=(*JUDGEMENT_COLUMNS, "is_an_ask"))
    write_whole(file, content)
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
    when given, are the slugs and ids that exist. Raises `ValueError` when `file` is not such a CSV or workbook.
    """
    rows = read_rows(file)
    known = Known(themes, recommendation_ids)
    taken: dict[tuple[str | None, ...], tuple[Review, int]] = {}
    rejected = []
    for number, cells in enumerate(rows, start=2):
        if not is_judged(cells):
            continue
        try:
            reviews = read_judgement(cells, recorded_at, known)
            _check_agreement(reviews, taken)
        except CellError as problem:
            rejected.append(RejectedRow(number, f"Row {number}: {problem}", cells))
        else:
            taken.update({_key(review): (review, number) for review in reviews})
    return [review for review, _ in taken.values()], rejected


def read_rows(file: Path) -> list[dict[str, str]]:
    """The rows of a CSV or workbook by header, told apart by content and not by name. Raises `ValueError`."""
    content = file.read_bytes()
    if content.startswith(ZIP_MARK):
        return read_workbook(content, ID)
    if content.startswith(OLD_EXCEL_MARK):
        raise ValueError("It is in Excel's old format, or has a password; save it as an Excel workbook (.xlsx) or CSV.")
    return read_csv(content, ID)


def write_rejected(file: Path, rejected: Collection[RejectedRow]) -> None:
    """Write rejected rows to the CSV `file`, the reason first, ready to be mended and sent again."""
    columns = dict.fromkeys(name for row in rejected for name in row.cells)
    lines = [{**row.cells, "problem": row.problem} for row in rejected]
    write_whole(file, write_csv(("problem", *(name for name in columns if name != "problem")), lines))


def _check_agreement(reviews: Collection[Review], taken: Mapping[tuple[str | None, ...], tuple[Review, int]]) -> None:
    """One reviewer may say a thing twice in a file, but not two things of it. Two reviewers may differ."""
    for review in reviews:
        earlier = taken.get(_key(review))
        if earlier and earlier[0].answer != review.answer:
            raise CellError(
                f"it says {review.answer!r} where row {earlier[1]} says {earlier[0].answer!r} of the same thing."
            )


def _key(review: Review) -> tuple[str | None, ...]:
    note = review.answer if review.question == "note" else None
    row = None if review.question == "plain_name" else review.recommendation_id  # it names the group, not the row
    return (
        row, review.question, review.theme, review.common_id, review.reviewer.casefold(), note,
    )  # fmt: skip
