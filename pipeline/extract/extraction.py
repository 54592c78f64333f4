"""From candidates to records: runs the grammars, picks, and fills in what every row carries."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from pipeline.extract.addressees import read_addressees, split_names
from pipeline.extract.answers import align_answers, is_response
from pipeline.extract.body import Body, boxes_of, merge_spans, read_body
from pipeline.extract.candidates import Candidate, without_reference
from pipeline.extract.choose import Chosen, fold_repeats, settle_overlaps
from pipeline.extract.deadlines import Deadline, read_day, read_deadline
from pipeline.extract.grammars import FALLBACKS, GRAMMARS
from pipeline.extract.named_bodies import name_bodies
from pipeline.extract.parts import read_parts
from pipeline.ids import recommendation_id
from pipeline.layout import Document
from pipeline.records import Kind, Recommendation


def extract(document: Document, published: date | None = None) -> tuple[Recommendation, ...]:
    """The recommendations of `document` in reading order; `published` resolves "within six months"."""
    body = read_body(document)
    candidates = [candidate for grammar in GRAMMARS for candidate in grammar(body)]
    for fallback in FALLBACKS:
        if not candidates:
            candidates = [candidate for grammar in fallback for candidate in grammar(body)]
    chosen = settle_overlaps([without_reference(body, candidate) for candidate in candidates])
    chosen = align_answers(body, chosen, quoted=is_response(body))
    return _records(body, fold_repeats(body, chosen), published)


def _records(body: Body, chosen: Sequence[Chosen], published: date | None) -> tuple[Recommendation, ...]:
    seen: Counter[str] = Counter()
    texts = [_text(body, choice) for choice in chosen]
    printed = [_addressees(choice.candidate, text) for choice, text in zip(chosen, texts, strict=True)]
    full = name_bodies(body, (name for names in printed for name in names))
    records = []
    for choice, text, names in zip(chosen, texts, printed, strict=True):
        key = recommendation_id(body.document.sha256, text)
        addressees = tuple(dict.fromkeys(full[name] for name in names))
        records.append(replace(_record(body, choice, text, seen[key], published), addressees=addressees))
        seen[key] += 1
    return tuple(records)


def _text(body: Body, choice: Chosen) -> str:
    title, text = body.text_of(choice.candidate.title), body.text_of(choice.candidate.spans)
    if not title:
        return text
    return f"{title} {text}" if title.endswith((":", ".", "?")) else f"{title}: {text}"


def _record(body: Body, choice: Chosen, text: str, nth: int, published: date | None) -> Recommendation:
    candidate = choice.candidate
    deadline = _deadline(candidate, text, published)
    spans = merge_spans(body.document, (*candidate.title, *candidate.spans))
    return Recommendation(
        recommendation_id=recommendation_id(body.document.sha256, text, nth),
        sha256=body.document.sha256,
        kind=candidate.kind,
        label=candidate.label,
        text=text,
        page=spans[0].page,
        page_end=spans[-1].page,
        spans=spans,
        boxes=boxes_of(candidate.rows),
        also_on_pages=choice.also_on_pages,
        parts=read_parts(body, candidate),
        deadline=deadline.day if deadline else None,
        deadline_text=deadline.words if deadline else None,
        status=candidate.status,
        status_text=candidate.status_text,
        response_text=candidate.response_text or " ".join(row.text for row in candidate.response) or None,
        response_page=candidate.response[0].page if candidate.response else None,
        confidence=candidate.confidence,
        grammar=candidate.grammar,
    )


def _addressees(candidate: Candidate, text: str) -> tuple[str, ...]:
    """What a column or the form says, else what the words of the ask say. A concern's words name no addressee."""
    if candidate.addressee:
        return split_names(candidate.addressee)
    return () if candidate.kind is Kind.CONCERN else read_addressees(text)


def _deadline(candidate: Candidate, text: str, published: date | None) -> Deadline | None:
    """What a column or label says, else what the words of the ask say. A concern sets none."""
    if candidate.deadline_text:
        return Deadline(read_day(candidate.deadline_text), candidate.deadline_text)
    return None if candidate.kind is Kind.CONCERN else read_deadline(text, published)
