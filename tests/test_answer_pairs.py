"""Pairs of answers and asks that people wrote down: read strictly, scored against what the register joins."""

import csv
import html
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from flows.document import Job, read_all
from pipeline.ids import content_hash
from pipeline.media import HTML, PDF
from pipeline.records import Assignment, DocumentRef, Extraction, Kind, StoredFile
from pipeline.refusal import Refusal
from pipeline.settings import Settings
from tests.commands import perennial
from tests.test_register import LONG, PAIRS, TWO, from_gold, letter, make_night, read_gold, report, response
from tests.warehouse_facts import AS_OF, make_document, make_row
from warehouse.answer_pairs import COLUMNS, AnswerPair, read_pairs, score_pairs
from warehouse.build import build_warehouse
from warehouse.facts import Facts

HEADER = ",".join(COLUMNS)
GOLD = Path(__file__).with_name("gold") / "answer_pairs.csv"


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of two asks, a response that restates the second, a letter to another report, and a report alone."""
    other = make_document("other-report", "pfd", "Senior Coroner", date(2026, 3, 2), page="https://example.org/other/")
    asked = (other, [make_row(other, "No record was kept of the visit to the cell by the nurse.", Kind.CONCERN)])
    said = letter("the-letter", "Kent Police", other.ref.url)
    path = tmp_path_factory.mktemp("pairs") / "one.duckdb"
    build_warehouse(make_night(report("inquiry"), response(TWO), asked, said), path)
    return path


def score(warehouse: Path, **pair: str) -> tuple[int, int, int]:
    (one,) = score_pairs(warehouse, [AnswerPair(family="f", **pair)])
    return one.right, one.pairs, one.absent


ROW = {"answer": "its-answer.pdf", "answer_row": "2", "asked": "the-report.pdf"}


@pytest.mark.parametrize(
    ("pair", "right", "absent"),
    [
        ({**ROW, "asked_row": "2"}, 1, 0),
        ({**ROW, "asked_row": "#2"}, 1, 0),
        ({**ROW, "answer_row": "#1", "asked_row": "2."}, 1, 0),
        ({**ROW, "asked_row": "1"}, 0, 0),
        ({**ROW, "asked": ""}, 0, 0),
        ({**ROW, "asked_row": "7"}, 0, 1),
        ({**ROW, "answer": "elsewhere.pdf", "asked_row": "2"}, 0, 1),
        ({"answer": "the-letter.pdf", "asked": "other-report.pdf"}, 1, 0),
        ({"answer": "https://example.org/the-letter.pdf", "asked": content_hash(b"other-report")[:8]}, 1, 0),
        ({"answer": "the-letter.pdf", "asked": "the-report.pdf"}, 0, 0),
        ({"answer": "its-answer.pdf", "asked": "the-report.pdf"}, 0, 0),  # it answers only one of the two
        ({"answer": "the-report.pdf", "answer_row": "1"}, 1, 0),
    ],
)
def test_a_pair_is_joined_or_not(warehouse: Path, pair: dict[str, str], right: int, absent: int) -> None:
    assert score(warehouse, **pair) == (right, 1, absent)


def test_scores_are_told_by_family(warehouse: Path) -> None:
    pairs = [AnswerPair(family="b", **ROW, asked_row=row) for row in ("1", "2")]
    first, second = score_pairs(warehouse, [*pairs, AnswerPair(family="a", answer="x", asked="y")])
    assert (first.family, first.share, second.family, second.share) == ("a", 0.0, "b", 0.5)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a,b\n1,2\n", "must have the columns family, answer, answer_row, asked, asked_row"),
        (f"{HEADER}\n", "holds no pair"),
        (f"{HEADER}\nf,x,1,y,2\nf,,1,y,2\n", "Line 3 of pairs.csv cannot be used: answer"),
        (f"{HEADER}\nf,x,1,y,2,extra\n", "Line 2 of pairs.csv cannot be used"),
    ],
)
def test_another_table_is_refused_in_one_sentence(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "pairs.csv").write_text(content, encoding="utf-8")
    with pytest.raises(Refusal, match=said):
        read_pairs(tmp_path / "pairs.csv")


def test_evaluate_tells_the_share_and_what_is_not_held(tmp_path: Path, warehouse: Path) -> None:
    (tmp_path / "published").mkdir()
    (tmp_path / "published" / "warehouse.duckdb").write_bytes(warehouse.read_bytes())
    file = tmp_path / "pairs.csv"
    file.write_text(f"{HEADER}\nmine,its-answer.pdf,2,the-report.pdf,2\nmine,no.pdf,1,the-report.pdf,2\n", "utf-8")
    done = perennial("evaluate", "--answers", file, "--data", tmp_path, "--json")
    assert [(line["name"], line["value"]) for line in done.lines] == [
        ("answers joined, mine", 0.5),
        ("answers joined", 0.5),
    ]
    assert "1 lines name what is not held here" in done.err
    assert done.status == 1, "below the floor"
    assert perennial("evaluate", "--answers", tmp_path / "none.csv", "--data", tmp_path).status == 2


# The corpus: ids of pairs stand in gold/answer_pairs.csv, the texts stay where they are


def build_night(folder: Path, refs: Mapping[str, DocumentRef], read: Mapping[str, Extraction]) -> Path:
    files = [StoredFile(read[name].sha256, 1, datetime(2026, 1, 1, tzinfo=UTC), PDF, ref) for name, ref in refs.items()]
    extractions = {one.sha256: one for one in read.values()}
    rows = [row.recommendation_id for one in extractions.values() for row in one.recommendations]
    night = Facts(AS_OF, files, extractions, assignments=[Assignment(row, ()) for row in rows])
    build_warehouse(night, folder / "corpus.duckdb")
    return folder / "corpus.duckdb"


def test_government_responses_of_the_corpus(shared: Path, tmp_path: Path) -> None:
    """Five reports and their responses, nothing said of which answers which; two long reports as a reader has them."""
    names = [name for pair in PAIRS.items() for name in pair]
    jobs = {
        name: Job(shared / "corpus" / "pdf" / f"{name}.pdf", PDF, "inquiry", None, ocr=False)
        for name in names
        if name not in LONG
    }
    read = dict(read_all(jobs, Settings(data=tmp_path, workers=2)))
    read |= {name: reread(from_gold(read_gold(shared, name))) for name in LONG}
    refs = {name: DocumentRef("inbox", "inquiry", f"file:{name}.pdf") for name in names}
    scores = score_pairs(build_night(tmp_path, refs, read), read_pairs(GOLD))
    told = {one.family: (one.right, one.pairs, one.absent) for one in scores}
    print(told)
    assert sum(one.pairs for one in scores) == 123
    assert all(one.share >= 0.95 for one in scores), told


def reread(one: Extraction) -> Extraction:
    """With places as long as the texts, which a gold file does not give."""
    rows = [
        replace(row, spans=(replace(row.spans[0], start=0, end=len(row.text)),), page=1, page_end=1)
        for row in one.recommendations
    ]
    rows = [replace(row, spans=(replace(row.spans[0], page=1),)) for row in rows]
    return replace(one, page_count=max(1, one.page_count), recommendations=tuple(rows))


def write_page(folder: Path, name: str, title: str, *paragraphs: str) -> Path:
    body = "".join(f"<p>{html.escape(one)}</p>" for text in paragraphs for one in text.split("\n") if one.strip())
    path = folder / f"{name}.html"
    path.write_text(f"<html><body><main><h1>{title}</h1>{body}</main></body></html>", encoding="utf-8")
    return path


def read_pages(folder: Path, paths: Mapping[str, Path], source: str) -> dict[str, Extraction]:
    jobs = {name: Job(path, HTML, source, None, ocr=False) for name, path in paths.items()}
    return dict(read_all(jobs, Settings(data=folder, workers=2)))


def test_letters_to_coroners_of_the_corpus(shared: Path, tmp_path: Path) -> None:
    """Real reports and real letters. Of which report a letter is, only the reference on both says: no address."""
    lines = (shared / "corpus" / "pfd" / "reports.jsonl").read_text(encoding="utf-8").splitlines()
    reports = {str(one["ref"]).strip(): one for one in map(json.loads, lines)}
    with (shared / "corpus" / "pfd" / "responses.csv").open(encoding="utf-8") as file:
        letters = [row for row in csv.DictReader(file) if row["parent_id"] in reports]
    asked = {row["parent_id"] for row in letters}
    decoys = [ref for ref in sorted(reports) if ref not in asked][:60]
    pages = {
        f"report-{ref}": write_page(
            tmp_path, f"report-{ref}", "Regulation 28: report to prevent future deaths",
            "CORONER’S CONCERNS", "The MATTERS OF CONCERN are as follows.", reports[ref]["concerns"],
        )
        for ref in (*sorted(asked), *decoys)
    }  # fmt: skip
    pages |= {
        f"letter-{n}": write_page(tmp_path, f"letter-{n}", "Response", row["response"]) for n, row in enumerate(letters)
    }
    read = read_pages(tmp_path, pages, "pfd")
    refs = {name: describe_page(name, letters) for name in pages}
    pairs = [
        AnswerPair(family="letter", answer=f"letter-{n}.html", asked=f"report-{row['parent_id']}.html")
        for n, row in enumerate(letters)
        if read[f"report-{row['parent_id']}"].recommendations
    ]
    (told,) = score_pairs(build_night(tmp_path, refs, read), pairs)
    print(f"{len(letters)} letters to {len(asked)} reports: {told}")
    assert told.pairs >= 20
    assert told.share >= 0.95


def describe_page(name: str, letters: list[dict[str, str]]) -> DocumentRef:
    kind, _, rest = name.partition("-")
    reference = rest if kind == "report" else letters[int(rest)]["parent_id"]
    day = date(int(reference[:4]), 1, 1 if kind == "report" else 2)
    body = "Senior Coroner" if kind == "report" else letters[int(rest)]["respondent"]
    connector = "pfd" if kind == "report" else "letters"
    return DocumentRef(
        connector, "pfd", f"https://example.org/{name}.html", body=body, published=day, reference=reference
    )


def test_pages_of_the_complaints_body_and_replies_that_print_them_again(shared: Path, tmp_path: Path) -> None:
    """The corpus has the complaints body's pages and no reply of the force: replies are made of the pages' own words,
    under a reference that both print, as the force prints them. All other pages of that body are decoys.
    """
    with (shared / "corpus" / "iopc" / "recommendation_pages.csv").open(encoding="utf-8", errors="replace") as file:
        rows = [row for row in csv.DictReader(file) if len(row["recommendation"].split()) >= 12]
    pages: dict[str, Path] = {}
    refs: dict[str, DocumentRef] = {}
    pairs = []
    for n, row in enumerate(rows):
        text = row["recommendation"].strip()
        pages[f"page-{n}"] = write_page(
            tmp_path, f"page-{n}", row["heading"], f"IOPC reference: 2021/{n:06d}", "Recommendation 1", text
        )
        refs[f"page-{n}"] = make_ref(f"page-{n}", "iopc", n, "IOPC", 1)
        if "Metropolitan Police" not in row["heading"]:
            continue
        pages[f"reply-{n}"] = write_page(
            tmp_path, f"reply-{n}", f"IOPC learning recommendation 2021/{n:06d}: our response",
            "Recommendation 1", text, "MPS response: Accepted. Guidance has been amended and staff have been told.",
        )  # fmt: skip
        refs[f"reply-{n}"] = make_ref(f"reply-{n}", "met-iopc", n, "Metropolitan Police Service", 2)
        pairs.append(AnswerPair(family="reply", answer=f"reply-{n}.html", asked=f"page-{n}.html"))
    read = read_pages(tmp_path, pages, "iopc")
    held = [pair for pair in pairs if read[pair.asked.removesuffix(".html")].recommendations]
    (told,) = score_pairs(build_night(tmp_path, refs, read), held)
    print(f"{len(pairs)} replies among {len(pages)} pages, {len(held)} whose page was read: {told}")
    assert told.pairs >= 20
    assert told.share >= 0.95


def make_ref(name: str, connector: str, number: int, body: str, month: int) -> DocumentRef:
    return DocumentRef(
        connector, connector, f"https://example.org/{name}.html", title=None, body=body,
        published=date(2021, month, 1), reference=f"2021/{number:06d}",
    )  # fmt: skip
