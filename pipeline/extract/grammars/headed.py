"""Asks under a heading of their own: "Recommendation 3: Training", "Area for improvement 2", boxed or not."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.extract.asks import asks, commands, instructs, is_procedural
from pipeline.extract.body import Body, Row
from pipeline.extract.candidates import Candidate, cut
from pipeline.extract.headings import AskHeading, rank, read_ask_heading, stands_out
from pipeline.extract.items import item_candidates, opens_paragraph
from pipeline.extract.labels import row_label, split_items
from pipeline.extract.under_heading import FIELD, first_paragraph, is_ask_beside, own_paragraph, rows_under
from pipeline.records import Kind

NAME = "headed"
_ASIDE = re.compile(
    r"\W*\((?:priority|high|medium|low|paragraphs?|paras?|pages?|short|long|medium.term|essential|advisory)\b[^()]{0,40}\)\W*|"
    r"\W*(?:priority \w+|(?:high|medium|low)(?: (?:priority|risk))?)\W*",
    re.IGNORECASE,
)
_RUNNING = re.compile(r"\s*\d{1,3}\.\d{1,3}\.?\s+(?=[A-Z])")  # the paragraph's own number
_ANNOUNCES = re.compile(r"\bfollowing recommendations?\b[^.:]*:$", re.IGNORECASE)
_NUMBER_FIELD = re.compile(r"recommendations? (?:number|no\b|ref)", re.IGNORECASE)
_KEY_CONCERN = re.compile(r"(?P<label>[A-Z]?\d{1,3}(?:\.\d{1,3})?)[.:]?\s+(?:key )?concern", re.IGNORECASE)
_NEAR, _COLUMNS = 14, 3  # rows; runs of a table's header
_LONGEST = 1_200  # words
_FEWEST_WORDS, _FEWEST_LISTED = 5, 3


def read_headed(body: Body) -> list[Candidate]:
    """One candidate for each heading with text of its own under it; several where a plural heading has a list."""
    read = [(row, head) for row in body.rows if (head := _labelled_above(body, row)) and not _is_title(body, row, head)]
    lone = [row.index for row, head in read if _opens_with_word(body, row, head)]
    heads = [
        (row, _without_field(head))
        for row, head in read
        if _is_set_as_heading(body, row, head) or (len(lone) >= _FEWEST_LISTED and row.index in lone)
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


def _is_title(body: Body, row: Row, head: AskHeading) -> bool:
    """Whether the row is the document's title, "Recommendation - Wexmoor Police, February 2021", and asks nothing."""
    if head.label or not head.rest or row.page > 1 or instructs(head.rest) or asks(head.rest) or commands(head.rest):
        return False
    is_largest = row.size >= max(other.size for other in body.rows)
    return is_largest or row.text.casefold() == (body.document.title or "").casefold()


def _opens_with_word(body: Body, row: Row, head: AskHeading) -> bool:
    """Whether a plain paragraph opens with "Recommendation: " and the ask; a document may have it so throughout."""
    is_ask = instructs(head.rest) or asks(head.rest) or commands(head.rest)
    return is_ask and not head.label and not head.plural and row.panel is None and opens_paragraph(body, row)


def _without_field(head: AskHeading) -> AskHeading:
    """The heading of a card without the field beside it: "Agreed action 3   Priority: High"."""
    return replace(head, rest="") if FIELD.match(head.rest) or _ASIDE.fullmatch(head.rest) else head


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
    if (row.panel is not None and row.gap < 0.9) or _is_field(row):
        return False
    alone = not head.rest and row.gap >= 1.4
    if stands_out(body, row) or (alone and (head.label or row.panel)):
        return True
    lead = row.line.runs[0]
    bold_lead = lead.bold and lead.end - lead.start >= len("Recommendation")
    follows_on = opens_paragraph(body, row) and head.label is not None and bool(head.rest)
    return bold_lead or follows_on or (alone and not head.plural)


def _is_concern(head: AskHeading, title: Sequence[Row]) -> bool:
    """Whether the heading goes on with the concern itself, a full sentence."""
    return head.kind is Kind.CONCERN and title[-1].text.endswith(".")


