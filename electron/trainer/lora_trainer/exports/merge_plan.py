"""Which stored tensors an adapter changes, found by name, so that files can be merged one by one.

No plan: the model is built and PEFT merges it, which takes more memory and knows every case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..failures import TrainingFailure
from .adapter_folder import Adapter, LowRank
from .base_folder import Base

_HEAD = "lm_head.weight"
_EMBEDDINGS = ("embed_tokens.weight", "wte.weight", "embed_in.weight", "word_embeddings.weight")


@dataclass(frozen=True, kw_only=True)
class MergePlan:
    layers: Mapping[str, LowRank]  # by the name of the stored tensor
    # Set when the output head must become a tensor of its own: the embedding that it is made from.
    head_from: str | None
    is_transposed: bool


def plan_merge(base: Base, adapter: Adapter) -> MergePlan | None:
    """None when names or settings ask for PEFT itself. Raises TrainingFailure on a misfit."""
    if not adapter.is_plain:
        return None
    is_transposed = bool(adapter.config.get("fan_in_fan_out"))
    layers: dict[str, LowRank] = {}
    for layer in adapter.layers:
        if layer.is_embedding and layer.magnitude is not None:
            return None
        is_shared_head = base.is_tied and layer.module == "lm_head"
        name = _HEAD if is_shared_head else stored_name(base, layer.module)
        if name is None:
            return None
        layers[name] = layer
    embedding = _embedding(base)
    # An adapter changes the head or the embedding, never both: what they share must be parted.
    parts = base.is_tied and (_HEAD in layers or embedding in layers)
    if parts and embedding is None:
        return None
    head_from = embedding if parts else None
    for name, layer in layers.items():
        stored = base.tensors[head_from if name == _HEAD and head_from else name]
        _check_fit(base, layer, stored.shape, is_transposed)
    return MergePlan(layers=layers, head_from=head_from, is_transposed=is_transposed)


def stored_name(base: Base, module: str) -> str | None:
    """The stored tensor that is the module's weight; None where there is none of that name."""
    # Some models are stored without the name of the part that the head sits on ("transformer.").
    for name in (module, module.partition(".")[2]):
        if f"{name}.weight" in base.tensors:
            return f"{name}.weight"
    return None


def _embedding(base: Base) -> str | None:
    found = [name for name in base.tensors if name.endswith(_EMBEDDINGS)]
    return found[0] if len(found) == 1 else None


def _check_fit(base: Base, layer: LowRank, shape: tuple[int, ...], is_transposed: bool) -> None:
    wanted = (layer.b.shape[0], layer.a.shape[1])
    if is_transposed or layer.is_embedding:
        wanted = wanted[::-1]
    if wanted != shape:
        raise TrainingFailure(
            "adapter_does_not_fit",
            f"The adapter was not trained on the model in {base.folder}: its {layer.module} is for "
            f"a weight of {' × '.join(map(str, wanted))}, the model's is "
            f"{' × '.join(map(str, shape))}.",
            "Choose the base model that the adapter was trained on.",
        )
