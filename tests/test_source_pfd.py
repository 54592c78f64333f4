"""Coroners' reports: three ways to list, four ways to link, responses told from reports, each quirk that was seen."""

import json
from dataclasses import replace
from datetime import date, timedelta
from html import escape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dates import read_date
from pipeline.filenames import is_response, is_version, responder_in
from pipeline.html import labelled
from pipeline.web import LayoutChanged, Page, Request
from sources import pfd
from tests.replicas.judiciary import HOME, POLICE, ROOT, VARIANTS, Report, invent, invent_one, make_site
from tests.walking import Walk, ask, later, respond, walk, window_of

HERE = window_of("pfd")
REPORTS = invent()


def report(number: int) -> Report:
    return REPORTS[number]


def found_on(walked: Walk, number: int) -> list[str]:
    """The file names of the documents of one report's page, in order."""
    return [ref.url.rpartition("/")[2] for ref in walked.documents if ref.page == report(number).url]


def read_page(content: str, url: str = report(0).url) -> pfd.Reading:
    return pfd.read(Page(Request(url, "report"), url, 200, content.encode()), HERE)


@pytest.fixture(scope="module")
def walked() -> Walk:
    return walk(make_site(), "pfd")


def test_rest_lists_every_report_of_the_window(walked: Walk) -> None:
    pages = {ref.page for ref in (*walked.documents, *walked.passed_over)}
    assert pages == {report.url for report in REPORTS}
    assert walked.failed == ()
    assert len(walked.asked) == len(REPORTS) + 1


def test_archive_and_feed_stand_in_for_rest(walked: Walk) -> None:
    archived = walk(make_site(rest=False), "pfd")
    assert set(archived.urls) == set(walked.urls)
    fed = walk(make_site(rest=False, archive=False), "pfd")
    assert {ref.page for ref in (*fed.documents, *fed.passed_over)} == {report.url for report in REPORTS[:10]}
    assert "short_listing" in {oddity.code for oddity in fed.oddities}


def test_the_archive_ends_with_404() -> None:
    site = make_site(rest=False)
    assert [ask(site, f"{HOME}{ROOT}page/{number}/").status for number in (1, 3, 4)] == [200, 200, 404]
    assert f"{HOME}{ROOT}page/4/" not in walk(site, "pfd").asked


def test_the_replica_searches_as_the_site_does() -> None:
    site, query = make_site(), "?s&pfd_report_type=police-related-deaths&post_type=pfd&after-year=2025&after-month=06"
    pages = [ask(site, f"{HOME}/page/{number}/{query}&after-day=01") for number in (1, 2)]
    cards = [page.content.decode().count("card__link") for page in pages]
    assert [page.status for page in pages] == [200, 200]  # past its end a search answers 200, with no card
    assert cards == [sum(POLICE in r.categories and r.posted >= date(2025, 6, 1) for r in REPORTS), 0]


def test_rest_content_is_mostly_a_stub_and_never_holds_the_files() -> None:
    listed = json.loads(respond(make_site(), f"{HERE.addresses['rest']}?per_page=100").content)
    contents = [item["content"]["rendered"] for item in listed]
    assert sum("MATTERS OF CONCERN" in content for content in contents) == len(REPORTS) // 3
    assert not any(".pdf" in content for content in contents)


def test_rest_goes_on_page_by_page_and_answers_400_past_its_end() -> None:
    many = [invent_one(number, date(2026, 10, 20) - timedelta(days=number)) for number in range(200)]
    found = walk(make_site(many), "pfd")
    listed = [url for url in found.asked if "wp-json" in url]
    assert len(listed) == 2
    site = make_site(many)
    assert respond(site, listed[1].replace("page=2", "page=3")).status == 400
    assert len({ref.page for ref in (*found.documents, *found.passed_over)}) == 200


def test_later_nights_ask_only_for_what_changed() -> None:
    changed = [replace(each, changed=date(2026, 10, 25)) if each.number == 20 else each for each in REPORTS]
    found = walk(make_site(changed), "pfd", later(date(2026, 10, 24)))
    assert {url for url in found.asked if ROOT in url} == {changed[20].url}
    assert any("modified_after=2026-10-24" in url for url in found.asked)
    (request,) = [request for request in found.follow if request.step == "report"]
    assert request.fact("modified") == "2026-10-25T10:00:00+00:00"


