"""Is the merged model what base model + adapter is? Asked of the logits, by way of PEFT.

The merging is ours (delta.py) and the comparison is PEFT's own forward pass, so a mistake in one
does not hide in the other. Computed in float32 where the memory is there for it: then all that is
left of a difference is the rounding of the merged weights to their 16 bits.
"""

from __future__ import annotations

import gc
import traceback
from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer

from ..failures import TrainingFailure
from .adapter_folder import Adapter
from .base_folder import Base
from .memory_need import compute_dtype
from .report import Progress

PROMPTS = (
    "The capital of France is Paris, and the river that flows through it is the",
    "Question: A farmer has 17 sheep and buys 25 more. How many sheep has he now?\nAnswer:",
    "def greatest_common_divisor(a: int, b: int) -> int:\n    while b:\n",
    "Écrivez une courte lettre à votre voisin : « Cher monsieur,",
)
# Largest difference of a logit, as a share of the largest logit, by the type of the weights.
_TOLERANCE = {"F32": 1e-4, "F16": 4e-3, "BF16": 3e-2}
# Computing in 16 bits rounds every activation too.
_COARSE = {"F32": 1e-4, "F16": 2e-2, "BF16": 8e-2}


@dataclass(frozen=True, kw_only=True)
class Loaded:
    model: Any
    missing: Set[str]
    unexpected: Set[str]


@torch.inference_mode()
def check_merged(base: Base, adapter: Adapter, folder: Path, progress: Progress) -> list[str]:
    """Returns what was found, in figures. Raises TrainingFailure when it is not the same model."""
    dtype = compute_dtype(base)
    progress.tell(0.0, "Checking: running the base model with the adapter")
    prompts = _prompt_ids(folder, int(base.text_config.get("vocab_size", 1000)))
    loaded = _load(base.folder, dtype)
    missing, unexpected = loaded.missing, loaded.unexpected
    model = PeftModel.from_pretrained(loaded.model, adapter.folder, torch_device="cpu").eval()
    adapted = _logits(model, prompts)
    with model.disable_adapter():
        plain = _logits(model, prompts)
    del model, loaded
    gc.collect()
    progress.tell(0.5, "Checking: running what was written")
    written = _load(folder, dtype)
    if lost := sorted((written.missing - missing) | (written.unexpected - unexpected)):
        raise _failed(f"weights are missing or too many, among them {lost[0]}")
    return _compare(base.dtype, dtype, plain, adapted, _logits(written.model, prompts))


def _compare(
    weights: str,
    dtype: torch.dtype,
    plain: torch.Tensor,
    adapted: torch.Tensor,
    merged: torch.Tensor,
) -> list[str]:
    """All three: (positions, vocabulary)."""
    largest = float(adapted.abs().max())
    share = (_TOLERANCE if dtype == torch.float32 else _COARSE)[weights]
    allowed = share * largest
    off = float((merged - adapted).abs().max())
    effect = float((plain - adapted).abs().max())
    same = int((merged.argmax(-1) == adapted.argmax(-1)).sum())
    figures = f"largest difference {off:.3g}, allowed {allowed:.3g}, largest logit {largest:.3g}"
    if not off <= allowed:  # so put, NaN fails too
        raise _failed(f"its logits are not those of base model + adapter ({figures})")
    # Rounding is a small part of the tolerance; an effect above that can be told from it.
    is_told = effect > allowed / 4
    if is_told and _rms(merged - adapted) > 0.7 * _rms(plain - adapted):
        raise _failed(f"its logits are no nearer to the adapter's than the base's are ({figures})")
    name = {torch.float32: "float32", torch.float16: "float16"}.get(dtype, "bfloat16")
    return [
        "The written model was loaded afresh and compared with base model + adapter on "
        f"{len(PROMPTS)} prompts, computed in {name}: {figures}.",
        f"The most likely next token is the same at {same} of {len(merged)} positions; "
        f"the adapter moves the base model's logits by up to {effect:.3g}"
        + ("." if is_told else ", too little to be told from rounding by this comparison."),
    ]


def _load(folder: Path, dtype: torch.dtype) -> Loaded:
    model, info = AutoModelForCausalLM.from_pretrained(
        folder,
        dtype=dtype,
        local_files_only=True,
        use_safetensors=True,
        trust_remote_code=False,
        output_loading_info=True,
    )
    return Loaded(
        model=model.eval(),
        missing=set(info["missing_keys"]),
        unexpected=set(info["unexpected_keys"]),
    )


def _prompt_ids(folder: Path, vocabulary: int) -> list[torch.Tensor]:
    try:
        tokenizer = AutoTokenizer.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False
        )
        found = [tokenizer(text, return_tensors="pt")["input_ids"] for text in PROMPTS]
        if all(ids.numel() > 0 and int(ids.max()) < vocabulary for ids in found):
            return found
    except Exception:  # whatever the many tokenizer formats raise
        traceback.print_exc()
    # A model without a tokenizer can be merged too; any tokens will do for a comparison.
    steps = torch.arange(24).unsqueeze(0)
    return [(steps * (31 + 7 * index) + index) % vocabulary for index in range(len(PROMPTS))]


def _logits(model: Any, prompts: list[torch.Tensor]) -> torch.Tensor:
    """(positions of all prompts, vocabulary), float32"""
    found = [model(input_ids=ids, use_cache=False).logits[0].float() for ids in prompts]
    return torch.cat(found)


def _rms(values: torch.Tensor) -> float:
    return float(values.square().mean().sqrt())


def _failed(why: str) -> TrainingFailure:
    return TrainingFailure(
        "check_failed",
        f"The merged model was not kept, because {why}.",
        "Check that this is the base model the adapter was trained on, then export again.",
    )
