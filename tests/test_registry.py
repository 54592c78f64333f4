"""The registry says what is wrong in words a theme lead understands."""

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from pipeline.registry import Registry, RegistryError, Theme, check_registry, list_unused, load_registry
from tests.commands import perennial

THEME = {
    "slug": "lost-keys",
    "name": "Lost keys",
    "kind": "operational",
    "lead": "Lead, Estates",
    "definition": "Keys that cannot be found.",
    "inclusions": ["keys"],
    "exemplars": ["Keys should be signed for."],
    "cues": ["keys", "key safe"],
}


def write(path: Path, *themes: dict[str, object]) -> Path:
    file = path / "themes.yml"
    file.write_text(yaml.safe_dump({"themes": list(themes)}), encoding="utf-8")
    return file


def test_the_bundled_registry_is_sound() -> None:
    registry = load_registry()
    assert len(registry.themes) == 13
    assert sum(theme.kind == "perennial" for theme in registry.themes) == 5
    assert check_registry(registry) == []


def test_the_version_follows_every_word(tmp_path: Path) -> None:
    first = load_registry(write(tmp_path, THEME)).version
    assert load_registry(write(tmp_path, THEME)).version == first
    assert load_registry(write(tmp_path, {**THEME, "definition": "Keys that were lost."})).version != first


def test_a_number_may_be_a_cue(tmp_path: Path) -> None:
    registry = load_registry(write(tmp_path, {**THEME, "cues": [999]}))
    assert registry.themes[0].cues == ("999",)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "seasonal"}, "neither 'perennial' nor 'operational'"),
        ({"definition": ""}, "has an empty line under 'definition'"),
        ({"colour": "red"}, "has 'colour', which is not a known entry"),
        ({"slug": "Lost Keys"}, "small letters"),
        ({"cues": {"a": 1}}, "'cues' written in a form that cannot be read"),
    ],
)
def test_a_slip_is_told_in_one_sentence(tmp_path: Path, change: dict[str, object], words: str) -> None:
    with pytest.raises(RegistryError) as caught:
        load_registry(write(tmp_path, {**THEME, **change}))
    message = str(caught.value)
    assert words in message
    assert "theme 1" in message
    assert "\n" not in message


def test_a_missing_entry_is_named(tmp_path: Path) -> None:
    theme = {key: value for key, value in THEME.items() if key != "lead"}
    with pytest.raises(RegistryError, match="lacks 'lead'"):
        load_registry(write(tmp_path, theme))


def test_two_themes_of_one_slug_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RegistryError, match="'lost-keys' for more than one theme"):
        load_registry(write(tmp_path, THEME, THEME))


@pytest.mark.parametrize("content", ["themes: [", "themes: []", "- 1", ""])
def test_what_is_no_registry_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "themes.yml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(RegistryError):
        load_registry(file)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RegistryError, match="cannot be read"):
        load_registry(tmp_path / "none.yml")


def test_findings_name_overlap_twins_and_empty_themes() -> None:
    def make(slug: str, name: str, cues: tuple[str, ...], not_cues: tuple[str, ...] = ()) -> Theme:
        return Theme(slug, name, "operational", "Lead", "A theme.", ("in",), (), ("An example.",), cues, not_cues)

    registry = Registry(
        (
            make("a", "Alpha", ("key safe", "key-safe", "police")),
            make("b", "Beta", ("key safe", "locker"), ("locker",)),
            make("c", "Beta", ()),
        ),
        "v",
    )
    found = " ".join(check_registry(registry))
    assert "lists the cue 'key safe' twice" in found
    assert "'police', which occurs in nearly every recommendation" in found
    assert "'Alpha' and 'Beta' share 1 of 2 cues (key safe)" in found
    assert "both as a cue and as a phrase that is not one" in found
    assert "Two themes are called 'beta'" in found
    assert "'Beta' has no cues" in found


def test_a_cue_that_is_also_a_hint_is_told() -> None:
    theme = replace(load_registry().themes[0], cues=("key safe",), hints=("key-safe",))
    assert "lists 'key safe' both as a cue and as a hint" in " ".join(check_registry(Registry((theme,), "v")))


def test_a_theme_lead_sees_planted_faults_on_the_command_line(tmp_path: Path) -> None:
    own = tmp_path / "own.yml"
    (tmp_path / "settings.yml").write_text(f"themes: {own}\n", encoding="utf-8")
    own.write_text(OVERLAPPING, encoding="utf-8")
    done = perennial("themes", "--check", "--data", tmp_path)
    assert done.status == 1
    assert "'Key safes' and 'Lockers' share 2 of 2 cues (key safe, locker): they overlap." in done.out
    assert "'Empty' has no cues" in done.out and "'Empty' has no exemplar sentences" in done.out
    own.write_text(OVERLAPPING.replace("kind: operational, lead: Two", "kind: other, lead: Two"), encoding="utf-8")
    done = perennial("themes", "--check", "--data", tmp_path)
    assert (done.status, done.out) == (2, "")
    assert "theme 2 has 'kind' that is neither 'perennial' nor 'operational'" in done.err


OVERLAPPING = """
themes:
  - {slug: a, name: Key safes, kind: operational, lead: One, definition: Keys., cues: [key safe, locker],
     inclusions: [keys], exemplars: [Keys should be kept.]}
  - {slug: b, name: Lockers, kind: operational, lead: Two, definition: Boxes., cues: [locker, key-safe],
     inclusions: [boxes], exemplars: [Boxes should be shut.]}
  - {slug: c, name: Empty, kind: operational, lead: Three, definition: Nothing.}
"""

WRITTEN = """
themes:
  - {slug: b, name: B, kind: operational, lead: Lead, definition: A theme.}
retired:
  - {slug: a, name: A, successor: a2}
  - {slug: a2, name: A again, successor: b}
  - {slug: gone, name: Gone}
"""


def test_a_retired_theme_still_resolves(tmp_path: Path) -> None:
    file = tmp_path / "themes.yml"
    file.write_text(WRITTEN, encoding="utf-8")
    registry = load_registry(file)
    assert [registry.resolve(slug) for slug in ("a", "a2", "b", "gone", "never")] == ["b", "b", "b", None, None]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("successor: b", "successor: nobody", "successor of the retired theme 'a2'"),
        ("successor: b", "successor: a", "leads nowhere"),
        ("slug: gone", "slug: b", "uses the slug 'b' for more than one theme"),
    ],
)
def test_a_retired_slug_is_not_used_again_and_leads_somewhere(tmp_path: Path, old: str, new: str, told: str) -> None:
    file = tmp_path / "themes.yml"
    file.write_text(WRITTEN.replace(old, new), encoding="utf-8")
    with pytest.raises(RegistryError, match=told):
        load_registry(file)


def test_a_theme_that_holds_nothing_is_named() -> None:
    registry = load_registry()
    assert list_unused(registry, {}) == []
    counts = {theme.slug: 1 for theme in registry.themes[1:]}
    assert list_unused(registry, counts) == ["'Missing Persons' holds no recommendation in the published warehouse."]


def test_themes_in_nearly_the_same_words_overlap() -> None:
    one = load_registry().themes[0]
    found = " ".join(check_registry(Registry((one, replace(one, slug="twin", name="Twin", cues=("other",))), "v")))
    assert "are defined in nearly the same words" in found
    assert "both have the exemplar" in found
