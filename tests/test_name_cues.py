"""A cue finds all that its pattern alone would find: the words it is first looked for by stand wherever it matches."""

import re
import string
import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.name_cues import (
    AFTER_NAME,
    BEFORE_NAME,
    BEFORE_NAME_IN_REPORTS,
    DEATH_REPORT,
    STYLED,
    Cue,
    make_line,
)
from warehouse.names import fold_words

CUES = [*BEFORE_NAME, *BEFORE_NAME_IN_REPORTS, *AFTER_NAME, STYLED, DEATH_REPORT]


@pytest.mark.parametrize("cue", CUES, ids=lambda cue: cue.words[0].strip())
@settings(deadline=None, max_examples=25)
@given(data=st.data())
def test_no_match_of_a_pattern_is_lost(cue: Cue, data: st.DataObject) -> None:
    text = data.draw(st.from_regex(cue.pattern))
    line = make_line(text)
    assert [match.span() for match in cue.find([line])] == [match.span() for match in cue.pattern.finditer(line.text)]


def test_a_line_is_as_plain_as_a_pattern_that_does_not_heed_capitals_reads_it() -> None:
    letters = re.compile(f"(?i)[{string.ascii_lowercase}]")
    for sign in filter(letters.fullmatch, map(chr, range(sys.maxunicode + 1))):
        plain = make_line(sign).plain
        assert re.fullmatch(f"(?i){plain}", sign), f"U+{ord(sign):04X} is {plain!r}"
        assert plain in string.ascii_lowercase


@given(st.text(alphabet=st.sampled_from("aZé’'\"“”‘–—…•£\xa0 -ﬁıßǅ.5ЖÅ")))
def test_words_are_folded_the_short_way_as_the_long_way(text: str) -> None:
    plain = unicodedata.normalize("NFKD", text.replace("’", "").replace("'", ""))
    bare = "".join(sign for sign in plain if not unicodedata.combining(sign))
    assert fold_words(text) == re.findall(r"[^\W\d_]+", bare.casefold())
