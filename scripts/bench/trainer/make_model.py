"""`python make_model.py --shape NAME --device cpu|cuda --rows FILE --out DIR`: a base model."""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path

import numpy as np
import row_file
import torch
from lora_trainer.atomic_files import folder_written_beside
from lora_trainer.tiny_model import BEGIN, CHAT_TEMPLATE, END, PAD, TURN
from shapes import SHAPES, Shape
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from torch.nn import functional
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

_CONTEXT = 4096
_BATCH_ROWS, _ROW_TOKENS, _LEARNING_RATE = 8, 128, 2e-3


def make_tokenizer(texts: list[str], vocabulary: int) -> PreTrainedTokenizerFast:
    """Has as many tokens as the texts yield; the rest of the model's vocabulary is never met, but
    is computed all the same."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        min_frequency=2,
        special_tokens=[PAD, BEGIN, TURN, END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=BEGIN,
        eos_token=END,
        pad_token=PAD,
        additional_special_tokens=[TURN],
        model_max_length=_CONTEXT,
        clean_up_tokenization_spaces=False,
    )
    fast.chat_template = CHAT_TEMPLATE
    return fast


def make_model(shape: Shape, tokenizer: PreTrainedTokenizerFast, device: str) -> LlamaForCausalLM:
    config = LlamaConfig(
        vocab_size=shape.vocabulary,
        hidden_size=shape.width,
        intermediate_size=shape.inner,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.key_heads,
        max_position_embeddings=_CONTEXT,
        rope_parameters={"rope_type": "default", "rope_theta": shape.rope_theta},
        tie_word_embeddings=shape.is_tied,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        dtype="bfloat16" if device == "cuda" else "float32",
    )
    torch.manual_seed(7)
    dtype = torch.get_default_dtype()
    torch.set_default_dtype(torch.bfloat16 if device == "cuda" else torch.float32)
    try:
        with torch.device(device):
            return LlamaForCausalLM(config)
    finally:
        torch.set_default_dtype(dtype)


def pretrain(model: LlamaForCausalLM, stream: np.ndarray, steps: int) -> float | None:
    """Trains all weights on random stretches of the stream and returns the last loss."""
    pick = np.random.Generator(np.random.PCG64(7))
    optimizer = torch.optim.AdamW(model.parameters(), lr=_LEARNING_RATE, fused=True)
    last = None
    for step in range(steps):
        starts = pick.integers(0, len(stream) - _ROW_TOKENS - 1, _BATCH_ROWS)
        ids = torch.from_numpy(np.stack([stream[at : at + _ROW_TOKENS] for at in starts]))
        for group in optimizer.param_groups:
            cooled = 0.05 + 0.475 * (1 + math.cos(math.pi * step / steps))
            group["lr"] = _LEARNING_RATE * min(1.0, (step + 1) / 10) * cooled
        optimizer.zero_grad(set_to_none=True)
        logits = model(input_ids=ids, use_cache=False).logits[:, :-1]
        loss = functional.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten())
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        last = float(loss.detach())
    return last


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--shape", choices=SHAPES, required=True)
    parser.add_argument("--device", choices=("cpu", "cuda"), required=True)
    parser.add_argument("--rows", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    shape = SHAPES[arguments.shape]
    rows = row_file.read(arguments.rows)
    texts = [f"{row['question']}\n{row['answer']}" for row in rows]
    tokenizer = make_tokenizer(texts, shape.vocabulary)
    model = make_model(shape, tokenizer, arguments.device)
    loss = None
    if shape.pretraining_steps:
        chats = [tokenizer.apply_chat_template(row_file.chat(row), tokenize=False) for row in rows]
        encoded = tokenizer(chats, add_special_tokens=False)["input_ids"]
        stream = np.concatenate([np.asarray(ids, dtype=np.int64) for ids in encoded])
        loss = pretrain(model, stream, shape.pretraining_steps)
    with folder_written_beside(arguments.out) as beside:
        model.save_pretrained(beside)
        tokenizer.save_pretrained(beside)
        facts = {
            "parameters": model.num_parameters(),
            "tokenizer_vocabulary": len(tokenizer),
            "pretraining_loss": loss,
        }
        (beside / "facts.json").write_text(json.dumps(facts), "utf-8")


if __name__ == "__main__":
    main()
