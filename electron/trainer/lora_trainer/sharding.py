"""The frozen weights of the decoder's layers spread over the processes (FSDP2).

Each process keeps a part of every layer and gathers a layer's rest while it runs it. What is
trained stays whole everywhere, and so do embeddings, last norm and head: gradients, optimizer,
checkpoints and the adapter are the same as without sharding. (At 16 bytes per trained parameter
against 2 per frozen one, the adapter of rank 16 of an 8B model weighs a twentieth of the base.)
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from transformers import PreTrainedModel

from .config import Hyperparameters
from .device import Device
from .model_files import ModelFiles
from .world import World

_GIB = 2**30
# CUDA's context with cuBLAS and NCCL, and the chunks of logits with their gradients.
_CONTEXT_BYTES, _LOGIT_BYTES = int(1.4 * _GIB), int(0.75 * _GIB)
# Weight, gradient and AdamW's two moments in float32.
_BYTES_PER_TRAINED = 16
# bitsandbytes' NF4 with double quantisation: 4.127 bits (Dettmers et al. 2023), with padding.
_BYTES_PER_4_BIT = 0.53
# Bytes that a decoder layer keeps per token and width in 16 bits, without the attention scores,
# which no kernel in use keeps (Korthikanti et al. 2022, equation 1). With gradient checkpointing:
# its input alone.
KEPT_PER_LAYER, KEPT_INPUT = 34, 2


@dataclass(frozen=True, kw_only=True)
class ModelShape:
    layers: int
    width: int
    parameters: int
    linear_parameters: int  # those that a 4-bit base has in 4 bits
    linear_edges: int  # the sum of inputs and outputs of the linear layers


def model_shape(files: ModelFiles, config: object) -> ModelShape:
    text = config.get_text_config()
    matrices = {
        name: shape
        for name, shape in files.shapes.items()
        if len(shape) == 2 and "embed" not in name and "lm_head" not in name
    }
    return ModelShape(
        layers=text.num_hidden_layers,
        width=text.hidden_size,
        parameters=files.parameters,
        linear_parameters=sum(rows * columns for rows, columns in matrices.values()),
        linear_edges=sum(rows + columns for rows, columns in matrices.values()),
    )


def bytes_on_one_device(shape: ModelShape, hyper: Hyperparameters, precision: str) -> int:
    """What a process needs that holds all weights, with all linear layers as targets."""
    size = 4 if precision == "fp32" else 2
    linear = _BYTES_PER_4_BIT if hyper.quantization == "nf4" else size
    weights = shape.linear_parameters * linear
    weights += (shape.parameters - shape.linear_parameters) * size
    adapter = hyper.rank * shape.linear_edges * _BYTES_PER_TRAINED
    per_token = KEPT_PER_LAYER * shape.layers
    if hyper.gradient_checkpointing:
        per_token = KEPT_INPUT * shape.layers + KEPT_PER_LAYER
    tokens = hyper.batch_size * hyper.max_sequence_tokens
    activations = per_token * shape.width * tokens * (size / 2)
    return int(weights + adapter + activations) + _CONTEXT_BYTES + _LOGIT_BYTES


def is_to_be_sharded(
    asked: str, *, processes: int, is_quantized: bool, needed: int, available: int | None
) -> bool:
    """`asked` is the setting `parallelism`; `available` bytes of a device, None where not known."""
    if processes == 1 or is_quantized or asked == "data":
        return False
    return asked == "sharded" or (available is not None and needed > available)


def shard_frozen(model: torch.nn.Module, causal: PreTrainedModel, device: Device, world: World):
    """In place. `model` is on the CPU and comes to the device layer by layer, a part of each."""
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import fully_shard

    layers = _decoder_layers(causal)
    inside = {id(p) for layer in layers for p in layer.parameters() if not p.requires_grad}
    whole = {p for p in model.parameters() if id(p) not in inside}
    mesh = init_device_mesh(device.torch_device.type, (world.size,))
    for layer in layers:
        fully_shard(layer, mesh=mesh, ignored_params=whole)
    # One root for all layers: it lets the next one be gathered while this one computes.
    fully_shard(causal.get_decoder(), mesh=mesh, ignored_params=whole)
    for parameter in whole:
        parameter.data = parameter.data.to(device.torch_device)
    for module in model.modules():
        for name, buffer in module.named_buffers(recurse=False):
            module._buffers[name] = buffer.to(device.torch_device)


def _decoder_layers(causal: PreTrainedModel) -> list[torch.nn.Module]:
    stacks = [
        module for module in causal.get_decoder().modules()
        if isinstance(module, torch.nn.ModuleList)
    ]  # fmt: skip
    # The stack of layers comes before those within a layer (experts and such).
    return list(stacks[0]) if stacks else []
