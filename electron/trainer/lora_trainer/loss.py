"""Cross-entropy over the labelled tokens only, without the logits of a whole batch in memory."""

from __future__ import annotations

import torch
from torch.nn import functional
from torch.utils.checkpoint import checkpoint
from transformers import PreTrainedModel

from .batches import Batch

# Logits of this many elements (float32: 256 MB) exist at a time.
_CHUNK_ELEMENTS = 64 * 1024 * 1024


class LabelLoss:
    """Sum of the losses of a batch's labelled tokens.

    The decoder runs on the whole batch, the output head on the labelled positions alone. A model
    that does more to its logits than the head (soft caps, scales) is found out once, by comparison,
    and then runs as a whole.
    """

    def __init__(self, model: PreTrainedModel, vocabulary_size: int) -> None:
        self._model = model
        self._decoder = model.get_decoder() if hasattr(model, "get_decoder") else None
        self._head = model.get_output_embeddings()
        self._chunk = max(1, _CHUNK_ELEMENTS // max(1, vocabulary_size))
        self.is_head_separable = self._compare()

    def sum(self, batch: Batch) -> torch.Tensor:
        if not self.is_head_separable:
            logits = self._model(input_ids=batch.input_ids, use_cache=False).logits
            chosen = logits.reshape(-1, logits.shape[-1])[batch.positions]
            return functional.cross_entropy(chosen.float(), batch.targets, reduction="sum")
        hidden = self._decoder(input_ids=batch.input_ids, use_cache=False).last_hidden_state
        chosen = hidden.reshape(-1, hidden.shape[-1])[batch.positions]  # [labels, width]
        if len(chosen) <= self._chunk:
            return self._head_loss(chosen, batch.targets)
        total = torch.zeros((), dtype=torch.float32, device=chosen.device)
        parts = zip(chosen.split(self._chunk), batch.targets.split(self._chunk), strict=True)
        for part, targets in parts:
            # Recomputed in the backward pass, so that only one part's logits exist.
            total = total + checkpoint(self._head_loss, part, targets, use_reentrant=False)
        return total

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
