"""Which rows make up which step. The order is a function of seed and epoch alone, so that any step
can be reached without going through the ones before it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch

from .token_cache import TokenStore

# Rows are sorted by length within pools of this many micro-batches: little padding, and still
# another company for each row in every epoch.
_POOL_BATCHES = 32


@dataclass(frozen=True, kw_only=True)
class Batch:
    input_ids: torch.Tensor  # int64 [rows, longest], padded on the right
    # Positions in the flattened [rows * longest] whose next token is to be learnt, and that token.
    positions: torch.Tensor  # int64 [labels]
    targets: torch.Tensor  # int64 [labels]
    tokens: int  # without padding


class BatchPlan:
    def __init__(
        self, store: TokenStore, rows: np.ndarray, *, batch_size: int, accumulation: int, seed: int
    ) -> None:
        self._lengths = store.lengths
        self._rows = rows
        self._batch_size = batch_size
        self._accumulation = accumulation
        self._seed = seed
        self._epoch: int | None = None
        self._micro_batches: list[np.ndarray] = []
        self.steps_per_epoch = math.ceil(math.ceil(len(rows) / batch_size) / accumulation)

    def total_steps(self, epochs: float, max_steps: int | None) -> int:
        # Rounded first: 3 * (1 / 3 of an epoch) must not become a step more.
        steps = max(1, math.ceil(round(epochs * self.steps_per_epoch, 6)))
        return steps if max_steps is None else min(steps, max_steps)

    def micro_batches(self, step: int) -> list[np.ndarray]:
        """The micro-batches (indices of rows) of the step with this 0-based number."""
        epoch, window = divmod(step, self.steps_per_epoch)
        if epoch != self._epoch:
            self._micro_batches = self._order(epoch)
            self._epoch = epoch
        begin = window * self._accumulation
        return self._micro_batches[begin : begin + self._accumulation]

    def _order(self, epoch: int) -> list[np.ndarray]:
        generator = np.random.Generator(np.random.PCG64([self._seed, epoch]))
        shuffled = generator.permutation(self._rows)
        size, pool_rows = self._batch_size, self._batch_size * _POOL_BATCHES
        batches: list[np.ndarray] = []
        for begin in range(0, len(shuffled), pool_rows):
            pool = shuffled[begin : begin + pool_rows]
            pool = pool[np.argsort(self._lengths[pool], kind="stable")]
            batches += [pool[at : at + size] for at in range(0, len(pool), size)]
        return [batches[index] for index in generator.permutation(len(batches))]


def make_batch(store: TokenStore, rows: np.ndarray, pad_id: int, device: torch.device) -> Batch:
    """No attention mask is needed: padding is on the right, attention looks to the left."""
    longest = int(store.lengths[rows].max())
    ids = np.full((len(rows), longest), pad_id, dtype=np.int64)
    positions: list[np.ndarray] = []
    targets: list[np.ndarray] = []
    for at, row in enumerate(rows):
        row_ids, row_labels = store.row(int(row))
        ids[at, : len(row_ids)] = row_ids
        learnt = np.flatnonzero(row_labels)  # never 0: the first token cannot be predicted
        positions.append(at * longest + learnt - 1)
        targets.append(row_ids[learnt].astype(np.int64))
    return Batch(
        input_ids=torch.from_numpy(ids).to(device),
        positions=torch.from_numpy(np.concatenate(positions)).to(device),
        targets=torch.from_numpy(np.concatenate(targets)).to(device),
        tokens=int(store.lengths[rows].sum()),
    )
