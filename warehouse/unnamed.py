"""A night without the names of people who died, for the public file; and the check that none is left. How: `names`.

Only reports of a death, and documents whose publisher states who died, are searched for names; those names are left out
of everything the documents say. Elsewhere they are left out of titles and addresses. A text in which a name would still
stand is left out whole, and an issue names its row. A full name that its publisher states must then stand nowhere in
the views on those documents, or the night is not published.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.ids import text_hash
from pipeline.records import (
    Assignment,
    DocumentFacts,
    DocumentRef,
    Extraction,
    Issue,
    Level,
    Recommendation,
    Review,
    StoredFile,
    ThemeScore,
)
from pipeline.stages import StageCache
from pipeline.theme_records import Proposal
from warehouse.build import Finding
from warehouse.connect import fetch_rows, open_reader
from warehouse.facts import Facts, describe_documents
from warehouse.names import (
    LEFT_OUT,
    Names,
    find_people,
    find_survivors,
    fold_words,
    gather_names,
    names_in_address,
    withhold_or_leave_out,
)
from warehouse.people import Said, look_up_people
from warehouse.withholding import DEATH_REPORT, NEUTRAL_TITLE

CHECK = "names_in_public"
CHECKED = ("documents", "recommendations", "held_out", "register", "passages")
NAMING = 3  # keywords that make a name
NO_HOMEPAGE = "address-left-out:"


@dataclass(frozen=True, slots=True)
class Unnamed:
    """The night without names, the full names its publishers state, by document hash, and an issue for each row of
    which a text was left out whole; those are in `facts` too.
    """

    facts: Facts
    stated: Mapping[str, frozenset[str]]
    issues: tuple[Issue, ...] = ()


def leave_names_out(facts: Facts, kept: StageCache | None = None) -> Unnamed:
    """`facts` as the public file may hold them. Texts keep their ids, places and vectors.

    `kept` holds the people found on other nights.
    """
    documents = describe_documents(facts)
    stated = {sha: _find_stated(files, facts.extractions.get(sha)) for sha, files in documents.items()}
    told = {
        sha: Said(_title(files, read), _people(files), _texts(read), is_report)
        for sha, files in documents.items()
        for read in (facts.extractions.get(sha),)
        for is_report in (_is_report_of_a_death(files, read),)
        if stated[sha] or is_report
    }
    unnamed = _cut_night(facts, gather_names(look_up_people(told, kept)))
    issues = tuple(_tell_left_out(unnamed))
    return Unnamed(
        facts=replace(unnamed, issues=[*unnamed.issues, *issues]),
        stated={sha: found for sha, found in stated.items() if found},
        issues=issues,
    )


def find_names(public: Path, stated: Mapping[str, frozenset[str]]) -> list[Finding]:
    """Rows of the public views that spell a name the publisher states of their document. The names are not repeated."""
    found = []
    names = {sha256: gather_names({"": people}) for sha256, people in stated.items()}
    with open_reader(public) as connection:
        for view in CHECKED:
            rows = fetch_rows(
                connection,
                f"SELECT * FROM {view} WHERE list_contains($named, sha256) ORDER BY ALL",
                {"named": sorted(stated)},
            )
            bad = [row["sha256"] for row in rows if _spells(row, names[row["sha256"]])]
            if bad:
                found.append(Finding(CHECK, len(bad), tuple(f"{view} of {sha256}" for sha256 in bad[:5])))
    return found


def _spells(value: object, names: Names) -> bool:
    """True when a full name stands in a text anywhere in `value`, a row as it is fetched: each text by itself."""
    if isinstance(value, dict):
        return any(_spells(one, names) for one in value.values())
    if isinstance(value, list):
        return any(_spells(one, names) for one in value)
    return isinstance(value, str) and bool(find_survivors(value, names))


def _people(files: list[StoredFile]) -> tuple[str, ...]:
    return tuple(sorted({name for file in files for name in file.ref.people}))


def _title(files: list[StoredFile], read: Extraction | None) -> str | None:
    return next((file.ref.title for file in files if file.ref.title), None) or (read.facts.title if read else None)


def _is_report_of_a_death(files: list[StoredFile], read: Extraction | None) -> bool:
    return files[0].ref.source == "pfd" or re.search(DEATH_REPORT, _title(files, read) or "") is not None


def _find_stated(files: list[StoredFile], read: Extraction | None) -> frozenset[str]:
    """Full names as the publisher's fields and title state them."""
    found = find_people(_title(files, read), _people(files), (), is_report_of_a_death=bool(_people(files)))
    return frozenset(name for name in found if len(name.split()) > 1)


