"""The base model and its LoRA layers on the device of the run."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)

from .config import Hyperparameters, Named, RunConfig
from .failures import TrainingFailure

Warn = Callable[[str, str], None]


@dataclass(frozen=True, kw_only=True)
class Device:
    torch_device: torch.device
    name: str
    precision: str  # bf16, fp16 or fp32

    def autocast(self) -> torch.autocast:
        dtype = torch.float16 if self.precision == "fp16" else torch.bfloat16
        return torch.autocast(self.torch_device.type, dtype=dtype, enabled=self.precision != "fp32")


@dataclass(frozen=True, kw_only=True)
class AdaptedModel:
    peft: PeftModel
    causal: PreTrainedModel  # the base model with the LoRA layers inside
    parameters: int
    trainable_parameters: int

    def trainable(self) -> list[torch.nn.Parameter]:
        return [parameter for parameter in self.peft.parameters() if parameter.requires_grad]


def choose_device(config: RunConfig, warn: Warn) -> Device:
    """Raises TrainingFailure when a GPU is asked for and torch cannot use one."""
    asked = config.hyperparameters.precision
    if config.device_kind == "cpu":
        if asked == "fp16":
            warn("precision_changed", "fp16 needs a GPU; on the CPU the run uses fp32.")
        precision = "bf16" if asked == "bf16" else "fp32"
        return Device(torch_device=torch.device("cpu"), name="CPU", precision=precision)
    if not torch.cuda.is_available():
        is_built_for_cuda = torch.version.cuda is not None
        raise TrainingFailure(
            "cuda_unavailable",
            "The run asks for a GPU, but PyTorch cannot use one"
            + ("." if is_built_for_cuda else ": this build of PyTorch is for the CPU only."),
            "Check the GPU's driver, then start the run again."
            if is_built_for_cuda
            else "Repair the Python environment in Settings, or train on the CPU.",
        )
    if config.device_count > 1:
        warn("one_gpu_used", "Several GPUs were chosen; this version trains on the first of them.")
    device = torch.device("cuda", 0)
    torch.cuda.set_device(device)
    has_bf16 = torch.cuda.is_bf16_supported(including_emulation=False)
    precision = asked
    if asked == "auto":
        precision = "bf16" if has_bf16 else "fp32"
    elif asked == "bf16" and not has_bf16:
        precision = "fp16"
        warn("precision_changed", "This GPU has no bf16; the run uses fp16.")
    return Device(torch_device=device, name=torch.cuda.get_device_name(device), precision=precision)


def load_tokenizer(base: Named) -> PreTrainedTokenizerFast:
    """Raises TrainingFailure when the folder is no model folder or has no fast tokenizer."""
    _check_folder(base)
    try:
        tokenizer = AutoTokenizer.from_pretrained(
            base.path, local_files_only=True, trust_remote_code=False
        )
    except Exception as error:  # whatever the many tokenizer formats raise
        raise TrainingFailure(
            "tokenizer_missing",
            f"The tokenizer of “{base.name}” cannot be loaded from {base.path}: {_first(error)}.",
            "Put the model's tokenizer.json and tokenizer_config.json into its folder.",
        ) from error
    if not getattr(tokenizer, "is_fast", False):
        raise TrainingFailure(
            "tokenizer_unsupported",
            f"“{base.name}” has no tokenizer.json; only such tokenizers can mark what is learnt.",
            "Convert the tokenizer with transformers, or choose a model that has tokenizer.json.",
        )
    return tokenizer


def load_base(base: Named, device: Device) -> PreTrainedModel:
    dtype = {"bf16": torch.bfloat16, "fp16": torch.float16, "fp32": torch.float32}[device.precision]
    try:
        return AutoModelForCausalLM.from_pretrained(
            base.path,
            dtype=dtype,
            local_files_only=True,
            use_safetensors=True,
            trust_remote_code=False,
            attn_implementation="sdpa",
            device_map={"": device.torch_device} if device.torch_device.type == "cuda" else None,
        )
    except (MemoryError, torch.OutOfMemoryError):
        raise
    except Exception as error:  # whatever the many architectures raise
        if "can't allocate memory" in str(error):
            raise
        raise TrainingFailure(
            "model_unusable",
            f"The base model “{base.name}” cannot be loaded from {base.path}: {_first(error)}.",
            "Check that the folder is complete (config.json and all safetensors files) and that "
            "the architecture is known to the installed transformers.",
        ) from error


def add_lora(model: PreTrainedModel, base: Named, hyper: Hyperparameters) -> AdaptedModel:
    """Raises TrainingFailure when the named modules are not in the model."""
    targets: Any = hyper.target_modules
    lora = LoraConfig(
        task_type="CAUSAL_LM",
        r=hyper.rank,
        lora_alpha=hyper.alpha,
        lora_dropout=hyper.dropout,
        # "all-linear" is PEFT's own word: every linear layer but the output head.
        target_modules=targets if isinstance(targets, str) else list(targets),
        use_rslora=hyper.method == "rslora",
        use_dora=hyper.method == "dora",
        bias="none",
    )
    model.config.use_cache = False
    if hyper.gradient_checkpointing:
        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    try:
        peft = get_peft_model(model, lora)
    except ValueError as error:
        raise TrainingFailure(
            "target_modules_not_found",
            f"LoRA cannot be applied to “{base.name}”: {_first(error)}.",
            'Choose other target modules; "all-linear" fits every model.',
        ) from error
    peft.peft_config["default"].base_model_name_or_path = str(base.path)
    counts = [(p.numel(), p.requires_grad) for p in peft.parameters()]
    trainable = sum(count for count, is_trained in counts if is_trained)
    total = sum(count for count, _ in counts)
    return AdaptedModel(
        peft=peft,
        causal=peft.get_base_model(),
        parameters=total - trainable,
        trainable_parameters=trainable,
    )


def context_tokens(model_config: Any) -> int | None:
    found = getattr(model_config.get_text_config(), "max_position_embeddings", None)
    return found if isinstance(found, int) and found > 0 else None


def _check_folder(base: Named) -> None:
    remedy = "Choose the model again on the Models page."
    if not base.path.is_dir():
        message = f"The folder of the base model “{base.name}” is not there: {base.path}."
        raise TrainingFailure("model_missing", message, remedy)
    try:
        config = json.loads((base.path / "config.json").read_text("utf-8"))
        is_model = isinstance(config, dict) and "model_type" in config
    except (OSError, ValueError):
        is_model = False
    if not is_model:
        message = f"{base.path} is no model folder: its config.json is missing or damaged."
        raise TrainingFailure("model_unusable", message, remedy)
    if not any(base.path.glob("*.safetensors")):
        message = f"{base.path} has no safetensors weights; other kinds are never loaded."
        raise TrainingFailure("model_unusable", message, "Choose a safetensors version of it.")


def _first(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__).rstrip(".")
