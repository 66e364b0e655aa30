"""Cross-entropy over the labelled tokens only, without the logits of a whole batch in memory."""

from __future__ import annotations

import inspect
from typing import Any

import torch
from torch.nn import functional
from torch.utils.checkpoint import checkpoint
from transformers import PreTrainedModel

from .attention import uses_varlen, varlen_arguments
from .batches import Batch
from .head_loss import frozen_head_loss, is_frozen_head
from .matrix_product import choose_product, torch_product

# Logits of this many elements (float32: four times as many bytes) exist at a time. A CPU is
# faster with few of them, which stay in its cache; a GPU is not.
_CHUNK_ELEMENTS = {"cpu": 2 * 1024 * 1024, "cuda": 64 * 1024 * 1024}


def model_inputs(model: PreTrainedModel, batch: Batch) -> dict[str, Any]:
    """What the model, or its decoder, is called with for a padded or a packed batch."""
    # A cache, or a mask of ones, would keep transformers from telling packed rows apart.
    inputs: dict[str, Any] = {"input_ids": batch.input_ids, "use_cache": False}
    if batch.position_ids is not None:
        inputs["position_ids"] = batch.position_ids
        if uses_varlen(model.config):
            inputs |= varlen_arguments(batch.boundaries, batch.longest)
    return inputs


class LabelLoss:
    """Sum of the losses of a batch's labelled tokens, padded or packed.

    The decoder runs on the whole batch, the output head on the labelled positions alone. A model
    that does more to its logits than the head (soft caps, scales) is found out once, by comparison,
    and then makes its logits itself.
    """

    def __init__(self, model: PreTrainedModel, vocabulary_size: int) -> None:
        self._model = model
        self._decoder = model.get_decoder() if hasattr(model, "get_decoder") else None
        self._head = model.get_output_embeddings()
        self._takes_positions = "logits_to_keep" in inspect.signature(model.forward).parameters
        elements = _CHUNK_ELEMENTS.get(model.device.type, _CHUNK_ELEMENTS["cuda"])
        self._chunk = max(1, elements // max(1, vocabulary_size))
        is_float32_cpu = model.device.type == "cpu" and model.dtype == torch.float32
        self._product = choose_product() if is_float32_cpu else torch_product
        self.is_head_separable = self._compare()

    def sum(self, batch: Batch) -> torch.Tensor:
        if not self.is_head_separable:
            return self._whole_model_loss(batch)
        hidden = self._decoder(**model_inputs(self._model, batch)).last_hidden_state
        # [labels, width]
        chosen = hidden.reshape(-1, hidden.shape[-1]).index_select(0, batch.positions)
        if is_frozen_head(self._head):
            return frozen_head_loss(chosen, self._head, batch.targets, self._chunk, self._product)
        if len(chosen) <= self._chunk:
            return self._head_loss(chosen, batch.targets)
        total = torch.zeros((), dtype=torch.float32, device=chosen.device)
        parts = zip(chosen.split(self._chunk), batch.targets.split(self._chunk), strict=True)
        for part, targets in parts:
            # Recomputed in the backward pass, so that only one part's logits exist.
            total = total + checkpoint(self._head_loss, part, targets, use_reentrant=False)
        return total

    def _whole_model_loss(self, batch: Batch) -> torch.Tensor:
        inputs, positions = model_inputs(self._model, batch), batch.positions
        width = batch.input_ids.shape[1]
        if self._takes_positions:
            # Logits of those columns only in which some row has a label.
            columns, place = torch.unique(positions % width, return_inverse=True)
            inputs["logits_to_keep"] = columns
            positions = positions // width * len(columns) + place
        logits = self._model(**inputs).logits
        chosen = logits.reshape(-1, logits.shape[-1]).index_select(0, positions)
        return functional.cross_entropy(chosen.float(), batch.targets, reduction="sum")

    def _head_loss(self, hidden: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        return functional.cross_entropy(self._head(hidden).float(), targets, reduction="sum")

    @torch.no_grad()
    def _compare(self) -> bool:
        if self._decoder is None or self._head is None or self._decoder is self._model:
            return False
        was_training = self._model.training
        self._model.eval()
        try:
            device = next(self._model.parameters()).device
            ids = torch.arange(1, 9, device=device).unsqueeze(0)
            whole = self._model(input_ids=ids, use_cache=False).logits
            ours = self._head(self._decoder(input_ids=ids, use_cache=False).last_hidden_state)
            return torch.allclose(whole.float(), ours.float(), rtol=1e-3, atol=1e-3)
        finally:
            self._model.train(was_training)
