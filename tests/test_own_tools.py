"""What analysts open the files with themselves: every example of the README is run, in the tool it is written for.

DuckDB's shell and ibis live in .venv-analysts (`make analysts`), with an older DuckDB than the project's own.
"""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from tests.commands import PERENNIAL
from tests.test_warehouse_readme import QUERIES, README
from tests.warehouse_facts import make_facts
from warehouse.csv_cells import read_csv
from warehouse.publish import publish

SECTION = README.split("## From your own tool")[1].split("\n## ")[0]
EXAMPLES = re.findall(r"^```(\w+)\n(.+?)^```", SECTION, re.MULTILINE | re.DOTALL)
ANALYSTS = Path(__file__).parents[1] / ".venv-analysts" / "bin"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a published night in `data`."""
    folder = tmp_path_factory.mktemp("analyst")
    publish(make_facts(), folder / "data" / "published")
    return folder


@pytest.fixture
def analysts() -> Path:
    """Where the analysts' own tools are."""
    if not ANALYSTS.exists():
        pytest.skip("needs .venv-analysts: make analysts")
    return ANALYSTS


def find_example(kind: str, word: str) -> str:
    (found,) = (text for name, text in EXAMPLES if name == kind and word in text)
    return found


def run(folder: Path, command: Sequence[str | Path]) -> str:
    done = subprocess.run(
        list(map(str, command)), cwd=folder, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_example_is_one_of_these() -> None:
    assert [(kind, text.split()[0] + " " + text.split()[1]) for kind, text in EXAMPLES] == [
        ("sh", "duckdb -readonly"), ("python", "import duckdb"), ("python", "import ibis"), ("sh", "perennial export"),
        ("sh", "perennial export"), ("python", "import pyarrow.parquet"),
    ]  # fmt: skip


def test_duckdbs_own_shell(folder: Path, analysts: Path) -> None:
    _, *arguments = shlex.split(find_example("sh", "duckdb"))
    said = run(folder, [analysts / "duckdb", *arguments])
    assert re.search(r"HMICFRS\s+│\s+3\b", said)


def test_every_question_in_duckdbs_own_shell(folder: Path, analysts: Path) -> None:
    """The shell is of another version than ours: no view, function or query needs the newest."""
    (folder / "questions.sql").write_text("\n".join(query.rstrip().rstrip(";") + ";" for query in QUERIES))
    file = "data/published/warehouse.duckdb"
    assert run(folder, [analysts / "duckdb", "-readonly", "-bail", file, "-f", "questions.sql"])


def test_python(folder: Path) -> None:
    said = run(folder, [sys.executable, "-c", find_example("python", "import duckdb")])
    assert re.search(r"^01/03/2023 The force Cell checks of intoxicated", said, re.MULTILINE)


def test_ibis(folder: Path, analysts: Path) -> None:
    said = run(folder, [analysts / "python", "-c", find_example("python", "import ibis")])
    assert re.search(r"death-police-contact\s+4\s+1\b", said)
    kinds = run(
        folder,
        [analysts / "python", "-c", find_example("python", "import ibis") + "print(register.schema())"],
    )
    for column in (
        r"due\s+date",
        r"themes\s+array<string>",
        r"status_history\s+array<struct<dated: date",
        r"is_overdue\s+bool",
    ):
        assert re.search(column, kinds), column


def test_excel_by_workbook(folder: Path) -> None:
    _, *arguments = shlex.split(find_example("sh", "overdue.xlsx"))
    run(folder, [PERENNIAL, *arguments])
    book = openpyxl.load_workbook(folder / "overdue.xlsx")
    header, *rows = book["Table"].iter_rows(values_only=True)
    assert header == ("body", "published", "due", "overdue_days", "text")
    assert len(rows) == 2
    for row in rows:
        assert [type(cell) for cell in row] == [str, datetime, datetime, int, str]
    assert book["Table"]["C2"].is_date


def test_a_workbook_of_a_view_says_what_its_columns_mean(folder: Path) -> None:
    run(folder, [PERENNIAL, "export", "register", "register.xlsx", "--public"])
    book = openpyxl.load_workbook(folder / "register.xlsx")
    header, *_ = book["Table"].iter_rows(values_only=True)
    said = {str(row[0]): str(row[1]) for row in book["About"].iter_rows(values_only=True)}
    assert set(header) <= set(said)
    assert said["is_restricted"].startswith("True: not in the public file")
    assert "zanzibar" not in str([row for page in book for row in page.iter_rows(values_only=True)])


def test_excel_by_csv(folder: Path) -> None:
    _, *arguments = shlex.split(find_example("sh", "register.csv"))
    run(folder, [PERENNIAL, *arguments])
    rows = read_csv((folder / "register.csv").read_bytes())
    assert len(rows) == 6
    (row,) = (row for row in rows if row["text"].startswith("Control room"))
    assert row["themes"] == "investigations; missing-persons"
    assert (row["published"], row["is_overdue"]) == ("2026-09-01", "no")


def test_parquet(folder: Path) -> None:
    said = run(folder, [sys.executable, "-c", find_example("python", "pyarrow")])
    assert "due: date32[day]" in said
    assert "themes: list<" in said


@pytest.mark.parametrize(
    ("query", "file", "said"),
    [
        ("DROP VIEW register", "x.csv", "not one query"),
        ("SELECT 1; SELECT 2", "x.csv", "not one query"),
        ("nothing", "x.csv", "DuckDB cannot answer that: Catalog Error"),
        ("SELECT nothing FROM register", "x.csv", "DuckDB cannot answer that: Binder Error"),
        ("register", "x.pdf", "must end in .xlsx or .csv"),
    ],
)
def test_what_cannot_be_exported_is_told_in_one_sentence(folder: Path, query: str, file: str, said: str) -> None:
    done = subprocess.run(
        [str(PERENNIAL), "export", query, file], cwd=folder, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert not (folder / file).exists()
