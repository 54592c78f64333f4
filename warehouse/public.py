"""What of a night may leave the building: `Facts` without restricted documents or any trace of them. Pure."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

import numpy as np

from pipeline.records import CommonRecommendation, IdentityEvent, Issue, Review, RunRecord
from warehouse.answers import Answers
from warehouse.facts import Facts, Vectors, describe_documents, list_passages, list_recommendations


def withhold_restricted(facts: Facts) -> Facts:
    """`facts` as the public file may hold them.

    Everything is kept by permission, not dropped by prohibition: a ledger line is kept only when it names a row that
    is public tonight. Reviewers' names and notes stay inside. A source all of whose documents are restricted is not
    named at all.
    """
    public = {sha for sha, files in describe_documents(facts).items() if not any(f.ref.restricted for f in files)}
    extractions = {sha: extraction for sha, extraction in facts.extractions.items() if sha in public}
    rows = list_recommendations(facts.extractions)
    ids = {row.recommendation_id for row in rows if row.sha256 in public}
    texts = {row.recommendation_id: row.text for row in rows if row.recommendation_id in ids}
    hidden = _find_hidden_names(facts, public)
    commons = [one for common in facts.commons if (one := _cut_common(common, texts))]
    common_ids = {common.common_id for common in commons}
    # A name may say what only a restricted row of the group says.
    whole = {common.common_id for common in facts.commons if set(common.member_ids) <= ids}
    names = {common_id: review_id for common_id, review_id in facts.names.items() if common_id in whole}
    return replace(
        facts,
        files=[file for file in facts.files if file.sha256 in public],
        extractions=extractions,
        replaced={sha: one for sha, one in facts.replaced.items() if sha in public},
        runs=[_recount_run(run, facts, public, hidden) for run in facts.runs],
        sources=[source for source in facts.sources if source.name not in hidden],
        assignments=[one for one in facts.assignments if one.recommendation_id in ids],
        commons=commons,
        names=names,
        links=[one for one in facts.links if {one.earlier_id, one.later_id} <= ids and one.common_id in common_ids],
        identity_events=[cut for event in facts.identity_events if (cut := _cut_event(event, ids, common_ids))],
        theme_events=[event for event in facts.theme_events if event.recommendation_id in ids],
        reviews=[kept for review in facts.reviews if (kept := _cut_review(review, ids, set(names.values())))],
        issues=_select_issues(facts, public),
        passage_vectors=_select(facts.passage_vectors, [p.sha256 in public for p in list_passages(facts.extractions)]),
        recommendation_vectors=_select(facts.recommendation_vectors, [row.sha256 in public for row in rows]),
        listings=[one for one in facts.listings if not one.is_restricted and one.source not in hidden],
        document_events=[event for event in facts.document_events if event.sha256 in public],
        shared={row: day for row, day in facts.shared.items() if row in ids},
        traits=[one for one in facts.traits if one.recommendation_id in ids],
        # Counts, words and judgements in them may come of restricted rows.
        proposals=[one for one in facts.proposals if ids.issuperset(one.member_ids)],
        theme_quality=(),
        expected=(),  # people counted restricted documents too
    )


def withhold_answers(answers: Answers, facts: Facts) -> Answers:
    """Those of a night's `answers` of which both sides are in its public `facts`."""
    rows = {row.recommendation_id for row in list_recommendations(facts.extractions)}
    documents = {file.sha256 for file in facts.files}
    return Answers(
        {answer: asked for answer, asked in answers.rows.items() if {answer, asked} <= rows},
        tuple(pair for pair in answers.letters if documents.issuperset(pair)),
    )


def _find_hidden_names(facts: Facts, public: Collection[str]) -> set[str]:
    """Sources and connectors that have documents, none of them public."""
    shown: set[str] = set()
    held: set[str] = set()
    for file in facts.files:
        (shown if file.sha256 in public else held).update((file.ref.source, file.ref.connector))
    return held - shown


def _cut_common(common: CommonRecommendation, texts: dict[str, str]) -> CommonRecommendation | None:
    """The group without its restricted members; None when fewer than two are left to have anything in common."""
    members = tuple(member for member in common.member_ids if member in texts)
    if len(members) == len(common.member_ids):
        return common
    if len(members) < 2:
        return None
    # A keyword may come from a restricted text alone: only words a reader of the public rows can see are kept.
    words = set(re.findall(r"\w+", " ".join(texts[member] for member in members).casefold()))
    keywords = tuple(k for k in common.keywords if set(re.findall(r"\w+", k.casefold())) <= words)
    representative = common.representative_id if common.representative_id in texts else min(members)
    return CommonRecommendation(common.common_id, members, representative, keywords)


def _cut_event(event: IdentityEvent, ids: Collection[str], common_ids: Collection[str]) -> IdentityEvent | None:
    """The event with its public members only; one about a group the public file never shows is left out."""
    members = tuple(member for member in event.member_ids if member in ids)
    if event.common_id not in common_ids or not members:
        return None
    successor = event.successor_id if event.successor_id in common_ids else None
    return replace(event, member_ids=members, successor_id=successor)


def _cut_review(review: Review, ids: Collection[str], naming: Collection[str]) -> Review | None:
    """Without who said it. Of names of groups only those in force are kept, and `naming` holds them."""
    if review.recommendation_id not in ids or review.question == "note":
        return None
    if review.question == "plain_name" and review.review_id not in naming:
        return None
    return replace(review, reviewer="a reviewer", note=None)


def _recount_run(run: RunRecord, facts: Facts, public: Collection[str], hidden: Collection[str]) -> RunRecord:
    """The run with what it fetched that is public; the ledger's own counts would give the restricted ones away."""
    end = run.finished_at
    found = {
        file.sha256
        for file in facts.files
        if file.sha256 in public and run.started_at <= file.fetched_at and (end is None or file.fetched_at <= end)
    }
    asks = sum(len(facts.extractions[sha].recommendations) for sha in found if sha in facts.extractions)
    return replace(
        run,
        connectors=_leave_out(run.connectors, hidden),
        sources_missing=_leave_out(run.sources_missing, hidden),
        documents_new=len(found),
        recommendations_new=asks,
        seconds_by_stage=dict(run.seconds_by_stage),
    )


def _leave_out(names: Iterable[str], hidden: Collection[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name not in hidden)


def _select_issues(facts: Facts, public: Collection[str]) -> list[Issue]:
    """Issues on public documents; others only from sources and connectors that hold nothing restricted."""
    closed = {name for f in facts.files if f.sha256 not in public for name in (f.ref.source, f.ref.connector)}
    restricted = {name for f in facts.files if f.sha256 not in public for name in (f.sha256, f.ref.url)}
    known = {name for f in facts.files if f.sha256 in public for name in (f.sha256, f.ref.url)} - restricted
    return [
        issue
        for issue in facts.issues
        if issue.document in known
        # A hash that is not public tonight is restricted, or gone and was perhaps restricted once.
        or not (issue.source in closed or issue.document in restricted or _is_hash(issue.document))
    ]


def _is_hash(name: str | None) -> bool:
    return re.fullmatch("[0-9a-f]{64}", name or "") is not None


def _select(vectors: Vectors | None, keep: Sequence[bool]) -> Vectors | None:
    if vectors is None or len(vectors) != len(keep):
        return vectors  # they match no rows, which is refused when they are loaded
    kept: Vectors = vectors[np.asarray(keep, dtype=bool)]
    return kept
