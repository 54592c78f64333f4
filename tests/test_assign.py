"""Themes come with a reason, or not at all; order does not count; people's decisions draw rows."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from pipeline.assign import Classifier, Judgement, load_classifier
from pipeline.cues import CueIndex, fold_text, read_ask
from pipeline.embed import Encoder, load_encoder
from pipeline.evidence import read_topic
from pipeline.records import Assignment
from pipeline.registry import Registry, Theme, load_registry

ROWS = {
    "missing": "The force should review the risk grading of a missing person at each handover.",
    "pursuit": "Pursuit drivers must tell the control room their speed so that the pursuit can be stopped.",
    "both": "The risk of suicide should be assessed when a detainee in custody says he wants to hurt himself.",
    "none": "The council should repaint the fence around the playing field.",
}


@pytest.fixture(scope="module")
def encoder() -> Iterator[Encoder]:
    yield load_encoder()


@pytest.fixture(scope="module")
def classifier(encoder: Encoder) -> Iterator[Classifier]:
    yield load_classifier(load_registry(), encoder)


def classify(classifier: Classifier, encoder: Encoder, rows: dict[str, str]) -> dict[str, Assignment]:
    ids, texts = list(rows), list(rows.values())
    found = classifier.classify(ids, texts, [None] * len(ids), encoder.encode(texts))
    assert [a.recommendation_id for a in found] == ids
    return dict(zip(ids, found, strict=True))


def slugs(assignment: Assignment) -> set[str]:
    return {theme.theme for theme in assignment.themes}


def test_rows_get_their_themes(classifier: Classifier, encoder: Encoder) -> None:
    found = classify(classifier, encoder, ROWS)
    assert "missing-persons" in slugs(found["missing"])
    assert "roads-policing" in slugs(found["pursuit"])
    assert {"mental-health", "death-police-contact"} <= slugs(found["both"])
    assert not found["none"].themes
    assert found["none"].best_below is not None


def test_each_theme_has_a_reason_from_the_row(classifier: Classifier, encoder: Encoder) -> None:
    theme = classify(classifier, encoder, ROWS)["missing"].themes[0]
    assert '"missing person"' in theme.reason
    assert "nearest example" in theme.reason
    assert 0.0 <= theme.score <= 1.0


def test_order_and_company_do_not_count(classifier: Classifier, encoder: Encoder) -> None:
    together = classify(classifier, encoder, ROWS)
    assert classify(classifier, encoder, dict(reversed(ROWS.items()))) == together
    for row_id, text in ROWS.items():
        assert classify(classifier, encoder, {row_id: text})[row_id] == together[row_id]


def test_no_rows_give_no_assignments(classifier: Classifier, encoder: Encoder) -> None:
    assert classifier.classify([], [], [], encoder.encode([])) == ()


def test_lengths_must_agree(classifier: Classifier, encoder: Encoder) -> None:
    with pytest.raises(ValueError, match="one entry for each row"):
        classifier.classify(["a"], [], [None], encoder.encode(["a"]))


def test_a_theme_that_was_never_fitted_works_from_its_words(encoder: Encoder) -> None:
    theme = Theme(
        slug="bicycle-storage",
        name="Bicycle storage",
        kind="operational",
        lead="Lead, Estates",
        definition="Where bicycles are kept and how they are locked.",
        inclusions=("racks and sheds for bicycles",),
        exclusions=(),
        exemplars=("There should be a locked shed for bicycles at each station.",),
        cues=("bicycle*", "cycle rack", "cycle shed"),
    )
    registry = load_registry()
    grown = load_classifier(Registry((*registry.themes, theme), "grown"), encoder)
    found = classify(grown, encoder, {"a": "Each station should have a cycle shed so that bicycles are not stolen."})
    assert "bicycle-storage" in slugs(found["a"])


def test_a_judgement_moves_the_row_and_the_version(encoder: Encoder) -> None:
    reviewed = [
        Judgement(ROWS["pursuit"], "roads-policing", belongs=False),
        Judgement(ROWS["none"], "stop-search", True),
    ]
    chosen = ("missing-persons", "roads-policing", "stop-search")
    few = Registry(tuple(theme for theme in load_registry().themes if theme.slug in chosen), "few")
    classifier = load_classifier(few, encoder)
    judged = load_classifier(few, encoder, reviewed=reviewed)
    found = classify(judged, encoder, ROWS)
    assert "roads-policing" not in slugs(found["pursuit"])
    assert "stop-search" in slugs(found["none"])
    assert slugs(found["missing"]) == slugs(classify(classifier, encoder, ROWS)["missing"])
    assert judged.version != classifier.version
    assert judged.version == load_classifier(few, encoder, reviewed=reviewed[::-1]).version


def test_a_reason_names_the_nearest_row_that_people_judged(encoder: Encoder) -> None:
    reviewed = [
        Judgement(ROWS["missing"], "missing-persons", belongs=True, row_id="r-given"),
        Judgement(ROWS["none"], "missing-persons", belongs=False, row_id="r-refused"),
    ]
    judged = load_classifier(load_registry(), encoder, reviewed=reviewed)
    alike = "The force should go over the risk grading of missing people again at every handover."
    found = classify(judged, encoder, {"a": alike, "far": "Pursuit drivers should be trained again each year."})
    reason = next(theme.reason for theme in found["a"].themes if theme.theme == "missing-persons")
    assert re.search(r"; nearest reviewed row: r-given \(cosine 0\.[6-9]\d\)$", reason), reason
    assert "r-given" not in " ".join(theme.reason for theme in found["far"].themes)


def test_a_row_near_one_that_people_refused_says_so(encoder: Encoder) -> None:
    theme = load_registry().themes[0]
    refused = [Judgement(ROWS["none"], theme.slug, belongs=False, row_id="r-refused")]
    judged = load_classifier(Registry((theme,), "one"), encoder, reviewed=refused)
    below = classify(judged, encoder, {"a": "The council should paint the fence of the playing field."})["a"].best_below
    assert below is not None
    assert "no example or reviewed row is near" in below.reason
    assert "people refused it for row r-refused (cosine 0." in below.reason


def test_a_title_tells_of_whom_the_matter_is(classifier: Classifier, encoder: Encoder) -> None:
    """The same concern, sent to a highway authority and to the police."""
    text = ["Drivers go too fast at this bend and speed is not checked."]
    titles = [
        f"Prevention of Future Deaths report to {name}"
        for name in ("the County Council, Highways", "the Chief Constable, Police")
    ]
    council, police = (score_of(classifier, encoder, text, title, "roads-policing") for title in titles)
    assert police > council


@pytest.mark.parametrize(
    ("title", "topic"),
    [
        ("Prevention of Future Deaths report to the Chief Constable", ""),
        (None, ""),
        ("Complaint regarding use of force", "use of force"),
        ("Man raises complaints after arrest", "Man after arrest"),
        ("Complaints handling - Kent Police", "Complaints handling - Kent Police"),
    ],
)
def test_a_title_s_form_is_no_topic(title: str | None, topic: str) -> None:
    assert " ".join(read_topic(title).split()) == topic


def score_of(classifier: Classifier, encoder: Encoder, texts: list[str], title: str, theme: str) -> float:
    """What one row scores for a theme, 0 where it is neither given nor the nearest below."""
    [found] = classifier.classify(["a"], texts, [title], encoder.encode(texts))
    near = (*found.themes, *([found.best_below] if found.best_below else []))
    return next((score.score for score in near if score.theme == theme), 0.0)


def find(theme: Theme, text: str) -> dict[str, int]:
    return {hit.cue: hit.times for hit in CueIndex([theme]).find(fold_text(text))[0]}


BARE = Theme("t", "T", "operational", "Lead", "T.", (), (), (), ())


@pytest.mark.parametrize(
    ("cues", "text", "expected"),
    [
        (("restrain*",), "Restrained, restraints; unrestrained.", {"restrain*": 2}),
        (("cell check",), "Cell-checks and cell\nchecks, but cell. Checks", {"cell check": 2}),
        (("999",), "A 999 call about 9990 things", {"999": 1}),
        (("welfare", "welfare check"), "a welfare check", {"welfare check": 1}),
        (("child's",), "the child’s room", {"child's": 1}),
        (("custody",), "This is unrelated to custody.", {}),
        (("abuse",), "where there is no abuse, relatives know; abuse stays", {"abuse": 1}),
        (("misconduct",), "We found no indication that an officer had a case to answer for misconduct.", {}),
        (("misconduct",), "There is no policy. Misconduct must be reported.", {"misconduct": 1}),
        (("complaint*",), "This part of the complaint was upheld; complaints were late.", {"complaint*": 1}),
        (("custody",), "There is no indication of police custody here, yet custody matters.", {"custody": 1}),
        (("dash",), "dashing", {}),
    ],
)
def test_cues_match_as_the_registry_says(cues: tuple[str, ...], text: str, expected: dict[str, int]) -> None:
    assert find(replace(BARE, cues=cues), text) == expected


def test_a_not_cue_hides_the_cue_inside_it() -> None:
    theme = replace(BARE, cues=("restrain*",), not_cues=("vehicle restraint*",))
    assert find(theme, "Vehicle restraints on the verge") == {}
    assert find(theme, "Vehicle restraints; restraint of a man") == {"restrain*": 1}


def test_a_hint_counts_for_less_than_a_cue(encoder: Encoder) -> None:
    def score(theme: Theme) -> float:
        classifier = load_classifier(Registry((theme,), "one"), encoder)
        found = classify(classifier, encoder, {"a": "Each station should have a cycle shed."})["a"]
        told = found.themes[0] if found.themes else found.best_below
        assert told is not None and '"cycle shed"' in told.reason
        return told.score

    line = "Where people keep what they ride."
    own = replace(BARE, definition=line)
    assert score(replace(own, cues=("cycle shed",))) > score(replace(own, hints=("cycle shed",)))


def test_the_ask_is_read_without_the_story() -> None:
    ask = "The force should train every officer in the rousing of detainees who are drunk, " * 3
    text = f"{ask}.A man was found by a road near the old mill at dawn.He had walked there."
    assert "old mill" not in read_ask(text)
    assert read_ask("Short.") == "Short."


def test_labelled_rows_are_met_at_least_as_well_as_promised(
    shared: Path, classifier: Classifier, encoder: Encoder
) -> None:
    """A floor on rows the figures were fitted on: it catches a broken path, fit_themes.py gives the honest figures."""
    items = [json.loads(line) for line in (shared / "gold/themes/items.jsonl").read_text().splitlines()][::4]
    lines = [json.loads(line) for line in (shared / "gold/themes/labels.jsonl").read_text().splitlines()]
    labels = {line["id"]: line for line in lines}
    texts: Sequence[str] = [item["text"] for item in items]
    vectors: npt.NDArray[np.float32] = encoder.encode(texts)
    found = classifier.classify([i["id"] for i in items], texts, [i.get("title") for i in items], vectors)
    right = wrong = missed = 0
    for assignment in found:
        label = labels[assignment.recommendation_id]
        gold, given = set(label["themes"]), slugs(assignment) - set(label["disputed"])
        right, wrong, missed = right + len(gold & given), wrong + len(given - gold), missed + len(gold - given)
    assert 2 * right / (2 * right + wrong + missed) >= 0.7