def test_a_site_that_ignores_the_bounds_is_not_walked_to_its_end() -> None:
    items = [f'{{"id": {n}, "date": "2020-01-01T10:00:00", "link": "{HOME}{ROOT}r{n}/"}}' for n in range(100)]
    url = f"{HERE.addresses['rest']}?page=4"
    reading = pfd.read(Page(Request(url, "rest"), url, 200, f"[{','.join(items)}]".encode()), HERE)
    assert reading == pfd.Reading()


@pytest.mark.parametrize("number", range(3, 7))
def test_files_are_found_in_each_variant(walked: Walk, number: int) -> None:
    assert report(number).variant == VARIANTS[number % 4]
    every = [ref.url for ref in (*walked.documents, *walked.passed_over) if ref.page == report(number).url]
    assert len(every) == len(report(number).files)


def test_the_first_link_need_not_be_the_report() -> None:
    found = walk(make_site(), "pfd", replace(HERE, options={**HERE.options}))
    refs = [ref for ref in (*found.documents, *found.passed_over) if ref.page == report(1).url]
    assert "Response" in report(1).files[0]
    assert [(ref.responds_to is None, "Response" in ref.url) for ref in refs] == [(True, False), (False, True)]
    assert refs[1].responds_to == refs[0].url
    assert refs[1].reference == refs[0].reference == report(1).reference
    assert (refs[1].body, refs[1].published) == ("Metropolitan Police Service", None)


def test_references_are_normalised_and_may_repeat(walked: Walk) -> None:
    every = {ref.page: ref.reference for ref in (*walked.documents, *walked.passed_over)}
    assert every[report(2).url] == "2026-0396"
    assert every[report(6).url] == "2026-0026"
    assert every[report(7).url] == every[report(8).url]


def test_dirty_dates_are_told_and_the_pages_day_stands(walked: Walk) -> None:
    every = {ref.page: ref for ref in (*walked.passed_over, *walked.documents) if ref.responds_to is None}
    assert every[report(4).url].published == report(4).posted
    assert every[report(5).url].published == report(5).posted - timedelta(days=3)
    told = [oddity.message for oddity in walked.oddities if oddity.code == "bad_date"]
    assert len(told) == 2
    assert "'17/20/2022'" in told[0] and "'/0206/2023'" in told[1]


def test_names_of_the_deceased_are_kept_apart(walked: Walk) -> None:
    every = {ref.page: ref.people for ref in walked.documents}
    assert every[report(0).url] == (report(0).name,)
    assert every[report(5).url] == ()  # redacted


def test_odd_files(walked: Walk) -> None:
    assert found_on(walked, 6) == ["Surname%202026-0026.docx"]
    assert found_on(walked, 9)[0] == "Tarn+2025-0109.pdf"
    versions = [ref for ref in walked.documents if ref.page == report(14).url]
    assert [ref.responds_to for ref in versions] == [None, None]  # a version for another addressee is no response
    statuses = [ask(make_site(), ref.url).status for ref in walked.documents]
    assert set(statuses) == {200}


def test_a_page_without_a_report_file(walked: Walk) -> None:
    inline = walked.at(report(12).slug)
    assert (inline.url, inline.responds_to) == (report(12).url, None)  # the page carries the report's text
    assert found_on(walked, 11) == [f"{report(11).reference}R.pdf"]
    assert walked.at(f"{report(11).reference}R").responds_to == report(11).url
    told = [oddity.message for oddity in walked.oddities if oddity.code == "missing_report"]
    assert [report(10).url in told[0], report(11).url in told[1], len(told)] == [True, True, 2]


def test_only_policing_is_fetched_and_everything_counted(walked: Walk) -> None:
    sent = {ref.page: ref.recipients for ref in walked.passed_over if ref.responds_to is None}
    assert sent[report(1).url] == ("Invented Care Homes Ltd",)
    assert report(13).sent_to is None
    assert any(ref.page == report(13).url for ref in walked.documents)  # nobody knows whom it went to: fetched
    assert POLICE in walked.at(report(0).reference).categories


def test_a_switch_fetches_everything() -> None:
    options = {**HERE.options, "fetch": "all"}
    content = respond(make_site(), report(1).url).content
    page = Page(Request(report(1).url, "report"), report(1).url, 200, content)
    assert pfd.read(page, HERE).documents == ()
    assert len(pfd.read(page, replace(HERE, options=options)).documents) == 2


def test_unknown_areas_and_categories_are_told_and_kept(walked: Walk) -> None:
    strange = next(ref for ref in walked.documents if ref.page == report(15).url)
    assert (strange.areas, strange.categories) == (("Atlantis and the Deeps",), ("Kraken related deaths",))
    assert {"unknown_area", "unknown_category"} <= {oddity.code for oddity in walked.oddities}


