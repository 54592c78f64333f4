"""The command line keeps its promises: stable JSON, one sentence for wrong input, exit statuses."""

import json
from pathlib import Path

import pytest

from tests.commands import perennial

SAMPLE = Path(__file__).parents[1] / "sources" / "sample" / "documents"
EXTRACT_KEYS = [
    "file", "sha256", "kind", "label", "text", "page", "page_end", "also_on_pages",
    "status", "response_page", "addressee", "deadline",
]  # fmt: skip


def test_extract_prints_one_object_a_line_in_the_order_given() -> None:
    files = [SAMPLE / "pfd_2021_0147.pdf", SAMPLE / "iopc_2021_09.pdf"]
    done = perennial("extract", *files, "--json")
    assert done.status == 0, done.err
    assert all(list(row) == EXTRACT_KEYS for row in done.lines)
    assert list(dict.fromkeys(row["file"] for row in done.lines)) == [str(file) for file in files]


def test_extract_goes_on_after_a_file_it_cannot_read(tmp_path: Path) -> None:
    bad = tmp_path / "bad.pdf"
    bad.write_text("not a PDF")
    done = perennial("extract", bad, SAMPLE / "pfd_2021_0147.pdf", "--json")
    assert done.status == 2
    assert len(done.lines) == 3
    assert done.err.count("\n") == 1
    assert "bad.pdf" in done.err


def test_classify_and_group_read_lines_and_write_lines() -> None:
    items = [
        {"id": "a", "text": "Officers should record the risk grading of a missing person again at each handover."},
        {"id": "b", "text": "The moon is made of rock."},
    ]
    stdin = "\n".join(json.dumps(item) for item in items)
    given = perennial("classify", "--json", stdin=stdin).lines
    assert [row["id"] for row in given] == ["a", "b"]
    assert {theme["theme"] for theme in given[0]["themes"]} >= {"missing-persons"}
    assert given[1] == {"id": "b", "themes": [], "abstained": True}
    assert all(theme["reason"] for theme in given[0]["themes"])
    assert perennial("group", "--json", stdin=stdin).lines == [
        {"id": "a", "common_id": None},
        {"id": "b", "common_id": None},
    ]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("run", "--nonsense"), "--nonsense"),
        (("run", "--source", "nope"), "no source called 'nope'"),
        (("run", "--since", "yesterday"), "not a date"),
        (("add", "missing.pdf", "--source", "x"), "no file missing.pdf"),
        (("add", "pyproject.toml", "--source", "Not A Name"), "lower-case letters"),
        (("search", "words"), "no warehouse"),
        (("search", "words", "--in", "heaven"), "'heaven'"),
        (("digest", "--as-of", "1/1/26"), "not a date"),
        (("extract", "missing.pdf"), "no file missing.pdf"),
        (("flourish",), "flourish"),
    ],
)
def test_wrong_input_is_one_sentence_and_exit_status_2(
    arguments: tuple[str, ...], told: str, tmp_path: Path, data: Path
) -> None:
    done = perennial(*arguments, PERENNIAL_DATA=str(data))
    assert (done.status, done.out) == (2, "")
    assert told in done.err
    assert done.err.count("\n") == 1


@pytest.mark.parametrize(
    "line", ["{", '{"id": "a"}', '{"id": "a", "text": 3.5, "x": }', "[1]", '{"id":"a","text":"x"}\n' * 2]
)
def test_a_bad_line_is_named(line: str) -> None:
    done = perennial("classify", "--json", stdin=line)
    assert (done.status, done.out) == (2, "")
    assert "Line " in done.err


def test_a_file_as_data_folder_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(b"%PDF-1.4")
    done = perennial("run", "--source", "sample", "--data", path)
    assert done.status == 2
    assert "must be a folder" in done.err


def test_a_slip_in_the_registry_is_told_before_the_night_begins(data: Path, tmp_path: Path) -> None:
    registry = tmp_path / "themes.yml"
    registry.write_text("themes: [{slug: custody}]\n")
    done = perennial("run", "--source", "sample", "--data", data, PERENNIAL_THEMES=str(registry))
    assert (done.status, done.out) == (2, "")
    assert done.err.count("\n") == 1
    assert not data.exists()


def test_the_registry_is_valid_and_shown(data: Path) -> None:
    assert perennial("themes", "--check", "--data", data).status == 0
    rows = perennial("themes", "--json", "--data", data).lines
    assert len(rows) == 13
    assert sum(row["kind"] == "perennial" for row in rows) == 5
