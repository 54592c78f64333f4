"""One text has one vector, whatever stands beside it, and no model is fetched."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from pipeline import embed
from pipeline.embed import Encoder, EncoderError, load_encoder, vector_key

TEXTS = [
    "Detainees should be roused every half hour.",
    "The force should train its call handlers. " * 12,
    "Missing.",
    "",
    "Officers must record why a pursuit was begun, who authorised it and when it was ended.",
]


@pytest.fixture(scope="module")
def encoder() -> Iterator[Encoder]:
    yield load_encoder()


def test_vectors_are_unit_rows(encoder: Encoder) -> None:
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), encoder.dimension)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    assert encoder.encode([]).shape == (0, encoder.dimension)


def test_neighbours_and_order_change_nothing(encoder: Encoder) -> None:
    together = encoder.encode(TEXTS)
    alone = np.vstack([encoder.encode([text]) for text in TEXTS])
    assert np.array_equal(together, alone)
    assert np.array_equal(encoder.encode(TEXTS[::-1])[::-1], together)


def test_like_asks_are_nearer_than_unlike(encoder: Encoder) -> None:
    near, far = (
        encoder.encode(["Wake drunk prisoners regularly.", "Repair the road surface."]) @ encoder.encode(TEXTS[:1]).T
    )
    assert near[0] > far[0] + 0.2


def test_the_revision_names_the_weights(encoder: Encoder) -> None:
    assert encoder.revision.startswith(f"all-MiniLM-L6-v2@{embed.BUNDLED_SHA256[:12]}")


def test_a_key_follows_text_and_revision() -> None:
    assert vector_key("a", "m") == vector_key("a", "m")
    assert len({vector_key("a", "m"), vector_key("b", "m"), vector_key("a", "n")}) == 3


def test_other_weights_under_the_bundled_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embed, "BUNDLED_SHA256", "0" * 64)
    with pytest.raises(EncoderError, match="not the tested one"):
        load_encoder()


def test_another_tokenizer_under_the_bundled_name_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    original = embed._bundled_folder()
    shutil.copytree(original, tmp_path / "model", ignore=shutil.ignore_patterns("*.safetensors"))
    (tmp_path / "model" / "model.safetensors").symlink_to(original / "model.safetensors")
    with (tmp_path / "model" / "vocab.txt").open("a") as file:
        file.write("swapped\n")
    monkeypatch.setattr(embed, "_bundled_folder", lambda: tmp_path / "model")
    with pytest.raises(EncoderError, match="tokenizer or settings differ"):
        load_encoder()


@pytest.mark.parametrize("name", ["no-such/model", "../not a name//"])
def test_a_model_that_is_not_here_is_refused_without_asking_a_hub(name: str) -> None:
    with pytest.raises(EncoderError, match="neither a folder nor in this machine's cache"):
        load_encoder(name)


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"no \.safetensors"):
        load_encoder(str(tmp_path))
