"""The adapter as llama.cpp's converter understands it: one alpha for all, scaled by alpha ÷ rank.

The converter copies `lora_alpha` and looks at neither `use_rslora` nor the patterns of single
layers. So alpha becomes what it must be for alpha ÷ rank to be the scale that PEFT uses (rsLoRA:
alpha × √rank), and a layer that would need another alpha has the difference put into its B.
"""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from .adapter_folder import CONFIG_FILE, WEIGHTS_FILE, Adapter, LowRank


def exported_alpha(adapter: Adapter) -> float:
    return adapter.layers[0].alpha


def factor_of(layer: LowRank, alpha: float) -> float:
    """What the layer's B must be multiplied by under the common alpha."""
    return 1.0 if math.isclose(layer.alpha, alpha, rel_tol=1e-9) else layer.alpha / alpha


def write_adapter_copy(adapter: Adapter, folder: Path) -> None:
    alpha = exported_alpha(adapter)
    config = {**adapter.config, "lora_alpha": alpha, "use_rslora": False, "alpha_pattern": {}}
    (folder / CONFIG_FILE).write_text(json.dumps(config, indent=2), "utf-8")
    factors = {layer.module: factor_of(layer, alpha) for layer in adapter.layers}
    if all(factor == 1.0 for factor in factors.values()):
        shutil.copyfile(adapter.folder / WEIGHTS_FILE, folder / WEIGHTS_FILE)
        return
    tensors: dict[str, torch.Tensor] = {}
    for name, tensor in load_file(adapter.folder / WEIGHTS_FILE).items():
        module = name.removeprefix("base_model.model.").partition(".lora_")[0]
        is_b = ".lora_B" in name or ".lora_embedding_B" in name
        tensors[name] = tensor * factors[module] if is_b else tensor
    save_file(tensors, folder / WEIGHTS_FILE, metadata={"format": "pt"})
