"""One row of judgements, as a person wrote it, into records: what each column may say, and what is wrong with it.

The same reading serves files that come back and the review page, so that both accept and refuse the same.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from pipeline.ids import text_hash
from pipeline.records import Review

JUDGING = ("theme_right", "other_theme", "same_ask", "plain_name", "addressee_is", "new_status", "is_an_ask", "note")
LONGEST_NAME = 120  # characters of a plain name
SAME_RIGHT = ("yes", "y", "right", "correct", "true", "1", "1.0", "✓")
SAME_WRONG = ("no", "n", "wrong", "incorrect", "false", "0", "0.0")
UNDO = ("withdrawn", "withdraw", "undo")
THEME_ANSWERS = {
    **dict.fromkeys(SAME_RIGHT, "right"),
    **dict.fromkeys(SAME_WRONG, "wrong"),
    **dict.fromkeys(UNDO, "withdrawn"),
}
YES_OR_NO = {**dict.fromkeys(SAME_RIGHT, "yes"), **dict.fromkeys(SAME_WRONG, "no"), **dict.fromkeys(UNDO, "withdrawn")}
STATUS_ANSWERS = {
    **{
        word: word
        for word in (
            "accepted", "accepted in part", "accepted in principle", "under consideration", "rejected", "noted", "done",
            "not ours",
        )
    },
    **dict.fromkeys(("partly accepted", "partially accepted"), "accepted in part"),
    **dict.fromkeys(("being considered", "considering", "pending"), "under consideration"),
    **dict.fromkeys(("complete", "completed", "closed", "implemented"), "done"),
    **dict.fromkeys(("not for us", "not us"), "not ours"),
    **dict.fromkeys(UNDO, "withdrawn"),
}  # fmt: skip
# Day before month: these are British files. The first that fits wins.
DATE_FORMATS = (
    "%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y", "%d-%m-%Y", "%d.%m.%Y", "%d %B %Y", "%d %b %Y", "%d-%b-%y", "%d-%b-%Y",
)  # fmt: skip
EXCEL_EPOCH = date(1899, 12, 30)  # Excel counts days from here when a date cell is saved as a number
EXCEL_DAYS = range(36526, 73051)  # 2000 to 2099


class CellError(ValueError):
    """A cell that cannot be read; one sentence."""


@dataclass(frozen=True, slots=True)
class Known:
    """What exists, for checks; None: not checked. `restricted` rows are not this reviewer's to judge."""

    themes: Collection[str] | None = None
    recommendation_ids: Collection[str] | None = None
    restricted: Collection[str] = field(default=frozenset())


@dataclass(frozen=True, slots=True)
class Answer:
    """What one row says to one question, before it is known who says so."""

    question: str
    theme: str | None
    answer: str
    before: str | None
    common_id: str | None = None


def is_judged(cells: Mapping[str, str]) -> bool:
    """True when any column to judge in is filled."""
    return any(cells.get(name) for name in JUDGING)


def read_judgement(cells: Mapping[str, str], recorded_at: datetime, known: Known) -> list[Review]:
    """The judgements in one row's cells, all or none. Raises `CellError` with one sentence for who wrote it."""
    recommendation_id, reviewer = cells.get("recommendation_id", ""), " ".join(cells.get("reviewer", "").split())
    if not recommendation_id:
        raise CellError("there is a judgement and no recommendation_id.")
    if not reviewer:
        raise CellError("reviewer is empty; say who judged it.")
    day = parse_date(cells.get("reviewed_on", ""))
    if day > recorded_at.date():
        raise CellError(f"reviewed_on is {day}, which is still to come.")
    note = cells.get("note") or None
    answers = [*_read_themes(cells), *_read_same_ask(cells), *_read_plain_name(cells), *_read_others(cells)]
    if not answers:
        answers = [Answer("note", None, cells["note"], None)]
    reviews = [_make_review(one, recommendation_id, reviewer, day, recorded_at, note) for one in answers]
    _check_known(reviews, known)
    return reviews


def _make_review(
    one: Answer, recommendation_id: str, reviewer: str, day: date, recorded_at: datetime, note: str | None
) -> Review:
    subject = one.theme or one.common_id or ""
    return Review(
        review_id="v" + text_hash(
            recommendation_id, one.question, subject, one.answer, reviewer.casefold(), str(day), note or ""
        ),
        recommendation_id=recommendation_id, question=one.question, theme=one.theme, answer=one.answer,
        before=one.before, reviewer=reviewer, reviewed_on=day, recorded_at=recorded_at, note=note,
        common_id=one.common_id,
    )  # fmt: skip


