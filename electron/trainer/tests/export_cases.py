"""Adapters and requests for the tests of the exports."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from run_folder import TRAINER
from transformers import AutoModelForCausalLM, PreTrainedModel

from lora_trainer.adapter import write_adapter
from lora_trainer.exports.cancel import Cancellation
from lora_trainer.exports.report import Progress
from lora_trainer.exports.request import Context, parse_request

METHODS = {"lora": {}, "rslora": {"use_rslora": True}, "dora": {"use_dora": True}}


def load(folder: Path, dtype: torch.dtype = torch.float32) -> PreTrainedModel:
    return AutoModelForCausalLM.from_pretrained(folder, dtype=dtype).eval()


def make_adapter(base: Path, folder: Path, **settings: Any) -> Path:
    """An adapter that changes what the base says, written as training writes it."""
    torch.manual_seed(5)
    settings = {"r": 8, "lora_alpha": 16, "target_modules": "all-linear", **settings}
    model = get_peft_model(load(base), LoraConfig(task_type="CAUSAL_LM", **settings))
    for name, parameter in model.named_parameters():
        if "lora_B" in name or "lora_embedding" in name:
            torch.nn.init.normal_(parameter, std=0.05)
        elif "magnitude" in name:
            parameter.data *= 1 + 0.1 * torch.randn_like(parameter)
        elif "modules_to_save" in name:
            parameter.data += 0.02 * torch.randn_like(parameter)
    folder.mkdir(parents=True)
    if settings.get("modules_to_save"):
        model.save_pretrained(folder)
    else:
        write_adapter(model, folder)
    return folder


def with_adapter(base: Path, adapter: Path) -> PeftModel:
    return PeftModel.from_pretrained(load(base), adapter).eval()


@torch.inference_mode()
def logits_of(model: Any) -> torch.Tensor:
    ids = (torch.arange(40) * 23 + 5).unsqueeze(0) % 1000
    return model(input_ids=ids, use_cache=False).logits[0]


def context_of(lines: list[dict[str, Any]], *arguments: str | Path) -> Context:
    return Context(
        request=parse_request([str(word) for word in arguments]),
        progress=Progress(write=lines.append),
        cancellation=Cancellation(),
    )


def command_of(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "lora_trainer.exports", *(str(word) for word in arguments)]


def run_command(*arguments: str | Path) -> tuple[int, list[dict[str, Any]]]:
    """Exit code and lines of the real command."""
    shown = subprocess.run(
        command_of(*arguments), cwd=TRAINER, capture_output=True, text=True, check=False
    )
    return shown.returncode, [json.loads(line) for line in shown.stdout.splitlines()]


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def stand_in_checkout(folder: Path) -> Path:
    """A folder shaped like a checkout, with a small script for the converters."""
    package = folder / "gguf-py" / "gguf"
    package.parent.mkdir(parents=True)
    installed = importlib.util.find_spec("gguf")
    if installed is not None and installed.submodule_search_locations:
        shutil.copytree(installed.submodule_search_locations[0], package)
    else:
        package.mkdir()
        (package / "__init__.py").write_text("")
    script = Path(__file__).with_name("stand_in_converter.py")
    for name in ("convert_lora_to_gguf.py", "convert_hf_to_gguf.py"):
        shutil.copyfile(script, folder / name)
    return folder
