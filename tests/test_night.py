"""A whole night, as a person runs it: real Prefect, real model, real DuckDB, over the bundled sample."""

import hashlib
import re
import shutil
import subprocess
import time
from pathlib import Path

import duckdb
import pikepdf
import pytest

from tests.commands import PERENNIAL, Done, perennial

EXPORTS = ("recommendations", "documents", "common_recommendations", "theme_by_source", "register")


@pytest.fixture(scope="session")
def night(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Done]:
    """The data folder after one night over the sample, and what the command printed. Tests copy it before writing."""
    data = tmp_path_factory.mktemp("night") / "data"
    return data, perennial("run", "--source", "sample", "--data", data)


@pytest.fixture
def published(night: tuple[Path, Done]) -> Path:
    """The data folder of that night, to read only."""
    return night[0]


def ask(data: Path, sql: str) -> list[tuple[object, ...]]:
    connection = duckdb.connect(data / "published" / "warehouse.duckdb", read_only=True)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def digest_of(data: Path, names: tuple[str, ...] = EXPORTS) -> dict[str, str]:
    parquet = data / "published" / "parquet"
    return {name: hashlib.sha256((parquet / f"{name}.parquet").read_bytes()).hexdigest() for name in names}


def test_a_night_ends_with_a_table_and_the_places(night: tuple[Path, Done]) -> None:
    data, done = night
    assert done.status == 0, done.err
    assert "leaked" not in done.err
    for told in ("documents", "hmicfrs", "missing-persons", "common recommendations", "issues"):
        assert told in done.out
    assert str(data / "published" / "warehouse.duckdb") in done.out
    [digests] = (data / "digests").iterdir()
    assert str(digests) in done.out
    assert len(list(digests.glob("*.csv"))) == 15


def test_every_document_of_the_sample_is_read(published: Path) -> None:
    assert ask(published, "SELECT count(*) FROM documents WHERE NOT is_read") == [(0,)]


def test_planted_repeats_surface(published: Path) -> None:
    [(perennial_count,)] = ask(published, "SELECT count(*) FROM perennial_recommendations")
    [(recurred_count,)] = ask(published, "SELECT count(*) FROM recurred_after_closure")
    assert perennial_count >= 5
    assert recurred_count >= 1


def test_restricted_documents_stay_out_of_the_public_file(published: Path) -> None:
    assert ask(published, "SELECT count(*) > 0 FROM documents WHERE is_restricted") == [(True,)]
    public = duckdb.connect(published / "published" / "public.duckdb", read_only=True)
    assert public.execute("SELECT count(*) FROM documents WHERE is_restricted").fetchall() == [(0,)]
    public.close()