def _texts(read: Extraction | None) -> frozenset[str]:
    if read is None:
        return frozenset()
    rows = (*read.recommendations, *read.held_out)
    answers = (row.response_text for row in rows if row.response_text)
    return frozenset({*(passage.text for passage in read.passages), *(row.text for row in rows), *answers})


def _cut_night(facts: Facts, names: Names) -> Facts:
    addresses = _hide_addresses(facts, names)
    homes = {row.recommendation_id: row.sha256 for one in facts.extractions.values() for row in one.recommendations}
    return replace(
        facts,
        files=[_cut_file(file, names, addresses) for file in facts.files],
        extractions={sha: _cut_extraction(one, names) for sha, one in facts.extractions.items()},
        replaced={sha: _cut_extraction(one, names) for sha, one in facts.replaced.items()},
        assignments=[_cut_assignment(one, names, homes.get(one.recommendation_id)) for one in facts.assignments],
        commons=[
            replace(one, keywords=_keep_words(one.keywords, one.member_ids, names, homes)) for one in facts.commons
        ],
        proposals=[_cut_proposal(one, names, homes) for one in facts.proposals],
        reviews=[_cut_review(one, names, homes.get(one.recommendation_id)) for one in facts.reviews],
        listings=[replace(one, url=addresses.get(one.url, one.url)) for one in facts.listings],
        document_events=[replace(one, url=addresses.get(one.url, one.url)) for one in facts.document_events],
        issues=[
            replace(
                issue,
                message=withhold_or_leave_out(issue.message, names),
                document=addresses.get(issue.document, issue.document) if issue.document else None,
            )
            for issue in facts.issues
        ],
    )


def _hide_addresses(facts: Facts, names: Names) -> dict[str, str]:
    """What stands for each address that spells a name: one of the publisher's homepage that tells them apart."""
    homepages = {row.name: row.homepage for row in facts.sources}
    hidden = {}
    for file in facts.files:
        for address in filter(None, (file.ref.url, file.ref.page, file.ref.responds_to)):
            if names_in_address(_after_host(address), names, file.sha256):
                hidden[address] = f"{homepages.get(file.ref.source) or NO_HOMEPAGE}?document={text_hash(address)[:12]}"
    for one in facts.listings:
        if names_in_address(_after_host(one.url), names):
            hidden[one.url] = f"{homepages.get(one.source) or NO_HOMEPAGE}?document={text_hash(one.url)[:12]}"
    return hidden


def _after_host(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path} {parts.query} {parts.fragment}"


def _cut_file(file: StoredFile, names: Names, addresses: Mapping[str, str]) -> StoredFile:
    return replace(file, ref=_cut_ref(file.ref, file.sha256, names, addresses))


def _cut_ref(ref: DocumentRef, sha256: str, names: Names, addresses: Mapping[str, str]) -> DocumentRef:
    cut = partial(withhold_or_leave_out, names=names, sha256=sha256)
    title = cut(ref.title) if ref.title else ref.title
    if title != ref.title and re.search(DEATH_REPORT, ref.title or "") and ref.responds_to is None:
        title = NEUTRAL_TITLE
    return replace(
        ref,
        url=addresses.get(ref.url, ref.url),
        page=addresses.get(ref.page, ref.page) if ref.page else ref.page,
        responds_to=addresses.get(ref.responds_to, ref.responds_to) if ref.responds_to else ref.responds_to,
        title=title,
        people=(),
        recipients=tuple(map(cut, ref.recipients)),
    )


