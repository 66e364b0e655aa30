"""Is a GGUF model the model it was converted from? Its weights where it matters, its vocabulary."""

from __future__ import annotations

from collections.abc import Sequence

from safetensors import safe_open

from .base_folder import Base
from .gguf_adapter_check import block_count, check_failure
from .gguf_file import GgufFile
from .gguf_model_ends import check_model_ends
from .merge_plan import stored_name
from .tensor_match import match, tolerance_of

_COMPARED = 8


def check_model_gguf(model: Base, modules: Sequence[str], file: GgufFile) -> list[str]:
    """`modules`: those that an adapter changed, of which some are compared weight by weight."""
    stored = {module: stored_name(model, module) for module in modules}
    known = {module: key for module, key in stored.items() if key is not None}
    step = max(1, len(known) // _COMPARED)
    names = file.names_of_modules(list(known)[::step][:_COMPARED], block_count(model.config))
    named = {module: f"{name}.weight" for module, name in names.items()}
    compared = {module: name for module, name in named.items() if name in file.tensor_names}
    if not compared:
        raise check_failure("none of the layers that the adapter changes was found in it")
    worst, kinds = 0.0, set()
    for module, name in compared.items():
        key = known[module]
        with safe_open(model.folder / model.tensors[key].file, "pt") as source:
            own = source.get_tensor(key).float()
        found = match(file.tensor(name), own, tolerance_of(file.type_of(name)))
        if found is None:
            raise check_failure(f"its {name} is not the model's {key}")
        worst = max(worst, found.error)
        kinds.add(file.type_of(name))
    tokens = file.value("tokenizer.ggml.tokens") or []
    if not tokens:
        raise check_failure("it has no vocabulary")
    ends = check_model_ends(model, file, len(tokens))
    return [
        f"Read back: a {file.value('general.architecture')} model of {len(file.tensor_names)} "
        f"tensors and {len(tokens):,} tokens.",
        f"{len(compared)} layers compared with the model that was converted: the same within the "
        f"rounding of {' and '.join(sorted(kinds))} (largest error {worst:.2g} of the largest "
        "weight).",
        ends,
    ]
