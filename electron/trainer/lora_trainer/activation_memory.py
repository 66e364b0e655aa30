"""What a batch's activations need, measured on a few tokens: it grows linearly with the tokens."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from . import random_state
from .device import Device
from .model import AdaptedModel
from .sharding import KEPT_INPUT, KEPT_PER_LAYER

_PROBE_TOKENS = 64
_MIB = 2**20


@dataclass(frozen=True, kw_only=True)
class ActivationMemory:
    """In MiB: what a backward pass through the decoder keeps."""

    constant: float  # casts of weights, whatever the batch
    per_token: float  # without gradient checkpointing
    per_token_checkpointed: float


def measure_activations(model: AdaptedModel, device: Device, ids: list[int]) -> ActivationMemory:
    """`ids` are of any row. Nothing stays behind: no gradients, no random numbers."""
    if model.is_sharded:
        return _reckoned(model, device)
    decoder = model.causal.get_decoder() if hasattr(model.causal, "get_decoder") else model.causal
    ids = (ids * (_PROBE_TOKENS // len(ids) + 1))[:_PROBE_TOKENS]
    generators = random_state.capture()
    checkpointing = [
        module for module in model.causal.modules() if getattr(module, "gradient_checkpointing", 0)
    ]
    for module in checkpointing:
        module.gradient_checkpointing = False
    try:
        half = _saved_bytes(decoder, device, ids[: _PROBE_TOKENS // 2])
        whole = _saved_bytes(decoder, device, ids)
    finally:
        for module in checkpointing:
            module.gradient_checkpointing = True
        random_state.restore(generators)
    per_token = (whole - half) / (_PROBE_TOKENS - _PROBE_TOKENS // 2)
    config = model.causal.config.get_text_config()
    # Kept: the input of each layer. Besides, one layer is computed again at a time.
    inputs = (
        config.num_hidden_layers * config.hidden_size * (4 if device.precision == "fp32" else 2)
    )
    return ActivationMemory(
        constant=max(0.0, whole - _PROBE_TOKENS * per_token) / _MIB,
        per_token=per_token / _MIB,
        per_token_checkpointed=(inputs + per_token / config.num_hidden_layers) / _MIB,
    )


def _reckoned(model: AdaptedModel, device: Device) -> ActivationMemory:
    """Where a process cannot run the model by itself. The source is with the constants."""
    config = model.causal.config.get_text_config()
    kept = config.hidden_size * (2 if device.precision == "fp32" else 1) / _MIB
    layers = config.num_hidden_layers
    return ActivationMemory(
        constant=0.0,
        per_token=KEPT_PER_LAYER * layers * kept,
        per_token_checkpointed=(KEPT_INPUT * layers + KEPT_PER_LAYER) * kept,
    )


def _saved_bytes(decoder: torch.nn.Module, device: Device, ids: list[int]) -> int:
    """Of what the forward pass keeps for the backward, without the weights themselves."""
    weights = {tensor.untyped_storage().data_ptr() for tensor in decoder.state_dict().values()}
    saved: dict[int, int] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in weights:
            saved[storage.data_ptr()] = storage.nbytes()
        return tensor

    input_ids = torch.tensor([ids], device=device.torch_device)
    with (
        torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor),
        device.autocast(),
    ):
        # Not by calling the module, which may be compiled. The result is held until here: what is
        # freed in between could lend its address to another.
        kept = decoder.forward(input_ids=input_ids, use_cache=False)
    total = sum(saved.values())
    del kept
    return total
