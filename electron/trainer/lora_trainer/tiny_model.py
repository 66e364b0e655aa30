"""`python -m lora_trainer.tiny_model --out DIR`: a toy base model, made on the spot in seconds.

A random model hardly learns by LoRA, so this one is trained for a short while on the text of
tiny_corpus.py. It serves the demo and the tests, where no real model may be at hand.

Prints one JSON object a line: {"message", "share"} as it goes on, at the end {"path"} or {"error"}.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from torch.nn import functional
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from .atomic_files import folder_written_beside
from .events import finite
from .failures import explain
from .random_state import seed_all
from .tiny_corpus import Document, make_corpus

BEGIN, TURN, END, PAD = "<|begin|>", "<|im_start|>", "<|im_end|>", "<|pad|>"

CHAT_TEMPLATE = (
    "{{- bos_token }}{%- for message in messages %}"
    "{{- '<|im_start|>' + message['role'] + '\\n' }}"
    "{%- if message['role'] == 'assistant' %}"
    "{% generation %}{{- message['content'] + '<|im_end|>' }}{% endgeneration %}"
    "{%- else %}{{- message['content'] + '<|im_end|>' }}{%- endif %}"
    "{{- '\\n' }}{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}"
)

README = """---
tags: [toy]
---

# Tiny base model

**A toy.** It was made on this computer in a few seconds from some generated sentences, so that
LoRA Desk can show and test a whole fine-tuning run where no real model is at hand. It knows
nothing; do not use it for anything else, and do not judge LoRA by what it says.

Llama architecture, {parameters:,} parameters, a byte-level BPE vocabulary of {vocabulary:,} tokens,
ChatML as its chat template. Trained for {steps} steps with seed {seed}; last loss {loss:.3f}.
"""


@dataclass(frozen=True, kw_only=True)
class TinyModelSettings:
    vocabulary: int = 1024
    width: int = 128
    layers: int = 2
    heads: int = 4
    inner: int = 384
    context: int = 2048
    documents: int = 6000
    steps: int = 240
    batch_rows: int = 16
    row_tokens: int = 128
    learning_rate: float = 4e-3
    smoothing: float = 0.05
    seed: int = 7


def make_tokenizer(
    documents: list[Document], settings: TinyModelSettings
) -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=settings.vocabulary,
        special_tokens=[PAD, BEGIN, TURN, END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    texts = (part for doc in documents for part in (doc.text, *(text for _, text in doc.turns)))
    tokenizer.train_from_iterator(texts, trainer)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=BEGIN,
        eos_token=END,
        pad_token=PAD,
        additional_special_tokens=[TURN],
        model_max_length=settings.context,
        clean_up_tokenization_spaces=False,
    )
    fast.chat_template = CHAT_TEMPLATE
    return fast


def token_stream(documents: list[Document], tokenizer: PreTrainedTokenizerFast) -> np.ndarray:
    """All documents one after the other, each as the model will see its like in training."""
    texts = []
    for document in documents:
        if document.turns:
            turns = (f"{TURN}{role}\n{text}{END}\n" for role, text in document.turns)
            texts.append(BEGIN + "".join(turns))
        else:
            texts.append(BEGIN + document.text + END)
    encoded = tokenizer(texts, add_special_tokens=False)["input_ids"]
    return np.concatenate([np.asarray(ids, dtype=np.int64) for ids in encoded])


def pretrain(model: LlamaForCausalLM, stream: np.ndarray, settings: TinyModelSettings) -> float:
    """Trains all weights on random stretches of the stream and returns the last loss."""
    pick = np.random.Generator(np.random.PCG64(settings.seed))
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=settings.learning_rate, weight_decay=0.01, fused=True
    )
    loss = torch.zeros(())
    for step in range(settings.steps):
        starts = pick.integers(0, len(stream) - settings.row_tokens - 1, settings.batch_rows)
        rows = np.stack([stream[start : start + settings.row_tokens] for start in starts])
        ids = torch.from_numpy(rows)
        warm_up = min(1.0, (step + 1) / 20)
        cooled = 0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * step / settings.steps))
        for group in optimizer.param_groups:
            group["lr"] = settings.learning_rate * warm_up * cooled
        optimizer.zero_grad(set_to_none=True)
        logits = model(input_ids=ids, use_cache=False).logits[:, :-1]
        # Smoothed, so that the model stays unsure of text that is unlike its few patterns.
        loss = functional.cross_entropy(
            logits.flatten(0, 1), ids[:, 1:].flatten(), label_smoothing=settings.smoothing
        )
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if step % 10 == 0:
            report(f"Training, loss {float(loss.detach()):.2f}", 0.1 + 0.85 * step / settings.steps)
    return float(loss.detach())


def make_tiny_model(target: Path, settings: TinyModelSettings) -> None:
    """Writes the model beside `target` and renames it when it is whole."""
    report("Writing sentences", 0.0)
    seed_all(settings.seed)
    documents = make_corpus(settings.seed, settings.documents)
    report("Learning the vocabulary", 0.02)
    tokenizer = make_tokenizer(documents, settings)
    stream = token_stream(documents, tokenizer)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=settings.width,
            intermediate_size=settings.inner,
            num_hidden_layers=settings.layers,
            num_attention_heads=settings.heads,
            num_key_value_heads=settings.heads,
            max_position_embeddings=settings.context,
            tie_word_embeddings=True,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    )
    loss = pretrain(model, stream, settings)
    report("Saving", 0.97)
    with folder_written_beside(target) as beside:
        model.save_pretrained(beside)
        tokenizer.save_pretrained(beside)
        card = README.format(
            parameters=model.num_parameters(),
            vocabulary=len(tokenizer),
            steps=settings.steps,
            seed=settings.seed,
            loss=loss,
        )
        (beside / "README.md").write_text(card, "utf-8")


def report(message: str, share: float) -> None:
    _print({"message": message, "share": round(share, 3)})


def _print(value: dict[str, object]) -> None:
    print(json.dumps(finite(value), allow_nan=False), flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description="Makes the tiny base model.")
    parser.add_argument("--out", type=Path, required=True, help="the folder to make")
    parser.add_argument("--steps", type=int, default=TinyModelSettings.steps)
    arguments = parser.parse_args()
    os.environ["HF_HUB_OFFLINE"] = "1"
    target: Path = arguments.out.resolve()
    try:
        make_tiny_model(target, TinyModelSettings(steps=arguments.steps))
    except Exception as error:
        found = explain(error)
        _print({"error": {"kind": found.kind, "message": found.message, "remedy": found.remedy}})
        raise
    _print({"path": str(target)})
    return 0


if __name__ == "__main__":
    sys.exit(main())