def test_a_second_night_does_nothing_new_and_says_so(published: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(published, data)
    before = {path: path.stat().st_mtime_ns for path in (data / "published").rglob("*") if path.is_file()}
    done = perennial("run", "--source", "sample", "--data", data)
    assert done.status == 0, done.err
    assert "Nothing new" in done.out
    assert {path: path.stat().st_mtime_ns for path in (data / "published").rglob("*") if path.is_file()} == before


def bad_files(folder: Path, sample: Path) -> list[Path]:
    """One of each: empty, text, encrypted, truncated, without text."""
    folder.mkdir()
    (folder / "empty.pdf").write_bytes(b"")
    (folder / "text.pdf").write_text("The force should act.")
    with pikepdf.open(sample) as pdf:
        pdf.save(folder / "locked.pdf", encryption=pikepdf.Encryption(owner="o", user="u"))
    (folder / "cut.pdf").write_bytes(sample.read_bytes()[:300])
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(folder / "blank.pdf")
    return sorted(folder.iterdir())


def test_bad_input_costs_itself_only(published: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(published, data)
    sample = next((published / "archive").glob("??/*"))
    files = bad_files(tmp_path / "bad", sample)
    added = perennial("add", *files, "--source", "debriefs", "--data", data)
    assert added.status == 0
    assert added.out.count(": added") == len(files)
    again = perennial("add", *files, "--source", "debriefs", "--data", data)
    assert again.out.count("already in the inbox") == len(files)
    done = perennial("run", "--data", data)
    assert done.status == 0, done.err
    told = dict(
        ask(data, "SELECT d.urls[1], i.code FROM issues i JOIN documents d USING (sha256) WHERE d.source = 'debriefs'")
    )
    assert {str(url).split("/")[-1]: code for url, code in told.items()}.keys() >= {"text.pdf", "locked.pdf"}
    assert ask(data, "SELECT count(*) FROM documents WHERE source = 'debriefs'") == [(len(files),)]
    same = "SELECT recommendation_id FROM recommendations WHERE source <> 'debriefs' ORDER BY 1"
    assert ask(data, same) == ask(published, same)


def test_a_night_killed_twice_gives_the_same_tables_from_archive_and_ledger(published: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    for kept in ("archive", "ledger"):
        shutil.copytree(published / kept, data / kept)
    command = [PERENNIAL, "run", "--source", "sample", "--data", data]
    for seconds in (8.0, 16.0):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(seconds)
        process.kill()
        process.wait()
    done = perennial("run", "--source", "sample", "--data", data)
    assert done.status == 0, done.err
    if ask(data, "SELECT as_of FROM parameters") != ask(published, "SELECT as_of FROM parameters"):
        pytest.skip("midnight passed between the two nights: what is overdue has changed")
    assert digest_of(data) == digest_of(published)


def test_a_lost_source_exits_1_and_the_others_go_on(published: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(published, data)
    (data / "inbox").mkdir()
    (data / "inbox" / "manifest.jsonl").write_text('{"written": "by another program"}\n')
    done = perennial("run", "--source", "sample", "--source", "inbox", "--data", data)
    assert done.status == 1
    assert "The listing of inbox cannot be read" in done.err
    assert ask(data, "SELECT is_missing_tonight FROM sources WHERE source = 'inbox'") == [(True,)]
    assert ask(data, "SELECT count(*) FROM recommendations") == ask(published, "SELECT count(*) FROM recommendations")


def test_two_nights_at_once_are_refused(published: Path) -> None:
    hold = (
        "import sys, time; from datetime import datetime, UTC; from pathlib import Path;"
        "from pipeline.workspace import Workspace, hold\n"
        "with hold(Workspace(Path(sys.argv[1])), now=datetime.now(UTC)):\n"
        "    print('held', flush=True); time.sleep(600)"
    )
    command = [PERENNIAL.with_name("python"), "-c", hold, published]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        process.stdout.readline()
        done = perennial("run", "--source", "sample", "--data", published)
        process.kill()
    assert done.status == 2
    assert done.err.count("\n") == 1
    assert "Another run is using" in done.err


def test_search_reaches_recommendations_and_documents(published: Path) -> None:
    for scope in ("recommendations", "documents"):
        done = perennial("search", "missing child return interview", "--in", scope, "--data", published, "--json")
        assert done.status == 0, done.err
        assert done.lines[0].keys() >= {"file", "sha256", "page", "text", "score", "recommendation_id"}
        assert "return" in done.lines[0]["text"].casefold()


def test_reviews_go_round_and_stick(published: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(published, data)
    queue = tmp_path / "queue.csv"
    assert perennial("review", "export", queue, "--limit", "5", "--data", data).status == 0
    head, first, *_ = queue.read_text(encoding="utf-8-sig").splitlines()
    assert "theme_right" in head
    columns = head.split(",")
    import csv

    [row] = list(csv.DictReader([head, first]))
    filled = {**row, "theme_right": "no", "reviewer": "A Lead", "reviewed_on": "20/11/2026"}
    back = tmp_path / "back.csv"
    with back.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerow(filled)
        writer.writerow({**filled, "recommendation_id": "r0000000000000000"})
    taken = perennial("review", "import", back, "--data", data)
    assert taken.status == 1
    assert "1 judgements taken in" in taken.out
    assert "row 3" in taken.err
    again = perennial("review", "import", back, "--data", data)
    assert "0 judgements taken in, 1 already known" in again.out
    assert perennial("run", "--source", "sample", "--data", data).status == 0
    themes = ask(data, f"SELECT themes FROM recommendations WHERE recommendation_id = '{row['recommendation_id']}'")
    assert row["theme"] not in themes[0][0]  # type: ignore[operator]


def test_digests_are_written_again_to_the_byte(published: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(published, data)
    [folder] = (data / "digests").iterdir()
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    done = perennial("digest", "--data", data)
    assert done.status == 0, done.err
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    one = perennial("digest", "--theme", "no-such-theme", "--data", data)
    assert (one.status, one.err.count("\n")) == (2, 1)


def test_the_doctor_finds_this_night_healthy(published: Path) -> None:
    done = perennial("doctor", "--data", published, "--json")
    assert done.status == 0, done.out
    assert {"model", "archive", "last run", "disk"} <= {finding["what"] for finding in done.lines}


def test_the_first_query_of_the_readme_runs(published: Path) -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    [query] = re.findall(r'con\.sql\("(.+?)"\)', readme)
    assert ask(published, query)
