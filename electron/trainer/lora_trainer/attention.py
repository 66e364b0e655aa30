"""Which attention the model runs with, and whether rows are packed.

Packed rows need attention that keeps them apart. Kernels for rows of varying length do so at no
cost; everywhere else transformers builds a block mask out of the position ids, which costs the
square of the batch's tokens. So `auto` packs only where such a kernel is.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import torch
from transformers import AttentionInterface, AttentionMaskInterface, AutoModelForCausalLM
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

if TYPE_CHECKING:
    from .config import Hyperparameters
    from .model import Device

VARLEN: Final = "lora_desk_varlen"
# Hopper. Older GPUs have a kernel too, but nobody has measured it there.
_LEAST_CAPABILITY: Final = (9, 0)
_LARGEST_HEAD: Final = 256
_LAYER_TYPES: Final = frozenset(["full_attention", "sliding_attention"])

Warn = Callable[[str, str], None]
AttentionFunction = Callable[..., Any]


@dataclass(frozen=True, kw_only=True)
class Attention:
    """`name` goes to `attn_implementation` when the model is loaded."""

    name: str
    is_packed: bool


def choose(
    hyper: Hyperparameters, device: Device, model_config: Any, warn: Warn | None = None
) -> Attention:
    """Once a run, before the model is loaded; registers the attention function that it names."""
    plain = _plain_name(model_config)
    if hyper.packing == "off":
        return Attention(name=plain, is_packed=False)
    apart = _cannot_pack(model_config)
    if apart is not None:
        if hyper.packing == "on" and warn is not None:
            warn("packing_unavailable", f"Rows are not packed: {apart}. Batches are padded.")
        return Attention(name=plain, is_packed=False)
    is_packed = hyper.packing == "on"
    if device.torch_device.type != "cuda":
        return Attention(name=plain, is_packed=is_packed)
    if torch.cuda.get_device_capability(device.torch_device) < _LEAST_CAPABILITY:
        return Attention(name=plain, is_packed=is_packed)
    reason = _cannot_use_varlen(model_config, device, plain)
    if reason is None:
        return Attention(name=VARLEN, is_packed=True)
    if warn is not None:
        cost = "the block mask is used, which is slow for long batches" if is_packed else "padded"
        warn("varlen_unavailable", f"Attention for packed rows cannot be used ({reason}): {cost}.")
    return Attention(name=plain, is_packed=is_packed)


def register_varlen(varlen_attn: AttentionFunction) -> None:
    """Makes `varlen_attn` known to transformers as VARLEN. Without boundaries it is `sdpa`."""
    AttentionInterface.register(VARLEN, _attention_function(varlen_attn))
    AttentionMaskInterface.register(VARLEN, sdpa_mask)


def varlen_arguments(boundaries: torch.Tensor, longest: int) -> dict[str, Any]:
    """What a model that runs with VARLEN is given beside packed input.

    `boundaries` int32 [rows + 1]: where each row begins, and the end of the last. The mask is never
    looked at; being there, it keeps transformers from building one out of the position ids.
    """
    return {
        "attention_mask": torch.ones(1, 1, 1, 1, dtype=torch.bool, device=boundaries.device),
        "cu_seq_lens_q": boundaries,
        "cu_seq_lens_k": boundaries,
        "max_length_q": longest,
        "max_length_k": longest,
    }


def uses_varlen(model_config: Any) -> bool:
    return getattr(model_config.get_text_config(), "_attn_implementation", None) == VARLEN


def _attention_function(varlen_attn: AttentionFunction) -> AttentionFunction:
    # Its signature differs between versions of torch; looked at once, not in every layer.
    known = inspect.signature(varlen_attn).parameters
    has_window, has_scale = "window_size" in known, "scale" in known
    has_groups = "enable_gqa" in known

    def attend(
        module: torch.nn.Module,
        query: torch.Tensor,  # [1, heads, total, width]
        key: torch.Tensor,  # [1, key heads, total, width]
        value: torch.Tensor,
        attention_mask: torch.Tensor | None,
        dropout: float = 0.0,
        scaling: float | None = None,
        cu_seq_lens_q: torch.Tensor | None = None,
        max_length_q: int | None = None,
        sliding_window: int | None = None,
        **others: Any,
    ) -> tuple[torch.Tensor, None]:
        if cu_seq_lens_q is None:  # padded rows, and answers that are generated
            return sdpa_attention_forward(
                module, query, key, value, attention_mask, dropout, scaling, **others
            )
        heads, width = query.shape[1], query.shape[3]
        kind = query.device.type
        if query.dtype == torch.float32 and torch.is_autocast_enabled(kind):
            dtype = torch.get_autocast_dtype(kind)
            query, key, value = query.to(dtype), key.to(dtype), value.to(dtype)
        query, key, value = (each[0].transpose(0, 1) for each in (query, key, value))
        arguments: dict[str, Any] = {}
        if has_window:
            reach = -1 if sliding_window is None else sliding_window - 1
            arguments["window_size"] = (reach, 0)
        else:
            arguments["is_causal"] = True
        if scaling is not None:
            if has_scale:
                arguments["scale"] = scaling
            else:
                query = query * (scaling * width**0.5)
        groups = heads // key.shape[1]
        if groups > 1 and has_groups:
            arguments["enable_gqa"] = True
        elif groups > 1:
            key, value = key.repeat_interleave(groups, 1), value.repeat_interleave(groups, 1)
        attended = varlen_attn(
            query, key, value, cu_seq_lens_q, cu_seq_lens_q, max_length_q, max_length_q, **arguments
        )
        return attended.unsqueeze(0), None  # [1, total, heads, width]

    return attend


def _plain_name(model_config: Any) -> str:
    """`sdpa`, but for the few architectures that cannot do with it."""
    return "sdpa" if getattr(_model_class(model_config), "_supports_sdpa", True) else "eager"


def _model_class(model_config: Any) -> type | None:
    return AutoModelForCausalLM._model_mapping.get(type(model_config), None)


def _cannot_pack(model_config: Any) -> str | None:
    """Why rows of one sequence cannot be kept apart; None where they can."""
    text = model_config.get_text_config()
    if getattr(_model_class(model_config), "_is_stateful", False):
        return "the model carries a state from token to token"
    layer_types = getattr(text, "layer_types", None) or []
    others = sorted(set(layer_types) - _LAYER_TYPES)
    return f"the model has layers of the kind {others[0]}" if others else None


def _cannot_use_varlen(model_config: Any, device: Device, plain: str) -> str | None:
    """Why the kernel for rows of varying length cannot be used; None where it can."""
    try:
        from torch.nn.attention.varlen import varlen_attn
    except ImportError:
        return "this PyTorch has none"
    text = model_config.get_text_config()
    if plain != "sdpa" or not getattr(_model_class(model_config), "_supports_attention_backend", 0):
        return "the architecture takes no other attention than its own"
    if device.precision not in ("bf16", "fp16"):
        return "it needs bf16 or fp16"
    if getattr(text, "attn_logit_softcapping", None) or getattr(text, "kv_lora_rank", None):
        return "the model's attention differs from the usual"
    if getattr(text, "attention_dropout", 0):
        return "the model drops attention weights at random"
    heads = int(text.num_attention_heads)
    width = getattr(text, "head_dim", None) or text.hidden_size // heads
    if width > _LARGEST_HEAD or width % 8:
        return f"its heads are {width} wide"
    has_window = "window_size" in inspect.signature(varlen_attn).parameters
    is_sliding = getattr(text, "sliding_window", None) and getattr(text, "use_sliding_window", True)
    if is_sliding and not has_window:
        return "this PyTorch knows no sliding window in it"
    key_heads = getattr(text, "num_key_value_heads", None) or heads
    fault = _try(varlen_attn, device, (heads, key_heads, width))
    if fault is None:
        register_varlen(varlen_attn)
    return fault


def _try(varlen_attn: AttentionFunction, device: Device, shape: tuple[int, int, int]) -> str | None:
    """Runs the kernel forward and backward on two short rows and compares them with `sdpa`."""
    heads, key_heads, width = shape
    dtype = torch.bfloat16 if device.precision == "bf16" else torch.float16
    total, first = 24, 9
    generator = torch.Generator().manual_seed(0)
    query, key, value = (
        torch.randn(1, count, total, width, generator=generator)
        .to(device.torch_device, dtype)
        .requires_grad_()
        for count in (heads, key_heads, key_heads)
    )
    boundaries = torch.tensor([0, first, total], dtype=torch.int32, device=device.torch_device)
    attend = _attention_function(varlen_attn)
    try:
        ours, _ = attend(
            torch.nn.Identity(), query, key, value, None, cu_seq_lens_q=boundaries, max_length_q=15
        )
        rows = [
            torch.nn.functional.scaled_dot_product_attention(
                query[:, :, part], key[:, :, part], value[:, :, part], is_causal=True,
                enable_gqa=heads != key_heads,
            )
            for part in (slice(0, first), slice(first, total))
        ]  # fmt: skip
        theirs = torch.cat(rows, 2).transpose(1, 2)
        pairs = [(ours, theirs)]
        inputs = (query, key, value)
        pairs += zip(
            torch.autograd.grad(ours.float().square().sum(), inputs),
            torch.autograd.grad(theirs.float().square().sum(), inputs),
            strict=True,
        )
        for mine, other in pairs:
            if float((mine.float() - other.float()).norm() / other.float().norm()) > 0.05:
                return "it gives other results than it should"
    except (RuntimeError, TypeError, ValueError, NotImplementedError) as error:
        return f"it fails: {(str(error).splitlines() or [type(error).__name__])[0]}"
    return None
