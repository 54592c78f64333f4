"""A small night made by hand for the warehouse's tests: reprints, recurrences, reviews, a restricted audit."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np

from pipeline.ids import content_hash, passage_id, recommendation_id
from pipeline.records import (
    Assignment,
    Box,
    CommonRecommendation,
    DocumentFacts,
    DocumentRef,
    Extraction,
    IdentityEvent,
    Issue,
    Kind,
    Level,
    Link,
    LinkType,
    Part,
    Passage,
    Recommendation,
    Review,
    RunRecord,
    Span,
    Status,
    StoredFile,
    ThemeEvent,
    ThemeScore,
)
from warehouse.load import Facts, SourceRow, ThemeRow, list_passages, list_recommendations

AS_OF = date(2026, 11, 23)
NIGHT = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
SECRET = "zanzibar"  # stands in every text of the restricted document


def make_document(name: str, source: str, body: str | None, published: date | None, **more: object) -> StoredFile:
    """A stored PDF named `name`."""
    values = {"connector": "sample", "title": name.replace("-", " "), **more}
    ref = DocumentRef(source=source, body=body, url=f"https://example.org/{name}.pdf", published=published, **values)  # type: ignore[arg-type]
    return StoredFile(content_hash(name.encode()), 1000, NIGHT, "application/pdf", ref)


def make_row(
    file: StoredFile, text: str, kind: Kind = Kind.RECOMMENDATION, page: int = 2, **more: object
) -> Recommendation:
    """A recommendation that fills the second line of its page."""
    spans = (Span(page, 100, 100 + len(text)),)
    return Recommendation(
        recommendation_id(file.sha256, text),
        file.sha256,
        kind,
        "1",
        text,
        page,
        page,
        spans,
        **more,  # type: ignore[arg-type]
    )


def make_extraction(file: StoredFile, rows: Sequence[Recommendation], passages: Sequence[str] = ()) -> Extraction:
    """A read document of ten pages: one passage a recommendation, and the `passages` on page 5."""
    own = [
        Passage(
            passage_id(file.sha256, r.page, 90 + n),
            file.sha256,
            r.page,
            90,
            110 + len(r.text),
            "The board said: " + r.text,
        )
        for n, r in enumerate(rows)
    ]
    more = [
        Passage(passage_id(file.sha256, 5, 1000 * n), file.sha256, 5, 1000 * n, 1000 * n + len(text), text)
        for n, text in enumerate(passages)
    ]
    return Extraction(file.sha256, 10, DocumentFacts(), tuple(rows), (), tuple(own + more), ())


def make_facts() -> Facts:
    """One night of seven documents."""
    inspection = make_document("custody-inspection-2022", "hmicfrs", "HMICFRS", date(2022, 3, 1))
    press = make_document("custody-inspection-2022-press", "hmicfrs", "HMICFRS", date(2022, 3, 8))
    response = make_document("home-office-response-2022", "parliament", "Home Office", date(2022, 9, 1))
    coroner = make_document(
        "prevention-of-future-deaths-2024", "pfd", "Senior Coroner", date(2024, 5, 1), reference="2024-0123"
    )
    again = make_document("custody-inspection-2026", "hmicfrs", "HMICFRS", date(2026, 9, 1))
    audit = make_document("internal-audit-zanzibar", "mopac-audit", "MOPAC", date(2025, 2, 1), restricted=True)
    scan = make_document("scan", "pfd", "Senior Coroner", date(2026, 10, 30))

    checks = "Cell checks of intoxicated detainees should be carried out every thirty minutes and recorded."
    a = make_row(
        inspection,
        checks,
        deadline=date(2023, 3, 1),
        deadline_text="By 1 March 2023",
        addressees=("The force",),
        boxes=(Box(2, 10.0, 20.0, 200.0, 40.0),),
        parts=(Part("a", "recorded"),),
    )
    a_press = make_row(press, checks + " (press)", page=1)
    a_quoted = make_row(
        response,
        "Recommendation 1: " + checks,
        Kind.QUOTED_RECOMMENDATION,
        status=Status.ACCEPTED,
        status_text="We accept",
        response_text="We accept this and will train staff.",
        response_page=3,
    )
    b = make_row(
        coroner,
        "I am concerned that detainees who are drunk were not checked and roused every half hour.",
        Kind.CONCERN,
    )
    c = make_row(
        again,
        "The force should make sure that checks of drunk detainees happen every thirty minutes.",
        Kind.CAUSE_OF_CONCERN,
    )
    d = make_row(
        again, "Control room staff should grade missing children as high risk.", Kind.AREA_FOR_IMPROVEMENT, page=4
    )
    e = make_row(audit, f"The {SECRET} procedure for checks of detainees should be reviewed.", Kind.AGREED_ACTION)
    f = make_row(coroner, '= The lift of the town hall is unsafe, and nobody has "inspected" it.', Kind.CONCERN, page=3)
    rows = {inspection: [a], press: [a_press], response: [a_quoted], coroner: [b, f], again: [c, d], audit: [e]}
    extractions = {file.sha256: make_extraction(file, items) for file, items in rows.items()}
    extractions[coroner.sha256] = make_extraction(
        coroner, [b, f], ["The body-worn video was not switched on; café staff called 999."]
    )
    extractions[scan.sha256] = Extraction(scan.sha256, 4, DocumentFacts(), (), (), (), ())

    custody = ThemeScore("death-police-contact", 0.91, "cue: detainee")
    assignments = [
        *(Assignment(row.recommendation_id, (custody,)) for row in (a, a_press, a_quoted, b, c, e)),
        Assignment(
            d.recommendation_id,
            (
                ThemeScore("missing-persons", 0.72, "cue: missing"),
                ThemeScore("contact-response", 0.55, "cue: control room"),
            ),
        ),
        Assignment(f.recommendation_id, (), ThemeScore("investigations", 0.31, "weak")),
    ]
    members = (a, a_press, a_quoted, b, c, e)
    common = CommonRecommendation(
        "c1", tuple(row.recommendation_id for row in members), c.recommendation_id, ("detainee", "checks", SECRET)
    )
    links = [
        make_link(a, a_press, LinkType.REPUBLISHED, 0.99),
        make_link(a, a_quoted, LinkType.REPUBLISHED, 0.97),
        make_link(a, b, LinkType.INDEPENDENT, 0.8),
        make_link(a_press, b, LinkType.INDEPENDENT, 0.7),
        make_link(a, c, LinkType.REITERATED, 0.9),
        make_link(e, c, LinkType.INDEPENDENT, 0.8),
    ]
    facts = Facts(
        as_of=AS_OF,
        files=[*rows, scan],
        extractions=extractions,
        runs=[
            RunRecord("run1", NIGHT, NIGHT.replace(hour=3), AS_OF, "completed", ("sample",), (), 7, 8, {"read": 1.5})
        ],
        sources=[
            SourceRow("hmicfrs", "HMICFRS inspections", "HMICFRS", "OGL-3.0", "https://example.org", False, AS_OF),
            SourceRow("pfd", "Prevention of future deaths", "Chief Coroner", "OGL-3.0", None, True, date(2026, 11, 20)),
            SourceRow("mopac-audit", "Internal audit", "MOPAC"),
        ],
        assignments=assignments,
        themes=[
            ThemeRow(
                "death-police-contact", "Custody", "perennial", "Custody lead", "Deaths and custody", ("cell checks",)
            ),
            ThemeRow("missing-persons", "Missing Persons", "perennial", "Missing lead", "Missing people"),
            ThemeRow("contact-response", "Contact", "operational", "Contact lead", "Calls"),
            ThemeRow("investigations", "Investigations", "operational", "Crime lead", "Investigations"),
        ],
        commons=[common],
        links=links,
        identity_events=[IdentityEvent(NIGHT, "run1", "c1", "new", common.member_ids)],
        theme_events=[
            ThemeEvent(NIGHT, "run1", d.recommendation_id, (), ("missing-persons",), "model change"),
            ThemeEvent(NIGHT, "run1", e.recommendation_id, (), ("death-police-contact",), "new evidence"),
        ],
        reviews=[
            Review("v1", d.recommendation_id, "theme", "wrong", "right", "Ann", AS_OF, NIGHT, "contact-response"),
            Review(
                "v2", d.recommendation_id, "theme", "add", None, "Ann", AS_OF, NIGHT, "investigations", f"see {SECRET}"
            ),
            Review("v3", f.recommendation_id, "status", "not ours", None, "Ann", AS_OF, NIGHT),
        ],
        issues=[
            Issue("pfd", "read", Level.WARNING, "no_text_layer", "Page 1 has no text.", scan.sha256, "run1"),
            Issue("mopac-audit", "read", Level.INFO, "note", f"{SECRET}", audit.sha256, "run1"),
        ],
        model_revision="test",
    )
    return give_vectors(facts)


def make_link(earlier: Recommendation, later: Recommendation, kind: LinkType, similarity: float) -> Link:
    """A link of group c1."""
    return Link("c1", earlier.recommendation_id, later.recommendation_id, kind, similarity, "test")


def give_vectors(facts: Facts) -> Facts:
    """`facts` with unit vectors of eight random numbers, the same for the same text."""
    return replace(
        facts,
        passage_vectors=embed([passage.text for passage in list_passages(facts.extractions)]),
        recommendation_vectors=embed([row.text for row in list_recommendations(facts.extractions)]),
    )


def embed(texts: Sequence[str]) -> np.ndarray:
    """(n, 8) unit vectors seeded by the text."""
    rows = [np.random.default_rng(int(content_hash(text.encode())[:8], 16)).normal(size=8) for text in texts]
    vectors = np.array(rows, dtype=np.float32).reshape(len(texts), 8)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
