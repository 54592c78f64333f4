"""What pair scoring needs to know of texts: each is read once, and what is kept of it is small. Leaf of grouping."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pipeline.wording import MEANS, Lexicon, WordReader, ask_core, find_facets, find_forbidden, is_only_form

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    import numpy.typing as npt
    from scipy.sparse import csr_matrix

    from pipeline.pairs import PairFigures

    FloatArray = npt.NDArray[np.floating[Any]]
    IntArray = npt.NDArray[np.intp]
    BoolArray = npt.NDArray[np.bool_]

PLAIN_WORD = 1.2  # weight below which a word is too ordinary to count
# Whole numbers to 1.0 in the vector of a word: the likeness of two words stays below 2**24, so it is exact in 32 bits
# and the same whatever other words it is worked out with.
WORD_STEPS = 4000.0


@dataclass(frozen=True, slots=True)
class AskContent:
    """What pair scoring reads off one text, the same every night."""

    words: dict[str, str]  # for each stem of its core, a word of it that has the stem
    forbidden: tuple[str, ...]  # stems of what should not be done
    facets: tuple[tuple[str, ...], ...]  # for each facet the values that the ask names
    levers: tuple[str, ...]
    length: int  # words of the core, 1 at least
    is_form: bool  # asks nothing


@dataclass(frozen=True, slots=True)
class WordVectors:
    """The encoder's unit vectors of single words."""

    row: Mapping[str, int]
    vectors: FloatArray  # (words, dimension)


@dataclass(frozen=True, slots=True)
class Described:
    """Texts as pair scoring sees them, in one order; stems in the order of the alphabet."""

    vectors: FloatArray  # centred, unit length
    raw: FloatArray
    weights: csr_matrix  # (texts, stems), the weight of each distinct content word
    matter: csr_matrix  # the same, without the words that say how an ask would be met
    word_rows: IntArray  # for each entry of `weights` the row of its word in `words`
    words: FloatArray  # centred unit vectors of words, times `WORD_STEPS`, whole
    said: csr_matrix  # (texts, stems), 1 for each word
    forbidden: csr_matrix  # 1 for each word of what should not be done
    facets: IntArray  # (texts, facets), a bit for each value that the ask names
    levers: IntArray  # (texts,), a bit for each lever
    lengths: FloatArray  # logarithm of the number of words
    is_form: BoolArray  # asks nothing, so is like nothing


def describe_texts(texts: Sequence[str], vectors: FloatArray, words: WordVectors, figures: PairFigures) -> Described:
    """The signs' material. `vectors` (texts, dimension) are the encoder's, of `ask_core` of each text.

    Raises `KeyError` for a word that has no vector.
    """
    describer = Describer(figures)
    describer.add(read_contents(texts, figures), vectors)
    return describer.describe(np.arange(len(texts)), lambda _: words)


def read_contents(texts: Iterable[str], figures: PairFigures) -> list[AskContent]:
    """What pair scoring reads off each of `texts`: it takes longer than all that is done with it later."""
    reader = WordReader(figures.lexicon)
    return [_read_content(text, reader, figures) for text in texts]


def list_words(texts: Iterable[str], lexicon: Lexicon) -> list[str]:
    """Every content word of the cores of `texts`, in the form it has there: what `describe_texts` needs vectors of."""
    reader = WordReader(lexicon)
    return _list_weighty((reader.name(ask_core(text)) for text in texts), lexicon)


def words_of(contents: Iterable[AskContent], lexicon: Lexicon) -> list[str]:
    """What `list_words` finds, of texts that were read."""
    return _list_weighty((content.words for content in contents), lexicon)


def centre(vectors: FloatArray, mean: FloatArray, axes: FloatArray | None) -> FloatArray:
    """Unit vectors without the mean and the directions that all share; as they are where another encoder made them."""
    if vectors.shape[1] != mean.shape[0]:
        return vectors
    centred = vectors - mean
    if axes is not None:
        centred = centred - (centred @ axes.T) @ axes
    return np.asarray(centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-9))


