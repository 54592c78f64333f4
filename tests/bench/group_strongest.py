"""The strongest common recommendations of the corpus, as a night over it publishes them, for a reader to judge."""

import csv
import json
import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from pipeline.embed import load_encoder
from pipeline.ids import content_hash
from pipeline.settings import Settings
from pipeline.store import write_whole
from pipeline.workspace import Workspace
from sources.pfd import BODY as CORONER
from tests.bench.group_rows import SHARED
from tests.bench.kept_rows import Row, keep_rows
from tests.commands import perennial
from warehouse.connect import fetch_rows, open_reader

SHOWN = 20
FEWEST_WORDS = 9
# Where a coroner's paragraph, number or bullet starts.
PARTS = re.compile(
    r"(?:(?<=\n)|^|(?<=[.;:?!]\s)|(?<=\s\s))\s*\(?(?:\d{1,2}|[a-h]|[ivx]{1,4})[.)]\s+(?=[A-Z\u201c\"])"
    r"|\n[\u2022\u25cf\u25aa-]\s*|\n\s*\n"
)
# The corpus has whole texts, not rows: a paragraph that neither asks nor finds fault tells what happened.
ASKING = re.compile(
    r"\b(?:should|must|ought|recommend\w*|needs? (?:to|for)|ensur\w+|consider(?:ation|ed)?|review\w*|requir\w+"
    r"|remind\w*|improv\w+|suggest\w*|reduc\w+|no|not|never|none|nobody|without|lack\w*|absen\w+|fail\w*|inadequate\w*"
    r"|insufficient\w*|poor\w*|delay\w*|shortage\w*|unable|unclear|unaware|unsafe|unavailable|limited|inconsisten\w*"
    r"|confus\w*|inappropriate\w*|incomplete|gap\w*|concern(?:ed|s)?|risk\w*|missed|breach\w*|excessive|cannot)\b",
    re.IGNORECASE,
)
DAYS = ("%d/%m/%Y", "%Y-%m-%d", "%A, %d %B, %Y", "%d %b %Y")


def print_strongest(data: Path) -> None:
    """The first of `common_recommendations`, with what they ask and who asked it; `data` is filled where it is not."""
    if not data.exists():
        _fill(data)
    done = perennial("run", "--source", "inbox", "--data", data, PERENNIAL_OCR="false")
    if done.status:
        raise RuntimeError(f"The night exited {done.status}: {done.err.strip()[-500:]}")
    with open_reader(Workspace(data).published / "warehouse.duckdb") as connection:
        query = "SELECT common_id, strength, bodies, years FROM common_recommendations LIMIT $count"
        for rank, common in enumerate(fetch_rows(connection, query, {"count": SHOWN}), start=1):
            print(f"\n{rank}. {common['strength']}: {', '.join(common['bodies'])}; {common['years']}")
            members = fetch_rows(
                connection,
                "SELECT kind, body, published, document_title, label, text FROM recommendations "
                "WHERE common_id = $id ORDER BY published NULLS LAST, recommendation_id",
                {"id": common["common_id"]},
            )
            for row in members:
                print(f"   {row['body']}, {row['published'] or 'no date'}, {row['document_title']}, {row['label']} "
                      f"({row['kind']}): {' '.join(row['text'].split())}")  # fmt: skip


def _fill(data: Path) -> None:
    """Rows of the corpus's lists as reading would leave them, and its PDFs in the inbox."""
    settings = Settings(data=data, ocr=False)
    rows = sorted([*_read_coroners(), *_read_complaints()], key=lambda row: row.document)
    keep_rows(settings, load_encoder(), rows)
    for name in sorted({row.document for row in rows}):
        sha256 = content_hash(name.encode())  # nobody reads it again, but it has to be there
        write_whole(Workspace(data).archive / sha256[:2] / sha256, name.encode())
    for folder in sorted((SHARED / "corpus/pdf").iterdir()):
        perennial("add", *sorted(folder.glob("*.pdf")), "--source", folder.name, "--data", data)


def _read_coroners() -> Iterator[Row]:
    file = "pfd/reports.jsonl"
    for line, written in enumerate((SHARED / "corpus" / file).read_text(encoding="utf-8").splitlines()):
        report = json.loads(written)
        text, start = report["concerns"] or "", 0
        for end, after in [*(match.span() for match in PARTS.finditer(text)), (len(text), len(text))]:
            part = text[start:end]
            start = after
            if len(part.split()) >= FEWEST_WORDS and ASKING.search(part):
                yield Row(part.strip(), f"{file} {line}", "pfd", CORONER, _read_day(report["date"]))


def _read_complaints() -> Iterator[Row]:
    file = "iopc/recommendation_pages.csv"
    with (SHARED / "corpus" / file).open(encoding="utf-8", newline="") as stream:
        for line, row in enumerate(csv.DictReader(stream)):
            text = row["recommendation"].strip()
            if text:
                day = _read_day(row["dateofrecommendation"])
                yield Row(text, f"{file} {line}", "iopc", "IOPC", day)


def _read_day(written: str | None) -> date | None:
    for form in DAYS:
        try:
            return datetime.strptime((written or "").strip(), form).date()
        except ValueError:
            continue
    return None
