"""Asks under a heading of their own: "Recommendation 3: Training", "Area for improvement 2", boxed or not."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.extract.answers import INLINE_ANSWER
from pipeline.extract.asks import asks, commands, instructs, is_procedural, rules
from pipeline.extract.body import COLUMN_TOP, PAGE_TOP, Body, Row
from pipeline.extract.candidates import Candidate, cut
from pipeline.extract.headings import AskHeading, is_contents_entry, is_title_like, rank, read_ask_heading, stands_out
from pipeline.extract.items import item_candidates, opens_paragraph
from pipeline.extract.labels import Label, ordinals, row_label, split_items
from pipeline.records import Kind

NAME = "headed"
_ANSWER = re.compile(
    r"^(?:(?:the )?[\w’' ,]{0,60}\b)?(?:response|reply|rationale|background|do you accept|status|update|action taken|"
    r"progress|management comment|acknowledged|noted|agreed|accepted|not accepted|partially accepted|rejected|"
    r"reason for)\b.{0,60}$",
    re.IGNORECASE,
)
_FIELD = re.compile(
    r"^(?:priority|responsib\w+(?: \w+)?|(?:action |risk )?owner|lead(?: \w+)?|target date|due(?: date)?|timescales?|"
    r"deadline|(?:implementation|completion) date|rating|grade|risk(?: rating)?|category|type)\s*:",
    re.IGNORECASE,
)
_BACK = re.compile(
    r"\s*\(\s*(?:(?:conclusion|recommendation)s?\s*,?\s*)?(?:see )?(?:paragraphs?|paras?)\.?"
    r"\s*[\d.,\s–and-]+\)\s*\.?\s*$",
    re.IGNORECASE,
)
_DECIMAL = re.compile(r"\d{1,3}\.\d{1,3}\.?\s+(?=[A-Z“])")
_EXPLAINS = re.compile(
    r"^(?:this|these|it|they|in doing so|in particular|such|to do (?:so|this))\b[^.]*"
    r"\b(?:should|must|would|could|may|can|will|shall|includes?|applies|intended|needs?|recommendation)\b",
    re.IGNORECASE,
)
_MENTION = re.compile(r"^recommendations?\s+\d", re.IGNORECASE)
_KEY_CONCERN = re.compile(r"(?P<label>[A-Z]?\d{1,3}(?:\.\d{1,3})?)[.:]?\s+(?:key )?concern", re.IGNORECASE)
_NEAR = 14  # rows
_PARAGRAPH = 1.3  # font sizes from the row above
_LONGEST = 1_200  # words
_SHORT = 0.2  # of the column's width
_FEWEST_WORDS, _FEWEST_LISTED = 5, 3


def read_headed(body: Body) -> list[Candidate]:
    """One candidate for each heading with text of its own under it; several where a plural heading has a list."""
    heads = [
        (row, _without_field(head))
        for row in body.rows
        if (head := _labelled_above(body, row)) and _is_set_as_heading(body, row, head)
    ]
    starts = {row.index for row, _ in heads}
    listed = _contents(sorted(starts))
    return [
        candidate for row, head in heads if row.index not in listed for candidate in _read_one(body, row, head, starts)
    ]


def _labelled_above(body: Body, row: Row) -> AskHeading | None:
    """The heading on `row`; "Recommendation: …" takes the number of the paragraph "S40 Key concern: …" above it."""
    head = read_ask_heading(row)
    if head is None or head.label or head.plural or not head.rest:
        return head
    for above in reversed(body.rows[max(0, row.index - _NEAR) : row.index]):
        if match := _KEY_CONCERN.match(above.text):
            return replace(head, label=match["label"])
        if read_ask_heading(above):
            break
    return head


def _without_field(head: AskHeading) -> AskHeading:
    """The heading of a card without the field beside it: "Agreed action 3   Priority: High"."""
    return replace(head, rest="") if _FIELD.match(head.rest) else head


def _contents(starts: list[int]) -> set[int]:
    """Headings that follow each other with nothing between, as in a table of contents."""
    runs: list[list[int]] = []
    for start in starts:
        if runs and start == runs[-1][-1] + 1:
            runs[-1].append(start)
        else:
            runs.append([start])
    return {start for run in runs if len(run) >= _FEWEST_LISTED for start in run}


def _is_set_as_heading(body: Body, row: Row, head: AskHeading) -> bool:
    """Whether the row is a heading by its looks, or at least opens a paragraph with a full label."""
    if row.panel is not None and row.gap < 0.9:
        return False
    alone = not head.rest and row.gap >= 1.4
    if stands_out(body, row) or (alone and (head.label or row.panel)):
        return True
    lead = row.line.runs[0]
    bold_lead = lead.bold and lead.end - lead.start >= len("Recommendation")
    follows_on = opens_paragraph(body, row) and head.label is not None and bool(head.rest)
    return bold_lead or follows_on or (alone and not head.plural)


def _read_one(body: Body, row: Row, head: AskHeading, starts: set[int]) -> Iterator[Candidate]:
    if head.plural and head.rest:
        return
    title = _title_rows(body, row, head, starts)
    after = title[-1].index + 1
    rows = _body_rows(body, row, after, starts)
    if not rows and not head.rest:
        return
    if row.panel is None and sum(len(part.text.split()) for part in rows) > _LONGEST:
        rows = _first_paragraph(rows)  # the narrative goes on without a heading: no ask is that long
    rows = _without_reasons(head, rows)
    if head.label is None and not head.rest and (head.plural or _is_numbered_list(rows)):
        if row.panel is not None or _enters_panel(body, row) or not head.plural:
            yield from item_candidates(body, rows, head.kind, NAME, 0.85)
        return
    if (
        head.rest
        and rows
        and stands_out(body, row)
        and not rows[0].bold
        and _is_ask(" ".join(part.text for part in title))
    ):
        rows = []  # a bold ask with its reasons, or the answer, in plain type below
    inline = bool(head.rest) and not (stands_out(body, row) and rows and not rows[0].bold)
    heading = re.compile(rf"[\s\S]{{{head.rest_start}}}") if head.rest else None
    if inline and not stands_out(body, row) and row.panel is None:
        rows = _own_paragraph([*title, *rows], len(title))[len(title) :]
    elif not head.rest and rows and rows[0].panel is None:
        rows = _own_paragraph(rows, 0)
    is_titled = bool(head.rest) and bool(rows) and not inline
    title_spans = cut(body, title, heading) if is_titled else ()
    spans = cut(body, rows, suffix=_BACK) if is_titled or not head.rest else cut(body, [*title, *rows], heading, _BACK)
    text = body.text_of(spans)
    if len(text.split()) >= _FEWEST_WORDS and not is_procedural(text):
        confidence = 0.95 if head.label or row.panel else 0.8
        yield Candidate(head.kind, head.label, spans, tuple(rows or title), NAME, confidence, title_spans, row.index)


def _is_numbered_list(rows: Sequence[Row]) -> bool:
    """Whether the text under the heading is two or more numbered paragraphs and nothing else."""
    if not rows or row_label(rows[0]) is None:
        return False
    labels = [label for label, _ in split_items(rows) if label]
    return len(labels) > 1 and all(label.text.isdigit() for label in labels)


def _without_reasons(head: AskHeading, rows: list[Row]) -> list[Row]:
    """The bold ask at the top of a box, without the reasons below it in plain type."""
    end = next((place for place, row in enumerate(rows) if not row.bold), 0)
    bold = " ".join(row.text for row in rows[:end])
    if not bold.endswith(".") or row_label(rows[end]) or rows[end].text[:1].islower():
        return rows
    is_ask = head.kind is Kind.CAUSE_OF_CONCERN or asks(bold) or instructs(bold) or commands(bold)
    return rows[:end] if is_ask else rows


def _own_paragraph(rows: list[Row], titles: int) -> list[Row]:
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
        if not _goes_on(rows[place:], label) and (_is_ask(above) if titles else _asks(above)):
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
    return not label and (_asks(text) or rules(text) or bool(_EXPLAINS.match(text)))


def _asks(text: str) -> bool:
    return asks(text) or instructs(text) or commands(text)


def _first_paragraph(rows: list[Row]) -> list[Row]:
    """The rows up to the first full stop that ends a paragraph."""
    for place, row in enumerate(rows[1:], start=1):
        if rows[place - 1].text.endswith(".") and _opens_new(rows[place - 1], row):
            return rows[:place]
    return rows


def _opens_new(last: Row, row: Row) -> bool:
    """Whether a paragraph opens; at the top of a page or column only a short last line tells."""
    return last.x1 < row.x1 - _SHORT * (row.x1 - row.x0) if row.gap >= COLUMN_TOP else row.gap >= _PARAGRAPH


def _is_ask(text: str) -> bool:
    """Whether the heading's own words are the ask, not its title."""
    words = _BACK.sub("", re.sub(r"^.{0,40}?[:.)–-]\s+", "", text, count=1))
    return (words != text and words.rstrip().endswith((".", ";"))) and (
        asks(words) or instructs(words) or commands(words)
    )


