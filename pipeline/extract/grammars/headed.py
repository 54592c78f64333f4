"""Asks under a heading of their own: "Recommendation 3: Training", "Area for improvement 2", boxed or not."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.extract.answers import INLINE_ANSWER
from pipeline.extract.asks import asks, commands, instructs, is_procedural
from pipeline.extract.body import COLUMN_TOP, PAGE_TOP, Body, Row
from pipeline.extract.candidates import Candidate, cut
from pipeline.extract.headings import AskHeading, is_contents_entry, is_title_like, rank, read_ask_heading, stands_out
from pipeline.extract.items import item_candidates, opens_paragraph
from pipeline.extract.labels import row_label

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
_EXPLAINS = re.compile(r"^(?:this|these|it|they|in doing so|in particular|such|to do (?:so|this))\b", re.IGNORECASE)
_MENTION = re.compile(r"^recommendations?\s+\d", re.IGNORECASE)
_PARAGRAPH = 1.3  # font sizes from the row above
_LONGEST = 1_200  # words
_SHORT = 0.2  # of the column's width
_FEWEST_WORDS, _FEWEST_LISTED = 5, 3


def read_headed(body: Body) -> list[Candidate]:
    """One candidate for each heading with text of its own under it; several where a plural heading has a list."""
    heads = [
        (row, _without_field(head))
        for row in body.rows
        if (head := read_ask_heading(row)) and _is_set_as_heading(body, row, head)
    ]
    starts = {row.index for row, _ in heads}
    listed = _contents(sorted(starts))
    return [
        candidate for row, head in heads if row.index not in listed for candidate in _read_one(body, row, head, starts)
    ]


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
    if head.plural and head.label is None and not head.rest:
        if row.panel is not None or _enters_panel(body, row):
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
        rows = _own_paragraph([*title, *rows])[len(title) :]
    is_titled = bool(head.rest) and bool(rows) and not inline
    title_spans = cut(body, title, heading) if is_titled else ()
    spans = cut(body, rows, suffix=_BACK) if is_titled or not head.rest else cut(body, [*title, *rows], heading, _BACK)
    text = body.text_of(spans)
    if len(text.split()) >= _FEWEST_WORDS and not is_procedural(text):
        confidence = 0.95 if head.label or row.panel else 0.8
        yield Candidate(head.kind, head.label, spans, tuple(rows or title), NAME, confidence, title_spans, row.index)


def _own_paragraph(rows: list[Row]) -> list[Row]:
    """An ask in running text without the narrative below: up to the first full paragraph that nothing continues."""
    for place, row in enumerate(rows[1:], start=1):
        if not _opens_new(rows[place - 1], row) or not rows[place - 1].text.endswith((".", "”", ")")):
            continue
        goes_on = row.bulleted or row_label(row) or _EXPLAINS.match(row.text) or row.text[:1].islower()
        if not goes_on and not _tells_to(rows[place:]) and _is_ask(" ".join(part.text for part in rows[:place])):
            return rows[:place]
    return rows


def _first_paragraph(rows: list[Row]) -> list[Row]:
    """The rows up to the first full stop that ends a paragraph."""
    for place, row in enumerate(rows[1:], start=1):
        if rows[place - 1].text.endswith(".") and _opens_new(rows[place - 1], row):
            return rows[:place]
    return rows


def _opens_new(last: Row, row: Row) -> bool:
    """Whether a paragraph opens; at the top of a page or column only a short last line tells."""
    return last.x1 < row.x1 - _SHORT * (row.x1 - row.x0) if row.gap >= COLUMN_TOP else row.gap >= _PARAGRAPH


def _tells_to(rows: Sequence[Row]) -> bool:
    """Whether the paragraph that opens here says what should be done."""
    end = next((place for place, row in enumerate(rows) if place and row.gap >= _PARAGRAPH), len(rows))
    return instructs(" ".join(row.text for row in rows[:end]))


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
        if row.index in starts or is_contents_entry(row) or _names_another(row) or _ends_open(body, head, rows, row):
            break
        if _answers_by_number(head, row) or (rows and _FIELD.match(row.text)):
            break
        rows.append(row)
    return rows


def _answers_by_number(head: Row, row: Row) -> bool:
    """Whether "3.1" opens the answer to a recommendation printed "3. …"."""
    asked = read_ask_heading(head)
    number = re.match(r"(\d{1,3})\.1\.?\s", row.text)
    return bool(asked and number and asked.label == number.group(1))


def _ends_open(body: Body, head: Row, rows: Sequence[Row], row: Row) -> bool:
    first = rows[0] if rows else None
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
        return row.gap >= 1.4
    if row.gap >= 1.4 and _DECIMAL.match(row.text) and not _DECIMAL.match(first.text) and first.text[:1].isupper():
        return len(rows) < 2 or not rows[-1].text.endswith((":", ";", ","))  # the running text goes on
    return row.gap >= 1.4 and (
        bool(INLINE_ANSWER.match(row.text)) or (bool(_ANSWER.match(row.text)) and is_title_like(row))
    )


def _is_cell(row: Row) -> bool:
    return row.panel is not None and row.panel.fill is None and row.panel.box.height > 400
