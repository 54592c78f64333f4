"""The CSV proforma as people really save it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.proforma import UnreadableProforma, read_proforma
from pipeline.records import Kind, Status

CELL = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=40).filter(str.strip)


def quote(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'


def test_a_full_row() -> None:
    head = b"text,label,kind,addressee,deadline,status\n"
    content = head + b"Give every cell a call bell,3,agreed action,Custody; Estates,31/03/2025,accepted\n"
    [row] = read_proforma(content, "debriefs").recommendations
    assert (row.text, row.label, row.kind) == ("Give every cell a call bell", "3", Kind.AGREED_ACTION)
    assert (row.addressees, row.deadline, row.status) == (("Custody", "Estates"), date(2025, 3, 31), Status.ACCEPTED)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_encodings_excel_writes(encoding: str) -> None:
    content = "Text\r\nAsk the “on-call” officer\r\n".encode(encoding)
    [row] = read_proforma(content, "x").recommendations
    assert row.text == "Ask the “on-call” officer"


def test_a_bad_row_is_named_and_the_others_stay() -> None:
    content = b"text,deadline\nfirst ask,soon\n,2025-01-01\nsecond ask,2025-01-01\n"
    read = read_proforma(content, "x")
    assert [row.text for row in read.recommendations] == ["second ask"]
    assert ["Line 2" in read.issues[0].message, "Line 3" in read.issues[1].message] == [True, True]


@pytest.mark.parametrize("content", [b"", b"name,date\na,b\n", b"\x00\x01"])
def test_what_is_not_a_proforma_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableProforma, match="text"):
        read_proforma(content, "x")


@given(st.lists(CELL, min_size=1, max_size=8))
def test_every_span_holds_its_text(texts: list[str]) -> None:
    decoded = "text\n" + "".join(quote(text) + "\n" for text in texts)
    read = read_proforma(decoded.encode(), "x")
    assert [row.text for row in read.recommendations] == [" ".join(text.split()) for text in texts]
    for row in read.recommendations:
        [span] = row.spans
        held = decoded[span.start : span.end].strip().removeprefix('"').removesuffix('"').replace('""', '"')
        assert " ".join(held.split()) == row.text
