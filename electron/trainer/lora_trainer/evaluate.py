"""The mean loss over the rows that are held out."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from .batches import Batch
from .device import Device
from .loss import LabelLoss
from .model import AdaptedModel
from .prefetch import Prefetcher
from .token_cache import TokenStore
from .world import World


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
        device: Device,
        world: World,
        make: Callable[[np.ndarray], Batch],
        raise_on_stop: Callable[[], None],
    ) -> None:
        by_length = rows[np.argsort(store.lengths[rows], kind="stable")]
        self._batches = [by_length[at : at + batch_size] for at in range(0, len(rows), batch_size)]
        self._device = device
        self._world = world
        self._make = make
        self._raise_on_stop = raise_on_stop

    def has_rows(self) -> bool:
        return len(self._batches) > 0

    @torch.no_grad()
    def run(self, model: AdaptedModel, loss: LabelLoss) -> Evaluation:
        """Leaves the model in training mode; uses no random numbers. May raise StopRequested.

        Each process has its share of the batches; all of them get the figures of the whole.
        """
        model.peft.eval()
        mine = list(self._world.mine(self._batches))
        repeats = [self._batches[0]] * (self._world.turns(len(self._batches)) - len(mine))
        # float64: sums of loss and labels. The sum over batches is not rounded to float32.
        sums = torch.zeros(2, dtype=torch.float64, device=self._device.torch_device)
        try:
            with Prefetcher(self._make, [*mine, *repeats]) as batches:
                for at, batch in enumerate(batches):
                    self._raise_on_stop()
                    with self._device.autocast():
                        found = loss.sum(batch)
                    if at < len(mine):
                        sums[0] += found
                        sums[1] += len(batch.targets)
        finally:
            model.peft.train()
        self._world.sum(sums)
        total, labels = sums.tolist()
        # To the last bit the same everywhere: what follows (best, early stop) must be so too.
        mean = self._world.agree(total / labels)
        perplexity = math.exp(mean) if mean < 700 else math.inf
        rows = sum(len(indices) for indices in self._batches)
        return Evaluation(loss=mean, perplexity=perplexity, rows=rows)
