"""The registry's, the classifier's and the ledgers' records as Arrow tables, one function a base table.

No judgement here and no DuckDB. Each function is named after its table; rows are sorted by their ids, so the same
facts give the same file whatever order they came in. Documents and their rows are in `document_tables`.
"""

import pyarrow as pa

from warehouse.answers import Answers
from warehouse.arrow import (
    DAY,
    FLAG,
    INTEGER,
    MOMENT,
    REAL,
    SECONDS,
    STRING,
    STRINGS,
    make_moments,
    make_table,
    to_utc,
)
from warehouse.document_tables import (
    document,
    document_fact,
    held_out,
    letter,
    listing,
    recommendation,
    source,
)
from warehouse.expected import expected_count
from warehouse.facts import Facts
from warehouse.history_tables import document_event, fetch, past_recommendation
from warehouse.theme_tables import proposal, theme_quality, trait


def make_tables(facts: Facts, answers: Answers, *, is_public: bool) -> dict[str, pa.Table]:
    """Every base table by name, but for issues, of which more may come, and for those of search."""
    return {
        "parameter": parameter(facts, is_public=is_public),
        "source": source(facts),
        "document": document(facts),
        "listing": listing(facts),
        "document_fact": document_fact(facts),
        "recommendation": recommendation(facts, answers),
        "letter": letter(answers),
        "fetch": fetch(facts),
        "document_event": document_event(facts),
        "past_recommendation": past_recommendation(facts),
        "expected_count": expected_count(facts),
        "held_out": held_out(facts),
        "theme": theme(facts),
        "assignment": assignment(facts),
        "assigned_theme": assigned_theme(facts),
        "common_recommendation": common_recommendation(facts),
        "common_member": common_member(facts),
        "link": link(facts),
        "identity_event": identity_event(facts),
        "theme_event": theme_event(facts),
        "review": review(facts),
        "run": run(facts),
        "shared": shared(facts),
        "trait": trait(facts),
        "proposal": proposal(facts),
        "theme_quality": theme_quality(facts),
    }


def parameter(facts: Facts, *, is_public: bool) -> pa.Table:
    """One row."""
    rule = facts.parameters
    return pa.table(
        {
            "as_of": pa.array([facts.as_of], DAY),
            "years_needed": pa.array([rule.years_needed], INTEGER),
            "window_years": pa.array([rule.window_years], INTEGER),
            "bodies_needed": pa.array([rule.bodies_needed], INTEGER),
            "response_days": pa.array([rule.response_days], INTEGER),
            "response_sources": pa.array([sorted(rule.response_sources)], STRINGS),
            "model_revision": pa.array([facts.model_revision], STRING),
            "is_public": pa.array([is_public], FLAG),
            "sure_enough": pa.array([rule.sure_enough], REAL),
        }
    )


def theme(facts: Facts) -> pa.Table:
    """The registry."""
    rows = sorted(facts.themes, key=lambda row: (row.slug, row.lead))
    columns = {"theme": pa.array([row.slug for row in rows], STRING)}
    for name in ("name", "kind", "lead", "definition"):
        columns[name] = pa.array([getattr(row, name) for row in rows], STRING)
    for name in ("inclusions", "exclusions"):
        columns[name] = pa.array([list(getattr(row, name)) for row in rows], STRINGS)
    return pa.table(columns)


def assignment(facts: Facts) -> pa.Table:
    """One row an assignment."""
    rows = sorted(facts.assignments, key=lambda row: row.recommendation_id)
    near = [row.best_below for row in rows]
    return pa.table(
        {
            "recommendation_id": pa.array([row.recommendation_id for row in rows], STRING),
            "is_abstained": pa.array([not row.themes for row in rows], FLAG),
            "nearest_theme": pa.array([one.theme if one else None for one in near], STRING),
            "nearest_score": pa.array([one.score if one else None for one in near], REAL),
            "nearest_reason": pa.array([one.reason if one else None for one in near], STRING),
        }
    )


def assigned_theme(facts: Facts) -> pa.Table:
    """One row a theme given."""
    rows = sorted((a.recommendation_id, t.theme, t.score, t.reason) for a in facts.assignments for t in a.themes)
    return make_table(rows, {"recommendation_id": STRING, "theme": STRING, "score": REAL, "reason": STRING})


