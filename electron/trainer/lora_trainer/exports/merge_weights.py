"""Writes the merged weights: file by file where a plan is there, else the model as a whole."""

from __future__ import annotations

import json
from pathlib import Path

import torch

from .adapter_folder import Adapter
from .base_folder import INDEX_FILE, Base
from .delta import merged_weight
from .merge_plan import MergePlan
from .report import Progress
from .rewrite_weights import rewrite_weights

_HEAD = "lm_head.weight"
_DTYPES = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}


def merge_files(base: Base, plan: MergePlan, folder: Path, progress: Progress) -> None:
    """Holds one weight of the base in memory at a time. Names, types and files stay the base's."""

    def merged(name: str, tensor: torch.Tensor) -> torch.Tensor:
        layer = plan.layers.get(name)
        if layer is None:
            return tensor
        return merged_weight(tensor, layer, is_transposed=plan.is_transposed)

    done = 0
    for file in base.files:

        def tell(count: int, file: str = file) -> None:
            nonlocal done
            done += count
            progress.tell(done / base.weight_bytes, f"Merging {file}")

        is_head_here = plan.head_from is not None and base.tensors[plan.head_from].file == file
        rewrite_weights(
            base.folder / file,
            folder / file,
            merged,
            copies={_HEAD: plan.head_from} if is_head_here and plan.head_from else {},
            # Where the head is parted, a stored copy of the embedding under its name is not kept.
            left_out=frozenset([_HEAD]) if plan.head_from else frozenset(),
            tell=tell,
        )
    _write_index(base, plan, folder)
    _write_config(base, plan, folder)


def _write_index(base: Base, plan: MergePlan, folder: Path) -> None:
    if not (base.folder / INDEX_FILE).is_file():
        return
    index = json.loads((base.folder / INDEX_FILE).read_text("utf-8"))
    if plan.head_from is not None:
        index["weight_map"][_HEAD] = base.tensors[plan.head_from].file
        # What it says of the total is not read by anything and would be wrong now.
        index.pop("metadata", None)
    (folder / INDEX_FILE).write_text(json.dumps(index, indent=2) + "\n", "utf-8")


def _write_config(base: Base, plan: MergePlan, folder: Path) -> None:
    config = dict(base.config)
    if plan.head_from is not None:
        config["tie_word_embeddings"] = False
        if isinstance(config.get("text_config"), dict):
            config["text_config"] = {**config["text_config"], "tie_word_embeddings": False}
    text = json.dumps(config, ensure_ascii=False, indent=2) + "\n"
    (folder / "config.json").write_text(text, "utf-8")


def merge_whole(base: Base, adapter: Adapter, folder: Path, progress: Progress) -> None:
    """PEFT merges the whole model in float32: 4 bytes a parameter."""
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    progress.tell(0.0, "Loading the whole base model")
    model = AutoModelForCausalLM.from_pretrained(
        base.folder,
        dtype=torch.float32,
        local_files_only=True,
        use_safetensors=True,
        trust_remote_code=False,
    )
    progress.tell(0.4, "Merging")
    merged = PeftModel.from_pretrained(model, adapter.folder, torch_device="cpu").merge_and_unload(
        safe_merge=True
    )
    merged = merged.to(_DTYPES[base.dtype])
    progress.tell(0.7, "Writing the merged model")
    merged.save_pretrained(folder)
