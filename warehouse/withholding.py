"""Which names tonight's documents hold, and digests' cells without them. Reads views only; how is in `names`."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from pipeline.stages import StageCache
from warehouse.connect import Connection, fetch_rows
from warehouse.csv_cells import Cell
from warehouse.names import (
    LEFT_OUT,
    Names,
    find_survivors,
    gather_names,
    names_in_address,
    withhold_or_leave_out,
)
from warehouse.people import Said, look_up_people

DEATH_REPORT = "(?i)prevention of future deaths?|regulation 28|inquest"
# A text without any of these words names nobody who died, as `names` reads it; looking costs a millisecond a text.
NEAR_A_NAME = (
    r"(?i)\b(deaths?|died|dead|murder\w*|kill\w*|shooting|stabbing|suicide|homicide|manslaughter|deceased|inquests?|late|"
    r"mother|father|mum|dad|parents?|sons?|daughters?|children|partner|husband|wife|widow\w*|brothers?|sisters?|twin|"
    r"step\w+|grand\w+|aunt|uncle|niece|nephew|cousin|fianc\w+|girlfriend|boyfriend|baby|family|aged?|born|birth|dob|"
    r"drowned|collapsed|passed away|took|ended|suffered|history|regulation 28|future deaths)\b"
)
NEUTRAL_TITLE = "Prevention of future deaths report"
TEXT_CELLS = frozenset({"text", "document_title", "reason", "news", "addressee", "common_text", "link"})


class NamesSurvived(RuntimeError):
    """A name that must be left out stands in the output; it is not handed on. The message does not repeat the name."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Leaves names out. `addresses` are all those of a document, `homepages` those of its publisher, by its hash."""

    names: Names
    addresses: Mapping[str, tuple[str, ...]]
    homepages: Mapping[str, str | None]
    # What was asked for already: titles and reasons stand in many rows, and a row's text in its digest and the ledger.
    _cut: dict[tuple[str, str | None], str] = field(default_factory=dict, repr=False, compare=False)
    _clean: dict[str, str | None] = field(default_factory=dict, repr=False, compare=False)

    def text(self, text: str | None, sha256: str | None = None) -> str | None:
        """`text` without names; where one would be left in it, nothing of it."""
        if text is None:
            return None
        key = text, sha256 if sha256 in self.names.parts else None
        if key not in self._cut:
            self._cut[key] = withhold_or_leave_out(text, self.names, sha256)
        return self._cut[key]

    def addressees(self, names: Iterable[str]) -> str | None:
        """Who must act, in one cell: offices stay; None where nobody is named."""
        return self.text("; ".join(names)) or None

    def link(self, page_url: str | None, sha256: str) -> str | None:
        """An address of that page that spells no name: another of the same file, else the publisher's own."""
        if page_url is None:
            return None
        _, _, place = page_url.partition("#")
        if sha256 not in self._clean:
            paths = ((address, urlsplit(address).path) for address in self.addresses.get(sha256, ()))
            nameless = (address for address, path in paths if not names_in_address(path, self.names, sha256))
            self._clean[sha256] = next(nameless, None)
        address = self._clean[sha256]
        if address is None:
            return self.homepages.get(sha256)
        return f"{address}#{place}" if place else address

    def row(self, cells: Mapping[str, Cell], columns: Collection[str]) -> dict[str, Cell]:
        """A row of an output with these `columns`; without its texts where a name would stand in it across cells."""
        line = "\n".join(str(value) for name in columns if (value := cells.get(name)))
        if not find_survivors(line, self.names):
            return dict(cells)
        return {name: LEFT_OUT if value and name in TEXT_CELLS else value for name, value in cells.items()}

    def check(self, outputs: Iterable[tuple[str, str]]) -> None:
        """Raises `NamesSurvived` when a full name stands in one of the `outputs`, each a name and its content."""
        for name, content in outputs:
            if survivors := find_survivors(content, self.names):
                raise NamesSurvived(
                    f"{name} would hold {len(survivors)} names of people who died, and was not written."
                )


def load_guard(connection: Connection, cited: Collection[str], kept: StageCache | None = None) -> Guard:
    """What to leave out tonight. Documents in `cited` (hashes) are searched whole, all others by title and fields.

    `kept` holds the people found on other nights.
    """
    documents = fetch_rows(
        connection,
        "SELECT sha256, documents.source, documents.title, people, urls, homepage, "
        "source = 'pfd' OR regexp_matches(coalesce(documents.title, ''), $death) AS is_report_of_a_death "
        "FROM documents LEFT JOIN sources USING (source) ORDER BY sha256",
        {"death": DEATH_REPORT},
    )
    texts = _load_texts(connection, cited)
    told = {
        row["sha256"]: Said(
            row["title"],
            tuple(row["people"]),
            frozenset(texts.get(row["sha256"], ())),
            row["is_report_of_a_death"],
        )
        for row in documents
    }
    return Guard(
        gather_names(look_up_people(told, kept)),
        {row["sha256"]: tuple(row["urls"]) for row in documents},
        {row["sha256"]: row["homepage"] for row in documents},
    )


def _load_texts(connection: Connection, cited: Collection[str]) -> dict[str, list[str]]:
    """Texts of the `cited` documents: all of a report of a death, of others what may speak of one."""
    rows = fetch_rows(
        connection,
        """
        WITH wanted AS (
            SELECT sha256, source = 'pfd' OR regexp_matches(coalesce(title, ''), $death) AS is_whole
            FROM documents WHERE sha256 IN (SELECT unnest($cited))
        )
        SELECT sha256, list(text ORDER BY text) AS texts
        FROM (SELECT sha256, text FROM passages
              UNION ALL SELECT sha256, text FROM recommendations
              UNION ALL SELECT sha256, response_text FROM recommendations WHERE response_text IS NOT NULL)
        JOIN wanted USING (sha256)
        WHERE is_whole OR regexp_matches(text, $near)
        GROUP BY sha256
        """,
        {"cited": sorted(cited), "death": DEATH_REPORT, "near": NEAR_A_NAME},
    )
    return {row["sha256"]: row["texts"] for row in rows}
