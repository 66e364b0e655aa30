"""What an adapter makes of a weight, in float32, rounded once at the end."""

from __future__ import annotations

import torch

from .adapter_folder import LowRank


def merged_weight(
    weight: torch.Tensor, layer: LowRank, *, is_transposed: bool = False
) -> torch.Tensor:
    """The weight with the layer merged in, of the weight's own type and shape.

    `weight` is (out, in), or (in, out) when `is_transposed` (GPT-2's Conv1D), or an embedding's
    (vocabulary, width), whose rows are what the layer's columns stand for.
    DoRA: the rows of W + scale × B A are scaled to the lengths that were learnt.
    """
    is_turned = is_transposed or layer.is_embedding
    delta = layer.scale * (layer.b @ layer.a)  # (out, in)
    merged = (weight.float().T if is_turned else weight.float()) + delta
    if layer.magnitude is not None:
        lengths = torch.linalg.norm(merged, dim=1)
        merged = merged * (layer.magnitude / lengths).unsqueeze(1)
    merged = merged.T if is_turned else merged
    return merged.to(weight.dtype).contiguous()