def _title_rows(body: Body, row: Row, head: AskHeading, starts: set[int]) -> list[Row]:
    """The heading row and those its title runs on to."""
    rows = [row]
    if not head.rest:
        return rows
    for following in body.rows[row.index + 1 : row.index + 4]:
        same = rank(following) == rank(row) and following.panel == row.panel and following.page == row.page
        if not same or following.gap > 1.6 or following.index in starts or not stands_out(body, row):
            break
        rows.append(following)
    return rows


def _enters_panel(body: Body, row: Row) -> bool:
    following = body.rows[row.index + 1 : row.index + 2]
    return bool(following) and following[0].panel is not None and following[0].panel != row.panel


def _body_rows(body: Body, head: Row, after: int, starts: set[int]) -> list[Row]:
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
        if row.index in starts or row.panel is None or _names_another(row) or (rows and _FIELD.match(row.text)):
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
    return is_bar and row.page == last.page and aligned and abs(row.panel.box.top - last.panel.box.bottom) <= 14


def _open_rows(body: Body, head: Row, following: Sequence[Row], starts: set[int]) -> list[Row]:
    """Rows up to the next heading, an answer, a box, or the end of the emphasis the text began with."""
    rows: list[Row] = []
    for row in following:
        if is_contents_entry(row) and (rows or _runs_on(body, head)) and row.gap < _PARAGRAPH:
            return [*rows, row]  # "… this Senedd. ......... Page 14"
        if row.index in starts or is_contents_entry(row) or _names_another(row) or _ends_open(body, head, rows, row):
            break
        if _answers_by_number(head, row) or (rows and _FIELD.match(row.text)):
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
    if first.bold != row.bold and not first.bold and (row.gap >= 1.4 or _ANSWER.match(row.text)) and is_title_like(row):
        return True
    if (first.bold and not row.bold) or (first.italic and not row.italic):
        is_title = len(rows) <= 2 and row.page == first.page and is_title_like(rows[-1]) and not asks(rows[-1].text)
        return row.gap >= 1.4 and not is_title
    if row.gap >= 1.4 and _DECIMAL.match(row.text) and not _DECIMAL.match(first.text) and first.text[:1].isupper():
        return len(rows) < 2 or not rows[-1].text.endswith((":", ";", ","))  # the running text goes on
    return row.gap >= 1.4 and (
        bool(INLINE_ANSWER.match(row.text)) or (bool(_ANSWER.match(row.text)) and is_title_like(row))
    )


def _is_cell(row: Row) -> bool:
    return row.panel is not None and row.panel.fill is None and row.panel.box.height > 400
