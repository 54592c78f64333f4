"""The kept vectors of texts and titles."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline import embed
from pipeline.records import Extraction, StoredFile
from pipeline.settings import Settings
from pipeline.store import StageCache
from pipeline.workspace import Workspace


def load_vectors(settings: Settings, texts: Sequence[str], encoder: embed.Encoder) -> NDArray[np.float32]:
    """The kept vectors of `texts`, float32 (n, d), in their order."""
    keys = [embed.vector_key(text, encoder.revision) for text in texts]
    found = vector_cache(settings).read(keys)
    vectors = [np.frombuffer(found[key], np.float32) for key in keys]
    return np.array(vectors, np.float32).reshape(len(keys), encoder.dimension)


def vector_cache(settings: Settings) -> StageCache:
    """Where vectors are kept, under the text and the model."""
    return StageCache(Workspace(settings.data).stages / "vectors")


def title_of(file: StoredFile, extraction: Extraction) -> str | None:
    """A document's title as listed, else as it says."""
    return file.ref.title or extraction.facts.title
