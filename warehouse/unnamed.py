"""A night without the names of people who died, for the public file; and the check that none is left. How: `names`.

Only reports of a death, and documents whose publisher states who died, are searched for names; those names are left out
of everything the documents say. Elsewhere they are left out of titles and addresses. A full name that its publisher
states must then stand nowhere in the views on those documents, or the night is not published.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.ids import text_hash
from pipeline.records import DocumentFacts, DocumentRef, Extraction, Recommendation, StoredFile
from warehouse.build import Finding
from warehouse.connect import fetch_rows, open_reader
from warehouse.facts import Facts, describe_documents
from warehouse.names import Names, find_people, find_survivors, gather_names, names_in_address, withhold
from warehouse.withholding import DEATH_REPORT, NEUTRAL_TITLE

CHECK = "names_in_public"
CHECKED = {"documents": "sha256", "recommendations": "sha256", "register": "sha256", "passages": "sha256"}
NO_HOMEPAGE = "address-left-out:"


@dataclass(frozen=True, slots=True)
class Unnamed:
    """The night without names, and the full names its publishers state, by document hash."""

    facts: Facts
    stated: Mapping[str, frozenset[str]]


def leave_names_out(facts: Facts) -> Unnamed:
    """`facts` as the public file may hold them. Texts keep their ids, places and vectors."""
    documents = describe_documents(facts)
    stated = {sha: _find_stated(files, facts.extractions.get(sha)) for sha, files in documents.items()}
    people = {
        sha: find_people(
            _title(files, facts.extractions.get(sha)),
            _people(files),
            _texts(facts.extractions.get(sha)),
            is_report_of_a_death=_is_report_of_a_death(files, facts.extractions.get(sha)),
        )
        for sha, files in documents.items()
        if stated[sha] or _is_report_of_a_death(files, facts.extractions.get(sha))
    }
    names = gather_names(people)
    addresses = _hide_addresses(facts, names)
    return Unnamed(
        replace(
            facts,
            files=[_cut_file(file, names, addresses) for file in facts.files],
            extractions={sha: _cut_extraction(one, names) for sha, one in facts.extractions.items()},
            replaced={sha: _cut_extraction(one, names) for sha, one in facts.replaced.items()},
            listings=[replace(one, url=addresses.get(one.url, one.url)) for one in facts.listings],
            document_events=[replace(one, url=addresses.get(one.url, one.url)) for one in facts.document_events],
            issues=[
                replace(
                    issue,
                    message=withhold(issue.message, names),
                    document=addresses.get(issue.document, issue.document) if issue.document else None,
                )
                for issue in facts.issues
            ],
        ),
        {sha: found for sha, found in stated.items() if found},
    )


def find_names(public: Path, stated: Mapping[str, frozenset[str]]) -> list[Finding]:
    """Rows of the public views that spell a name the publisher states of their document. The names are not repeated."""
    found = []
    with open_reader(public) as connection:
        for view, key in CHECKED.items():
            rows = fetch_rows(
                connection,
                f"SELECT {key} AS sha256, CAST(shown AS VARCHAR) AS line FROM {view} AS shown "
                "WHERE list_contains($named, sha256) ORDER BY ALL",
                {"named": sorted(stated)},
            )
            bad = [
                row["sha256"] for row in rows if find_survivors(row["line"], gather_names({"": stated[row["sha256"]]}))
            ]
            if bad:
                found.append(Finding(CHECK, len(bad), tuple(f"{view} of {sha256}" for sha256 in bad[:5])))
    return found


def _people(files: list[StoredFile]) -> list[str]:
    return sorted({name for file in files for name in file.ref.people})


def _title(files: list[StoredFile], read: Extraction | None) -> str | None:
    return next((file.ref.title for file in files if file.ref.title), None) or (read.facts.title if read else None)


def _is_report_of_a_death(files: list[StoredFile], read: Extraction | None) -> bool:
    return files[0].ref.source == "pfd" or re.search(DEATH_REPORT, _title(files, read) or "") is not None


def _find_stated(files: list[StoredFile], read: Extraction | None) -> frozenset[str]:
    """Full names as the publisher's fields and title state them."""
    found = find_people(_title(files, read), _people(files), (), is_report_of_a_death=bool(_people(files)))
    return frozenset(name for name in found if len(name.split()) > 1)


def _texts(read: Extraction | None) -> list[str]:
    if read is None:
        return []
    rows = (*read.recommendations, *read.held_out)
    return sorted({*(p.text for p in read.passages), *(r.text for r in rows), *(r.response_text or "" for r in rows)})


def _hide_addresses(facts: Facts, names: Names) -> dict[str, str]:
    """What stands for each address that spells a name: one of the publisher's homepage that tells them apart."""
    homepages = {row.name: row.homepage for row in facts.sources}
    hidden = {}
    for file in facts.files:
        for address in filter(None, (file.ref.url, file.ref.page, file.ref.responds_to)):
            if names_in_address(urlsplit(address).path, names, file.sha256):
                hidden[address] = f"{homepages.get(file.ref.source) or NO_HOMEPAGE}?document={text_hash(address)[:12]}"
    for one in facts.listings:
        if names_in_address(urlsplit(one.url).path, names):
            hidden[one.url] = f"{homepages.get(one.source) or NO_HOMEPAGE}?document={text_hash(one.url)[:12]}"
    return hidden


def _cut_file(file: StoredFile, names: Names, addresses: Mapping[str, str]) -> StoredFile:
    return replace(file, ref=_cut_ref(file.ref, file.sha256, names, addresses))


def _cut_ref(ref: DocumentRef, sha256: str, names: Names, addresses: Mapping[str, str]) -> DocumentRef:
    title = withhold(ref.title, names, sha256) if ref.title else ref.title
    if title != ref.title and re.search(DEATH_REPORT, ref.title or "") and ref.responds_to is None:
        title = NEUTRAL_TITLE
    return replace(
        ref,
        url=addresses.get(ref.url, ref.url),
        page=addresses.get(ref.page, ref.page) if ref.page else ref.page,
        responds_to=addresses.get(ref.responds_to, ref.responds_to) if ref.responds_to else ref.responds_to,
        title=title,
        people=(),
        recipients=tuple(withhold(name, names, sha256) for name in ref.recipients),
    )


def _cut_extraction(one: Extraction, names: Names) -> Extraction:
    """Documents without names of their own keep every word, so that most of the night is passed by."""
    if one.sha256 not in names.parts:
        return one
    cut = partial(withhold, names=names, sha256=one.sha256)
    return replace(
        one,
        facts=_cut_facts(one.facts, cut),
        recommendations=tuple(_cut_row(row, cut) for row in one.recommendations),
        held_out=tuple(_cut_row(row, cut) for row in one.held_out),
        passages=tuple(replace(passage, text=cut(passage.text)) for passage in one.passages),
    )


def _cut_facts(facts: DocumentFacts, cut: Callable[[str], str]) -> DocumentFacts:
    return replace(
        facts,
        title=cut(facts.title) if facts.title else facts.title,
        recipients=tuple(map(cut, facts.recipients)),
        places=tuple(replace(place, words=cut(place.words)) for place in facts.places),
    )


def _cut_row(row: Recommendation, cut: Callable[[str], str]) -> Recommendation:
    return replace(
        row,
        text=cut(row.text),
        parts=tuple(replace(part, text=cut(part.text)) for part in row.parts),
        addressees=tuple(map(cut, row.addressees)),
        status_text=cut(row.status_text) if row.status_text else row.status_text,
        response_text=cut(row.response_text) if row.response_text else row.response_text,
    )
