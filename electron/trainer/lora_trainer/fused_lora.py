"""A frozen linear layer and the LoRA layers on it as one operation, in float32 on the CPU.

PEFT's layer is a chain of small operations: floats drawn for a mask, products kept for the backward
pass, sums written anew. This one keeps its input (which the layers beside it keep anyway), a byte
of mask an element and the few columns of the rank. What comes out is the same but for rounding.

    forward    y  = x Wᵀ + s (m∘x) Aᵀ Bᵀ          m: dropout mask, s: scaling / (1 - dropout)
    backward   dx = dy W + m∘(s dy B A)    dA = (s dy B)ᵀ (m∘x)    dB = s dyᵀ (m∘x) Aᵀ
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from peft import PeftModel
from peft.tuners.lora.layer import Linear as LoraLinear
from torch import nn

from .matrix_product import Product, choose_product
from .model import AdaptedModel


def fuse_on_cpu(model: AdaptedModel) -> None:
    """Where it is float32 on the CPU and whole on this process; anything else stays as it is."""
    if model.causal.device.type == "cpu" and not model.is_sharded:
        fuse(model.peft, choose_product())


def fuse(model: PeftModel, product: Product) -> int:
    """Gives the plain LoRA layers and the frozen linear layers without them these operations, and
    returns how many got them. The modules stay PEFT's: so do saving, loading and merging."""
    wrapped = [module for module in model.modules() if isinstance(module, LoraLinear)]
    adapted = [module for module in wrapped if _is_plain(module)]
    for module in adapted:
        module.forward = _lora_forward(module, product)
    inside = {id(module.get_base_layer()) for module in wrapped}
    frozen = [
        module
        for module in model.modules()
        if type(module) is nn.Linear and id(module) not in inside and _is_frozen(module)
    ]
    for module in frozen:
        module.forward = _frozen_forward(module, product)
    return len(adapted) + len(frozen)


def draw_mask(like: torch.Tensor, dropout: float) -> torch.Tensor:
    """int8, 1 with a probability of 1 - dropout (to 1/65536) and else 0; four values out of each 64
    bits of torch's own generator."""
    count = like.numel()
    bits = torch.empty((count + 3) // 4, dtype=torch.int64).random_(-(2**63), None)
    limit = round(dropout * 65536) - 32768
    # As int8: multiplying by bool is three times as slow.
    return (bits.view(torch.int16)[:count] >= limit).view(torch.int8).view(like.shape)


class _LoraOnFrozen(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        x: torch.Tensor,  # [..., in]
        weight: torch.Tensor,  # [out, in]
        bias: torch.Tensor | None,
        down: torch.Tensor,  # A: [rank, in]
        up: torch.Tensor,  # B: [out, rank]
        scaling: float,
        dropout: float,
        product: Product,
    ) -> torch.Tensor:
        flat = x.reshape(-1, x.shape[-1])
        keep = draw_mask(flat, dropout) if dropout > 0 else None
        scale = scaling / (1 - dropout)
        narrow = product(_masked(flat, keep), down)  # [tokens, rank]
        result = product(flat, weight)
        if bias is not None:
            result += bias
        result.addmm_(narrow, up.t(), alpha=scale)
        ctx.save_for_backward(x, weight, down, up, narrow, keep)
        ctx.scale, ctx.product = scale, product
        return result.view(*x.shape[:-1], -1)

    @staticmethod
    def backward(ctx: Any, *outer: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        x, weight, down, up, narrow, keep = ctx.saved_tensors
        scale, product = ctx.scale, ctx.product
        grad = outer[0].reshape(-1, outer[0].shape[-1])
        flat = x.reshape(-1, x.shape[-1])
        narrow_grad = product(grad, up.t()).mul_(scale)  # [tokens, rank]
        up_grad = product(grad.t(), narrow.t()).mul_(scale)
        down_grad = product(narrow_grad.t(), _masked(flat, keep).t())
        x_grad = None
        if ctx.needs_input_grad[0]:
            x_grad = product(grad, weight.t())
            if keep is None:
                x_grad.addmm_(narrow_grad, down)
            else:
                x_grad += product(narrow_grad, down.t()).mul_(keep)
            x_grad = x_grad.view(x.shape)
        return x_grad, None, None, down_grad, up_grad, None, None, None


class _FrozenLinear(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        x: torch.Tensor,
        weight: torch.Tensor,
        bias: torch.Tensor | None,
        product: Product,
    ) -> torch.Tensor:
        ctx.save_for_backward(weight)
        ctx.product = product
        result = product(x.reshape(-1, x.shape[-1]), weight)
        if bias is not None:
            result += bias
        return result.view(*x.shape[:-1], -1)

    @staticmethod
    def backward(ctx: Any, *outer: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        (weight,) = ctx.saved_tensors
        grad = outer[0]
        x_grad = ctx.product(grad.reshape(-1, grad.shape[-1]), weight.t())
        return x_grad.view(*grad.shape[:-1], -1), None, None, None


def _masked(flat: torch.Tensor, keep: torch.Tensor | None) -> torch.Tensor:
    return flat if keep is None else flat * keep


def _is_frozen(layer: nn.Linear) -> bool:
    is_bias_frozen = layer.bias is None or not layer.bias.requires_grad
    return not layer.weight.requires_grad and is_bias_frozen and _is_ours(layer.weight)


def _is_ours(tensor: torch.Tensor) -> bool:
    return tensor.dtype == torch.float32 and tensor.device.type == "cpu"


def _is_plain(module: LoraLinear) -> bool:
    base = module.get_base_layer()
    return (
        type(base) is nn.Linear
        and _is_frozen(base)
        and list(module.lora_A) == ["default"]
        and not module.lora_variant  # DoRA and its like
        and module.lora_B["default"].bias is None
        and _is_ours(module.lora_A["default"].weight)
    )


def _lora_forward(module: LoraLinear, product: Product) -> Callable[..., torch.Tensor]:
    as_peft_has_it = module.forward
    base, drop = module.get_base_layer(), module.lora_dropout["default"]
    rate = drop.p if isinstance(drop, nn.Dropout) else 0.0

    def forward(x: torch.Tensor, *args: Any, **kwargs: Any) -> torch.Tensor:
        if module.disable_adapters or module.merged or args or kwargs or not _is_ours(x):
            return as_peft_has_it(x, *args, **kwargs)
        down, up = module.lora_A["default"].weight, module.lora_B["default"].weight
        dropout = rate if module.training else 0.0
        scaling = module.scaling["default"]
        return _LoraOnFrozen.apply(x, base.weight, base.bias, down, up, scaling, dropout, product)

    return forward


def _frozen_forward(module: nn.Linear, product: Product) -> Callable[..., torch.Tensor]:
    as_torch_has_it = module.forward

    def forward(x: torch.Tensor) -> torch.Tensor:
        if not _is_ours(x):
            return as_torch_has_it(x)
        return _FrozenLinear.apply(x, module.weight, module.bias, product)

    return forward
