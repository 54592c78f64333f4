"""What only history needs, as Arrow tables, one function a base table: fetches, events, rows that were shown once."""

import pyarrow as pa

from pipeline.records import Recommendation
from warehouse.arrow import DAY, FLAG, INTEGER, MOMENT, STRING, STRINGS, make_moments, make_table, to_utc
from warehouse.facts import Facts


def fetch(facts: Facts) -> pa.Table:
    """One row a line of the archive: what a document was listed as, each time its bytes were met."""
    rows = sorted(facts.files, key=lambda f: (f.sha256, f.fetched_at, f.ref.connector, f.ref.url))
    refs = [row.ref for row in rows]
    columns = {
        "sha256": pa.array([row.sha256 for row in rows], STRING),
        "fetched_at": make_moments(row.fetched_at for row in rows),
        "published": pa.array([ref.published for ref in refs], DAY),
        "withdrawn_on": pa.array([ref.withdrawn_on for ref in refs], DAY),
        "is_restricted": pa.array([ref.restricted for ref in refs], FLAG),
        "recipients": pa.array([list(ref.recipients) for ref in refs], STRINGS),
    }
    for name in ("connector", "source", "url", "title", "body", "reference"):
        columns[name] = pa.array([getattr(ref, name) or None for ref in refs], STRING)
    return pa.table(columns)


def document_event(facts: Facts) -> pa.Table:
    """One row a document that was replaced, withdrawn, or came back."""
    rows = sorted((e.sha256, to_utc(e.noticed_at), e.kind.value, e.happened_on, e.url) for e in facts.document_events)
    return make_table(rows, {"sha256": STRING, "noticed_at": MOMENT, "kind": STRING, "happened_on": DAY, "url": STRING})


def past_recommendation(facts: Facts) -> pa.Table:
    """One row a recommendation that past nights showed and tonight does not.

    Those of versions since replaced, and those of which a person has since said that they are no asks.
    """
    rows = sorted(_list_past(facts), key=lambda row: row.recommendation_id)
    columns = {
        "addressees": pa.array([list(row.addressees) for row in rows], STRINGS),
        "deadline": pa.array([row.deadline for row in rows], DAY),
    }
    for name in ("page", "page_end", "response_page"):
        columns[name] = pa.array([getattr(row, name) for row in rows], INTEGER)
    texts = ("recommendation_id", "sha256", "kind", "label", "text", "deadline_text")
    for name in (*texts, "status", "status_text", "response_text"):
        columns[name] = pa.array([getattr(row, name) for row in rows], STRING)
    return pa.table(columns)


def _list_past(facts: Facts) -> list[Recommendation]:
    judged = {review.recommendation_id for review in facts.reviews if review.question == "extraction"}
    held = {file.sha256 for file in facts.files}
    refused = [
        row
        for sha256, one in facts.extractions.items()
        if sha256 in held
        for row in one.held_out
        if row.recommendation_id in judged
    ]
    return refused + [row for sha256, one in facts.replaced.items() if sha256 in held for row in one.recommendations]
