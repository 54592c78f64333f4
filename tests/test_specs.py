"""Every source in the repository is valid, and a broken one is told in one sentence."""

from pathlib import Path

import pytest

from pipeline.spec import SpecError, read_spec
from sources import load_sources

GOOD = "name: x\ntitle: X\npublisher: X\nlicence: OGL\nexpected: {documents: {min: 1, max: 2}}\n"


def test_every_source_loads() -> None:
    assert {"sample", "inbox"} <= load_sources().keys()


def test_a_source_needs_both_files(tmp_path: Path) -> None:
    (tmp_path / "lonely.yml").write_text(GOOD)
    with pytest.raises(SpecError, match="lonely"):
        load_sources(tmp_path)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (GOOD + "plain_http_hosts: [a.org]\n", "hosts does not name a.org"),
        (GOOD + "hosts: ['https://a.org']\n", "without a scheme"),
        (GOOD + "file_urls: '('\n", "no regular expression"),
        (GOOD + "colour: red\n", "colour"),
        (GOOD.replace("min: 1", "min: -1"), "min"),
        ("a: [", "YAML"),
        ("", "file"),
    ],
)
def test_a_broken_file_is_told_in_one_sentence(tmp_path: Path, written: str, told: str) -> None:
    path = tmp_path / "x.yml"
    path.write_text(written)
    with pytest.raises(SpecError, match=told) as caught:
        read_spec(path)
    assert "\n" not in str(caught.value)
