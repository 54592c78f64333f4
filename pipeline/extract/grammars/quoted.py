"""Responses that set what they answer in bold or italics and their answer in plain type, without headings."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.extract.answers import is_response
from pipeline.extract.asks import asks, instructs
from pipeline.extract.body import Body, Row
from pipeline.extract.candidates import Candidate, cut
from pipeline.extract.headings import read_ask_heading
from pipeline.extract.labels import read_label
from pipeline.records import Kind

NAME = "quoted"
_BACK = re.compile(
    r"\s*\(\s*(?:(?:conclusion|recommendation)s?\s*\d*\s*,?\s*)?(?:(?:see )?(?:paragraphs?|"
    r"paras?)\.?\s*[\d.,\s–and-]*)?\)\s*\.?\s*$",
    re.IGNORECASE,
)
_LABEL = re.compile(r"\s*(?:\d{1,3}(?:\.\d{1,3})*[.):]?|\(\w{1,3}\))\s+(?=\S)")
_PREFIX = re.compile(r"\s*(?:recommendation|conclusion)s?(?:\s+\d{1,3})?\s*[:.–-]\s*", re.IGNORECASE)
_FEWEST_BLOCKS, _FEWEST_ASKS, _FEWEST_WORDS = 3, 2, 12
_LIKELY = 0.6


def read_quoted(body: Body) -> list[Candidate]:
    """The emphasised paragraphs of a response that ask or carry a reference to the report they come from."""
    if not is_response(body):
        return []
    blocks = [rows for rows in _emphasised(body.rows) if _is_quote(rows)]
    if len(blocks) < (_FEWEST_ASKS if all(read_label(rows[0].text) for rows in blocks) else _FEWEST_BLOCKS):
        return []
    return [_candidate(body, rows) for rows in blocks]


def read_emphasised(body: Body) -> list[Candidate]:
    """The emphasised paragraphs of a report in which its author asks; where nothing else marks its asks."""
    blocks = [rows for rows in _emphasised(body.rows) if _is_quote(rows) and asks(" ".join(row.text for row in rows))]
    found = [_candidate(body, rows) for rows in blocks] if len(blocks) >= _FEWEST_ASKS else []
    return [replace(item, kind=Kind.RECOMMENDATION, confidence=_LIKELY) for item in found]


def _emphasised(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Stretches of rows that are all bold or all italic, parted where a numbered paragraph opens."""
    block: list[Row] = []
    for row in rows:
        if not (row.bold or row.italic):
            if block:
                yield block
            block = []
            continue
        apart = block and (
            (row.bold, row.italic) != (block[-1].bold, block[-1].italic)
            or (row.gap >= 1.4 and (_opens_another(block[0], row) or _BACK.search(block[-1].text) is not None))
        )
        if apart:
            yield block
            block = []
        block.append(row)
    if block:
        yield block


def _opens_another(first: Row, row: Row) -> bool:
    """Whether the row has a label of its own that is not that of a part: "(a)" under "21."."""
    own, above = read_label(row.text), read_label(first.text)
    part = own is not None and above is not None and own.style != above.style and not own.text.isdigit()
    return _LABEL.match(row.text) is not None and not part


def _is_quote(rows: Sequence[Row]) -> bool:
    text = " ".join(row.text for row in rows)
    if len(text.split()) < _FEWEST_WORDS or read_ask_heading(rows[0]):
        return False
    numbered = rows[0].italic and not rows[0].bold and read_label(rows[0].text) is not None
    return numbered or bool(_BACK.search(text)) or asks(text) or instructs(_LABEL.sub("", text, count=1))


def _candidate(body: Body, rows: Sequence[Row]) -> Candidate:
    label = read_label(rows[0].text)
    prefix = _LABEL if label else _PREFIX
    name = label.text if label and label.style != "bullet" else None
    spans = cut(body, rows, prefix, _BACK)
    return Candidate(Kind.QUOTED_RECOMMENDATION, name, spans, tuple(rows), NAME, 0.75, first_row=rows[0].index)
