"""The base model's linear layers in 4 bits (QLoRA, Dettmers et al. 2023), through bitsandbytes."""

from __future__ import annotations

import importlib
from typing import Any

import torch
from transformers import BitsAndBytesConfig

from .config import Hyperparameters, Named
from .device import Device
from .failures import TrainingFailure
from .model_files import read_model_config

_REMEDY = (
    "Repair the Python environment in Settings; in an environment of your own, run "
    "`pip install bitsandbytes`. Or train without the 4-bit base."
)


def quantization_config(hyper: Hyperparameters, base: Named, device: Device) -> Any:
    """For `from_pretrained`; None when nothing is to be quantised.

    Raises TrainingFailure `quantization_unavailable` or `model_already_quantized`.
    """
    if hyper.quantization == "none":
        return None
    if "quantization_config" in read_model_config(base):
        raise TrainingFailure(
            "model_already_quantized",
            f"“{base.name}” holds weights that are quantised already; they cannot be made 4-bit.",
            "Switch the 4-bit base off, or choose the 16-bit version of the model.",
        )
    require_bitsandbytes()
    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type=hyper.quantization,
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=device.dtype,
        bnb_4bit_quant_storage="uint8",
    )


def keep_weights_as_they_are(model: torch.nn.Module) -> None:
    """On CPUs with AVX-512 bf16 bitsandbytes packs a layer's weights anew at its first forward
    outside of training, with coarser scales, for good: an evaluation would change the base model.
    """
    for module in model.modules():
        if hasattr(module, "support_avx512bf16_for_cpu"):
            module.support_avx512bf16_for_cpu = False


def require_bitsandbytes() -> None:
    """Raises TrainingFailure `quantization_unavailable`."""
    try:
        importlib.import_module("bitsandbytes")
    except ImportError as error:
        if error.name == "bitsandbytes":
            message = "A 4-bit base needs the Python package bitsandbytes, which is not installed."
        else:
            message = f"A 4-bit base needs the Python package bitsandbytes, which fails: {error}."
        raise TrainingFailure("quantization_unavailable", message, _REMEDY) from error
    except Exception as error:  # a library for another CUDA version fails in its own ways
        lines = str(error).strip().splitlines() or [type(error).__name__]
        message = f"A 4-bit base needs the Python package bitsandbytes, which fails: {lines[0]}."
        raise TrainingFailure("quantization_unavailable", message, _REMEDY) from error


def linear_parameters(model: torch.nn.Module) -> int:
    """Of the frozen linear layers but the output head, which stays as it is."""
    head = model.get_output_embeddings()
    return sum(
        module.weight.numel()
        for module in model.modules()
        if isinstance(module, torch.nn.Linear)
        and module is not head
        and not module.weight.requires_grad
    )
