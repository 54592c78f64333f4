"""Which rows are one ask: reprints and restatements, never two rows of one document, whatever the order."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import Kind, LinkType
from tests.warehouse_facts import make_document, make_link, make_row
from warehouse.asks import name_asks


def test_two_rows_of_one_document_stay_two_asks() -> None:
    report = make_document("report", "hmicfrs", "HMICFRS", date(2024, 1, 1))
    response = make_document("response", "parliament", "Home Office", date(2024, 6, 1))
    one, two = make_row(report, "Check cells."), make_row(report, "Check the cells.", page=3)
    restated = make_row(response, "Check cells", Kind.QUOTED_RECOMMENDATION)
    links = [
        make_link(one, two, LinkType.REPUBLISHED, 0.99),
        make_link(one, restated, LinkType.REPUBLISHED, 0.98),
        make_link(two, restated, LinkType.REPUBLISHED, 0.97),
    ]
    published = {report.sha256: date(2024, 1, 1), response.sha256: date(2024, 6, 1)}
    asks = name_asks([one, two, restated], links, published)
    assert asks == {
        one.recommendation_id: one.recommendation_id,
        two.recommendation_id: two.recommendation_id,
        restated.recommendation_id: one.recommendation_id,
    }


def test_a_label_decides_between_two_that_read_alike() -> None:
    report = make_document("report", "hmicfrs", "HMICFRS", date(2024, 1, 1))
    response = make_document("response", "parliament", "Home Office", date(2024, 6, 1))
    one, two = make_row(report, "Check cells."), replace(make_row(report, "Check the cells.", page=3), label="2")
    restated = replace(make_row(response, "Check cells", Kind.QUOTED_RECOMMENDATION), label="2")
    links = [
        make_link(one, restated, LinkType.REPUBLISHED, 0.98),
        make_link(two, restated, LinkType.REPUBLISHED, 0.95),
    ]
    asks = name_asks([one, two, restated], links, {})
    assert asks[restated.recommendation_id] == two.recommendation_id


@given(st.permutations(range(6)), st.permutations(range(8)), st.lists(st.integers(70, 100), min_size=8, max_size=8))
def test_asks_do_not_depend_on_order(rows_order: list[int], links_order: list[int], hundredths: list[int]) -> None:
    files = [make_document(f"d{n}", "hmicfrs", "HMICFRS", date(2020 + n, 1, 1)) for n in range(4)]
    rows = [make_row(files[n % 4], f"Text {n}.") for n in range(6)]
    pairs = [(0, 1), (1, 2), (2, 3), (0, 4), (4, 5), (1, 5), (3, 5), (0, 3)]
    links = [
        make_link(rows[a], rows[b], LinkType.REPUBLISHED, n / 100) for (a, b), n in zip(pairs, hundredths, strict=True)
    ]
    published = {file.sha256: file.ref.published for file in files}
    asks = name_asks(rows, links, published)
    assert asks == name_asks([rows[n] for n in rows_order], [links[n] for n in links_order], published)
    for first in set(asks.values()):
        assert asks[first] == first
        documents = [row.sha256 for row in rows if asks[row.recommendation_id] == first]
        assert len(documents) == len(set(documents))
