"""Levers, proposals of themes and the quality of themes as Arrow tables, one function a base table."""

import pyarrow as pa

from warehouse.arrow import FLAG, INTEGER, REAL, STRING, STRINGS, make_table
from warehouse.facts import Facts

_SHARES = ("precision", "recall", "f1", "brier")


def trait(facts: Facts) -> pa.Table:
    """One row a recommendation."""
    rows = sorted(
        (t.recommendation_id, list(t.levers), list(t.lever_words), t.who, t.what, t.when) for t in facts.traits
    )
    flags = dict.fromkeys(("smart_who", "smart_what", "smart_when"), FLAG)
    return make_table(rows, {"recommendation_id": STRING, "levers": STRINGS, "lever_words": STRINGS, **flags})


def proposal(facts: Facts) -> pa.Table:
    """One row a proposal of a theme."""
    rows = sorted(facts.proposals, key=lambda one: one.proposal_id)
    columns = {name: pa.array([getattr(one, name) for one in rows], STRING) for name in ("proposal_id", "name")}
    columns["keywords"] = pa.array([list(one.keywords) for one in rows], STRINGS)
    columns["central_id"] = pa.array([one.central_id for one in rows], STRING)
    columns["member_ids"] = pa.array([list(one.member_ids) for one in rows], STRINGS)
    columns["bodies"] = pa.array([list(one.bodies) for one in rows], STRINGS)
    columns["years"] = pa.array([list(one.years) for one in rows], pa.list_(INTEGER))
    for name in ("recent", "earlier"):
        columns[name] = pa.array([getattr(one, name) for one in rows], INTEGER)
    for name in ("state", "decided_by"):
        columns[name] = pa.array([getattr(one, name) for one in rows], STRING)
    return pa.table(columns)


def theme_quality(facts: Facts) -> pa.Table:
    """One row a theme that people judged rows of."""
    rows = sorted(facts.theme_quality, key=lambda one: one.theme)
    columns = {"theme": pa.array([one.theme for one in rows], STRING)}
    for name in ("judged", "belonging"):
        columns[name] = pa.array([getattr(one, name) for one in rows], INTEGER)
    for name in [f"{share}_{when}" for when in ("before", "after") for share in _SHARES]:
        columns[name] = pa.array([getattr(one, name) for one in rows], REAL)
    columns["is_learnt"] = pa.array([one.is_learnt for one in rows], FLAG)
    return pa.table(columns)
