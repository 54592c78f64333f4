"""What is kept of texts: the vectors of texts, titles and words, and what grouping reads off an ask."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from pipeline import candidates, embed
from pipeline.candidates import AskReading
from pipeline.described import AskContent, WordVectors, read_contents
from pipeline.ids import code_hash, text_hash
from pipeline.pairs import PairFigures
from pipeline.records import Extraction, StoredFile
from pipeline.settings import Settings
from pipeline.stages import StageCache, StageIncomplete
from pipeline.workspace import Workspace

PIPELINE = Path(candidates.__file__).parent
ASK_CODE = tuple(PIPELINE / name for name in ("wording.py", "cues.py"))
CONTENT_CODE = (
    *ASK_CODE,
    *(PIPELINE / name for name in ("described.py", "group_model.json", "thesaurus.txt")),
    *(PIPELINE / name for name in ("levers.py", "levers.yml", "smart.py")),
)
CONTENT = TypeAdapter(AskContent)
FORM, ASKS = b"f", b"a"  # the first byte of a kept reading


def load_encoder(settings: Settings, *, threads: int | None = None, coarse: bool = False) -> embed.Encoder:
    """The model that the settings name, `coarse` for passages, which are only searched; converted once for all
    commands on this data folder. Raises `EncoderError`.
    """
    return embed.load_encoder(settings.encoder, threads=threads, kept=Workspace(settings.data).models, coarse=coarse)


def load_vectors(settings: Settings, texts: Sequence[str], encoder: embed.Encoder) -> NDArray[np.float32]:
    """The kept vectors of recommendations and titles, float32 (n, d), in their order. Raises `StageIncomplete`."""
    return load_kept_vectors(settings, [embed.vector_key(text, encoder.revision) for text in texts], encoder.dimension)


def load_kept_vectors(settings: Settings, keys: Sequence[str], dimension: int) -> NDArray[np.float32]:
    """The same by the keys of the vectors, for those who do not have the texts at hand."""
    return _load_from(vector_cache(settings), keys, dimension)


def load_passage_vectors(settings: Settings, texts: Sequence[str]) -> NDArray[np.float32]:
    """The kept vectors of passages, float32 (n, d), in their order. Raises `StageIncomplete`."""
    encoder = load_encoder(settings, coarse=True)
    keys = [embed.vector_key(text, encoder.revision) for text in texts]
    return _load_from(passage_cache(settings), keys, encoder.dimension)


def vector_cache(settings: Settings) -> StageCache:
    """Where vectors of recommendations and titles are kept, under the text and the model."""
    return StageCache(Workspace(settings.data).stages / "vectors")


def passage_cache(settings: Settings) -> StageCache:
    """Where vectors of passages are kept: apart, because they are made while those of recommendations are read."""
    return StageCache(Workspace(settings.data).stages / "passage_vectors")


def word_cache(settings: Settings) -> StageCache:
    """Where vectors of single words and of the registry's examples are kept: few beside those of texts, soon read."""
    return StageCache(Workspace(settings.data).stages / "words")


def keep_encoded(settings: Settings, encoder: embed.Encoder) -> embed.Encoder:
    """`encoder` for texts that come back each night: what it has encoded once is kept with the words."""
    return _KeepingEncoder(word_cache(settings), encoder, {})


def load_words(settings: Settings, encoder: embed.Encoder) -> Callable[[Sequence[str]], WordVectors]:
    """A function that gives the vectors of the words it is given; what is not kept is computed."""
    cache = word_cache(settings)
    kept = _KeepingEncoder(cache, encoder, cache.read(cache.keys()))

    def look_up(words: Sequence[str]) -> WordVectors:
        return WordVectors({word: row for row, word in enumerate(words)}, kept.encode(words))

    return look_up


def load_readings(settings: Settings, texts: Sequence[str]) -> list[AskReading]:
    """What grouping reads off each of `texts`; each text is read once."""
    read = _read_once(
        _reading_cache(settings), _reading_keys(texts), lambda lacking: _pack_readings(texts[n] for n in lacking)
    )
    return [_unpack(payload) for payload in read]