def test_a_report_before_the_window_is_left_out() -> None:
    content = respond(make_site(), report(0).url).content
    page = Page(Request(report(0).url, "report"), report(0).url, 200, content)
    assert pfd.read(page, replace(HERE, since=date(2026, 12, 1))) == pfd.Reading()


@pytest.mark.parametrize("seed", range(3))
def test_classes_do_not_count(walked: Walk, seed: int) -> None:
    assert walk(make_site(seed=seed), "pfd").documents == walked.documents


@pytest.mark.parametrize(
    "content",
    [
        "<html><body><h1>Just a moment...</h1><p>Checking your browser</p></body></html>",
        "<main><h1>Page not found</h1></main>",
        "<main><p>Ref: 2024-0131</p></main>",
        "",
    ],
)
def test_what_is_no_report_is_refused(content: str) -> None:
    with pytest.raises(LayoutChanged):
        read_page(content)


@pytest.mark.parametrize(
    ("step", "content"),
    [
        ("rest", b"<html>x</html>"), ("rest", b'{"code": "rest_no_route"}'), ("archive", b"<main><h1>News</h1></main>"),
        ("feed", b"<html><body>x</body></html>"),
    ],
)  # fmt: skip
def test_a_changed_listing_is_refused(step: str, content: bytes) -> None:
    url = HERE.addresses[step]
    with pytest.raises(LayoutChanged):
        pfd.read(Page(Request(url, step), url, 200, content), HERE)


def test_an_unknown_label_and_an_unread_link_are_told() -> None:
    head = '<h1>A: report</h1><time datetime="2024-03-12"></time><p>Ref: 2024-0001</p><p>Coroner’s officer: B</p>'
    reading = read_page(f'<main>{head}<a href="/wp-content/uploads/2024/03/strange">Download</a></main>')
    assert {"unknown_label", "unread_link", "missing_report"} <= {oddity.code for oddity in reading.oddities}


def test_a_fast_crawler_is_refused_and_a_slow_one_not() -> None:
    clock = iter(range(0, 1000, 2))
    slow = make_site(block_after=5, clock=lambda: next(clock))
    assert {ask(slow, each.url).status for each in REPORTS} == {200}
    fast = make_site(block_after=5, clock=lambda: 1.0)
    assert [ask(fast, each.url).status for each in REPORTS[:7]] == [200] * 5 + [403] * 2


@pytest.mark.parametrize(
    ("name", "answers"),
    [
        ("2024-0131-Response-from-Metropolitan-Police-Service_Published.pdf", True), ("Reply by the Trust.pdf", True),
        ("2024-0131R.pdf", True), ("2024-0131R_Redacted.pdf", True), ("2024-0131a.pdf", False),
        ("2024-0132R.pdf", False), ("Correspondence-address.pdf", False),
        ("Doe-Prevention-of-future-deaths-report-2024-0131_Published.pdf", False),
    ],
)  # fmt: skip
def test_responses_are_told_by_their_file_name(name: str, answers: bool) -> None:
    assert is_response(name, "2024-0131") is answers


@pytest.mark.parametrize(
    ("name", "again"),
    [
        ("2024-0131a.pdf", True), ("2024-0131b_Published.pdf", True), ("2024-0131.pdf", False),
        ("2024-0132a.pdf", False),
        ("Doe-Prevention-of-future-deaths-report-2024-0131_Published-1.pdf", True), ("Anytown-Council.pdf", False),
    ],
)  # fmt: skip
def test_versions_of_a_report_are_told_by_their_file_name(name: str, again: bool) -> None:
    assert is_version(name, "2024-0131") is again


@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("2024-0131-Response-from-A-Trust_Published.pdf", "A Trust"), ("2024-0131-Response.pdf", None),
        ("2024-0131-Response-2-from-A-Trust.pdf", "A Trust"),
        ("2024-0131-Response-by-B+Police-Redacted-1.pdf", "B Police"),
        ("2024-0131-Update-from-C-10-June-2025.pdf", "C"), ("Reply from the Home Office.docx", "the Home Office"),
    ],
)  # fmt: skip
def test_who_wrote_a_response_is_in_its_file_name(name: str, who: str | None) -> None:
    assert responder_in(name) == who


