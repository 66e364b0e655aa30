"""config.json of a run, checked and frozen. The field names are the contract's."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .failures import TrainingFailure
from .formats import FIRST_FIELD


@dataclass(frozen=True, kw_only=True)
class Hyperparameters:
    method: str
    quantization: str
    rank: int
    alpha: float
    dropout: float
    target_modules: str | tuple[str, ...]
    learning_rate: float
    schedule: str
    warmup_share: float
    warmup_steps: int | None
    weight_decay: float
    max_gradient_norm: float
    batch_size: int
    gradient_accumulation_steps: int
    epochs: float
    max_steps: int | None
    max_sequence_tokens: int
    long_rows: str
    packing: str
    validation_share: float
    evaluate_every_steps: int | None
    checkpoint_every_steps: int | None
    early_stopping_patience: int | None
    adapter_from: str
    sample_prompts: tuple[str, ...]
    sample_every_steps: int | None
    sample_max_tokens: int
    gradient_checkpointing: bool
    precision: str
    compile: bool
    deterministic: bool
    parallelism: str
    seed: int


@dataclass(frozen=True, kw_only=True)
class Named:
    name: str
    path: Path


@dataclass(frozen=True, kw_only=True)
class Dataset(Named):
    format: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class RunConfig:
    run: str
    name: str
    app_version: str
    base_model: Named
    dataset: Dataset
    hyperparameters: Hyperparameters
    # "cpu" or "cuda"; which GPUs is the runner's business (CUDA_VISIBLE_DEVICES).
    device_kind: str
    device_count: int

    def fingerprint(self, processes: int = 1) -> str:
        """Equal for two attempts exactly when the second may go on from the first's checkpoints."""
        # Left out where they do nothing: runs of before they existed can still be resumed.
        hyper = {
            name: value
            for name, value in asdict(self.hyperparameters).items()
            if name not in _LATER_FIELDS or value not in (_LATER_FIELDS[name], ())
        }
        facts: dict[str, Any] = {
            "base_model": str(self.base_model.path),
            "dataset": [self.dataset.sha256, self.dataset.format],
            "hyperparameters": hyper,
        }
        if processes > 1:
            # A step has as many micro-batches as processes, so its number means other rows.
            facts["processes"] = processes
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