def _is_field(row: Row) -> bool:
    """Whether the row is a field of a card: "Recommendation number    AO-2019-026-SR-014"."""
    runs = row.line.runs
    apart = len(runs) > 1 and runs[1].box.x0 - runs[0].box.x1 > 2 * row.size
    return apart and row.panel is not None and bool(_NUMBER_FIELD.match(row.text))


def _read_one(body: Body, row: Row, head: AskHeading, starts: set[int]) -> Iterator[Candidate]:
    if head.plural and head.rest:
        return
    title = _title_rows(body, row, head, starts)
    after = title[-1].index + 1
    rows = rows_under(body, row, after, starts)
    if not rows and not head.rest:
        return
    if row.panel is None and sum(len(part.text.split()) for part in rows) > _LONGEST:
        rows = first_paragraph(rows)  # the narrative goes on without a heading: no ask is that long
    rows = _without_reasons(head, _without_announcement(rows))
    number = _RUNNING if head.label and not head.rest and row.panel is None else None
    if head.label is None and not head.rest and (head.plural or _is_numbered_list(rows)):
        is_table = bool(rows) and len(rows[0].line.runs) >= _COLUMNS
        if not is_table and (row.panel is not None or _enters_panel(body, row) or not head.plural):
            yield from item_candidates(body, rows, head.kind, NAME, 0.85)
        return
    if (
        head.rest
        and rows
        and stands_out(body, row)
        and not rows[0].bold
        and (is_ask_beside(" ".join(part.text for part in title)) or _is_concern(head, title))
    ):
        rows = []  # a bold ask with its reasons, or the answer, in plain type below
    inline = bool(head.rest) and not (stands_out(body, row) and rows and not rows[0].bold)
    heading = re.compile(rf"[\s\S]{{{head.rest_start}}}") if head.rest else None
    if inline and not stands_out(body, row) and row.panel is None:
        rows = own_paragraph([*title, *rows], len(title))[len(title) :]
    elif (not head.rest or not inline) and rows and rows[0].panel is None:
        rows = own_paragraph(rows, 0)
    is_titled = bool(head.rest) and bool(rows) and not inline
    title_spans = cut(body, title, heading) if is_titled else ()
    spans = cut(body, rows, number) if is_titled or not head.rest else cut(body, [*title, *rows], heading)
    text = body.text_of(spans)
    if len(text.split()) >= _FEWEST_WORDS and not is_procedural(text) and not is_procedural(head.rest):
        confidence = 0.95 if head.label or row.panel else 0.8
        yield Candidate(head.kind, head.label, spans, tuple(rows or title), NAME, confidence, title_spans, row.index)


def _is_numbered_list(rows: Sequence[Row]) -> bool:
    """Whether the text under the heading is two or more numbered paragraphs and nothing else."""
    if not rows or row_label(rows[0]) is None:
        return False
    labels = [label for label, _ in split_items(rows) if label]
    return len(labels) > 1 and all(label.text.isdigit() for label in labels)


def _without_announcement(rows: list[Row]) -> list[Row]:
    """The rows without "The Ombudsman makes the following recommendation to the agency:" above the ask itself."""
    end = next((place for place, row in enumerate(rows[:4]) if row.text.endswith(":")), None)
    if end is None or end + 1 >= len(rows):
        return rows
    return rows[end + 1 :] if _ANNOUNCES.search(" ".join(row.text for row in rows[: end + 1])) else rows


def _without_reasons(head: AskHeading, rows: list[Row]) -> list[Row]:
    """The bold ask at the top of a box, without the reasons below it in plain type."""
    end = next((place for place, row in enumerate(rows) if not row.bold), 0)
    bold = " ".join(row.text for row in rows[:end])
    if not bold.endswith(".") or row_label(rows[end]) or rows[end].text[:1].islower():
        return rows
    is_ask = head.kind is Kind.CAUSE_OF_CONCERN or asks(bold) or instructs(bold) or commands(bold)
    return rows[:end] if is_ask else rows


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