def _read_themes(cells: Mapping[str, str]) -> list[Answer]:
    """Judgements on the row's own theme, and on others it should have."""
    answers: list[Answer] = []
    if said := cells.get("theme_right", ""):
        if said.casefold() not in THEME_ANSWERS:
            raise CellError(f"theme_right says {said!r}; it can be yes or no.")
        if not (theme := _read_slug(cells.get("theme", ""))):
            raise CellError("theme_right is filled in and theme is empty.")
        given = {"yes": "given", "true": "given", "no": "not given", "false": "not given"}
        answers.append(
            Answer("theme", theme, THEME_ANSWERS[said.casefold()], given.get(cells.get("theme_given", "").casefold()))
        )
    others = (_read_slug(part) for part in cells.get("other_theme", "").replace(";", ",").split(","))
    return answers + [Answer("theme", other, "add", None) for other in dict.fromkeys(others) if other]


def _read_same_ask(cells: Mapping[str, str]) -> list[Answer]:
    if not (said := cells.get("same_ask", "")):
        return []
    if said.casefold() not in YES_OR_NO:
        raise CellError(f"same_ask says {said!r}; it can be yes or no.")
    if not (common_id := cells.get("common_id", "")):
        raise CellError("same_ask is filled in and common_id is empty, so there is nothing to be the same as.")
    return [Answer("same_ask", None, YES_OR_NO[said.casefold()], None, common_id)]


def _read_plain_name(cells: Mapping[str, str]) -> list[Answer]:
    """What to call the common recommendation that the row is in."""
    if not (said := " ".join(cells.get("plain_name", "").split())):
        return []
    if len(said) > LONGEST_NAME:
        raise CellError(f"plain_name is longer than {LONGEST_NAME} characters.")
    if not (common_id := cells.get("common_id", "")):
        raise CellError("plain_name is filled in and common_id is empty, so there is nothing to name.")
    return [Answer("plain_name", None, "withdrawn" if said.casefold() in UNDO else said, None, common_id)]


def _read_others(cells: Mapping[str, str]) -> list[Answer]:
    """Status, addressee, and whether the row is an ask at all."""
    answers: list[Answer] = []
    if said := cells.get("new_status", ""):
        if (answer := STATUS_ANSWERS.get(" ".join(said.casefold().split()))) is None:
            allowed = ", ".join(sorted(set(STATUS_ANSWERS.values())))
            raise CellError(f"new_status says {said!r}; it can be {allowed}.")
        answers.append(Answer("status", None, answer, cells.get("status") or None))
    if said := cells.get("is_an_ask", ""):
        if said.casefold() not in YES_OR_NO:
            raise CellError(f"is_an_ask says {said!r}; it can be yes or no.")
        answers.append(Answer("extraction", None, YES_OR_NO[said.casefold()], None))
    if said := " ".join(cells.get("addressee_is", "").split()):
        answer = "withdrawn" if said.casefold() in UNDO else said
        answers.append(Answer("addressee", None, answer, cells.get("addressee") or None))
    return answers


def parse_date(text: str) -> date:
    """A day as people and Excel write it, day before month. Raises `CellError` with one sentence."""
    first = text.split("T")[0].removesuffix(" 00:00:00").removesuffix(" 00:00").strip()
    if not first:
        raise CellError("reviewed_on is empty; say on which day it was judged.")
    whole = first.removesuffix(".0")
    if whole.isdecimal() and int(whole) in EXCEL_DAYS:
        return EXCEL_EPOCH + timedelta(days=int(whole))
    for form in DATE_FORMATS:
        try:
            return datetime.strptime(first, form).date()
        except ValueError:
            continue
    raise CellError(f"reviewed_on says {text!r}, which is not a date such as 2026-03-31 or 31/03/2026.")


def _read_slug(text: str) -> str:
    return "-".join(text.casefold().replace("_", " ").split())


def _check_known(reviews: Collection[Review], known: Known) -> None:
    for review in reviews:
        if known.recommendation_ids is not None and review.recommendation_id not in known.recommendation_ids:
            raise CellError(f"there is no recommendation {review.recommendation_id!r} here.")
        if known.themes is not None and review.theme is not None and review.theme not in known.themes:
            raise CellError(f"there is no theme {review.theme!r}; the themes are {', '.join(sorted(known.themes))}.")
        if review.recommendation_id in known.restricted:
            raise CellError("it is restricted, and not yours to judge.")
