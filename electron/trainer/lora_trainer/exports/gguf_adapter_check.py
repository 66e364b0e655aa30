"""Is the GGUF adapter the PEFT adapter? Names, shapes, every weight, the scale and what it does."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ..failures import TrainingFailure
from .adapter_copy import exported_alpha, factor_of
from .adapter_folder import Adapter, LowRank
from .gguf_file import GgufFile
from .tensor_match import match, tolerance_of

_COMPARED_CHANGES = 6


def check_adapter_gguf(
    adapter: Adapter, base_config: Mapping[str, Any], file: GgufFile
) -> list[str]:
    """Returns what was found, in figures. Raises TrainingFailure on any difference."""
    modules = [layer.module for layer in adapter.layers]
    names = file.names_of_modules(modules, block_count(base_config))
    if lost := sorted(set(modules) - set(names)):
        raise check_failure(f"llama.cpp has no name for the layer {lost[0]}")
    wanted = {f"{name}.weight.lora_{part}" for name in names.values() for part in "ab"}
    if file.tensor_names != wanted:
        strange = sorted(file.tensor_names ^ wanted)[0]
        raise check_failure(
            f"{len(wanted)} tensors were to be in it and {len(file.tensor_names)} are; "
            f"{strange} is missing or too many"
        )
    alpha = float(file.value("adapter.lora.alpha") or 0.0)
    scale = _check_alpha(adapter, alpha)
    kinds: set[str] = set()
    worst, reordered = 0.0, 0
    for layer in adapter.layers:
        a, b = (f"{names[layer.module]}.weight.lora_{part}" for part in "ab")
        for name, own in ((a, layer.a), (b, layer.b * factor_of(layer, exported_alpha(adapter)))):
            found = match(file.tensor(name), own, tolerance_of(file.type_of(name)))
            if found is None:
                raise check_failure(f"{name} is not the adapter's weight")
            worst = max(worst, found.error)
            reordered += found.is_reordered
            kinds.add(file.type_of(name))
    order = f"; the rows of {reordered} are in llama.cpp's own order" if reordered else ""
    return [
        f"Read back: {len(wanted)} tensors for {len(modules)} layers, named and shaped as "
        f"llama.cpp expects; every weight is the adapter's within the rounding of "
        f"{' and '.join(sorted(kinds))} (largest error {worst:.2g} of the largest weight){order}.",
        scale,
        _check_changes(adapter, names, file, alpha),
    ]


def _check_alpha(adapter: Adapter, alpha: float) -> str:
    wanted = exported_alpha(adapter)
    if not math.isclose(alpha, wanted, rel_tol=1e-5):
        raise check_failure(f"its alpha is {alpha:g}, which scales by something else than PEFT")
    first = adapter.layers[0]
    return (
        f"Alpha in the file is {alpha:g}: alpha ÷ rank {first.rank} is {alpha / first.rank:g}, "
        f"the scale that PEFT uses for this {adapter.method} adapter."
    )


def _check_changes(adapter: Adapter, names: Mapping[str, str], file: GgufFile, alpha: float) -> str:
    """What llama.cpp will add to a weight, against what PEFT adds, for layers spread evenly."""
    step = max(1, len(adapter.layers) // _COMPARED_CHANGES)
    chosen = adapter.layers[::step][:_COMPARED_CHANGES]
    worst = 0.0
    for layer in chosen:
        name = f"{names[layer.module]}.weight.lora_"
        a, b = file.tensor(name + "a"), file.tensor(name + "b")
        a = a.T if layer.is_embedding else a
        wanted = layer.scale * (layer.b @ layer.a)
        found = match(alpha / layer.rank * (b @ a), wanted, _allowed(file, name, layer))
        if found is None:
            raise check_failure(f"what it adds to {layer.module} is not what the adapter adds")
        worst = max(worst, found.error)
    return (
        f"The change of the weights (scale × B × A) of {len(chosen)} layers is the adapter's, "
        f"largest error {worst:.2g} of the largest change."
    )


def _allowed(file: GgufFile, name: str, layer: LowRank) -> float:
    # A product sums `rank` terms, each off by the roundings of both factors.
    rounding = sum(tolerance_of(file.type_of(name + part)) for part in "ab")
    return rounding * math.sqrt(layer.rank) + 1e-6


def block_count(config: Mapping[str, Any]) -> int:
    text = config.get("text_config")
    for place in (text if isinstance(text, dict) else {}, config):
        for key in ("num_hidden_layers", "n_layer", "num_layers"):
            if isinstance(place.get(key), int):
                return int(place[key])
    return 0


def check_failure(why: str) -> TrainingFailure:
    return TrainingFailure(
        "check_failed",
        f"The GGUF file was not kept, because {why}.",
        "Update the llama.cpp folder and export again, or export the merged model.",
    )
