"""Reads the labels that start list items and numbered paragraphs, and follows their sequence."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.extract.body import Row
from pipeline.text import BULLETS

_LABEL = re.compile(
    r"""\s*(?:
        (?P<dotted>\d{1,3}(?:\.\d{1,3})+)(?:[.):]|(?=\s|[A-Z“"‘])) |
        \(\s*(?P<paren>\d{1,3}|[a-zA-Z]|[ivxlIVX]{1,5})\s*\) |
        (?P<number>\d{1,3})(?P<mark>[.):]|\s(?=\s*[A-Z“"‘])) |
        (?P<letter>[a-zA-Z]|[ivxIVX]{1,5})[.)]
    )\s*""",
    re.VERBOSE,
)
_BULLET = re.compile(rf"\s*(?:[{re.escape(BULLETS)}]+|[-–—*o](?=\s))\s*")
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50}


@dataclass(frozen=True, slots=True)
class Label:
    """A label as printed, without brackets and full stop. `style` tells lists apart."""

    text: str
    style: str  # dotted, paren, number, letter, bullet
    end: int  # of the label in the row's text


def read_label(text: str) -> Label | None:
    """The label `text` starts with, if any; the text may be nothing else where brackets or a stop make it a label."""
    bullet = _BULLET.match(text)
    if bullet and bullet.end() < len(text):
        return Label("•", "bullet", bullet.end())
    match = _LABEL.match(text)
    if match is None:
        return None
    style = next(name for name in ("dotted", "paren", "number", "letter") if match.group(name))
    if style == "number" and match.group("mark") not in ".):":
        style = "bare"
    if match.end() >= len(text.rstrip()) and style in ("dotted", "bare"):
        return None
    return Label(match.group("number" if style == "bare" else style), style, match.end())


def ordinals(label: Label) -> frozenset[int]:
    """The places in a list the label can stand for: "i" is the ninth letter or the first roman numeral.

    A scan's I and l can be the figure 1.
    """
    text = label.text
    if label.style == "dotted":
        return frozenset({int(text.rpartition(".")[2])})
    if text.isdigit():
        return frozenset({int(text)})
    places = set()
    if len(text) == 1:
        places.add(ord(text.lower()) - ord("a") + 1)
    if re.fullmatch(r"[ivxl]+", text.lower()):
        places.add(_roman(text.lower()))
    if text in "Il":
        places.add(1)
    return frozenset(places)


def split_items(rows: Sequence[Row], *, indent_slack: float = 14.0) -> Iterator[tuple[Label | None, list[Row]]]:
    """The items of a labelled list; rows before the first label come with the label None.

    An item starts at a row whose label has the first label's style, follows in sequence and stands about as far
    left. Everything between belongs to the item before, nested lists included.
    """
    first: Label | None = None
    left = 0.0
    last = 0
    current: list[Row] = []
    current_label: Label | None = None
    for row in rows:
        label = row_label(row)
        starts = label is not None and (
            first is None
            or (_same_list(first, label) and row.x0 <= left + indent_slack and _follows(current_label, label, last))
        )
        if starts and label is not None:
            if current:
                yield current_label, current
            first, left = first or label, min(left, row.x0) if first else row.x0
            last = _place(label, 0 if _opens_chapter(current_label, label) else last)
            current, current_label = [row], label
        else:
            current.append(row)
    if current:
        yield current_label, current


def row_label(row: Row) -> Label | None:
    """The label a row starts with."""
    return Label("•", "bullet", 0) if row.bulleted else read_label(row.text)


def _same_list(first: Label, label: Label) -> bool:
    """Whether both labels are of one list: "(a)" under "(1)" is not, nor "7.2.1" under "7.1"."""
    if first.style == "dotted" and label.style == "dotted":
        return first.text.count(".") == label.text.count(".")
    alike = first.style == label.style or {first.style, label.style} <= {"number", "bare"}
    return alike and bool(_characters(first) & _characters(label))


def _characters(label: Label) -> frozenset[str]:
    if label.style == "bullet" or label.text in ("I", "l"):
        return frozenset({"digits", "letters"})
    return frozenset({"digits" if label.text[0].isdigit() else "letters"})


def _follows(previous: Label | None, label: Label, last: int) -> bool:
    if _chapter(previous) != _chapter(label):
        return _opens_chapter(previous, label)
    return label.style == "bullet" or any(last < place <= last + 2 for place in ordinals(label))


def _chapter(label: Label | None) -> str:
    """What stands before the last full stop of a dotted label."""
    return label.text.rpartition(".")[0] if label and label.style == "dotted" else ""


def _opens_chapter(previous: Label | None, label: Label) -> bool:
    """Whether "4.1" follows "3.17"."""
    before, chapter = _chapter(previous), _chapter(label)
    if not before or not chapter or before == chapter or label.text.rpartition(".")[2] != "1":
        return False
    return int(chapter.rpartition(".")[2]) == int(before.rpartition(".")[2]) + 1


def _place(label: Label, last: int) -> int:
    following = [place for place in ordinals(label) if place > last]
    return min(following, default=last + 1)


def _roman(text: str) -> int:
    values = [_ROMAN[char] for char in text]
    return sum(
        -value if any(value < later for later in values[place:]) else value for place, value in enumerate(values)
    )
