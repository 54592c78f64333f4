"""A row's leaning to each theme by its words and its meaning: two linear models, averaged.

The words model is logistic regression on TF-IDF over a fixed vocabulary: the words of the registry and of invented
example sentences, so no name out of a document can be in it. The meaning model is logistic regression on the
sentence embedding. Both see the text, and beside it the title at a smaller scale: whom a report is sent to tells
whether a road or a ward is a matter of the police. The figures are in `assign_linear.json`; `tests/fit_themes.py`
fits them.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.ids import text_hash

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy.typing as npt

    FloatArray = npt.NDArray[np.floating[Any]]

FITTED = Path(__file__).with_name("assign_linear.json")
TITLE_SCALE = 0.4  # of the title's unit vector beside the text's
TITLE_WORDS_SCALE = 0.6  # of its words
_WORD = re.compile(r"\b[a-z]{2,}\b")


@dataclass(frozen=True, slots=True)
class LinearFigures:
    """What fitting found; the columns of every matrix follow `themes`."""

    version: str
    encoder: str  # start of the hash of the weights whose vectors `meaning` belongs to
    themes: tuple[str, ...]
    vocabulary: Mapping[str, int]  # word -> column of what `weigh_words` gives
    idf: FloatArray  # (words,)
    words: FloatArray  # (2 x words, themes): of the text, then of the title
    words_bias: FloatArray  # (themes,)
    meaning: FloatArray  # (2 x dimension, themes): of the text, then of the title
    meaning_bias: FloatArray  # (themes,)


@dataclass(frozen=True, slots=True)
class Leaning:
    """How rows lean, as logits, shape (rows, themes)."""

    words: FloatArray
    meaning: FloatArray | None  # None: the vectors are of a model that was not fitted

    @property
    def both(self) -> FloatArray:
        """The mean of the two, or the words alone."""
        return self.words if self.meaning is None else (self.words + self.meaning) / 2.0


def load_linear(path: Path = FITTED) -> LinearFigures:
    """The fitted figures in `path`."""
    text = path.read_text(encoding="utf-8")
    written = json.loads(text)
    return LinearFigures(
        version=text_hash(text),
        encoder=written["encoder"],
        themes=tuple(written["themes"]),
        vocabulary={word: row for row, word in enumerate(written["vocabulary"])},
        idf=np.array(written["idf"]),
        words=np.array(written["words"]),
        words_bias=np.array(written["words_bias"]),
        meaning=np.array(written["meaning"]),
        meaning_bias=np.array(written["meaning_bias"]),
    )


def measure_leaning(
    texts: Sequence[str],
    titles: Sequence[str | None],
    vectors: FloatArray,
    title_vectors: FloatArray,
    figures: LinearFigures,
    revision: str,
) -> Leaning:
    """The leaning of rows whose unit vectors, of encoder `revision`, are given, each of shape (rows, dimension).

    A row without a title has a zero vector for it.
    """
    of_text, of_title = np.split(figures.words, 2)
    distinct = sorted({title or "" for title in titles})
    place = {title: n for n, title in enumerate(distinct)}
    named = TITLE_WORDS_SCALE * weigh_words(distinct, figures.vocabulary, figures.idf) @ of_title
    words = weigh_words(texts, figures.vocabulary, figures.idf) @ of_text + figures.words_bias
    words += named[[place[title or ""] for title in titles]]
    if figures.encoder not in revision:
        return Leaning(words, None)
    joined = join_vectors(vectors, title_vectors)
    return Leaning(words, joined @ figures.meaning + figures.meaning_bias)


def join_vectors(vectors: FloatArray, title_vectors: FloatArray) -> FloatArray:
    """The inputs of the meaning model, shape (rows, 2 x dimension)."""
    return np.hstack([vectors, TITLE_SCALE * title_vectors])


def count_words(text: str) -> Counter[str]:
    """The words of a text in small letters, letters only, two or more."""
    return Counter(_WORD.findall(text.casefold()))


def weigh_words(texts: Iterable[str], vocabulary: Mapping[str, int], idf: FloatArray) -> FloatArray:
    """TF-IDF rows of unit length with sublinear counts, shape (texts, words); a row of zeros where no word is known."""
    rows = []
    for text in texts:
        row = np.zeros(len(vocabulary))
        for word, times in count_words(text).items():
            if (place := vocabulary.get(word)) is not None:
                row[place] = (1.0 + np.log(times)) * idf[place]
        length = float(np.linalg.norm(row))
        rows.append(row / length if length else row)
    return np.array(rows).reshape(len(rows), len(vocabulary))