def test_what_follows_the_report_and_is_no_version_of_it_answers_it() -> None:
    files = ("Doe-2024-0131.pdf", "2024-0131a.pdf", "Anytown-Council.pdf", "2024-0131-Response-from-B.pdf")
    links = "".join(f'<a href="/wp-content/uploads/2024/03/{file}">Download</a>' for file in files)
    head = '<h1>Ann Bee</h1><time datetime="2024-03-12"></time><p>Ref: 2024-0131</p>'
    refs = read_page(f"<main>{head}{links}</main>").documents
    assert [ref.url.rpartition("/")[2] for ref in refs] == list(files)
    assert [ref.responds_to for ref in refs] == [None, None, refs[0].url, refs[0].url]
    assert [ref.body for ref in refs] == ["HM Coroner", "HM Coroner", "Responder not named", "B"]


@pytest.mark.parametrize(
    "title",
    ["Ann Bee: Prevention of future deaths report", "Ann Bee - Prevention of Future Deaths Reports", "Ann Bee",
     "Prevention of future death report – Ann Bee", "[REDACTED] and Ann Bee: Prevention of Future Deaths Report"],
)  # fmt: skip
def test_the_title_names_the_deceased_too(title: str) -> None:
    file = '<a href="/wp-content/uploads/2024/03/x.pdf">Download</a>'
    (ref,) = read_page(f'<main><h1>{title}</h1><time datetime="2024-03-12"></time>{file}</main>').documents
    assert (ref.people, ref.title) == (("Ann Bee",), title)


@pytest.mark.parametrize(
    ("name", "spelling"),
    [
        ("date", "Date of reports"), ("date", "DATE OF REPORT "), ("reference", "Ref"), ("reference", "Reference"),
        ("people", "Deceased’s name"), ("people", "Deceased names"), ("people", "Name of deceased"),
        ("people", "Deceased name(s)"),
        ("area", "Coroner's Area"), ("area", "Coroners: Area"), ("area", "Coroner Area"),
        ("coroner", "Coroner’s name"), ("coroner", "Name of coroner"), ("categories", "Category"),
        ("recipients", "This report is being sent to"), ("recipients", "These reports are being sent to"),
        ("recipients", "This report has been sent to"), ("recipients", "The report was sent to"),
        ("recipients", "This death is being sent to"), ("recipients", "This is being sent to"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("colon", [":", " :", "::"])
def test_spellings_of_labels(name: str, spelling: str, colon: str) -> None:
    stated = labelled(f"Other words\n{spelling}{colon} the value", pfd.LABELS)
    assert {key for key, values in stated.values.items() if values} == {name}
    assert stated.first(name) == "the value"


def test_what_real_reports_state_survives_being_put_on_a_page(shared: Path) -> None:
    rows = [json.loads(line) for line in (shared / "corpus/pfd/reports.jsonl").read_text(encoding="utf-8").splitlines()]
    told = 0
    for place, row in enumerate(row for row in rows if row["ref"] and row["date"]):
        stated = [("Date of report", row["date"]), ("Ref", row["ref"]), ("Coroners Area", row["area"])]
        stated += [("Category", " | ".join(row["categories"])), ("This report is being sent to", row["sent_to"])]
        lines = [f"{label}: {escape(value)}" for label, value in stated if value]
        joint = ("</p><p>", "<br>", " ")[place % 3]
        reading = read_page(f'<main><h1>x</h1><time datetime="2026-10-01"></time><p>{joint.join(lines)}</p></main>')
        (ref,) = reading.passed_over  # no file hangs on it
        assert (ref.reference, ref.published) == (row["ref"], read_date(row["date"]))
        told += sum(oddity.code not in ("missing_field", "missing_report") for oddity in reading.oddities)
    assert told <= 3


LINES = (
    "Date of report: 08/03/2024", "Ref: 2024-0131", "Deceased names: A Person", "Coroner’s name : B Person",
    "Coroners Area: Gwent", "Category: Police related deaths", "This report is being sent to: Home Office",
)  # fmt: skip


@given(st.permutations(LINES), st.sampled_from(["<br>", "</p><p>", " ", "</p><p> </p><p>"]))
def test_labels_in_any_order_and_run_together_say_the_same(lines: list[str], joint: str) -> None:
    time = '<time datetime="2024-03-12T10:00:00+00:00">12 March 2024</time>'
    file = '<a href="/wp-content/uploads/2024/03/x.pdf">Download</a>'
    reading = read_page(f"<main><h1>A Person: report</h1>{time}<p>{joint.join(lines)}</p>{file}</main>")
    (ref,) = reading.documents
    assert (ref.published, ref.reference, ref.areas) == (date(2024, 3, 8), "2024-0131", ("Gwent",))
    assert (ref.categories, ref.recipients, ref.people) == ((POLICE,), ("Home Office",), ("A Person",))
    assert reading.oddities == ()
