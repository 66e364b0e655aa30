"""Whether this very model keeps packed rows apart: tried, because no list of architectures knows.

A model that ignores position ids, or carries a state from token to token, would let a row see the
one before it, and no loss would tell.
"""

from __future__ import annotations

import numpy as np
import torch
from transformers import PreTrainedModel

from .batches import make_batch
from .loss import model_inputs

# Of the norm of the logits. Rows that see one another differ by a multiple of it.
_TOLERANCE = {torch.float32: 1e-3, torch.bfloat16: 0.1, torch.float16: 0.05}


class _TwoRows:
    """A store of two short rows of different tokens."""

    def __init__(self) -> None:
        self.lengths = np.array([7, 12])
        self.ids = [np.arange(1, 8, dtype=np.int32), np.arange(8, 20, dtype=np.int32)]

    def row(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        return self.ids[index], np.array([1], dtype=np.int32)


@torch.no_grad()
def keeps_rows_apart(model: PreTrainedModel) -> bool:
    """Compares the logits of the second of two packed rows with those of the same row alone.

    To be called under the autocast of training, on all processes at once, when the model is to be
    given packed batches. Uses no random numbers.
    """
    store = _TwoRows()
    device = next(model.parameters()).device
    was_training = model.training
    model.eval()
    try:
        two = make_batch(store, np.array([0, 1]), 0, device, is_packed=True)
        one = make_batch(store, np.array([1]), 0, device)
        packed = model(**model_inputs(model, two)).logits[0, len(store.ids[0]) :]
        alone = model(**model_inputs(model, one)).logits[0]
    finally:
        model.train(was_training)
    tolerance = _TOLERANCE.get(packed.dtype, 0.1)
    packed, alone = packed.float(), alone.float()
    return bool((packed - alone).norm() <= tolerance * alone.norm())
