"""README.md of an adapter: what it is, what it was made from and how, in numbers."""

from __future__ import annotations

from dataclasses import asdict

from .adapter import WEIGHTS_FILE
from .config import RunConfig
from .device import Device
from .model import AdaptedModel
from .packages import package_versions
from .position import Position

_USE = f"""The folder holds `{WEIGHTS_FILE}`, `adapter_config.json` and the tokenizer.

```python
from peft import AutoPeftModelForCausalLM
from transformers import AutoTokenizer

model = AutoPeftModelForCausalLM.from_pretrained("path/of/this/folder")
tokenizer = AutoTokenizer.from_pretrained("path/of/this/folder")
```"""


def model_card(
    config: RunConfig,
    position: Position,
    model: AdaptedModel,
    device: Device,
    summary: dict[str, int],
    *,
    adapter_step: int,
) -> str:
    hyper = asdict(config.hyperparameters)
    data = {
        "SHA-256 of the dataset": f"`{config.dataset.sha256}`",
        "Training rows": f"{summary['train_rows']:,}",
        "Validation rows": f"{summary['validation_rows']:,}",
        "Rows left out": f"{summary['rejected']:,} malformed, "
        f"{summary['duplicates_removed']:,} duplicates, {summary['without_labels']:,} with nothing "
        f"to learn, {summary['dropped_too_long']:,} too long; {summary['truncated']:,} truncated"
        + (f", {summary['split']:,} split" if summary.get("split") else ""),
        "Tokens seen": f"{position.tokens:,} ({position.label_tokens:,} learnt from)",
        "Steps": f"{position.step:,} ({position.epoch:.2f} epochs)",
    }
    result = {
        "First training loss": _loss(position.first_loss),
        "Last training loss": _loss(position.last_loss),
        "Last validation loss": _loss(position.validation_loss),
        "Best validation loss": _loss(position.best_loss)
        + (f" (step {position.best_step:,})" if position.best_step is not None else ""),
        "Weights of step": f"{adapter_step:,}",
    }
    settings = {name.replace("_", " "): _inline(str(value)) for name, value in hyper.items()}
    settings["trainable parameters"] = f"{model.trainable_parameters:,}"
    settings["base parameters"] = f"{model.parameters:,}"
    settings["device"] = f"{_inline(device.name)}, {device.precision}"
    versions = package_versions(config.hyperparameters.quantization)
    versions["lora-desk"] = config.app_version
    parts = [
        f"---\nlibrary_name: peft\nbase_model: {_quoted(str(config.base_model.path))}\n"
        "tags: [lora]\n---",
        f"# {_inline(config.name)}",
        f"A {hyper['method']} adapter for **{_inline(config.base_model.name)}**, trained on "
        f"**{_inline(config.dataset.name)}**.",
        "No licence has been chosen: whoever shares this adapter sets it, within what the base "
        "model's and the dataset's licences allow.",
        f"## Data\n\n{_table(data)}",
        f"## Result\n\n{_table(result)}",
        f"## Settings\n\n{_table(settings)}",
        f"## Versions\n\n{_table(versions)}",
        f"## Use\n\n{_USE}",
    ]
    return "\n\n".join(parts) + "\n"


def _table(cells: dict[str, str]) -> str:
    rows = (f"| {name} | {value} |" for name, value in cells.items())
    return "\n".join(["| | |", "|---|---|", *rows])


def _loss(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"


def _inline(text: str) -> str:
    """Names come from people and files: no mark-up, no table cell, no line break."""
    escaped = "".join(f"\\{char}" if char in "\\`*_[]<>|#" else char for char in text)
    return " ".join(escaped.split())


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
