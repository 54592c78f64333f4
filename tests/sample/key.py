"""The answer key: one file a document, the listing, and the planted repeats."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from tests.sample.model import Ask, Document, Repeats, key_text
from tests.sample.page import Marks

BASE_URL = "https://sample.invalid"


def answer_key(document: Document, marks: Marks, sha256: str, pages: int) -> dict[str, object]:
    """What should be taken out of one document, in the form of the hand-made keys."""
    return {
        "file": f"{document.family}/{document.file}",
        "sha256": sha256,
        "doc_kind": document.doc_kind,
        "pages": pages,
        "layout": document.layout,
        "items": [_item(ask, marks) for ask in document.asks],
        "hard": list(document.hard),
        "confidence": "high",
    }


def listing_rows(documents: Sequence[Document]) -> list[dict[str, object]]:
    """Rows of listing.json, oldest first."""
    rows = [
        {
            "file": document.file,
            **document.listing.model_dump(mode="json"),
            "url": f"{BASE_URL}/{document.listing.source}/{document.file}",
        }
        for document in documents
    ]
    return sorted(rows, key=lambda row: (str(row["published"]), str(row["file"])))


def repeats_key(documents: Sequence[Document], repeats: Repeats) -> dict[str, object]:
    """Planted groups with the relation of each pair, and the decoys, by file, label and text."""
    placed = {f"{document.name}#{ask.id}": (document, ask) for document in documents for ask in document.asks}
    groups = []
    for slug, label in repeats.groups.items():
        members = [place for place in placed.values() if place[1].same == slug]
        members.sort(key=lambda place: (place[0].listing.published, place[0].name))
        pairs = [
            {"a": m, "b": n, "relation": relation(members[m], members[n])}
            for m, n in combinations(range(len(members)), 2)
        ]
        groups.append({"group": slug, "label": label, "members": [_member(*m) for m in members], "pairs": pairs})
    decoys = [
        {"a": _member(*placed[decoy.a]), "b": _member(*placed[decoy.b]), "sort": decoy.sort, "why": decoy.why}
        for decoy in repeats.decoys
    ]
    return {"groups": groups, "decoys": decoys}


def relation(earlier: tuple[Document, Ask], later: tuple[Document, Ask]) -> str:
    """republished: both print one act; reiterated: one body asked twice; independent: two bodies."""
    if act(*earlier) == act(*later):
        return "republished"
    return "reiterated" if asker(*earlier) == asker(*later) else "independent"


def act(document: Document, ask: Ask) -> str:
    """The one act of asking that this printing belongs to."""
    return ask.quotes or f"{document.name}#{ask.id}"


def asker(document: Document, ask: Ask) -> str:
    """The body that asked, also where another body's document prints it."""
    return ask.owner_body or document.listing.body


def _member(document: Document, ask: Ask) -> dict[str, object]:
    return {"file": document.file, "label": ask.label, "text": key_text(ask)}


def _item(ask: Ask, marks: Marks) -> dict[str, object]:
    pages = {role: [p for i, r, p in marks if i == ask.id and r == role] for role in ("text", "again", "status")}
    return {
        "label": ask.label,
        "kind": ask.kind,
        "text": key_text(ask),
        "page": pages["text"][0],
        "page_end": max(pages["text"]),
        "also_on_pages": [page for page in pages["again"][:1] if page != pages["text"][0]],
        "parts": [{"label": (part.label or "•").strip("(). "), "text": part.text} for part in ask.parts],
        "status": ask.status,
        "response_page": pages["status"][0] if pages["status"] else None,
        "themes": list(ask.themes),
        "addressees": list(ask.addressees),
        "deadline": ask.deadline.isoformat() if ask.deadline else None,
    }
