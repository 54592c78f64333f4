"""Which rows belong to an ask with a heading of its own: those of its box, or up to where the narrative goes on."""

import re
from collections.abc import Sequence

from pipeline.extract.answers import INLINE_ANSWER, read_status
from pipeline.extract.asks import asks, commands, instructs, rules
from pipeline.extract.body import COLUMN_TOP, PAGE_TOP, Body, Row
from pipeline.extract.candidates import REFERENCE
from pipeline.extract.headings import is_contents_entry, is_title_like, rank, read_ask_heading, stands_out
from pipeline.extract.labels import Label, ordinals, row_label

_ANSWER = re.compile(
    r"^(?:(?:the )?[\w’' ,]{0,60}\b)?(?:response|reply|rationale|background|do you accept|status|update|action taken|"
    r"progress|management comment|acknowledged|noted|agreed|accepted|not accepted|partially accepted|rejected|"
    r"reason for)\b.{0,60}$",
    re.IGNORECASE,
)
_LEADERS = re.compile(r"\w[.”)]\s*(?:\s\.|\.){4,}\s*(?:page\s*)?\d{1,3}$", re.IGNORECASE)  # a sentence, then dots
FIELD = re.compile(
    r"^(?:priority|responsib\w+(?: \w+)?|(?:action |risk )?owner|lead(?: \w+)?|target date|due(?: date)?|timescales?|"
    r"deadline|(?:implementation|completion) date|rating|grade|risk(?: rating)?|category|type)\s*:",
    re.IGNORECASE,
)
_DECIMAL = re.compile(r"\d{1,3}\.\d{1,3}\.?\s+(?=[A-Z“])")
_EXPLAINS = re.compile(
    r"^(?:this|these|it|they|in doing so|in particular|such|to do (?:so|this))\b[^.]*"
    r"\b(?:should|must|would|could|may|can|will|shall|includes?|applies|intended|needs?|recommendation)\b",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\s*\([^()]{1,80}\)\s*$")  # "(To the governor)"
_MENTION = re.compile(r"^recommendations?\s+\d", re.IGNORECASE)
_SAME_PARAGRAPH = 1.5  # font sizes; closer rows are of one paragraph
_PARAGRAPH = 1.3  # font sizes from the row above
_SHORT = 0.2  # of the column's width
_FEWEST_WORDS = 5
_BAR, _EDGE = 14.0, 4.0  # points between a heading's bar and its box, and between edges that are one


def rows_under(body: Body, head: Row, after: int, starts: set[int]) -> list[Row]:
    """The rows that belong to the heading."""
    following = body.rows[after:]
    if not following:
        return []
    panel = head.panel or (following[0].panel if _close(head, following[0]) else None)
    if panel is not None:
        boxed = _boxed_rows(head, following, starts)
        if boxed:
            return boxed
    return _open_rows(body, head, following, starts)


def _names_another(row: Row) -> bool:
    """Whether the row is a mere mention of a recommendation by number, as in a summary table."""
    return bool(_MENTION.match(row.text)) and is_title_like(row) and row.gap >= _PARAGRAPH


def _close(head: Row, row: Row) -> bool:
    return row.page != head.page or row.gap <= 4.0


def _boxed_rows(head: Row, following: Sequence[Row], starts: set[int]) -> list[Row]:
    """Rows in the heading's box, in the box right below its bar, or in the same box gone on over a page break."""
    rows: list[Row] = []
    box = head.panel
    for row in following:
        if row.index in starts or row.panel is None or _names_another(row) or (rows and FIELD.match(row.text)):
            break
        if row.panel != box and not _box_goes_on(rows[-1] if rows else head, row, is_bar=not rows):
            break
        box = row.panel
        rows.append(row)
    return rows


def _box_goes_on(last: Row, row: Row, *, is_bar: bool) -> bool:
    if row.panel is None:
        return False
    if last.panel is None:
        return _close(last, row)
    aligned = abs(row.panel.box.x0 - last.panel.box.x0) <= 8 and abs(row.panel.box.x1 - last.panel.box.x1) <= 8
    if row.page == last.page + 1:
        return aligned and row.gap == PAGE_TOP and not (row.bold and not last.bold)
    below = abs(row.panel.box.top - last.panel.box.bottom) <= _BAR
    around = (
        abs(row.panel.box.top - last.panel.box.top) <= _EDGE and row.panel.fill is None
    )  # a frame, the bar at its top
    return is_bar and row.page == last.page and aligned and (below or around)


def _open_rows(body: Body, head: Row, following: Sequence[Row], starts: set[int]) -> list[Row]:
    """Rows up to the next heading, an answer, a box, or the end of the emphasis the text began with."""
    rows: list[Row] = []
    for row in following:
        if is_contents_entry(row) and (rows or _runs_on(body, head)) and row.gap < _SAME_PARAGRAPH:
            return [*rows, row]  # "… this Senedd. ......... Page 14"
        if not rows and _LEADERS.search(row.text):
            return [row]
        if row.index in starts or is_contents_entry(row) or _names_another(row) or _ends_open(body, head, rows, row):
            break
        if _answers_by_number(head, row) or (rows and FIELD.match(row.text)):
            break
        rows.append(row)
    return rows


def _runs_on(body: Body, head: Row) -> bool:
    """Whether the ask begins beside its heading."""
    asked = read_ask_heading(head)
    return bool(asked and len(asked.rest.split()) >= _FEWEST_WORDS)


def _answers_by_number(head: Row, row: Row) -> bool:
    """Whether "3.1" opens the answer to a recommendation printed "3. …"."""
    asked = read_ask_heading(head)
    number = re.match(r"(\d{1,3})\.1\.?\s", row.text)
    return bool(asked and number and asked.label == number.group(1))


def _ends_open(body: Body, head: Row, rows: Sequence[Row], row: Row) -> bool:
    if rows and row.gap >= COLUMN_TOP and row.text[:1].islower() and not rows[-1].text.endswith("."):
        return False  # the sentence goes on over the page
    rows = _without_title(rows, row)
    first = rows[0] if rows else None
    asked = read_ask_heading(head) if first is None else None
    if asked and asked.rest and _DECIMAL.match(row.text) and row.gap >= 1.4:
        return True  # the ask stands beside its heading, and the numbered text goes on
    if row.panel is not None and (first is None or first.panel is None):
        return not _is_cell(row)
    if first is None:
        return (
            row.size >= 1.12 * body.size and stands_out(body, row) and rank(row) >= rank(head) and row.page == head.page
        )
    if row.size >= 1.12 * first.size and is_title_like(row):
        return True
    if rows[-1].text.endswith(":") and not rows[-1].bold and row.page == rows[-1].page:
        return False  # what is announced follows
    if first.bold != row.bold and not first.bold and (row.gap >= 1.4 or _ANSWER.match(row.text)) and is_title_like(row):
        return True
    if (first.bold and not row.bold) or (first.italic and not row.italic):
        return row.gap >= 1.4
    if row.gap >= 1.4 and _DECIMAL.match(row.text) and not _DECIMAL.match(first.text) and first.text[:1].isupper():
        return len(rows) < 2 or not rows[-1].text.endswith((":", ";", ","))  # the running text goes on
    return row.gap >= 1.4 and (
        bool(INLINE_ANSWER.match(row.text)) or (bool(_ANSWER.match(row.text)) and is_title_like(row))
    )


def _without_title(rows: Sequence[Row], row: Row) -> Sequence[Row]:
    """The rows without a bold title of one or two lines above text in plain type."""
    end = next((place for place, part in enumerate(rows) if not part.bold), len(rows))
    follows = rows[end] if end < len(rows) else row
    titled = 0 < end <= 2 and not follows.bold and follows.gap >= 1.4 and is_title_like(rows[end - 1])
    is_ask = asks(" ".join(part.text for part in rows[:end])) or instructs(" ".join(part.text for part in rows[:end]))
    return rows[end:] if titled and not is_ask else rows


def _is_cell(row: Row) -> bool:
    return row.panel is not None and row.panel.fill is None and row.panel.box.height > 400


def own_paragraph(rows: list[Row], titles: int) -> list[Row]:
    """The ask without the narrative below: up to the first full paragraph that nothing continues.

    The first `titles` rows are the heading's.
    """
    last = 0
    for place, row in enumerate(rows[1:], start=1):
        label = row_label(row)
        if label and label.text.isdigit() and last + 1 in ordinals(label):
            last += 1
            continue
        if place < titles or not _opens_new(rows[place - 1], row) or not rows[place - 1].text.endswith((".", "”", ")")):
            continue
        above = " ".join(part.text for part in rows[:place])
        if not _goes_on(rows[place:], label) and (is_ask_beside(above) if titles else _asks(above)):
            return rows[:place]
    return rows


def _goes_on(rows: Sequence[Row], label: Label | None) -> bool:
    """Whether the paragraph that opens here still belongs to the ask above it."""
    row = rows[0]
    listed = label and label.style in ("paren", "letter", "bullet")
    if listed or row.text[0].islower() or row.text[0] == "(":
        return True
    end = next((place for place, part in enumerate(rows) if place and part.gap >= _PARAGRAPH), len(rows))
    text = " ".join(part.text for part in rows[:end])
    if read_status(text).status:
        return False
    return not label and (_asks(text) or rules(text) or bool(_EXPLAINS.match(text)))


def _asks(text: str) -> bool:
    return asks(text) or instructs(text) or commands(text)


def first_paragraph(rows: list[Row]) -> list[Row]:
    """The rows up to the first full stop that ends a paragraph."""
    for place, row in enumerate(rows[1:], start=1):
        if rows[place - 1].text.endswith(".") and _opens_new(rows[place - 1], row):
            return rows[:place]
    return rows


def _opens_new(last: Row, row: Row) -> bool:
    """Whether a paragraph opens; at the top of a page or column only a short last line tells."""
    return last.x1 < row.x1 - _SHORT * (row.x1 - row.x0) if row.gap >= COLUMN_TOP else row.gap >= _PARAGRAPH


def is_ask_beside(text: str) -> bool:
    """Whether the heading's own words are the ask, not its title."""
    words = REFERENCE.sub("", re.sub(r"^.{0,40}?[:.)–-]\s+", "", text, count=1))
    return (words != text and _ASIDE.sub("", words).rstrip().endswith((".", ";"))) and (
        asks(words) or instructs(words) or commands(words)
    )
