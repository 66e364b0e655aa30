"""Are two weights the same but for rounding and the order that llama.cpp keeps rows in?"""

from __future__ import annotations

from dataclasses import dataclass

import torch

# Largest error of an entry, as a share of the weight's largest entry.
TOLERANCE = {"F32": 1e-6, "F16": 1e-3, "BF16": 5e-3, "Q8_0": 6e-3}
_OTHERWISE = 6e-3


@dataclass(frozen=True, kw_only=True)
class Match:
    error: float  # as a share of the largest entry
    is_reordered: bool


def tolerance_of(kind: str) -> float:
    return TOLERANCE.get(kind, _OTHERWISE)


def match(found: torch.Tensor, wanted: torch.Tensor, tolerance: float) -> Match | None:
    """None when they differ. Both (rows, columns), or `found` transposed (GPT-2's weights).

    Llama's query and key rows are stored in another order. Then the lengths of the columns are
    what they were, and so are those of the rows once they are sorted.
    """
    largest = float(wanted.abs().max())
    if largest == 0.0:
        same = found.shape == wanted.shape and not bool(found.any())
        return Match(error=0.0, is_reordered=False) if same else None
    for candidate in (found, found.T):
        if candidate.shape == wanted.shape:
            error = float((candidate - wanted).abs().max()) / largest
            if error <= tolerance:
                return Match(error=error, is_reordered=False)
    if found.shape != wanted.shape:
        return None
    errors = []
    for dim in (0, 1):
        lengths = [torch.linalg.norm(weight, dim=dim) for weight in (found, wanted)]
        if dim == 1:
            lengths = [each.sort().values for each in lengths]
        off = (lengths[0] - lengths[1]).abs().max() / lengths[1].max()
        errors.append(float(off))
    error = max(errors)
    return Match(error=error, is_reordered=True) if error <= tolerance else None