class _Reader:
    """Takes fields out of an object and names the path of the one that is wrong."""

    def __init__(self, value: Any, path: str) -> None:
        if not isinstance(value, dict):
            raise _bad(f"`{path}` is not an object")
        self._value = value
        self._path = path

    def with_defaults(self, defaults: dict[str, Any]) -> _Reader:
        return _Reader({**defaults, **self._value}, self._path)

    def _get(self, key: str) -> Any:
        if key not in self._value:
            raise _bad(f"`{self._path}.{key}` is missing")
        return self._value[key]

    def child(self, key: str) -> _Reader:
        return _Reader(self._get(key), f"{self._path}.{key}")

    def text(self, key: str, choices: tuple[str, ...] = (), pattern: str | None = None) -> str:
        value = self._get(key)
        if not isinstance(value, str) or (choices and value not in choices):
            raise _bad(f"`{self._path}.{key}` must be {' or '.join(choices) or 'text'}")
        if pattern is not None and re.fullmatch(pattern, value) is None:
            raise _bad(f"`{self._path}.{key}` does not look right: {value!r}")
        return value

    def number(self, key: str, low: float, high: float) -> float:
        value = self._get(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _bad(f"`{self._path}.{key}` must be a number")
        if not low <= value <= high:
            raise _bad(f"`{self._path}.{key}` is {value}, outside of {low} to {high}")
        return float(value)

    def integer(self, key: str, low: int, high: int) -> int:
        value = self.number(key, low, high)
        if not value.is_integer():
            raise _bad(f"`{self._path}.{key}` must be a whole number")
        return int(value)

    def integer_or_null(self, key: str, low: int = 1) -> int | None:
        return None if self._get(key) is None else self.integer(key, low, 2**53)

    def flag(self, key: str) -> bool:
        value = self._get(key)
        if not isinstance(value, bool):
            raise _bad(f"`{self._path}.{key}` must be true or false")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._get(key)
        if isinstance(value, list) and all(isinstance(text, str) and text for text in value):
            return tuple(value)
        raise _bad(f"`{self._path}.{key}` must be a list of texts")

    def modules(self, key: str) -> str | tuple[str, ...]:
        value = self._get(key)
        if value == "all-linear":
            return "all-linear"
        if isinstance(value, list) and value and all(isinstance(name, str) for name in value):
            return tuple(value)
        raise _bad(f'`{self._path}.{key}` must be "all-linear" or a list of module names')

    def length(self, key: str) -> int:
        value = self._get(key)
        if not isinstance(value, list) or not value:
            raise _bad(f"`{self._path}.{key}` must be a list that is not empty")
        return len(value)


def _bad(what: str) -> TrainingFailure:
    return TrainingFailure(
        "bad_config",
        f"config.json of the run cannot be used: {what}.",
        "Start the run again from the app, which writes this file anew.",
    )


def read_run_id(folder: Path) -> str | None:
    """The run's id, even out of a config.json that is otherwise unusable."""
    try:
        return str(uuid.UUID(json.loads((folder / "config.json").read_text("utf-8"))["run"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def read_config(folder: Path) -> RunConfig:
    """Raises TrainingFailure `bad_config`."""
    try:
        content = json.loads((folder / "config.json").read_text("utf-8"))
    except OSError as error:
        raise _bad(f"it cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise _bad(f"it is not JSON ({error})") from error
    top = _Reader(content, "config")
    if content.get("v") != 1:
        raise _bad(f"its version is {content.get('v')!r}, this trainer knows version 1")
    model, data, device = top.child("base_model"), top.child("dataset"), top.child("device")
    kind = device.text("kind", ("cpu", "cuda"))
    return RunConfig(
        run=top.text("run", pattern=r"[0-9a-fA-F-]{36}"),
        name=top.text("name"),
        app_version=top.text("app_version"),
        base_model=Named(name=model.text("name"), path=Path(model.text("path"))),
        dataset=Dataset(
            name=data.text("name"),
            path=Path(data.text("path")),
            format=data.text("format", tuple(FIRST_FIELD)),
            sha256=data.text("sha256", pattern=r"[0-9a-f]{64}"),
        ),
        hyperparameters=_hyperparameters(top.child("hyperparameters").with_defaults(_LATER_FIELDS)),
        device_kind=kind,
        device_count=device.length("uuids") if kind == "cuda" else 0,
    )


# Of the fields that came later: a run that was begun before goes on as it was begun.
_LATER_FIELDS = {
    "quantization": "none",
    "warmup_steps": None,
    "packing": "off",
    "early_stopping_patience": None,
    "adapter_from": "last",
    "sample_prompts": [],
    "sample_every_steps": None,
    "sample_max_tokens": 128,
    "compile": False,
    "deterministic": False,
    "parallelism": "auto",
}


def _hyperparameters(read: _Reader) -> Hyperparameters:
    return Hyperparameters(
        method=read.text("method", ("lora", "rslora", "dora")),
        quantization=read.text("quantization", ("none", "nf4")),
        rank=read.integer("rank", 1, 1024),
        alpha=read.number("alpha", 1e-9, 4096),
        dropout=read.number("dropout", 0, 0.9),
        target_modules=read.modules("target_modules"),
        learning_rate=read.number("learning_rate", 1e-12, 1),
        schedule=read.text("schedule", ("cosine", "linear", "constant")),
        warmup_share=read.number("warmup_share", 0, 1),
        warmup_steps=read.integer_or_null("warmup_steps", 0),
        weight_decay=read.number("weight_decay", 0, 1),
        max_gradient_norm=read.number("max_gradient_norm", 1e-9, float("inf")),
        batch_size=read.integer("batch_size", 1, 4096),
        gradient_accumulation_steps=read.integer("gradient_accumulation_steps", 1, 4096),
        epochs=read.number("epochs", 1e-6, 1000),
        max_steps=read.integer_or_null("max_steps"),
        max_sequence_tokens=read.integer("max_sequence_tokens", 8, 1_048_576),
        long_rows=read.text("long_rows", ("drop", "truncate", "split")),
        packing=read.text("packing", ("auto", "on", "off")),
        validation_share=read.number("validation_share", 0, 0.5),
        evaluate_every_steps=read.integer_or_null("evaluate_every_steps"),
        checkpoint_every_steps=read.integer_or_null("checkpoint_every_steps"),
        early_stopping_patience=read.integer_or_null("early_stopping_patience"),
        adapter_from=read.text("adapter_from", ("last", "best")),
        sample_prompts=read.texts("sample_prompts"),
        sample_every_steps=read.integer_or_null("sample_every_steps"),
        sample_max_tokens=read.integer("sample_max_tokens", 1, 2048),
        gradient_checkpointing=read.flag("gradient_checkpointing"),
        precision=read.text("precision", ("auto", "bf16", "fp16", "fp32")),
        compile=read.flag("compile"),
        deterministic=read.flag("deterministic"),
        parallelism=read.text("parallelism", ("auto", "data", "sharded")),
        seed=read.integer("seed", 0, 2_147_483_647),
    )
