"""One text has one vector, whatever stands beside it, and no model is fetched."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import openvino
import pytest

from pipeline import embed
from pipeline.embed import Encoder, EncoderError, load_encoder, vector_key
from pipeline.torch_model import TorchModel

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


@pytest.fixture(scope="module")
def coarse() -> Iterator[Encoder]:
    yield load_encoder(coarse=True)


def test_vectors_are_unit_rows(encoder: Encoder) -> None:
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), encoder.dimension)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    assert encoder.encode([]).shape == (0, encoder.dimension)


@pytest.mark.parametrize("kind", ["encoder", "coarse"])
def test_neighbours_and_order_change_nothing(request: pytest.FixtureRequest, kind: str) -> None:
    encoder: Encoder = request.getfixturevalue(kind)
    together = encoder.encode(TEXTS)
    alone = np.vstack([encoder.encode([text]) for text in TEXTS])
    assert np.array_equal(together, alone)
    assert np.array_equal(encoder.encode(TEXTS[::-1])[::-1], together)


def test_coarse_vectors_are_near_the_others_and_never_taken_for_them(encoder: Encoder, coarse: Encoder) -> None:
    sentences = [text for text in TEXTS if text.count(" ") > 1]
    vectors, coarse_vectors = encoder.encode(sentences), coarse.encode(sentences)
    assert np.sum(coarse_vectors * vectors, axis=1).min() > 0.99
    rounds = "BF16" in openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    assert (coarse.revision != encoder.revision) == rounds
    assert np.array_equal(coarse_vectors, vectors) == (not rounds)


def test_the_kept_model_gives_the_same_vectors(encoder: Encoder, tmp_path: Path) -> None:
    shelf = tmp_path / "stages" / "models"
    assert np.array_equal(load_encoder(kept=shelf).encode(TEXTS), encoder.encode(TEXTS))
    assert not tmp_path.joinpath("stages").exists(), "a question asked outside a data folder leaves none behind"
    shelf.parent.mkdir()
    for _ in range(2):
        assert np.array_equal(load_encoder(kept=shelf).encode(TEXTS), encoder.encode(TEXTS))
    [weights] = shelf.glob("*/model.bin")
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 255
    weights.write_bytes(content)
    assert np.array_equal(load_encoder(kept=shelf).encode(TEXTS), encoder.encode(TEXTS))
    assert len(list(shelf.glob("*/facts.json.damaged"))) == 1, "for the night to tell of"
    assert load_encoder(kept=shelf).dimension == encoder.dimension


def test_a_kept_model_needs_no_pytorch(tmp_path: Path) -> None:
    load_encoder(kept=tmp_path / "models").encode(TEXTS)
    code = (
        "import sys; from pathlib import Path; from pipeline.embed import load_encoder;"
        f"load_encoder(kept=Path({str(tmp_path / 'models')!r})).encode(['a']);"
        "print([n for n in ('torch', 'transformers', 'sentence_transformers') if n in sys.modules],"
        "sys.modules['openvino_telemetry'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] None", "nothing reports to the engine's maker either"


def test_threads_do_not_meet_at_the_first_use_of_the_engine(tmp_path: Path) -> None:
    """Two that did wait for each other for ever, once in some hundred nights: the first use is over before others."""
    load_encoder(kept=tmp_path / "models").encode(TEXTS)
    code = f"""
import time, threading
from pathlib import Path
import openvino
from pipeline.embed import load_encoder

fill, uses = openvino.Tensor.data.fget, []

def watched(tensor):
    began = time.monotonic()
    time.sleep(0 if uses else 0.3)  # whoever does not wait for the first use runs into it
    uses.append((began, time.monotonic()))
    return fill(tensor)

openvino.Tensor.data = property(watched)
encoders = [load_encoder(kept=Path({str(tmp_path / "models")!r}), coarse=coarse, threads=2) for coarse in (True, False)]
threads = [threading.Thread(target=one.encode, args=({TEXTS!r} * 40,)) for one in encoders]
[one.start() for one in threads]
[one.join() for one in threads]
ordered = sorted(uses)
print(len(ordered) > 4, ordered[0][1] <= ordered[1][0])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True True"


def test_vectors_are_those_of_sentence_transformers(encoder: Encoder) -> None:
    from sentence_transformers import SentenceTransformer

    texts = [text for text in TEXTS if text]
    model = SentenceTransformer(str(embed._bundled_folder()), device="cpu", local_files_only=True)
    assert np.sum(encoder.encode(texts) * np.asarray(model.encode(texts)), axis=1).min() > 0.9995


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


def test_a_model_the_engine_cannot_compute_is_refused_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    class Odd(torch.nn.Module):
        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            return torch.linalg.lstsq(input_ids.float(), attention_mask.float()).solution

    ids = torch.ones((2, 2), dtype=torch.long)
    odd = TorchModel(Odd(), {"input_ids": ids, "attention_mask": ids}, "", 0, 512)
    monkeypatch.setattr(embed, "load_torch_model", lambda _: odd)
    with pytest.raises(EncoderError, match="OpenVINO cannot compute"):
        load_encoder().encode(TEXTS)


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"no \.safetensors"):
        load_encoder(str(tmp_path))
