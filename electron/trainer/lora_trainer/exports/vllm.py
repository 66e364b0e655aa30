"""`--format vllm`: vLLM serves a PEFT adapter as it is; this says whether it will and how."""

from __future__ import annotations

from ..failures import TrainingFailure
from .adapter_folder import Adapter, read_adapter_folder
from .base_folder import read_base_config
from .command_line import command_line
from .report import Export
from .request import Context

# The values that vLLM's --max-lora-rank takes; it is 16 unless told.
MAX_RANKS = (8, 16, 32, 64, 128, 256, 320, 512)

_MERGE_INSTEAD = "Export it merged into the base model, and serve that folder with vllm serve."


def export_vllm(context: Context) -> Export:
    request = context.request
    adapter = read_adapter_folder(request.adapter)
    read_base_config(request.base)
    refuse_what_vllm_cannot(adapter)
    rank = max(layer.rank for layer in adapter.layers)
    allowed = allowed_rank(rank)
    words = ["vllm", "serve", str(request.base), "--enable-lora"]
    words += ["--lora-modules", f"{request.name}={request.adapter}"]
    words += ["--max-lora-rank", str(allowed)]
    checks = [
        f"{adapter.method} adapter of {len(adapter.layers)} layers, rank {rank}: no DoRA, no saved "
        "modules, no biases, one scale for all layers.",
        f"Rank {rank} needs --max-lora-rank {allowed}.",
    ]
    notes = [
        f'Requests choose the adapter by its name: "model": "{request.name}".',
        "Nothing was written: vLLM reads the adapter's folder itself.",
    ]
    return Export(path=request.adapter, checks=checks, command=command_line(words), notes=notes)


def allowed_rank(rank: int) -> int:
    """The smallest allowed value that is not below the rank."""
    for allowed in MAX_RANKS:
        if rank <= allowed:
            return allowed
    raise _refused(f"its rank is {rank} and vLLM takes at most {MAX_RANKS[-1]}")


def refuse_what_vllm_cannot(adapter: Adapter) -> None:
    if adapter.is_dora:
        raise _refused("vLLM does not serve DoRA adapters")
    if adapter.saved_modules:
        modules = ", ".join(adapter.saved_modules)
        raise _refused(f"it holds whole modules ({modules}), which vLLM does not take")
    if adapter.has_bias:
        raise _refused("it has trained biases, which vLLM does not take")
    if adapter.other_tensors or not adapter.is_plain:
        raise _refused("it has more than low-rank weights, which vLLM does not take")
    if adapter.config.get("rank_pattern") or adapter.config.get("alpha_pattern"):
        # vLLM reads one rank and one alpha and would scale the other layers wrongly.
        raise _refused("its layers have different ranks or alphas, which vLLM does not read")


def _refused(why: str) -> TrainingFailure:
    return TrainingFailure(
        "vllm_unsupported", f"This adapter cannot be served: {why}.", _MERGE_INSTEAD
    )
