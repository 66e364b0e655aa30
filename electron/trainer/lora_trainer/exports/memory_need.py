"""What merging and checking a model takes in memory, told before rather than after."""

from __future__ import annotations

import psutil
import torch

from ..failures import TrainingFailure
from .base_folder import Base
from .report import gigabytes

_OWN = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}
_SPARE = 1.15  # activations, the adapter, the interpreter


def refuse_small_memory(base: Base, *, is_whole: bool) -> None:
    """`is_whole`: the model is merged in float32 in one piece."""
    needed = int(base.parameters * 4 if is_whole else base.weight_bytes)
    needed = int(needed * _SPARE)
    free = psutil.virtual_memory().available
    if free < needed:
        raise TrainingFailure(
            "out_of_memory",
            f"Merging this model and checking the result takes about {gigabytes(needed)} of "
            f"memory; {gigabytes(free)} are free.",
            "Close other programs, or export on a computer with more memory.",
        )


def compute_dtype(base: Base) -> torch.dtype:
    """float32 where the whole model fits so into the free memory, else the weights' own type."""
    fits = psutil.virtual_memory().available > base.parameters * 4 * _SPARE
    return torch.float32 if fits else _OWN[base.dtype]
