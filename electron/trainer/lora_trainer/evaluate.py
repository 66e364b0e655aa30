"""The mean loss over the rows that are held out."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from .batches import make_batch
from .loss import LabelLoss
from .model import AdaptedModel, Device
from .token_cache import TokenStore


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    loss: float
    perplexity: float
    rows: int


class Evaluator:
    def __init__(
        self,
        store: TokenStore,
        rows: np.ndarray,
        *,
        batch_size: int,
        pad_id: int,
        device: Device,
        raise_on_stop: Callable[[], None],
    ) -> None:
        by_length = rows[np.argsort(store.lengths[rows], kind="stable")]
        self._batches = [by_length[at : at + batch_size] for at in range(0, len(rows), batch_size)]
        self._store = store
        self._pad_id = pad_id
        self._device = device
        self._raise_on_stop = raise_on_stop

    def has_rows(self) -> bool:
        return len(self._batches) > 0

    @torch.no_grad()
    def run(self, model: AdaptedModel, loss: LabelLoss) -> Evaluation:
        """Leaves the model in training mode; uses no random numbers. May raise StopRequested."""
        model.peft.eval()
        total, labels, rows = 0.0, 0, 0
        try:
            for indices in self._batches:
                self._raise_on_stop()
                device = self._device.torch_device
                batch = make_batch(self._store, indices, self._pad_id, device)
                with self._device.autocast():
                    total += float(loss.sum(batch))
                labels += len(batch.targets)
                rows += len(indices)
        finally:
            model.peft.train()
        mean = total / labels
        perplexity = math.exp(mean) if mean < 700 else math.inf
        return Evaluation(loss=mean, perplexity=perplexity, rows=rows)
