"""A sentence-transformers model as something to be converted: the only home of sentence-transformers and torch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.refusal import Refusal

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer


class EncoderError(Refusal):
    """The model cannot be used; the message says in one sentence why."""


@dataclass(frozen=True, slots=True)
class TorchModel:
    """All that turns a text into a vector: `module` takes token ids and a mask, both int64 (n, length)."""

    module: torch.nn.Module
    example: dict[str, torch.Tensor]
    tokenizer: str  # as the library `tokenizers` writes it
    padding_id: int
    limit: int  # tokens of a text that are looked at


def load_torch_model(folder: Path) -> TorchModel:
    """The model in `folder`, with all its modules. Raises `EncoderError` where it has no tokenizer that we can keep."""
    import torch

    model = _load(folder)
    backend = getattr(model.tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise EncoderError(f"The embedding model in {folder} has no tokenizer that fits in one file.")
    ids = torch.ones((2, 16), dtype=torch.long)
    return TorchModel(
        _name_inputs(model),
        {"input_ids": ids, "attention_mask": torch.ones_like(ids)},
        backend.to_str(),
        int(model.tokenizer.pad_token_id or 0),
        int(model.max_seq_length or 512),
    )


def _load(folder: Path) -> SentenceTransformer:
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    return SentenceTransformer(str(folder), device="cpu", local_files_only=True).eval()


def _name_inputs(model: SentenceTransformer) -> torch.nn.Module:
    """The model as a module whose inputs have names, where its own takes one dictionary."""
    import torch

    class Sentence(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> Any:  # noqa: ANN401 - untyped there
            found = self.model({"input_ids": input_ids, "attention_mask": attention_mask})
            return torch.nn.functional.normalize(found["sentence_embedding"], dim=1)

    return Sentence().eval()
