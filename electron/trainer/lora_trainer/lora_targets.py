"""Which modules of the base model get LoRA layers, checked before PEFT is asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import torch
from transformers import PreTrainedModel

from .config import Named
from .failures import TrainingFailure

Warn = Callable[[str, str], None]
_NUMBER = re.compile(r"\.\d+\.")
_SHOWN = 12


def check_targets(
    model: PreTrainedModel, base: Named, targets: str | tuple[str, ...], warn: Warn
) -> None:
    """Raises TrainingFailure for a name that matches nothing: PEFT would pass over it in silence.

    A name matches the modules whose path is it or ends with it, as PEFT has it.
    """
    if isinstance(targets, str):
        return
    paths = [path for path, _ in model.named_modules() if path]
    unmatched = [target for target in targets if not _matching(paths, target)]
    if unmatched:
        word = "modules" if len(unmatched) > 1 else "module"
        raise TrainingFailure(
            "target_modules_not_found",
            f"“{base.name}” has no {word} named {', '.join(unmatched)}.",
            f'Choose "all-linear", or from: {_names(linear_names(model))}.',
        )
    for target in targets:
        _tell_of_gaps(paths, target, warn)
    if _has_tied_embeddings(model) and _hits_embeddings(model, targets):
        warn(
            "embeddings_tied",
            f"“{base.name}” uses one matrix as input embedding and output head; the adapter "
            "changes only what is named. It cannot be merged into a model that keeps them tied.",
        )


def linear_names(model: PreTrainedModel) -> list[str]:
    """The last part of the paths of all linear layers, which is how they are named as targets."""
    found = {
        path.rpartition(".")[2]
        for path, module in model.named_modules()
        if isinstance(module, torch.nn.Linear)
    }
    return sorted(found)


def _matching(paths: Iterable[str], target: str) -> list[str]:
    return [path for path in paths if path == target or path.endswith(f".{target}")]


def _tell_of_gaps(paths: list[str], target: str, warn: Warn) -> None:
    """Hybrid models have some modules in some of their layers only; who names one should know."""
    matches = _matching(paths, target)
    found = [(match, _NUMBER.search(match)) for match in matches]
    stacks = {match[: number.start()] for match, number in found if number is not None}
    for stack in sorted(stacks):
        layers = {_layer(path, stack) for path in paths} - {None}
        hit = {_layer(match, stack) for match in matches} - {None}
        if len(hit) < len(layers):
            message = f"{target} is in {len(hit)} of the {len(layers)} layers of {stack} only."
            warn("target_modules_in_some_layers", message)


def _layer(path: str, stack: str) -> str | None:
    """The number of the layer of the stack that the path lies in."""
    if not path.startswith(f"{stack}."):
        return None
    part = path[len(stack) + 1 :].split(".")[0]
    return part if part.isdigit() else None


def _has_tied_embeddings(model: PreTrainedModel) -> bool:
    head, embedding = model.get_output_embeddings(), model.get_input_embeddings()
    return head is not None and getattr(head, "weight", 0) is getattr(embedding, "weight", 1)


def _hits_embeddings(model: PreTrainedModel, targets: tuple[str, ...]) -> bool:
    ends = (model.get_input_embeddings(), model.get_output_embeddings())
    paths = [path for path, module in model.named_modules() if module in ends]
    return any(_matching(paths, target) for target in targets)


def _names(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
