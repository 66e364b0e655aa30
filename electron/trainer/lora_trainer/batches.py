"""Which rows make up which step, and their tensors.

The order is a function of seed and epoch alone, so that any step can be reached without going
through the ones before it. Packing changes the tensors of a micro-batch, never its rows.
"""

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
    # int64: [rows, longest], padded on the right; when packed [1, total], row after row.
    input_ids: torch.Tensor
    # Positions in the flattened input whose next token is to be learnt, and that token.
    positions: torch.Tensor  # int64 [labels]
    targets: torch.Tensor  # int64 [labels]
    tokens: int  # without padding
    longest: int  # tokens of the longest row
    # When packed, else None: int64 [1, total], from 0 in each row, and int32 [rows + 1], where each
    # row begins and the last one ends.
    position_ids: torch.Tensor | None = None
    boundaries: torch.Tensor | None = None


class BatchPlan:
    """A step has `accumulation` micro-batches for each of the `world_size` processes."""

    def __init__(
        self,
        store: TokenStore,
        rows: np.ndarray,
        *,
        batch_size: int,
        accumulation: int,
        seed: int,
        world_size: int = 1,
    ) -> None:
        self._lengths = store.lengths
        self._rows = rows
        self._batch_size = batch_size
        self._window = accumulation * world_size
        self._seed = seed
        # Replaced as a whole: a prefetching thread may ask while another one does.
        self._order: tuple[int, np.ndarray, np.ndarray] | None = None
        self.steps_per_epoch = math.ceil(math.ceil(len(rows) / batch_size) / self._window)

    def total_steps(self, epochs: float, max_steps: int | None) -> int:
        # Rounded first: 3 * (1 / 3 of an epoch) must not become a step more.
        steps = max(1, math.ceil(round(epochs * self.steps_per_epoch, 6)))
        return steps if max_steps is None else min(steps, max_steps)

    def micro_batches(self, step: int) -> list[np.ndarray]:
        """The micro-batches (indices of rows) of the step with this 0-based number, of all
        processes: process r of n has every n-th one from the r-th on."""
        epoch, window = divmod(step, self.steps_per_epoch)
        order = self._order
        if order is None or order[0] != epoch:
            order = self._order = (epoch, *self._ordered(epoch))
        _, rows, batches = order
        begin, size = window * self._window, self._batch_size
        chosen = batches[begin : begin + self._window]
        return [rows[at * size : (at + 1) * size] for at in chosen]

    def longest_micro_batch(self) -> np.ndarray:
        """The longest rows together: no micro-batch of any epoch needs more memory."""
        longest_last = np.argsort(self._lengths[self._rows], kind="stable")
        return self._rows[longest_last[-self._batch_size :]]

    def _ordered(self, epoch: int) -> tuple[np.ndarray, np.ndarray]:
        """The rows in pools sorted by length, and the order in which batches of them are taken."""
        generator = np.random.Generator(np.random.PCG64([self._seed, epoch]))
        rows = generator.permutation(self._rows)
        pool_rows = self._batch_size * _POOL_BATCHES
        pools = np.arange(len(rows)) // pool_rows
        rows = rows[np.lexsort((self._lengths[rows], pools))]
        return rows, generator.permutation(math.ceil(len(rows) / self._batch_size))


def make_batch(
    store: TokenStore,
    rows: np.ndarray,
    pad_id: int,
    device: torch.device,
    is_packed: bool = False,
) -> Batch:
    """No attention mask is needed: padding is on the right, attention looks to the left; packed
    rows are told apart by their positions."""
    lengths = store.lengths[rows]
    total, longest = int(lengths.sum()), int(lengths.max())
    ends = np.cumsum(lengths)
    starts = ends - lengths if is_packed else np.arange(len(rows)) * longest
    ids = np.full(total if is_packed else len(rows) * longest, pad_id, dtype=np.int64)
    positions: list[np.ndarray] = []
    for start, row in zip(starts, rows, strict=True):
        row_ids, learnt = store.row(int(row))
        ids[start : start + len(row_ids)] = row_ids
        positions.append(learnt + (start - 1))  # never below `start`: no row learns its first token
    flat = np.concatenate(positions)
    arrays = {"positions": flat, "targets": ids[flat + 1]}
    if is_packed:
        arrays["position_ids"] = (np.arange(total) - np.repeat(starts, lengths))[None]
        arrays["boundaries"] = np.concatenate([[0], ends]).astype(np.int32)
    arrays["input_ids"] = ids.reshape(1 if is_packed else len(rows), -1)
    return Batch(
        tokens=total,
        longest=longest,
        **{name: _on(device, array) for name, array in arrays.items()},
    )


def _on(device: torch.device, array: np.ndarray) -> torch.Tensor:
    tensor = torch.from_numpy(array)
    if device.type != "cuda":
        return tensor
    # A new thread's device is the first one, which may be another process's.
    with torch.cuda.device(device):
        # From pinned memory the copy runs beside what the GPU is at.
        return tensor.pin_memory().to(device, non_blocking=True)
