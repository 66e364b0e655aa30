"""A base model on disk: which tensor is in which safetensors file, of what shape and type."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open

from ..failures import TrainingFailure

INDEX_FILE = "model.safetensors.index.json"
_BYTES = {"F32": 4, "BF16": 2, "F16": 2}


@dataclass(frozen=True, kw_only=True)
class StoredTensor:
    file: str
    shape: tuple[int, ...]
    dtype: str  # safetensors' names: F32, F16, BF16


@dataclass(frozen=True, kw_only=True)
class Base:
    folder: Path
    config: Mapping[str, Any]
    tensors: Mapping[str, StoredTensor]

    @cached_property
    def files(self) -> list[str]:
        return sorted({tensor.file for tensor in self.tensors.values()})

    @cached_property
    def weight_bytes(self) -> int:
        return sum((self.folder / name).stat().st_size for name in self.files)

    @cached_property
    def dtype(self) -> str:
        """The type that most of the weights have."""
        totals: dict[str, int] = {}
        for tensor in self.tensors.values():
            totals[tensor.dtype] = totals.get(tensor.dtype, 0) + _size(tensor.shape)
        return max(totals, key=lambda name: totals[name])

    @cached_property
    def parameters(self) -> int:
        return sum(_size(tensor.shape) for tensor in self.tensors.values())

    @property
    def text_config(self) -> Mapping[str, Any]:
        found = self.config.get("text_config")
        return found if isinstance(found, dict) else self.config

    @property
    def is_tied(self) -> bool:
        """True when the output head is the embedding: then no tensor of its own is stored."""
        for config in (self.config, self.text_config):
            if isinstance(config.get("tie_word_embeddings"), bool):
                return config["tie_word_embeddings"]
        return "lm_head.weight" not in self.tensors


def read_base_config(folder: Path) -> Mapping[str, Any]:
    """Raises TrainingFailure when the folder is not a model's."""
    if not folder.is_dir():
        raise TrainingFailure(
            "base_missing",
            f"The folder of the base model is not there: {folder}.",
            "Put the base model back, or add it again on the Models page.",
        )
    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
        is_model = isinstance(config, dict) and "model_type" in config
    except (OSError, ValueError):
        is_model = False
    if not is_model:
        raise _unusable(folder, "its config.json is missing or damaged")
    return config


def read_base_folder(folder: Path) -> Base:
    """Raises TrainingFailure when its weights are missing, damaged or quantised."""
    config = read_base_config(folder)
    if config.get("quantization_config"):
        kind = config["quantization_config"]
        method = kind.get("quant_method") if isinstance(kind, dict) else None
        raise _quantised(folder, f"({method})" if method else "")
    tensors: dict[str, StoredTensor] = {}
    for name in _weight_files(folder):
        try:
            with safe_open(folder / name, "pt") as file:
                for key in file.keys():  # noqa: SIM118
                    part = file.get_slice(key)
                    tensors[key] = StoredTensor(
                        file=name, shape=tuple(part.get_shape()), dtype=part.get_dtype()
                    )
        except FileNotFoundError as error:
            raise _unusable(folder, f"its file {name} is missing") from error
        except (OSError, SafetensorError) as error:
            raise _unusable(folder, f"its file {name} is damaged ({error})") from error
    base = Base(folder=folder, config=config, tensors=tensors)
    if not tensors or base.dtype not in _BYTES:
        raise _quantised(folder, f"(its weights are {base.dtype})" if tensors else "")
    return base


def _weight_files(folder: Path) -> list[str]:
    index = folder / INDEX_FILE
    if index.is_file():
        try:
            return sorted(set(json.loads(index.read_text("utf-8"))["weight_map"].values()))
        except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
            raise _unusable(folder, f"its {INDEX_FILE} is damaged") from error
    if (folder / "model.safetensors").is_file():
        return ["model.safetensors"]
    raise _unusable(folder, "it has no model.safetensors; other kinds of weights are never loaded")


def _size(shape: tuple[int, ...]) -> int:
    size = 1
    for length in shape:
        size *= length
    return size


def _unusable(folder: Path, reason: str) -> TrainingFailure:
    return TrainingFailure(
        "base_unusable",
        f"The base model in {folder} cannot be used: {reason}.",
        "Choose a whole copy of the base model: config.json and all its safetensors files.",
    )


def _quantised(folder: Path, what: str) -> TrainingFailure:
    return TrainingFailure(
        "base_quantised",
        f"The base model in {folder} is quantised {what}".rstrip()
        + "; an adapter is merged only into 16-bit or 32-bit weights.",
        "Choose the original model that the quantised one was made from as the base.",
    )
