"""Sources, documents, recommendations and searchable texts as Arrow tables, one function a base table.

Rows stand in the order of `list_passages` and `list_recommendations`, which the vectors follow.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

import pyarrow as pa

from pipeline.records import Extraction, Passage, Recommendation, StoredFile
from warehouse.answers import Answers
from warehouse.arrow import (
    BOXES,
    DAY,
    FACT_PLACES,
    FLAG,
    INTEGER,
    PARTS,
    REAL,
    SPANS,
    STRING,
    STRINGS,
    make_moments,
    make_records,
    make_table,
)
from warehouse.asks import name_asks
from warehouse.facts import (
    Facts,
    describe_documents,
    find_published,
    find_successions,
    find_withdrawn,
    list_passages,
    list_recommendations,
)

PUT_IN = "inbox"  # the connector of what people put in: its publisher is not who speaks


def source(facts: Facts) -> pa.Table:
    """The sources given, and a bare row for a stream that documents name and nobody described."""
    given = sorted(facts.sources, key=lambda row: (row.name, row.title))
    named = {file.ref.source for file in facts.files} | {row.source for row in facts.listings}
    bare = sorted(named - {row.name for row in given})
    return pa.table(
        {
            "source": pa.array([row.name for row in given] + bare, STRING),
            "title": pa.array([row.title for row in given] + bare, STRING),
            "publisher": pa.array([row.publisher for row in given] + [None] * len(bare), STRING),
            "licence": pa.array([row.licence for row in given] + [None] * len(bare), STRING),
            "homepage": pa.array([row.homepage for row in given] + [None] * len(bare), STRING),
            "is_missing_tonight": pa.array([row.is_missing_tonight for row in given] + [False] * len(bare), FLAG),
            "last_good": pa.array([row.last_good for row in given] + [None] * len(bare), DAY),
        }
    )


def document(facts: Facts) -> pa.Table:
    """One row a hash; what the listing leaves out, the document or its source may say."""
    documents = describe_documents(facts)
    read = [facts.extractions.get(sha256) for sha256 in documents]
    lines = list(documents.values())
    first = [files[0] for files in lines]
    superseded, withdrawn = find_successions(facts), find_withdrawn(facts)
    return pa.table(
        {
            "sha256": pa.array(list(documents), STRING),
            "source": pa.array([file.ref.source for file in first], STRING),
            "connector": pa.array([file.ref.connector for file in first], STRING),
            "url": pa.array([file.ref.url for file in first], STRING),
            "urls": pa.array([list(dict.fromkeys(file.ref.url for file in files)) for files in lines], STRINGS),
            "file": pa.array([_name_file(file.ref.url) for file in first], STRING),
            "title": pa.array([_find_title(*pair) for pair in zip(lines, read, strict=True)], STRING),
            "body": pa.array(_find_bodies(facts, lines, read), STRING),
            "published": pa.array(list(find_published(facts).values()), DAY),
            "reference": pa.array([_find_reference(*pair) for pair in zip(lines, read, strict=True)], STRING),
            "licence": pa.array(_find_licences(facts, lines), STRING),
            "is_restricted": pa.array([any(file.ref.restricted for file in files) for files in lines], FLAG),
            "byte_count": pa.array([file.size for file in first], pa.int64()),
            "media_type": pa.array([file.media_type for file in first], STRING),
            "fetched_at": make_moments(file.fetched_at for file in first),
            "is_read": pa.array([one is not None and one.page_count > 0 for one in read], FLAG),
            "page_count": pa.array([one.page_count if one and one.page_count else None for one in read], INTEGER),
            "held_out_count": pa.array(
                [len(one.held_out) if one and one.page_count else None for one in read], INTEGER
            ),
            "people": pa.array([sorted({name for f in files for name in f.ref.people}) for files in lines], STRINGS),
            "recipients": pa.array(
                [list(dict.fromkeys(name for f in files for name in f.ref.recipients)) for files in lines], STRINGS
            ),
            "withdrawn_on": pa.array([withdrawn.get(sha256) for sha256 in documents], DAY),
            "superseded_by": pa.array([superseded[s].by if s in superseded else None for s in documents], STRING),
            "superseded_on": pa.array([superseded[s].on if s in superseded else None for s in documents], DAY),
        }
    )


def listing(facts: Facts) -> pa.Table:
    """One row a document that a publisher lists, whether it was fetched or not."""
    rows = sorted(
        ((row.source, row.connector, row.url, row.published, row.outcome, row.message) for row in facts.listings),
        key=lambda row: (row[0], row[2], row[1]),
    )
    names = {"source": STRING, "connector": STRING, "url": STRING}
    return make_table(rows, {**names, "published": DAY, "outcome": STRING, "message": STRING})


def recommendation(facts: Facts, answers: Answers) -> pa.Table:
    """In the order of `list_recommendations`."""
    rows = list_recommendations(facts.extractions)
    asks = name_asks(rows, facts.links, find_published(facts), answers.rows)
    columns = {
        "ask_id": pa.array([asks[row.recommendation_id] for row in rows], STRING),
        "spans": make_records([row.spans for row in rows], SPANS),
        "boxes": make_records([row.boxes for row in rows], BOXES),
        "parts": make_records([row.parts for row in rows], PARTS),
        "also_on_pages": pa.array([list(row.also_on_pages) for row in rows], pa.list_(INTEGER)),
        "addressees": pa.array([list(row.addressees) for row in rows], STRINGS),
        "deadline": pa.array([row.deadline for row in rows], DAY),
        "confidence": pa.array([row.confidence for row in rows], REAL),
    }
    for name in ("page", "page_end", "response_page"):
        columns[name] = pa.array([getattr(row, name) for row in rows], INTEGER)
    texts = ("recommendation_id", "sha256", "kind", "label", "text", "deadline_text")
    for name in (*texts, "status", "status_text", "response_text", "grammar"):
        columns[name] = pa.array([getattr(row, name) for row in rows], STRING)
    return pa.table(columns)


def letter(answers: Answers) -> pa.Table:
    """One row a document that answers another as a whole."""
    return make_table(sorted(answers.letters), {"sha256": STRING, "answered_sha256": STRING})


def document_fact(facts: Facts) -> pa.Table:
    """One row a document that was read, in the order of hashes."""
    held = describe_documents(facts)
    read = {sha256: facts.extractions[sha256].facts for sha256 in held if sha256 in facts.extractions}
    columns = {
        "sha256": pa.array(list(read), STRING),
        "published": pa.array([one.published for one in read.values()], DAY),
        "is_month": pa.array([one.is_month for one in read.values()], FLAG),
        "places": make_records([one.places for one in read.values()], FACT_PLACES),
    }
    for name in ("title", "reference", "publisher", "area"):
        columns[name] = pa.array([getattr(one, name) for one in read.values()], STRING)
    for name in ("recipients", "references"):
        columns[name] = pa.array([list(getattr(one, name)) for one in read.values()], STRINGS)
    return pa.table(columns)


def held_out(facts: Facts) -> pa.Table:
    """One row a text that was extracted and enters no other table."""
    held = describe_documents(facts)
    rows = [row for sha256 in held if sha256 in facts.extractions for row in facts.extractions[sha256].held_out]
    columns = {"confidence": pa.array([row.confidence for row in rows], REAL)}
    for name in ("page", "page_end"):
        columns[name] = pa.array([getattr(row, name) for row in rows], INTEGER)
    for name in ("recommendation_id", "sha256", "kind", "label", "text", "grammar"):
        columns[name] = pa.array([getattr(row, name) for row in rows], STRING)
    return pa.table(columns)


def entry(facts: Facts) -> pa.Table:
    """Passages in the order of `list_passages`, then recommendations; the vectors follow the same order."""
    passages = list_passages(facts.extractions)
    rows = list_recommendations(facts.extractions)
    own = find_containing(passages, rows)
    blank = [None] * len(rows)
    return pa.table(
        {
            "entry_no": pa.array(range(len(passages) + len(rows)), INTEGER),
            "scope": pa.array(["documents"] * len(passages) + ["recommendations"] * len(rows), STRING),
            "entry_id": pa.array([p.passage_id for p in passages] + [r.recommendation_id for r in rows], STRING),
            "sha256": pa.array([p.sha256 for p in passages] + [r.sha256 for r in rows], STRING),
            "page": pa.array([p.page for p in passages] + [r.page for r in rows], INTEGER),
            "start": pa.array([*(p.start for p in passages), *blank], INTEGER),
            "end": pa.array([*(p.end for p in passages), *blank], INTEGER),
            "text": pa.array([p.text for p in passages] + [r.text for r in rows], STRING),
            "recommendation_id": pa.array(own + [r.recommendation_id for r in rows], STRING),
        }
    )


def find_containing(passages: Sequence[Passage], recommendations: Sequence[Recommendation]) -> list[str | None]:
    """For each passage the recommendation it is part of (or that is part of it), or None.

    The two must share at least half of the shorter one; of several the one that shares most.
    """
    spans: dict[tuple[str, int], list[tuple[int, int, str]]] = defaultdict(list)
    for row in recommendations:
        for span in row.spans:
            spans[row.sha256, span.page].append((span.start, span.end, row.recommendation_id))
    return [_find_best(passage, spans.get((passage.sha256, passage.page), [])) for passage in passages]


def _find_best(passage: Passage, spans: Sequence[tuple[int, int, str]]) -> str | None:
    best, owner = 0, None
    for start, end, recommendation_id in spans:
        overlap = min(end, passage.end) - max(start, passage.start)
        if overlap > best and 2 * overlap >= min(end - start, passage.end - passage.start):
            best, owner = overlap, recommendation_id
    return owner


def _name_file(url: str) -> str:
    """The last part of an address, readable; of anything but a web address as it stands, since "#" may be in a name."""
    if not url.startswith(("http:", "https:", "file:")):
        return re.split(r"[/\\]", url.rstrip("/\\"))[-1] or url
    return unquote(urlsplit(url).path.rstrip("/").rpartition("/")[2]) or url


def _find_title(files: Sequence[StoredFile], read: Extraction | None) -> str | None:
    listed = next((file.ref.title for file in files if file.ref.title), None)
    return listed or (read.facts.title if read else None)


def _find_reference(files: Sequence[StoredFile], read: Extraction | None) -> str | None:
    listed = next((file.ref.reference for file in files if file.ref.reference), None)
    return listed or (read.facts.reference if read else None)


def _find_bodies(
    facts: Facts, documents: Sequence[Sequence[StoredFile]], read: Sequence[Extraction | None]
) -> list[str]:
    """Who asks: as listed; of what people put in, as it says itself; else whoever publishes the stream."""
    publishers = {row.name: row.publisher for row in facts.sources}
    return [
        next((file.ref.body for file in files if file.ref.body), None)
        or (files[0].ref.connector == PUT_IN and one is not None and one.facts.publisher)
        or publishers.get(files[0].ref.source)
        or files[0].ref.source
        for files, one in zip(documents, read, strict=True)
    ]


def _find_licences(facts: Facts, documents: Sequence[Sequence[StoredFile]]) -> list[str | None]:
    licences = {row.name: row.licence for row in facts.sources}
    return [
        next((file.ref.licence for file in files if file.ref.licence), None) or licences.get(files[0].ref.source)
        for files in documents
    ]
