"""The base model and its LoRA layers on the device of the run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from peft.tuners.lora import LoraLayer
from transformers import AutoModelForCausalLM, PreTrainedModel

from .config import Hyperparameters, Named
from .device import Device
from .failures import TrainingFailure
from .lora_targets import check_targets
from .model_files import ModelFiles, check_model_files
from .quantization import keep_weights_as_they_are, quantization_config
from .sharding import bytes_on_one_device, is_to_be_sharded, model_shape, shard_frozen
from .world import SINGLE, World

Warn = Callable[[str, str], None]


@dataclass(frozen=True, kw_only=True)
class AdaptedModel:
    peft: PeftModel
    causal: PreTrainedModel  # the base model with the LoRA layers inside
    parameters: int
    trainable_parameters: int
    # Every forward and backward must then be made by all processes together.
    is_sharded: bool = False

    def trainable(self) -> list[torch.nn.Parameter]:
        return [parameter for parameter in self.peft.parameters() if parameter.requires_grad]


def build_model(
    base: Named,
    hyper: Hyperparameters,
    device: Device,
    model_config: Any,
    warn: Warn,
    *,
    attention: str = "sdpa",
    world: World = SINGLE,
) -> AdaptedModel:
    """Draws the LoRA layers' first values from torch's generator; with several processes those of
    the first are taken. `model_config` is the model's own, as AutoConfig reads it.

    Raises TrainingFailure when the model cannot be used as asked.
    """
    files = check_model_files(base)
    is_sharded = _choose_sharding(files, model_config, hyper, device, world, warn)
    home = torch.device("cpu") if is_sharded else device.torch_device
    model = add_lora(load_base(base, hyper, device, home, attention), base, hyper, warn)
    if is_sharded:
        shard_frozen(model.peft, model.causal, device, world)
    world.copy_from_first(model.trainable())
    return replace(model, is_sharded=is_sharded)


def _choose_sharding(
    files: ModelFiles,
    model_config: Any,
    hyper: Hyperparameters,
    device: Device,
    world: World,
    warn: Warn,
) -> bool:
    if world.size == 1:
        return False
    is_quantized = hyper.quantization != "none"
    if is_quantized and hyper.parallelism == "sharded":
        warn("not_sharded", "A 4-bit base is not sharded: each process holds a whole copy of it.")
    available = None
    if device.torch_device.type == "cuda":
        available = torch.cuda.mem_get_info(device.torch_device)[0]
    needed = bytes_on_one_device(model_shape(files, model_config), hyper, device.precision)
    # The devices may differ in what is free.
    return world.any(
        is_to_be_sharded(
            hyper.parallelism,
            processes=world.size,
            is_quantized=is_quantized,
            needed=needed,
            available=available,
        )
    )


def load_base(
    base: Named, hyper: Hyperparameters, device: Device, home: torch.device, attention: str
) -> PreTrainedModel:
    """In the precision of `device`, on `home`."""
    is_quantized = hyper.quantization != "none"
    options: dict[str, Any] = {}
    if is_quantized:
        options["quantization_config"] = quantization_config(hyper, base, device)
    if is_quantized or home.type == "cuda":
        options["device_map"] = {"": home}
    try:
        model, loading = AutoModelForCausalLM.from_pretrained(
            base.path,
            dtype=device.dtype,
            local_files_only=True,
            use_safetensors=True,
            trust_remote_code=False,
            attn_implementation=attention,
            output_loading_info=True,
            **options,
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
    missing = sorted(loading["missing_keys"])
    if missing:
        # transformers would go on with random values in their place.
        raise TrainingFailure(
            "model_unusable",
            f"The weights of “{base.name}” in {base.path} lack {len(missing)} of the model's "
            f"tensors, the first is {missing[0]}.",
            "Check that config.json and the weights are of one model, or download it again.",
        )
    keep_weights_as_they_are(model)
    return model


def add_lora(
    model: PreTrainedModel, base: Named, hyper: Hyperparameters, warn: Warn
) -> AdaptedModel:
    """Raises TrainingFailure when the named modules are not in the model or take no LoRA layers.

    The LoRA layers are float32 also where the base is not: 16 bits lose small updates. Of a 4-bit
    base nothing is cast up: checkpointing without reentry needs no gradient at the input, and
    under autocast norms are computed in float32 as it is. With 16 bits the model is to be called
    under autocast only.
    """
    check_targets(model, base, hyper.target_modules, warn)
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
    # Weights in 4 bits are kept two to a byte.
    count = sum(p.numel() * (2 if p.dtype == torch.uint8 else 1) for p in model.parameters())
    try:
        peft = get_peft_model(model, lora, autocast_adapter_dtype=True)
    except ValueError as error:
        raise TrainingFailure(
            "target_modules_not_found",
            f"LoRA cannot be applied to “{base.name}”: {_first(error)}.",
            'Choose other target modules; "all-linear" fits every model.',
        ) from error
    peft.peft_config["default"].base_model_name_or_path = str(base.path)
    if hyper.method != "dora":
        _leave_casts_to_autocast(peft)
    return AdaptedModel(
        peft=peft,
        causal=peft.get_base_model(),
        parameters=count,
        trainable_parameters=sum(p.numel() for p in peft.parameters() if p.requires_grad),
    )


def _leave_casts_to_autocast(peft: PeftModel) -> None:
    """PEFT would cast a layer's 16-bit input up, autocast it down again: two more copies to keep.

    Not for DoRA, which reckons the lengths of the weights in the precision of the input.
    """
    for module in peft.modules():
        if isinstance(module, LoraLayer):
            module.cast_input_dtype_enabled = False


def _first(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__).rstrip(".")
