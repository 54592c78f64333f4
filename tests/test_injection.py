"""Words of a hostile publisher, in every place they come from, against every place they end: they stay words."""

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import openpyxl
import pytest

from flows.deliver import name_folder
from flows.post import compose_message
from flows.publish import OPEN
from pipeline.records import Recommendation, Span
from pipeline.settings import Delivery, Mail
from tests.test_delivery import make_night
from tests.warehouse_facts import AS_OF, SECRET, make_facts
from warehouse.csv_cells import read_csv
from warehouse.digests import list_files, read_summaries
from warehouse.facts import Facts

MARK = "qqmark"  # by which the words are found again
HOSTILE = (
    f'=HYPERLINK("http://evil.invalid/{MARK}","x")',
    f'"><script>alert("{MARK}")</script><img src=x onerror=alert(1)>',
    f"{MARK}\r\nBcc: spy@evil.invalid\r\n\r\n<h1>x</h1>",
    f"@SUM(1+1)*cmd|' /C calc'!A0 {MARK}",
    f"+1\t{MARK}\u202e\x0b\u2028x",
    "{{ 7*7 }}{% raw %}" + MARK,
    f"'; DROP TABLE base.document; -- {MARK}",
    f"../../../../etc/{MARK}",
)
FORMULA = re.compile(r"^\s*[=+\-@\t\r]")
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def make_hostile(words: str) -> Facts:
    """A night in which all that a document or a page says of itself is `words`."""
    facts = make_facts()
    files, extractions = [], dict(facts.extractions)
    for number, file in enumerate(facts.files):
        ref = replace(
            file.ref, title=f"{words} {number}", body=words, reference=words, recipients=(words,), areas=(words,)
        )
        files.append(replace(file, ref=ref))
        one = extractions[file.sha256]
        rows = tuple(say(row, words) for row in one.recommendations)
        extractions[file.sha256] = replace(one, recommendations=rows)
    line = " ".join(words.split())  # the registry is the operator's own, and a name in it is one line
    themes = tuple(replace(theme, name=f"{line} {theme.name}", lead=line) for theme in facts.themes)
    return replace(facts, files=files, extractions=extractions, themes=themes)


def say(row: Recommendation, words: str) -> Recommendation:
    text = f"{words} {row.text}"
    spans = (Span(row.page, 100, 100 + len(text)),)
    return replace(row, text=text, spans=spans, label=words[:40], addressees=(words,), deadline_text=words)


@pytest.fixture(scope="module", params=HOSTILE, ids=range(len(HOSTILE)))
def night(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The digests and bulletins of such a night."""
    from flows.publish import write_digests

    data = tmp_path_factory.mktemp("night") / "data"
    mail = Mail(host="localhost", sender="perennial@example.org")
    settings = make_night(data, make_hostile(request.param)).model_copy(update={"delivery": Delivery(mail=mail)})
    write_digests(settings)
    return data / "digests" / AS_OF.isoformat()


def test_no_cell_of_a_table_is_a_formula(night: Path) -> None:
    found = 0
    for path in night.rglob("*.csv"):
        for line in csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")):
            assert not [cell for cell in line if FORMULA.match(cell)], path
            found += any(MARK in cell for cell in line)
    assert found > 5
    assert all(row["text"] for path in night.glob("death*.csv") for row in read_csv(path.read_bytes()))


def test_no_cell_of_a_workbook_is_a_formula_or_leads_elsewhere(night: Path) -> None:
    found = 0
    for path in night.rglob("*.xlsx"):
        for sheet in openpyxl.load_workbook(path):
            for cell in (cell for line in sheet.iter_rows() for cell in line if cell.value is not None):
                assert cell.data_type != "f", (path, cell.value)
                assert cell.hyperlink is None or "evil" not in str(cell.hyperlink.target)
                found += MARK in str(cell.value)
    assert found > 5


def test_no_page_runs_or_loads_anything(night: Path) -> None:
    pages = [path.read_text(encoding="utf-8") for path in night.glob("*.html")]
    assert sum(MARK in page for page in pages) >= 2
    for page in pages:
        tags = re.findall(r"<[^>]*>", page)
        assert not [tag for tag in tags if re.match(r"(?i)<(script|img|iframe|link|object|base|form)\b", tag)]
        assert not [tag for tag in tags if re.search(r"(?i)\son\w+\s*=|javascript:|evil\.invalid", tag)]
        assert "49" + MARK not in page


def test_no_header_of_a_message_is_added_or_cut(night: Path) -> None:
    for summary in read_summaries(night / OPEN):
        message = compose_message("p@example.org", "lead@example.org", summary, list_files(night, summary.theme), NOW)
        sent = message_from_bytes(message.as_bytes(), policy=policy.default)
        assert sent["To"] == "lead@example.org"
        assert sent["Bcc"] is None
        assert {part.get_filename().rpartition(".")[0] for part in sent.iter_attachments()} == {summary.theme}
        assert "/" not in name_folder(summary.lead) and not name_folder(summary.lead).startswith(".")


def test_nothing_restricted_is_in_what_is_passed_on(night: Path) -> None:
    for path in (*night.glob("*.html"), *(night / OPEN).rglob("*.csv")):
        assert SECRET not in path.read_text(encoding="utf-8")