def _cut_extraction(one: Extraction, names: Names) -> Extraction:
    """Documents without names of their own keep every word, so that most of the night is passed by."""
    if one.sha256 not in names.parts:
        return one
    cut = partial(withhold_or_leave_out, names=names, sha256=one.sha256)
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
        label=cut(row.label) if row.label else row.label,
        text=cut(row.text),
        parts=tuple(replace(part, text=cut(part.text)) for part in row.parts),
        addressees=tuple(map(cut, row.addressees)),
        deadline_text=cut(row.deadline_text) if row.deadline_text else row.deadline_text,
        status_text=cut(row.status_text) if row.status_text else row.status_text,
        response_text=cut(row.response_text) if row.response_text else row.response_text,
    )


def _cut_assignment(one: Assignment, names: Names, sha256: str | None) -> Assignment:
    """Reasons quote words of the text."""
    if sha256 not in names.parts:
        return one
    cut = partial(withhold_or_leave_out, names=names, sha256=sha256)
    return replace(
        one,
        themes=tuple(_cut_score(score, cut) for score in one.themes),
        best_below=_cut_score(one.best_below, cut) if one.best_below else None,
    )


def _cut_score(score: ThemeScore, cut: Callable[[str], str]) -> ThemeScore:
    return replace(score, reason=cut(score.reason))


def _cut_proposal(one: Proposal, names: Names, homes: Mapping[str, str]) -> Proposal:
    """Its name is made of its keywords, and made anew where one of them goes."""
    keywords = _keep_words(one.keywords, one.member_ids, names, homes)
    is_whole = _keep_words((one.name,), one.member_ids, names, homes)
    return replace(one, keywords=keywords, name=one.name if is_whole else ", ".join(keywords[:NAMING]))


def _keep_words(
    words: tuple[str, ...], member_ids: Iterable[str], names: Names, homes: Mapping[str, str]
) -> tuple[str, ...]:
    """Keywords of a group but for those that are part of a name in one of its members' documents."""
    own: set[str] = set()
    for member in member_ids:
        own |= names.parts.get(homes.get(member, ""), frozenset())
    return tuple(word for word in words if not own.intersection(fold_words(word)))


def _cut_review(review: Review, names: Names, sha256: str | None) -> Review:
    cut = partial(withhold_or_leave_out, names=names, sha256=sha256)
    return replace(review, answer=cut(review.answer), before=cut(review.before) if review.before else review.before)


def _tell_left_out(facts: Facts) -> Iterator[Issue]:
    """An issue for each row of which a text was left out whole; the name itself is not repeated."""
    run_id = max(facts.runs, key=lambda run: run.started_at).run_id if facts.runs else None
    for sha256, files in describe_documents(facts).items():
        for name in _find_left_out(files, facts.extractions.get(sha256)):
            yield Issue(
                source=files[0].ref.source,
                stage="publish",
                level=Level.WARNING,
                code="name_left_out_whole",
                message=f"A name that must be left out still stood in {name}; the public file leaves that text out.",
                document=sha256,
                run_id=run_id,
            )


def _find_left_out(files: list[StoredFile], read: Extraction | None) -> Iterator[str]:
    """What of a document was left out whole, named by its ids."""
    if any(LEFT_OUT in (file.ref.title, *file.ref.recipients) for file in files):
        yield "the title or a recipient of this document"
    if read is None:
        return
    if LEFT_OUT in (read.facts.title, *read.facts.recipients, *(place.words for place in read.facts.places)):
        yield "what this document says of itself"
    for row in (*read.recommendations, *read.held_out):
        texts = (row.label, row.text, row.deadline_text, row.status_text, row.response_text, *row.addressees)
        if LEFT_OUT in (*texts, *(part.text for part in row.parts)):
            yield f"recommendation {row.recommendation_id}"
    yield from (f"passage {one.passage_id}" for one in read.passages if one.text == LEFT_OUT)
