"""The adapter as PEFT writes and reads it: adapter_model.safetensors and adapter_config.json."""

from __future__ import annotations

import copy
from pathlib import Path

from peft import PeftModel, get_peft_model_state_dict, set_peft_model_state_dict
from safetensors.torch import load_file, save_file

WEIGHTS_FILE = "adapter_model.safetensors"


def write_adapter(model: PeftModel, folder: Path) -> None:
    # Not `save_pretrained`: it writes a model card of its own and may ask the hub for a config.
    state = get_peft_model_state_dict(model, save_embedding_layers=False)
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in state.items()}
    save_file(tensors, folder / WEIGHTS_FILE, metadata={"format": "pt"})
    config = copy.copy(model.peft_config["default"])
    config.inference_mode = True
    config.save_pretrained(folder)


def read_adapter(model: PeftModel, folder: Path) -> None:
    set_peft_model_state_dict(model, load_file(folder / WEIGHTS_FILE))
