"""The loss of an output head that is not trained, with its gradient made on the way.

    logits = hidden · Wᵀ + b      loss = Σ (log Σ exp(logits) − logits[target])
    d loss / d hidden = (softmax(logits) − onehot(target)) · W

The head does not learn, so all that the backward pass needs is this last product. Made while a
chunk's logits are at hand, it saves keeping them, or making them a second time.
"""

from __future__ import annotations

from typing import Any

import torch

from .matrix_product import Product, torch_product


def frozen_head_loss(
    hidden: torch.Tensor,
    head: torch.nn.Linear,
    targets: torch.Tensor,
    chunk: int,
    product: Product = torch_product,
) -> torch.Tensor:
    """Sum of the cross-entropies, float32. hidden [labels, width], targets int64 [labels]."""
    return _FrozenHeadLoss.apply(hidden, head.weight, head.bias, targets, chunk, product)


def is_frozen_head(head: torch.nn.Module | None) -> bool:
    """Whether `frozen_head_loss` computes what calling the head would."""
    # Exactly this class: adapters, quantised layers and sharded ones do more when they are called.
    return (
        type(head) is torch.nn.Linear
        and not head.weight.requires_grad
        and (head.bias is None or not head.bias.requires_grad)
        # In fp16 the gradient of one rare token would vanish before the scaler could lift it.
        and head.weight.dtype in (torch.float32, torch.bfloat16)
    )


class _FrozenHeadLoss(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        hidden: torch.Tensor,
        weight: torch.Tensor,
        bias: torch.Tensor | None,
        targets: torch.Tensor,
        chunk: int,
        product: Product,
    ) -> torch.Tensor:
        is_needed = ctx.needs_input_grad[0]
        gradient = torch.empty_like(hidden, dtype=weight.dtype) if is_needed else None
        total = torch.zeros((), dtype=torch.float32, device=hidden.device)
        # The dtypes are those of the weights; autocast would only look at each of them again.
        with torch.autocast(hidden.device.type, enabled=False):
            for begin in range(0, len(hidden), chunk):
                part = slice(begin, begin + chunk)
                logits = product(hidden[part].to(weight.dtype), weight)
                if bias is not None:
                    logits += bias
                logs = torch.log_softmax(logits, -1, dtype=torch.float32)
                del logits
                chosen = targets[part].unsqueeze(1)
                total -= logs.gather(1, chosen).sum()
                if gradient is None:
                    continue
                logs.exp_().scatter_add_(1, chosen, logs.new_full(chosen.shape, -1.0))
                gradient[part] = product(logs.to(weight.dtype), weight.t())
        ctx.dtype = hidden.dtype
        if gradient is not None:
            ctx.save_for_backward(gradient)
        return total

    @staticmethod
    def backward(ctx: Any, *outer: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        (gradient,) = ctx.saved_tensors
        return (gradient * outer[0].to(torch.float32)).to(ctx.dtype), *(None,) * 5