def common_recommendation(facts: Facts) -> pa.Table:
    """One row a group."""
    said = {review.review_id: review for review in facts.reviews}
    rows = []
    for one in sorted(facts.commons, key=lambda common: common.common_id):
        named = said.get(facts.names.get(one.common_id, ""))
        told = (named.answer, named.reviewer, named.reviewed_on) if named else (None, None, None)
        rows.append((one.common_id, one.representative_id, list(one.keywords), one.weakest_link, *told))
    columns = {"common_id": STRING, "representative_id": STRING, "keywords": STRINGS, "weakest_link": REAL}
    return make_table(rows, {**columns, "plain_name": STRING, "named_by": STRING, "named_on": DAY})


def common_member(facts: Facts) -> pa.Table:
    """One row a member."""
    rows = sorted((one.common_id, member) for one in facts.commons for member in one.member_ids)
    return make_table(rows, {"common_id": STRING, "recommendation_id": STRING})


def link(facts: Facts) -> pa.Table:
    """One row a link."""
    rows = sorted(
        (one.common_id, one.earlier_id, one.later_id, one.link_type.value, one.similarity, one.evidence)
        for one in facts.links
    )
    names = {"common_id": STRING, "earlier_id": STRING, "later_id": STRING, "link_type": STRING}
    return make_table(rows, {**names, "similarity": REAL, "evidence": STRING})


def identity_event(facts: Facts) -> pa.Table:
    """One row an event."""
    rows = sorted(
        (
            (to_utc(e.recorded_at), e.run_id, e.common_id, e.event, sorted(e.member_ids), e.successor_id)
            for e in facts.identity_events
        ),
        key=lambda row: (*row[:5], row[5] or ""),
    )
    names = {"recorded_at": MOMENT, "run_id": STRING, "common_id": STRING, "event": STRING}
    return make_table(rows, {**names, "member_ids": STRINGS, "successor_id": STRING})


def theme_event(facts: Facts) -> pa.Table:
    """One row a move."""
    rows = sorted(
        (to_utc(e.recorded_at), e.run_id, e.recommendation_id, sorted(e.before), sorted(e.after), e.reason)
        for e in facts.theme_events
    )
    names = {"recorded_at": MOMENT, "run_id": STRING, "recommendation_id": STRING}
    return make_table(rows, {**names, "themes_before": STRINGS, "themes_after": STRINGS, "reason": STRING})


def review(facts: Facts) -> pa.Table:
    """One row a judgement, oldest first."""
    rows = sorted(facts.reviews, key=lambda row: (to_utc(row.recorded_at), row.review_id))
    columns = {
        "reviewed_on": pa.array([row.reviewed_on for row in rows], DAY),
        "recorded_at": make_moments(row.recorded_at for row in rows),
    }
    names = ("review_id", "recommendation_id", "question", "theme", "common_id", "answer", "before", "note", "reviewer")
    for name in names:
        columns[name] = pa.array([getattr(row, name) for row in rows], STRING)
    return pa.table(columns)


def issue(facts: Facts) -> pa.Table:
    """One row a problem."""
    rows = sorted(
        ((i.run_id, i.source, i.stage, i.level.value, i.code, i.message, i.document) for i in facts.issues),
        key=lambda row: tuple(value or "" for value in row),
    )
    return make_table(
        rows, dict.fromkeys(("run_id", "source", "stage", "level", "code", "message", "document"), STRING)
    )


def run(facts: Facts) -> pa.Table:
    """One row a run."""
    rows = sorted(facts.runs, key=lambda row: (to_utc(row.started_at), row.run_id))
    stages = [[{"stage": s, "seconds": t} for s, t in sorted(row.seconds_by_stage.items())] for row in rows]
    return pa.table(
        {
            "run_id": pa.array([row.run_id for row in rows], STRING),
            "started_at": make_moments(row.started_at for row in rows),
            "finished_at": make_moments(row.finished_at for row in rows),
            "as_of": pa.array([row.as_of for row in rows], DAY),
            "state": pa.array([row.state for row in rows], STRING),
            "connectors": pa.array([list(row.connectors) for row in rows], STRINGS),
            "sources_missing": pa.array([list(row.sources_missing) for row in rows], STRINGS),
            "documents_new": pa.array([row.documents_new for row in rows], INTEGER),
            "recommendations_new": pa.array([row.recommendations_new for row in rows], INTEGER),
            "seconds_by_stage": pa.array(stages, SECONDS),
        }
    )


def shared(facts: Facts) -> pa.Table:
    """One row a recommendation that went out."""
    return make_table(sorted(facts.shared.items()), {"recommendation_id": STRING, "shared_on": DAY})
