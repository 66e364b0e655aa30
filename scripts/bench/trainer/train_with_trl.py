"""`python train_with_trl.py --task FILE`: TRL's SFTTrainer on the task that our trainer is given.

Writes result.json into the task's folder: the time and the tokens of each step, peak memory, what
was learnt from. The adapter goes to `adapter/` there. Its settings are those of `lora.json`, the
rest is what TRL's documentation recommends; see VARIANTS.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from pathlib import Path
from typing import Any

import row_file
import torch
from datasets import Dataset
from peft import LoraConfig
from transformers import AutoTokenizer, TrainerCallback
from trl import SFTConfig, SFTTrainer

VARIANTS: dict[str, dict[str, Any]] = {
    # What SFTConfig does when nothing is said.
    "padding": {"train_sampling_strategy": "random"},
    # Rows of about the same length together: hardly any padding.
    "by_length": {"train_sampling_strategy": "group_by_length"},
    # Several rows in a sequence of max_length; the batch is one long sequence without padding.
    "packing": {"packing": True, "packing_strategy": "bfd"},
}


class Clock(TrainerCallback):
    """When each step ended and how many tokens, without padding, had been trained on by then."""

    def __init__(self) -> None:
        self.trainer: SFTTrainer | None = None
        self.steps: list[dict[str, float]] = []

    def on_step_end(self, *_: Any, **__: Any) -> None:
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        tokens = int(self.trainer._total_train_tokens)
        self.steps.append({"ts": time.time(), "tokens": tokens})


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--task", type=Path, required=True)
    task = json.loads(parser.parse_args().task.read_text("utf-8"))
    folder, hyper = Path(task["folder"]), task["hyperparameters"]
    is_cuda = task["device"] == "cuda"
    dtype = "bfloat16" if hyper["precision"] == "bf16" else "float32"
    tokenizer = AutoTokenizer.from_pretrained(task["model"])
    chats = [row_file.chat(row) for row in row_file.read(Path(task["rows"]))]
    clock = Clock()
    batch_size, max_length = hyper["batch_size"], hyper["max_sequence_tokens"]
    if task["variant"] == "packing":
        # One sequence as long as a batch of our rows is on average: as many tokens in each step.
        encoded = tokenizer.apply_chat_template(chats)["input_ids"]
        rows_tokens = batch_size * sum(len(ids) for ids in encoded) / len(encoded)
        batch_size, max_length = 1, max(max_length, round(rows_tokens))
    trainer = SFTTrainer(
        model=task["model"],
        args=SFTConfig(
            output_dir=str(folder / "output"),
            model_init_kwargs={"dtype": dtype, "attn_implementation": "sdpa"},
            use_cpu=not is_cuda,
            bf16=hyper["precision"] == "bf16",
            assistant_only_loss=True,
            max_length=max_length,
            per_device_train_batch_size=batch_size,
            gradient_accumulation_steps=hyper["gradient_accumulation_steps"],
            max_steps=hyper["max_steps"],
            learning_rate=hyper["learning_rate"],
            lr_scheduler_type=hyper["schedule"],
            warmup_steps=math.ceil(hyper["warmup_share"] * hyper["max_steps"]),
            weight_decay=hyper["weight_decay"],
            max_grad_norm=hyper["max_gradient_norm"],
            gradient_checkpointing=hyper["gradient_checkpointing"],
            optim="adamw_torch_fused",
            seed=hyper["seed"],
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
            logging_steps=10,
            dataloader_pin_memory=is_cuda,
            **VARIANTS[task["variant"]],
        ),
        train_dataset=Dataset.from_dict({"messages": chats}),
        processing_class=tokenizer,
        peft_config=LoraConfig(
            task_type="CAUSAL_LM",
            r=hyper["rank"],
            lora_alpha=hyper["alpha"],
            lora_dropout=hyper["dropout"],
            target_modules=hyper["target_modules"],
            bias="none",
        ),
        callbacks=[clock],
    )
    clock.trainer = trainer
    labels = trainer.train_dataset["labels"]
    began = time.time()
    if is_cuda:
        torch.cuda.reset_peak_memory_stats()
    trainer.train()
    result = {
        "began": began,
        "steps": clock.steps,
        "memory_mb": _peak_memory_mb(is_cuda),
        "sequences": len(labels),
        "tokens": sum(len(row) for row in labels),
        "label_tokens": sum(label != -100 for row in labels for label in row),
        "trainable_parameters": trainer.model.num_parameters(only_trainable=True),
        "threads": torch.get_num_threads(),
    }
    trainer.save_model(str(folder / "adapter"))
    (folder / "result.json").write_text(json.dumps(result), "utf-8")


def _peak_memory_mb(is_cuda: bool) -> float:
    """As the trainer's own `memory_mb`: of the device, else of this process, in MiB."""
    if is_cuda:
        return torch.cuda.max_memory_allocated() / 2**20
    if sys.platform == "win32":
        import psutil

        return psutil.Process().memory_info().peak_wset / 2**20
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


if __name__ == "__main__":
    main()
