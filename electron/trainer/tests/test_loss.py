"""The chunked loss on labelled positions against the plain one over all logits."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional
from transformers import Gemma2Config, Gemma2ForCausalLM, LlamaConfig, LlamaForCausalLM

from lora_trainer import loss as loss_module
from lora_trainer.batches import make_batch
from lora_trainer.loss import LabelLoss

SIZES = {
    "vocab_size": 97,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 64,
}


class Rows:
    """Random rows of different lengths, with some tokens labelled."""

    def __init__(self) -> None:
        pick = np.random.Generator(np.random.PCG64(4))
        self.lengths = np.array([9, 23, 14, 5])
        self._rows = []
        for length in self.lengths:
            labels = (pick.random(length) < 0.5).astype(np.uint8)
            labels[0], labels[-1] = 0, 1
            self._rows.append((pick.integers(1, 97, length).astype(np.int32), labels))

    def row(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        return self._rows[index]


ROWS = Rows()
CPU = torch.device("cpu")


def reference(model: torch.nn.Module, rows: list[int]) -> torch.Tensor:
    """One row at a time, without padding, over the logits of every position."""
    total = torch.zeros(())
    for at in rows:
        ids, labels = ROWS.row(at)
        ids = torch.from_numpy(ids.astype(np.int64))
        logits = model(input_ids=ids.unsqueeze(0)).logits[0, :-1]
        targets = torch.where(torch.from_numpy(labels[1:]) == 1, ids[1:], -100)
        total = total + functional.cross_entropy(
            logits, targets, ignore_index=-100, reduction="sum"
        )
    return total


def gradients(model: torch.nn.Module, value: torch.Tensor) -> list[torch.Tensor]:
    return list(torch.autograd.grad(value, list(model.parameters())))


@pytest.mark.parametrize("chunk_elements", [97 * 1000, 97 * 4])
def test_padded_batch_equals_single_rows(
    monkeypatch: pytest.MonkeyPatch, chunk_elements: int
) -> None:
    monkeypatch.setattr(loss_module, "_CHUNK_ELEMENTS", chunk_elements)
    torch.manual_seed(0)
    model = LlamaForCausalLM(LlamaConfig(**SIZES))
    loss = LabelLoss(model, 97)
    assert loss.is_head_separable
    ours = loss.sum(make_batch(ROWS, np.arange(4), 0, CPU))
    theirs = reference(model, [0, 1, 2, 3])
    torch.testing.assert_close(ours, theirs)
    for mine, other in zip(gradients(model, ours), gradients(model, theirs), strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-4, atol=1e-5)


def test_model_that_caps_its_logits_is_run_as_a_whole() -> None:
    torch.manual_seed(0)
    config = Gemma2Config(**SIZES, head_dim=8, final_logit_softcapping=0.1)
    model = Gemma2ForCausalLM(config).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(20)
    loss = LabelLoss(model, 97)
    assert not loss.is_head_separable
    batch = make_batch(ROWS, np.arange(4), 0, CPU)
    torch.testing.assert_close(loss.sum(batch), reference(model, [0, 1, 2, 3]))
