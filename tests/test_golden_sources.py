"""Golden pairs: a saved page of a publisher, and what its parser must make of it, accepted once.

`tests/golden/<source>/pages.yml` names the pages: file, step, address, and the facts of the request. Beside each file
lies `<file>.expected.json`. Where it is missing the test writes it and fails: read it against the page, then run again.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from pipeline.taxonomy import canonical
from pipeline.web import Page, Reading, Request
from tests.walking import sources, window_of

GOLDEN = Path(__file__).parent / "golden"
MEDIA = {".html": "text/html; charset=utf-8", ".json": "application/json", ".xml": "application/rss+xml"}
READING = TypeAdapter(Reading)


class Saved(BaseModel):
    """One line of pages.yml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    step: str
    url: str
    facts: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Case:
    """One saved page of one source."""

    source: str
    saved: Saved

    @property
    def path(self) -> Path:
        return GOLDEN / self.source / self.saved.file


CASES = [
    Case(listing.parent.name, Saved.model_validate(row))
    for listing in sorted(GOLDEN.glob("*/pages.yml"))
    for row in yaml.safe_load(listing.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.source}-{case.saved.file}")
def test_a_saved_page_reads_as_it_was_accepted(case: Case) -> None:
    found = json.dumps(_read(case), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    expected = case.path.with_name(f"{case.path.name}.expected.json")
    if not expected.exists():
        expected.write_text(found, encoding="utf-8")
        pytest.fail(f"{expected.name} was written now: read it against the page, then run again")
    assert json.loads(found) == json.loads(expected.read_text(encoding="utf-8"))


def test_no_saved_page_is_forgotten() -> None:
    named = {case.path for case in CASES}
    lying = {path for path in GOLDEN.glob("*/*") if path.suffix in MEDIA and ".expected" not in path.name}
    assert named == lying


@pytest.mark.parametrize("name", [name for name, source in sources().items() if hasattr(source.parser, "read")])
def test_every_live_source_has_a_golden_pair(name: str) -> None:
    assert any(case.source == name for case in CASES)


def _read(case: Case) -> object:
    source = sources()[case.source]
    saved = case.saved
    request = Request(saved.url, saved.step, tuple(saved.facts.items()))
    headers = {"content-type": MEDIA[case.path.suffix]}
    page = Page(request, saved.url, 200, case.path.read_bytes(), headers)
    reading = canonical(source.parser.read(page, window_of(case.source)), source.taxonomies)
    return READING.dump_python(reading, mode="json", exclude_defaults=True)