def load_contents(settings: Settings, texts: Sequence[str], figures: PairFigures) -> list[AskContent]:
    """What pair scoring reads off each of `texts`, with `load_figures`; each text is read once."""
    return find_contents(settings, list(map(text_hash, texts)), lambda lacking: [texts[n] for n in lacking], figures)


def find_contents(
    settings: Settings,
    hashes: Sequence[str],
    find_texts: Callable[[Sequence[int]], Sequence[str]],
    figures: PairFigures,
) -> list[AskContent]:
    """The same of the texts with these `text_hash`es, for those who do not have them at hand.

    `find_texts` is asked for those that were not read before, by their places in `hashes`.
    """

    def pack(lacking: Sequence[int]) -> list[bytes]:
        return [CONTENT.dump_json(content) for content in read_contents(find_texts(lacking), figures)]

    read = _read_once(_content_cache(settings), _content_keys(hashes), pack)
    return [CONTENT.validate_json(payload) for payload in read]


def find_unread(settings: Settings, texts: Iterable[str]) -> list[str]:
    """Those of `texts` that `load_contents` has not been asked for."""
    listed = list(texts)
    known = _content_cache(settings).keys()
    return [text for text, key in zip(listed, _content_keys(map(text_hash, listed)), strict=True) if key not in known]


def title_of(file: StoredFile, extraction: Extraction) -> str | None:
    """A document's title as listed, else as it says."""
    return file.ref.title or extraction.facts.title


def _read_once(cache: StageCache, keys: Sequence[str], pack: Callable[[Sequence[int]], list[bytes]]) -> list[bytes]:
    """What is kept under each of `keys`; of those that `cache` lacks, what `pack` makes, by their places, is kept."""
    kept = cache.read(keys)
    lacking = {key: place for place, key in enumerate(keys) if key not in kept}
    fresh = dict(zip(lacking, pack(list(lacking.values())), strict=True)) if lacking else {}
    cache.add(fresh)
    found = {**kept, **fresh}
    return [found[key] for key in keys]


def _load_from(cache: StageCache, keys: Sequence[str], dimension: int) -> NDArray[np.float32]:
    found = cache.read(keys)
    if lacking := len(set(keys) - found.keys()):
        raise StageIncomplete(f"The vectors of {lacking} texts are not there; run the night again.")
    joined = b"".join(found[key] for key in keys)
    return np.frombuffer(joined, np.float32).reshape(len(keys), dimension)


class _KeepingEncoder:
    """Reads the vectors that the cache has and adds those that it lacks; what is `known` is not read again."""

    def __init__(self, cache: StageCache, encoder: embed.Encoder, known: Mapping[str, bytes]) -> None:
        self._cache, self._encoder, self._known = cache, encoder, dict(known)

    @property
    def revision(self) -> str:
        return self._encoder.revision

    @property
    def dimension(self) -> int:
        return self._encoder.dimension

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        keys = [embed.vector_key(text, self.revision) for text in texts]
        if unknown := set(keys) - self._known.keys():
            self._known.update(self._cache.read(unknown))
        if lacking := {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}:
            vectors = self._encoder.encode(list(lacking.values()))
            fresh = {key: vector.tobytes() for key, vector in zip(lacking, vectors, strict=True)}
            self._cache.add(fresh)
            self._known.update(fresh)
        joined = b"".join(self._known[key] for key in keys)
        return np.frombuffer(joined, np.float32).reshape(len(keys), self.dimension)


def _reading_cache(settings: Settings) -> StageCache:
    return StageCache(Workspace(settings.data).stages / "asks")


def _reading_keys(texts: Iterable[str]) -> list[str]:
    version = code_hash(ASK_CODE)
    return [text_hash(version, text) for text in texts]


def _content_cache(settings: Settings) -> StageCache:
    return StageCache(Workspace(settings.data).stages / "contents")


def _content_keys(hashes: Iterable[str]) -> list[str]:
    version = code_hash(CONTENT_CODE)
    return [text_hash(version, one) for one in hashes]


def _pack_readings(texts: Iterable[str]) -> list[bytes]:
    readings = (candidates.read_ask(text) for text in texts)
    return [(FORM if reading.is_form else ASKS) + reading.core.encode() for reading in readings]


def _unpack(payload: bytes) -> AskReading:
    return AskReading(payload[1:].decode(), payload[:1] == FORM)
