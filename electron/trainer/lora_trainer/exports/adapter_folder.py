"""A PEFT adapter on disk: its settings and its low-rank pairs, read without building a model."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from ..failures import TrainingFailure

CONFIG_FILE = "adapter_config.json"
WEIGHTS_FILE = "adapter_model.safetensors"
_PREFIX = "base_model.model."
_PART = re.compile(
    r"(?P<module>.+)\.(?P<part>lora_A|lora_B|lora_embedding_A|lora_embedding_B|"
    r"lora_magnitude_vector)(?:\.weight)?\Z"
)
# Settings under which a weight is more than base + scale × B × A; PEFT itself must merge those.
_UNUSUAL = (
    "layer_replication",
    "target_parameters",
    "trainable_token_indices",
    "alora_invocation_tokens",
    "use_qalora",
    "use_bdlora",
    "arrow_config",
)


@dataclass(frozen=True, kw_only=True)
class LowRank:
    """One adapted layer: W becomes W + scale × b @ a, and with DoRA each row is renormed."""

    module: str  # as in the base model: model.layers.0.self_attn.q_proj
    a: torch.Tensor  # (rank, in), float32
    b: torch.Tensor  # (out, rank), float32
    scale: float
    magnitude: torch.Tensor | None  # (out,), DoRA only
    is_embedding: bool

    @property
    def rank(self) -> int:
        return self.a.shape[0]

    @property
    def alpha(self) -> float:
        """What scale × rank is: alpha for LoRA, alpha × √rank for rsLoRA."""
        return self.scale * self.rank


@dataclass(frozen=True, kw_only=True)
class Adapter:
    folder: Path
    config: Mapping[str, Any]
    layers: tuple[LowRank, ...]
    other_tensors: tuple[str, ...]  # saved modules, biases: no low-rank pairs

    @property
    def is_dora(self) -> bool:
        return bool(self.config.get("use_dora"))

    @property
    def is_rslora(self) -> bool:
        return bool(self.config.get("use_rslora"))

    @property
    def method(self) -> str:
        return "DoRA" if self.is_dora else "rsLoRA" if self.is_rslora else "LoRA"

    @property
    def saved_modules(self) -> list[str]:
        return list(self.config.get("modules_to_save") or [])

    @property
    def has_bias(self) -> bool:
        return self.config.get("bias", "none") != "none" or bool(self.config.get("lora_bias"))

    @property
    def is_plain(self) -> bool:
        """True when its low-rank pairs are all there is to it."""
        # PiSSA and its like change the base weights too, unless they were converted when saved.
        is_usual_start = self.config.get("init_lora_weights", True) in (True, False, "gaussian")
        is_usual = not any(self.config.get(name) for name in _UNUSUAL)
        return is_usual_start and is_usual and not self.other_tensors and not self.has_bias


def read_adapter_folder(folder: Path) -> Adapter:
    """Raises TrainingFailure when the folder holds no LoRA adapter that can be read."""
    config = _read_config(folder)
    try:
        tensors = load_file(folder / WEIGHTS_FILE)
    except FileNotFoundError as error:
        raise _unusable(folder, f"{WEIGHTS_FILE} is missing") from error
    except (OSError, SafetensorError) as error:
        raise _unusable(folder, f"{WEIGHTS_FILE} cannot be read ({error})") from error
    parts: dict[str, dict[str, torch.Tensor]] = {}
    others = []
    for name, tensor in tensors.items():
        match = _PART.match(name.removeprefix(_PREFIX))
        if match is None:
            others.append(name)
        else:
            parts.setdefault(match["module"], {})[match["part"]] = tensor.float()
    if not parts:
        raise _unusable(folder, f"{WEIGHTS_FILE} has no LoRA weights")
    layers = tuple(_layer(folder, config, module, parts[module]) for module in sorted(parts))
    return Adapter(folder=folder, config=config, layers=layers, other_tensors=tuple(sorted(others)))


def _layer(
    folder: Path, config: Mapping[str, Any], module: str, parts: dict[str, torch.Tensor]
) -> LowRank:
    is_embedding = "lora_embedding_A" in parts
    kind = "lora_embedding" if is_embedding else "lora"
    a, b = parts.get(f"{kind}_A"), parts.get(f"{kind}_B")
    if a is None or b is None or a.dim() != 2 or b.dim() != 2 or a.shape[0] != b.shape[1]:
        raise _unusable(folder, f"the LoRA weights of {module} are no whole pair")
    alpha = float(_for_module(config.get("alpha_pattern"), module, config.get("lora_alpha", 8)))
    rank = a.shape[0]
    return LowRank(
        module=module,
        a=a,
        b=b,
        scale=alpha / math.sqrt(rank) if config.get("use_rslora") else alpha / rank,
        magnitude=parts.get("lora_magnitude_vector"),
        is_embedding=is_embedding,
    )


def _for_module(patterns: Mapping[str, Any] | None, module: str, otherwise: Any) -> Any:
    """PEFT's rule: the first pattern that the module's name, or the end of it, matches."""
    for pattern, value in (patterns or {}).items():
        if re.match(rf"(.*\.)?({pattern})$", module):
            return value
    return otherwise


def _read_config(folder: Path) -> Mapping[str, Any]:
    if not folder.is_dir():
        raise TrainingFailure(
            "adapter_missing",
            f"The adapter's folder is not there: {folder}.",
            "Choose the adapter again; if its run folder was moved or deleted, train it again.",
        )
    try:
        config = json.loads((folder / CONFIG_FILE).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise _unusable(folder, f"{CONFIG_FILE} is missing or damaged") from error
    if not isinstance(config, dict) or config.get("peft_type") != "LORA":
        raise _unusable(folder, f"{CONFIG_FILE} is not that of a LoRA adapter")
    return config


def _unusable(folder: Path, reason: str) -> TrainingFailure:
    return TrainingFailure(
        "adapter_unusable",
        f"{folder} cannot be exported: {reason}.",
        f"Choose a folder with {CONFIG_FILE} and {WEIGHTS_FILE} as training wrote them.",
    )
