"""`python adapter_loss.py --model DIR --rows FILE --device D --max-tokens N ADAPTER...`

Prints the mean loss over the answers' tokens of the rows, of the base model and with each adapter:
one function for adapters of any trainer, that uses none of them, only transformers and PEFT.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import row_file
import torch
from peft import PeftModel
from torch.nn import functional
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel

_IGNORED = -100


def encoded(model: Path, rows: Path, max_tokens: int) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Ids and labels of each row, both [1, tokens]."""
    tokenizer = AutoTokenizer.from_pretrained(model)
    found = []
    for row in row_file.read(rows):
        made = tokenizer.apply_chat_template(
            row_file.chat(row), return_dict=True, return_assistant_tokens_mask=True
        )
        ids = torch.tensor([made["input_ids"][:max_tokens]])
        is_label = torch.tensor([made["assistant_masks"][:max_tokens]]) == 1
        found.append((ids, ids.masked_fill(~is_label, _IGNORED)))
    return found


@torch.no_grad()
def mean_loss(model: PreTrainedModel, rows: list[tuple[torch.Tensor, torch.Tensor]]) -> float:
    total, count = 0.0, 0
    for ids, labels in rows:
        targets = labels[0, 1:].to(model.device)
        logits = model(input_ids=ids.to(model.device), use_cache=False).logits[0, :-1].float()
        total += float(
            functional.cross_entropy(logits, targets, ignore_index=_IGNORED, reduction="sum")
        )
        count += int((targets != _IGNORED).sum())
    return total / count


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--rows", type=Path, required=True)
    parser.add_argument("--train-rows", type=Path, required=True)
    parser.add_argument("--device", choices=("cpu", "cuda"), required=True)
    parser.add_argument("--max-tokens", type=int, required=True)
    parser.add_argument("adapters", type=Path, nargs="+")
    arguments = parser.parse_args()
    rows = encoded(arguments.model, arguments.rows, arguments.max_tokens)
    trained_on = encoded(arguments.model, arguments.train_rows, arguments.max_tokens)
    dtype = torch.bfloat16 if arguments.device == "cuda" else torch.float32
    base = AutoModelForCausalLM.from_pretrained(arguments.model, dtype=dtype)
    base = base.to(arguments.device).eval()
    before = mean_loss(base, rows)
    losses = []
    for adapter in arguments.adapters:
        adapted = PeftModel.from_pretrained(base, adapter).eval()
        losses.append(mean_loss(adapted, rows))
        base = adapted.unload()
    counts = {
        "tokens": sum(ids.shape[1] for ids, _ in trained_on),
        "label_tokens": sum(int((labels[:, 1:] != _IGNORED).sum()) for _, labels in trained_on),
    }
    print(json.dumps({"base": before, "adapters": losses, "train": counts}))


if __name__ == "__main__":
    main()
