"""Embeds what was read. What is understood of it: `theming`, and `grouping` for what is asked again."""

import re
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from flows.iteration import Stop, beside, in_batches, track, until_told
from flows.read import Work, archived_documents, load_extractions, load_passages
from flows.vectors import (
    find_unread,
    load_contents,
    load_encoder,
    load_readings,
    passage_cache,
    title_of,
    vector_cache,
    word_cache,
)
from pipeline import embed, pairs
from pipeline.described import words_of
from pipeline.settings import Settings
from pipeline.stages import StageCache

READ_BATCH = 1024  # texts between looks at whether the night was stopped: half a second
EMBED_BATCH = 512  # texts between writes: each is a part of the stage, and many small parts are merged over and over
STOP_BATCH = 128  # texts between looks whether the night is stopped: at their longest two seconds of two cores
WORD = re.compile(r"\w+|[^\w\s]")


def embed_asks(settings: Settings) -> Work:
    """Embed every recommendation, title and content word that the model has not yet seen."""
    with beside(lambda _: _ready_encoder(settings)) as encoders:
        extractions = load_extractions(settings, with_passages=False)
        titles = {title_of(file, extractions[sha256]) for sha256, file in archived_documents(settings).items()}
        asked = sorted({row.text for one in extractions.values() for row in one.recommendations})
        texts = sorted({*asked, *(title for title in titles if title)})
        encoder = encoders.result()
    with beside(lambda stop: _read_asks(settings, asked, stop)) as reading:
        fresh = _embed_into(vector_cache(settings), texts, encoder, settings)
        cores, words = reading.result()
    fresh += _embed_into(vector_cache(settings), cores, encoder, settings)
    _embed_into(word_cache(settings), words, encoder, settings)
    return Work(len({*texts, *cores}), fresh)


def embed_passages(settings: Settings, stop: Stop) -> Work:
    """Embed every passage that the model has not yet seen, which only publication waits for.

    Told to stop, it ends after the batch at hand; what is done is kept.
    """
    texts = sorted({passage.text for some in load_passages(settings).values() for passage in some})
    encoder = load_encoder(settings, threads=settings.workers, coarse=True)
    return Work(len(texts), _embed_into(passage_cache(settings), texts, encoder, settings, stop))


def _ready_encoder(settings: Settings) -> embed.Encoder:
    """The encoder, compiled already where texts are embedded on this machine: to encode nothing compiles it."""
    encoder = load_encoder(settings, threads=settings.workers)
    if settings.dask_scheduler is None:
        encoder.encode([])
    return encoder


def _read_asks(settings: Settings, asked: Sequence[str], stop: Stop) -> tuple[list[str], list[str]]:
    """What else of these texts is embedded for grouping: their cores, and the words of those never read before."""
    figures, words = pairs.load_figures(), set[str]()
    for some in in_batches(find_unread(settings, asked), READ_BATCH):
        if stop.is_told:
            return [], []
        words.update(words_of(load_contents(settings, some, figures), figures.lexicon))
    return sorted({reading.core for reading in load_readings(settings, asked)}), sorted(words)


def _embed_into(
    cache: StageCache,
    texts: Sequence[str],
    encoder: embed.Encoder,
    settings: Settings,
    stop: Stop | None = None,
) -> int:
    """Keep the vectors of those of `texts` that `cache` lacks; their number."""
    known = cache.keys()
    lacking = (text for text in texts if embed.vector_key(text, encoder.revision) not in known)
    # Texts of like length are computed together; the model's own count of words goes with this one, not with letters.
    fresh = sorted(lacking, key=lambda text: (len(WORD.findall(text)), text))
    size = STOP_BATCH if stop else EMBED_BATCH
    encoded = _encode_all(fresh, size, encoder, settings)
    for batches in in_batches(until_told(encoded, stop) if stop else encoded, EMBED_BATCH // size):
        rows = (row for batch, vectors in batches for row in zip(batch, vectors, strict=True))
        cache.add({embed.vector_key(text, encoder.revision): vector.tobytes() for text, vector in rows})
    return len(fresh)


def _encode_all(
    texts: Sequence[str], size: int, encoder: embed.Encoder, settings: Settings
) -> Iterator[tuple[Sequence[str], NDArray[np.float32]]]:
    """Batches of `texts` with their vectors: so many at a time on this machine, or on the cluster of the settings."""
    watched = track(texts, "Embedding", len(texts))
    if settings.dask_scheduler is None:
        return ((batch, encoder.encode(batch)) for batch in in_batches(watched, size))
    from flows.scale_out import encode_far  # an extra that one machine does without

    return encode_far(watched, encoder.revision, settings)