class Describer:
    """Takes in what was read of texts some at a time, so that no more than numbers is kept of many."""

    def __init__(self, figures: PairFigures) -> None:
        self._figures = figures
        # What is met is numbered as it comes.
        self._stems: dict[str, int] = {}
        self._forms: dict[str, int] = {}
        self._values: dict[str, int] = {}
        self._levers: dict[str, int] = {}
        self._said, self._said_forms, self._forbidden = _Table(), _Table(), _Table()
        self._told: list[_Told] = []
        self._vectors: list[FloatArray] = []

    def add(self, contents: Sequence[AskContent], vectors: FloatArray) -> None:
        """Take in more texts; `vectors` as for `describe_texts`."""
        self._vectors.extend(np.asarray(vectors, dtype=np.float32))
        for content in contents:
            self._said.add(_number(content.words, self._stems))
            self._said_forms.add(_number(content.words.values(), self._forms))
            self._forbidden.add(_number(content.forbidden, self._stems))
            facets = tuple(_set_bits(facet, self._values) for facet in content.facets)
            levers = _set_bits(content.levers, self._levers)
            self._told.append(_Told(content.length, content.is_form, levers, facets))

    def describe(self, chosen: IntArray, look_up: Callable[[Sequence[str]], WordVectors]) -> Described:
        """Those of the texts, by their number; `look_up` gives the vectors of the words it is asked for, or of more."""
        stems, told = sorted(self._stems), [self._told[n] for n in chosen.tolist()]
        rank = np.empty(len(stems), dtype=np.intp)
        rank[[self._stems[stem] for stem in stems]] = np.arange(len(stems))
        shape = (len(told), max(1, len(stems)))
        text, stem, order = self._said.sort(chosen, rank)
        weigh = np.array([self._figures.lexicon.weigh(one) - PLAIN_WORD for one in stems])
        content = (weigh > 0)[stem]
        means = list(WordReader(self._figures.lexicon).name(MEANS))
        is_matter = content & ~np.isin(stems, means)[stem]
        forms, word_rows = np.unique(self._said_forms.pick(chosen)[order][content], return_inverse=True)
        raw = np.stack([self._vectors[n] for n in chosen.tolist()])
        return Described(
            vectors=centre(raw, self._figures.mean, self._figures.axes),
            raw=raw,
            weights=_tabulate(text[content], stem[content], weigh[stem[content]], shape),
            matter=_tabulate(text[is_matter], stem[is_matter], weigh[stem[is_matter]], shape),
            word_rows=word_rows,
            words=self._round_words(forms, look_up),
            said=_tabulate(text, stem, np.ones(len(stem)), shape),
            forbidden=_tabulate(*(both := self._forbidden.sort(chosen, rank))[:2], np.ones(len(both[0])), shape),
            facets=np.array([one.facets for one in told], dtype=np.intp),
            levers=np.array([one.levers for one in told], dtype=np.intp),
            lengths=np.log(np.array([one.length for one in told], dtype=float)),
            is_form=np.array([one.is_form for one in told], dtype=bool),
        )

    def list_words(self, chosen: IntArray) -> list[dict[str, str]]:
        """The `words` that were read of each of these texts."""
        stems, forms = list(self._stems), list(self._forms)
        both = zip(self._said.split(chosen), self._said_forms.split(chosen), strict=True)
        return [{stems[stem]: forms[form] for stem, form in zip(*one, strict=True)} for one in both]

    def _round_words(self, forms: IntArray, look_up: Callable[[Sequence[str]], WordVectors]) -> FloatArray:
        listed = list(self._forms)
        words = [listed[form].casefold() for form in forms.tolist()]
        found = look_up(sorted(set(words)))
        rows = np.array([found.row[word] for word in words], dtype=np.intp)
        chosen = np.asarray(found.vectors, dtype=np.float32)[rows]
        return np.asarray(np.rint(centre(chosen, self._figures.word_mean, None) * np.float32(WORD_STEPS)))


class _Told(NamedTuple):
    length: int  # words
    is_form: bool
    levers: int
    facets: tuple[int, ...]


class _Table:
    """Numbers, so many a text."""

    def __init__(self) -> None:
        self._numbers, self._ends = array("i"), array("q", [0])

    def add(self, numbers: Collection[int]) -> None:
        self._numbers.extend(numbers)
        self._ends.append(len(self._numbers))

    def pick(self, chosen: IntArray) -> IntArray:
        """The numbers of these texts, one text after another."""
        return self._pick(chosen)[1]

    def split(self, chosen: IntArray) -> list[list[int]]:
        """The numbers of each of these texts."""
        sizes, numbers = self._pick(chosen)
        return [some.tolist() for some in np.split(numbers, np.cumsum(sizes)[:-1])]

    def sort(self, chosen: IntArray, rank: IntArray) -> tuple[IntArray, IntArray, IntArray]:
        """The place in `chosen` and the rank of each number, in the order of both, and the place each had."""
        sizes, numbers = self._pick(chosen)
        text, ranked = np.repeat(np.arange(len(chosen)), sizes), rank[numbers]
        order = np.lexsort((ranked, text))
        return text, ranked[order], order

    def _pick(self, chosen: IntArray) -> tuple[IntArray, IntArray]:
        ends = np.frombuffer(self._ends, dtype=np.int64)
        sizes = ends[chosen + 1] - ends[chosen]
        places = np.repeat(ends[chosen] - (np.cumsum(sizes) - sizes), sizes) + np.arange(sizes.sum())
        held = np.frombuffer(self._numbers, dtype=np.intc) if self._numbers else np.zeros(0, dtype=np.intc)
        return sizes, held[places]


def _read_content(text: str, reader: WordReader, figures: PairFigures) -> AskContent:
    core, forbidden = ask_core(text), find_forbidden(text)
    return AskContent(
        words=reader.name(core),
        forbidden=tuple(reader.name(" ".join(forbidden))) if forbidden else (),
        facets=tuple(tuple(sorted(facet)) for facet in find_facets(text)),
        levers=tuple(hit.lever for hit in figures.levers.find(text)),
        length=max(1, len(core.split())),
        is_form=is_only_form(text),
    )


def _list_weighty(named: Iterable[Mapping[str, str]], lexicon: Lexicon) -> list[str]:
    return sorted({word.casefold() for one in named for stem, word in one.items() if lexicon.weigh(stem) > PLAIN_WORD})


def _number(names: Collection[str], known: dict[str, int]) -> list[int]:
    """The number of each name; a new name gets the next."""
    return [known.setdefault(name, len(known)) for name in names]


def _set_bits(names: Iterable[str], known: dict[str, int]) -> int:
    bits = 0
    for name in names:
        bits |= 1 << known.setdefault(name, len(known))
    return bits


def _tabulate(text: IntArray, stem: IntArray, values: FloatArray, shape: tuple[int, int]) -> csr_matrix:
    from scipy.sparse import csr_matrix

    starts = np.append(0, np.cumsum(np.bincount(text, minlength=shape[0])))
    return csr_matrix((values, stem, starts), shape=shape)
